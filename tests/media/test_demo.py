"""Real video from an SRT source to RTMP ingests, through the emulator."""

from __future__ import annotations

import io
import itertools
from fractions import Fraction
from functools import partial
from typing import Any

import pytest
from PIL import Image

from catalog.presets import presets
from localaws.media.source import TONE_HERTZ
from localaws.server import LOCAL_FLOW
from tests.support.broadcast import (
    COLOURS_PER_SECOND,
    REGION,
    Broadcast,
    Colour,
    heard,
    listening,
    probed,
    probing,
    until,
    watching,
    watching_colours,
)
from tests.support.clients import connect
from tests.support.media_channels import spec
from tests.support.patrol import Patrol

pytestmark = pytest.mark.media

# Long enough for three key frames that are two seconds apart.
WATCHED_SECONDS = 5


def facts(probe: Any) -> dict[str, Any]:
    """Reduce what ffprobe saw to what a preset declares."""
    video, audio = (
        next(stream for stream in probe["streams"] if stream["codec_type"] == kind)
        for kind in ("video", "audio")
    )
    packets = [packet for packet in probe["packets"] if packet["stream_index"] == video["index"]]
    keys = [float(packet["pts_time"]) for packet in packets if "K" in packet["flags"]]
    # Whole groups of pictures: a key frame is many times as large as the others.
    places = [place for place, packet in enumerate(packets) if "K" in packet["flags"]]
    whole = packets[places[0] : places[-1]]
    seconds = float(len(whole) / Fraction(video["r_frame_rate"]))
    return {
        "video": (video["codec_name"], video["profile"], video["pix_fmt"]),
        "size": (video["width"], video["height"]),
        "rate": video["r_frame_rate"],
        "reordered": video["has_b_frames"],
        "colour": {video.get(f"color_{part}") for part in ("space", "primaries", "transfer")},
        "audio": (audio["codec_name"], audio["profile"], audio["sample_rate"], audio["channels"]),
        "keyframe_seconds": {round(b - a, 1) for a, b in itertools.pairwise(keys)},
        "video_kbps": sum(int(packet["size"]) for packet in whole) * 8 / seconds / 1000,
        "audio_kbps": int(audio["bit_rate"]) / 1000,
    }


def declared(preset: str, profile: str, hertz: int) -> dict[str, Any]:
    """Return what a preset declares, in the same form."""
    settings = presets()[preset]
    rate = settings.frames_per_second
    return {
        "video": ("h264", profile, "yuv420p"),
        "size": (settings.width, settings.height),
        "rate": f"{rate.numerator}/{rate.denominator}",
        # Three B-frames, of which others refer to the middle one.
        "reordered": 2,
        "colour": {"bt709"},
        "audio": ("aac", "LC", str(hertz), 2),
        "keyframe_seconds": {float(settings.keyframe_seconds)},
        # From 0.9 to 1.4 times: filler makes up for less, and the buffer, which begins almost full,
        # lets the first seconds be larger.
        "video_kbps": pytest.approx(1.15 * settings.video_kbps, rel=0.22),
        "audio_kbps": settings.audio_kbps,
    }


def is_red(picture: Image.Image | None, x: int, y: int) -> bool:
    """Tell whether a picture is red at a place of a source of 640 by 360 pixels."""
    if picture is None:
        return False
    place = (x * picture.width // 640, y * picture.height // 360)
    pixel: Any = picture.convert("RGB").getpixel(place)
    red, green, blue = pixel
    return bool(red > 200 and green < 60 and blue < 60)


def is_black(colour: Colour) -> bool:
    return max(colour) < 20


def has_slate(colour: Colour) -> bool:
    return colour[0] > 200 and max(colour[1:]) < 60


def extent(picture: Image.Image | None, colour: tuple[int, int, int]) -> tuple[int, ...] | None:
    """Return left, top, right and bottom of a mark in this *colour* over the middle; None without.

    It is followed from the middle along a row and a column, because the source moves around it.
    """
    if picture is None:
        return None
    width, height = picture.size
    pixels: Any = picture.convert("RGB").load()

    def reach(x: int, y: int, step: tuple[int, int]) -> int:
        length = 0
        while 0 <= x < width and 0 <= y < height and _is_close(pixels[x, y], colour):
            x, y, length = x + step[0], y + step[1], length + 1
        return length

    x, y = width // 2, height // 2
    if not _is_close(pixels[x, y], colour):
        return None
    left, right = x - reach(x, y, (-1, 0)) + 1, x + reach(x, y, (1, 0))
    return left, y - reach(x, y, (0, -1)) + 1, right, y + reach(x, y, (0, 1))


def _is_close(pixel: tuple[int, int, int], colour: tuple[int, int, int]) -> bool:
    return all(abs(value - other) < 40 for value, other in zip(pixel, colour, strict=True))


def bars(picture: Image.Image) -> set[str]:
    """Return the edges along which a picture is black."""
    size = picture.size
    edges = {
        "left": (0, 0, 2, size[1]),
        "right": (size[0] - 2, 0, size[0], size[1]),
        "top": (0, 0, size[0], 2),
        "bottom": (0, size[1] - 2, size[0], size[1]),
    }
    grey = picture.convert("L")
    extremes: dict[str, Any] = {name: grey.crop(box).getextrema() for name, box in edges.items()}
    return {name for name, (_, brightest) in extremes.items() if brightest < 40}


def size_of(jpeg: bytes) -> tuple[int, int] | None:
    """Return width and height of a picture; None for none."""
    return Image.open(io.BytesIO(jpeg)).size if jpeg else None


def test_what_runs_arrives_as_its_preset_says_and_what_is_stopped_does_not(
    broadcast: Broadcast,
) -> None:
    broadcast.destination("small", "480p30", platform="twitch")
    # Over TLS, and to the host of a real platform, which leads to the stand-in here.
    broadcast.destination("large", "720p29.97", platform="youtube")
    broadcast.destination("off", "480p30", runs=False)
    broadcast.begin()
    until(lambda: len(broadcast.arriving) == 2)
    assert broadcast.arriving.keys() == {"small", "large"}

    probes = {name: probing(url, WATCHED_SECONDS) for name, url in broadcast.arriving.items()}
    arrived = {name: facts(probed(probe)) for name, probe in probes.items()}

    assert arrived == {
        "small": declared("480p30", "Main", 48000),
        "large": declared("720p29.97", "High", 44100),
    }
    assert broadcast.arriving.keys() == {"small", "large"}, "the stopped one never came"
    urls = {
        stream["name"].rpartition("-")[2]: stream["url"] for stream in broadcast.shown["arriving"]
    }
    assert urls["large"] == "rtmps://a.rtmps.youtube.com:443/live2"
    broadcast.aws.clock.advance(10)
    assert broadcast.status("small").health.condition == "live"
    assert broadcast.status("off").health.condition == "stopped"


def test_destinations_of_sound_alone_send_what_they_select_as_loud_as_they_say(
    broadcast: Broadcast,
) -> None:
    """Without a picture, so that four encoders take next to nothing."""
    quiet = {"target_lkfs": -30.0, "peak_dbtp": -2.0}
    broadcast.destination("radio", "audio-only")
    broadcast.destination("track", "audio-only", audio={"track": 2})
    broadcast.destination("german", "audio-only", audio={"language": "deu", "channels": "mono"})
    broadcast.destination("quiet", "audio-only", audio={"pid": 256 + 1, "loudness": quiet})
    broadcast.begin(languages=("eng", "deu"))
    until(lambda: len(broadcast.arriving) == 4 and broadcast.sent("quiet"))
    recordings = {name: listening(url, 5) for name, url in broadcast.arriving.items()}
    probe = probing(broadcast.arriving["radio"], 1)
    sounds = {name: heard(recording) for name, recording in recordings.items()}
    assert [stream["codec_name"] for stream in probed(probe)["streams"]] == ["aac"]
    first, second = pytest.approx(TONE_HERTZ, abs=10), pytest.approx(2 * TONE_HERTZ, abs=10)
    tones: dict[str, Any] = {name: (sound.channels, sound.hertz) for name, sound in sounds.items()}
    assert tones == {
        "radio": (2, first),
        "track": (2, second),
        "german": (1, second),
        "quiet": (2, first),
    }
    assert sounds["quiet"].lufs == pytest.approx(-30, abs=1)
    assert sounds["radio"].lufs > -24
    broadcast.aws.clock.advance(10)
    for name in sounds:
        assert not broadcast.alert(name)
        assert broadcast.status(name).health.condition == "live"


def test_stopping_one_does_not_interrupt_another(broadcast: Broadcast) -> None:
    broadcast.destination("stays", "480p30")
    broadcast.destination("goes", "480p30")
    broadcast.begin()
    until(lambda: len(broadcast.arriving) == 2)
    with watching(broadcast.arriving["stays"]) as viewer:
        times = viewer.times(30)
        broadcast.stop("goes")
        until(lambda: broadcast.arriving.keys() == {"stays"})
        times += viewer.times(60)
    steps = {after - before for before, after in itertools.pairwise(times)}
    assert steps <= {33, 34}, "every frame of 30 a second is there, one after the other"


def test_a_schedule_acts_on_the_picture_that_thumbnails_show(
    broadcast: Broadcast,
) -> None:
    broadcast.destination("stage", "480p30", runs=False)
    broadcast.attach("stage", "silent")
    broadcast.start("stage")
    broadcast.begin()
    until(lambda: broadcast.arriving)
    assert until(lambda: size_of(broadcast.thumbnail("stage"))) == (640, 360)
    assert size_of(broadcast.source_thumbnail()) == (640, 360)

    fed = "lunora-player-local-stage"
    switch = {"InputAttachmentNameReference": "silent"}
    broadcast.act("stage", "away", InputSwitchSettings=switch)
    until(lambda: not broadcast.pictures("stage"))
    assert broadcast.arriving, "the output stays connected"
    broadcast.act("stage", "back", InputSwitchSettings={"InputAttachmentNameReference": fed})
    until(lambda: broadcast.pictures("stage"))

    broadcast.put_image("red", (255, 0, 0))
    logo = {"Image": {"Uri": "s3ssl://images/red"}, "ImageX": 20, "ImageY": 20, "Width": 100}
    broadcast.act("stage", "logo", StaticImageActivateSettings=logo)
    until(lambda: is_red(broadcast.frame("stage"), 40, 40))
    assert not is_red(broadcast.frame("stage"), 300, 40)

    paused = [{"PipelineId": "PIPELINE_0"}]
    broadcast.act("stage", "pause", PauseStateSettings={"Pipelines": paused})
    until(lambda: not broadcast.arriving)
    until(lambda: broadcast.pictures("stage"))
    broadcast.act("stage", "on", PauseStateSettings={})
    until(lambda: broadcast.arriving)


def test_an_upright_picture_is_cropped_from_the_middle_of_its_source(broadcast: Broadcast) -> None:
    size = {"width_pixels": 360, "height_pixels": 640, "keyframe_seconds": 1}
    source = {"width_pixels": 640, "height_pixels": 360}
    crop = {"fit": "crop", "source": source}
    broadcast.destination("upright", "480p30", encoding=size, picture=crop)
    broadcast.begin()
    until(lambda: broadcast.arriving)
    # A colour that the source does not have.
    broadcast.put_image("purple", (128, 0, 64))
    mark = {"Image": {"Uri": "s3ssl://images/purple"}, "ImageX": 300, "ImageY": 160, "Width": 40}
    broadcast.act("upright", "mark", StaticImageActivateSettings=mark)
    # The columns 218 to 420 of the source fill the picture, 1.78 times as large.
    shown = until(lambda: extent(broadcast.frame("upright"), (128, 0, 64)))
    assert shown == pytest.approx((146, 284, 217, 356), abs=3)
    frame = broadcast.frame("upright")
    assert frame is not None
    assert bars(frame) == set()


def test_a_logo_lies_on_the_picture_after_each_start(broadcast: Broadcast) -> None:
    # The picture is smaller than the source, so that the place tells which of them it is in.
    size = {"width_pixels": 320, "height_pixels": 180, "keyframe_seconds": 1}
    place = {"left_pixels": 200, "top_pixels": 100, "width_pixels": 60, "height_pixels": 40}
    more: dict[str, Any] = {
        "encoding": size,
        "picture": {"logo": {"image": "s3://images/red.png", **place}},
    }
    broadcast.put_image("red.png", (255, 0, 0))
    broadcast.destination("stage", "480p30", **more)
    destination = spec("480p30", name="stage", **more)
    patrol = Patrol(broadcast.stack, lambda: [destination], partial(connect, broadcast.endpoint))
    broadcast.begin()

    def reds() -> list[bool] | None:
        """Return whether the picture is red in each corner of the logo, and outside of it."""
        frame = broadcast.frame("stage")
        inside, outside = ((202, 102), (257, 137)), ((196, 96), (264, 144))
        places = [(x * 2, y * 2) for x, y in (*inside, *outside)]
        return [is_red(frame, *at_source) for at_source in places] if frame else None

    until(lambda: broadcast.arriving)
    assert patrol.run()["logos"] == ["stage"]
    until(lambda: reds() == [True, True, False, False])
    broadcast.stop("stage")
    assert patrol.run()["started"] == ["stage"]
    until(lambda: broadcast.state("stage") == "RUNNING")
    until(lambda: broadcast.arriving)
    assert reds() == [False] * 4
    assert patrol.run()["logos"] == ["stage"]
    until(lambda: reds() == [True, True, False, False])


def test_a_key_that_the_platform_does_not_know_fails_with_the_reason_until_it_is_right(
    broadcast: Broadcast,
) -> None:
    patience = {"interval_seconds": 1, "attempts": 1, "restart_delay_seconds": 1}
    broadcast.aws.readings.choose({"reconnections-used-up": "output-restarts"})
    key = broadcast.destination("stage", "480p30", known=False, retry=patience)
    broadcast.begin()
    message = until(lambda: broadcast.alert("stage"))
    assert message == (
        "ingest.example.org does not take the stream: it closed the connection, as a wrong stream"
        " key makes it do"
    )
    broadcast.aws.clock.advance(10)
    status = broadcast.status("stage")
    assert (status.health.condition, status.health.severity) == ("failed", "critical")
    assert status.health.reason == f"its channel sends nothing: {message}"
    assert broadcast.arriving == {}
    assert key not in repr((status, broadcast.shown))

    broadcast.known_keys.add(key)
    until(lambda: broadcast.arriving)
    until(lambda: not broadcast.alert("stage"))
    broadcast.measured_anew("stage")
    assert broadcast.status("stage").health.condition == "live"


def test_a_platform_that_asks_for_a_password_takes_the_stream_with_the_right_one(
    broadcast: Broadcast,
) -> None:
    ssm = connect(broadcast.endpoint, "ssm", region=REGION)
    parameter = {"Name": "/made-up/password", "Type": "SecureString", "Overwrite": True}
    ssm.put_parameter(**parameter, Value="the-wrong-one")
    broadcast.passwords["lunora"] = "the-right-one"
    credentials = {"username": "lunora", "password": {"ssm": "/made-up/password"}}
    retry = {"interval_seconds": 1, "attempts": 100}
    more: dict[str, Any] = {"authentication": credentials, "retry": retry}
    broadcast.destination("asked", "480p30", **more)
    broadcast.destination("asked-by-tls", "480p30", **more, url="rtmps://ingest.example.org/app")
    broadcast.begin()
    refused = "ingest.example.org does not take the stream: it refused user and password"
    for name in ("asked", "asked-by-tls"):
        assert until(partial(broadcast.alert, name)) == refused
    assert broadcast.arriving == {}
    ssm.put_parameter(**parameter, Value="the-right-one")
    for name in ("asked", "asked-by-tls"):
        broadcast.stop(name)
        broadcast.start(name)
    until(lambda: broadcast.arriving.keys() == {"asked", "asked-by-tls"})
    until(lambda: not broadcast.alert("asked"))
    with watching(broadcast.arriving["asked"]) as viewer:
        assert viewer.times(30)
    assert "-one" not in repr(broadcast.shown)


def test_a_platform_that_hangs_up_stops_the_channel_and_the_watchdog_starts_it(
    broadcast: Broadcast,
) -> None:
    retry = {"interval_seconds": 1, "attempts": 1}
    broadcast.destination("stage", "480p30", retry=retry)
    destination = spec("480p30", name="stage", retry=retry)
    patrol = Patrol(broadcast.stack, lambda: [destination], partial(connect, broadcast.endpoint))
    broadcast.begin()
    until(lambda: broadcast.arriving)
    broadcast.measured_anew("stage")
    assert patrol.run()["started"] == []
    assert broadcast.aws.trigger("key-revoked", "*-stage") == ["lunora-player-local-stage"]
    until(lambda: broadcast.state("stage") == "IDLE")
    assert broadcast.arriving == {}

    broadcast.renew_key("stage")
    assert patrol.run()["started"] == ["stage"]
    until(lambda: broadcast.state("stage") == "RUNNING")
    until(lambda: broadcast.arriving)
    broadcast.measured_anew("stage")
    assert broadcast.status("stage").health.condition == "live"
    assert [post["change"] for post in patrol.posts] == ["opened"]


def test_a_lost_source_shows_and_comes_back(broadcast: Broadcast) -> None:
    broadcast.destination("stage", "480p30")
    broadcast.begin()
    until(lambda: broadcast.arriving)
    (program,) = broadcast.metadata["TransportMediaInfo"]["Programs"]
    assert [stream["Codec"] for stream in program["Streams"]] == ["AVC", "AAC"]
    broadcast.end()
    until(lambda: not broadcast.pictures("stage"))
    until(lambda: broadcast.metadata["Messages"])
    assert broadcast.metadata["TransportMediaInfo"]["Programs"] == []
    # A minute of CloudWatch's has to be over before it shows that nothing came in it.
    broadcast.aws.clock.advance(70)
    status = broadcast.status("stage")
    assert (status.health.condition, status.health.reason) == (
        "degraded",
        "no video arrives at its channel",
    )
    assert status.observation.metrics is not None
    assert status.observation.metrics.frames_in == 0
    picture = broadcast.frame("stage")
    assert picture is not None
    assert is_black(picture.convert("RGB").resize((1, 1)).getpixel((0, 0)))  # type: ignore[arg-type]

    with watching(broadcast.arriving["stage"]) as viewer:
        broadcast.begin()
        viewer.times(60)
    broadcast.measured_anew("stage")
    assert broadcast.status("stage").health.condition == "live"


def test_a_slate_takes_the_place_of_a_lost_source_on_the_same_connection(
    broadcast: Broadcast,
) -> None:
    broadcast.put_image("slate.png", (255, 0, 0))
    slate = {"then": "slate", "slate": "s3://images/slate.png"}
    limits = {"repeat_seconds": 3, "black_seconds": 2}
    broadcast.destination("stage", "480p30", on_input_loss={**limits, **slate})
    broadcast.destination("drops", "480p30", on_input_loss={"repeat_seconds": 1, "drop": True})
    broadcast.begin()
    until(lambda: len(broadcast.arriving) == 2)
    with watching_colours(broadcast.arriving["stage"]) as colours:
        colours.until(lambda colour: not is_black(colour))
        broadcast.end()
        moving = colours.until(is_black)
        black = colours.until(has_slate)
        # A machine that is slow to notice the loss shows the last frame for longer, and less black.
        assert len(moving) >= limits["repeat_seconds"] * COLOURS_PER_SECOND - 5
        assert 1 <= len(black) <= limits["black_seconds"] * COLOURS_PER_SECOND + 3
        until(lambda: not broadcast.sent("drops"))
        assert broadcast.sent("stage")

        broadcast.begin()
        colours.until(lambda colour: not has_slate(colour) and not is_black(colour))
        until(lambda: broadcast.sent("drops"))
    assert len(broadcast.arriving) == 2
    assert not broadcast.alert("stage")
    assert not broadcast.alert("drops")


def test_the_second_source_of_a_flow_takes_over(broadcast: Broadcast) -> None:
    broadcast.second_source("backup")
    broadcast.destination("stage", "480p30")
    broadcast.begin()
    broadcast.begin(f"{LOCAL_FLOW}/backup")
    until(lambda: broadcast.arriving)
    with watching(broadcast.arriving["stage"]) as viewer:
        viewer.times(30)
        broadcast.end(LOCAL_FLOW)
        viewer.times(60)
        broadcast.end()
        until(lambda: not broadcast.pictures("stage"))


def test_a_flow_output_that_is_disabled_or_moved_starves_only_its_own_channel(
    broadcast: Broadcast,
) -> None:
    broadcast.destination("stage", "480p30")
    broadcast.destination("other", "480p30")
    broadcast.begin()
    until(lambda: broadcast.pictures("stage") and broadcast.pictures("other"))
    flow = broadcast.mediaconnect.describe_flow(FlowArn=broadcast.flow_arn)["Flow"]
    arn = next(
        output["OutputArn"] for output in flow["Outputs"] if output["Name"].endswith("stage")
    )
    about = {"FlowArn": broadcast.flow_arn, "OutputArn": arn}
    broadcast.mediaconnect.update_flow_output(**about, OutputStatus="DISABLED")
    until(lambda: not broadcast.pictures("stage"))
    assert broadcast.pictures("other")
    broadcast.mediaconnect.update_flow_output(**about, OutputStatus="ENABLED")
    until(lambda: broadcast.pictures("stage"))


def test_a_security_group_that_no_longer_allows_the_flow_shuts_it_out(
    broadcast: Broadcast,
) -> None:
    broadcast.destination("stage", "480p30")
    broadcast.begin()
    until(lambda: broadcast.pictures("stage"))
    (group,) = broadcast.medialive.list_input_security_groups()["InputSecurityGroups"]
    rules = [{"Cidr": "192.0.2.0/24"}]
    broadcast.medialive.update_input_security_group(
        InputSecurityGroupId=group["Id"], WhitelistRules=rules
    )
    until(lambda: not broadcast.pictures("stage"))


def test_a_flow_that_stands_by_takes_no_source(broadcast: Broadcast) -> None:
    broadcast.destination("stage", "480p30")
    assert broadcast.aws.trigger("standby", "*") == ["lunora-player-local-srt-router"]
    assert broadcast.shown["sources"] == {}
