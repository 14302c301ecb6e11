"""Who is told: the topic of a region that alarms and events go to, and its subscribers."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pulumi
import pulumi_aws as aws

from catalog import names, policies


class Notifications(pulumi.ComponentResource):
    """One topic for all alarms and events of a region; each address confirms once by mail."""

    topic_arn: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        region: str,
        account: str,
        emails: Iterable[str],
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__("lunora:index:Notifications", name, opts=opts)
        project, stack = pulumi.get_project(), pulumi.get_stack()
        child = pulumi.ResourceOptions(parent=self)
        topic = aws.sns.Topic(
            f"{name}-topic",
            name=names.physical_name(project, stack, "alerts"),
            tags=names.shared_tags(project, stack),
            opts=child,
        )
        self.topic_arn = topic.arn
        policy = self.topic_arn.apply(
            lambda arn: json.dumps(
                policies.topic_publish_policy(
                    arn,
                    account=account,
                    region=region,
                    alarm_prefix=names.stack_name(project, stack),
                )
            )
        )
        aws.sns.TopicPolicy(f"{name}-policy", arn=self.topic_arn, policy=policy, opts=child)
        for email in emails:
            aws.sns.TopicSubscription(
                f"{name}-{email}",
                topic=self.topic_arn,
                protocol="email",
                endpoint=email,
                opts=child,
            )
        self.register_outputs({"topicArn": self.topic_arn})
