"""Every other AWS service: moto's, in the same process.

moto's backends cannot be pickled, so what changed them is kept as a journal of requests, and
played again after a restart.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterable
from typing import Any

from moto.backends import list_of_moto_modules
from moto.moto_api._internal import mock_random
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.secretsmanager.models import secretsmanager_backends
from werkzeug.test import create_environ

from localaws import price_list
from localaws.errors import AwsError
from localaws.iam.authorizer import Authorizer
from localaws.iam.principals import role_of, trust_policy
from localaws.iam.trust import trusts_service
from localaws.medialive.service import ACCOUNT

_KEPT_HEADERS = ("HTTP_AUTHORIZATION", "HTTP_X_AMZ_", "HTTP_CONTENT_ENCODING", "CONTENT_TYPE")
# S3 has methods instead of operations.
_READS = ("Describe", "List", "Get", "Head", "GET", "HEAD")
_ERROR, _NOT_FOUND = 400, 404
# moto looks at its folders each time.
_SERVICE_NAMES = frozenset({None, "moto_api", *list_of_moto_modules()})
_PAGE = "text/html; charset=utf-8"

Headers = list[tuple[str, str]]

JournalEntry = tuple[str, str, str, dict[str, str], bytes]


class _Services(DomainDispatcherApplication):
    """moto's services; one that it does not have is said so instead of printed."""

    def get_backend_for_host(self, host: str | None) -> Any:
        """Return what moto calls the service that listens at *host*; None for no host."""
        if host in _SERVICE_NAMES:
            return host
        for backend, pattern in self.backend_url_patterns:
            if pattern.match(f"http://{host}"):
                return backend
        raise NotImplementedError


class Others:
    """moto as a WSGI application, its journal, and a view into its IAM.

    Args:
        application: returns moto's application of a service.
    """

    def __init__(self, application: Callable[[Any], Any]) -> None:
        self._application = price_list.beside(_Services(application))
        self.journal: list[JournalEntry] = []

    def __call__(
        self,
        environ: dict[str, Any],
        start_response: Callable[..., Any],
        guard: Authorizer | None = None,
    ) -> tuple[str, int, Iterable[bytes]]:
        """Answer a request that *guard* lets pass; returns operation, HTTP status and body.

        Raises:
            NotImplementedError: when moto does not have the service or the operation.
        """
        operation, body = asked(environ)
        refused = guard.refusal(environ, body) if guard is not None else None
        if refused is not None:
            status, headers, text = refused
            start_response(f"{status} -", [*headers.items(), ("Content-Length", str(len(text)))])
            return operation, status, [text]
        entry = _entry(environ, body)
        status, answer = self._forward(environ, start_response)
        if status < _ERROR and not operation.startswith(_READS):
            self.journal.append(entry)
        return operation, status, answer

    def reset(self) -> None:
        """Forget everything."""
        moto_api_backend.reset()
        self.journal.clear()

    def replay(self, journal: Iterable[JournalEntry]) -> None:
        """Bring back what the requests in *journal* made."""
        for method, path, query, headers, body in journal:
            environ = create_environ(path, method=method, query_string=query, data=body)
            self._forward({**environ, **headers}, lambda *_: None)
            self.journal.append((method, path, query, headers, body))

    def role_problem(self, role_arn: str, service: str = "medialive") -> str | None:
        """Say why *service* cannot assume the role; None when it can."""
        principal = f"{service}.amazonaws.com"
        with contextlib.suppress(AwsError):
            if trusts_service(trust_policy(role_of(role_arn)), principal):
                return None
        return f"Please make sure the role exists and {principal} is a trusted service: {role_arn}"

    def secret_problem(self, secret_arn: str, region: str) -> str | None:
        """Say why there is no such secret with a value in *region*; None when there is."""
        secrets = secretsmanager_backends[ACCOUNT][region].secrets
        secret = secrets.get(secret_arn)
        if secret is None or secret.is_deleted() or not secret.versions:
            return f"there is no secret {secret_arn} with a value in {region}"
        return None

    def _forward(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> tuple[int, list[bytes]]:
        # A call makes the same ids and access keys when it is replayed.
        mock_random.seed(len(self.journal))
        begun: list[tuple[str, Headers]] = []
        try:
            answer = list(self._application(environ, lambda *begin: begun.append(begin[:2])))
        except ImportError:
            # A service whose further packages are not among ours.
            raise NotImplementedError from None
        (status, headers), code = begun[0], int(begun[0][0].split()[0])
        if code == _NOT_FOUND and ("Content-Type", _PAGE) in headers and any(answer):
            # Flask's own page: moto knows no such path. As an answer of AWS it would say that
            # the thing asked for does not exist. S3 says that without a page, to HEAD.
            raise NotImplementedError
        start_response(status, headers)
        return code, answer


def asked(environ: dict[str, Any]) -> tuple[str, bytes]:
    """Return the operation that a request names and its body, which can be read again."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return _operation(environ, body), body


def _operation(environ: dict[str, Any], body: bytes) -> str:
    target = str(environ.get("HTTP_X_AMZ_TARGET", "")).rpartition(".")[2]
    if target:
        return target
    # The query protocol (IAM, STS) names the operation in the form.
    for field in body.split(b"&"):
        name, _, value = field.partition(b"=")
        if name == b"Action":
            return value.decode()
    return str(environ["REQUEST_METHOD"])


def _entry(environ: dict[str, Any], body: bytes) -> JournalEntry:
    headers = {key: value for key, value in environ.items() if key.startswith(_KEPT_HEADERS)}
    query = environ.get("QUERY_STRING", "")
    return environ["REQUEST_METHOD"], environ["PATH_INFO"], query, headers, body
