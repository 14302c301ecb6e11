"""Every contract test has an emulator and a Terraform folder of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from localaws.quotas import Quotas
from localaws.server import EmbeddedAws
from tests.support import terraform


@dataclass
class Figures:
    """Figures of all contract tests.

    Attributes:
        calls: by (service, operation).
        commands: of Terraform, with their seconds.
    """

    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    commands: list[tuple[str, float]] = field(default_factory=list)


_FIGURES = pytest.StashKey[Figures]()


@pytest.fixture(scope="session")
def figures(request: pytest.FixtureRequest) -> Figures:
    """The figures that the end of the run shows."""
    return request.config.stash.setdefault(_FIGURES, Figures())


@pytest.fixture(scope="session")
def attached() -> Iterator[str]:
    """The real AWS provider, running."""
    reason = terraform.missing()
    if reason:
        pytest.skip(reason)
    with terraform.attached_provider() as address:
        yield address


@pytest.fixture
def real(figures: Figures) -> Iterator[EmbeddedAws]:
    """An emulator with room for a channel of every preset."""
    roomy = Quotas(channels=20, push_inputs=20, input_security_groups=20)
    with EmbeddedAws(quotas=roomy) as aws:
        yield aws
        figures.calls.update((call.service, call.operation) for call in aws.calls)


@pytest.fixture
def tf(
    attached: str, real: EmbeddedAws, tmp_path: Path, figures: Figures
) -> Iterator[terraform.Terraform]:
    """Terraform with the real AWS provider."""
    made = terraform.Terraform(tmp_path, real.endpoint, attached)
    yield made
    figures.commands += made.commands


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Show what was asked and answered."""
    figures = config.stash.get(_FIGURES, None)
    if figures is None or not figures.commands:
        return
    terminalreporter.section("contract with the real AWS provider")
    terminalreporter.line(f"{'service':<12}{'operations':>12}{'calls':>8}")
    for service in sorted({service for service, _ in figures.calls}):
        of_service = {key: count for key, count in figures.calls.items() if key[0] == service}
        total = sum(of_service.values())
        terminalreporter.line(f"{service:<12}{len(of_service):>12}{total:>8}")
    terminalreporter.line(f"{'all':<12}{len(figures.calls):>12}{figures.calls.total():>8}")
    seconds = sum(spent for _, spent in figures.commands)
    commands = Counter(name for name, _ in figures.commands)
    listed = ", ".join(f"{count} {name}" for name, count in sorted(commands.items()))
    terminalreporter.line(f"{len(figures.commands)} cases ({listed}) in {seconds:.0f} s")
