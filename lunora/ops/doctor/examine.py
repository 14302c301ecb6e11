"""All checks of the doctor, run in parallel; one that fails does not stop the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from catalog.model import DestinationSpec
from lunora.ops.doctor import account, machine, monitoring, redundancy, streams, unused_secrets
from lunora.ops.doctor.check import Check
from lunora.stack import Stack
from provider.aws_errors import explain


def examine(
    stack: Stack, specs: Sequence[DestinationSpec] | None, project: Path, now: dt.datetime
) -> tuple[Check, ...]:
    """Run every check; without *specs*, those that need no destination files."""
    checks: dict[str, Callable[[], Iterable[Check]]] = {
        "machine": partial(machine.check, project),
        "credentials": partial(account.credentials, stack),
        "region": partial(account.regions, stack),
        "role": partial(account.role, stack),
        "quota": partial(account.quotas, stack),
        "flow": partial(streams.flows, stack, now),
    }
    if specs is not None:
        checks |= {
            "schedules": partial(streams.schedules, stack, specs),
            "output": partial(streams.outputs, stack, specs, now),
            "secret": partial(unused_secrets.check, stack, specs, project),
            "monitoring": partial(monitoring.monitoring, stack, specs, project),
            "redundancy": partial(redundancy.check, stack, specs),
            "drift": partial(streams.drift, stack, specs, project),
        }
    with ThreadPoolExecutor(len(checks)) as pool:
        results = pool.map(lambda about: _run(about, checks[about]), checks)
    return tuple(check for result in results for check in result)


def _run(about: str, check: Callable[[], Iterable[Check]]) -> list[Check]:
    try:
        return list(check())
    except ClientError as error:
        return [Check(about, "critical", explain(error))]
    except BotoCoreError as error:
        return [Check(about, "critical", str(error))]
