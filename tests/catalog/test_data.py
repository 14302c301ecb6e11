"""The data files say what they have to say."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import yaml

import localaws
from catalog.durations import durations
from catalog.frame_rate import FRAME_RATES
from catalog.model import DestinationSpec
from catalog.platforms import Platform, platforms, sources
from catalog.presets import presets
from catalog.quotas import quotas
from catalog.rules.flow import OUTPUTS_PER_FLOW
from catalog.rules.platform import check_platform_limits

NO_FACTS = {"title", "read_in", "unverified"}


@pytest.mark.parametrize("key", platforms())
def test_every_fact_of_a_platform_has_one_source_or_is_marked_as_unverified(key: str) -> None:
    facts = platforms()[key]
    if key == "custom":
        return
    stated = {
        field
        for field, info in Platform.model_fields.items()
        if field not in NO_FACTS and getattr(facts, field) not in (info.default, None)
    }
    read = [field for fields in facts.read_in.values() for field in fields]
    assert sorted([*read, *facts.unverified]) == sorted(stated)
    assert facts.read_in.keys() <= sources().keys()


@pytest.mark.parametrize("key", sources())
def test_a_source_says_where_it_is_and_when_it_was_read(key: str) -> None:
    source = sources()[key]
    assert source.title.strip()
    assert source.url.startswith("https://")
    assert dt.date.fromisoformat(source.date).isoformat() == source.date
    assert any(key in facts.read_in for facts in platforms().values())


@pytest.mark.parametrize("key", platforms())
def test_an_ingest_is_what_a_file_could_say_too(key: str) -> None:
    facts = platforms()[key]
    for ingest in (facts.ingest, facts.hls_ingest):
        given = {"name": "one", "platform": "custom", "preset": "1080p30", "url": ingest}
        assert DestinationSpec.model_validate(given).ingest_url == (ingest or "")


@pytest.mark.parametrize("key", platforms())
def test_a_limit_of_a_platform_is_above_nothing(key: str) -> None:
    facts = platforms()[key].model_dump()
    limits = {figure: value for figure, value in facts.items() if figure.startswith("max_")}
    assert len(limits) == 7
    assert all(value is None or value > 0 for value in limits.values())


PICTURES = [key for key, preset in presets().items() if preset.has_video]


@pytest.mark.parametrize("key", PICTURES)
def test_a_preset_is_what_its_name_says(key: str) -> None:
    preset = presets()[key]
    lines = min(preset.width, preset.height)
    upright = "vertical-" if preset.height > preset.width else ""
    assert f"{upright}{lines}p{preset.frames_per_second}" == key


@pytest.mark.parametrize("key", PICTURES)
def test_a_preset_is_one_that_encoders_and_every_platform_take(key: str) -> None:
    preset = presets()[key]
    assert preset.width % 2 == preset.height % 2 == 0
    assert preset.frames_per_second in FRAME_RATES
    assert min(preset.width, preset.height) > 0
    assert min(preset.video_kbps, preset.audio_kbps) > 0
    assert preset.keyframe_seconds == 2
    for platform, facts in platforms().items():
        if facts.max_frames_per_second and preset.frames_per_second > facts.max_frames_per_second:
            continue
        if preset.lines > (facts.max_lines or 1080) and platform != "custom":
            continue
        given = {"name": "one", "platform": platform, "preset": key, "url": "rtmp://host/app"}
        assert list(check_platform_limits(DestinationSpec.model_validate(given))) == []


def test_one_preset_has_sound_only() -> None:
    (sound,) = presets().keys() - set(PICTURES)
    assert presets()[sound].audio_kbps > 0


def test_durations_are_those_of_the_embedded_aws() -> None:
    facts = durations()
    assert facts.unverified
    assert facts.source.strip()
    text = (Path(localaws.__file__).parent / "latency.yaml").read_text(encoding="utf-8")
    embedded = yaml.safe_load(text)["profiles"]["aws"]["seconds"]
    assert facts.seconds.items() <= embedded.items()


def test_default_quotas_name_their_source() -> None:
    facts = quotas()
    assert facts.unverified
    assert facts.source.strip()
    assert dt.date.fromisoformat(facts.date).isoformat() == facts.date
    assert facts.defaults == {
        "channels": 5,
        "pushInputs": 5,
        "inputSecurityGroups": 5,
        "flowOutputs": OUTPUTS_PER_FLOW,
    }
