"""Lines that Lambda itself writes to a function's log, in plain text.

Source: the Lambda developer guide, "Sending Lambda function logs to CloudWatch Logs" (START, END
and REPORT) and "Understanding the Lambda execution environment lifecycle" (INIT_START, Status).
"""

from __future__ import annotations

import math
import platform
from collections.abc import Iterator

from localaws.functions.environment import Outcome


def lines(
    outcome: Outcome, request_id: str, version: str, memory_mb: int, notes: str = ""
) -> Iterator[str]:
    """Yield the log of one invocation; *notes* are about its code."""
    if outcome.init_seconds is not None:
        yield f"INIT_START Runtime Version: python:{platform.python_version()} of this machine\n"
        yield from notes.splitlines(keepends=True)
    yield f"START RequestId: {request_id} Version: {version}\n"
    for line in outcome.output.removesuffix("\n").split("\n") if outcome.output else ():
        # The runtime writes an error as one line, with these instead of the ends of its lines.
        yield line.replace("\r", "\n").replace("\u00a0", " ") + "\n"
    if isinstance(outcome.payload, dict) and outcome.status != "success":
        yield f"{outcome.payload['errorMessage']}\n"
    yield f"END RequestId: {request_id}\n"
    yield _report(outcome, request_id, memory_mb)


def _report(outcome: Outcome, request_id: str, memory_mb: int) -> str:
    milliseconds = outcome.seconds * 1000
    init = (outcome.init_seconds or 0.0) * 1000
    parts = [
        f"REPORT RequestId: {request_id}",
        f"Duration: {milliseconds:.2f} ms",
        # Since August 2025 the initialization is billed as well (AWS Compute Blog).
        f"Billed Duration: {math.ceil(milliseconds + init)} ms",
        f"Memory Size: {memory_mb} MB",
        f"Max Memory Used: {outcome.memory_mb} MB",
    ]
    if outcome.init_seconds is not None:
        parts.append(f"Init Duration: {init:.2f} ms")
    if outcome.status != "success":
        parts.append(f"Status: {outcome.status}")
        if outcome.status == "error":
            parts.append(f"Error Type: {outcome.error}")
    return "\t".join(parts) + "\n"
