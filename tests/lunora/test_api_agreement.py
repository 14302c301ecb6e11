"""The HTTP API judges a destination as `lunora status` does, whatever happens to it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

import pytest

from catalog.flow_source import FlowSource
from localaws.faults import StateFaultName
from lunora.api import handler
from tests.support.http_api import ask, send_directly
from tests.support.stage import Stage, run
from tests.support.windows import DISTANT_DAY

from .conftest import of_function

FLOW = "lunora-player-local-srt-router"
MINUTE = 60.0
OLD_KEY = "an old key"
HOURS = f"{{days: [{DISTANT_DAY}], start: '09:00', stop: '10:00'}}"
SCHEDULE = f"schedule: {{timezone: UTC, windows: [{HOURS}]}}"

Step = Callable[[Stage], None]


@dataclass(frozen=True)
class Fault:
    """Ten good minutes, then a fault of the emulator, then *minutes* of it."""

    name: StateFaultName
    subject: str = "*-one"
    minutes: float = 4

    def __call__(self, stage: Stage) -> None:
        stage.aws.clock.advance(10 * MINUTE)
        stage.aws.trigger(self.name, self.subject)
        stage.aws.clock.advance(self.minutes * MINUTE)


@dataclass(frozen=True)
class Case:
    """Steps, and what the destination *name* is after them."""

    name: str
    condition: str
    severity: str
    steps: tuple[Step, ...]


def case(name: str, condition: str, severity: str, *steps: Step) -> Case:
    return Case(name, condition, severity, steps)


def channel_in(state: str) -> Step:
    """Bring the channel of `one` into a state of MediaLive."""

    def step(stage: Stage) -> None:
        channel = stage.aws.medialive().region.channels[stage.ids["one"]]
        channel.enter(state, stage.aws.clock.now())

    return step


def operator(*words: str) -> Step:
    """Let an operator work."""

    def step(stage: Stage) -> None:
        stage.aws.clock.advance(10 * MINUTE)
        assert run(*words).exit_code == 0

    return step


def through_the_api(action: str, body: Any = None) -> Step:
    def step(stage: Stage) -> None:
        assert ask("POST", f"/api/destinations/{action}", body, caller="ann")["statusCode"] == 202
        stage.until("one", "IDLE")

    return step


def stopped_by_hand(stage: Stage) -> None:
    stage.medialive.stop_channel(ChannelId=stage.ids["one"])
    stage.until("one", "IDLE")


def planned(stage: Stage) -> None:
    stage.destination("later", runs=False)
    stage.declare("later", SCHEDULE)


def without_a_channel(stage: Stage) -> None:
    stage.declare("absent")


def without_a_file(stage: Stage) -> None:
    stage.destination("stray", file=False)


def without_an_output(stage: Stage) -> None:
    arn = stage.output("one")["OutputArn"]
    stage.mediaconnect.remove_flow_output(FlowArn=stage.flow_arn, OutputArn=arn)


def with_an_old_key(stage: Stage) -> None:
    text = "platform: facebook\npreset: 1080p30\nstream_key: {ssm: /keys/old}\n"
    (stage.folder / "destinations/old.yaml").write_text(text)
    ssm = stage.stack.aws().client("ssm")
    ssm.put_parameter(Name="/keys/old", Value="made-up", Type="SecureString")


def declared_bitrate(stage: Stage) -> None:
    """Declare the least bitrate of the flow's source in the stack's configuration."""
    (flow,) = stage.stack.flows
    source = FlowSource(minimum_mbps=5)
    flows = (dataclasses.replace(flow, source=source),)
    stage.stack = dataclasses.replace(stage.stack, flows=flows)
    file = stage.folder / "Pulumi.local.yaml"
    named = f"{{name: {FLOW}}}"
    text = file.read_text().replace(named, f"{{name: {FLOW}, source: {{minimumMbps: 5}}}}")
    file.write_text(text)


def switched_off(name: str) -> Step:
    return lambda stage: stage.switch(name, "DISABLED")


def declared_stop(stage: Stage) -> None:
    stage.destination("off", runs=False)


CASES = {
    "all is well": case("one", "live", "ok", Fault("output-back")),
    "a dead always-on channel": case("one", "failed", "critical", Fault("dies")),
    "a channel recovers": case("one", "recovering", "warning", channel_in("RECOVERING")),
    "an alert": case("one", "degraded", "warning", Fault("alert")),
    "an alert is over": case("one", "live", "ok", Fault("alert"), Fault("alert-cleared")),
    "a lost output": case("one", "degraded", "critical", Fault("output-lost")),
    "dropped frames": case("one", "degraded", "warning", Fault("drops-frames")),
    "lost RTP": case("one", "degraded", "warning", Fault("loses-rtp")),
    "lost sound": case("one", "degraded", "warning", Fault("loses-sound", minutes=10)),
    "maintenance of a channel": case("one", "live", "ok", Fault("maintenance-required")),
    "maintenance of a flow": case("direct", "live", "ok", Fault("maintenance-required", FLOW)),
    "a flow stands by": case("direct", "degraded", "critical", Fault("standby", FLOW)),
    "a flow of a channel stands by": case("one", "degraded", "critical", Fault("standby", FLOW)),
    "no source": case("direct", "degraded", "critical", Fault("source-lost", FLOW)),
    "no source of a channel": case("one", "degraded", "critical", Fault("source-lost", FLOW)),
    "lost packets": case("direct", "live", "ok", Fault("loses-packets", FLOW)),
    "a low bitrate": case(
        *("direct", "degraded", "warning"), declared_bitrate, Fault("low-bitrate", FLOW, 10)
    ),
    "a black source": case("direct", "degraded", "warning", Fault("black-frames", FLOW)),
    "a frozen source": case("one", "degraded", "warning", Fault("frozen-frames", FLOW)),
    "a silent source": case("one", "degraded", "warning", Fault("silent-audio", FLOW)),
    "outputs refused": case("direct", "live", "ok", Fault("outputs-refused", FLOW)),
    "not created": case("one", "failed", "critical", channel_in("CREATE_FAILED")),
    "not changed": case("one", "failed", "critical", channel_in("UPDATE_FAILED")),
    "starting": case("one", "starting", "ok", channel_in("STARTING")),
    "stopped by hand": case("one", "failed", "critical", stopped_by_hand),
    "an operator's stop": case("one", "stopped", "ok", operator("stop", "one", "--yes")),
    "an operator's stop for some time": case(
        *("one", "stopped", "ok"),
        operator("stop", "one", "--yes", "--for", "2h", "--why", "rehearsal"),
    ),
    "an operator's stop of an output": case(
        "direct", "stopped", "ok", operator("stop", "direct", "--yes")
    ),
    "a stop by the API": case("one", "stopped", "ok", through_the_api("one/stop", {"why": "x"})),
    "a disabled output": case("one", "degraded", "critical", switched_off("one")),
    "a disabled flow output": case("direct", "failed", "critical", switched_off("direct")),
    "a missing output": case("one", "degraded", "critical", without_an_output),
    "a planned stop": case("later", "stopped", "ok", planned),
    "a declared stop": case("off", "stopped", "ok", declared_stop),
    "no channel": case("absent", "missing", "critical", without_a_channel),
    "no file": case("stray", "starting", "warning", without_a_file),
    OLD_KEY: case("old", "missing", "critical", with_an_old_key),
}
# The opposites of those above, states that other cases bring about, and what only video has.
OTHER_FAULTS = {
    *("frames-back", "rtp-back", "sound-back", "source-back", "packets-back", "bitrate-back"),
    *("content-back", "outputs-taken", "create-failed", "update-failed", "hangs", "recovers"),
    "key-revoked",
}


@pytest.mark.parametrize("name", CASES)
def test_the_api_agrees_with_the_command(
    stage: Stage, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = CASES[name]
    stage.analyse_content()
    stage.destination("one")
    send_directly(stage)
    of_function(stage, monkeypatch)
    for step in given.steps:
        step(stage)
    # As a deployment after the steps leaves it.
    of_function(stage, monkeypatch)
    now = dt.datetime.now(dt.UTC) + (dt.timedelta(hours=30) if name == OLD_KEY else dt.timedelta())
    monkeypatch.setattr("lunora.commands.status.now", lambda: now)
    monkeypatch.setattr(handler, "now", lambda: now)
    command = json.loads(run("status", "--json").stdout)
    assert json.loads(ask("GET", "/api/destinations/status")["body"]) == command
    (expected,) = [each for each in command["destinations"] if each["name"] == given.name]
    answer = json.loads(ask("GET", f"/api/destinations/{given.name}")["body"])
    assert answer == expected
    verdict = (answer["condition"], answer["severity"])
    assert verdict == (given.condition, given.severity), answer["reason"]
    assert ("lunora key" in answer["reason"]) == (name == OLD_KEY)


def test_every_fault_of_the_emulator_is_a_case() -> None:
    steps = [step for each in CASES.values() for step in each.steps]
    tried = {step.name for step in steps if isinstance(step, Fault)}
    assert tried | OTHER_FAULTS == set(get_args(StateFaultName))
