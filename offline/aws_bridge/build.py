"""Offline build of Pulumi's Terraform bridge from Go modules pinned by build/go.sum."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from offline.pulumi_engine import build, cache

VERSION = "3.120.0"

_MODULE = Path(__file__).with_name("build")
_BRIDGE = "pulumi-terraform-bridge"


def built_bridge(say: Callable[[str], None]) -> Path:
    """Return the bridge's executable, built once a machine.

    Args:
        say: gets one line for each thing that is being done.

    Raises:
        LunoraError: if there is no Go and none can be installed, or the build fails.
    """

    def make(draft: Path) -> None:
        say(f"building the Terraform bridge {VERSION} from Go modules (minutes, once a machine)")
        package = "github.com/pulumi/pulumi-terraform-bridge/v3/dynamic"
        build.compile_go(_MODULE, package, draft / _BRIDGE, say)

    entry = cache.root() / f"bridge-{VERSION}-{build.fingerprint(_MODULE)}"
    return cache.obtain(entry, make) / _BRIDGE
