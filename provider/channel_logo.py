"""The logo of a channel: a static image that actions of its schedule show and hide.

No action changes: another image on the layer takes the place of the former one (MediaLive user
guide, image-overlay-features, "A layer can contain only one image"), and MediaLive removes what
began more than an hour ago (botocore, ScheduleAction.ActionName). On an idle channel an action is
performed "as soon as the channel starts" (user guide, cli-schedule-fields-for-activate-image-per-
output). Whether an image outlives a stop is disputed (reading `image-after-stop` of the emulator),
so it is shown again after every start.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from provider.aws import AwsClients
from provider.aws_errors import status_of

_NAME_TAKEN_STATUS = 422
_PLACE = ("Layer", "OutputNames")

Logo = Mapping[str, Any]
"""Members of StaticImageOutputActivateSettings."""


def show(aws: AwsClients, channel_id: str, logo: Logo | None, former: Logo | None = None) -> None:
    """Let the channel show *logo*, and hide the *former* one where it has another place or none.

    Raises:
        ResourceError: when AWS refuses.
        ClientError: when the channel is gone.
    """
    settings = list(_settings(logo, former))
    if not settings:
        return

    def send() -> None:
        actions = [_action(kind, values) for kind, values in settings]
        aws.medialive.batch_update_schedule(
            ChannelId=channel_id, Creates={"ScheduleActions": actions}
        )

    def send_until_known() -> None:
        try:
            send()
        except ClientError as error:
            # Where an answer was lost the SDK has asked again, with names that are taken by now.
            if status_of(error) != _NAME_TAKEN_STATUS:
                raise
            send()

    aws.call(send_until_known, action=f"show the logo of channel {channel_id}")


def _settings(logo: Logo | None, former: Logo | None) -> Iterator[tuple[str, dict[str, Any]]]:
    if former is not None and (logo is None or _place(former) != _place(logo)):
        yield "StaticImageOutputDeactivateSettings", _place(former)
    if logo is not None:
        yield "StaticImageOutputActivateSettings", dict(logo)


def _place(logo: Logo) -> dict[str, Any]:
    return {name: logo[name] for name in _PLACE if name in logo}


def _action(kind: str, settings: dict[str, Any]) -> Any:
    return {
        "ActionName": f"lunora-logo-{uuid.uuid4().hex}",
        "ScheduleActionSettings": {kind: settings},
        "ScheduleActionStartSettings": {"ImmediateModeScheduleActionStartSettings": {}},
    }
