"""The catalog's data files are read the same by either parser."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from catalog import package_data

FILES = sorted(path.name for path in Path(package_data.__file__).parent.glob("*.yaml"))


@pytest.mark.parametrize("name", FILES)
def test_a_file_says_what_pyyamls_own_parser_reads(name: str) -> None:
    text = Path(package_data.__file__).with_name(name).read_text(encoding="utf-8")
    assert package_data.read(name) == yaml.safe_load(text)
