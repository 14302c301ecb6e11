"""Resources that a preview updates although somebody deleted them in AWS.

The engine updates what is in its state, and pulumi-aws does not look first: a run without
`--refresh` fails where it tags such a resource. What our own provider manages is not concerned: it
looks, and creates it again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from lunora.ops.inventory import media, monitoring
from lunora.plan.preview import Preview
from lunora.stack import Stack

_LISTED: Final[Mapping[str, tuple[str, Callable[[Stack, str], Iterator[str]]]]] = {
    "aws:cloudwatch/eventRule:EventRule": ("event rule", monitoring.rule_names),
    "aws:cloudwatch/metricAlarm:MetricAlarm": ("alarm", monitoring.alarm_names),
    "aws:ssm/parameter:Parameter": ("parameter", media.parameter_names),
}
"""By type token, the kind in words, and the names of those that AWS has in a region."""


def warnings(preview: Preview, stack: Stack) -> Iterator[str]:
    """Yield a warning for each resource that *preview* updates and AWS does not have.

    Nothing is told where AWS does not answer: a document may be read on another machine.
    """
    with contextlib.suppress(ClientError, BotoCoreError):
        yield from _warnings(preview, stack)


def _warnings(preview: Preview, stack: Stack) -> Iterator[str]:
    present: dict[tuple[str, str], frozenset[str]] = {}
    for step in preview.steps:
        old = step.old_state
        if step.op != "update" or old is None or old.type not in _LISTED:
            continue
        kind, names_of = _LISTED[old.type]
        name, arn = old.inputs.get("name"), str(old.outputs.get("arn", ""))
        region = arn.split(":")[3] if arn else stack.region
        if (kind, region) not in present:
            present[kind, region] = frozenset(names_of(stack, region))
        if name not in present[kind, region]:
            yield (
                f"LUN330: {kind} {name} is missing in AWS, and the run may fail at it. Fix:"
                " run `pulumi up --refresh`, which creates it again"
            )
