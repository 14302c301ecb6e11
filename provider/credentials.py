"""Credentials for the calls to an emulator."""

from __future__ import annotations

import os


def for_endpoint(endpoint: str | None) -> dict[str, str]:
    """Return the credentials to sign with at *endpoint*, under boto3's names.

    An emulator asks for a signature, and knows no one unless it enforces permissions: made-up
    ones do. Empty where the usual ones are to be found instead: at Amazon, and where the
    environment brings its own (AWS_ACCESS_KEY_ID).
    """
    if endpoint is None or os.environ.get("AWS_ACCESS_KEY_ID"):
        return {}
    return {"aws_access_key_id": "embedded", "aws_secret_access_key": "embedded"}
