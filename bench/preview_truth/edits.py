"""Random edits of one round: files, settings of the stack, operators, and hands in AWS."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bench.hand_edits import EDITS, Hand
from bench.soak.edits import Edit, edit
from bench.soak.files import Files
from catalog.diagnostics import DestinationValidationError
from tests.support.workspace import PROJECT, STACK, Workspace

_NAME = f"{PROJECT}-{STACK}-{{}}"
_FILE_EDITS = (2, 3, 4, 5)
_DRAWS = 60
_ROLES = ("lunora-channels-a", "lunora-channels-b")
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "medialive.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


@dataclass
class Stage:
    """A stack and its files.

    Attributes:
        kept: first names of adopted destinations.
        known: first names of the destinations of the last run, by name.
        refused: whether the last preview was refused.
    """

    workspace: Workspace
    files: Files
    rng: random.Random
    kept: frozenset[str] = frozenset()
    known: dict[str, str] = field(default_factory=dict)
    refused: bool = False

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
            _NAME.format(origin) + end: origin
            for origin in {*self.origins.values(), *self.known.values(), *self.kept}
            for end in ("", "-channel")
        }
        return {names[channel["Name"]]: channel["State"] for channel in listed}

    def on_air(self) -> set[str]:
        """Return the first names of the destinations that are on air."""
        running = {origin for origin, state in self.channel_states.items() if state == "RUNNING"}
        outputs = self.workspace.outputs()
        direct = {
            origin
            for name, origin in self.origins.items()
            if self.files.documents[name].get("route") == "flow"
            and outputs.get(_NAME.format(origin)) == "ENABLED"
        }
        return running | direct

    def _files(self) -> list[str]:
        before, done = self.files.copied(), list[Edit]()
        for _ in range(_DRAWS):
            drafted = self.files.copied()
            made = edit(drafted, self.rng)
            if made is None or made.origin in {earlier.origin for earlier in done}:
                continue
            if made.origin in self.kept and made.kind == "key":
                continue
            try:
                drafted.specs(self.workspace.destinations)
            except DestinationValidationError:
                continue
            self.files = drafted
            done.append(made)
            if len(done) == self.rng.choice(_FILE_EDITS):
                break
        self.files.write(self.workspace.destinations)
        keys = {name: key for name, key in self.files.keys.items() if before.keys.get(name) != key}
        self.workspace.set_keys(keys)
        return [f"{made.kind} of {made.origin}" for made in done]

    def _setting(self) -> str:
        name = self.rng.choice(sorted(_SETTINGS))
        _SETTINGS[name](self)
        return f"setting {name}"

    def _by_hand(self) -> str:
        states = self.channel_states
        origins = sorted(
            origin
            for name, origin in self.origins.items()
            if origin not in self.kept
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
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(_TRUST))


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
}
