"""The data files of the catalog: reading, and the base model of their parts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

# libyaml's parser, where PyYAML was built with it, is ten times as fast; every run reads the files.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DataModel(BaseModel):
    """A map of a data file: frozen, and unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def read(name: str) -> Any:
    """Return the content of the file *name* beside this module."""
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - both loaders are safe ones
