"""Access to AWS: clients, retries and waits with a deadline."""

from __future__ import annotations

import copy
import datetime as dt
import functools
import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar, cast

import boto3
import botocore.session
import tenacity
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    ReadTimeoutError,
)
from botocore.loaders import Loader
from botocore.utils import parse_timestamp

from catalog.aws_settings import AwsSettings
from provider import credentials
from provider.aws_errors import is_not_found, is_transient, may_be_full, resource_error
from provider.redaction import redact_errors
from provider.resource import ResourceError

if TYPE_CHECKING:
    from mypy_boto3_mediaconnect import MediaConnectClient
    from mypy_boto3_medialive import MediaLiveClient

T = TypeVar("T")

_FULL_SECONDS = 60.0
"""How long a call is repeated to which MediaConnect answers 420, as a full flow does."""

DEADLINE_SECONDS = 15 * 60.0
"""How long one operation may wait in all; the same 15 minutes the AWS provider gives a channel."""

_CONNECT_SECONDS, _ANSWER_SECONDS, _ATTEMPTS, _SILENCE_SECONDS = 5.0, 20.0, 5, 30.0

_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0
_LONGEST_WITH_SIGNAL, _RECENT_SECONDS = 10.0, 0.5

RETRY_TIMEOUT = "LUNORA_PATIENCE_SECONDS"
"""Environment variable: seconds for which a run repeats a call that AWS refuses for now."""


class CancelledError(ResourceError):
    """An interruption of the run while an operation waited."""


class _Answer:
    """The answer of one poll, perhaps still to come; other threads may use it before *until*."""

    def __init__(self) -> None:
        self.future: Future[Any] = Future()
        self.until = math.inf


@functools.cache
def _data_loader() -> Loader:
    # One of all sessions: each loader parses botocore's megabytes of endpoints and models again.
    return Loader()


def _time(value: Any) -> dt.datetime:
    """Return a time of an answer; most of a status are thousands of CloudWatch's, as numbers.

    botocore asks its own time zone about each, which takes longer than reading the answer.
    """
    if isinstance(value, int | float):
        return dt.datetime.fromtimestamp(value, dt.UTC)
    return parse_timestamp(value)


class AwsClients:
    """AWS in one region, for all threads of the plugin.

    Args:
        region: for example `us-west-2`.
        endpoint: the address of every service, for an emulator.
        sleep: waits some seconds; a test replaces it.
        clock: seconds that only grow; a test replaces it.
        patience: seconds for which a call is repeated that AWS refuses for now.
        answer_seconds: how long one attempt of a call waits for its answer.
        attempts: how often the SDK itself tries a call.
        gives_up: whether a call without any answer ends the following ones at once, for a while.
        dry_run: whether previews send the settings to AWS with DryRun.
        settings: credentials and accounts.
    """

    def __init__(  # noqa: PLR0913 - the connection of a whole plugin
        self,
        region: str,
        *,
        endpoint: str | None = None,
        sleep: Callable[[float], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        patience: float = DEADLINE_SECONDS,
        answer_seconds: float = _ANSWER_SECONDS,
        attempts: int = _ATTEMPTS,
        gives_up: bool = False,
        dry_run: bool = False,
        settings: AwsSettings = AwsSettings(),  # noqa: B008 - immutable
    ) -> None:
        self.region = region
        self.dry_run = dry_run
        self.clock = clock
        self._patience = patience
        self._answer_seconds, self._attempts = answer_seconds, attempts
        self._gives_up = gives_up
        self._silence: BaseException | None = None
        self._silent_until = 0.0
        self._settings = settings
        self._has_allowed_account = not (
            settings.allowed_account_ids or settings.forbidden_account_ids
        )
        self._endpoint = endpoint
        self._cancelled = threading.Event()
        self._sleep = sleep or self._cancellable_sleep
        self._lock = threading.Lock()
        self._clients: dict[str, Any] = {}
        self._recent_lock = threading.Lock()
        self._recent: dict[str, _Answer] = {}

    @property
    def medialive(self) -> MediaLiveClient:
        """The MediaLive client."""
        client: MediaLiveClient = self.client("medialive")
        return client

    @property
    def mediaconnect(self) -> MediaConnectClient:
        """The MediaConnect client."""
        client: MediaConnectClient = self.client("mediaconnect")
        return client

    def cancel(self) -> None:
        """End every wait with `CancelledError`."""
        self._cancelled.set()

    def call(
        self,
        operation: Callable[[], T],
        *,
        action: str,
        deadline: float | None = None,
    ) -> T:
        """Run *operation*, and repeat it while AWS refuses it for now (409, 420, 429, 5xx).

        Args:
            operation: one call of a client.
            action: the action, for the message (`delete push input x`).
            deadline: on `clock`; the connection's patience from now when not given.

        Raises:
            ClientError: when nothing is found (404).
            ResourceError: for every other failure, and when the deadline has passed.
        """
        began = self.clock()
        until = began + self._patience if deadline is None else deadline

        def is_over(attempt: tenacity.RetryCallState) -> bool:
            now = self.clock()
            error = attempt.outcome.exception() if attempt.outcome else None
            return now >= until or (may_be_full(error) and now >= began + _FULL_SECONDS)

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(is_transient),
            wait=tenacity.wait_random_exponential(multiplier=0.2, max=10),
            stop=is_over,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(operation)
        except (ClientError, BotoCoreError) as error:
            if is_not_found(error):
                raise
            raise resource_error(action, error) from None

    def wait(
        self,
        poll: Callable[[], T | None],
        *,
        action: str,
        deadline: float | None = None,
        changed: Callable[[], bool] | None = None,
    ) -> T:
        """Call *poll* until it returns something, at growing intervals up to 2 s.

        Args:
            poll: reads AWS.
            action: the action waited for, for the message (`delete push input x`).
            deadline: on `clock`; 15 minutes from now when not given.
            changed: tells whether to poll now; called twice a second. Intervals then grow to
                10 s, for a change that it misses.

        Raises:
            ResourceError: when the deadline has passed.
            CancelledError: when the run was interrupted.
        """
        started = self.clock()
        until = started + DEADLINE_SECONDS if deadline is None else deadline
        pause, longest = _SHORTEST_PAUSE, _LONGEST_WITH_SIGNAL if changed else _LONGEST_PAUSE
        while (result := poll()) is None:
            if self.clock() >= until:
                waited = self.clock() - started
                raise ResourceError(
                    "LUN315",
                    f"cannot {action}: not finished after {waited:.0f} s",
                    remedy="run `pulumi up` again",
                )
            self._pause(pause, changed)
            pause = min(pause * 1.25, longest)
        return result

    def recent(self, topic: str, poll: Callable[[], T]) -> T:
        """Return the answer of *poll* for this *topic* in the last half second.

        Threads that poll the same topic share one call: one thread polls, the others wait for its
        answer or its error. Polls of another *topic* do not wait.
        """
        with self._recent_lock:
            answer, polls = self._recent.get(topic), False
            if answer is None or self.clock() >= answer.until:
                answer, polls = _Answer(), True
                self._recent[topic] = answer
        if polls:
            try:
                answer.future.set_result(poll())
            except BaseException as error:  # noqa: BLE001 - raised again, in every thread that waits
                answer.future.set_exception(error)
            answer.until = self.clock() + _RECENT_SECONDS
        return cast("T", answer.future.result())

    def _pause(self, seconds: float, changed: Callable[[], bool] | None) -> None:
        left = seconds
        while left > _RECENT_SECONDS and changed is not None:
            self._sleep(_RECENT_SECONDS)
            left -= _RECENT_SECONDS
            if changed():
                return
        self._sleep(left)

    def _cancellable_sleep(self, seconds: float) -> None:
        if self._cancelled.wait(seconds):
            raise CancelledError(
                "LUN318", "the run was interrupted", remedy="run `pulumi up` again to finish it"
            )

    def client(self, service: str) -> Any:
        """Return the client of *service*, the same one for every thread.

        Raises:
            LunoraError: when the credentials are of an account that the settings do not allow.
        """
        # boto3 sessions are not thread-safe while they make a client; clients are.
        with self._lock:
            if service not in self._clients:
                try:
                    client = self._new_client(service)
                    self._check_account()
                except (BotoCoreError, ClientError) as error:
                    raise resource_error(f"use {service}", error) from None
                redact_errors(client)
                if self._gives_up:
                    client.meta.events.register("after-call-error", self._note_silence)
                    client.meta.events.register("before-call", self._refuse_in_silence)
                self._clients[service] = client
            return self._clients[service]

    def _note_silence(self, exception: BaseException, **_: object) -> None:
        if isinstance(exception, ConnectTimeoutError | ReadTimeoutError):
            self._silence = copy.copy(exception)
            self._silent_until = self.clock() + _SILENCE_SECONDS

    def _refuse_in_silence(self, **_: object) -> None:
        if self._silence is not None and self.clock() < self._silent_until:
            # Each raise lengthens the traceback of its exception.
            raise copy.copy(self._silence)

    def check_account(self) -> None:
        """Refuse an account that the settings do not allow.

        Raises:
            LunoraError: when it is one.
        """
        self.client("sts")

    def _check_account(self) -> None:
        if self._has_allowed_account:
            return
        account = self._new_client("sts").get_caller_identity()["Account"]
        error = self._settings.account_error(account)
        if error:
            raise ResourceError(error.code, error.message, remedy=error.remedy)
        self._has_allowed_account = True

    @functools.cached_property
    def _session(self) -> boto3.Session:
        session = botocore.session.Session(profile=self._settings.profile)
        session.register_component("data_loader", _data_loader())
        session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_time)
        credentials.assume_roles(
            session,
            self._settings.assume_roles,
            region=self.region,
            endpoint=self._endpoint,
            initial=self._placeholders,
        )
        return boto3.Session(botocore_session=session)

    @property
    def _placeholders(self) -> dict[str, str]:
        return {} if self._settings.profile else credentials.for_endpoint(self._endpoint)

    def _new_client(self, service: str) -> Any:
        return self._session.client(
            service,  # type: ignore[call-overload]  # one overload per service, name is a variable
            region_name=self.region,
            endpoint_url=self._endpoint,
            config=Config(
                retries={"mode": "standard", "total_max_attempts": self._attempts},
                max_pool_connections=64,
                connect_timeout=min(_CONNECT_SECONDS, self._answer_seconds),
                read_timeout=self._answer_seconds,
            ),
            **({} if self._settings.assume_roles else self._placeholders),
        )
