"""`python -m localaws.demo`: the local stack with real video, from its source to its viewers.

Everything that it starts ends with it.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import tenacity
import typer

from catalog.errors import LunoraError
from localaws.media import source
from localaws.media.network import LOOPBACK
from localaws.media.settings import MediaSettings

_FOLDER = Path(".local")
_STACK = ("--stack", "local")
_ARRIVAL_SECONDS = 60
# Before that CloudWatch has measured nothing: MediaLive measures every 10 s.
_FIRST_LOOK_SECONDS = 60

Port = Annotated[int, typer.Option(help="Of the emulator, as the stack's endpoint says.")]
SrtPort = Annotated[int, typer.Option(help="Where the flow listens.")]
RtmpPort = Annotated[int, typer.Option(help="Where to watch.")]


def main(*, port: Port = 4566, srt_port: SrtPort = 5000, rtmp_port: RtmpPort = 1935) -> None:
    """Bring the local stack live with a test source, and show its status until interrupted."""
    _FOLDER.mkdir(exist_ok=True)
    try:
        _refuse_taken(port)
        # moto takes a second to import, and a port that is taken needs nothing of it.
        from localaws.server import EmbeddedAws  # noqa: PLC0415

        with (
            contextlib.suppress(KeyboardInterrupt),
            EmbeddedAws(
                port=port,
                state_file=_FOLDER / "aws.state",
                log_file=_FOLDER / "aws.log",
                media=MediaSettings(srt_port=srt_port, rtmp_port=rtmp_port),
            ) as aws,
            _test_source(f"srt://{LOOPBACK}:{srt_port}"),
        ):
            _bring_up()
            _show(lambda: aws.media.shown() if aws.media else {})
    except LunoraError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(error.exit_code) from None


def _bring_up() -> None:
    select = ("pulumi", "stack", "select", "local", "--create", "--non-interactive")
    up = ("pulumi", "up", *_STACK, "--yes", "--skip-preview", "--non-interactive")
    for command in (select, up):
        if subprocess.run(command, check=False).returncode != 0:  # noqa: S603 - ours
            raise LunoraError("LUN517", f"`{' '.join(command[:3])}` failed", remedy="see above")


def _show(shown: Callable[[], dict[str, Any]]) -> None:
    _until(lambda: shown()["arriving"], _ARRIVAL_SECONDS)
    status = (str(Path(sys.executable).with_name("lunora")), "status", *_STACK)
    if sys.stdout.isatty():
        for stream in shown()["arriving"]:
            typer.echo(f"{stream['name']} arrives: ffplay {stream['watch']}")
        subprocess.run([*status, "--watch"], check=False)  # noqa: S603 - ours
        return
    _until(lambda: _ends_well((*status, "--json")), _FIRST_LOOK_SECONDS)
    subprocess.run(status, check=False)  # noqa: S603 - ours
    typer.echo("no terminal: shown once")


@contextlib.contextmanager
def _test_source(url: str) -> Iterator[None]:
    with subprocess.Popen(source.command(url)) as sending:  # noqa: S603 - ours
        typer.echo(f"the test source sends to {url}; kill {sending.pid} to lose it,")
        typer.echo("start it again by `python -m localaws.media.source`")
        try:
            yield
        finally:
            sending.kill()


def _until(look: Callable[[], Any], seconds: float) -> None:
    """Look until there is something, or the time is over: what there is then is shown."""
    tenacity.Retrying(
        retry=tenacity.retry_if_result(lambda result: not result),
        stop=tenacity.stop_after_delay(seconds),
        wait=tenacity.wait_fixed(0.5),
        retry_error_callback=lambda _: None,
    )(look)


def _ends_well(command: tuple[str, ...]) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0  # noqa: S603 - ours


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        if probe.connect_ex((LOOPBACK, port)) == 0:
            raise LunoraError(
                "LUN510", f"something listens at port {port}", remedy="end it with `make down`"
            )


if __name__ == "__main__":
    typer.run(main)
