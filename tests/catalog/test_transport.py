"""SRT and RTP without a channel: what a file may say, what the flow is told, what it costs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic_core import PydanticCustomError

from catalog import cost, flow_output_settings, ingest, passphrase
from catalog.diagnostics import DestinationValidationError
from catalog.flow_source import FlowSource
from catalog.loader import load
from catalog.model import DestinationSpec
from catalog.prices import prices
from catalog.rules import transport
from catalog.rules.cross_file import check_one_sender_per_port, check_one_stream_per_key
from catalog.rules.flow import source_fits

SRT, RTP = "srt://203.0.113.9:9000", "rtp://203.0.113.9:5000"
HLS = "https://ingest.example.org/live/index"
CHANNEL = {"route": "channel", "preset": "720p30"}
KEY: dict[str, Any] = {"stream_key": {"config": "one"}}
PRICED, SOURCE = prices("us-west-2"), FlowSource(mbps=6)


def spec(url: str = SRT, name: str = "one", **more: Any) -> DestinationSpec:
    given = {"name": name, "platform": "custom", "route": "flow", "url": url, **more}
    return DestinationSpec.model_validate(given)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("SRT://Live.Example.ORG:9000/", "srt://live.example.org:9000"),
        ("srt://[2001:db8::1]:9000", "srt://[2001:db8::1]:9000"),
        ("rtp://203.0.113.9:5000", RTP),
    ],
)
def test_an_address_is_written_one_way(written: str, meant: str) -> None:
    assert ingest.normalised(written) == meant


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("srt://host", "LUN112"),
        ("srt://host:0", "LUN112"),
        ("srt://:0", "LUN112"),
        ("rtp://host:5000", "LUN112"),
        ("srt://host:9000/made-up", "LUN113"),
        ("srt://host:9000?streamid=made-up", "LUN113"),
        ("srt://host:70000", "LUN112"),
    ],
)
def test_what_is_no_address_or_may_hold_a_key_is_refused(url: str, code: str) -> None:
    with pytest.raises(PydanticCustomError) as caught:
        ingest.normalised(url)
    assert caught.value.type == code
    assert "made-up" not in str(caught.value)


def test_a_stream_id_is_sent_only_where_the_file_names_one() -> None:
    assert not spec().has_key
    assert spec(**KEY).has_key
    assert not spec(RTP).has_key


def test_a_passphrase_is_named_like_the_destination_or_as_the_file_says() -> None:
    def named(**more: Any) -> str | None:
        return spec(**more).passphrase_name

    assert named() is None
    assert named(srt={"passphrase": {}}) == "one"
    assert named(srt={"passphrase": {"config": "shared"}}) == "shared"
    assert named(srt={"passphrase": {}}, previous_names=["old"]) == "old"


@pytest.mark.parametrize(
    ("text", "possible"),
    [
        ("x" * 9, False),
        ("x" * 10, True),
        ("with spaces", True),
        ("x" * 79, True),
        ("x" * 80, False),
        ("ü" * 40, False),
        ("two\nlines here", False),
    ],
)
def test_a_passphrase_is_what_srt_takes(text: str, *, possible: bool) -> None:
    assert passphrase.is_possible(text) is possible


@pytest.mark.parametrize(
    ("made", "protocol"),
    [
        (spec(), "srt-caller"),
        (spec(RTP), "rtp"),
        (spec(RTP, rtp={"fec": True}), "rtp-fec"),
        (spec("rtmps://live.example.org/app"), "rtmp-push"),
    ],
)
def test_the_flow_is_told_the_protocol(made: DestinationSpec, protocol: str) -> None:
    assert flow_output_settings.protocol(made) == protocol


def test_an_srt_call_has_its_latency_and_its_stream_id() -> None:
    called = flow_output_settings.srt_call(spec(srt={"latency_ms": 500}), stream_key="made-up")
    assert called == {"minLatency": 500, "streamId": "made-up"}
    assert flow_output_settings.srt_call(spec(), stream_key=None) == {"minLatency": 2000}
    assert flow_output_settings.address(spec()) == ("203.0.113.9", 9000)


@pytest.mark.parametrize(
    ("more", "keys"),
    [
        ({"route": "channel", "preset": "720p30"}, ["url"]),
        ({"platform": "twitch"}, ["url"]),
        ({"platform": "twitch", "route": "channel", "preset": "720p30"}, ["url", "url"]),
        ({"platform": "twitch", "url": HLS, **CHANNEL}, ["url"]),
        ({"platform": "youtube", "url": HLS, **CHANNEL}, []),
        ({"url": "rtmp://host/app", "backup_url": RTP, **CHANNEL}, ["backup_url", "backup_url"]),
        ({"url": "rtmp://host/app", "backup_url": "rtmps://host/b", **CHANNEL}, []),
        ({"url": "srt://host:9000", "backup_url": "srt://host:9001", **CHANNEL}, []),
        ({"url": "srt://host:9000", "backup_url": HLS, **CHANNEL}, ["backup_url"]),
        ({"url": HLS}, ["url"]),
        ({"url": HLS, **CHANNEL}, []),
        ({"url": "s3://my-bucket/a", **CHANNEL}, []),
        ({}, []),
    ],
)
def test_a_url_has_a_route_and_a_platform_that_take_its_protocol(
    more: dict[str, Any], keys: list[str]
) -> None:
    findings = transport.check_url_has_a_sender(spec(**{"url": RTP, **more}))
    assert [finding.key for finding in findings] == keys


@pytest.mark.parametrize(
    ("url", "more", "keys"),
    [
        (RTP, {"srt": {"latency_ms": 500}}, ["srt"]),
        (SRT, {"rtp": {"fec": True}}, ["rtp"]),
        ("rtmp://host/app", {"rtp": {}, "srt": {}}, ["rtp", "srt"]),
        (RTP, KEY, ["stream_key"]),
        (SRT, {**KEY, "srt": {"passphrase": {}}}, []),
        (SRT, {"hls": {}, "retry": {}}, ["hls"]),
        (SRT, {"retry": {}, **CHANNEL}, ["retry"]),
        (SRT, {"instance": "one"}, ["instance"]),
        (HLS, {"instance": "one", "hls": {}, "retry": {}, **CHANNEL}, ["instance"]),
        ("s3://my-bucket/a", {**KEY, **CHANNEL}, ["stream_key"]),
    ],
)
def test_a_key_that_would_do_nothing_is_refused(
    url: str, more: dict[str, Any], keys: list[str]
) -> None:
    findings = transport.check_transport_has_its_keys(spec(url, **more))
    assert [finding.key for finding in findings] == keys


def test_only_srt_to_a_name_is_advised_on() -> None:
    assert list(transport.warn_about_hosts(spec())) == []
    assert list(transport.warn_about_hosts(spec("rtmp://host/app"))) == []
    (finding,) = transport.warn_about_hosts(spec("srt://live.example.org:9000"))
    assert (finding.code, finding.key) == ("LUN144", "url")


def test_streams_without_a_key_need_ports_of_their_own() -> None:
    keyed = spec(name="keyed", **KEY)
    two = [keyed, spec(RTP, "one", rtp={"fec": True}), spec("rtp://203.0.113.9:5004", "two")]
    ((late, finding),) = check_one_sender_per_port(two)
    assert (late.name, finding.code, finding.key) == ("two", "LUN131", "url")
    assert "port 5004" in finding.message
    apart = [spec(name="one", **KEY), spec(name="two", stream_key={"config": "two"})]
    assert list(check_one_sender_per_port(apart)) == []
    assert list(check_one_stream_per_key(apart)) == []
    assert len(list(check_one_stream_per_key([apart[0], spec(name="three", **KEY)]))) == 1
    assert list(check_one_stream_per_key([spec(), spec(name="two")])) == []


def test_srt_and_rtp_carry_whatever_the_source_is() -> None:
    assert source_fits(spec(), FlowSource(codec="HEVC", mbps=50)) is None


def test_a_passphrase_and_its_alarm_are_what_srt_costs_more() -> None:
    def lines(made: DestinationSpec) -> dict[str, float]:
        return {line.what: line.usd for line in cost.estimate(made, PRICED, SOURCE).lines}

    plain, encrypted = lines(spec(RTP)), lines(spec(srt={"passphrase": {}}, **KEY))
    assert plain.keys() == {"internet egress"}
    assert encrypted.keys() - plain.keys() == {"passphrase", "alarms", "parameter"}
    assert encrypted["passphrase"] == pytest.approx(0.4)
    stopped = lines(spec(srt={"passphrase": {}}, state="stopped"))
    assert stopped.keys() == {"passphrase"}


@pytest.mark.parametrize(
    ("text", "key", "code"),
    [
        ("srt: {latency_ms: 50}", "srt.latency_ms", "LUN103"),
        ("srt: {passphrase: {config: a.b}}", "srt.passphrase.config", "LUN103"),
        ("srt: {passphrase: made-up-secret}", "srt.passphrase", "LUN102"),
        ("rtp: {smoothing_ms: 5000}", "rtp.smoothing_ms", "LUN103"),
    ],
)
def test_a_wrong_value_has_its_key_and_code(tmp_path: Path, text: str, key: str, code: str) -> None:
    file = f"platform: custom\nroute: flow\nurl: {SRT}\n{text}\n"
    (tmp_path / "one.yaml").write_text(file)
    with pytest.raises(DestinationValidationError) as invalid:
        load(tmp_path)
    diagnostics = invalid.value.diagnostics
    assert (key, code) in {(diagnostic.key, diagnostic.code) for diagnostic in diagnostics}
    assert "made-up" not in str(invalid.value)
