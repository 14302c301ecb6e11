"""Operations of MediaLive and MediaConnect, listed in docs/reference/emulator.md."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import botocore.session
from botocore import xform_name

from catalog.marked_block import MarkedBlock
from localaws.mediaconnect.backend import MediaConnect
from localaws.medialive.backend import MediaLive

_BACKENDS: dict[str, type] = {"medialive": MediaLive, "mediaconnect": MediaConnect}
_TITLES = {"medialive": "MediaLive", "mediaconnect": "MediaConnect"}

_LIST = MarkedBlock("operations", "python -m localaws operations")


def implemented(service: str) -> list[str]:
    """Return the operations of *service* that are answered as AWS would."""
    return [name for name in _all(service) if _is_there(service, name)]


def refused(service: str) -> list[str]:
    """Return the operations of *service* that are answered with 501."""
    return [name for name in _all(service) if not _is_there(service, name)]


def with_operations(page: Path) -> str:
    """Return the text of *page* with the current list of operations.

    Raises:
        LunoraError: when the page has no place for the list.
    """
    return _LIST.document(page, "".join(f"{line}\n" for line in _lines()))


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
