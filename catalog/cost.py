"""Cost of destinations, computed from their files, the source of their flow and the prices.

Model (MediaLive user guide, pricing): a running channel is billed for its input, by what is
declared of the source, and its output, by what is encoded; one that does not run for itself and
for its push input. The flow sends to the input while the channel runs: a disabled output "will not
incur data transfer costs" (MediaConnect user guide, document history, 12 July 2024).
An adopted channel is billed by the settings that it keeps.
Left out: the flow itself, which exists without the destinations, the storage of S3, taxes,
discounts, reservations and free tiers.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from catalog import alarms
from catalog.alarms import MetricNames
from catalog.audio_settings import AUDIO
from catalog.flow_source import FlowSource
from catalog.import_manifest import BilledSettings
from catalog.model import DestinationSpec
from catalog.presets import Encoding
from catalog.prices import Prices
from catalog.schedule_events import busiest_month_minutes

HOURS_PER_MONTH = 730
RESERVED = ".reserved"
"""The end of the key of a price for a year's reservation."""

_HOURS_PER_WEEK = 7 * 24

# MediaLive pricing page: running time is rounded up to the minute, above a minimum.
_MINIMUM_MINUTES = 10

_INPUT_CLASSES = {
    "MAX_10_MBPS": "under-10-mbps",
    "MAX_20_MBPS": "10-20-mbps",
    "MAX_50_MBPS": "over-20-mbps",
}

_HD_PIXELS = 1280 * 720
_FULL_HD_PIXELS = 1920 * 1080
_ALARMS = ("alarms", "cloudwatch.alarm")
_COMPOSITE_ALARM = ("composite alarm", "cloudwatch.composite-alarm")
_GB_PER_MBPS_HOUR = 1e6 / 8 * 3600 / 2**30


@dataclass(frozen=True, slots=True)
class LineItem:
    """A billed item.

    Attributes:
        what: its name for people.
        key: key of its price.
        quantity: units a month: hours, GB or items.
        usd: US dollars a month.
        least_usd: lower bound, where its price is an estimate, or where it may not be billed.
        most_usd: upper bound, where its price is an estimate.
    """

    what: str
    key: str
    quantity: float
    usd: float
    least_usd: float
    most_usd: float


@dataclass(frozen=True, slots=True)
class Cost:
    """Cost of a destination in a month of 730 hours.

    Attributes:
        name: the destination.
        region: the region of the prices.
        running_hours: billed hours of its channel.
        hourly_usd: cost of an hour on air, all included.
        always_on_usd: a month, if it ran all month.
        lines: the billed items.
        keys: keys of all prices used, also those of the comparison.
    """

    name: str
    region: str
    running_hours: float
    hourly_usd: float
    always_on_usd: float
    lines: tuple[LineItem, ...]
    keys: frozenset[str]

    @property
    def monthly_usd(self) -> float:
        """US dollars a month."""
        return sum(line.usd for line in self.lines)

    @property
    def range_usd(self) -> tuple[float, float]:
        """The least and the most US dollars a month that its prices allow."""
        return range_of(self.lines)

    @property
    def saving_percent(self) -> float:
        """Saving against always on, in percent."""
        return saving_percent(self.monthly_usd, self.always_on_usd)


def range_of(lines: Iterable[LineItem]) -> tuple[float, float]:
    """Return the least and the most that *lines* cost together, in US dollars a month."""
    items = tuple(lines)
    return sum(line.least_usd for line in items), sum(line.most_usd for line in items)


def saving_percent(usd: float, always_on_usd: float) -> float:
    """Return the saving of *usd* against *always_on_usd*, in percent."""
    return 100 * (1 - usd / always_on_usd) if always_on_usd else 0.0


def billed_hours(minutes_on_air: Iterable[float]) -> float:
    """Return the billed hours of runs of so many minutes each."""
    billed = (max(_MINIMUM_MINUTES, math.ceil(minutes)) for minutes in minutes_on_air)
    return sum(billed) / 60


def running_hours(spec: DestinationSpec) -> float:
    """Return the hours a month for which the channel of *spec* is billed as running.

    Events count as in the month that has most of their hours, from now on.
    """
    if spec.state == "stopped":
        return 0
    if spec.schedule is None:
        return HOURS_PER_MONTH
    schedule, now = spec.schedule, dt.datetime.now(dt.UTC)
    weekly = billed_hours(span.end - span.begin for span in schedule.spans)
    events = billed_hours(busiest_month_minutes(schedule.events, schedule.timezone, now))
    return min(HOURS_PER_MONTH, weekly * HOURS_PER_MONTH / _HOURS_PER_WEEK + events)


def estimate(  # noqa: PLR0913 - what a destination is billed by
    spec: DestinationSpec,
    priced: Prices,
    source: FlowSource,
    *,
    hours: float | None = None,
    billed: BilledSettings | None = None,
    measured_mbps: float | None = None,
) -> Cost:
    """Return the monthly cost of *spec*.

    Args:
        spec: the destination.
        priced: the prices of its flow's region.
        source: the source of its flow.
        hours: billed running hours a month, instead of what *spec* declares.
        billed: settings of an adopted channel that it keeps, instead of what *spec* declares.
        measured_mbps: bitrate of the source, instead of what it declares; the class of the input
            stays that of the declaration.

    Raises:
        PriceNotFoundError: when a figure that it needs is missing.
    """
    running = running_hours(spec) if hours is None else min(hours, HOURS_PER_MONTH)
    always = spec.model_copy(update={"state": "running", "schedule": None})
    rules = _Billing(priced, source, billed, measured_mbps or source.mbps)
    always_on = _lines(always, rules, HOURS_PER_MONTH)
    items = _lines(spec, rules, running)
    return Cost(
        name=spec.name,
        region=priced.region,
        running_hours=running,
        hourly_usd=sum(line.usd for line in always_on) / HOURS_PER_MONTH,
        always_on_usd=sum(line.usd for line in always_on),
        lines=items,
        keys=frozenset(line.key for line in (*items, *always_on)),
    )


def lines(  # noqa: PLR0913 - what a destination is billed by
    spec: DestinationSpec,
    priced: Prices,
    source: FlowSource,
    *,
    hours: float,
    billed: BilledSettings | None = None,
    measured_mbps: float | None = None,
) -> tuple[LineItem, ...]:
    """Return the billed items of a month in which the channel of *spec* runs for *hours*.

    Raises:
        PriceNotFoundError: when a figure that it needs is missing.
    """
    rules = _Billing(priced, source, billed, measured_mbps or source.mbps)
    return _lines(spec, rules, min(hours, HOURS_PER_MONTH))


@dataclass(frozen=True, slots=True)
class _Billing:
    """The rules that bill a destination, besides its file and its hours."""

    priced: Prices
    source: FlowSource
    billed: BilledSettings | None
    mbps: float


def _lines(spec: DestinationSpec, rules: _Billing, running: float) -> tuple[LineItem, ...]:
    line = _pricer(rules.priced)
    if spec.route == "flow":
        lines = [
            line("internet egress", "mediaconnect.egress", _sent_gb(rules.mbps, running)),
            line(*_ALARMS, metrics(alarms.output_alarms(spec).values())),
        ]
    else:
        lines = _lines_of_channel(spec, rules, running)
    lines.append(line("passphrase", "secretsmanager.secret", int(spec.passphrase_name is not None)))
    if spec.has_key and spec.stream_key.ssm is None:
        lines.append(line("parameter", "ssm.parameter", 1))
    return tuple(line for line in lines if line.quantity)


def _lines_of_channel(spec: DestinationSpec, rules: _Billing, running: float) -> list[LineItem]:
    line, billed = _pricer(rules.priced), rules.billed
    idle = HOURS_PER_MONTH - running
    pipelines, inputs = len(alarms.pipelines(spec)), len(spec.input_flows)
    pushes = inputs if spec.input_type == "push" else 0
    # An output that MediaLive makes sends also while the channel is stopped (MediaConnect user
    # guide, distribution-to-medialive, billing considerations).
    sending = running if pushes else HOURS_PER_MONTH
    # A backup flow sends as long, into an input of its own.
    taken_mbps = rules.mbps * pipelines * inputs
    declared = billed.source if billed else rules.source
    encoding = billed.encoding if billed else spec.effective_encoding
    parts = MetricNames(audio=AUDIO if rules.source.sound and billed is None else "")
    sent_mbps = (encoding.video_kbps + encoding.audio_kbps) / 1000 * pipelines
    # What goes to S3 stays in AWS.
    internet_mbps = 0 if spec.scheme == "s3" else sent_mbps
    recorded = 0 if billed or spec.record is None else running
    output = output_key(encoding, pipelines)
    lines = [
        line("running input", input_key(declared, pipelines), running * inputs),
        line("running output", output, running),
        line("recording output", output, recorded),
        line("idle channel", "medialive.idle-channel", idle),
        line("idle push input", "medialive.idle-push-input", idle * pushes),
        line("flow output data", "mediaconnect.output", _sent_gb(taken_mbps, sending)),
        line("internet egress", "egress.internet", _sent_gb(internet_mbps, running)),
        line(*_ALARMS, metrics(alarms.channel_alarms(spec, parts).values()) * pipelines),
        line(*_COMPOSITE_ALARM, 1),
    ]
    if spec.audio.loudness is not None and billed is None:
        # Once for a channel (MediaLive user guide, addon-reservations).
        lines.append(line("audio normalization", "medialive.audio-normalization", running))
    return lines


def _sent_gb(mbps: float, hours: float) -> float:
    return mbps * _GB_PER_MBPS_HOUR * hours


@dataclass(frozen=True, slots=True)
class SharedAlarms:
    """Alarms that destinations share.

    Attributes:
        definitions: of the alarms on metrics.
        composites: number of composite alarms.
    """

    definitions: Sequence[alarms.AlarmDefinition] = ()
    composites: int = 0


def shared_lines(
    priced: Prices, sure: SharedAlarms, possible: SharedAlarms, *, dashboards: int, tokens: int = 0
) -> tuple[LineItem, ...]:
    """Return the billed items that destinations share.

    Args:
        priced: the prices of their region.
        sure: the alarms that the stack's files and configuration declare.
        possible: the alarms that also depend on the settings of a flow; they may cost nothing.
        dashboards: number of dashboards.
        tokens: number of secrets with the token of a repository.
    """
    line = _pricer(priced)
    lines = (
        line(*_ALARMS, metrics(sure.definitions)),
        line(*_COMPOSITE_ALARM, sure.composites),
        *(
            replace(line(f"{what} on content quality", key, quantity), least_usd=0.0)
            for (what, key), quantity in (
                (_ALARMS, metrics(possible.definitions)),
                (_COMPOSITE_ALARM, possible.composites),
            )
        ),
        line("dashboards", "cloudwatch.dashboard", dashboards),
        line("repository token", "secretsmanager.secret", tokens),
    )
    return tuple(line for line in lines if line.quantity)


def metrics(definitions: Iterable[alarms.AlarmDefinition]) -> int:
    """Return the number of billed alarms of *definitions*, one per metric."""
    return sum(len(definition.metrics) for definition in definitions)


def input_key(source: FlowSource, pipelines: int = 1) -> str:
    """Return the key of an hour of a running input."""
    mbps = _INPUT_CLASSES[source.maximum_bitrate]
    codec, resolution = source.codec.lower(), source.resolution.lower()
    return f"medialive.input.{codec}.{resolution}.{mbps}.{_pipeline_class(pipelines)}"


def output_key(encoding: Encoding, pipelines: int = 1) -> str:
    """Return the key of an hour of a running output: H.264, or sound alone."""
    if not encoding.has_video:
        return f"medialive.output.audio-only.{_pipeline_class(pipelines)}"
    rate = "up-to-30-fps" if encoding.frames_per_second <= 30 else "30-60-fps"  # noqa: PLR2004 - the class's name says it
    mbps = _output_class(encoding.video_kbps / 1000)
    size = resolution_class(encoding.width, encoding.height)
    codec = "avc-enhanced" if encoding.quality == "enhanced" else "avc"
    return f"medialive.output.{codec}.{size}.{rate}.{mbps}.{_pipeline_class(pipelines)}"


def resolution_class(width: int, height: int) -> str:
    """Return the billing class of a picture: `sd`, `hd` or `uhd`."""
    pixels = width * height
    if pixels < _HD_PIXELS:
        return "sd"
    return "hd" if pixels <= _FULL_HD_PIXELS else "uhd"


def is_uhd(encoding: Encoding) -> bool:
    """Tell whether a picture is beyond full HD."""
    return resolution_class(encoding.width, encoding.height) == "uhd"


def _output_class(mbps: float) -> str:
    if mbps < 10:  # noqa: PLR2004 - the class's name says it
        return "under-10-mbps"
    return "10-20-mbps" if mbps <= 20 else "over-20-mbps"  # noqa: PLR2004 - the class's name says it


def _pipeline_class(pipelines: int) -> str:
    return "single" if pipelines == 1 else "standard"


def _pricer(priced: Prices) -> Callable[[str, str, float], LineItem]:
    def line(what: str, key: str, quantity: float) -> LineItem:
        price = priced.figure(key)
        amounts = (price.usd * quantity, price.low * quantity, price.high * quantity)
        return LineItem(what, key, quantity, *amounts)

    return line
