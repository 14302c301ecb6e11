"""Disable Pulumi SDK work that this program does not need (docs/explanation/speed.md).

The SDK's own modules are patched for that, so it is done only under the version of the SDK that it
was tested with.
"""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Iterator
from importlib import metadata
from typing import Final

import pulumi

from components import lean_outputs

TESTED_WITH: Final = "3.272.0"
"""The version of the Pulumi SDK whose modules the patches fit."""

# The SDK's own frames down to the constructor of a resource, and what called it.
_FRAMES = 7

_YOUNG, _NEVER = 10_000, 1_000_000


@contextlib.contextmanager
def applied() -> Iterator[None]:
    """Build resources in this block as cheaply as many of them have to be.

    Stack traces are whole again after it. The rest holds for the process, because the SDK goes on
    after the program's last line until all resources are there. Under another version of the SDK
    than `TESTED_WITH` nothing is patched, and one warning says so.
    """
    version = metadata.version("pulumi")
    if version != TESTED_WITH:
        pulumi.log.warn(
            f"Pulumi SDK {version}: large stacks take more time and memory, because the patches of"
            f" components/pulumi_tuning.py are for {TESTED_WITH}; run `make setup` to install it"
        )
        yield
        return
    _tell_the_engine_no_debug_messages()
    lean_outputs.patch_outputs()
    # A run is short and makes hundreds of thousands of objects that live as long as it does; to
    # look through all of them for garbage again and again was a third of its time. What is found
    # among the youngest is most of the garbage.
    gc.set_threshold(_YOUNG, _NEVER, _NEVER)
    with brief_stack_traces():
        yield


@contextlib.contextmanager
def brief_stack_traces() -> Iterator[None]:
    """Keep stacks that are taken in this block down to what tells a resource's place.

    The SDK sends a whole stack with every resource, with the interpreter's and its own frames at
    the bottom, and the engine keeps it: a third of a state that a file or S3 backend writes anew
    at every step. What is raised out of the block still shows where it comes from.
    """
    before = getattr(sys, "tracebacklimit", None)
    sys.tracebacklimit = _FRAMES
    try:
        yield
    finally:
        if before is None:
            del sys.tracebacklimit
        else:
            sys.tracebacklimit = before


def given_only(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
    """Leave a resource the outputs that are its inputs; for one of which no other is read.

    The SDK keeps each output until the resource is there, and an alarm has twice as many outputs
    as it is given: 20 MB of a program of 200 destinations.
    """
    given = {key: value for key, value in args.props.items() if value is not None}
    return pulumi.ResourceTransformationResult(given, args.opts)


def _tell_the_engine_no_debug_messages() -> None:
    # Each is a call that the program waits for, some fifteen a resource, and the engine drops
    # them without `--debug`.
    pulumi.log.debug = lambda *_, **__: None
