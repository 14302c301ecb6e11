"""Pictures of channels and flows: `lunora status --pictures`."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import re
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from PIL import Image

from localaws.faults import CallFault, FaultPlan
from localaws.pictures import slate
from localaws.server import LOCAL_FLOW
from lunora.ops.thumbnails import _of_channel
from lunora.render import inline_image
from tests.support.stage import Stage, only_status, run


def listed() -> dict[str, dict[str, Any]]:
    """Return the pictures that `lunora status` lists, by kind and name."""
    documents = json.loads(run("status", "--pictures", "--json").stdout)["pictures"]
    return {f"{each['kind']} {each['name']}": each for each in documents}


def test_running_channels_and_the_flow_have_a_picture_in_a_file(stage: Stage) -> None:
    stage.destination("one", thumbnails=True)
    stage.destination("two", runs=False)
    pictures = listed()
    assert set(pictures) == {"destination one", "flow main"}
    for picture in pictures.values():
        content = Path(picture["file"]).read_bytes()
        assert Image.open(io.BytesIO(content)).format == "JPEG"
        assert picture["reason"] == ""
        assert picture["time"] is not None
    shown = run("status", "--pictures").stdout
    assert "destination one, pipeline 0: .local/pictures/local/destination-one-0.jpg" in shown
    assert "flow main: .local/pictures/local/flow-main.jpg" in shown


def test_a_channel_or_flow_without_thumbnails_has_a_reason(stage: Stage) -> None:
    stage.destination("one")
    stage.aws.regions["mediaconnect", "us-west-2"].flows[stage.flow_arn].members.pop(
        "SourceMonitoringConfig"
    )
    pictures = listed()
    assert pictures["destination one"]["file"] is None
    assert "pulumi up" in pictures["destination one"]["reason"]
    assert pictures["flow main"]["file"] is None
    assert "THUMBNAILS_DISABLED" in pictures["flow main"]["reason"]


def test_a_refused_picture_hides_no_status(stage: Stage) -> None:
    stage.destination("one", thumbnails=True)
    fault = CallFault(operation="medialive:DescribeThumbnails", fault="conflict")
    stage.aws.load_faults(FaultPlan(calls=(fault,)))
    shown = run("status", "--pictures")
    assert "one" in shown.stdout
    assert "LUN417" in shown.stdout


def test_a_time_without_a_zone_is_utc() -> None:
    thumbnail = {"Body": base64.b64encode(black()).decode(), "TimeStamp": dt.datetime(2026, 1, 2)}  # noqa: DTZ001 - as botocore parses it
    answer = {"ThumbnailDetails": [{"PipelineId": "0", "Thumbnails": [thumbnail]}]}
    medialive = Mock(describe_thumbnails=Mock(return_value=answer))
    picture = _of_channel(medialive, Mock(id="1", destination="one"), "0")
    assert picture.time == dt.datetime(2026, 1, 2, tzinfo=dt.UTC)


def test_pictures_are_not_watched(stage: Stage) -> None:
    refused = run("status", "--pictures", "--watch")
    assert refused.exit_code == 2
    assert "LUN400" in refused.stderr


@pytest.mark.parametrize(
    ("environ", "protocol"),
    [
        ({"TERM": "xterm-kitty", "KITTY_WINDOW_ID": "1"}, "kitty"),
        ({"TERM": "xterm-kitty", "TERM_PROGRAM": "iTerm.app"}, "kitty"),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, "kitty"),
        ({"TERM": "xterm-ghostty", "TERM_PROGRAM": "ghostty"}, "kitty"),
        ({"TERM_PROGRAM": "iTerm.app", "TERM": "xterm-256color"}, "iterm2"),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, "iterm2"),
        ({"TERM_PROGRAM": "WezTerm"}, "iterm2"),
        ({"TERM_PROGRAM": "mintty"}, "iterm2"),
        ({"TERM": "xterm-256color", "KONSOLE_VERSION": "230800"}, "iterm2"),
        ({"TERM_PROGRAM": "vscode", "LC_TERMINAL": "iTerm2"}, None),
        ({"TERM_PROGRAM": "Apple_Terminal", "KITTY_WINDOW_ID": "1"}, None),
        ({"TERM": "tmux-256color", "LC_TERMINAL": "iTerm2"}, None),
        ({"TERM": "screen.xterm-256color", "KITTY_WINDOW_ID": "1"}, None),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "tmux"}, None),
        ({"TERM": "xterm-256color"}, None),
        ({}, None),
    ],
)
def test_a_terminal_that_shows_pictures_is_recognized(
    environ: dict[str, str], protocol: str | None
) -> None:
    assert inline_image.protocol(environ) == protocol


def test_a_picture_for_iterm2_is_one_sequence() -> None:
    text = inline_image.sequence(b"\xff\xd8\xffrest", "iterm2")
    assert text.startswith("\x1b]1337;File=inline=1;size=7;")
    assert text.endswith("\a")
    assert base64.b64decode(text.rpartition(":")[2][:-1]) == b"\xff\xd8\xffrest"


def test_a_picture_for_kitty_is_png_in_chunks() -> None:
    jpeg = slate("flow main", dt.datetime(2026, 1, 2, tzinfo=dt.UTC))
    text = inline_image.sequence(jpeg, "kitty")
    chunks = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", text)
    assert text == "".join(f"\x1b_G{keys};{chunk}\x1b\\" for keys, chunk in chunks)
    assert [keys for keys, _ in chunks] == [
        "a=T,f=100,q=2,c=48,m=1",
        *["m=1"] * (len(chunks) - 2),
        "m=0",
    ]
    assert {len(chunk) for _, chunk in chunks[:-1]} == {4096}
    shown = Image.open(io.BytesIO(base64.b64decode("".join(chunk for _, chunk in chunks))))
    assert (shown.format, shown.size) == ("PNG", Image.open(io.BytesIO(jpeg)).size)


def test_what_is_no_picture_is_not_sent_to_kitty() -> None:
    assert inline_image.sequence(b"\xff\xd8\xffrest", "kitty") == ""


def test_pictures_are_shown_in_a_terminal_instead_of_written(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.destination("one", thumbnails=True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-kitty")
    monkeypatch.delenv("TERM_PROGRAM", raising=False)
    shown = run("status", "--pictures").stdout
    assert shown.count("\x1b_Ga=T,") == 2
    assert not (stage.folder / ".local/pictures").exists()


def show(stage: Stage, monkeypatch: pytest.MonkeyPatch, jpeg: bytes) -> None:
    """Let *jpeg* be all thumbnails from now on."""
    monkeypatch.setattr(stage.aws._services.pictures, "captured", lambda _: jpeg)


def black() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (480, 270), (16, 16, 16)).save(stream, "JPEG")
    return stream.getvalue()


def test_a_black_picture_is_named_and_a_test_card_is_not(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.destination("one", thumbnails=True)
    stage.aws.clock.advance(600)
    assert run("status", "--pictures").exit_code == 0
    show(stage, monkeypatch, black())
    answer = run("status", "--pictures", "--json")
    document = json.loads(answer.stdout)
    (status,) = document["destinations"]
    assert (status["condition"], status["severity"]) == ("degraded", "warning")
    assert status["reason"] == "the picture of its input is black"
    assert (document["summary"], answer.exit_code) == ("1 degraded", 1)
    assert [picture["black"] for picture in document["pictures"]] == [True, True]
    assert only_status()["condition"] == "live", "nobody asked for a picture"


def test_the_metric_wins_over_the_picture(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.destination("one", thumbnails=True)
    stage.analyse_content()
    stage.aws.clock.advance(600)
    show(stage, monkeypatch, black())
    assert run("status", "--pictures").exit_code == 0, "measured, and not black"
    stage.aws.trigger("black-frames", LOCAL_FLOW)
    stage.aws.clock.advance(240)
    answer = json.loads(run("status", "--pictures", "--json").stdout)
    assert answer["destinations"][0]["reason"] == f"flow {LOCAL_FLOW}: its source is black"


def test_without_a_thumbnail_of_its_own_the_flow_has_the_picture(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.destination("one")
    stage.aws.clock.advance(600)
    show(stage, monkeypatch, black())
    answer = json.loads(run("status", "--pictures", "--json").stdout)
    assert answer["destinations"][0]["reason"] == "the picture of its input is black"


def test_a_reason_that_is_worse_stays(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.destination("one", thumbnails=True)
    stage.aws.clock.advance(600)
    stage.aws.trigger("output-lost", "*-one")
    stage.aws.clock.advance(240)
    show(stage, monkeypatch, black())
    (status,) = json.loads(run("status", "--pictures", "--json").stdout)["destinations"]
    assert status["severity"] == "critical"
    assert "black" not in status["reason"]


def test_what_is_no_picture_has_a_reason(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.destination("one", thumbnails=True)
    show(stage, monkeypatch, b"\xff\xd8\xffrest")
    assert {(each["file"], each["reason"]) for each in listed().values()} == {
        (None, "AWS sent no JPEG as its picture")
    }
