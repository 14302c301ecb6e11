"""Selection of destinations by name or by tag, for every command that takes several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from catalog import names
from catalog.errors import LunoraError
from catalog.model import DestinationSpec
from lunora.ops.errors import require_known
from lunora.stack import Stack

Tags = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Selection:
    """The destinations that a command is about.

    Attributes:
        names: destinations by name, in the order of the command.
        tags: what a destination's resources have to carry, all of them.
        everything: whether it is about all destinations.
    """

    names: tuple[str, ...] = ()
    tags: Tags = field(default_factory=dict)
    everything: bool = False

    @property
    def is_empty(self) -> bool:
        """True where nothing is named."""
        return not (self.names or self.tags or self.everything)

    @property
    def is_all(self) -> bool:
        """True where it leaves nothing out."""
        return not (self.names or self.tags)

    def of(self, destinations: Mapping[str, Tags]) -> tuple[str, ...]:
        """Return the names of those of *destinations* that it is about, each once.

        Args:
            destinations: the tags of each destination, by its name.

        Raises:
            UnknownDestinationError: when a name is none of them.
            LunoraError: LUN427, when tags are those of none of them, or there are none.
        """
        for name in self.names:
            require_known(name, destinations)
        if self.names:
            return tuple(dict.fromkeys(self.names))
        selected = tuple(
            name for name, tags in sorted(destinations.items()) if self.tags.items() <= tags.items()
        )
        if not selected and not self.is_empty:
            raise self._nothing(destinations)
        return selected

    def _nothing(self, destinations: Mapping[str, Tags]) -> LunoraError:
        if not self.tags:
            return LunoraError("LUN427", "the stack has no destinations", remedy="add one")
        requested = ", ".join(f"{key}={value}" for key, value in self.tags.items())
        values = {tags[key] for tags in destinations.values() for key in self.tags if key in tags}
        others = f"; values in use: {', '.join(sorted(values))}" if values else ""
        return LunoraError(
            "LUN427",
            f"no destination carries the tag {requested}{others}",
            remedy="`lunora show NAME` and the destination files list the tags",
        )


def tags_of(
    stack: Stack, specs: Iterable[DestinationSpec] | None, resources: Mapping[str, Tags]
) -> dict[str, Tags]:
    """Return the tags of destinations by name: those of their file, else those of a resource.

    Args:
        stack: the stack.
        specs: the declared destinations; None where files cannot be read.
        resources: the tags that a channel or flow output carries, by the destination's name.
    """
    declared = {spec.name: names.tags(stack.project, stack.name, spec) for spec in specs or ()}
    return {**resources, **declared}
