"""Input security groups: one for each flow, taken over where a killed run left one."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.faults import CallFault, FaultPlan
from localaws.server import EmbeddedAws
from provider.aws import AwsClients
from provider.input_security_group import InputSecurityGroup
from provider.resource import Change, ResourceError
from tests.provider.channels import writes_during

TAGS = {"ManagedBy": "lunora", "Project": "p", "Stack": "s"}
CIDR, OTHER = "203.0.113.7/32", "203.0.113.8/32"
INPUTS = {"cidrs": [CIDR], "tags": TAGS}


def group(medialive: Any, *cidrs: str, **tags: str) -> str:
    made = medialive.create_input_security_group(
        WhitelistRules=[{"Cidr": cidr} for cidr in cidrs or (CIDR,)], Tags={**TAGS, **tags}
    )
    return str(made["SecurityGroup"]["Id"])


def use(medialive: Any, group_id: str) -> str:
    """Make an input in the group; returns its id."""
    made = medialive.create_input(Name="i", Type="RTP_PUSH", InputSecurityGroups=[group_id])
    return str(made["Input"]["Id"])


def listed(medialive: Any) -> set[str]:
    groups = medialive.list_input_security_groups()["InputSecurityGroups"]
    return {group["Id"] for group in groups}


def describe(medialive: Any, group_id: str) -> Any:
    return medialive.describe_input_security_group(InputSecurityGroupId=group_id)


def rules(medialive: Any, group_id: str) -> list[str]:
    return [rule["Cidr"] for rule in describe(medialive, group_id)["WhitelistRules"]]


def dropped(embedded: EmbeddedAws) -> None:
    fault = CallFault(
        operation="medialive:CreateInputSecurityGroup", fault="dropped-after", times=2
    )
    embedded.load_faults(FaultPlan(calls=(fault,)))


class TestCreate:
    def test_it_is_created_with_its_rules_and_tags(self, aws: AwsClients, medialive: Any) -> None:
        made = InputSecurityGroup(aws).create("urn", {"cidrs": [CIDR, OTHER], "tags": TAGS})
        live = describe(medialive, made.id)
        assert (rules(medialive, made.id), live["Tags"]) == ([CIDR, OTHER], TAGS)
        assert made.state == {"cidrs": [CIDR, OTHER], "tags": TAGS, "arn": live["Arn"]}

    def test_one_that_a_killed_run_left_is_taken_over(
        self, aws: AwsClients, embedded: EmbeddedAws
    ) -> None:
        first = InputSecurityGroup(aws).create("urn", INPUTS)
        again: list[str] = []
        writes = writes_during(
            embedded, lambda: again.append(InputSecurityGroup(aws).create("urn", INPUTS).id)
        )
        assert (again, writes) == ([first.id], [])

    def test_of_several_the_one_in_use_is_taken_and_the_others_go(
        self, aws: AwsClients, medialive: Any
    ) -> None:
        _, used, _ = (group(medialive) for _ in range(3))
        use(medialive, used)
        assert InputSecurityGroup(aws).create("urn", INPUTS).id == used
        assert listed(medialive) == {used}

    def test_one_in_use_is_never_deleted(self, aws: AwsClients, medialive: Any) -> None:
        used = {group(medialive) for _ in range(2)}
        for group_id in used:
            use(medialive, group_id)
        assert InputSecurityGroup(aws).create("urn", INPUTS).id in used
        assert listed(medialive) == used

    def test_a_lost_answer_leaves_one_group(
        self, aws: AwsClients, embedded: EmbeddedAws, medialive: Any
    ) -> None:
        dropped(embedded)
        made = InputSecurityGroup(aws).create("urn", INPUTS)
        assert [call.operation for call in embedded.calls].count("CreateInputSecurityGroup") == 3
        assert listed(medialive) == {made.id}

    def test_a_forced_replacement_keeps_the_group_that_it_takes_over(
        self, aws: AwsClients, medialive: Any
    ) -> None:
        old = InputSecurityGroup(aws).create("urn", INPUTS)
        use(medialive, old.id)
        replacing = InputSecurityGroup(aws)
        new = replacing.create("urn", INPUTS)
        replacing.delete(old.id, old.state)
        assert listed(medialive) == {new.id} == {old.id}

    def test_groups_of_others_are_left_alone(self, aws: AwsClients, medialive: Any) -> None:
        strangers = {
            group(medialive, Destination="another"),
            group(medialive, Stack="another"),
            group(medialive, OTHER),
            group(medialive, CIDR, OTHER),
        }
        made = InputSecurityGroup(aws).create("urn", INPUTS)
        assert listed(medialive) == {*strangers, made.id}

    def test_one_with_the_same_rules_in_another_order_is_taken_over(
        self, aws: AwsClients, medialive: Any
    ) -> None:
        left = group(medialive, OTHER, CIDR)
        made = InputSecurityGroup(aws).create("urn", {**INPUTS, "cidrs": [CIDR, OTHER]})
        assert made.id == left

    def test_a_refused_rule_is_an_error(self, aws: AwsClients) -> None:
        with pytest.raises(ResourceError, match="LUN31"):
            InputSecurityGroup(aws).create("urn", {**INPUTS, "cidrs": ["203.0.113.7/24"]})


class TestDiff:
    def diff(self, aws: AwsClients, group_id: str, new: dict[str, Any] | None = None) -> Any:
        return InputSecurityGroup(aws).diff(group_id, INPUTS, INPUTS, new or INPUTS)

    def test_one_as_declared_has_no_difference(self, aws: AwsClients, medialive: Any) -> None:
        group_id = group(medialive)
        use(medialive, group_id)
        assert not self.diff(aws, group_id).changed

    def test_an_edit_is_an_update(self, aws: AwsClients, medialive: Any) -> None:
        difference = self.diff(aws, group(medialive), {"cidrs": [OTHER], "tags": {}})
        assert difference.changes["cidrs[0]"] == Change.UPDATE
        assert difference.replaces == frozenset()

    @pytest.mark.parametrize("cidrs", [(OTHER,), (CIDR, OTHER)])
    def test_rules_changed_by_hand_are_an_update(
        self, aws: AwsClients, medialive: Any, cidrs: tuple[str, ...]
    ) -> None:
        assert self.diff(aws, group(medialive, *cidrs)).changes == {"cidrs": Change.UPDATE}

    def test_the_order_of_rules_means_nothing(self, aws: AwsClients, medialive: Any) -> None:
        both = {**INPUTS, "cidrs": [CIDR, OTHER]}
        group_id = group(medialive, OTHER, CIDR)
        assert not InputSecurityGroup(aws).diff(group_id, both, both, both).changed

    def test_one_that_is_gone_is_replaced(self, aws: AwsClients, medialive: Any) -> None:
        group_id = group(medialive)
        medialive.delete_input_security_group(InputSecurityGroupId=group_id)
        for missing in (group_id, "404"):
            difference = self.diff(aws, missing)
            assert difference.replaces == {"arn"}
            expected = f"input security group {missing} is missing in AWS; it is created again"
            assert difference.warning == expected

    def test_one_that_aws_does_not_show_is_planned_as_an_update(
        self, embedded: EmbeddedAws, medialive: Any
    ) -> None:
        hasty = AwsClients(
            "us-west-2", endpoint=embedded.endpoint, sleep=lambda _: None, patience=0
        )
        group_id = group(medialive)
        fault = CallFault(operation="medialive:DescribeInputSecurityGroup", fault="error")
        embedded.load_faults(FaultPlan(calls=(fault,)))
        difference = self.diff(hasty, group_id)
        assert difference.changes == {"cidrs": Change.UPDATE}
        assert difference.warning.startswith("LUN316: ")


class TestUpdate:
    def test_rules_and_tags_change_in_place_while_an_input_uses_it(
        self, aws: AwsClients, medialive: Any
    ) -> None:
        group_id, desired = group(medialive), {"cidrs": [OTHER], "tags": {"Stack": "s"}}
        use(medialive, group_id)
        state = InputSecurityGroup(aws).update(group_id, INPUTS, INPUTS, desired)
        assert state == {**desired, "arn": describe(medialive, group_id)["Arn"]}
        assert rules(medialive, group_id) == [OTHER]
        assert describe(medialive, group_id)["Tags"] == {"Stack": "s"}

    def test_new_rules_are_in_force_when_it_returns(self, aws: AwsClients, medialive: Any) -> None:
        group_id = group(medialive)
        use(medialive, group_id)
        InputSecurityGroup(aws).update(group_id, INPUTS, INPUTS, {**INPUTS, "cidrs": [OTHER]})
        live = describe(medialive, group_id)
        assert (live["State"], live["WhitelistRules"]) == ("IN_USE", [{"Cidr": OTHER}])

    def test_one_as_declared_is_not_touched(
        self, aws: AwsClients, embedded: EmbeddedAws, medialive: Any
    ) -> None:
        group_id = group(medialive)
        update = InputSecurityGroup(aws).update
        assert writes_during(embedded, lambda: update(group_id, INPUTS, INPUTS, INPUTS)) == []

    def test_one_that_is_gone_is_an_error(self, aws: AwsClients) -> None:
        with pytest.raises(ResourceError, match=r"^LUN330"):
            InputSecurityGroup(aws).update("404", INPUTS, INPUTS, INPUTS)


class TestRead:
    def test_an_import_reads_rules_and_tags(self, aws: AwsClients, medialive: Any) -> None:
        group_id = group(medialive, OTHER)
        result = InputSecurityGroup(aws).read("urn", group_id, {}, {})
        assert result is not None
        assert result.inputs == {"cidrs": [OTHER], "tags": TAGS}
        assert result.state == {**result.inputs, "arn": describe(medialive, group_id)["Arn"]}

    def test_the_state_of_a_used_one_has_no_more_than_that(
        self, aws: AwsClients, medialive: Any
    ) -> None:
        group_id = group(medialive)
        use(medialive, group_id)
        result = InputSecurityGroup(aws).read("urn", group_id, INPUTS, INPUTS)
        assert result is not None
        assert result.state.keys() == {"cidrs", "tags", "arn"}

    def test_one_that_is_gone_is_read_as_none(self, aws: AwsClients) -> None:
        assert InputSecurityGroup(aws).read("urn", "404", INPUTS, INPUTS) is None


class TestDelete:
    def test_it_goes_and_twice_is_fine(self, aws: AwsClients, medialive: Any) -> None:
        group_id = group(medialive)
        for _ in range(2):
            InputSecurityGroup(aws).delete(group_id, INPUTS)
        assert listed(medialive) == set()

    def test_it_waits_until_no_input_uses_it(self, embedded: EmbeddedAws, medialive: Any) -> None:
        group_id = group(medialive)
        input_id = use(medialive, group_id)
        waits: list[float] = []

        def sleep(seconds: float) -> None:
            waits.append(seconds)
            if len(waits) == 3:
                medialive.delete_input(InputId=input_id)

        patient = AwsClients("us-west-2", endpoint=embedded.endpoint, sleep=sleep)
        InputSecurityGroup(patient).delete(group_id, INPUTS)
        assert listed(medialive) == set()
        refused = [
            call
            for call in embedded.calls
            if call.operation == "DeleteInputSecurityGroup" and call.status != 200
        ]
        assert refused == []

    def test_one_that_stays_in_use_is_an_error(self, embedded: EmbeddedAws, medialive: Any) -> None:
        group_id = group(medialive)
        use(medialive, group_id)
        seconds = iter(range(0, 10**6, 300))
        hasty = AwsClients(
            "us-west-2",
            endpoint=embedded.endpoint,
            sleep=lambda _: None,
            clock=lambda: float(next(seconds)),
        )
        with pytest.raises(ResourceError, match=r"^LUN315"):
            InputSecurityGroup(hasty).delete(group_id, INPUTS)
        assert listed(medialive) == {group_id}


@pytest.mark.parametrize("reading", ["emptied", "whole", "gone"])
def test_one_that_others_deleted_is_missed(
    aws: AwsClients, embedded: EmbeddedAws, medialive: Any, reading: str
) -> None:
    embedded.readings.choose({"deleted-shown": reading})
    resource, inputs = InputSecurityGroup(aws), {"cidrs": ["203.0.113.10/32"], "tags": {}}
    created = resource.create("urn", inputs)
    medialive.delete_input_security_group(InputSecurityGroupId=created.id)
    for seconds in (0.0, 60.0):
        embedded.advance(seconds)
        assert resource.read("urn", created.id, inputs, created.state) is None
        InputSecurityGroup(aws).delete(created.id, created.state)
