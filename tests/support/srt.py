"""An SRT destination and its passphrase."""

from __future__ import annotations

import secrets

from tests.support.workspace import Workspace

SRT = """
platform: custom
route: flow
url: srt://203.0.113.9:9000
stream_key: {config: venue}
srt: {latency_ms: 500, passphrase: {}}
"""


def new_passphrase(workspace: Workspace) -> str:
    """Set another passphrase; returns it."""
    passphrase = f"pp-{secrets.token_hex(12)}"
    path = "lunora-player:passphrases.venue"
    run = workspace.pulumi("config", "set", "--secret", "--path", path, stdin=passphrase)
    assert run.code == 0, run.text
    return passphrase
