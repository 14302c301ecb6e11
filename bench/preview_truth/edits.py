"""Random edits of one round: files, settings of the stack, operators, and hands in AWS."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.hand_edits import EDITS, Hand
from bench.soak.edits import CHANGES, Change, Edit, draw
from bench.soak.files import Document, Files, new_key
from bench.soak.recorder import PREFIX
from catalog.permissions import trust_policy
from tests.support.workspace import PROJECT, Workspace

_FILE_EDITS = (2, 4, 8, 16)
_ROLES = ("lunora-channels-a", "lunora-channels-b")
_VENUES = "venues"
_SENT = ("Destination", "Port", "Transport", "Encryption")


@dataclass
class Stage:
    """A stack and its files.

    Attributes:
        adopted: first names of adopted destinations.
        known: first names of the destinations of the last run, by name.
        direct: first names of those that a flow sent itself.
    """

    workspace: Workspace
    files: Files
    rng: random.Random
    adopted: frozenset[str] = frozenset()
    known: dict[str, str] = field(default_factory=dict)
    direct: frozenset[str] = frozenset()

    def ran(self) -> None:
        """Note what a run deployed."""
        self.known = self.origins
        self.direct = frozenset(
            origin
            for name, origin in self.origins.items()
            if self.files.documents[name].get("route") == "flow"
        )

    def draw(self) -> list[str]:
        """Make the edits of a round; return them in words."""
        edits = [*self._files()]
        if self.rng.random() < 1 / 2:
            edits.append(self._setting())
        if self.rng.random() < 1 / 2 and (by_hand := self._by_hand()):
            edits.append(by_hand)
        return edits

    def undo(self, files: Files) -> None:
        """Take the edits of files back; settings, and what hands did in AWS, stay."""
        self.files = files
        self.files.write(self.workspace.destinations)

    @property
    def origins(self) -> dict[str, str]:
        """First names of destinations, by present name."""
        return {name: self.files.origin(name) for name in self.files.documents}

    @property
    def channel_states(self) -> dict[str, str]:
        """MediaLive's word for the state of each channel, by first name of the destination."""
        listed = self.workspace.client("medialive").list_channels()["Channels"]
        names = {
            f"{PREFIX}{origin}{end}": origin
            for origin in {*self.origins.values(), *self.known.values(), *self.adopted}
            for end in ("", "-channel")
        }
        return {names[channel["Name"]]: channel["State"] for channel in listed}

    def on_air(self) -> set[str]:
        """Return the first names of the destinations that are on air."""
        running = {origin for origin, state in self.channel_states.items() if state == "RUNNING"}
        outputs = self.sending()
        return running | {origin for origin in self.direct if origin in outputs}

    def sending(self) -> dict[str, dict[str, Any]]:
        """Return the settings of the enabled flow outputs, by first name of the destination."""
        return {
            output["Name"].removeprefix(PREFIX): {member: output.get(member) for member in _SENT}
            for output in self.workspace.flow_outputs()
            if output["OutputStatus"] == "ENABLED"
        }

    def _files(self) -> list[str]:
        before, folder = self.files, self.workspace.destinations
        count = self.rng.choice(_FILE_EDITS)
        self.files, edits = draw(
            before, folder, self.rng, count, allowed=self._is_allowed, changes=_EDITS
        )
        self.workspace.set_keys(self.files.changed_keys(before))
        return [f"{made.kind} of {made.origin}" for made in edits]

    def _is_allowed(self, made: Edit) -> bool:
        # The stack does not have the stream key of an adopted destination.
        return made.kind != "key" or made.origin not in self.adopted

    def _setting(self) -> str:
        name = self.rng.choice(sorted(_SETTINGS))
        _SETTINGS[name](self)
        return f"setting {name}"

    def _by_hand(self) -> str:
        states = self.channel_states
        origins = sorted(
            origin
            for name, origin in self.origins.items()
            if origin not in self.adopted
            and self.files.documents[name].get("flow", "main") == "main"
            and states.get(origin) == "RUNNING"
        )
        if not origins:
            return ""
        origin = self.rng.choice(origins)
        if self.rng.random() < 1 / 3:
            (name,) = (name for name, first in self.origins.items() if first == origin)
            run = self.workspace.lunora("stop", name, "--yes")
            return f"operator stops {origin}" if not run.code else ""
        kind = self.rng.choice(sorted(EDITS))
        EDITS[kind](Hand(self.workspace, origin))
        return f"{kind}, of {origin}"

    def set(self, path: str, value: str) -> None:
        """Set a setting of the stack."""
        words = ("config", "set", "--path", f"{PROJECT}:{path}", value)
        run = self.workspace.pulumi(*words)
        if run.code:
            raise RuntimeError(run.text)

    def make_roles(self) -> None:
        """Create the roles that channels may be given."""
        iam = self.workspace.client("iam")
        for name in _ROLES:
            iam.create_role(
                RoleName=name, AssumeRolePolicyDocument=json.dumps(trust_policy("medialive"))
            )


def _is_sent_by_flow(document: Document) -> bool:
    return document["platform"] == "custom" and document.get("route") == "flow"


def _is_over(scheme: str) -> Callable[[Document], bool]:
    return lambda document: document.get("url", "").startswith(f"{scheme}://")


def _protected(document: Document, rng: random.Random) -> None:
    del rng
    document["protected"] = not document.get("protected", False)


def _expires(document: Document, rng: random.Random) -> None:
    if document.pop("expires", None) is None:
        document["expires"] = rng.choice(("2026-01-31", "2099-12-31"))


def _transport(document: Document, rng: random.Random) -> None:
    for key in ("srt", "rtp", "stream_key"):
        document.pop(key, None)
    urls = ("srt://203.0.113.{}:9000", "rtp://203.0.113.{}:5000", "rtmps://host-{}.example.org/app")
    document["url"] = rng.choice(urls).format(rng.randrange(1, 255))


def _srt(document: Document, rng: random.Random) -> None:
    settings = document.setdefault("srt", {})
    match rng.randrange(3):
        case 0:
            settings["latency_ms"] = rng.randrange(100, 10_000, 100)
        case 1 if settings.pop("passphrase", None) is None:
            settings["passphrase"] = {"config": _VENUES}
        case 2 if document.pop("stream_key", None) is None:
            document["stream_key"] = {}


def _rtp(document: Document, rng: random.Random) -> None:
    settings = document.setdefault("rtp", {})
    if rng.random() < 1 / 2:
        settings["fec"] = not settings.get("fec", False)
    else:
        settings["smoothing_ms"] = rng.randrange(100, 1000, 100)


_EDITS: Mapping[str, Change] = {
    **CHANGES,
    "protected": (1, bool, _protected),
    "expires": (2, bool, _expires),
    "transport": (4, _is_sent_by_flow, _transport),
    "srt": (8, _is_over("srt"), _srt),
    "rtp": (4, _is_over("rtp"), _rtp),
}


def _passphrase(stage: Stage) -> None:
    words = ("--secret", "--path", f"{PROJECT}:passphrases.{_VENUES}")
    run = stage.workspace.pulumi("config", "set", *words, stdin=new_key(stage.rng))
    if run.code:
        raise RuntimeError(run.text)


def _role(stage: Stage) -> None:
    name = stage.rng.choice(_ROLES)
    stage.set("mediaLiveRoleArn", f"arn:aws:iam::123456789012:role/{name}")


def _emails(stage: Stage) -> None:
    stage.set("alertEmails[0]", f"desk-{stage.rng.randrange(5)}@example.org")


def _source(stage: Stage) -> None:
    stage.set("flows.main.source.mbps", str(stage.rng.choice((8, 15, 30))))


def _codec(stage: Stage) -> None:
    stage.set("flows.main.source.codec", stage.rng.choice(("AVC", "HEVC")))


def _api(stage: Stage) -> None:
    stage.set("api.enabled", stage.rng.choice(("true", "false")))


def _budget(stage: Stage) -> None:
    stage.set("monthlyBudgetUsd", str(stage.rng.randrange(50_000, 90_000)))
    stage.set("budgetMail", "true")


_SETTINGS: Mapping[str, Callable[[Stage], None]] = {
    "alertEmails": _emails,
    "api": _api,
    "budgetMail": _budget,
    "flow codec": _codec,
    "flow mbps": _source,
    "mediaLiveRoleArn": _role,
    "passphrases": _passphrase,
}
