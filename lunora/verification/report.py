"""The report of all checks of AWS, which holds no data of the account."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from botocore.exceptions import BotoCoreError, ClientError

from catalog.aws_error_codes import ACCESS_DENIED, INVALID_CREDENTIALS
from catalog.unverified import UnverifiedFact, unverified_facts
from lunora.stack import Stack
from lunora.verification import channels, flows, metrics, price_rows, quotas
from lunora.verification.finding import Account, Check, Finding, Verdict, impossible
from provider.aws_errors import CREDENTIAL_ERRORS, error_code

CHECKS: Mapping[str, Check] = {
    "update-dry-run": channels.dry_run,
    "input-settings": channels.input_settings,
    "empty-lists": channels.empty_lists,
    "thumbnails-idle": channels.thumbnails_idle,
    "thumbnails-unset": channels.thumbnails_unset,
    "thumbnail-rights": channels.thumbnail_rights,
    "thumbnail-size": channels.thumbnail_size,
    "engine-versions": channels.engine_versions,
    "source-messages": flows.source_messages,
    "frame-rate": flows.frame_rate,
    "flow-thumbnail-messages": flows.thumbnail_messages,
    "medialive-metrics": metrics.dimensions,
    "mediaconnect-metrics": metrics.dimensions,
    "fill": metrics.fill,
    "quota-codes": quotas.codes,
    "default-quotas": quotas.defaults,
    "transfer-prices": price_rows.transfer,
    "enhanced-prices": price_rows.enhanced,
}
"""By their names in catalog/unverified.yaml."""


@dataclass(frozen=True, slots=True)
class Verification:
    """A fact, compared with AWS.

    Attributes:
        check: the check.
        fact: the fact.
        expected: the reading that the product assumes.
        observed: what AWS answered, or the reason why it was not asked.
        verdict: the result.
    """

    check: str
    fact: str
    expected: str
    observed: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Report:
    """All facts that can be compared without a change.

    Attributes:
        against: AWS or the emulator.
        region: the region.
        botocore: the version of the SDK.
        verifications: the facts.
    """

    against: Literal["AWS", "emulator"]
    region: str
    botocore: str
    verifications: tuple[Verification, ...]


def verify(stack: Stack, now: dt.datetime) -> Report:
    """Compare the facts with the account of *stack*; a refused call does not stop the others.

    Raises:
        ClientError, BotoCoreError: when no credentials are valid, or channels cannot be listed.
    """
    account = Account(stack, now)
    # The first call decides whether AWS answers at all.
    account.channels  # noqa: B018 - read once, for the checks
    return Report(
        "emulator" if stack.endpoint else "AWS",
        stack.region,
        importlib.metadata.version("botocore"),
        tuple(_verified(account)),
    )


def _verified(account: Account) -> Iterator[Verification]:
    for fact in unverified_facts():
        if fact.check is not None:
            finding = _finding(account, fact, CHECKS[fact.check])
            yield Verification(
                fact.check, fact.fact, fact.assumed, finding.observed, finding.verdict
            )


def _finding(account: Account, fact: UnverifiedFact, check: Check) -> Finding:
    try:
        return check(account, fact)
    except ClientError as error:
        code = error_code(error)
        if code in INVALID_CREDENTIALS:
            raise
        if code in ACCESS_DENIED:
            return impossible(f"the credentials do not allow {error.operation_name}")
        return impossible(f"{error.operation_name} answered {code}")
    except BotoCoreError as error:
        if isinstance(error, CREDENTIAL_ERRORS):
            raise
        return impossible(f"no answer ({type(error).__name__})")
