"""The import file: what a former system left behind, and what of it is kept as it was found.

`lunora adopt` writes it, one entry a destination; the program takes over by it. While an entry is
there, its destination keeps the names, group and role it was found with, and its channel's
settings as long as the file says nothing else than it said then: none of these can change without
an interruption. An entry that is removed makes its destination one like all others.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from catalog.model import DestinationSpec, Retry
from catalog.presets import Encoding
from catalog.strict_model import StrictModel


class ImportFileError(Exception):
    """The import file cannot be used; the text is one sentence for a person."""


class AdoptedChannel(StrictModel):
    """A channel as it was found.

    Attributes:
        id: decimal id.
        name: its name, which only an idle channel can change.
        role_arn: the role it runs under.
        destination: id of its one destination.
        urls: of that destination in the order of the pipelines, as they are written there.
        output_group: name of its one output group, by which CloudWatch knows it.
    """

    id: str
    name: str
    role_arn: str | None
    destination: str
    urls: tuple[str, ...]
    output_group: str


class AdoptedInput(StrictModel):
    """A push input as it was found.

    Attributes:
        id: decimal id.
        name: its name, which it can change only while its channel is idle.
        security_group_ids: its input security groups; likewise.
    """

    id: str
    name: str
    security_group_ids: tuple[str, ...]


class AdoptedOutput(StrictModel):
    """A flow output as it was found.

    Attributes:
        arn: its ARN.
        name: its name, which never changes.
        protocol: how it sends.
        description: free text.
    """

    arn: str
    name: str
    protocol: Literal["rtp", "rtp-fec"]
    description: str


class SpecSnapshot(StrictModel):
    """What the destination file said when it was written.

    Attributes:
        flow: the flow that feeds it.
        redundancy: how many pipelines.
        ingests: where they send.
        encoding: how, the preset with its overrides.
        retry: what happens when the platform is not reached.
    """

    flow: str
    redundancy: Literal["single", "standard"]
    ingests: tuple[str, ...]
    encoding: Encoding
    retry: Retry

    @classmethod
    def by(cls, spec: DestinationSpec) -> SpecSnapshot:
        """Return what *spec* says."""
        return cls(
            flow=spec.flow,
            redundancy=spec.redundancy,
            ingests=spec.ingests,
            encoding=spec.effective_encoding,
            retry=spec.retry,
        )


class ManifestEntry(StrictModel):
    """One entry of the import file.

    Attributes:
        channel: its channel.
        input: the input attached to it.
        outputs: what sends to the input, one a pipeline.
        said: what its file said of all this.
        give_back: whether all of it stays in AWS, as it is, when its file goes.
    """

    channel: AdoptedChannel
    input: AdoptedInput
    outputs: tuple[AdoptedOutput, ...]
    said: SpecSnapshot
    give_back: bool = False

    def describes(self, spec: DestinationSpec) -> bool:
        """Tell whether *spec* still asks for what was found."""
        return SpecSnapshot.by(spec) == self.said

    def refusal(self, spec: DestinationSpec) -> str | None:
        """Say what of *spec* would replace what was found; None when nothing would."""
        asked = {"route": spec.route, "flow": spec.flows, "redundancy": spec.redundancy}
        kept = {
            "route": "channel",
            "flow": (self.said.flow,),
            "redundancy": self.said.redundancy,
        }
        changed = next((key for key, value in asked.items() if value != kept[key]), None)
        if changed is None:
            return None
        return (
            f"{spec.name} is kept as it was adopted, so its {changed} cannot change; remove its"
            " entry from the import file first (docs/how-to/adopt.md)"
        )

    def destinations(self, stream_key: str) -> list[dict[str, Any]]:
        """Return where its channel sends, as it was found but with *stream_key*."""
        settings = [{"Url": url, "StreamName": stream_key} for url in self.channel.urls]
        return [{"Id": self.channel.destination, "Settings": settings}]


_ENTRIES = TypeAdapter(dict[str, ManifestEntry])


def path(folder: Path, stack: str) -> Path:
    """Return the import file of *stack* in the project's *folder*."""
    return folder / f"adopted.{stack}.json"


def load(file: Path) -> Mapping[str, ManifestEntry]:
    """Return the entries of *file* by the name of the destination; none where there is no file.

    Raises:
        BadImportFile: when it cannot be read, or is not as `lunora adopt` writes it.
    """
    try:
        return _ENTRIES.validate_json(file.read_bytes())
    except FileNotFoundError:
        return {}
    except OSError:
        raise ImportFileError(f"{file} cannot be read; check its permissions") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise ImportFileError(
            f"{file} is not as `lunora adopt` writes it: {place or 'all of it'}: {first['msg']};"
            " take it from version control"
        ) from None


def text(entries: Mapping[str, ManifestEntry]) -> str:
    """Return the text of the import file with *entries*."""
    return _ENTRIES.dump_json(dict(sorted(entries.items())), indent=2).decode() + "\n"
