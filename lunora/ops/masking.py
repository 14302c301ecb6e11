"""What may be shown of texts that others wrote: never a key, never a URL's path."""

from __future__ import annotations

import re
from collections.abc import Iterable

HIDDEN = "***"

_END = r"\s\])\"'>"  # what follows a URL in a sentence
_URL = re.compile(
    rf"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?:[^/@{_END}]*@)?(?P<host>[^/?#{_END}]*)[^{_END}]*"
)


class Mask:
    """Hides secrets in a text; shows nothing of them itself.

    Args:
        secrets: what must not be seen wherever it stands.
    """

    __slots__ = ("_secrets",)

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        # The longest first: one key may be the beginning of another.
        self._secrets = sorted({one for one in secrets if one}, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return *text* with every secret hidden, and of every URL only scheme and host."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return _URL.sub(rf"\g<scheme>://\g<host>/{HIDDEN}", text)

    def __repr__(self) -> str:
        return f"Mask of {len(self._secrets)} secrets"
