"""How the plugin reaches AWS: clients, retries, waits with a deadline."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar, cast

import boto3
import tenacity
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from provider import credentials
from provider.redaction import Mask
from provider.resource import ResourceError

if TYPE_CHECKING:
    from mypy_boto3_mediaconnect import MediaConnectClient
    from mypy_boto3_medialive import MediaLiveClient

T = TypeVar("T")

# MediaLive answers 409 while a channel or input is changing, MediaConnect 420 while a flow
# cannot take another change; botocore retries neither by itself.
_TRANSIENT_STATUS = frozenset({409, 420, 429, 500, 502, 503, 504})
_NOT_FOUND_STATUS = 404
_BUSY = ("is busy, it cannot be deleted", "it is still being used by inputs")

# MediaConnect answers 420 to a flow that is busy and to one that is full, which no wait helps.
_FULL_STATUS, _FULL_SECONDS = 420, 60.0

DEADLINE_SECONDS = 15 * 60.0
"""How long one operation may wait in all; the same 15 minutes the AWS provider gives a channel."""

_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0
_LONGEST_WITH_NEWS, _RECENT_SECONDS = 10.0, 0.5

RETRY_TIMEOUT = "LUNORA_PATIENCE_SECONDS"
"""The environment variable that says how long a run asks again what AWS refuses for now."""


class CancelledError(ResourceError):
    """The run was interrupted while an operation waited."""


class _Answer:
    """What one look brought, or will: others may use it as long as the clock is before *until*."""

    def __init__(self) -> None:
        self.future: Future[Any] = Future()
        self.until = math.inf


class AwsClients:
    """AWS in one region, for all threads of the plugin.

    Args:
        region: for example `us-west-2`.
        endpoint: where every service listens instead, for an embedded AWS.
        sleep: waits some seconds; a test replaces it.
        clock: seconds that only grow; a test replaces it.
        patience: seconds that a call which AWS refuses for now is asked again.
        dry_run: whether previews ask AWS if it would accept settings.
    """

    def __init__(  # noqa: PLR0913 - the connection of a whole plugin
        self,
        region: str,
        *,
        endpoint: str | None = None,
        sleep: Callable[[float], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        patience: float = DEADLINE_SECONDS,
        dry_run: bool = False,
    ) -> None:
        self.region = region
        self.dry_run = dry_run
        self.clock = clock
        self._patience = patience
        self._endpoint = endpoint
        self._cancelled = threading.Event()
        self._sleep = sleep or self._cancellable_sleep
        self._lock = threading.Lock()
        # One for all clients: each session reads botocore's megabytes about endpoints for itself.
        self._session = boto3.Session()
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
        """Let every wait end with `Cancelled`."""
        self._cancelled.set()

    def call(
        self,
        operation: Callable[[], T],
        *,
        what: str,
        deadline: float | None = None,
        secrets: Collection[str] = (),
    ) -> T:
        """Run *operation*; while AWS says "not now" (409, 420, 429, 5xx), try again.

        Args:
            operation: one call of a client.
            what: what is being done, for the message (`delete push input x`).
            deadline: on `clock`; the connection's patience from now when not given.
            secrets: of the request, which AWS may quote when it refuses.

        Raises:
            ClientError: when nothing is found (404).
            ResourceError: in one sentence, for all else, and when the deadline has passed.
        """
        began = self.clock()
        until = began + self._patience if deadline is None else deadline

        def is_over(attempt: tenacity.RetryCallState) -> bool:
            now = self.clock()
            error = attempt.outcome.exception() if attempt.outcome else None
            return now >= until or (_may_be_full(error) and now >= began + _FULL_SECONDS)

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(is_transient),
            wait=tenacity.wait_random_exponential(multiplier=0.2, max=10),
            stop=is_over,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(operation)
        except ClientError as error:
            if is_not_found(error):
                raise
            raise ResourceError(f"could not {what}: {explain(error, secrets)}") from None
        except BotoCoreError as error:
            raise ResourceError(f"could not {what}: {type(error).__name__}") from None

    def wait(
        self,
        look: Callable[[], T | None],
        *,
        what: str,
        deadline: float | None = None,
        news: Callable[[], bool] | None = None,
    ) -> T:
        """Call *look* until it returns something, at growing intervals up to 2 s.

        Args:
            look: asks AWS.
            what: names what did not happen, for the message.
            deadline: on `clock`; 15 minutes from now when not given.
            news: tells whether it is time to look again, and is asked twice a second instead;
                intervals then grow to 10 s, for what it misses.

        Raises:
            ResourceError: when the deadline has passed.
            Cancelled: when the run was interrupted.
        """
        started = self.clock()
        until = started + DEADLINE_SECONDS if deadline is None else deadline
        pause, longest = _SHORTEST_PAUSE, _LONGEST_WITH_NEWS if news else _LONGEST_PAUSE
        while (found := look()) is None:
            if self.clock() >= until:
                waited = self.clock() - started
                raise ResourceError(f"{what} within {waited:.0f} s; run `pulumi up` again")
            self._pause(pause, news)
            pause = min(pause * 1.25, longest)
        return found

    def recent(self, what: str, look: Callable[[], T]) -> T:
        """Return what *look* returned for this *what* in the last half second.

        Many threads that ask the like ask AWS once: one of them looks, the others wait for its
        answer, or for the error it ends with. Looks of another *what* wait for nothing.
        """
        with self._recent_lock:
            answer, looks = self._recent.get(what), False
            if answer is None or self.clock() >= answer.until:
                answer, looks = _Answer(), True
                self._recent[what] = answer
        if looks:
            try:
                answer.future.set_result(look())
            except BaseException as error:  # noqa: BLE001 - raised again, in every thread that waits
                answer.future.set_exception(error)
            answer.until = self.clock() + _RECENT_SECONDS
        return cast("T", answer.future.result())

    def _pause(self, seconds: float, news: Callable[[], bool] | None) -> None:
        left = seconds
        while left > _RECENT_SECONDS and news is not None:
            self._sleep(_RECENT_SECONDS)
            left -= _RECENT_SECONDS
            if news():
                return
        self._sleep(left)

    def _cancellable_sleep(self, seconds: float) -> None:
        if self._cancelled.wait(seconds):
            raise CancelledError("the run was interrupted; run `pulumi up` again to finish it")

    def client(self, service: str) -> Any:
        """Return the client of *service*, the same one for every thread."""
        # boto3 sessions are not thread-safe while they make a client; clients are.
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._made_client(service)
            return self._clients[service]

    def _made_client(self, service: str) -> Any:
        return self._session.client(
            service,  # type: ignore[call-overload]  # one overload per service, name is a variable
            region_name=self.region,
            endpoint_url=self._endpoint,
            config=Config(
                retries={"mode": "standard", "total_max_attempts": 5},
                max_pool_connections=64,
                connect_timeout=5,
                read_timeout=60,
            ),
            **credentials.for_endpoint(self._endpoint),
        )


def is_transient(error: BaseException) -> bool:
    """Tell whether AWS may well accept the same call a moment later."""
    return isinstance(error, ClientError) and (
        status_of(error) in _TRANSIENT_STATUS or _is_busy(error)
    )


def _is_busy(error: ClientError) -> bool:
    """Tell whether something that is being deleted still uses what AWS was to delete.

    The records differ in the status, 409 or 400, not in the words (aws-bench pull request 22;
    sample-clipping-portal).
    """
    message = str(error.response.get("Error", {}).get("Message"))
    return any(words in message for words in _BUSY)


def _may_be_full(error: BaseException | None) -> bool:
    return isinstance(error, ClientError) and status_of(error) == _FULL_STATUS


def is_not_found(error: BaseException) -> bool:
    """Tell whether AWS said that the thing does not exist."""
    return isinstance(error, ClientError) and status_of(error) == _NOT_FOUND_STATUS


def explain(error: ClientError, secrets: Collection[str] = ()) -> str:
    """Return AWS's answer as a phrase, with the *secrets* of the request redacted."""
    answer: Mapping[str, Any] = error.response.get("Error", {})
    code, message = answer.get("Code", "?"), answer.get("Message", "")
    return f"{error.operation_name} answered {code}: {Mask(secrets)(message)}"


def status_of(error: ClientError) -> int:
    """Return the HTTP status of AWS's answer; 0 where it has none."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
