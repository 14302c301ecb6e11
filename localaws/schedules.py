"""EventBridge Scheduler: moto keeps the schedules, here they come due on our clock."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moto.scheduler.exceptions import ValidationException
from moto.scheduler.models import EventBridgeSchedulerBackend, scheduler_backends

from localaws.clock import Clock
from localaws.errors import AwsError
from localaws.functions.definition import Reference
from localaws.functions.service import Functions
from localaws.iam.authorizer import Authorizer
from localaws.iam.principals import role_of, service_as, trust_policy
from localaws.iam.trust import trusts_service
from localaws.medialive.service import ACCOUNT
from localaws.request_log import DROPPED, Call, resource_of
from localaws.schedule_expression import InvalidExpression, next_after

_SDK_TARGET = "arn:aws:scheduler:::aws-sdk:"
_FUNCTION = "arn:aws:lambda:"
_UNTRUSTED = (
    "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
)

# What may well be accepted later. The rest could never succeed and is not tried again; that
# Scheduler gives up on it at once is unverified.
_TRANSIENT = frozenset({DROPPED, 409, 420, 429, 500, 502, 503, 504})
_DONE, _THROTTLED = frozenset({200, 201, 202, 204}), 429
# Scheduler says that its attempts are further and further apart (API reference, RetryPolicy), not
# how far.
_FIRST_PAUSE = 10.0
# The policy of a schedule that has none (likewise).
_ATTEMPTS, _AGE = 185, 24 * 3600

Perform = Callable[[str, str, str, dict[str, Any]], object]


class Scheduler(EventBridgeSchedulerBackend):
    """Refuses schedules that could never run, and groups that are gone, without a fault."""

    # moto finds a backend's addresses beside the module that its class names.
    __module__ = EventBridgeSchedulerBackend.__module__

    def create_schedule(self, **request: Any) -> Any:  # type: ignore[override]  # passed on as they are
        """Make a schedule."""
        _check(request)
        return super().create_schedule(**request)

    def update_schedule(self, **request: Any) -> Any:  # type: ignore[override]  # passed on as they are
        """Replace a schedule."""
        _check(request)
        return super().update_schedule(**request)

    def delete_schedule_group(self, name: str | None) -> None:
        """Delete a group; by botocore's model one that is gone is ResourceNotFoundException."""
        super().delete_schedule_group(self.get_schedule_group(name).name)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A call that a schedule makes.

    Attributes:
        time: when it is due, in seconds since the epoch.
        began: when its first attempt was.
        failed: how often it has failed.
    """

    time: float
    began: float
    failed: int = 0

    def again(self, policy: Mapping[str, int]) -> _Attempt | None:
        """Return the attempt after this one has failed; None when *policy* allows no more."""
        time = self.time + _FIRST_PAUSE * 2**self.failed
        late = time - self.began > policy.get("MaximumEventAgeInSeconds", _AGE)
        if late or self.failed >= policy.get("MaximumRetryAttempts", _ATTEMPTS):
            return None
        return _Attempt(time, self.began, self.failed + 1)


class Schedules:
    """All schedules at work.

    Args:
        clock: on which they come due; each counts from when it is first seen.
        perform: does (service, region, operation, members).
        functions: targets that are Lambda functions.
        guard: checks what a schedule's role may do; None lets every role do everything.
    """

    def __init__(
        self,
        clock: Clock,
        perform: Perform,
        functions: Functions,
        guard: Authorizer | None = None,
    ) -> None:
        self._clock, self._perform, self._guard = clock, perform, guard
        self._functions = functions
        self._done: dict[tuple[str, str, str], float] = {}
        self._again: dict[tuple[str, str, str], _Attempt] = {}
        # Receives region, group and name of each metric that an attempt adds one to.
        self.measured: Callable[[str, str, str], None] = lambda *_: None

    def next_due(self) -> float | None:
        """Return when the next one comes due, in seconds since the epoch; None when none does."""
        return min((time for time, _ in self._due()), default=None)

    def run(self) -> Iterator[Call]:
        """Run those that have come due, in order; yields a record for each."""
        now = self._clock.now()
        while waiting := [(time, schedule) for time, schedule in self._due() if time <= now]:
            time, schedule = min(waiting, key=lambda pair: pair[0])
            yield self._attempted(time, schedule)

    def _due(self) -> Iterator[tuple[float, Any]]:
        now = self._clock.now()
        for backend in scheduler_backends[ACCOUNT].values():
            for group in backend.schedule_groups.values():
                for schedule in group.schedules.values():
                    key = _key(schedule)
                    times = [
                        next_after(
                            schedule.schedule_expression,
                            schedule.schedule_expression_timezone,
                            self._done.setdefault(key, now),
                        ),
                        self._again[key].time if key in self._again else None,
                    ]
                    due = min((time for time in times if time is not None), default=None)
                    if due is not None and schedule.state == "ENABLED":
                        yield due, schedule

    def _attempted(self, time: float, schedule: Any) -> Call:
        key = _key(schedule)
        attempt = self._again.pop(key, None)
        if attempt is None or attempt.time != time:
            attempt = _Attempt(time, began=time)
            self._done[key] = time
        call = self._fire(schedule)
        policy = schedule.target.get("RetryPolicy") or {}
        following = attempt.again(policy) if call.status in _TRANSIENT else None
        self._measure(schedule, call.status, dropped=following is None)
        if following is None:
            _complete(schedule, attempt.began)
        else:
            self._again[key] = following
        return call

    def _measure(self, schedule: Any, status: int, *, dropped: bool) -> None:
        """Add an attempt to the metrics of Scheduler.

        Its user guide, "Monitoring with CloudWatch", and CDK's reference of metrics of a group.
        That an attempt that is not tried again counts as dropped at once is unverified.
        """
        failed = status not in _DONE
        names = {
            "InvocationAttemptCount": True,
            "TargetErrorCount": failed,
            "TargetErrorThrottledCount": status == _THROTTLED,
            "InvocationDroppedCount": failed and dropped,
        }
        for name, counts in names.items():
            if counts:
                self.measured(schedule.arn.split(":")[3], schedule.group_name, name)

    def _fire(self, schedule: Any) -> Call:
        target, region = schedule.target, schedule.arn.split(":")[3]
        if target["Arn"].startswith(_FUNCTION):
            status = self._status_of(lambda: self._invoke(schedule, region))
            return Call("scheduler", f"{schedule.name}:Invoke", target["Arn"], status)
        if not target["Arn"].startswith(_SDK_TARGET):
            return Call("scheduler", schedule.name, target["Arn"], 501)
        service, name = target["Arn"].removeprefix(_SDK_TARGET).split(":")
        members = json.loads(target.get("Input") or "{}")
        operation = name[:1].upper() + name[1:]

        def perform() -> None:
            self._check(target["RoleArn"], service, region, operation, members)
            self._perform(service, region, operation, members)

        status = self._status_of(perform)
        return Call("scheduler", f"{schedule.name}:{operation}", resource_of(members), status)

    def _invoke(self, schedule: Any, region: str) -> None:
        """Call a function asynchronously, as the templated target Invoke does."""
        target = schedule.target
        members = {"FunctionName": target["Arn"]}
        self._check(target["RoleArn"], "lambda", region, "Invoke", members)
        payload = target.get("Input") or _notification(schedule, region, self._clock)
        self._functions.enqueue(Reference.parse(target["Arn"], region), payload.encode())

    def _check(
        self, role: str, service: str, region: str, operation: str, members: dict[str, Any]
    ) -> None:
        _check_role(role)
        if self._guard is not None:
            scope = {"service": service, "region": region}
            self._guard.check_caller(service_as(role, "scheduler"), scope, operation, members)

    @staticmethod
    def _status_of(call: Callable[[], None]) -> int:
        try:
            call()
        except AwsError as error:
            return error.status
        except ValidationException:
            return 403
        except ConnectionAbortedError:
            return DROPPED
        return 200


def install() -> None:
    """Let moto's Scheduler refuse what could never run, from its next reset on."""
    scheduler_backends.backend = Scheduler


def _complete(schedule: Any, time: float) -> None:
    """Delete a schedule after its last run at *time*, where it requests that."""
    following = next_after(
        schedule.schedule_expression, schedule.schedule_expression_timezone, time
    )
    if following is None and schedule.action_after_completion == "DELETE":
        region = schedule.arn.split(":")[3]
        scheduler_backends[ACCOUNT][region].delete_schedule(schedule.group_name, schedule.name)


def _notification(schedule: Any, region: str, clock: Clock) -> str:
    """Return what a target without Input is sent (Scheduler API reference, Target, Input).

    Its members are unverified: those of an event of EventBridge.
    """
    return json.dumps(
        {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            "account": ACCOUNT,
            "time": f"{clock.date():%Y-%m-%dT%H:%M:%SZ}",
            "region": region,
            "resources": [schedule.arn],
            "detail": "{}",
        }
    )


def _key(schedule: Any) -> tuple[str, str, str]:
    return schedule.arn, schedule.schedule_expression, schedule.schedule_expression_timezone


def _check(request: dict[str, Any]) -> None:
    zone = request["schedule_expression_timezone"] or "UTC"
    try:
        next_after(request["schedule_expression"], zone, 0)
    except InvalidExpression as invalid:
        raise ValidationException(f"Invalid Schedule Expression: {invalid}") from None
    _check_role(request["target"]["RoleArn"])


def _check_role(arn: str) -> None:
    try:
        trusted = trusts_service(trust_policy(role_of(arn)), "scheduler.amazonaws.com")
    except AwsError:
        trusted = False
    if not trusted:
        raise ValidationException(_UNTRUSTED)
