"""Lambda: moto's functions, extended by their logging configuration."""

from __future__ import annotations

from typing import Any

from moto.awslambda import models

_LOGGING = "LoggingConfig"


class Function(models.LambdaFunction):
    """A function that tells its logging configuration.

    Source of the members and the default group: botocore's model of Lambda, `LoggingConfig`.
    `Text` as the default format: the Lambda Developer Guide, "Configuring JSON and plain text log
    formats".
    """

    def __init__(self, account_id: str, spec: dict[str, Any], *rest: Any, **more: Any) -> None:
        super().__init__(account_id, spec, *rest, **more)
        self._logging = dict(spec.get(_LOGGING, {}))

    def update_configuration(self, config_updates: dict[str, Any]) -> dict[str, Any]:
        """Change what is sent; the rest stays."""
        self._logging = dict(config_updates.get(_LOGGING, self._logging))
        answer: dict[str, Any] = super().update_configuration(config_updates)
        return answer

    def get_configuration(self, on_create: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - moto's signature
        """Return it as the API does."""
        answer: dict[str, Any] = super().get_configuration(on_create)
        default = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{self.function_name}"}
        return {**answer, _LOGGING: {**default, **self._logging}}


def install() -> None:
    """Let moto make such functions."""
    models.LambdaFunction = Function  # type: ignore[misc]  # moto's backend looks it up there
