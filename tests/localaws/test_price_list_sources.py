"""The embedded Price List and the matcher of `lunora prices refresh` say what documents say.

Both are ours, so they could agree on a mistake. Here each is compared with what documents print:
tests/support/price_list_documents.yaml.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

import localaws.price_list
from lunora.cost import price_list
from lunora.cost.price_list import Rules
from lunora.cost.price_rows import PriceRow, plain

DOCUMENTS: Mapping[str, Any] = yaml.safe_load(
    (Path(__file__).parents[1] / "support/price_list_documents.yaml").read_text("utf-8")
)
ROWS = yaml.safe_load(Path(localaws.price_list.__file__).with_name("rows.yaml").read_text("utf-8"))
RULES = yaml.safe_load(Path(price_list.__file__).with_name("price_list.yaml").read_text("utf-8"))


def faults_of_rows(rows: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the embedded Price List says without a document and without a mark."""
    for service, listed in rows.items():
        if service == "sources":
            continue
        if service not in DOCUMENTS:
            yield f"no document has the service {service}"
            continue
        for row in listed["rows"]:
            if "unverified" not in row:
                yield from _faults_of_row(service, row, rows["sources"])


def _faults_of_row(
    service: str, row: Mapping[str, Any], sources: Mapping[str, str]
) -> Iterator[str]:
    documents, attributes = DOCUMENTS[service], row["attributes"]
    operation, usage = attributes.get("operation", ""), attributes.get("usagetype", "")
    yield from (f"{usage}: no source {name}" for name in set(row["source"]) - sources.keys())
    yield from (f"{usage}: no column {name}" for name in set(attributes) - {*documents["columns"]})
    if operation and operation not in documents["operations"]:
        yield f"{service}: no document has the operation {operation}"
    forms = documents["forms"]
    form = forms.get(operation, forms.get(""))
    if usage and (form is None or not re.fullmatch(form, usage)):
        yield f"{service}: no document has the usage type {usage}"
    anywhere = any(re.fullmatch(form, usage) for form in documents.get("anywhere", ()))
    if anywhere != (attributes.get("location") == "Any" and "regionCode" not in attributes):
        yield f"{usage}: a row of one region that is one of all, or the reverse"


def faults_of_rules(rules: Rules) -> Iterator[str]:
    """Yield what the matcher looks for without a document and without a mark."""
    for group in rules.groups:
        if group.service not in DOCUMENTS:
            yield f"{group.figure}: no document has the service {group.service}"
            continue
        documents = DOCUMENTS[group.service]
        columns = {plain(name) for name in documents["columns"]}
        named = {*group.where, *([plain(group.region)] if group.region else [])}
        yield from (f"{group.figure}: no column {name}" for name in named - columns)
        examples = [_example(example) for example in documents["examples"]]
        takes = any(group.key(example, rules.classes) for example in examples)
        if not takes and group.unverified is None:
            yield f"{group.figure}: takes no row that a document prints"
        if (group.source is None) == (group.unverified is None):
            yield f"{group.figure}: has a source, or says what is not verified; not both"


def agreements(rows: Mapping[str, Any], rules: Rules) -> Iterator[str]:
    """Yield the unverified rows that a group takes as if they were documented."""
    for service, listed in rows.items():
        for row in () if service == "sources" else listed["rows"]:
            if "unverified" in row:
                example = _example({**row["attributes"], "unit": row["unit"]})
                for group in rules.groups:
                    takes = group.service == service and group.key(example, rules.classes)
                    if takes and group.unverified is None:
                        yield f"{group.figure}: rests on {example.usage_type}"


def _example(attributes: Mapping[str, str]) -> PriceRow:
    named = {plain(name): value for name, value in attributes.items() if name != "unit"}
    return PriceRow(named, attributes["unit"], 1, "")


def faults(rows: Mapping[str, Any], rules: Mapping[str, Any]) -> list[str]:
    parsed = Rules.model_validate(rules)
    return [*faults_of_rows(rows), *faults_of_rules(parsed), *agreements(rows, parsed)]


def test_both_say_what_documents_say() -> None:
    assert faults(ROWS, RULES) == []


def test_every_service_is_one_of_the_rules() -> None:
    assert {group["service"] for group in RULES["groups"]} == RULES["services"].keys()


def test_what_is_not_verified_is_this_alone() -> None:
    marked = {group["figure"] for group in RULES["groups"] if "unverified" in group}
    enhanced = (
        "medialive.output.avc-enhanced.{resolution}.{framerate}.{bitrate}.{pipeline}{reserved}"
    )
    assert marked == {"mediaconnect.output", "mediaconnect.egress", enhanced}


Change = Callable[[dict[str, Any], dict[str, Any]], None]


def _group(rules: dict[str, Any], figure: str) -> dict[str, Any]:
    (group,) = (group for group in rules["groups"] if group["figure"] == figure)
    assert isinstance(group, dict)
    return group


def _row(rows: dict[str, Any], service: str, word: str) -> dict[str, Any]:
    attributes: dict[str, Any] = next(
        row["attributes"] for row in rows[service]["rows"] if word in str(row["attributes"])
    )
    return attributes


def _another_service(rows: dict[str, Any], rules: dict[str, Any]) -> None:
    rows["AWSElementalMediaConnect"] = rows.pop("AWSMediaConnect")
    rules["services"]["AWSElementalMediaConnect"] = rules["services"].pop("AWSMediaConnect")
    for group in rules["groups"]:
        group["service"] = group["service"].replace("AWSMediaC", "AWSElementalMediaC")


def _another_idle_row(rows: dict[str, Any], rules: dict[str, Any]) -> None:
    _row(rows, "AWSElementalMediaLive", "INACTIVE_CHANNEL").update(
        usagetype="USW2-IdleChannel", operation="CHANNEL_IDLE"
    )
    group = _group(rules, "medialive.idle-channel")
    del group["where"]
    group["usagetype"] = "(?i)idle.?channel"


def _another_bitrate(rows: dict[str, Any], rules: dict[str, Any]) -> None:
    row = _row(rows, "AWSElementalMediaLive", "EML1-USW2-IN-AVC-HD-L50")
    row["usagetype"] = "EML1-USW2-IN-AVC-HD-G20"
    rules["classes"]["bitrate"]["G20"] = "over-20-mbps"
    group = _group(rules, RULES["groups"][0]["figure"])
    group["usagetype"] = group["usagetype"].replace("L50", "L50|G20")


def _another_operation(rows: dict[str, Any], rules: dict[str, Any]) -> None:
    _row(rows, "AWSElementalMediaLive", "INACTIVE_INPUT")["operation"] = "INPUT_IDLE"
    _group(rules, "medialive.idle-push-input")["where"] = {"operation": "^input_idle$"}


def _a_dashboard_of_one_region(rows: dict[str, Any], rules: dict[str, Any]) -> None:
    row = _row(rows, "AmazonCloudWatch", "DashboardsUsageHour")
    row.update(usagetype="USW2-DashboardsUsageHour", regionCode="us-west-2")
    del row["location"]
    _group(rules, "cloudwatch.dashboard").update(region="regionCode", usagetype="DashboardsUsage")


def _another_column(rows: dict[str, Any], rules: dict[str, Any]) -> None:
    _row(rows, "AWSDataTransfer", "External")["destination"] = "External"
    _group(rules, "egress.internet")["where"] = {"destination": "external"}


def _an_unmarked_guess(rows: dict[str, Any], rules: dict[str, Any]) -> None:
    group = _group(rules, "mediaconnect.output")
    group["source"] = group.pop("unverified")


@pytest.mark.parametrize(
    "change",
    [
        _another_service,
        _another_idle_row,
        _another_bitrate,
        _another_operation,
        _a_dashboard_of_one_region,
        _another_column,
        _an_unmarked_guess,
    ],
)
def test_a_mistake_that_both_share_is_noticed(change: Change) -> None:
    rows, rules = copy.deepcopy(ROWS), copy.deepcopy(RULES)
    change(rows, rules)
    assert faults(rows, rules)
