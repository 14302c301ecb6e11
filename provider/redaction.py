"""Redaction of texts that others wrote: no key and no URL's path may be shown."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

HIDDEN = "***"

_END = r"\s\])\"'>"  # what follows a URL in a sentence
_URL = re.compile(
    rf"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?:[^/@{_END}]*@)?(?P<host>[^/?#{_END}]*)[^{_END}]*"
)


class Mask:
    """Redact secrets in a text; its own representation shows nothing of them.

    Args:
        secrets: texts to hide wherever they stand, plain, percent-encoded, or escaped in JSON or
            HTML.
    """

    __slots__ = ("_secrets",)

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        # The longest first: one key may be the beginning of another.
        forms = {form for secret in secrets if secret for form in _forms(secret)}
        self._secrets = sorted(forms, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return *text* with every secret hidden, and of every URL only scheme and host."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return _URL.sub(rf"\g<scheme>://\g<host>/{HIDDEN}", text)

    def __repr__(self) -> str:
        return f"Mask of {len(self._secrets)} secrets"


def _forms(secret: str) -> Iterator[str]:
    yield secret
    yield quote(secret)
    yield quote(secret, safe="")
    yield quote_plus(secret)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield html.escape(secret)
