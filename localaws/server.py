"""EmbeddedAws: all of AWS behind one port on loopback."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs

from werkzeug.http import http_date
from werkzeug.serving import BaseWSGIServer, make_server

from catalog.errors import LunoraError
from localaws import cloudwatch, control, events, moto_patches, same_machine, state_file, tag_limits
from localaws.alarm_outlet import AlarmOutlet
from localaws.alarms.engine import Alarms
from localaws.billing import Bill
from localaws.clock import Clock, Latency
from localaws.errors import AwsError, forbidden, not_implemented
from localaws.faults import CallFault, FaultPlan, Faults
from localaws.functions import invoke, subscriptions, url_address
from localaws.functions.service import Functions
from localaws.functions.urls import FunctionUrls
from localaws.http_response import QuietHandler, StartResponse, fail, respond
from localaws.iam import moto_tags, web_identity
from localaws.iam.authorizer import Authorizer
from localaws.iam.requests import refusal
from localaws.mails import Mailbox
from localaws.measurements import Measurements
from localaws.media.settings import KEY_REVOKED, MediaSettings
from localaws.mediaconnect.backend import MediaConnect
from localaws.medialive.backend import MediaLive
from localaws.medialive.readings import Readings
from localaws.medialive.service import ACCOUNT
from localaws.moto_proxy import Others, asked
from localaws.quotas import Quotas
from localaws.request_log import DROPPED, Call, RequestLog, names_given, names_in, resource_of
from localaws.rest_json import Wire
from localaws.scheduled_rules import ScheduledRules
from localaws.schedules import Schedules
from localaws.service_registry import NAMES, Services

if TYPE_CHECKING:
    from localaws.media.service import Media

LOCAL_FLOW = "lunora-player-local-srt-router"
LOCAL_REGION = "us-west-2"

_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
_READS = ("Describe", "List", "Get", "Head")

# How often schedules and states are looked at where nobody calls.
_TICK_SECONDS = 1.0


class EmbeddedAws:
    """An AWS that lives in this process, from `with` to the end of its block.

    Args:
        port: on 127.0.0.1; 0 takes a free one.
        state_file: where it remembers across restarts; None forgets.
        clock: its time; `instant` transitions when not given.
        quotas: of MediaLive and MediaConnect.
        log_file: gets one line a call.
        faults: what goes wrong on purpose.
        enforce_iam: whether every call is checked against the policies of its caller; the
            access key id `embedded` is the administrator's.
        media: how real video goes through it; None leaves it at words.
        readings: of the disputed behaviours of MediaLive, by their names in
            medialive/readings.yaml; LUN514 for a name that it does not have.
        on_call: receives every call after its response.
        ticking: whether schedules run and events are delivered every second by themselves;
            without, only when time is advanced.
    """

    def __init__(  # noqa: PLR0913 - independent settings, by keyword
        self,
        *,
        port: int = 0,
        state_file: Path | None = None,
        clock: Clock | None = None,
        quotas: Quotas | None = None,
        log_file: Path | None = None,
        faults: FaultPlan | None = None,
        enforce_iam: bool = False,
        media: MediaSettings | None = None,
        readings: Mapping[str, str] | None = None,
        on_call: Callable[[Call], None] = lambda _: None,
        ticking: bool = True,
    ) -> None:
        self.clock = clock or Clock(Latency.named("instant"))
        self.faults = Faults(faults)
        self._state_file = state_file
        self._log = RequestLog(log_file, self.clock.now, on_call)
        self._others = Others(moto_patches.application)
        self._quotas = quotas or Quotas()
        self.readings = Readings(readings)
        self._services = Services(self.clock, self._quotas, self._others, self.readings)
        self.guard = Authorizer(self._tags_of) if enforce_iam else None
        self.mailbox = Mailbox(self.clock.now)
        self._measurements, self._alarms = self._watch()
        self._bill = Bill(self.clock, lambda: self._services.regions)
        self._cost_tags: dict[str, dt.date] = {}
        self._lock = threading.RLock()
        self._functions = Functions(
            self.clock,
            self._lock,
            lambda: self.endpoint,
            self.guard,
            self._log.add,
            concurrency=self._quotas["concurrent_executions"],
        )
        self._urls = FunctionUrls(self._functions, self.clock, self._lock, self.guard)
        self._schedules, self._rules = self._new_schedules()
        self._control = control.application(self)
        self._wires = {name: Wire(name) for name in NAMES}
        self._server = _listening(port, self._answer)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._ended = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True) if ticking else None
        self.media = self._media(media) if media is not None else None
        if self.media is not None:
            self._services.measured = self.media.measured
            self._services.programs = self.media.programs
            self._services.pictures.captured = self.media.picture

    @property
    def endpoint(self) -> str:
        """Address of the server, for example `http://127.0.0.1:4566`."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def home(self) -> str | None:
        """The folder it remembers in, if it does."""
        return str(self._state_file.resolve().parent) if self._state_file else None

    @property
    def calls(self) -> list[Call]:
        """All calls so far."""
        return self._log.calls

    @property
    def regions(self) -> dict[tuple[str, str], Any]:
        """State of MediaLive and MediaConnect, by service and region."""
        with self._lock:
            self.settle()
            return dict(self._services.regions)

    def __enter__(self) -> Self:
        self.reset()
        if self._state_file is not None:
            self._remember(self._state_file)
        self._thread.start()
        if self._ticker is not None:
            self._ticker.start()
        if self.media is not None:
            self.media.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: object, trace: TracebackType | None
    ) -> None:
        if self.media is not None:
            self.media.stop()
        self._ended.set()
        if self._ticker is not None:
            self._ticker.join()
        # Before the server, which waits for the calls that wait for functions.
        self._functions.reset()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._functions.reset()
        self._save()
        self._log.close()

    def reset(self) -> None:
        """Begin anew: one flow, no faults, the time that it is."""
        with self._lock:
            self.clock.reset()
            self.faults = Faults()
            self.readings.reset()
            self.mailbox = Mailbox(self.clock.now)
            self._measurements, self._alarms = self._watch()
            self._bill = Bill(self.clock, lambda: self._services.regions)
            self._cost_tags = {}
            moto_patches.install_monitoring(
                self.clock, self._measurements, self._alarms, self.mailbox
            )
            moto_patches.install_billing(self._bill, self._cost_tags)
            moto_patches.install(self._quotas, self._services)
            subscriptions.install(self._functions, self.clock)
            url_address.serve_at(self._server.server_port)
            self._functions.reset()
            self._schedules, self._rules = self._new_schedules()
            self._others.reset()
            self._services.forget()
            flows = MediaConnect(self._services.region("mediaconnect", LOCAL_REGION))
            source = {
                "Name": "srt",
                "Protocol": "srt-listener",
                "IngestPort": 5000,
                "WhitelistCidr": "203.0.113.0/24",
            }
            monitoring = {"ThumbnailState": "ENABLED"}
            made = flows.create_flow(
                {"Name": LOCAL_FLOW, "Source": source, "SourceMonitoringConfig": monitoring}
            )
            flow = flows.region.flows[made["Flow"]["FlowArn"]]
            flow.enter("ACTIVE", self.clock.now())
            flow.delivered = len(flow.history)

    def _new_schedules(self) -> tuple[Schedules, ScheduledRules]:
        return (
            Schedules(self.clock, self._performed, self._functions, self.guard),
            ScheduledRules(self.clock, self._functions),
        )

    def save(self, file: Path) -> None:
        """Write the state of all services to *file*, stream keys in clear."""
        with self._lock:
            memory = {
                "now": self.clock.now(),
                "alarms": self._alarms.memory(),
                "mails": self.mailbox.mails,
                "measured": self._measurements.own,
                "used": self._bill.quantities,
                "cost_tags": self._cost_tags,
            }
            state_file.save(file, self._services.regions, self._others.journal, memory)

    def restore(self, file: Path) -> None:
        """Return to the state that `save` wrote to *file*, without faults, at present."""
        with self._lock:
            self.reset()
            self._remember(file)

    def _remember(self, file: Path) -> None:
        saved, journal, memory = state_file.load(file)
        for (service, region), members in saved.items():
            vars(self._services.region(service, region)).update(members)
        self._alarms.replaying = True
        self._others.replay(journal)
        self._alarms.replaying = False
        if memory:
            self.clock.catch_up(memory["now"])
            self._alarms.remember(memory["alarms"])
            self.mailbox.mails[:] = memory["mails"]
            self._measurements.own.clear()
            self._measurements.own.update(memory["measured"])
            self._bill.quantities = memory["used"]
            self._bill.until = memory["now"]
            self._cost_tags.update(memory["cost_tags"])

    def _watch(self) -> tuple[Measurements, Alarms]:
        measurements = Measurements(self.clock, self._services.series, self._services.version)
        outlet = AlarmOutlet(self._send_event, self._log.add)
        return measurements, Alarms(self.clock.now, measurements, outlet, ACCOUNT)

    def medialive(self, region: str = LOCAL_REGION) -> MediaLive:
        """Return MediaLive of a region, to look into or to break."""
        # The first question makes the region, while others may go through all of them.
        with self._lock:
            backend: MediaLive = self._services.backend("medialive", region)
            return backend

    def load_faults(self, plan: FaultPlan) -> None:
        """Let *plan* begin from here."""
        with self._lock:
            self.faults = Faults(plan)

    def trigger(self, fault: str, resource: str) -> list[str]:
        """Trigger *fault* now; see `Services.trigger`."""
        with self._lock:
            self._account()
            met = self._apply_fault(fault, resource)
            self._deliver_events()
            self._save()
            return met

    def _apply_fault(self, fault: str, resource: str) -> list[str]:
        if fault == KEY_REVOKED and self.media is not None:
            return self.media.revoke(resource)
        return self._services.trigger(fault, resource)

    def settle(self) -> None:
        """Let transitions end that are over although nobody has looked."""
        with self._lock:
            self._services.settle()

    def advance(self, seconds: float) -> None:
        """Let time pass at once; what is due happens at its time."""
        end = self.clock.now() + seconds
        # Without the lock, which functions need to call the emulator.
        self._functions.wait()
        while self._advance_to_next(end):
            self._functions.wait()
        self._functions.wait()

    def _advance_to_next(self, end: float) -> bool:
        """Advance to what is due next until *end*; returns whether there was anything."""
        with self._lock:
            due = self._next_due()
            is_due = due is not None and due <= end
            upto = due if due is not None and is_due else end
            self.clock.advance(max(upto - self.clock.now(), 0.0))
            self._account()
            self._run_schedules()
            self._deliver_events()
            return is_due

    def _next_due(self) -> float | None:
        """Return when something happens by itself; None when nothing does."""
        parts = (self._schedules, self._rules, self._functions, self._alarms, self._services)
        times = [part.next_due() for part in parts]
        return min((time for time in times if time is not None), default=None)

    def _tags_of(self, arn: str) -> dict[str, str]:
        return self._services.tags_of(arn) or moto_tags.tags_of(arn)

    def _tick(self) -> None:
        while not self._ended.wait(_TICK_SECONDS):
            with self._lock:
                self._run_schedules()
                self._deliver_events()

    def _run_schedules(self) -> None:
        self._schedules.measured = cloudwatch.count_attempt
        for call in itertools.chain(self._schedules.run(), self._rules.run()):
            self._log.add(call)
        self._functions.run_due()

    def _deliver_events(self) -> None:
        """Deliver events to EventBridge, and changes to the media plane."""
        for region, event in self._services.news():
            self._send_event(region, event)
        self._alarms.run()
        if self.media is not None:
            self.media.changed()

    def _account(self) -> None:
        """Bill what was used, before something changes."""
        if self._bill.is_due():
            self._services.settle()
            self._bill.bring_up()

    def _send_event(self, region: str, event: events.Event) -> None:
        for call in events.deliver(event, region, self._functions):
            self._log.add(call)

    def _answer(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        def dated(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            # By its own clock, on which schedules come due.
            return start_response(status, [*headers, ("Date", http_date(self.clock.now()))], *more)

        if (named := self._urls.named_by(environ)) is not None:
            # Of a site of its own, which pages of others may call as its CORS allows.
            name, status, answer = self._urls.answer(named, environ, dated)
            self._log.add(Call("lambda", "FunctionUrl", name, status))
            return answer
        return self._routed(environ, dated)

    def _routed(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        foreign = same_machine.refusal(environ)
        if foreign is not None:
            return fail(start_response, foreign)
        path, authorization = environ.get("PATH_INFO", "/"), environ.get("HTTP_AUTHORIZATION", "")
        unsigned = not authorization and asked(environ)[0]
        if unsigned == web_identity.OPERATION:
            return self._theirs("sts", environ, start_response)
        if path.startswith(control.PREFIX) or (path == "/" and not authorization):
            return self._control(environ, start_response)
        scope = _SCOPE.search(authorization)
        if scope is None:
            return fail(start_response, forbidden("the request is not signed"))
        return self._served(scope["service"], scope["region"], environ, start_response)

    def _served(
        self, service: str, region: str, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        if service in self._wires:
            return self._ours(service, region, environ, start_response)
        if service == "lambda" and invoke.is_asked(environ):
            return self._invoked(region, environ, start_response)
        return self._theirs(service, environ, start_response)

    def _invoked(
        self, region: str, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer Invoke; not under the lock, as the function calls the emulator."""
        named, (_, body) = "", asked(environ)
        try:
            reference = invoke.reference_in(environ, region)
            named = reference.name
            if self.guard is not None:
                with self._lock:
                    invoke.check(self._functions, self.guard, reference, environ)
            with self._lock:
                fault = self.faults.of_call("lambda:Invoke", {named})
            if fault is not None:
                fault.strike(body.decode(errors="replace"))
            status, headers, answer = invoke.perform(self._functions, reference, environ, body)
            _drop_after(fault)
        except AwsError as error:
            self._log.add(Call("lambda", "Invoke", named, error.status))
            return fail(start_response, error)
        except ConnectionAbortedError:
            self._log.add(Call("lambda", "Invoke", named, DROPPED))
            raise
        self._log.add(Call("lambda", "Invoke", named, status))
        return invoke.respond(start_response, status, headers, answer)

    def _ours(
        self, service: str, region: str, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        wire, operation, members = self._wires[service], "?", {}
        try:
            path = environ["REQUEST_URI"].partition("?")[0]
            query = parse_qs(environ.get("QUERY_STRING", ""))
            request = wire.parse(environ["REQUEST_METHOD"], path, query, body)
            operation, members = request.operation, request.members
            if self.guard is not None:
                with self._lock:
                    self.guard.check(environ["HTTP_AUTHORIZATION"], operation, members)
            with self._lock:
                tag_limits.check(service, members, self._services.tags_of)
            answer = self._performed(service, region, operation, members)
            status, text = wire.serialise(operation, answer)
        except AwsError as error:
            self._log.add(Call(service, operation, resource_of(members), error.status))
            return fail(start_response, error)
        except ConnectionAbortedError:
            self._log.add(Call(service, operation, resource_of(members), DROPPED))
            raise
        self._log.add(Call(service, operation, resource_of(members), status))
        return respond(start_response, status, text)

    def _performed(
        self, service: str, region: str, operation: str, members: dict[str, Any]
    ) -> dict[str, Any]:
        named = f"{service}:{operation}"
        with self._lock:
            perform = self._services.operation(service, region, operation)
            about = self._services.names_of(service, region, resource_of(members))
            about |= names_given(members)
            fault = self.faults.of_call(named, about)
        if fault is not None:
            fault.strike(json.dumps(members, default=str))
        with self._lock:
            if not operation.startswith(_READS):
                self._account()
            try:
                answer = perform(members)
            finally:
                if not operation.startswith(_READS):
                    self._services.note_write()
            self.faults.after_call(
                named,
                about,
                lambda fault: any(self._apply_fault(fault, name) for name in sorted(about)),
            )
            self._deliver_events()
            if not operation.startswith(_READS):
                self._save()
        _drop_after(fault)
        return answer

    def _theirs(
        self, service: str, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        operation, body = asked(environ)
        with self._lock:
            about = names_in(environ["PATH_INFO"], body)
            fault = self.faults.of_call(f"{service}:{operation}", about)
        try:
            if fault is not None:
                fault.strike(body.decode(errors="replace"))
            with self._lock:
                tag_limits.check_body(service, body, moto_tags.tags_of)
            answer = self._performed_by_moto(service, environ, start_response, fault)
        except (AwsError, NotImplementedError) as problem:
            error = (
                problem if isinstance(problem, AwsError) else not_implemented(service, operation)
            )
            self._log.add(Call(service, operation, "", error.status))
            status, headers, body = refusal(environ, error.as_elsewhere())
            start_response(f"{status} -", [*headers.items(), ("Content-Length", str(len(body)))])
            return [body]
        except ConnectionAbortedError:
            self._log.add(Call(service, operation, "", DROPPED))
            raise
        return answer

    def _performed_by_moto(
        self,
        service: str,
        environ: dict[str, Any],
        start_response: StartResponse,
        fault: CallFault | None,
    ) -> Iterable[bytes]:
        # moto's backends are not made for several threads at once.
        with self._lock:
            before = len(self._others.journal)
            operation, status, answer = self._others(environ, start_response, self.guard)
            if len(self._others.journal) != before:
                self._functions.forget_changed()
                self._save()
        _drop_after(fault)
        self._log.add(Call(service, operation, "", status))
        return answer

    def _media(self, settings: MediaSettings) -> Media:
        # Imported by those who asked for it: without it nothing of it costs anything.
        from localaws.media.service import Media  # noqa: PLC0415

        return Media(
            settings,
            regions=lambda: self.regions,
            clock=self.clock,
            lock=self._lock,
            admission_url=f"{self.endpoint}{control.PREFIX}/media",
        )

    def _save(self) -> None:
        if self._state_file is not None:
            self.save(self._state_file)


def _listening(port: int, application: Callable[..., Iterable[bytes]]) -> BaseWSGIServer:
    try:
        return make_server(
            "127.0.0.1", port, application, threaded=True, request_handler=QuietHandler
        )
    except SystemExit:  # werkzeug's answer to a port that it cannot have, with the cause on stderr
        message = f"cannot listen at port {port}"
        raise LunoraError("LUN510", message, remedy="end what listens there") from None


def _drop_after(fault: CallFault | None) -> None:
    """Close the connection after a call's effect, if that is its fault."""
    if fault is not None and fault.fault == "dropped-after":
        raise ConnectionAbortedError
