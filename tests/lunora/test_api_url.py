"""The HTTP API behind its function URL: its description over HTTP, and a page in a browser.

The emulator checks every signature and every policy: those of the callers, and the function's own.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import schemathesis
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given, settings
from requests.auth import AuthBase
from schemathesis.specs.openapi.checks import positive_data_acceptance
from selenium.webdriver import Chrome
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from localaws.http_response import QuietHandler
from localaws.server import EmbeddedAws
from tests.support.browser import of_module
from tests.support.clients import connect
from tests.support.http_api import deploy
from tests.support.iam import Keys, user
from tests.support.openapi import CONTRACT, OPERATIONS, PARAMETERS
from tests.support.stage import REGION, Stage

ROOT = Path(__file__).parents[2]
SIGNER = ROOT / "tests/vendor/aws4fetch.umd.js"
SIGNER_SHA256 = "7d22aa79069491f203ab98e031b14254aeda356b725f822445744911a2ce68e8"

_SECONDS = 60.0
# What a file does is documented and always refused.
_REFUSED: list[Any] = [positive_data_acceptance]


class Signed(AuthBase):
    """Signs requests to a function URL, which are sent to 127.0.0.1: not every resolver has it."""

    def __init__(self, url: str, keys: Mapping[str, str]) -> None:
        self._host = urlsplit(url).netloc
        self._credentials = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"])

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        url = f"http://{self._host}{request.path_url}"
        signed = AWSRequest(str(request.method), url, data=request.body or b"")
        SigV4Auth(self._credentials, "lambda", REGION).add_auth(signed)
        request.headers.update({**signed.headers, "Host": self._host})
        return request


@Request.application
def page(request: Request) -> Response:
    """Serve a page that has the signer."""
    if request.path == "/signer.js":
        return Response(SIGNER.read_bytes(), mimetype="text/javascript")
    text = "<!doctype html><title>A player</title><script src=/signer.js></script>"
    return Response(text, mimetype="text/html")


@contextlib.contextmanager
def served() -> Iterator[str]:
    """Serve the page; yields its origin."""
    server = make_server("127.0.0.1", 0, page, threaded=True, request_handler=QuietHandler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True)
class Site:
    """The API at *url*, a page that may call it, one that may not, and the keys of callers.

    Attributes:
        keys: of a caller with the documented policy.
        half: of a caller without `lambda:InvokeFunction`.
    """

    stage: Stage
    url: str
    origin: str
    foreign_origin: str
    keys: Keys
    half: Keys


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    (folder / "destinations").mkdir()
    guide = (ROOT / "docs/how-to/http-api.md").read_text(encoding="utf-8")
    documented = guide.partition("```json\n")[2].partition("```")[0].replace("-prod-", "-local-")
    statements = json.loads(documented)["Statement"]
    with served() as origin, served() as foreign, EmbeddedAws(enforce_iam=True) as aws:
        client = functools.partial(connect, aws.endpoint)
        stage = Stage(folder, aws, client)
        stage.destination("one", thumbnails=True)
        stage.destination("two", runs=False)
        url = deploy(stage, client, [origin])
        keys, half = user(aws, *statements), user(aws, statements[0], name="half")
        yield Site(stage, url, origin, foreign, keys, half)


@pytest.mark.fuzz
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_over_http_is_as_documented(site: Site, method: str, path: str) -> None:
    operation = schemathesis.openapi.from_dict(CONTRACT)[path][method.upper()]
    place: dict[str, Any] = {"base_url": site.stage.aws.endpoint, "timeout": _SECONDS}
    sent = {**place, "auth": Signed(site.url, site.keys)}

    # Each example is an invocation of a process of its own.
    @settings(max_examples=max(2, settings().max_examples // 50))
    @given(case=operation.as_strategy())
    def any_request(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(**sent, excluded_checks=_REFUSED)

    any_request()
    names = {name: value for name, value in PARAMETERS.items() if f"{{{name}}}" in path}
    case = operation.Case(path_parameters=names)
    answer = case.call_and_validate(**sent, excluded_checks=_REFUSED)
    assert answer.status_code in {200, 202, 405}, answer.text
    unsigned = case.call(**place, headers={"Host": urlsplit(site.url).netloc})
    case.validate_response(unsigned, excluded_checks=_REFUSED)
    assert unsigned.status_code == 403


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Debian's Chromium."""
    yield from of_module(tmp_path_factory)


CALL = """
const [url, method, body, keys, done] = arguments;
const aws = new aws4fetch.AwsClient({...keys, service: "lambda", region: "us-west-2", retries: 0});
const sent = body && {body: JSON.stringify(body), headers: {"content-type": "application/json"}};
aws.fetch(url, {method, ...sent})
  .then(async answer => {
    if (answer.headers.get("content-type") !== "image/jpeg")
      return [answer.status, await answer.json()];
    return [answer.status, (await createImageBitmap(await answer.blob())).width];
  })
  .then(done, error => done([0, String(error)]));
"""


def fetched(
    browser: Chrome, site: Site, path: str, method: str = "GET", body: Any = None, *, keys: Keys
) -> tuple[int, Any]:
    """Let the open page call the API; status 0 is an error of the browser."""
    named = {"accessKeyId": keys["AccessKeyId"], "secretAccessKey": keys["SecretAccessKey"]}
    url = f"{site.url.rstrip('/')}{path}"
    status, content = browser.execute_async_script(CALL, url, method, body, named)
    return status, content


def test_a_page_of_an_allowed_origin_signs_its_requests(browser: Chrome, site: Site) -> None:
    assert hashlib.sha256(SIGNER.read_bytes()).hexdigest() == SIGNER_SHA256
    browser.get(site.origin)
    call = functools.partial(fetched, browser, site, keys=site.keys)
    status, content = call("/api/destinations/status")
    assert status == 200, content
    assert [each["name"] for each in content["destinations"]] == ["one", "two"]
    assert call("/api/destinations/one/start", "POST")[0] == 202
    site.stage.until("one", "RUNNING")
    assert call("/api/destinations/one/picture")[0] == 200
    status, content = call("/api/destinations/one/stop", "POST", {"why": "end", "for": "1h"})
    assert (status, content["desired"]) == (202, "stopped"), content
    site.stage.until("one", "IDLE")
    assert call("/api/destinations/one")[1]["reason"].endswith("(end)")
    # Both actions, as AWS asks for since October 2025: the page may read the refusal.
    status, content = fetched(browser, site, "/api/destinations", keys=site.half)
    assert (status, content["Message"].partition(".")[0]) == (403, "Forbidden")
    wrong = {**site.keys, "SecretAccessKey": "made-up"}
    assert fetched(browser, site, "/api/destinations", keys=wrong)[0] == 403


def test_the_browser_refuses_a_page_of_another_origin(browser: Chrome, site: Site) -> None:
    browser.get(site.foreign_origin)
    before = len(site.stage.aws.calls)
    status, content = fetched(browser, site, "/api/destinations", keys=site.keys)
    assert (status, content) == (0, "TypeError: Failed to fetch")
    # It asks before it sends, and does not send.
    made = [str(call) for call in site.stage.aws.calls[before:]]
    assert made == ["lambda FunctionUrl lunora-player-local-api 200"]
