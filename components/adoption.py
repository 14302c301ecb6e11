"""Adoption of a former system's resources, which keep the settings that they have.

The program adopts, not `pulumi import`: that cannot mark as secret what it reads, and would store
the stream keys in clear (docs/adr/0012).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pulumi

from catalog import import_manifest
from catalog.import_manifest import ManifestEntry
from catalog.model import DestinationSpec
from components.errors import refuse


def load(specs: Iterable[DestinationSpec]) -> Mapping[str, ManifestEntry]:
    """Return the entries of the stack's import file by the original name of their destination.

    Raises:
        LunoraError: when the file is damaged, or a destination contradicts it.
    """
    file = import_manifest.path(Path(), pulumi.get_stack())
    entries = import_manifest.load(file)
    by_name = {spec.original_name: spec for spec in specs}
    for name in entries.keys() - by_name.keys():
        pulumi.log.warn(f"{file}: {name} has no destination file; remove its entry")
    for name in entries.keys() & by_name.keys():
        refuse(entries[name].refusal(by_name[name]))
    return {name: entry for name, entry in entries.items() if name in by_name}


def retain_options(adopted: ManifestEntry | None) -> dict[str, Any]:
    """Return the option by which adopted resources stay in AWS when the file goes."""
    return {"retain_on_delete": True} if adopted and adopted.give_back else {}
