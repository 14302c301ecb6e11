"""The HTTP API: one Lambda function behind a function URL that only signed requests pass."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws

from catalog import policies
from components import api_bundle, livestream, naming, orphan_cleanup
from components.stack_config import StackConfig
from components.stack_flows import StackFlow, StackFlows

_ROOT = Path(__file__).resolve().parents[1]
# Longer than any request takes: a start is requested, not awaited.
_TIMEOUT_SECONDS = 20
# Lambda allots processor time by memory.
_MEMORY_MB = 512
_LOG_DAYS = 30


@dataclass(frozen=True, slots=True)
class HttpApiArgs:
    """Inputs of an `HttpApi`.

    Attributes:
        allowed_origins: origins of pages that may call it from browsers.
        flows: the flows that it shows.
        boundary: ARN of the policy that its role stays within; None is none.
        plugin: deletes orphans of the same name.
        destinations: folder of the destination files.
    """

    allowed_origins: Sequence[str]
    flows: Sequence[StackFlow]
    boundary: str | None
    plugin: livestream.Provider
    destinations: Path

    @classmethod
    def of(cls, config: StackConfig, flows: StackFlows) -> HttpApiArgs:
        """Return the inputs from the stack's configuration and flows."""
        settings = config.settings
        return cls(
            settings.api.allowed_origins,
            tuple(flows.by_key.values()),
            settings.permissions_boundary_arn,
            flows.home.livestream,
            Path(settings.destinations),
        )


class HttpApi(pulumi.ComponentResource):
    """Shows the stack's destinations, and starts and stops them, over HTTP."""

    url: pulumi.Output[str]

    def __init__(
        self, name: str, args: HttpApiArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("lunora:index:HttpApi", name, opts=opts)
        self._args = args
        self._name, self._tags = naming.role_name("api"), naming.shared_tags()
        role = self._role()
        function = self._function(role)
        url = aws.lambda_.FunctionUrl(
            "api-url",
            function_name=function.name,
            authorization_type="AWS_IAM",
            cors=_cors(args.allowed_origins) if args.allowed_origins else None,
            opts=self._child("function url", self._name),
        )
        self.url = url.function_url
        self.register_outputs({"url": url.function_url})

    def _child(self, kind: orphan_cleanup.CleanupKind, name: str) -> pulumi.ResourceOptions:
        hooks = orphan_cleanup.before_create_hook(kind, name, self._tags, self._args.plugin)
        return pulumi.ResourceOptions(parent=self, hooks=hooks)

    def _role(self) -> aws.iam.Role:
        role = aws.iam.Role(
            "api-role",
            name=self._name,
            assume_role_policy=json.dumps(policies.lambda_trust_policy()),
            permissions_boundary=self._args.boundary,
            tags=self._tags,
            opts=self._child("role", self._name),
        )
        log_name = f"/aws/lambda/{self._name}"
        logs = aws.cloudwatch.LogGroup(
            "api-logs",
            name=log_name,
            retention_in_days=_LOG_DAYS,
            tags=self._tags,
            opts=self._child("log group", log_name),
        )
        flow_arns = [flow.flow.arn for flow in self._args.flows]
        policy = logs.arn.apply(
            lambda arn: json.dumps(policies.api_policy(flow_arns, self._tags, log_group=arn))
        )
        aws.iam.RolePolicy(
            "api-policy",
            name="serve",
            role=role.name,
            policy=policy,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return role

    def _function(self, role: aws.iam.Role) -> aws.lambda_.Function:
        project, stack = naming.identity()
        flows = [
            {
                "key": flow.key,
                "region": flow.region_providers.region,
                "name": flow.flow.name,
                "arn": flow.flow.arn,
            }
            for flow in self._args.flows
        ]
        return aws.lambda_.Function(
            "api-function",
            name=self._name,
            role=role.arn,
            runtime=api_bundle.RUNTIME,
            architectures=[api_bundle.ARCHITECTURE],
            handler="lunora.api.handler.handle",
            code=_archive(self._args.destinations),
            timeout=_TIMEOUT_SECONDS,
            memory_size=_MEMORY_MB,
            environment=aws.lambda_.FunctionEnvironmentArgs(
                variables={
                    "LUNORA_PROJECT": project,
                    "LUNORA_STACK": stack,
                    "LUNORA_FLOWS": json.dumps(flows),
                }
            ),
            tags=self._tags,
            opts=self._child("function", self._name),
        )


def _cors(origins: Sequence[str]) -> aws.lambda_.FunctionUrlCorsArgs:
    return aws.lambda_.FunctionUrlCorsArgs(
        allow_origins=list(origins),
        allow_methods=["GET", "POST"],
        allow_headers=[
            *("authorization", "content-type"),
            # What signers of Signature Version 4 send, the hash of the content as well.
            *("x-amz-content-sha256", "x-amz-date", "x-amz-security-token"),
        ],
        max_age=600,
    )


def _archive(destinations: Path) -> pulumi.AssetArchive:
    wheels = api_bundle.vendored(_ROOT / "requirements.lock", _ROOT / ".local" / "api")
    # The function compares with what was deployed: a stream that should run and does not is failed.
    files = {**wheels, **api_bundle.own_files(_ROOT), **api_bundle.destination_files(destinations)}
    return pulumi.AssetArchive({name: pulumi.FileAsset(str(path)) for name, path in files.items()})
