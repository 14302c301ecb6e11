"""`python -m lunora.plan.reviewed_run FOLDER`: fetch the steps that were reviewed for a commit.

An artifact's name proves nothing: a workflow of any branch may upload one of that name. The steps
are those of the one preview run of the pull request that the commit merged.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_WORKFLOW = ".github/workflows/preview.yml"
_PER_PAGE = 100


class NoReviewedRunError(Exception):
    """A commit without exactly one run that can have been reviewed; the text is the reason."""


def merged_pull_request(
    pull_requests: Sequence[Any], *, commit: str, repository: str, branch: str
) -> Any:
    """Return the pull request of *pull_requests* whose merge into *branch* made *commit*.

    Raises:
        NoReviewedRunError: when there is none, or it came from a fork.
    """
    merged = [
        pull_request
        for pull_request in pull_requests
        if pull_request["merge_commit_sha"] == commit
        and pull_request["merged_at"]
        and pull_request["base"]["ref"] == branch
        and (pull_request["head"]["repo"] or {}).get("full_name") == repository
    ]
    if len(merged) != 1:
        raise NoReviewedRunError(f"{len(merged)} pull requests of this repository merged it")
    return merged[0]


def reviewed_run(pull_request: Any, same_branch: Sequence[Any], runs: Sequence[Any]) -> int:
    """Return the id of the one preview run of *pull_request*.

    The workflow file of a run is that of the merge of head and base. With another base, the same
    head may therefore run another workflow.

    Args:
        pull_request: the merged pull request.
        same_branch: all pull requests of its branch, closed ones too.
        runs: the runs of pull requests for its last commit.

    Raises:
        NoReviewedRunError: when there is none, or more than one, or it did not succeed.
    """
    head = pull_request["head"]
    others = [
        other["number"]
        for other in same_branch
        if other["head"]["sha"] == head["sha"] and other["number"] != pull_request["number"]
    ]
    if others:
        raise NoReviewedRunError(f"pull request {others[0]} has the same commit")
    of_preview = [
        run
        for run in runs
        if run["path"] == _WORKFLOW
        and run["event"] == "pull_request"
        and run["head_sha"] == head["sha"]
        and run["head_branch"] == head["ref"]
        and run["head_repository"]["full_name"] == head["repo"]["full_name"]
    ]
    if len(of_preview) != 1:
        raise NoReviewedRunError(f"{len(of_preview)} previews ran for its last commit")
    if of_preview[0]["conclusion"] != "success":
        raise NoReviewedRunError("the preview of its last commit did not succeed")
    run_id: int = of_preview[0]["id"]
    return run_id


def fetch(folder: Path, *, repository: str, commit: str, branch: str) -> int:
    """Download the reviewed steps of *commit* into *folder*; return the id of their run.

    Raises:
        NoReviewedRunError: when there are none.
    """
    api = f"repos/{repository}"
    pull_request = merged_pull_request(
        _get(f"{api}/commits/{commit}/pulls?per_page={_PER_PAGE}"),
        commit=commit,
        repository=repository,
        branch=branch,
    )
    head, owner = pull_request["head"], repository.partition("/")[0]
    same_branch = _get(f"{api}/pulls?state=all&head={owner}:{head['ref']}&per_page={_PER_PAGE}")
    query = f"head_sha={head['sha']}&event=pull_request&per_page={_PER_PAGE}"
    runs = _get(f"{api}/actions/runs?{query}")["workflow_runs"]
    run = reviewed_run(pull_request, same_branch, runs)
    # The tree that was previewed: where the base moved, that of the commit is another.
    tree = _output("git", "rev-parse", f"{commit}^{{tree}}").strip()
    _output("gh", "run", "download", str(run), "--name", f"steps-{tree}", "--dir", str(folder))
    return run


def _get(path: str) -> Any:
    return json.loads(_output("gh", "api", path))


def _output(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own words and GitHub's ids
    except subprocess.CalledProcessError:
        raise NoReviewedRunError(f"`{' '.join(command[:3])}` failed") from None
    except OSError:
        raise NoReviewedRunError(f"{command[0]} is not installed") from None


def main() -> None:
    """Fetch the steps of the workflow's commit; say why where there are none."""
    folder, environment = Path(sys.argv[1]), os.environ
    try:
        run = fetch(
            folder,
            repository=environment.get("GITHUB_REPOSITORY", ""),
            commit=environment.get("GITHUB_SHA", ""),
            branch=environment.get("GITHUB_REF_NAME", ""),
        )
    except NoReviewedRunError as error:
        sys.stderr.write(f"no reviewed steps: {error}; the files are deployed without a plan\n")
    else:
        sys.stderr.write(f"reviewed steps of run {run}\n")


if __name__ == "__main__":
    main()
