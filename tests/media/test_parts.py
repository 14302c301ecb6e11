"""The small parts of the media plane, without any program."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.clock import Clock, Latency
from localaws.media import rtp, transport_stream
from localaws.media.encoding import pushes
from localaws.media.ingest import Ingest
from localaws.media.measured import measured
from localaws.media.metrics import Gauges
from localaws.media.network import is_allowed
from localaws.media.pipeline import reason
from localaws.media.program_tables import ProgramTables
from localaws.media.progress import Progress, ProgressReader
from localaws.media.rate_counter import RateCounter
from localaws.media.receiver import Receiver
from localaws.media.source_selection import SourceSelection
from localaws.media.srt_statistics import SrtStatistics
from localaws.medialive import alerts
from localaws.medialive.service import Region
from localaws.metrics import Series
from localaws.quotas import Quotas
from localaws.resource import StateChange
from tests.support.media_channels import KEY, channel
from tests.support.transport_packets import association, packet, program_map, section

URL = "rtmps://ingest.example.org:443/app"


def test_a_packet_carries_its_payload_and_its_number() -> None:
    packetiser = rtp.Packetiser(7)
    packets = [rtp.parsed(packetiser.packet(b"stream", 1.0)) for _ in range(2)]
    assert packets == [rtp.Packet(0, b"stream"), rtp.Packet(1, b"stream")]


def test_packets_are_numbered_around() -> None:
    packetiser = rtp.Packetiser(7)
    for _ in range(0x10000):
        last = packetiser.packet(b"stream", 0.0)
    after = rtp.parsed(packetiser.packet(b"stream", 0.0))
    assert rtp.parsed(last) == rtp.Packet(0xFFFF, b"stream")
    assert after == rtp.Packet(0, b"stream")


@pytest.mark.parametrize(
    "datagram",
    [b"", b"\x80\x21" + bytes(10), b"\x00\x21" + bytes(20), b"\x80\x60" + bytes(20)],
    ids=["empty", "no payload", "other version", "other payload type"],
)
def test_what_is_no_transport_stream_in_rtp_is_no_packet(datagram: bytes) -> None:
    assert rtp.parsed(datagram) is None


@pytest.mark.parametrize(
    ("last", "sequence", "missing"), [(1, 2, 0), (1, 5, 3), (0xFFFE, 1, 2), (5, 4, 0)]
)
def test_missing_packets_are_counted_and_late_ones_are_not(
    last: int, sequence: int, missing: int
) -> None:
    assert rtp.lost_between(last, sequence) == missing


def test_a_stream_is_cut_into_whole_chunks() -> None:
    held = bytearray(rtp.CHUNK_BYTES * 2 + 5)
    assert [len(chunk) for chunk in rtp.chunks(held)] == [rtp.CHUNK_BYTES] * 2
    assert len(held) == 5


VIDEO, AUDIO = b"\x00\x00\x01\xe0", b"\x00\x00\x01\xc0"


@pytest.mark.parametrize(
    ("stream", "pictures"),
    [
        (packet(VIDEO), 1),
        (packet(VIDEO, adaptation=7), 1),
        (packet(VIDEO) + packet(AUDIO) + packet(VIDEO), 2),
        (packet(VIDEO, starts=False), 0),
        (packet(AUDIO), 0),
        (packet(b"\x00\x00\x00\xe0"), 0),
        (packet(VIDEO, sync=0), 0),
        (packet(VIDEO, adaptation=183)[:188], 0),
        (packet(VIDEO)[:100], 0),
    ],
)
def test_pictures_are_counted_where_a_video_unit_begins(stream: bytes, pictures: int) -> None:
    assert transport_stream.pictures(stream) == pictures


@pytest.mark.parametrize(
    ("primary", "sending", "passed"),
    [
        (None, [("a", 0), ("b", 0.1), ("a", 0.4), ("b", 0.5)], "aa"),
        (None, [("a", 0), ("b", 0.4), ("b", 0.6), ("a", 0.7), ("b", 0.8)], "abb"),
        ("b", [("a", 0), ("b", 0.1), ("a", 0.2), ("b", 0.3)], "abb"),
        ("a", [("a", 0), ("b", 0.6), ("b", 0.7), ("a", 0.8), ("b", 0.9)], "abba"),
    ],
)
def test_a_flow_passes_on_the_source_that_sends(
    primary: str | None, sending: list[tuple[str, float]], passed: str
) -> None:
    selection = SourceSelection()
    passing = [source for source, time in sending if selection.passes(source, primary, time)]
    assert "".join(passing) == passed


def test_programs_are_those_of_the_tables() -> None:
    tables = ProgramTables()
    late = program_map(4096, 1, (0x1B, 256))
    tables.read(late)
    assert tables.programs == [], "no association table names it yet"
    tables.read(association((0, 16), (1, 4096), (2, 4097)))
    tables.read(
        program_map(4096, 1, (0x1B, 256), (0x0F, 257), (0x06, 258), descriptor=b"\x05\x00")
        + packet(VIDEO)
        + program_map(4097, 2, (0x24, 300))
    )
    first, second = tables.programs
    assert first == {
        "ProgramNumber": 1,
        "ProgramPid": 4096,
        "PcrPid": 256,
        "Streams": [
            {"Pid": 256, "StreamType": "Video", "Codec": "AVC"},
            {"Pid": 257, "StreamType": "Audio", "Codec": "AAC"},
            {"Pid": 258, "StreamType": "Data", "Codec": None},
        ],
    }
    assert (second["ProgramNumber"], second["Streams"][0]["Codec"]) == (2, "HEVC")
    tables.read(association((2, 4097)))
    assert tables.programs == [second]


@pytest.mark.parametrize(
    "damaged",
    [
        packet(b"", sync=0),
        packet(b"\xff\xff\xff"),
        section(0, 0x00, 1, bytes(180)),
        association()[:100],
        packet(b"\x00\x00\xb0\x01\x00"),
    ],
)
def test_a_damaged_table_tells_nothing(damaged: bytes) -> None:
    tables = ProgramTables()
    tables.read(damaged)
    assert tables.programs == []


def test_a_meter_counts_in_whole_seconds_up_to_a_moment() -> None:
    meter = RateCounter()
    for at, amount in ((10.2, 1), (10.9, 2), (12.0, 4), (15.5, 8), (16.0, 0)):
        meter.add(at, amount)
    assert meter.counted(12, 2) == 7
    assert meter.counted(12, 1) == 4
    assert meter.counted(20, 10) == 15
    assert meter.busy(16, 6) == 3
    assert meter.last == 16


def test_a_new_meter_has_counted_nothing() -> None:
    meter = RateCounter()
    assert (meter.last, meter.counted(9, 9), meter.busy(9, 9)) == (None, 0, 0)


def test_progress_comes_in_blocks() -> None:
    reader = ProgressReader()
    lines = ("frame=30", "total_size=N/A", "drop_frames=2", "progress=continue", "frame=60")
    reports = [reader.line(line) for line in lines]
    assert reports == [None, None, None, Progress(30, 2, 0), None]
    assert reader.line("progress=end") == Progress(60, 0, 0)


def test_srt_statistics_are_told_from_other_lines() -> None:
    line = (
        b'{"link":{"rtt":1.5},"recv":{"packets":100,"packetsRetransmitted":2,"packetsDropped":1}}'
    )
    assert SrtStatistics.parse(line) == SrtStatistics.model_validate(
        {
            "link": {"rtt": 1.5},
            "recv": {"packets": 100, "packetsRetransmitted": 2, "packetsDropped": 1},
        }
    )
    assert SrtStatistics.parse(b"connected\n") is None


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ((), False),
        (("203.0.113.10/32",), True),
        (("198.51.100.0/24",), False),
        (("198.51.100.0/24", "0.0.0.0/0"), True),
    ],
)
def test_an_address_is_allowed_by_any_rule_that_holds_it(
    rules: tuple[str, ...],
    allowed: object,
) -> None:
    assert is_allowed("203.0.113.10", rules) is allowed


def test_every_platform_leads_to_the_stand_in_over_tls_where_it_asks_for_it(tmp_path: Any) -> None:
    ingest = Ingest(1, 2, tmp_path / "certificate.pem")
    assert ingest.url_for("rtmp://live.example.org/app") == "rtmp://127.0.0.1:1/ingest"
    assert ingest.url_for(URL) == "rtmps://127.0.0.1:2/ingest"
    assert ingest.options("rtmp://live.example.org/app") == ()
    assert ingest.options(URL)[:4] == ("-tls_verify", "1", "-verifyhost", "ingest.invalid")


def about(call: str, name: str, url: str = URL) -> dict[str, str]:
    return {"call": call, "tcurl": url, "name": name}


def test_the_receiver_shows_a_stream_by_a_name_that_is_not_its_key(tmp_path: Any) -> None:
    known = {(URL, KEY): "stage"}
    receiver = Receiver(Ingest(1, 2, tmp_path), lambda *asked: known.get(asked), "http://x")
    assert receiver.asked(about("publish", "another")) is None
    assert receiver.asked(about("publish", KEY)) == "stage"
    assert [stream.name for stream in receiver.streams] == ["stage"]
    assert KEY not in repr(receiver.streams)
    assert receiver.asked(about("update_publish", KEY)) == "stage"
    assert receiver.asked(about("update_play", "stage")) == "stage", "those who watch may"
    known.clear()
    assert receiver.asked(about("update_publish", KEY)) is None
    assert receiver.streams == []


def test_the_receiver_forgets_a_stream_that_ends(tmp_path: Any) -> None:
    receiver = Receiver(Ingest(1, 2, tmp_path), lambda *_: "stage", "http://x")
    receiver.asked(about("publish", KEY))
    receiver.asked(about("publish_done", KEY))
    assert receiver.streams == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (["rtmp://127.0.0.1:1/ingest: Connection refused"], "Connection refused"),
        (["rtmp://127.0.0.1:1/ingest: Input/output error"], "it closed the connection"),
        ([f"no such stream {KEY}"], "no such stream ***"),
        ([], "the encoder ended"),
    ],
)
def test_a_reason_names_the_platform_and_never_the_key(said: list[str], expected: str) -> None:
    (push,) = pushes(channel("720p30"), 0)
    message = reason(push, said)
    assert message.startswith(f"ingest.example.org does not take the stream: {expected}")
    assert KEY not in message


def test_an_alert_is_set_once_and_cleared() -> None:
    region = Region("us-west-2", Clock(Latency.named("instant")), Quotas(), lambda _: None)
    alerts.set_alert(region, "1", "0", "first")
    alerts.set_alert(region, "1", "0", "second")
    alerts.set_alert(region, "1", "1", "other pipeline")
    alerts.clear_alerts(region, "1", "0")
    alerts.clear_alerts(region, "2", "0")
    shown = [(alert["Message"], alert["State"]) for alert in region.alerts["1"]]
    assert shown == [("second", "CLEARED"), ("other pipeline", "SET")]
    alerts.set_alert(region, "1", "0", "third")
    assert region.alerts["1"][-1]["State"] == "SET"


def series(name: str, **dimensions: str) -> Series:
    history = [StateChange(0.0, "RUNNING")]
    return Series("AWS/MediaLive", name, dimensions, history, "RUNNING", lambda *_: -1.0)


def test_metrics_are_what_was_measured_and_nothing_invented_is_left() -> None:
    gauges = Gauges()
    pipeline, flow = gauges.pipelines["7", "0"], gauges.flows["arn"]
    for second in range(1, 6):
        pipeline.pictures.add(second, 30)
        pipeline.received_bytes.add(second, 125_000)
        pipeline.outputs["rtmp"].frames.add(second, 25)
        pipeline.outputs["rtmp"].sent_bytes.add(second, 250_000)
        pipeline.outputs["rtmp"].dropped.add(second, 1)
        flow.received_bytes.add(second, 125_000)
        flow.packets.add(second, 90)
        flow.dropped.add(second, 10)
        flow.recovered.add(second, 3)
    flow.round_trip_ms = 1.5
    of_pipeline = {"ChannelId": "7", "Pipeline": "0"}
    names = ("FillMsec", "InputLossSeconds", "InputVideoFrameRate", "NetworkIn", "NetworkOut")
    invented = [
        *(series(name, **of_pipeline) for name in (*names, "DroppedFrames", "ActiveAlerts")),
        series("ActiveOutputs", **of_pipeline, OutputGroupName="rtmp"),
        series("ActiveOutputs", **of_pipeline, OutputGroupName="other"),
        series("PrimaryInputActive", **of_pipeline),
        *(
            series(f"Source{name}", FlowARN="arn")
            for name in (
                "BitRate",
                "Connected",
                "TotalPackets",
                "RecoveredPackets",
                "DroppedPackets",
                "NotRecoveredPackets",
                "PacketLossPercent",
                "RoundTripTime",
                "ContinuityCounter",
            )
        ),
    ]
    values = [(series.name, series.value(10, 10)) for series in measured(invented, gauges)]
    assert values == [
        ("FillMsec", 5000),
        ("InputLossSeconds", 5),
        ("InputVideoFrameRate", 15),
        ("NetworkIn", 0.5),
        ("NetworkOut", 1),
        ("DroppedFrames", 5),
        ("ActiveAlerts", -1),
        ("ActiveOutputs", 1),
        ("ActiveOutputs", 0),
        ("SourceBitRate", 500_000),
        ("SourceConnected", 1),
        ("SourceTotalPackets", 450),
        ("SourceRecoveredPackets", 15),
        ("SourceDroppedPackets", 50),
        ("SourceNotRecoveredPackets", 50),
        ("SourcePacketLossPercent", 10),
        ("SourceRoundTripTime", 1.5),
    ]


def test_a_flow_that_lost_nothing_has_no_loss() -> None:
    (loss,) = measured([series("SourcePacketLossPercent", FlowARN="arn")], Gauges())
    assert loss.value(10, 10) == 0
