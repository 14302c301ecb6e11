"""`lunora platforms`: list the platforms."""

from __future__ import annotations

from catalog import platforms as catalog
from lunora.commands.options import AsJson
from lunora.render import choices
from lunora.terminal import document, stdout


def platforms(*, as_json: AsJson = False) -> None:
    """Show the platforms, their limits and whether each suits a stream that is always on."""
    known = catalog.platforms()
    if not as_json:
        stdout().print(choices.platforms(known))
        return
    document(
        {
            "platforms": {
                key: {**platform.model_dump(mode="json"), "is_always_on": platform.is_always_on}
                for key, platform in known.items()
            },
            "sources": {key: source.model_dump() for key, source in catalog.sources().items()},
        }
    )
