"""The description of the HTTP API."""

from __future__ import annotations

from pathlib import Path

import yaml

_PAGE = Path(__file__).parents[2] / "docs/reference/openapi.yaml"

CONTRACT = yaml.safe_load(_PAGE.read_text(encoding="utf-8"))
OPERATIONS = [
    (method, path)
    for path, item in CONTRACT["paths"].items()
    for method in item
    if method != "parameters"
]
PARAMETERS = {"name": "one", "key": "main"}
"""Values of the parameters of paths, which name what tests make."""
