"""Default quotas of an account, from quotas.yaml."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from catalog.sourced_value import SourcedValue


class Quotas(SourcedValue):
    """Quotas of an account without an increase.

    Attributes:
        defaults: by kind: `channels`, `pushInputs` and `inputSecurityGroups` in a region,
            `flowOutputs` of a flow.
        codes: those of MediaLive in Service Quotas, by kind.
    """

    defaults: Mapping[str, int]
    codes: Mapping[str, str]


@functools.cache
def quotas() -> Quotas:
    """Return all quotas."""
    return Quotas.read("quotas.yaml")
