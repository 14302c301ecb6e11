"""The tag that suspends a channel's restarts."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import suspension
from catalog.errors import LunoraError
from catalog.suspension import KEY, UNKNOWN, Suspension

NOON = dt.datetime(2026, 1, 2, 12, tzinfo=dt.UTC)
TIMES = st.integers(0, 2**31).map(lambda seconds: dt.datetime.fromtimestamp(seconds, dt.UTC))


@given(TIMES, st.none() | TIMES, st.from_regex(r"[A-Za-z0-9+=,.@-]{1,64}", fullmatch=True))
def test_it_reads_what_it_writes(since: dt.datetime, until: dt.datetime | None, by: str) -> None:
    """Names of users and sessions have these characters (IAM API reference)."""
    written = Suspension(by, since, until)
    read = suspension.read({KEY: written.tag_value()})
    assert read is not None
    assert (read.since, read.until) == (since, until)
    assert read.by == by.translate(str.maketrans("=,", "--"))


@given(st.text(max_size=300), st.text(max_size=300))
def test_its_value_is_one_that_aws_takes(by: str, why: str) -> None:
    value = Suspension(by, NOON, NOON, why).tag_value()
    assert len(value) <= 256
    assert set(value) <= set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _.:/=+-@"
    )


@given(st.from_regex(r"[a-z]([a-z ]{0,88}[a-z])?", fullmatch=True), st.none() | TIMES)
def test_it_reads_the_reason_that_it_writes(why: str, until: dt.datetime | None) -> None:
    read = suspension.read({KEY: Suspension("alice", NOON, until, why).tag_value()})
    assert read == Suspension("alice", NOON, until, why)
    assert str(read).endswith(f"({why})")


def test_a_name_cannot_bring_a_reason() -> None:
    read = suspension.read({KEY: Suspension("alice why=none", NOON).tag_value()})
    assert read == Suspension("alice why-none", NOON)


@pytest.mark.parametrize("text", ["", "  ", "x" * 91, "two\nlines", "\x1b[31m"])
def test_a_reason_is_one_short_line(text: str) -> None:
    with pytest.raises(LunoraError) as error:
        suspension.reason(text)
    assert error.value.code == "LUN482"
    assert suspension.reason(" rehearsal ") == "rehearsal"


def test_a_channel_without_the_tag_is_not_suspended() -> None:
    assert suspension.read({"Destination": "show"}) is None


@pytest.mark.parametrize("value", ["", "yes", "since=now by=", "by=alice"])
def test_a_value_of_somebody_else_suspends_without_end(value: str) -> None:
    read = suspension.read({KEY: value})
    assert read == Suspension(UNKNOWN, None)
    assert read.applies(NOON)


@pytest.mark.parametrize(("minutes", "applies"), [(-1, True), (0, False), (1, False)])
def test_it_applies_before_its_end(minutes: int, *, applies: bool) -> None:
    suspended = Suspension("alice", None, NOON)
    assert suspended.applies(NOON + dt.timedelta(minutes=minutes)) is applies
