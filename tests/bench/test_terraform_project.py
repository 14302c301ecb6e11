"""Terraform's side declares what the program's does."""

from __future__ import annotations

import collections

from bench.project import file_of, name_of, spec_of
from bench.terraform_project import Resources
from catalog import alarms


def test_a_destination_is_the_same_resources_but_for_its_flow_output() -> None:
    spec = spec_of(0, "running")
    single, empty = (Resources(specs, ["f0"]) for specs in ([spec], []))
    counts = collections.Counter({kind: len(declared) for kind, declared in single.items()})
    counts.subtract({kind: len(declared) for kind, declared in empty.items()})
    assert +counts == {
        "aws_ssm_parameter": 1,
        "aws_medialive_input": 1,
        "aws_medialive_channel": 1,
        "aws_cloudwatch_metric_alarm": len(alarms.channel_alarms(spec)),
        "aws_cloudwatch_composite_alarm": 1,
    }


def test_a_channel_is_started_where_the_file_says_running() -> None:
    specs = [spec_of(0, "running"), spec_of(1, "stopped")]
    channels = Resources(specs, ["f0"])["aws_medialive_channel"]
    assert [channels[name_of(n)]["start_channel"] for n in (0, 1)] == [True, False]


def test_its_settings_are_those_of_the_program() -> None:
    spec = spec_of(0, "running")
    declared = Resources([spec], ["f0"])
    channel = declared["aws_medialive_channel"][spec.name]
    assert channel["input_attachments"][0]["input_id"] == "${aws_medialive_input.d0000.id}"
    assert channel["encoder_settings"]["video_descriptions"][0]["height"] == 1080
    assert "preset: 1080p30" in file_of(0)
