"""The Price List API, which moto does not have, from rows.yaml. All of its prices are made up."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

_TARGET = "AWSPriceListService."
_PAGE = 100

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Refused(Exception):  # noqa: N818 - what the answer is
    """An error answer: the name of the exception, and what AWS would say."""


def beside(other: Application) -> Application:
    """Return a WSGI application that answers for the Price List API; *other* does the rest."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        service, _, operation = str(environ.get("HTTP_X_AMZ_TARGET", "")).rpartition(".")
        if f"{service}." != _TARGET:
            return other(environ, start_response)
        request = json.loads(environ["wsgi.input"].read() or b"{}")
        try:
            status, answer = "200 OK", _OPERATIONS[operation](request)
        except KeyError:
            status, answer = "501 -", {"__type": "NotImplementedException", "message": operation}
        except Refused as refused:
            status, answer = "400 -", dict(zip(("__type", "message"), refused.args, strict=True))
        body = json.dumps(answer).encode()
        headers = [("Content-Type", "application/x-amz-json-1.1")]
        start_response(status, [*headers, ("Content-Length", str(len(body)))])
        return [body]

    return application


@functools.cache
def _services() -> Mapping[str, Any]:
    text = Path(__file__).with_name("rows.yaml").read_text(encoding="utf-8")
    services: dict[str, Any] = yaml.safe_load(text)
    del services["sources"]
    return services


def _describe_services(request: Mapping[str, Any]) -> dict[str, Any]:
    codes = [_known(request["ServiceCode"])] if "ServiceCode" in request else sorted(_services())
    described = [
        {"ServiceCode": code, "AttributeNames": _services()[code]["attributes"]} for code in codes
    ]
    return {"FormatVersion": "aws_v1", **_page(described, request, "Services")}


def _get_attribute_values(request: Mapping[str, Any]) -> dict[str, Any]:
    rows, name = _services()[_known(request["ServiceCode"])]["rows"], request["AttributeName"]
    values = sorted({row["attributes"][name] for row in rows if name in row["attributes"]})
    return _page([{"Value": value} for value in values], request, "AttributeValues")


def _get_products(request: Mapping[str, Any]) -> dict[str, Any]:
    service = _services()[_known(request["ServiceCode"])]
    filters = {}
    for condition in request.get("Filters", []):
        if condition["Field"] not in service["attributes"] or condition["Type"] != "TERM_MATCH":
            raise Refused("InvalidParameterException", f"cannot filter on {condition['Field']}")
        filters[condition["Field"]] = condition["Value"]
    rows = [row for row in service["rows"] if filters.items() <= row["attributes"].items()]
    products = [json.dumps(_product(request["ServiceCode"], row)) for row in rows]
    return {"FormatVersion": "aws_v1", **_page(products, request, "PriceList")}


_OPERATIONS = {
    "DescribeServices": _describe_services,
    "GetAttributeValues": _get_attribute_values,
    "GetProducts": _get_products,
}


def _known(code: str) -> str:
    if code not in _services():
        raise Refused("NotFoundException", f"there is no service {code}")
    return code


def _page(items: list[Any], request: Mapping[str, Any], member: str) -> dict[str, Any]:
    start = int(request.get("NextToken", "0"))
    end = start + int(request.get("MaxResults", _PAGE))
    more = {"NextToken": str(end)} if end < len(items) else {}
    return {member: items[start:end], **more}


def _product(code: str, row: Mapping[str, Any]) -> dict[str, Any]:
    dimensions = dict(_dimensions(row))
    term = {"effectiveDate": "2026-01-01T00:00:00Z", "priceDimensions": dimensions}
    return {
        "serviceCode": code,
        "product": {"attributes": {"servicecode": code, **row["attributes"]}},
        "terms": {"OnDemand": {"term": term}},
    }


def _dimensions(row: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, usd in enumerate(row["usd"] if isinstance(row["usd"], list) else [row["usd"]]):
        yield (
            f"tier-{number}",
            {
                "unit": row["unit"],
                "description": row["description"],
                "pricePerUnit": {"USD": f"{usd:.10f}"},
            },
        )


@functools.cache
def usd_of(code: str, **attributes: str) -> float:
    """Return the first tier's price of the row of service *code* with these *attributes*.

    Raises:
        KeyError: if there is none.
    """
    for row in _services()[code]["rows"]:
        if (
            attributes.items() <= row["attributes"].items()
            and "reserveType" not in row["attributes"]
        ):
            usd = row["usd"][0] if isinstance(row["usd"], list) else row["usd"]
            return float(usd)
    raise KeyError(code, attributes)
