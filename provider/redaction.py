"""Redaction of texts that others wrote: no key and no URL's path may be shown.

`redact_errors` does it for all errors of a client of AWS: AWS may quote any member of a request.
"""

from __future__ import annotations

import base64
import functools
import html
import json
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

HIDDEN = "***"

SECRET_MEMBERS: Final = frozenset(
    {
        *("streamname", "streamkey", "streamid", "passphrase", "password", "passwordparam"),
        *("secretstring", "secret"),
    }
)
"""Members of requests and answers, in small letters, whose values are secrets."""

_END = r"\s\])\"'>"  # what follows a URL in a sentence
_URL = re.compile(
    rf"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?:[^/@{_END}]*@)?(?P<host>[^/?#{_END}]*)[^{_END}]*"
)
# A word of an answer that is as short may stand anywhere in a sentence.
_SHORTEST_LEARNED = 8
_SHORTEST_IN_BASE64 = 6
_CONTEXT = "lunora_secrets"
_URL_MEMBER = "url"
_FILE_SERVERS = frozenset({"http", "https"})


class Mask:
    """Redact secrets in a text; its own representation shows nothing of them.

    Args:
        secrets: texts to hide wherever they stand: plain, percent-encoded once or twice, escaped in
            JSON or HTML, or within anything that is encoded in Base64.
    """

    __slots__ = ("_secrets",)

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        # The longest first: one key may be the beginning of another.
        unique = {form for secret in secrets if secret for form in forms(secret)}
        self._secrets = sorted(unique, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return *text* with every secret hidden, and of every URL only scheme and host."""
        return _URL.sub(rf"\g<scheme>://\g<host>/{HIDDEN}", self.hide(text))

    def hide(self, text: str) -> str:
        """Return *text* with every secret hidden."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text

    def hides(self, text: str) -> bool:
        """Return whether *text* holds a secret."""
        return any(secret in text for secret in self._secrets)

    def __repr__(self) -> str:
        return f"Mask of {len(self._secrets)} secrets"


@functools.lru_cache(maxsize=1024)
def forms(secret: str) -> frozenset[str]:
    """Return *secret* as texts may hold it."""
    texts = {secret, html.escape(secret)}
    for encoded in (quote(secret), quote(secret, safe=""), quote_plus(secret)):
        small = re.sub("%..", lambda match: match[0].lower(), encoded)
        texts |= {encoded, small, quote(encoded, safe="")}
    for ensure_ascii in (True, False):
        escaped = json.dumps(secret, ensure_ascii=ensure_ascii)[1:-1]
        again = json.dumps(escaped, ensure_ascii=ensure_ascii)[1:-1]
        texts |= {escaped, escaped.replace("/", "\\/"), again}
    if len(secret) < _SHORTEST_IN_BASE64:
        return frozenset(texts)
    return frozenset(texts | {part for text in texts for part in _in_base64(text.encode())})


def _in_base64(secret: bytes) -> Iterator[str]:
    """Yield what of *secret* every Base64 text shows that holds it, at each of its positions."""
    for before in range(3):
        first = -(-before * 8 // 6)
        last = (before + len(secret)) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(b"\0" * before + secret + b"\0\0").decode()[first:last]


def secrets_in(value: Any) -> Iterator[str]:
    """Yield the secrets of a request or an answer, by the names of its members."""
    if isinstance(value, Mapping):
        for key, member in value.items():
            if isinstance(member, str):
                if str(key).lower() in SECRET_MEMBERS and member:
                    yield member
                elif str(key).lower() == _URL_MEMBER:
                    yield from _url_secrets(member)
            else:
                yield from secrets_in(member)
    elif isinstance(value, list | tuple):
        for member in value:
            yield from secrets_in(member)


def _url_secrets(url: str) -> Iterator[str]:
    """Yield what may be a key in the address of a server of files: no member tells it apart."""
    parts = urlsplit(url)
    if parts.scheme not in _FILE_SERVERS:
        return
    values = [value for _, value in parse_qsl(parts.query)]
    for text in (*values, *parts.path.split("/")):
        if len(text) >= _SHORTEST_LEARNED:
            yield text


class _Learned:
    """The secrets that this process has sent or been sent."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._secrets: set[str] = set()

    def add(self, secrets: Iterable[str]) -> None:
        with self._lock:
            self._secrets.update(secret for secret in secrets if len(secret) >= _SHORTEST_LEARNED)

    def mask(self, secrets: Iterable[str] = ()) -> Mask:
        with self._lock:
            return Mask({*self._secrets, *secrets})


_LEARNED = _Learned()


def redact_errors(client: Any) -> None:
    """Let all errors of *client*, made by boto3, hide the secrets that this process knows."""
    client.meta.events.register("provide-client-params", _note_request)
    client.meta.events.register("after-call", _redact_answer)


def redact(text: str) -> str:
    """Return *text* with the secrets hidden that this process has sent to AWS or got from it."""
    return _LEARNED.mask().hide(text)


def _note_request(params: Any, context: dict[str, Any], **_: object) -> None:
    context[_CONTEXT] = secrets = frozenset(secrets_in(params))
    _LEARNED.add(secrets)


def _redact_answer(parsed: dict[str, Any], context: dict[str, Any], **_: object) -> None:
    if "Error" not in parsed:
        _LEARNED.add(secrets_in(parsed))
        return
    mask = _LEARNED.mask(context.get(_CONTEXT, ()))
    for key in parsed.keys() - {"ResponseMetadata"}:
        parsed[key] = _redacted(parsed[key], mask)


def _redacted(value: Any, mask: Mask) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {key: _redacted(member, mask) for key, member in value.items()}
    return [_redacted(member, mask) for member in value] if isinstance(value, list) else value
