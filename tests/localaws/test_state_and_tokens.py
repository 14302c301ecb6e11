"""With --enforce-iam: S3 and KMS, where state lives, and the tokens of an identity provider."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localaws.server import EmbeddedAws
from tests.support.iam import ACCOUNT, Keys, allow, connect, document, user

BUCKET = "made-up-state"
OBJECTS = f"arn:aws:s3:::{BUCKET}/*"
HOST = "tokens.example.org"


@pytest.fixture(scope="module")
def _server() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(enforce_iam=True) as aws:
        yield aws


@pytest.fixture
def strict(_server: EmbeddedAws) -> EmbeddedAws:
    """An emulator that enforces policies, with a bucket that has one object."""
    _server.reset()
    s3 = connect(_server, "s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    s3.put_object(Bucket=BUCKET, Key="a/state.json", Body=b"{}")
    return _server


def refusal(call: Callable[[], Any]) -> str:
    with pytest.raises(ClientError) as refused:
        call()
    error = refused.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"


def keys_of(aws: EmbeddedAws) -> str:
    """Make a key with the alias `alias/state`; returns its ARN."""
    kms = connect(aws, "kms")
    arn: str = kms.create_key()["KeyMetadata"]["Arn"]
    kms.create_alias(AliasName="alias/state", TargetKeyId=arn)
    return arn


def encrypted(aws: EmbeddedAws) -> str:
    """Encrypt the bucket by a key; returns the key's ARN."""
    arn = keys_of(aws)
    rule = {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn}
    }
    connect(aws, "s3").put_bucket_encryption(
        Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]}
    )
    return arn


@pytest.mark.parametrize(
    ("statement", "operation", "members"),
    [
        (allow("s3:GetObject", OBJECTS), "get_object", {"Key": "a/state.json"}),
        (allow("s3:GetObject", OBJECTS), "head_object", {"Key": "a/state.json"}),
        (allow("s3:PutObject", OBJECTS), "put_object", {"Key": "a/state.json", "Body": b""}),
        (allow("s3:DeleteObject", OBJECTS), "delete_object", {"Key": "a/state.json"}),
        (allow("s3:ListBucket", f"arn:aws:s3:::{BUCKET}"), "list_objects_v2", {"Prefix": "a/"}),
        (allow("s3:ListBucket", f"arn:aws:s3:::{BUCKET}"), "head_bucket", {}),
    ],
)
def test_a_request_to_s3_needs_the_action_that_iam_knows_it_by(
    strict: EmbeddedAws, statement: dict[str, Any], operation: str, members: dict[str, Any]
) -> None:
    call = getattr(connect(strict, "s3", user(strict, statement)), operation)
    call(Bucket=BUCKET, **members)
    less = getattr(connect(strict, "s3", user(strict, name="bob")), operation)
    assert refusal(lambda: less(Bucket=BUCKET, **members)).startswith(("AccessDenied: User", "403"))


def test_a_copy_needs_leave_to_read_its_source(strict: EmbeddedAws) -> None:
    writes = allow("s3:PutObject", OBJECTS)
    copy = {"Bucket": BUCKET, "Key": "b", "CopySource": f"{BUCKET}/a/state.json"}
    refused = refusal(lambda: connect(strict, "s3", user(strict, writes)).copy_object(**copy))
    assert f"s3:GetObject on resource: arn:aws:s3:::{BUCKET}/a/state.json" in refused
    both = user(strict, writes, allow("s3:GetObject", OBJECTS), name="bob")
    connect(strict, "s3", both).copy_object(**copy)


@pytest.mark.parametrize("named", ["alias/state", "arn"])
def test_a_policy_names_the_key_whatever_the_request_names(strict: EmbeddedAws, named: str) -> None:
    arn = keys_of(strict)
    key_id = arn if named == "arn" else named
    kms = connect(strict, "kms", user(strict, allow("kms:Encrypt", arn)))
    sealed = kms.encrypt(KeyId=key_id, Plaintext=b"x")["CiphertextBlob"]
    refused = refusal(lambda: kms.decrypt(CiphertextBlob=sealed))
    assert f"kms:Decrypt on resource: {arn}" in refused
    opens = connect(strict, "kms", user(strict, allow("kms:Decrypt", arn), name="bob"))
    assert opens.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"x"


@pytest.mark.parametrize(
    ("operation", "members", "needed"),
    [
        ("get_object", {"Key": "a/state.json"}, {"kms:Decrypt"}),
        ("put_object", {"Key": "b", "Body": b""}, {"kms:GenerateDataKey"}),
        (
            "copy_object",
            {"Key": "b", "CopySource": f"{BUCKET}/a/state.json"},
            {"kms:Decrypt", "kms:GenerateDataKey"},
        ),
        ("delete_object", {"Key": "a/state.json"}, set()),
    ],
)
def test_of_an_encrypted_bucket_its_key_is_needed_too(
    strict: EmbeddedAws, operation: str, members: dict[str, Any], needed: set[str]
) -> None:
    arn, objects = encrypted(strict), allow("s3:*", OBJECTS)
    for missing in needed:
        some = [allow(action, arn) for action in needed - {missing}]
        s3 = connect(strict, "s3", user(strict, objects, *some, name=missing.replace(":", "-")))
        refused = refusal(partial(getattr(s3, operation), Bucket=BUCKET, **members))
        assert f"{missing} on resource: {arn}" in refused
    enough = user(strict, objects, *(allow(action, arn) for action in needed))
    getattr(connect(strict, "s3", enough), operation)(Bucket=BUCKET, **members)


@pytest.mark.parametrize(("without_tls", "passes"), [("false", True), ("true", False)])
def test_a_bucket_policy_denies_under_its_condition_only(
    strict: EmbeddedAws, without_tls: str, *, passes: bool
) -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": OBJECTS}
    condition = {"Bool": {"aws:SecureTransport": without_tls}}
    s3 = connect(strict, "s3")
    s3.put_bucket_policy(Bucket=BUCKET, Policy=document({**deny, "Condition": condition}))
    if passes:
        assert s3.get_object(Bucket=BUCKET, Key="a/state.json")["Body"].read() == b"{}"
    else:
        assert refusal(lambda: s3.get_object(Bucket=BUCKET, Key="a/state.json"))


def test_what_s3_does_not_hold_is_said_to_head_as_well(strict: EmbeddedAws) -> None:
    s3 = connect(strict, "s3")
    assert refusal(lambda: s3.head_object(Bucket=BUCKET, Key="b")).startswith("404")


def token(**claims: str) -> str:
    payload_claims = {
        "iss": f"https://{HOST}",
        "aud": "sts.amazonaws.com",
        "sub": "job-1",
        **claims,
    }
    payload = base64.urlsafe_b64encode(json.dumps(payload_claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.c2ln"


@pytest.fixture
def trusting(strict: EmbeddedAws) -> Any:
    """A role that the job `job-1` of an identity provider may take; returns STS and its ARN."""
    iam = connect(strict, "iam")
    provider = iam.create_open_id_connect_provider(
        Url=f"https://{HOST}", ClientIDList=["sts.amazonaws.com"]
    )["OpenIDConnectProviderArn"]
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{HOST}:sub": "job-1"}},
    }
    iam.create_role(RoleName="job", AssumeRolePolicyDocument=document(trust))
    iam.put_role_policy(
        RoleName="job", PolicyName="reads", PolicyDocument=document(allow("s3:GetObject", OBJECTS))
    )
    return strict


def taken(aws: EmbeddedAws, web_token: str) -> Keys:
    sts = connect(aws, "sts")
    role = f"arn:aws:iam::{ACCOUNT}:role/job"
    keys: Keys = sts.assume_role_with_web_identity(
        RoleArn=role, RoleSessionName="test", WebIdentityToken=web_token
    )["Credentials"]
    return keys


def test_a_token_that_the_role_trusts_gives_what_the_role_may(trusting: EmbeddedAws) -> None:
    s3 = connect(trusting, "s3", taken(trusting, token()))
    assert s3.get_object(Bucket=BUCKET, Key="a/state.json")["Body"].read() == b"{}"
    refused = refusal(lambda: s3.delete_object(Bucket=BUCKET, Key="a/state.json"))
    assert "s3:DeleteObject" in refused


@pytest.mark.parametrize(
    ("web_token", "why"),
    [
        (token(sub="job-2"), "AccessDenied: Not authorized"),
        (token(aud="other"), "InvalidIdentityToken: No OpenIDConnect provider"),
        (token(iss="https://other.example.org"), "InvalidIdentityToken: No OpenIDConnect provider"),
        ("made-up", "InvalidIdentityToken: the token is no JSON web token"),
        ("e30.W10.c2ln", "InvalidIdentityToken: the token is no JSON web token"),
    ],
)
def test_any_other_token_is_refused(trusting: EmbeddedAws, web_token: str, why: str) -> None:
    assert refusal(lambda: taken(trusting, web_token)).startswith(why)


def test_a_trust_that_cannot_be_judged_is_not_taken_for_met(trusting: EmbeddedAws) -> None:
    iam = connect(trusting, "iam")
    trust = iam.get_role(RoleName="job")["Role"]["AssumeRolePolicyDocument"]["Statement"][0]
    unknown = {**trust, "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}
    iam.update_assume_role_policy(RoleName="job", PolicyDocument=document(unknown))
    assert "cannot judge the condition operator IpAddress" in refusal(
        lambda: taken(trusting, token())
    )
