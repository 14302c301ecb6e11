"""The destination files of the month, as documents that edits change."""

from __future__ import annotations

import copy
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from catalog.loader import load
from catalog.model import DestinationSpec

Document = dict[str, Any]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ZONES = ("America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata", "UTC")
PRESETS = ("480p30", "720p30", "720p60", "1080p30", "1080p60")


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
        self.made += 1
        name = f"show-{self.made:02}"
        self.documents[name] = document
        self.keys[name] = new_key(rng)
        return name

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
            InvalidDestinations: when they are wrong.
        """
        self.write(folder)
        return {spec.original_name: spec for spec in load(folder).specs}


def chance(seed: int) -> random.Random:
    """Return what decides, the same for the same *seed*."""
    return random.Random(seed)  # noqa: S311 - repeatable on purpose


def new_key(rng: random.Random) -> str:
    """Return a made-up stream key."""
    return f"sk-{rng.getrandbits(96):024x}"


def schedule(rng: random.Random) -> Document:
    """Return a schedule; none of its times is one that a clock jumps over."""
    start = rng.randrange(6 * 60, 20 * 60, 30)
    stop = (start + rng.randrange(2 * 60, 9 * 60, 30)) % (24 * 60)
    days = sorted(rng.sample(DAYS, rng.randint(2, 7)), key=DAYS.index)
    window = {"days": days, "start": _clock(start), "stop": _clock(min(stop, 25 * 60))}
    return {"timezone": rng.choice(ZONES), "windows": [window]}


def new_document(rng: random.Random) -> Document:
    """Return a destination of a platform of chance."""
    platform = rng.choice(("youtube", "twitch", "restream", "facebook", "custom"))
    document: Document = {"platform": platform, "preset": rng.choice(PRESETS)}
    if platform == "custom":
        scheme = rng.choice(("rtmp", "rtmps"))
        document["url"] = f"{scheme}://ingest-{rng.randrange(1000)}.example.org/app"
    if platform == "facebook":
        document["preset"] = "720p30"
    return document


def begin(destinations: int, rng: random.Random) -> Files:
    """Return what the month begins with; the first few have one of each kind."""
    files = Files()
    files.add({"platform": "youtube", "preset": "1080p30", "redundancy": "standard"}, rng)
    passed_on = {"platform": "custom", "route": "flow", "url": "rtmps://take.example.org/app"}
    files.add(passed_on, rng)
    files.add({"platform": "restream", "preset": "720p30", "flow": ["main", "backup"]}, rng)
    while len(files.documents) < destinations:
        document = new_document(rng)
        if len(files.documents) % 3 == 0:
            document["schedule"] = schedule(rng)
        if len(files.documents) % 7 == 0:
            document["state"] = "stopped"
        files.add(document, rng)
    return files


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
