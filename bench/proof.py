"""`python -m bench.proof`: write .local/proof/proof.md and docs/reference/benchmarks.md.

A line of the summary is replaced where its measurement was repeated; all others stay.
"""

from __future__ import annotations

from collections.abc import Sequence

from bench.figures import FOLDER, ROOT, Figures

SUMMARY = ROOT / "docs/reference/benchmarks.md"


def summary(text: str, measured: Sequence[Figures]) -> str:
    """Return the summary *text* with the lines of what was *measured*."""
    rows = {figures.title: f"| {' | '.join(figures.row)} |" for figures in measured}
    return "".join(
        f"{rows.get(line.removeprefix('| ').partition(' | ')[0], line)}\n"
        for line in text.splitlines()
    )


def main() -> None:
    """Write both documents."""
    measured = [
        Figures.model_validate_json(path.read_text(encoding="utf-8"))
        for path in sorted(FOLDER.glob("*.json"))
    ]
    sections = "\n".join(figures.markdown for figures in measured)
    (FOLDER / "proof.md").write_text(f"# Benchmark results\n\n{sections}", encoding="utf-8")
    SUMMARY.write_text(summary(SUMMARY.read_text("utf-8"), measured), encoding="utf-8")


if __name__ == "__main__":
    main()
