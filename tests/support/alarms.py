"""A metric alarm without a meaning."""

from __future__ import annotations

from typing import Any, Final

ALARM: Final[dict[str, Any]] = {
    "MetricName": "ActiveOutputs",
    "Namespace": "AWS/MediaLive",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "ComparisonOperator": "LessThanThreshold",
    "Statistic": "Maximum",
}
"""Members of PutMetricAlarm but for the name."""
