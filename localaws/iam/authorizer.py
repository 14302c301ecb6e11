"""Authorization: refuse calls that the caller's policies do not allow.

Who calls is told by the access key id alone: signatures are not verified, as everything listens
on loopback.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from localaws.errors import AwsError, not_implemented
from localaws.iam import kms, requests, web_identity
from localaws.iam.authorization_requests import Tags, prefix_of, questions, reference
from localaws.iam.policy import (
    AuthorizationRequest,
    UnsupportedPolicyError,
    Verdict,
    decide,
    listed,
)
from localaws.iam.principals import Caller, caller_of, role_of, trust_policy, with_boundary
from localaws.iam.trust import Trust, trust_in

_SIGNATURE = re.compile(
    r"Credential=(?P<key>[^/]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request"
)


class Authorizer:
    """Checks every call, and remembers what was asked on behalf of whom.

    Args:
        tags_of: what the resource with an ARN is tagged with now.
    """

    def __init__(self, tags_of: Callable[[str], Tags]) -> None:
        self._tags_of = tags_of
        self.asked: list[tuple[str, AuthorizationRequest]] = []

    def check(self, authorization: str, operation: str, members: Mapping[str, Any]) -> None:
        """Let a call pass, or refuse it.

        Args:
            authorization: the request's header of that name.
            operation: of the service that the request is signed for.
            members: of the request.

        Raises:
            AwsError: 403 when the caller is nobody or not allowed, 501 when a policy or the
                request uses what the emulator cannot judge.
        """
        signature = _SIGNATURE.search(authorization)
        if signature is None:
            raise AwsError("MissingAuthenticationTokenException", 403, "the request is not signed")
        self.check_caller(caller_of(signature["key"]), signature.groupdict(), operation, members)

    def check_caller(
        self,
        caller: Caller,
        scope: Mapping[str, str],
        operation: str,
        members: Mapping[str, Any],
    ) -> None:
        """Likewise, of a known *caller*; *scope* has the service, as it signs, and the region."""
        prefix = prefix_of(scope["service"])
        if prefix is None:
            if caller.grants:
                raise not_implemented(scope["service"], "under --enforce-iam")
            return
        questions = self._questions(prefix, operation, members, scope["region"])
        try:
            if (prefix, operation) == ("sts", "AssumeRole"):
                self._check_assumption(caller, members, questions)
            elif caller.grants:
                self._authorize(caller, questions)
        except UnsupportedPolicyError as unknown:
            message = f"the emulator cannot judge {unknown} in a policy of {caller.arn}"
            raise AwsError("NotImplementedException", 501, message) from None

    def check_on_resource(
        self,
        caller: Caller,
        question: AuthorizationRequest,
        statements: Iterable[Mapping[str, Any]],
    ) -> None:
        """Let a caller do what its own policies or those of the resource allow.

        Args:
            caller: of this account, like the resource.
            question: what is asked of the resource.
            statements: of the resource's policy.

        Raises:
            AwsError: as `check`.
        """
        self.asked.append((caller.arn, question))
        if not caller.grants:
            return
        try:
            by_resource = decide([{"Statement": list(_naming(caller, statements))}], question)
            verdicts = [decide(documents, question) for documents in caller.grants]
        except UnsupportedPolicyError as unknown:
            message = f"the emulator cannot judge {unknown} in a policy of {question.resource}"
            raise AwsError("NotImplementedException", 501, message) from None
        refusals = [verdict for verdict in verdicts if verdict is not Verdict.ALLOWED]
        denied = Verdict.DENIED in {*refusals, by_resource}
        if denied or (refusals and by_resource is not Verdict.ALLOWED):
            verdict = Verdict.DENIED if denied else refusals[0]
            raise _denied(caller, question, verdict.value.format(action=question.action))

    def refusal(
        self, environ: Mapping[str, Any], body: bytes
    ) -> tuple[int, dict[str, str], bytes] | None:
        """Check a request to a service of moto's; returns the answer that refuses it, if any."""
        authorization = environ.get("HTTP_AUTHORIZATION", "")
        signature = _SIGNATURE.search(authorization)
        # What may come without a signature is a call to STS.
        prefix = prefix_of(signature["service"] if signature else "sts")
        call = requests.read(reference()[prefix].model or prefix, environ, body) if prefix else None
        try:
            if call is None:
                self.check(authorization, "?", {})
            elif signature is None and call.operation == web_identity.OPERATION:
                web_identity.check(call.members)
            else:
                self.check(authorization, call.operation, call.members)
        except AwsError as error:
            return requests.refusal(environ, error)
        return None

    def _questions(
        self, prefix: str, operation: str, members: Mapping[str, Any], region: str
    ) -> Iterator[AuthorizationRequest]:
        if prefix == "kms":
            members = kms.with_key(members, region)
        if prefix == "iam":
            members = with_boundary(members)
        yield from questions(prefix, operation, members, region, self._tags_of)
        if prefix == "s3":
            yield from kms.questions(operation, members, region)

    def _authorize(self, caller: Caller, questions: Iterable[AuthorizationRequest]) -> None:
        for question in questions:
            self.asked.append((caller.arn, question))
            for documents in caller.grants:
                verdict = decide(documents, question)
                if verdict is not Verdict.ALLOWED:
                    raise _denied(caller, question, verdict.value.format(action=question.action))

    def _check_assumption(
        self, caller: Caller, members: Mapping[str, Any], questions: Iterable[AuthorizationRequest]
    ) -> None:
        if members.get("PolicyArns"):
            raise not_implemented("sts", "AssumeRole with PolicyArns")
        context = {
            key: (str(members[member]),)
            for key, member in (
                ("sts:ExternalId", "ExternalId"),
                ("sts:RoleSessionName", "RoleSessionName"),
            )
            if member in members
        }
        questions = [
            AuthorizationRequest(request.action, request.resource, context) for request in questions
        ]
        trust = trust_in(trust_policy(role_of(members["RoleArn"])), caller.principal, context)
        if trust is Trust.NONE:
            raise _denied(caller, questions[0], "because the role's trust policy does not allow it")
        if trust is Trust.DELEGATED and caller.grants:
            self._authorize(caller, questions)


def _naming(caller: Caller, statements: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield the statements of a resource's policy that name the caller itself, or everybody."""
    for statement in statements:
        principal = statement.get("Principal")
        named = listed(principal.get("AWS", [])) if isinstance(principal, dict) else [principal]
        if {"*", caller.arn, caller.principal} & set(named):
            yield statement


def _denied(caller: Caller, question: AuthorizationRequest, why: str) -> AwsError:
    return AwsError(
        "AccessDeniedException",
        403,
        f"User: {caller.arn} is not authorized to perform: {question.action} on resource:"
        f" {question.resource} {why}",
    )
