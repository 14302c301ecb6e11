"""Secrets of a destination: their settings in the stack's configuration, and their forms."""

from __future__ import annotations

from catalog import passphrase, stream_key
from catalog.errors import LunoraError

_INVALID_SECRET = "LUN406"  # noqa: S105 - a code


def key_setting(name: str) -> str:
    """Return the path of the stream key *name* in the stack's configuration."""
    return f"streamKeys.{name}"


def passphrase_setting(name: str) -> str:
    """Return the path of the passphrase *name* in the stack's configuration."""
    return f"passphrases.{name}"


def check_stream_key(key: str) -> None:
    """Raise the error of a text that is no stream key; it never holds the text."""
    if not stream_key.is_possible(key):
        raise LunoraError(
            _INVALID_SECRET,
            "the stream key is empty, a URL, or has spaces or invisible characters",
            remedy="give the key alone",
        )


def check_stream_id(stream_id: str) -> None:
    """Raise the error of a text that is no stream id of SRT."""
    if not stream_key.is_possible(stream_id):
        raise LunoraError(
            _INVALID_SECRET,
            "the stream id is a URL, or has spaces or invisible characters",
            remedy="give the id alone",
        )


def check_passphrase(phrase: str) -> None:
    """Raise the error of a text that is no passphrase of SRT."""
    if not passphrase.is_possible(phrase):
        length = f"{passphrase.SHORTEST} to {passphrase.LONGEST}"
        raise LunoraError(
            _INVALID_SECRET,
            f"the passphrase is not {length} characters long",
            remedy="give another",
        )
