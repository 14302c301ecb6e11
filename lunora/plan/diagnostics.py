"""What a preview said: refusals of guards, errors and warnings, without anything secret."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from catalog.errors import codes_in, error_codes
from lunora.plan.preview import Preview

# What a guard's refusal says, and what the guard is called.
_GUARDS = {
    "would be removed": "removals",
    "monthlyBudgetUsd": "budget",
    "monthly budget cannot be checked": "budget",
    "marked for protection": "protection",
    "but a flow takes": "flow outputs",
    "quota": "quota",
}
# What the engine says in every run, or of every error.
_NOISE = re.compile(r"using pulumi-\S+ from|an unhandled error occurred|^Exception ignored")
_PREFIX = re.compile(
    r"^(error|warning): "
    r"|^livestream:\S+ resource '[^']*': property \S+ value \{.*?\} has a problem: ",
    re.DOTALL,
)
_SECRET_KEYS = frozenset(
    {"streamname", "streamid", "streamkeys", "passphrases", "secretstring"}
    | {"password", "secretkey", "plaintext"}
)
_PARAMETER = "aws:ssm/parameter:Parameter"
# What follows an RTMP application may be a key.
_URL_TAIL = re.compile(r"(rtmps?://[^\s/'\"]+/[^\s/'\"]+)/[^\s'\"]+")
_MASK = "[secret]"
_SHORTEST_SECRET = 6
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class PreviewDiagnostics:
    """What was said, each once.

    Attributes:
        refusals: of guards, as (guard, sentence).
        errors: all other errors.
        warnings: what is allowed and should be known all the same.
    """

    refusals: tuple[tuple[str, str], ...]
    errors: tuple[str, ...]
    warnings: tuple[str, ...]


def preview_diagnostics(preview: Preview, document: Any) -> PreviewDiagnostics:
    """Return what *preview* said; *document* is all of it, which tells what is secret."""
    secrets = sorted(set(_secrets(document)), key=len, reverse=True)
    said: dict[str, dict[str, None]] = {"error": {}, "warning": {}}
    for one in preview.diagnostics:
        if one.severity in said and not _NOISE.search(one.message):
            name = preview.destination_of(one.urn)
            text = _clean(one.message, secrets)
            said[one.severity].setdefault(f"{name}: {text}" if name else text)
    refusals = [(guard, text) for text in said["error"] if (guard := _guard(text))]
    errors = [text for text in said["error"] if not _guard(text)]
    return PreviewDiagnostics(tuple(refusals), tuple(errors), tuple(sorted(said["warning"])))


def _guard(text: str) -> str | None:
    guards = (error_codes()[code].guard for code in codes_in(text))
    if (coded := next(filter(None, guards), None)) is not None:
        return coded
    return next((guard for sign, guard in _GUARDS.items() if sign in text), None)


def _clean(message: str, secrets: Sequence[str]) -> str:
    text = message.strip()
    while (shorter := _PREFIX.sub("", text)) != text:
        text = shorter
    for secret in secrets:
        text = text.replace(secret, _MASK)
    text = _URL_TAIL.sub(rf"\1/{_MASK}", text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."


def _secrets(
    value: Any, *, keys: AbstractSet[str] = _SECRET_KEYS, within: bool = False
) -> Iterator[str]:
    if isinstance(value, Mapping):
        if value.get("type") == _PARAMETER:
            keys = keys | {"value"}
        for key, item in value.items():
            name = str(key).rpartition(":")[2].replace("_", "").lower()
            yield from _secrets(item, keys=keys, within=within or name in keys)
    elif isinstance(value, list):
        for item in value:
            yield from _secrets(item, keys=keys, within=within)
    elif within and isinstance(value, str):
        yield from _secret_text(value)


def _secret_text(value: str) -> Iterator[str]:
    # A map in the configuration is JSON within JSON.
    if value.startswith(("{", "[")):
        try:
            yield from _secrets(json.loads(value), within=True)
        except ValueError:
            yield value
    elif len(value) >= _SHORTEST_SECRET and value != _MASK:
        yield value
