"""The HTTP API proposes changes of files as pull requests, which a stand-in of GitHub receives."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from hypothesis import given, settings
from openapi_schema_validator import OAS30Validator
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance
from werkzeug.wrappers import Request, Response

from catalog import strict_yaml
from lunora.ops import lambda_function
from tests.support import github
from tests.support.github import GitHub, GitRepository
from tests.support.http_api import ask, environment, of_repository
from tests.support.stage import Stage, run

ROOT = Path(__file__).parents[2]
CONTRACT = yaml.safe_load((ROOT / "docs/reference/openapi.yaml").read_text(encoding="utf-8"))
CALLER = "ada@example.org"
ONE = """\
# yaml-language-server: $schema=./schema.json
# The main show.
platform: restream # ours
preset: 1080p30

# Ask Ada before changing it.
owner: ada
encoding:
  bitrate_kbps: 6000 # the venue's uplink
  # As Restream asks.
  keyframe_seconds: 2
stream_key: {config: one-key}
"""
TWO = "platform: twitch\npreset: 720p30\nstate: stopped\n"
NEW = {"name": "three", "platform": "youtube", "preset": "1080p30"}
SECRET = "abcd-efgh-ijkl-mnop"  # noqa: S105 - of the test
FILE = "destinations/{}.yaml"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = GitRepository.create(tmp_path_factory.mktemp("template") / "streams.git")
    files = {"destinations/one.yaml": ONE, "destinations/two.yaml": TWO, "README.md": "Streams\n"}
    made.commit("main", files)
    return made.path


@pytest.fixture
def repository(tmp_path: Path, template: Path) -> GitRepository:
    return GitRepository(shutil.copytree(template, tmp_path / "streams.git"))


@pytest.fixture
def forge(repository: GitRepository) -> Iterator[GitHub]:
    for served in GitHub(repository).serve():
        yield served
        assert served.violations == []


@pytest.fixture
def api(
    stage: Stage, forge: GitHub, client: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> GitHub:
    """The function with a repository, whose `one` is deployed as it is in the branch."""
    (stage.folder / "destinations/one.yaml").write_text(ONE)
    variables = {
        **environment(stage),
        "LAMBDA_TASK_ROOT": str(stage.folder),
        **of_repository(forge, client),
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    lambda_function.stack_of_function.cache_clear()
    return forge


def answered(method: str, path: str, *content: Any, **more: Any) -> tuple[int, Any]:
    """Return status and document of an answer, which has the form that openapi.yaml describes."""
    answer = ask(method, path, *content, caller=CALLER, **more)
    status, document = answer["statusCode"], json.loads(answer["body"])
    template = "/api/destinations" if path.count("/") == 2 else "/api/destinations/{name}"
    response = CONTRACT["paths"][template][method.lower()]["responses"][str(status)]
    if "$ref" in response:
        response = CONTRACT["components"]["responses"][response["$ref"].rpartition("/")[2]]
    schema = response["content"]["application/json"]["schema"]
    OAS30Validator({"allOf": [schema], "components": CONTRACT["components"]}).validate(document)
    assert answer["headers"]["Cache-Control"] == "no-store"
    return status, document


def add(**changes: Any) -> tuple[int, Any]:
    return answered("POST", "/api/destinations", {**NEW, **changes})


def change(name: str = "one", **changes: Any) -> tuple[int, Any]:
    """Ask for the content of `one` with *changes*; None removes a key."""
    content = {**strict_yaml.parse(ONE).content, **changes}
    keys = {key: value for key, value in content.items() if value is not None}
    return answered("PUT", f"/api/destinations/{name}", keys)


def codes(document: Any) -> list[tuple[str, str]]:
    return [(problem["field"], problem["code"]) for problem in document["problems"]]


def test_a_new_destination_is_a_pull_request_with_its_file(api: GitHub) -> None:
    base = api.repository.text("rev-parse", "main")
    status, document = add(tags={"event": "launch"}, expires="2027-01-31")
    assert status == 202
    (request,) = api.pull_requests
    assert document == {"pullRequest": request.address, "branch": request.head}
    assert (request.title, request.base) == ("Add destination three", "main")
    assert api.repository.changed(request.head) == ["A destinations/three.yaml"]
    text = api.repository.show(request.head, FILE.format("three"))
    assert strict_yaml.parse(text).content == {
        "platform": "youtube",
        "preset": "1080p30",
        "tags": {"event": "launch"},
        "expires": "2027-01-31",
    }
    assert text.startswith("# yaml-language-server: $schema=./schema.json\nplatform: youtube\n")
    assert api.repository.text("rev-parse", "main") == base
    assert api.repository.text("rev-parse", f"{request.head}^") == base


def test_the_commit_and_the_pull_request_name_who_asked(api: GitHub) -> None:
    add()
    (request,) = api.pull_requests
    message = api.repository.text("show", "-s", "--format=%B", request.head)
    assert message.startswith("Add destination three\n\n")
    assert "`ada@example.org`" in message
    assert request.body in message


def test_a_change_keeps_comments_and_the_other_lines(api: GitHub) -> None:
    encoding = {"bitrate_kbps": 4500, "keyframe_seconds": 2}
    status, _ = change(preset="720p30", encoding=encoding, owner=None, state="stopped")
    assert status == 202
    (request,) = api.pull_requests
    assert api.repository.changed(request.head) == ["M destinations/one.yaml"]
    expected = ONE.replace("1080p30", "720p30").replace("6000", "4500")
    expected = expected.replace("owner: ada\n", "") + "state: stopped\n"
    assert api.repository.show(request.head, FILE.format("one")) == expected


def test_a_change_to_the_same_content_proposes_nothing(api: GitHub) -> None:
    assert change() == (200, {"pullRequest": None, "branch": None})
    assert api.repository.branches() == ["main"]


def test_a_removal_removes_the_file(api: GitHub) -> None:
    status, document = answered("DELETE", "/api/destinations/two")
    assert (status, api.repository.changed(document["branch"])) == (
        202,
        ["D destinations/two.yaml"],
    )
    assert api.pull_requests[0].title == "Remove destination two"


@pytest.mark.parametrize(
    "request_again",
    [add, change, lambda: answered("DELETE", "/api/destinations/two")],
    ids=["add", "change", "remove"],
)
def test_the_same_request_again_is_answered_with_the_open_pull_request(
    api: GitHub, request_again: Callable[[], tuple[int, Any]]
) -> None:
    if request_again is change:
        request_again = lambda: change(preset="720p30")  # noqa: E731 - the other has no change
    first = request_again()
    assert request_again() == first
    api.repository.commit("main", {"README.md": "Other streams\n"})
    assert request_again() == first
    assert len(api.pull_requests) == 1
    assert len(api.repository.branches()) == 2


def test_the_order_of_keys_makes_no_other_request(api: GitHub) -> None:
    first = answered("POST", "/api/destinations", NEW)
    assert answered("POST", "/api/destinations", dict(reversed(NEW.items()))) == first


def test_a_closed_pull_request_is_opened_again(api: GitHub) -> None:
    _, first = add()
    api.pull_requests[0].state = "closed"
    _, second = add()
    assert (first["branch"], len(api.pull_requests)) == (second["branch"], 2)
    api.pull_requests[1].state = "closed"
    api.repository.commit("main", {"README.md": "Other streams\n"})
    _, third = add()
    assert third["branch"] != second["branch"]
    assert api.repository.changed(third["branch"]) == ["A destinations/three.yaml"]


def test_two_requests_at_once_open_one_pull_request(api: GitHub) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: add(), range(4)))
    assert {status for status, _ in answers} == {202}
    assert len({document["pullRequest"] for _, document in answers}) == len(api.pull_requests) == 1


def test_only_files_that_are_not_deployed_are_read(api: GitHub) -> None:
    add()
    # `one` is deployed as it is, and the function has its text.
    assert api.calls.count("git/get-blob") == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"platform": "youtoob"},
        {"presett": "1080p30"},
        {"platform": None},
        {"preset": 30},
        {"url": "rtmp://a.rtmp.youtube.com/live2/abcd"},
        {"encoding": {"bitrate_kbps": 50, "profile": "low"}},
        {"flow": "third"},
        {"flow": "spare", "expires": "tomorrow"},
        {"schedule": {"timezone": "Mars", "windows": []}},
        {"medialive": {"Reservd": 1}},
        {"encoding": {"keyframe_seconds": 9}},
        {"platform": "restream", "stream_key": {"config": "one-key"}},
        {"platform": "twitch", "stream_key": {"config": "two"}},
        {"description": "\ud800"},
    ],
)
def test_a_body_is_judged_as_the_file_that_it_becomes(
    api: GitHub, stage: Stage, changes: dict[str, Any]
) -> None:
    status, document = add(**changes)
    assert status == 422
    keys = {key: value for key, value in {**NEW, **changes}.items() if key != "name"}
    (stage.folder / "destinations/two.yaml").write_text(TWO)
    (stage.folder / "destinations/three.yaml").write_text(yaml.safe_dump(keys))
    file = stage.folder / "Pulumi.local.yaml"
    file.write_text(file.read_text().replace("flows: {", "flows: {spare: {name: spare}, "))
    printed = run("validate").stderr
    assert [code for _, code in codes(document)] == [
        line.split(": ")[1] for line in printed.splitlines() if ".yaml:" in line
    ]
    assert document["code"] in printed
    assert api.pull_requests == []
    assert api.repository.branches() == ["main"]


def test_an_error_that_a_change_makes_in_another_file_is_its_own(api: GitHub) -> None:
    status, document = change(
        platform="twitch", stream_key={"config": "two"}, encoding=None, name="one"
    )
    assert status == 422
    assert [(each["destination"], each["code"]) for each in document["problems"]] == [
        ("two", "LUN130")
    ]


def test_an_error_that_was_there_before_stops_nobody(api: GitHub) -> None:
    api.repository.commit("main", {"destinations/two.yaml": "platform: twitch\n"})
    assert add()[0] == 202


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"stream_key": SECRET}, "stream_key"),
        ({"key": SECRET}, "key"),
        ({"streamKey": SECRET}, "streamKey"),
        ({"srt": {"passphrase": SECRET}}, "srt.passphrase"),
        ({"authentication": {"username": "a", "password": SECRET}}, "authentication.password"),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_secret_in_a_body_is_refused_and_never_shown(
    api: GitHub,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    method: str,
    changes: dict[str, Any],
    field: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    status, document = add(**changes) if method == "POST" else change(**changes)
    assert (status, codes(document)) == (422, [(field, "LUN473")])
    shown = json.dumps(document) + caplog.text + "".join(capfd.readouterr())
    assert SECRET not in shown
    assert api.calls == []


@pytest.mark.parametrize(
    "changes",
    [
        {"url": f"rtmp://a.rtmp.youtube.com/live2/{SECRET}"},
        {"stream_key": {"value": SECRET}},
        {"stream_key": [SECRET]},
        {"srt": SECRET},
        {"medialive": {"Destinations": SECRET}},
    ],
)
def test_a_secret_elsewhere_is_refused_and_never_shown(
    api: GitHub, changes: dict[str, Any]
) -> None:
    status, document = add(**changes)
    assert status == 422
    assert SECRET not in json.dumps(document)
    assert SECRET.encode() not in api.repository.everything()


def test_the_token_is_in_no_answer_log_or_commit(
    api: GitHub, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    documents = [add(), change(preset="720p30"), answered("DELETE", "/api/destinations/two")]
    assert {status for status, _ in documents} == {202}
    shown = json.dumps(documents) + "".join(capfd.readouterr())
    # botocore logs the answers of AWS when somebody asks it to.
    shown += "".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("botocore")
    )
    assert github.TOKEN not in shown
    assert github.TOKEN.encode() not in api.repository.everything()
    assert github.TOKEN not in str(api.pull_requests)


def test_a_forge_that_refuses_a_step_is_one_sentence_without_its_own(api: GitHub) -> None:
    add()
    api.pull_requests[0].state = "closed"
    for operation in github.OPERATIONS:
        api.answers = {operation: 403}
        status, document = add()
        assert (status, document["code"]) == (502, "LUN476"), operation
        assert github.MESSAGE not in json.dumps(document)
        assert github.TOKEN not in json.dumps(document)
    assert len(api.pull_requests) == 1
    api.answers = {}
    assert add()[0] == 202


def test_what_is_unknown_or_there_already_is_said(api: GitHub) -> None:
    assert answered("DELETE", "/api/destinations/three")[0] == 404
    status, document = change("three")
    assert (status, document["error"][:6]) == (404, "LUN450")
    # Of the branch, deployed or not.
    for name in ("one", "two"):
        status, document = add(name=name)
        assert (status, document["code"]) == (409, "LUN474")


@pytest.mark.parametrize("name", ["../one", "One", "a", "", 7, None])
def test_a_name_is_checked_first(api: GitHub, name: object) -> None:
    status, document = add(name=name)
    assert (status, codes(document)[0][0]) == (422, "name")
    assert document["code"] in {"LUN101", "LUN108"}
    assert api.calls == []


def test_a_file_that_somebody_has_changed_is_left_alone(api: GitHub) -> None:
    blob = api.repository.text("rev-parse", "main:destinations/one.yaml")
    api.repository.commit("main", {"destinations/one.yaml": ONE + "state: stopped\n"})
    current = api.repository.text("rev-parse", "main:destinations/one.yaml")
    path, body = "/api/destinations/one", {"platform": "restream", "preset": "720p30"}
    for method, content in (("PUT", body), ("DELETE", None)):
        status, document = answered(method, path, content, headers=_if_match(f'"{blob}"'))
        assert (status, document["code"]) == (409, "LUN475")
    assert api.repository.branches() == ["main"]
    for tag in (f'"{current}"', f'"{blob}", W/"{current}"', "*"):
        assert answered("PUT", path, body, headers=_if_match(tag))[0] == 202


def _if_match(tag: str) -> dict[str, str]:
    return {"if-match": tag, "content-type": "application/json"}


JSON = "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"", JSON, 400, "LUN470"),
        (b"{", JSON, 400, "LUN470"),
        (b"[]", JSON, 400, "LUN470"),
        (b'"text"', JSON, 400, "LUN470"),
        (b'{"name": NaN}', JSON, 400, "LUN470"),
        (b'{"name": "a", "name": "b"}', JSON, 400, "LUN470"),
        (b"[" * 60_000, JSON, 400, "LUN470"),
        (b"\xff", JSON, 400, "LUN480"),
        (json.dumps({"name": "x" * 65_536}).encode(), JSON, 413, "LUN471"),
        (b"{}", "text/plain", 415, "LUN472"),
        (b"{}", "", 415, "LUN472"),
    ],
)
def test_a_body_of_another_form_is_refused(
    api: GitHub, body: bytes, content_type: str, status: int, code: str
) -> None:
    headers = {"content-type": content_type} if content_type else {}
    given, document = answered("POST", "/api/destinations", body, headers=headers)
    assert (given, document["error"][:6]) == (status, code)
    assert api.calls == []


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"body": "no base64!", "isBase64Encoded": True}, "LUN480"),
        ({"body": "\ud800", "isBase64Encoded": False}, "LUN470"),
    ],
)
def test_a_body_that_is_no_text_is_refused(api: GitHub, members: dict[str, Any], code: str) -> None:
    headers = {"content-type": JSON}
    status, document = answered("POST", "/api/destinations", headers=headers, members=members)
    assert (status, document["error"][:6]) == (400, code)


def test_a_body_may_come_in_base64(api: GitHub) -> None:
    body = json.dumps(NEW).encode()
    assert answered("POST", "/api/destinations", body, headers={"content-type": JSON})[0] == 202


def test_deep_maps_and_long_files_are_refused(api: GitHub) -> None:
    deep: Any = 1
    for _ in range(900):
        deep = {"a": deep}
    assert add(medialive=deep)[1]["code"] == "LUN470"
    assert add(medialive=json.loads('{"a":' * 30 + "1" + "}" * 30))[1]["code"] == "LUN105"
    long = {f"k{number}": {"a": 1} for number in range(5000)}
    status, document = add(tags=long)
    assert (status, document["code"]) in {(422, "LUN107"), (413, "LUN471")}


def test_a_token_is_not_carried_to_another_address(api: GitHub) -> None:
    elsewhere = GitHub(api.repository)
    for served in elsewhere.serve():
        location = f"{served.url}/repos/{github.OWNER}/{github.REPOSITORY}"
        api.answers = {"git/get-ref": Response(status=302, headers={"Location": location})}
        assert add()[0] == 502
    assert elsewhere.calls == elsewhere.violations == []


def test_a_forge_that_does_not_answer_is_one_sentence(
    api: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"name": "octo/streams", "folder": "destinations", "url": "http://127.0.0.1:9"}
    monkeypatch.setenv("LUNORA_REPOSITORY", json.dumps(settings))
    status, document = add()
    assert (status, document["code"]) == (502, "LUN476")


@pytest.mark.parametrize("token", ["made up", "made-up\n", "made-up\u00e9"])
def test_a_stored_text_that_is_no_token_is_not_sent(
    api: GitHub, client: Callable[[str], Any], token: str, capfd: pytest.CaptureFixture[str]
) -> None:
    client("secretsmanager").put_secret_value(SecretId="token", SecretString=token)
    status, document = add()
    assert (status, document["code"]) == (502, "LUN476")
    assert token not in json.dumps(document) + "".join(capfd.readouterr())


def test_a_replaced_token_works_at_once(api: GitHub, client: Callable[[str], Any]) -> None:
    manager = client("secretsmanager")
    manager.put_secret_value(SecretId="token", SecretString="expired")
    assert add()[1]["code"] == "LUN476"
    manager.put_secret_value(SecretId="token", SecretString=github.TOKEN)
    assert add()[0] == 202


def test_a_token_that_cannot_be_read_is_an_error_of_aws(
    api: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUNORA_REPOSITORY_TOKEN", "none")
    status, document = add()
    assert (status, "ResourceNotFoundException" in document["error"]) == (502, True)


@Request.application
def application(request: Request) -> Response:
    """Serve the handler as a function URL would."""
    answer = ask(
        request.method,
        request.environ.get("REQUEST_URI", request.path).split("?")[0],
        request.get_data(),
        headers={name.lower(): text for name, text in request.headers},
    )
    return Response(answer["body"], answer["statusCode"], answer["headers"])


@pytest.mark.fuzz
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/destinations"),
        ("PUT", "/api/destinations/{name}"),
        ("DELETE", "/api/destinations/{name}"),
    ],
)
def test_every_answer_is_as_documented(api: GitHub, method: str, path: str) -> None:
    operation = schemathesis.openapi.from_dict(CONTRACT)[path][method]

    @settings(max_examples=settings().max_examples // 20)
    @given(case=operation.as_strategy())
    def any_body(case: schemathesis.Case[Any]) -> None:
        excluded = [positive_data_acceptance, ignored_auth]
        case.call_and_validate(app=application, excluded_checks=excluded)

    any_body()
