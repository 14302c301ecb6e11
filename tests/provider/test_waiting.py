"""Rate of calls while operations wait."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator

import pytest

from localaws.clock import Clock, Latency
from localaws.faults import CallFault, FaultPlan
from localaws.server import EmbeddedAws
from provider import channel_lifecycle
from provider.aws import AwsClients
from provider.resource import ResourceError
from tests.support.clients import connect
from tests.support.medialive import idle_channel


class Time:
    """Passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def waiting(time: Time) -> AwsClients:
    return AwsClients("us-west-2", sleep=time.sleep, clock=lambda: time.now)


def ready_after(time: Time, seconds: float, looks: list[float]) -> bool | None:
    looks.append(time.now)
    return True if time.now >= seconds else None


def test_it_is_looked_at_soon_and_then_every_two_seconds(time: Time, waiting: AwsClients) -> None:
    looks: list[float] = []
    assert waiting.wait(lambda: ready_after(time, 60, looks), action="create it")
    intervals = [later - sooner for sooner, later in itertools.pairwise(looks)]
    assert intervals[0] == 0.05
    assert intervals == pytest.approx(sorted(intervals))
    assert intervals[-1] == pytest.approx(2)
    assert time.now < 62


def test_news_is_heard_within_half_a_second(time: Time, waiting: AwsClients) -> None:
    looks: list[float] = []
    waiting.wait(
        lambda: ready_after(time, 60, looks),
        action="create it",
        changed=lambda: time.now >= 60,
    )
    assert 60 <= time.now <= 60.5
    assert len(looks) < 35
    assert max(time.pauses) == 0.5


def test_what_the_news_misses_is_found_ten_seconds_later(time: Time, waiting: AwsClients) -> None:
    looks: list[float] = []
    waiting.wait(lambda: ready_after(time, 100, looks), action="create it", changed=lambda: False)
    assert 100 <= time.now < 110
    assert looks[-1] - looks[-2] == pytest.approx(10)


def test_a_wait_ends_at_its_deadline(time: Time, waiting: AwsClients) -> None:
    with pytest.raises(
        ResourceError, match=r"^LUN315: cannot create it: not finished after 9\d\d s"
    ):
        waiting.wait(lambda: None, action="create it", changed=lambda: True)
    assert 900 <= time.now < 902


def test_many_that_wait_for_the_like_ask_once_in_half_a_second(
    time: Time, waiting: AwsClients
) -> None:
    answers: Iterator[int] = iter(range(9))
    states = [waiting.recent("states", lambda: next(answers)) for _ in range(3)]
    assert (states, waiting.recent("other", lambda: next(answers))) == ([0, 0, 0], 1)
    time.now = 0.5
    assert waiting.recent("states", lambda: next(answers)) == 2


def test_one_asks_while_the_others_wait_for_its_answer(waiting: AwsClients) -> None:
    requested, answer = threading.Event(), threading.Event()
    answers: list[str] = []

    def slowly() -> str:
        requested.set()
        answer.wait(10)
        return "the first's"

    first = threading.Thread(target=lambda: answers.append(waiting.recent("x", slowly)))
    first.start()
    requested.wait(10)
    second = threading.Thread(
        target=lambda: answers.append(waiting.recent("x", lambda: "the second's"))
    )
    second.start()
    answer.set()
    first.join(10)
    second.join(10)
    assert answers == ["the first's"] * 2


def test_an_error_is_shared_like_an_answer(time: Time, waiting: AwsClients) -> None:
    def refused() -> None:
        looks.append(time.now)
        raise ResourceError("LUN317", "AWS refuses")

    looks: list[float] = []
    for _ in range(3):
        with pytest.raises(ResourceError, match=r"^LUN317"):
            waiting.recent("flow", refused)
    assert looks == [0]


def test_a_slow_look_keeps_no_other_waiting(waiting: AwsClients) -> None:
    def nested() -> str:
        return waiting.recent("other", lambda: "the other's")

    assert waiting.recent("x", nested) == "the other's"


@pytest.fixture
def slow() -> Iterator[EmbeddedAws]:
    """An AWS whose time passes only when it is told to, and which takes its time for a start."""
    latency = Latency(looks=2, unseen=20, seconds={"channel.start": 75})
    with EmbeddedAws(clock=Clock(latency, now=lambda: 0.0)) as aws:
        yield aws


def started(slow: EmbeddedAws, time: Time) -> list[str]:
    """Start a channel; returns what AWS was asked."""

    def sleep(seconds: float) -> None:
        time.sleep(seconds)
        slow.clock.advance(seconds)

    channel_id = idle_channel(connect(slow.endpoint, "medialive"))
    slow.calls.clear()
    aws = AwsClients("us-west-2", endpoint=slow.endpoint, sleep=sleep, clock=lambda: time.now)
    assert channel_lifecycle.start(aws, channel_id) == "RUNNING"
    return [call.operation for call in slow.calls]


def test_a_start_is_seen_in_the_listing_of_all_channels(slow: EmbeddedAws, time: Time) -> None:
    operations = started(slow, time)
    assert 75 <= time.now < 76
    assert operations.count("DescribeChannel") < 35
    assert operations.count("ListChannels") > 50


def test_a_start_is_waited_for_where_channels_are_not_listed(slow: EmbeddedAws, time: Time) -> None:
    refused = CallFault(operation="medialive:ListChannels", fault="conflict")
    slow.load_faults(FaultPlan(calls=(refused,)))
    started(slow, time)
    assert 75 <= time.now < 85
