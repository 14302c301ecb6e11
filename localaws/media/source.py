"""A test source: a moving picture and a tone, sent by SRT as a studio's encoder would.

`python -m localaws.media.source` sends it until interrupted. As such an encoder it calls again
when the flow does not answer, which holds the line for some seconds for a source that was killed.
"""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Annotated

import typer

from localaws.media import subprocesses, tools

# Small, so that it takes next to nothing of the two cores it shares with the encoders.
SIZE, FRAMES_PER_SECOND, BITRATE = "640x360", 30, "800k"


_AGAIN_SECONDS = 0.5


def command(url: str) -> tuple[str, ...]:
    """Return the command that sends the test source to the SRT listener at *url* until killed."""
    return (sys.executable, "-m", "localaws.media.source", url)


def main(
    url: Annotated[str, typer.Argument(help="Where the flow listens.")] = "srt://127.0.0.1:5000",
) -> None:
    """Send the test source."""
    try:
        while True:
            _call(url)
            time.sleep(_AGAIN_SECONDS)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _call(url: str) -> None:
    """Send until the flow hangs up."""
    # What ffmpeg says of a flow that does not listen yet would look like a failure.
    subprocess.run(_ffmpeg(url), check=False, stderr=subprocess.DEVNULL)  # noqa: S603 - ours


def _ffmpeg(url: str) -> tuple[str, ...]:
    return (
        *subprocesses.NEVER_ALONE,
        *(tools.path("ffmpeg"), "-hide_banner", "-loglevel", "error", "-nostdin", "-re"),
        *("-f", "lavfi", "-i", f"testsrc2=size={SIZE}:rate={FRAMES_PER_SECOND}"),
        *("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-threads", "1"),
        *("-pix_fmt", "yuv420p", "-b:v", BITRATE, "-g", str(FRAMES_PER_SECOND)),
        *("-c:a", "aac", "-b:a", "128k", "-ac", "2"),
        *("-f", "mpegts", f"{url}?mode=caller&pkt_size=1316"),
    )


if __name__ == "__main__":
    typer.run(main)
