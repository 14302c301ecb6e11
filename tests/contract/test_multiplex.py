"""Multiplexes and programs made by the real AWS provider, as its acceptance tests make them."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.server import EmbeddedAws
from tests.support.clients import connect
from tests.support.terraform import Terraform

pytestmark = pytest.mark.contract

MULTIPLEX, PROGRAM = "aws_medialive_multiplex", "aws_medialive_multiplex_program"


def declared(minimum_bitrate: int) -> dict[str, Any]:
    multiplex = {
        "name": "mux",
        "availability_zones": ["us-west-2a", "us-west-2b"],
        "multiplex_settings": {
            "transport_stream_bitrate": 1_000_000,
            "transport_stream_id": 1,
            "transport_stream_reserved_bitrate": 1,
            "maximum_video_buffer_delay_milliseconds": 1000,
        },
        "start_multiplex": True,
        "tags": {"Name": "mux"},
    }
    program = {
        "program_name": "news",
        "multiplex_id": f"${{{MULTIPLEX}.mux.id}}",
        "multiplex_program_settings": {
            "program_number": 1,
            "preferred_channel_pipeline": "CURRENTLY_ACTIVE",
            "video_settings": {"statmux_settings": {"minimum_bitrate": minimum_bitrate}},
        },
    }
    return {MULTIPLEX: {"mux": multiplex}, PROGRAM: {"news": program}}


def test_terraform_makes_changes_imports_and_destroys_a_multiplex(
    tf: Terraform, real: EmbeddedAws
) -> None:
    tf.apply(declared(100000))
    medialive = connect(real.endpoint, "medialive")
    (listed,) = medialive.list_multiplexes()["Multiplexes"]
    assert (listed["State"], listed["ProgramCount"]) == ("RUNNING", 1)
    tf.apply(declared(100001))
    tf.forget_everything()
    # By itself: the provider does not read which multiplex an imported program is of.
    for resource, identifier in (
        (f"{MULTIPLEX}.mux", listed["Id"]),
        (f"{PROGRAM}.news", f"news/{listed['Id']}"),
    ):
        imported = tf.run("import", resource, identifier)
        assert imported.code == 0, imported.text
    tf.destroy()
    assert medialive.list_multiplexes()["Multiplexes"] == []
