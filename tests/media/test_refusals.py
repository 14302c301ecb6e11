"""Messages where real media cannot run, without any program."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from localaws.__main__ import app
from localaws.media import tools
from localaws.media.network import LOOPBACK
from localaws.media.settings import MediaError, MediaSettings
from localaws.server import EmbeddedAws


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without the programs."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(tools, "_SYSTEM_FOLDERS", ())
    monkeypatch.setattr(tools, "NGINX_MODULES", tmp_path)


@pytest.mark.usefixtures("bare")
def test_missing_programs_are_named_with_how_to_get_them() -> None:
    result = CliRunner().invoke(app, ["serve", "--media", "--port", "0"])
    assert result.exit_code == 1
    programs = ["ffmpeg", "ffprobe", "nginx", "setpriv", "srt-live-transmit"]
    modules = ["ngx_rtmp_module.so", "ngx_stream_module.so"]
    assert result.stderr.startswith("LUN515: ")
    assert [name for name in programs + modules if name not in result.stderr] == []


@pytest.mark.usefixtures("bare")
def test_a_program_that_is_missing_goes_by_its_name() -> None:
    assert tools.path("ffmpeg") == "ffmpeg"


def test_without_media_there_is_none_to_show(embedded: EmbeddedAws) -> None:
    assert embedded.media is None
    assert embedded.trigger("key-revoked", "*") == []


@pytest.mark.media
def test_a_port_that_is_taken_is_said_at_the_start() -> None:
    if lacking := tools.missing():
        pytest.skip(
            f"real media needs {', '.join(lacking)}: run `python -m localaws.media` as root"
        )
    with socket.socket() as other:
        other.bind((LOOPBACK, 0))
        settings = MediaSettings(rtmp_port=other.getsockname()[1])
        aws = EmbeddedAws(media=settings)
        with pytest.raises(MediaError, match=r"nginx ended at once: bind\(\) .*in use"):
            aws.__enter__()
        aws.__exit__(None, None, None)
