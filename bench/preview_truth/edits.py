"""Random edits of one round: files, settings of the stack, operators, and hands in AWS."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import Final

from bench.hand_edits import EDITS, Hand
from bench.soak.files import VENUES, Edit, Files, draw
from bench.soak.recorder import PREFIX
from catalog.permissions import trust_policy
from tests.support.workspace import Workspace

_FILE_EDITS = (2, 4, 8, 16)
_ROLES = ("lunora-channels-a", "lunora-channels-b")


@dataclass
class Stage:
    """A stack and its files.

    Attributes:
        adopted: first names of adopted destinations.
        deployed: the files of the last run.
    """

    workspace: Workspace
    files: Files
    rng: random.Random
    adopted: frozenset[str] = frozenset()
    deployed: Files = field(default_factory=Files)

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
        return self.files.origins

    @property
    def removed(self) -> set[str]:
        """First names of the destinations that the next run removes."""
        return {*self.deployed.origins.values()} - {*self.origins.values()}

    @property
    def channel_states(self) -> dict[str, str]:
        """MediaLive's word for the state of each channel, by first name of the destination."""
        listed = self.workspace.client("medialive").list_channels()["Channels"]
        names = {
            f"{PREFIX}{origin}{end}": origin
            for origin in {*self.origins.values(), *self.deployed.origins.values(), *self.adopted}
            for end in ("", "-channel")
        }
        return {names[channel["Name"]]: channel["State"] for channel in listed}

    def on_air(self) -> set[str]:
        """Return the first names of the destinations that are on air."""
        running = {origin for origin, state in self.channel_states.items() if state == "RUNNING"}
        outputs = self.workspace.outputs().items()
        # A channel whose flow output is gone or disabled has nothing to send.
        fed = {name.removeprefix(PREFIX) for name, status in outputs if status == "ENABLED"}
        direct = {
            origin
            for name, origin in self.deployed.origins.items()
            if self.deployed.documents[name].get("route") == "flow"
        }
        return (running & (fed | self.adopted)) | (direct & fed)

    def sending(self) -> dict[str, list[object]]:
        """Return the settings of the enabled flow outputs, by first name of the destination."""
        members = ("Destination", "Port", "Transport", "Encryption")
        return {
            output["Name"].removeprefix(PREFIX): [output.get(member) for member in members]
            for output in self.workspace.flow_outputs()
            if output["OutputStatus"] == "ENABLED"
        }

    def _files(self) -> list[str]:
        before, folder = self.files, self.workspace.destinations
        count = self.rng.choice(_FILE_EDITS)
        self.files, edits = draw(before, folder, self.rng, count, self._is_allowed)
        self.workspace.set_keys(self.files.changed_keys(before))
        return [*(f"{made.kind} of {made.origin}" for made in edits), *self._refused_removal()]

    def _refused_removal(self) -> list[str]:
        deployed = self.deployed.documents.items()
        protected = [
            name
            for name, document in deployed
            if document.get("protected") and name in self.files.documents
        ]
        # It costs the whole round, so that it is drawn seldom.
        if not protected or self.rng.random() > 1 / 16:
            return []
        name = self.rng.choice(protected)
        del self.files.documents[name]
        self.files.write(self.workspace.destinations)
        return [f"removal of {name}, which is protected"]

    def _is_allowed(self, made: Edit) -> bool:
        # The stack does not have the stream key of an adopted destination.
        return made.kind != "key" or made.origin not in self.adopted

    def _setting(self) -> str:
        path = self.rng.choice(sorted(_SETTINGS))
        words = ["--secret"] if path == _PASSPHRASE else []
        self.workspace.set_config(path, self.rng.choice(_SETTINGS[path]), *words)
        if path == _BUDGET:
            self.workspace.set_config("budgetMail", "true")
        return f"setting {path}"

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

    def make_roles(self) -> None:
        """Create the roles that channels may be given."""
        iam = self.workspace.client("iam")
        for name in _ROLES:
            iam.create_role(
                RoleName=name, AssumeRolePolicyDocument=json.dumps(trust_policy("medialive"))
            )


# Each with its values; a budget has its mail.
_BUDGET: Final = "monthlyBudgetUsd"
_PASSPHRASE: Final = f"passphrases.{VENUES}"
_SETTINGS: Final = {
    "alertEmails[0]": [f"desk-{number}@example.org" for number in range(5)],
    "api.enabled": ["true", "false"],
    _BUDGET: [str(dollars) for dollars in range(50_000, 90_000, 5_000)],
    "flows.main.source.codec": ["AVC", "HEVC"],
    "flows.main.source.mbps": ["8", "15", "30"],
    "mediaLiveRoleArn": [f"arn:aws:iam::123456789012:role/{name}" for name in _ROLES],
    _PASSPHRASE: [f"of-all-venues-{number}" for number in range(10)],
}
