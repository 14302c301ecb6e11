"""Checks of the quotas and their codes, by the defaults that Service Quotas publishes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalog.quotas import quotas
from catalog.unverified import UnverifiedFact
from lunora.verification.finding import Account, Finding, impossible, reading, words

# What the name of the quota has to tell of.
_SUBJECTS = {"channels": "channel", "pushInputs": "push input", "uhdChannels": "uhd"}
_OUTPUTS = "output"


def codes(account: Account, fact: UnverifiedFact) -> Finding:
    """Compare the codes with the names of the quotas that they are those of."""
    listed = {code: name for code, (name, _) in _defaults(account, "medialive").items()}
    if not listed:
        return impossible("Service Quotas lists no quota of medialive")
    codes = quotas().codes
    right = {
        kind for kind, code in codes.items() if _SUBJECTS[kind] in listed.get(code, "").casefold()
    }
    texts = words(f"{code} {listed.get(code, 'is not listed')}" for code in codes.values())
    return reading(fact, "as listed" if right == codes.keys() else "others", ", ".join(texts))


def defaults(account: Account, fact: UnverifiedFact) -> Finding:
    """Compare the default quotas."""
    of_medialive = _defaults(account, "medialive")
    published = {
        kind: of_medialive[code][1]
        for kind, code in quotas().codes.items()
        if code in of_medialive and kind in quotas().defaults
    }
    outputs = [
        value
        for name, value in _defaults(account, "mediaconnect").values()
        if name.casefold().startswith(_OUTPUTS)
    ]
    if outputs:
        published["flowOutputs"] = min(outputs)
    if not published:
        return impossible("Service Quotas lists none of them")
    detail = ", ".join(f"{kind} {value:g}" for kind, value in published.items())
    assumed = {kind: quotas().defaults[kind] for kind in published}
    if any(value < assumed[kind] for kind, value in published.items()):
        return reading(fact, "lower", detail)
    return reading(fact, "as listed" if published == assumed else "higher", detail)


def _defaults(account: Account, service: str) -> Mapping[str, tuple[str, float]]:
    """Return name and value of the quotas of *service* without an increase, by code."""

    def listed() -> Iterator[tuple[str, tuple[str, float]]]:
        client = account.stack.aws().client("service-quotas")
        pages = client.get_paginator("list_aws_default_service_quotas")
        for page in pages.paginate(ServiceCode=service):
            for quota in page["Quotas"]:
                yield quota["QuotaCode"], (quota["QuotaName"], quota["Value"])

    return account.once(f"quotas of {service}", lambda: dict(listed()))
