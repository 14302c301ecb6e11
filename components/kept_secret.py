"""A secret of the stack's configuration, kept in Secrets Manager for a service that reads it."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components import livestream, orphan_cleanup


def kept_secret(  # noqa: PLR0913 - a resource and its options
    name: str,
    *,
    secret_name: str,
    text: pulumi.Output[str],
    tags: Mapping[str, str],
    plugin: livestream.Provider,
    parent: pulumi.ComponentResource,
) -> tuple[aws.secretsmanager.Secret, aws.secretsmanager.SecretVersion]:
    """Create a secret that holds *text* as plain text, and return it with its version.

    Args:
        name: of the secret in the program.
        secret_name: of the secret in Secrets Manager.
        text: secret.
        tags: of the secret.
        plugin: deletes an orphaned secret of the same name.
        parent: the component that it is a part of.
    """
    secret = aws.secretsmanager.Secret(
        name,
        name=secret_name,
        # The stack's configuration keeps the text. A secret that waits for its deletion would
        # only block the name for one that comes back.
        recovery_window_in_days=0,
        tags=tags,
        opts=pulumi.ResourceOptions(
            parent=parent,
            hooks=orphan_cleanup.before_create_hook("secret", secret_name, tags, plugin),
        ),
    )
    version = aws.secretsmanager.SecretVersion(
        f"{name}-version",
        secret_id=secret.id,
        secret_string=text,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    return secret, version
