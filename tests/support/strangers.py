"""Resources of other people, generated from botocore's service models.

They may have no name, a name twice, a name of ours, any tags and any settings that the model and
the emulator accept.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import botocore.session
from botocore.exceptions import ClientError
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from localaws.medialive.input_sources import TYPES
from localaws.rest_json import REFUSED
from tests.support.alarms import ALARM
from tests.support.medialive import channel_request

OURS = "lunora-player-local"
_TEXTS = ("", "test", "test", "Übertragung 1", "x" * 60, "<b>&", f"{OURS}-show", f"{OURS}-other")
# MediaLive requires a name that is not empty.
_NAMES = tuple(filter(None, _TEXTS))
_TAGS: tuple[dict[str, str], ...] = (
    {},
    {"Name": "test"},
    {"Destination": "show", "Stack": "local"},
    {"managedby": "lunora", "Owner": "somebody"},
    {"ManagedBy": "lunora", "Project": "lunora-player", "Stack": "local-eu", "Destination": "show"},
    {"ManagedBy": "terraform", "Project": "lunora-player", "Stack": "local", "Destination": ""},
)
# Members of the base request that make a channel valid; the generator adds others.
_DEEPEST = 5


class Strangers:
    """The resources of others in an account.

    Args:
        client: makes clients of services.
        seed: of the generator.
    """

    def __init__(self, client: Callable[[str], Any], seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - examples, no secrets
        self._client = client
        self.medialive, self.mediaconnect = client("medialive"), client("mediaconnect")
        self.accepted: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self._reads: list[Callable[[], Any]] = []

    def fill(self, *, channels: int, inputs: int, outputs: int) -> None:
        """Create as many of each as the emulator accepts of that many requests."""
        for _ in range(inputs):
            self._input()
        for _ in range(channels):
            self._channel()
        self._flow()
        for _ in range(outputs):
            self._output()
        self._others()
        # What begins in a transient state comes to rest within a few looks.
        for _ in range(3):
            self.snapshot()

    def snapshot(self) -> list[Any]:
        """Return all strangers as AWS describes them now."""
        snapshot = [read() for read in self._reads]
        for entry in snapshot:
            entry.pop("ResponseMetadata", None)
        return snapshot

    def _try(self, kind: str, create: Callable[[], Any]) -> Any:
        try:
            answer = create()
        except ClientError:
            self.refused[kind] += 1
            return None
        self.accepted[kind] += 1
        return answer

    def _input(self) -> None:
        request = self._members("medialive", "CreateInput")
        kind = self._random.choice(sorted(TYPES))
        # Of roles and networks that are not there; an input gets its content in one way.
        for member in ("Destinations", "InputNetworkLocation", "RoleArn", "Sources", "Vpc"):
            request.pop(member, None)
        if kind.endswith(("_PULL", "_FILE")):
            request["Sources"] = [{"Url": "https://example.org/a"}]
        request |= {"Name": self._random.choice(_NAMES), "Tags": self._tags(), "Type": kind}
        if request.get("Type", "").endswith("_PUSH"):
            rules = [{"Cidr": f"198.51.100.{self._random.randrange(256)}/32"}]
            group = self.medialive.create_input_security_group(
                WhitelistRules=rules, Tags=self._tags()
            )["SecurityGroup"]
            self._reads.append(
                lambda: self.medialive.describe_input_security_group(
                    InputSecurityGroupId=group["Id"]
                )
            )
            request["InputSecurityGroups"] = [group["Id"]]
        created = self._try("input", lambda: self.medialive.create_input(**request))
        if created:
            input_id = created["Input"]["Id"]
            self._reads.append(lambda: self.medialive.describe_input(InputId=input_id))

    def _channel(self) -> None:
        group = self.medialive.create_input_security_group(WhitelistRules=[{"Cidr": "0.0.0.0/0"}])
        source = self.medialive.create_input(
            Name=self._random.choice(_NAMES),
            Type="RTP_PUSH",
            InputSecurityGroups=[group["SecurityGroup"]["Id"]],
            Tags=self._tags(),
        )["Input"]["Id"]
        self.medialive.describe_input(InputId=source)
        base = channel_request(source, self._random.choice(_NAMES), Tags=self._tags())
        if self._random.random() < 0.3:
            base["ChannelClass"] = "STANDARD"
            base["Destinations"][0]["Settings"] *= 2
        request = self._extended(base)
        # What the emulator refuses with all additions, it may take with fewer.
        created = None
        for candidate in (request, {**request, "EncoderSettings": base["EncoderSettings"]}, base):
            created = created or self._try(
                "channel", functools.partial(self.medialive.create_channel, **candidate)
            )
        if not created:
            return
        channel_id = created["Channel"]["Id"]
        self.medialive.describe_channel(ChannelId=channel_id)
        if self._random.random() < 0.5:
            self._try("start", lambda: self.medialive.start_channel(ChannelId=channel_id))
        for _ in range(3):
            self.medialive.describe_channel(ChannelId=channel_id)
        self._reads.append(lambda: self.medialive.describe_channel(ChannelId=channel_id))

    def _extended(self, base: Mapping[str, Any]) -> dict[str, Any]:
        shape = self._shape("medialive", "CreateChannel")
        request: dict[str, Any] = copy.deepcopy(dict(base))
        for name in ("Maintenance", "LogLevel", "CdiInputSpecification", "AnywhereSettings"):
            if self._random.random() < 0.3:
                request[name] = self._value(shape.members[name], 0)
        encoder = shape.members["EncoderSettings"]
        assert isinstance(encoder, StructureShape)
        for name, member in encoder.members.items():
            if name not in request["EncoderSettings"] and self._random.random() < 0.2:
                request["EncoderSettings"][name] = self._value(member, 1)
        return request

    def _flow(self) -> None:
        source = {"Name": "s", "Protocol": "rtp", "WhitelistCidr": "0.0.0.0/0", "IngestPort": 5000}
        request = {"Name": f"{OURS}-other", "Source": source, "FlowTags": self._tags()}
        created = self._try("flow", lambda: self.mediaconnect.create_flow(**request))
        if created:
            arn = created["Flow"]["FlowArn"]
            self._reads.append(lambda: self.mediaconnect.describe_flow(FlowArn=arn))

    def _output(self) -> None:
        arn = self.mediaconnect.list_flows()["Flows"][0]["FlowArn"]
        shape = self._shape("mediaconnect", "AddFlowOutputs").members["Outputs"]
        assert isinstance(shape, ListShape)
        output = self._value(shape.member, 0)
        output |= {"Name": f"{self._random.choice(_TEXTS)}{self._random.random()}"}
        output |= {"OutputTags": self._tags(), "Destination": "198.51.100.7"}
        output["Port"] = self._random.randrange(1, 65535)
        for member in ("Encryption", "VpcInterfaceAttachment", "MediaStreamOutputConfigurations"):
            output.pop(member, None)
        if output.get("Protocol") != "rtmp-push":
            output.pop("RtmpPushSettings", None)
        created = self._try(
            "flow output",
            lambda: self.mediaconnect.add_flow_outputs(FlowArn=arn, Outputs=[output]),
        )
        if created:
            output_arn = created["Outputs"][0]["OutputArn"]
            self._reads.append(lambda: self._described_output(arn, output_arn))

    def _described_output(self, flow_arn: str, output_arn: str) -> dict[str, Any]:
        outputs = self.mediaconnect.describe_flow(FlowArn=flow_arn)["Flow"]["Outputs"]
        return dict(next(output for output in outputs if output["OutputArn"] == output_arn))

    def _others(self) -> None:
        """Create resources of other services under names that the stack could have."""
        ssm, sns = self._client("ssm"), self._client("sns")
        name = "/lunora-player/local/destinations/other/stream-key"
        ssm.put_parameter(Name=name, Value="made-up", Type="SecureString")
        self._reads.append(lambda: ssm.get_parameter(Name=name, WithDecryption=True))
        topic = sns.create_topic(Name=f"{OURS}-other")["TopicArn"]
        self._reads.append(lambda: sns.get_topic_attributes(TopicArn=topic))
        scheduler = self._client("scheduler")
        scheduler.create_schedule_group(Name=f"{OURS}-other")
        self._reads.append(lambda: scheduler.get_schedule_group(Name=f"{OURS}-other"))
        alarms = self._client("cloudwatch")
        alarms.put_metric_alarm(AlarmName=f"{OURS}-other-channel", **ALARM)
        self._reads.append(lambda: alarms.describe_alarms(AlarmNames=[f"{OURS}-other-channel"]))
        for kind in ("parameter", "topic", "schedule group", "alarm"):
            self.accepted[kind] += 1

    def _tags(self) -> dict[str, str]:
        return dict(self._random.choice(_TAGS))

    def _members(self, service: str, operation: str) -> dict[str, Any]:
        value: dict[str, Any] = self._value(self._shape(service, operation), 0)
        value.pop("RequestId", None)
        return value

    @staticmethod
    @functools.cache
    def _shape(service: str, operation: str) -> StructureShape:
        model = botocore.session.get_session().get_service_model(service)
        shape = model.operation_model(operation).input_shape
        assert isinstance(shape, StructureShape)
        return shape

    def _value(self, shape: Shape, depth: int) -> Any:
        """Return a value that the model allows."""
        if isinstance(shape, StructureShape):
            return dict(self._structure(shape, depth))
        if isinstance(shape, ListShape):
            length = self._random.randrange(2) if depth < _DEEPEST else 0
            length = max(length, shape.metadata.get("min", 0))
            return [self._value(shape.member, depth + 1) for _ in range(length)]
        if isinstance(shape, MapShape):
            return {}
        if isinstance(shape, StringShape) and shape.enum:
            return self._random.choice(shape.enum)
        return self._scalar(shape)

    def _scalar(self, shape: Shape) -> Any:
        least, most = (shape.metadata.get(end) for end in ("min", "max"))
        low = float(least or 0)
        high = low + 10 if most is None else float(most)
        match shape.type_name:
            case "integer" | "long":
                return self._random.randint(int(low), int(high))
            case "double" | "float":
                return round(self._random.uniform(low, high), 2)
            case "boolean":
                return self._random.random() < 0.5
            case "timestamp":
                return 0
            case _:
                return self._random.choice(_TEXTS)[: int(most or 100)].ljust(int(low), "x")

    def _structure(self, shape: StructureShape, depth: int) -> Iterator[tuple[str, Any]]:
        if shape.is_tagged_union:
            name = self._random.choice(sorted(shape.members))
            yield name, self._value(shape.members[name], depth + 1)
            return
        likelihood = self._random.choice((0.0, 0.2, 0.5)) if depth < _DEEPEST else 0.0
        refused = {name for service in REFUSED.values() for name in service.get(shape.name, {})}
        for name, member in shape.members.items():
            if name in refused:
                continue
            if name in shape.required_members or self._random.random() < likelihood:
                with contextlib.suppress(RecursionError):
                    yield name, self._value(member, depth + 1)
