"""CloudWatch metrics of channels and flows, computed from their history."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from localaws.history import Movement, moment_at, movement
from localaws.mediaconnect import content_quality, source_health
from localaws.medialive import failover
from localaws.medialive.active_input import ActiveInput
from localaws.medialive.input_loss import InputLoss, drops
from localaws.medialive.performing import paused
from localaws.medialive.schedule import InputChange
from localaws.resource import Resource, StateChange

FIGURES = yaml.safe_load(Path(__file__).with_name("metrics.yaml").read_text(encoding="utf-8"))
UNITS: Mapping[str, Mapping[str, str]] = {
    namespace: FIGURES[namespace] for namespace in ("AWS/MediaLive", "AWS/MediaConnect")
}
_SOURCE = FIGURES["source"]
# MediaConnect user guide, output metrics: of Zixi and SRT.
_CONNECTING = frozenset({"srt-caller", "srt-listener"})
_MOST_FILL_MS = 60_000.0
# FillMsec grows up to that.
_SETTLES = 60.0
_MEGA = 1_000_000
_SILENT = content_quality.FAULTS["SilentAudio"]


# (what it was like, when, over how many seconds) -> the measurement; None without one
Measure = Callable[[StateChange, float, float], float | None]


@dataclass(frozen=True, slots=True)
class Series:
    """One metric of one thing.

    Attributes:
        dimensions: by which CloudWatch finds it.
        history: of the thing.
        live: the state in which it is measured.
        follows: histories of what it depends on besides; None when it may change at any time.
        alerts: alerts that it depends on.
        switches: of inputs, on which it depends; they come in while the series is there.
        settles: for how many seconds it may move after a change.
    """

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    history: Sequence[StateChange]
    live: str
    measure: Measure
    follows: Sequence[Sequence[StateChange]] | None = ()
    alerts: Sequence[Mapping[str, Any]] = ()
    switches: Sequence[InputChange] = ()
    settles: float = _SETTLES

    def movement(self, time: float) -> Movement:
        """Return when it changes around *time*."""
        if self.follows is None:
            return Movement(time, time)
        stamps = (
            alert[key].timestamp()
            for alert in self.alerts
            for key in ("SetTimestamp", "ClearedTimestamp")
            if key in alert
        )
        switched = (switch.time for switch in self.switches)
        moved = movement(time, (self.history, *self.follows), (*stamps, *switched))
        return replace(moved, settles=self.settles)

    def value(self, time: float, seconds: float) -> float | None:
        """Return the measurement of the *seconds* up to *time*; None without one."""
        moment = moment_at(self.history, time)
        if moment is None or moment.state != self.live:
            return None
        return self.measure(moment, time, seconds)

    def values(
        self, times: Iterable[float], seconds: float
    ) -> Iterator[tuple[float, float | None]]:
        """Yield each of *times*, in order, with its measurement; what rests is measured once."""
        value, until = None, -math.inf
        for time in times:
            if time >= until:
                value, moved = self.value(time, seconds), self.movement(time)
                until = moved.after if time >= moved.before + moved.settles else time
            yield time, value


def of_region(region: str, regions: Mapping[tuple[str, str], Any]) -> Iterator[Series]:
    """Yield all series of a region; *regions* are all states, by service and region."""
    flows = [
        flow
        for (service, _), backend in regions.items()
        if service == "mediaconnect"
        for flow in backend.flows.values()
    ]
    connect, live = regions.get(("mediaconnect", region)), regions.get(("medialive", region))
    for flow in connect.flows.values() if connect else ():
        about = {"FlowARN": flow.members["FlowArn"]}
        base = Series("AWS/MediaConnect", "", about, flow.history, "ACTIVE", _connected)
        for name, measure in _of_flow(flow).items():
            yield replace(base, name=name, measure=measure)
        for name, measure in _of_content(flow).items():
            _, threshold = content_quality.metrics(flow.members)[name]
            yield replace(base, name=name, measure=measure, settles=_SETTLES + threshold)
        for source in flow.members["Sources"]:
            about = {"SourceARN": source["SourceArn"]}
            for name, measure in _of_source(flow, source).items():
                yield Series("AWS/MediaConnect", name, about, flow.history, "ACTIVE", measure)
        for output in flow.members["Outputs"]:
            if output["Transport"]["Protocol"] in _CONNECTING and _sends(output):
                of = {"OutputARN": output["OutputArn"]}
                yield Series(
                    "AWS/MediaConnect", "OutputConnected", of, flow.history, "ACTIVE", _connected
                )
    for channel in live.channels.values() if live else ():
        yield from _of_channel(channel, live, flows)


def _sends(output: Mapping[str, Any]) -> bool:
    # A disabled output "will not incur data transfer costs": it carries no data (MediaConnect user
    # guide, document history, 12 July 2024).
    return bool(output["OutputStatus"] == "ENABLED")


def _connected(moment: StateChange, _: float, __: float) -> float:
    return float("outputs-refused" not in moment.conditions)


def _of_flow(flow: Resource) -> dict[str, Measure]:
    def rate(moment: StateChange) -> float:
        if "source-lost" in moment.conditions:
            return 0.0
        low = "low-bitrate" in moment.conditions
        return bit_rate(flow) * (_SOURCE["low_share"] if low else 1)

    def share(moment: StateChange) -> float:
        lossy = rate(moment) and "lost-packets" in moment.conditions
        return float(_SOURCE["lost_share"]) if lossy else 0.0

    def packets(moment: StateChange, seconds: float) -> float:
        return float(round(seconds * rate(moment) / (_SOURCE["packet_bytes"] * 8)))

    def lost(moment: StateChange, _: float, seconds: float) -> float:
        return round(packets(moment, seconds) * share(moment))

    return {
        "SourceBitRate": lambda moment, _, __: rate(moment),
        "SourceConnected": lambda moment, _, __: float(rate(moment) > 0),
        "SourceContinuityCounter": lost,
        "SourceDroppedPackets": lost,
        "SourceNotRecoveredPackets": lost,
        "SourcePacketLossPercent": lambda moment, _, __: share(moment) * 100,
        "SourceRecoveredPackets": lambda _, __, ___: 0.0,
        "SourceRoundTripTime": lambda moment, _, __: _SOURCE["round_trip_ms"] * (rate(moment) > 0),
        "SourceTotalPackets": lambda moment, _, seconds: packets(moment, seconds),
    }


def _of_content(flow: Resource) -> dict[str, Measure]:
    """Return the metrics of content quality that the flow's settings enable."""

    def measure(name: str) -> Measure:
        return lambda _, time, __: float(
            content_quality.breached_since(flow, name, time) is not None
        )

    return {name: measure(name) for name in content_quality.metrics(flow.members)}


def _of_source(flow: Resource, source: Mapping[str, Any]) -> dict[str, Measure]:
    """Return the metrics of one source of a flow; as `_of_flow` has those of all."""
    name = source["Name"]
    several = len(flow.members["Sources"]) > 1

    def rate(moment: StateChange) -> float:
        lost = name in source_health.lost_sources(flow.members, moment.conditions)
        return 0.0 if lost else _bit_rate(source)

    return {
        "SourceBitRate": lambda moment, _, __: rate(moment),
        "SourceConnected": lambda moment, _, __: float(rate(moment) > 0),
        "SourceMergeActive": lambda _, time, __: float(
            several and name in source_health.feeding(flow, time)
        ),
        "SourceTotalPackets": lambda moment, _, seconds: float(
            round(seconds * rate(moment) / (_SOURCE["packet_bytes"] * 8))
        ),
    }


def _of_channel(channel: Resource, live: Any, flows: Sequence[Resource]) -> Iterator[Series]:
    """Yield all metrics of *channel* in its region *live*."""
    alerts = live.alerts.get(channel.members["Id"], [])
    attachments = channel.members.get("InputAttachments", [])
    inputs = [live.inputs[attachment["InputId"]] for attachment in attachments]
    schedule = live.schedules.get(channel.members["Id"])
    switches = schedule.switches if schedule is not None else []
    for number in range(2 if channel.members["ChannelClass"] == "STANDARD" else 1):
        about = {"ChannelId": channel.members["Id"], "Pipeline": str(number)}
        feeds = {
            item.members["Id"]: [flow for flow in flows if _feeds(flow, item, number)]
            for item in inputs
        }
        mine = [alert for alert in alerts if alert["PipelineId"] == str(number)]
        base = Series(
            "AWS/MediaLive",
            "",
            about,
            channel.history,
            "RUNNING",
            _connected,
            [flow.history for feeding in feeds.values() for flow in feeding],
            alerts,
            switches,
        )
        active = ActiveInput(channel, switches, feeds)
        for name, measure in _of_pipeline(active, mine, number).items():
            yield replace(base, name=name, measure=measure)
        dropped_after = max((seconds for _, _, seconds in _outputs(channel)), default=math.inf)
        yield replace(
            base,
            name="NetworkOut",
            measure=_network_out(active, number, dropped_after),
            settles=_settles_after(dropped_after),
        )
        for name, outputs, seconds in _outputs(channel):
            grouped = {**about, "OutputGroupName": name}
            measure = _until_dropped(_unless_lost(outputs, pipeline=number), active, seconds)
            yield replace(
                base,
                name="ActiveOutputs",
                dimensions=grouped,
                measure=measure,
                settles=_settles_after(seconds),
            )
        for description in channel.members["EncoderSettings"].get("AudioDescriptions", []):
            named = {**about, "AudioDescriptionName": description["Name"]}
            measure = _audio_level(active, number)
            yield replace(base, name="OutputAudioLevelDbfs", dimensions=named, measure=measure)
        if any(item.members["Type"] == "RTP_PUSH" for item in inputs):
            for name, measure in _of_rtp(active).items():
                yield replace(base, name=name, measure=measure)
        for pair in failover.pairs(attachments):
            feeding = [
                [flow.history for flow in flows if _feeds(flow, live.inputs[input_id], number)]
                for input_id in (pair.primary, pair.secondary)
            ]
            yield replace(
                base,
                name="PrimaryInputActive",
                measure=_primary_active(pair, *feeding),
                settles=_SETTLES + pair.slowest + pair.clear,
            )


def _primary_active(
    pair: failover.Pair, primary: Sequence[failover.History], secondary: Sequence[failover.History]
) -> Measure:
    return lambda _, time, __: float(pair.primary_is_active(primary, secondary, time))


def _of_pipeline(
    active: ActiveInput, alerts: Sequence[Mapping[str, Any]], number: int
) -> dict[str, Measure]:
    def arriving(_: StateChange, time: float, __: float) -> float:
        return 0.0 if active.lost_for(time) else sum(map(bit_rate, active.flows(time))) / _MEGA

    declared_rate = _frame_rate(active.channel)

    def frame_rate(_: StateChange, time: float, __: float) -> float:
        return 0.0 if active.lost_for(time) else declared_rate

    def dropped(moment: StateChange, _: float, seconds: float) -> float:
        dropping = "dropped-frames" in moment.conditions
        return _SOURCE["dropped_frames"] * seconds if dropping else 0.0

    def filled(moment: StateChange, time: float, _: float) -> float | None:
        # User guide, FillMsec: "Meaning of no datapoints: ... Or that it is running but it is ...
        # paused".
        if paused(number) in moment.conditions:
            return None
        return min(active.lost_for(time) * 1000, _MOST_FILL_MS)

    return {
        "ActiveAlerts": lambda _, time, __: float(sum(_is_set(alert, time) for alert in alerts)),
        "DroppedFrames": dropped,
        "FillMsec": filled,
        "InputLossSeconds": lambda _, time, seconds: min(active.lost_for(time), seconds),
        "InputVideoFrameRate": frame_rate,
        "NetworkIn": arriving,
    }


def _network_out(active: ActiveInput, number: int, seconds: float) -> Measure:
    """Return the traffic of all outputs; the last is dropped after *seconds* without an input."""
    idle = float(_SOURCE["lost_output"])
    sent = _unless_lost(_sent(active.channel) / _MEGA, lost=idle, pipeline=number)
    return _until_dropped(sent, active, seconds, dropped=idle)


def _settles_after(seconds: float) -> float:
    """Return for how long a metric may move whose outputs are dropped after *seconds*."""
    return _SETTLES + (seconds if math.isfinite(seconds) else 0)


def _of_rtp(active: ActiveInput) -> dict[str, Measure]:
    """Return the metrics of an RTP input; none are measured while nothing arrives.

    User guide, input metrics: received, recovered and lost packets are all that are expected.
    """

    def packets(moment: StateChange, time: float, seconds: float) -> tuple[float, float] | None:
        if active.lost_for(time):
            return None
        bits = sum(map(bit_rate, active.flows(time))) * seconds
        expected = round(bits / (_SOURCE["packet_bytes"] * 8))
        lossy = "lost-rtp" in moment.conditions
        lost = round(expected * _SOURCE["lost_share"]) if lossy else 0
        return float(expected - lost), float(lost)

    def part(index: int) -> Measure:
        return lambda *when: None if (counted := packets(*when)) is None else counted[index]

    return {"RtpPacketsReceived": part(0), "RtpPacketsLost": part(1)}


def _audio_level(active: ActiveInput, number: int) -> Measure:
    """Return the level of a channel's audio: that of its source, and silence without any."""

    def level(moment: StateChange, time: float, _: float) -> float | None:
        # User guide, output metrics: "Meaning of no datapoints: The channel isn't generating output
        # audio".
        if paused(number) in moment.conditions:
            return None
        sources = (moment_at(flow.history, time) for flow in active.flows(time))
        silent = any(source and _SILENT in source.conditions for source in sources)
        silent = silent or "lost-sound" in moment.conditions
        return float(_SOURCE["silent_dbfs" if silent or active.lost_for(time) else "audio_dbfs"])

    return level


def _unless_lost(amount: float, *, lost: float = 0.0, pipeline: int) -> Measure:
    """Measure *amount*; a paused pipeline "is still ingesting but not producing output".

    User guide, eml-metrics-gen-info.
    """
    silent = {"output-lost", paused(pipeline)}
    return lambda moment, _, __: lost if silent & moment.conditions else amount


def _until_dropped(
    measure: Measure, active: ActiveInput, seconds: float, *, dropped: float = 0.0
) -> Measure:
    """Measure what is *dropped* once the input is lost for *seconds*."""
    return lambda moment, time, span: (
        dropped if active.lost_for(time) > seconds else measure(moment, time, span)
    )


def _is_set(alert: Mapping[str, Any], time: float) -> bool:
    ended = "ClearedTimestamp" in alert and alert["ClearedTimestamp"].timestamp() <= time
    return alert["SetTimestamp"].timestamp() <= time and not ended


def bit_rate(flow: Resource) -> float:
    """Return what the source of *flow* sends, in bits per second."""
    return _bit_rate(flow.members["Source"])


def _bit_rate(source: Mapping[str, Any]) -> float:
    usual = float(_SOURCE["bit_rate"])
    return min(float(source["Transport"].get("MaxBitrate") or usual), usual)


def _feeds(flow: Resource, item: Resource, pipeline: int) -> bool:
    # User guide, setup-emx-flows: an input's first flow feeds pipeline 0, its second pipeline 1.
    named = item.members["MediaConnectFlows"][pipeline : pipeline + 1]
    if flow.members["FlowArn"] in [source.get("FlowArn") for source in named]:
        return True
    ends = item.members["Destinations"][pipeline : pipeline + 1]
    return any(
        (output["Destination"], str(output["Port"])) == (end["Ip"], end["Port"])
        for end in ends
        for output in flow.members["Outputs"]
        if _sends(output)
    )


def _outputs(channel: Resource) -> Iterator[tuple[str, int, float]]:
    """Yield name and outputs of each group, and the seconds of a lost input that it sends.

    User guide, feature-input-loss: of a group that drops only the repeated frames are encoded.
    """
    encoder = channel.members["EncoderSettings"]
    loss = InputLoss.of(encoder, lambda _: None)
    for index, group in enumerate(encoder["OutputGroups"]):
        seconds = loss.repeat_seconds if drops(group) else math.inf
        yield group.get("Name") or str(index), len(group["Outputs"]), seconds


def _codecs(channel: Resource, kind: str) -> Iterator[Mapping[str, Any]]:
    for description in channel.members["EncoderSettings"].get(kind, []):
        yield from description.get("CodecSettings", {}).values()


def _frame_rate(channel: Resource) -> float:
    for codec in _codecs(channel, "VideoDescriptions"):
        if codec.get("FramerateControl") == "SPECIFIED":
            return float(codec["FramerateNumerator"] / codec["FramerateDenominator"])
    return 0.0


def _sent(channel: Resource) -> float:
    kinds = ("VideoDescriptions", "AudioDescriptions")
    return sum(float(codec.get("Bitrate", 0)) for kind in kinds for codec in _codecs(channel, kind))
