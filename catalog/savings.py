"""Cheaper ways to send the same streams: what each saves, what it gives up, and its patch.

Every way is priced from the files as its patch leaves them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from catalog import automatic_preset, cost, strict_yaml, yaml_edit
from catalog.cost import Cost
from catalog.flow_source import MAXIMUM_BITRATES
from catalog.loader import findings
from catalog.model import AUTO_PRESET, DestinationSpec
from catalog.pricing import Pricing
from catalog.rules.flow import source_fits
from catalog.rules.per_file import channel_keys

# Hours that an example of a schedule has, for a person to replace.
_EXAMPLE_SCHEDULE = {
    "timezone": "UTC",
    "windows": [
        {"days": ["mon", "tue", "wed", "thu", "fri"], "start": "09:00", "stop": "17:00"},
    ],
}
# An encoding that is so little above a class of bitrate is suggested to go below it.
_LITTLE_ABOVE = 1.25
_CLASS_LIMITS_KBPS = (20_000, 10_000)
# Keys of a channel that ask for more than an encoding of the source.
_ASKING = frozenset({"audio", "medialive", "on_input_loss", "picture", "record"})


@dataclass(frozen=True, slots=True)
class DestinationFile:
    """A destination with the text of its file.

    Attributes:
        spec: the destination.
        path: path of its file in the project.
        text: content of its file.
    """

    spec: DestinationSpec
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A cheaper way.

    Attributes:
        name: the destination, or `flow <key>` for all that a flow feeds.
        way: what it is, in a word or two.
        before_usd: US dollars a month now.
        after_usd: US dollars a month then.
        keeps: whether it keeps what the file asks for.
        gives_up: what is lost, in a sentence.
        patch: unified diff that makes the change; empty where no file says it.
    """

    name: str
    way: str
    before_usd: float
    after_usd: float
    keeps: bool
    gives_up: str
    patch: str = ""

    @property
    def saving_usd(self) -> float:
        """US dollars a month that it saves."""
        return self.before_usd - self.after_usd


def suggestions(files: Iterable[DestinationFile], pricing: Pricing) -> tuple[Suggestion, ...]:
    """Return what saves for each destination: first what keeps what its file asks for.

    Key frames, audio and profile of a source are unknown, so a person has to try each.
    """
    ways = [way for file in files for way in _ways(file, pricing) if round(way.saving_usd, 2) > 0]
    return tuple(sorted(ways, key=lambda way: (way.name, not way.keeps, way.after_usd)))


def _ways(file: DestinationFile, pricing: Pricing) -> Iterator[Suggestion]:
    spec = file.spec
    yield from _without_channel(file, pricing)
    yield from _one_pipeline(file, pricing)
    yield from _one_flow(file, pricing)
    yield from _lower_class(file, pricing)
    yield from _standard_quality(file, pricing)
    if spec.state == "running" and spec.schedule is None:
        yield from _by_file(
            file,
            pricing,
            "schedule",
            {"schedule": _EXAMPLE_SCHEDULE},
            gives_up="nothing is sent outside its windows, which are an example: put yours",
        )
    if spec.state == "stopped" and not spec.protected:
        patch = yaml_edit.patch(file.text, None, file.path)
        now = pricing.cost(spec).monthly_usd
        gives_up = "the destination is deleted, and its channel has to be made again"
        yield Suggestion(spec.name, "no file", now, 0, keeps=False, gives_up=gives_up, patch=patch)
    yield from _reserved(spec, pricing)


def _without_channel(file: DestinationFile, pricing: Pricing) -> Iterator[Suggestion]:
    spec = file.spec
    doubled = spec.redundancy == "standard" or spec.backup_flow is not None
    adopted = spec.original_name in pricing.adopted
    # A flow logs in nowhere.
    if spec.route == "flow" or doubled or adopted or spec.authentication is not None:
        return
    if source_fits(spec, pricing.flows[spec.flow].source) is not None:
        return
    keys = channel_keys(spec)
    lost = sorted(_ASKING.intersection(keys))
    changes = {"route": "flow", **dict.fromkeys(keys)}
    gives_up = (
        "the source is sent as it is: size, bitrate, key frames and audio are its own, if they"
        " are what the platform takes"
    )
    if lost:
        gives_up += f"; without {', '.join(lost)}"
    yield from _by_file(file, pricing, "route: flow", changes, keeps=not lost, gives_up=gives_up)


def _one_pipeline(file: DestinationFile, pricing: Pricing) -> Iterator[Suggestion]:
    if file.spec.redundancy == "standard" and file.spec.original_name not in pricing.adopted:
        changes = dict.fromkeys(_present(file, ("redundancy", "backup_url")))
        gives_up = "the second pipeline in another zone, and the second ingest"
        yield from _by_file(file, pricing, "one pipeline", changes, gives_up=gives_up)


def _one_flow(file: DestinationFile, pricing: Pricing) -> Iterator[Suggestion]:
    if file.spec.backup_flow is not None:
        changes = {"flow": file.spec.flow}
        gives_up = f"the flow {file.spec.backup_flow} no longer takes over"
        yield from _by_file(file, pricing, "one flow", changes, gives_up=gives_up)


def _lower_class(file: DestinationFile, pricing: Pricing) -> Iterator[Suggestion]:
    spec = file.spec
    if spec.route == "flow":
        return
    kbps = spec.effective_encoding.video_kbps
    for limit in _CLASS_LIMITS_KBPS:
        if limit <= kbps <= limit * _LITTLE_ABOVE:
            encoding = spec.encoding.model_dump(mode="json", exclude_none=True) | {
                "bitrate_kbps": limit - 1
            }
            gives_up = f"{kbps - limit + 1} kb/s of {kbps}"
            way = f"less than {limit // 1000} Mb/s"
            yield from _by_file(file, pricing, way, {"encoding": encoding}, gives_up=gives_up)


def _standard_quality(file: DestinationFile, pricing: Pricing) -> Iterator[Suggestion]:
    encoding = file.spec.encoding.model_dump(mode="json", exclude_none=True)
    if file.spec.route == "channel" and encoding.pop("quality", None) == "enhanced":
        changes = {"encoding": encoding or None}
        gives_up = "slightly better video at the same bitrate"
        yield from _by_file(file, pricing, "standard quality", changes, gives_up=gives_up)


def _by_file(  # noqa: PLR0913 - the parts of a suggestion
    file: DestinationFile,
    pricing: Pricing,
    way: str,
    changes: Mapping[str, Any],
    *,
    gives_up: str,
    keeps: bool = False,
) -> Iterator[Suggestion]:
    """Yield the suggestion of *changes* to the keys of a file, if the file takes them."""
    text = yaml_edit.edited(file.text, changes)
    if text is None:
        return
    content = strict_yaml.parse(text).content
    try:
        spec = DestinationSpec.model_validate({**content, "name": file.spec.name})
    except ValidationError:
        return
    sources = {key: facts.source for key, facts in pricing.flows.items()}
    spec = automatic_preset.resolved(spec, sources)
    if any(findings(spec)) or spec.preset == AUTO_PRESET:
        return
    # An expired destination stays stopped, whatever its file says.
    spec = spec.model_copy(update={"state": file.spec.state})
    yield Suggestion(
        file.spec.name,
        way,
        pricing.cost(file.spec).monthly_usd,
        pricing.cost(spec).monthly_usd,
        keeps=keeps,
        gives_up=gives_up,
        patch=yaml_edit.patch(file.text, text, file.path),
    )


def _reserved(spec: DestinationSpec, pricing: Pricing) -> Iterator[Suggestion]:
    """Yield the reservation of the input and the output of *spec* for a year."""
    now = pricing.cost(spec)
    priced = pricing.prices[now.region]
    lines = [line for line in now.lines if line.key + cost.RESERVED in priced.figures]
    if not lines:
        return
    count = {line.what: line.quantity / now.running_hours for line in lines}
    hourly = sum(priced.figure(line.key).usd * count[line.what] for line in lines)
    figures = [(priced.figure(line.key + cost.RESERVED), count[line.what]) for line in lines]
    reserved = sum(price.usd * number for price, number in figures)
    least, most = (
        sum(bound * number for bound, number in bounds)
        for bounds in zip(*(((p.low, n), (p.high, n)) for p, n in figures), strict=True)
    )
    month = cost.HOURS_PER_MONTH
    gives_up = (
        f"a year's commitment of ${reserved * month * 12:,.0f} (${least * month * 12:,.0f} to"
        f" ${most * month * 12:,.0f}); it pays from {month * reserved / hourly:.0f} hours a month"
        f" ({month * least / hourly:.0f} to {min(month, month * most / hourly):.0f})"
    )
    after = now.monthly_usd - sum(line.usd for line in lines) + reserved * month
    yield Suggestion(
        spec.name, "reservation", now.monthly_usd, after, keeps=True, gives_up=gives_up
    )


def smaller_inputs(
    specs: Iterable[DestinationSpec],
    pricing: Pricing,
    *,
    settings: StackFile,
    measured: Mapping[str, float],
) -> Iterator[Suggestion]:
    """Yield the smaller classes of input that the declarations of the flows could have.

    Args:
        specs: the destinations.
        pricing: what prices them.
        settings: the file that declares the flows.
        measured: highest bitrate of the flows that were measured, in Mb/s.
    """
    channels = [spec for spec in specs if spec.route == "channel"]
    for key in sorted({spec.flow for spec in channels}):
        source = pricing.flows[key].source
        fed = [spec for spec in channels if spec.flow == key]
        now = sum(_inputs_usd(pricing.cost(spec)) for spec in fed)
        for limit in MAXIMUM_BITRATES:
            if limit >= source.mbps or measured.get(key, 0) > limit:
                continue
            smaller = source.model_copy(update={"mbps": limit})
            if smaller.maximum_bitrate == source.maximum_bitrate:
                continue
            text = settings.with_limit(key, limit)
            if text is None or text == settings.text:
                continue
            yield Suggestion(
                f"flow {key}",
                f"source of up to {limit} Mb/s",
                now,
                sum(_inputs_usd(pricing.cost(spec, source=smaller)) for spec in fed),
                keeps=key in measured,
                gives_up=_headroom(limit, measured.get(key)),
                patch=yaml_edit.patch(settings.text, text, settings.path),
            )
            break


def _headroom(limit: int, measured: float | None) -> str:
    measurement = (
        "it was not measured" if measured is None else f"it was measured at {measured:.1f} Mb/s"
    )
    return (
        f"a source above {limit} Mb/s is not decoded in time; {measurement}. All channels restart"
    )


def _inputs_usd(estimate: Cost) -> float:
    return sum(line.usd for line in estimate.lines if line.what == "running input")


@dataclass(frozen=True, slots=True)
class StackFile:
    """The file of a stack's settings, which declares the sources of its flows.

    Attributes:
        path: path of the file in the project.
        text: its content.
        flows: key of the setting that declares the flows.
    """

    path: str
    text: str
    flows: str

    def with_limit(self, flow: str, mbps: int) -> str | None:
        """Return the text with another bitrate of the source of *flow*; None where it cannot be."""
        return yaml_edit.with_value(self.text, ("config", self.flows, flow, "source", "mbps"), mbps)


def _present(file: DestinationFile, keys: Iterable[str]) -> list[str]:
    return [key for key in keys if key in strict_yaml.parse(file.text).content]
