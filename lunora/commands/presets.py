"""`lunora presets`: list the encoding presets."""

from __future__ import annotations

from catalog import presets as catalog
from lunora.commands.options import AsJson
from lunora.render import choices
from lunora.terminal import document, stdout


def presets(*, as_json: AsJson = False) -> None:
    """Show the encoding presets."""
    known = catalog.presets()
    if as_json:
        document({key: preset.model_dump(mode="json") for key, preset in known.items()})
    else:
        stdout().print(choices.presets(known))
