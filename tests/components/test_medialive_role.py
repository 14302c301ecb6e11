"""The role of channels: nothing, or what the outputs of its channels need."""

from __future__ import annotations

import json
from typing import Any

import pulumi
from pulumi.runtime import mocks

from catalog.channel_access import ChannelAccess
from components.medialive_role import MediaLiveRole, MediaLiveRoleArgs
from components.region_providers import RegionProviders
from tests.support.pulumi_mocks import Echo, Recorder, inputs

PASSWORD = "/p/s/destinations/one/rtmp-password"  # noqa: S105 - of no ingest


def build(*parameters: str) -> dict[str, Any]:
    """Build the role and return what was registered, by name."""
    recorder = Recorder()
    mocks.set_mocks(Echo(), "lunora-player", "test", preview=False, monitor=recorder)

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def program() -> pulumi.Output[str]:
        home = RegionProviders("us-west-2", endpoint=None)
        access = ChannelAccess(parameters=parameters)
        args = MediaLiveRoleArgs(home.livestream, "arn:limit", "123456789012", access)
        return MediaLiveRole("medialive-role", args, home.options()).arn

    program()
    return recorder.registered


def policies(registered: dict[str, Any]) -> list[Any]:
    kind = "aws:iam/rolePolicy:RolePolicy"
    return [inputs(request) for request in registered.values() if request.type == kind]


def test_it_may_do_nothing_where_no_ingest_asks_for_a_password() -> None:
    registered = build()
    assert policies(registered) == []
    (role,) = [r for r in registered.values() if r.type == "aws:iam/role:Role"]
    assert inputs(role)["permissionsBoundary"] == "arn:limit"


def test_it_reads_the_passwords_of_its_channels_and_nothing_else() -> None:
    (policy,) = policies(build(PASSWORD))
    (statement,) = json.loads(policy["policy"])["Statement"]
    assert statement["Resource"] == [f"arn:aws:ssm:*:123456789012:parameter{PASSWORD}"]
    assert statement["Action"] == ["ssm:GetParameter", "ssm:GetParameters"]
