"""Reasons for the mutants that survive."""

from __future__ import annotations

import importlib
import operator
from pathlib import Path

import pytest
import yaml

from bench.mutants import REASONS, function_of, source_of


@pytest.mark.parametrize("function", yaml.safe_load(REASONS.read_text(encoding="utf-8")))
def test_a_reason_is_of_a_function_that_exists(function: str) -> None:
    # In a module stands a function or a class; modules have lower-case names, without underscore.
    path = function.split(".")
    inside = [place for place, part in enumerate(path) if part[0] == "_" or part[0].isupper()]
    cut = min([*inside, len(path) - 1])
    module = importlib.import_module(".".join(path[:cut]))
    assert callable(operator.attrgetter(".".join(path[cut:]))(module))


@pytest.mark.parametrize(
    ("mutant", "function"),
    [
        ("catalog.loader.x__read__mutmut_3", "catalog.loader._read"),
        ("provider.aws.xǁAwsClientsǁcall__mutmut_12", "provider.aws.AwsClients.call"),
    ],
)
def test_a_mutant_is_of_a_function(mutant: str, function: str) -> None:
    assert function_of(mutant) == function


def test_a_folder_of_data_is_not_the_module_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "catalog/prices").mkdir(parents=True)
    (tmp_path / "catalog/prices.py").write_text("reads = 1\n")
    (tmp_path / "catalog/rules").mkdir()
    (tmp_path / "catalog/rules/__init__.py").write_text("rules = 1\n")
    assert source_of(tmp_path, "catalog.prices") == "reads = 1\n"
    assert source_of(tmp_path, "catalog.rules") == "rules = 1\n"
