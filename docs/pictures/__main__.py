"""Draws every picture from a real run: the examples go live, then things go wrong one by one."""

from __future__ import annotations

import io
import logging
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.text import Text

from localaws.clock import Clock, Latency
from localaws.faults import FaultPlan
from localaws.server import EmbeddedAws
from tests.support.workspace import Workspace, prepared

from .console import draw_console

FOLDER = Path(__file__).parent
COLUMNS = 118
# Seconds. The emulator begins so far behind that its time is the real one when faults show.
_ON_AIR, _WRONG = 1800, 240
_TERMINAL = {"COLUMNS": str(COLUMNS), "FORCE_COLOR": "1", "TERM": "xterm-256color"}


def main() -> None:
    """Draw all of them."""
    # The emulator has no CloudTrail, which it reports for every request.
    logging.disable()
    clock = Clock(Latency.named("instant"), now=lambda: time.time() - _ON_AIR - _WRONG)
    with tempfile.TemporaryDirectory() as folder, EmbeddedAws(clock=clock) as aws:
        stack = prepared(Path(folder) / "project", aws)
        stack.up()
        aws.clock.advance(_ON_AIR)
        draw(stack, "live", ["status"], ["flows"])
        draw_console(stack, FOLDER / "console.png")
        _some_go_wrong(stack)
        _the_source_is_lost(stack)
        _aws_throttles(stack)
        _something_is_left_over(stack)
        _the_flow_is_gone(stack)


def _some_go_wrong(stack: Workspace) -> None:
    for mishap, name in (("dies", "twitch"), ("output-lost", "youtube"), ("alert", "restream")):
        stack.aws.trigger(mishap, f"*-{name}-main")
    stack.aws.clock.advance(_WRONG)
    draw(stack, "faults", ["status"], ["show", "restream-main"])
    draw(stack, "start", ["start", "twitch-main"], ["status"])
    stack.aws.trigger("output-back", "*-youtube-main")


def _the_source_is_lost(stack: Workspace) -> None:
    stack.aws.trigger("source-lost", "*-srt-router")
    stack.aws.clock.advance(300)
    draw(stack, "source-lost", ["flows"], ["status"], ["metrics", "youtube-main"])
    stack.aws.trigger("source-back", "*-srt-router")
    stack.aws.clock.advance(300)


def _aws_throttles(stack: Workspace) -> None:
    throttled = {"operation": "media*:*", "share": 0.3, "fault": "throttled"}
    stack.aws.load_faults(FaultPlan.model_validate({"calls": [throttled]}))
    draw(stack, "throttled", ["status"])
    stack.aws.load_faults(FaultPlan())


def _something_is_left_over(stack: Workspace) -> None:
    stack.pulumi("stack", "rm", "--force", "--yes", "--preserve-config")
    stack.pulumi("stack", "init")
    (stack.destinations / "twitch-main.yaml").unlink()
    draw(stack, "doctor", ["doctor"], ["doctor", "--remove", "--yes"])


def _the_flow_is_gone(stack: Workspace) -> None:
    mediaconnect = stack.client("mediaconnect")
    stack.aws.trigger("standby", "*-srt-router")
    mediaconnect.delete_flow(FlowArn=mediaconnect.list_flows()["Flows"][0]["FlowArn"])
    draw(stack, "flow-gone", ["flows"], ["status"])


def draw(stack: Workspace, picture: str, *commands: list[str]) -> None:
    """Run *commands* and save their output as `<picture>.svg`."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    for words in commands:
        run = stack.lunora(*words, env=_TERMINAL)
        shown = [key for key in stack.keys.values() if key in run.text]
        if shown:
            raise SystemExit(f"lunora {' '.join(words)} shows a key; nothing was drawn")
        console.print(Text(f"$ lunora {' '.join(words)}", "bold"))
        console.print(Text.from_ansi((run.out + run.err).rstrip()))
        console.print()
    svg = console.export_svg(title="lunora", unique_id=f"picture-{picture}")
    (FOLDER / f"{picture}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
