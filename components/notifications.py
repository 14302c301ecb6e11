"""Notifications: the topic of a region that gets alarms and incidents, and its subscribers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from catalog import names, policies
from components import naming


@dataclass(frozen=True, slots=True)
class NotificationsArgs:
    """Inputs of `Notifications`.

    Attributes:
        region: the region of the alarms and incidents.
        account: their account.
        emails: the subscribers.
    """

    region: str
    account: str
    emails: Sequence[str]


class Notifications(pulumi.ComponentResource):
    """One topic for all alarms and incidents of a region; each address confirms once by mail."""

    topic_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: NotificationsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("lunora:index:Notifications", name, opts=opts)
        child = pulumi.ResourceOptions(parent=self)
        topic = aws.sns.Topic(
            f"{name}-topic",
            name=naming.physical_name(names.TOPIC),
            tags=naming.shared_tags(),
            opts=child,
        )
        self.topic_arn = topic.arn
        alarm_prefix = naming.stack_name()
        policy = topic.arn.apply(
            lambda arn: json.dumps(
                policies.topic_publish_policy(
                    arn, account=args.account, region=args.region, alarm_prefix=alarm_prefix
                )
            )
        )
        aws.sns.TopicPolicy(f"{name}-policy", arn=topic.arn, policy=policy, opts=child)
        for email in args.emails:
            aws.sns.TopicSubscription(
                f"{name}-{email}", topic=topic.arn, protocol="email", endpoint=email, opts=child
            )
        self.register_outputs({"topicArn": self.topic_arn})
