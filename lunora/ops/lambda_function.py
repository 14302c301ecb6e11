"""The stack and the files that a Lambda function of the deployment works on."""

from __future__ import annotations

import functools
import os
from pathlib import Path

from pydantic import TypeAdapter

from catalog import automatic_preset
from catalog.model import DestinationSpec
from catalog.stack_settings import DESTINATIONS
from lunora.ops.desired_state import declared
from lunora.stack import FlowRef, Stack

REPOSITORY = "LUNORA_REPOSITORY"
"""The variable that components/repository_access.py sets in a stack with a repository."""

_PATIENCE_SECONDS = 4.0
"""Seconds for which a refused call is repeated: a function makes several in its life."""


_FLOWS = TypeAdapter(tuple[FlowRef, ...])


def task_folder() -> Path:
    """Return the folder of the function's archive."""
    return Path(os.environ.get("LAMBDA_TASK_ROOT", ""))


def destination_files() -> Path:
    """Return the folder of the destination files in the function's archive."""
    return task_folder() / DESTINATIONS


def declared_destinations() -> tuple[DestinationSpec, ...] | None:
    """Return the destinations as deployed; None without their folder.

    The deployment has checked the files. A function that has the flows of one region leaves
    `preset: auto` of the others as it is.
    """
    specs, sources = declared(destination_files()), stack_of_function().sources
    if specs is None:
        return None
    return tuple(automatic_preset.resolved(spec, sources) for spec in specs)


@functools.cache
def stack_of_function() -> Stack:
    """Return the stack that the function's environment names; see components/stack_function.py."""
    environment = os.environ
    return Stack(
        project=environment["LUNORA_PROJECT"],
        name=environment["LUNORA_STACK"],
        region=environment["AWS_REGION"],
        endpoint=environment.get("LUNORA_ENDPOINT"),
        flows=_FLOWS.validate_json(environment["LUNORA_FLOWS"]),
        patience=_PATIENCE_SECONDS,
    )
