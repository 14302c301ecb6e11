"""The secret that holds the passphrase of an SRT stream."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from catalog.model import DestinationSpec
from components import livestream, naming, orphan_cleanup


@dataclass(frozen=True, slots=True)
class PassphraseSecret:
    """The secret of one destination.

    Attributes:
        arn: of the secret.
        version: changes with the passphrase, and is known once the secret has it.
    """

    arn: pulumi.Output[str]
    version: pulumi.Output[str]


def passphrase_secret(
    name: str,
    spec: DestinationSpec,
    passphrase: pulumi.Output[str],
    plugin: livestream.Provider,
    parent: pulumi.ComponentResource,
) -> PassphraseSecret:
    """Create the secret of *spec* with its *passphrase*, as plain text.

    Args:
        name: of the destination in the program.
        spec: the destination file.
        passphrase: secret.
        plugin: deletes an orphaned secret of the same name.
        parent: the component that is the destination.
    """
    secret_name = naming.passphrase_name(spec.original_name)
    tags = naming.tags(spec)
    secret = aws.secretsmanager.Secret(
        f"{name}-passphrase",
        name=secret_name,
        # The stack's configuration keeps the passphrase. A secret that waits for its deletion
        # would only block the name for a destination that comes back.
        recovery_window_in_days=0,
        tags=tags,
        opts=pulumi.ResourceOptions(
            parent=parent,
            hooks=orphan_cleanup.before_create_hook("secret", secret_name, tags, plugin),
        ),
    )
    version = aws.secretsmanager.SecretVersion(
        f"{name}-passphrase-version",
        secret_id=secret.id,
        secret_string=passphrase,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    return PassphraseSecret(secret.arn, version.version_id)
