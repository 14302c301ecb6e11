"""GitHub's REST API: files of a branch, commits, branches and pull requests of one repository.

Operations and their members are those of GitHub's OpenAPI description, an excerpt of which is in
tests/support/github_api.yaml.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal, TypeVar
from urllib.parse import quote, urlencode

import urllib3
from pydantic import BaseModel, TypeAdapter, ValidationError

from catalog.repository import Repository, is_token
from lunora.api.errors import ProposalError

API_VERSION = "2022-11-28"

_SECONDS = 5.0
_CONNECTIONS = 8
# A folder's listing ends there (GitHub's documentation of repository contents).
_MOST_FILES = 1000
_FORGE = "GitHub"

T = TypeVar("T")


class ForgeError(ProposalError):
    """The forge refused a request, or did not answer.

    Its own message is left out: it may repeat what was sent.
    """

    def __init__(self, action: str, cause: str, remedy: str = "ask again later") -> None:
        message = f"cannot {action}: {cause}"
        super().__init__(HTTPStatus.BAD_GATEWAY, "LUN476", message, remedy=remedy)


class ForgeConflictError(ForgeError):
    """The forge refused a request because of what the repository has already (422)."""


@dataclass(frozen=True, slots=True)
class Head:
    """The newest commit of a branch, with its tree."""

    commit: str
    tree: str


class _Object(BaseModel):
    sha: str


class _Ref(BaseModel):
    ref: str
    object: _Object


class _Commit(BaseModel):
    sha: str
    tree: _Object


class _Entry(BaseModel):
    type: str
    name: str
    sha: str


class _Blob(BaseModel):
    content: str
    encoding: Literal["base64"]


class _PullRequest(BaseModel):
    html_url: str


_REF, _REFS = TypeAdapter(_Ref), TypeAdapter(list[_Ref])
_COMMIT, _TREE = TypeAdapter(_Commit), TypeAdapter(_Object)
_ENTRIES, _BLOB = TypeAdapter(list[_Entry]), TypeAdapter(_Blob)
_PULL_REQUEST, _PULL_REQUESTS = TypeAdapter(_PullRequest), TypeAdapter(list[_PullRequest])


class GitHub:
    """One repository.

    Args:
        repository: the repository.
        token: secret; it may read and write contents and pull requests of the repository.

    Raises:
        ForgeError: for a text that is no token; it never holds the text.
    """

    def __init__(self, repository: Repository, token: str) -> None:
        if not is_token(token):
            # An HTTP client would repeat it in its own error.
            raise ForgeError("sign in", "the stored token is no token", "store a valid token")
        self._repository = repository
        self._pool = urllib3.PoolManager(
            maxsize=_CONNECTIONS,
            # A redirect would carry the token to another address.
            retries=False,
            timeout=_SECONDS,
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {token}",
                "User-Agent": "lunora",
                "X-GitHub-Api-Version": API_VERSION,
            },
        )

    def head(self, branch: str) -> Head:
        """Return the newest commit of *branch*."""
        action = "read the repository's branch"
        ref = self._get(f"git/ref/heads/{branch}", _REF, action)
        commit = self._get(f"git/commits/{ref.object.sha}", _COMMIT, action)
        return Head(commit.sha, commit.tree.sha)

    def files(self, folder: str, commit: str) -> Mapping[str, str]:
        """Return the blobs of the files of *folder* at *commit*, by name; none without it."""
        action = "list the destination files"
        status, content = self._request("GET", f"contents/{folder}", action, query={"ref": commit})
        if status == HTTPStatus.NOT_FOUND:
            return {}
        entries = self._read(status, content, _ENTRIES, action)
        if len(entries) >= _MOST_FILES:
            raise ForgeError(action, f"there are {_MOST_FILES} or more", "use more folders")
        return {entry.name: entry.sha for entry in entries if entry.type == "file"}

    def blob(self, sha: str) -> bytes:
        """Return the content of a blob."""
        action = "read a destination file"
        blob = self._get(f"git/blobs/{sha}", _BLOB, action)
        try:
            return base64.b64decode(blob.content)
        except ValueError:
            raise ForgeError(action, f"{_FORGE} answers in another form") from None

    def branches(self, prefix: str) -> tuple[str, ...]:
        """Return the names of the branches that begin with *prefix*."""
        action = "list the repository's branches"
        refs = self._get(f"git/matching-refs/heads/{prefix}", _REFS, action)
        return tuple(ref.ref.removeprefix("refs/heads/") for ref in refs)

    def commit(self, parent: Head, path: str, text: str | None, message: str) -> str:
        """Make a commit that changes the file at *path*, and return it; no text removes the file.

        No branch has it yet.
        """
        entry: dict[str, Any] = {"path": path, "mode": "100644", "type": "blob"}
        entry |= {"sha": None} if text is None else {"content": text}
        tree = self._post(
            "git/trees", {"base_tree": parent.tree, "tree": [entry]}, _TREE, "make a commit"
        )
        content = {"message": message, "tree": tree.sha, "parents": [parent.commit]}
        return self._post("git/commits", content, _COMMIT, "make a commit").sha

    def create_branch(self, name: str, commit: str) -> None:
        """Create the branch *name* at *commit*.

        Raises:
            ForgeConflictError: where there is one of this name.
        """
        self._post(
            "git/refs", {"ref": f"refs/heads/{name}", "sha": commit}, _REF, "create a branch"
        )

    def pull_request(self, branch: str) -> str | None:
        """Return the address of the open pull request of *branch*; None without one."""
        owner = self._repository.name.partition("/")[0]
        query = {
            "state": "open",
            "head": f"{owner}:{branch}",
            "base": self._repository.branch,
        }
        pull_requests = self._get("pulls", _PULL_REQUESTS, "list pull requests", query)
        return pull_requests[0].html_url if pull_requests else None

    def open_pull_request(self, branch: str, title: str, body: str) -> str:
        """Open a pull request of *branch* and return its address.

        Raises:
            ForgeConflictError: where there is one.
        """
        content = {"title": title, "head": branch, "base": self._repository.branch, "body": body}
        return self._post("pulls", content, _PULL_REQUEST, "open a pull request").html_url

    def _get(
        self,
        path: str,
        form: TypeAdapter[T],
        action: str,
        query: Mapping[str, str] | None = None,
    ) -> T:
        status, content = self._request("GET", path, action, query=query)
        return self._read(status, content, form, action)

    def _post(self, path: str, document: Any, form: TypeAdapter[T], action: str) -> T:
        status, content = self._request("POST", path, action, document=document)
        return self._read(status, content, form, action)

    def _request(
        self,
        method: str,
        path: str,
        action: str,
        *,
        query: Mapping[str, str] | None = None,
        document: Any = None,
    ) -> tuple[int, bytes]:
        address = f"{self._repository.url}/repos/{self._repository.name}/{quote(path)}"
        if query:
            address += f"?{urlencode(query)}"
        body = None if document is None else json.dumps(document).encode()
        headers = dict(self._pool.headers)
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            response = self._pool.request(method, address, body=body, headers=headers)
        except urllib3.exceptions.HTTPError as error:
            raise ForgeError(action, f"{_FORGE} does not answer: {type(error).__name__}") from None
        return response.status, response.data

    @staticmethod
    def _read(status: int, content: bytes, form: TypeAdapter[T], action: str) -> T:
        if status == HTTPStatus.UNPROCESSABLE_ENTITY:
            raise ForgeConflictError(action, f"{_FORGE} answered {status}")
        if status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
            remedy = _REMEDIES.get(status, "ask again later")
            raise ForgeError(action, f"{_FORGE} answered {status}", remedy)
        try:
            return form.validate_json(content)
        except ValidationError:
            raise ForgeError(action, f"{_FORGE} answers in another form") from None


_REMEDIES: Mapping[int, str] = {
    HTTPStatus.MOVED_PERMANENTLY: "name the repository by its present name",
    HTTPStatus.UNAUTHORIZED: "store a valid token",
    HTTPStatus.FORBIDDEN: "let the token write contents and pull requests",
    HTTPStatus.NOT_FOUND: "check the name, the branch and the token of the repository",
}
