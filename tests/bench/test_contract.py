"""Acceptance tests in Go and moto's tests are read; results become one table."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.contract import moto_tests
from bench.contract.__main__ import figures
from bench.contract.acceptance import difference, flat
from bench.contract.case import Case
from bench.contract.go_source import Composite, Evaluator, Package, UnresolvedError, sprintf

GO = """
package a_test

const Key = "team"

func testOf(t *testing.T) {
	ctx := acctest.Context(t)
	if testing.Short() {
		t.Skip("no")
	}
	rName := fmt.Sprintf("%s-a", "one")
	resource.ParallelTest(t, resource.TestCase{
		PreCheck: func() { other(ctx, t) },
		Steps: []resource.TestStep{
			{Config: config(rName, true, Key), Check: resource.Compose(check(ctx, "a.0", "1"))},
			{ImportState: true, Ignore: []string{"b"}},
		},
	})
}

func config(rName string, start bool, more ...string) string {
	return compose(base(rName), fmt.Sprintf(`
resource "x" "y" {
  start = %[1]t # %%
}
`, start), strings.Join(more, ", "))
}

func base(name string) string {
	return fmt.Sprintf(`name = %[1]q`, name)
}
"""


@pytest.fixture
def package(tmp_path: Path) -> Package:
    (tmp_path / "a_test.go").write_text(GO)
    return Package.read(tmp_path)


def evaluator(package: Package) -> Evaluator:
    builtins = {
        "fmt.Sprintf": sprintf,
        "compose": lambda *parts: "".join(parts),
        "strings.Join": lambda parts, mark: mark.join(parts),
    }
    return Evaluator({"": package}, builtins)


def test_steps_of_a_test_have_their_configuration(package: Package) -> None:
    test = package.functions["testOf"]
    (call,) = test.calls_of("resource.ParallelTest")
    first, second = (step for _, step in call.arguments[1].field("Steps").items)
    values = evaluator(package)
    names = {"rName": values.value(test.assigned["rName"], {})}
    expected = 'name = "one-a"\nresource "x" "y" {\n  start = true # %\n}\nteam'
    assert values.value(first.field("Config"), names) == expected
    assert second.fields == ["ImportState", "Ignore"]
    assert values.value(second.field("Ignore"), names) == ["b"]
    assert second.field("Config") is None


def test_what_stands_in_no_file_is_unresolved(package: Package) -> None:
    values = evaluator(package)
    for expression in (package.functions["testOf"].assigned["ctx"], Composite("", ()).field("a")):
        with pytest.raises(UnresolvedError):
            values.value(expression, {})


@pytest.mark.parametrize(
    ("kind", "path", "expected", "holds"),
    [
        ("TestCheckResourceAttr", "tags.%", "1", True),
        ("TestCheckResourceAttr", "list.#", "0", False),
        ("TestCheckResourceAttr", "none.#", "0", True),
        ("TestCheckResourceAttr", "list.0.on", "true", True),
        ("TestCheckResourceAttrSet", "list.1.name", None, True),
        ("TestCheckResourceAttrSet", "list.0.name", None, False),
        ("TestCheckTypeSetElemNestedAttrs", "list.*", {"name": "b", "on": "false"}, True),
        ("TestCheckTypeSetElemNestedAttrs", "list.*", {"name": "b", "on": "true"}, False),
    ],
)
def test_checks_compare_flat_attributes(
    kind: str, path: str, expected: object, *, holds: bool
) -> None:
    attributes = {
        "tags": {"a": "b"},
        "list": [{"on": True, "name": None}, {"on": False, "name": "b"}],
    }
    assert (difference(kind, flat(attributes), path, expected) is None) is holds


MOTO = """
from moto import mock_aws

def _config(name):
    return {"Name": name}

@mock_aws
def test_a():
    assert client.make(**_config("unknown"))["Arn"] == f"arn:{region}"
    assert 1 == 1

@mock_aws
def test_b():
    pass
"""


def test_what_contradicts_aws_is_changed_and_nothing_else() -> None:
    adapted = moto_tests.Adapted(
        MOTO,
        {
            "literals": {"unknown": "known", "missing": "b"},
            "replaced": {"_config": {"by": "ours"}},
            "changed": [{"statement": "['Arn'] == f'arn:", "by": "assert 2 == 2"}],
            "left_out": {"test_b": {}},
        },
    )
    assert adapted.text.splitlines() == [
        "from bench.contract.moto_world import *",
        "_config = ours",
        "",
        "@mock_aws",
        "def test_a():",
        "    assert 2 == 2",
        "    assert 1 == 1",
    ]
    assert adapted.unmatched == ("unknown", "missing")


def test_each_contradiction_has_a_source_and_a_reason() -> None:
    for service, name, entry in moto_tests.entries():
        assert entry["source"], (service, name)
        assert entry["reason"], (service, name)


def test_the_table_counts_by_client_and_gives_reasons() -> None:
    cases = [Case("a", "1"), Case("a", "2", ("x | y",)), Case("b", "all", skipped="no network")]
    result = figures(cases)
    assert result.verdict == "1 of 2 cases pass (a 1 of 2, b 0 of 0)."
    assert not result.passed
    assert list(result.tables[0].rows) == [("a", "2", "1", "1", "0"), ("b", "0", "0", "0", "1")]
    assert result.tables[1].rows == (
        ("a", "2", "x \\| y"),
        ("b", "all", "not run: no network"),
    )
