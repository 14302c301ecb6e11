"""Requests and responses of the HTTP API, whatever carries them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

from catalog.errors import LunoraError
from catalog.model import DestinationSpec
from catalog.suspension import UNKNOWN
from lunora.ops import json_document
from lunora.stack import Stack

Specs = Sequence[DestinationSpec] | None

_JSON = "application/json"


def _no_files() -> Specs:
    return None


@dataclass(frozen=True, slots=True)
class Response:
    """Answer to a request; *content* becomes JSON, unless it is bytes of a *media_type*."""

    status: int
    content: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = _JSON

    @property
    def body(self) -> bytes | str:
        """The body: text, or bytes as they are."""
        if isinstance(self.content, bytes):
            return self.content
        return json_document.dumps(self.content)


@dataclass(frozen=True, slots=True)
class Request:
    """Request for a route.

    Attributes:
        stack: the stack of the function.
        now: the time of the request.
        specs: reads the destinations as deployed; None where the function has no files.
        caller: who asks; `somebody` where that is unknown.
        name: the destination, or the key of the flow, in the path; empty where the path has none.
        query: the values of each parameter of the query, as sent.
        parameters: its parameters, of those that the route takes.
        headers: by their names in small letters.
        body: the body as text; empty without one.
        folder: of the project's files, for example the import file.
        proposes: whether changes of files can be proposed, in a repository.
    """

    stack: Stack
    now: dt.datetime
    specs: Callable[[], Specs] = _no_files
    caller: str = UNKNOWN
    name: str = ""
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: str = field(default="", repr=False)
    folder: Path = field(default_factory=Path)
    proposes: bool = False


Route = Callable[[Request], Response]


def error_response(status: HTTPStatus, message: str) -> Response:
    """Return the response that tells of an error."""
    return Response(status, {"error": message})


def parameters_of(query: Mapping[str, Sequence[str]], taken: Collection[str]) -> dict[str, str]:
    """Return the parameters in *query*, each of which may be given once.

    Those of a signature in the address are not the route's (Signature Version 4, query strings).

    Raises:
        LunoraError: LUN483, for one that is not *taken*, or that is given twice.
    """
    given = {name: query[name] for name in query if not name.lower().startswith("x-amz-")}
    if unknown := sorted(given.keys() - set(taken)):
        takes = f"this path takes {', '.join(taken)}" if taken else "this path takes none"
        raise LunoraError("LUN483", f"unknown parameter {unknown[0]}", remedy=takes)
    if repeated := [name for name, values in given.items() if len(values) > 1]:
        raise LunoraError("LUN483", f"the parameter {repeated[0]} is given twice")
    return {name: values[0] for name, values in given.items()}
