"""Sets of times: overlaps, open ends, touching parts and months."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from lunora.report.intervals import Intervals, months, whole

DAY = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def hour(number: float) -> dt.datetime:
    return DAY + dt.timedelta(hours=number)


def spans(*pairs: tuple[float, float]) -> Intervals:
    return Intervals.of((hour(begin), hour(end)) for begin, end in pairs)


@pytest.mark.parametrize(
    ("pairs", "merged"),
    [
        ([], []),
        ([(2, 1)], []),
        ([(1, 1)], []),
        ([(3, 4), (1, 2)], [(1, 2), (3, 4)]),
        ([(1, 3), (2, 4)], [(1, 4)]),
        ([(1, 2), (2, 3)], [(1, 3)]),
        ([(1, 9), (2, 3)], [(1, 9)]),
    ],
)
def test_overlapping_and_touching_times_are_one(
    pairs: list[tuple[float, float]], merged: list[tuple[float, float]]
) -> None:
    assert [(part.begin, part.end) for part in spans(*pairs)] == [
        (hour(begin), hour(end)) for begin, end in merged
    ]


def test_what_is_common_and_what_is_left() -> None:
    declared, on_air = spans((0, 10), (20, 30)), spans((5, 22), (25, 40))
    assert declared & on_air == spans((5, 10), (20, 22), (25, 30))
    assert declared - on_air == spans((0, 5), (22, 25))
    assert declared | on_air == spans((0, 40))
    assert declared - spans() == declared
    assert not spans() - declared
    assert spans((0, 10)) - spans((0, 10)) == spans()
    assert (declared.hours, declared.minutes) == (20, [600, 600])


def test_they_agree_with_a_count_of_minutes() -> None:
    draw = random.Random(7)  # noqa: S311 - no secret
    for _ in range(200):
        pairs = [
            [(begin, begin + draw.randrange(1, 9)) for begin in draw.sample(range(40), 5)]
            for _ in range(2)
        ]
        first, second = (spans(*group) for group in pairs)
        first_minutes, second_minutes = (
            {n for a, b in group for n in range(a, b)} for group in pairs
        )
        for combined, expected in (
            (first & second, first_minutes & second_minutes),
            (first | second, first_minutes | second_minutes),
            (first - second, first_minutes - second_minutes),
        ):
            assert combined.hours == len(expected)
            assert all(part.begin < part.end for part in combined)


def test_months_are_cut_at_the_ends() -> None:
    begin, end = dt.datetime(2026, 1, 30, 12, tzinfo=dt.UTC), dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    assert [
        (part.begin.isoformat()[:13], part.end.isoformat()[:13]) for part in months(begin, end)
    ] == [
        ("2026-01-30T12", "2026-02-01T00"),
        ("2026-02-01T00", "2026-03-01T00"),
    ]
    assert list(months(begin, begin)) == []
    assert whole(begin, begin) == Intervals()
