"""Valid stream keys, and the names of their secrets."""

from __future__ import annotations

# A secret's name is a step of a Pulumi configuration path, where a dot would be another step.
NAME_PATTERN = r"^[A-Za-z0-9_-]{1,64}$"


def is_possible(key: str) -> bool:
    """Return whether *key* is valid: not empty, without spaces or invisible characters, no URL.

    A copied key may bring a byte order mark, a zero-width space or a control character along.
    """
    return bool(key) and " " not in key and key.isprintable() and "://" not in key
