"""One stack of the project: its names, regions and flows, and clients of AWS for it."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from catalog import names
from catalog.aws_settings import AwsSettings
from catalog.flow_source import FlowFacts, FlowSource, Function
from catalog.maintenance import MaintenanceWindow
from catalog.stack_files import StackFiles
from catalog.stack_settings import DESTINATIONS
from provider.aws import DEADLINE_SECONDS, AwsClients

FOLDER = Path(DESTINATIONS)
"""Of the destination files of a stack that names none."""

# Somebody waits for the command: an address that never answers is told soon.
_ANSWER_SECONDS, _ATTEMPTS = 10.0, 4


@dataclass(frozen=True, slots=True)
class FlowRef:
    """A flow that the configuration names.

    Attributes:
        key: its key in destination files.
        region: where it is.
        name: its name, or None where it is named by its ARN.
        arn: its ARN, or None.
        source: the stream that it carries.
        functions: the functions of the stack that run in its region.
        keeps_token: whether the token of `api.repository` is kept in its region.
    """

    key: str
    region: str
    name: str | None = None
    arn: str | None = None
    source: FlowSource = field(default_factory=FlowSource)
    functions: frozenset[Function] = frozenset()
    keeps_token: bool = False

    @property
    def facts(self) -> FlowFacts:
        """The facts by which its destinations are priced."""
        return FlowFacts(
            self.region, self.source, functions=self.functions, keeps_token=self.keeps_token
        )


@dataclass(frozen=True, slots=True)
class Stack:
    """One stack of the project.

    Attributes:
        project: the Pulumi project, which is the value of the tag Project.
        name: the stack, which is the value of the tag Stack.
        region: where its resources are.
        endpoint: address of an emulator; None is Amazon.
        flows: the flows that feed it.
        boundary: ARN of the policy that its roles stay within; None is none.
        role_arn: ARN of the existing role that its channels run under; None is one of its own.
        monthly_budget_usd: its budget; None without one.
        aws_settings: credentials and accounts.
        folder: of its destination files.
        maintenance: window of channels whose files give none; None is AWS's own.
        patience: seconds for which a call is repeated that AWS refuses for now.
    """

    project: str
    name: str
    region: str
    endpoint: str | None = None
    flows: tuple[FlowRef, ...] = ()
    boundary: str | None = None
    role_arn: str | None = None
    monthly_budget_usd: float | None = None
    aws_settings: AwsSettings = field(default_factory=AwsSettings)
    folder: Path = FOLDER
    maintenance: MaintenanceWindow | None = None
    patience: float = DEADLINE_SECONDS

    @classmethod
    def read(cls, folder: Path, name: str) -> Stack:
        """Read the stack *name* of the project in *folder*.

        Raises:
            LunoraError: when a file is missing or a setting is wrong.
        """
        files = StackFiles.read(folder, name)
        settings = files.settings()
        flows = tuple(
            FlowRef(
                key,
                (facts := settings.flow_facts(flow)).region,
                flow.name,
                flow.arn,
                facts.source,
                facts.functions,
                facts.keeps_token,
            )
            for key, flow in settings.flows.items()
        )
        return cls(
            files.project,
            files.stack,
            settings.region,
            settings.endpoint,
            flows,
            settings.permissions_boundary_arn,
            settings.media_live_role_arn,
            settings.monthly_budget_usd,
            settings.aws,
            folder / settings.destinations,
            settings.maintenance,
        )

    def region_of(self, flow: str) -> str:
        """Return the region of a flow by its key; the stack's own for a flow that it lacks."""
        return next((ref.region for ref in self.flows if ref.key == flow), self.region)

    @property
    def sources(self) -> Mapping[str, FlowSource]:
        """The declared sources of its flows, by their key."""
        return {flow.key: flow.source for flow in self.flows}

    @property
    def regions(self) -> tuple[str, ...]:
        """All regions with resources of the stack, its own first."""
        return tuple(dict.fromkeys([self.region, *(flow.region for flow in self.flows)]))

    def aws(self, region: str | None = None) -> AwsClients:
        """Return the clients of *region*, by default the stack's own; the same ones every time."""
        return _aws(region or self.region, self.endpoint, self.aws_settings, self.patience)

    def physical_name(self, name: str) -> str:
        """Return the name in AWS of its resource called *name*; empty begins all their names."""
        return names.physical_name(self.project, self.name, name)

    @property
    def tags(self) -> dict[str, str]:
        """The tags that all its resources carry."""
        return names.shared_tags(self.project, self.name)


@functools.cache
def _aws(region: str, endpoint: str | None, settings: AwsSettings, patience: float) -> AwsClients:
    return AwsClients(
        region,
        endpoint=endpoint,
        settings=settings,
        patience=patience,
        answer_seconds=min(_ANSWER_SECONDS, patience),
        # Each further attempt may wait for seconds, which who has few does not have.
        attempts=_ATTEMPTS if patience >= _ANSWER_SECONDS else 2,
        gives_up=True,
    )
