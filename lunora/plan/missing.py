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
    for resource_type, name, region in dict.fromkeys(_needed(preview, stack)):
        kind, names_of = _LISTED[resource_type]
        if (kind, region) not in present:
            present[kind, region] = frozenset(names_of(stack, region))
        if name not in present[kind, region]:
            yield (
                f"LUN330: {kind} {name} is missing in AWS, and the run may fail at it. Fix:"
                " run `pulumi up --refresh`, which creates it again"
            )


def _needed(preview: Preview, stack: Stack) -> Iterator[tuple[str, str, str]]:
    """Yield type, name and region of what AWS must have already for an update to succeed.

    A preview has no step for a resource that stays, so an alarm is known by the rule that names it.
    """
    made = {
        new.inputs.get("name")
        for step in preview.steps
        if (new := step.new_state) and new.type == _ALARM and step.op != "update"
    }
    for step in preview.steps:
        old, new = step.old_state, step.new_state
        if step.op != "update" or old is None or new is None:
            continue
        arn = str(old.outputs.get("arn", ""))
        region = arn.split(":")[3] if arn else stack.region
        if old.type in _LISTED:
            yield old.type, str(old.inputs.get("name")), region
        elif old.type == _COMPOSITE:
            for name in _NAMED.findall(str(new.inputs.get("alarmRule", ""))):
                if name not in made:
                    yield _ALARM, name, region
