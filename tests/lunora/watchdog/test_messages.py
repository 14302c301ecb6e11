"""Messages about incidents, in each form."""

from __future__ import annotations

import datetime as dt
import json
from unittest.mock import MagicMock, Mock

import pytest

from catalog.webhooks import PAGERDUTY, Webhook, WebhookFormat
from lunora.watchdog import messages
from lunora.watchdog.delivery import Delivery, post
from lunora.watchdog.memory import Incident, Notice, NoticeKind

NOON = dt.datetime(2026, 1, 2, 12, tzinfo=dt.UTC)
FORMATS: tuple[WebhookFormat, ...] = ("slack", "teams", "pagerduty", "json")


def notice(kind: NoticeKind = "opened", subject: str = "destination show") -> Notice:
    incident = Incident(
        subject=subject,
        reason="its channel is stopped although its file says running",
        opened=NOON,
        affected=("show", "two") if subject.startswith("flow") else ("show",),
        restarts=2,
        notified=NOON,
    )
    return Notice(kind=kind, incident=incident, time=NOON + dt.timedelta(minutes=75))


def test_a_mail_has_cause_time_and_length() -> None:
    closed = notice("closed")
    assert messages.subject(closed, "prod") == "prod: destination show: over"
    assert messages.text(closed, "prod").splitlines() == [
        "prod: destination show: over: its channel is stopped although its file says running",
        "since 2026-01-02 12:00 UTC, for 1 h 15 min",
        "starts by the watchdog: 2",
    ]


def test_a_flows_mail_lists_who_suffers() -> None:
    assert "affected: show, two" in messages.text(notice(subject="flow main"), "prod")


def test_a_subject_fits_sns() -> None:
    assert len(messages.subject(notice(subject=f"destination {'a' * 120}"), "prod")) < 100


@pytest.mark.parametrize("form", FORMATS)
def test_each_form_is_json_with_the_cause(form: WebhookFormat) -> None:
    assert "its channel is stopped" in json.dumps(messages.body(notice(), "prod", form))


def test_teams_shows_each_line_of_the_mail_in_a_card() -> None:
    lines = messages.text(notice(), "prod").splitlines()
    # Microsoft's documentation of "Post to a channel when a webhook request is received".
    assert messages.body(notice(), "prod", "teams") == {
        "type": "message",
        "attachments": [
            {
                "contentType": "application/vnd.microsoft.card.adaptive",
                "content": {
                    "type": "AdaptiveCard",
                    "version": "1.4",
                    "body": [{"type": "TextBlock", "text": line, "wrap": True} for line in lines],
                },
            }
        ],
    }


def test_pagerduty_resolves_what_it_triggered() -> None:
    opened, closed = (
        messages.body(incident, "prod", "pagerduty", "key")
        for incident in (notice("opened"), notice("closed"))
    )
    assert (opened["event_action"], closed["event_action"]) == ("trigger", "resolve")
    assert opened["dedup_key"] == closed["dedup_key"]
    assert opened["routing_key"] == "key"


def test_pagerduty_gets_an_alert_of_its_events_api() -> None:
    # Events API v2 of PagerDuty: these members, one of four severities.
    assert messages.body(notice(), "prod", "pagerduty", "key") == {
        "routing_key": "key",
        "event_action": "trigger",
        "dedup_key": "prod/destination show/20260102T120000Z",
        "payload": {
            "summary": f"destination show: {notice().incident.reason}",
            "source": "prod",
            "severity": "critical",
            "timestamp": "2026-01-02T13:15:00+00:00",
            "custom_details": {"affected": ["show"], "restarts": 2},
        },
    }


def test_json_has_the_line_of_the_history() -> None:
    closed = notice("closed")
    assert messages.body(closed, "prod", "json") == {
        "id": closed.id,
        "stack": "prod",
        "time": "2026-01-02T13:15:00+00:00",
        "kind": "incident",
        "subject": "destination show",
        "change": "closed",
        "reason": closed.incident.reason,
        "opened": "2026-01-02T12:00:00+00:00",
        "affected": ["show"],
        "restarts": 2,
        "seconds": 4500,
    }


def test_a_key_of_pagerduty_needs_no_address() -> None:
    assert Webhook(url="key", format="pagerduty").target == (PAGERDUTY, "key")


class TestDelivery:
    def test_a_receiver_that_fails_keeps_nobody_else_from_it(self) -> None:
        posted: list[str] = []

        def fails_first(url: str, content: bytes) -> None:
            posted.append(url)
            if len(posted) == 1:
                raise ConnectionRefusedError(f"{url} refuses")

        webhooks = [Webhook(url=f"https://{n}.example.org/secret", format="json") for n in "ab"]
        delivery = Delivery("prod", Mock(), "arn:topic", webhooks, fails_first)
        assert delivery.send(notice()) == ["webhook 1 (json): ConnectionRefusedError"]
        assert len(posted) == 2

    def test_json_is_posted_to_this_machine_in_clear(self, monkeypatch: pytest.MonkeyPatch) -> None:
        urlopen = MagicMock()
        monkeypatch.setattr("urllib.request.urlopen", urlopen)
        post("http://127.0.0.1:8000/hook", b'{"a": 1}')
        (request,) = urlopen.call_args.args
        assert (request.full_url, request.method) == ("http://127.0.0.1:8000/hook", "POST")
        assert (request.data, request.headers) == (
            b'{"a": 1}',
            {"Content-type": "application/json"},
        )

    @pytest.mark.parametrize("url", ["http://hooks.example.org/", "file:///etc/passwd", "hooks"])
    def test_nothing_is_posted_in_clear(self, url: str) -> None:
        with pytest.raises(ValueError, match="https"):
            post(url, b"{}")
