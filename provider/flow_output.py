"""FlowOutput: an output of an existing MediaConnect flow, over RTP or as an RTMP push."""

from __future__ import annotations

from typing import Any, Literal

from botocore.exceptions import ClientError
from pydantic import Field, model_validator

from provider import tagging
from provider.aws import Aws, is_not_found
from provider.ownership import is_ours
from provider.resource import Created, Found, Properties, ResourceError
from provider.typed import Inputs, TypedResource

_PUBLIC_TLS: Any = {"EncryptionType": "PUBLIC", "EncryptionConfiguration": {"Public": {}}}


class RtmpPush(Inputs):
    """Where an RTMP push goes beyond host and port.

    Attributes:
        application: what the ingest's URL ends with.
        stream_name: the stream key; secret. DescribeFlow shows it in clear.
        tls: whether it is RTMPS.
    """

    application: str
    stream_name: str
    tls: bool


class FlowOutputInputs(Inputs):
    """What a flow output is declared by.

    Attributes:
        flow_arn: the flow it belongs to.
        name: unique within the flow; cannot be changed later (MediaConnect API).
        protocol: `rtp`, `rtp-fec` or `rtmp-push`.
        destination: IPv4 address that media is sent to; for RTMP the host.
        port: UDP port; RTP push inputs of MediaLive listen on 5000.
        rtmp_push: needed by the protocol `rtmp-push`, and by no other.
        status: `ENABLED` sends.
        description: free text, shown in the console.
        tags: all its tags.
    """

    flow_arn: str
    name: str
    protocol: Literal["rtp", "rtp-fec", "rtmp-push"] = "rtp"
    destination: str
    port: int = 5000
    rtmp_push: RtmpPush | None = None
    status: Literal["ENABLED", "DISABLED"] = "ENABLED"
    description: str = "managed by lunora"
    tags: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _push_has_its_settings(self) -> FlowOutputInputs:
        if (self.protocol == "rtmp-push") != (self.rtmp_push is not None):
            raise ValueError("rtmpPush belongs to the protocol rtmp-push, and only to it")
        return self


class FlowOutput(TypedResource[FlowOutputInputs]):
    """Outputs: the inputs and `arn`."""

    token = "livestream:index:FlowOutput"  # noqa: S105 - a type token
    inputs = FlowOutputInputs
    replace_on = frozenset({"flowArn", "name"})
    # A second output of the same name is refused, so the old one has to go first.
    delete_before_replace = True

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

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
        del urn, inputs
        flow_arn = state.get("flowArn") or self._flow_of(resource_id)
        found = self._find(flow_arn, arn=resource_id) if flow_arn else None
        if found is None:
            return None
        return Found(resource_id, found, {key: found[key] for key in found if key != "arn"})

    def update(
        self, resource_id: str, old_inputs: Properties, state: Properties, inputs: Properties
    ) -> Properties:
        """Change everything but flow and name in place."""
        del state
        declared, before = self.parse(inputs), self.parse(_inputs_of(old_inputs))
        if declared.model_copy(update={"tags": before.tags}) != before:
            try:
                self._aws.call(
                    lambda: self._aws.mediaconnect.update_flow_output(
                        FlowArn=declared.flow_arn,
                        OutputArn=resource_id,
                        **_settings(declared),
                    ),
                    what=f"update flow output {declared.name}",
                )
            except ClientError:
                raise ResourceError(
                    f"flow output {declared.name} is gone; `pulumi up --refresh` makes it anew"
                ) from None
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

    def _add(self, declared: FlowOutputInputs) -> Created:
        output: Any = {"Name": declared.name, "OutputTags": declared.tags, **_settings(declared)}
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
        try:
            flow = self._aws.call(
                lambda: self._aws.mediaconnect.describe_flow(FlowArn=flow_arn),
                what=f"describe flow {flow_arn}",
            )["Flow"]
        except ClientError:
            return None
        for output in flow.get("Outputs", []):
            if name == output["Name"] or arn == output["OutputArn"]:
                return self._state(flow_arn, output)
        return None

    def _state(self, flow_arn: str, output: Any) -> dict[str, Any]:
        tags = self._aws.call(
            lambda: self._aws.mediaconnect.list_tags_for_resource(ResourceArn=output["OutputArn"]),
            what=f"list the tags of flow output {output['Name']}",
        )["Tags"]
        pushed = output["Transport"].get("RtmpPushOutputSettings")
        return {
            "flowArn": flow_arn,
            "name": output["Name"],
            "protocol": output["Transport"]["Protocol"],
            **({"rtmpPush": _rtmp_push(pushed)} if pushed else {}),
            "status": output.get("OutputStatus", "ENABLED"),
            "destination": output.get("Destination", ""),
            "port": output.get("Port", 0),
            "description": output.get("Description") or "",
            "tags": tagging.own(tags),
            "arn": output["OutputArn"],
        }

    def _flow_of(self, output_arn: str) -> str | None:
        def search() -> str | None:
            for page in self._aws.mediaconnect.get_paginator("list_flows").paginate():
                for flow in page["Flows"]:
                    if self._find(flow["FlowArn"], arn=output_arn):
                        return flow["FlowArn"]
            return None

        return self._aws.call(search, what="search the flows for the output")


def _settings(declared: FlowOutputInputs) -> Any:
    """Return what creation and change have in common, as the API takes it."""
    settings: dict[str, Any] = {
        "Protocol": declared.protocol,
        "Destination": declared.destination,
        "Port": declared.port,
        "Description": declared.description,
        "OutputStatus": declared.status,
    }
    pushed = declared.rtmp_push
    if pushed is not None:
        settings["RtmpPushSettings"] = {
            "ApplicationName": pushed.application,
            "StreamName": pushed.stream_name,
            **({"TlsEncryption": _PUBLIC_TLS} if pushed.tls else {}),
        }
    return settings


def _rtmp_push(found: Any) -> dict[str, Any]:
    return {
        "application": found["ApplicationName"],
        "streamName": found["StreamName"],
        "tls": "TlsEncryption" in found,
    }


def _inputs_of(properties: Properties) -> Properties:
    return {key: value for key, value in properties.items() if key != "arn"}
