"""The data files say what they have to say."""

from __future__ import annotations

import datetime as dt

import pytest

from catalog.model import DestinationSpec
from catalog.platforms import Platform, platforms
from catalog.presets import presets
from catalog.rules.within import check_platform_limits


@pytest.mark.parametrize("key", platforms())
def test_a_platform_names_source_and_date_of_its_figures(key: str) -> None:
    facts = platforms()[key]
    assert facts.title.strip()
    assert facts.source.strip()
    assert dt.date.fromisoformat(facts.date).isoformat() == facts.date
    assert set(facts.unverified) <= Platform.model_fields.keys()
    assert all(getattr(facts, figure) is not None for figure in facts.unverified)


@pytest.mark.parametrize("key", platforms())
def test_an_ingest_is_what_a_file_could_say_too(key: str) -> None:
    ingest = platforms()[key].ingest
    given = {"name": "one", "platform": "custom", "preset": "1080p30", "url": ingest}
    assert DestinationSpec.model_validate(given).ingest_url == (ingest or "")


@pytest.mark.parametrize("key", platforms())
def test_a_limit_of_a_platform_is_above_nothing(key: str) -> None:
    facts = platforms()[key].model_dump()
    limits = {figure: value for figure, value in facts.items() if figure.startswith("max_")}
    assert len(limits) == 4
    assert all(value is None or value > 0 for value in limits.values())


@pytest.mark.parametrize("key", presets())
def test_a_preset_is_what_its_name_says(key: str) -> None:
    preset = presets()[key]
    lines = min(preset.width, preset.height)
    upright = "vertical-" if preset.height > preset.width else ""
    assert f"{upright}{lines}p{preset.frames_per_second}" == key


@pytest.mark.parametrize("key", presets())
def test_a_preset_is_one_that_encoders_and_every_platform_take(key: str) -> None:
    preset = presets()[key]
    assert preset.width % 2 == preset.height % 2 == 0
    assert min(preset.width, preset.height, preset.frames_per_second) > 0
    assert min(preset.video_kbps, preset.audio_kbps) > 0
    assert preset.keyframe_seconds == 2
    for platform in platforms():
        given = {"name": "one", "platform": platform, "preset": key, "url": "rtmp://host/app"}
        assert list(check_platform_limits(DestinationSpec.model_validate(given))) == []
