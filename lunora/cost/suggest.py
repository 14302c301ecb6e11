"""Suggestions of cheaper ways, with the files of the project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from catalog.import_manifest import ManifestEntry
from catalog.model import DestinationSpec
from catalog.pricing import Pricing
from catalog.savings import (
    DestinationFile,
    StackFile,
    Suggestion,
    smaller_inputs,
    suggestions,
)
from catalog.stack_cost import StackCost
from catalog.stack_files import stack_file
from catalog.stack_settings import setting
from lunora.cost.flows import flow_facts
from lunora.stack import Stack


def suggested(  # noqa: PLR0913 - what a suggestion is about
    stack: Stack,
    folder: Path,
    specs: Iterable[DestinationSpec],
    total: StackCost,
    *,
    adopted: Mapping[str, ManifestEntry],
    measured: Mapping[str, float],
) -> tuple[Suggestion, ...]:
    """Return what would save, for every destination and flow that has a cost.

    Args:
        stack: the stack.
        folder: the folder of destination files.
        specs: its destinations.
        total: their cost.
        adopted: entries of the import file, by original name.
        measured: highest bitrate of the flows that were measured, in Mb/s.
    """
    priced = [spec for spec in specs if spec.name in total.destinations]
    pricing = Pricing(flow_facts(stack, priced), total.priced, adopted)
    files = (_file(folder, spec) for spec in priced)
    path = stack_file(Path(), stack.name)
    settings = StackFile(path.as_posix(), path.read_text(encoding="utf-8"), setting("flows"))
    inputs = smaller_inputs(priced, pricing, settings=settings, measured=measured)
    return (*suggestions(files, pricing), *inputs)


def _file(folder: Path, spec: DestinationSpec) -> DestinationFile:
    path = folder / f"{spec.name}.yaml"
    # newline="" keeps the ends of lines, which a patch has to match.
    with path.open(encoding="utf-8", newline="") as file:
        return DestinationFile(spec, path.as_posix(), file.read())
