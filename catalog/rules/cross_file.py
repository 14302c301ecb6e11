"""Rules between files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from catalog import ingest
from catalog.errors import LunoraError
from catalog.model import DestinationSpec
from catalog.rules.finding import Finding

_PREVIOUS_NAME = "LUN132"


def check_one_stream_per_key(
    specs: Sequence[DestinationSpec],
) -> Iterator[tuple[DestinationSpec, Finding]]:
    """Refuse two publishers of one key at one ingest, which the platform disconnects."""
    publishers: dict[tuple[object, str], list[DestinationSpec]] = defaultdict(list)
    for spec in specs:
        key = spec.stream_key.ssm or spec.key_name
        for where in _identities(spec):
            publishers[where, key].append(spec)
    refused = set[str]()
    for first, *others in publishers.values():
        for other in others:
            if other.name in refused:
                continue
            refused.add(other.name)
            message = f"{first.name} sends to the same ingest with the same key; give another key"
            yield other, Finding("LUN130", "stream_key", message)


def check_one_sender_per_port(
    specs: Sequence[DestinationSpec],
) -> Iterator[tuple[DestinationSpec, Finding]]:
    """Refuse two streams without a key at one port, or at one place of files.

    Nothing tells them apart. Listeners of two channels have addresses of their own.
    """
    senders: dict[tuple[str, str, int, str], DestinationSpec] = {}
    for spec in specs:
        if spec.has_key or not spec.ingest_url or ingest.is_listener(spec.ingest_url):
            continue
        scheme, host, _, path = ingest.components(spec.ingest_url)
        for port in sorted(ingest.ports(spec.ingest_url, fec=spec.rtp.fec)):
            first = senders.setdefault((scheme, host, port, path), spec)
            if first is not spec:
                place = "the same place" if path else f"port {port} of the same host"
                message = f"{first.name} sends to {place}; use another"
                yield spec, Finding("LUN131", "url", message)
                break


def check_previous_names(
    specs: Sequence[DestinationSpec],
) -> Iterator[tuple[DestinationSpec, Finding]]:
    """Refuse a previous name that another destination has or had; AWS names belong to one."""
    current = {spec.name for spec in specs}
    owners: dict[str, str] = {}
    for spec in specs:
        for previous in spec.previous_names:
            if previous in current:
                message = f"{previous} is also a file; remove one"
                yield spec, Finding(_PREVIOUS_NAME, "previous_names", message)
            elif previous in owners:
                message = f"{previous} is also a previous name of {owners[previous]}; remove one"
                yield spec, Finding(_PREVIOUS_NAME, "previous_names", message)
            owners.setdefault(previous, spec.name)


def duplicate_streams(
    specs: Iterable[DestinationSpec], keys: Mapping[str, str]
) -> LunoraError | None:
    """Return the error of two destinations with one stream key at one ingest; None without.

    A platform disconnects two publishers of one key, whatever the names of its secrets.

    Args:
        specs: the destinations.
        keys: the known stream keys, by destination.
    """
    publishers: dict[tuple[object, str], str] = {}
    for spec in specs:
        if spec.name not in keys:
            continue
        for where in _identities(spec):
            first = publishers.setdefault((where, keys[spec.name]), spec.name)
            if first != spec.name:
                return LunoraError(
                    "LUN130",
                    f"{first} and {spec.name} send with the same stream key to the same ingest",
                    remedy="give one of them its own key",
                )
    return None


def _identities(spec: DestinationSpec) -> set[tuple[str, ...]]:
    """Return the identities of all ingests that take a key of *spec*."""
    urls = [url for url in spec.ingests if url and not ingest.is_listener(url)]
    return {ingest.identity(url) for url in urls} if spec.has_key else set()
