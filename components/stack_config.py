"""The configuration of the running stack, read from Pulumi once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pulumi
from pulumi.runtime import config as pulumi_config

from catalog import passphrase, repository, stream_key
from catalog.errors import LunoraError
from catalog.model import DestinationSpec
from catalog.stack_files import StackFiles, stack_file
from catalog.stack_settings import (
    NAMESPACE,
    FlowSettings,
    StackSettings,
    plain_secret_error,
    setting,
)
from catalog.webhooks import Webhook


@dataclass(frozen=True, slots=True)
class StackConfig:
    """The settings of the running stack, and its secrets as secret outputs.

    Attributes:
        settings: secrets included; their printed form leaves those out.
    """

    settings: StackSettings

    @classmethod
    def load(cls) -> StackConfig:
        """Return the configuration that the engine gives to this program.

        Raises:
            LunoraError: for a wrong setting, which it names without its value.
        """
        keys = {*pulumi_config.get_config_env(), *pulumi_config.CONFIG.get()}
        values = {key: pulumi_config.get_config(key) for key in sorted(keys)}
        settings = StackSettings.parse(values)
        if not settings.flows:
            remedy = "add one; Pulumi.prod.yaml shows the form"
            raise LunoraError("LUN202", f"{setting('flows')} names no flow", remedy=remedy)
        _check_secrets(settings)
        return cls(settings)

    def flow(self, key: str) -> FlowSettings:
        """Return the flow that a destination names.

        Raises:
            LunoraError: when the configuration has none of that key.
        """
        flows = self.settings.flows
        if key not in flows:
            raise LunoraError(
                "LUN205",
                f"flow {key!r} is not one of {setting('flows')} ({', '.join(sorted(flows))})",
                remedy="name one of these, or add it to the stack's configuration",
            )
        return flows[key]

    def flow_region(self, key: str) -> str:
        """Return the region of the flow that a destination names.

        Raises:
            LunoraError: when the configuration has none of that key.
        """
        return self.flow(key).region_or(self.settings.region)

    def known_keys(self, specs: Iterable[DestinationSpec]) -> dict[str, str]:
        """Return the stream keys that the configuration holds, by destination; secret."""
        keys = self.settings.stream_keys
        return {
            spec.name: keys[spec.key_name]
            for spec in specs
            if spec.has_key and spec.stream_key.ssm is None and spec.key_name in keys
        }

    def stream_key(self, name: str) -> pulumi.Output[str]:
        """Return the secret stream key called *name*.

        An emulator reaches no platform, so there a placeholder replaces a missing key.

        Raises:
            LunoraError: when it is missing or no key; names it without showing it.
        """
        key = self._secret("streamKeys", "stream key", name, f"made-up-key-of-{name}")
        return pulumi.Output.secret(checked_key(name, key, _command("streamKeys", name)))

    def passphrase(self, name: str) -> pulumi.Output[str]:
        """Return the secret passphrase called *name*, or a placeholder as for stream keys.

        Raises:
            LunoraError: when it is missing or impossible; names it without showing it.
        """
        text = self._secret("passphrases", "passphrase", name, f"made-up-of-{name}")
        if not passphrase.is_possible(text):
            length = f"{passphrase.SHORTEST} to {passphrase.LONGEST}"
            raise LunoraError(
                "LUN207",
                f"passphrase {name} is not {length} characters in one line",
                remedy=_command("passphrases", name),
            )
        return pulumi.Output.secret(text)

    def rtmp_password(self, name: str) -> pulumi.Output[str]:
        """Return the secret RTMP password called *name*, or a placeholder as for stream keys.

        Raises:
            LunoraError: when it is missing or cannot be one.
        """
        text = self._secret("rtmpPasswords", "RTMP password", name, f"made-up-of-{name}")
        if not text or not text.isprintable():
            message = f"RTMP password {name} is empty or has invisible characters"
            raise LunoraError("LUN207", message, remedy=_command("rtmpPasswords", name))
        return pulumi.Output.secret(text)

    def webhooks(self) -> tuple[Webhook, ...]:
        """Return the receivers of incidents; their addresses are secret.

        Raises:
            LunoraError: when the address of one is missing.
        """
        settings = self.settings
        names = (webhook.url.secret for webhook in settings.webhooks)
        missing = sorted(set(names) - settings.webhook_urls.keys())
        if missing:
            raise LunoraError(
                "LUN206",
                f"webhook URL {missing[0]} is not set",
                remedy=_command("webhookUrls", missing[0]),
            )
        return tuple(
            Webhook(url=settings.webhook_urls[webhook.url.secret], format=webhook.format)
            for webhook in settings.webhooks
        )

    def repository_token(self) -> pulumi.Output[str] | None:
        """Return the secret token of the API's repository; None without a repository.

        Raises:
            LunoraError: when it is missing or no token; names it without showing it.
        """
        settings = self.settings
        if settings.api.repository is None:
            return None
        name = settings.api.repository.token.secret
        remedy = _command("repositoryTokens", name)
        if name not in settings.repository_tokens:
            raise LunoraError("LUN206", f"repository token {name} is not set", remedy=remedy)
        token = settings.repository_tokens[name]
        if not repository.is_token(token):
            message = f"repository token {name} is empty, or has spaces or invisible characters"
            raise LunoraError("LUN207", message, remedy=remedy)
        return pulumi.Output.secret(token)

    def _secret(self, key: str, kind: str, name: str, placeholder: str) -> str:
        secrets = dict(self.settings.secrets)[key]
        if name in secrets:
            return secrets[name]
        if self.settings.endpoint is None:
            raise LunoraError("LUN206", f"{kind} {name} is not set", remedy=_command(key, name))
        pulumi.log.info(f"{name}: no {kind} is set; the emulator gets a placeholder")
        return placeholder


def checked_key(name: str, key: str, remedy: str) -> str:
    """Return the stream *key* called *name*; *remedy* is the way to set another.

    Raises:
        LunoraError: when it cannot be one; names it without showing it.
    """
    if not stream_key.is_possible(key):
        message = f"stream key {name} is empty, a URL, or has spaces or invisible characters"
        raise LunoraError("LUN207", message, remedy=remedy)
    return key


def _check_secrets(settings: StackSettings) -> None:
    """Refuse secrets in clear.

    The engine marks a map of secrets as secret when one entry is; only the file shows the others.
    """
    secret_keys = pulumi_config.get_config_secret_keys_env()
    for key, secrets in settings.secrets:
        full = setting(key)
        if secrets and not (pulumi_config.is_config_secret(full) or full in secret_keys):
            raise plain_secret_error(f"{full}.{min(secrets)}")
    # `pulumi --config-file` and the Automation API may keep the file elsewhere.
    if Path("Pulumi.yaml").exists() and stack_file(Path(), pulumi.get_stack()).exists():
        StackFiles.read(Path(), pulumi.get_stack()).check_secrets()


def _command(secrets: str, name: str) -> str:
    return f"run `pulumi config set --secret --path '{NAMESPACE}:{secrets}.{name}'`"
