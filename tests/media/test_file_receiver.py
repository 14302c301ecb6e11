"""The stand-in for servers and buckets that take files, without ffmpeg."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from localaws.media import buckets
from localaws.media.file_receiver import FileReceiver
from localaws.server import EmbeddedAws
from tests.support.clients import connect

KEY = "https://ingest.example.org/live/made-up/index"
URL = "https://ingest.example.org"


async def requested(address: str, method: str, body: bytes = b"", *, chunked: bool = False) -> str:
    """Return the whole answer to a request."""
    host, _, path = address.removeprefix("http://").partition("/")
    name, _, port = host.partition(":")
    reader, writer = await asyncio.open_connection(name, int(port))
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}"
    sent = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if chunked else body
    head = f"{method} /{path} HTTP/1.1\r\n{length}\r\nConnection: close\r\n\r\n"
    writer.write(head.encode() + sent)
    answer = await reader.read()
    writer.close()
    return answer.decode()


def served(
    admit: Callable[[str, str], str | None], use: Callable[[FileReceiver], Any]
) -> FileReceiver:
    receiver = FileReceiver(admit)

    async def run() -> None:
        async with receiver.running():
            await use(receiver)

    asyncio.run(run())
    return receiver


@pytest.mark.parametrize("chunked", [True, False])
def test_files_of_a_known_key_can_be_read_by_the_name_of_their_stream(*, chunked: bool) -> None:
    async def use(receiver: FileReceiver) -> None:
        with receiver.sink(URL, KEY) as (address, sink):
            assert (await requested(f"{address}/index.m3u8", "PUT", b"#EXTM3U", chunked=chunked))[
                :15
            ] == "HTTP/1.1 200 OK"
            assert sink.received == 7
            (stream,) = receiver.streams
            assert (stream["name"], stream["url"]) == ("one", URL)
            assert "made-up" not in str(stream)
            assert (await requested(stream["watch"], "GET")).endswith("#EXTM3U")
            await requested(f"{address}/index.m3u8", "DELETE")
            assert receiver.streams == []
        assert (await requested(f"{address}/index.m3u8", "PUT", b"late")).startswith("HTTP/1.1 404")

    served(lambda url, key: "one" if (url, key) == (URL, KEY) else None, use)


def test_files_of_an_unknown_key_are_refused() -> None:
    async def use(receiver: FileReceiver) -> None:
        with receiver.sink(URL, KEY) as (address, sink):
            assert (await requested(f"{address}/a", "PUT", b"a")).startswith("HTTP/1.1 403")
            assert sink.problem == "ingest.example.org does not take the stream: it answers 403"
            assert "made-up" not in repr(sink)
            assert receiver.streams == []

    served(lambda *_: None, use)


def test_files_for_a_bucket_are_objects_of_s3(embedded: EmbeddedAws) -> None:
    s3: Any = connect(embedded.endpoint, "s3", region="us-west-2")
    constraint = {"LocationConstraint": "us-west-2"}
    s3.create_bucket(Bucket="files", CreateBucketConfiguration=constraint)

    async def use(receiver: FileReceiver) -> None:
        with receiver.sink("s3ssl://files", "s3ssl://files/live/index") as (address, _):
            await requested(f"{address}/index.m3u8", "PUT", b"#EXTM3U")
            await requested(f"{address}/index_1.ts", "PUT", b"segment")
            await requested(f"{address}/index_1.ts", "DELETE")
        with receiver.sink("s3ssl://missing", "s3ssl://missing/index") as (address, sink):
            assert (await requested(f"{address}/a", "PUT", b"a")).startswith("HTTP/1.1 404")
            assert sink.problem == "S3 does not take its files: there is no bucket missing"

    served(lambda *_: None, use)
    listed = s3.list_objects_v2(Bucket="files")["Contents"]
    assert [entry["Key"] for entry in listed] == ["live/index.m3u8"]


def test_a_secret_and_a_parameter_are_read_by_their_arns(embedded: EmbeddedAws) -> None:
    secretsmanager: Any = connect(embedded.endpoint, "secretsmanager", region="us-west-2")
    arn = secretsmanager.create_secret(Name="one", SecretString="made-up")["ARN"]
    assert buckets.secret(arn) == "made-up"
    assert buckets.secret(arn.replace("one", "other")) is None
    assert buckets.secret("") is None
    ssm: Any = connect(embedded.endpoint, "ssm", region="us-west-2")
    ssm.put_parameter(Name="/a/password", Type="SecureString", Value="made-up")
    parameter = "arn:aws:ssm:us-west-2:123456789012:parameter/a/password"
    assert buckets.secret(parameter) == "made-up"
    assert buckets.secret(parameter + "-2") is None
