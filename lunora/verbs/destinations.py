"""The destination files: check them, add one, describe what they can say."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from catalog import platforms as known_platforms
from catalog import presets as known_presets
from catalog import stream_key
from catalog.draft import Draft
from catalog.loader import load, refused_name
from catalog.schema import generated
from lunora import adding, choices
from lunora.stack import Stack
from lunora.terminal import INPUT_IS_WRONG, AsJson, StackName, answers, document, fail

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
    except ValueError as unwritable:
        fail(str(unwritable), INPUT_IS_WRONG)
    except OSError:
        fail(f"{folder} cannot be written; check its permissions", INPUT_IS_WRONG)


def platforms(*, as_json: AsJson = False) -> None:
    """Show the platforms, what each takes and whether it suits a stream that is always on."""
    known = known_platforms.platforms()
    if not as_json:
        answers().print(choices.platforms(known))
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
        answers().print(choices.presets(known))


PlatformName = Annotated[str | None, typer.Option(help="See `lunora platforms`; else asked for.")]
PresetName = Annotated[str | None, typer.Option(help="See `lunora presets`; else asked for.")]
Url = Annotated[str | None, typer.Option(help="Ingest without key; asked for where needed.")]
Parameter = Annotated[str | None, typer.Option(help="Existing SSM parameter with the key.")]
KeyFromStdin = Annotated[
    bool, typer.Option("--key-stdin", help="Read the key from stdin, and ask for nothing.")
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
    """Write a new destination file and store its stream key, which is never shown."""
    if refusal := refused_name(name):
        fail(f"{name} {refusal}", INPUT_IS_WRONG)
    where = Stack.read(Path(), stack)
    draft = _draft(platform, preset, url, ssm) if key_stdin else _asked(platform, preset, url, ssm)
    path = adding.write(folder, name, draft)
    try:
        if ssm is None:
            adding.store_key(where.project, stack, name, _key(from_stdin=key_stdin))
    except BaseException:
        path.unlink()
        raise
    typer.echo(f"{path} is written; `pulumi preview --stack {stack}` shows what it makes")


def _draft(platform: str | None, preset: str | None, url: str | None, ssm: str | None) -> Draft:
    # What stands on stdin is the key: an answer taken from there would be shown.
    if platform is None:
        fail("--key-stdin asks for nothing; give --platform as well", INPUT_IS_WRONG)
    return Draft(platform, preset or DEFAULT_PRESET, url, ssm)


def _asked(platform: str | None, preset: str | None, url: str | None, ssm: str | None) -> Draft:
    platform = platform or str(typer.prompt("Platform", err=True))
    preset = preset or str(typer.prompt("Preset", default=DEFAULT_PRESET, err=True))
    facts = known_platforms.platforms().get(platform)
    if facts is not None and facts.ingest is None and url is None:
        url = str(typer.prompt("Ingest URL without key", err=True))
    return Draft(platform, preset, url, ssm)


def _key(*, from_stdin: bool) -> str:
    if from_stdin:
        key = typer.get_text_stream("stdin").readline().strip()
    else:
        key = str(typer.prompt("Stream key", hide_input=True, err=True)).strip()
    if not stream_key.is_possible(key):
        fail("the stream key is empty, has spaces or is a URL; give the key alone", INPUT_IS_WRONG)
    return key
