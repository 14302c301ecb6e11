"""The text of a new file, and what a stream key can be."""

from __future__ import annotations

import pytest
import yaml

from catalog.new_destination import SCHEMA, Draft
from catalog.stream_key import is_possible


def test_a_draft_says_what_was_asked_in_the_order_of_the_readme() -> None:
    draft = Draft("custom", "720p30", "rtmp://host/app", "/shared/key")
    assert draft.text == (
        f"{SCHEMA}platform: custom\nurl: rtmp://host/app\npreset: 720p30\n"
        'stream_key: {ssm: "/shared/key"}\n'
    )
    assert Draft("twitch", "720p30", None, None).text == (
        f"{SCHEMA}platform: twitch\npreset: 720p30\n"
    )


@pytest.mark.parametrize(
    "value", ["plain", "a-b_c.d/e:f", "", " x", "-x", '"', "\\", "a\nb", "{a}"]
)
def test_whatever_was_answered_is_read_as_that(value: str) -> None:
    document = yaml.safe_load(Draft(value, "720p30", None, None).text)
    assert document == {"platform": value, "preset": "720p30"}


INVISIBLE = ["\u200bkey", "\ufeffkey", "key\x1b[31m", "key\x7f", "k\u00a0ey", "key\u2028"]


@pytest.mark.parametrize("key", ["", "two words", "a\tb", "rtmp://host/app/key", "://", *INVISIBLE])
def test_what_is_no_stream_key(key: str) -> None:
    assert not is_possible(key)


@pytest.mark.parametrize("key", ["a", "made-up?auth=1&x=y", "a:b//c"])
def test_what_may_be_a_stream_key(key: str) -> None:
    assert is_possible(key)
