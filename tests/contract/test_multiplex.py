"""Multiplexes and programs made by the real AWS provider, as its acceptance tests make them."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.server import EmbeddedAws
from tests.support.clients import connect
from tests.support.terraform import Terraform

pytestmark = pytest.mark.contract

MULTIPLEX, PROGRAM = "aws_medialive_multiplex", "aws_medialive_multiplex_program"


def declared(*, bitrate: int = 1_000_000, started: bool, video: dict[str, Any]) -> dict[str, Any]:
    multiplex = {
        "name": "mux",
        "availability_zones": ["us-west-2a", "us-west-2b"],
        "multiplex_settings": {
            "transport_stream_bitrate": bitrate,
            "transport_stream_id": 1,
            "transport_stream_reserved_bitrate": 1,
            "maximum_video_buffer_delay_milliseconds": 1000,
        },
        "start_multiplex": started,
        "tags": {"Name": "mux"},
    }
    program = {
        "program_name": "news",
        "multiplex_id": f"${{{MULTIPLEX}.mux.id}}",
        "multiplex_program_settings": {
            "program_number": 1,
            "preferred_channel_pipeline": "CURRENTLY_ACTIVE",
            "video_settings": video,
        },
    }
    return {MULTIPLEX: {"mux": multiplex}, PROGRAM: {"news": program}}


def test_terraform_makes_changes_imports_and_destroys_a_multiplex(
    tf: Terraform, real: EmbeddedAws
) -> None:
    first = {"statmux_settings": {"minimum_bitrate": 100000}}
    tf.apply(declared(started=False, video=first))
    medialive = connect(real.endpoint, "medialive")
    (listed,) = medialive.list_multiplexes()["Multiplexes"]
    assert listed["State"] == "IDLE"

    second = {"statmux_settings": {"minimum_bitrate": 100001}}
    final = declared(bitrate=1_000_001, started=True, video=second)
    tf.apply(final)
    shown = medialive.describe_multiplex(MultiplexId=listed["Id"])
    assert (shown["State"], shown["MultiplexSettings"]["TransportStreamBitrate"]) == (
        "RUNNING",
        1_000_001,
    )
    tf.forget_everything()
    # The provider does not read whether a multiplex runs.
    final[MULTIPLEX]["mux"].pop("start_multiplex")
    imports = [
        {"to": f"{MULTIPLEX}.mux", "id": listed["Id"]},
        {"to": f"{PROGRAM}.news", "id": f"news/{listed['Id']}"},
    ]
    tf.apply(final, imports)

    medialive.delete_multiplex_program(MultiplexId=listed["Id"], ProgramName="news")
    missing = tf.run("plan", "-detailed-exitcode")
    assert missing.code == 2, missing.text
    assert "1 to add, 0 to change, 0 to destroy" in missing.text
    tf.destroy()
    assert medialive.list_multiplexes()["Multiplexes"] == []
