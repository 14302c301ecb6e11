"""Draw the pictures of real video: the status of a run, and the streams at the platforms."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

from localaws.media import tools
from localaws.media.settings import KEY_REVOKED, MediaSettings
from localaws.server import EmbeddedAws
from tests.support.broadcast import Broadcast, until
from tests.support.workspace import Workspace, prepared

from .__main__ import FOLDER, draw

_FILES = {
    "restream-main": "platform: restream\npreset: 720p30\n",
    "twitch-main": "platform: twitch\npreset: 480p30\nretry: {interval_seconds: 1, attempts: 1}\n",
    "youtube-main": "platform: youtube\npreset: 720p30\n",
    "event-stage": "platform: custom\nurl: rtmp://ingest.example.org/app\npreset: 480p30\n"
    "state: stopped\n",
}


def main() -> None:
    """Draw both."""
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedAws(media=MediaSettings()) as aws,
    ):
        stack = prepared(Path(folder) / "project", aws)
        for name, text in _FILES.items():
            stack.write(name, text)
        broadcast = Broadcast(aws, set(), {})
        try:
            broadcast.begin()
            stack.up()
            until(lambda: set(_conditions(stack)) == {"live", "stopped"}, seconds=60)
            _draw_frames(list(broadcast.arriving.values()), FOLDER / "media-arrived.png")
            aws.trigger(KEY_REVOKED, "*-twitch-main")
            until(lambda: "failed" in _conditions(stack), seconds=120)
            draw(stack, "media", ["status"], ["flows"])
        finally:
            broadcast.end()


def _conditions(stack: Workspace) -> list[str]:
    shown = json.loads(stack.lunora("status", "--json").out)
    return [destination["condition"] for destination in shown["destinations"]]


def _draw_frames(urls: list[str], picture: Path) -> None:
    """Put a frame of each stream side by side."""
    inputs = [word for url in urls for word in ("-i", url)]
    scaled = "".join(f"[{number}:v]scale=400:224[v{number}];" for number in range(len(urls)))
    named = "".join(f"[v{number}]" for number in range(len(urls)))
    filters = f"{scaled}{named}hstack=inputs={len(urls)}"
    command = [tools.path("ffmpeg"), "-loglevel", "error", "-y", *inputs]
    subprocess.run(  # noqa: S603 - ours
        [*command, "-filter_complex", filters, "-frames:v", "1", str(picture)], check=True
    )


if __name__ == "__main__":
    main()
