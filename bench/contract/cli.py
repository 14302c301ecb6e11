"""The AWS CLI, as people type it.

It is installed from the package registry into an environment of its own, because it pins a
botocore of its own.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from bench.contract.case import Case
from localaws.server import EmbeddedAws

CLIENT = "AWS CLI"
COMMANDS: list[Mapping[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("cli.yaml").read_text(encoding="utf-8")
)
VERSION = "1.46.3"
_CACHE = Path("~/.cache/lunora/clients").expanduser()


def run() -> list[Case]:
    """Run the commands of cli.yaml one after another."""
    client = f"{CLIENT} {VERSION}"
    try:
        program = _program()
    except OSError as error:
        return [Case(client, "all", skipped=str(error))]
    with EmbeddedAws() as aws:
        return list(_cases(client, program, aws.endpoint))


def _cases(client: str, program: Path, endpoint: str) -> Iterator[Case]:
    values: defaultdict[str, str] = defaultdict(lambda: "missing")
    for entry in COMMANDS:
        words = [word.format_map(values) if "{" in word else word for word in entry["words"]]
        words += ["--cli-input-json", _filled(entry["input"], values)] if "input" in entry else []
        ran = subprocess.run(  # noqa: S603 - our own words
            [str(program), *words, "--output", "json"],
            env=environment(endpoint),
            capture_output=True,
            text=True,
            check=False,
        )
        problems: tuple[str, ...] = (
            () if ran.returncode == 0 else (" ".join(ran.stderr.split())[:300],)
        )
        if not problems:
            answer = json.loads(ran.stdout or "{}")
            values |= {name: str(_at(answer, path)) for name, path in entry.get("keep", {}).items()}
            problems = tuple(
                f"{path} is {_at(answer, path)}, not {value}"
                for path, value in entry.get("shows", {}).items()
                if _at(answer, path) != value
            )
        yield Case(client, " ".join(words[:3]), problems)


def _filled(members: Mapping[str, Any], values: Mapping[str, str]) -> str:
    return re.sub(r"<(\w+)>", lambda match: values[match[1]], json.dumps(members))


def _at(answer: Any, path: str) -> Any:
    for part in path.split("."):
        try:
            answer = answer[int(part)] if part.isdigit() else answer[part]
        except (KeyError, IndexError, TypeError):
            return None
    return answer


def environment(endpoint: str) -> dict[str, str]:
    """Return the environment in which an SDK asks *endpoint*, as the emulator's administrator."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "embedded",
        "AWS_SECRET_ACCESS_KEY": "embedded",
        "AWS_DEFAULT_REGION": "us-west-2",
        "AWS_REGION": "us-west-2",
        "AWS_MAX_ATTEMPTS": "1",
    }


def _program() -> Path:
    """Return the installed CLI.

    Raises:
        OSError: where it cannot be installed.
    """
    folder = _CACHE / f"awscli-{VERSION}"
    program = folder / "bin/aws"
    if not program.exists():
        pip = (str(folder / "bin/python"), "-m", "pip", "install", "--quiet")
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)  # noqa: S603 - our own words
        command = [*pip, "--disable-pip-version-check", f"awscli=={VERSION}"]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
        if not program.exists():
            raise OSError(f"awscli {VERSION} cannot be installed: {ran.stderr[-200:]}")
    return program
