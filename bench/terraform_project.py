"""The same destinations by Terraform with the real AWS provider, but what Terraform has not.

It has no MediaConnect, so there are no flow outputs; and a channel's `start_channel` stands for the
run state.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench import processes
from bench.processes import Cost
from bench.project import REMOVAL, flow_keys, spec_of
from catalog import alarms, dashboard, names, output_groups, permissions, policies
from catalog.model import DestinationSpec
from tests.support import terraform
from tests.support.terraform_words import channel_settings, in_terraform
from tests.support.workspace import PROJECT, STACK

# As the program's own environment sets with PULUMI_PARALLEL.
_PARALLEL = "-parallelism=64"
_PARALLEL_REMOVAL = f"-parallelism={REMOVAL['PULUMI_PARALLEL']}"
_ACCOUNT, _REGION = "123456789012", "us-west-2"
_TOPIC = "${aws_sns_topic.alerts.arn}"
_SHARED_TAGS = names.shared_tags(PROJECT, STACK)


class TerraformProject:
    """Terraform, which starts its AWS provider with every command as it does for anyone.

    Args:
        folder: new.
        endpoint: of an emulator.
        destinations: how many there will be at most.
    """

    def __init__(self, folder: Path, endpoint: str, destinations: int) -> None:
        folder.mkdir()
        self._folder, self._flows = folder, flow_keys(destinations)
        self._terraform = terraform.Terraform(folder, endpoint, attached="")
        mirror = f'filesystem_mirror {{ path = "{terraform.mirror()}" }}'
        terraform.write_settings(folder, f"provider_installation {{\n  {mirror}\n}}\n")
        self.declare(0)
        self._run("init", "-input=false")

    def declare(self, running: int, stopped: int = 0) -> None:
        """Declare so many destinations that run, after them so many that are stopped."""
        states = ["running"] * running + ["stopped"] * stopped
        specs = [spec_of(number, state) for number, state in enumerate(states)]
        self._terraform.write(Resources(specs, self._flows))

    def preview(self) -> Cost:
        """Plan; fails where something would change."""
        return self._run("plan", "-detailed-exitcode", _PARALLEL)

    def apply(self) -> Cost:
        """Apply."""
        return self._run("apply", "-auto-approve", _PARALLEL)

    def destroy(self) -> Cost:
        """Destroy."""
        return self._run("destroy", "-auto-approve", _PARALLEL_REMOVAL)

    def _run(self, *words: str) -> Cost:
        command, environment = ("terraform", *words, "-no-color"), terraform.environment
        return processes.run(command, folder=self._folder, environment=environment(self._folder))


class Resources(dict[str, dict[str, Any]]):
    """Everything that destinations are in AWS: type -> name -> arguments.

    Args:
        specs: the destinations.
        flows: the keys of the flows that feed them.
    """

    def __init__(self, specs: Sequence[DestinationSpec], flows: Sequence[str]) -> None:
        super().__init__()
        self._add_shared(specs)
        for key in flows:
            self._add_flow(key, [spec for spec in specs if spec.flow == key])
        for spec in specs:
            self._add_destination(spec)

    def _add(self, kind: str, key: str, **arguments: Any) -> None:
        self.setdefault(f"aws_{kind}", {})[key] = arguments

    def _add_shared(self, specs: Sequence[DestinationSpec]) -> None:
        stack = names.stack_name(PROJECT, STACK)
        self._add(
            "iam_role",
            "medialive",
            name=names.physical_name(PROJECT, STACK, "medialive"),
            assume_role_policy=json.dumps(permissions.trust_policy("medialive")),
            tags=_SHARED_TAGS,
        )
        topic = names.physical_name(PROJECT, STACK, "alerts")
        self._add("sns_topic", "alerts", name=topic, tags=_SHARED_TAGS)
        policy = policies.topic_publish_policy(
            _TOPIC, account=_ACCOUNT, region=_REGION, alarm_prefix=stack
        )
        self._add("sns_topic_policy", "alerts", arn=_TOPIC, policy=json.dumps(policy))
        rows = [
            dashboard.DestinationRow(
                name=spec.name,
                about=spec.platform_facts.title,
                region=_REGION,
                channel_id=_channel(spec, "id"),
                pipelines=len(alarms.pipelines(spec)),
                output_group=output_groups.group_name(spec),
            )
            for spec in specs
        ]
        for number, body in enumerate(dashboard.bodies([], rows)):
            self._add(
                "cloudwatch_dashboard",
                f"page{number}",
                dashboard_name=f"{stack}-{number}" if number else stack,
                dashboard_body=json.dumps(body),
            )

    def _add_flow(self, key: str, fed: Sequence[DestinationSpec]) -> None:
        self._add(
            "medialive_input_security_group",
            key,
            whitelist_rules=[{"cidr": "203.0.113.10/32"}],
            tags=_SHARED_TAGS,
        )
        arn = f"arn:aws:mediaconnect:{_REGION}:{_ACCOUNT}:flow:1-{key}:router-{key}"
        name = names.physical_name(PROJECT, STACK, f"flow-{key}")
        place = (alarms.MEDIACONNECT, {"FlowARN": arn})
        self._add_alarms(name, alarms.flow_alarms(fed), place, _SHARED_TAGS)

    def _add_alarms(
        self,
        name: str,
        definitions: Mapping[str, alarms.AlarmDefinition],
        place: tuple[str, Mapping[str, str]],
        tags: Mapping[str, str],
    ) -> None:
        for alarm, definition in definitions.items():
            settings = alarms.settings(definition, *place)
            if "metric_queries" in settings:
                settings["metric_query"] = settings.pop("metric_queries")
            self._add(
                "cloudwatch_metric_alarm",
                f"{name}-{alarm}",
                alarm_name=f"{name}-{alarm}",
                **settings,
                alarm_actions=[_TOPIC],
                ok_actions=[_TOPIC],
                tags=tags,
            )

    def _add_destination(self, spec: DestinationSpec) -> None:
        name = names.physical_name(PROJECT, STACK, spec.name)
        tags = names.tags(PROJECT, STACK, spec)
        key = f"planned-key-of-{spec.name}"
        parameter = names.parameter_name(PROJECT, STACK, spec.name)
        self._add(
            "ssm_parameter", spec.name, name=parameter, type="SecureString", value=key, tags=tags
        )
        group = f"${{aws_medialive_input_security_group.{spec.flow}.id}}"
        self._add(
            "medialive_input",
            spec.name,
            name=name,
            type="RTP_PUSH",
            input_security_groups=[group],
            tags=tags,
        )
        input_id = f"${{aws_medialive_input.{spec.name}.id}}"
        self._add(
            "medialive_channel",
            spec.name,
            **in_terraform(channel_settings(name, input_id, spec, key)),
            role_arn="${aws_iam_role.medialive.arn}",
            start_channel=spec.state == "running",
            tags=tags,
        )
        place = (alarms.MEDIALIVE, alarms.channel_dimensions(_channel(spec, "id"), 0))
        self._add_alarms(f"{name}-0", alarms.channel_alarms(spec), place, tags)
        parts = [f"{name}-0-{alarm}" for alarm in alarms.channel_alarms(spec)]
        references = [f"${{aws_cloudwatch_metric_alarm.{part}.alarm_name}}" for part in parts]
        self._add(
            "cloudwatch_composite_alarm",
            name,
            alarm_name=name,
            alarm_description=alarms.composite_description(spec.name),
            alarm_rule=alarms.any_of(references),
            actions_enabled=False,
            alarm_actions=[_TOPIC],
            ok_actions=[_TOPIC],
            actions_suppressor={
                "alarm": f"{names.physical_name(PROJECT, STACK, f'flow-{spec.flow}')}-source-lost",
                "wait_period": alarms.SUPPRESSION_WAIT_SECONDS,
                "extension_period": alarms.SUPPRESSION_EXTENSION_SECONDS,
            },
            tags=tags,
        )


def _channel(spec: DestinationSpec, attribute: str) -> str:
    return f"${{aws_medialive_channel.{spec.name}.{attribute}}}"
