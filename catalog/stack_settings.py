"""The settings of a stack (namespace `lunora-player`), for the program and the command alike.

The namespace stays the same whatever the Pulumi project is called.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Annotated, Any, Final, Literal, get_args
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails, PydanticCustomError

from catalog.aws_settings import REGION, AwsSettings
from catalog.diagnostics import did_you_mean
from catalog.errors import Location, LunoraError
from catalog.flow_source import FlowFacts, FlowSource, Function
from catalog.maintenance import MaintenanceWindow
from catalog.repository import Repository
from catalog.webhooks import WebhookFormat

NAMESPACE: Final = "lunora-player"
"""Name of this repository's Pulumi project, and namespace of every stack's settings."""

DESTINATIONS: Final = "destinations"
"""Folder of the destination files of a stack that names none."""

SECRETS: Final = (
    "streamKeys",
    "passphrases",
    "rtmpPasswords",
    "webhookUrls",
    "repositoryTokens",
)
"""Settings that map names to secrets."""

_ORIGIN = r"^https?://[^/\s*]+$"
_POLICY = r"^arn:[^:]+:iam::(\d{12}|aws):policy/.+$"
_ROLE = re.compile(r"arn:aws[^:]*:iam::\d{12}:role/\S+")
_FLOW = re.compile(r"arn:aws[^:]*:mediaconnect:[a-z0-9-]+:\d{12}:flow:\S+")
# Only the confirmation mail proves an address; this catches text that is none.
_ADDRESS = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"


def setting(name: str) -> str:
    """Return the full key of a setting, for example `lunora-player:flows`."""
    return f"{NAMESPACE}:{name}"


# What CloudWatch Logs takes (PutRetentionPolicy API reference), from a week on.
HistoryDays = Literal[7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653]


class _Section(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, hide_input_in_errors=True
    )


def _flow_arn(text: str) -> str:
    if not _FLOW.fullmatch(text):
        form = "arn:aws:mediaconnect:us-west-2:123456789012:flow:1-a:name"
        raise PydanticCustomError("flow_arn", f"is not the ARN of a flow; write it as {form}")
    return text


def _unique(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _role_arn(text: str) -> str:
    if not _ROLE.fullmatch(text):
        form = "arn:aws:iam::123456789012:role/name"
        raise PydanticCustomError("role_arn", f"is not the ARN of a role; write it as {form}")
    return text


def _address(text: str) -> str:
    try:
        url = urlsplit(text)
        is_address = url.scheme in {"http", "https"} and bool(url.hostname) and url.port != 0
    except ValueError:
        is_address = False
    if not is_address:
        raise PydanticCustomError("address", "is no address; write it as http://127.0.0.1:4566")
    return text


def _within_project(text: str) -> str:
    path = PurePosixPath(text)
    if not path.parts or path.is_absolute() or ".." in path.parts:
        raise PydanticCustomError("folder", "is no folder of the project; write it as destinations")
    return text


class FlowSettings(_Section):
    """An existing flow that feeds destinations, by name or ARN.

    Attributes:
        name: its name.
        arn: its ARN.
        region: its region, where neither the ARN nor the stack's region tells.
        source: the stream that it carries.
    """

    name: str | None = None
    arn: Annotated[str, AfterValidator(_flow_arn)] | None = None
    region: str | None = None
    source: FlowSource = FlowSource()

    @model_validator(mode="after")
    def _has_one_identity(self) -> FlowSettings:
        if (self.name is None) == (self.arn is None):
            raise PydanticCustomError("flow_identity", "give either a name or an arn")
        if self.arn and self.region and self.arn.split(":")[3] != self.region:
            raise PydanticCustomError("flow_region", "the arn is of another region; remove region")
        return self

    def region_or(self, home: str) -> str:
        """Return the flow's region; *home* is the stack's own."""
        return self.region or (self.arn.split(":")[3] if self.arn else home)


class Removals(_Section):
    """Limits of one run's removals: a number, and a percentage of the destinations there are."""

    max: int = Field(default=3, ge=1)
    percent: int = Field(default=50, ge=1, le=100)


class SecretReference(_Section):
    """A secret of the stack, by its name."""

    secret: str = Field(min_length=1)


class RepositorySettings(Repository):
    """The repository in which the HTTP API proposes changes of destination files.

    Attributes:
        folder: of the files, in the repository; empty is the stack's own.
        token: the name of its token in `repositoryTokens`.
    """

    folder: Annotated[str, AfterValidator(_within_project)] = ""
    token: SecretReference

    def of_folder(self, folder: str) -> Repository:
        """Return the repository, whose files are in *folder* where it names none."""
        values = self.model_dump(exclude={"folder", "token"})
        return Repository(**values, folder=self.folder or folder)


class ApiSettings(_Section):
    """The HTTP API.

    Attributes:
        enabled: whether it is built.
        allowed_origins: of pages that may call it from browsers.
        repository: where it proposes changes of destination files; None is nowhere.
    """

    enabled: bool = False
    allowed_origins: list[Annotated[str, Field(pattern=_ORIGIN)]] = []
    repository: RepositorySettings | None = None


class WebhookSettings(_Section):
    """A receiver of incidents: the name of its address in `webhookUrls`, and its format."""

    url: SecretReference
    format: WebhookFormat


class WatchdogSettings(_Section):
    """The watchdog: whether it runs, and how many days the history is kept."""

    enabled: bool = True
    history_days: HistoryDays = 400


class StackSettings(_Section):
    """The settings of one stack.

    Attributes:
        region: region of flows that name none.
        aws: credentials and accounts.
        flows: by the key that destination files use.
        removals: limits of the guard against mass deletion.
        monthly_budget_usd: limit of the estimated cost of all destinations; None is no limit.
        budget_mail: whether AWS mails when the bill nears or passes that.
        media_live_role_arn: an existing role of channels; None lets the stack create one.
        permissions_boundary_arn: the policy that roles of the stack stay within; None is none.
        api: the HTTP API.
        watchdog: what brings streams back and reports incidents.
        webhooks: receivers of incidents besides mail.
        maintenance: weekly window of channels whose files give none; None is AWS's own.
        alert_emails: addresses that get alarms and incidents.
        dry_run: whether previews ask AWS if it accepts changed channel settings.
        destinations: folder of the stack's destination files, in the project.
        endpoint: address of an emulator; None is Amazon.
        stream_keys: secret.
        passphrases: of SRT; secret.
        rtmp_passwords: of RTMP ingests that ask for a password; secret.
        webhook_urls: addresses of webhooks, or their keys; secret.
        repository_tokens: of the forge of `api.repository`; secret.
    """

    region: str = Field(min_length=1)
    aws: AwsSettings = AwsSettings()
    flows: dict[str, FlowSettings] = {}
    removals: Removals = Removals()
    monthly_budget_usd: float | None = Field(default=None, gt=0)
    media_live_role_arn: Annotated[str, AfterValidator(_role_arn)] | None = None
    permissions_boundary_arn: str | None = Field(default=None, pattern=_POLICY)
    api: ApiSettings = ApiSettings()
    watchdog: WatchdogSettings = WatchdogSettings()
    webhooks: list[WebhookSettings] = []
    maintenance: MaintenanceWindow | None = None
    budget_mail: bool = False
    dry_run: bool = False
    alert_emails: Annotated[
        list[Annotated[str, Field(pattern=_ADDRESS)]], AfterValidator(_unique)
    ] = []
    destinations: Annotated[str, AfterValidator(_within_project)] = DESTINATIONS
    endpoint: Annotated[str, AfterValidator(_address)] | None = None
    stream_keys: dict[str, str] = Field(default_factory=dict, repr=False)
    passphrases: dict[str, str] = Field(default_factory=dict, repr=False)
    rtmp_passwords: dict[str, str] = Field(default_factory=dict, repr=False)
    webhook_urls: dict[str, str] = Field(default_factory=dict, repr=False)
    repository_tokens: dict[str, str] = Field(default_factory=dict, repr=False)

    @property
    def sources(self) -> Mapping[str, FlowSource]:
        """The declared sources of the flows, by their key."""
        return {key: flow.source for key, flow in self.flows.items()}

    def functions(self, region: str) -> frozenset[Function]:
        """Return the functions that serve the flows of *region*."""
        watchdog: frozenset[Function] = frozenset({"watchdog"} if self.watchdog.enabled else ())
        is_api = self.api.enabled and region == self.region
        return watchdog | {"api"} if is_api else watchdog

    def flow_facts(self, flow: FlowSettings) -> FlowFacts:
        """Return the facts by which the destinations of *flow* are priced."""
        region = flow.region_or(self.region)
        functions = self.functions(region)
        keeps_token = "api" in functions and self.api.repository is not None
        return FlowFacts(region, flow.source, functions=functions, keeps_token=keeps_token)

    @property
    def secrets(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Each of `SECRETS` with its secrets by name."""
        values = (
            self.stream_keys,
            self.passphrases,
            self.rtmp_passwords,
            self.webhook_urls,
            self.repository_tokens,
        )
        yield from zip(SECRETS, values, strict=True)

    @classmethod
    def parse(cls, values: Mapping[str, object], where: Location | None = None) -> StackSettings:
        """Return the settings in *values*, a stack's configuration by full key.

        Args:
            values: texts as Pulumi hands them to a program, or values of a file.
            where: the file, for errors.

        Raises:
            LunoraError: for the first wrong setting; without its value.
        """
        if not isinstance(values.get(REGION), str):
            remedy = f"run `pulumi config set {REGION} us-west-2`"
            raise LunoraError("LUN202", f"{REGION} is not set", remedy=remedy, where=where)
        aws = AwsSettings.parse(values, where)
        settings: dict[str, object] = {"region": values[REGION], "aws": aws}
        for key, value in values.items():
            namespace, _, name = key.partition(":")
            if namespace == NAMESPACE and name not in _FIELDS:
                raise _unknown((name,), where)
            if namespace == NAMESPACE and value is not None:
                settings[name] = _decoded(name, value, where)
        try:
            return cls.model_validate(settings)
        except ValidationError as error:
            raise _first_error(error, where) from None


_OF_AWS: Final = frozenset({"region", "aws"})
"""Fields whose settings have the namespace `aws`."""

_FIELDS: Final = {
    str(field.alias): field.annotation
    for field in StackSettings.model_fields.values()
    if field.alias not in _OF_AWS
}


def plain_secrets(values: Mapping[str, object]) -> Iterator[str]:
    """Yield the full key of each secret that *values*, a file's configuration, hold in clear."""
    for name in SECRETS:
        value = values.get(setting(name))
        if value is None or is_encrypted(value):
            continue
        if not isinstance(value, Mapping):
            yield setting(name)
            continue
        for entry, secret in value.items():
            if not is_encrypted(secret):
                yield f"{setting(name)}.{entry}"


def secret_names(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield setting and name of each secret in *config*, for example streamKeys and show.

    A map that is encrypted as a whole does not show its names.
    """
    for name in SECRETS:
        value = config.get(setting(name))
        if isinstance(value, Mapping) and not is_encrypted(value):
            yield from ((name, str(entry)) for entry in value)


def webhook_secrets(config: Mapping[str, Any]) -> list[str]:
    """Return the names under webhookUrls that the webhooks in *config* refer to."""
    webhooks = config.get(setting("webhooks")) or []
    return [webhook["url"]["secret"] for webhook in webhooks]


def repository_secrets(config: Mapping[str, Any]) -> list[str]:
    """Return the name under repositoryTokens that the repository in *config* refers to."""
    api = config.get(setting("api"))
    repository = api.get("repository") if isinstance(api, Mapping) else None
    return [repository["token"]["secret"]] if repository else []


def plain_secret_error(key: str, where: Location | None = None) -> LunoraError:
    """Return the refusal of the secret *key*, which is in clear in the configuration."""
    path = key if "." in key else f"{key}.<name>"
    remedy = (
        f"replace the secret at its origin, then run `pulumi config set --secret --path {path}`"
    )
    return LunoraError(
        "LUN203", f"{key} is in clear in the configuration", remedy=remedy, where=where
    )


def is_encrypted(value: object) -> bool:
    """Tell whether *value* is `{secure: ...}`, as Pulumi writes a secret to a file."""
    return isinstance(value, Mapping) and set(value) == {"secure"}


def _decoded(name: str, value: object, where: Location | None) -> object:
    annotation = _FIELDS[name]
    model = _model(annotation)
    is_list = str(annotation).startswith("list")
    if not isinstance(value, str) or not (model or is_list or name in {"flows", *SECRETS}):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise LunoraError(
            "LUN200",
            f"{setting(name)} is not a {'list' if is_list else 'map'}",
            remedy="see Pulumi.prod.yaml for its form",
            where=where,
        ) from None


def _first_error(error: ValidationError, where: Location | None) -> LunoraError:
    details: ErrorDetails = error.errors(include_input=False, include_url=False)[0]
    if details["type"] == "extra_forbidden":
        return _unknown(details["loc"], where)
    path = ".".join(map(str, details["loc"]))
    return LunoraError(
        "LUN200",
        f"{setting(path)}: {details['msg']}",
        remedy="correct it with `pulumi config set`",
        where=where,
    )


def _unknown(path: tuple[str | int, ...], where: Location | None) -> LunoraError:
    model: type[BaseModel] | None = StackSettings
    for step in path[:-1]:
        if model is None:
            break
        by_alias = {field.alias or name: field for name, field in model.model_fields.items()}
        model = _model(by_alias[str(step)].annotation) if str(step) in by_alias else model
    fields = model.model_fields.items() if model else ()
    allowed = {field.alias or name for name, field in fields}
    if model is StackSettings:
        allowed -= _OF_AWS
    remedy = did_you_mean(str(path[-1]), allowed).removeprefix("; ")
    key = setting(".".join(map(str, path)))
    return LunoraError("LUN201", f"{key} is no setting", remedy=remedy, where=where)


def _model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model, get_args(annotation))), None)
