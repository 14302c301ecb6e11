"""Bodies of the requests of the page's scripts."""

from __future__ import annotations

from typing import TypeVar

from flask import request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from catalog.errors import LunoraError
from lunora.console.operations import Action

T = TypeVar("T", bound=BaseModel)


class _Body(BaseModel):
    """The body of a request; it may hold a secret, so no error repeats it."""

    model_config = ConfigDict(extra="forbid", strict=True)


class OperationBody(_Body):
    """An action on destinations."""

    action: Action
    names: list[str] = Field(min_length=1, max_length=1000)


class DraftBody(_Body):
    """A draft to check, with changes of its fields."""

    name: str
    text: str
    changes: dict[str, str] = {}


class SaveBody(_Body):
    """A draft to write, with its secrets and the digest of the file that it is of."""

    name: str
    text: str
    known: str | None
    key: str = Field("", repr=False)
    passphrase: str = Field("", repr=False)


def body_of(model: type[T]) -> T:
    """Return the body of the request as *model*.

    Raises:
        LunoraError: for any other body; the error does not repeat it.
    """
    try:
        return model.model_validate(request.get_json())
    except ValidationError:
        raise LunoraError("LUN400", "the request has another form than the page's") from None
