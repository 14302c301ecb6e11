"""Texts of others, redacted."""

from __future__ import annotations

import html
import json
from urllib.parse import quote, quote_plus

import pytest

from provider.redaction import HIDDEN, Mask

# Every character that one of the escapes changes.
KEY = 'made-up/key with & <ä> "marks" +1'


@pytest.mark.parametrize(
    "form",
    [
        KEY,
        quote(KEY),
        quote(KEY, safe=""),
        quote_plus(KEY),
        json.dumps(KEY)[1:-1],
        json.dumps(KEY, ensure_ascii=False)[1:-1],
        html.escape(KEY),
    ],
)
def test_a_secret_is_hidden_in_every_form(form: str) -> None:
    assert Mask([KEY])(f"cannot publish {form}, refused") == f"cannot publish {HIDDEN}, refused"


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
