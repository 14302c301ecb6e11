"""Rules of HLS: the place of the key, segments and restarts."""

from __future__ import annotations

from collections.abc import Iterator

from catalog import ingest
from catalog.hls import LONGEST_RESTART_DELAY
from catalog.model import DestinationSpec
from catalog.rules.finding import Finding

_HLS = "LUN148"


def check_key_has_a_place(spec: DestinationSpec) -> Iterator[Finding]:
    """Refuse a stream key that no place in the URL and no user takes, and one that both take."""
    if spec.scheme != "https":
        return
    in_url = [ingest.KEY_PLACE in url for url in spec.ingests if url]
    if spec.hls.username is not None and any(in_url):
        message = f"takes the stream key as its password; remove {ingest.KEY_PLACE} from the url"
        yield Finding(_HLS, "hls.username", message)
    elif any(in_url) and not all(in_url):
        yield Finding(_HLS, "backup_url", f"{ingest.KEY_PLACE} is in one of the URLs only")
    elif "stream_key" in spec.model_fields_set and not spec.has_key:
        message = f"goes nowhere; write {ingest.KEY_PLACE} for it in the url, or give hls.username"
        yield Finding(_HLS, "stream_key", message)


def check_segments_end_at_key_frames(spec: DestinationSpec) -> Iterator[Finding]:
    """Refuse segments whose length is no multiple of the distance of key frames.

    MediaLive ends a segment at the next key frame (API reference, HlsGroupSettings,
    SegmentLength), so that it is longer than declared.
    """
    if spec.scheme not in ingest.HLS or not spec.effective_encoding.has_video:
        return
    keyframes = spec.effective_encoding.keyframe_seconds
    if spec.hls.segment_seconds % keyframes:
        message = f"must be a multiple of the {keyframes} s between key frames, where segments end"
        yield Finding(_HLS, "hls.segment_seconds", message)


def check_restart_delay(spec: DestinationSpec) -> Iterator[Finding]:
    """Refuse a delay before restarts that HLS does not take."""
    delay = spec.retry.restart_delay_seconds
    if spec.scheme in ingest.HLS and delay > LONGEST_RESTART_DELAY:
        message = f"of HLS is at most {LONGEST_RESTART_DELAY}"
        yield Finding(_HLS, "retry.restart_delay_seconds", message)
