"""The program's destinations in Terraform's words: the same resources, but what Terraform has not.

It has no MediaConnect, so there are no flow outputs; and a channel's `start_channel` stands for the
run state.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from catalog import alarms, dashboard, encoder, events, names, permissions, policies
from catalog.flow_source import FlowSource
from catalog.model import DestinationSpec
from tests.support.terraform_words import in_terraform
from tests.support.workspace import PROJECT, STACK

_ACCOUNT, _REGION = "123456789012", "us-west-2"
_TOPIC = "${aws_sns_topic.alerts.arn}"

Resources = dict[str, dict[str, Any]]
"""Type -> name -> arguments."""


def resources(specs: Sequence[DestinationSpec], flows: Sequence[str]) -> Resources:
    """Return everything that *specs* are in AWS.

    Args:
        specs: the destinations.
        flows: the keys of the flows that feed them.
    """
    merged: Resources = {}
    parts = [_destination(spec) for spec in specs]
    parts += [_watched_flow(key, specs) for key in flows]
    for part in (_shared(specs), *parts):
        for kind, declared in part.items():
            merged.setdefault(kind, {}).update(declared)
    return merged


def _shared(specs: Sequence[DestinationSpec]) -> Resources:
    tags = names.shared_tags(PROJECT, STACK)
    whole = names.stack_name(PROJECT, STACK)
    policy = policies.topic_publish_policy(
        _TOPIC, account=_ACCOUNT, region=_REGION, alarm_prefix=whole
    )
    trust = json.dumps(permissions.trust_policy("medialive"))
    return {
        "aws_iam_role": {
            "medialive": {
                "name": names.physical_name(PROJECT, STACK, "medialive"),
                "assume_role_policy": trust,
                "tags": tags,
            }
        },
        "aws_sns_topic": {
            "alerts": {"name": names.physical_name(PROJECT, STACK, "alerts"), "tags": tags}
        },
        "aws_sns_topic_policy": {"alerts": {"arn": _TOPIC, "policy": json.dumps(policy)}},
        "aws_cloudwatch_dashboard": {
            f"page{number}": {
                "dashboard_name": f"{whole}-{number}" if number else whole,
                "dashboard_body": json.dumps(body),
            }
            for number, body in enumerate(dashboard.bodies([], [_row(spec) for spec in specs]))
        },
    }


def _row(spec: DestinationSpec) -> dashboard.DestinationRow:
    return dashboard.DestinationRow(
        name=spec.name,
        about=spec.platform_facts.title,
        region=_REGION,
        channel_id=_channel(spec, "id"),
        pipelines=len(alarms.pipelines(spec)),
    )


def _watched_flow(key: str, specs: Sequence[DestinationSpec]) -> Resources:
    physical_name = names.physical_name(PROJECT, STACK, f"flow-{key}")
    arn = f"arn:aws:mediaconnect:{_REGION}:{_ACCOUNT}:flow:1-{key}:router-{key}"
    fed = [spec for spec in specs if spec.flow == key]
    tags = names.shared_tags(PROJECT, STACK)
    return {
        "aws_medialive_input_security_group": {
            key: {"whitelist_rules": [{"cidr": "203.0.113.10/32"}], "tags": tags}
        },
        **_alarms(
            physical_name, alarms.flow_alarms(fed), alarms.MEDIACONNECT, {"FlowARN": arn}, tags
        ),
    }


def _alarms(
    physical_name: str,
    watches: Mapping[str, alarms.AlarmDefinition],
    namespace: str,
    dimensions: Mapping[str, str],
    tags: Mapping[str, str],
) -> Resources:
    made = {}
    for alarm, watch in watches.items():
        settings = alarms.settings(watch, namespace, dimensions)
        if "metric_queries" in settings:
            settings["metric_query"] = settings.pop("metric_queries")
        made[f"{physical_name}-{alarm}"] = {
            "alarm_name": f"{physical_name}-{alarm}",
            **settings,
            "alarm_actions": [_TOPIC],
            "ok_actions": [_TOPIC],
            "tags": tags,
        }
    return {"aws_cloudwatch_metric_alarm": made}


def _destination(spec: DestinationSpec) -> Resources:
    name, tags = spec.name, names.tags(PROJECT, STACK, spec)
    physical_name = names.physical_name(PROJECT, STACK, name)
    return {
        "aws_ssm_parameter": {
            name: {
                "name": names.parameter_name(PROJECT, STACK, name),
                "type": "SecureString",
                "value": _key(spec),
                "tags": tags,
            }
        },
        "aws_medialive_input": {
            name: {
                "name": physical_name,
                "type": "RTP_PUSH",
                "input_security_groups": [
                    f"${{aws_medialive_input_security_group.{spec.flow}.id}}"
                ],
                "tags": tags,
            }
        },
        "aws_medialive_channel": {name: _channel_of(spec, physical_name, tags)},
        **_alarms(
            f"{physical_name}-0",
            alarms.channel_alarms(spec),
            alarms.MEDIALIVE,
            alarms.channel_dimensions(_channel(spec, "id"), 0),
            tags,
        ),
        **_events(spec, physical_name, tags),
    }


def _channel_of(
    spec: DestinationSpec, physical_name: str, tags: Mapping[str, str]
) -> dict[str, Any]:
    inputs = {physical_name: f"${{aws_medialive_input.{spec.name}.id}}"}
    settings = {
        "Name": physical_name,
        "ChannelClass": encoder.channel_class(spec),
        "InputSpecification": encoder.input_specification(FlowSource()),
        "InputAttachments": encoder.input_attachments(inputs),
        "Destinations": encoder.destinations(spec, stream_key=_key(spec)),
        "EncoderSettings": encoder.encoder_settings(spec),
    }
    return {
        **in_terraform(settings),
        "role_arn": "${aws_iam_role.medialive.arn}",
        "start_channel": spec.state == "running",
        "tags": tags,
    }


def _events(spec: DestinationSpec, physical_name: str, tags: Mapping[str, str]) -> Resources:
    rules, targets = {}, {}
    for kind, of_kind in events.KINDS.items():
        rule = f"{spec.name}-{kind}"
        pattern = events.pattern(of_kind, _channel(spec, "arn"))
        rules[rule] = {
            "name": f"{physical_name}-{kind}",
            "event_pattern": json.dumps(pattern),
            "tags": tags,
        }
        targets[rule] = {
            "rule": f"${{aws_cloudwatch_event_rule.{rule}.name}}",
            "target_id": "topic",
            "arn": _TOPIC,
            "input_transformer": events.transformer(of_kind, spec.name, PROJECT, STACK),
        }
    return {"aws_cloudwatch_event_rule": rules, "aws_cloudwatch_event_target": targets}


def _channel(spec: DestinationSpec, attribute: str) -> str:
    return f"${{aws_medialive_channel.{spec.name}.{attribute}}}"


def _key(spec: DestinationSpec) -> str:
    return f"made-up-key-of-{spec.name}"
