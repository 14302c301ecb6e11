"""Lambda: invocations, synchronous and asynchronous, with their logs and metrics."""

from __future__ import annotations

import base64
import contextlib
import json
import secrets
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from moto.backends import get_backend

from localaws.clock import Clock
from localaws.errors import AwsError
from localaws.functions import reports
from localaws.functions.definition import (
    AsyncPolicy,
    Definition,
    Reference,
    async_policy,
    define,
)
from localaws.functions.environment import Outcome
from localaws.functions.pool import Pool, Slot
from localaws.functions.runtime_api import Invocation
from localaws.iam.authorizer import Authorizer
from localaws.iam.principals import service_as
from localaws.medialive.service import ACCOUNT
from localaws.request_log import Call

# Lambda developer guide, "Lambda quotas"; Lambda API reference, Invoke.
_MOST_SENT, _MOST_SENT_ASYNC, _MOST_RETURNED = 6 * 1024**2, 1024**2, 6291556
_TAIL = 4096
# "How Lambda handles errors and retries with asynchronous invocation".
_PAUSES = (60.0, 120.0)
_FIRST_THROTTLE_PAUSE, _LONGEST_THROTTLE_PAUSE = 1.0, 300.0
_OK, _THROTTLED, _TOO_LARGE = 200, 429, 413
_SESSION_SECONDS = 12 * 3600


@dataclass(frozen=True, slots=True)
class Answer:
    """Result of an invocation.

    Attributes:
        error: None, or that the function failed: X-Amz-Function-Error.
        log: of the invocation.
    """

    payload: bytes
    error: str | None
    version: str
    request_id: str
    log: str

    @property
    def tail(self) -> str:
        """The last 4 KB of the log, as the API returns them."""
        return base64.b64encode(self.log.encode()[-_TAIL:]).decode()


@dataclass(frozen=True, slots=True)
class _Event:
    """An asynchronous invocation that is due at *due*, in seconds since the epoch."""

    reference: Reference
    payload: bytes
    request_id: str
    client_context: str | None
    sent: float
    due: float
    failed: int = 0
    throttled: int = 0

    def again(self, now: float, policy: AsyncPolicy, *, throttled: bool) -> _Event | None:
        """Return the attempt after this one; None when there is none."""
        failed, refused = self.failed + (not throttled), self.throttled + throttled
        if failed > policy.retries:
            return None
        pause = _PAUSES[min(failed, len(_PAUSES)) - 1]
        if throttled:
            pause = min(_FIRST_THROTTLE_PAUSE * 2**self.throttled, _LONGEST_THROTTLE_PAUSE)
        if now + pause - self.sent > policy.age:
            return None
        return _Event(
            *(self.reference, self.payload, self.request_id, self.client_context, self.sent),
            *(now + pause, failed, refused),
        )


class Functions:
    """All functions at work.

    Args:
        clock: of logs, metrics and retries.
        lock: held while moto is called, never while a function runs.
        endpoint: returns the address at which functions reach the emulator.
        guard: checks what a function's role may do; None lets every role do everything.
        record: receives a record of each invocation.
        concurrency: quota of executions at the same time in a region; 0 runs none.
    """

    def __init__(  # noqa: PLR0913 - independent parts of the emulator
        self,
        clock: Clock,
        lock: threading.RLock,
        endpoint: Callable[[], str],
        guard: Authorizer | None,
        record: Callable[[Call], None],
        *,
        concurrency: int,
    ) -> None:
        self._clock, self._endpoint, self._guard, self._record = clock, endpoint, guard, record
        self._lock = lock
        self._pool = Pool(self._variables, concurrency)
        self._changed = threading.Condition()
        self._queue: list[_Event] = []
        self._running = self._resets = 0

    def definition(self, reference: Reference) -> Definition:
        """Return the function as it is now.

        Raises:
            AwsError: 404 when there is none.
        """
        with self._lock:
            return define(reference)

    def invoke(
        self, reference: Reference, payload: bytes, client_context: str | None = None
    ) -> Answer:
        """Run a function and return its answer.

        Raises:
            AwsError: 404 without such a function, 429 when too many run, 501 when the emulator
                cannot run it.
        """
        _check_payload(payload, _MOST_SENT)
        return self._run(reference, payload, str(uuid.uuid4()), client_context)

    def check(self, reference: Reference) -> None:
        """Check that a function is there and can be run.

        Raises:
            AwsError: as `invoke`.
        """
        _runnable(self.definition(reference))

    def enqueue(
        self, reference: Reference, payload: bytes, client_context: str | None = None
    ) -> str:
        """Let a function run on its own, with retries; returns the id of the request.

        Raises:
            AwsError: 404 without such a function, 501 when the emulator cannot run it.
        """
        _check_payload(payload, _MOST_SENT_ASYNC)
        self.check(reference)
        request_id, now = str(uuid.uuid4()), self._clock.now()
        with self._changed:
            self._queue.append(_Event(reference, payload, request_id, client_context, now, now))
        self.run_due()
        return request_id

    def run_due(self) -> None:
        """Begin the asynchronous invocations that are due."""
        now = self._clock.now()
        with self._changed:
            due = [event for event in self._queue if event.due <= now]
            self._queue = [event for event in self._queue if event.due > now]
            self._running += len(due)
        for event in due:
            threading.Thread(target=self._attempt, args=(event,), daemon=True).start()

    def next_due(self) -> float | None:
        """Return when the next asynchronous invocation is due; None when none is."""
        with self._changed:
            return min((event.due for event in self._queue), default=None)

    def wait(self) -> None:
        """Return when no asynchronous invocation runs; not to be called under the lock."""
        with self._changed:
            self._changed.wait_for(lambda: self._running == 0)

    def forget_changed(self) -> None:
        """End the environments of functions that were changed or deleted; under the lock."""

        def is_current(definition: Definition) -> bool:
            with contextlib.suppress(AwsError):
                qualifier = None if definition.version == "$LATEST" else definition.version
                return define(definition.reference._replace(qualifier=qualifier)) == definition
            return False

        self._pool.end(is_current)

    def reset(self) -> None:
        """End everything and forget it."""
        with self._changed:
            self._queue.clear()
            self._resets += 1
        self._pool.close()

    def _attempt(self, event: _Event) -> None:
        resets, following = self._resets, None
        try:
            following = self._attempted(event)
        finally:
            with self._changed:
                if following is not None and resets == self._resets:
                    self._queue.append(following)
                self._running -= 1
                self._changed.notify_all()

    def _attempted(self, event: _Event) -> _Event | None:
        """Run it; returns the attempt after this one, if there is one."""
        try:
            answer = self._run(
                event.reference, event.payload, event.request_id, event.client_context
            )
            failed, throttled, status = answer.error is not None, False, _OK
        except AwsError as error:
            failed, throttled, status = True, error.status == _THROTTLED, error.status
        self._record(Call("lambda", "AsyncInvoke", event.reference.name, status))
        if not failed or not (throttled or status == _OK):
            return None
        policy = self._async_policy(event.reference)
        return event.again(self._clock.now(), policy, throttled=throttled)

    def _async_policy(self, reference: Reference) -> AsyncPolicy:
        with self._lock:
            return async_policy(reference)

    def _run(
        self, reference: Reference, payload: bytes, request_id: str, client_context: str | None
    ) -> Answer:
        definition, resets = self.definition(reference), self._resets
        _runnable(definition)
        invocation = Invocation(request_id, payload or b"{}", reference.arn, client_context)
        try:
            with self._pool.environment(definition, self._stream) as slot:
                environment: Any = slot.environment
                outcome = environment.invoke(invocation, definition.timeout)
                notes = slot.notes if outcome.init_seconds is not None else ""
                stream = slot.stream
        except AwsError as error:
            if error.status == _THROTTLED:
                with self._lock:
                    self._measure(definition, {"Throttles": 1.0})
            raise
        outcome = _limited(outcome)
        log = reports.lines(outcome, request_id, definition, self._clock.date(), notes)
        return self._told(definition, outcome, request_id, list(log), (stream, resets))

    def _told(
        self,
        definition: Definition,
        outcome: Outcome,
        request_id: str,
        log: list[str],
        origin: tuple[str, int],
    ) -> Answer:
        stream, resets = origin
        with self._lock:
            # What began before a reset leaves nothing behind.
            if resets == self._resets:
                self._write(definition, stream, log)
                self._measure(
                    definition,
                    {
                        "Invocations": 1.0,
                        "Errors": float(outcome.error is not None),
                        "Duration": outcome.seconds * 1000,
                    },
                )
        payload = outcome.payload
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        error = None if outcome.error is None else "Unhandled"
        return Answer(body, error, definition.version, request_id, "".join(log))

    def _measure(self, definition: Definition, figures: Mapping[str, float]) -> None:
        """Give CloudWatch the figures of an invocation; under the lock.

        Source of names and units: the Lambda developer guide, "Types of metrics for Lambda
        functions".
        """
        dimensions = [{"Name": "FunctionName", "Value": definition.reference.name}]
        units = {"Duration": "Milliseconds"}
        data = [
            {
                "MetricName": name,
                "Dimensions": dimensions,
                "Value": value,
                "Unit": units.get(name, "Count"),
            }
            for name, value in figures.items()
        ]
        cloudwatch: Any = get_backend("cloudwatch")[ACCOUNT][definition.reference.region]
        cloudwatch.put_metric_data("AWS/Lambda", data)

    def _stream(self) -> str:
        return f"{self._clock.date():%Y/%m/%d}/[$LATEST]{secrets.token_hex(16)}"

    def _write(self, definition: Definition, stream: str, log: list[str]) -> None:
        """Write to the function's log, if its role may."""
        region, group = definition.reference.region, definition.log_group
        logs = get_backend("logs")[ACCOUNT][region]
        # Lambda developer guide, "Sending Lambda function logs to CloudWatch Logs".
        actions = ["PutLogEvents"]
        if group not in logs.groups:
            # It was deleted with the function while this invocation ran.
            if not _exists(definition.reference):
                return
            actions.append("CreateLogGroup")
        if group not in logs.groups or stream not in logs.groups[group].streams:
            actions.append("CreateLogStream")
        if self._guard is not None:
            scope = {"service": "logs", "region": region}
            members = {"logGroupName": group, "logStreamName": stream}
            caller = service_as(definition.role, definition.reference.name)
            try:
                for action in actions:
                    self._guard.check_caller(caller, scope, action, members)
            except AwsError:
                return
        logs.ensure_log_group(group)
        logs.ensure_log_stream(group, stream)
        now = int(self._clock.now() * 1000)
        # Not by the backend's operation, which takes no events of another time than the machine's.
        events = [{"timestamp": now, "message": line} for line in log]
        logs.groups[group].put_log_events(stream, events)

    def _variables(self, slot: Slot) -> dict[str, str]:
        """Return the environment variables of Lambda.

        Source: the Lambda developer guide, "Using Lambda environment variables".
        """
        definition = slot.definition
        region = definition.reference.region
        logging = {"AWS_LAMBDA_LOG_FORMAT": definition.log_format}
        if definition.log_level is not None:
            logging["AWS_LAMBDA_LOG_LEVEL"] = definition.log_level
        return {
            **dict(definition.variables),
            **self._credentials(definition),
            **logging,
            "_HANDLER": definition.handler,
            "AWS_DEFAULT_REGION": region,
            "AWS_ENDPOINT_URL": self._endpoint(),
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{definition.runtime}",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(definition.memory_mb),
            "AWS_LAMBDA_FUNCTION_NAME": definition.reference.name,
            "AWS_LAMBDA_FUNCTION_VERSION": definition.version,
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": definition.log_group,
            "AWS_LAMBDA_LOG_STREAM_NAME": slot.stream,
            "AWS_REGION": region,
            "LANG": "en_US.UTF-8",
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "PYTHONUTF8": "1",
            "TZ": ":UTC",
        }

    def _credentials(self, definition: Definition) -> dict[str, str]:
        """Return keys of a session of the function's role."""
        with self._lock:
            sts: Any = get_backend("sts")[ACCOUNT]["aws"]
            session = sts.assume_role(
                region_name=definition.reference.region,
                role_session_name=definition.reference.name,
                role_arn=definition.role,
                policy=None,
                duration=_SESSION_SECONDS,
                external_id=None,
            )
            # moto's would repeat: its randomness begins anew with each call that is replayed.
            session.access_key_id = f"ASIA{secrets.token_hex(8).upper()}"
            session.secret_access_key = secrets.token_hex(20)
            session.session_token = secrets.token_hex(32)
        return {
            "AWS_ACCESS_KEY_ID": session.access_key_id,
            "AWS_SECRET_ACCESS_KEY": session.secret_access_key,
            "AWS_SESSION_TOKEN": session.session_token,
        }


def _runnable(definition: Definition) -> None:
    if (refusal := definition.refusal()) is not None:
        raise refusal
    if find_spec("awslambdaric") is None or find_spec("runtime_client") is None:
        message = "functions run on Linux only, by awslambdaric: install the extra `local`"
        raise AwsError("NotImplementedException", 501, message)


def _exists(reference: Reference) -> bool:
    with contextlib.suppress(AwsError):
        define(reference)
        return True
    return False


def _check_payload(payload: bytes, most: int) -> None:
    if len(payload) > most:
        message = f"Request must be smaller than {most} bytes for the InvokeFunction operation"
        raise AwsError("RequestTooLargeException", _TOO_LARGE, message, Type="User")
    try:
        json.loads(payload or b"{}")
    except ValueError as invalid:
        message = f"Could not parse request body into json: {invalid}"
        raise AwsError("InvalidRequestContentException", 400, message, Type="User") from None


def _limited(outcome: Outcome) -> Outcome:
    """Replace a response that is too large by the error that says so."""
    if not isinstance(outcome.payload, bytes) or len(outcome.payload) <= _MOST_RETURNED:
        return outcome
    kind = "Function.ResponseSizeTooLarge"
    message = (
        f"Response payload size exceeded maximum allowed payload size ({_MOST_RETURNED} bytes)."
    )
    error = {"errorType": kind, "errorMessage": message}
    return Outcome(
        *(error, kind, "error", outcome.seconds, outcome.init_seconds),
        *(outcome.memory_mb, outcome.output),
    )
