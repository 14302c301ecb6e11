"""Resources of the generated wrapper have their outputs under Python's names."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi.runtime import mocks

from components import livestream
from tests.support.pulumi_mocks import Echo


class Numbers(Echo):
    """Answers as the engine does, which knows no whole numbers."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        resource_id, state = super().new_resource(args)
        return resource_id, {**state, "port": 5000.0}


def test_outputs_are_resolved_under_their_python_names() -> None:
    values: list[Any] = []
    mocks.set_mocks(Numbers(), "lunora-player", "test", preview=False)

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def program() -> pulumi.Output[Any]:
        args = livestream.FlowOutputArgs(
            flow_arn="arn:flow", name="one", destination="198.51.100.1"
        )
        output = livestream.FlowOutput("one", args)
        listed = (output.flow_arn, output.name, output.port, output.arn, output.rtmp_push)
        return pulumi.Output.all(*listed).apply(values.extend)

    program()
    assert [*map(repr, values)] == ["'arn:flow'", "'one'", "5000", "'arn:one'", "None"]
