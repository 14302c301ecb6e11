"""How what a former system left behind comes under the program's care, and stays as it was found.

Done by the program and not by `pulumi import`: that has no way to say which of what it reads is
secret, and would keep the stream keys in clear (docs/adr/0012).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pulumi

from catalog import import_manifest
from catalog.import_manifest import ImportFileError, ManifestEntry
from catalog.model import DestinationSpec
from components.lookups import Flow


def load(specs: Iterable[DestinationSpec]) -> Mapping[str, ManifestEntry]:
    """Return the entries of the stack's import file by the origin of their destination.

    Raises:
        pulumi.RunError: when the file is wrong, or a destination would not stay what it was.
    """
    file = import_manifest.path(Path(), pulumi.get_stack())
    try:
        entries = import_manifest.load(file)
    except ImportFileError as error:
        raise pulumi.RunError(str(error)) from None
    by_origin = {spec.original_name: spec for spec in specs}
    for name in entries.keys() - by_origin.keys():
        pulumi.log.warn(f"{file}: {name} has no destination file any more; remove its entry")
    for name in entries.keys() & by_origin.keys():
        if refusal := entries[name].refusal(by_origin[name]):
            raise pulumi.RunError(str(refusal))
    return {name: entry for name, entry in entries.items() if name in by_origin}


def of_input(kept: ManifestEntry | None) -> str | None:
    """Return the id of the input that is taken over."""
    return None if kept is None else kept.input.id


def of_output(kept: ManifestEntry | None, pipeline: int, flow: Flow) -> str | None:
    """Return the ARN of the flow output of a pipeline that is taken over.

    One that the *flow* does not have any more, or that another flow has, is made anew.
    """
    if kept is None or pipeline >= len(kept.outputs):
        return None
    output = kept.outputs[pipeline]
    return output.arn if output.name in flow.outputs else None


def given_back(kept: ManifestEntry | None) -> dict[str, Any]:
    """Return the option by which it stays as it is in AWS when the file goes."""
    return {"retain_on_delete": True} if kept and kept.give_back else {}
