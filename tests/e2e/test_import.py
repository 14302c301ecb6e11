"""Existing resources are imported without a change."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.workspace import Workspace

pytestmark = pytest.mark.e2e

NAME = "youtube-main"


def resources(live: Workspace) -> dict[str, Any]:
    exported = json.loads(live.pulumi("stack", "export").out)
    return {
        resource["urn"].rpartition("::")[2]: resource
        for resource in exported["deployment"]["resources"]
    }


def test_every_type_of_ours_can_be_imported_by_its_id(live: Workspace) -> None:
    before, calls = resources(live), len(live.aws.calls)
    urn = before["livestream-us-west-2"]["urn"]
    listed = [
        {
            "type": resource["type"],
            "name": f"{name}-again",
            "id": resource["id"],
            "provider": "home",
        }
        for name, resource in before.items()
        if resource["type"].startswith("livestream:") and (NAME in name or name == "destinations")
    ]
    assert len(listed) == 4
    imports = live.folder / "imports.json"
    imports.write_text(json.dumps({"nameTable": {"home": urn}, "resources": listed}))
    run = live.pulumi(
        "import", "--file", str(imports), "--generate-code=false", "--protect=false", "--yes"
    )
    assert run.code == 0, run.text

    after = resources(live)
    for name in (f"{NAME}-input", f"{NAME}-flow-output"):
        assert after[f"{name}-again"]["inputs"] == before[name]["inputs"]
    assert after[f"{NAME}-channel-again"]["inputs"]["state"] == "running"
    assert after["destinations-again"]["outputs"]["destinations"] == sorted(live.keys)
    reads = ("Describe", "Li")
    # Actions of alarms are entries of the service `cloudwatch`; its API is `monitoring`.
    changes = [
        call
        for call in live.aws.calls[calls:]
        if not call.operation.startswith(reads) and call.service != "cloudwatch"
    ]
    assert changes == []
