"""The stack that a command takes where it is not told one."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from catalog.selected_stack import selected_stack


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: lunora-player\n")
    return folder


def select(home: Path, project: Path, text: str) -> dict[str, str]:
    digest = hashlib.sha1(str(project / "Pulumi.yaml").encode()).hexdigest()  # noqa: S324 - Pulumi's
    file = home / f"workspaces/lunora-player-{digest}-workspace.json"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    return {"PULUMI_HOME": str(home)}


@pytest.mark.parametrize(
    ("text", "stack"),
    [
        ('{"stack": "local"}', "local"),
        ('{"stack": "organization/lunora-player/dev"}', "dev"),
        ("{}", None),
        ("[]", None),
        ("no JSON", None),
        ('{"stack": 3}', None),
    ],
)
def test_it_is_the_one_that_pulumi_has_selected(
    tmp_path: Path, project: Path, text: str, stack: str | None
) -> None:
    environment = select(tmp_path / "home", project, text)
    assert selected_stack(project, environment) == stack
    assert selected_stack(project, {**environment, "PULUMI_STACK": "o/p/other"}) == "other"


def test_without_a_selection_or_a_project_there_is_none(tmp_path: Path, project: Path) -> None:
    environment = {"PULUMI_HOME": str(tmp_path / "home")}
    assert selected_stack(project, environment) is None
    assert selected_stack(tmp_path, environment) is None
