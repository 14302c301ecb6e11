"""`python -m bench.contract`: clients that were not written here, against the embedded AWS.

Writes .local/contract.md: a table of figures, and what failed or did not run with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bench.contract import acceptance, cli, js, junit, moto_tests, waiters
from bench.contract.case import Case
from bench.figures import ROOT, Figures, Table, options, progress

DOCUMENT = ROOT / ".local/contract.md"


_LEFT_OUT = acceptance.LEFT_OUT.items()


def recorded() -> list[Case]:
    """Compare answers with recorded ones of AWS."""
    words = ("-c", str(ROOT / "pyproject.toml"), "tests/localaws/test_recorded.py")
    return list(junit.run("Recorded answers of AWS", ROOT, *words))


PARTS: dict[str, Callable[[], list[Case]]] = {
    "provider": acceptance.run,
    "moto": moto_tests.run,
    "cli": cli.run,
    "js": js.run,
    "waiters": waiters.run,
    "recorded": recorded,
}


def figures(cases: Sequence[Case]) -> Figures:
    """Return the figures of *cases*."""
    clients = list(dict.fromkeys(case.client for case in cases))
    rows = []
    for client in clients:
        own = [case for case in cases if case.client == client and case.skipped is None]
        passed = sum(case.passed for case in own)
        skipped = sum(case.client == client for case in cases) - len(own)
        rows.append((client, str(len(own)), str(passed), str(len(own) - passed), str(skipped)))
    failed = [case for case in cases if case.problems]
    skipped_cases = [case for case in cases if case.skipped]
    reasons = [(case.client, case.name, "; ".join(case.problems)) for case in failed]
    reasons += [(case.client, case.name, f"not run: {case.skipped}") for case in skipped_cases]
    ran = len(cases) - len(skipped_cases)
    contradictions = [
        (service, f"`{name}`", entry["reason"], entry["source"])
        for service, name, entry in moto_tests.entries()
    ]
    return Figures(
        name="contract",
        title="Clients of others",
        command="python -m bench.contract",
        promise="All cases pass.",
        verdict=f"{ran - len(failed)} of {ran} cases pass ("
        + ", ".join(f"{row[0]} {row[2]} of {row[1]}" for row in rows)
        + ").",
        passed=bool(ran) and not failed,
        tables=(
            Table(
                caption="By client:",
                columns=("client", "cases", "pass", "fail", "not run"),
                rows=rows,
            ),
            *(
                [_table("Failed or not run:", ("client", "case", "reason"), reasons)]
                * bool(reasons)
            ),
            _table(
                "What of moto's tests contradicts AWS, and was changed:",
                ("service", "part of the test", "reason", "source"),
                contradictions,
            ),
        ),
        notes="\n".join(
            (
                f"Measured with {acceptance.versions()}.",
                *(f"{name}, no check of {path}: {why}." for name, (path, why) in _LEFT_OUT),
            )
        ),
    )


def _table(caption: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Table:
    escaped = (tuple(cell.replace("|", "\\|") for cell in row) for row in rows)
    return Table(caption=caption, columns=columns, rows=tuple(escaped))


def main() -> int:
    """Run the clients; return 1 where one does not get what it expects."""
    parts = options(__doc__, parts=tuple(PARTS)).parts
    result = figures([case for part in parts for case in PARTS[part]()])
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(result.markdown, encoding="utf-8")
    progress(f"{DOCUMENT.relative_to(ROOT)}: {result.verdict}")
    if set(parts) != set(PARTS):
        return int(not result.passed)
    return result.save()


if __name__ == "__main__":
    raise SystemExit(main())
