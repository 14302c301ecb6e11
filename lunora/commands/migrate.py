"""`lunora migrate`: bring a stack's state over from the previous version."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lunora import pulumi_cli
from lunora.commands.options import AsJson, BackupFolder, DryRun, StackName
from lunora.file_errors import not_writable
from lunora.ops import migration
from lunora.ops.backup import save_state
from lunora.stack import Stack
from lunora.terminal import document, echo, now, stderr


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result of the command.

    Attributes:
        needed: whether the state was, or is, of the previous layout.
        migrated: whether it was changed now.
        removed: URNs that leave it.
        saved: the file that has the former state; None where nothing was changed.
    """

    needed: bool
    migrated: bool
    removed: tuple[str, ...]
    saved: str | None


def migrate(
    *,
    stack: StackName,
    dry_run: DryRun = False,
    to: BackupFolder = Path("backups"),
    as_json: AsJson = False,
) -> None:
    """Bring the stack's state over from the previous version; changes nothing in AWS."""
    Stack.read(Path(), stack)
    exported = pulumi_cli.export_state(stack).text
    plan = migration.migrate(exported)
    saved = None if dry_run or not plan.needed else _replace(stack, exported, plan.text, to)
    if as_json:
        file = None if saved is None else str(saved)
        document(Outcome(plan.needed, saved is not None, plan.removed, file))
        return
    for urn in plan.removed:
        echo(f"{'would leave' if saved is None else 'left'} the state: {_short(urn)}")
    stderr().print(_next_steps(plan, stack, saved), highlight=False, markup=False, soft_wrap=True)


def _replace(stack: str, exported: str, migrated: str, folder: Path) -> Path:
    """Save the *exported* state in *folder*, then import the *migrated* one."""
    try:
        saved = save_state(stack, exported, folder, now())
    except OSError as error:
        raise not_writable(folder, error, "nothing was changed; name another folder") from None
    pulumi_cli.import_state(stack, migrated)
    return saved


def _next_steps(plan: migration.Migration, stack: str, saved: Path | None) -> str:
    """Return the next steps, a command a line."""
    if not plan.needed:
        return "nothing to migrate"
    if saved is None:
        return "nothing was changed; run it without --dry-run"
    return (
        f"The former state is in {saved}. Next:\n"
        f"  pulumi preview --stack {stack}\n"
        f"  pulumi up --stack {stack}\n"
        "The way back, with the previous version:\n"
        f"  pulumi stack import --stack {stack} --file {saved}"
    )


def _short(urn: str) -> str:
    """Return the type and the name in *urn*."""
    _, _, kind, name = urn.split("::", 3)
    return f"{kind.rpartition('$')[2]} {name}"
