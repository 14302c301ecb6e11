"""CloudWatch statistics over the measurements of one period.

CloudWatch user guide, "Statistics definitions": the five simple ones and percentiles. Trimmed
means, winsorized means and their kind are refused.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_PERCENTILE = re.compile(r"p(\d{1,2}(\.\d{1,10})?|100)")
_HALF = 50.0


# Not frozen, which would take thrice as long to make; there are thousands in an answer.
@dataclass(slots=True)
class Sample:
    """A measurement, or a set of them of which only these four figures are known."""

    minimum: float
    maximum: float
    total: float
    count: float

    @classmethod
    def of(cls, value: float) -> Sample:
        """Return a single measurement."""
        return cls(value, value, value, 1.0)


Identity = tuple[str, str, frozenset[tuple[str, str]]]
"""Namespace, name and dimensions of a metric."""


def identity(metric: Mapping[str, Any]) -> Identity:
    """Return the identity of a Metric of CloudWatch."""
    dimensions = metric.get("Dimensions") or []
    pairs = frozenset((dimension["Name"], dimension["Value"]) for dimension in dimensions)
    return metric["Namespace"], metric["MetricName"], pairs


@dataclass(frozen=True, slots=True)
class MetricStat:
    """A statistic of a metric.

    Attributes:
        unit: the only unit that counts; None for all.
    """

    metric: Identity
    name: str
    unit: str | None

    @classmethod
    def of(cls, members: Mapping[str, Any]) -> MetricStat:
        """Return what the MetricStat *members* of the API names."""
        return cls(identity(members["Metric"]), members["Stat"], members.get("Unit"))


_SIMPLE: Mapping[str, Callable[[Sequence[Sample]], float]] = {
    "SampleCount": lambda samples: sum(sample.count for sample in samples),
    "Sum": lambda samples: sum(sample.total for sample in samples),
    "Average": lambda samples: (
        sum(sample.total for sample in samples) / sum(sample.count for sample in samples)
    ),
    "Minimum": lambda samples: min(sample.minimum for sample in samples),
    "Maximum": lambda samples: max(sample.maximum for sample in samples),
}


def is_statistic(name: str) -> bool:
    """Tell whether *name* is a statistic that this module has."""
    return name in _SIMPLE or _PERCENTILE.fullmatch(name) is not None


def statistic(name: str, samples: Sequence[Sample]) -> float | None:
    """Return the statistic *name* of the *samples* of a period; None without a sample."""
    if not samples:
        return None
    if name in _SIMPLE:
        return _SIMPLE[name](samples)
    return _percentile(float(name[1:]), samples)


def least_samples(name: str) -> float:
    """Return how many samples a percentile needs to be significant; 0 for other statistics.

    CloudWatch user guide, "Percentile-based alarms and low data samples": 10/(1-percentile) from
    the median on, 10/percentile below it.
    """
    if _PERCENTILE.fullmatch(name) is None:
        return 0.0
    percent = float(name[1:])
    tail = 100 - percent if percent >= _HALF else percent
    return math.inf if tail == 0 else 1000 / tail


def _percentile(percent: float, samples: Sequence[Sample]) -> float | None:
    """Return a percentile; None where only sets of different values are known.

    User guide, "Percentiles": statistic sets have one if they hold one value, or one value many
    times. How CloudWatch interpolates is unverified; this takes the nearest rank.
    """
    if any(sample.minimum != sample.maximum for sample in samples):
        return None
    values = sorted((sample.minimum, sample.count) for sample in samples)
    rank = max(math.ceil(percent / 100 * sum(count for _, count in values)), 1)
    for value, count in values:
        rank -= count  # type: ignore[assignment]  # counts may be fractions
        if rank <= 0:
            return value
    return values[-1][0]
