"""Acceptance tests of Terraform's AWS provider for MediaLive.

A test's steps are read from the provider's repository, which TERRAFORM_PROVIDER_AWS names: a step
writes a configuration, which has to apply, to pass the step's checks and to plan nothing more;
or it imports the resource, which has to be as it was. In the end all is destroyed.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import shutil
import string
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.contract.case import Case
from bench.contract.go_source import (
    Composite,
    Evaluator,
    Function,
    Invocation,
    Package,
    UnresolvedError,
    sprintf,
)
from bench.figures import progress
from localaws.quotas import NAMES, Quotas
from localaws.server import EmbeddedAws
from offline.aws_bridge.mirror import provider
from tests.support import terraform

CLIENT = "Terraform's AWS provider, acceptance tests"
SOURCE = "TERRAFORM_PROVIDER_AWS"
SERVICE = "internal/service/medialive"

_RUNNERS = ("resource.Test", "resource.ParallelTest")
_STEP = {
    "Config",
    "Check",
    "ExpectNonEmptyPlan",
    "ResourceName",
    "ImportState",
    "ImportStateVerify",
    "ImportStateVerifyIgnore",
}
_WIDE = Quotas(**dict.fromkeys(NAMES, 100))
_ATTEMPTS = 4

LEFT_OUT = {
    "Channel_VideoDescriptions_CodecSettings_h264Settings": (
        "h264_settings.*",
        "it expects spatial_aq 0 and scene_change_detect DISABLED, and gives ENABLED for both",
    )
}
"""Tests with a check that their own configuration contradicts: its path, and the reason."""


def missing() -> str | None:
    """Return what these tests lack on this machine; None when nothing."""
    folder = os.environ.get(SOURCE, "")
    if not (Path(folder) / SERVICE).is_dir():
        return f"{SOURCE} names no checkout of the repository hashicorp/terraform-provider-aws"
    return terraform.missing()


def versions() -> str:
    """Return the version of the provider that runs, and that of its tests."""
    path = provider()
    log = Path(os.environ.get(SOURCE, "")) / "CHANGELOG.md"
    heading = re.match(r"## (\S+)", log.read_text(encoding="utf-8")) if log.exists() else None
    binary = path.parents[1].name if path else "none"
    return f"provider {binary}, tests of {heading[1] if heading else 'an unknown version'}"


def run(only: str = "") -> list[Case]:
    """Run the tests whose name matches *only*, all in one folder."""
    if reason := missing():
        return [Case(CLIENT, "all", skipped=reason)]
    source = Source(Path(os.environ[SOURCE]))
    with (
        EmbeddedAws(quotas=_WIDE) as aws,
        terraform.attached_provider() as address,
        tempfile.TemporaryDirectory(prefix="lunora-contract-") as folder,
    ):
        tests = {
            _name(test): _Test(source, test) for test in source.tests if re.search(only, test.name)
        }
        _Rounds(tests, Path(folder), aws, address).run()
    return [
        Case(CLIENT, name, (test.problem,) if test.problem else ()) for name, test in tests.items()
    ]


def _name(test: Function) -> str:
    return re.sub(r"^[tT]estAcc(MediaLive)?", "", test.name)


class Source:
    """The tests of a checkout.

    Args:
        folder: the checkout.

    Attributes:
        tests: the functions that run steps.
        evaluator: of their expressions.
    """

    def __init__(self, folder: Path) -> None:
        package = Package.read(folder / SERVICE)
        self.tests = [test for test in package.functions.values() if test.calls_of(*_RUNNERS)]
        lot = random.Random(0)  # noqa: S311 - names
        numbers = itertools.count(1)

        def prefixed(prefix: str = "tf-acc-test") -> str:
            return f"{prefix}-{next(numbers):019}"

        def text(length: int) -> str:
            return "".join(lot.choices(string.ascii_lowercase + string.digits, k=length))

        self.evaluator = Evaluator(
            {
                "": package,
                "acctest": Package.read(folder / "internal/acctest"),
                "names": Package.read(folder / "names"),
            },
            {
                "fmt.Sprintf": sprintf,
                "strings.Join": lambda parts, mark: mark.join(parts),
                "acctest.ConfigCompose": lambda *parts: "".join(parts),
                "sdkacctest.RandomWithPrefix": prefixed,
                "acctest.RandomWithPrefix": prefixed,
                "sdkacctest.RandString": text,
                "acctest.RandString": text,
            },
        )

    def steps(self, test: Function) -> tuple[dict[str, Any], list[Composite]]:
        """Return the local names of *test* and its steps."""
        names: dict[str, Any] = {}
        for name, expression in test.assigned.items():
            try:
                names[name] = self.evaluator.value(expression, names)
            except UnresolvedError:
                continue
        (call,) = test.calls_of(*_RUNNERS)
        return names, [step for _, step in call.arguments[1].field("Steps").items]


class _Test:
    """One test, and how far it came."""

    def __init__(self, source: Source, test: Function) -> None:
        self._evaluator = source.evaluator
        self._names, self.steps = source.steps(test)
        self.problem: str | None = None
        self.config = ""

    def value(self, expression: Any) -> Any:
        """Return the value of *expression* among the local names."""
        return self._evaluator.value(expression, self._names)

    def step(self, number: int) -> Composite | None:
        """Return a step; None behind the last, and where an earlier one failed."""
        if self.problem or number >= len(self.steps):
            return None
        return self.steps[number]

    def fail(self, number: int, problem: str) -> None:
        """Keep the first *problem*."""
        self.problem = self.problem or f"step {number + 1}: {problem}"[:300]


class _Rounds:
    """All tests side by side: a module each, and a round for each step.

    One Terraform reads the provider's schema, and so its thousand types, for all of them.
    """

    def __init__(
        self, tests: Mapping[str, _Test], folder: Path, aws: EmbeddedAws, address: str
    ) -> None:
        self._tests, self._aws, self._address, self._folder = tests, aws, address, folder
        self._terraform = self._in("main")

    def run(self) -> None:
        """Run all steps, and destroy in the end."""
        for number in range(max(len(test.steps) for test in self._tests.values())):
            steps = {
                name: step for name, test in self._tests.items() if (step := test.step(number))
            }
            for name, step in steps.items():
                if unknown := set(step.fields) - _STEP:
                    self._tests[name].fail(number, f"{', '.join(sorted(unknown))} is not read here")
            applied = {name: step for name, step in steps.items() if step.field("Config")}
            imported = {name: step for name, step in steps.items() if step.field("ImportState")}
            if applied:
                self._apply(number, applied)
            if imported:
                self._import(number, imported)
        last = max(len(test.steps) for test in self._tests.values())
        self._blame(last, "destroy", self._failing("destroy", "-auto-approve"))

    def _in(self, name: str) -> terraform.Terraform:
        (self._folder / name).mkdir()
        return terraform.Terraform(self._folder / name, self._aws.endpoint, self._address)

    def _apply(self, number: int, steps: Mapping[str, Composite]) -> None:
        for name, step in steps.items():
            try:
                self._tests[name].config = self._tests[name].value(step.field("Config"))
            except UnresolvedError as error:
                self._tests[name].fail(number, f"{error} is not read here")
        # What fails while it is planned keeps all others from being applied.
        for _ in range(_ATTEMPTS):
            self._write(number)
            failing = self._failing("apply", "-auto-approve")
            if not failing:
                break
            self._blame(number, "apply", failing)
        gone = []
        for name, step in steps.items():
            if not self._tests[name].problem:
                gone += self._check(number, name, step)
        if gone:
            self._delete_aside(gone)
        self._compare(number, steps, self._plan(self._terraform, "main", number))

    def _blame(self, number: int, stage: str, failing: Mapping[str, str]) -> None:
        """Let the tests of *failing* modules fail; all of them where no module is named."""
        for name, problem in failing.items():
            for test in [self._tests[name]] if name else self._tests.values():
                test.fail(number, f"{stage}: {problem}")

    def _compare(
        self, number: int, steps: Mapping[str, Composite], plan: Sequence[Mapping[str, Any]]
    ) -> None:
        for name, step in steps.items():
            changes = {
                change["address"]: change["change"]["actions"]
                for change in plan
                if change["address"].startswith(f"module.{name}.")
                and change["change"]["actions"] not in (["no-op"], ["read"])
            }
            if changes and not step.field("ExpectNonEmptyPlan"):
                self._tests[name].fail(number, f"plan: {_changes(plan, name)}")
            if not changes and step.field("ExpectNonEmptyPlan"):
                self._tests[name].fail(number, "plan: nothing to do")

    def _write(
        self, number: int, folder: str = "main", imports: Sequence[Mapping[str, str]] = ()
    ) -> None:
        """Write the modules of all tests that have a step *number*; the others are destroyed."""
        target = self._folder / folder
        running = {name: test for name, test in self._tests.items() if test.step(number)}
        for name, test in running.items():
            (target / name).mkdir(exist_ok=True)
            (target / name / "main.tf").write_text(test.config)
        modules = {name: {"source": f"./{name}"} for name in running}
        document = {"module": modules, **({"import": imports} if imports else {})}
        (target / "modules.tf.json").write_text(json.dumps(document))

    def _failing(self, *words: str, where: terraform.Terraform | None = None) -> dict[str, str]:
        """Run Terraform; return the first error of each module, "" for those of none."""
        command = where or self._terraform
        command.write_hcl("")
        command.run("get")
        progress(f"terraform {words[0]} of {len(self._tests)} tests")
        run = command.run(*words, "-json")
        failing: dict[str, str] = {}
        for line in run.text.splitlines():
            diagnostic = _json(line).get("diagnostic", {})
            if diagnostic.get("severity") == "error":
                address = diagnostic.get("address", "").removeprefix("module.").partition(".")[0]
                file = diagnostic.get("range", {}).get("filename", "").partition("/")
                name = address or (file[0] if file[1] else "")
                text = f"{diagnostic['summary']}: {diagnostic.get('detail', '')}"
                failing.setdefault(name if name in self._tests else "", " ".join(text.split()))
        if run.code and not failing:
            failing[""] = run.text[-300:]
        return failing

    def _plan(
        self, command: terraform.Terraform, folder: str, number: int
    ) -> list[Mapping[str, Any]]:
        self._blame(number, "plan", self._failing("plan", "-out=plan", where=command))
        if not (self._folder / folder / "plan").exists():
            return []
        shown = _json(command.run("show", "-json", "plan").text.splitlines()[0])
        (self._folder / folder / "plan").unlink()
        return list(shown.get("resource_changes", []))

    def _check(self, number: int, name: str, step: Composite) -> list[str]:
        """Check a step; return the addresses of what it deletes behind Terraform's back."""
        gone = []
        test = self._tests[name]
        for check in _checks(step.field("Check")):
            if check.function.endswith("Disappears"):
                gone.append(f"module.{name}.{test.value(check.arguments[-1])}")
            elif problem := self._problem(name, check):
                test.fail(number, problem)
        return gone

    def _problem(self, name: str, check: Invocation) -> str | None:
        kind = check.function.rpartition(".")[2]
        if kind == "testAccCheckChannelStatus":
            state = str(check.arguments[-1].text).rpartition("ChannelState")[2].upper()
            channel_id = self._attributes(name, "aws_medialive_channel.test")["id"]
            channel = self._aws.medialive().region.channels[channel_id]
            return None if channel.state == state else f"{channel.state}, not {state}"
        if not kind.startswith("TestCheck"):
            return None  # of the tests' own; they look whether the resource exists
        try:
            address, *rest = (self._tests[name].value(argument) for argument in check.arguments)
        except UnresolvedError:
            return None  # a constant of the SDK
        if kind == "TestCheckResourceAttrPair":
            rest = [rest[0], flat(self._attributes(name, rest[1])).get(rest[2])]
        left_out, _ = LEFT_OUT.get(name, ("", ""))
        if left_out and rest[0].endswith(left_out):
            return None
        return difference(kind, flat(self._attributes(name, address)), *rest)

    def _delete_aside(self, addresses: Sequence[str]) -> None:
        """Delete resources in a way that the state of the tests does not learn of."""
        shutil.copytree(self._folder / "main", self._folder / "aside")
        aside = terraform.Terraform(self._folder / "aside", self._aws.endpoint, self._address)
        targets = [f"-target={address}" for address in addresses]
        failing = self._failing("destroy", "-auto-approve", *targets, where=aside)
        self._blame(0, "delete", failing)

    def _import(self, number: int, steps: Mapping[str, Composite]) -> None:
        """Plan the import of resources that the state has lost, and compare."""
        folder = f"imported{number}"
        beside = self._in(folder)
        before, imports = {}, []
        for name, step in steps.items():
            address = self._tests[name].value(step.field("ResourceName"))
            before[f"module.{name}.{address}"] = attributes = self._attributes(name, address)
            imports.append({"to": f"module.{name}.{address}", "id": str(attributes["id"])})
        state = self._state()
        state["resources"] = [
            resource for resource in state["resources"] if _address(resource) not in before
        ]
        (self._folder / folder / "terraform.tfstate").write_text(json.dumps(state))
        self._write(number, folder, imports)
        plan = {
            change["address"]: change["change"] for change in self._plan(beside, folder, number)
        }
        for name, step in steps.items():
            test = self._tests[name]
            address = f"module.{name}.{test.value(step.field('ResourceName'))}"
            if address not in plan:
                test.fail(number, "import: it is not planned")
                continue
            ignored = tuple(test.value(step.field("ImportStateVerifyIgnore") or Composite("", ())))
            pairs = _pairs(_plain(before[address]), _plain(plan[address]["before"]))
            differing = sorted(
                path
                for path, (old, new) in pairs
                if old != new and not (ignored and path.startswith(ignored))
            )
            if differing:
                test.fail(number, f"import: differs in {', '.join(differing)}")

    def _state(self) -> dict[str, Any]:
        path = self._folder / "main" / "terraform.tfstate"
        return dict(json.loads(path.read_text(encoding="utf-8")))

    def _attributes(self, name: str, address: str) -> Mapping[str, Any]:
        for resource in self._state()["resources"]:
            if _address(resource) == f"module.{name}.{address}":
                return dict(resource["instances"][0]["attributes"])
        return {}


def _address(resource: Mapping[str, Any]) -> str:
    mode = "data." if resource["mode"] == "data" else ""
    return f"{resource.get('module', '')}.{mode}{resource['type']}.{resource['name']}"


def _json(line: str) -> dict[str, Any]:
    try:
        return dict(json.loads(line))
    except ValueError:
        return {}


def _checks(expression: Any) -> Iterator[Invocation]:
    if not isinstance(expression, Invocation):
        return
    if "Compose" in expression.function:
        for argument in expression.arguments:
            yield from _checks(argument)
    else:
        yield expression


def flat(attributes: Any, path: str = "") -> dict[str, str]:
    """Return attributes as Terraform's checks name them: `a.0.b`, `a.#`, `tags.%`, `tags.key`."""
    if attributes is None:
        return {}
    if isinstance(attributes, bool):
        return {path: str(attributes).lower()}
    if isinstance(attributes, Mapping):
        size = {f"{path}.%": str(len(attributes))} if path else {}
        items: Any = attributes.items()
    elif isinstance(attributes, list):
        size, items = {f"{path}.#": str(len(attributes))}, enumerate(attributes)
    else:
        return {path: str(attributes)}
    return size | {
        inner: value
        for key, item in items
        for inner, value in flat(item, f"{path}.{key}" if path else str(key)).items()
    }


def difference(kind: str, shown: Mapping[str, str], path: str, expected: Any = None) -> str | None:
    """Return how attributes differ from what the check *kind* expects; None where they do not."""
    value = shown.get(path, "0" if path.endswith((".#", ".%")) else None)
    match kind:
        case "TestCheckResourceAttr" | "TestCheckResourceAttrPair":
            holds = value == (str(expected).lower() if isinstance(expected, bool) else expected)
        case "TestCheckResourceAttrSet":
            holds = value is not None
        case "TestCheckNoResourceAttr":
            holds = value is None
        case "TestCheckTypeSetElemNestedAttrs":
            block = path.removesuffix(".*")
            holds = any(
                all(
                    shown.get(f"{block}.{number}.{name}", "") == str(part)
                    for name, part in expected.items()
                )
                for number in range(int(shown.get(f"{block}.#", "0")))
            )
        case _:
            return f"{kind} is not read here"
    if holds:
        return None
    if isinstance(expected, Mapping):
        return f"no {path} has {expected}; shown is {_block(shown, path.removesuffix('.*'))}"
    return f"{path} is {value}, not {expected}"


def _block(shown: Mapping[str, str], path: str) -> dict[str, str]:
    return {name: value for name, value in shown.items() if name.startswith(f"{path}.")}


def _plain(value: Any) -> Any:
    """Return *value* without what is empty, and with the order of lists taken out."""
    if isinstance(value, Mapping):
        items = {key: _plain(item) for key, item in value.items()}
        return {key: item for key, item in items.items() if item not in (None, [], {})}
    if isinstance(value, list):
        return sorted(map(_plain, value), key=lambda item: json.dumps(item, sort_keys=True))
    return value


def _pairs(before: Any, after: Any, path: str = "") -> Iterator[tuple[str, tuple[Any, Any]]]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in before.keys() | after.keys():
            yield from _pairs(before.get(key), after.get(key), f"{path}.{key}".lstrip("."))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, pair in enumerate(zip(before, after, strict=True)):
            yield from _pairs(*pair, f"{path}.{number}")
    else:
        yield path, (before, after)


def _changes(plan: Sequence[Mapping[str, Any]], name: str) -> str:
    """Return what a plan would change of a module."""
    paths = []
    for change in plan:
        if change["address"].startswith(f"module.{name}."):
            pair = change["change"]["before"], change["change"]["after"]
            paths += [
                f"{change['address'].partition('.')[2].partition('.')[2]} {path}: {old} -> {new}"
                for path, (old, new) in _pairs(_plain(pair[0]), _plain(pair[1]))
                if old != new
            ]
    return "; ".join(paths)
