"""Interface of a resource to the plugin host: six operations over plain property maps.

Property maps are plain JSON-like Python values with the names the engine uses (camelCase).
A value that is not known yet during a preview is `UNKNOWN`. Secrets arrive unwrapped, because
the host does not accept them. The engine marks every output whose input of the same name was
secret; the host marks what a resource names in `secrets`, also in an import that has no inputs.
"""

from __future__ import annotations

import abc
import enum
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from catalog.errors import LunoraError

Properties = Mapping[str, Any]


class _Unknown(enum.Enum):
    UNKNOWN = "unknown"

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown.UNKNOWN
"""Stands for a value that only the update will know."""


def contains_unknown(value: object) -> bool:
    """Tell whether *value* is, or holds at any depth, `UNKNOWN`."""
    if isinstance(value, Mapping):
        return any(contains_unknown(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(contains_unknown(item) for item in value)
    return value is UNKNOWN


class ResourceError(LunoraError):
    """A failed operation of the plugin; its text crosses to the engine with its code."""

    def with_consequence(self, consequence: str) -> ResourceError:
        """Return this error with a *consequence* added to its message."""
        return ResourceError(self.code, f"{self.message}; {consequence}", remedy=self.remedy)


class PartialCreateError(ResourceError):
    """A resource that exists but is not as declared; the engine must remember it.

    Args:
        cause: the error that ended the creation.
        resource_id: the id of the resource.
        state: its outputs, as far as known.
    """

    def __init__(self, cause: ResourceError, *, resource_id: str, state: Properties) -> None:
        super().__init__(cause.code, cause.message, remedy=cause.remedy)
        self.resource_id = resource_id
        self.state = state


@dataclass(frozen=True, slots=True)
class CheckFailure:
    """One input that cannot be accepted.

    Attributes:
        path: the input; empty for the resource as a whole.
        code: the code of the error.
        message: the error and its cause.
        remedy: the command or edit that fixes it.
    """

    path: str
    code: str
    message: str
    remedy: str = ""

    @property
    def reason(self) -> str:
        """The text that the engine shows."""
        return str(LunoraError(self.code, self.message, remedy=self.remedy))


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The inputs to go on with (defaults filled in), or why they cannot be accepted."""

    inputs: Properties
    failures: tuple[CheckFailure, ...] = ()


class Change(enum.Enum):
    """Change of one property between the old inputs and the new ones."""

    ADD = "add"
    DELETE = "delete"
    UPDATE = "update"


@dataclass(frozen=True, slots=True)
class Diff:
    """Changed properties, and those of them that need a replacement.

    Paths are Pulumi property paths (`tags.owner`, `rules[0].cidr`).

    Attributes:
        changes: what happened, by path.
        replaces: the paths that need a replacement.
        delete_before_replace: whether the old one has to go first.
        warning: what a person should know before this happens; empty for nothing.
    """

    changes: Mapping[str, Change] = field(default_factory=dict)
    replaces: frozenset[str] = frozenset()
    delete_before_replace: bool = False
    warning: str = ""

    @property
    def changed(self) -> bool:
        """True where an update or a replacement is needed."""
        return bool(self.changes)


@dataclass(frozen=True, slots=True)
class CreateResult:
    """A resource that now exists: its *id* and its outputs."""

    id: str
    state: Properties


@dataclass(frozen=True, slots=True)
class ReadResult:
    """Result of a read: the actual outputs, and the inputs that would declare them."""

    id: str
    state: Properties
    inputs: Properties


class Resource(abc.ABC):
    """One resource type. Methods are called from many threads at once and keep no state.

    Every method may raise `ResourceError`; any other exception is a fault of the plugin.
    `check` and `diff` also run during a preview, with `UNKNOWN` inside the new inputs;
    `create`, `update`, `delete` and `read` never see it.
    """

    token: str
    """The type token, for example `livestream:index:PushInput`."""

    former_tokens: ClassVar[tuple[str, ...]] = ()
    """Type tokens of earlier versions, under which a state may have the resource."""

    secrets: ClassVar[frozenset[str]] = frozenset()
    """The properties that are always secret, as inputs and as outputs."""

    @abc.abstractmethod
    def check(self, urn: str, old: Properties | None, new: Properties) -> CheckResult:
        """Validate *new* and fill in defaults; *old* is None for a new resource."""

    @abc.abstractmethod
    def diff(
        self, resource_id: str, old_inputs: Properties, state: Properties, new: Properties
    ) -> Diff:
        """Compare what was declared, and what exists, with what is declared now."""

    @abc.abstractmethod
    def create(self, urn: str, inputs: Properties) -> CreateResult:
        """Make it exist; safe to call again after an interrupted attempt."""

    @abc.abstractmethod
    def read(
        self, urn: str, resource_id: str, inputs: Properties, state: Properties
    ) -> ReadResult | None:
        """Look at what exists now; None when it is gone. *inputs* is empty on an import."""

    @abc.abstractmethod
    def update(
        self, resource_id: str, old_inputs: Properties, state: Properties, inputs: Properties
    ) -> Properties:
        """Change it in place and return all its outputs."""

    @abc.abstractmethod
    def delete(self, resource_id: str, state: Properties) -> None:
        """Remove it; one that is gone already is a success."""

    def creation_warning(self, inputs: Properties) -> str:
        """Return what a person should know before it is created; empty for nothing.

        Called in a preview, with `UNKNOWN` inside *inputs*.
        """
        del inputs
        return ""

    def rehearse(self, resource_id: str, inputs: Properties, state: Properties) -> None:
        """Raise `ResourceError` in a preview for an update that AWS would refuse.

        Called with `UNKNOWN` inside *inputs*.
        """
        del resource_id, inputs, state

    def preview_state(self, state: Properties, inputs: Properties) -> Properties:
        """Outputs to show in a preview: the inputs over the old outputs (none for a new one)."""
        return {**state, **inputs}


def changed_paths(old: Any, new: Any, path: str = "") -> dict[str, Change]:
    """Compare two property values, descending into maps and into lists.

    An unknown new value counts as a change: the update may bring another one.

    Returns:
        The change by the path of each value that differs, for example `rules[0].cidr`.
    """
    if old == new:
        return {}
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        pairs = [
            (f"{path}.{key}" if path else key, old.get(key), new.get(key))
            for key in sorted(old.keys() | new.keys())
        ]
    elif isinstance(old, list | tuple) and isinstance(new, list | tuple):
        pairs = [
            (f"{path}[{index}]", before, after)
            for index, (before, after) in enumerate(itertools.zip_longest(old, new))
        ]
    elif old is None:
        return {path: Change.ADD}
    else:
        return {path: Change.DELETE if new is None else Change.UPDATE}
    return {
        changed: change
        for where, before, after in pairs
        for changed, change in changed_paths(before, after, where).items()
    }


def root_of(path: str) -> str:
    """Return the property that a *path* begins with."""
    return path.partition(".")[0].partition("[")[0]


@dataclass(frozen=True, slots=True)
class Package:
    """Resources, functions and schema of one plugin.

    Attributes:
        name: the package name, for example `livestream`.
        version: the plugin's semantic version.
        configure: builds the resources and functions from the provider's configuration;
            raises `ResourceError` when that cannot be used.
        schema: returns the package schema as JSON text; the least that the engine takes
            without one.
        check: judges the configuration in the state before it is replaced by that of now; given
            None for a new provider.
    """

    name: str
    version: str
    configure: Any
    schema: Callable[[], str] | None = None
    check: Callable[[Properties | None], tuple[CheckFailure, ...]] = lambda _: ()


@dataclass(frozen=True, slots=True)
class Configured:
    """A package after its configuration is known: what it serves, by token."""

    resources: Mapping[str, Resource]
    functions: Mapping[str, Any] = field(default_factory=dict)
