"""FlowOutput: an output of an existing MediaConnect flow, over RTP or SRT or as an RTMP push."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from provider import tagging
from provider.aws import is_not_found
from provider.flow_output_inputs import FlowOutputInputs, FlowOutputOutputs, from_api, to_api
from provider.ownership import is_ours
from provider.resource import Change, Created, Diff, Found, Properties, ResourceError
from provider.watched import WatchedResource


class FlowOutput(WatchedResource[FlowOutputInputs]):
    """An output of an existing MediaConnect flow, over RTP or SRT or as an RTMP push.

    The diff of one that sends by itself looks at it, so that an operator's stop or start shows in
    the next preview. A scheduled one is not looked at: its schedule switches it between runs. It is
    brought to what the schedule says now only when its declaration changes.
    """

    token = "livestream:index:FlowOutput"  # noqa: S105 - a type token
    inputs = FlowOutputInputs
    outputs = FlowOutputOutputs
    # They hold stream keys, which DescribeFlow shows in clear.
    secrets = frozenset({"rtmpPush", "srt"})
    watched = "status"
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
        """Look for a switch by hand; what an update cannot take away needs a replacement."""
        del state
        if not declared.changed and self._is_switched(resource_id, new):
            return Diff({"status": Change.UPDATE})
        kept = _kept_by_updates(old_inputs) - _kept_by_updates(new)
        lost = {path for path in declared.changes if kept and path.partition(".")[0] == "srt"}
        return dataclasses.replace(declared, replaces=declared.replaces | lost)

    def create(self, urn: str, inputs: Properties) -> Created:
        """Add it to the flow, or adopt the one an interrupted run left behind."""
        del urn
        declared = self.parse(inputs)
        found = self._adopt(declared)
        if found is None:
            return self._add(declared)
        state = self.update(found["arn"], found, found, inputs)
        return Created(found["arn"], state)

    def read(
        self, urn: str, resource_id: str, inputs: Properties, state: Properties
    ) -> Found | None:
        """Read it as it is; an import needs nothing but the output's ARN."""
        del urn
        flow_arn = state.get("flowArn") or self._flow_of(resource_id)
        found = self._find(flow_arn, arn=resource_id) if flow_arn else None
        if found is None:
            return None
        found = _with_what_only_we_know(inputs, found)
        return Found(resource_id, found, {key: found[key] for key in found if key != "arn"})

    def update(
        self, resource_id: str, old_inputs: Properties, state: Properties, inputs: Properties
    ) -> Properties:
        """Change everything but flow and name in place."""
        del state
        declared, before = self.parse(inputs), self.parse(_inputs_of(old_inputs))
        sends = self._sends(declared)
        if sends and _rotates(before, declared):
            # Who has connected with the old passphrase has to connect anew.
            self._change(resource_id, declared, sends=False)
        # Without any difference, the diff has seen that somebody switched it.
        if declared == before or declared.model_copy(update={"tags": before.tags}) != before:
            self._change(resource_id, declared, sends=sends)
        tagging.retag_mediaconnect(self._aws, resource_id, before.tags, declared.tags)
        return {**declared.properties(), "arn": resource_id}

    def delete(self, resource_id: str, state: Properties) -> None:
        """Remove it from its flow."""
        try:
            self._aws.call(
                lambda: self._aws.mediaconnect.remove_flow_output(
                    FlowArn=state["flowArn"], OutputArn=resource_id
                ),
                what=f"remove flow output {state.get('name', resource_id)}",
            )
        except ClientError as error:
            if not is_not_found(error):
                raise

    def _sends(self, declared: FlowOutputInputs) -> bool:
        if declared.status != "SCHEDULED":
            return declared.status == "ENABLED"
        return declared.sends(self._now(self._described(declared.flow_arn)))

    def _is_switched(self, output_arn: str, declared: Properties) -> bool:
        if not declared.get("byItself") or declared["status"] == "SCHEDULED":
            return False
        output = self._output(declared["flowArn"], arn=output_arn)
        return output is not None and output.get("OutputStatus", "ENABLED") != declared["status"]

    def _change(self, output_arn: str, declared: FlowOutputInputs, *, sends: bool) -> None:
        try:
            self._aws.call(
                lambda: self._aws.mediaconnect.update_flow_output(
                    FlowArn=declared.flow_arn,
                    OutputArn=output_arn,
                    **to_api(declared, sends=sends),
                ),
                what=f"update flow output {declared.name}",
            )
        except ClientError:
            raise ResourceError(
                f"flow output {declared.name} is gone; `pulumi up --refresh` makes it anew"
            ) from None

    def _add(self, declared: FlowOutputInputs) -> Created:
        settings = to_api(declared, sends=self._sends(declared))
        output: Any = {"Name": declared.name, "OutputTags": declared.tags, **settings}
        try:
            answer = self._aws.call(
                lambda: self._aws.mediaconnect.add_flow_outputs(
                    FlowArn=declared.flow_arn, Outputs=[output]
                ),
                what=f"add flow output {declared.name}",
            )
        except ClientError:
            raise ResourceError(
                f"flow {declared.flow_arn} does not exist; check lunora-player:flows"
            ) from None
        except ResourceError:
            # An answer that was lost on its way makes the retry fail on the name it took.
            found = self._adopt(declared)
            if found is None:
                raise
            return Created(found["arn"], found)
        arn = answer["Outputs"][0]["OutputArn"]
        return Created(arn, {**declared.properties(), "arn": arn})

    def _adopt(self, declared: FlowOutputInputs) -> dict[str, Any] | None:
        found = self._find(declared.flow_arn, name=declared.name)
        if found is None or is_ours(found["tags"], declared.tags):
            return found
        raise ResourceError(
            f"flow {declared.flow_arn} has an output named {declared.name} that does not carry this"
            " destination's tags; rename or remove it, or import it"
        )

    def _find(
        self, flow_arn: str, *, name: str | None = None, arn: str | None = None
    ) -> dict[str, Any] | None:
        output = self._output(flow_arn, name=name, arn=arn)
        return None if output is None else self._state(flow_arn, output)

    def _output(
        self, flow_arn: str, *, name: str | None = None, arn: str | None = None
    ) -> Mapping[str, Any] | None:
        found = self._described(flow_arn)
        for output in found["Flow"].get("Outputs", []) if found else ():
            if name == output["Name"] or arn == output["OutputArn"]:
                one: Mapping[str, Any] = output
                return one
        return None

    def _described(self, flow_arn: str) -> Any:
        """Return DescribeFlow's answer; None where there is no such flow."""
        try:
            return self._aws.call(
                lambda: self._aws.mediaconnect.describe_flow(FlowArn=flow_arn),
                what=f"describe flow {flow_arn}",
            )
        except ClientError:
            return None

    def _state(self, flow_arn: str, output: Any) -> dict[str, Any]:
        tags = self._aws.call(
            lambda: self._aws.mediaconnect.list_tags_for_resource(ResourceArn=output["OutputArn"]),
            what=f"list the tags of flow output {output['Name']}",
        )["Tags"]
        return from_api(flow_arn, output, tagging.own(tags))

    def _flow_of(self, output_arn: str) -> str | None:
        def search() -> str | None:
            for page in self._aws.mediaconnect.get_paginator("list_flows").paginate():
                for flow in page["Flows"]:
                    if self._find(flow["FlowArn"], arn=output_arn):
                        return flow["FlowArn"]
            return None

        return self._aws.call(search, what="search the flows for the output")


def _rotates(before: FlowOutputInputs, declared: FlowOutputInputs) -> bool:
    encrypted = before.version is not None and declared.version is not None
    return encrypted and before.status != "DISABLED" and before.version != declared.version


def _kept_by_updates(inputs: Properties) -> set[str]:
    """Return what an update that leaves it out keeps (MediaConnect API, UpdateFlowOutput)."""
    srt, kept = inputs.get("srt", {}), {"streamId", "passphrase"}
    return kept & set(srt) if isinstance(srt, Mapping) else kept


def _with_what_only_we_know(inputs: Properties, found: dict[str, Any]) -> dict[str, Any]:
    """Return what was *found* with what the *inputs* know and AWS does not."""
    known = {key: inputs[key] for key in ("byItself", "schedule") if key in inputs}
    if inputs.get("status") == "SCHEDULED":
        known["status"] = "SCHEDULED"
    return {**_with_version_of(inputs, found), **known}


def _with_version_of(inputs: Properties, found: dict[str, Any]) -> dict[str, Any]:
    declared = (inputs.get("srt") or {}).get("passphrase") or {}
    actual = (found.get("srt") or {}).get("passphrase")
    if not actual or declared.get("secretArn") != actual["secretArn"]:
        return found
    passphrase = {**actual, "version": declared.get("version", "")}
    return {**found, "srt": {**found["srt"], "passphrase": passphrase}}


def _inputs_of(properties: Properties) -> Properties:
    return {key: value for key, value in properties.items() if key != "arn"}
