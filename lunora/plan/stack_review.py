"""Review of a preview of a stack of this project, with its files and its prices."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from catalog import import_manifest
from catalog.diagnostics import DestinationValidationError
from catalog.loader import load
from catalog.model import DestinationSpec
from lunora.cost.flows import flow_facts
from lunora.plan import missing
from lunora.plan.origin import Origin
from lunora.plan.review import Review, review
from lunora.stack import Stack


def stack_review(config: Stack, text: str, origin: Origin | None = None) -> Review:
    """Return the review of *text*, the document of `pulumi preview --json`.

    Raises:
        PreviewFormatError: when *text* is no such document.
        LunoraError: when a file names a flow that the stack does not have.
    """
    specs = _valid_specs(config)
    return review(
        text,
        stack=f"{config.project} {config.name}",
        specs=specs,
        flows=flow_facts(config, specs),
        region=config.region,
        adopted=import_manifest.load(import_manifest.path(Path(), config.name)),
        budget_usd=config.monthly_budget_usd,
        today=dt.datetime.now(dt.UTC).date(),
        origin=origin,
        missing=lambda preview: missing.warnings(preview, config),
    )


def _valid_specs(config: Stack) -> tuple[DestinationSpec, ...]:
    # The program reads the same files: their errors are in the preview.
    try:
        return load(config.folder, sources=config.sources).specs
    except DestinationValidationError:
        return ()
