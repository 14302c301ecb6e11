"""Frame rates of video as exact rationals, written as broadcasters write them.

29.97 is 30000/1001, which no decimal number is. So the decimal spelling names the rational.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from catalog.diagnostics import invalid_value

_SPELLINGS: Final = {
    "23.976": Fraction(24000, 1001),
    "24": Fraction(24),
    "25": Fraction(25),
    "29.97": Fraction(30000, 1001),
    "30": Fraction(30),
    "50": Fraction(50),
    "59.94": Fraction(60000, 1001),
    "60": Fraction(60),
}
_BY_NUMBER: Final = {float(spelling): rate for spelling, rate in _SPELLINGS.items()}
_NAMES: Final = {rate: spelling for spelling, rate in _SPELLINGS.items()}

# Two rates that a rounded figure can be told apart by: 29.97 and 30 differ by 0.03.
_ROUNDING: Final = Fraction(1, 200)


class FrameRate(Fraction):
    """Frames per second, exact."""

    __slots__ = ()

    def __str__(self) -> str:
        """Return the usual spelling, as in 29.97."""
        return _NAMES.get(Fraction(self), f"{round(float(self), 3):g}")

    @property
    def number(self) -> int | float:
        """The number that stands for it in a file."""
        return int(self) if self.denominator == 1 else float(str(self))

    @classmethod
    def parse(cls, value: object) -> FrameRate:
        """Return the rate that *value* stands for, a number of a file.

        Raises:
            PydanticCustomError: where it stands for none.
        """
        if isinstance(value, Fraction):
            return cls(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            if value in _BY_NUMBER:
                return cls(_BY_NUMBER[value])
            if value >= 0 and value == int(value):
                return cls(int(value))
        raise invalid_value("LUN103", f"can be {_choices()}")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return a schema that reads and writes the number of a file."""
        return core_schema.no_info_plain_validator_function(
            cls.parse,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda rate: rate.number
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Return the JSON Schema of a rate in a file."""
        return {"enum": [rate.number for rate in FRAME_RATES]}


FRAME_RATES: Final = tuple(FrameRate(rate) for rate in _SPELLINGS.values())
"""The rates that platforms and broadcasters use, the lowest first."""


def broadcast_rate(value: object) -> FrameRate:
    """Return the rate of `FRAME_RATES` that *value* stands for, a number of a file.

    Raises:
        PydanticCustomError: where it stands for none.
    """
    rate = FrameRate.parse(value)
    if rate not in FRAME_RATES:
        raise invalid_value("LUN103", f"can be {_choices()}")
    return rate


def broadcast_rate_or_text(value: object) -> FrameRate:
    """Return the rate that *value* stands for, as a number or its text.

    `pulumi config set` writes 29.97 as text.

    Raises:
        PydanticCustomError: where it stands for none.
    """
    return broadcast_rate(_SPELLINGS.get(value, value) if isinstance(value, str) else value)


def reported_rate(text: str) -> FrameRate | None:
    """Return the rate that a service reports as *text*; None where it is no rate.

    Both `30000/1001` and the rounded `29.97` are read.
    """
    try:
        rate = Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None
    nearest = nearest_rate(rate)
    return nearest if abs(nearest - rate) <= _ROUNDING else FrameRate(rate)


def nearest_rate(rate: Fraction, rates: Iterable[FrameRate] = FRAME_RATES) -> FrameRate:
    """Return the one of *rates* that is nearest to *rate*."""
    return min(rates, key=lambda known: abs(known - rate))


def _choices() -> str:
    return ", ".join(_SPELLINGS)
