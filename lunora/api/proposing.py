"""Routes that propose changes of destination files, in a stack with a repository."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from lunora.api.bodies import document_of
from lunora.api.errors import ProposalError
from lunora.api.exchange import Request, Response
from lunora.api.proposals import Proposal, Proposals


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
    if request.proposals is None:
        raise AssertionError("a route of a stack with a repository")
    try:
        proposal = propose(request.proposals)
    except ProposalError as error:
        return Response(error.status, error.document)
    return Response(HTTPStatus.ACCEPTED if proposal.pull_request else HTTPStatus.OK, proposal)


def _body(request: Request) -> dict[str, Any]:
    return document_of(request.body, request.headers.get("content-type", ""))


def _if_match(request: Request) -> str:
    return request.headers.get("if-match", "")
