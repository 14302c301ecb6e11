"""Receivers of incidents besides mail."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

WebhookFormat = Literal["slack", "teams", "pagerduty", "json"]

PAGERDUTY: Final = "https://events.pagerduty.com/v2/enqueue"
"""Address of PagerDuty's Events API v2."""


class Webhook(BaseModel):
    """A receiver of messages about incidents.

    Attributes:
        url: its address, which is secret: whoever knows it can post there. PagerDuty has one
            address for everybody and an integration key instead.
        format: the form of its messages.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    url: str
    format: WebhookFormat

    @property
    def target(self) -> tuple[str, str]:
        """The address to post to, and the integration key for the body, which may be empty."""
        if self.format == "pagerduty" and "://" not in self.url:
            return PAGERDUTY, self.url
        return self.url, ""
