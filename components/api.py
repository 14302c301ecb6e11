"""The HTTP API: one Lambda function behind a function URL that only signed requests pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws

from catalog import alarms, policies
from catalog.policies import Policy
from components import livestream, naming, orphan_cleanup
from components.repository_access import RepositoryAccess, token_secret
from components.stack_config import StackConfig
from components.stack_flows import StackFlow, StackFlows
from components.stack_function import StackFunctionArgs, stack_function
from components.stack_resources import StackResources

# Longer than any request takes: a start is requested, not awaited.
_TIMEOUT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class HttpApiArgs:
    """Inputs of an `HttpApi`.

    Attributes:
        allowed_origins: origins of pages that may call it from browsers.
        flows: the flows that it shows.
        boundary: ARN of the policy that its role stays within; None is none.
        topic_arn: the topic that its alarms notify; None in a region without flows.
        plugin: deletes orphans of the same name.
        destinations: folder of the destination files.
        repository: the repository in which it proposes changes; None without one.
    """

    allowed_origins: Sequence[str]
    flows: Sequence[StackFlow]
    boundary: str | None
    topic_arn: pulumi.Input[str] | None
    plugin: livestream.Provider
    destinations: Path
    repository: RepositoryAccess | None = None

    @classmethod
    def of(cls, config: StackConfig, flows: StackFlows, shared: StackResources) -> HttpApiArgs:
        """Return the inputs from the stack's configuration, flows and shared resources."""
        settings = config.settings
        return cls(
            settings.api.allowed_origins,
            tuple(flows.by_key.values()),
            settings.permissions_boundary_arn,
            shared.topic_of_region(flows.home.region),
            flows.home.livestream,
            Path(settings.destinations),
            RepositoryAccess.of(config),
        )


class HttpApi(pulumi.ComponentResource):
    """Shows the stack's destinations, and starts and stops them, over HTTP."""

    url: pulumi.Output[str]

    def __init__(
        self, name: str, args: HttpApiArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("lunora:index:HttpApi", name, opts=opts)
        flow_arns, tags = [flow.flow.arn for flow in args.flows], naming.shared_tags()
        access, token_arn = args.repository, None
        if access is not None:
            token_arn = token_secret(name, access.token, args.plugin, self)

        def policy(log_group: str) -> pulumi.Input[Policy]:
            return pulumi.Output.from_input(token_arn).apply(
                lambda arn: policies.api_policy(flow_arns, tags, log_group=log_group, token_arn=arn)
            )

        function_args = StackFunctionArgs(
            suffix="api",
            role_suffix="api",
            handler="lunora.api.handler.handle",
            timeout_seconds=_TIMEOUT_SECONDS,
            flows=args.flows,
            destinations=args.destinations,
            environment=access.environment(token_arn) if access and token_arn else {},
            policy=policy,
            policy_name="serve",
            boundary=args.boundary,
            alarms=alarms.alarm_definitions().api,
            topic_arn=args.topic_arn,
            plugin=args.plugin,
        )
        function = stack_function(name, function_args, self)
        hooks = orphan_cleanup.before_create_hook(
            "function url", naming.role_name("api"), tags, args.plugin
        )
        url = aws.lambda_.FunctionUrl(
            "api-url",
            function_name=function.name,
            authorization_type="AWS_IAM",
            cors=_cors(args) if args.allowed_origins else None,
            opts=pulumi.ResourceOptions(parent=self, hooks=hooks),
        )
        self.url = url.function_url
        self.register_outputs({"url": url.function_url})


def _cors(args: HttpApiArgs) -> aws.lambda_.FunctionUrlCorsArgs:
    proposing = ["DELETE", "PUT"] if args.repository else []
    return aws.lambda_.FunctionUrlCorsArgs(
        allow_origins=list(args.allowed_origins),
        allow_methods=["GET", "POST", *proposing],
        allow_headers=[
            *("authorization", "content-type", *(["if-match"] if proposing else [])),
            # What signers of Signature Version 4 send, the hash of the content as well.
            *("x-amz-content-sha256", "x-amz-date", "x-amz-security-token"),
        ],
        max_age=600,
    )
