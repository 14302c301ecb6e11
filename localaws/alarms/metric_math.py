"""Metric math: the expressions of GetMetricData and of alarms.

CloudWatch user guide, "Using math expressions with CloudWatch metrics" (using-metric-math). What a
function does with a point that one operand lacks is taken from there: 0 in arithmetic and
comparisons, the rules of IF by its tables. Search, anomaly detection, sorting and calendar
functions are refused.
"""

from __future__ import annotations

import itertools
import math
import operator
import re
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

Points = tuple["float | None", ...]
"""A value for each period, the oldest first; None where there is none."""

Value = float | Points | list[Points]
"""A scalar (S), a time series (TS) or an array of time series (TS[])."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<text>\"[^\"]*\"|'[^']*')|(?P<sign>==|!=|<=|>=|&&|\|\||[-+*/^<>(),\[\]]))"
)


class MetricMathError(Exception):
    """An expression that this module does not have, or that CloudWatch would not take."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The data that an expression is evaluated on.

    Attributes:
        metrics: the series of metrics, by id.
        values: those of metrics and of other expressions, by id.
        times: begin of each period, in seconds since the epoch.
        period: its length in seconds.
    """

    metrics: Mapping[str, Points]
    values: Mapping[str, Value]
    times: Sequence[float]
    period: int


Node = Callable[[Frame], Value]


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression.

    Attributes:
        uses: ids of the metrics and expressions that it names.
    """

    node: Node
    uses: frozenset[str]

    def evaluate(self, frame: Frame) -> Value:
        """Return its value over *frame*.

        Raises:
            MetricMathError: if a function gets what it does not take.
        """
        return self.node(frame)


def parse(text: str) -> Expression:
    """Parse an expression.

    Raises:
        MetricMathError: if it is none, or uses what is not implemented.
    """
    parser = _Parser(text)
    node = parser.whole()
    return Expression(node, frozenset(parser.uses))


def _pointwise(
    function: Callable[[float, float], float | None], left: Value, right: Value
) -> Value:
    """Combine two values; a missing point of one counts as 0, a point that both lack is missing."""
    if isinstance(left, list) or isinstance(right, list):
        count = len(left) if isinstance(left, list) else len(right)  # type: ignore[arg-type]
        lefts = left if isinstance(left, list) else [left] * count
        rights = right if isinstance(right, list) else [right] * count
        if len(lefts) != len(rights):
            raise MetricMathError("arrays of different lengths")
        pairs = zip(lefts, rights, strict=True)
        return [_series(_pointwise(function, *pair)) for pair in pairs]
    if isinstance(left, float) and isinstance(right, float):
        result = function(left, right)
        if result is None:
            raise MetricMathError("division by zero")
        return result
    length = len(left) if isinstance(left, tuple) else len(right)  # type: ignore[arg-type]
    many_left = left if isinstance(left, tuple) else (left,) * length
    many_right = right if isinstance(right, tuple) else (right,) * length
    scalars = isinstance(left, float), isinstance(right, float)
    return tuple(
        None
        if (left_value is None or scalars[0]) and (right_value is None or scalars[1])
        else function(left_value or 0.0, right_value or 0.0)
        for left_value, right_value in zip(many_left, many_right, strict=True)
    )


def _series(value: Value) -> Points:
    if isinstance(value, tuple):
        return value
    raise MetricMathError("a time series is needed")


def _divide(left: float, right: float) -> float | None:
    return left / right if right else None


def _power(left: float, right: float) -> float | None:
    try:
        power = left**right
    except (OverflowError, ZeroDivisionError):
        return None
    return power if isinstance(power, float) else None


def _comparison(compare: Callable[[float, float], bool]) -> Callable[[float, float], float]:
    return lambda left, right: float(compare(left, right))


_BINARY: Final[tuple[Mapping[str, Callable[[float, float], float | None]], ...]] = (
    {
        "OR": lambda left, right: float(bool(left) or bool(right)),
        "||": lambda left, right: float(bool(left) or bool(right)),
    },
    {
        "AND": lambda left, right: float(bool(left) and bool(right)),
        "&&": lambda left, right: float(bool(left) and bool(right)),
    },
    {
        "==": _comparison(operator.eq),
        "!=": _comparison(operator.ne),
        "<=": _comparison(operator.le),
        ">=": _comparison(operator.ge),
        "<": _comparison(operator.lt),
        ">": _comparison(operator.gt),
    },
    {"+": operator.add, "-": operator.sub},
    {"*": operator.mul, "/": _divide},
)


class _Parser:
    """Reads one expression by descent, the loosest operator first."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._next = 0
        self.uses: set[str] = set()

    def whole(self) -> Node:
        node = self._binary(0)
        if self._next != len(self._tokens):
            raise MetricMathError(f"unexpected {self._tokens[self._next]}")
        return node

    def _peek(self) -> str:
        return self._tokens[self._next] if self._next < len(self._tokens) else ""

    def _take(self, expected: str = "") -> str:
        token = self._peek()
        if not token or (expected and token != expected):
            raise MetricMathError(f"expected {expected or 'more'}")
        self._next += 1
        return token

    def _binary(self, level: int) -> Node:
        if level == len(_BINARY):
            return self._unary()
        node = self._binary(level + 1)
        while self._peek() in _BINARY[level]:
            function = _BINARY[level][self._take()]
            node = _combined(function, node, self._binary(level + 1))
        return node

    def _unary(self) -> Node:
        if self._peek() == "-":
            self._take()
            return _combined(operator.mul, lambda _: -1.0, self._unary())
        node = self._atom()
        if self._peek() == "^":
            self._take()
            return _combined(_power, node, self._unary())
        return node

    def _atom(self) -> Node:
        word = self._take()
        if word == "(":
            node = self._binary(0)
            self._take(")")
            return node
        if word == "[":
            return _array(self._listed("]"))
        if word[0].isdigit() or word[0] == ".":
            number = float(word)
            return lambda _: number
        if not (word[0].isalpha() or word[0] == "_"):
            raise MetricMathError(f"unexpected {word}")
        if self._peek() == "(":
            return self._call(word)
        self.uses.add(word)
        return lambda frame: _named(frame, word)

    def _listed(self, end: str) -> list[Node]:
        nodes: list[Node] = []
        while self._peek() != end:
            if nodes:
                self._take(",")
            nodes.append(self._binary(0))
        self._take(end)
        return nodes

    def _call(self, name: str) -> Node:
        self._take("(")
        if name == "METRICS":
            part = self._take()[1:-1] if self._peek()[:1] in {'"', "'"} else ""
            self._take(")")
            return lambda frame: [points for key, points in frame.metrics.items() if part in key]
        if name == "FILL":
            return self._fill()
        arguments = self._listed(")")
        if name == "PERIOD" and len(arguments) == 1:
            return lambda frame: float(frame.period)
        if name == "TIME_SERIES" and len(arguments) == 1:
            return lambda frame: (_scalar(arguments[0](frame)),) * len(frame.times)
        if name == "IF" and len(arguments) in {2, 3}:
            return lambda frame: _if(len(frame.times), *(node(frame) for node in arguments))
        if name in _FUNCTIONS and len(arguments) == 1:
            function = _FUNCTIONS[name]
            return lambda frame: function(arguments[0](frame), frame)
        raise MetricMathError(f"the function {name} with {len(arguments)} arguments")

    def _fill(self) -> Node:
        what = self._binary(0)
        self._take(",")
        if self._peek() in {"REPEAT", "LINEAR"}:
            filler = _FILLERS[self._take()]
            self._take(")")
            return lambda frame: _each(what(frame), filler)
        with_ = self._binary(0)
        self._take(")")
        return lambda frame: _filled(what(frame), with_(frame))


def _tokens(text: str) -> Iterator[str]:
    position, text = 0, text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise MetricMathError(f"unexpected {text[position:].strip()[:1]}")
        position = match.end()
        yield str(match[match.lastgroup or 0])


def _combined(function: Callable[[float, float], float | None], left: Node, right: Node) -> Node:
    return lambda frame: _pointwise(function, left(frame), right(frame))


def _array(nodes: Sequence[Node]) -> Node:
    def array(frame: Frame) -> Value:
        series: list[Points] = []
        for node in nodes:
            value = node(frame)
            series += value if isinstance(value, list) else [_series(value)]
        return series

    return array


def _named(frame: Frame, name: str) -> Value:
    if name not in frame.values:
        raise MetricMathError(f"nothing has the id {name}")
    return frame.values[name]


def _scalar(value: Value) -> float:
    if isinstance(value, float):
        return value
    raise MetricMathError("a scalar is needed")


def _each(value: Value, function: Callable[[Points], Points]) -> Value:
    if isinstance(value, list):
        return [function(points) for points in value]
    return function(_series(value))


def _if(length: int, condition: Value, then: Value, otherwise: Value | None = None) -> Value:
    """Choose point by point, by the tables of the user guide, "Using IF expressions"."""
    if isinstance(condition, list) or isinstance(then, list) or isinstance(otherwise, list):
        raise MetricMathError("IF takes no arrays")
    many_then = then if isinstance(then, tuple) else (then,) * length
    many_else = otherwise if isinstance(otherwise, tuple) else (otherwise,) * length
    if isinstance(condition, float):
        return many_then if condition else many_else
    return tuple(
        None if test is None else ((yes if yes is not None else 0.0) if test else no)
        for test, yes, no in zip(condition, many_then, many_else, strict=True)
    )


def _filled(what: Value, filler: Value) -> Value:
    """Fill the missing points, those of a series without any point as well.

    The guide excepts none; that CloudWatch fills a metric that was never measured is unverified.
    """

    def fill(points: Points) -> Points:
        values = filler if isinstance(filler, tuple) else (_scalar(filler),) * len(points)
        pairs = zip(points, values, strict=True)
        return tuple(value if point is None else point for point, value in pairs)

    return _each(what, fill)


def _repeat(points: Points) -> Points:
    filled: list[float | None] = []
    for point in points:
        filled.append(point if point is not None or not filled else filled[-1])
    return tuple(filled)


def _linear(points: Points) -> Points:
    known = [index for index, point in enumerate(points) if point is not None]
    filled = list(points)
    for left, right in itertools.pairwise(known):
        begin, end = points[left] or 0.0, points[right] or 0.0
        for index in range(left + 1, right):
            filled[index] = begin + (end - begin) * (index - left) / (right - left)
    return tuple(filled)


_FILLERS: Final = {"REPEAT": _repeat, "LINEAR": _linear}


def _change(points: Points, times: Sequence[float], *, rate: bool) -> Points:
    changes: list[float | None] = []
    before: tuple[float, float] | None = None
    for point, time in zip(points, times, strict=True):
        if point is None or before is None:
            changes.append(None)
        else:
            change = point - before[1]
            changes.append(change / (time - before[0]) if rate else change)
        before = before if point is None else (time, point)
    return tuple(changes)


def _running_sum(points: Points) -> Points:
    total, sums = 0.0, []
    for point in points:
        total += point or 0.0
        sums.append(None if point is None else total)
    return tuple(sums)


def _mapped(function: Callable[[float], float | None]) -> Callable[[Value, Frame], Value]:
    def points(series: Points) -> Points:
        return tuple(None if point is None else function(point) for point in series)

    return lambda value, _: _each(value, points)


def _aggregate(
    function: Callable[[Sequence[float]], float], *, missing_as_0: bool = False
) -> Callable[[Value, Frame], Value]:
    """Reduce a series to a scalar, an array to a series.

    A missing point does not count, or counts as 0 where another series of the array has one.
    """

    def reduce(values: Sequence[float | None]) -> float | None:
        present = [value for value in values if value is not None]
        return function(present) if present else None

    def aggregate(value: Value, frame: Frame) -> Value:
        if not isinstance(value, list):
            return reduce(_series(value)) or 0.0
        rows = list(zip(*value, strict=True)) if value else [()] * len(frame.times)
        if missing_as_0:
            rows = [
                tuple(point or 0.0 for point in row) if any(p is not None for p in row) else ()
                for row in rows
            ]
        return tuple(reduce(row) for row in rows)

    return aggregate


def _count(values: Sequence[float]) -> float:
    return float(len(values))


def _logarithm(base: float) -> Callable[[float], float | None]:
    return lambda value: math.log(value, base) if value > 0 else None


def _metric_count(value: Value, _: Frame) -> Value:
    if not isinstance(value, list):
        raise MetricMathError("METRIC_COUNT takes an array")
    return float(len(value))


_FUNCTIONS: Final[Mapping[str, Callable[[Value, Frame], Value]]] = {
    "ABS": _mapped(abs),
    "CEIL": _mapped(lambda value: float(math.ceil(value))),
    "FLOOR": _mapped(lambda value: float(math.floor(value))),
    "LOG": _mapped(_logarithm(math.e)),
    "LOG10": _mapped(_logarithm(10)),
    "AVG": _aggregate(statistics.fmean, missing_as_0=True),
    "MAX": _aggregate(max),
    "MIN": _aggregate(min),
    "STDDEV": _aggregate(statistics.pstdev),
    "SUM": _aggregate(sum),
    "DATAPOINT_COUNT": _aggregate(_count),
    "METRIC_COUNT": _metric_count,
    "DIFF": lambda value, frame: _each(
        value, lambda points: _change(points, frame.times, rate=False)
    ),
    "RATE": lambda value, frame: _each(
        value, lambda points: _change(points, frame.times, rate=True)
    ),
    "RUNNING_SUM": lambda value, _: _each(value, _running_sum),
    "REMOVE_EMPTY": lambda value, _: [
        points
        for points in (value if isinstance(value, list) else [_series(value)])
        if any(point is not None for point in points)
    ],
}


def evaluate(
    expressions: Mapping[str, Expression],
    metrics: Mapping[str, Points],
    times: Sequence[float],
    period: int,
) -> dict[str, Value]:
    """Return the values of *metrics* and of the *expressions* on them and on each other, by id.

    Raises:
        MetricMathError: if one names what is not there, or itself, or takes what it cannot.
    """
    values: dict[str, Value] = dict(metrics)
    rest = dict(expressions)
    while rest:
        ready = [key for key, expression in rest.items() if expression.uses <= values.keys()]
        if not ready:
            raise MetricMathError(f"{min(rest)} uses what is not there, or itself")
        for key in ready:
            frame = Frame(metrics, values, times, period)
            values[key] = rest.pop(key).evaluate(frame)
    return values
