"""A stack on the emulator, made without the engine, and the command on it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from catalog.output_groups import RTMP
from localaws.server import LOCAL_FLOW, EmbeddedAws
from lunora.cli import app
from lunora.stack import FlowRef, Stack
from tests.support.medialive import channel_request, push_input, settle

TAGS = {"ManagedBy": "lunora", "Project": "lunora-player", "Stack": "local"}


REGION = "us-west-2"


def run(*words: str, stdin: str | None = None, prog_name: str | None = None) -> Result:
    result = CliRunner().invoke(app, words, input=stdin, prog_name=prog_name)
    # The runner keeps what the command did not catch to itself instead of printing a traceback.
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def statuses() -> list[dict[str, Any]]:
    """Return the status of each destination."""
    destinations: list[dict[str, Any]] = json.loads(run("status", "--json").stdout)["destinations"]
    return destinations


def only_status() -> dict[str, Any]:
    """Return the status of the only destination."""
    (status,) = statuses()
    return status


class Stage:
    """A stack of destinations on the emulator; their keys are random."""

    def __init__(self, folder: Path, aws: EmbeddedAws, client: Callable[[str], Any]) -> None:
        self.folder, self.aws = folder, aws
        self.medialive, self.mediaconnect = client("medialive"), client("mediaconnect")
        self.stack = Stack(
            "lunora-player", "local", REGION, aws.endpoint, (FlowRef("main", REGION, LOCAL_FLOW),)
        )
        self.flow_arn: str = self.mediaconnect.list_flows()["Flows"][0]["FlowArn"]
        self.ids: dict[str, str] = {}
        self.keys: dict[str, str] = {}

    def declare(self, name: str, *more: str) -> None:
        """Write the file of a destination."""
        lines = ("platform: restream", "preset: 1080p30", *more, "")
        (self.folder / f"destinations/{name}.yaml").write_text("\n".join(lines))

    def analyse_content(self) -> None:
        """Enable the content quality analysis of the flow."""
        self.mediaconnect.update_flow(
            FlowArn=self.flow_arn, SourceMonitoringConfig={"ContentQualityAnalysisState": "ENABLED"}
        )

    def destination(
        self,
        name: str,
        *,
        runs: bool = True,
        file: bool = True,
        group: str = RTMP,
        thumbnails: bool = False,
    ) -> str:
        """Make what the file of *name* brings into being; returns the channel's id."""
        if file:
            self.declare(name, f"state: {'running' if runs else 'stopped'}")
        full = f"lunora-player-local-{name}"
        tags = {**TAGS, "Destination": name, "Platform": "restream"}
        self.keys[name] = f"sk-{secrets.token_hex(12)}"
        input_id = push_input(self.medialive, full)
        request = channel_request(input_id, full, Tags=tags)
        settings = {"Url": "rtmp://ingest.example.org/app", "StreamName": self.keys[name]}
        request["Destinations"] = [{"Id": "rtmp", "Settings": [settings]}]
        request["EncoderSettings"]["OutputGroups"][0]["Name"] = group
        if thumbnails:
            request["EncoderSettings"]["ThumbnailConfiguration"] = {"State": "AUTO"}
        self.ids[name] = self.medialive.create_channel(**request)["Channel"]["Id"]
        self.until(name, "IDLE")
        ip = self.medialive.describe_input(InputId=input_id)["Destinations"][0]["Ip"]
        status = "ENABLED" if runs else "DISABLED"
        output = {"Name": full, "Protocol": "rtp", "Destination": ip, "Port": 5000}
        output["OutputStatus"] = status
        self.mediaconnect.add_flow_outputs(
            FlowArn=self.flow_arn, Outputs=[{**output, "OutputTags": tags}]
        )
        if runs:
            self.medialive.start_channel(ChannelId=self.ids[name])
            self.until(name, "RUNNING")
        return self.ids[name]

    def state(self, name: str) -> str:
        return str(self.medialive.describe_channel(ChannelId=self.ids[name])["State"])

    def output(self, name: str) -> dict[str, Any]:
        """Return the flow output of *name*."""
        flow = self.mediaconnect.describe_flow(FlowArn=self.flow_arn)["Flow"]
        full = f"lunora-player-local-{name}"
        (output,) = [output for output in flow["Outputs"] if output["Name"] == full]
        return {**output}

    def switch(self, name: str, status: str) -> None:
        """Enable or disable the flow output of *name* by hand."""
        arn = self.output(name)["OutputArn"]
        self.mediaconnect.update_flow_output(
            FlowArn=self.flow_arn, OutputArn=arn, OutputStatus=status
        )

    def until(self, name: str, state: str) -> None:
        settle(lambda: self.state(name), state)


def configure(project: Path, endpoint: str, **flows: str) -> None:
    """Point the stack `local` of *project* to *endpoint*; *flows* are names of further flows."""
    named = {"main": LOCAL_FLOW, **flows}
    listed = ", ".join(f"{key}: {{name: {name}}}" for key, name in named.items())
    (project / "Pulumi.local.yaml").write_text(
        "config:\n"
        "  aws:region: us-west-2\n"
        f"  lunora-player:endpoint: {endpoint}\n"
        f"  lunora-player:flows: {{{listed}}}\n"
    )
