"""Bodies of requests: JSON objects of a limited size, in which no secret is accepted."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from http import HTTPStatus
from typing import Any, NoReturn

from lunora.api.errors import Problem, ProposalError, refused

MOST_BYTES = 64 * 1024
"""Of a body, as of a destination file."""

# More than strict YAML takes, and within the recursion limit of its writer.
_MOST_LEVELS = 50
_SECRET_NAME = re.compile(r"(key|passphrase|password|secret|streamid|token)$")
# Texts in which a name may stand for anything; `catalog.rules.members` judges the second.
_OTHER_NAMES = frozenset({"tags", "medialive"})


def document_of(body: str, content_type: str) -> dict[str, Any]:
    """Return the JSON object that *body* is.

    Args:
        body: the body.
        content_type: the media type that it claims; empty without one.

    Raises:
        ProposalError: for any other body; it repeats nothing of it.
    """
    if len(body.encode(errors="surrogatepass")) > MOST_BYTES:
        message = f"the body is larger than {MOST_BYTES // 1024} kB"
        raise ProposalError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "LUN471", message)
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise ProposalError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "LUN472",
            "the body's content type is not application/json",
            remedy="send the header `Content-Type: application/json`",
        )
    try:
        document = json.loads(
            body, object_pairs_hook=_without_duplicates, parse_constant=_no_number
        )
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or _is_deep(document):
        raise ProposalError(
            HTTPStatus.BAD_REQUEST,
            "LUN470",
            "the body is not a JSON object of few levels with each name once",
            remedy="correct the body",
        )
    return document


def refuse_secrets(name: str, content: Mapping[str, Any]) -> None:
    """Check that *content*, the keys of the destination *name*, holds no secret in clear.

    Raises:
        ProposalError: names the keys without their values.
    """
    message = (
        "looks like a secret, which no file may hold; store it with"
        f" `lunora key {name}`, and replace it at its origin: this request has shown it"
    )
    problems = [Problem(name, ".".join(path), "LUN473", message) for path in _secrets(content, ())]
    if problems:
        raise refused(problems)


def _secrets(content: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for name, value in content.items():
        plain = re.sub(r"[^a-z]", "", name.casefold())
        if isinstance(value, Mapping):
            if name not in _OTHER_NAMES:
                yield from _secrets(value, (*path, name))
        elif isinstance(value, str) and _SECRET_NAME.search(plain):
            yield (*path, name)


def _is_deep(document: object) -> bool:
    level = [document]
    for _ in range(_MOST_LEVELS):
        level = [child for node in level for child in _children(node)]
    return bool(level)


def _children(node: object) -> Collection[object]:
    if isinstance(node, dict):
        return node.values()
    return node if isinstance(node, list) else ()


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError("a name occurs twice")
    return content


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")
