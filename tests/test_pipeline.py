"""The order and the limits of the workflows' steps, read from their files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).parents[1] / ".github/workflows"
PIPELINE = (FOLDER.parents[1] / "pipeline.mk").read_text()
WORKFLOWS = sorted(path.stem for path in FOLDER.glob("*.yml"))


def steps(workflow: str) -> list[dict[str, Any]]:
    parsed = yaml.safe_load((FOLDER / f"{workflow}.yml").read_text())
    return [step for job in parsed["jobs"].values() for step in job["steps"]]


def position(workflow: str, text: str) -> int:
    (index,) = (
        index
        for index, step in enumerate(steps(workflow))
        if text in step.get("run", "") + step.get("uses", "")
    )
    return index


def test_the_deployment_validates_before_it_has_credentials() -> None:
    assert (
        position("up", "make validate")
        < position("up", "make reviewed-steps")
        < position("up", "configure-aws-credentials")
        < position("up", "make backup")
        < position("up", "make deploy")
    )


def test_steps_are_fetched_by_run_and_never_by_name_alone() -> None:
    for workflow in WORKFLOWS:
        for step in steps(workflow):
            for download in re.findall(r"gh run download.*", step.get("run", "")):
                assert "$GITHUB_RUN_ID" in download
            assert "download-artifact" not in step.get("uses", "")


def test_pictures_are_kept_only_on_request_and_not_for_long() -> None:
    (kept,) = (step for step in steps("preview") if step.get("with", {}).get("name") == "pictures")
    assert "vars.LUNORA_PLAN_PICTURES != ''" in kept["if"]
    assert kept["with"]["path"] == ".local/review/pictures"
    assert kept["with"]["retention-days"] <= 7
    assert "$(if $(LUNORA_PLAN_PICTURES),--pictures $(REVIEW)/pictures)" in PIPELINE


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_credentials_come_after_the_verified_engine(workflow: str) -> None:
    runs = [step.get("run", "") + step.get("uses", "") for step in steps(workflow)]
    taking = [index for index, run in enumerate(runs) if "configure-aws-credentials" in run]
    for index in taking:
        assert {"make engine", "make setup"} & set(runs[:index])


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_actions_are_pinned_by_commit(workflow: str) -> None:
    for step in steps(workflow):
        if "uses" in step:
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"])
