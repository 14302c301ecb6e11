"""Changes of destination files, proposed as pull requests.

The files of the repository's branch are the truth: a proposal is judged with them, and nothing
changes until somebody merges it.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from catalog.loader import invalid_name
from catalog.repository import Repository
from lunora.api import file_text
from lunora.api.bodies import MOST_BYTES, refuse_secrets
from lunora.api.errors import Problem, ProposalError, problem_of, refused
from lunora.api.forge import ForgeConflictError, GitHub, Head
from lunora.ops import drafts
from lunora.ops.drafts import StackRules
from lunora.ops.errors import require_known

_READERS = 8


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pull request; both are None where the file has the requested content already."""

    pull_request: str | None
    branch: str | None

    def document(self) -> dict[str, str | None]:
        """Return the content of the answer."""
        return {"pullRequest": self.pull_request, "branch": self.branch}


@dataclass(frozen=True, slots=True)
class _Change:
    """A change of one file; no text removes it."""

    verb: str
    name: str
    blob: str
    text: str | None


@dataclass(frozen=True, slots=True)
class _Files:
    """The destination files of a commit: names of blobs by file, and texts by destination."""

    head: Head
    blobs: Mapping[str, str]
    contents: Mapping[str, bytes]


class Proposals:
    """Proposes changes in one repository.

    Args:
        stack: name of the stack, for branches and the messages of commits.
        repository: the repository.
        rules: settings of the stack that files depend on.
        read_token: returns the token of the repository, which is secret.
        deployed: folder of the deployed files, which saves the forge requests for the same ones.
        caller: who asks.
    """

    def __init__(  # noqa: PLR0913 - what a proposal is made of
        self,
        *,
        stack: str,
        repository: Repository,
        rules: StackRules,
        read_token: Callable[[], str],
        deployed: Path,
        caller: str,
    ) -> None:
        self._stack, self._caller = stack, caller
        self._repository, self._rules, self._deployed = repository, rules, deployed
        self._read_token = read_token

    def add(self, content: Mapping[str, Any]) -> Proposal:
        """Propose a new file with *content*, the keys of a file and its `name`.

        Raises:
            ProposalError: when it is not valid, or when the destination exists.
            ForgeError: when the forge refuses, or does not answer.
        """
        name = content.get("name")
        keys = {key: value for key, value in content.items() if key != "name"}
        if not isinstance(name, str):
            raise _wrong_name("LUN101", "is required, as text")
        if error := invalid_name(name):
            raise _wrong_name(error.code, f"is not valid; {error.remedy}")
        refuse_secrets(name, keys)
        forge, files = self._read()
        if _file(name) in files.blobs:
            raise ProposalError(
                HTTPStatus.CONFLICT,
                "LUN474",
                f"there is a destination {name} already",
                remedy="change it with PUT, or choose another name",
            )
        return self._checked(forge, files, _Change("add", name, "", file_text.new(keys)))

    def change(self, name: str, keys: Mapping[str, Any], known: str) -> Proposal:
        """Propose that the file of *name* has exactly these *keys*; comments stay.

        Args:
            name: the destination.
            keys: the keys of its file.
            known: entity tag of the file that the caller has read; empty for any.

        Raises:
            UnknownDestinationError: when there is no such file.
            ProposalError: when it is not valid, or when the file is another one.
            ForgeError: when the forge refuses, or does not answer.
        """
        refuse_secrets(name, keys)
        forge, files = self._read()
        blob = _known_blob(files, name, known)
        before = files.contents[name].decode("utf-8-sig", errors="replace")
        text = file_text.changed(before, keys)
        if text == before:
            return Proposal(None, None)
        return self._checked(forge, files, _Change("change", name, blob, text))

    def remove(self, name: str, known: str) -> Proposal:
        """Propose the removal of the file of *name*.

        Args:
            name: the destination.
            known: entity tag of the file that the caller has read; empty for any.

        Raises:
            UnknownDestinationError: when there is no such file.
            ProposalError: when the file is another one.
            ForgeError: when the forge refuses, or does not answer.
        """
        forge, files = self._read()
        blob = _known_blob(files, name, known)
        return self._proposed(forge, files.head, _Change("remove", name, blob, None))

    def _read(self) -> tuple[GitHub, _Files]:
        """Return the forge, and the files of the branch."""
        forge = GitHub(self._repository, self._read_token())
        head = forge.head(self._repository.branch)
        blobs = {
            name: sha
            for name, sha in forge.files(self._repository.folder, head.commit).items()
            if name.endswith(".yaml") and invalid_name(name.removesuffix(".yaml")) is None
        }
        deployed = {_blob(content): content for content in self._deployed_files()}
        missing = sorted(set(blobs.values()) - deployed.keys())
        with ThreadPoolExecutor(_READERS) as pool:
            read = dict(zip(missing, pool.map(forge.blob, missing), strict=True))
        contents = {
            name.removesuffix(".yaml"): (deployed | read)[sha] for name, sha in blobs.items()
        }
        return forge, _Files(head, blobs, contents)

    def _deployed_files(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted(self._deployed.glob("*.yaml"))]

    def _checked(self, forge: GitHub, files: _Files, change: _Change) -> Proposal:
        text = change.text or ""
        if len(text.encode()) > MOST_BYTES:
            message = f"makes a file of more than {MOST_BYTES // 1024} kB"
            raise refused([Problem(change.name, "", "LUN107", message)])
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            for name, content in files.contents.items():
                (folder / _file(name)).write_bytes(content)
            _, errors = drafts.judge(folder, self._rules, change.name, text)
        if errors:
            raise refused(map(problem_of, errors))
        return self._proposed(forge, files.head, change)

    def _proposed(self, forge: GitHub, head: Head, change: _Change) -> Proposal:
        """Return the open pull request of *change*, or a new one.

        The name of its branch tells the change, so that the same request meets the same branch,
        and ends with the commit that it is based on, so that it is a new one once that has moved
        and the pull request is closed.
        """
        path = f"{self._repository.folder}/{_file(change.name)}"
        prefix = f"lunora/{self._stack}/{change.verb}-{change.name}-{_digest(path, change)}-"
        for branch in forge.branches(prefix):
            if address := forge.pull_request(branch):
                return Proposal(address, branch)
        branch = f"{prefix}{head.commit[:8]}"
        title = f"{change.verb.capitalize()} destination {change.name}"
        # Between backticks no name is taken for an account of the forge.
        origin = f"Requested by `{self._caller}` over the HTTP API of the stack `{self._stack}`."
        commit = forge.commit(head, path, change.text, f"{title}\n\n{origin}\n")
        try:
            forge.create_branch(branch, commit)
        except ForgeConflictError:
            # The same request made it: now, or before its pull request was closed.
            if branch not in forge.branches(branch):
                raise
        try:
            address = forge.open_pull_request(branch, title, origin)
        except ForgeConflictError:
            existing = forge.pull_request(branch)
            if existing is None:
                raise
            address = existing
        return Proposal(address, branch)


def _known_blob(files: _Files, name: str, known: str) -> str:
    """Return the blob of the file of *name*, which is *known* where that is not empty."""
    require_known(name, files.contents)
    blob = files.blobs[_file(name)]
    tags = {tag.strip().removeprefix("W/").strip('"') for tag in known.split(",")}
    if known and not tags & {"*", blob}:
        raise ProposalError(
            HTTPStatus.CONFLICT,
            "LUN475",
            f"the file of {name} is another one than If-Match names",
            remedy="read the file again, then repeat the request",
        )
    return blob


def _file(name: str) -> str:
    return f"{name}.yaml"


def _digest(path: str, change: _Change) -> str:
    parts = "\0".join((path, change.verb, change.blob, change.text or ""))
    return hashlib.sha256(parts.encode()).hexdigest()[:12]


def _blob(content: bytes) -> str:
    """Return the name that git gives *content* (git hash-object)."""
    header = f"blob {len(content)}\0".encode()
    return hashlib.sha1(header + content, usedforsecurity=False).hexdigest()


def _wrong_name(code: str, message: str) -> ProposalError:
    return refused([Problem("", "name", code, message)])
