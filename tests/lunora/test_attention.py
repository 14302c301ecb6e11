"""Sight and control of streams while something else is wrong."""

from __future__ import annotations

import itertools
import json

import pytest
from botocore.exceptions import EndpointConnectionError

from lunora.commands import status as status_command
from lunora.ops.status import overview
from lunora.render import cost as cost_table
from tests.support.stage import Stage, run

BROKEN = "platform: [\n"


@pytest.fixture
def broken(stage: Stage) -> Stage:
    """A stream on air, beside a file that is wrong."""
    stage.destination("main-stage")
    stage.aws.clock.advance(600)
    (stage.folder / "destinations/other.yaml").write_text(BROKEN)
    return stage


@pytest.mark.parametrize("words", [("status",), ("show", "main-stage")])
def test_a_broken_file_hides_no_stream(broken: Stage, words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert "live" in result.stdout
    assert "destinations/other.yaml" in result.stderr
    document = run(*words, "--json")
    assert json.loads(document.stdout)


def test_a_stop_beside_a_broken_file_succeeds(broken: Stage) -> None:
    result = run("stop", "main-stage", "--yes")
    assert result.exit_code == 0
    assert "destinations/other.yaml" in result.stderr
    assert broken.state("main-stage") == "IDLE"


def test_a_watch_survives_a_failed_poll(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.destination("main-stage")
    polls = itertools.count()

    def sometimes(*arguments: object, **options: bool) -> object:
        if next(polls) == 1:
            raise EndpointConnectionError(endpoint_url="http://192.0.2.1")
        return overview(*arguments, **options)  # type: ignore[arg-type]

    def sleep(_: float) -> None:
        if next(sleeps) == 2:
            raise KeyboardInterrupt

    sleeps = itertools.count()
    monkeypatch.setattr(status_command, "overview", sometimes)
    monkeypatch.setattr("lunora.commands.status.time.sleep", sleep)
    result = run("status", "--watch")
    assert result.exit_code == 0
    assert next(polls) == 3
    assert "UTC" in result.stdout


def test_what_is_not_on_air_has_no_rates(stage: Stage) -> None:
    stage.destination("main-stage")
    stage.aws.clock.advance(600)
    assert "Mb/s" in run("status").stdout
    stage.medialive.stop_channel(ChannelId=stage.ids["main-stage"])
    stage.until("main-stage", "IDLE")
    assert "Mb/s" not in run("status").stdout


def test_a_start_against_a_schedule_holds_until_its_next_switch(stage: Stage) -> None:
    stage.destination("main-stage", runs=False)
    day = "{timezone: UTC, windows: [{days: [mon], start: '03:00', stop: '03:01'}]}"
    stage.declare("main-stage", f"schedule: {day}")
    message = run("start", "main-stage").stderr
    assert "pulumi up" not in message.partition("destinations/")[2]
    assert "until its next start or stop" in message


def test_a_pipe_gets_whole_lines(stage: Stage) -> None:
    stage.destination("main-stage")
    row, *_ = [line for line in run("cost").stdout.splitlines() if "main-stage" in line]
    assert row.count("$") >= len(cost_table.HEADINGS) - 3
    assert "…" not in row


def test_a_secret_that_no_file_uses_is_listed_and_removed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.declare("main-stage")
    path = stage.folder / "Pulumi.local.yaml"
    secrets = "{main-stage: {secure: made-up}, old-show: {secure: made-up}}"
    path.write_text(
        f"{path.read_text()}  lunora-player:streamKeys: {secrets}\n"
        "  lunora-player:webhooks: [{url: {secret: desk}, format: json}]\n"
        "  lunora-player:webhookUrls: {desk: {secure: made-up}, old-desk: {secure: made-up}}\n"
        "  lunora-player:api: {repository: {name: octo/streams, token: {secret: new}}}\n"
        "  lunora-player:repositoryTokens: {new: {secure: made-up}, old: {secure: made-up}}\n"
    )
    checks = json.loads(run("doctor", "--json").stdout)["checks"]
    assert [check["about"] for check in checks if check["about"].startswith("secret ")] == [
        "secret streamKeys.old-show",
        "secret webhookUrls.old-desk",
        "secret repositoryTokens.old",
    ]
    program = stage.folder / "pulumi"
    program.write_text('#!/bin/sh\n[ "$1" = config ] && echo "$4" >> args.txt\necho "{}"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{stage.folder}:/usr/bin:/bin")
    assert "removed the secret streamKeys.old-show" in run("doctor", "--remove", "--yes").stderr
    assert (stage.folder / "args.txt").read_text().split() == [
        "lunora-player:streamKeys.old-show",
        "lunora-player:webhookUrls.old-desk",
        "lunora-player:repositoryTokens.old",
    ]
