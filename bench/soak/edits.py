"""What people do to the files: one edit of one file at a time, of chance."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench.soak.files import PRESETS, Document, Files, new_document, new_key, schedule


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit.

    Attributes:
        kind: for example `preset`.
        origin: first name of the file it was made to.
    """

    kind: str
    origin: str


_Change = Callable[[Document, random.Random], bool]


def _preset(document: Document, rng: random.Random) -> bool:
    if "preset" not in document:
        return False
    document["preset"] = rng.choice([one for one in PRESETS if one != document["preset"]])
    return True


def _encoding(document: Document, rng: random.Random) -> bool:
    if "preset" not in document:
        return False
    document["encoding"] = {"bitrate_kbps": rng.randrange(1500, 4000, 100)}
    return True


def _retry(document: Document, rng: random.Random) -> bool:
    if "preset" not in document:
        return False
    document["retry"] = {"attempts": rng.randint(5, 60), "interval_seconds": rng.randint(1, 20)}
    return True


def _words(document: Document, rng: random.Random) -> bool:
    document["description"] = f"edition {rng.randrange(10_000)}"
    document["tags"] = {"event": rng.choice(("launch", "finals", "weekly"))}
    document["owner"] = rng.choice(("sport", "news", "music"))
    return True


def _state(document: Document, rng: random.Random) -> bool:
    del rng
    document["state"] = "running" if document.get("state") == "stopped" else "stopped"
    return True


def _schedule(document: Document, rng: random.Random) -> bool:
    if "preset" not in document:
        return False
    if "schedule" in document and rng.random() < 1 / 3:
        del document["schedule"]
    else:
        document["schedule"] = schedule(rng)
    return True


def _url(document: Document, rng: random.Random) -> bool:
    if document["platform"] != "custom":
        return False
    scheme = document["url"].partition(":")[0]
    document["url"] = f"{scheme}://ingest-{rng.randrange(1000)}.example.org/app"
    return True


def _redundancy(document: Document, rng: random.Random) -> bool:
    del rng
    if document["platform"] != "youtube":
        return False
    single = document.get("redundancy", "single") == "single"
    document["redundancy"] = "standard" if single else "single"
    return True


def _backup_flow(document: Document, rng: random.Random) -> bool:
    del rng
    if "preset" not in document:
        return False
    document["flow"] = ["main", "backup"] if document.get("flow", "main") == "main" else "main"
    return True


def _route(document: Document, rng: random.Random) -> bool:
    if document["platform"] != "custom" or not document["url"].startswith("rtmps"):
        return False
    if document.pop("route", None) is None:
        for key in ("preset", "encoding", "retry", "schedule", "redundancy", "flow"):
            document.pop(key, None)
        document["route"] = "flow"
    else:
        document["preset"] = rng.choice(PRESETS)
    return True


# How often each happens beside the others: about as a team that runs events does.
_CHANGES: Mapping[str, tuple[int, _Change]] = {
    "preset": (4, _preset),
    "encoding": (2, _encoding),
    "retry": (1, _retry),
    "words": (4, _words),
    "state": (3, _state),
    "schedule": (4, _schedule),
    "url": (2, _url),
    "redundancy": (4, _redundancy),
    "backup flow": (2, _backup_flow),
    "route": (4, _route),
}
_WHOLE = {"add": 3, "remove": 3, "rename": 3, "key": 3}


def edit(files: Files, rng: random.Random) -> Edit | None:
    """Make one edit to *files*; None where the one of chance does not fit the file of chance."""
    weights = {**{kind: weight for kind, (weight, _) in _CHANGES.items()}, **_WHOLE}
    (kind,) = rng.choices(list(weights), list(weights.values()))
    if kind == "add":
        return Edit(kind, files.add(new_document(rng), rng))
    name = rng.choice(sorted(files.documents))
    origin = files.origin(name)
    if kind in _CHANGES:
        return Edit(kind, origin) if _CHANGES[kind][1](files.documents[name], rng) else None
    if kind == "remove":
        del files.documents[name]
    elif kind == "rename":
        _rename(files, name)
    else:
        files.keys[origin] = new_key(rng)
    return Edit(kind, origin)


def _rename(files: Files, name: str) -> None:
    document = files.documents.pop(name)
    document["previous_names"] = [*document.get("previous_names", []), name]
    files.made += 1
    files.documents[f"show-{files.made:02}"] = document
