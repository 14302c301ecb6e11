"""A Python language host for engines that come without the official one.

Serves `pulumirpc.LanguageRuntime` as far as running programs and plugins needs it. The
program itself runs in `pulumi-language-python-exec` of the Pulumi SDK.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path
from typing import IO, Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from provider.plugin_server import serve_until_ended

# pulumi-language-python-exec exits with it after it has shown the error itself.
_ERROR_WAS_SHOWN = 32


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Runs Python programs for the engine.

    Args:
        exec_file: the SDK's `pulumi-language-python-exec`.
        engine: the engine's address.
    """

    def __init__(self, exec_file: Path, engine: str) -> None:
        self._exec_file = exec_file
        self._engine = engine
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()

    def Handshake(self, request: Any, context: Any) -> Any:
        """Take the engine's address."""
        self._engine = request.engine_address
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        """Answer the version of this host."""
        return plugin_pb2.PluginInfo(version="1.0.0")

    def GetRequiredPackages(self, request: Any, context: Any) -> Any:
        """Name none: the engine loads a plugin when the program first uses it."""
        return language_pb2.GetRequiredPackagesResponse()

    def GetRequiredPlugins(self, request: Any, context: Any) -> Any:
        """Name none, likewise."""
        return language_pb2.GetRequiredPluginsResponse()

    def GetProgramDependencies(self, request: Any, context: Any) -> Any:
        """Name none; only `pulumi about` shows them."""
        return language_pb2.GetProgramDependenciesResponse()

    def About(self, request: Any, context: Any) -> Any:
        """Name the Python that runs programs."""
        version = sys.version.partition(" ")[0]
        return language_pb2.AboutResponse(executable=sys.executable, version=version)

    def InstallDependencies(self, request: Any, context: Any) -> Iterator[Any]:
        """Say who installs dependencies."""
        yield language_pb2.InstallDependenciesResponse(stdout=b"run `make setup`\n")

    def Run(self, request: Any, context: Any) -> Any:
        """Run a program to its end."""
        options = {key: value.string_value for key, value in request.info.options.fields.items()}
        root = Path(request.info.root_directory or request.pwd)
        command = [
            _python(root, options.get("virtualenv", "")),
            *("-u", str(self._exec_file)),
            *("--monitor", request.monitor_address),
            *("--engine", self._engine),
            *("--project", request.project),
            *("--stack", request.stack),
            *("--organization", request.organization),
            *("--root_directory", str(root)),
            *("--pwd", request.pwd),
            *("--dry_run", "true" if request.dryRun else "false"),
            *("--parallel", str(request.parallel)),
            request.info.entry_point or request.program or ".",
            *request.args,
        ]
        environment = {
            **os.environ,
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }
        code = self._finish(
            subprocess.Popen(  # noqa: S603 - the engine's own request
                command, cwd=request.info.program_directory or request.pwd, env=environment
            )
        )
        if code == 0:
            return language_pb2.RunResponse()
        if code == _ERROR_WAS_SHOWN:
            return language_pb2.RunResponse(bail=True)
        return language_pb2.RunResponse(error=f"Program exited with non-zero exit code: {code}")

    def RunPlugin(self, request: Any, context: Any) -> Iterator[Any]:
        """Run a plugin written in Python, passing on what it prints."""
        options = {key: value.string_value for key, value in request.info.options.fields.items()}
        program = Path(request.info.program_directory)
        process = subprocess.Popen(  # noqa: S603 - the engine's own request
            [_python(program, options.get("virtualenv", "")), "-u", str(program), *request.args],
            cwd=request.pwd,
            env={**os.environ, **dict(entry.split("=", 1) for entry in request.env)},
            stdout=subprocess.PIPE,
            stderr=sys.stderr,
        )
        context.add_callback(process.kill)
        stdout: IO[bytes] = process.stdout  # type: ignore[assignment]  # a pipe was asked for
        for line in stdout:
            yield language_pb2.RunPluginResponse(stdout=line)
        yield language_pb2.RunPluginResponse(exitcode=self._finish(process))

    def Cancel(self, request: Any, context: Any) -> Any:
        """End the programs that run."""
        self.kill_all()
        return empty_pb2.Empty()

    def kill_all(self) -> None:
        """End the programs that run."""
        with self._lock:
            for process in self._running:
                process.kill()

    def _finish(self, process: subprocess.Popen[bytes]) -> int:
        with self._lock:
            self._running.add(process)
        try:
            return process.wait()
        finally:
            with self._lock:
                self._running.discard(process)


def _python(root: Path, virtualenv: str) -> str:
    if not virtualenv:
        return sys.executable
    return str(root / virtualenv / "bin" / "python")


def main() -> None:
    """Serve until the engine ends it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--exec", type=Path, required=True)
    known, rest = parser.parse_known_args()
    engine = next((word for word in reversed(rest) if not word.startswith("-")), "")
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=16), options=_GRPC_CHANNEL_OPTIONS)
    host = LanguageHost(known.exec, engine)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    serve_until_ended(server, host.kill_all)
    os._exit(0)


if __name__ == "__main__":
    main()
