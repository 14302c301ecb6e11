"""The HTTP API: one Lambda function behind a function URL that only signed requests pass."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pulumi
import pulumi_aws as aws

from catalog import names, policies
from components import api_bundle, orphan_cleanup
from components.flow_ingress import FlowIngress
from components.stack_config import Api
from components.stack_resources import StackResources

_ROOT = Path(__file__).resolve().parents[1]
# Slower than any answer that is still of use; a start is only asked for, not waited for.
_TIMEOUT_SECONDS = 20
# Memory is also the share of a processor that it gets.
_MEMORY_MB = 512
_LOG_DAYS = 30


class HttpApi(pulumi.ComponentResource):
    """Looks at the stack's destinations, and starts and stops them, over HTTP."""

    url: pulumi.Output[str]

    def __init__(self, config: Api, shared: StackResources) -> None:
        options = pulumi.ResourceOptions(providers=shared.home.providers)
        super().__init__("lunora:index:HttpApi", "api", opts=options)
        project, stack = pulumi.get_project(), pulumi.get_stack()
        self._name = names.truncate_name(
            names.physical_name(project, stack, "api"), names.ROLE_NAME_LENGTH
        )
        self._tags = names.shared_tags(project, stack)
        self._child = pulumi.ResourceOptions(parent=self)
        self._plugin = shared.home.livestream
        flows = [ingress.flow.arn for ingress in shared.ingresses]
        role = self._role(flows, shared.boundary)
        function = self._function(role, shared.ingresses)
        url = aws.lambda_.FunctionUrl(
            "api-url",
            function_name=function.name,
            authorization_type="AWS_IAM",
            cors=_cors(config.allowed_origins) if config.allowed_origins else None,
            opts=self._cleared("function url", self._name),
        )
        self.url = url.function_url
        self.register_outputs({"url": url.function_url})

    def _cleared(self, kind: orphan_cleanup.CleanupKind, name: str) -> pulumi.ResourceOptions:
        hooks = orphan_cleanup.before_create_hook(kind, name, self._tags, self._plugin)
        return pulumi.ResourceOptions(parent=self, hooks=hooks)

    def _role(self, flow_arns: Sequence[str], boundary: str | None) -> aws.iam.Role:
        role = aws.iam.Role(
            "api-role",
            name=self._name,
            assume_role_policy=json.dumps(policies.lambda_trust_policy()),
            permissions_boundary=boundary,
            tags=self._tags,
            opts=self._cleared("role", self._name),
        )
        log_name = f"/aws/lambda/{self._name}"
        logs = aws.cloudwatch.LogGroup(
            "api-logs",
            name=log_name,
            retention_in_days=_LOG_DAYS,
            tags=self._tags,
            opts=self._cleared("log group", log_name),
        )
        leave = logs.arn.apply(
            lambda arn: json.dumps(policies.api_policy(flow_arns, self._tags, log_group=arn))
        )
        aws.iam.RolePolicy(
            "api-policy", name="serve", role=role.name, policy=leave, opts=self._child
        )
        return role

    def _function(
        self, role: aws.iam.Role, ingresses: Sequence[FlowIngress]
    ) -> aws.lambda_.Function:
        flows = [
            {
                "key": ingress.key,
                "region": ingress.connection.region,
                "name": ingress.flow.name,
                "arn": ingress.flow.arn,
            }
            for ingress in ingresses
        ]
        return aws.lambda_.Function(
            "api-function",
            name=self._name,
            role=role.arn,
            runtime=api_bundle.RUNTIME,
            architectures=[api_bundle.ARCHITECTURE],
            handler="lunora.api.handler.handle",
            code=_archive(),
            timeout=_TIMEOUT_SECONDS,
            memory_size=_MEMORY_MB,
            environment=aws.lambda_.FunctionEnvironmentArgs(
                variables={
                    "LUNORA_PROJECT": pulumi.get_project(),
                    "LUNORA_STACK": pulumi.get_stack(),
                    "LUNORA_FLOWS": json.dumps(flows),
                }
            ),
            tags=self._tags,
            opts=self._cleared("function", self._name),
        )


def _cors(origins: Sequence[str]) -> aws.lambda_.FunctionUrlCorsArgs:
    return aws.lambda_.FunctionUrlCorsArgs(
        allow_origins=list(origins),
        allow_methods=["GET", "POST"],
        allow_headers=["authorization", "content-type", "x-amz-date", "x-amz-security-token"],
        max_age=600,
    )


def _archive() -> pulumi.AssetArchive:
    try:
        wheels = api_bundle.vendored(_ROOT / "requirements.lock", _ROOT / ".local" / "api")
    except api_bundle.BundleError as problem:
        raise pulumi.RunError(str(problem)) from None
    files = {**wheels, **api_bundle.own_files(_ROOT)}
    return pulumi.AssetArchive({name: pulumi.FileAsset(str(path)) for name, path in files.items()})
