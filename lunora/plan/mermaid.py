"""The flow and its destinations as a Mermaid flowchart, marked by what happens to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from catalog.model import DestinationSpec
from lunora.plan.changes import Changes

# More boxes than these are no picture any more.
_MOST = 30

_STYLES = {
    "created": "fill:#dafbe1,stroke:#1a7f37",
    "interrupted": "fill:#fff8c5,stroke:#9a6700",
    "changed": "fill:#ddf4ff,stroke:#0969da",
    "removed": "fill:#ffebe9,stroke:#cf222e,stroke-dasharray:4",
}


def flowchart(specs: Sequence[DestinationSpec], changes: Changes) -> str:
    """Return the text of the flowchart: one box a destination, or one a fate where they are many.

    A destination that goes has no file any more, so its flow is not known; it stands alone.
    """
    fates = _fates(changes)
    flows = {spec.name: spec.flow for spec in specs}
    ids = {flow: f"f{index}" for index, flow in enumerate(sorted(set(flows.values())))}
    lines = ["flowchart LR", *(f'  {ids[flow]}(["flow {_plain(flow)}"])' for flow in ids)]
    for index, (label, flow, fate) in enumerate(_boxes(flows, fates)):
        box = f'd{index}["{label}"]'
        lines.append(f"  {ids[flow]} --> {box}" if flow in ids else f"  {box}")
        if fate in _STYLES:
            lines.append(f"  class d{index} {fate}")
    return "\n".join([*lines, *(f"  classDef {fate} {style}" for fate, style in _STYLES.items())])


def _boxes(
    flows: Mapping[str, str], fates: Mapping[str, str]
) -> Iterator[tuple[str, str | None, str]]:
    """Yield label, flow and fate of every box."""
    names = sorted(flows.keys() | fates.keys())
    if len(names) <= _MOST:
        for name in names:
            fate = fates.get(name, "")
            yield (f"{name}<br/>{fate}" if fate else name), flows.get(name), fate
        return
    counts = Counter((flows.get(name, ""), fates.get(name, "unchanged")) for name in names)
    for (flow, fate), count in sorted(counts.items()):
        yield f"{count} {fate}", flow, fate


def _fates(changes: Changes) -> dict[str, str]:
    fates: dict[str, str] = {one.name: one.kind for one in changes.destinations}
    return fates | {one.name: "interrupted" for one in changes.interrupted}


def _plain(text: str) -> str:
    # A flow's key is what the stack's configuration calls it: any text.
    return "".join(sign if sign.isalnum() or sign in " ._-" else "_" for sign in text)
