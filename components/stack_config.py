"""What a stack's configuration says, read once and checked (namespace `lunora-player`)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated

import pulumi
from pulumi.runtime import get_config
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from catalog import passphrase, stream_key
from catalog.flow_source import FlowSource
from catalog.model import DestinationSpec

_NAMESPACE = "lunora-player"
_TEXTS = (
    "mediaLiveRoleArn",
    "permissionsBoundaryArn",
    "monthlyBudgetUsd",
    "budgetMail",
    "dryRun",
    "endpoint",
)
_LISTS = frozenset({"alertEmails"})
_ORIGIN = r"^https?://[^/\s*]+$"
_POLICY = r"^arn:[^:]+:iam::(\d{12}|aws):policy/.+$"
_ROLE = re.compile(r"arn:aws[^:]*:iam::\d{12}:role/\S+")
# Whether mail arrives there only the confirmation can tell; this catches what is none.
_ADDRESS = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"


class _Section(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, hide_input_in_errors=True
    )


class FlowRef(_Section):
    """Which existing flow feeds destinations, and what it carries.

    It is named by name or ARN, in the stack's region or another.
    """

    name: str | None = None
    arn: str | None = None
    region: str | None = None
    source: FlowSource = FlowSource()

    @model_validator(mode="after")
    def _one_of_name_and_arn(self) -> FlowRef:
        if (self.name is None) == (self.arn is None):
            raise ValueError("give either a name or an arn")
        return self


class Removals(_Section):
    """How many destinations one run may remove: absolute, and in percent of those there are."""

    max: int = Field(default=3, ge=1)
    percent: int = Field(default=50, ge=1, le=100)


class Api(_Section):
    """Whether there is an HTTP API, and from pages of which origins browsers may call it."""

    enabled: bool = False
    allowed_origins: list[Annotated[str, Field(pattern=_ORIGIN)]] = []


def _role(text: str) -> str:
    if not _ROLE.fullmatch(text):
        form = "arn:aws:iam::123456789012:role/name"
        raise PydanticCustomError("role_arn", f"is not the ARN of a role; write it as {form}")
    return text


class _Settings(_Section):
    flows: dict[str, FlowRef] = Field(min_length=1)
    removals: Removals = Removals()
    monthly_budget_usd: float | None = Field(default=None, gt=0)
    media_live_role_arn: Annotated[str, AfterValidator(_role)] | None = None
    permissions_boundary_arn: str | None = Field(default=None, pattern=_POLICY)
    api: Api = Api()
    budget_mail: bool = False
    dry_run: bool = False
    alert_emails: list[Annotated[str, Field(pattern=_ADDRESS)]] = []
    endpoint: str | None = None
    stream_keys: dict[str, str] = Field(default_factory=dict, repr=False)
    passphrases: dict[str, str] = Field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class StackConfig:
    """The configuration of the stack that runs.

    Attributes:
        region: region of flows that name none.
        flows: by the key destination files use.
        removals: limits of the mass-deletion guard.
        monthly_budget_usd: what all destinations may cost a month; None is no limit.
        budget_mail: whether AWS mails when the bill nears or passes that.
        media_live_role_arn: an existing role; None lets the stack make one.
        permissions_boundary_arn: the policy that roles of the stack stay within; None is none.
        api: the HTTP API.
        alert_emails: addresses that alarms and events are sent to.
        dry_run: whether previews ask AWS if it accepts changed channel settings.
        endpoint: where an embedded AWS listens; None is Amazon.
        stream_keys: secret; the printed form of this object leaves them out.
        passphrases: likewise, of SRT.
    """

    region: str
    flows: Mapping[str, FlowRef]
    removals: Removals
    monthly_budget_usd: float | None
    budget_mail: bool
    media_live_role_arn: str | None
    permissions_boundary_arn: str | None
    api: Api
    alert_emails: tuple[str, ...]
    dry_run: bool
    endpoint: str | None
    _stream_keys: Mapping[str, str]
    _passphrases: Mapping[str, str]

    def __repr__(self) -> str:
        return f"StackConfig(region={self.region!r}, flows={sorted(self.flows)})"

    @classmethod
    def load(cls) -> StackConfig:
        """Read it.

        Raises:
            pulumi.RunError: in one sentence that names the key, without its value.
        """
        region = pulumi.Config("aws").get("region")
        if region is None:
            raise pulumi.RunError(
                "aws:region is not set; run `pulumi config set aws:region us-west-2`"
            )
        values = {
            key: _value(key)
            for key in ("flows", "removals", "streamKeys", "passphrases", "alertEmails", "api")
        }
        values |= {key: get_config(f"{_NAMESPACE}:{key}") for key in _TEXTS}
        try:
            settings = _Settings.model_validate({k: v for k, v in values.items() if v is not None})
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            path = ".".join(map(str, first["loc"]))
            raise pulumi.RunError(
                f"{_NAMESPACE}:{path}: {first['msg']}; correct it with `pulumi config set`"
            ) from None
        return cls(
            region=region,
            flows=settings.flows,
            removals=settings.removals,
            monthly_budget_usd=settings.monthly_budget_usd,
            budget_mail=settings.budget_mail,
            media_live_role_arn=settings.media_live_role_arn,
            permissions_boundary_arn=settings.permissions_boundary_arn,
            api=settings.api,
            alert_emails=tuple(dict.fromkeys(settings.alert_emails)),
            dry_run=settings.dry_run,
            endpoint=settings.endpoint,
            _stream_keys=settings.stream_keys,
            _passphrases=settings.passphrases,
        )

    def flow(self, key: str) -> FlowRef:
        """Return the flow a destination names.

        Raises:
            pulumi.RunError: when the configuration has none of that key.
        """
        if key not in self.flows:
            there = ", ".join(sorted(self.flows))
            raise pulumi.RunError(
                f"flow {key!r} is not one of {_NAMESPACE}:flows ({there}); name one of these or"
                " add it to the stack's configuration"
            )
        return self.flows[key]

    def known_keys(self, specs: Iterable[DestinationSpec]) -> dict[str, str]:
        """Return the stream keys that the configuration holds, by destination; secret."""
        return {
            spec.name: self._stream_keys[spec.key_name]
            for spec in specs
            if spec.has_key and spec.stream_key.ssm is None and spec.key_name in self._stream_keys
        }

    def stream_key(self, name: str) -> pulumi.Output[str]:
        """Return the secret stream key called *name*.

        An embedded AWS reaches no platform, so there a made-up key stands in for a missing one.

        Raises:
            pulumi.RunError: when it is missing, empty, or no key; names it without showing it.
        """
        key = self._stream_keys.get(name)
        if key is None and self.endpoint:
            pulumi.log.info(f"{name}: no stream key is set; the embedded AWS gets a made-up one")
            key = f"made-up-key-of-{name}"
        if key is None:
            how = _how_to_set("streamKeys", name)
            raise pulumi.RunError(f"stream key {name} is not set; {how}")
        return pulumi.Output.secret(checked_key(name, key, _how_to_set("streamKeys", name)))

    def passphrase(self, name: str) -> pulumi.Output[str]:
        """Return the secret passphrase called *name*; made up as stream keys are.

        Raises:
            pulumi.RunError: when it is missing, or none that SRT takes; names it without showing
                it.
        """
        found, how = self._passphrases.get(name), _how_to_set("passphrases", name)
        if found is None and self.endpoint:
            pulumi.log.info(f"{name}: no passphrase is set; the embedded AWS gets a made-up one")
            found = f"made-up-of-{name}"
        if found is None:
            raise pulumi.RunError(f"passphrase {name} is not set; {how}")
        if not passphrase.is_possible(found):
            shortest, longest = passphrase.SHORTEST, passphrase.LONGEST
            raise pulumi.RunError(
                f"passphrase {name} is not {shortest} to {longest} characters in one line; {how}"
            )
        return pulumi.Output.secret(found)


def checked_key(name: str, key: str, remedy: str) -> str:
    """Return the stream *key* called *name*; *remedy* says how to set another.

    Raises:
        pulumi.RunError: when it cannot be one; names it without showing it.
    """
    if not stream_key.is_possible(key):
        raise pulumi.RunError(f"stream key {name} is empty, has spaces or is a URL; {remedy}")
    return key


def _value(key: str) -> object:
    text = get_config(f"{_NAMESPACE}:{key}")
    if text is None:
        return None
    try:
        return json.loads(text)
    except ValueError:
        raise pulumi.RunError(
            f"{_NAMESPACE}:{key} is not a {'list' if key in _LISTS else 'map'}; see"
            " Pulumi.prod.yaml for its form"
        ) from None


def _how_to_set(secrets: str, name: str) -> str:
    return f"run `pulumi config set --secret --path '{_NAMESPACE}:{secrets}.{name}'`"
