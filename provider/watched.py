"""Resources that an operator may change too, so that a plan has to look at them."""

from __future__ import annotations

import abc
import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any, ClassVar

from provider import channel
from provider.aws import Aws, Cancelled
from provider.resource import Change, Diff, Properties, ResourceError
from provider.typed import I, TypedResource


class WatchedResource(TypedResource[I]):
    """A resource whose diff looks at AWS, so that what an operator did shows in the next preview.

    The engine ends a whole run at a diff that fails, but carries on past an update that does.
    What AWS does not let be looked at is therefore planned as an update, which looks again.

    Class attributes:
        watched: the property that this update is for where the declaration has not changed.

    Args:
        aws: the connection.
        now: says at what moment, with a time zone, something was described; a test replaces it.
    """

    watched: ClassVar[str]

    def __init__(self, aws: Aws, now: Callable[[Any], dt.datetime] = channel.moment) -> None:
        super().__init__(aws)
        self._now = now

    def diff(
        self, resource_id: str, old_inputs: Properties, state: Properties, new: Properties
    ) -> Diff:
        """Compare the declarations, and where it matters the new one with what is there."""
        declared = super().diff(resource_id, old_inputs, state, new)
        try:
            return self._diff_with_live(declared, resource_id, old_inputs, state, new)
        except Cancelled:
            raise
        except ResourceError as error:
            changes = declared.changes or {self.watched: Change.UPDATE}
            warning = f"{error}; the update asks again"
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
