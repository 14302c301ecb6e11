"""The choice of the run whose steps deploy a merged commit."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lunora.plan import reviewed_run
from lunora.plan.reviewed_run import NoReviewedRunError

REPOSITORY, MERGE, HEAD, TREE = "owner/name", "a" * 40, "b" * 40, "c" * 40


def pull_request(number: int = 7, **more: Any) -> dict[str, Any]:
    head = {"ref": "show", "sha": HEAD, "repo": {"full_name": REPOSITORY}}
    return {
        "number": number,
        "merge_commit_sha": MERGE,
        "merged_at": "2026-01-02T03:04:05Z",
        "base": {"ref": "main"},
        "head": head,
        **more,
    }


def run(run_id: int = 70, **more: Any) -> dict[str, Any]:
    return {
        "id": run_id,
        "path": ".github/workflows/preview.yml",
        "event": "pull_request",
        "head_sha": HEAD,
        "head_branch": "show",
        "head_repository": {"full_name": REPOSITORY},
        "conclusion": "success",
        **more,
    }


def fetched(
    monkeypatch: pytest.MonkeyPatch,
    merged: list[dict[str, Any]],
    same_branch: list[dict[str, Any]],
    runs: list[dict[str, Any]],
) -> list[str]:
    """Fetch from a GitHub with these; return the words of the download."""
    downloads: list[str] = []

    def answer(*command: str) -> str:
        if command[0] == "git":
            return f"{TREE}\n"
        if command[:2] == ("gh", "run"):
            downloads.extend(command)
            return ""
        path = command[-1]
        if "/commits/" in path:
            return json.dumps(merged)
        return json.dumps({"workflow_runs": runs} if "/actions/" in path else same_branch)

    monkeypatch.setattr(reviewed_run, "_output", answer)
    reviewed_run.fetch(Path("there"), repository=REPOSITORY, commit=MERGE, branch="main")
    return downloads


def test_the_steps_are_those_of_the_pull_request_s_run(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [
        run(),
        run(71, head_sha="d" * 40),
        run(72, event="push"),
        run(73, path=".github/workflows/forged.yml"),
        run(74, head_branch="elsewhere"),
        run(75, head_repository={"full_name": "fork/name"}),
    ]
    words = fetched(monkeypatch, [pull_request()], [pull_request()], runs)
    assert words == ["gh", "run", "download", "70", "--name", f"steps-{TREE}", "--dir", "there"]


@pytest.mark.parametrize(
    ("merged", "same_branch", "runs"),
    [
        ([], [], [run()]),
        ([pull_request(merged_at=None)], [], [run()]),
        ([pull_request(merge_commit_sha=HEAD)], [], [run()]),
        ([pull_request(base={"ref": "other"})], [], [run()]),
        ([pull_request(head={"ref": "show", "sha": HEAD, "repo": None})], [], [run()]),
        ([pull_request()], [pull_request(), pull_request(8, base={"ref": "other"})], [run()]),
        ([pull_request()], [pull_request()], []),
        ([pull_request()], [pull_request()], [run(), run(71)]),
        ([pull_request()], [pull_request()], [run(conclusion="failure")]),
    ],
)
def test_without_exactly_one_reviewed_run_there_are_no_steps(
    monkeypatch: pytest.MonkeyPatch,
    merged: list[dict[str, Any]],
    same_branch: list[dict[str, Any]],
    runs: list[dict[str, Any]],
) -> None:
    with pytest.raises(NoReviewedRunError):
        fetched(monkeypatch, merged, same_branch, runs)


def test_a_failed_command_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise subprocess.CalledProcessError(1, "gh")

    monkeypatch.setattr(subprocess, "run", fail)
    with pytest.raises(NoReviewedRunError):
        reviewed_run.fetch(Path("there"), repository=REPOSITORY, commit=MERGE, branch="main")
