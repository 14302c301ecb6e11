"""The programs the media plane runs, all of them Debian's."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

PACKAGES = ("ffmpeg", "libnginx-mod-rtmp", "libnginx-mod-stream", "nginx", "srt-tools")
NGINX_MODULES = Path("/usr/lib/nginx/modules")

_PROGRAMS = ("ffmpeg", "ffprobe", "nginx", "setpriv", "srt-live-transmit")
_MODULES = ("ngx_rtmp_module.so", "ngx_stream_module.so")
# Not on everybody's PATH.
_SYSTEM_FOLDERS = ("/usr/sbin", "/sbin")


def path(name: str) -> str:
    """Return where the program *name* is, or *name* itself where it is not installed."""
    return _found(name) or name


def missing() -> list[str]:
    """Return what is not installed."""
    programs = [name for name in _PROGRAMS if _found(name) is None]
    return programs + [name for name in _MODULES if not (NGINX_MODULES / name).exists()]


def _found(name: str) -> str | None:
    folders = [os.environ.get("PATH", os.defpath), *_SYSTEM_FOLDERS]
    return shutil.which(name, path=os.pathsep.join(folders))
