"""Channel: a MediaLive channel, with its settings and whether it runs."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import threading
from collections.abc import Collection, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from catalog import channel_states, suspension
from catalog.schedule import Schedule
from provider import (
    channel_lifecycle,
    channel_logo,
    channel_suspension,
    interruption,
    members,
    tagging,
)
from provider.aws import AwsClients
from provider.aws_errors import explain, is_not_found, status_of
from provider.channel_inputs import ChannelInputs, ChannelOutputs, api_request
from provider.channel_settings import ChannelSettings, spelling
from provider.drift_aware import DriftAwareResource
from provider.ownership import has_same_owner
from provider.resource import (
    Change,
    CheckResult,
    CreateResult,
    Diff,
    PartialCreateError,
    Properties,
    ReadResult,
    ResourceError,
    changed_paths,
    contains_unknown,
    root_of,
)

# Inputs that AWS does not show.
_NOT_SHOWN = ("existingId", "logo", "secretVersions")
_CONFLICT_STATUS = 409
_UNPROCESSABLE_STATUS = 422


class Channel(DriftAwareResource[ChannelInputs]):
    """A MediaLive channel.

    An update of a channel on air is one step: stop, update, start. MediaLive changes settings only
    while a channel is idle (MediaLive user guide, editing a channel); tags at any time.
    """

    token = "livestream:index:Channel"  # noqa: S105 - a type token
    inputs = ChannelInputs
    outputs = ChannelOutputs
    secrets = frozenset({"destinations", "normalized"})
    watched = "state"
    replace_on = frozenset({"vpc"})
    # An input can be attached to one channel only (409).
    delete_before_replace = True

    def __init__(self, aws: AwsClients, **more: Any) -> None:
        super().__init__(aws, **more)
        self._listing = threading.Lock()
        self._settings = ChannelSettings(aws)

    def check(self, urn: str, old: Properties | None, new: Properties) -> CheckResult:
        """Validate against the API's model, and against the rules of its 422 answers."""
        checked = super().check(urn, old, new)
        failures = checked.failures or tuple(self._settings.failures(checked.inputs))
        return CheckResult(checked.inputs, failures)

    def _diff_with_live(
        self,
        declared: Diff,
        resource_id: str,
        old_inputs: Properties,
        state: Properties,
        new: Properties,
    ) -> Diff:
        del old_inputs
        live = channel_lifecycle.describe(self._aws, resource_id)
        if live is None or live["State"] in {"CREATE_FAILED", "DELETING"}:
            condition = f"is {live['State']}" if live else "is missing in AWS"
            return self.gone(declared, f"channel {resource_id}", condition)
        drifted = list(self._settings.differences(new, live, state))
        changes = {**dict.fromkeys(drifted, Change.UPDATE), **declared.changes}
        actual = str(live["State"])
        if not _is_as_declared(actual, new["state"]):
            changes.setdefault("state", Change.UPDATE)
        runs = self._runs_afterwards(new, live, changes)
        # Of what is not declared any more only what drifted is reset.
        differing = [
            path
            for path, change in changes.items()
            if path in drifted or (interruption.of_channel(path) and change is not Change.DELETE)
        ]
        warning = interruption.consequence(
            actual, differing, runs=runs, replaced=bool(declared.replaces)
        )
        return dataclasses.replace(declared, changes=changes, warning=warning)

    def _runs_afterwards(
        self, new: Properties, live: Mapping[str, Any], changes: Collection[str]
    ) -> bool:
        """Tell whether the channel runs after an update with these *changes*."""
        if new["state"] != "scheduled":
            return bool(new["state"] == "running")
        if not any(root_of(path) != "tags" for path in changes):
            return str(live["State"]) in channel_states.ON_AIR
        return Schedule.model_validate(new["schedule"]).is_open(self._now(live))

    def create(self, urn: str, inputs: Properties) -> CreateResult:
        """Create it, or take over the one that a killed run left or `existingId` names."""
        declared = self.parse(inputs)
        existing = self._existing(declared) or self._orphan(declared)
        channel_id, fresh = existing or self._create(urn, declared), existing is None
        try:
            return CreateResult(channel_id, self._reconcile(channel_id, declared, {}, fresh=fresh))
        except ResourceError as error:
            raise PartialCreateError(
                error, resource_id=channel_id, state={**inputs, "arn": self._arn(channel_id)}
            ) from None

    def creation_warning(self, inputs: Properties) -> str:
        """Warn in a preview of a channel that is there already and would be interrupted."""
        channel_id = inputs.get("existingId") or self._orphan_of(inputs)
        live = channel_lifecycle.describe(self._aws, channel_id) if channel_id else None
        if live is None:
            return ""
        differing = list(self._settings.differences(inputs, live, {}))
        runs = self._runs_afterwards(inputs, live, ("state",))
        consequence = interruption.consequence(str(live["State"]), differing, runs=runs)
        known = inputs.get("existingId") is not None
        if known and not consequence:
            return ""
        return "; ".join(
            filter(None, (f"channel {channel_id} is there already and is taken over", consequence))
        )

    def read(
        self, urn: str, resource_id: str, inputs: Properties, state: Properties
    ) -> ReadResult | None:
        """Read what is declared of it; an import reads all that a creation takes."""
        del urn
        live = channel_lifecycle.describe(self._aws, resource_id)
        if live is None:
            return None
        settings = (
            self._settings.refreshed(inputs, live, state)
            if inputs
            else self._settings.imported(live)
        )
        if inputs.get("state") == "scheduled":
            run_state: dict[str, Any] = {"state": "scheduled", "schedule": inputs["schedule"]}
        else:
            run_state = {
                "state": "running" if live["State"] in channel_states.ON_AIR else "stopped"
            }
            run_state |= {key: inputs[key] for key in ("schedule",) if key in inputs}
        kept = {key: inputs[key] for key in _NOT_SHOWN if key in inputs}
        origin = {} if inputs else {"imported": True}
        tags = tagging.declarable(live.get("Tags", {}))
        declared = {**settings, **run_state, **kept, "tags": tags}
        outputs = {**state, **origin, **declared, "arn": live["Arn"]}
        return ReadResult(resource_id, outputs, declared)

    def update(
        self, resource_id: str, old_inputs: Properties, state: Properties, inputs: Properties
    ) -> Properties:
        """Bring settings, tags and run state to what is declared, from whatever state it is in."""
        edits = changed_paths(self._compared(old_inputs), self._compared(inputs))
        edited = any(root_of(path) != "tags" for path in edits)
        return self._reconcile(
            resource_id, self.parse(inputs), state, edited=edited, former=old_inputs
        )

    def rehearse(self, resource_id: str, inputs: Properties, state: Properties) -> None:
        """Ask AWS in a preview whether it would accept the settings, where that is switched on.

        Raises:
            ResourceError: for settings that AWS refuses (422). Any other answer tells nothing of
                them, for example that the channel is not idle (409) or that AWS takes no DryRun
                here (400).
        """
        if not self._aws.dry_run or contains_unknown(inputs):
            return
        live = channel_lifecycle.describe(self._aws, resource_id)
        update = self._settings.update_request(inputs, live, state) if live else {}
        if not update:
            return
        try:
            self._aws.medialive.update_channel(ChannelId=resource_id, DryRun=True, **update)
        except BotoCoreError:
            return
        except ClientError as error:
            if status_of(error) == _UNPROCESSABLE_STATUS:
                answer = explain(error)
                raise ResourceError(
                    "LUN323", f"cannot update channel {resource_id}: {answer}"
                ) from None

    def delete(self, resource_id: str, state: Properties) -> None:
        """Stop it from any state and delete it; one that is gone is a success."""
        live = channel_lifecycle.describe(self._aws, resource_id)
        if live is not None and live["State"] in channel_states.ON_AIR:
            now = self._now(live)
            with contextlib.suppress(ClientError):
                channel_suspension.suspend_for_deployment(self._aws, live["Arn"], now)
        channel_lifecycle.stop(self._aws, resource_id)
        channel_lifecycle.delete(self._aws, resource_id, name=str(state.get("name", resource_id)))

    def _reconcile(  # noqa: PLR0913 - what is declared, what was, and how it came about
        self,
        channel_id: str,
        declared: ChannelInputs,
        state: Properties,
        *,
        fresh: bool = False,
        edited: bool = True,
        former: Properties | None = None,
    ) -> dict[str, Any]:
        """Bring the channel to what is declared; returns its outputs.

        Args:
            channel_id: of the channel.
            declared: its inputs.
            state: its outputs so far.
            fresh: whether it was created with these inputs just now, so that what AWS shows
                otherwise is AWS's spelling.
            edited: whether more than the tags changed. Otherwise a scheduled channel that is as
                declared is left to its schedule and to its operators.
            former: its inputs before; None for a creation.
        """
        properties = declared.properties()
        live = self._at_rest(channel_id)
        if live["State"] == "CREATE_FAILED":
            raise ResourceError(
                "LUN331",
                f"cannot update channel {channel_id}: it is CREATE_FAILED",
                remedy="run `pulumi up` again to create another",
            )
        update = {} if fresh else self._settings.update_request(properties, live, state)
        new_class = self._new_class(declared, live)
        if update or new_class:
            edited = True
            self._change(live, declared, new_class, update)
            live = self._at_rest(channel_id)
        elif _has_new_secrets(former, properties) and live["State"] in channel_states.ON_AIR:
            channel_suspension.suspend_for_deployment(self._aws, live["Arn"], self._now(live))
            channel_lifecycle.stop(self._aws, channel_id)
            live = self._at_rest(channel_id)
        tagging.retag_medialive(
            self._aws, live["Arn"], tagging.declarable(live.get("Tags", {})), declared.tags
        )
        if edited or declared.state != "scheduled":
            self._start_or_stop(live, declared)
        if declared.logo is not None or "EncoderSettings" not in update:
            # An update without a logo resets the feature, and takes the former one away.
            self._show_logo(live, declared, former)
        normalized = {
            path: spelling(properties, live, path)
            for path in self._settings.differing_members(properties, live)
        }
        more = {"normalized": normalized} if normalized else {}
        return {**properties, **more, "arn": live["Arn"]}

    def _start_or_stop(self, live: Mapping[str, Any], declared: ChannelInputs) -> None:
        """Start or stop the channel as declared.

        The watchdog starts none that a deployment stops. What was suspended before ends with a
        start by a deployment.
        """
        channel_id, now = str(live["Id"]), self._now(live)
        if live["State"] in channel_states.ON_AIR and not declared.runs(now):
            channel_suspension.suspend_for_deployment(self._aws, live["Arn"], now)
        reached = channel_lifecycle.reconcile(
            self._aws, channel_id, lambda live: declared.runs(self._now(live))
        )
        if reached == "DELETED":
            raise _gone(channel_id)
        if reached == "RUNNING" and suspension.KEY in live.get("Tags", {}):
            channel_suspension.resume(self._aws, live["Arn"])

    def _show_logo(
        self, live: Mapping[str, Any], declared: ChannelInputs, former: Properties | None
    ) -> None:
        """Show the logo on a channel that was stopped, and one that changed on any channel.

        This is the last step, so that a logo which AWS refuses keeps no stream from running.

        Args:
            live: the channel before it was started or stopped.
            declared: its inputs.
            former: its inputs before; None for a creation.
        """
        before = (former or {}).get("logo")
        if declared.logo == before and (before is None or live["State"] in channel_states.ON_AIR):
            return
        try:
            channel_logo.show(self._aws, live["Id"], declared.logo, before)
        except ClientError:
            raise _gone(live["Id"]) from None

    def _change(
        self,
        live: Mapping[str, Any],
        declared: ChannelInputs,
        new_class: Mapping[str, Any],
        update: Mapping[str, Any],
    ) -> None:
        """Stop it if it is on air and change it; a refused change leaves it on air."""
        channel_id, was_on_air = str(live["Id"]), live["State"] in channel_states.ON_AIR
        operations = [
            functools.partial(operation, ChannelId=channel_id, **request)
            for operation, request in (
                (self._aws.medialive.update_channel_class, new_class),
                (self._aws.medialive.update_channel, update),
            )
            if request
        ]
        if was_on_air:
            now = self._now(live)
            channel_suspension.suspend_for_deployment(self._aws, live["Arn"], now)
        if live["State"] == "UPDATE_FAILED":
            # An update heals the channel. No source says that a change of its class does.
            operations.reverse()

        def change(operation: functools.partial[Any]) -> None:
            # A schedule or an operator may have started it again meanwhile.
            channel_lifecycle.stop(self._aws, channel_id)
            operation()

        try:
            for operation in operations:
                self._aws.call(
                    functools.partial(change, operation),
                    action=f"update channel {channel_id}",
                )
                self._refuse_failed_update(channel_id)
        except ClientError:
            raise _gone(channel_id) from None
        except ResourceError as error:
            if (
                was_on_air
                and declared.state != "stopped"
                and channel_lifecycle.resumes(self._aws, channel_id)
            ):
                channel_suspension.resume(self._aws, live["Arn"])
                raise error.with_consequence("the channel runs on as it was") from None
            raise

    def _refuse_failed_update(self, channel_id: str) -> None:
        if self._at_rest(channel_id)["State"] == "UPDATE_FAILED":
            raise ResourceError(
                "LUN331",
                f"cannot update channel {channel_id}: it is UPDATE_FAILED",
                remedy="see its alerts",
            )

    def _new_class(self, declared: ChannelInputs, live: Mapping[str, Any]) -> dict[str, Any]:
        """Return the members of an UpdateChannelClass; none where the class is as declared.

        The number of settings of a destination follows the class, so both are sent together.
        """
        if declared.channel_class in {None, live["ChannelClass"]}:
            return {}
        return {"ChannelClass": declared.channel_class, "Destinations": declared.destinations}

    def _create(self, urn: str, declared: ChannelInputs) -> str:
        # A repeated RequestId answers with the channel that the first call made, so neither the
        # SDK nor a later run makes a second one where an answer is lost. No source says what a
        # RequestId answers whose channel is gone, so one that does not make a channel is not
        # sent again.
        request = api_request(declared.properties())
        spent = 0

        def create() -> str | None:
            nonlocal spent
            token = members.digest([urn, request, spent])
            try:
                answer = self._aws.medialive.create_channel(
                    **request, Tags=declared.tags, RequestId=token
                )["Channel"]
            except ClientError as error:
                if is_not_found(error):
                    spent += 1
                    return None
                spent += status_of(error) == _CONFLICT_STATUS
                raise
            if answer["State"] in channel_states.DELETED:
                spent += 1
                return None
            return answer["Id"]

        return self._aws.wait(
            functools.partial(
                self._aws.call,
                create,
                action=f"create channel {declared.name}",
            ),
            action=f"create channel {declared.name}",
        )

    def _existing(self, declared: ChannelInputs) -> str | None:
        channel_id = declared.existing_id
        if channel_id is not None and channel_lifecycle.describe(self._aws, channel_id) is None:
            raise ResourceError(
                "LUN333",
                f"cannot adopt channel {channel_id}: it does not exist",
                remedy="remove its entry from the stack's import file",
            )
        return channel_id

    def _orphan(self, declared: ChannelInputs) -> str | None:
        """Return the channel of ours that a killed run left; one that failed goes."""
        channel_id = self._orphan_of(declared.properties())
        if channel_id is None:
            return None
        if self._at_rest(channel_id)["State"] != "CREATE_FAILED":
            return channel_id
        channel_lifecycle.delete(self._aws, channel_id, name=declared.name)
        return None

    def _orphan_of(self, inputs: Properties) -> str | None:
        for listed in self._listed():
            named = listed.get("Name") == inputs["name"]
            if named and has_same_owner(listed.get("Tags", {}), inputs.get("tags", {})):
                live = channel_lifecycle.describe(self._aws, listed["Id"])
                if live is not None and live["State"] != "DELETING":
                    return str(listed["Id"])
        return None

    def _listed(self) -> list[Any]:
        with self._listing:
            return self._channels_at_start

    @functools.cached_property
    def _channels_at_start(self) -> list[Any]:
        # A killed run left its channels before this one began, so one listing a run is enough.
        return channel_lifecycle.listed(self._aws)

    def _at_rest(self, channel_id: str) -> Any:
        """Wait until the channel is in none of the states that pass by themselves."""
        state = ""

        def settled() -> Any:
            nonlocal state
            live = channel_lifecycle.describe(self._aws, channel_id)
            if live is None:
                raise _gone(channel_id)
            state = live["State"]
            return None if state in channel_states.TRANSIENT else live

        return self._aws.wait(
            settled,
            action=f"wait until channel {channel_id} has changed",
            changed=channel_lifecycle.has_left(self._aws, channel_id, lambda: state),
        )

    def _arn(self, channel_id: str) -> str | None:
        try:
            live = channel_lifecycle.describe(self._aws, channel_id)
        except ResourceError:
            return None
        return None if live is None else str(live["Arn"])


def _gone(channel_id: str) -> ResourceError:
    return ResourceError(
        "LUN330",
        f"cannot update channel {channel_id}: it does not exist any more",
        remedy="run `pulumi up` again to create it",
    )


def _is_as_declared(actual: str, declared: str) -> bool:
    if actual == "UPDATE_FAILED":
        return False
    if declared == "scheduled":
        return True
    on_its_way = channel_states.ON_AIR if declared == "running" else {"IDLE", "STOPPING"}
    return actual in on_its_way or actual == "UPDATING"


def _has_new_secrets(former: Properties | None, properties: Properties) -> bool:
    """Tell whether a channel that was declared as *former* has to read its secrets anew."""
    return former is not None and former.get("secretVersions") != properties.get("secretVersions")
