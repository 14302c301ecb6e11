"""Pictures that are black, that stay the same, and the emulator's test card, which does neither."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw

from localaws.pictures import slate
from lunora.ops.thumbnails import Picture
from lunora.pictures.faults import PictureHistory
from lunora.pictures.image import grid

NOON = dt.datetime(2026, 1, 2, 12, tzinfo=dt.UTC)


def drawn(draw: Callable[[ImageDraw.ImageDraw], None], *, quality: int = 75) -> bytes:
    """Return a black JPEG with something drawn on it."""
    image, stream = Image.new("RGB", (480, 270)), io.BytesIO()
    draw(ImageDraw.Draw(image))
    image.save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def scene(*, quality: int = 75, moved: int = 0) -> bytes:
    """Return a picture with some light in it."""
    place = (100 + moved, 60, 220 + moved, 180)
    return drawn(lambda draw: draw.ellipse(place, fill="#c08040"), quality=quality)


def judged(history: PictureHistory, jpeg: bytes, seconds: float) -> Picture:
    time = NOON + dt.timedelta(seconds=seconds)
    (picture,) = history.judged([Picture("flow", "main", jpeg=jpeg, time=time)])
    return picture


def is_black(jpeg: bytes) -> bool:
    return judged(PictureHistory(), jpeg, 0).black


@pytest.mark.parametrize("level", [0, 16, 24])
def test_a_dark_picture_is_black_whatever_its_levels(level: int) -> None:
    assert is_black(drawn(lambda draw: draw.rectangle((0, 0, 480, 270), fill=(level,) * 3)))


def test_light_anywhere_is_not_black() -> None:
    assert not is_black(scene())
    assert not is_black(drawn(lambda draw: draw.rectangle((440, 10, 470, 25), fill="white")))
    assert not is_black(drawn(lambda draw: draw.rectangle((0, 0, 480, 270), fill=(48,) * 3)))


def test_what_is_no_picture_is_nothing() -> None:
    assert grid(b"") is None
    assert grid(b"\xff\xd8\xffrest") is None
    picture = judged(PictureHistory(), b"\xff\xd8\xffrest", 0)
    assert (picture.jpeg, picture.black, bool(picture.reason)) == (b"", False, True)


def test_a_picture_that_stays_is_the_same_after_a_minute() -> None:
    history = PictureHistory()
    shown = [judged(history, scene(quality=60 + n), 10 * n) for n in range(8)]
    assert [picture.same_since for picture in shown] == [None] * 6 + [NOON] * 2


def test_a_picture_that_moves_is_not_the_same() -> None:
    history = PictureHistory()
    shown = [judged(history, scene(moved=4 * n), 10 * n) for n in range(12)]
    assert {picture.same_since for picture in shown} == {None}


def test_a_slow_change_is_a_change() -> None:
    history = PictureHistory()
    fades = [
        drawn(lambda draw, n=n: draw.rectangle((0, 0, 480, 270), fill=(60 + 3 * n,) * 3))  # type: ignore[misc]
        for n in range(12)
    ]
    shown = [judged(history, jpeg, 10 * n) for n, jpeg in enumerate(fades)]
    assert {picture.same_since for picture in shown} == {None}


def test_one_old_picture_that_is_read_again_and_again_is_not_a_run() -> None:
    history = PictureHistory()
    assert {judged(history, scene(), 0).same_since for _ in range(20)} == {None}
    assert judged(history, scene(), 90).same_since is None, "two pictures are no run"


def test_pictures_that_are_far_apart_are_no_run() -> None:
    history = PictureHistory()
    assert {judged(history, scene(), 400 * n).same_since for n in range(5)} == {None}


def test_the_drawn_test_card_is_neither_black_nor_the_same() -> None:
    history = PictureHistory()
    for second in range(62):
        time = NOON + dt.timedelta(seconds=second)
        card = slate("lunora-player-local-one pipeline 0 main", time)
        picture = judged(history, card, second)
        assert (picture.black, picture.same_since) == (False, None), second
    for minute in range(5, 12):
        time = NOON + dt.timedelta(minutes=minute)
        picture = judged(history, slate("flow", time), 60 * minute)
        assert (picture.black, picture.same_since) == (False, None), minute
