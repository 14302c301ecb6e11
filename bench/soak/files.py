"""The destination files of the month, drawn and edited at random: one edit of a file at a time."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from catalog.diagnostics import DestinationValidationError
from catalog.loader import load
from catalog.model import DestinationSpec

Document = dict[str, Any]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ZONES = ("America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata", "UTC")
PRESETS = ("480p30", "720p30", "720p60", "1080p30", "1080p60")
PLATFORMS = ("youtube", "twitch", "restream", "facebook", "custom")
VENUES = "venues"
"""The stack's passphrase that SRT destinations may have."""

_INGESTS = ("srt://203.0.113.{}:9000", "rtp://203.0.113.{}:5000", "rtmps://host-{}.example.org/app")
# Of the past and of the future: the program has the machine's date.
_LAST_DAYS = ("2026-01-31", "2099-12-31")

# By kind, how often it happens beside the others, about as in a team that runs events.
_KINDS = {"add": 3, "remove": 3, "rename": 3, "key": 3, "preset": 4, "encoding": 2, "retry": 1}
_KINDS |= {"words": 4, "state": 3, "schedule": 4, "url": 2, "redundancy": 4}
_KINDS |= {"backup flow": 2, "route": 4, "protected": 1, "expires": 2}
_KINDS |= {"transport": 4, "srt": 8, "rtp": 4}
_OF_CHANNELS = ("preset", "encoding", "retry", "schedule", "redundancy", "flow")

# One edit does not fit the random file, or makes it wrong; so often another one is drawn.
_DRAWS = 40


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: its kind, for example `preset`, and the first name of its file."""

    kind: str
    origin: str


@dataclass
class Files:
    """The files of the folder, by name without suffix; and the stack's stream keys.

    Attributes:
        documents: the files.
        keys: stream keys by the name that the stack keeps them under.
        made: how many names were given out.
    """

    documents: dict[str, Document] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    made: int = 0

    def add(self, document: Document, rng: random.Random) -> str:
        """Add a file with a name and a key of its own; returns the name."""
        name = self._name(document)
        self.keys[name] = new_key(rng)
        return name

    def rename(self, name: str) -> None:
        """Give a file another name."""
        document = self.documents.pop(name)
        document["previous_names"] = [*document.get("previous_names", []), name]
        self._name(document)

    def _name(self, document: Document) -> str:
        self.made += 1
        name = f"show-{self.made:02}"
        self.documents[name] = document
        return name

    @property
    def origins(self) -> dict[str, str]:
        """The first names of the files, by present name."""
        return {name: self.origin(name) for name in self.documents}

    def origin(self, name: str) -> str:
        """Return the first name of a file, which its things in AWS keep."""
        earlier: list[str] = self.documents[name].get("previous_names", [])
        return earlier[0] if earlier else name

    def copied(self) -> Files:
        """Return a copy that can be changed and thrown away."""
        return copy.deepcopy(self)

    def changed_keys(self, before: Files) -> dict[str, str]:
        """Return the stream keys that *before* did not have."""
        return {name: key for name, key in self.keys.items() if before.keys.get(name) != key}

    def write(self, folder: Path) -> None:
        """Make *folder* hold these files and no other."""
        for path in folder.glob("*.yaml"):
            path.unlink()
        for name, document in self.documents.items():
            text = yaml.safe_dump(document, sort_keys=False)
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")

    def specs(self, folder: Path) -> dict[str, DestinationSpec]:
        """Write them and return what they declare, by origin.

        Raises:
            DestinationValidationError: when they are wrong.
        """
        self.write(folder)
        return {spec.original_name: spec for spec in load(folder).specs}


def chance(seed: int) -> random.Random:
    """Return what decides, the same for the same *seed*."""
    return random.Random(seed)  # noqa: S311 - repeatable on purpose


def new_key(rng: random.Random) -> str:
    """Return a random stream key."""
    return f"sk-{rng.getrandbits(96):024x}"


def begin(destinations: int, rng: random.Random) -> Files:
    """Return what the month begins with; the first few have one of each kind."""
    files = Files()
    files.add({"platform": "youtube", "preset": "1080p30", "redundancy": "standard"}, rng)
    passed_on = {"platform": "custom", "route": "flow", "url": "rtmps://take.example.org/app"}
    files.add(passed_on, rng)
    files.add({"platform": "restream", "preset": "720p30", "flow": ["main", "backup"]}, rng)
    files.add({**passed_on, "url": _INGESTS[0].format(9)}, rng)
    while len(files.documents) < destinations:
        document = _new_document(rng)
        if len(files.documents) % 3 == 0:
            document["schedule"] = _schedule(rng)
        if len(files.documents) % 7 == 0:
            document["state"] = "stopped"
        files.add(document, rng)
    return files


def draw(
    files: Files,
    folder: Path,
    rng: random.Random,
    count: int,
    allowed: Callable[[Edit], bool] = lambda _: True,
) -> tuple[Files, list[Edit]]:
    """Return *files* with valid edits of *count* destinations, and the edits; fewer if none fit.

    Args:
        files: the files before.
        folder: where drafts are written and validated.
        rng: decides.
        count: how many edits.
        allowed: returns whether an edit may be made.
    """
    edits = list[Edit]()
    for _ in range(_DRAWS):
        drafted = files.copied()
        made = edit(drafted, rng)
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


def edit(files: Files, rng: random.Random) -> Edit | None:
    """Make a random edit to *files*; None where it does not fit the random file."""
    (kind,) = rng.choices(list(_KINDS), list(_KINDS.values()))
    if kind == "add":
        return Edit(kind, files.add(_new_document(rng), rng))
    name = rng.choice(sorted(files.documents))
    origin, document = files.origin(name), files.documents[name]
    if kind == "key":
        files.keys[origin] = new_key(rng)
    elif kind == "rename":
        files.rename(name)
    elif kind == "remove" and not document.get("protected"):
        del files.documents[name]
    else:
        changes = _changes(document, rng)
        if kind not in changes:
            return None
        changed = {**document, **changes[kind]}
        files.documents[name] = {key: value for key, value in changed.items() if value is not None}
    return Edit(kind, origin)


def _schedule(rng: random.Random) -> Document:
    """Return a schedule; none of its times is one that a clock jumps over."""
    start = rng.randrange(6 * 60, 20 * 60, 30)
    stop = (start + rng.randrange(2 * 60, 9 * 60, 30)) % (24 * 60)
    days = sorted(rng.sample(DAYS, rng.randint(2, 7)), key=DAYS.index)
    start_clock, stop_clock = (f"{time // 60:02}:{time % 60:02}" for time in (start, stop))
    window = {"days": days, "start": start_clock, "stop": stop_clock}
    return {"timezone": rng.choice(ZONES), "windows": [window]}


def _new_document(rng: random.Random) -> Document:
    """Return a destination of a platform of chance."""
    platform = rng.choice(PLATFORMS)
    preset = "720p30" if platform == "facebook" else rng.choice(PRESETS)
    document = {"platform": platform, "preset": preset}
    return document | (_url(rng.choice(("rtmp", "rtmps")), rng) if platform == "custom" else {})


def _url(scheme: str, rng: random.Random) -> Document:
    return {"url": f"{scheme}://ingest-{rng.randrange(1000)}.example.org/app"}


def _changes(document: Document, rng: random.Random) -> dict[str, Document]:
    """Return all random changes that fit a file, by kind: its new keys, None for those that go."""
    scheme = document.get("url", "").partition(":")[0]
    is_running, is_single = document.get("state") != "stopped", "redundancy" not in document
    changes: dict[str, Document] = {
        "words": {
            "description": f"edition {rng.randrange(10_000)}",
            "tags": {"event": rng.choice(("launch", "finals", "weekly"))},
            "owner": rng.choice(("sport", "news", "music")),
        },
        "state": {"state": "stopped" if is_running else "running"},
        "protected": {"protected": not document.get("protected", False)},
        "expires": {"expires": None if "expires" in document else rng.choice(_LAST_DAYS)},
    }
    if "preset" in document:
        attempts, interval = rng.randint(5, 60), rng.randint(1, 20)
        is_scheduled = "schedule" in document and rng.random() < 1 / 3
        changes |= {
            "preset": {
                "preset": rng.choice([name for name in PRESETS if name != document["preset"]])
            },
            "encoding": {"encoding": {"bitrate_kbps": rng.randrange(1500, 4000, 100)}},
            "retry": {"retry": {"attempts": attempts, "interval_seconds": interval}},
            "schedule": {"schedule": None if is_scheduled else _schedule(rng)},
            "backup flow": {"flow": None if "flow" in document else ["main", "backup"]},
        }
    if document["platform"] == "youtube":
        changes["redundancy"] = {"redundancy": "standard" if is_single else None}
    if scheme in {"rtmp", "rtmps"}:
        changes["url"] = _url(scheme, rng)
    if "route" in document:
        url = rng.choice(_INGESTS).format(rng.randrange(1, 255))
        changes["transport"] = {"url": url, "srt": None, "rtp": None, "stream_key": None}
    if scheme == "srt":
        passphrase = rng.choice(({}, {"passphrase": {"config": VENUES}}))
        settings = {"latency_ms": rng.randrange(100, 10_000, 100), **passphrase}
        changes["srt"] = {"srt": settings, "stream_key": rng.choice((None, {}))}
    if scheme == "rtp":
        fec = document.get("rtp", {}).get("fec", False)
        changes["rtp"] = {"rtp": {"fec": not fec, "smoothing_ms": rng.randrange(100, 1000, 100)}}
    if scheme == "rtmps" and "route" in document:
        changes["route"] = {"route": None, "preset": rng.choice(PRESETS)}
    elif scheme == "rtmps":
        changes["route"] = {**dict.fromkeys(_OF_CHANNELS), "route": "flow"}
    return changes
