"""Operations of MediaLive and MediaConnect, listed in docs/reference/emulator.md."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import botocore.session
from botocore import xform_name

from localaws.mediaconnect.backend import MediaConnect
from localaws.medialive.backend import MediaLive

_BACKENDS: dict[str, type] = {"medialive": MediaLive, "mediaconnect": MediaConnect}
_TITLES = {"medialive": "MediaLive", "mediaconnect": "MediaConnect"}

BEGIN = "<!-- operations: written by `python -m localaws operations` -->"
END = "<!-- end of operations -->"


def implemented(service: str) -> list[str]:
    """Return the operations of *service* that are answered as AWS would."""
    return [name for name in _all(service) if _is_there(service, name)]


def refused(service: str) -> list[str]:
    """Return the operations of *service* that are answered with 501."""
    return [name for name in _all(service) if not _is_there(service, name)]


def markdown() -> str:
    """Return the list for people."""
    return "\n".join([BEGIN, *_lines(), END])


def written(text: str) -> str:
    """Return *text* with its list of operations as it is now.

    Raises:
        ValueError: when *text* has no place for it.
    """
    before, _, rest = text.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"there is no {BEGIN} ... {END}")
    return before + markdown() + after


def write(file: Path) -> None:
    """Bring the list in *file* up to date."""
    file.write_text(written(file.read_text(encoding="utf-8")), encoding="utf-8")


def _lines() -> Iterator[str]:
    yield "| service | in the model | implemented and validated | validated, then refused (501) |"
    yield "|---|---|---|---|"
    for service, title in _TITLES.items():
        there, not_there = len(implemented(service)), len(refused(service))
        yield f"| {title} | {there + not_there} | {there} | {not_there} |"
    for service, title in _TITLES.items():
        yield ""
        yield f"**{title}, implemented and validated:** {', '.join(implemented(service))}."
        yield ""
        yield f"**{title}, validated, then refused with 501:** {', '.join(refused(service))}."


def _all(service: str) -> list[str]:
    return sorted(botocore.session.get_session().get_service_model(service).operation_names)


def _is_there(service: str, name: str) -> bool:
    return hasattr(_BACKENDS[service], xform_name(name))
