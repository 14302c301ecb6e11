"""Texts of others, redacted."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from provider.redaction import HIDDEN, Mask, secrets_in

# Every character that one of the escapes changes.
KEY = 'made-up/key with & <ä> "marks" +1'


ESCAPED = json.dumps(KEY)[1:-1]


@pytest.mark.parametrize(
    "form",
    [
        KEY,
        quote(KEY),
        quote(KEY, safe=""),
        quote(KEY, safe="").lower(),
        quote_plus(KEY),
        quote(quote(KEY, safe=""), safe=""),
        ESCAPED,
        json.dumps(ESCAPED)[1:-1],
        json.dumps(KEY, ensure_ascii=False)[1:-1],
        html.escape(KEY),
    ],
)
def test_a_secret_is_hidden_in_every_form(form: str) -> None:
    assert Mask([KEY])(f"cannot publish {form}, refused") == f"cannot publish {HIDDEN}, refused"


@pytest.mark.parametrize("before", ["", "a", "ab", "abc", '{"StreamName": "'])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_secret_is_hidden_within_base64(encode: Callable[[bytes], bytes], before: str) -> None:
    text = encode(f'{before}{KEY}"}}'.encode()).decode()
    hidden = Mask([KEY]).hide(text)
    assert HIDDEN in hidden
    # Of the key, at most the one character at each end that shares its bits with a neighbour.
    rest = hidden.replace(HIDDEN, "")
    assert len(rest) <= len(encode(f'{before}"}}'.encode())) + 4


def test_the_longer_of_two_secrets_is_hidden_as_a_whole() -> None:
    assert Mask(["key", "key-2"])("key-2 and key") == f"{HIDDEN} and {HIDDEN}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("open [rtmp://host:1935/app/key] failed", "open [rtmp://host:1935/***] failed"),
        ("rtmps://user:word@host/app?key=1", "rtmps://host/***"),
        ("srt://203.0.113.9:9000?passphrase=word", "srt://203.0.113.9:9000/***"),
        ("no URL: host/app/key", "no URL: host/app/key"),
    ],
)
def test_a_url_shows_scheme_and_host_alone(text: str, shown: str) -> None:
    assert Mask()(text) == shown


def test_an_empty_secret_hides_nothing() -> None:
    assert Mask([""])("as it is") == "as it is"


def test_its_representation_shows_no_secret() -> None:
    assert KEY not in repr(Mask([KEY]))


def test_the_address_of_a_server_of_files_may_hold_a_key() -> None:
    url = "https://host.example/live/s3cr3t-in-path/index?cid=s3cr3t-value&copy=0"
    assert {"s3cr3t-in-path", "s3cr3t-value"} <= set(secrets_in({"Destinations": [{"Url": url}]}))
    assert set(secrets_in({"Url": "rtmp://host.example/application"})) == set()
