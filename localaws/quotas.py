"""Quotas of an account in a region."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from catalog.errors import LunoraError

FIGURES: Mapping[str, Mapping[str, Mapping[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("quotas.yaml").read_text(encoding="utf-8")
)
"""Service -> our name of a quota -> its name and code at Service Quotas and its default."""

NAMES = frozenset(name for quotas in FIGURES.values() for name in quotas)


class Quotas:
    """The quotas in force.

    Args:
        raised: by our name, what differs from the default.

    Raises:
        LunoraError: LUN514, for a quota that does not exist.
    """

    def __init__(self, **raised: int) -> None:
        for name in raised:
            if name not in NAMES:
                raise LunoraError(
                    "LUN514",
                    f"no quota is named {name}",
                    remedy=f"there are {', '.join(sorted(NAMES))}",
                )
        self._raised = raised

    def __getitem__(self, name: str) -> int:
        """Return the quota of that name."""
        (default,) = (quotas[name]["value"] for quotas in FIGURES.values() if name in quotas)
        return self._raised.get(name, int(default))
