"""A state with the type tokens of an earlier version needs no change in AWS."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provider.destination_set import DestinationSet
from tests.support.workspace import Workspace

pytestmark = pytest.mark.e2e


def types(workspace: Workspace) -> list[Any]:
    document = json.loads(workspace.pulumi("stack", "export").out)
    return [entry["type"] for entry in document["deployment"]["resources"]]


@pytest.mark.proof
def test_a_former_type_token_is_an_alias(live: Workspace) -> None:
    (former,) = DestinationSet.former_tokens
    exported = live.pulumi("stack", "export").out
    assert DestinationSet.token in exported
    saved = live.folder / "former.json"
    saved.write_text(exported.replace(DestinationSet.token, former))
    assert live.pulumi("stack", "import", "--file", str(saved)).code == 0
    assert former in types(live)

    assert live.preview_steps() == {}
    live.up()
    assert DestinationSet.token in types(live)
    assert former not in types(live)
