"""Resources that a preview updates although somebody deleted them in AWS.

The engine updates what is in its state, and pulumi-aws does not look first: a run without
`--refresh` fails where it tags such a resource, or updates a composite alarm whose rule names it
(CloudWatch: "alarms in the alarm rule do not exist"). What our own provider manages is not
concerned: it looks, and creates it again.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from lunora.ops.inventory import media, monitoring
from lunora.plan.preview import Preview
from lunora.stack import Stack

_ALARM: Final = "aws:cloudwatch/metricAlarm:MetricAlarm"
_COMPOSITE: Final = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
_NAMED: Final = re.compile(r'"([^"]+)"')
_LISTED: Final[Mapping[str, tuple[str, Callable[[Stack, str], Iterator[str]]]]] = {
    "aws:cloudwatch/eventRule:EventRule": ("event rule", monitoring.rule_names),
    _ALARM: ("alarm", monitoring.alarm_names),
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
    named = frozenset(_named_by_rules(preview))
    for step in preview.steps:
        old = step.old_state
        if old is None or old.type not in _LISTED:
            continue
        name, arn = old.inputs.get("name"), str(old.outputs.get("arn", ""))
        is_named = step.op == "same" and old.type == _ALARM and name in named
        if step.op != "update" and not is_named:
            continue
        kind, names_of = _LISTED[old.type]
        region = arn.split(":")[3] if arn else stack.region
        if (kind, region) not in present:
            present[kind, region] = frozenset(names_of(stack, region))
        if name not in present[kind, region]:
            yield (
                f"LUN330: {kind} {name} is missing in AWS, and the run may fail at it. Fix:"
                " run `pulumi up --refresh`, which creates it again"
            )


def _named_by_rules(preview: Preview) -> Iterator[str]:
    """Yield the names of alarms in the rules of the composite alarms that *preview* updates."""
    updates = (step for step in preview.steps if step.op == "update")
    for state in (state for step in updates for state in (step.old_state, step.new_state)):
        if state is not None and state.type == _COMPOSITE:
            yield from _NAMED.findall(str(state.inputs.get("alarmRule", "")))
