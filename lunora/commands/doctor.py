"""`lunora doctor`: diagnose a stack and remove its orphans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from catalog.errors import ExitCode, LunoraError
from catalog.model import DestinationSpec
from catalog.unverified import unverified_facts
from lunora import pulumi_cli
from lunora.commands.options import AsJson, StackName, Yes
from lunora.ops.desired_state import declared_if_valid
from lunora.ops.doctor import unused_secrets
from lunora.ops.doctor.check import Check
from lunora.ops.doctor.examine import examine
from lunora.ops.inventory import kinds
from lunora.ops.orphans import Orphan, orphans
from lunora.render import choices, tables
from lunora.stack import Stack
from lunora.terminal import confirm, document, now, stderr, stdout
from lunora.verification.report import Report, verify

Remove = Annotated[bool, typer.Option("--remove", help="Delete resources without a file.")]
Unverified = Annotated[
    bool,
    typer.Option("--unverified", help="List facts about AWS that were not checked, and stop."),
]
VerifyAws = Annotated[
    bool,
    typer.Option("--verify-aws", help="Compare what is assumed of AWS with the account, and stop."),
]
Strict = Annotated[bool, typer.Option("--strict", help="Fail on warnings, too.")]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Result of the command.

    Attributes:
        checks: the checks that were made.
        orphans: resources of the stack that are in no file and in no state; None where the files
            are wrong.
    """

    checks: tuple[Check, ...]
    orphans: tuple[Orphan, ...] | None


def doctor(  # noqa: PLR0913 - one option each
    *,
    stack: StackName,
    as_json: AsJson = False,
    remove: Remove = False,
    yes: Yes = False,
    strict: Strict = False,
    unverified: Unverified = False,
    verify_aws: VerifyAws = False,
) -> None:
    """Find faults and orphans; exit code 1 when something has to be done."""
    if unverified:
        _show_unverified(as_json=as_json)
        return
    config = Stack.read(Path(), stack)
    if verify_aws:
        _show_verification(verify(config, now()), as_json=as_json)
    else:
        _diagnose(config, stack, as_json=as_json, remove=remove, yes=yes, strict=strict)


def _diagnose(  # noqa: PLR0913 - the command's options
    config: Stack, stack: str, *, as_json: bool, remove: bool, yes: bool, strict: bool
) -> None:
    specs, wrong = declared_if_valid(config.folder, config.sources)
    if wrong is not None:
        # Without its files, everything of the stack would count as left over.
        _show(Diagnosis(examine(config, None, Path(), now()), None), as_json=as_json)
        raise wrong
    if specs is None:
        raise LunoraError(
            "LUN409",
            f"there is no folder {config.folder}",
            remedy="run this in the project's folder",
        )
    checks, ids = list(examine(config, specs, Path(), now())), _resource_ids(stack)
    if isinstance(ids, Check):
        checks.append(ids)
    left_over = _orphans(config, specs, ids)
    _show(Diagnosis(tuple(checks), left_over), as_json=as_json)
    if remove and left_over:
        if isinstance(ids, Check):
            raise LunoraError("LUN404", f"nothing was removed: {ids.finding}")
        _remove(config, left_over, yes=yes)
        left_over = ()
    if left_over and not as_json:
        stderr().print("`lunora doctor --remove` removes what is left over", style="yellow")
    if remove:
        _remove_secrets(config, tuple(unused_secrets.paths(config, specs, Path())), yes=yes)
    failing = {"critical", "warning"} if strict else {"critical"}
    if left_over or any(check.severity in failing for check in checks):
        raise typer.Exit(ExitCode.AWS_ERROR)


def _show(diagnosis: Diagnosis, *, as_json: bool) -> None:
    if as_json:
        document(diagnosis)
    else:
        stdout().print(tables.diagnosis(diagnosis.checks, diagnosis.orphans))


def _show_unverified(*, as_json: bool) -> None:
    facts = unverified_facts()
    if as_json:
        document([fact.model_dump() for fact in facts])
    else:
        stdout().print(choices.unverified(facts))


def _show_verification(report: Report, *, as_json: bool) -> None:
    if as_json:
        document(report)
    else:
        stdout().print(tables.verification(report))


def _resource_ids(stack: str) -> frozenset[str] | Check:
    try:
        return pulumi_cli.export_state(stack).resource_ids
    except pulumi_cli.PulumiCliError as error:
        return Check("state", "warning", f"cannot read the stack's state: {error}")


def _orphans(
    config: Stack, specs: Sequence[DestinationSpec], ids: frozenset[str] | Check
) -> tuple[Orphan, ...]:
    names = {name for spec in specs for name in (spec.name, spec.original_name)}
    resources = kinds.managed_resources(config)
    if isinstance(ids, Check):
        # Shared resources are in no file: only the state distinguishes them from orphans.
        owned = [resource for resource in resources if resource.destination is not None]
        return orphans(owned, names, frozenset())
    return orphans(resources, names, ids)


def _remove_secrets(config: Stack, paths: Sequence[str], *, yes: bool) -> None:
    if not paths:
        return
    if not yes:
        question = f"Remove the secrets {', '.join(paths)} from the configuration?"
        confirm(question, consequence="no secret was removed")
    for path in paths:
        pulumi_cli.remove_config(config.project, config.name, path)
        stderr().print(f"removed the secret {path}")


def _remove(config: Stack, left_over: Sequence[Orphan], *, yes: bool) -> None:
    if not yes:
        confirm(f"Remove these {len(left_over)} for good?", consequence="nothing was removed")
    for orphan in left_over:
        resource = orphan.resource
        kinds.remove(config, resource)
        stderr().print(f"removed {resource.kind} {resource.name}", markup=False, highlight=False)
