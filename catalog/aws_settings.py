"""The settings of a stack in the namespace `aws`: whose credentials sign, and in which account."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Final, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from catalog.diagnostics import did_you_mean
from catalog.errors import Location, LunoraError

NAMESPACE: Final = "aws"
REGION: Final = f"{NAMESPACE}:region"

# YAML reads an account id without quotes as a number.
_AccountId = Annotated[str, BeforeValidator(str), Field(pattern=r"^[0-9]{12}$")]
_RoleArn = Annotated[str, Field(pattern=r"^arn:aws[^:]*:iam::\d{12}:role/\S+$")]


class _Section(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        hide_input_in_errors=True,
    )


class AssumedRole(_Section):
    """A role that the calls are made under.

    Attributes:
        role_arn: its ARN.
        external_id: what a role of another organization may ask for.
        session_name: the name of the session in CloudTrail.
    """

    role_arn: _RoleArn
    external_id: str | None = None
    session_name: str | None = None


class AwsSettings(_Section):
    """Credentials and accounts of a stack; the names are those of pulumi-aws.

    Attributes:
        profile: a profile of the AWS configuration files; None takes the environment's credentials.
        allowed_account_ids: the only accounts that a run may work in; empty allows all.
        forbidden_account_ids: accounts that no run may work in.
        assume_roles: roles that are assumed one after the other.
    """

    profile: str | None = Field(default=None, min_length=1)
    allowed_account_ids: tuple[_AccountId, ...] = ()
    forbidden_account_ids: tuple[_AccountId, ...] = ()
    assume_roles: tuple[AssumedRole, ...] = ()

    @classmethod
    def parse(cls, values: Mapping[str, object], where: Location | None = None) -> AwsSettings:
        """Return the settings in *values*, a stack's configuration by full key.

        Args:
            values: texts as Pulumi hands them to a program, or values of a file.
            where: the file, for errors.

        Raises:
            LunoraError: for the first setting that is wrong or has no effect.
        """
        settings = {}
        for key, value in values.items():
            namespace, _, name = key.partition(":")
            if namespace == NAMESPACE and key != REGION and value is not None:
                settings[name] = _decoded(name, value)
        return cls._validated(settings, where)

    @classmethod
    def of_provider(cls, variables: Mapping[str, Any]) -> AwsSettings:
        """Return the settings among the *variables* of a provider, which has others as well."""
        return cls._validated({key: variables[key] for key in _FIELDS if variables.get(key)}, None)

    def variables(self) -> dict[str, Any]:
        """Return the settings that are given, as a provider's variables by their wire names."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)

    def account_error(self, account: str) -> LunoraError | None:
        """Return the refusal of *account*; None where a run may work in it."""
        if account in self.forbidden_account_ids:
            setting = "aws:forbiddenAccountIds"
            problem = f"is one of {setting}"
        elif self.allowed_account_ids and account not in self.allowed_account_ids:
            setting = "aws:allowedAccountIds"
            problem = f"is not one of {setting} ({', '.join(self.allowed_account_ids)})"
        else:
            return None
        return LunoraError(
            "LUN216",
            f"the credentials are of account {account}, which {problem}",
            remedy=f"use credentials of the stack's account, or correct {setting}",
        )

    @classmethod
    def _validated(cls, settings: Mapping[str, object], where: Location | None) -> AwsSettings:
        try:
            return cls.model_validate(settings)
        except ValidationError as error:
            raise _first_error(error, where) from None


_FIELDS: Final = {str(field.alias): field for field in AwsSettings.model_fields.values()}


def _decoded(name: str, value: object) -> object:
    is_list = name in _FIELDS and get_origin(_FIELDS[name].annotation) is tuple
    if not is_list or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _first_error(error: ValidationError, where: Location | None) -> LunoraError:
    details: ErrorDetails = error.errors(include_input=False, include_url=False)[0]
    path = details["loc"]
    key = f"{NAMESPACE}:{'.'.join(map(str, path))}"
    if details["type"] != "extra_forbidden":
        remedy = "correct it with `pulumi config set --path`"
        return LunoraError("LUN200", f"{key}: {details['msg']}", remedy=remedy, where=where)
    fields = AwsSettings.model_fields if len(path) == 1 else AssumedRole.model_fields
    allowed = {str(field.alias) for field in fields.values()}
    remedy = "remove it" + did_you_mean(str(path[-1]), allowed)
    message = f"{key} is no setting that the program and its plugins honor"
    return LunoraError("LUN201", message, remedy=remedy, where=where)
