"""A live stack of the previous version: what it made in AWS, and the state that it kept of it.

The files in previous/ were recorded from version 0.1 as it was before `livestream:Channel`, under
engine 3.220 with the stand-in of the AWS provider: every call that changed something, in order, and
`pulumi stack export --show-secrets`. Left out are stack traces, times and idempotency tokens.
`{{...}}` stands for what another AWS gives otherwise: ids, ARNs, addresses, the endpoint.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jmespath
import yaml

from tests.support.medialive import settle
from tests.support.workspace import CONFIG, PROJECT, Workspace

FOLDER = Path(__file__).parent / "previous"
IMPORTS = "adopted.local.json"

KEYS = {
    **{
        name: f"not-a-real-key-of-{name}"
        for name in ("evening-show", "partner-show", "relay", "youtube-main")
    },
    "twitch-main": "sk-of-twitch-main",
}
"""The stream keys in the recording."""

NOON = 12 * 60 * 60
DAY = 24 * 60 * 60


class PreviousStack:
    """Such a stack in the folder and the emulator of *workspace*, as it would be found."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        # The scheduled stream is on air from 09:00 to 17:00 UTC.
        workspace.aws.clock.advance((NOON - workspace.aws.clock.now()) % DAY)
        flow = workspace.client("mediaconnect").list_flows()["Flows"][0]["FlowArn"]
        self._values = {"flow": flow, "endpoint": workspace.aws.endpoint}
        for line in (FOLDER / "calls.jsonl").read_text().splitlines():
            self._replay(line)
        self._declare()
        self.channels = {
            name.partition(" ")[2].removesuffix("-channel"): value
            for name, value in self._values.items()
            if name.startswith("channel ")
        }

    def described(self) -> dict[str, Any]:
        """Return the channels as DescribeChannel shows them, by the name of the destination."""
        medialive = self._workspace.client("medialive")
        channels = {
            name: medialive.describe_channel(ChannelId=channel_id)
            for name, channel_id in self.channels.items()
        }
        for channel in channels.values():
            del channel["ResponseMetadata"]
        return channels

    def _replay(self, line: str) -> None:
        call = json.loads(self._filled(line))
        client = self._workspace.client(call["service"])
        operation = re.sub(r"(?<!^)(?=[A-Z])", "_", call["operation"]).lower()
        answer = getattr(client, operation)(**call["parameters"])
        for name, path in call.get("gives", {}).items():
            self._values[name.strip("{}")] = jmespath.search(path, answer)
        _wait(client, call["operation"], answer)

    def _declare(self) -> None:
        workspace = self._workspace
        for path in workspace.destinations.iterdir():
            path.unlink()
        for path in (FOLDER / "destinations").iterdir():
            workspace.write(path.stem, path.read_text())
        imports = (FOLDER / IMPORTS).read_text()
        (workspace.folder / IMPORTS).write_text(self._filled(imports))
        for name, key in KEYS.items():
            setting = f"{PROJECT}:streamKeys.{name}"
            run = workspace.pulumi("config", "set", "--secret", "--path", setting, stdin=key)
            assert run.code == 0, run.text
        state = json.loads(self._filled((FOLDER / "state.json").read_text()))
        salt = yaml.safe_load((workspace.folder / CONFIG).read_text())["encryptionsalt"]
        state["deployment"]["secrets_providers"] = {"type": "passphrase", "state": {"salt": salt}}
        run = workspace.pulumi("stack", "import", stdin=json.dumps(state))
        assert run.code == 0, run.text

    def _filled(self, text: str) -> str:
        return re.sub(r"\{\{([^}]+)\}\}", lambda match: self._values.get(match[1], match[0]), text)


def _wait(client: Any, operation: str, answer: Mapping[str, Any]) -> None:
    """Wait until what MediaLive has begun is done."""
    if operation == "CreateInput":
        input_id = answer["Input"]["Id"]
        settle(lambda: client.describe_input(InputId=input_id)["State"], "DETACHED")
    elif operation in {"CreateChannel", "StartChannel"}:
        channel_id = answer.get("Channel", answer)["Id"]
        state = "IDLE" if operation == "CreateChannel" else "RUNNING"
        settle(lambda: client.describe_channel(ChannelId=channel_id)["State"], state)
