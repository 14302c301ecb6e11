"""The refusal of settings that the media plane cannot encode."""

from __future__ import annotations


class UnencodableError(Exception):
    """The settings ask for what the media plane cannot do; the text is one sentence."""
