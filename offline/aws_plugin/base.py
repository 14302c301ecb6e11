"""Base of the stand-in's resources."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from offline.aws_plugin.api_mapping import normalised
from provider.aws import AwsClients
from provider.aws_errors import is_not_found, resource_error
from provider.resource import (
    CheckFailure,
    CheckResult,
    Diff,
    Properties,
    ReadResult,
    Resource,
    changed_paths,
    root_of,
)

T = TypeVar("T")

# EventBridge, CloudWatch Logs and Budgets say with a 400 that a thing does not exist.
_GONE = frozenset({"NotFoundException", "ParameterNotFound", "ResourceNotFoundException"})


class AwsResource(Resource):
    """A pulumi-aws resource.

    Class attributes:
        required: properties that must be given.
        optional: further properties that are served; any other is refused.
        replace_on: properties whose change needs a new resource.
        canonical: by property, a function that makes texts of one meaning equal.
    """

    required: ClassVar[frozenset[str]]
    optional: ClassVar[frozenset[str]] = frozenset()
    replace_on: ClassVar[frozenset[str]] = frozenset()
    canonical: ClassVar[Mapping[str, Callable[[Any], Any]]] = {}

    def __init__(self, aws: AwsClients) -> None:
        self.aws = aws

    def check(self, urn: str, old: Properties | None, new: Properties) -> CheckResult:
        """Refuse what is missing and what the stand-in does not serve."""
        del urn, old
        missing = sorted(self.required - new.keys())
        unserved = sorted(new.keys() - self.required - self.optional)
        failures = [CheckFailure(key, "LUN320", f"{key} is required") for key in missing]
        failures += [
            CheckFailure(
                key, "LUN320", f"the stand-in AWS plugin does not serve {key} of {self.token}"
            )
            for key in unserved
        ]
        return CheckResult(new, tuple(failures))

    def diff(
        self, resource_id: str, old_inputs: Properties, state: Properties, new: Properties
    ) -> Diff:
        """Compare what the declarations mean; the order of sets means nothing."""
        del resource_id, state
        changes = changed_paths(*(normalised(self._meaning(side)) for side in (old_inputs, new)))
        replaces = frozenset(path for path in changes if root_of(path) in self.replace_on)
        return Diff(changes, replaces)

    def _meaning(self, inputs: Properties) -> Properties:
        meanings = {
            key: meaning(inputs[key]) for key, meaning in self.canonical.items() if key in inputs
        }
        return {**inputs, **meanings}

    def found(
        self, resource_id: str, actual: Properties | None, inputs: Properties
    ) -> ReadResult | None:
        """Return what a look at AWS showed; an import takes all that is served as declared."""
        if actual is None:
            return None
        declared = (self.required | self.optional) & actual.keys()
        served = declared if not inputs else declared & inputs.keys()
        return ReadResult(resource_id, actual, {key: actual[key] for key in served})


def canonical_json(text: Any) -> Any:
    """Return a JSON text in one form for all that say the same; anything else as it is."""
    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except (TypeError, ValueError):
        return text


def once(operation: Callable[[], T], what: str) -> T:
    """Run *operation* without retries of our own, as the real provider does.

    Raises:
        ClientError: when nothing is found.
        ResourceError: in one sentence, for all else.
    """
    try:
        return operation()
    except ClientError as error:
        if is_not_found(error) or error.response["Error"]["Code"] in _GONE:
            raise
        raise resource_error(what, error) from None
    except BotoCoreError as error:
        raise resource_error(what, error) from None


def tag_changes(old: Properties, new: Properties) -> tuple[dict[str, Any], list[str]]:
    """Return the tags to set and the keys to remove between two sets of inputs."""
    before, after = old.get("tags", {}), new.get("tags", {})
    wrong = {key: value for key, value in after.items() if before.get(key) != value}
    return wrong, sorted(before.keys() - after.keys())
