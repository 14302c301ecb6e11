"""The secrets that go with the streams: their keys, and the passphrases of those over SRT."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

import pulumi
import pulumi_aws as aws

from catalog import ingest
from catalog.model import DestinationSpec
from components.direct_output import Encryption
from components.flow_ingress import FlowIngress
from components.mediaconnect_role import MediaConnectRole
from components.stack_config import StackConfig, checked_key


class StreamKeys:
    """What each file names, read once, from the stack or from an existing parameter.

    Args:
        config: has the secrets of the stack.
        ingress: returns the way in of the flow that feeds a destination.
    """

    def __init__(
        self, config: StackConfig, ingress: Callable[[DestinationSpec], FlowIngress]
    ) -> None:
        self._config, self._ingress = config, ingress
        self._read: dict[str, pulumi.Output[str]] = {}

    def of(self, spec: DestinationSpec) -> pulumi.Output[str] | None:
        """Return the secret key of *spec*; None where none goes with its stream."""
        if not spec.has_key:
            return None
        if spec.name not in self._read:
            self._read[spec.name] = self._key(spec)
        return self._read[spec.name]

    def stream(self, spec: DestinationSpec) -> pulumi.Output[str]:
        """Return what tells the stream of *spec* from others: a digest of ingest and key."""
        where, key = ingest.identity(spec.ingest_url), self.of(spec)

        def digest(key: str | None) -> str:
            return hashlib.sha256(json.dumps([where, key]).encode()).hexdigest()

        return pulumi.Output.from_input(key).apply(digest)

    def encryption(
        self, spec: DestinationSpec, reader: MediaConnectRole | None
    ) -> Encryption | None:
        """Return what encrypts the stream of *spec*, if anything does; *reader* may read it."""
        if spec.passphrase_name is None or reader is None:
            return None
        return Encryption(self._config.passphrase(spec.passphrase_name), reader.arn)

    def _key(self, spec: DestinationSpec) -> pulumi.Output[str]:
        if spec.stream_key.ssm is None:
            return self._config.stream_key(spec.key_name)
        found = aws.ssm.get_parameter_output(
            name=spec.stream_key.ssm,
            with_decryption=True,
            opts=pulumi.InvokeOutputOptions(provider=self._ingress(spec).connection.aws),
        )
        place, remedy = f"in {spec.stream_key.ssm}", "correct the parameter"
        return pulumi.Output.secret(found.value.apply(lambda key: checked_key(place, key, remedy)))
