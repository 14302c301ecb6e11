"""Frame rates of source and destination: what stutters, the better preset, and `preset: auto`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog.arriving_source import ArrivingSource
from catalog.diagnostics import DestinationValidationError, Diagnostic
from catalog.flow_source import FlowSource
from catalog.loader import load
from catalog.model import DestinationSpec
from catalog.rules.frame_rate import warn_about_conversion
from catalog.video_settings import video_description
from tests.support.import_manifest import entry


def source(rate: float, scan: str | None = None) -> FlowSource:
    return FlowSource.model_validate({"framesPerSecond": rate, "scan": scan})


def spec(preset: str, platform: str = "youtube", **more: Any) -> DestinationSpec:
    url = {} if platform == "youtube" else {"url": "rtmps://ingest.example.org/app"}
    return DestinationSpec.model_validate(
        {"name": "one", "platform": platform, "preset": preset, **url, **more}
    )


def messages(declared: DestinationSpec, *sources: FlowSource) -> list[str]:
    by_flow = dict(zip(declared.flows, sources, strict=False))
    return [finding.message for finding in warn_about_conversion(declared, by_flow)]


@pytest.mark.parametrize(
    ("rate", "preset", "change", "better"),
    [
        (25, "1080p30", "repeated", "use preset 1080p25"),
        (29.97, "1080p30", "repeated", "use preset 1080p29.97"),
        (30, "1080p29.97", "dropped", "use preset 1080p30"),
        (50, "1080p30", "dropped", "use preset 1080p25"),
        (60, "1080p25", "dropped", "use preset 1080p30"),
        (59.94, "720p60", "repeated", "use preset 720p59.94"),
        (23.976, "1080p24", "repeated", "use preset 1080p23.976"),
        (24, "720p25", "repeated", "set encoding.frames_per_second: 24"),
        (25, "vertical-1080p30", "repeated", "use preset vertical-1080p25"),
        (25, "1080p50", "each is sent 2 times", "use preset 1080p25"),
    ],
)
def test_a_conversion_that_repeats_or_drops_frames_names_the_better_preset(
    rate: float, preset: str, change: str, better: str
) -> None:
    (message,) = messages(spec(preset), source(rate))
    assert f"flow main carries {rate} frames/s" in message
    assert change in message
    assert message.endswith(f"; {better}")


@pytest.mark.parametrize(
    ("rate", "scan", "preset"),
    [
        (25, None, "1080p25"),
        (29.97, "progressive", "720p29.97"),
        (50, None, "1080p25"),
        (60, None, "1080p30"),
        (59.94, None, "1080p29.97"),
        (25, "interlaced", "1080p50"),
        (29.97, "interlaced", "1080p59.94"),
        (25, None, "audio-only"),
    ],
)
def test_a_regular_conversion_is_no_matter(rate: float, scan: str | None, preset: str) -> None:
    assert messages(spec(preset), source(rate, scan)) == []


def test_a_source_that_is_not_declared_is_no_matter() -> None:
    assert messages(spec("1080p30"), FlowSource()) == []


def test_an_override_is_corrected_where_it_is() -> None:
    declared = spec("1080p30", encoding={"frames_per_second": 29.97})
    (finding,) = warn_about_conversion(declared, {"main": source(25)})
    assert (finding.code, finding.key) == ("LUN152", "encoding.frames_per_second")
    assert finding.message.endswith("set encoding.frames_per_second: 25")


def test_the_platform_limits_what_is_better() -> None:
    (message,) = messages(spec("1080p30", platform="linkedin"), source(50))
    assert message.endswith("use preset 1080p25")


def test_a_backup_flow_of_another_rate_is_named() -> None:
    declared = spec("1080p25", flow=["main", "backup"])
    (message,) = messages(declared, source(25), source(30))
    assert "flow backup carries 30" in message


def written(folder: Path, preset: str, more: str = "") -> Path:
    (folder / "one.yaml").write_text(f"platform: youtube\npreset: {preset}\n{more}")
    return folder


def loaded(folder: Path, declared: FlowSource) -> tuple[DestinationSpec, tuple[Diagnostic, ...]]:
    result = load(folder, sources={"main": declared})
    (spec,) = result.specs
    return spec, result.warnings


def test_the_loader_warns_at_the_place_of_the_preset(tmp_path: Path) -> None:
    _, (warning,) = loaded(written(tmp_path, "1080p30"), source(25))
    assert (warning.code, warning.key, warning.where.line) == ("LUN152", "preset", 2)


@pytest.mark.parametrize(
    ("rate", "preset"),
    [
        (23.976, "1080p23.976"),
        (24, "1080p24"),
        (25, "1080p25"),
        (29.97, "1080p29.97"),
        (30, "1080p30"),
        (50, "1080p50"),
        (59.94, "1080p59.94"),
        (60, "1080p60"),
    ],
)
def test_auto_is_the_preset_of_1080_lines_at_the_rate_of_the_source(
    tmp_path: Path, rate: float, preset: str
) -> None:
    resolved, warnings = loaded(written(tmp_path, "auto"), source(rate))
    assert resolved.preset == preset
    assert "LUN152" not in [warning.code for warning in warnings]
    h264 = video_description(resolved)["CodecSettings"]["H264Settings"]
    exact = source(rate).frames_per_second
    assert exact is not None
    assert (h264["FramerateNumerator"], h264["FramerateDenominator"]) == exact.as_integer_ratio()


def test_auto_halves_what_the_platform_does_not_take(tmp_path: Path) -> None:
    text = "platform: linkedin\npreset: auto\nurl: rtmp://host/app\nstate: stopped\n"
    (tmp_path / "one.yaml").write_text(text)
    assert loaded(tmp_path, source(59.94))[0].preset == "1080p29.97"


def test_auto_takes_overrides(tmp_path: Path) -> None:
    folder = written(tmp_path, "auto", "encoding: {bitrate_kbps: 8000}\n")
    encoding = loaded(folder, source(50))[0].effective_encoding
    assert encoding.video_kbps == 8000
    assert encoding.frames_per_second == 50


def test_auto_needs_a_declared_rate(tmp_path: Path) -> None:
    with pytest.raises(DestinationValidationError) as refusal:
        loaded(written(tmp_path, "auto"), FlowSource())
    (diagnostic,) = refusal.value.diagnostics
    assert (diagnostic.code, diagnostic.key, diagnostic.where.line) == ("LUN220", "preset", 2)
    assert "flows.main.source.framesPerSecond" in diagnostic.message


def test_without_the_stack_auto_stays_as_it_is(tmp_path: Path) -> None:
    (unresolved,) = load(written(tmp_path, "auto")).specs
    assert unresolved.preset == "auto"
    assert not unresolved.has_known_encoding
    with pytest.raises(ValueError, match="no known preset"):
        _ = unresolved.effective_encoding


def arriving(**reported: Any) -> ArrivingSource:
    whole: dict[str, Any] = {
        "codec": "AVC",
        "frame_rate": "25",
        "scan_mode": "progressive",
        "size": (1920, 1080),
    }
    return ArrivingSource.reported(**(whole | reported))


DECLARED = FlowSource.model_validate({"framesPerSecond": 25, "scan": "progressive"})


@pytest.mark.parametrize(
    ("reported", "difference"),
    [
        ({"frame_rate": "30"}, "30 frames/s instead of 25"),
        ({"frame_rate": "30000/1001"}, "29.97 frames/s instead of 25"),
        ({"scan_mode": "interlace"}, "interlaced scan instead of progressive"),
        ({"codec": "HEVC"}, "HEVC codec instead of AVC"),
        ({"size": (3840, 2160)}, "UHD resolution instead of HD"),
    ],
)
def test_a_source_that_differs_from_its_declaration_is_named(
    reported: dict[str, Any], difference: str
) -> None:
    warning = arriving(**reported).difference("main", DECLARED)
    assert warning is not None
    assert warning.code == "LUN221"
    assert difference in warning.message


@pytest.mark.parametrize(
    "reported",
    [
        {},
        {"frame_rate": "25.00"},
        {"frame_rate": None},
        {"codec": "JPEGXS"},
        {"scan_mode": "progressive-segmented-frame"},
        {"size": (720, 576)},
        {"size": (1080, 1920)},
        {"size": (None, None)},
    ],
)
def test_a_source_as_declared_or_unknown_is_no_matter(reported: dict[str, Any]) -> None:
    assert arriving(**reported).difference("main", DECLARED) is None


def test_what_arrives_completes_what_is_not_declared() -> None:
    completed = arriving(scan_mode="interlace").completed(FlowSource(mbps=8))
    assert (str(completed.frames_per_second), completed.scan) == ("25", "interlaced")
    assert completed.mbps == 8
    assert arriving(frame_rate="30").completed(DECLARED) == DECLARED
    assert arriving(frame_rate="12.5").completed(FlowSource()) == FlowSource()


def test_an_adopted_channel_keeps_nothing_once_its_file_says_auto() -> None:
    adopted = spec("1080p30")
    kept = entry(adopted)
    assert kept.describes(adopted)
    assert not kept.describes(adopted.model_copy(update={"preset": "auto"}))
