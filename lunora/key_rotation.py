"""Replace the stream key of one destination and restart its channel with it.

The key's truth is the secret of the stack's configuration, or the SSM parameter that the file
names. It is stored there first. A targeted `pulumi up` then brings parameter, channel and state to
it, so that the next run changes nothing. Another change of the same resources would go with it, and
is refused before the key is stored.
"""

from __future__ import annotations

from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError

from catalog import names
from catalog.errors import LunoraError
from catalog.model import DestinationSpec
from catalog.rules.cross_file import duplicate_streams
from lunora import pulumi_cli, stack_secrets
from lunora.aws_errors import aws_error
from lunora.destination_secrets import key_setting
from lunora.ops.errors import require_known
from lunora.plan import preview
from lunora.stack import Stack

_CODE = "LUN227"
_SET = "livestream:index:DestinationSet"
# By the end of their names in the program (components/stream_destination.py).
_PARTS = {
    "aws:ssm/parameter:Parameter": "stream-key",
    "livestream:index:Channel": "channel",
    "livestream:index:FlowOutput": "flow-output",
}
_SETTING = "streamKeys"


def rotate(config: Stack, specs: Sequence[DestinationSpec], name: str, key: str) -> None:
    """Store *key* for the destination *name* and deploy it.

    Args:
        config: the stack.
        specs: its declared destinations.
        name: the destination.
        key: its new stream key.

    Raises:
        LunoraError: when it cannot be set; nothing is changed, unless the message says so. Never
            with the key.
    """
    by_name = {spec.name: spec for spec in specs}
    require_known(name, by_name)
    spec = by_name[name]
    _refuse_shared(spec, specs)
    _refuse_duplicate(config, specs, spec, key)
    targets = _targets(config, spec)
    _refuse_other_changes(config, name, targets)
    mask = stack_secrets.mask(config.name, more=[key])
    _store(config, spec, key)
    words = [f"--target={urn}" for urn in targets]
    arguments = ["up", "--yes", "--skip-preview", *words, "--stack", config.name]
    if pulumi_cli.run_redacted(arguments, mask):
        raise pulumi_cli.PulumiCliError(
            "LUN410",
            f"the key of {name} is stored, but `pulumi up` failed: the channel may have the former",
            remedy="see the errors above, then run `pulumi up`",
        )


def _refuse_shared(spec: DestinationSpec, specs: Sequence[DestinationSpec]) -> None:
    if not spec.has_key:
        raise LunoraError(_CODE, f"{spec.name} has no stream key")
    source = _source(spec)
    sharing = [each.name for each in specs if each.has_key and _source(each) == source]
    if sharing != [spec.name]:
        raise LunoraError(
            _CODE,
            f"{' and '.join(sharing)} have one stream key, and the command restarts one channel",
            remedy="give them keys of their own, or set the secret and run `pulumi up`",
        )


def _source(spec: DestinationSpec) -> tuple[str | None, str | None, str]:
    parameter = spec.stream_key.ssm
    return (None, parameter, spec.flow) if parameter else (spec.key_name, None, "")


def _refuse_duplicate(
    config: Stack, specs: Sequence[DestinationSpec], spec: DestinationSpec, key: str
) -> None:
    known = pulumi_cli.secret_map(config.project, config.name, _SETTING)
    keys = {
        each.name: known[each.key_name]
        for each in specs
        if each.has_key and each.stream_key.ssm is None and each.key_name in known
    }
    if error := duplicate_streams(specs, {**keys, spec.name: key}):
        raise error


def _targets(config: Stack, spec: DestinationSpec) -> list[str]:
    """Return the URNs of the resources that hold the key, with the set that compares keys."""
    urns = [
        resource.urn
        for resource in pulumi_cli.resources(config.name)
        if resource.type == _SET
        or (
            resource.type in _PARTS
            and _name(resource.urn) == f"{spec.name}-{_PARTS[resource.type]}"
            and (resource.type != "livestream:index:FlowOutput" or spec.route == "flow")
        )
    ]
    # A targeted run leaves a resource of another name as it is; where its present name is the
    # target, the engine (3.276) writes it twice, and the state is invalid.
    if any(f"::{_SET}::" in urn and _name(urn) != names.DESTINATION_SET for urn in urns):
        raise LunoraError(_CODE, "the state is of an older version", remedy="run `pulumi up` first")
    if len(urns) < _least(spec):
        raise LunoraError(
            _CODE, f"{spec.name} is not deployed yet", remedy="set the secret and run `pulumi up`"
        )
    return urns


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]


def _least(spec: DestinationSpec) -> int:
    """Return how many resources hold the key: set, parameter of ours, channel or output."""
    return 2 + (spec.stream_key.ssm is None)


def _refuse_other_changes(config: Stack, name: str, targets: Sequence[str]) -> None:
    planned = preview.parse(pulumi_cli.preview(config.name, targets))
    if any(message.severity.startswith("error") for message in planned.diagnostics):
        raise LunoraError(
            _CODE, f"a preview of {name} fails already", remedy="run `pulumi preview` to see why"
        )
    changed = sorted(
        {step.name for step in planned.steps if step.urn in targets and step.op != "same"}
    )
    if changed:
        raise LunoraError(
            _CODE,
            f"{', '.join(changed)} of {name} or its stack would change besides the key",
            remedy="run `pulumi up` first",
        )


def _store(config: Stack, spec: DestinationSpec, key: str) -> None:
    parameter = spec.stream_key.ssm
    if parameter is None:
        pulumi_cli.set_secret(config.project, config.name, key_setting(spec.key_name), key)
        return
    ssm = config.aws(config.region_of(spec.flow)).client("ssm")
    try:
        filters = [{"Key": "Name", "Option": "Equals", "Values": [parameter]}]
        (described,) = ssm.describe_parameters(ParameterFilters=filters)["Parameters"] or [{}]
        # A change without its key would encrypt it with the account's default one.
        kept = {"KeyId": described["KeyId"]} if described.get("KeyId") else {}
        kind = described.get("Type", "SecureString")
        ssm.put_parameter(Name=parameter, Value=key, Type=kind, Overwrite=True, **kept)
    except (ClientError, BotoCoreError) as error:
        raise aws_error(error) from None
