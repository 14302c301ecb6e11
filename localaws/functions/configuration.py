"""Lambda's resources: moto's functions, extended by logging, URLs and permissions."""

from __future__ import annotations

from typing import Any, ClassVar

from moto.awslambda import models
from moto.awslambda.exceptions import InvalidParameterValueException, LambdaClientError
from moto.awslambda.policy import Policy

from localaws.errors import AwsError
from localaws.functions import url_address
from localaws.iam.principals import role_of, trust_policy
from localaws.iam.trust import trusts_service
from localaws.medialive.service import ACCOUNT

_LOGGING = "LoggingConfig"
_UNTRUSTED = "The role defined for the function cannot be assumed by Lambda."


class Function(models.LambdaFunction):
    """A function that tells its logging configuration.

    Source of the members and the default group: botocore's model of Lambda, `LoggingConfig`.
    `Text` as the default format: the Lambda Developer Guide, "Configuring JSON and plain text log
    formats".
    """

    def __init__(self, account_id: str, spec: dict[str, Any], *rest: Any, **more: Any) -> None:
        super().__init__(account_id, spec, *rest, **more)
        _check_role(self.role)
        self._logging = dict(spec.get(_LOGGING, {}))

    def update_configuration(self, config_updates: dict[str, Any]) -> dict[str, Any]:
        """Change what is sent; the rest stays."""
        if "Role" in config_updates:
            _check_role(config_updates["Role"])
        self._logging = dict(config_updates.get(_LOGGING, self._logging))
        answer: dict[str, Any] = super().update_configuration(config_updates)
        return answer

    def get_configuration(self, on_create: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - moto's signature
        """Return it as the API does."""
        answer: dict[str, Any] = super().get_configuration(on_create)
        default = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{self.function_name}"}
        return {**answer, _LOGGING: {**default, **self._logging}}


class FunctionUrl(models.FunctionUrlConfig):
    """A function URL at the emulator's own address."""

    def __init__(self, function: Any, config: dict[str, Any]) -> None:
        _check_mode(config)
        super().__init__(function, config)
        self._region = function.region

    @property
    def url(self) -> str:
        """Its address."""
        return url_address.of(self.url_id, self._region)

    @url.setter
    def url(self, made: str) -> None:
        self.url_id = made.partition("://")[2].partition(".")[0]

    def to_dict(self) -> dict[str, Any]:
        """Return it as the API does."""
        return {**super().to_dict(), "InvokeMode": "BUFFERED"}

    def update(self, new_config: dict[str, Any]) -> None:
        """Change what is sent; the rest stays. An empty Cors takes it away."""
        _check_mode(new_config)
        super().update(new_config)
        if new_config.get("Cors") == {}:
            self.config.pop("Cors", None)


class FunctionPolicy(Policy):
    """The policy of a function, with the conditions of function URLs.

    Source: the Lambda API reference, AddPermission (FunctionUrlAuthType, InvokedViaFunctionUrl),
    and the statements in "Control access to Lambda function URLs".
    """

    _CONDITIONS: ClassVar = {
        "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
        "InvokedViaFunctionUrl": ("Bool", "lambda:InvokedViaFunctionUrl"),
    }

    def decode_policy(self, obj: dict[str, Any]) -> Any:
        """Make a statement of the members of AddPermission."""
        sent = {name: obj.pop(name) for name in self._CONDITIONS if name in obj}
        policy = super().decode_policy(obj)
        for name, value in sent.items():
            operator, key = self._CONDITIONS[name]
            text = str(value).lower() if isinstance(value, bool) else value
            conditions = policy.statements[0].setdefault("Condition", {})
            conditions.setdefault(operator, {})[key] = text
        return policy

    def principal_formatter(self, obj: Any) -> Any:
        """Name an account by its ARN."""
        if obj == ACCOUNT:
            return {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
        if isinstance(obj, str) and obj.startswith("arn:"):
            return {"AWS": obj}
        return super().principal_formatter(obj)


def install() -> None:
    """Let moto make such functions."""
    # moto's backend looks them up there.
    for name, ours in (
        ("LambdaFunction", Function),
        ("FunctionUrlConfig", FunctionUrl),
        ("Policy", FunctionPolicy),
    ):
        setattr(models, name, ours)


def _check_role(arn: str) -> None:
    try:
        trusted = trusts_service(trust_policy(role_of(arn)), "lambda.amazonaws.com")
    except AwsError:
        return  # moto says what is wrong with a role that does not exist
    if not trusted:
        raise InvalidParameterValueException(_UNTRUSTED)


def _check_mode(config: dict[str, Any]) -> None:
    if config.get("InvokeMode", "BUFFERED") != "BUFFERED":
        error = LambdaClientError(
            "NotImplementedException", "the emulator does not implement streamed responses"
        )
        error.code = 501
        raise error
