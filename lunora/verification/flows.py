"""Checks of what MediaConnect tells of a flow's source."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from catalog.unverified import UnverifiedFact
from lunora.verification.finding import Account, Finding, impossible, reading, words
from provider.arriving_video import videos

_NO_FLOW = "no flow of the stack is ACTIVE"
_FORMS = {"decimal number": r"\d+(\.\d+)?", "rational number": r"\d+/\d+"}


def source_messages(account: Account, fact: UnverifiedFact) -> Finding:
    """Compare the codes of the messages about a source."""
    if account.flow_arn is None:
        return impossible(_NO_FLOW)
    return _codes(
        fact,
        _metadata(account, account.flow_arn).get("Messages", []),
        "the source is healthy, so there is no message",
    )


def frame_rate(account: Account, fact: UnverifiedFact) -> Finding:
    """Tell the form of the frame rate."""
    if account.flow_arn is None:
        return impossible(_NO_FLOW)
    shown = videos(_metadata(account, account.flow_arn))
    rate = next((video.frame_rate for video in shown if video.frame_rate), None)
    if rate is None:
        return impossible("the flow names no frame rate")
    forms = (form for form, pattern in _FORMS.items() if re.fullmatch(pattern, rate))
    return reading(fact, next(forms, "others"), *words([rate]))


def thumbnail_messages(account: Account, fact: UnverifiedFact) -> Finding:
    """Compare the codes of the messages about a flow's thumbnail."""
    if account.flow_arn is None:
        return impossible(_NO_FLOW)
    mediaconnect = account.stack.aws().mediaconnect
    answer = mediaconnect.describe_flow_source_thumbnail(FlowArn=account.flow_arn)
    messages = answer.get("ThumbnailDetails", {}).get("ThumbnailMessages", [])
    return _codes(fact, messages, "the flow has a thumbnail, so there is no message")


def _metadata(account: Account, arn: str) -> Mapping[str, Any]:
    mediaconnect = account.stack.aws().mediaconnect
    return account.once(
        "source metadata", lambda: {**mediaconnect.describe_flow_source_metadata(FlowArn=arn)}
    )


def _codes(fact: UnverifiedFact, messages: Sequence[Any], without: str) -> Finding:
    """Compare codes with those of the assumed reading; texts may name the account's resources."""
    codes = words(str(message.get("Code", "")) for message in messages)
    if not codes:
        return impossible(without)
    assumed = fact.assumed.split(", ")
    known = set(codes) <= set(assumed)
    return reading(fact, fact.assumed if known else "others", "" if known else ", ".join(codes))
