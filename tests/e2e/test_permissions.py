"""The whole cycle under exactly the roles that catalog/permissions.yaml gives, none too wide."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from catalog.permissions import Document, Scope, policies
from localaws.medialive.service import ACCOUNT
from localaws.server import LOCAL_FLOW, LOCAL_REGION, EmbeddedAws
from tests.support import roles
from tests.support.functions import called
from tests.support.medialive import settle
from tests.support.windows import DISTANT_DAY
from tests.support.workspace import PROJECT, ROOT, STACK, Run, Workspace, prepared

pytestmark = pytest.mark.e2e

BACKUP_FLOW = "backup-router"
# Used only in the second run, so that the API's function is told of another flow.
SPARE_FLOW = "spare-router"
EXISTING_KEY = "/made-up/existing-key"
ORIGIN = f"{PROJECT}:api.allowedOrigins[0]"
FLOWS = (LOCAL_FLOW, BACKUP_FLOW, SPARE_FLOW)
OPTIONAL = {
    # A plan leaves out the warning that takes these (docs/how-to/review.md).
    "preview": ("cloudwatch:DescribeAlarms", "events:ListRules", "ssm:DescribeParameters"),
    # The operator role verifies AWS without the dry run.
    "operator": ("medialive:UpdateChannel",),
}
SLATE = "slates/back-soon.png"
LOGO = f"picture: {{logo: {{image: s3://{SLATE}}}}}\n"
SCOPE = Scope(ACCOUNT, PROJECT, STACK, (LOCAL_REGION,), FLOWS, (EXISTING_KEY,), (SLATE,))

FUNCTION_ROLES = (f"{PROJECT}-{STACK}-api", f"{PROJECT}-{STACK}-watchdog-{LOCAL_REGION}")
# Nobody listens: a message that is not taken does not stop the watchdog.
UNREACHED = "http://127.0.0.1:9/made-up"

FIRST = {
    "restream-main": f"""
platform: restream
preset: 1080p30
tags: {{event: launch}}
schedule: {{timezone: UTC, windows: [{{days: [{DISTANT_DAY}], start: "09:00", stop: "17:30"}}]}}
""",
    "twitch-main": f"""
platform: twitch
preset: 720p30
state: stopped
stream_key: {{ssm: {EXISTING_KEY}}}
""",
    "youtube-main": f"""
platform: youtube
preset: 1080p30
description: YouTube
on_input_loss: {{then: slate, slate: s3://{SLATE}}}
{LOGO}""",
    "studio": f"""
platform: facebook
preset: 480p30
state: stopped
stream_key: {{ssm: {EXISTING_KEY}}}
record: {{s3: recordings/studio}}
""",
    "relay": "platform: custom\nroute: flow\nurl: rtp://203.0.113.8:5000\nflow: backup\n",
    "venue": """
platform: custom
route: flow
url: srt://203.0.113.9:9000
srt: {passphrase: {}}
tags: {event: launch}
""",
}
THEN = {
    "restream-main": f"""
platform: restream
preset: 720p30
tags: {{audience: public}}
schedule:
  timezone: Asia/Tokyo
  windows: [{{days: [{DISTANT_DAY}], start: "09:00", stop: "17:30"}}]
""",
    "twitch-main": FIRST["twitch-main"] + "flow: backup\n",
    "youtube-main": f"platform: youtube\npreset: 1080p30\nredundancy: standard\n{LOGO}",
    "relay": FIRST["relay"].replace("backup", "spare"),
    "venue": FIRST["venue"].replace("event: launch", "audience: public") + "description: Venue\n",
}


# A flow output, and a channel that the operator stops as well.
API_CALLS = (
    ("GET", "/api/destinations"),
    ("GET", "/api/destinations/status"),
    ("GET", "/api/destinations/youtube-main/metrics"),
    ("GET", "/api/destinations/youtube-main/history"),
    ("GET", "/api/destinations/youtube-main/picture"),
    ("GET", "/api/mediaconnect/flow/status"),
    ("GET", "/api/mediaconnect/flow/main/picture"),
    ("GET", "/api/mediaconnect/flow/backup/picture"),
    ("GET", "/api/report?since=2d&actual=true"),
    ("POST", "/api/destinations/venue/stop"),
    ("POST", "/api/destinations/venue/start"),
    ("POST", "/api/destinations/youtube-main/stop"),
    ("POST", "/api/destinations/youtube-main/start"),
    # Its forge is not reached: it has read the token.
    ("DELETE", "/api/destinations/venue"),
)


@dataclass(frozen=True)
class Cycle:
    """Results: the workspace, the runs of the preview and operator roles, the resources left.

    Attributes:
        verified: the comparison of AWS with what is assumed, by the operator role.
        api: status and body of each call of the API.
        functions: the policy of each function's role, and what was asked of it, by role.
    """

    workspace: Workspace
    preview: Run
    operated: list[Run]
    verified: Run
    api: list[tuple[int, bytes]]
    functions: dict[str, tuple[Document, set[roles.Question]]]
    left: dict[str, list[str]]


@pytest.fixture(scope="module")
def cycle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cycle]:
    """Create, look, stop, start, preview, change everything and destroy, each under its role."""
    with EmbeddedAws(enforce_iam=True) as aws:
        made = prepared(tmp_path_factory.mktemp("roles") / "project", aws)
        before = made.traces()
        _prepare(made)
        boundary = roles.boundary(aws, SCOPE)
        made.pulumi("config", "set", f"{PROJECT}:permissionsBoundaryArn", boundary)
        deploy, preview, operator = (
            roles.session(made.aws, name, policies(name, SCOPE))
            for name in ("deploy", "preview", "operator")
        )
        _write(made, FIRST)
        made.up(env=deploy)
        operated = [
            made.lunora(*words, env=operator)
            for words in (
                ("status", "--pictures"),
                ("show", "youtube-main"),
                ("metrics", "youtube-main"),
                ("flows",),
                ("report",),
                ("doctor",),
                ("stop", "youtube-main", "--yes"),
                ("start", "youtube-main"),
                ("stop", "relay", "--yes"),
                ("stop", "venue", "--yes"),
                ("start", "venue"),
            )
        ]
        verified = made.lunora("doctor", "--verify-aws", "--json", env=operator)
        api = _call_api(made)
        _let_streams_fail(made)
        _write(made, THEN)
        made.pulumi("config", "set", "--path", ORIGIN, "https://b.example.org")
        made.pulumi("config", "set", f"{PROJECT}:monthlyBudgetUsd", "90000")
        # A role that was given more leave by hand loses it again.
        iam = made.client("iam")
        iam.delete_role_permissions_boundary(RoleName=f"{PROJECT}-{STACK}-medialive")
        # Another egress address changes the rules of the security group.
        _flow(made, LOCAL_FLOW)["EgressIp"] = "203.0.113.99"
        # What is missing is asked for by its name.
        medialive, studio = made.client("medialive"), made.channels()["studio"]
        medialive.delete_channel(ChannelId=studio["Id"])
        settle(lambda: medialive.describe_channel(ChannelId=studio["Id"])["State"], "DELETED")
        medialive.delete_input(InputId=studio["InputAttachments"][0]["InputId"])
        looked = made.lunora("plan", "--pictures", "pictures", env=preview)
        made.up("--refresh", env=deploy)
        moved = made.lunora("stop", "relay", "--yes", env=operator)
        assert moved.code == 0, moved.text
        # What the watchdog asks while the stack goes may be about an output that is gone.
        functions = {
            name: (_function_policy(made, name), roles.asked(made.aws, name))
            for name in FUNCTION_ROLES
        }
        gone = made.pulumi("destroy", "--yes", "--skip-preview", env=deploy)
        assert gone.code == 0, gone.text
        left = {kind: names for kind, names in made.traces().items() if names != before[kind]}
        yield Cycle(made, looked, operated, verified, api, functions, left)


def test_each_role_is_enough_and_none_is_too_wide(cycle: Cycle, subtests: pytest.Subtests) -> None:
    """One test, because tests of two processes would run the cycle twice."""
    with subtests.test("the preview role previews"):
        assert cycle.preview.code == 0, cycle.preview.text
        assert "| restream-main | restarts" in cycle.preview.text
        assert "destination-youtube-main-0.jpg" in cycle.preview.text
    with subtests.test("the operator role looks, stops and starts"):
        looks, switched = cycle.operated[:-5], cycle.operated[-5:]
        for run in looks:
            # Whether a destination counts as live yet is a matter of time, and of no interest here.
            assert "youtube-main" in run.out
            assert "AccessDenied" not in run.text
        for run in switched:
            assert run.code == 0, run.text
    with subtests.test("the operator role verifies all but the dry run"):
        assert cycle.verified.code == 0, cycle.verified.text
        refused = re.findall(r"do not allow (\w+)", cycle.verified.out)
        assert refused == ["UpdateChannel"], cycle.verified.out
    with subtests.test("the API answers who has the documented policy"):
        assert [status for status, _ in cycle.api] == [200] * 9 + [202] * 4 + [502], cycle.api
        assert b"LUN476" in cycle.api[-1][1]
    with subtests.test("the deploy role leaves nothing of the stack"):
        assert cycle.left == {
            "parameters": [EXISTING_KEY],
            "roles": ["caller", "deploy", "operator", "preview"],
        }
    # It needs more destinations than this cycle has.
    further_page = f"Dashboards: arn:aws:cloudwatch::{ACCOUNT}:dashboard/{PROJECT}-{STACK}__?"
    for role in ("preview", "deploy", "operator"):
        with subtests.test("it fails without any one of its actions and resources", role=role):
            optional = OPTIONAL.get(role, ())
            questions = {
                question
                for question in roles.asked(cycle.workspace.aws, role)
                if question[0] not in optional
            }
            expected = [further_page] if role == "deploy" else []
            assert roles.not_needed(role, SCOPE, questions) == expected
    for role in FUNCTION_ROLES:
        with subtests.test("it fails without any one of its actions", role=role):
            policy, questions = cycle.functions[role]
            needless = roles.needless({"own": policy}, ["own"], questions)
            # The API is called before the second run adds that flow.
            assert [what for what in needless if not what.endswith(f":{SPARE_FLOW}")] == []


def test_a_missing_action_is_said_in_one_sentence(tmp_path: Path) -> None:
    with EmbeddedAws(enforce_iam=True) as aws:
        made = prepared(tmp_path / "project", aws)
        less = roles.without(policies("preview", SCOPE), "mediaconnect:DescribeFlow")
        run = made.pulumi("preview", env=roles.session(made.aws, "less", less))
    text = " ".join(run.text.split())
    assert run.code != 0
    assert "Traceback" not in text
    who = f"User: arn:aws:sts::{ACCOUNT}:assumed-role/less/test"
    action = "mediaconnect:DescribeFlow on resource:"
    assert f"AccessDeniedException: {who} is not authorized to perform: {action}" in text


def _prepare(made: Workspace) -> None:
    source = {
        "Name": "srt",
        "Protocol": "srt-listener",
        "IngestPort": 5000,
        "WhitelistCidr": "203.0.113.0/24",
    }
    mediaconnect = made.client("mediaconnect")
    for key, name in (("backup", BACKUP_FLOW), ("spare", SPARE_FLOW)):
        made_flow = mediaconnect.create_flow(
            Name=name, Source=source, SourceMonitoringConfig={"ThumbnailState": "ENABLED"}
        )["Flow"]
        mediaconnect.start_flow(FlowArn=made_flow["FlowArn"])
        made.pulumi("config", "set", "--path", f"{PROJECT}:flows.{key}.name", name)
    made.client("ssm").put_parameter(Name=EXISTING_KEY, Value="made-up", Type="SecureString")
    mail = f"{PROJECT}:alertEmails[0]"
    made.pulumi("config", "set", "--path", mail, "somebody@example.org")
    made.pulumi("config", "set", f"{PROJECT}:monthlyBudgetUsd", "80000")
    made.pulumi("config", "set", f"{PROJECT}:budgetMail", "true")
    made.pulumi("config", "set", "--path", f"{PROJECT}:api.enabled", "true")
    made.pulumi("config", "set", "--path", f"{PROJECT}:watchdog.enabled", "true")
    receiver = f"{PROJECT}:webhooks[0]"
    made.pulumi("config", "set", "--path", f"{receiver}.url.secret", "operations")
    made.pulumi("config", "set", "--path", f"{receiver}.format", "json")
    address = ("--secret", "--path", f"{PROJECT}:webhookUrls.operations", UNREACHED)
    made.pulumi("config", "set", *address)
    made.pulumi("config", "set", "--path", ORIGIN, "https://a.example.org")
    repository = f"{PROJECT}:api.repository"
    for key, value in (("name", "octo/streams"), ("url", UNREACHED), ("token.secret", "github")):
        made.pulumi("config", "set", "--path", f"{repository}.{key}", value)
    token = ("--secret", "--path", f"{PROJECT}:repositoryTokens.github", "made-up-token")
    made.pulumi("config", "set", *token)


def _call_api(made: Workspace) -> list[tuple[int, bytes]]:
    """Call the API under the policy that docs/how-to/http-api.md gives a caller."""
    page = (ROOT / "docs/how-to/http-api.md").read_text(encoding="utf-8")
    documented = page.partition("```json\n")[2].partition("```")[0]
    policy = json.loads(documented.replace("-prod-", f"-{STACK}-"))
    caller = roles.session(made.aws, "caller", {"call": policy})
    keys = {
        "AccessKeyId": caller["AWS_ACCESS_KEY_ID"],
        "SecretAccessKey": caller["AWS_SECRET_ACCESS_KEY"],
        "SessionToken": caller["AWS_SESSION_TOKEN"],
    }
    name = f"{PROJECT}-{STACK}-api"
    url = made.client("lambda").get_function_url_config(FunctionName=name)["FunctionUrl"]
    answers = (called(url, path, method=method, keys=keys) for method, path in API_CALLS)
    return [(status, body) for status, _, body in answers]


def _let_streams_fail(made: Workspace) -> None:
    """Make the watchdog report a channel, start it, and end stops whose time is over."""
    made.aws.trigger("dies", "*youtube-main")
    made.aws.advance(1200)
    stopped = made.lunora("stop", "youtube-main", "venue", "--yes", "--for", "5m")
    assert stopped.code == 0, stopped.text
    made.aws.advance(1200)


def _function_policy(made: Workspace, role: str) -> Document:
    iam = made.client("iam")
    (policy,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document: Document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    for statement in document["Statement"]:
        if isinstance(statement["Resource"], str):
            statement["Resource"] = [statement["Resource"]]
        statement.setdefault("Sid", "")
    return document


def _write(made: Workspace, files: dict[str, str]) -> None:
    for name, text in files.items():
        made.write(name, text)


def _flow(made: Workspace, name: str) -> dict[str, object]:
    flows = made.aws.regions["mediaconnect", LOCAL_REGION].flows.values()
    flow: dict[str, object] = next(flow.members for flow in flows if flow.members["Name"] == name)
    return flow
