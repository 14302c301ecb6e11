"""`python -m localaws serve | start | stop`: the embedded AWS as a process."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from localaws import daemon
from localaws.medialive.service import Quotas

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)

DEFAULT_PORT = 4566
DEFAULT_QUOTA = Quotas().channels
FOLDER = Path(".local")

Port = Annotated[int, typer.Option(help="On 127.0.0.1.")]
Latency = Annotated[str, typer.Option(help="instant or aws: how long transitions take.")]
Channels = Annotated[int, typer.Option(help="Quota of channels and push inputs.")]


@app.command()
def serve(
    *,
    port: Port = DEFAULT_PORT,
    state: Annotated[Path | None, typer.Option(help="File to remember in.")] = None,
    log: Annotated[Path | None, typer.Option(help="File for one line a call.")] = None,
    latency: Latency = "instant",
    channels: Channels = DEFAULT_QUOTA,
) -> None:
    """Serve until interrupted."""
    # moto takes a second to import, and `start` and `stop` need nothing of it.
    from localaws.server import EmbeddedAws  # noqa: PLC0415

    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    quotas = Quotas(channels=channels, push_inputs=channels)
    with EmbeddedAws(
        port=port, state_file=state, latency=latency, quotas=quotas, log_file=log
    ) as aws:
        typer.echo(f"the embedded AWS listens at {aws.endpoint}")
        ended.wait()


@app.command()
def start(*, port: Port = DEFAULT_PORT, latency: Latency = "instant") -> None:
    """Serve in the background, unless something healthy listens there already."""
    try:
        typer.echo(daemon.start(FOLDER, port, latency))
    except daemon.DaemonError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


@app.command()
def stop() -> None:
    """End what `start` started."""
    typer.echo(daemon.stop(FOLDER))


if __name__ == "__main__":
    app()
