"""Which platform a channel sends to, by its URLs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from catalog import ingest
from catalog.platforms import Platform, platforms
from lunora.adopt.errors import NotAdoptableError

_CUSTOM = "custom"


def candidates(name: str, urls: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield what the file of *name* could say of its *urls*, the likeliest first.

    A platform's own ingest tells it, then the domain of one; a platform whose ingest is each
    account's own is taken from the first word of the name. Anything may be `custom`.

    Raises:
        CannotAdopt: when a URL may hold a key.
    """
    for key, facts in platforms().items():
        known = [one for one in (facts.ingest, facts.backup_ingest) if one]
        same_domain = _domain(urls[0]) in {_domain(one) for one in known}
        if same_domain or (not known and key == name.partition("-")[0] and key != _CUSTOM):
            yield {"platform": key, **_urls(urls, facts)}
    yield {"platform": _CUSTOM, **_urls(urls, platforms()[_CUSTOM])}


def _urls(urls: Sequence[str], facts: Platform) -> dict[str, str]:
    common = [facts.ingest, facts.backup_ingest][: len(urls)]
    if [_plain(one) for one in urls] == [_plain(one or "") for one in common]:
        return {}
    first, *others = [_normalised(one) for one in urls]
    return {"url": first, **({"backup_url": others[0]} if others else {})}


def _normalised(url: str) -> str:
    try:
        return ingest.normalised(url)
    except ValueError:
        raise NotAdoptableError(
            "its URL is more than host and application, so it may hold a key"
        ) from None


def _plain(url: str) -> str:
    return url.rstrip("/")


def _domain(url: str) -> str:
    return ".".join((urlsplit(url).hostname or "").split(".")[-2:])
