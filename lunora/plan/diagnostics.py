"""Refusals of guards, errors and warnings of a preview, without secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from catalog.errors import codes_in, error_codes
from lunora.plan.preview import Preview
from provider.redaction import HIDDEN, Mask

# The engine's refusal to delete a protected resource, which has no code of its own
# (pulumi/pkg/resource/deploy/step_generator.go).
_PROTECTED = re.compile(
    r"(?:Preview failed: )?unable to delete resource \"(urn:pulumi:[^\"]+)\"\s+as it is currently"
    r" marked for protection\."
)
_PROTECTED_MESSAGE = (
    "LUN419: protected against deletion. Fix: set `protected: false`, deploy that, then delete it"
)
# Messages of the engine in every run, or beside every error.
_NOISE = re.compile(r"using pulumi-\S+ from|an unhandled error occurred|^Exception ignored")
_PREFIX = re.compile(
    r"^(error|warning): "
    r"|^livestream:\S+ resource '[^']*': property \S+ value \{.*?\} has a problem: ",
    re.DOTALL,
)
_SECRET_KEYS = frozenset(
    {"streamname", "streamid", "streamkeys", "passphrases", "rtmppasswords", "secretstring"}
    | {"password", "repositorytokens", "secretkey", "plaintext"}
)
_PARAMETER = "aws:ssm/parameter:Parameter"
# The part after an RTMP application may be a key.
_URL_TAIL = re.compile(r"(rtmps?://[^\s/'\"]+/[^\s/'\"]+)/[^\s'\"]+")
_MASK = "[secret]"
_SHORTEST_SECRET = 6
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class PreviewDiagnostics:
    """Messages of a preview, each once.

    Attributes:
        refusals: refusals of guards, as (guard, message).
        errors: all other errors.
        warnings: warnings, sorted.
    """

    refusals: tuple[tuple[str, str], ...]
    errors: tuple[str, ...]
    warnings: tuple[str, ...]

    def with_warnings(self, more: Iterable[str]) -> PreviewDiagnostics:
        """Return these messages and *more* warnings."""
        return replace(self, warnings=tuple(sorted({*self.warnings, *more})))


def preview_diagnostics(preview: Preview, document: Any) -> PreviewDiagnostics:
    """Return the messages of *preview*; secrets in *document*, its whole text, are masked."""
    mask = Mask(_secrets(document))
    errors: dict[str, str | None] = {}
    warnings: set[str] = set()
    for diagnostic in preview.diagnostics:
        if diagnostic.severity not in {"error", "warning"} or _NOISE.search(diagnostic.message):
            continue
        message = _strip_prefixes(diagnostic.message)
        name = preview.destination_of(diagnostic.urn)
        if protected := _PROTECTED.match(message):
            # The engine refuses each part of a destination by itself.
            name, message = preview.destination_of(protected[1]) or name, _PROTECTED_MESSAGE
        text = f"{name}: {_masked(message, mask)}" if name else _masked(message, mask)
        if diagnostic.severity == "error":
            errors.setdefault(text, _guard(message))
        else:
            warnings.add(text)
    return PreviewDiagnostics(
        refusals=tuple((guard, text) for text, guard in errors.items() if guard),
        errors=tuple(text for text, guard in errors.items() if not guard),
        warnings=tuple(sorted(warnings)),
    )


def masking(document: Any) -> Callable[[str], str]:
    """Return a function that masks the secrets of *document*, a whole preview, in a text."""
    mask = Mask(_secrets(document))
    return lambda text: _masked(text, mask)


def _guard(message: str) -> str | None:
    """Return the guard that refused by *message*; None where any line of it is another error.

    The code of an error is the first one of its line; what follows may quote a person's text.
    """
    codes = [codes_in(line)[0] for line in message.splitlines() if codes_in(line)]
    guards = [error_codes()[code].guard for code in codes]
    return guards[0] if guards and all(guards) else None


def _strip_prefixes(message: str) -> str:
    text = message.strip()
    while (shorter := _PREFIX.sub("", text)) != text:
        text = shorter
    return text


def _masked(text: str, mask: Mask) -> str:
    text = mask.hide(text).replace(HIDDEN, _MASK)
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
