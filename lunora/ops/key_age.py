"""The age of stream keys whose platform lets them live for some time only."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping

from catalog import names
from catalog.model import DestinationSpec
from lunora.stack import Stack

# Of the API reference of DescribeParameters, ParameterStringFilter.
_MOST_VALUES = 50


def key_times(stack: Stack, specs: Iterable[DestinationSpec]) -> Mapping[str, dt.datetime]:
    """Return when the key of each destination was set, where its platform's keys expire.

    Raises:
        ClientError, BotoCoreError: when SSM does not answer.
    """
    owners: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for spec in specs:
        if spec.has_key and spec.platform_facts.key_lifetime_hours is not None:
            ours = names.parameter_name(stack.project, stack.name, spec.original_name)
            region = stack.region_of(spec.flow)
            owners[region][spec.stream_key.ssm or ours].append(spec.name)
    return {
        destination: time
        for region, by_parameter in owners.items()
        for parameter, time in _modified(stack, region, sorted(by_parameter)).items()
        for destination in by_parameter[parameter]
    }


def _modified(stack: Stack, region: str, parameters: list[str]) -> dict[str, dt.datetime]:
    pages = stack.aws(region).client("ssm").get_paginator("describe_parameters")
    times: dict[str, dt.datetime] = {}
    for first in range(0, len(parameters), _MOST_VALUES):
        values = parameters[first : first + _MOST_VALUES]
        filters = [{"Key": "Name", "Option": "Equals", "Values": values}]
        for page in pages.paginate(ParameterFilters=filters):
            times |= {each["Name"]: each["LastModifiedDate"] for each in page["Parameters"]}
    return times
