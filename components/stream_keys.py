"""The stream keys of destinations, from the stack's configuration or existing parameters."""

from __future__ import annotations

import hashlib
import json

import pulumi

from catalog import ingest
from catalog.model import DestinationSpec
from components import lookups
from components.stack_config import StackConfig, checked_key
from components.stack_flows import StackFlows


class StreamKeys:
    """The stream key of each destination, read once.

    Args:
        config: has the secrets of the stack.
        flows: have the regions of existing parameters.
    """

    def __init__(self, config: StackConfig, flows: StackFlows) -> None:
        self._config, self._flows = config, flows
        self._keys: dict[str, pulumi.Output[str]] = {}

    def of(self, spec: DestinationSpec) -> pulumi.Output[str] | None:
        """Return the secret key of *spec*; None for a stream without one.

        Raises:
            LunoraError: when it is missing or no key; names it without showing it.
        """
        if not spec.has_key:
            return None
        if spec.name not in self._keys:
            self._keys[spec.name] = self._read(spec)
        return self._keys[spec.name]

    def stream_fingerprint(self, spec: DestinationSpec) -> pulumi.Output[str]:
        """Return a digest of ingest and key, which identifies the stream of *spec*."""
        where, key = ingest.components(spec.ingest_url), self.of(spec)

        def digest(key: str | None) -> str:
            return hashlib.sha256(json.dumps([where, key]).encode()).hexdigest()

        return pulumi.Output.from_input(key).apply(digest)

    def _read(self, spec: DestinationSpec) -> pulumi.Output[str]:
        parameter = spec.stream_key.ssm
        if parameter is None:
            return self._config.stream_key(spec.key_name)
        region_providers = self._flows.of(spec).region_providers
        key = lookups.get_parameter(spec.name, parameter, region_providers)
        return pulumi.Output.secret(checked_key(f"in {parameter}", key, "correct the parameter"))
