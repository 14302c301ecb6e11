"""Errors of the console's background threads, in the form that the pages show."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

from catalog.errors import LunoraError
from lunora.aws_errors import aws_error


def coded(error: Exception, code: str, action: str) -> LunoraError:
    """Return *error* with a code; one that nobody foresaw gets *code*, and what failed.

    Its message is left out, for it may hold anything.

    Args:
        error: the error.
        code: of an unforeseen one.
        action: what failed, for example `read the stack`.
    """
    if isinstance(error, LunoraError):
        return error
    if isinstance(error, ClientError | BotoCoreError):
        return aws_error(error)
    return LunoraError(code, f"cannot {action}: unexpected {type(error).__name__}")
