"""The media plane in the emulator: reconciled with its state, read for its metrics."""

from __future__ import annotations

import dataclasses
import socket
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from localaws.clock import Clock
from localaws.media import buckets, certificate, desired_state, tools
from localaws.media.credentials import CredentialGate
from localaws.media.desired_state import DesiredState, Pipeline
from localaws.media.file_receiver import FileReceiver
from localaws.media.images import Images
from localaws.media.ingest import Ingest
from localaws.media.measured import measured
from localaws.media.metrics import Gauges
from localaws.media.network import LOOPBACK, free_port, is_loopback
from localaws.media.outlets import Srt
from localaws.media.receiver import Receiver
from localaws.media.settings import MediaError, MediaSettings
from localaws.media.supervisor import Supervisor
from localaws.medialive import alerts
from localaws.medialive.state_faults import STATE_FAULTS
from localaws.metrics import Series

# Bytes are counted at the end of their second.
_RECENT_SECONDS = 2


class Media:
    """Real media for what the services hold.

    Args:
        settings: how it runs.
        regions: returns what MediaLive and MediaConnect hold now, by service and region.
        clock: their time.
        lock: guards what they hold.
        admission_url: our URL that the platforms' stand-in calls for every stream.
    """

    def __init__(
        self,
        settings: MediaSettings,
        *,
        regions: Callable[[], Mapping[tuple[str, str], Any]],
        clock: Clock,
        lock: AbstractContextManager[Any],
        admission_url: str,
    ) -> None:
        self._settings, self._regions, self._clock, self._lock = settings, regions, clock, lock
        self.gauges = Gauges()
        self._desired = desired_state.NOTHING
        self._srt_ports: dict[tuple[str, str], int] = {}
        self._revoked: set[tuple[str, str]] = set()
        self._given_up: set[tuple[str, str]] = set()
        self._folder = tempfile.TemporaryDirectory(prefix="lunora-media-")
        self._has_ended = False
        self._images = Images(Path(self._folder.name))
        ingest = Ingest(
            rtmp_port=settings.rtmp_port or free_port(socket.SOCK_STREAM),
            rtmps_port=free_port(socket.SOCK_STREAM),
            certificate=Path(self._folder.name) / certificate.FILE,
            asking_port=free_port(socket.SOCK_STREAM),
            asking_tls_port=free_port(socket.SOCK_STREAM),
        )
        self.gate = CredentialGate(ingest, settings.password_of or self._used_password)
        self.receiver = Receiver(ingest, self._admit, admission_url)
        self.files = FileReceiver(self._admit)
        self._plane = Supervisor(
            self.receiver,
            self.gate,
            self.files,
            srt_port=self._srt_ports.__getitem__,
            gauges=self.gauges,
            now=clock.now,
            report=self._report,
            is_restarted=self._is_restarted,
        )

    def start(self) -> None:
        """Start with what there is.

        Raises:
            MediaError: when a program is missing or cannot run.
        """
        if missing := tools.missing():
            raise MediaError(
                f"real media needs {', '.join(missing)}",
                remedy="run `python -m localaws.media` as root on Debian",
            )
        self._plane.start()
        self.changed()

    def stop(self) -> None:
        """End everything."""
        self._plane.stop()
        # A change that comes in meanwhile finds no folder for its images any more.
        with self._lock:
            self._has_ended = True
            self._folder.cleanup()

    def changed(self) -> None:
        """Look at what there is now, and run that."""
        with self._lock:
            if self._has_ended:
                return
            desired = desired_state.of(self._regions(), self._images.file, buckets.secret)
            if desired != self._desired:
                # Before the plane or `shown` looks, each in a thread of its own: two that choose
                # at once would leave the flow at one port and its source at another.
                for key in (*_sources(desired), *_srt_addresses(desired)):
                    if key not in self._srt_ports:
                        self._srt_ports[key] = self._chosen_srt_port()
                self._desired = desired
                self._plane.set_desired(desired)

    def measured(self, invented: Iterable[Series]) -> Iterator[Series]:
        """Yield what was measured, instead of what would be *invented*."""
        return measured(invented, self.gauges)

    def programs(self, flow_arn: str) -> list[dict[str, Any]]:
        """Return the programs that a flow receives now, as MediaConnect describes them."""
        flow = self.gauges.flows[flow_arn]
        arrives = flow.received_bytes.busy(self._clock.now(), _RECENT_SECONDS)
        return flow.tables.programs if arrives else []

    def picture(self, key: tuple[str, ...]) -> bytes | None:
        """Return the last picture of a flow or pipeline as a JPEG; see `Supervisor.picture`."""
        return self._plane.picture(key)

    def revoke(self, channel: str) -> list[str]:
        """Let the platforms no longer know the keys of channels named like the pattern.

        Returns:
            The names of the channels.
        """
        hit = [
            (pipeline.channel, push)
            for pipeline in self._desired.pipelines.values()
            if fnmatchcase(pipeline.channel, channel)
            for push in pipeline.pushes
        ]
        self._revoked |= {(push.url, push.key) for _, push in hit}
        return sorted({name for name, _ in hit})

    def shown(self) -> dict[str, Any]:
        """Return for people where the source goes, what arrives, and where SRT leads; no key."""
        ingest = self.receiver.ingest
        return {
            "sources": {
                name: f"srt://{LOOPBACK}:{self._srt_ports[key]}"
                for key, name in _sources(self._desired).items()
            },
            "arriving": [
                {**dataclasses.asdict(stream), "watch": ingest.view_url(stream.name)}
                for stream in self.receiver.streams
            ]
            + self.files.streams,
            "srt": {
                f"srt://{host}:{port}": f"srt://{LOOPBACK}:{self._srt_ports[host, port]}"
                for host, port in _srt_addresses(self._desired)
            },
        }

    def _chosen_srt_port(self) -> int:
        is_first = not self._srt_ports
        chosen = self._settings.srt_port if is_first else 0
        return chosen or free_port(socket.SOCK_DGRAM)

    def _admit(self, url: str, key: str) -> str | None:
        if (url, key) in self._revoked:
            return None
        if self._settings.knows is not None and not self._settings.knows(url, key):
            return None
        for pipeline in self._desired.pipelines.values():
            if any((push.url, push.key) == (url, key) for push in pipeline.pushes):
                return pipeline.channel if pipeline.number == 0 else f"{pipeline.channel}-backup"
        return None

    def _used_password(self, user: str) -> str | None:
        """Return the password that a channel uses for a user; platforms know all of them."""
        used = (
            push.credentials
            for pipeline in self._desired.pipelines.values()
            for push in pipeline.pushes
            if push.credentials is not None
        )
        return dict(used).get(user)

    def _is_restarted(self, pipeline: Pipeline) -> bool:
        """Tell whether an output whose reconnections are used up goes on; else stop its channel.

        A channel with two pipelines stops when both have given up.
        """
        with self._lock:
            region = self._regions().get(("medialive", pipeline.region))
            if region is None or region.readings["reconnections-used-up"] == "output-restarts":
                return True
            self._given_up.add(pipeline.key)
            keys = {key for key in self._desired.pipelines if key[0] == pipeline.channel_id}
            if keys <= self._given_up:
                self._given_up -= keys
                channel = region.channels.get(pipeline.channel_id)
                if channel is not None:
                    STATE_FAULTS["dies"](region, channel)
            return False

    def _report(self, pipeline: Pipeline, group: str, problem: str) -> None:
        del group
        if not problem:
            self._given_up.discard(pipeline.key)
        with self._lock:
            region = self._regions().get(("medialive", pipeline.region))
            if region is None:
                return
            about = (region, pipeline.channel_id, str(pipeline.number))
            if problem:
                alerts.set_alert(*about, problem)
            else:
                alerts.clear_alerts(*about)


def _srt_addresses(desired: DesiredState) -> list[tuple[str, str]]:
    """Return the addresses, as (host, port), that outputs call or wait at on other machines."""
    addresses = {
        push.outlet.address
        for pipeline in desired.pipelines.values()
        for push in pipeline.pushes
        if isinstance(push.outlet, Srt) and not is_loopback(push.outlet.address[0])
    }
    return sorted((host, str(port)) for host, port in addresses)


def _sources(desired: DesiredState) -> dict[tuple[str, str], str]:
    """Return the sources, as (ARN of the flow, name), with the names that people read."""
    return {
        (arn, source): router.name if number == 0 else f"{router.name}/{source}"
        for arn, router in desired.routers.items()
        for number, source in enumerate(router.sources)
    }
