"""Terraform with the real AWS provider, pointed at an emulator."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from components import region_providers
from offline.aws_bridge.mirror import missing as missing_provider
from offline.aws_bridge.mirror import provider

EMBEDDED = {"access_key": "embedded", "secret_key": "embedded"}

# Pulumi's names of these are not Terraform's.
_OTHERWISE = {"cloudwatchevents": "events", "cloudwatchlogs": "logs"}
# The program has channels, inputs and groups from its own plugin; the contract compares them with
# those of the AWS provider.
SERVICES = (
    *(_OTHERWISE.get(name, name) for name in region_providers.SERVICES),
    "medialive",
    "mediapackage",
)
# A provider that is run for debugging writes each step of each request to stderr otherwise.
_QUIET = dict.fromkeys(("TF_LOG_PROVIDER", "TF_LOG_SDK", "TF_LOG_SDK_PROTO"), "ERROR")
# What declarations of others use besides.
_OF_HCL = ("ec2", "s3")


def missing() -> str | None:
    """Say what the contract tests lack on this machine; None when nothing."""
    if shutil.which("terraform") is None:
        return "terraform is not on PATH"
    return missing_provider()


@contextlib.contextmanager
def attached_provider() -> Iterator[str]:
    """Run the provider once for many commands; yields what tells Terraform where it is.

    Each command would otherwise spend seconds of CPU on starting it.
    """
    with subprocess.Popen(  # noqa: S603 - the mirror's provider
        [str(provider()), "-debug"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**_environment(), **_QUIET},
        text=True,
    ) as process:
        stdout: IO[str] = process.stdout  # type: ignore[assignment]  # a pipe was asked for
        try:
            for line in stdout:
                _, prefix, address = line.strip().partition("TF_REATTACH_PROVIDERS='")
                if prefix:
                    yield address.removesuffix("'")
                    break
        finally:
            process.terminate()


@dataclass(frozen=True, slots=True)
class Run:
    """The exit code and the output of a command."""

    code: int
    text: str


class Terraform:
    """One working folder.

    Args:
        folder: empty.
        endpoint: where the emulator listens.
        attached: from `attached_provider`.
        keys: who signs, under the provider's names.
    """

    def __init__(
        self, folder: Path, endpoint: str, attached: str, keys: Mapping[str, str] = EMBEDDED
    ) -> None:
        self._folder, self._endpoint, self._attached = folder, endpoint, attached
        self.commands: list[tuple[str, float]] = []
        self._keys = keys
        write_settings(folder)

    def apply(
        self, resources: Mapping[str, Any], imports: Sequence[Mapping[str, str]] = ()
    ) -> None:
        """Apply *resources* (type -> name -> arguments); prove that reading finds them as written.

        What *imports* name exists already and must not change.
        """
        self.write(resources, imports)
        run = self.run("apply", "-auto-approve")
        assert run.code == 0, run.text
        if imports:
            assert " 0 changed, 0 destroyed" in run.text, run.text
        again = self.run("plan", "-detailed-exitcode")
        assert again.code == 0, again.text

    def destroy(self) -> None:
        """Remove everything."""
        run = self.run("destroy", "-auto-approve")
        assert run.code == 0, run.text

    def forget_everything(self) -> None:
        """Lose the state."""
        (self._folder / "terraform.tfstate").unlink()

    def run(self, *words: str) -> Run:
        """Run terraform, and keep how long it took."""
        begun = time.monotonic()
        done = subprocess.run(  # noqa: S603 - our own arguments
            ["terraform", *words, "-no-color"],  # noqa: S607 - found on PATH
            cwd=self._folder,
            env={**environment(self._folder), "TF_REATTACH_PROVIDERS": self._attached},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        self.commands.append((words[0], time.monotonic() - begun))
        return Run(done.returncode, done.stdout + done.stderr)

    def write(
        self, resources: Mapping[str, Any], imports: Sequence[Mapping[str, str]] = ()
    ) -> None:
        """Write the folder's declarations, as `apply` takes them."""
        document = {
            **self._provider(SERVICES),
            "resource": resources,
            **({"import": imports} if imports else {}),
        }
        (self._folder / "main.tf.json").write_text(json.dumps(document, indent=2))

    def write_hcl(self, text: str) -> None:
        """Write declarations in Terraform's own language, beside the settings of the provider."""
        document = self._provider({*SERVICES, *_OF_HCL}, s3_use_path_style=True, max_retries=3)
        (self._folder / "provider.tf.json").write_text(json.dumps(document))
        (self._folder / "main.tf").write_text(text)

    def _provider(self, services: Iterable[str], **more: object) -> dict[str, Any]:
        settings = {
            "region": "us-west-2",
            **self._keys,
            "skip_credentials_validation": True,
            "skip_metadata_api_check": True,
            "skip_region_validation": True,
            "skip_requesting_account_id": True,
            "endpoints": [dict.fromkeys(services, self._endpoint)],
            **more,
        }
        return {
            "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}},
            "provider": {"aws": settings},
        }


def mirror() -> Path:
    """Return the mirror that holds the provider."""
    path = provider()
    assert path is not None, missing()
    return path.parents[5]


def write_settings(folder: Path, more: str = "") -> None:
    """Write the settings of Terraform itself that `environment` names."""
    (folder / "cli.tfrc").write_text(f"disable_checkpoint = true\n{more}")


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of a command that is run in *folder*."""
    settings = str(folder / "cli.tfrc")
    return {**_environment(), "TF_CLI_CONFIG_FILE": settings, "TF_IN_AUTOMATION": "1"}


def _environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
