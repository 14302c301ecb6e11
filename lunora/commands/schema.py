"""`lunora schema`: write the schema of destination files."""

from __future__ import annotations

from catalog.schema import generated
from lunora.commands.options import FolderArgument
from lunora.ops.desired_state import FOLDER
from lunora.terminal import echo, not_writable


def schema(folder: FolderArgument = FOLDER) -> None:
    """Write the folder's schema.json and the table of keys in its README.md."""
    try:
        for path, text in generated(folder).items():
            path.write_text(text, encoding="utf-8")
            echo(str(path))
    except OSError as error:
        raise not_writable(folder, error, "check its permissions") from None
