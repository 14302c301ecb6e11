"""Terraform declarations of the contract, and its variants."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from catalog.model import DestinationSpec
from catalog.presets import presets
from tests.support.terraform_words import channel_settings, in_terraform

STANDARD = "standard"

# The AWS provider leaves out an empty list of video descriptions, which its own SDK then misses
# ("missing required field, CreateChannelInput.EncoderSettings.VideoDescriptions", 5.100.0).
WITHOUT_VIDEO = frozenset({"audio-only"})


@dataclass(frozen=True, slots=True)
class Variant:
    """Difference between the steps of the contract.

    Attributes:
        started: whether channels are started.
        preset: the preset of every channel; None gives each its own.
        key: the made-up stream key.
        version: a number that shows in tags, rules, policies, alarms and schedules.
    """

    started: bool = False
    preset: str | None = None
    key: str = "made-up"
    version: int = 0

    @property
    def tags(self) -> dict[str, str]:
        """The tags of everything; the key changes too, so that one goes and one comes."""
        return {f"Version{self.version}": str(self.version)}


def resources(variant: Variant) -> dict[str, Any]:
    """Return everything that is declared: type -> name -> arguments."""
    return {**_channels(variant), **surroundings(variant)}


def imports(
    channels: dict[str, str], inputs: dict[str, str], group: str, secret: str
) -> list[dict[str, str]]:
    """Return import blocks for everything that can be imported; *channels* and *inputs* by name."""
    ids = {
        "aws_medialive_input_security_group.one": group,
        **{f"aws_medialive_input.{name}": declared for name, declared in inputs.items()},
        **{f"aws_medialive_channel.{name}": declared for name, declared in channels.items()},
        "aws_ssm_parameter.one": "/contract/key",
        "aws_iam_role.medialive": "medialive",
        "aws_iam_role.scheduler": "scheduler",
        "aws_iam_role_policy.one": "scheduler:contract",
        "aws_secretsmanager_secret.one": secret,
        "aws_sns_topic.one": "arn:aws:sns:us-west-2:123456789012:contract",
        "aws_cloudwatch_metric_alarm.one": "contract",
        "aws_cloudwatch_dashboard.one": "contract",
        "aws_cloudwatch_event_rule.one": "contract",
        "aws_scheduler_schedule.one": "default/contract",
    }
    return [{"to": address, "id": resource_id} for address, resource_id in ids.items()]


def _channels(variant: Variant) -> dict[str, Any]:
    names = [f"p{preset}" for preset in presets() if preset not in {"720p30", *WITHOUT_VIDEO}]
    channels = {name: _channel(name, name[1:], variant) for name in names}
    channels[STANDARD] = _with_two_pipelines(_channel(STANDARD, "720p30", variant))
    return {
        "aws_medialive_input_security_group": {
            "one": {
                "whitelist_rules": [{"cidr": f"203.0.113.{10 + variant.version}/32"}],
                "tags": variant.tags,
            }
        },
        "aws_medialive_input": {
            name: {
                "name": name,
                "type": "RTP_PUSH",
                "input_security_groups": ["${aws_medialive_input_security_group.one.id}"],
                "tags": variant.tags,
            }
            for name in channels
        },
        "aws_medialive_channel": channels,
    }


def _channel(name: str, preset: str, variant: Variant) -> dict[str, Any]:
    spec = DestinationSpec.model_validate(
        {
            "name": "one",
            "platform": "custom",
            "url": "rtmps://ingest.example.org/app",
            "preset": variant.preset or preset,
        }
    )
    return channel(name, spec, variant.key, started=variant.started, tags=variant.tags)


def channel(
    name: str, spec: DestinationSpec, key: str, *, started: bool = False, tags: dict[str, str]
) -> dict[str, Any]:
    """Return the channel of *spec* in Terraform's words, on the input of the same name."""
    return {
        **in_terraform(channel_settings(name, f"${{aws_medialive_input.{name}.id}}", spec, key)),
        "role_arn": "${aws_iam_role.medialive.arn}",
        "start_channel": started,
        "tags": tags,
    }


def _with_two_pipelines(channel: dict[str, Any]) -> dict[str, Any]:
    first = channel["destinations"][0]["settings"][0]
    backup = {**first, "url": "rtmps://backup.example.org/app"}
    destination = {**channel["destinations"][0], "settings": [first, backup]}
    return {**channel, "channel_class": "STANDARD", "destinations": [destination]}


def surroundings(variant: Variant) -> dict[str, Any]:
    """Return what is declared beside channels, inputs and their security group."""
    tags, number = variant.tags, variant.version
    return {
        "aws_ssm_parameter": {
            "one": {
                "name": "/contract/key",
                "type": "SecureString",
                "value": variant.key,
                "tags": tags,
            }
        },
        "aws_iam_role": {
            service: {"name": service, "assume_role_policy": _trust(service), "tags": tags}
            for service in ("medialive", "scheduler")
        },
        "aws_iam_role_policy": {
            "one": {
                "name": "contract",
                "role": "${aws_iam_role.scheduler.id}",
                "policy": _policy(("medialive:StartChannel", "medialive:StopChannel")[number]),
            }
        },
        "aws_sns_topic": {"one": {"name": "contract", "tags": tags}},
        "aws_cloudwatch_metric_alarm": {"one": _alarm(variant)},
        "aws_cloudwatch_dashboard": {
            "one": {"dashboard_name": "contract", "dashboard_body": _dashboard(number)}
        },
        "aws_cloudwatch_event_rule": {
            "one": {
                "name": "contract",
                "event_pattern": json.dumps({"source": ["aws.medialive"]}),
                "description": f"version {number}",
            }
        },
        "aws_cloudwatch_event_target": {
            "one": {
                "target_id": "topic",
                "rule": "${aws_cloudwatch_event_rule.one.name}",
                "arn": "${aws_sns_topic.one.arn}",
            }
        },
        "aws_scheduler_schedule": {"one": _schedule(number)},
        "aws_secretsmanager_secret": {
            "one": {"name": "contract", "recovery_window_in_days": 0, "tags": tags}
        },
        "aws_secretsmanager_secret_version": {
            "one": {
                "secret_id": "${aws_secretsmanager_secret.one.id}",
                "secret_string": f"passphrase of {variant.key}",
            }
        },
    }


def _alarm(variant: Variant) -> dict[str, Any]:
    return {
        "alarm_name": "contract",
        "namespace": "AWS/MediaLive",
        "metric_name": "ActiveAlerts",
        "dimensions": {"ChannelId": "1", "Pipeline": "0"},
        "statistic": "Maximum",
        "period": 60,
        "evaluation_periods": 1 + variant.version,
        "threshold": 0,
        "comparison_operator": "GreaterThanThreshold",
        "treat_missing_data": "notBreaching",
        "alarm_actions": ["${aws_sns_topic.one.arn}"],
        "tags": variant.tags,
    }


def _schedule(number: int) -> dict[str, Any]:
    return {
        "name": "contract",
        "schedule_expression": f"cron(0 {9 + number} ? * MON,FRI *)",
        "schedule_expression_timezone": "America/Los_Angeles",
        "flexible_time_window": {"mode": "OFF"},
        "target": {
            "arn": "arn:aws:scheduler:::aws-sdk:medialive:startChannel",
            "role_arn": "${aws_iam_role.scheduler.arn}",
            "input": json.dumps({"ChannelId": "1"}),
        },
    }


def _dashboard(number: int) -> str:
    place = {"x": 0, "y": number, "width": 6, "height": 2}
    return json.dumps({"widgets": [{"type": "text", **place, "properties": {"markdown": "flow"}}]})


def _trust(service: str) -> str:
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": f"{service}.amazonaws.com"},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _policy(action: str) -> str:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
