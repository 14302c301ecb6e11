from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from provider.aws import AwsClients
from provider.destination_set import DestinationSet
from provider.resource import CheckFailure
from tests.support.medialive import idle_channel

TEN = [f"d{number}" for number in range(10)]


def inputs(names: list[str], **more: Any) -> dict[str, Any]:
    return {
        "project": "p",
        "stack": "s",
        "destinations": names,
        "maxRemovals": 3,
        "maxRemovalPercent": 50,
        **more,
    }


@pytest.fixture
def destination_set() -> DestinationSet:
    return DestinationSet(AwsClients("us-west-2"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(TEN, TEN, id="nothing removed"),
        pytest.param(TEN, TEN[:7], id="as many as allowed"),
        pytest.param(TEN[:2], TEN[:1], id="half"),
        pytest.param(TEN[:1], ["other"], id="a single one is what deleting a file means"),
        pytest.param([], TEN, id="only added"),
    ],
)
def test_removals_within_the_limits_pass(
    destination_set: DestinationSet, before: list[str], after: list[str]
) -> None:
    assert destination_set.check("urn", inputs(before), inputs(after)).failures == ()


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        pytest.param(TEN, TEN[:6], "4 of 10 destinations (d6, d7, d8, d9)", id="count"),
        pytest.param(TEN[:3], TEN[:1], "2 of 3 destinations (d1, d2)", id="percent"),
    ],
)
def test_more_removals_are_refused_with_the_way_out(
    destination_set: DestinationSet, before: list[str], after: list[str], message: str
) -> None:
    (failure,) = destination_set.check("urn", inputs(before), inputs(after)).failures
    assert (failure.path, failure.code) == ("destinations", "LUN300")
    assert message in failure.reason
    assert f"LUNORA_CONFIRM_REMOVALS={len(before) - len(after)}" in failure.reason


def test_confirming_another_number_does_not_lift_the_guard(destination_set: DestinationSet) -> None:
    checked = destination_set.check("urn", inputs(TEN), inputs(TEN[:5], confirmedRemovals=4))
    assert checked.failures


def test_the_confirmation_is_never_stored(destination_set: DestinationSet) -> None:
    checked = destination_set.check("urn", inputs(TEN), inputs(TEN[:5], confirmedRemovals=5))
    assert checked.failures == ()
    assert "confirmedRemovals" not in checked.inputs


def named(names: dict[str, str], streams: dict[str, str] | None = None) -> dict[str, Any]:
    """Return the inputs of destinations by the name each was created under."""
    return inputs(sorted(names), origins=names, streams=streams or {})


def refusals(
    destination_set: DestinationSet, before: dict[str, Any], after: dict[str, Any]
) -> tuple[CheckFailure, ...]:
    return destination_set.check("urn", before, after).failures


def test_a_rename_is_no_removal(destination_set: DestinationSet) -> None:
    before = inputs(TEN[:3], origins={name: name for name in TEN[:3]})
    origins = {"d0": "d0", "new1": "d1", "new2": "d2"}
    former = {"new1": ["d1"], "new2": ["d2"]}
    after = inputs(sorted(origins), origins=origins, previousNames=former)
    assert refusals(destination_set, before, after) == ()


def test_a_renamed_destination_keeps_its_names(destination_set: DestinationSet) -> None:
    renamed = {**named({"new": "old"}), "previousNames": {"new": ["old"]}}
    assert refusals(destination_set, renamed, renamed) == ()
    (refusal,) = refusals(destination_set, renamed, named({"new": "new"}))
    assert refusal.code == "LUN301"
    assert "put old first" in refusal.remedy
    again = {**named({"newer": "new"}), "previousNames": {"newer": ["new"]}}
    (refusal,) = refusals(destination_set, renamed, again)
    assert (refusal.code, "put old first" in refusal.remedy) == ("LUN301", True)


def test_a_new_file_with_the_stream_of_one_that_goes_is_a_rename(
    destination_set: DestinationSet,
) -> None:
    before = named({"old": "old"}, {"old": "digest"})
    (refusal,) = refusals(destination_set, before, named({"new": "new"}, {"new": "digest"}))
    assert refusal.code == "LUN302"
    assert "give new `previous_names: [old]`" in refusal.remedy
    assert refusals(destination_set, before, named({"new": "new"}, {"new": "another"})) == ()
    renamed = {**named({"new": "old"}, {"new": "digest"}), "previousNames": {"new": ["old"]}}
    assert refusals(destination_set, before, renamed) == ()


def test_a_rename_that_was_left_out_again_names_all_former_names(
    destination_set: DestinationSet,
) -> None:
    before = {**named({"second": "first"}, {"second": "d"}), "previousNames": {"second": ["first"]}}
    (refusal,) = refusals(destination_set, before, named({"third": "third"}, {"third": "d"}))
    assert "`previous_names: [first, second]`" in refusal.remedy


def test_a_stack_from_before_the_names_were_kept_goes_on(destination_set: DestinationSet) -> None:
    assert (
        refusals(destination_set, inputs(["one"]), named({"one": "one"}, {"one": "digest"})) == ()
    )


def test_it_is_called_after_its_stack_and_remembers_what_it_was_given(
    destination_set: DestinationSet,
) -> None:
    given = inputs(TEN)
    created = destination_set.create("urn", given)
    assert (created.id, created.state) == ("p/s", given)
    assert destination_set.update("p/s", {}, {}, given) == given


def test_a_first_check_keeps_what_is_declared(destination_set: DestinationSet) -> None:
    checked = destination_set.check("urn", None, inputs(TEN, confirmedRemovals=3))
    assert checked.failures == ()
    assert checked.inputs["destinations"] == TEN
    assert "confirmedRemovals" not in checked.inputs


def test_what_is_no_destination_set_is_refused_also_the_first_time(
    destination_set: DestinationSet,
) -> None:
    for old in (None, inputs(TEN)):
        (failure,) = destination_set.check(
            "urn", old, {**inputs(TEN), "maxRemovals": "many"}
        ).failures
        assert failure.path == "maxRemovals"


def test_a_refresh_reads_what_is_remembered(destination_set: DestinationSet) -> None:
    state, declared = inputs(TEN), inputs(TEN[:3])
    result = destination_set.read("urn", "p/s", declared, state)
    assert result is not None
    assert (result.id, result.state, result.inputs) == ("p/s", state, declared)


def test_an_import_finds_the_stack_by_its_id(aws: AwsClients, client: Callable[[str], Any]) -> None:
    medialive = client("medialive")
    ours = {"ManagedBy": "lunora", "Project": "p", "Stack": "s"}
    idle_channel(medialive, "b", Tags={**ours, "Destination": "b"})
    idle_channel(medialive, "a", Tags={**ours, "Destination": "a", "Owner": "team"})
    idle_channel(medialive, "strange")
    result = DestinationSet(aws).read("urn", "p/s", {}, {})
    assert result is not None
    assert result.id == "p/s"
    assert result.state == {"project": "p", "stack": "s", "destinations": ["a", "b"]}
    assert result.inputs == result.state


def test_exactly_the_share_that_may_go_passes(destination_set: DestinationSet) -> None:
    half = inputs(TEN, maxRemovals=10)
    assert destination_set.check("urn", half, inputs(TEN[:5], maxRemovals=10)).failures == ()


@pytest.mark.parametrize(
    ("declared", "is_refused"),
    [
        ({"names": ["d2"]}, True),
        ({"names": ["d1", "d2"]}, False),
        ({"names": ["d2", "new"], "previousNames": {"new": ["d1"]}}, False),
    ],
)
def test_a_protected_destination_is_refused_as_a_whole(
    destination_set: DestinationSet,
    declared: dict[str, Any],
    is_refused: bool,  # noqa: FBT001
) -> None:
    origins = {"new": "d1"} if "new" in declared["names"] else {}
    after = inputs(**declared, origins=origins)
    before = inputs(["d1", "d2"], protected=["d1"])
    codes = [failure.code for failure in destination_set.check("urn", before, after).failures]
    assert codes == (["LUN419"] if is_refused else [])
