"""YAML as the files may be written."""

from __future__ import annotations

from catalog.strict_yaml import parse


def test_many_values_side_by_side_are_not_deep() -> None:
    windows = [f"  - {{days: [mon], start: 'n{number}'}}" for number in range(50)]
    document = parse("\n".join(["windows:", *windows]))
    assert len(document.content["windows"]) == 50
