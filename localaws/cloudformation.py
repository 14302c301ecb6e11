"""CloudFormation: moto's, extended by the types that set up an account.

Of a bucket moto takes the name, its encryption and tags; of a bucket policy and an OIDC provider
nothing; a key's policy it cannot read again, and managed policies and the trust of roles stay as
they were made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import UnformattedGetAttTemplateException
from moto.core.common_models import CloudFormationModel
from moto.iam.models import IAMBackend, ManagedPolicy, Role, iam_backends
from moto.kms.models import Key, kms_backends
from moto.s3.models import FakeBucket, S3Backend, s3_backends

from localaws import buckets

# Buckets and IAM are of no region.
_GLOBAL = "aws"
# Of a managed policy, as IAM keeps them; CloudFormation makes room by itself.
_VERSIONS = 5

Properties = Mapping[str, Any]


class _Steps:
    """Create, update and delete of a resource type in moto: `put`, `change` and `remove`."""

    @classmethod
    def put(cls, name: str, properties: Properties, account: str, region: str) -> Any:
        """Make it, or bring what is there to its *properties*; returns moto's resource."""
        raise NotImplementedError

    @classmethod
    def change(
        cls, original: Any, name: str, properties: Properties, account: str, region: str
    ) -> Any:
        """Bring the *original* to its *properties*; returns moto's resource."""
        del original
        return cls.put(name, properties, account, region)

    @classmethod
    def remove(cls, name: str, account: str, region: str) -> None:
        """Remove what has the physical *name*."""

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        """Take any attribute; a wrong one is found when it is read."""
        del attr
        return True

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> Any:
        """Make it."""
        return cls.put(resource_name, cloudformation_json["Properties"], account_id, region_name)

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Any,
        new_resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> Any:
        """Change it."""
        properties = cloudformation_json["Properties"]
        name = new_resource_name
        return cls.change(original_resource, name, properties, account_id, region_name)

    @classmethod
    def delete_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str
    ) -> None:
        """Remove it, unless the template keeps it."""
        if not cloudformation_json.get("DeletionPolicy", "Delete").startswith("Retain"):
            cls.remove(resource_name, account_id, region_name)


class Bucket(_Steps, CloudFormationModel):
    """A bucket with all that keeps it private and its versions."""

    @staticmethod
    def cloudformation_name_type() -> str:
        """Say which property names it."""
        return "BucketName"

    @staticmethod
    def cloudformation_type() -> str:
        """Say which type this is."""
        return "AWS::S3::Bucket"

    @classmethod
    def put(cls, name: str, properties: Properties, account: str, region: str) -> Any:
        """Make it or change it."""
        s3 = _s3(account)
        if name not in s3.buckets:
            given = {"Properties": dict(properties)}
            FakeBucket.create_from_cloudformation_json(name, given, account, region)
        if encryption := properties.get("BucketEncryption"):
            s3.put_bucket_encryption(name, _encryption(encryption))
        if versioning := properties.get("VersioningConfiguration"):
            s3.put_bucket_versioning(name, versioning["Status"])
        if block := properties.get("PublicAccessBlockConfiguration"):
            s3.put_public_access_block(name, {key: _flag(block[key]) for key in block})
        for rule in properties.get("OwnershipControls", {}).get("Rules", ()):
            s3.put_bucket_ownership_controls(name, rule["ObjectOwnership"])
        if rules := properties.get("LifecycleConfiguration", {}).get("Rules"):
            s3.put_bucket_lifecycle_configuration(name, [{"Prefix": "", **rule} for rule in rules])
        return s3.get_bucket(name)

    @classmethod
    def remove(cls, name: str, account: str, region: str) -> None:
        """Delete it; one that holds something stays."""
        del region
        _s3(account).delete_bucket(name)


class BucketPolicy(_Steps, CloudFormationModel):
    """Policy of a bucket."""

    @staticmethod
    def cloudformation_type() -> str:
        """Say which type this is."""
        return "AWS::S3::BucketPolicy"

    @classmethod
    def put(cls, name: str, properties: Properties, account: str, region: str) -> Any:
        """Write it."""
        del name, region
        policy = json.dumps(properties["PolicyDocument"]).encode()
        _s3(account).put_bucket_policy(properties["Bucket"], policy)
        return _Made(properties["Bucket"])

    @classmethod
    def remove(cls, name: str, account: str, region: str) -> None:
        """Delete it."""
        del region
        _s3(account).delete_bucket_policy(name)


class SecretKey(_Steps, CloudFormationModel):
    """A key whose policy is text, as KMS reads it."""

    @staticmethod
    def cloudformation_type() -> str:
        """Say which type this is."""
        return "AWS::KMS::Key"

    @classmethod
    def put(cls, name: str, properties: Properties, account: str, region: str) -> Any:
        """Make it."""
        del name
        given = {**properties, "KeyPolicy": json.dumps(properties["KeyPolicy"])}
        key = Key.create_from_cloudformation_json("", {"Properties": given}, account, region)
        return _Made(key.id, key.arn)

    @classmethod
    def change(
        cls, original: Any, name: str, properties: Properties, account: str, region: str
    ) -> Any:
        """Give it another policy."""
        del name
        key = kms_backends[account][region].keys[original.physical_resource_id]
        key.policy = json.dumps(properties["KeyPolicy"])
        return original

    @classmethod
    def remove(cls, name: str, account: str, region: str) -> None:
        """Delete it at once."""
        kms_backends[account][region].delete_key(name)


class OidcProvider(_Steps, CloudFormationModel):
    """An identity provider whose tokens roles may trust."""

    @staticmethod
    def cloudformation_type() -> str:
        """Say which type this is."""
        return "AWS::IAM::OIDCProvider"

    @classmethod
    def put(cls, name: str, properties: Properties, account: str, region: str) -> Any:
        """Make it; its URL cannot be changed."""
        del name, region
        made = _iam(account).create_open_id_connect_provider(
            url=properties["Url"],
            thumbprint_list=properties.get("ThumbprintList", []),
            client_id_list=properties["ClientIdList"],
            tags=properties.get("Tags", []),
        )
        return _Made(made.arn, made.arn)

    @classmethod
    def remove(cls, name: str, account: str, region: str) -> None:
        """Delete it."""
        del region
        _iam(account).delete_open_id_connect_provider(name)


class Policy(_Steps, CloudFormationModel):
    """A managed policy and the roles that have it."""

    @staticmethod
    def cloudformation_type() -> str:
        """Say which type this is."""
        return "AWS::IAM::ManagedPolicy"

    @classmethod
    def put(cls, name: str, properties: Properties, account: str, region: str) -> Any:
        """Make it, or a new version of it."""
        # moto makes up names for this type.
        iam, name = _iam(account), properties.get("ManagedPolicyName", name)
        policies = [policy for policy in iam.managed_policies.values() if policy.name == name]
        if not policies:
            given = {"Properties": {"ManagedPolicyName": name, **properties}}
            return ManagedPolicy.create_from_cloudformation_json(name, given, account, region)
        (policy,) = policies
        while len(policy.versions) >= _VERSIONS:
            iam.delete_policy_version(policy.arn, policy.versions[0].version_id)
        iam.create_policy_version(
            policy.arn, json.dumps(properties["PolicyDocument"]), set_as_default=True
        )
        for role in properties.get("Roles", ()):
            if policy.arn not in iam.get_role(role).managed_policies:
                iam.attach_role_policy(policy.arn, role)
        return policy

    @classmethod
    def remove(cls, name: str, account: str, region: str) -> None:
        """Take it from its roles and delete it."""
        del region
        iam = _iam(account)
        for role in iam.roles.values():
            if name in role.managed_policies:
                iam.detach_role_policy(name, role.name)
        iam.delete_policy(name)


class RoleWithTrust(_Steps, CloudFormationModel):
    """A role whose trust can be changed."""

    @staticmethod
    def cloudformation_name_type() -> str:
        """Say which property names it."""
        return "RoleName"

    @staticmethod
    def cloudformation_type() -> str:
        """Say which type this is."""
        return "AWS::IAM::Role"

    @classmethod
    def put(cls, name: str, properties: Properties, account: str, region: str) -> Any:
        """Make it, or give it the trust that the template says."""
        iam, given = _iam(account), {"Properties": dict(properties)}
        role = next((role for role in iam.roles.values() if role.name == name), None)
        if role is None:
            return Role.create_from_cloudformation_json(name, given, account, region)
        iam.update_assume_role_policy(name, json.dumps(properties["AssumeRolePolicyDocument"]))
        return role

    @classmethod
    def remove(cls, name: str, account: str, region: str) -> None:
        """Delete it."""
        del region
        Role.delete_from_cloudformation_json(name, {}, account, _GLOBAL)


class _Made:
    """Member of a stack for a resource that moto keeps elsewhere."""

    def __init__(self, physical_resource_id: str, arn: str = "") -> None:
        self.physical_resource_id = physical_resource_id
        self._arn = arn

    def get_cfn_attribute(self, attribute_name: str) -> str:
        """Return an attribute; there is only one."""
        if attribute_name != "Arn":
            raise UnformattedGetAttTemplateException
        return self._arn

    def is_created(self) -> bool:
        """Tell that nothing has to be waited for."""
        return True


def install() -> None:
    """Let moto's CloudFormation know these types."""
    buckets.install()
    parsing.get_references_from_template = _references
    for known in (parsing.get_model_list, parsing.get_model_map, parsing.get_name_type_map):
        known.cache_clear()


def _references(template: Mapping[str, Any]) -> list[str]:
    """Return the names that a part of a template refers to; moto overlooks those in a Fn::Sub."""
    text = json.dumps(template)
    return re.findall(r'"Ref": "([^"]+)"', text) + re.findall(r"\$\{([\w:]+)", text)


def _encryption(configuration: Mapping[str, Any]) -> dict[str, Any]:
    (rule,) = configuration["ServerSideEncryptionConfiguration"]
    as_asked = {
        "ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"],
        "BucketKeyEnabled": _flag(rule.get("BucketKeyEnabled", False)),
    }
    return {"Rule": as_asked}


def _flag(value: object) -> str:
    # As they come in XML, which is how moto keeps them.
    return str(value).lower()


def _s3(account: str) -> S3Backend:
    return s3_backends[account][_GLOBAL]


def _iam(account: str) -> IAMBackend:
    return iam_backends[account][_GLOBAL]
