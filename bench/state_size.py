"""`python -m bench.state_size`: resources and state of destinations, and how long `up` takes.

The emulator is in this process, and answers at once.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Final

from bench.figures import Figures, Table, options
from bench.project import Project, name_of
from localaws.quotas import Quotas
from localaws.server import EmbeddedAws
from tests.support.workspace import STACK

PROMISED_RESOURCES: Final = 11
_QUOTA: Final = 300


def main() -> int:
    """Measure and save the figures; return 1 where a destination has too many resources."""
    sizes: tuple[int, ...] = tuple(options(__doc__, sizes=(20, 50, 100)).sizes)
    measured = {size: _measured(size) for size in sizes}
    most = max(each for each, _ in measured.values())
    return Figures(
        name="state_size",
        title="Resources of a destination",
        command="python -m bench.state_size",
        promise=f"A destination has at most {PROMISED_RESOURCES} resources in the state.",
        verdict=f"{most} resources.",
        passed=most <= PROMISED_RESOURCES,
        tables=[
            Table(
                "By destinations:",
                ("destinations", "resources", "state", "up", "CPU of the engine and its plugins"),
                [row for _, row in measured.values()],
            )
        ],
        notes="The state is written at each step. The resources are those of one destination.",
    ).save()


def _measured(size: int) -> tuple[int, tuple[str, ...]]:
    quotas = Quotas(channels=_QUOTA, push_inputs=_QUOTA, input_security_groups=_QUOTA)
    with tempfile.TemporaryDirectory() as folder, EmbeddedAws(quotas=quotas) as aws:
        project = Project(Path(folder, "project"), aws.endpoint, size)
        project.declare(size)
        cost = project.apply()
        (state,) = Path(folder).rglob(f"stacks/**/{STACK}.json")
        resources = json.loads(state.read_text())["checkpoint"]["latest"]["resources"]
        own = [each for each in resources if name_of(0) in each["urn"].rpartition("::")[2]]
        row = (
            f"{size}",
            f"{len(own)}",
            f"{state.stat().st_size / 1e6:.2f} MB",
            f"{cost.seconds:.1f} s",
            f"{cost.cpu_seconds:.1f} s",
        )
        return len(own), row


if __name__ == "__main__":
    raise SystemExit(main())
