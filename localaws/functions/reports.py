"""Lines that Lambda itself writes to a function's log, in plain text or as JSON.

Source: the Lambda developer guide, "Sending Lambda function logs to CloudWatch Logs" (START, END
and REPORT), "Configuring JSON and plain text log formats", and "Understanding the Lambda execution
environment lifecycle" (INIT_START, Status).
"""

from __future__ import annotations

import datetime as dt
import json
import math
import platform
from collections.abc import Iterator
from typing import Any

from localaws.functions.definition import Definition
from localaws.functions.environment import Outcome


def lines(
    outcome: Outcome, request_id: str, definition: Definition, now: dt.datetime, notes: str = ""
) -> Iterator[str]:
    """Yield the log of one invocation; *notes* are about its code."""
    if definition.log_format == "JSON":
        yield from _documents(outcome, request_id, definition, now)
        return
    if outcome.init_seconds is not None:
        yield f"INIT_START Runtime Version: {_runtime()}\n"
        yield from notes.splitlines(keepends=True)
    yield f"START RequestId: {request_id} Version: {definition.version}\n"
    yield from _own(outcome)
    if isinstance(outcome.payload, dict) and outcome.status != "success":
        yield f"{outcome.payload['errorMessage']}\n"
    yield f"END RequestId: {request_id}\n"
    yield _report(outcome, request_id, definition.memory_mb)


def _documents(
    outcome: Outcome, request_id: str, definition: Definition, now: dt.datetime
) -> Iterator[str]:
    def document(kind: str, record: dict[str, Any]) -> str:
        time = f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}Z"
        return json.dumps({"time": time, "type": f"platform.{kind}", "record": record}) + "\n"

    if outcome.init_seconds is not None:
        began = {"initializationType": "on-demand", "phase": "init", "runtimeVersion": _runtime()}
        yield document("initStart", began)
    yield document("start", {"requestId": request_id, "version": definition.version})
    yield from _own(outcome)
    milliseconds, init = outcome.seconds * 1000, (outcome.init_seconds or 0.0) * 1000
    metrics = {
        "durationMs": round(milliseconds, 3),
        "billedDurationMs": math.ceil(milliseconds + init),
        "memorySizeMB": definition.memory_mb,
        "maxMemoryUsedMB": outcome.memory_mb,
    }
    if outcome.init_seconds is not None:
        metrics["initDurationMs"] = round(init, 3)
    report: dict[str, Any] = {"requestId": request_id, "metrics": metrics, "status": outcome.status}
    if outcome.status == "error":
        report["errorType"] = outcome.error
    yield document("report", report)


def _own(outcome: Outcome) -> Iterator[str]:
    """Yield what the function and its runtime wrote."""
    for line in outcome.output.removesuffix("\n").split("\n") if outcome.output else ():
        # The runtime writes an error as one line, with these instead of the ends of its lines.
        yield line.replace("\r", "\n").replace("\u00a0", " ") + "\n"


def _runtime() -> str:
    return f"python:{platform.python_version()} of this machine"


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
