"""Rules between the files and the account."""

from __future__ import annotations

import pytest

from catalog.rules.account import flow_carries, name_too_long, quota_has_room, role_is_here


@pytest.mark.parametrize(
    ("existing", "planned", "limit"),
    [
        pytest.param({"other"}, {"one", "two"}, 3, id="as many as may be"),
        pytest.param({"one", "two"}, {"one", "two"}, 1, id="nothing new, whatever the quota says"),
        pytest.param({"one", "two", "three"}, {"one"}, 2, id="only removals"),
        pytest.param(set(), {"one", "two"}, None, id="not known"),
    ],
)
def test_what_a_quota_has_room_for(
    existing: set[str], planned: set[str], limit: int | None
) -> None:
    assert quota_has_room("channels", existing=existing, planned=planned, limit=limit) is None


def test_what_goes_counts_until_it_is_gone() -> None:
    said = quota_has_room("channels", existing={"old", "kept"}, planned={"kept", "new"}, limit=2)
    assert said == (
        "the run needs 3 channels (1 are there beside those of the files), but the account's quota"
        " is 2; raise it in Service Quotas, or remove some in a run of their own first"
    )


def test_a_flow_carries_a_number_of_copies() -> None:
    assert flow_carries("main", outputs=40, mbps=10) is None
    assert flow_carries("main", outputs=41, mbps=10) == (
        "flow main would send 41 x 10 = 410 Mb/s, and MediaConnect recommends at most 400; use"
        " another flow for some destinations"
    )


def test_the_channels_role_belongs_to_their_account() -> None:
    arn = "arn:aws:iam::123456789012:role/medialive"
    assert role_is_here(arn, "123456789012") is None
    assert role_is_here(arn, "210987654321") == (
        "lunora-player:mediaLiveRoleArn is a role of account 123456789012, but the flows and"
        " channels are in account 210987654321; name a role of that account"
    )


def test_every_name_in_aws_has_a_length_it_may_have() -> None:
    assert name_too_long("lunora-player", "prod", ["a" * 40]) is None
    said = name_too_long("p" * 30, "s" * 20, ["b", "a" * 300])
    assert said is not None
    assert said.startswith(f"alarm {'p' * 30}-{'s' * 20}-aaa")
    assert "would have 352 characters, and AWS takes 255" in said
    stack = "s" * 41
    assert name_too_long("lunora-player", "s" * 40, ["one"]) is None
    said = name_too_long("lunora-player", stack, ["one"])
    assert said == (
        f"role lunora-player-{stack}-medialive would have 65 characters, and AWS takes 64; use a"
        " stack or destination of a shorter name"
    )
