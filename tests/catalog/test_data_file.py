"""The catalog's data files are read the same by either parser."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from catalog import data_file

FILES = sorted(path.name for path in Path(data_file.__file__).parent.glob("*.yaml"))


@pytest.mark.parametrize("name", FILES)
def test_a_file_says_what_pyyamls_own_parser_reads(name: str) -> None:
    text = Path(data_file.__file__).with_name(name).read_text(encoding="utf-8")
    assert data_file.read(name) == yaml.safe_load(text)
