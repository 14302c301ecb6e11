"""The defaults of the emulator's output groups beside the AWS provider's schema.

A default of a member that the provider does not compute is a difference in every plan; no plan of
its acceptance tests on AWS has one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from localaws.medialive import defaults
from tests.support.in_process import MODELS
from tests.support.terraform import Terraform

pytestmark = pytest.mark.contract

DATA = yaml.safe_load(
    Path(defaults.__file__).with_name("defaults.yaml").read_text(encoding="utf-8")
)
# The provider cannot send it (its schema has no member of the name).
LACKING = {"SrtOutputSettings", "SegmentationMode"}
# Computed or not, it shows what is sent.
EMPTY_BLOCKS = {"Settings", "MediaPackageSettings"}


def plain(name: str) -> str:
    """Return a member's name without the casing of either side."""
    return name.replace("_", "").lower()


def members(block: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes and the blocks of a block, by their plain names."""
    blocks = {plain(name): nested["block"] for name, nested in block.get("block_types", {}).items()}
    return blocks | {plain(name): item for name, item in block.get("attributes", {}).items()}


def uncomputed(block: Mapping[str, Any], tree: Mapping[str, Any]) -> Iterator[str]:
    """Yield the members of *tree* that the provider does not compute."""
    schema = members(block)
    for name, value in tree.items():
        if name in LACKING | EMPTY_BLOCKS:
            continue
        if isinstance(value, Mapping):
            yield from uncomputed(schema[plain(name)], value)
        elif not schema[plain(name)].get("computed"):
            yield name


def without_default(block: Mapping[str, Any], shape: Any, tree: Mapping[str, Any]) -> Iterator[str]:
    """Yield "structure.member" of what the provider computes and *tree* does not fill in."""
    while shape.type_name == "list":
        shape = shape.member
    schema = members(block)
    for name, member in shape.members.items():
        item = schema.get(plain(name), {})
        if item.get("computed") and name not in tree:
            yield f"{shape.name}.{name}"
        elif "computed" not in item and "type" not in item and item:
            yield from without_default(item, member, tree.get(name) or {})


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, attached: str) -> Any:
    """The provider's schema of a channel."""
    terraform = Terraform(tmp_path_factory.mktemp("schema"), "http://127.0.0.1:1", attached)
    terraform.write({"aws_medialive_input_security_group": {"group": {"whitelist_rules": []}}})
    run = terraform.run("providers", "schema", "-json")
    assert run.code == 0, run.text
    (provider,) = json.loads(run.text)["provider_schemas"].values()
    return provider["resource_schemas"]["aws_medialive_channel"]["block"]


def test_only_computed_members_have_a_default(settings: Any) -> None:
    assert list(uncomputed(settings, DATA["filled"])) == []


def test_a_computed_member_has_a_default_or_is_listed_without(settings: Any) -> None:
    model: Any = MODELS["medialive"].shape_for("OutputGroup")
    groups = members(members(settings)["encodersettings"])["outputgroups"]
    trees = [DATA["filled"], *DATA["disputed"].values()]
    missing = [
        set(without_default(groups, model, tree["EncoderSettings"]["OutputGroups"]))
        for tree in trees
        if "OutputGroups" in tree.get("EncoderSettings", {})
    ]
    unknown = {
        f"{structure}.{name}" for structure, names in DATA["unknown"].items() for name in names
    }
    assert sorted(set.intersection(*missing) - unknown) == []
