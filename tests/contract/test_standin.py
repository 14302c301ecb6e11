"""The stand-in does what the real AWS provider does: plans, outputs and calls, type by type."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import pytest

from localaws.server import EmbeddedAws
from offline.aws_bridge import mirror, naming
from tests.contract import plugins
from tests.contract.plugin_cases import CASES, Case
from tests.contract.plugins import Difference, PluginClient
from tests.support.clients import connect

pytestmark = pytest.mark.contract

# What AWS or the provider makes up, and differs from run to run.
_MADE_UP = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|terraform-\d+|(?<=secret:one-)\w{6}|\bARO\w+"
    r"|(?<=https://)\w+(?=\.lambda-url)"
)
# Lambda and Scheduler have methods instead of operations.
_READS = ("Describe", "Get", "GET", "List")


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    """The emulator that both are configured for."""
    if reason := mirror.missing():
        pytest.skip(reason)
    with EmbeddedAws() as embedded:
        yield embedded


@pytest.fixture(scope="module")
def real(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PluginClient]:
    """The real provider under the bridge."""
    with plugins.real_provider(aws, tmp_path_factory.mktemp("archives")) as client:
        yield client


@pytest.fixture(scope="module")
def standin(aws: EmbeddedAws) -> Iterator[PluginClient]:
    """The stand-in."""
    with plugins.stand_in(aws) as client:
        yield client


class Scenario:
    """A resource from its creation to its end.

    Args:
        case: the resource.
        client: the plugin that manages it.
        aws: emptied before.

    Attributes:
        steps: by name, what the plugin answered and which calls it made.
    """

    def __init__(self, case: Case, client: PluginClient, aws: EmbeddedAws) -> None:
        self.steps: dict[str, Any] = {}
        self._case, self._client, self._aws = case, client, aws
        aws.reset()
        case.needs(lambda service: connect(aws.endpoint, service))
        aws.calls.clear()
        self._run()

    def _run(self) -> None:
        case, client, token = self._case, self._client, self._case.token
        inputs, _ = self._step("check", lambda: client.check(token, case.declared))
        resource_id, state = self._step("create", lambda: client.create(token, inputs))

        def diff(new: Mapping[str, Any]) -> Difference:
            return client.diff(token, resource_id, inputs, state, new)

        for name, change in case.changes.items():
            new, failures = client.check(token, changed(case.declared, change))
            self.steps[f"check of {name}"] = (new, failures)
            # A bridge also names what only AWS decides, and what it fills in beside.
            planned = diff(new)
            self.steps[f"diff of {name}"] = Difference(
                planned.changes & change.keys(), planned.replaces
            )
        self._step("diff of nothing", lambda: diff(inputs))
        self._step("read", lambda: client.read(token, resource_id, state, inputs))
        if case.imported:
            self._step("import", lambda: client.read(token, resource_id, {}, {}))
        for names in (case.update, ("no tags",)) if case.update else ():
            if not case.changes.keys() >= set(names):
                continue
            old, before, inputs = inputs, state, changed_by(case, inputs, names)
            update = (token, resource_id, old, before, inputs)
            state = self._step(f"update {names}", partial(client.update, *update))
            again = (token, resource_id, state, inputs)
            self._step(f"read after {names}", partial(client.read, *again))
        self._step("delete", lambda: client.delete(token, resource_id, state))
        self._step("read of nothing", lambda: client.read(token, resource_id, state, inputs))

    def _step(self, name: str, act: Callable[[], Any]) -> Any:
        self.steps[name] = act()
        calls = [f"{call.service} {call.operation}" for call in self._aws.calls]
        self._aws.calls.clear()
        # How often something is read depends on what is waited for.
        reads = {call for call in calls if call.split()[1].startswith(_READS)}
        self.steps[f"calls of {name}"] = {
            "reads": sorted(reads),
            "writes": sorted(call for call in calls if call not in reads),
        }
        return self.steps[name]


def changed(inputs: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**inputs, **change}.items() if value is not None}


def changed_by(case: Case, inputs: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    new = dict(inputs)
    for name in names:
        new = changed(new, case.changes[name])
    return new


def covers(real: Any, ours: Any) -> bool:
    """Tell whether the real provider says all that the stand-in says.

    It says more: AWS's defaults, and an empty value for what is not there. Its lists may have
    another order where they are sets, and its JSON other white space.
    """
    ours, real = document(ours), document(real)
    if isinstance(ours, Mapping):
        return all(covers((real or {}).get(key), value) for key, value in ours.items())
    if isinstance(ours, list | tuple) and isinstance(real, list | tuple):
        rest = list(real)
        for item in ours:
            match = next((other for other in rest if covers(other, item)), None)
            if match is None:
                return not item and not rest
            rest.remove(match)
        return not rest
    return ours == real or (not ours and not real)


def document(value: Any) -> Any:
    """Return what a JSON text says; anything else without what is made up."""
    if not isinstance(value, str):
        return value
    if value[:1] in ("{", "["):
        return json.loads(value)
    return _MADE_UP.sub("*", value)


def is_exact(step: str) -> bool:
    """Tell whether a step has to be the same to the letter: no output of AWS is in it."""
    return step.startswith(("check", "diff", "calls"))


@pytest.mark.parametrize("name", CASES)
def test_it_plans_answers_and_calls_as_the_real_provider_does(
    name: str, standin: PluginClient, real: PluginClient, aws: EmbeddedAws
) -> None:
    ours = Scenario(CASES[name], standin, aws).steps
    theirs = Scenario(CASES[name], real, aws).steps
    assert ours.keys() == theirs.keys()
    differences = {
        step: {"stand-in": answer, "real": theirs[step]}
        for step, answer in ours.items()
        if not (theirs[step] == answer if is_exact(step) else covers(theirs[step], answer))
    }
    assert differences == {}


def test_a_parameter_is_looked_up_as_by_the_real_provider(
    standin: PluginClient, real: PluginClient, aws: EmbeddedAws
) -> None:
    aws.reset()
    ssm = connect(aws.endpoint, "ssm")
    ssm.put_parameter(Name="/one", Type="SecureString", Value="made-up")
    for decrypted in (True, False):
        arguments = {"name": "/one", "withDecryption": decrypted}
        ours, theirs = (
            client.invoke("aws:ssm/getParameter:getParameter", arguments)
            for client in (standin, real)
        )
        assert covers(theirs, ours), (theirs, ours)


def test_every_type_of_the_stand_in_is_compared() -> None:
    assert {case.token for case in CASES.values()} == set(naming.resources())
