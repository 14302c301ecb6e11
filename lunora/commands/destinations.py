"""The destination files: check them, add one, describe what they can say."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from catalog import ingest, passphrase, stream_key
from catalog import platforms as known_platforms
from catalog import presets as known_presets
from catalog.loader import invalid_name, load
from catalog.new_destination import Draft
from catalog.schema import generated
from lunora import set_secret
from lunora.render import choices
from lunora.stack import Stack
from lunora.terminal import EXIT_INVALID_INPUT, AsJson, StackName, document, fail, stdout

Folder = Annotated[Path, typer.Argument(help="Folder of destination files.")]
DEFAULT_FOLDER = Path("destinations")
DEFAULT_PRESET = "1080p30"


def validate(folder: Folder = DEFAULT_FOLDER) -> None:
    """Check all destination files; exit code 2 when one is wrong."""
    loaded = load(folder)
    for warning in loaded.warnings:
        typer.echo(str(warning), err=True)
    typer.echo(f"{len(loaded.specs)} destinations are valid")


def schema(folder: Folder = DEFAULT_FOLDER) -> None:
    """Write the folder's schema.json and the table of keys in its README.md."""
    try:
        for path, text in generated(folder).items():
            path.write_text(text, encoding="utf-8")
            typer.echo(str(path))
    except OSError:
        fail(f"{folder} cannot be written; check its permissions", EXIT_INVALID_INPUT)


def platforms(*, as_json: AsJson = False) -> None:
    """Show the platforms, what each takes and whether it suits a stream that is always on."""
    known = known_platforms.platforms()
    if not as_json:
        stdout().print(choices.platforms(known))
        return
    document(
        {
            "platforms": {
                key: {**facts.model_dump(mode="json"), "is_always_on": facts.is_always_on}
                for key, facts in known.items()
            },
            "sources": {key: one.model_dump() for key, one in known_platforms.sources().items()},
        }
    )


def presets(*, as_json: AsJson = False) -> None:
    """Show the encoding presets."""
    known = known_presets.presets()
    if as_json:
        document({key: preset.model_dump() for key, preset in known.items()})
    else:
        stdout().print(choices.presets(known))


PlatformName = Annotated[str | None, typer.Option(help="See `lunora platforms`; else asked for.")]
PresetName = Annotated[str | None, typer.Option(help="See `lunora presets`; else asked for.")]
Url = Annotated[str | None, typer.Option(help="Ingest without key; asked for where needed.")]
Parameter = Annotated[str | None, typer.Option(help="Existing SSM parameter with the key.")]
KeyFromStdin = Annotated[
    bool,
    typer.Option(
        "--key-stdin",
        help="Read the key from stdin, of SRT stream id and passphrase, a line each, and ask for"
        " nothing.",
    ),
]
InFolder = Annotated[Path, typer.Option(help="Folder of destination files.")]


def add(  # noqa: PLR0913 - a question each
    name: Annotated[str, typer.Argument(help="The destination's name.")],
    *,
    platform: PlatformName = None,
    preset: PresetName = None,
    url: Url = None,
    ssm: Parameter = None,
    key_stdin: KeyFromStdin = False,
    folder: InFolder = DEFAULT_FOLDER,
    stack: StackName = "prod",
) -> None:
    """Write a new destination file and store its stream key, which is never shown.

    An ingest of SRT or RTP is sent by the flow, without a channel.
    """
    if error := invalid_name(name):
        fail(str(error), error.exit_code)
    where = Stack.read(Path(), stack)
    draft = _draft(platform, preset, url, ssm) if key_stdin else _asked(platform, preset, url, ssm)
    hidden: dict[str, str] = {}
    if _kind(draft.url) == "srt":
        hidden = _of_srt(name, from_stdin=key_stdin)
        stream_id = name if _stream_key(name) in hidden else None
        encrypted = _passphrase(name) in hidden
        draft = dataclasses.replace(draft, stream_id=stream_id, encrypted=encrypted)
    path = set_secret.write(folder, name, draft)
    try:
        if draft.preset is not None and ssm is None:
            hidden = {_stream_key(name): _key(from_stdin=key_stdin)}
        for secret, value in hidden.items():
            set_secret.store_secret(where.project, stack, secret, value)
    except BaseException:
        path.unlink()
        raise
    typer.echo(f"{path} is written; `pulumi preview --stack {stack}` shows what it makes")


def _draft(platform: str | None, preset: str | None, url: str | None, ssm: str | None) -> Draft:
    # What stands on stdin is the key: an answer taken from there would be shown.
    if platform is None:
        fail("--key-stdin asks for nothing; give --platform as well", EXIT_INVALID_INPUT)
    encodes = _kind(url) not in ingest.TRANSPORTS
    return Draft(platform, (preset or DEFAULT_PRESET) if encodes else None, url, ssm)


def _asked(platform: str | None, preset: str | None, url: str | None, ssm: str | None) -> Draft:
    platform = platform or str(typer.prompt("Platform", err=True))
    facts = known_platforms.platforms().get(platform)
    if facts is not None and facts.ingest is None and url is None:
        url = str(typer.prompt("Ingest URL without key", err=True))
    if _kind(url) in ingest.TRANSPORTS:
        return Draft(platform, None, url, ssm)
    preset = preset or str(typer.prompt("Preset", default=DEFAULT_PRESET, err=True))
    return Draft(platform, preset, url, ssm)


def _kind(url: str | None) -> str:
    return ingest.scheme(url or "").lower()


def _stream_key(name: str) -> str:
    return f"streamKeys.{name}"


def _passphrase(name: str) -> str:
    return f"passphrases.{name}"


def _of_srt(name: str, *, from_stdin: bool) -> dict[str, str]:
    """Ask for what SRT may need; returns the secrets that were given, by what they are called."""
    stream_id = _hidden("Stream id, empty for none", from_stdin=from_stdin, optional=True)
    if stream_id and not stream_key.is_possible(stream_id):
        fail("the stream id has spaces or is a URL; give the id alone", EXIT_INVALID_INPUT)
    text = _hidden("Passphrase, empty for none", from_stdin=from_stdin, optional=True)
    if text and not passphrase.is_possible(text):
        between = f"{passphrase.SHORTEST} to {passphrase.LONGEST}"
        fail(f"the passphrase is not {between} characters long; give another", EXIT_INVALID_INPUT)
    asked = {_stream_key(name): stream_id, _passphrase(name): text}
    return {secret: value for secret, value in asked.items() if value}


def _key(*, from_stdin: bool) -> str:
    key = _hidden("Stream key", from_stdin=from_stdin)
    if not stream_key.is_possible(key):
        fail(
            "the stream key is empty, has spaces or is a URL; give the key alone",
            EXIT_INVALID_INPUT,
        )
    return key


def _hidden(question: str, *, from_stdin: bool, optional: bool = False) -> str:
    if from_stdin:
        return typer.get_text_stream("stdin").readline().strip()
    empty = "" if optional else None
    return str(typer.prompt(question, empty, hide_input=True, show_default=False, err=True)).strip()
