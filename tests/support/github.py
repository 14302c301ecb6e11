"""A stand-in of GitHub's REST API over a real bare Git repository.

Every request is checked against the excerpt of GitHub's description in github_api.yaml: method,
path, query and body, in which nothing else may stand. So are the answers.
"""

from __future__ import annotations

import base64
import copy
import json
import os
import re
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml
from openapi_schema_validator import OAS30Validator
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

DESCRIPTION = yaml.safe_load(
    Path(__file__).with_name("github_api.yaml").read_text(encoding="utf-8")
)
OPERATIONS = tuple(
    operation["operationId"]
    for item in DESCRIPTION["paths"].values()
    for operation in item.values()
)
OWNER, REPOSITORY = "octo", "streams"
TOKEN = "github_pat_made-up"  # noqa: S105 - of the stand-in
MESSAGE = "a message of the forge that may repeat what was sent"

_PERSON = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "lunora-bot"), ("EMAIL", "bot@example.org"))
}


class GitRepository:
    """A bare repository, read and written by git."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, path: Path) -> GitRepository:
        """Make an empty repository."""
        made = cls(path)
        made.git("init", "--quiet", "--bare", "--template=", "--initial-branch=main")
        return made

    def git(
        self,
        *words: str,
        stdin: bytes | None = None,
        env: Mapping[str, str] | None = None,
    ) -> bytes:
        done = subprocess.run(  # noqa: S603 - our own words
            ["git", *words],  # noqa: S607 - the git of this machine
            input=stdin,
            capture_output=True,
            check=True,
            env={**os.environ, **_PERSON, "GIT_DIR": str(self.path), **(env or {})},
        )
        return done.stdout

    def text(self, *words: str) -> str:
        return self.git(*words).decode().strip()

    def exists(self, name: str) -> bool:
        try:
            self.git("rev-parse", "--verify", "--quiet", name)
        except subprocess.CalledProcessError:
            return False
        return True

    def branches(self) -> list[str]:
        return self.text("for-each-ref", "--format=%(refname:short)", "refs/heads").splitlines()

    def tree(self, base: str, changes: Mapping[str, bytes | None]) -> str:
        """Return the tree *base* with files written, or removed where they are None."""
        with tempfile.TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": f"{folder}/index"}
            if base:
                self.git("read-tree", base, env=index)
            lines = []
            for path, content in changes.items():
                mode, blob = "0", "0" * 40
                if content is not None:
                    mode = "100644"
                    blob = self.git("hash-object", "-w", "--stdin", stdin=content).decode().strip()
                lines.append(f"{mode} {blob}\t{path}\n")
            self.git("update-index", "--index-info", stdin="".join(lines).encode(), env=index)
            return self.git("write-tree", env=index).decode().strip()

    def commit(self, branch: str, changes: Mapping[str, str | None], message: str = "edit") -> str:
        """Commit *changes* to *branch* as a person does."""
        base = branch if self.exists(branch) else ""
        tree = self.tree(base, {path: _encoded(text) for path, text in changes.items()})
        parents = ("-p", base) if base else ()
        commit = self.text("commit-tree", tree, *parents, "-m", message)
        self.git("update-ref", f"refs/heads/{branch}", commit)
        return commit

    def show(self, branch: str, path: str) -> str:
        return self.git("show", f"{branch}:{path}").decode()

    def changed(self, branch: str, base: str = "main") -> list[str]:
        """Return status and path of each file that *branch* changes."""
        listed = self.text("diff", "--name-status", f"{base}...{branch}")
        return [line.replace("\t", " ") for line in listed.splitlines()]

    def everything(self) -> bytes:
        """Return the content of each object, reachable or not."""
        return self.git("cat-file", "--batch-all-objects", "--batch")


def _encoded(text: str | None) -> bytes | None:
    return None if text is None else text.encode()


@dataclass
class PullRequest:
    number: int
    title: str
    body: str
    head: str
    base: str
    state: str = "open"

    @property
    def address(self) -> str:
        return f"https://github.example/{OWNER}/{REPOSITORY}/pull/{self.number}"


@dataclass(frozen=True)
class _Call:
    operation: Mapping[str, Any]
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    content: Any


class _Refusal(Exception):  # noqa: N818 - an answer
    def __init__(self, status: int) -> None:
        self.status = status


@dataclass
class GitHub:
    """The stand-in.

    Attributes:
        repository: what it serves.
        pull_requests: those that were opened.
        calls: the operations that were asked for.
        violations: the requests that GitHub's description has not.
        answers: statuses, or whole answers, in place of its own, by operation.
    """

    repository: GitRepository
    pull_requests: list[PullRequest] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    answers: dict[str, int | Response] = field(default_factory=dict)
    url: str = ""

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def serve(self) -> Iterator[GitHub]:
        """Serve on a free port of this machine."""
        server = make_server("127.0.0.1", 0, Request.application(self._respond), threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_port}"
        yield self
        server.shutdown()
        thread.join()
        server.server_close()

    def _respond(self, request: Request) -> Response:
        try:
            call = _checked(request)
        except AssertionError as violation:
            self.violations.append(f"{request.method} {request.path}: {violation}")
            return Response(status=HTTPStatus.NOT_IMPLEMENTED)
        name = call.operation["operationId"]
        self.calls.append(name)
        given = self.answers.get(name)
        if isinstance(given, Response):
            return given
        try:
            _refuse(given or _status_of_token(request))
            # GitHub answers requests one after the other as well, as far as one branch goes.
            with self._lock:
                status, content = _HANDLERS[name](self, call)
        except _Refusal as refusal:
            document = json.dumps({"message": f"{MESSAGE}: {request.headers}"})
            return Response(document, refusal.status, mimetype="application/json")
        answer = call.operation["responses"][str(status)]["content"]["application/json"]["schema"]
        OAS30Validator(answer).validate(content)
        return Response(json.dumps(content), status, mimetype="application/json")

    def get_ref(self, call: _Call) -> tuple[int, Any]:
        name = f"refs/{call.parameters['ref']}"
        if not self.repository.exists(name):
            raise _Refusal(HTTPStatus.NOT_FOUND)
        return HTTPStatus.OK, _ref(name, self.repository.text("rev-parse", name))

    def matching_refs(self, call: _Call) -> tuple[int, Any]:
        prefix = f"refs/{call.parameters['ref']}"
        listed = self.repository.text("for-each-ref", "--format=%(refname) %(objectname)")
        refs = [line.split() for line in listed.splitlines()]
        return HTTPStatus.OK, [_ref(*ref) for ref in refs if ref[0].startswith(prefix)]

    def contents(self, call: _Call) -> tuple[int, Any]:
        place = f"{call.query['ref']}:{call.parameters['path']}"
        if not self.repository.exists(place):
            raise _Refusal(HTTPStatus.NOT_FOUND)
        entries = []
        for line in self.repository.text("ls-tree", place).splitlines():
            about, _, name = line.partition("\t")
            mode, kind, sha = about.split()
            types = {"tree": "dir", "commit": "submodule", "blob": "file"}
            form = "symlink" if mode == "120000" else types[kind]
            entries.append({"type": form, "name": name, "sha": sha})
        return HTTPStatus.OK, entries

    def blob(self, call: _Call) -> tuple[int, Any]:
        sha = call.parameters["file_sha"]
        if not self.repository.exists(f"{sha}^{{blob}}"):
            raise _Refusal(HTTPStatus.NOT_FOUND)
        content = base64.encodebytes(self.repository.git("cat-file", "blob", sha)).decode()
        return HTTPStatus.OK, {"content": content, "encoding": "base64"}

    def get_commit(self, call: _Call) -> tuple[int, Any]:
        return HTTPStatus.OK, self._commit(call.parameters["commit_sha"])

    def create_tree(self, call: _Call) -> tuple[int, Any]:
        base, changes = call.content["base_tree"], {}
        for entry in call.content["tree"]:
            assert (entry["mode"], entry["type"]) == ("100644", "blob")
            assert ("content" in entry) != ("sha" in entry)
            if "sha" in entry:
                assert entry["sha"] is None
                if not self.repository.exists(f"{base}:{entry['path']}"):
                    raise _Refusal(HTTPStatus.UNPROCESSABLE_ENTITY)
            changes[entry["path"]] = entry["content"].encode() if "content" in entry else None
        return HTTPStatus.CREATED, {"sha": self.repository.tree(base, changes)}

    def create_commit(self, call: _Call) -> tuple[int, Any]:
        parents = [word for parent in call.content["parents"] for word in ("-p", parent)]
        message = call.content["message"]
        words = ("commit-tree", call.content["tree"], *parents, "-m", message)
        return HTTPStatus.CREATED, self._commit(self.repository.text(*words))

    def create_ref(self, call: _Call) -> tuple[int, Any]:
        name, sha = call.content["ref"], call.content["sha"]
        self.repository.git("check-ref-format", name)
        if self.repository.exists(name):
            raise _Refusal(HTTPStatus.UNPROCESSABLE_ENTITY)
        self.repository.git("update-ref", name, sha)
        return HTTPStatus.CREATED, _ref(name, sha)

    def list_pull_requests(self, call: _Call) -> tuple[int, Any]:
        owner, _, head = call.query["head"].partition(":")
        assert owner == OWNER
        key = (head, call.query["base"], call.query["state"])
        return HTTPStatus.OK, [
            {"html_url": request.address}
            for request in self.pull_requests
            if (request.head, request.base, request.state) == key
        ]

    def create_pull_request(self, call: _Call) -> tuple[int, Any]:
        content = call.content
        between = f"{content['base']}..{content['head']}"
        exists = any(
            (each.head, each.base, each.state) == (content["head"], content["base"], "open")
            for each in self.pull_requests
        )
        if exists or self.repository.text("rev-list", "--count", between) == "0":
            raise _Refusal(HTTPStatus.UNPROCESSABLE_ENTITY)
        made = PullRequest(len(self.pull_requests) + 1, **content)
        self.pull_requests.append(made)
        return HTTPStatus.CREATED, {"html_url": made.address}

    def _commit(self, sha: str) -> dict[str, Any]:
        return {"sha": sha, "tree": {"sha": self.repository.text("rev-parse", f"{sha}^{{tree}}")}}


_HANDLERS: Mapping[str, Callable[[GitHub, _Call], tuple[int, Any]]] = {
    "git/get-ref": GitHub.get_ref,
    "git/list-matching-refs": GitHub.matching_refs,
    "repos/get-content": GitHub.contents,
    "git/get-blob": GitHub.blob,
    "git/get-commit": GitHub.get_commit,
    "git/create-tree": GitHub.create_tree,
    "git/create-commit": GitHub.create_commit,
    "git/create-ref": GitHub.create_ref,
    "pulls/list": GitHub.list_pull_requests,
    "pulls/create": GitHub.create_pull_request,
}


def _status_of_token(request: Request) -> int | None:
    is_known = request.headers.get("Authorization") == f"Bearer {TOKEN}"
    return None if is_known else HTTPStatus.UNAUTHORIZED


def _refuse(status: int | None) -> None:
    if status is not None:
        raise _Refusal(status)


def _ref(name: str, sha: str) -> dict[str, Any]:
    return {"ref": name, "object": {"sha": sha}}


def _checked(request: Request) -> _Call:
    """Return the call that *request* is, checked against the description."""
    operation, parameters = _operation(request)
    assert (parameters.pop("owner"), parameters.pop("repo")) == (OWNER, REPOSITORY)
    declared = {each["name"]: each for each in operation["parameters"] if each["in"] == "query"}
    for name, value in request.args.items():
        assert name in declared, name
        OAS30Validator(declared[name]["schema"]).validate(value)
    # GitHub's documentation of its REST API: media types, versions, user agent.
    assert request.headers["Accept"] == "application/vnd.github+json"
    assert request.headers["X-GitHub-Api-Version"] == DESCRIPTION["info"]["version"]
    assert request.headers["User-Agent"]
    content = None
    if "requestBody" in operation:
        assert request.mimetype == "application/json"
        content = json.loads(request.get_data())
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        OAS30Validator(_closed(schema)).validate(content)
    else:
        assert not request.get_data()
    return _Call(operation, parameters, dict(request.args), content)


def _operation(request: Request) -> tuple[Mapping[str, Any], dict[str, str]]:
    for path, item in DESCRIPTION["paths"].items():
        operation = item.get(request.method.lower())
        if operation is None:
            continue
        pattern = path
        for parameter in operation["parameters"]:
            signs = ".+" if parameter.get("x-multi-segment") else "[^/]+"
            name = parameter["name"]
            pattern = pattern.replace(f"{{{name}}}", f"(?P<{name}>{signs})")
        if match := re.fullmatch(pattern, unquote(request.path)):
            return operation, match.groupdict()
    raise AssertionError("no such operation")


def _closed(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return *schema*, in which objects have no further members."""

    def close(node: Any) -> None:
        if isinstance(node, dict):
            if "properties" in node:
                node["additionalProperties"] = False
            for value in node.values():
                close(value)
        elif isinstance(node, list):
            for value in node:
                close(value)

    closed = copy.deepcopy(dict(schema))
    close(closed)
    return closed
