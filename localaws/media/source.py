"""A test source: a moving picture and tones, sent by SRT as a studio's encoder would.

`python -m localaws.media.source` sends it until interrupted. As such an encoder it calls again
when the flow does not answer, which holds the line for some seconds for a source that was killed.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Annotated

import typer

from localaws.media import subprocesses, tools
from localaws.media.rtp import CHUNK_BYTES

# Small, so that it takes next to nothing of the two cores it shares with the encoders.
SIZE, FRAMES_PER_SECOND, BITRATE = "640x360", 30, "800k"


TONE_HERTZ = 440
"""Of the first audio; each further one is as much higher."""

_AGAIN_SECONDS = 0.5


def command(url: str, languages: Sequence[str] = ("eng",)) -> tuple[str, ...]:
    """Return the command that sends the test source to the SRT listener at *url* until killed."""
    options = (f"--language={language}" for language in languages)
    return (sys.executable, "-m", "localaws.media.source", url, *options)


def main(
    url: Annotated[str, typer.Argument(help="Where the flow listens.")] = "srt://127.0.0.1:5000",
    languages: Annotated[
        list[str] | None,
        typer.Option("--language", help="Of an audio, as in deu; may be repeated."),
    ] = None,
) -> None:
    """Send the test source."""
    try:
        while True:
            _call(url, languages or ("eng",))
            time.sleep(_AGAIN_SECONDS)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _call(url: str, languages: Sequence[str]) -> None:
    """Send until the flow hangs up."""
    # What ffmpeg says of a flow that does not listen yet would look like a failure.
    subprocess.run(_ffmpeg(url, languages), check=False, stderr=subprocess.DEVNULL)  # noqa: S603 - ours


def _ffmpeg(url: str, languages: Sequence[str]) -> tuple[str, ...]:
    tones, mapped = list[str](), list[str]()
    for number, language in enumerate(languages, 1):
        tones += ["-f", "lavfi", "-i", f"sine={number * TONE_HERTZ}:sample_rate=48000"]
        mapped += ["-map", f"{number}:a", f"-metadata:s:a:{number - 1}", f"language={language}"]
    return (
        *subprocesses.NEVER_ALONE,
        *(tools.path("ffmpeg"), "-hide_banner", "-loglevel", "error", "-nostdin", "-re"),
        *("-f", "lavfi", "-i", f"testsrc2=size={SIZE}:rate={FRAMES_PER_SECOND}"),
        *(*tones, "-map", "0:v", *mapped),
        *("-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-threads", "1"),
        *("-pix_fmt", "yuv420p", "-b:v", BITRATE, "-g", str(FRAMES_PER_SECOND)),
        *("-c:a", "aac", "-b:a", "128k", "-ac", "2"),
        *("-f", "mpegts", f"{url}?mode=caller&pkt_size={CHUNK_BYTES}"),
    )


if __name__ == "__main__":
    typer.run(main)
