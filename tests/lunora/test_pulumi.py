"""`lunora pulumi`: the output of Pulumi without the stack's secrets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from provider.redaction import HIDDEN, forms
from tests.support.stage import Stage

KEY, PASSPHRASE, STORED = 'k"e/y+of &one', "passphrase-ä-1", "sk/in=a?parameter"
SETTING = {
    "lunora-player:streamKeys": {"value": "", "objectValue": {"one": KEY}, "secret": True},
    "lunora-player:passphrases": {"value": "", "objectValue": {"one": PASSPHRASE}, "secret": True},
    "lunora-player:monthlyBudgetUsd": {"value": "123456", "secret": False},
}
FILE = "platform: twitch\npreset: 720p30\nstream_key: {ssm: /media/two}\n"


class Pulumi:
    """A Pulumi CLI that prints what it is told to on both streams and exits with 4."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "config").write_text(json.dumps(SETTING))
        program = folder / "pulumi"
        program.write_text(
            f'#!/bin/sh\nif [ "$1" = config ]; then exec cat {folder}/config; fi\n'
            f'echo "$@" > {folder}/words\ncat {folder}/text\ncat {folder}/text >&2\nexit 4\n'
        )
        program.chmod(0o755)

    def run(self, *words: str, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run `lunora pulumi` with *words* in a process of its own."""
        (self._folder / "text").write_text(text)
        return subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-m", "lunora", "pulumi", *words],
            env={**os.environ, "PATH": f"{self._folder}:/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def words(self) -> str:
        """The arguments of its last run."""
        return (self._folder / "words").read_text().strip()


@pytest.fixture
def pulumi(tmp_path_factory: pytest.TempPathFactory) -> Pulumi:
    return Pulumi(tmp_path_factory.mktemp("bin"))


def test_every_form_of_every_secret_is_hidden_in_both_outputs(stage: Stage, pulumi: Pulumi) -> None:
    parameter = {"Name": "/media/two", "Value": STORED, "Type": "SecureString"}
    stage.stack.aws().client("ssm").put_parameter(**parameter)
    (stage.folder / "destinations/two.yaml").write_text(FILE)
    secrets = [form for secret in (KEY, PASSPHRASE, STORED) for form in sorted(forms(secret))]
    done = pulumi.run("up", "--yes", "-v=9", text="".join(f"x {form} y\n" for form in secrets))
    assert done.returncode == 4
    for output in (done.stdout, done.stderr):
        lines = output.splitlines()
        assert len(lines) == len(secrets)
        assert [line for line in lines if HIDDEN not in line] == []
        assert not [form for form in secrets if form in output]


def test_the_rest_is_passed_on_as_it_is(stage: Stage, pulumi: Pulumi) -> None:
    del stage
    text = '{\n  "url": "rtmp://host/app/x",\n  "limit": 123456\n}\nno newline at the end'
    done = pulumi.run("preview", "--json", "-h", text=text)
    assert (done.stdout, done.stderr) == (text, text)
    assert pulumi.words == "preview --json -h --stack local --non-interactive"


def test_a_document_remains_json(stage: Stage, pulumi: Pulumi) -> None:
    del stage
    document = {"message": f"cannot put {KEY}", "steps": [{"op": "same"}]}
    done = pulumi.run("preview", "--json", text=json.dumps(document))
    assert json.loads(done.stdout) == {**document, "message": f"cannot put {HIDDEN}"}


def test_a_broken_file_does_not_keep_pulumi_from_running(stage: Stage, pulumi: Pulumi) -> None:
    (stage.folder / "destinations/two.yaml").write_text("platform: nowhere\n")
    done = pulumi.run("preview", text=f"quotes {KEY}\n")
    assert (done.returncode, done.stdout) == (4, f"quotes {HIDDEN}\n")
