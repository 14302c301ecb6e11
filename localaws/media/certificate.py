"""Certificate of the platforms' stand-in, new in each run."""

from __future__ import annotations

import os
from pathlib import Path

import trustme

FILE = "certificate.pem"
KEY_FILE = "key.pem"


def make(folder: Path, host: str) -> None:
    """Write a certificate for *host* and its authority to FILE, its key to KEY_FILE."""
    authority = trustme.CA()
    certificate = authority.issue_cert(host)
    chain = (*certificate.cert_chain_pems, authority.cert_pem)
    (folder / FILE).write_bytes(b"".join(pem.bytes() for pem in chain))
    descriptor = os.open(folder / KEY_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(certificate.private_key_pem.bytes())
