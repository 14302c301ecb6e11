"""Access of the HTTP API's function to a repository: its token, and the rules of its files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from catalog.repository import Repository
from components import livestream, naming
from components.kept_secret import kept_secret
from components.stack_config import StackConfig


@dataclass(frozen=True, slots=True)
class RepositoryAccess:
    """A repository, and what its files are judged by.

    Attributes:
        repository: the repository.
        token: secret.
        rules: settings of the stack that files depend on, as `lunora.ops.drafts` reads them.
    """

    repository: Repository
    token: pulumi.Output[str]
    rules: Mapping[str, Any]

    @classmethod
    def of(cls, config: StackConfig) -> RepositoryAccess | None:
        """Return the access of the stack's configuration; None without a repository.

        Raises:
            LunoraError: when its token is missing or no token.
        """
        settings, token = config.settings, config.repository_token()
        if settings.api.repository is None or token is None:
            return None
        maintenance = settings.maintenance
        rules = {
            "sources": {key: source.document() for key, source in settings.sources.items()},
            "maintenance": maintenance.model_dump(mode="json") if maintenance else None,
        }
        return cls(settings.api.repository.of_folder(settings.destinations), token, rules)

    def environment(self, token_arn: pulumi.Input[str]) -> dict[str, pulumi.Input[str]]:
        """Return the variables that `lunora.api.handler` reads; *token_arn* is the secret."""
        return {
            "LUNORA_REPOSITORY": self.repository.model_dump_json(),
            "LUNORA_REPOSITORY_TOKEN": token_arn,
            "LUNORA_RULES": json.dumps(self.rules),
        }


def token_secret(
    name: str,
    token: pulumi.Output[str],
    plugin: livestream.Provider,
    parent: pulumi.ComponentResource,
) -> pulumi.Output[str]:
    """Create the secret with the *token* and return its ARN.

    Args:
        name: of the API in the program.
        token: secret.
        plugin: deletes an orphaned secret of the same name.
        parent: the component of the API.
    """
    secret, _ = kept_secret(
        f"{name}-repository-token",
        secret_name=naming.repository_token_name(),
        text=token,
        tags=naming.shared_tags(),
        plugin=plugin,
        parent=parent,
    )
    return secret.arn
