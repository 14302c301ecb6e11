"""The platform of a channel, by its URLs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from catalog import ingest
from catalog.platforms import Platform, ingest_host, platforms
from lunora.adopt.errors import INGEST, NotAdoptableError

_CUSTOM = "custom"


def candidates(name: str, urls: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the keys `platform`, `url` and `backup_url` of the file of *name*, the likeliest first.

    A platform is recognised by its hosts, its ingest or the domain of it. A platform with an
    ingest of each account is recognised by the first word of the name. The last candidate is
    `custom`.

    Raises:
        NotAdoptableError: when a URL may hold a key.
    """
    host = ingest_host(urlsplit(urls[0]).hostname or "")
    for key, facts in platforms().items():
        ingests = [url for url in (facts.ingest, facts.backup_ingest) if url]
        same_domain = _domain(urls[0]) in {_domain(url) for url in ingests}
        is_host = host is not None and host.platform == key
        if (
            is_host
            or same_domain
            or (not ingests and key == name.partition("-")[0] and key != _CUSTOM)
        ):
            yield {"platform": key, **_urls(urls, facts)}
    yield {"platform": _CUSTOM, **_urls(urls, platforms()[_CUSTOM])}


def _urls(urls: Sequence[str], facts: Platform) -> dict[str, str]:
    first, *others = normal = [_normalised(url) for url in urls]
    common = [url or "" for url in (facts.ingest, facts.backup_ingest)][: len(urls)]
    if list(map(_components, normal)) == list(map(_components, common)):
        return {}
    return {"url": first, **({"backup_url": others[0]} if others else {})}


def _normalised(url: str) -> str:
    try:
        return ingest.normalised(url)
    except ValueError:
        raise NotAdoptableError(
            INGEST,
            "its URL has more than host and application and may hold a key",
            remedy="write its file by hand; the key instance takes the instance of an application",
        ) from None


def _components(url: str) -> tuple[object, ...]:
    return ingest.components(url) if url else ()


def _domain(url: str) -> str:
    return ".".join((urlsplit(url).hostname or "").split(".")[-2:])
