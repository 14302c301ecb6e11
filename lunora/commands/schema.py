"""`lunora schema`: write the schema of destination files."""

from __future__ import annotations

from catalog.schema import generated
from lunora.commands.options import FolderArgument
from lunora.file_errors import not_writable
from lunora.stack import FOLDER
from lunora.terminal import echo


def schema(folder: FolderArgument = None) -> None:
    """Write the folder's schema.json and the table of keys in its README.md."""
    folder = folder or FOLDER
    try:
        for path, text in generated(folder).items():
            path.write_text(text, encoding="utf-8")
            echo(str(path))
    except OSError as error:
        raise not_writable(folder, error, "check its permissions") from None
