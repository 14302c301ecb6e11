"""The HTTP API: one Lambda function behind a function URL that only signed requests pass."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pulumi
import pulumi_aws as aws

from catalog import alarms, names, policies
from catalog.policies import Policy
from components import livestream, naming, orphan_cleanup
from components.repository_access import RepositoryAccess, token_secret
from components.stack_config import StackConfig
from components.stack_flows import StackFlow, StackFlows
from components.stack_function import WHOLE_PROCESSOR_MB, StackFunctionArgs, stack_function
from components.stack_resources import StackResources

ALLOWED_METHODS: Final = ("GET", "POST")
"""Methods that pages of other origins may use."""

ALLOWED_HEADERS: Final = (
    *("authorization", "content-type"),
    # What signers of Signature Version 4 send, the hash of the content as well.
    *("x-amz-content-sha256", "x-amz-date", "x-amz-security-token"),
)
"""Headers that pages of other origins may send."""

_PROPOSING_METHODS = ("DELETE", "PUT")
_PROPOSING_HEADERS = ("if-match",)

# Longer than any request takes: a start is requested, not awaited.
TIMEOUT_SECONDS: Final = 20


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
        tags = naming.shared_tags()
        access = policies.ApiAccess(
            flow_arns=[flow.flow.arn for flow in args.flows], history_arns=_history_arns(args.flows)
        )
        repository, token_arn = args.repository, None
        if repository is not None:
            token_arn = token_secret(name, repository.token, args.plugin, self)

        def policy(log_group: str) -> pulumi.Input[Policy]:
            def reading(token_arn: str | None) -> Policy:
                with_token = dataclasses.replace(access, token_arn=token_arn)
                return policies.api_policy(with_token, tags, log_group=log_group)

            return pulumi.Output.from_input(token_arn).apply(reading)

        function_args = StackFunctionArgs(
            suffix="api",
            role_suffix="api",
            handler="lunora.api.handler.handle",
            timeout_seconds=TIMEOUT_SECONDS,
            # Somebody waits for its answers, the first one included.
            memory_mb=WHOLE_PROCESSOR_MB,
            flows=args.flows,
            destinations=args.destinations,
            environment=repository.environment(token_arn) if repository and token_arn else {},
            policy=policy,
            policy_name="serve",
            boundary=args.boundary,
            alarms=alarms.function_alarms("api"),
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


def _history_arns(flows: Sequence[StackFlow]) -> list[str]:
    """Return the ARNs of the log groups of the history in the regions with a flow."""
    group = names.history_log_group(*naming.identity())
    # arn:aws:mediaconnect:region:account:flow:...
    places = dict.fromkeys(tuple(flow.flow.arn.split(":")[3:5]) for flow in flows)
    return [f"arn:aws:logs:{region}:{account}:log-group:{group}" for region, account in places]


def _cors(args: HttpApiArgs) -> aws.lambda_.FunctionUrlCorsArgs:
    proposing = args.repository is not None
    return aws.lambda_.FunctionUrlCorsArgs(
        allow_origins=list(args.allowed_origins),
        allow_methods=[*ALLOWED_METHODS, *(_PROPOSING_METHODS if proposing else ())],
        allow_headers=[*ALLOWED_HEADERS, *(_PROPOSING_HEADERS if proposing else ())],
        max_age=600,
    )
