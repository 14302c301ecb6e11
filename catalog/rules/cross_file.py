"""Rules between files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from catalog import ingest
from catalog.model import DestinationSpec
from catalog.rules.per_file import Finding


def check_one_stream_per_key(
    specs: Sequence[DestinationSpec],
) -> Iterator[tuple[DestinationSpec, Finding]]:
    """Two publishers of one key throw each other off the platform."""
    seen: dict[tuple[object, str], list[DestinationSpec]] = defaultdict(list)
    for spec in specs:
        key = spec.stream_key.ssm or spec.key_name
        if spec.ingest_url and spec.has_key:
            seen[ingest.identity(spec.ingest_url), key].append(spec)
    for same in seen.values():
        for other in same[1:]:
            first = same[0].name
            yield other, ("stream_key", f"{first} sends to the same ingest with the same key")


def check_one_sender_per_port(
    specs: Sequence[DestinationSpec],
) -> Iterator[tuple[DestinationSpec, Finding]]:
    """Streams without a key are told apart by nothing but address and port."""
    seen: dict[tuple[str, str, int], DestinationSpec] = {}
    for spec in specs:
        if spec.has_key or not spec.ingest_url:
            continue
        scheme, host, _, _ = ingest.identity(spec.ingest_url)
        for port in sorted(ingest.ports(spec.ingest_url, fec=spec.rtp.fec)):
            first = seen.setdefault((scheme, host, port), spec)
            if first is not spec:
                yield (
                    spec,
                    ("url", f"{first.name} sends to port {port} of the same host; use another"),
                )
                break


def check_previous_names(
    specs: Sequence[DestinationSpec],
) -> Iterator[tuple[DestinationSpec, Finding]]:
    """A name in AWS belongs to one destination, also after it was renamed."""
    here = {spec.name for spec in specs}
    claims: dict[str, str] = {}
    for spec in specs:
        for previous in spec.previous_names:
            if previous in here:
                yield spec, ("previous_names", f"{previous} is a file of its own; remove one")
            elif previous in claims:
                yield spec, ("previous_names", f"{previous} is claimed by {claims[previous]} too")
            claims.setdefault(previous, spec.name)


def duplicate_streams(specs: Iterable[DestinationSpec], keys: Mapping[str, str]) -> str | None:
    """Say which two destinations send with the same stream key to the same ingest.

    Two publishers of one key throw each other off the platform, whatever its secrets are called.

    Args:
        specs: the destinations.
        keys: the stream keys that are known, by destination.
    """
    seen: dict[tuple[object, str], str] = {}
    for spec in specs:
        if spec.name not in keys:
            continue
        first = seen.setdefault((ingest.identity(spec.ingest_url), keys[spec.name]), spec.name)
        if first != spec.name:
            return (
                f"{first} and {spec.name} send with the same stream key to the same ingest; give"
                " one of them a key of its own"
            )
    return None
