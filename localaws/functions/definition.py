"""Declaration of a function, read from moto at one moment."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from moto.backends import get_backend
from werkzeug.exceptions import HTTPException

from localaws.errors import AwsError
from localaws.medialive.service import ACCOUNT

# A name, a partial ARN (account:function:name) or an ARN, each with or without a qualifier
# (Lambda API reference, Invoke, FunctionName).
_FUNCTION = re.compile(
    r"(?:(?:arn:aws:lambda:(?P<region>[^:]+):)?\d{12}:function:)?"
    r"(?P<name>[A-Za-z0-9-_]+)(?::(?P<qualifier>[A-Za-z0-9-_$]+))?"
)
# Lambda API reference, FunctionEventInvokeConfig, and "How Lambda handles errors and retries with
# asynchronous invocation".
_RETRIES, _AGE = 2, 6 * 3600


class Reference(NamedTuple):
    """A function, as a request names it."""

    region: str
    name: str
    qualifier: str | None = None

    @property
    def arn(self) -> str:
        """Its ARN, with the qualifier."""
        arn = f"arn:aws:lambda:{self.region}:{ACCOUNT}:function:{self.name}"
        return f"{arn}:{self.qualifier}" if self.qualifier else arn

    @classmethod
    def parse(cls, text: str, region: str, qualifier: str | None = None) -> Reference:
        """Read a function's name or ARN.

        Raises:
            AwsError: when it is neither.
        """
        match = _FUNCTION.fullmatch(text)
        if match is None:
            message = f"1 validation error detected: '{text}' names no function"
            raise AwsError("ValidationException", 400, message)
        return cls(match["region"] or region, match["name"], match["qualifier"] or qualifier)


@dataclass(frozen=True, slots=True)
class Definition:
    """A version of a function; equal ones run in the same environments.

    Attributes:
        reserved: executions at the same time that are its own; None shares those of the region.
        statements: of its resource-based policy.
        log_level: of its own messages; None is Lambda's default.
    """

    reference: Reference
    version: str
    runtime: str
    package_type: str
    layers: int
    handler: str
    role: str
    timeout: float
    memory_mb: int
    variables: tuple[tuple[str, str], ...]
    code_sha: str
    log_group: str
    log_format: str
    log_level: str | None
    code: bytes = field(compare=False, repr=False)
    reserved: int | None = field(compare=False)
    statements: tuple[Mapping[str, Any], ...] = field(compare=False)

    def refusal(self) -> AwsError | None:
        """Return why the emulator cannot run it; None when it can."""
        if self.package_type != "Zip":
            why = "functions in container images"
        elif not self.runtime.startswith("python3."):
            why = f"functions of the runtime {self.runtime}, only those of Python"
        elif self.layers:
            why = "functions with layers"
        else:
            return None
        return AwsError("NotImplementedException", 501, f"the emulator does not run {why}")


class AsyncPolicy(NamedTuple):
    """Limits of the retries of an asynchronous event; *age* is in seconds."""

    retries: int
    age: float


def define(reference: Reference) -> Definition:
    """Return the function that *reference* names.

    Raises:
        AwsError: 404 when there is none.
    """
    function = _function(reference)
    logging = function.get_configuration()["LoggingConfig"]
    return Definition(
        Reference(reference.region, function.function_name),
        str(function.version) if reference.qualifier not in (None, "$LATEST") else "$LATEST",
        function.run_time or "",
        function.package_type,
        len(function.layers),
        function.handler or "",
        function.role,
        float(function.timeout),
        int(function.memory_size),
        tuple(sorted((key, str(value)) for key, value in function.environment_vars.items())),
        function.code_sha_256,
        logging["LogGroup"],
        logging["LogFormat"],
        logging.get("ApplicationLogLevel"),
        getattr(function, "code_bytes", b""),
        None if function.reserved_concurrency is None else int(function.reserved_concurrency),
        tuple(function.policy.statements),
    )


def async_policy(reference: Reference) -> AsyncPolicy:
    """Return how often its asynchronous events are tried again."""
    try:
        sent = _backend(reference.region).get_function_event_invoke_config(reference.name)
    except HTTPException:  # as moto raises its errors
        sent = {}
    retries, age = sent.get("MaximumRetryAttempts"), sent.get("MaximumEventAgeInSeconds")
    return AsyncPolicy(_RETRIES if retries is None else retries, _AGE if age is None else age)


def url_config(url_id: str, region: str) -> Any:
    """Return moto's function URL of that id; None when there is none."""
    try:
        functions = _backend(region)._lambdas._functions  # noqa: SLF001 - listing copies all
    except KeyError:
        return None
    configs = (versions["latest"].url_config for versions in functions.values())
    return next((config for config in configs if config and config.url_id == url_id), None)


def shown() -> list[dict[str, str]]:
    """Return all functions for people: name, region, runtime and URL."""
    if "moto.awslambda.models" not in sys.modules:
        return []  # none was ever made, and the import takes a second
    return [
        {
            "name": name,
            "region": region,
            "runtime": versions["latest"].run_time or "",
            "url": versions["latest"].url_config.url if versions["latest"].url_config else "",
        }
        for region, backend in sorted(get_backend("lambda")[ACCOUNT].items())
        for name, versions in sorted(backend._lambdas._functions.items())  # noqa: SLF001
    ]


def _function(reference: Reference) -> Any:
    try:
        return _backend(reference.region).get_function(reference.name, reference.qualifier)
    except HTTPException:  # as moto raises its errors
        message = f"Function not found: {reference.arn}"
        raise AwsError("ResourceNotFoundException", 404, message, Type="User") from None


def _backend(region: str) -> Any:
    return get_backend("lambda")[ACCOUNT][region]
