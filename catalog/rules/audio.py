"""Rules of the sound of a destination, and of destinations without a picture."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.audio import MONO_MAXIMUM_KBPS
from catalog.model import DestinationSpec
from catalog.rules.finding import Finding, encoding_key

_AUDIO, _NO_PICTURE = "LUN135", "LUN136"
_PICTURE_KEYS = frozenset({"black_seconds", "then", "color", "slate"})


def check_audio(spec: DestinationSpec) -> Iterator[Finding]:
    """Refuse a bitrate that AAC-LC of one channel does not take."""
    kbps = spec.effective_encoding.audio_kbps
    if spec.audio.channels == "mono" and kbps > MONO_MAXIMUM_KBPS:
        message = f"mono takes up to {MONO_MAXIMUM_KBPS} kb/s, and this is {kbps}; lower it"
        yield Finding(_AUDIO, encoding_key(spec, "audio_bitrate_kbps"), message)


def check_audio_only(spec: DestinationSpec) -> Iterator[Finding]:
    """Refuse audio alone to platforms that show video, and a slate without a picture."""
    if spec.effective_encoding.has_video:
        return
    if not spec.platform_facts.takes_audio_only:
        title = spec.platform_facts.title
        message = f"no document says that {title} takes audio alone; use a preset with video"
        yield Finding(_NO_PICTURE, "preset", message)
    loss = spec.on_input_loss
    for key in sorted(_PICTURE_KEYS & loss.model_fields_set) if loss else ():
        message = "has no effect without a picture; remove it, or use a preset with video"
        yield Finding(_AUDIO, f"on_input_loss.{key}", message)
