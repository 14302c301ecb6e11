"""Fault injection by a plan, repeatable by its seed."""

from __future__ import annotations

import base64
import html
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal
from urllib.parse import quote, quote_plus

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from catalog.errors import LunoraError
from localaws.errors import AwsError

CallFaultName = Literal[
    "throttled",
    "error",
    "conflict",
    "unavailable",
    "limit",
    "quotes",
    "dropped-before",
    "dropped-after",
    "slow",
]
StateFaultName = Literal[
    "create-failed",
    "update-failed",
    "hangs",
    "dies",
    "recovers",
    "alert",
    "alert-cleared",
    "key-revoked",
    "output-lost",
    "output-back",
    "drops-frames",
    "frames-back",
    "loses-rtp",
    "rtp-back",
    "loses-sound",
    "sound-back",
    "standby",
    "source-lost",
    "source-back",
    "outputs-refused",
    "outputs-taken",
    "loses-packets",
    "packets-back",
    "low-bitrate",
    "bitrate-back",
    "black-frames",
    "frozen-frames",
    "silent-audio",
    "content-back",
    "maintenance-required",
]

# Names of the exceptions in the service models.
_ERRORS: dict[CallFaultName, tuple[str, int]] = {
    "throttled": ("TooManyRequestsException", 429),
    "error": ("InternalServerErrorException", 500),
    "conflict": ("ConflictException", 409),
    "unavailable": ("ServiceUnavailableException", 503),
    "limit": ("AddFlowOutputs420Exception", 420),
    "quotes": ("BadRequestException", 400),
}


class FaultPlanError(LunoraError):
    """The fault plan cannot be used."""

    def __init__(self, message: str) -> None:
        super().__init__("LUN513", message, remedy="see docs/reference/emulator.md for its form")


class _Trigger(BaseModel):
    """When a fault happens: at the calls that match, or some of them.

    Attributes:
        operation: pattern such as `medialive:Create*`.
        resource: pattern of the name, id or ARN that the call is about.
        nth: only at this matching call, counted from 1.
        after: not at the first so many matching calls.
        share: at this share of the matching calls, chosen by the plan's seed.
        times: at most so often.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    operation: str
    resource: str = "*"
    nth: int | None = Field(None, ge=1)
    after: int = Field(0, ge=0)
    share: float | None = Field(None, gt=0, le=1)
    times: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _not_both(self) -> _Trigger:
        if self.nth is not None and self.share is not None:
            raise ValueError("give nth or share, not both")
        return self

    def matches(self, operation: str, about: Collection[str]) -> bool:
        """Tell whether a call of *operation* about a thing of these names matches."""
        return fnmatchcase(operation, self.operation) and any(
            fnmatchcase(name, self.resource) for name in about or [""]
        )


class CallFault(_Trigger):
    """A call that fails, is dropped before or after its effect, or takes *seconds*."""

    fault: CallFaultName
    seconds: float = Field(1.0, ge=0, le=600)

    def error(self, request: str = "") -> AwsError | None:
        """Return what AWS would answer to *request*; None where the fault is no answer."""
        if self.fault not in _ERRORS:
            return None
        code, status = _ERRORS[self.fault]
        message = f"the fault plan says {self.fault}"
        if self.fault == "quotes":
            message = f"cannot accept {_quoted(request)}"
        return AwsError(code, status, message)

    def strike(self, request: str = "") -> None:
        """Apply a fault that comes before the call's effect.

        Args:
            request: its members as JSON, or its body.

        Raises:
            ConnectionAbortedError: when the call never arrived.
            AwsError: when AWS refuses it.
        """
        if self.fault == "dropped-before":
            raise ConnectionAbortedError
        if self.fault == "slow":
            time.sleep(self.seconds)
        if (error := self.error(request)) is not None:
            raise error


def _quoted(request: str) -> str:
    """Return *request* in all forms in which a service may quote it.

    No source says which members AWS quotes, and how: a client must expect all of them.
    """
    try:
        plain = " ".join(_leaves(json.loads(request)))
    except ValueError:
        plain = request
    encoded = base64.b64encode(request.encode()).decode()
    return " ".join((plain, request, quote(plain), quote_plus(plain), encoded, html.escape(plain)))


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from _leaves(member)
    else:
        yield str(value)


class StateFault(_Trigger):
    """Something that happens to the channel or flow that a call was about, after the call."""

    fault: StateFaultName


class FaultPlan(BaseModel):
    """Everything that is to go wrong.

    Attributes:
        seed: decides which calls a `share` picks.
        calls: faults of calls; of those that match a call, the first happens.
        mishaps: what happens to channels and flows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = 0
    calls: tuple[CallFault, ...] = ()
    mishaps: tuple[StateFault, ...] = ()

    @classmethod
    def parse(cls, text: str) -> FaultPlan:
        """Read a plan from YAML or JSON.

        Raises:
            FaultPlanError: when it is neither or does not fit.
        """
        try:
            return cls.model_validate(yaml.safe_load(text) or {})
        except yaml.YAMLError:
            raise FaultPlanError("the fault plan is not valid YAML") from None
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            path = ".".join(map(str, first["loc"]))
            raise FaultPlanError(f"the fault plan: {path}: {first['msg']}") from None

    @classmethod
    def load(cls, path: Path) -> FaultPlan:
        """Read a plan from a file.

        Raises:
            FaultPlanError: when it cannot be read or does not fit.
        """
        try:
            return cls.parse(path.read_text(encoding="utf-8"))
        except OSError:
            raise FaultPlanError(f"the fault plan {path} cannot be read") from None


class Faults:
    """A plan at work: counts the calls and says which of them fail."""

    def __init__(self, plan: FaultPlan | None = None) -> None:
        self.plan = plan or FaultPlan()
        self.happened: list[str] = []
        self._seen: Counter[tuple[str, int, str]] = Counter()
        self._done: Counter[tuple[str, int]] = Counter()

    def of_call(self, operation: str, about: Collection[str]) -> CallFault | None:
        """Return the fault of this call, if any; of several, the first of the plan."""
        struck = [
            (index, fault)
            for index, fault in enumerate(self.plan.calls)
            if self._strikes("call", index, fault, operation, about)
        ]
        for index, fault in struck[:1]:
            self._done["call", index] += 1
            self._note(operation, about, fault.fault)
            return fault
        return None

    def after_call(
        self, operation: str, about: Collection[str], trigger: Callable[[str], bool]
    ) -> None:
        """Trigger the state faults that follow this call; *trigger* returns whether one applied."""
        for index, mishap in enumerate(self.plan.mishaps):
            if self._strikes("mishap", index, mishap, operation, about) and trigger(mishap.fault):
                self._done["mishap", index] += 1
                self._note(operation, about, mishap.fault)

    def _note(self, operation: str, about: Collection[str], fault: str) -> None:
        self.happened.append(f"{operation} {min(about, default='-')}: {fault}")

    def _strikes(
        self, kind: str, index: int, trigger: _Trigger, operation: str, about: Collection[str]
    ) -> bool:
        if not trigger.matches(operation, about):
            return False
        # Shares are drawn per thing, so that calls about different things may come in any order
        # and the same ones still fail.
        which = min(about, default="") if trigger.share is not None else ""
        self._seen[kind, index, which] += 1
        count = self._seen[kind, index, which]
        if count <= trigger.after:
            return False
        if trigger.times is not None and self._done[kind, index] >= trigger.times:
            return False
        if trigger.share is not None:
            draw = random.Random(f"{self.plan.seed} {kind} {index} {which} {count}")  # noqa: S311 - repeatable on purpose
            return draw.random() < trigger.share
        return trigger.nth is None or count == trigger.nth
