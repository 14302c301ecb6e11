"""The engine takes the schema that our plugin serves."""

from __future__ import annotations

import json

import pytest

from provider.__main__ import SERVED
from tests.support.workspace import ROOT, Workspace

pytestmark = pytest.mark.e2e


def test_the_engine_takes_our_schema(workspace: Workspace) -> None:
    plugin = ROOT / "provider/pulumi-resource-livestream"
    run = workspace.shell(f"pulumi package get-schema {plugin} | tee schema.json")
    assert run.code == 0, run.text
    served = json.loads(run.out)
    assert set(served["resources"]) == {resource.token for resource in SERVED.resources}
    assert served["resources"]["livestream:index:FlowOutput"]["inputProperties"]["srt"]["secret"]
    checked = workspace.shell("pulumi schema check schema.json")
    assert (checked.code, checked.text.strip()) == (0, "")
