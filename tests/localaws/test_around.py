"""Services around MediaLive and MediaConnect: schedules, events, tags, quotas."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from catalog.errors import LunoraError
from localaws.faults import FaultPlan
from localaws.quotas import Quotas
from localaws.server import EmbeddedAws
from tests.support.clients import connect
from tests.support.medialive import idle_channel, push_input, settle
from tests.support.queues import received

TOPIC = "arn:aws:sns:us-west-2:123456789012:alerts"


def role(client: Callable[[str], Any], service: str) -> str:
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": f"{service}.amazonaws.com"},
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    made = client("iam").create_role(RoleName=service, AssumeRolePolicyDocument=trust)
    return str(made["Role"]["Arn"])


def schedule(
    scheduler: Any,
    name: str,
    when: str,
    channel: str,
    role_arn: str,
    **more: Any,
) -> None:
    scheduler.create_schedule(
        Name=f"{name}-{channel}",
        ScheduleExpression=when,
        ScheduleExpressionTimezone="UTC",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": f"arn:aws:scheduler:::aws-sdk:medialive:{name}Channel",
            "RoleArn": role_arn,
            "Input": json.dumps({"ChannelId": channel}),
            "RetryPolicy": more.pop("RetryPolicy", {}),
        },
        **more,
    )


def test_schedules_start_and_stop_a_channel_at_their_times(
    embedded: EmbeddedAws, client: Callable[[str], Any], medialive: Any
) -> None:
    channel = idle_channel(medialive)
    trusted = role(client, "scheduler")
    schedule(client("scheduler"), "start", "cron(0 9 * * ? *)", channel, trusted)
    schedule(client("scheduler"), "stop", "cron(0 17 * * ? *)", channel, trusted)
    embedded.advance(1)
    embedded.calls.clear()
    embedded.advance(24 * 3600)
    ran = [str(call) for call in embedded.calls if call.service == "scheduler"]
    assert sorted(ran) == [
        f"scheduler start-{channel}:StartChannel {channel} 200",
        f"scheduler stop-{channel}:StopChannel {channel} 200",
    ]
    history = embedded.medialive().region.channels[channel].history
    started = next(change.time for change in history if change.state == "STARTING")
    stopped = next(
        change.time for change in history if change.state == "STOPPING" and change.time > started
    )
    hours = [round(time % 86400 / 3600, 2) for time in (started, stopped)]
    assert set(hours) <= {9.0, 17.0}


def test_a_schedule_needs_a_role_that_trusts_the_scheduler(
    client: Callable[[str], Any], medialive: Any
) -> None:
    scheduler, wrong = client("scheduler"), role(client, "medialive")
    for arn in (wrong, "arn:aws:iam::123456789012:role/none"):
        with pytest.raises(ClientError, match="allow AWS EventBridge Scheduler to assume"):
            schedule(scheduler, "start", "cron(0 9 * * ? *)", "1", arn)
    with pytest.raises(ClientError, match="Invalid Schedule Expression"):
        schedule(scheduler, "start", "cron(0 9 * * MON *)", "1", role(client, "scheduler"))


def test_a_schedule_whose_call_is_refused_is_on_record(
    embedded: EmbeddedAws, client: Callable[[str], Any]
) -> None:
    schedule(client("scheduler"), "start", "rate(1 hour)", "999", role(client, "scheduler"))
    embedded.advance(1)
    embedded.calls.clear()
    embedded.advance(3600)
    assert [str(call) for call in embedded.calls] == ["scheduler start-999:StartChannel 999 404"]


@pytest.mark.parametrize("fault", ["throttled", "dropped-before"])
def test_a_schedule_tries_again_what_may_be_accepted_later(
    embedded: EmbeddedAws, client: Callable[[str], Any], medialive: Any, fault: str
) -> None:
    channel = idle_channel(medialive)
    schedule(client("scheduler"), "start", "cron(0 9 * * ? *)", channel, role(client, "scheduler"))
    embedded.advance(1)
    embedded.calls.clear()
    twice = {"operation": "medialive:StartChannel", "fault": fault, "times": 2}
    embedded.load_faults(FaultPlan.model_validate({"calls": [twice]}))
    embedded.advance(10 * 3600)
    ran = [call for call in embedded.calls if call.service == "scheduler"]
    assert [call.time % 86400 - 9 * 3600 for call in ran] == [0, 10, 30]
    assert ran[-1].status == 200
    assert medialive.describe_channel(ChannelId=channel)["State"] == "RUNNING"


@pytest.mark.parametrize(
    ("policy", "attempts"),
    [({"MaximumRetryAttempts": 1}, 2), ({"MaximumEventAgeInSeconds": 60}, 3)],
)
def test_a_schedule_gives_up_as_its_retry_policy_says(
    embedded: EmbeddedAws,
    client: Callable[[str], Any],
    medialive: Any,
    policy: dict[str, int],
    attempts: int,
) -> None:
    channel, trusted = idle_channel(medialive), role(client, "scheduler")
    # An idle channel refuses to be stopped with a 409.
    schedule(
        client("scheduler"), "stop", "cron(0 9 ? * MON *)", channel, trusted, RetryPolicy=policy
    )
    embedded.advance(1)
    embedded.calls.clear()
    embedded.advance(24 * 3600)
    assert [call.status for call in embedded.calls] == [409] * attempts


def test_what_a_schedule_is_refused_is_measured_and_alarms(
    embedded: EmbeddedAws, client: Callable[[str], Any]
) -> None:
    scheduler, cloudwatch = client("scheduler"), client("cloudwatch")
    scheduler.create_schedule_group(Name="ours")
    for name, statistic in (("TargetErrorCount", "Sum"), ("InvocationDroppedCount", "Sum")):
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/Scheduler",
            MetricName=name,
            Dimensions=[{"Name": "ScheduleGroup", "Value": "ours"}],
            Statistic=statistic,
            Period=60,
            EvaluationPeriods=1,
            Threshold=0,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="notBreaching",
        )
    trusted = role(client, "scheduler")
    schedule(scheduler, "start", "rate(1 hour)", "999", trusted, GroupName="ours")
    embedded.advance(1)

    def states() -> set[str]:
        return {alarm["StateValue"] for alarm in cloudwatch.describe_alarms()["MetricAlarms"]}

    embedded.advance(3500)
    assert states() == {"OK"}
    embedded.advance(160)
    assert states() == {"ALARM"}


@pytest.mark.parametrize(("after", "left"), [("DELETE", []), ("NONE", ["start-{channel}"])])
def test_a_schedule_that_fired_for_the_last_time_goes_if_it_says_so(
    embedded: EmbeddedAws, client: Callable[[str], Any], medialive: Any, after: str, left: list[str]
) -> None:
    channel, scheduler = idle_channel(medialive), client("scheduler")
    once = dt.datetime.fromtimestamp(embedded.clock.now() + 3600, dt.UTC)
    when, trusted = f"at({once:%Y-%m-%dT%H:%M:%S})", role(client, "scheduler")
    schedule(scheduler, "start", when, channel, trusted, ActionAfterCompletion=after)
    embedded.advance(1)
    embedded.calls.clear()
    embedded.advance(2 * 3600)
    ran = [str(call) for call in embedded.calls if call.service == "scheduler"]
    assert ran == [f"scheduler start-{channel}:StartChannel {channel} 200"]
    listed = [schedule["Name"] for schedule in scheduler.list_schedules()["Schedules"]]
    assert listed == [name.format(channel=channel) for name in left]


def notifications(client: Callable[[str], Any], pattern: dict[str, Any], **target: Any) -> Any:
    """Route events of *pattern* through a topic to a queue; returns what reads it empty."""
    sns, sqs, events = client("sns"), client("sqs"), client("events")
    sns.create_topic(Name="alerts")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": TOPIC,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sns.set_topic_attributes(TopicArn=TOPIC, AttributeName="Policy", AttributeValue=policy)
    queue = sqs.create_queue(QueueName="notifications")["QueueUrl"]
    sns.subscribe(
        TopicArn=TOPIC,
        Protocol="sqs",
        Endpoint="arn:aws:sqs:us-west-2:123456789012:notifications",
        Attributes={"RawMessageDelivery": "true"},
    )
    events.put_rule(Name="all", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="all", Targets=[{"Id": "topic", "Arn": TOPIC, **target}])

    def read() -> list[str]:
        return list(received(sqs, queue))

    return read


def test_a_channel_tells_its_states_and_alerts(
    embedded: EmbeddedAws, client: Callable[[str], Any], medialive: Any
) -> None:
    read = notifications(client, {"source": ["aws.medialive"]})
    channel = idle_channel(medialive)
    medialive.start_channel(ChannelId=channel)
    settle(lambda: medialive.describe_channel(ChannelId=channel)["State"], "RUNNING")
    embedded.trigger("alert", "one")
    events = [json.loads(text) for text in read()]
    assert [event["detail"].get("state", event["detail-type"]) for event in events] == [
        "CREATED",
        "STARTING",
        "RUNNING",
        "MediaLive Channel Alert",
    ]
    arn = f"arn:aws:medialive:us-west-2:123456789012:channel:{channel}"
    assert events[2]["resources"] == [arn]
    assert events[2]["detail"] == {
        "channel_arn": arn,
        "state": "RUNNING",
        "message": "Running channel",
        "pipelines_running_count": 1,
    }
    assert events[3]["detail"]["alarm_state"] == "SET"
    assert "rtmp://ingest.example.org" in events[3]["detail"]["message"], "as AWS writes it"


def test_a_channel_tells_its_switches_of_inputs(
    embedded: EmbeddedAws, client: Callable[[str], Any], medialive: Any
) -> None:
    read = notifications(client, {"detail-type": ["MediaLive Channel Input Change"]})
    channel = idle_channel(medialive)
    medialive.start_channel(ChannelId=channel)
    settle(lambda: medialive.describe_channel(ChannelId=channel)["State"], "RUNNING")
    time = embedded.clock.date() + dt.timedelta(minutes=1)
    start = {"Time": time.strftime("%Y-%m-%dT%H:%M:%S.000Z")}
    action = {
        "ActionName": "again",
        "ScheduleActionStartSettings": {"FixedModeScheduleActionStartSettings": start},
        "ScheduleActionSettings": {"InputSwitchSettings": {"InputAttachmentNameReference": "in"}},
    }
    medialive.batch_update_schedule(ChannelId=channel, Creates={"ScheduleActions": [action]})
    embedded.advance(100)
    (event,) = [json.loads(text) for text in read()]
    arn = f"arn:aws:medialive:us-west-2:123456789012:channel:{channel}"
    assert event["resources"] == [arn]
    assert event["time"] == time.strftime("%Y-%m-%dT%H:%M:%SZ"), "when it happened"
    assert event["detail"] == {
        "pipeline": "0",
        "channel_arn": arn,
        "message": "Input switch event on pipeline",
        "active_input_attachment_name": "in",
        "active_input_switch_action_name": "again",
    }


def test_a_flow_tells_its_status_and_the_loss_of_its_source(
    embedded: EmbeddedAws, client: Callable[[str], Any]
) -> None:
    transformer = {
        "InputPathsMap": {"now": "$.detail.currentStatus", "what": "$.detail-type"},
        "InputTemplate": '"<what>: <now>"',
    }
    pattern = {"source": ["aws.mediaconnect"], "detail-type": ["MediaConnect Flow Status Change"]}
    read = notifications(client, pattern, InputTransformer=transformer)
    embedded.trigger("source-lost", "*")
    embedded.trigger("standby", "*")
    assert read() == ['"MediaConnect Flow Status Change: STANDBY"']


def test_an_output_tells_its_status_and_its_connection(
    embedded: EmbeddedAws, client: Callable[[str], Any], mediaconnect: Any, flow_arn: str
) -> None:
    kinds = ["MediaConnect Output Health", "MediaConnect Output Status Change"]
    read = notifications(client, {"source": ["aws.mediaconnect"], "detail-type": kinds})
    srt = {"Name": "one", "Protocol": "srt-caller", "Destination": "198.51.100.1", "Port": 5000}
    srt |= {"MinLatency": 100}
    added = mediaconnect.add_flow_outputs(FlowArn=flow_arn, Outputs=[srt])["Outputs"][0]
    assert read() == [], "a new output has not changed"
    embedded.trigger("outputs-refused", "*")
    embedded.trigger("outputs-taken", "*")
    status = {"FlowArn": flow_arn, "OutputArn": added["OutputArn"]}
    mediaconnect.update_flow_output(**status, OutputStatus="DISABLED")
    events = [json.loads(text) for text in read()]
    assert [event["detail"] for event in events] == [
        {"current": {"state": "DISCONNECTED"}, "previous": {"state": "CONNECTED"}},
        {"current": {"state": "CONNECTED"}, "previous": {"state": "DISCONNECTED"}},
        {"currentStatus": "DISABLED", "previousStatus": "ENABLED"},
    ]
    assert [event["detail-type"] for event in events] == [kinds[0], kinds[0], kinds[1]]
    assert events[0]["resources"] == [flow_arn, added["OutputArn"]]


def test_a_topic_that_does_not_let_events_publish_gets_none(
    embedded: EmbeddedAws, client: Callable[[str], Any]
) -> None:
    read = notifications(client, {"source": ["aws.mediaconnect"]})
    client("sns").set_topic_attributes(
        TopicArn=TOPIC,
        AttributeName="Policy",
        AttributeValue=json.dumps({"Version": "2012-10-17", "Statement": []}),
    )
    embedded.trigger("standby", "*")
    assert read() == []
    assert f"events all {TOPIC} 403" in [str(call) for call in embedded.calls]


def test_a_disabled_rule_hears_nothing(embedded: EmbeddedAws, client: Callable[[str], Any]) -> None:
    read = notifications(client, {"source": ["aws.mediaconnect"]})
    client("events").disable_rule(Name="all")
    embedded.trigger("standby", "*")
    assert read() == []


def test_a_target_that_is_not_served_is_on_record(
    embedded: EmbeddedAws, client: Callable[[str], Any]
) -> None:
    notifications(client, {"source": ["aws.mediaconnect"]})
    events, missing = client("events"), TOPIC + "-missing"
    function = "arn:aws:lambda:us-west-2:123456789012:function:none"
    queue = "arn:aws:sqs:us-west-2:123456789012:notifications"
    transformed = {"Arn": queue, "InputTransformer": {"InputTemplate": '"x"'}}
    targets = [
        {"Id": "missing", "Arn": missing},
        {"Id": "function", "Arn": function},
        {"Id": "queue", "Arn": queue},
        {"Id": "transformed", **transformed},
    ]
    events.put_targets(Rule="all", Targets=targets)
    embedded.trigger("standby", "*")
    record = [str(call) for call in embedded.calls if call.service == "events"]
    assert f"events all {missing} 404" in record
    assert f"events all {function} 404" in record
    assert [line for line in record if queue in line] == [
        f"events all {queue} 200",
        f"events all {queue} 501",
    ]


def test_one_answer_finds_everything_that_carries_a_tag(
    embedded: EmbeddedAws, client: Callable[[str], Any], medialive: Any
) -> None:
    tags = {"Stack": "s"}
    channel = idle_channel(medialive, Tags=tags)
    mediaconnect = client("mediaconnect")
    (flow,) = mediaconnect.list_flows()["Flows"]
    output = {"Name": "o", "Protocol": "rtp", "Destination": "198.51.100.1", "Port": 5000}
    added = mediaconnect.add_flow_outputs(
        FlowArn=flow["FlowArn"], Outputs=[{**output, "OutputTags": tags}]
    )
    parameter_tags = [{"Key": "Stack", "Value": "s"}]
    client("ssm").put_parameter(Name="/a", Value="v", Type="String", Tags=parameter_tags)
    tagging = client("resourcegroupstaggingapi")

    def tagged_arns(**filters: Any) -> set[str]:
        tags = [{"Key": "Stack", "Values": ["s"]}]
        answer = tagging.get_resources(TagFilters=tags, **filters)
        return {mapping["ResourceARN"] for mapping in answer["ResourceTagMappingList"]}

    channel_arn = f"arn:aws:medialive:us-west-2:123456789012:channel:{channel}"
    output_arn = added["Outputs"][0]["OutputArn"]
    assert tagged_arns() >= {
        channel_arn,
        output_arn,
        "arn:aws:ssm:us-west-2:123456789012:parameter/a",
    }
    assert tagged_arns(ResourceTypeFilters=["medialive:channel"]) == {channel_arn}
    tagging.untag_resources(ResourceARNList=[channel_arn, output_arn], TagKeys=["Stack"])
    assert not tagged_arns() & {channel_arn, output_arn}
    tagging.tag_resources(ResourceARNList=[channel_arn, output_arn], Tags=tags)
    assert tagged_arns() >= {channel_arn, output_arn}
    medialive.delete_channel(ChannelId=channel)
    embedded.advance(60)
    assert channel_arn not in tagged_arns()


def test_service_quotas_tell_what_is_enforced() -> None:
    with EmbeddedAws(quotas=Quotas(push_inputs=1, flow_outputs=0)) as aws:
        client = partial(connect, aws.endpoint)
        quotas = client("service-quotas").list_service_quotas(ServiceCode="medialive")["Quotas"]
        by_name = {quota["QuotaName"]: quota for quota in quotas}
        assert (by_name["Channels"]["Value"], by_name["Push inputs"]["Value"]) == (5, 1)
        about = {"ServiceCode": "medialive", "QuotaCode": by_name["Push inputs"]["QuotaCode"]}
        quotas = client("service-quotas")
        assert quotas.get_service_quota(**about)["Quota"]["Value"] == 1
        assert quotas.get_aws_default_service_quota(**about)["Quota"]["Value"] == 5
        push_input(client("medialive"))
        with pytest.raises(ClientError, match="quota of push inputs"):
            push_input(client("medialive"), "two")
        assert quotas.list_aws_default_service_quotas(ServiceCode="vpc")["Quotas"]
        for unknown in ({**about, "QuotaCode": "L-0"}, {"ServiceCode": "x", "QuotaCode": "y"}):
            with pytest.raises(ClientError, match="NoSuchResource"):
                quotas.get_service_quota(**unknown)


def test_a_quota_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(LunoraError, match=r"^LUN514"):
        Quotas(chanels=3)


MISSING = [
    ("cloudtrail", "LookupEvents"),
    ("ssm", "ListNodes"),
    ("sns", "ListSMSSandboxPhoneNumbers"),
    ("lambda", "GetAccountSettings"),
    ("workmail", "ListOrganizations"),
]


@pytest.mark.parametrize(("service", "operation"), MISSING)
def test_what_moto_does_not_have_is_refused_by_its_name_without_a_traceback(
    embedded: EmbeddedAws,
    client: Callable[[str], Any],
    capfd: pytest.CaptureFixture[str],
    service: str,
    operation: str,
) -> None:
    with pytest.raises(ClientError) as caught:
        getattr(client(service), xform_name(operation))()
    answer = caught.value.response
    assert answer["Error"]["Code"] == "NotImplementedException"
    assert answer["Error"]["Message"].startswith(f"the emulator does not implement {service} ")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert [call.status for call in embedded.calls] == [501]
    assert capfd.readouterr() == ("", "")


def test_a_group_of_schedules_that_is_gone_cannot_be_deleted(client: Callable[[str], Any]) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client("scheduler").delete_schedule_group(Name="none")


def test_a_function_tells_where_its_logs_go(client: Callable[[str], Any]) -> None:
    functions, default = client("lambda"), {"LogFormat": "Text", "LogGroup": "/aws/lambda/one"}
    about = {
        "FunctionName": "one",
        "Role": role(client, "lambda"),
        "Handler": "handler.handle",
        "Runtime": "python3.13",
        "Code": {"ZipFile": b"PK\x05\x06" + bytes(18)},
    }
    assert functions.create_function(**about)["LoggingConfig"] == default
    other = {"LogFormat": "JSON", "LogGroup": "/other"}
    functions.update_function_configuration(FunctionName="one", LoggingConfig=other)
    assert functions.get_function(FunctionName="one")["Configuration"]["LoggingConfig"] == other
    functions.update_function_configuration(FunctionName="one", Timeout=9)
    configuration = functions.get_function_configuration(FunctionName="one")
    assert (configuration["LoggingConfig"], configuration["Timeout"]) == (other, 9)


def test_a_mediapackage_channel_has_two_ingest_endpoints(client: Callable[[str], Any]) -> None:
    mediapackage = client("mediapackage")
    made = mediapackage.create_channel(Id="one")
    ends = made["HlsIngest"]["IngestEndpoints"]
    assert len({end["Url"] for end in ends}) == 2
    assert mediapackage.describe_channel(Id="one")["HlsIngest"] == made["HlsIngest"]
