"""The import file: the resources of a former system that `lunora adopt` takes over.

It has one entry per adopted destination. An adopted destination keeps its names, group and role,
and the settings of its channel until its file changes, because any of these changes interrupts the
stream. Without its entry, a destination is managed like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from catalog import output_groups, plain_file
from catalog.audio import Audio
from catalog.errors import Location, LunoraError
from catalog.flow_source import FlowSource
from catalog.input_loss import InputLoss
from catalog.maintenance import MaintenanceWindow
from catalog.model import DestinationSpec, Retry
from catalog.picture import Picture
from catalog.presets import Encoding
from catalog.recording import Recording
from catalog.strict_model import StrictModel


class ImportFileError(LunoraError):
    """An import file that cannot be read, or that `lunora adopt` did not write."""

    def __init__(self, file: Path, message: str, remedy: str) -> None:
        super().__init__("LUN150", message, remedy=remedy, where=Location(file))


class BilledSettings(StrictModel):
    """Billed settings of an adopted channel, as long as it keeps its own.

    Attributes:
        source: its input specification; the bitrate is the upper limit of its class.
        encoding: what it encodes.
    """

    source: FlowSource
    encoding: Encoding


class AdoptedChannel(StrictModel):
    """An adopted channel.

    Attributes:
        id: decimal id.
        name: its name, which only an idle channel can change.
        role_arn: the role it runs under.
        destination: id of its one destination.
        urls: of that destination in the order of the pipelines, in their original spelling.
        output_group: name of its one output group, a dimension of its metrics.
        settings: the members of CreateChannel that an edit of its file changes, as they were found;
            empty where it was adopted before they were recorded.
        billed: what it is billed by; None where it was adopted before this was recorded.
    """

    id: str
    name: str
    role_arn: str | None
    destination: str
    urls: tuple[str, ...]
    output_group: str
    settings: dict[str, Any] = Field(default_factory=dict)
    billed: BilledSettings | None = None


class AdoptedInput(StrictModel):
    """An adopted push input.

    Attributes:
        id: decimal id.
        name: its name, which only the input of an idle channel can change.
        security_group_ids: its input security groups, also fixed while its channel runs.
    """

    id: str
    name: str
    security_group_ids: tuple[str, ...]


class AdoptedOutput(StrictModel):
    """An adopted flow output.

    Attributes:
        arn: its ARN.
        name: its name, which never changes.
        protocol: its protocol.
        description: free text.
    """

    arn: str
    name: str
    protocol: Literal["rtp", "rtp-fec"]
    description: str


class SpecSnapshot(StrictModel):
    """The settings of the destination file at the time of the adoption.

    Attributes:
        flow: the flow that feeds it.
        redundancy: one pipeline or two.
        ingests: the ingest of each pipeline.
        encoding: the preset with its overrides.
        retry: the reconnections to the platform.
        audio: the sound.
        on_input_loss: what is sent without a source.
        picture: what the picture shows of its source.
        record: the recording, which an adopted channel has only by an edit.
    """

    flow: str
    redundancy: Literal["single", "standard"]
    ingests: tuple[str, ...]
    encoding: Encoding
    retry: Retry
    audio: Audio = Audio()
    on_input_loss: InputLoss | None = None
    picture: Picture = Picture()
    record: Recording | None = None

    @classmethod
    def of(cls, spec: DestinationSpec) -> SpecSnapshot:
        """Return the snapshot of *spec*."""
        return cls(
            flow=spec.flow,
            redundancy=spec.redundancy,
            ingests=spec.ingests,
            encoding=spec.effective_encoding,
            retry=spec.retry,
            audio=spec.audio,
            on_input_loss=spec.on_input_loss,
            picture=spec.picture,
            record=spec.record,
        )


class ManifestEntry(StrictModel):
    """One entry of the import file.

    Attributes:
        channel: its channel.
        input: the input attached to it.
        outputs: the flow outputs that send to the input, one per pipeline.
        snapshot: the settings of its file at the time of the adoption; `said` in the file.
        give_back: whether its resources stay in AWS when its file is removed.
    """

    model_config = ConfigDict(populate_by_name=True)

    channel: AdoptedChannel
    input: AdoptedInput
    outputs: tuple[AdoptedOutput, ...]
    snapshot: SpecSnapshot = Field(alias="said")
    give_back: bool = False

    def describes(self, spec: DestinationSpec) -> bool:
        """Return whether *spec* is as it was at the time of the adoption."""
        added = spec.authentication is not None or bool(spec.medialive)
        is_same = spec.has_known_encoding and SpecSnapshot.of(spec) == self.snapshot
        return is_same and not added

    def billed(self, spec: DestinationSpec) -> BilledSettings | None:
        """Return what the channel of *spec* is billed by; None where its file decides."""
        return self.channel.billed if self.describes(spec) else None

    def refusal(self, spec: DestinationSpec) -> LunoraError | None:
        """Return the error of a change in *spec* that replaces adopted resources; None without."""
        declared = {
            "route": spec.route,
            "flow": spec.flows,
            "redundancy": spec.redundancy,
            "input": spec.input_type,
        }
        adopted = {
            "route": "channel",
            "flow": (self.snapshot.flow,),
            "redundancy": self.snapshot.redundancy,
            "input": "push",
        }
        changed = next((key for key, value in declared.items() if value != adopted[key]), None)
        if changed is None:
            return None
        return LunoraError(
            "LUN151",
            f"cannot change the {changed} of {spec.name}: its resources are adopted",
            remedy="remove its entry from the import file first (docs/how-to/adopt.md)",
        )

    def members(self, window: MaintenanceWindow | None) -> dict[str, Any]:
        """Return the members of its channel besides the destinations, while its file is unedited.

        They correspond to `catalog.channel_members`. The *window* is that of the file or the stack.
        """
        maintenance = {"Maintenance": window.members} if window else {}
        return {**self.channel.settings, **maintenance}

    def destinations(self, stream_key: str) -> list[dict[str, Any]]:
        """Return the destinations of its channel as adopted, with *stream_key*."""
        settings = [{"Url": url, "StreamName": stream_key} for url in self.channel.urls]
        return [{"Id": self.channel.destination, "Settings": settings}]


def unedited(entry: ManifestEntry | None, spec: DestinationSpec) -> ManifestEntry | None:
    """Return *entry* while *spec* is as it was at the adoption: the channel keeps its settings."""
    return entry if entry and entry.describes(spec) else None


def output_group(entry: ManifestEntry | None, spec: DestinationSpec) -> str:
    """Return the name of the platform's output group of *spec*; empty where it has none.

    Args:
        entry: of the import file; None for a channel that was not adopted.
        spec: the destination file.
    """
    adopted = unedited(entry, spec)
    return adopted.channel.output_group if adopted else output_groups.group_name(spec)


def maintenance(
    entry: ManifestEntry | None, spec: DestinationSpec, default: MaintenanceWindow | None
) -> MaintenanceWindow | None:
    """Return the declared maintenance window of *spec*; None leaves the one that the channel has.

    The *default* of the stack does not interrupt an adopted channel that keeps its settings.
    """
    return spec.maintenance or (None if unedited(entry, spec) else default)


_ENTRIES = TypeAdapter(dict[str, ManifestEntry])


def path(folder: Path, stack: str) -> Path:
    """Return the import file of *stack* in the project's *folder*."""
    return folder / f"adopted.{stack}.json"


def load(file: Path) -> Mapping[str, ManifestEntry]:
    """Return the entries of *file* by destination; none where there is no file.

    Raises:
        ImportFileError: when it cannot be read, or `lunora adopt` did not write it.
    """
    try:
        return _ENTRIES.validate_json(plain_file.read(file.resolve()))
    except FileNotFoundError:
        return {}
    except OSError:
        raise ImportFileError(file, "cannot be read", "check its permissions") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        message = f"is not an import file: {place or 'all of it'}: {first['msg']}"
        raise ImportFileError(file, message, "restore it from version control") from None


def text(entries: Mapping[str, ManifestEntry]) -> str:
    """Return the text of the import file with *entries*."""
    return (
        _ENTRIES.dump_json(dict(sorted(entries.items())), indent=2, by_alias=True).decode() + "\n"
    )
