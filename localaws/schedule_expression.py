"""Schedule expressions of EventBridge Scheduler: at(...), rate(...) and cron(...).

Facts: EventBridge Scheduler user guide, "schedule types" (fields, time zones; a time that a change
of the clock skips is skipped, one that comes twice is taken once).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_UNITS = {"minute": 60, "hour": 3600, "day": 86400}
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_SEARCHED_DAYS = 366 * 5


class InvalidExpression(Exception):  # noqa: N818 - what it is
    """It is no schedule expression, or one that the emulator does not understand."""


def next_after(expression: str, zone: str, after: float) -> float | None:
    """Return when a schedule is due next.

    Args:
        expression: for example `cron(0 9 ? * MON-FRI *)`.
        zone: IANA name of its time zone.
        after: seconds since the epoch; a rate counts from there.

    Returns:
        Seconds since the epoch, later than *after*; None when it is never due again.

    Raises:
        InvalidExpression: when it cannot be understood.
    """
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise InvalidExpression(f"there is no time zone {zone}") from None
    kind, _, rest = expression.partition("(")
    inner = rest.removesuffix(")")
    if not rest.endswith(")") or kind not in {"at", "rate", "cron"}:
        raise InvalidExpression(f"{expression} is not a schedule expression")
    if kind == "rate":
        return after + _period(inner)
    if kind == "cron":
        return next(_times(inner, place, after), None)
    try:
        time = dt.datetime.fromisoformat(inner).replace(tzinfo=place).timestamp()
    except ValueError:
        raise InvalidExpression(f"{inner} is not a date and time") from None
    return time if time > after else None


def _period(text: str) -> float:
    match = re.fullmatch(r"([1-9]\d*) (minute|hour|day)s?", text)
    if match is None:
        raise InvalidExpression(f"rate({text}) is not understood")
    return int(match[1]) * _UNITS[match[2]]


def _times(text: str, place: ZoneInfo, after: float) -> Iterator[float]:
    fields = text.split()
    if len(fields) != 6 or (fields[2] == "?") == (fields[4] == "?"):  # noqa: PLR2004 - as AWS has them
        raise InvalidExpression(f"cron({text}) needs six fields, one of the days being ?")
    minutes, hours = _numbers(fields[0], 0, 59), _numbers(fields[1], 0, 23)
    days, months = _numbers(fields[2], 1, 31), _numbers(fields[3], 1, 12, _MONTHS)
    weekdays, years = _numbers(fields[4], 1, 7, _DAYS), _numbers(fields[5], 1970, 2199)
    first = dt.datetime.fromtimestamp(after, place).date()
    for number in range(_SEARCHED_DAYS):
        day = first + dt.timedelta(days=number)
        if day.year not in years or day.month not in months or day.day not in days:
            continue
        if day.isoweekday() % 7 + 1 not in weekdays:
            continue
        for hour in sorted(hours):
            for minute in sorted(minutes):
                local = dt.datetime.combine(day, dt.time(hour, minute), place)
                time = local.timestamp()
                exists = dt.datetime.fromtimestamp(time, place).hour == hour
                if time > after and exists:
                    yield time


def _numbers(field: str, lowest: int, highest: int, names: tuple[str, ...] = ()) -> set[int]:
    if field == "?":
        return set(range(lowest, highest + 1))
    values: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        begin, dash, end = span.partition("-")
        if begin == "*":
            first, last = lowest, highest
        else:
            first = _number(begin, lowest, names)
            last = _number(end, lowest, names) if dash else highest if step else first
        if not lowest <= first <= last <= highest or (step and not step.isdigit()):
            raise InvalidExpression(f"{field} is not understood in a cron expression")
        values |= set(range(first, last + 1, int(step or 1) or 1))
    return values


def _number(text: str, lowest: int, names: tuple[str, ...]) -> int:
    if text.upper() in names:
        return names.index(text.upper()) + lowest
    if text.isdigit():
        return int(text)
    raise InvalidExpression(f"{text} is not understood in a cron expression")
