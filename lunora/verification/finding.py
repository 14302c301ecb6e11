"""Findings of the checks, and what they look at.

A finding goes to other people: it is made of AWS's own words, numbers of public lists and readings
of catalog/unverified.yaml. No id, ARN, address, name or message of the account gets into one.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from catalog import names
from catalog.unverified import UnverifiedFact
from lunora.ops.channels import Channel, channels
from lunora.ops.flows import flow
from lunora.stack import Stack

T = TypeVar("T")

Verdict = Literal["confirmed", "refuted", "not possible here"]

# A code or word of AWS; anything else might quote the account.
_WORD = re.compile(r"[A-Za-z0-9_.:/+ -]{1,80}")
_ACCOUNT = re.compile(r"\d{12}|arn:")


@dataclass(frozen=True, slots=True)
class Finding:
    """Result of a check.

    Attributes:
        observed: the reading, or what AWS answered.
        verdict: whether that is what the product assumes.
    """

    observed: str
    verdict: Verdict


@dataclass(frozen=True)
class Account:
    """Channels and flow of a stack in its region, read when a check needs them.

    Attributes:
        stack: the stack.
        now: the time.
    """

    stack: Stack
    now: dt.datetime
    _answers: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @functools.cached_property
    def channels(self) -> list[Channel]:
        """The channels of the stack."""
        return channels(self.stack.aws().medialive, self.stack.tags)

    def channel(self, *states: str, standard: bool = False) -> Channel | None:
        """Return a channel in one of *states*; None without any.

        Args:
            states: the states, the preferred one first.
            standard: whether it has to have the name of this program, unlike an adopted one.
        """
        for state in states:
            for channel in self.channels:
                usual = names.physical_name(
                    self.stack.project, self.stack.name, channel.destination
                )
                if channel.state == state and (channel.name == usual or not standard):
                    return channel
        return None

    @functools.cached_property
    def flow_arn(self) -> str | None:
        """The ARN of the first flow that runs; None without any."""
        for ref in self.stack.flows:
            described = flow(self.stack.aws(ref.region).mediaconnect, ref)
            if ref.region == self.stack.region and described.state == "ACTIVE":
                return described.arn
        return None

    def describe(self, channel: Channel) -> dict[str, Any]:
        """Return DescribeChannel's answer, which holds stream keys."""
        medialive = self.stack.aws().medialive
        return self.once(
            f"channel {channel.id}", lambda: {**medialive.describe_channel(ChannelId=channel.id)}
        )

    def once(self, subject: str, read: Callable[[], T]) -> T:
        """Return what *read* returns of *subject*, and the same to all who ask afterwards."""
        if subject not in self._answers:
            self._answers[subject] = read()
        answer: T = self._answers[subject]
        return answer


Check = Callable[[Account, UnverifiedFact], Finding]


def reading(fact: UnverifiedFact, name: str, detail: str = "") -> Finding:
    """Return the finding that AWS behaves as the reading *name* of *fact*.

    Raises:
        KeyError: when the fact has no such reading.
    """
    if name not in fact.readings:
        raise KeyError(name)
    verdict: Verdict = "confirmed" if name == fact.assumed else "refuted"
    return Finding(f"{name}: {detail}" if detail else name, verdict)


def impossible(reason: str) -> Finding:
    """Return the finding that the account cannot tell, with the reason."""
    return Finding(reason, "not possible here")


def words(texts: Iterable[str]) -> list[str]:
    """Return *texts* in order, each once; those that may quote the account are masked."""
    return sorted(
        {
            text if _WORD.fullmatch(text) and not _ACCOUNT.search(text) else "(masked)"
            for text in texts
        }
    )
