"""Render flows and destinations as a Mermaid flowchart, marked by their changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from catalog.model import DestinationSpec
from lunora.plan.changes import Changes

# A flowchart of more boxes is illegible.
_MAX_BOXES = 30

_STYLES = {
    "created": "fill:#dafbe1,stroke:#1a7f37",
    "adopted": "fill:#fbefff,stroke:#8250df",
    "interrupted": "fill:#fff8c5,stroke:#9a6700",
    "changed": "fill:#ddf4ff,stroke:#0969da",
    "removed": "fill:#ffebe9,stroke:#cf222e,stroke-dasharray:4",
}


def flowchart(specs: Sequence[DestinationSpec], changes: Changes) -> str:
    """Return the text of the flowchart: a box a destination, or a box a change where they are many.

    A removed destination has no file and so no known flow; its box has no edge.
    """
    outcomes = _outcomes(changes)
    flows = {spec.name: spec.flow for spec in specs}
    ids = {flow: f"f{index}" for index, flow in enumerate(sorted(set(flows.values())))}
    lines = ["flowchart LR", *(f'  {ids[flow]}(["flow {_plain(flow)}"])' for flow in ids)]
    for index, (label, flow, outcome) in enumerate(_boxes(flows, outcomes)):
        box = f'd{index}["{label}"]'
        lines.append(f"  {ids[flow]} --> {box}" if flow in ids else f"  {box}")
        if outcome in _STYLES:
            lines.append(f"  class d{index} {outcome}")
    return "\n".join(
        [*lines, *(f"  classDef {outcome} {style}" for outcome, style in _STYLES.items())]
    )


def _boxes(
    flows: Mapping[str, str], outcomes: Mapping[str, str]
) -> Iterator[tuple[str, str | None, str]]:
    """Yield label, flow and change of every box."""
    names = sorted(flows.keys() | outcomes.keys())
    if len(names) <= _MAX_BOXES:
        for name in names:
            outcome = outcomes.get(name, "")
            yield (f"{name}<br/>{outcome}" if outcome else name), flows.get(name), outcome
        return
    counts = Counter((flows.get(name, ""), outcomes.get(name, "unchanged")) for name in names)
    for (flow, outcome), count in sorted(counts.items()):
        yield f"{count} {outcome}", flow, outcome


def _outcomes(changes: Changes) -> dict[str, str]:
    outcomes: dict[str, str] = {change.name: change.kind for change in changes.destinations}
    return outcomes | {change.name: "interrupted" for change in changes.interrupted}


def _plain(text: str) -> str:
    # The key of a flow in the configuration can be any text.
    return "".join(sign if sign.isalnum() or sign in " ._-" else "_" for sign in text)
