"""Messages about incidents, as mail and in the forms of webhooks' receivers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final, Literal

from catalog.webhooks import WebhookFormat
from lunora.watchdog.history_entries import incident_entry
from lunora.watchdog.memory import Notice

_SUBJECT_LENGTH: Final = 99
"""SNS takes fewer than 100 characters (Publish API reference, Subject)."""

_SUMMARY_LENGTH: Final = 1024
"""PagerDuty's limit of a summary (Events API v2)."""

_WORDS: Final[Mapping[str, str]] = {"opened": "opened", "updated": "continues", "closed": "over"}
_PAGERDUTY_ACTIONS: Final[Mapping[str, Literal["trigger", "resolve"]]] = {
    "opened": "trigger",
    "updated": "trigger",
    "closed": "resolve",
}


def subject(notice: Notice, stack: str) -> str:
    """Return the subject of a mail, for example `prod: destination show: opened`."""
    text = f"{stack}: {notice.incident.subject}: {_WORDS[notice.kind]}"
    return text if len(text) <= _SUBJECT_LENGTH else f"{text[: _SUBJECT_LENGTH - 3]}..."


def text(notice: Notice, stack: str) -> str:
    """Return the text of a mail."""
    incident = notice.incident
    lines = [f"{subject(notice, stack)}: {incident.reason}"]
    lines.append(f"since {incident.opened:%Y-%m-%d %H:%M} UTC")
    if notice.kind == "closed":
        lines[-1] += f", for {_duration(notice.time - incident.opened)}"
    if incident.restarts:
        lines.append(f"starts by the watchdog: {incident.restarts}")
    if incident.subject.startswith("flow "):
        lines.append(f"affected: {', '.join(incident.affected)}")
    return "\n".join(lines)


def body(notice: Notice, stack: str, form: WebhookFormat, routing_key: str = "") -> dict[str, Any]:
    """Return the JSON body of a webhook.

    Args:
        notice: the message.
        stack: the stack's name.
        form: the receiver's format.
        routing_key: PagerDuty's integration key; it belongs into the body (Events API v2).
    """
    match form:
        case "slack":
            return {"text": text(notice, stack)}
        case "teams":
            return _teams(text(notice, stack))
        case "pagerduty":
            return _pagerduty(notice, stack, routing_key)
        case "json":
            return {"id": notice.id, "stack": stack, **incident_entry(notice).document()}


def _teams(message: str) -> dict[str, Any]:
    """Return an Adaptive Card, the form of Teams' Workflows webhooks."""
    lines = [{"type": "TextBlock", "text": line, "wrap": True} for line in message.splitlines()]
    card = {"type": "AdaptiveCard", "version": "1.4", "body": lines}
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "attachments": [attachment]}


def _pagerduty(notice: Notice, stack: str, routing_key: str) -> dict[str, Any]:
    incident = notice.incident
    return {
        "routing_key": routing_key,
        "event_action": _PAGERDUTY_ACTIONS[notice.kind],
        # The same for all messages of an incident, so that the last one resolves it.
        "dedup_key": f"{stack}/{incident.subject}/{incident.opened:%Y%m%dT%H%M%SZ}",
        "payload": {
            "summary": f"{incident.subject}: {incident.reason}"[:_SUMMARY_LENGTH],
            "source": stack,
            "severity": "critical",
            "timestamp": notice.time.isoformat(timespec="seconds"),
            "custom_details": {"affected": list(incident.affected), "restarts": incident.restarts},
        },
    }


def _duration(length: dt.timedelta) -> str:
    minutes = round(length.total_seconds() / 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
