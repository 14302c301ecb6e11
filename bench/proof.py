"""`python -m bench.proof`: write docs/proof.md from what the measurements found."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bench.figures import ROOT, Figures, everything

DOCUMENT = ROOT / "docs/proof.md"


def document(measured: list[Figures]) -> str:
    """Return the Markdown of all measurements."""
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - Markdown from our own figures
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return templates.get_template("proof.md.j2").render(measured=measured)


if __name__ == "__main__":
    DOCUMENT.write_text(document(everything()), encoding="utf-8")
