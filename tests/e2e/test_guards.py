"""Mistakes are refused with one sentence, before anything changes."""

from __future__ import annotations

import json

import pytest

from tests.support.workspace import EXAMPLES, Workspace

pytestmark = pytest.mark.e2e


def test_a_mistake_in_a_file_fails_the_preview_without_a_traceback(live: Workspace) -> None:
    before = live.traces()
    live.write("typo", "platform: youtube\npreset: 1080p3\n")
    for command in (("preview",), ("up", "--yes", "--skip-preview")):
        run = live.pulumi(*command)
        assert run.code != 0
        assert "destinations/typo.yaml:2:9: LUN111: preset: " in run.text
        assert "Traceback" not in run.text
    assert live.traces() == before


@pytest.mark.proof
def test_an_emptied_folder_is_refused(live: Workspace) -> None:
    before = live.traces()
    for path in live.destinations.glob("*.yaml"):
        path.unlink()
    run = live.pulumi("up", "--yes", "--skip-preview")
    assert run.code != 0
    assert "Traceback" not in run.text
    assert live.traces() == before


def test_a_mass_deletion_is_refused_until_its_number_is_confirmed(live: Workspace) -> None:
    before = live.traces()
    for name in EXAMPLES[:2]:
        (live.destinations / f"{name}.yaml").unlink()
    run = live.pulumi("up", "--yes", "--skip-preview")
    assert run.code != 0
    assert "LUN300: cannot remove 2 of 3 destinations (restream-main, twitch-main)" in run.text
    assert "LUNORA_CONFIRM_REMOVALS=2" in run.text
    assert live.traces() == before

    live.up(env={"LUNORA_CONFIRM_REMOVALS": "2"})
    assert list(live.channels()) == ["youtube-main"]


def test_a_flow_that_does_not_exist_is_one_sentence(workspace: Workspace) -> None:
    workspace.pulumi("config", "set", "--path", "lunora-player:flows.main.name", "no-such-flow")
    run = workspace.pulumi("preview")
    assert run.code != 0
    assert "LUN340: cannot find flow no-such-flow in us-west-2" in run.text
    assert "lunora-player-local-srt-router" in run.text
    assert "Traceback" not in run.text


@pytest.mark.proof
def test_two_keys_for_one_flow_are_one_sentence(workspace: Workspace) -> None:
    where = "lunora-player:flows.again.name"
    workspace.pulumi("config", "set", "--path", where, "lunora-player-local-srt-router")
    twitch = workspace.destinations / "twitch-main.yaml"
    twitch.write_text(twitch.read_text() + "flow: again\n")
    run = workspace.pulumi("preview")
    assert run.code != 0
    said = "flows again and main of the configuration are one flow; keep one key"
    assert said in " ".join(run.text.split())
    assert "Traceback" not in run.text


def test_a_stream_key_that_is_a_url_is_refused_without_showing_it(workspace: Workspace) -> None:
    wrong = "rtmp://example.org/app/abcdef123456"
    workspace.pulumi(
        "config",
        "set",
        "--secret",
        "--path",
        "lunora-player:streamKeys.twitch-main",
        stdin=wrong,
    )
    run = workspace.pulumi("preview")
    assert run.code != 0
    assert "LUN207: stream key twitch-main " in run.text
    assert wrong not in run.text
    assert "Traceback" not in run.text


@pytest.mark.proof
def test_a_budget_that_is_exceeded_fails_the_preview_with_its_figures(live: Workspace) -> None:
    before = live.traces()
    live.pulumi("config", "set", "lunora-player:monthlyBudgetUsd", "1")
    for command in (("preview",), ("up", "--yes", "--skip-preview")):
        run = live.pulumi(*command)
        assert run.code != 0
        assert "more than the $1.00 of monthlyBudgetUsd" in run.text
        assert "Traceback" not in run.text
    assert live.traces() == before


def test_the_stack_says_what_it_costs(live: Workspace) -> None:
    outputs = json.loads(live.pulumi("stack", "output", "--json").out)
    shares = [destination["monthlyUsd"] for destination in outputs["destinations"].values()]
    assert outputs["cost"]["monthlyUsd"] > sum(shares)
    assert min(shares) > 0


@pytest.mark.proof
def test_a_file_that_takes_over_another_ones_stream_has_to_say_so(live: Workspace) -> None:
    before = live.traces()
    old = live.destinations / "twitch-main.yaml"
    live.write("twitch-show", old.read_text() + "stream_key: {config: twitch-main}\n")
    old.unlink()
    run = live.pulumi("preview")
    assert run.code != 0
    assert "give twitch-show `previous_names: [twitch-main]`" in run.text
    assert live.traces() == before


def test_an_edit_that_interrupts_a_live_stream_is_announced(live: Workspace) -> None:
    path = live.destinations / "twitch-main.yaml"
    path.write_text(path.read_text().replace("1080p30", "720p30"))
    run = live.pulumi("preview")
    assert run.code == 0, run.text
    assert "this interrupts its stream until it runs again" in run.text
    assert "youtube-main-channel" not in run.text
    live.client("medialive").stop_channel(ChannelId=live.channels()["twitch-main"]["Id"])
    live.channels()
    assert "interrupts its stream" not in live.pulumi("preview").text


@pytest.mark.proof
def test_a_key_that_changes_is_announced_as_an_interruption(live: Workspace) -> None:
    live.pulumi(
        "config",
        "set",
        "--secret",
        "--path",
        "lunora-player:streamKeys.twitch-main",
        stdin="another-key-for-the-test",
    )
    run = live.pulumi("preview")
    assert run.code == 0, run.text
    assert "twitch-main-channel" in run.text
    assert "this interrupts its stream" in run.text
    assert "another-key-for-the-test" not in run.text


@pytest.mark.proof
def test_an_existing_parameter_that_holds_no_key_is_refused_unseen(workspace: Workspace) -> None:
    ssm = workspace.client("ssm")
    ssm.put_parameter(Name="/shared/key", Value="has a space", Type="SecureString")
    path = workspace.destinations / "twitch-main.yaml"
    path.write_text(path.read_text() + "stream_key: {ssm: /shared/key}\n")
    run = workspace.pulumi("preview")
    assert run.code != 0
    assert "LUN207: stream key in /shared/key " in run.text
    assert "has a space" not in run.text
    assert "Traceback" not in run.text


def test_more_channels_than_the_quota_are_refused_before_any_is_made(workspace: Workspace) -> None:
    for number in range(3):
        workspace.write(f"more-{number}", "platform: restream\npreset: 480p30\n")
    run = workspace.pulumi("preview")
    assert run.code != 0
    assert "the run needs 6 channels in us-west-2" in run.text
    assert "the account's quota is 5" in run.text
    assert "Traceback" not in run.text
