"""MediaLive and MediaConnect without a server: from the request on the wire to the answer on it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import botocore.session
from botocore.serialize import create_serializer

from localaws.clock import Clock, Latency
from localaws.mediaconnect import backend as mediaconnect
from localaws.mediaconnect.outputs import Lookups
from localaws.mediaconnect.region import Region as FlowRegion
from localaws.medialive import backend as medialive
from localaws.medialive.service import Region
from localaws.quotas import Quotas
from localaws.rest_json import Wire

SESSION = botocore.session.get_session()
MODELS = {name: SESSION.get_service_model(name) for name in ("medialive", "mediaconnect")}
WIRES = {name: Wire(name) for name in MODELS}


@dataclass
class Service:
    """One service of an account that has nothing but what a case makes."""

    name: str
    backend: Any

    def call(self, operation: str, members: dict[str, Any]) -> Any:
        """Answer as the server does, from the request on the wire to the answer on the wire."""
        model = MODELS[self.name].operation_model(operation)
        sent = create_serializer("rest-json").serialize_to_request(members, model)
        query = {key: [str(value)] for key, value in (sent["query_string"] or {}).items()}
        path, _, more = sent["url_path"].partition("?")
        parsed = WIRES[self.name].parse(
            sent["method"], path, {**parse_qs(more), **query}, sent["body"] or b""
        )
        method = getattr(self.backend, botocore.xform_name(operation))
        _, text = WIRES[self.name].serialise(operation, method(parsed.members))
        return json.loads(text)


def live() -> Service:
    """Return MediaLive, which has nothing yet."""
    clock = Clock(Latency.named("instant"), now=lambda: 0.0)
    return Service(
        "medialive", medialive.MediaLive(Region("us-west-2", clock, Quotas(), lambda _: None))
    )


def connect() -> Service:
    """Return MediaConnect, which has nothing yet."""
    clock = Clock(Latency.named("instant"), now=lambda: 0.0)
    lookups = Lookups(lambda _: None, lambda _: None)
    region = FlowRegion("us-west-2", clock, Quotas(), lookups)
    return Service("mediaconnect", mediaconnect.MediaConnect(region))
