"""Access to the console: who is refused, and what no answer gives away."""

from __future__ import annotations

import contextlib
import io
import threading
import urllib.request
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from catalog.errors import LunoraError
from lunora.console import server
from lunora.console.app import create_app
from lunora.console.parts import Console
from lunora.console.security import Access
from lunora.terminal import now
from tests.support.stage import Stage

from .conftest import ORIGIN, PORT

HOST = {"HTTP_HOST": f"127.0.0.1:{PORT}"}
ROUTES = (
    ("GET", "/"),
    ("GET", "/history"),
    ("GET", "/changes"),
    ("GET", "/files/new"),
    ("GET", "/files/edit/one"),
    ("GET", "/fragments/overview"),
    ("GET", "/fragments/history"),
    ("GET", "/fragments/changes"),
    ("GET", "/pictures/flow/main/0"),
    ("GET", "/events"),
    ("GET", "/static/console.js"),
    ("GET", "/api/destinations"),
    ("POST", "/api/destinations/one/stop"),
    ("POST", "/operations"),
    ("POST", "/refresh"),
    ("POST", "/preview"),
    ("POST", "/files/check"),
    ("POST", "/files/save"),
)


def test_each_route_refuses_a_browser_that_has_not_opened_the_address(console: Console) -> None:
    client = create_app(console).test_client()
    for method, path in ROUTES:
        answer = client.open(path, method=method, environ_overrides={**HOST, "HTTP_ORIGIN": ORIGIN})
        assert (path, answer.status_code) == (path, 403)
        assert "LUN460" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_HOST": "rebound.example.org"},
        {"HTTP_HOST": f"localhost:{PORT}"},
        {"HTTP_HOST": "127.0.0.1"},
        {"HTTP_ORIGIN": "http://127.0.0.1:4566"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_SEC_FETCH_MODE": "no-cors"},
        {"HTTP_SEC_FETCH_SITE": "same-site", "HTTP_SEC_FETCH_MODE": "cors"},
    ],
)
def test_each_route_refuses_other_names_and_origins(
    browser: FlaskClient, headers: dict[str, str]
) -> None:
    for method, path in ROUTES:
        answer = browser.open(path, method=method, base_url=ORIGIN, environ_overrides=headers)
        assert (path, answer.status_code) == (path, 403)
        assert "LUN460" in answer.text


def test_a_request_that_acts_names_its_origin(browser: FlaskClient) -> None:
    del browser.environ_base["HTTP_ORIGIN"]
    assert browser.get("/", base_url=ORIGIN).status_code == 200
    assert browser.post("/refresh", base_url=ORIGIN).status_code == 403


def test_a_link_of_another_page_may_open_a_page(browser: FlaskClient) -> None:
    del browser.environ_base["HTTP_ORIGIN"]
    link = {"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_SEC_FETCH_MODE": "navigate"}
    assert browser.get("/", base_url=ORIGIN, environ_overrides=link).status_code == 200


def test_the_address_works_once_and_gives_a_strict_cookie(console: Console) -> None:
    client = create_app(console).test_client()
    path = console.access.address.removeprefix(ORIGIN)
    wrong = client.get("/open?ticket=guess", environ_overrides=HOST)
    assert wrong.status_code == 403
    first = client.get(path, environ_overrides=HOST)
    (cookie,) = first.headers.getlist("Set-Cookie")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert path.partition("=")[2] not in cookie, "the ticket stays in the browser's history"
    assert create_app(console).test_client().get(path, environ_overrides=HOST).status_code == 403


def test_two_consoles_have_nothing_in_common() -> None:
    first, second = Access(1), Access(2)
    assert first.cookie != second.cookie
    session = second.redeem(second.address.partition("=")[2])
    with pytest.raises(LunoraError):
        first.check_session(session)
    assert "ticket" not in repr(first)


@pytest.mark.parametrize(
    "path", ["/", "/static/console.css", "/nothing", "/api/destinations/nobody"]
)
def test_each_answer_loads_nothing_from_elsewhere(browser: FlaskClient, path: str) -> None:
    with browser.get(path, base_url=ORIGIN) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/history", "/changes", "/files/new"])
def test_pages_have_neither_scripts_nor_styles_within(browser: FlaskClient, path: str) -> None:
    page = browser.get(path, base_url=ORIGIN).text
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page
    assert page.count("<script") == page.count('<script src="/static/') == 1


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"action": "destroy", "names": ["one"]}'])
def test_another_body_is_refused_and_not_repeated(browser: FlaskClient, body: bytes) -> None:
    answer = browser.post("/operations", data=body, mimetype="application/json", base_url=ORIGIN)
    assert answer.status_code in {400, 422}
    assert "destroy" not in answer.text


@pytest.fixture
def served(stage: Stage) -> Iterator[Console]:
    """A console that is served on a port of its own."""
    listening = server.listen(0)
    parts = server.build(stage.stack, listening.server_port, 600.0, now)
    thread = threading.Thread(target=server.serve, args=(listening, parts))
    thread.start()
    yield parts
    listening.shutdown()
    thread.join()


def test_the_server_is_on_loopback_alone_and_logs_nothing(served: Console) -> None:
    logged = io.StringIO()
    with (
        contextlib.redirect_stderr(logged),
        contextlib.redirect_stdout(logged),
        urllib.request.urlopen(served.access.address) as answer,  # noqa: S310 - our own
    ):
        assert answer.headers["Server"] == "lunora"
        assert answer.status == 200
    assert logged.getvalue() == ""
    assert served.access.origin.startswith("http://127.0.0.1:")


def test_a_port_that_is_taken_is_an_error(served: Console) -> None:
    with pytest.raises(LunoraError) as refused:
        server.listen(served.access.port)
    assert refused.value.code == "LUN466"
