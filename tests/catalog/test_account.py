"""Rules between the files and the account."""

from __future__ import annotations

import pytest

from catalog.errors import ExitCode
from catalog.model import DestinationSpec
from catalog.rules.account import (
    flow_carries,
    invalid_aws_name,
    quota_has_room,
    role_is_here,
    unmanaged_slate_role,
)


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
    error = quota_has_room("channels", existing={"old", "kept"}, planned={"kept", "new"}, limit=2)
    assert error is not None
    assert (error.code, error.exit_code) == ("LUN250", ExitCode.GUARD_REFUSED)
    assert error.message.startswith("the run needs 3 channels (1 of them ")


def test_a_flow_carries_a_number_of_copies() -> None:
    assert flow_carries("main", outputs=40, mbps=10) is None
    warning = flow_carries("main", outputs=41, mbps=10)
    assert warning is not None
    assert warning.code == "LUN252"
    assert "41 x 10 = 410 Mb/s" in warning.message


def test_the_channels_role_belongs_to_their_account() -> None:
    arn = "arn:aws:iam::123456789012:role/medialive"
    assert role_is_here(arn, "123456789012") is None
    error = role_is_here(arn, "210987654321")
    assert error is not None
    assert error.code == "LUN253"
    assert "a role of account 123456789012" in error.message


def test_a_slate_under_a_role_of_somebody_else_is_a_warning() -> None:
    given = {"name": "one", "platform": "youtube", "preset": "480p30"}
    slate = {"then": "slate", "slate": "s3://slates/a.png"}
    shown = DestinationSpec.model_validate({**given, "on_input_loss": slate})
    assert unmanaged_slate_role(DestinationSpec.model_validate(given), "arn:role") is None
    assert unmanaged_slate_role(shown, None) is None
    warning = unmanaged_slate_role(shown, "arn:role")
    assert warning is not None
    assert (warning.code, "arn:aws:s3:::slates/a.png" in str(warning)) == ("LUN223", True)


def test_every_name_in_aws_has_a_length_it_may_have() -> None:
    assert invalid_aws_name("lunora-player", "prod", ["a" * 40]) is None
    error = invalid_aws_name("p" * 30, "s" * 20, ["b", "a" * 300])
    assert error is not None
    assert error.code == "LUN254"
    assert error.message.startswith(f"alarm {'p' * 30}-{'s' * 20}-aaa")
    assert "would have 352 characters, and AWS takes 255" in error.message
    stack = "s" * 41
    assert invalid_aws_name("lunora-player", "s" * 40, ["one"]) is None
    error = invalid_aws_name("lunora-player", stack, ["one"])
    assert error is not None
    assert error.message.startswith(f"role lunora-player-{stack}-medialive would have 65 ")


def test_resources_of_others_count_each_whatever_their_names() -> None:
    error = quota_has_room("channels", existing=set(), planned={"new"}, limit=5, others=5)
    assert error is not None
    assert error.code == "LUN250"
    assert quota_has_room("channels", existing=set(), planned={"new"}, limit=5, others=4) is None


@pytest.mark.parametrize("stack", ["prod.eu", "prod/eu"])
def test_characters_that_aws_does_not_take_in_a_name_are_refused(stack: str) -> None:
    """SNS answers "Invalid parameter: Topic Name"; Pulumi takes a dot in a stack's name."""
    error = invalid_aws_name("lunora-player", stack, ["one"])
    assert error is not None
    assert error.code == "LUN257"
    assert f"lunora-player-{stack}" in error.message
