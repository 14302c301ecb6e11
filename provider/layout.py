"""The layout of a stack's state: which resources a stream is made of.

The marker is an input of the provider. The engine checks providers before everything that uses
them, also in a run with `--target`, `--exclude` or `--replace`, which leaves the checks of other
resources out (pulumi/pkg, step_generator.go: providers are implicitly targeted).
"""

from __future__ import annotations

from typing import Final

from provider.resource import CheckFailure, Properties, ResourceError

LAYOUT: Final = "2"
"""The present layout. In layout 1, which has no marker, channels and input security groups were
resources of the AWS provider. `lunora migrate` takes a state from there to here."""

_CODE = "LUN303"
_MESSAGE = "cannot use the state of this stack: another version wrote it"
_REMEDY = "run `lunora migrate` first (docs/how-to/migrate.md)"


def check(old: Properties | None) -> tuple[CheckFailure, ...]:
    """Refuse a run on a state of another layout, before anything happens.

    It would take each channel over under its present type, and then delete the resource of the
    former type, which is the same channel.

    Args:
        old: the provider's inputs in the state; None where it has none.
    """
    if old is None or _is_present(old):
        return ()
    return (CheckFailure("layout", _CODE, _MESSAGE, _REMEDY),)


def require_present(configuration: Properties) -> None:
    """Refuse the *configuration* from a state of another layout, in a run that checks nothing.

    Raises:
        ResourceError: with the command that helps.
    """
    if not _is_present(configuration):
        raise ResourceError(_CODE, _MESSAGE, remedy=_REMEDY)


def _is_present(inputs: Properties) -> bool:
    return inputs.get("layout") == LAYOUT
