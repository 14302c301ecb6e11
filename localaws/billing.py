"""The bill of the emulator: what ran, by day, at the prices of its own price list.

What is billed by what (MediaLive pricing, as in the user guide's billing operations and usage
types): a running channel for each of its inputs and for its encoded output, by the minute and ten
at least; one that does not run for itself and for its push inputs; MediaConnect for each hour of an
active flow and for the data of its enabled outputs; data to the internet. The prices are made up.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from localaws import price_list
from localaws.clock import Clock
from localaws.metrics import bit_rate
from localaws.resource import Resource, StateChange

MEDIALIVE, MEDIACONNECT = "AWS Elemental MediaLive", "AWS Elemental MediaConnect"

_DAY, _HOUR, _MINUTE = 86400, 3600, 60
# MediaLive pricing page: running time is rounded up to the minute, above a minimum.
_LEAST_SECONDS = 10 * _MINUTE
_GB = 2**30 * 8
# More often than this nobody is billed, so that many calls cost nothing.
_STEP_SECONDS = 1.0
# Rows are of us-west-2; what they would be elsewhere, nobody invented.
_PRICED_REGION = "us-west-2"
_INPUT_RATES = {"MAX_10_MBPS": "<10mbps", "MAX_20_MBPS": "10-20mbps", "MAX_50_MBPS": "20-50mbps"}
# The highest value of each class of outputs.
_RESOLUTIONS = {"SD": 1280 * 720 - 1, "HD": 1920 * 1080, "UHD": math.inf}
_RATES = {"<10mbps": 10_000_000 - 1, "10-20mbps": 20_000_000, "20-50mbps": math.inf}
_QUALITIES = {"ENHANCED_QUALITY": "Enhanced VQ"}
_FRAME_RATES = {"<=30fps": 30, "30-60fps": math.inf}

Tags = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is billed.

    Attributes:
        service: as Cost Explorer names it.
        usage: the usage type; without the prefix of the region.
        operation: the billing operation.
        usd: US dollars for one unit.
    """

    service: str
    usage: str
    operation: str
    region: str
    tags: Tags
    usd: float


@dataclass(frozen=True, slots=True)
class Charge:
    """The quantity of an item on a day."""

    day: dt.date
    item: Item
    quantity: float


class Bill:
    """The usage so far.

    It has to be brought up to now before anything is changed, and then again whenever somebody
    asks: it takes what it finds for what was since the last time.

    Args:
        clock: the emulator's.
        regions: the states of MediaLive and MediaConnect, by service and region.

    Attributes:
        quantities: by day, in seconds since the epoch, and item.
    """

    def __init__(self, clock: Clock, regions: Callable[[], Mapping[tuple[str, str], Any]]) -> None:
        self._clock, self._regions = clock, regions
        self.quantities: dict[tuple[int, Item], float] = {}
        self.until = clock.now()

    def is_due(self) -> bool:
        """Tell whether there is time to account for."""
        return self._clock.now() - self.until >= _STEP_SECONDS

    def bring_up(self) -> None:
        """Take account of the time since the last call."""
        start, end = self.until, self._clock.now()
        if end <= start:
            return
        self.until = end
        regions = self._regions()
        # Channels' inputs listen inside; what MediaConnect bills for them is unverified.
        inside = frozenset(
            address["Ip"]
            for (service, _), state in regions.items()
            if service == "medialive"
            for item in state.inputs.values()
            for address in item.members["Destinations"]
            if "Ip" in address
        )
        for (service, region), state in regions.items():
            if service == "mediaconnect":
                for flow in state.flows.values():
                    self._of_flow(flow, state, region, (start, end), inside)
            else:
                for channel in state.channels.values():
                    self._of_channel(channel, region, (start, end))
                for item in state.inputs.values():
                    self._of_input(item, state, region, (start, end))

    def today(self) -> dt.date:
        """Return the present day, of the caller's clock."""
        return self._day(self._clock.now())

    def _day(self, time: float) -> dt.date:
        """Return the caller's day of a *time* on the emulator's clock: both have the same today."""
        now = self._clock.now()
        return _date(time) - (_date(now) - _date(now - self._clock.ahead_of_machine()))

    def charges(self) -> Iterator[Charge]:
        """Yield everything that was billed, in days of the caller's clock."""
        self.bring_up()
        for (day, item), quantity in self.quantities.items():
            yield Charge(self._day(day), item, quantity)

    def _of_flow(
        self, flow: Resource, state: Any, region: str, span: _Span, inside: frozenset[str]
    ) -> None:
        tags = frozenset(state.tags.get(flow.members["FlowArn"], {}).items())
        usd = price_list.usd_of("AWSMediaConnect", regionCode=_PRICED_REGION)
        hours = Item(MEDIACONNECT, "Active-Flow", "ActiveFlow", region, tags, usd)
        regional, outside = (
            price_list.usd_of("AWSMediaConnect", usagetype=f"USW2-DataTransfer-{kind}-Bytes")
            for kind in ("Regional", "Out")
        )
        gigabytes = bit_rate(flow) / _GB
        for begin, end in _spans(flow.history, {"ACTIVE"}, span):
            self._add(hours, begin, end, 1 / _HOUR)
            for output in flow.members["Outputs"]:
                if output["OutputStatus"] != "ENABLED":
                    continue
                tags = frozenset(state.tags.get(output["OutputArn"], {}).items())
                stays = "MediaLiveInputArn" in output or output.get("Destination") in inside
                usage = f"DataTransfer-{'Regional' if stays else 'Out'}-Bytes"
                usd = regional if stays else outside
                data = Item(MEDIACONNECT, usage, "DataTransfer", region, tags, usd)
                self._add(data, begin, end, gigabytes)

    def _of_channel(self, channel: Resource, region: str, span: _Span) -> None:
        tags = frozenset((channel.members.get("Tags") or {}).items())
        running = list(_running_items(channel.members, region, tags))
        for begin, end in _spans(channel.history, {"RUNNING"}, span):
            for item, quantity in running:
                self._add(item, begin, end, quantity)
        # A run that ended is rounded up when it has ended.
        for begin, end in _ended_runs(channel.history, span):
            length = end - begin
            billed = max(_LEAST_SECONDS, math.ceil(length / _MINUTE) * _MINUTE)
            for item, quantity in running:
                if item.operation != "DataTransfer":
                    self._put(item, end, (billed - length) * quantity)
        idle = Item(MEDIALIVE, "IdleChannel", "INACTIVE_CHANNEL", region, tags, _idle("CHANNEL"))
        for begin, end in _spans(channel.history, {"IDLE"}, span):
            self._add(idle, begin, end, 1 / _HOUR)

    def _of_input(self, item: Resource, state: Any, region: str, span: _Span) -> None:
        if not str(item.members["Type"]).endswith("_PUSH") or item.state == "DELETED":
            return
        tags = frozenset((item.members.get("Tags") or {}).items())
        idle = Item(MEDIALIVE, "IdleInput", "INACTIVE_INPUT", region, tags, _idle("INPUT"))
        begin, end = span
        total = end - max(begin, item.history[0].time if item.history else begin)
        busy = 0.0
        for number in item.members.get("AttachedChannels", []):
            history = state.channels[number].history if number in state.channels else []
            busy += sum(upto - since for since, upto in _spans(history, {"RUNNING"}, span))
        if total > busy:
            self._add(idle, end - (total - busy), end, 1 / _HOUR)

    def _add(self, item: Item, begin: float, end: float, per_second: float) -> None:
        """Bill *item* from *begin* to *end*, each day for itself."""
        while begin < end:
            upto = min(end, (begin // _DAY + 1) * _DAY)
            self._put(item, begin, (upto - begin) * per_second)
            begin = upto

    def _put(self, item: Item, time: float, quantity: float) -> None:
        key = int(time // _DAY * _DAY), item
        self.quantities[key] = self.quantities.get(key, 0.0) + quantity


_Span = tuple[float, float]


def _date(time: float) -> dt.date:
    return dt.datetime.fromtimestamp(time, dt.UTC).date()


def _spans(history: Sequence[StateChange], states: set[str], span: _Span) -> Iterator[_Span]:
    """Yield when within *span* the state was one of *states*."""
    start, end = span
    upto = end
    for moment in reversed(history):
        begin = max(moment.time, start)
        if begin < upto:
            if moment.state in states:
                yield begin, upto
            upto = begin
        if moment.time <= start:
            break


def _ended_runs(history: Sequence[StateChange], span: _Span) -> Iterator[_Span]:
    """Yield the runs, from their own beginning, that ended within *span*."""
    for index in range(len(history) - 1, 0, -1):
        moment, before = history[index], history[index - 1]
        if moment.time < span[0]:
            break
        if moment.time >= span[1] or moment.state == "RUNNING" or before.state != "RUNNING":
            continue
        begin = before.time
        for earlier in reversed(history[: index - 1]):
            if earlier.state != "RUNNING":
                break
            begin = earlier.time
        yield begin, moment.time


def _idle(what: str) -> float:
    return price_list.usd_of(
        "AWSElementalMediaLive", operation=f"INACTIVE_{what}", regionCode=_PRICED_REGION
    )


def _running_items(
    channel: Mapping[str, Any], region: str, tags: Tags
) -> Iterator[tuple[Item, float]]:
    """Yield what a second of a running *channel* costs: items with their quantities."""
    pipeline = "Standard" if channel["ChannelClass"] == "STANDARD" else "Single"
    specification = channel.get("InputSpecification") or {}
    attributes = {
        "operation": "CHANNEL_INPUT",
        "codec": specification.get("Codec", "AVC"),
        "resolution": specification.get("Resolution", "HD"),
        "bitRate": _INPUT_RATES[specification.get("MaximumBitrate", "MAX_20_MBPS")],
        "pipeline": pipeline,
    }
    for _ in channel.get("InputAttachments", []):
        yield _hourly(attributes, "IN", region, tags)
    sent = 0.0
    settings = channel["EncoderSettings"]
    video = {item["Name"]: item for item in settings.get("VideoDescriptions", [])}
    audio = {item["Name"]: item for item in settings.get("AudioDescriptions", [])}
    for group in settings["OutputGroups"]:
        for output in group["Outputs"]:
            description = video.get(output.get("VideoDescriptionName", ""))
            sounds = [audio[name] for name in output.get("AudioDescriptionNames", [])]
            sent += sum(_rate(item) for item in [*sounds, *([description] if description else [])])
            if description is not None:
                yield _hourly(_output_attributes(description, pipeline), "OUT", region, tags)
    usd = price_list.usd_of("AWSDataTransfer", usagetype="USW2-DataTransfer-Out-Bytes")
    # Under which service Cost Explorer shows it is unverified.
    data = Item(MEDIALIVE, "DataTransfer-Out-Bytes", "DataTransfer", region, tags, usd)
    yield data, sent * (2 if pipeline == "Standard" else 1) / _GB


def _hourly(
    attributes: Mapping[str, str], usage: str, region: str, tags: Tags
) -> tuple[Item, float]:
    try:
        usd = price_list.usd_of("AWSElementalMediaLive", regionCode=_PRICED_REGION, **attributes)
    except KeyError:
        # A class of which the list has no row: used, and costs nothing.
        usd = 0.0
    classes = (attributes[key] for key in ("codec", "resolution", "bitRate"))
    name = "-".join((usage, *classes))
    return Item(MEDIALIVE, name, attributes["operation"], region, tags, usd), 1 / _HOUR


def _output_attributes(description: Mapping[str, Any], pipeline: str) -> dict[str, str]:
    kind, codec = _codec(description)
    pixels = int(description.get("Width") or 0) * int(description.get("Height") or 0)
    frames = codec.get("FramerateNumerator", 30) / codec.get("FramerateDenominator", 1)
    return {
        "operation": "CHANNEL_OUTPUT",
        "codec": "HEVC" if kind == "H265Settings" else "AVC",
        "resolution": _class(pixels, _RESOLUTIONS),
        "bitRate": _class(_rate(description), _RATES),
        "frameRate": _class(frames, _FRAME_RATES),
        "pipeline": pipeline,
        "videoQuality": _QUALITIES.get(codec.get("QualityLevel", ""), "Standard VQ"),
    }


def _class(value: float, bounds: Mapping[str, float]) -> str:
    """Return the first class that *value* is within."""
    return next(name for name, bound in bounds.items() if value <= bound)


def _codec(description: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    settings: Mapping[str, Any] = description.get("CodecSettings") or {"": {}}
    return next(iter(settings.items()))


def _rate(description: Mapping[str, Any]) -> float:
    """Return the bitrate of an encoded stream."""
    _, codec = _codec(description)
    return float(codec.get("Bitrate") or codec.get("MaxBitrate") or 0)
