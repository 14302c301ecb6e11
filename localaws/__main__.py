"""`python -m localaws serve | start | stop`: the emulator as a process."""

from __future__ import annotations

import contextlib
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from catalog.errors import LunoraError
from localaws import daemon
from localaws.clock import Clock, Latency
from localaws.faults import FaultPlan
from localaws.media.settings import MediaSettings
from localaws.quotas import Quotas
from provider.termination import termination_signals

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)

DEFAULT_PORT = 4566
FOLDER = Path(".local")

Port = Annotated[int, typer.Option(help="On 127.0.0.1.")]
Profile = Annotated[str, typer.Option(help="instant or aws: how long transitions take.")]
Speed = Annotated[float, typer.Option(help="How much faster time passes in transitions.")]
EnforceIam = Annotated[
    bool, typer.Option("--enforce-iam", help="Check calls against the caller's policies.")
]
Quota = Annotated[
    list[str] | None, typer.Option(help="A quota other than the default, as in channels=20.")
]

Reading = Annotated[
    list[str] | None,
    typer.Option(help="A reading of a disputed behaviour, as in role-omitted=removed."),
]


@app.command()
def serve(  # noqa: PLR0913 - one option each
    *,
    port: Port = DEFAULT_PORT,
    state: Annotated[Path | None, typer.Option(help="File to remember in.")] = None,
    log: Annotated[Path | None, typer.Option(help="File for one line a call.")] = None,
    latency: Profile = "instant",
    speed: Speed = 1.0,
    faults: Annotated[Path | None, typer.Option(help="File with a fault plan.")] = None,
    quota: Quota = None,
    reading: Reading = None,
    enforce_iam: EnforceIam = False,
    media: Annotated[bool, typer.Option("--media", help="Let real video through.")] = False,
    srt_port: Annotated[int, typer.Option(help="Where the first flow listens; 0: any.")] = 5000,
    rtmp_port: Annotated[int, typer.Option(help="Of the platforms' stand-in; 0: any.")] = 1935,
) -> None:
    """Serve until interrupted."""
    # moto takes a second to import, and `start` and `stop` need nothing of it.
    from localaws.server import EmbeddedAws  # noqa: PLC0415

    signals = termination_signals()
    with (
        _or_complaint(),
        EmbeddedAws(
            port=port,
            state_file=state,
            clock=Clock(Latency.named(latency), speed=speed),
            quotas=_quotas(quota or []),
            log_file=log,
            faults=FaultPlan.load(faults) if faults else None,
            enforce_iam=enforce_iam,
            readings=dict(text.partition("=")[::2] for text in reading or []),
            media=MediaSettings(srt_port=srt_port, rtmp_port=rtmp_port) if media else None,
        ) as aws,
    ):
        typer.echo(f"the emulator listens at {aws.endpoint}")
        if aws.media is not None:
            typer.echo(json.dumps(aws.media.shown()))
        signals.get()


@app.command()
def start(
    *,
    port: Port = DEFAULT_PORT,
    latency: Profile = "instant",
    enforce_iam: EnforceIam = False,
) -> None:
    """Serve in the background, unless something healthy listens there already."""
    with _or_complaint():
        typer.echo(daemon.start(FOLDER, port, latency, enforce_iam=enforce_iam))


@app.command()
def faults(
    plan: Annotated[Path | None, typer.Argument(help="Fault plan; none ends all faults.")] = None,
    *,
    port: Port = DEFAULT_PORT,
) -> None:
    """Load a fault plan into the emulator that listens."""
    with _or_complaint():
        body = FaultPlan.load(plan).model_dump_json() if plan else ""
        typer.echo(_request(port, "PUT" if plan else "DELETE", "faults", body))


@app.command()
def trigger(fault: str, resource: str, *, port: Port = DEFAULT_PORT) -> None:
    """Trigger a state fault now, for example `trigger dies '*-youtube-main'`."""
    body = json.dumps({"fault": fault, "resource": resource})
    with _or_complaint():
        typer.echo(_request(port, "POST", "mishaps", body))


@app.command()
def advance(seconds: Annotated[float, typer.Argument(min=0)], *, port: Port = DEFAULT_PORT) -> None:
    """Let time pass at once in the emulator that listens."""
    with _or_complaint():
        typer.echo(_request(port, "POST", "clock", json.dumps({"seconds": seconds})))


@app.command()
def operations(
    document: Annotated[Path, typer.Argument()] = Path("docs/reference/emulator.md"),
) -> None:
    """Write the list of operations into its place in the documentation."""
    # moto takes a second to import, and `start` and `stop` need nothing of it.
    from localaws.operations import with_operations  # noqa: PLC0415

    document.write_text(with_operations(document), encoding="utf-8")


@app.command()
def wheel(folder: Annotated[Path, typer.Argument()] = Path("dist")) -> None:
    """Build a wheel of the emulator alone, for use without this checkout."""
    try:
        from localaws import wheel as builder  # noqa: PLC0415 - the wheel itself has no builder
    except ImportError:
        typer.echo("a wheel is built in a checkout of the emulator", err=True)
        raise typer.Exit(2) from None
    with _or_complaint():
        typer.echo(builder.build(folder))


@app.command()
def stop(
    *,
    forget: Annotated[bool, typer.Option("--forget", help="Delete its state as well.")] = False,
) -> None:
    """End what `start` started; the next `start` goes on with its state."""
    typer.echo(daemon.stop(FOLDER, forget=forget))


def _quotas(settings: list[str]) -> Quotas:
    raised = dict(setting.partition("=")[::2] for setting in settings)
    for name, value in raised.items():
        if not value.isdigit():
            message = f"the quota {name} has no number"
            raise LunoraError("LUN514", message, remedy="give NAME=NUMBER")
    return Quotas(**{name: int(value) for name, value in raised.items()})


@contextlib.contextmanager
def _or_complaint() -> Iterator[None]:
    try:
        yield
    except LunoraError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(error.exit_code) from None


def _request(port: int, method: str, what: str, body: str) -> str:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/_localaws/{what}",
        method=method,
        data=body.encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with daemon.DIRECT.open(request, timeout=10) as answer:
            return str(answer.read().decode().strip())
    except urllib.error.HTTPError as error:
        typer.echo(error.read().decode().strip(), err=True)
        raise typer.Exit(1) from None
    except OSError:
        message = f"no emulator answers at port {port}"
        raise LunoraError("LUN511", message, remedy="run `make up`") from None


if __name__ == "__main__":
    app()
