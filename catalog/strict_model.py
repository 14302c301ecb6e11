"""Base model of every map in a destination file."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel, ConfigDict


class StrictModel(BaseModel):
    """A map of known keys: frozen, unknown keys refused, nothing converted, nothing echoed."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


def submodel(annotation: Any) -> type[StrictModel] | None:
    """Return the model that an *annotation* is, may be, or is a list of; None without one."""
    if isinstance(annotation, type):
        return annotation if issubclass(annotation, StrictModel) else None
    return next(filter(None, map(submodel, get_args(annotation))), None)
