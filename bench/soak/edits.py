"""Edits of the files at random: one edit of one file at a time."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.soak.files import PRESETS, Document, Files, new_document, new_key, schedule
from catalog.diagnostics import DestinationValidationError

# One edit does not fit the random file, or makes it wrong; so often another one is drawn.
_DRAWS = 40


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: its kind, for example `preset`, and the first name of its file."""

    kind: str
    origin: str


def _has_channel(document: Document) -> bool:
    return "preset" in document


def _is_custom(document: Document) -> bool:
    return bool(document["platform"] == "custom")


def _preset(document: Document, rng: random.Random) -> None:
    document["preset"] = rng.choice([name for name in PRESETS if name != document["preset"]])


def _encoding(document: Document, rng: random.Random) -> None:
    document["encoding"] = {"bitrate_kbps": rng.randrange(1500, 4000, 100)}


def _retry(document: Document, rng: random.Random) -> None:
    document["retry"] = {"attempts": rng.randint(5, 60), "interval_seconds": rng.randint(1, 20)}


def _words(document: Document, rng: random.Random) -> None:
    document["description"] = f"edition {rng.randrange(10_000)}"
    document["tags"] = {"event": rng.choice(("launch", "finals", "weekly"))}
    document["owner"] = rng.choice(("sport", "news", "music"))


def _state(document: Document, rng: random.Random) -> None:
    del rng
    document["state"] = "running" if document.get("state") == "stopped" else "stopped"


def _schedule(document: Document, rng: random.Random) -> None:
    if "schedule" in document and rng.random() < 1 / 3:
        del document["schedule"]
    else:
        document["schedule"] = schedule(rng)


def _url(document: Document, rng: random.Random) -> None:
    scheme = document["url"].partition(":")[0]
    document["url"] = f"{scheme}://ingest-{rng.randrange(1000)}.example.org/app"


def _redundancy(document: Document, rng: random.Random) -> None:
    del rng
    single = document.get("redundancy", "single") == "single"
    document["redundancy"] = "standard" if single else "single"


def _backup_flow(document: Document, rng: random.Random) -> None:
    del rng
    document["flow"] = ["main", "backup"] if document.get("flow", "main") == "main" else "main"


def _route(document: Document, rng: random.Random) -> None:
    if document.pop("route", None) is None:
        for key in ("preset", "encoding", "retry", "schedule", "redundancy", "flow"):
            document.pop(key, None)
        document["route"] = "flow"
    else:
        document["preset"] = rng.choice(PRESETS)


Change = tuple[int, Callable[[Document], bool], Callable[[Document, random.Random], None]]

# By kind: how often it happens beside the others, about as in a team that runs events; the files
# that it fits; the change.
CHANGES: Mapping[str, Change] = {
    "preset": (4, _has_channel, _preset),
    "encoding": (2, _has_channel, _encoding),
    "retry": (1, _has_channel, _retry),
    "words": (4, bool, _words),
    "state": (3, bool, _state),
    "schedule": (4, _has_channel, _schedule),
    "url": (2, _is_custom, _url),
    "redundancy": (4, lambda document: document["platform"] == "youtube", _redundancy),
    "backup flow": (2, _has_channel, _backup_flow),
    "route": (4, lambda document: document.get("url", "").startswith("rtmps"), _route),
}
_WHOLE = {"add": 3, "remove": 3, "rename": 3, "key": 3}


def edit(files: Files, rng: random.Random, changes: Mapping[str, Change] = CHANGES) -> Edit | None:
    """Make a random edit to *files*; None where it does not fit the random file."""
    weights = {**{kind: weight for kind, (weight, *_) in changes.items()}, **_WHOLE}
    (kind,) = rng.choices(list(weights), list(weights.values()))
    if kind == "add":
        return Edit(kind, files.add(new_document(rng), rng))
    name = rng.choice(sorted(files.documents))
    origin = files.origin(name)
    if kind in changes:
        _, fits, change = changes[kind]
        if not fits(files.documents[name]):
            return None
        change(files.documents[name], rng)
    elif kind == "key":
        files.keys[origin] = new_key(rng)
    else:
        document = files.documents.pop(name)
        if kind == "rename":
            document["previous_names"] = [*document.get("previous_names", []), name]
            files.made += 1
            files.documents[f"show-{files.made:02}"] = document
    return Edit(kind, origin)


def draw(  # noqa: PLR0913 - what a draw is made from
    files: Files,
    folder: Path,
    rng: random.Random,
    count: int,
    *,
    allowed: Callable[[Edit], bool] = lambda _: True,
    changes: Mapping[str, Change] = CHANGES,
) -> tuple[Files, list[Edit]]:
    """Return *files* with valid edits of *count* destinations, and the edits; fewer if none fit.

    Args:
        files: the files before.
        folder: where drafts are written and validated.
        rng: decides.
        count: how many edits.
        allowed: tells whether an edit may be made.
        changes: by kind, for edits of one file.
    """
    edits = list[Edit]()
    for _ in range(_DRAWS):
        drafted = files.copied()
        made = edit(drafted, rng, changes)
        if made is None or not allowed(made) or made.origin in {each.origin for each in edits}:
            continue
        try:
            drafted.specs(folder)
        except DestinationValidationError:
            continue
        files = drafted
        edits.append(made)
        if len(edits) == count:
            break
    files.write(folder)
    return files, edits
