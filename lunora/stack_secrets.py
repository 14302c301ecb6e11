"""The stream keys and passphrases of a stack, for the redaction of other programs' output."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from catalog.errors import LunoraError
from catalog.loader import load
from lunora import pulumi_cli
from lunora.stack import Stack
from provider.redaction import Mask

# A shorter text would hide words that are none of its kind.
_SHORTEST = 6


def mask(name: str, *, more: Iterable[str] = ()) -> Mask:
    """Return the mask of the secrets of the stack *name* and of the parameters of its files.

    A secret that cannot be read is one that no run can read either: its run says why it fails.

    Args:
        name: the stack.
        more: further secrets.
    """
    secrets = {*_configured(name), *_in_parameters(name), *more}
    return Mask(secret for secret in secrets if len(secret) >= _SHORTEST)


def _configured(name: str) -> Iterator[str]:
    with contextlib.suppress(LunoraError):
        yield from pulumi_cli.secrets(name)


def _in_parameters(name: str) -> Iterator[str]:
    with contextlib.suppress(LunoraError):
        config = Stack.read(Path(), name)
        for spec in load(config.folder, may_be_empty=True).specs:
            if spec.stream_key.ssm is not None:
                region = config.region_of(spec.flow)
                yield from _parameter(config, region, spec.stream_key.ssm)


def _parameter(config: Stack, region: str, parameter: str) -> Iterator[str]:
    ssm = config.aws(region).client("ssm")
    with contextlib.suppress(ClientError, BotoCoreError):
        yield ssm.get_parameter(Name=parameter, WithDecryption=True)["Parameter"]["Value"]
