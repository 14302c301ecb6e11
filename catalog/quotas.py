"""Default quotas of an account, from quotas.yaml."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from catalog.sourced_value import SourcedValue


class Quotas(SourcedValue):
    """Quotas of an account without an increase.

    Attributes:
        defaults: by kind: `channels` and `pushInputs` in a region, `flowOutputs` of a flow.
    """

    defaults: Mapping[str, int]


@functools.cache
def quotas() -> Quotas:
    """Return all quotas."""
    return Quotas.read("quotas.yaml")
