"""Resources with models of their inputs and outputs, and a table for their diff."""

from __future__ import annotations

import abc
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from provider.aws import AwsClients
from provider.resource import (
    CheckFailure,
    CheckResult,
    Diff,
    Properties,
    Resource,
    ResourceError,
    changed_paths,
    contains_unknown,
    root_of,
)


class Model(BaseModel):
    """Base of all property models: frozen, camelCase on the wire, unknown properties refused.

    A field's meaning is its `description`: schema and typed wrapper are generated from it.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )

    def properties(self) -> dict[str, object]:
        """Return the fields under the names the engine uses."""
        return self.model_dump(by_alias=True, exclude_none=True, mode="json")


class Inputs(Model):
    """Base of what a program declares, also of its nested parts."""


class Outputs(Model):
    """Base of what a resource has beyond its inputs, and of what a function returns.

    This one is for those with nothing.
    """


A = TypeVar("A", bound=Inputs)
R = TypeVar("R", bound=Outputs)
I = TypeVar("I", bound=Inputs)  # noqa: E741 - the usual name of an inputs parameter


class TypedResource(Resource, Generic[I]):
    """A resource whose inputs and outputs are models, and whose diff is a table.

    Class attributes:
        inputs: the model of the inputs.
        outputs: the model of the outputs that are not inputs; the state has both.
        replace_on: properties whose change needs a new resource; all others update in place.
        delete_before_replace: whether the old one has to go before the new one can come.

    Args:
        aws: the connection.
    """

    inputs: type[I]
    outputs: ClassVar[type[Outputs]] = Outputs
    replace_on: ClassVar[frozenset[str]] = frozenset()
    delete_before_replace: ClassVar[bool] = False

    def __init__(self, aws: AwsClients) -> None:
        self._aws = aws

    def check(self, urn: str, old: Properties | None, new: Properties) -> CheckResult:
        """Validate against the model; what a preview does not know yet is judged later."""
        del urn, old
        new = {**self._defaults(), **new}
        known = {key: value for key, value in new.items() if not contains_unknown(value)}
        try:
            return CheckResult({**new, **self.inputs.model_validate(known).properties()})
        except ValidationError as error:
            failures = tuple(
                CheckFailure(".".join(map(str, entry["loc"])), "LUN320", entry["msg"])
                for entry in error.errors(include_input=False, include_url=False)
                if not _is_for_later(entry, new)
            )
            return CheckResult(new, failures)

    def diff(
        self, resource_id: str, old_inputs: Properties, state: Properties, new: Properties
    ) -> Diff:
        """Compare the inputs; `replace_on` says which change replaces."""
        del resource_id, state
        changes = changed_paths(old_inputs, new)
        replaces = frozenset(path for path in changes if root_of(path) in self.replace_on)
        return Diff(changes, replaces, self.delete_before_replace)

    def parse(self, inputs: Properties) -> I:
        """Return checked inputs as the model."""
        return self.inputs.model_validate(inputs)

    def _defaults(self) -> dict[str, object]:
        return {
            field.alias or name: field.get_default(call_default_factory=True)
            for name, field in self.inputs.model_fields.items()
            if not field.is_required() and field.get_default(call_default_factory=True) is not None
        }


class TypedFunction(abc.ABC, Generic[A, R]):
    """A function whose arguments and result are models.

    Class attributes:
        token: the function token, for example `livestream:index:getFlow`.
        arguments: the model of the arguments.
        result: the model of the result.

    Args:
        aws: the connection.
    """

    token: ClassVar[str]
    arguments: type[A]
    result: type[R]

    def __init__(self, aws: AwsClients) -> None:
        self._aws = aws

    def __call__(self, arguments: Properties) -> Properties:
        """Answer an invocation.

        Raises:
            ResourceError: when the arguments are wrong, or as `call` raises it.
        """
        try:
            given = self.arguments.model_validate(arguments)
        except ValidationError as error:
            faults = error.errors(include_input=False, include_url=False)
            reasons = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in faults)
            raise ResourceError("LUN320", f"cannot call {self.token}: {reasons}") from None
        return self.call(given).properties()

    @abc.abstractmethod
    def call(self, arguments: A) -> R:
        """Return the result for *arguments*."""


def _is_for_later(entry: Any, new: Properties) -> bool:
    """Tell whether a fault may come from what is not known yet: a property, or how some fit."""
    if not entry["loc"]:
        return contains_unknown(new)
    return entry["type"] == "missing" and contains_unknown(new.get(entry["loc"][0]))
