"""The client of a forge, whatever that answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import urllib3

from catalog.repository import Repository
from lunora.api.forge import ForgeConflictError, ForgeError, GitHub

TOKEN = "made-up-token"  # noqa: S105 - of the test
SECRET = "a message that repeats what was sent"  # noqa: S105 - as above


@dataclass
class Answer:
    status: int
    data: bytes


def forge(monkeypatch: pytest.MonkeyPatch, answer: Answer | Exception) -> GitHub:
    """Return a client of a forge that answers everything so."""

    def request(*_: object, **__: object) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(urllib3.PoolManager, "request", request)
    return GitHub(Repository(name="octo/streams", folder="destinations"), TOKEN)


@pytest.mark.parametrize("status", [204, 301, 302, 400, 401, 403, 404, 409, 429, 500, 503])
def test_a_refusal_is_its_status_alone(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    with pytest.raises(ForgeError) as error:
        forge(monkeypatch, Answer(status, SECRET.encode())).head("main")
    assert (error.value.code, error.value.status) == ("LUN476", 502)
    assert str(status) in error.value.message
    assert SECRET not in str(error.value)


def test_a_conflict_has_a_class_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ForgeConflictError) as error:
        forge(monkeypatch, Answer(422, SECRET.encode())).create_branch("one", "0" * 40)
    assert SECRET not in str(error.value)


@pytest.mark.parametrize("content", [b"", b"{}", b"no JSON", b"[1]", b'{"message": "a"}', b"\xff"])
def test_an_answer_of_another_form_is_an_error(
    monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    client = forge(monkeypatch, Answer(200, content))
    for call in (
        lambda: client.head("main"),
        lambda: client.files("destinations", "0" * 40),
        lambda: client.blob("0" * 40),
        lambda: client.branches("lunora/"),
        lambda: client.pull_request("lunora/one"),
    ):
        with pytest.raises(ForgeError) as error:
            call()
        assert error.value.code == "LUN476"


@pytest.mark.parametrize(
    "error",
    [
        urllib3.exceptions.ConnectTimeoutError(SECRET),
        urllib3.exceptions.SSLError(SECRET),
        urllib3.exceptions.ProtocolError(SECRET),
    ],
)
def test_a_silence_is_an_error_without_its_text(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    with pytest.raises(ForgeError) as raised:
        forge(monkeypatch, error).head("main")
    assert SECRET not in str(raised.value)
    assert raised.value.__suppress_context__


def test_a_folder_that_is_not_there_has_no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    assert forge(monkeypatch, Answer(404, b"")).files("destinations", "0" * 40) == {}


def test_a_listing_that_may_be_cut_off_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = b'{"type": "file", "name": "a.yaml", "sha": "0"}'
    listing = b"[" + b", ".join([entry] * 1000) + b"]"
    with pytest.raises(ForgeError):
        forge(monkeypatch, Answer(200, listing)).files("destinations", "0" * 40)


@pytest.mark.parametrize("token", ["", "made up", "made-up\n", "made-up\u00e9"])
def test_a_text_that_is_no_token_is_not_sent(token: str) -> None:
    with pytest.raises(ForgeError) as error:
        GitHub(Repository(name="octo/streams", folder="destinations"), token)
    assert "made" not in str(error.value)
