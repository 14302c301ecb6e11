"""`lunora add`: write a destination file and store its stream key."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from catalog import ingest
from catalog.diagnostics import did_you_mean
from catalog.errors import Location, LunoraError
from catalog.flow_source import FlowSource
from catalog.loader import invalid_name, load
from catalog.model import AUTO_PRESET
from catalog.new_destination import Draft
from catalog.platforms import platforms
from catalog.presets import presets
from lunora import destination_secrets, project_lock, pulumi_cli
from lunora.commands.options import FolderOption, StackName
from lunora.cost import in_words
from lunora.destination_secrets import key_setting, passphrase_setting
from lunora.file_errors import not_writable
from lunora.secret_prompt import read_secret, read_stream_key
from lunora.stack import Stack
from lunora.terminal import echo, invalid_option

DEFAULT_PRESET = "1080p30"

_FILE_EXISTS = "LUN407"

PlatformName = Annotated[str | None, typer.Option(help="See `lunora platforms`; else asked for.")]
PresetName = Annotated[str | None, typer.Option(help="See `lunora presets`; else asked for.")]
Url = Annotated[str | None, typer.Option(help="Ingest without key; asked for where needed.")]
Parameter = Annotated[str | None, typer.Option(help="Existing SSM parameter with the key.")]
FlowKey = Annotated[str | None, typer.Option(help="A flow of the stack; main without it.")]
State = Annotated[Literal["running", "stopped"] | None, typer.Option(help="Its declared state.")]
Owner = Annotated[str | None, typer.Option(help="Whom to ask about it.")]
KeyFromStdin = Annotated[
    bool,
    typer.Option(
        "--key-stdin",
        help="Read the key from stdin, of SRT stream id and passphrase, a line each, and ask for"
        " nothing.",
    ),
]


def add(  # noqa: PLR0913 - a question each
    name: Annotated[str, typer.Argument(help="The destination's name.")],
    *,
    platform: PlatformName = None,
    preset: PresetName = None,
    url: Url = None,
    ssm: Parameter = None,
    flow: FlowKey = None,
    state: State = None,
    owner: Owner = None,
    key_stdin: KeyFromStdin = False,
    folder: FolderOption = None,
    stack: StackName,
) -> None:
    """Write a new destination file and store its stream key, which is never shown.

    The flow itself sends to an ingest of SRT or RTP, without a channel; with a preset, a channel
    sends SRT.
    """
    if error := invalid_name(name):
        raise error
    config = Stack.read(Path(), stack)
    folder = folder or config.folder
    draft = (
        _draft(platform, preset, url, ssm) if key_stdin else _prompted(platform, preset, url, ssm)
    )
    given = {"flow": flow, "state": state, "owner": owner}
    keys = {key: value for key, value in given.items() if value is not None}
    draft = dataclasses.replace(draft, keys=keys)
    secrets: dict[str, str] = {}
    if _scheme(draft.url) == "srt":
        secrets = _srt_secrets(name, from_stdin=key_stdin)
        stream_id = name if key_setting(name) in secrets else None
        encrypted = passphrase_setting(name) in secrets
        draft = dataclasses.replace(draft, stream_id=stream_id, encrypted=encrypted)
    path = _write(folder, name, draft, config.sources)
    try:
        if _has_stream_key(draft.url) and ssm is None:
            secrets = {key_setting(name): read_stream_key(from_stdin=key_stdin)}
        for setting, value in secrets.items():
            pulumi_cli.set_secret(config.project, stack, setting, value)
    except BaseException:
        path.unlink()
        raise
    echo(f"{path} is written; `pulumi preview --stack {stack}` shows what it makes")
    _show_cost(config, folder, name)


def _show_cost(config: Stack, folder: Path, name: str) -> None:
    specs = load(folder, sources=config.sources).specs
    price = in_words.price(config, next(spec for spec in specs if spec.name == name))
    if price:
        echo(f"it costs {price}; see `lunora cost`")


def _draft(platform: str | None, preset: str | None, url: str | None, ssm: str | None) -> Draft:
    # Stdin holds the key: a prompt would read it as its answer and show it.
    if platform is None:
        raise invalid_option("--key-stdin needs the platform", "give --platform as well")
    encodes = _scheme(url) not in ingest.TRANSPORTS or preset is not None
    return Draft(platform, (preset or DEFAULT_PRESET) if encodes else None, url, ssm)


def _prompted(platform: str | None, preset: str | None, url: str | None, ssm: str | None) -> Draft:
    platform = platform or _chosen("Platform", sorted(platforms()))
    known = platforms().get(platform)
    if known is not None and known.ingest is None and url is None:
        url = str(typer.prompt("Ingest URL without key", err=True))
    if _scheme(url) in ingest.TRANSPORTS:
        return Draft(platform, preset, url, ssm)
    preset = preset or _chosen("Preset", [AUTO_PRESET, *presets()], default=DEFAULT_PRESET)
    return Draft(platform, preset, url, ssm)


def _chosen(question: str, choices: Sequence[str], default: str | None = None) -> str:
    """Ask until the answer is one of *choices*, which are shown."""
    echo(f"{question}: {', '.join(choices)}", err=True)
    while (answer := str(typer.prompt(question, default, err=True)).strip()) not in choices:
        echo(f"{answer!r} is not one of them{did_you_mean(answer, choices)}", err=True)
    return answer


def _write(folder: Path, name: str, draft: Draft, sources: Mapping[str, FlowSource]) -> Path:
    """Write the file of *name* and return its path; remove it where the folder becomes invalid."""
    # Another command that validates the folder must not meet half a file.
    with project_lock.locked(Path()):
        return _write_locked(folder / f"{name}.yaml", draft, sources)


def _write_locked(path: Path, draft: Draft, sources: Mapping[str, FlowSource]) -> Path:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(draft.text)
    except FileExistsError:
        raise LunoraError(
            _FILE_EXISTS,
            "cannot add the destination: the file exists",
            remedy="edit it, or choose another name",
            where=Location(path),
        ) from None
    except OSError as error:
        raise not_writable(path, error) from None
    try:
        load(path.parent, sources=sources)
    except BaseException:
        path.unlink()
        raise
    return path


def _scheme(url: str | None) -> str:
    return ingest.scheme(url or "").lower()


def _has_stream_key(url: str | None) -> bool:
    """Tell whether the ingest takes a key that is no stream id; a server of files may have none."""
    others = ingest.TRANSPORTS | ingest.HLS
    return _scheme(url) not in others or ingest.KEY_PLACE in (url or "")


def _srt_secrets(name: str, *, from_stdin: bool) -> dict[str, str]:
    """Read stream id and passphrase; return those that are not empty, by their settings."""
    stream_id = read_secret("Stream id, empty for none", from_stdin=from_stdin, optional=True)
    if stream_id:
        destination_secrets.check_stream_id(stream_id)
    phrase = read_secret("Passphrase, empty for none", from_stdin=from_stdin, optional=True)
    if phrase:
        destination_secrets.check_passphrase(phrase)
    secrets = {key_setting(name): stream_id, passphrase_setting(name): phrase}
    return {setting: value for setting, value in secrets.items() if value}
