"""Searches all that the plugin tells the engine for a key that AWS quotes in its errors."""

from __future__ import annotations

import base64
import functools
import json
import re
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from localaws.faults import CallFault, FaultPlan
from localaws.server import EmbeddedAws
from provider.__main__ import SERVED
from provider.aws import AwsClients
from provider.channel_resource import Channel
from provider.flow_output import FlowOutput
from provider.host import Servicer
from provider.property_codec import to_struct
from provider.redaction import forms
from provider.resource import Configured, Package, Resource
from tests.provider import channels

KEY = 'made-up/key?with=&<ä>"marks"+1'
URN = "urn:pulumi:s::p::{token}::one"

Properties = dict[str, Any]


class _Aborted(Exception):  # noqa: N818 - what it is
    pass


class _Context:
    """The context of a call over gRPC, which keeps all that the engine would be told."""

    def __init__(self) -> None:
        self.told = ""

    def code(self) -> Any:
        return None

    def set_trailing_metadata(self, metadata: Any) -> None:
        self.told += "".join(value.decode(errors="replace") for _, value in metadata)

    def abort(self, code: grpc.StatusCode, details: str) -> None:
        self.told += details
        raise _Aborted


@pytest.fixture
def servicer(aws: AwsClients) -> Servicer:
    resources: dict[str, Resource] = {
        Channel.token: Channel(aws),
        FlowOutput.token: FlowOutput(aws),
    }
    package = Package(SERVED.name, "0.0.0", lambda _: Configured(resources), None)
    made = Servicer(package, lambda: None)
    made._configured = Configured(resources)
    return made


@pytest.fixture
def push(pushed: Properties) -> Properties:
    return {**pushed, "rtmpPush": {**pushed["rtmpPush"], "streamName": KEY}}


def srt_call(push: Properties) -> Properties:
    rest = {key: value for key, value in push.items() if key != "rtmpPush"}
    return {**rest, "protocol": "srt-caller", "srt": {"minLatency": 200, "streamId": KEY}}


def told(
    embedded: EmbeddedAws,
    servicer: Servicer,
    resource: type[Resource],
    new: Properties,
    old: tuple[str, Properties] | None = None,
    operation: str = "*",
) -> str:
    """Create or update a resource while AWS quotes requests; return what the engine is told."""
    fault = CallFault(operation=operation, fault="quotes")
    embedded.load_faults(FaultPlan(calls=(fault,)))
    context, urn = _Context(), URN.format(token=f"${resource.token}")
    if old is None:
        call = functools.partial(
            servicer.Create, provider_pb2.CreateRequest(urn=urn, properties=to_struct(new))
        )
    else:
        old_id, state = old[0], to_struct(old[1])
        call = functools.partial(
            servicer.Update,
            provider_pb2.UpdateRequest(
                urn=urn, id=old_id, olds=state, old_inputs=state, news=to_struct(new)
            ),
        )
    with pytest.raises(_Aborted):
        call(context)
    embedded.load_faults(FaultPlan())
    assert "BadRequestException" in context.told
    return context.told


def outputs(
    embedded: EmbeddedAws,
    servicer: Servicer,
    aws: AwsClients,
    channel_inputs: Properties,
    push: Properties,
) -> Iterator[tuple[str, str]]:
    """Yield what the engine is told, by the call that AWS refuses."""
    with_key = channels.sends_to(channel_inputs, KEY)
    yield "CreateChannel", told(embedded, servicer, Channel, with_key)
    made = channels.created(aws, channel_inputs)
    old = made.id, {**channel_inputs, **made.state}
    update = "medialive:Update*"
    yield "UpdateChannel", told(embedded, servicer, Channel, with_key, old, update)
    two = {**channels.sends_to(channel_inputs, KEY, KEY), "channelClass": "STANDARD"}
    yield "UpdateChannelClass", told(embedded, servicer, Channel, two, old, update)
    add, change = "mediaconnect:AddFlowOutputs", "mediaconnect:UpdateFlowOutput"
    srt = srt_call(push)
    yield "AddFlowOutputs, RTMP", told(embedded, servicer, FlowOutput, push, None, add)
    yield "AddFlowOutputs, SRT", told(embedded, servicer, FlowOutput, srt, None, add)
    without = {**push, "rtmpPush": {**push["rtmpPush"], "streamName": "former"}}
    output = FlowOutput(aws).create(URN, without)
    of_output = output.id, dict(output.state)
    yield "UpdateFlowOutput", told(embedded, servicer, FlowOutput, push, of_output, change)


def decoded(text: str) -> str:
    """Return *text* with all in it that may be Base64, decoded."""
    more = ""
    for word in re.findall(r"[A-Za-z0-9+/_-]{16,}={0,2}", text):
        padded = word.translate(str.maketrans("-_", "+/")).rstrip("=")
        padded = padded[: len(padded) // 4 * 4]
        more += base64.b64decode(padded).decode(errors="replace")
    return text + more


def test_no_form_of_a_key_is_in_anything_that_the_plugin_tells(
    embedded: EmbeddedAws,
    servicer: Servicer,
    aws: AwsClients,
    channel_inputs: Properties,
    push: Properties,
    record_property: Any,
) -> None:
    searched = 0
    all_forms = sorted(set(forms(KEY)))
    for call, text in outputs(embedded, servicer, aws, channel_inputs, push):
        for form in all_forms:
            assert form not in decoded(text), (call, form)
            searched += 1
    record_property("forms", len(all_forms))
    record_property("searched", searched)
    assert searched == 6 * len(all_forms)


def test_the_emulator_quotes_the_key_in_forms_that_this_search_knows(
    embedded: EmbeddedAws, medialive: Any, channel_inputs: Properties
) -> None:
    del medialive
    fault = CallFault(operation="medialive:CreateChannel", fault="quotes")
    request = json.dumps(channels.sends_to(channel_inputs, KEY))
    error = fault.error(request)
    assert error is not None
    assert sum(form in error.message for form in set(forms(KEY))) >= 5
