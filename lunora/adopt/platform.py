"""The platform of a channel, by its URLs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from catalog import ingest
from catalog.platforms import Platform, platforms
from lunora.adopt.errors import INGEST, NotAdoptableError

_CUSTOM = "custom"


def candidates(name: str, urls: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the keys `platform`, `url` and `backup_url` of the file of *name*, the likeliest first.

    A platform is recognised by its ingest or the domain of it. A platform with an ingest of each
    account is recognised by the first word of the name. The last candidate is `custom`.

    Raises:
        NotAdoptableError: when a URL may hold a key.
    """
    for key, facts in platforms().items():
        ingests = [url for url in (facts.ingest, facts.backup_ingest) if url]
        same_domain = _domain(urls[0]) in {_domain(url) for url in ingests}
        if same_domain or (not ingests and key == name.partition("-")[0] and key != _CUSTOM):
            yield {"platform": key, **_urls(urls, facts)}
    yield {"platform": _CUSTOM, **_urls(urls, platforms()[_CUSTOM])}


def _urls(urls: Sequence[str], facts: Platform) -> dict[str, str]:
    common = [facts.ingest, facts.backup_ingest][: len(urls)]
    if [_plain(url) for url in urls] == [_plain(url or "") for url in common]:
        return {}
    first, *others = [_normalised(url) for url in urls]
    return {"url": first, **({"backup_url": others[0]} if others else {})}


def _normalised(url: str) -> str:
    try:
        return ingest.normalised(url)
    except ValueError:
        raise NotAdoptableError(
            INGEST, "its URL has more than host and application and may hold a key"
        ) from None


def _plain(url: str) -> str:
    return url.rstrip("/")


def _domain(url: str) -> str:
    return ".".join((urlsplit(url).hostname or "").split(".")[-2:])
