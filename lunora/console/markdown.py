"""Markdown of `lunora plan` as HTML."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markupsafe import Markup

# The page loads no renderer of charts; the raw HTML is that of the plan's own template.
_CHART = re.compile(r"^### Picture\n```mermaid\n.*?^```\n", re.DOTALL | re.MULTILINE)
_SUMMARY = re.compile(r"^<details><summary>(.*?)</summary>$", re.MULTILINE)
_ALIGNMENT = re.compile(r' style="text-align:(right|left|center)"')
_OTHER_HTML = re.compile(r"^(?:</details>|<!--.*-->)$", re.MULTILINE)


def html(markdown: str) -> Markup:
    """Return *markdown* as HTML; raw HTML in it is shown as text."""
    text = _CHART.sub("", markdown)
    text = _OTHER_HTML.sub("", _SUMMARY.sub(r"### \1", text))
    renderer = MarkdownIt("commonmark", {"html": False}).enable("table")
    # Escaped by the renderer. The page takes no styles within.
    return Markup(_ALIGNMENT.sub(r' class="\1"', renderer.render(text)))  # noqa: S704
