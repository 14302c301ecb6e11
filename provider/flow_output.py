"""FlowOutput: an output of an existing MediaConnect flow, over RTP or SRT or as an RTMP push."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from catalog import suspension
from catalog.stack_settings import setting
from provider import output_suspension, tagging
from provider.aws_errors import is_not_found
from provider.drift_aware import DriftAwareResource
from provider.flow_output_inputs import FlowOutputInputs, FlowOutputOutputs, from_api, to_api
from provider.ownership import has_same_owner
from provider.resource import Change, CreateResult, Diff, Properties, ReadResult, ResourceError


class FlowOutput(DriftAwareResource[FlowOutputInputs]):
    """An output of an existing MediaConnect flow, over RTP or SRT or as an RTMP push.

    The diff reads the output, so that a switch or a removal by hand shows in the next preview.
    A scheduled one is switched by its schedule between runs, so its status is no difference. It is
    brought to what the schedule says now only when the update changes more than its description
    and its tags.
    """

    token = "livestream:index:FlowOutput"  # noqa: S105 - a type token
    inputs = FlowOutputInputs
    outputs = FlowOutputOutputs
    # They hold stream keys, which DescribeFlow shows in clear.
    secrets = frozenset({"rtmpPush", "srt"})
    watched = "status"
    # `byItself` is in the states of stacks made before.
    ignored = DriftAwareResource.ignored | {"byItself"}
    replace_on = frozenset({"flowArn", "name"})
    # A second output of the same name is refused, so the old one has to go first.
    delete_before_replace = True

    def _diff_with_live(
        self,
        declared: Diff,
        resource_id: str,
        old_inputs: Properties,
        state: Properties,
        new: Properties,
    ) -> Diff:
        """Detect a switch or removal by hand; replace where an update cannot remove a setting."""
        del state
        kept = _kept_by_updates(old_inputs) - _kept_by_updates(new)
        lost = {path for path in declared.changes if kept and path.partition(".")[0] == "srt"}
        declared = dataclasses.replace(declared, replaces=declared.replaces | lost)
        if declared.replaces:
            return declared
        output = self._output(new["flowArn"], arn=resource_id, recent=True)
        # A recent answer lacks an output that was added since.
        output = output or self._output(new["flowArn"], arn=resource_id)
        if output is None:
            return self.gone(declared, f"flow output {new['name']}")
        if declared.changed or new["status"] in {"SCHEDULED", _status(output)}:
            return declared
        return Diff({"status": Change.UPDATE})

    def create(self, urn: str, inputs: Properties) -> CreateResult:
        """Add it to the flow, take over the existing one, or adopt what a killed run left."""
        del urn
        declared = self.parse(inputs)
        output = self._existing(declared) if declared.existing_id else self._orphan(declared)
        if output is None:
            return self._add(declared)
        arn, before = output["arn"], self._stored(output)
        if not _differ_in_tags_only(before, declared):
            self._change(arn, before, declared)
        tagging.retag_mediaconnect(self._aws, arn, before.tags, declared.tags)
        return CreateResult(arn, _outputs(declared, arn))

    def read(
        self, urn: str, resource_id: str, inputs: Properties, state: Properties
    ) -> ReadResult | None:
        """Read it as it is; an import needs nothing but the output's ARN."""
        del urn
        flow_arn = state.get("flowArn") or self._flow_of(resource_id)
        actual = self._find(flow_arn, arn=resource_id) if flow_arn else None
        if actual is None:
            return None
        actual = _with_unread_properties(inputs, actual)
        return ReadResult(resource_id, actual, {key: actual[key] for key in actual if key != "arn"})

    def update(
        self, resource_id: str, old_inputs: Properties, state: Properties, inputs: Properties
    ) -> Properties:
        """Change everything but flow and name in place."""
        del state
        declared, before = self.parse(inputs), self._stored(old_inputs)
        # Without any difference, the diff has seen that somebody switched it.
        if declared == before or not _differ_in_tags_only(before, declared):
            self._change(resource_id, before, declared)
        tagging.retag_mediaconnect(self._aws, resource_id, before.tags, declared.tags)
        return _outputs(declared, resource_id)

    def delete(self, resource_id: str, state: Properties) -> None:
        """Remove it from its flow."""
        try:
            self._aws.call(
                lambda: self._aws.mediaconnect.remove_flow_output(
                    FlowArn=state["flowArn"], OutputArn=resource_id
                ),
                action=f"remove flow output {state.get('name', resource_id)}",
            )
        except ClientError as error:
            if not is_not_found(error):
                raise

    def _stored(self, properties: Properties) -> FlowOutputInputs:
        """Return *properties* of a state, of an earlier version too, as inputs."""
        dropped = {"arn", *self.ignored}
        return self.parse({key: properties[key] for key in properties if key not in dropped})

    def _sends(self, declared: FlowOutputInputs) -> bool:
        if declared.status != "SCHEDULED":
            return declared.status == "ENABLED"
        return declared.sends(self._now(self._described(declared.flow_arn)))

    def _change(
        self, output_arn: str, before: FlowOutputInputs, declared: FlowOutputInputs
    ) -> None:
        if _leaves_the_schedule(before, declared):
            self._send(output_arn, declared, sends=None)
            return
        sends = self._sends(declared)
        if sends and _rotates(before, declared):
            # A peer that is connected with the old passphrase has to connect again.
            self._send(output_arn, declared, sends=False)
        if sends:
            self._resume(output_arn, declared)
        answer = self._send(output_arn, declared, sends=sends)
        self._follow_schedule(output_arn, declared, answer, sends=sends)

    def _resume(self, output_arn: str, declared: FlowOutputInputs) -> None:
        """End the suspension by an operator, if there is one."""
        action = f"list the tags of flow output {declared.name}"
        try:
            tags = self._aws.call(
                lambda: self._aws.mediaconnect.list_tags_for_resource(ResourceArn=output_arn),
                action=action,
            )["Tags"]
            if suspension.KEY in tags:
                output_suspension.resume(self._aws, output_arn)
        except ClientError:
            # It is gone, which the update tells.
            return

    def _follow_schedule(
        self, output_arn: str, declared: FlowOutputInputs, answer: Any, *, sends: bool
    ) -> None:
        """Undo a change that overtook the schedule: *answer* tells when it took effect."""
        while declared.status == "SCHEDULED" and declared.sends(self._now(answer)) != sends:
            sends = not sends
            answer = self._send(output_arn, declared, sends=sends)

    def _send(self, output_arn: str, declared: FlowOutputInputs, *, sends: bool | None) -> Any:
        try:
            return self._aws.call(
                lambda: self._aws.mediaconnect.update_flow_output(
                    FlowArn=declared.flow_arn,
                    OutputArn=output_arn,
                    **to_api(declared, sends=sends),
                ),
                action=f"update flow output {declared.name}",
            )
        except ClientError:
            raise ResourceError(
                "LUN330",
                f"cannot update flow output {declared.name}: it does not exist any more",
                remedy="run `pulumi up` again to create it",
            ) from None

    def _add(self, declared: FlowOutputInputs) -> CreateResult:
        sends = self._sends(declared)
        settings = to_api(declared, sends=sends)
        output: Any = {"Name": declared.name, "OutputTags": declared.tags, **settings}
        try:
            answer = self._aws.call(
                lambda: self._aws.mediaconnect.add_flow_outputs(
                    FlowArn=declared.flow_arn, Outputs=[output]
                ),
                action=f"add flow output {declared.name}",
            )
        except ClientError:
            raise ResourceError(
                "LUN340",
                f"cannot add flow output {declared.name}: flow {declared.flow_arn} does not exist",
                remedy=f"correct {setting('flows')}",
            ) from None
        except ResourceError:
            # An answer that was lost on its way makes the retry fail on the name it took.
            existing = self._orphan(declared)
            if existing is None:
                raise
            return CreateResult(existing["arn"], existing)
        arn = answer["Outputs"][0]["OutputArn"]
        self._follow_schedule(arn, declared, answer, sends=sends)
        return CreateResult(arn, _outputs(declared, arn))

    def _existing(self, declared: FlowOutputInputs) -> dict[str, Any]:
        """Return the output that is to be taken over, whoever made it."""
        output = self._find(declared.flow_arn, arn=declared.existing_id)
        if output is None:
            raise ResourceError(
                "LUN333",
                f"cannot adopt flow output {declared.existing_id}: flow {declared.flow_arn} has no"
                " such output",
                remedy="remove its destination from the stack's import file",
            )
        if output["name"] != declared.name:
            raise ResourceError(
                "LUN333",
                f"cannot adopt flow output {declared.existing_id}: MediaConnect cannot rename it"
                f" from {output['name']} to {declared.name}",
                remedy="correct the stack's import file",
            )
        return output

    def _orphan(self, declared: FlowOutputInputs) -> dict[str, Any] | None:
        existing = self._find(declared.flow_arn, name=declared.name)
        if existing is None or has_same_owner(existing["tags"], declared.tags):
            return existing
        raise ResourceError(
            "LUN332",
            f"cannot add flow output {declared.name}: flow {declared.flow_arn} has an output of"
            " that name without this destination's tags",
            remedy="rename, remove or import that output",
        )

    def _find(
        self, flow_arn: str, *, name: str | None = None, arn: str | None = None
    ) -> dict[str, Any] | None:
        output = self._output(flow_arn, name=name, arn=arn)
        return None if output is None else self._state(flow_arn, output)

    def _output(
        self,
        flow_arn: str,
        *,
        name: str | None = None,
        arn: str | None = None,
        recent: bool = False,
    ) -> Mapping[str, Any] | None:
        """Return the output as DescribeFlow shows it; *recent* shares that with other outputs."""
        describe = functools.partial(self._described, flow_arn)
        flow = self._aws.recent(f"flow {flow_arn}", describe) if recent else describe()
        for output in flow["Flow"].get("Outputs", []) if flow else ():
            if name == output["Name"] or arn == output["OutputArn"]:
                match: Mapping[str, Any] = output
                return match
        return None

    def _described(self, flow_arn: str) -> Any:
        """Return DescribeFlow's answer; None where there is no such flow."""
        try:
            return self._aws.call(
                lambda: self._aws.mediaconnect.describe_flow(FlowArn=flow_arn),
                action=f"describe flow {flow_arn}",
            )
        except ClientError:
            return None

    def _state(self, flow_arn: str, output: Any) -> dict[str, Any]:
        tags = self._aws.call(
            lambda: self._aws.mediaconnect.list_tags_for_resource(ResourceArn=output["OutputArn"]),
            action=f"list the tags of flow output {output['Name']}",
        )["Tags"]
        return from_api(flow_arn, output, tagging.declarable(tags))

    def _flow_of(self, output_arn: str) -> str | None:
        def search() -> str | None:
            for page in self._aws.mediaconnect.get_paginator("list_flows").paginate():
                for flow in page["Flows"]:
                    if self._find(flow["FlowArn"], arn=output_arn):
                        return flow["FlowArn"]
            return None

        return self._aws.call(search, action="search the flows for the output")


def _status(output: Mapping[str, Any]) -> str:
    return str(output.get("OutputStatus", "ENABLED"))


def _differ_in_tags_only(before: FlowOutputInputs, declared: FlowOutputInputs) -> bool:
    return _like(before, declared) == before


def _leaves_the_schedule(before: FlowOutputInputs, declared: FlowOutputInputs) -> bool:
    """Tell whether a scheduled output keeps the status that its schedule or somebody gave it."""
    described = _like(before, declared).model_copy(update={"description": before.description})
    return declared.status == "SCHEDULED" and described == before


def _like(before: FlowOutputInputs, declared: FlowOutputInputs) -> FlowOutputInputs:
    """Return *declared* with the tags of *before*, and what no update sends."""
    return declared.model_copy(
        update={"tags": before.tags, "existing_id": before.existing_id},
    )


def _outputs(declared: FlowOutputInputs, arn: str) -> dict[str, Any]:
    return {**declared.model_copy(update={"existing_id": None}).properties(), "arn": arn}


def _rotates(before: FlowOutputInputs, declared: FlowOutputInputs) -> bool:
    encrypted = before.version is not None and declared.version is not None
    return encrypted and before.status != "DISABLED" and before.version != declared.version


def _kept_by_updates(inputs: Properties) -> set[str]:
    """Return what an update that leaves it out keeps (MediaConnect API, UpdateFlowOutput)."""
    srt, kept = inputs.get("srt", {}), {"streamId", "passphrase"}
    return kept & set(srt) if isinstance(srt, Mapping) else kept


def _with_unread_properties(inputs: Properties, actual_state: dict[str, Any]) -> dict[str, Any]:
    """Return *actual_state* with the properties of *inputs* that AWS does not store."""
    kept = ("schedule", "marginMinutes", "existingId")
    known = {key: inputs[key] for key in kept if key in inputs}
    if inputs.get("status") == "SCHEDULED":
        known["status"] = "SCHEDULED"
    return {**_with_version_of(inputs, actual_state), **known}


def _with_version_of(inputs: Properties, actual_state: dict[str, Any]) -> dict[str, Any]:
    declared = (inputs.get("srt") or {}).get("passphrase") or {}
    actual = (actual_state.get("srt") or {}).get("passphrase")
    if not actual or declared.get("secretArn") != actual["secretArn"]:
        return actual_state
    passphrase = {**actual, "version": declared.get("version", "")}
    return {**actual_state, "srt": {**actual_state["srt"], "passphrase": passphrase}}
