"""Archives of assets become zip files."""

from __future__ import annotations

import io
import zipfile

from offline.aws_plugin.archive import zipped


def test_equal_contents_give_equal_compressed_bytes() -> None:
    text = "x = 1\n" * 1000
    first = zipped({"assets": {"a.py": {"text": text}, "b": {"assets": {"c.py": {"text": text}}}}})
    again = zipped({"assets": {"b": {"assets": {"c.py": {"text": text}}}, "a.py": {"text": text}}})
    assert first == again
    assert len(first) < len(text)
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert sorted(archive.namelist()) == ["a.py", "b/c.py"]
        assert archive.read("b/c.py").decode() == text
