"""Outputs of a channel beside RTMP: settings as golden files say, rules, access and cost."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from catalog import cost, encoder, output_groups
from catalog.channel_access import ChannelAccess, channel_access
from catalog.encoder import DestinationSecrets
from catalog.flow_source import FlowSource
from catalog.import_manifest import SpecSnapshot
from catalog.loader import findings
from catalog.model import DestinationSpec
from catalog.policies import channel_policy
from catalog.prices import prices
from catalog.rules import transport
from catalog.rules.account import own_role_needs_access
from catalog.rules.cross_file import check_one_sender_per_port, check_one_stream_per_key
from provider import channel_rules

GOLDEN = Path(__file__).with_name("golden_outputs")
SECRET_ARN = "arn:aws:secretsmanager:us-west-2:123456789012:secret:made-up-abcdef"  # noqa: S105 - a name
SECRETS = DestinationSecrets("made-up", "/made/up", SECRET_ARN)
SRT = {"url": "srt://203.0.113.9:9000", "srt": {"passphrase": {}}}
LISTENER = {"url": "srt://:5000", "srt": {"passphrase": {}, "callers": ["198.51.100.7/32"]}}
SERVER = {"url": "https://ingest.example.org/live/{key}/index.m3u8"}
BUCKET = {"url": "s3://my-bucket/live/index"}
RECORD = {"record": {"s3": "my-bucket/recordings/", "segment_minutes": 5}}
TWO = {"redundancy": "standard"}

CASES: dict[str, dict[str, Any]] = {
    "srt-caller": {**SRT, "stream_key": {"config": "one"}},
    "srt-listeners": {**LISTENER, **TWO, "backup_url": "srt://:5001"},
    "hls-server": SERVER,
    "hls-user": {
        "url": "https://ingest.example.org/live/index",
        "hls": {"username": "lunora", "method": "webdav", "segment_seconds": 6},
    },
    "hls-bucket": BUCKET,
    "hls-youtube": {"platform": "youtube", "hls": {"segment_seconds": 2}, **TWO},
    "recording": {"url": "rtmps://ingest.example.org/app", **RECORD},
    "recordings": {
        "url": "rtmps://ingest.example.org/app",
        "backup_url": "rtmps://backup.example.org/app",
        **TWO,
        **RECORD,
    },
}


def spec(**more: Any) -> DestinationSpec:
    given = {"name": "one", "platform": "custom", "preset": "720p30", **more}
    return DestinationSpec.model_validate(given)


def request(declared: DestinationSpec) -> dict[str, Any]:
    """Return what a CreateChannel says of the outputs."""
    settings = encoder.encoder_settings(declared)
    return {
        "Destinations": encoder.destinations(declared, SECRETS),
        "OutputGroups": settings["OutputGroups"],
    }


@pytest.mark.parametrize("case", CASES)
def test_outputs_are_as_their_golden_file_says(case: str) -> None:
    golden = GOLDEN / f"{case}.json"
    text = json.dumps(request(spec(**CASES[case])), indent=2, sort_keys=True) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text)
    assert golden.is_file(), "run with UPDATE_GOLDEN=1 and review the new file"
    assert text == golden.read_text(), "run with UPDATE_GOLDEN=1 and review the difference"


def test_every_golden_file_belongs_to_a_case() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == CASES.keys()


@pytest.mark.parametrize("case", CASES)
def test_outputs_are_what_medialive_takes(case: str) -> None:
    declared = spec(**CASES[case])
    listens = declared.url is not None and declared.url.startswith("srt://:")
    members = {
        "Name": "one",
        "ChannelClass": encoder.channel_class(declared),
        "Destinations": encoder.destinations(declared, SECRETS),
        "EncoderSettings": encoder.encoder_settings(declared),
        "InputAttachments": [{"InputId": "1"}],
        **({"ChannelSecurityGroups": ["1"]} if listens else {}),
    }
    model = botocore.session.get_session().get_service_model("medialive")
    shape: Any = model.operation_model("CreateChannel").input_shape
    assert ParamValidator().validate(members, shape).generate_report() == ""
    assert channel_rules.problems(members) == []
    assert list(findings(declared)) == []


@pytest.mark.parametrize(
    ("more", "name"),
    [
        (SRT, "srt"),
        (LISTENER, "srt"),
        (SERVER, "hls"),
        (BUCKET, "hls"),
        ({"platform": "youtube", "hls": {}}, "hls"),
        ({"platform": "youtube", **RECORD}, "rtmp"),
    ],
)
def test_the_group_that_is_watched_is_the_first_and_the_platforms(
    more: dict[str, Any], name: str
) -> None:
    declared = spec(**more)
    groups = encoder.encoder_settings(declared)["OutputGroups"]
    assert output_groups.group_name(declared) == name == groups[0]["Name"]
    assert encoder.destinations(declared, SECRETS)[0]["Id"] == name


def test_nothing_shows_the_secrets_of_destinations() -> None:
    assert "made-up" not in repr(SECRETS)


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ({"url": "srt://203.0.113.9:9000"}, ["LUN146"]),
        ({**LISTENER, "url": "srt://:4999"}, ["LUN147"]),
        ({**LISTENER, "url": "srt://:5201"}, ["LUN147"]),
        ({**LISTENER, "url": "srt://:5200"}, []),
        ({"url": "srt://:5000", "srt": {"passphrase": {}}}, ["LUN147"]),
        ({**LISTENER, "url": SRT["url"]}, ["LUN147"]),
        ({**LISTENER, **TWO, "backup_url": SRT["url"]}, ["LUN147"]),
        ({**SRT, **TWO, "backup_url": "srt://:5000"}, ["LUN147", "LUN147"]),
        ({**SERVER, "hls": {"username": "me"}}, ["LUN148"]),
        ({**SERVER, **TWO, "backup_url": "https://backup.example.org/index"}, ["LUN148"]),
        ({"url": "https://host/index", "stream_key": {"config": "one"}}, ["LUN148"]),
        ({**SERVER, "hls": {"segment_seconds": 3}}, ["LUN148"]),
        ({**SERVER, "hls": {"segment_seconds": 3}, "preset": "audio-only"}, []),
        ({**SERVER, "retry": {"restart_delay_seconds": 20}}, ["LUN148"]),
        ({"platform": "youtube", "hls": {"segment_seconds": 6}}, ["LUN126"]),
    ],
)
def test_what_medialive_or_the_platform_would_refuse_is_refused(
    more: dict[str, Any], codes: list[str]
) -> None:
    assert [finding.code for finding in findings(spec(**more))] == codes


def test_a_flow_waits_for_no_callers_and_records_nothing() -> None:
    waiting = {"name": "one", "platform": "custom", "route": "flow", **LISTENER}
    declared = DestinationSpec.model_validate(waiting)
    assert [finding.code for finding in transport.check_listener(declared)] == ["LUN147"]
    recorded = DestinationSpec.model_validate({**waiting, "url": SRT["url"], "srt": {}, **RECORD})
    assert [finding.key for finding in findings(recorded)] == ["record"]


@pytest.mark.parametrize(
    "place",
    ["my.bucket/a", "s3://my-bucket", "my-bucket//a", "My-Bucket", "my-bucket/a b", "x", ""],
)
def test_a_place_that_s3_or_medialive_would_refuse_is_refused(place: str) -> None:
    with pytest.raises(ValueError, match="must be a bucket and folders"):
        spec(platform="youtube", record={"s3": place})


def test_a_rename_leaves_the_files_where_they_are() -> None:
    declared = spec(platform="youtube", previous_names=["old"], **RECORD)
    (_, files) = encoder.destinations(declared, SECRETS)
    assert files["Settings"] == [{"Url": "s3ssl://my-bucket/recordings/old-0"}]


def test_two_writers_of_one_playlist_are_refused_and_two_listeners_are_not() -> None:
    def pair(**more: Any) -> list[DestinationSpec]:
        return [spec(**{**more, "name": name}) for name in ("one", "two")]

    refused = check_one_sender_per_port(pair(**BUCKET))
    assert [finding.code for _, finding in refused] == ["LUN131"]
    apart = [spec(**BUCKET), spec(**{**BUCKET, "name": "two", "url": "s3://my-bucket/other"})]
    assert list(check_one_sender_per_port(apart)) == []
    assert list(check_one_sender_per_port(pair(**LISTENER))) == []
    with_id = pair(**LISTENER, stream_key={"config": "shared"})
    assert list(check_one_stream_per_key(with_id)) == []
    keyed = pair(**SERVER, stream_key={"config": "shared"})
    assert [finding.code for _, finding in check_one_stream_per_key(keyed)] == ["LUN130"]


def test_the_role_may_do_what_outputs_need_and_only_there() -> None:
    access = channel_access(
        "lunora-player",
        "prod",
        [
            spec(**SRT),
            spec(**{**SRT, "name": "direct", "route": "flow", "preset": None}),
            spec(**CASES["hls-user"], stream_key={"ssm": "/existing"}),
            spec(**{**CASES["hls-user"], "name": "two"}),
            spec(**{**BUCKET, **RECORD}),
        ],
    )
    assert channel_policy(access, account="123456789012")["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["secretsmanager:GetSecretValue"],
            "Resource": [
                "arn:aws:secretsmanager:*:123456789012:secret:lunora-player-prod-one-passphrase-??????"
            ],
        },
        {
            "Effect": "Allow",
            "Action": ["ssm:GetParameter", "ssm:GetParameters"],
            "Resource": [
                "arn:aws:ssm:*:123456789012:parameter/existing",
                "arn:aws:ssm:*:123456789012:parameter/lunora-player/prod/destinations/two/stream-key",
            ],
        },
        {
            "Effect": "Allow",
            "Action": ["s3:PutObject"],
            "Resource": ["arn:aws:s3:::my-bucket/recordings/*"],
        },
        {
            "Effect": "Allow",
            "Action": ["s3:DeleteObject", "s3:PutObject"],
            "Resource": ["arn:aws:s3:::my-bucket/live/index*"],
        },
    ]
    assert not channel_access("lunora-player", "prod", [spec(platform="youtube")])
    assert not ChannelAccess()


def test_the_role_reads_the_password_of_an_rtmp_output() -> None:
    rtmp = {"url": "rtmps://live.example.org/app", "stream_key": {"config": "key"}}
    secured = spec(**rtmp, authentication={"username": "u", "password": {"config": "password"}})
    access = channel_access("lunora-player", "prod", [secured, spec(**rtmp, name="open")])
    assert access.parameters == ("/lunora-player/prod/destinations/one/rtmp-password",)


def test_a_role_of_another_owner_is_warned_of() -> None:
    assert own_role_needs_access({}) is None
    warning = own_role_needs_access({"one": "arn:aws:iam::1:role/theirs"})
    assert warning is not None
    assert warning.code == "LUN226"


def test_a_recording_is_billed_as_another_output_and_s3_as_no_internet() -> None:
    def quantities(**more: Any) -> dict[str, float]:
        estimated = cost.estimate(spec(**more), prices("us-west-2"), FlowSource())
        return {line.what: line.quantity for line in estimated.lines}

    plain, recorded = quantities(platform="youtube"), quantities(platform="youtube", **RECORD)
    assert recorded == {**plain, "recording output": 730}
    assert quantities(platform="youtube", state="stopped", **RECORD).get("recording output") is None
    assert "internet egress" not in quantities(**BUCKET)
    assert quantities(**SRT)["passphrase"] == 1
    assert "parameter" not in quantities(**SRT)


def test_an_adopted_channel_records_only_by_an_edit() -> None:
    before = SpecSnapshot.of(spec(platform="youtube"))
    assert SpecSnapshot.model_validate_json(before.model_dump_json(exclude={"record"})) == before
    assert SpecSnapshot.of(spec(platform="youtube", **RECORD)) != before
