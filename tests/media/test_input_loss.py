"""The filler of a lost source, without any program."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from localaws.media import transport_stream
from localaws.media.encoding import pushes
from localaws.media.filler import Filler
from localaws.media.source_layout import ElementaryStream, SourceLayout
from localaws.media.source_watch import SourceWatch
from localaws.medialive.input_loss import InputLoss
from tests.support.media_channels import channel
from tests.support.transport_packets import association, packet, program_map

VIDEO, AUDIO = 256, 257
TABLES = association((1, 4096)) + program_map(4096, 1, (0x1B, VIDEO), (0x0F, AUDIO))


def unit(pid: int, seconds: float, *, key: bool = False, decoded: bool = True) -> bytes:
    """Return the packet in which a unit begins, presented a second after it is decoded."""

    def field(value: float) -> bytes:
        ticks = round(value * transport_stream.TICKS_PER_SECOND)
        high, middle, low = ticks >> 30 & 7, ticks >> 15 & 0x7FFF, ticks & 0x7FFF
        return bytes([high << 1 | 1]) + (middle << 1 | 1).to_bytes(2) + (low << 1 | 1).to_bytes(2)

    flags = 0xC0 if decoded else 0x80
    times = field(seconds + 1) + field(seconds) if decoded else field(seconds)
    kind = 0xE0 if pid == VIDEO else 0xC0
    head = b"\x00\x00\x01" + bytes([kind, 0, 0, 0x80, flags, len(times)]) + times
    made = bytearray(packet(head, adaptation=1 if key else None))
    made[1:3] = (0x4000 | pid).to_bytes(2)
    if key:
        made[5] = 0x40
    return bytes(made)


@pytest.mark.parametrize("decoded", [True, False])
def test_the_time_of_a_source_is_that_of_decoding_its_video(decoded: object) -> None:
    layout = SourceLayout()
    layout.read(
        TABLES + unit(VIDEO, 95000.5, decoded=bool(decoded)) + unit(AUDIO, 7, decoded=False)
    )
    assert layout.seconds == pytest.approx(95000.5)
    assert (layout.video, layout.audios) == (
        ElementaryStream(VIDEO, "AVC"),
        [ElementaryStream(AUDIO, "AAC")],
    )


@pytest.mark.parametrize(
    "other", [packet(b""), packet(b"\x00\x00\x01\xe0\x00\x00\x80\x00"), bytes(188)]
)
def test_what_is_no_unit_with_a_time_tells_none(other: bytes) -> None:
    assert transport_stream.unit_seconds(other) is None


def test_decoding_begins_at_a_key_frame_of_the_video_after_the_tables() -> None:
    layout = SourceLayout()
    key = unit(VIDEO, 2, key=True)
    layout.read(TABLES)
    assert layout.entry(unit(AUDIO, 1, key=True, decoded=False) + unit(VIDEO, 1)) is None
    assert layout.entry(unit(VIDEO, 1) + key + unit(VIDEO, 3)) == TABLES + key + unit(VIDEO, 3)


def test_a_source_that_is_back_goes_on_where_it_can_be_decoded() -> None:
    watch, key = SourceWatch(), unit(VIDEO, 1, key=True)
    assert watch.passed(TABLES + unit(VIDEO, 0), 100) is None
    assert watch.passed(key, 100.1) == TABLES + key
    assert watch.passed(unit(VIDEO, 2), 101) == unit(VIDEO, 2)
    assert watch.silent_for(103) == 2
    watch.interrupt()
    assert watch.passed(unit(VIDEO, 3), 104) is None
    assert watch.passed(unit(VIDEO, 4), 107) == unit(VIDEO, 4), "a source without any mark"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, InputLoss(1, 1, "000000")),
        ({"RepeatFrameMsec": 0, "BlackFrameMsec": 2500}, InputLoss(0, 2.5, "000000")),
        ({"RepeatFrameMsec": 1_000_000}, InputLoss(math.inf, 1, "000000")),
        (
            {"InputLossImageType": "COLOR", "InputLossImageColor": "1A2B3C"},
            InputLoss(color="1A2B3C"),
        ),
        (
            {"InputLossImageType": "SLATE", "InputLossImageSlate": {"Uri": "s3ssl://b/k.png"}},
            InputLoss(slate=Path("s3ssl://b/k.png")),
        ),
    ],
)
def test_it_is_what_the_channel_says_or_what_medialive_does(
    settings: dict[str, Any], expected: InputLoss
) -> None:
    encoder = {"GlobalConfiguration": {"InputLossBehavior": settings}} if settings else {}
    assert InputLoss.of(encoder, Path) == expected


@pytest.mark.parametrize(
    ("loss", "lost_for", "phases"),
    [
        (InputLoss(3, 2), 1.0, ["last 59", "000000 59", "000000 -1"]),
        (InputLoss(1, 2, "1A2B3C"), 1.5, ["000000 44", "1A2B3C -1"]),
        (InputLoss(0, 0, slate=Path("slate")), 0.5, ["slate -1"]),
        (InputLoss(math.inf, 2), 0.5, ["last -1"]),
        (InputLoss(0.6, math.inf, slate=Path("slate")), 0.5, ["last 2", "000000 -1"]),
    ],
)
def test_its_pictures_follow_each_other(
    tmp_path: Path, loss: InputLoss, lost_for: float, phases: list[str]
) -> None:
    layout, frame = SourceLayout(), tmp_path / "last"
    layout.read(TABLES + unit(VIDEO, 10))
    Image.new("RGB", (64, 36)).save(frame, "JPEG")
    command = Filler(layout, loss, lost_for, b"").command(frame)
    options = dict(itertools.pairwise(command))
    picture, sound = options["-filter_complex"].split(";anullsrc")
    shown = re.findall(r"(?:/|0x|movie=)(\w+)[,:][^;]*?loop=loop=(-?\d+)", picture)
    assert [f"{name} {copies}" for name, copies in shown] == phases
    assert sound.startswith("=r=48000")
    assert "scale=64:36" in picture
    assert float(options["-output_ts_offset"]) == pytest.approx(10 + lost_for)
    assert [word for word in command if word.endswith((f":{VIDEO}", f":{AUDIO}"))] == [
        f"0:{VIDEO}",
        f"1:{AUDIO}",
    ]


def words(described: Mapping[str, Any]) -> tuple[str, ...]:
    (push,) = pushes(described, 0)
    return push.arguments


def test_an_audio_is_selected_and_corrected() -> None:
    made = channel("480p30", audio={"loudness": {"target_lkfs": -23, "peak_dbtp": -1}})
    assert "loudnorm=I=-23:TP=-1" in words(made)
    for settings, stream in (
        ({"AudioTrackSelection": {"Tracks": [{"Track": 2}]}}, "0:a:1"),
        ({"AudioPidSelection": {"Pid": 258}}, "0:i:258"),
    ):
        selector = {"Name": "default", "SelectorSettings": settings}
        made["InputAttachments"] = [{"InputSettings": {"AudioSelectors": [selector]}}]
        assert stream in words(made)
    language = {"AudioLanguageSelection": {"LanguageCode": "deu"}}
    made["InputAttachments"][0]["InputSettings"]["AudioSelectors"][0]["SelectorSettings"] = language
    assert "[0:a:m:language:deu]loudnorm=I=-23:TP=-1[audio]" in words(made)
