"""An account full of resources of others: nothing of it stops us, nothing of it is touched."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

from localaws.clock import Clock, Latency
from localaws.quotas import Quotas
from localaws.server import LOCAL_FLOW, EmbeddedAws
from provider.aws import AwsClients
from provider.channel_resource import Channel
from provider.delete_orphan import DeleteOrphan
from provider.flow import GetFlow
from provider.input_security_group import InputSecurityGroup
from provider.push_input import PushInput
from provider.quotas import GetQuotas
from tests.provider.channels import as_properties
from tests.support.clients import ONCE, connect
from tests.support.medialive import channel_request
from tests.support.stage import TAGS, Stage, configure, run
from tests.support.strangers import OURS, Strangers

pytestmark = pytest.mark.wire

SEEDS = range(2)
NOW = 1772409600.0
ROOMY = Quotas(channels=100, push_inputs=200, input_security_groups=200)


@pytest.fixture(scope="module")
def _roomy() -> Iterator[EmbeddedAws]:
    clock = Clock(Latency.named("instant"), now=lambda: NOW)
    with EmbeddedAws(clock=clock, quotas=ROOMY) as aws:
        yield aws


@pytest.fixture
def account(_roomy: EmbeddedAws) -> EmbeddedAws:
    """An account with room for many."""
    _roomy.reset()
    return _roomy


@pytest.mark.parametrize("seed", SEEDS)
def test_strangers_stop_nothing_and_stay_as_they_are(
    seed: int, project: Path, account: EmbeddedAws
) -> None:
    client = functools.partial(connect, account.endpoint, config=ONCE)
    strangers = Strangers(client, seed)
    strangers.fill(channels=8, inputs=10, outputs=10)
    assert strangers.accepted["channel"] == 8
    assert strangers.accepted["input"] + strangers.accepted["flow output"] >= 3
    before = strangers.snapshot()

    configure(project, account.endpoint)
    stage = Stage(project, account, client)
    stage.destination("show")
    _provider(AwsClients("us-west-2", endpoint=account.endpoint, sleep=lambda _: None))
    for words, codes in COMMANDS:
        result = run(*words)
        assert result.exit_code in codes, (words, result.output, result.stderr)
        assert "Traceback" not in result.output + result.stderr
    assert strangers.snapshot() == before


COMMANDS: list[tuple[tuple[str, ...], set[int]]] = [
    (("status", "--json"), {0, 1}),
    (("status",), {0, 1}),
    (("show", "show"), {0, 1}),
    (("metrics", "show"), {0}),
    (("flows",), {0, 1}),
    (("cost",), {0}),
    (("doctor",), {0, 1}),
    (("doctor", "--json"), {0, 1}),
    (("doctor", "--remove", "--yes"), {0, 1}),
    (("adopt", "--dry-run"), {0}),
    (("adopt", "--dry-run", "--names", "{name}", "--json"), {0}),
    (("stop", "show", "--yes"), {0}),
    (("start", "show"), {0}),
]


def _provider(aws: AwsClients) -> None:
    """Read, create, compare and delete beside resources of the same names."""
    quotas = GetQuotas(aws)({"project": "lunora-player", "stack": "local"})
    assert len(quotas["channels"]["names"]) == 9
    assert quotas["channels"]["destinations"] == {f"{OURS}-show": "show"}
    assert GetFlow(aws)({"name": LOCAL_FLOW})["name"] == LOCAL_FLOW
    tags = {**TAGS, "Destination": "other"}
    orphans = {
        "parameter": "/lunora-player/local/destinations/other/stream-key",
        "schedule": f"{OURS}-other/{OURS}-other",
        "secret": f"{OURS}-other",
    }
    for kind, name in orphans.items():
        DeleteOrphan(aws)({"kind": kind, "name": name, "tags": tags})
    group = InputSecurityGroup(aws).create("urn", {"cidrs": ["203.0.113.10/32"], "tags": TAGS})
    inputs = {"name": f"{OURS}-other", "securityGroupIds": [group.id], "tags": tags}
    push = PushInput(aws).create("urn", inputs)
    request = channel_request(push.id, f"{OURS}-other")
    settings = as_properties(request, state="running", tags=tags)
    channel = Channel(aws).create("urn", settings)
    assert not Channel(aws).diff(channel.id, settings, channel.state, settings).changes
    assert not PushInput(aws).diff(push.id, inputs, push.state, inputs).changes
    Channel(aws).delete(channel.id, channel.state)
    PushInput(aws).delete(push.id, push.state)
    InputSecurityGroup(aws).delete(group.id, group.state)
