"""The secret that holds the passphrase of an SRT stream."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from catalog.model import DestinationSpec
from components import livestream, naming
from components.kept_secret import kept_secret


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
    secret, version = kept_secret(
        f"{name}-passphrase",
        secret_name=naming.passphrase_name(spec.original_name),
        text=passphrase,
        tags=naming.tags(spec),
        plugin=plugin,
        parent=parent,
    )
    return PassphraseSecret(secret.arn, version.version_id)
