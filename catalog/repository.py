"""The repository with the destination files, in which the HTTP API proposes changes."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

from catalog.loopback import is_loopback

GITHUB: Final = "https://api.github.com"

# GitHub's names of accounts and repositories (its documentation of usernames; a repository cannot
# be called like a folder's link).
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
# The part of git's rules (git check-ref-format) that plain names need.
_BRANCH = re.compile(r"(?![-/.])(?!.*(//|\.\.|/\.|\.lock(/|$)))[A-Za-z0-9._/-]{1,200}(?<![/.])")


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise PydanticCustomError("repository", "is no repository; write it as owner/name")
    return text


def _branch(text: str) -> str:
    if not _BRANCH.fullmatch(text):
        raise PydanticCustomError("branch", "is not the name of a branch; write it as main")
    return text


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(text))
        is_plain = bool(parts.hostname) and parts.port != 0 and not parts.username
    except ValueError:
        is_safe = is_plain = False
    if not (is_safe and is_plain) or parts.query or parts.fragment:
        message = "is not the address of an API; write it as https://api.github.com"
        raise PydanticCustomError("forge_url", message)
    return text.rstrip("/")


Forge = Literal["github"]
RepositoryName = Annotated[str, AfterValidator(_name)]
Branch = Annotated[str, AfterValidator(_branch)]
ForgeUrl = Annotated[str, AfterValidator(_url)]


def is_token(text: str) -> bool:
    """Return whether *text* can be a token: it is sent in a header, as one word."""
    return bool(text) and text.isascii() and text.isprintable() and " " not in text


class Repository(BaseModel):
    """A repository with destination files.

    Attributes:
        forge: the API that it is reached by.
        name: its owner and name.
        branch: the branch with the files that are deployed.
        folder: of the files, in the repository.
        url: address of the forge's API.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    forge: Forge = "github"
    name: RepositoryName
    branch: Branch = "main"
    folder: str
    url: ForgeUrl = GITHUB
