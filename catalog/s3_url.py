"""URLs of objects in S3, as destination files and as MediaLive write them."""

from __future__ import annotations

_SCHEME = "s3://"


def object_of(url: str) -> str:
    """Return the object of an s3:// *url*, as `bucket/key`."""
    return url.removeprefix(_SCHEME)


def for_medialive(url: str) -> str:
    """Return *url* for MediaLive, which reads and writes s3ssl://, S3 over TLS (its user guide)."""
    return f"s3ssl://{object_of(url)}" if is_s3(url) else url


def is_s3(url: str) -> bool:
    """Tell whether *url* is an s3:// one."""
    return url.startswith(_SCHEME)
