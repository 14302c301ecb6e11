"""A test source: a moving picture and a tone, sent by SRT as a studio's encoder would."""

from __future__ import annotations

from localaws.media import tools

# Small, so that it takes next to nothing of the two cores it shares with the encoders.
SIZE, FRAMES_PER_SECOND, BITRATE = "640x360", 30, "800k"


def command(url: str) -> tuple[str, ...]:
    """Return the command that sends the test source to the SRT listener at *url*."""
    return (
        *(tools.path("ffmpeg"), "-hide_banner", "-loglevel", "error", "-re"),
        *("-f", "lavfi", "-i", f"testsrc2=size={SIZE}:rate={FRAMES_PER_SECOND}"),
        *("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-threads", "1"),
        *("-pix_fmt", "yuv420p", "-b:v", BITRATE, "-g", str(FRAMES_PER_SECOND)),
        *("-c:a", "aac", "-b:a", "128k", "-ac", "2"),
        *("-f", "mpegts", f"{url}?mode=caller&pkt_size=1316"),
    )
