"""Nothing that acts for the stack may do more than its task."""

from __future__ import annotations

from catalog import policies

CHANNEL = "arn:aws:medialive:us-west-2:123456789012:channel:1"
GROUP = "arn:aws:scheduler:us-west-2:123456789012:schedule-group/p-s"


def test_only_the_schedules_of_one_group_assume_the_role() -> None:
    (statement,) = policies.assumed_by_scheduler(account="123456789012", group_arn=GROUP)[
        "Statement"
    ]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Service": "scheduler.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": "123456789012"},
            "ArnEquals": {"aws:SourceArn": GROUP},
        },
    }


def test_they_start_and_stop_one_channel_and_nothing_else() -> None:
    (statement,) = policies.starts_and_stops(CHANNEL)["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Action": ["medialive:StartChannel", "medialive:StopChannel"],
        "Resource": CHANNEL,
    }
