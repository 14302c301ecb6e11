"""Pictures of channels and flows: `lunora status --pictures`."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from localaws.faults import CallFault, FaultPlan
from lunora.render import inline_image
from tests.support.stage import Stage, run


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


def test_pictures_are_not_watched(stage: Stage) -> None:
    refused = run("status", "--pictures", "--watch")
    assert refused.exit_code == 2
    assert "LUN400" in refused.stderr


@pytest.mark.parametrize(
    ("environ", "supported"),
    [
        ({"TERM_PROGRAM": "iTerm.app", "TERM": "xterm-256color"}, True),
        ({"TERM_PROGRAM": "WezTerm"}, True),
        ({"TERM_PROGRAM": "iTerm.app", "TERM": "tmux-256color"}, False),
        ({"TERM": "xterm-256color"}, False),
        ({}, False),
    ],
)
def test_a_terminal_that_shows_pictures_is_recognized(
    *, environ: dict[str, str], supported: bool
) -> None:
    assert inline_image.is_supported(environ) is supported


def test_a_picture_in_the_terminal_is_one_sequence() -> None:
    text = inline_image.sequence(b"\xff\xd8\xffrest")
    assert text.startswith("\x1b]1337;File=inline=1;size=7;")
    assert text.endswith("\a")
    assert base64.b64decode(text.rpartition(":")[2][:-1]) == b"\xff\xd8\xffrest"
