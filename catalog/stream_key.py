"""What a stream key can be."""

from __future__ import annotations


def is_possible(key: str) -> bool:
    """Tell whether *key* could be one: not empty, without spaces, and no URL."""
    return bool(key) and not any(sign.isspace() for sign in key) and "://" not in key
