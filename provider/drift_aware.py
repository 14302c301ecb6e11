"""Resources that an operator may change too, so that a plan has to read them."""

from __future__ import annotations

import abc
import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any, ClassVar

from provider import channel_lifecycle
from provider.aws import AwsClients, CancelledError
from provider.resource import Change, Diff, Properties, ResourceError
from provider.typed_resource import I, TypedResource


class DriftAwareResource(TypedResource[I]):
    """A resource whose diff reads AWS, so that an operator's changes show in the next preview.

    The engine ends a whole run at a diff that fails, but carries on past an update that does.
    If AWS cannot be read during a diff, an update is planned, which reads again.

    Class attributes:
        watched: the property of that update where the declaration has not changed.
        ignored: inputs whose change is no difference: what only a creation reads, and what
            earlier versions stored.

    Args:
        aws: the connection.
        now: returns the time of an answer, with a time zone; a test replaces it.
    """

    watched: ClassVar[str]
    ignored: ClassVar[frozenset[str]] = frozenset({"existingId"})

    def __init__(
        self, aws: AwsClients, now: Callable[[Any], dt.datetime] = channel_lifecycle.moment
    ) -> None:
        super().__init__(aws)
        self._now = now

    def diff(
        self, resource_id: str, old_inputs: Properties, state: Properties, new: Properties
    ) -> Diff:
        """Compare the declarations, and where it matters the new one with what is there."""
        old_inputs, new = self._compared(old_inputs), self._compared(new)
        declared = super().diff(resource_id, old_inputs, state, new)
        try:
            return self._diff_with_live(declared, resource_id, old_inputs, state, new)
        except CancelledError:
            raise
        except ResourceError as error:
            changes = declared.changes or {self.watched: Change.UPDATE}
            warning = f"{error}; the update reads again"
            return dataclasses.replace(declared, changes=changes, warning=warning)

    @abc.abstractmethod
    def _diff_with_live(
        self,
        declared: Diff,
        resource_id: str,
        old_inputs: Properties,
        state: Properties,
        new: Properties,
    ) -> Diff:
        """Return what is to be done where the declarations differ as *declared*."""

    def _compared(self, inputs: Properties) -> Properties:
        return {key: value for key, value in inputs.items() if key not in self.ignored}

    @staticmethod
    def gone(declared: Diff, name: str, condition: str = "is missing in AWS") -> Diff:
        """Return *declared* as a replacement of a resource that AWS does not have any more.

        The old one is deleted first: that succeeds, and leaves its name to the new one.

        Args:
            declared: how the declarations differ.
            name: the missing resource, for the warning (`push input x`).
            condition: its state, for the warning.
        """
        return Diff(
            changes={**declared.changes, "arn": Change.UPDATE},
            replaces=declared.replaces | {"arn"},
            delete_before_replace=True,
            warning=f"{name} {condition}; it is created again",
        )
