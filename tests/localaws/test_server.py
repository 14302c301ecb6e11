"""The server: what it answers to strangers, what it remembers, what it writes down."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from botocore.exceptions import ClientError

from localaws.clock import Clock, Latency
from localaws.errors import AwsError
from localaws.request_log import Call
from localaws.rest_json import Wire
from localaws.server import EmbeddedAws
from tests.support.clients import connect
from tests.support.medialive import idle_channel


def test_an_unsigned_request_is_forbidden(embedded: EmbeddedAws) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{embedded.endpoint}/prod/channels")  # noqa: S310 - loopback
    with caught.value:
        assert caught.value.code == 403


def test_it_listens_on_loopback_only(embedded: EmbeddedAws) -> None:
    assert embedded.endpoint.startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:{port}"}, 200),
        ({"Host": "[::1]:{port}"}, 200),
        ({"Origin": "http://127.0.0.1:{port}"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200),
        ({"Host": "attacker.example:{port}"}, 403),
        ({"Host": "127.0.0.1.attacker.example:{port}"}, 403),
        ({"Host": "attacker.example", "Origin": "http://attacker.example"}, 403),
        ({"Origin": "https://attacker.example"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
@pytest.mark.parametrize("path", ["/", "/_localaws/state", "/_localaws/reset"])
def test_a_foreign_web_page_reads_and_changes_nothing(
    embedded: EmbeddedAws, path: str, headers: dict[str, str], status: int
) -> None:
    port = embedded.endpoint.rpartition(":")[2]
    sent = {name: value.format(port=port) for name, value in headers.items()}
    method = "POST" if path.endswith("reset") else "GET"
    request = urllib.request.Request(  # noqa: S310 - loopback
        f"{embedded.endpoint}{path}", headers=sent, method=method
    )
    channel_id = idle_channel(connect(embedded.endpoint, "medialive"))
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - loopback
            answered = answer.status
    except urllib.error.HTTPError as refused:
        with refused:
            answered = refused.code
    assert answered == status
    if status != 200:
        listed = connect(embedded.endpoint, "medialive").list_channels()["Channels"]
        assert channel_id in [channel["Id"] for channel in listed]


def test_a_foreign_web_page_calls_no_service(embedded: EmbeddedAws) -> None:
    medialive = connect(embedded.endpoint, "medialive")
    medialive.meta.events.register(
        "before-send", lambda request, **_: request.headers.update({"Origin": "https://a.example"})
    )
    with pytest.raises(ClientError, match="ForbiddenException"):
        medialive.list_channels()


def test_a_member_the_model_lacks_is_refused_on_the_way_out() -> None:
    with pytest.raises(ValueError, match="has no member Colour"):
        Wire("medialive").serialise("DescribeChannel", {"Colour": "red"})


def test_an_encoded_slash_is_part_of_a_label() -> None:
    wire, arn = Wire("mediaconnect"), "arn:aws:mediaconnect:us-west-2:1:flow:1-a:b/mediastreams/c"
    path = f"/tags/{quote(arn, safe='')}"
    request = wire.parse("GET", path, {}, b"")
    assert (request.operation, request.members) == ("ListTagsForResource", {"ResourceArn": arn})
    with pytest.raises(AwsError, match="no operation"):
        wire.parse("GET", f"/tags/{arn}", {}, b"")


def test_a_secure_parameter_is_kept(client: Callable[[str], Any]) -> None:
    ssm = client("ssm")
    ssm.put_parameter(Name="/a/b", Value="made-up", Type="SecureString")
    parameter = ssm.get_parameter(Name="/a/b", WithDecryption=True)["Parameter"]
    assert (parameter["Type"], parameter["Value"]) == ("SecureString", "made-up")


def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    state = tmp_path / "aws.state"
    with EmbeddedAws(state_file=state) as aws:
        channel_id = idle_channel(connect(aws.endpoint, "medialive"))
        connect(aws.endpoint, "ssm").put_parameter(
            Name="/a/b", Value="made-up", Type="SecureString"
        )
    assert state.stat().st_mode & 0o077 == 0, "the file holds keys: nobody else may read it"
    with EmbeddedAws(state_file=state) as aws:
        channel = connect(aws.endpoint, "medialive").describe_channel(ChannelId=channel_id)
        assert channel["State"] == "IDLE"
        assert connect(aws.endpoint, "ssm").get_parameter(Name="/a/b")["Parameter"]["Version"] == 1
        assert len(connect(aws.endpoint, "mediaconnect").list_flows()["Flows"]) == 1


def test_the_log_has_one_line_a_call_and_no_key(tmp_path: Path) -> None:
    log = tmp_path / "aws.log"
    with EmbeddedAws(log_file=log) as aws:
        idle_channel(connect(aws.endpoint, "medialive"))
    lines = log.read_text().splitlines()
    assert "medialive CreateChannel one 201" in lines
    assert "made-up" not in log.read_text()


def test_its_answers_have_the_date_of_its_own_clock(
    embedded: EmbeddedAws, client: Callable[[str], Any]
) -> None:
    embedded.advance(3600)
    for answer in (client("medialive").list_channels(), client("ssm").describe_parameters()):
        date = answer["ResponseMetadata"]["HTTPHeaders"]["date"]
        assert date == "Mon, 02 Mar 2026 01:00:00 GMT"


def test_every_call_is_heard_with_its_time() -> None:
    calls: list[Call] = []
    clock = Clock(Latency.named("instant"), now=lambda: 1000.0)
    with EmbeddedAws(clock=clock, on_call=calls.append) as aws:
        connect(aws.endpoint, "medialive").list_channels()
        aws.clock.advance(60)
        connect(aws.endpoint, "ssm").describe_parameters()
    assert [(call.operation, call.time) for call in calls] == [
        ("ListChannels", 1000.0),
        ("DescribeParameters", 1060.0),
    ]


def test_it_goes_back_to_what_was_kept(
    embedded: EmbeddedAws, client: Callable[[str], Any], tmp_path: Path
) -> None:
    medialive, ssm = client("medialive"), client("ssm")
    channel_id = idle_channel(medialive)
    ssm.put_parameter(Name="/a", Value="first", Type="String")
    embedded.save(tmp_path / "aws")
    medialive.delete_channel(ChannelId=channel_id)
    ssm.put_parameter(Name="/a", Value="second", Type="String", Overwrite=True)
    ssm.put_parameter(Name="/b", Value="made later", Type="String")
    for _ in range(2):
        embedded.restore(tmp_path / "aws")
        assert medialive.describe_channel(ChannelId=channel_id)["State"] == "IDLE"
        assert ssm.get_parameter(Name="/a")["Parameter"]["Value"] == "first"
        assert len(ssm.describe_parameters()["Parameters"]) == 1
