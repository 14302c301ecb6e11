"""Routes that propose changes of destination files, in a stack with a repository."""

from __future__ import annotations

import os
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from pydantic import TypeAdapter

from catalog.repository import Repository
from lunora.api.bodies import document_of
from lunora.api.errors import ProposalError
from lunora.api.exchange import Request, Response
from lunora.api.proposals import Proposal, Proposals
from lunora.ops.drafts import StackRules
from lunora.ops.lambda_function import REPOSITORY, destination_files

_RULES = TypeAdapter(StackRules)


def add(request: Request) -> Response:
    """Propose a new file of the body."""
    return _proposed(request, lambda proposals: proposals.add(_body(request)))


def change(request: Request) -> Response:
    """Propose that the destination's file has the content of the body."""
    return _proposed(
        request,
        lambda proposals: proposals.change(request.name, _body(request), _if_match(request)),
    )


def remove(request: Request) -> Response:
    """Propose the removal of the destination's file."""
    return _proposed(request, lambda proposals: proposals.remove(request.name, _if_match(request)))


def _proposed(request: Request, propose: Callable[[Proposals], Proposal]) -> Response:
    try:
        proposal = propose(_proposals(request))
    except ProposalError as error:
        return Response(error.status, error.document)
    return Response(HTTPStatus.ACCEPTED if proposal.pull_request else HTTPStatus.OK, proposal)


def _proposals(request: Request) -> Proposals:
    """Return what proposes; components/repository_access.py sets the variables."""
    environment = os.environ

    def read_token() -> str:
        # Read each time: a token that was replaced works at once.
        client = request.stack.aws().client("secretsmanager")
        secret = client.get_secret_value(SecretId=environment["LUNORA_REPOSITORY_TOKEN"])
        return str(secret["SecretString"])

    return Proposals(
        stack=request.stack.name,
        repository=Repository.model_validate_json(environment[REPOSITORY]),
        rules=_RULES.validate_json(environment["LUNORA_RULES"]),
        read_token=read_token,
        deployed=destination_files(),
        caller=request.caller,
    )


def _body(request: Request) -> dict[str, Any]:
    return document_of(request.body, request.headers.get("content-type", ""))


def _if_match(request: Request) -> str:
    return request.headers.get("if-match", "")
