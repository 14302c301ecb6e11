"""Rules of SRT and RTP: who sends them, and what their keys are for."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from catalog import ingest
from catalog.model import DestinationSpec
from catalog.rules.per_file import Finding


def check_transport_is_sent_by_a_flow(spec: DestinationSpec) -> Iterator[Finding]:
    """A channel pushes RTMP, and so does everything that is sent to a platform of the list."""
    if spec.backup_url is not None and ingest.scheme(spec.backup_url) in ingest.TRANSPORTS:
        yield "backup_url", "is for channels, which send RTMP; begin it with rtmps:// or rtmp://"
    if spec.scheme not in ingest.TRANSPORTS:
        return
    name = spec.scheme.upper()
    if spec.route == "channel":
        yield "url", f"is {name}, which only a flow sends; add route: flow, or give an RTMP URL"
    if spec.platform != "custom":
        facts = spec.platform_facts
        yield "url", f"is {name}, and {facts.title} is fed by RTMP; use platform: custom for others"


def check_transport_has_its_keys(spec: DestinationSpec) -> Iterator[Finding]:
    """A key that does nothing would be believed to do something."""
    for key in sorted(ingest.TRANSPORTS & spec.model_fields_set):
        if spec.scheme != key:
            yield key, f"is only for a url that begins with {key}://; leave it out"
    if spec.scheme == "rtp" and "stream_key" in spec.model_fields_set:
        yield "stream_key", "RTP sends no key; leave it out"


def check_ports_exist(spec: DestinationSpec) -> Iterator[Finding]:
    """Error correction goes to ports above the one that is given."""
    if spec.scheme != "rtp":
        return
    highest = max(ingest.ports(spec.ingest_url, fec=spec.rtp.fec))
    if highest > ingest.HIGHEST_PORT:
        yield "url", f"needs port {highest} for rtp.fec, and the last one is {ingest.HIGHEST_PORT}"


def warn_about_hosts(spec: DestinationSpec) -> Iterator[Finding]:
    """Of an output's destination, MediaConnect's API reference knows addresses only."""
    if spec.scheme != "srt":
        return
    _, host, _, _ = ingest.identity(spec.ingest_url)
    try:
        ipaddress.ip_address(host)
    except ValueError:
        message = "names a host, and MediaConnect's reference asks for an IP address; give that if"
        yield "url", f"{message} the output is refused"
