"""Edits of a person's YAML change the lines of a key alone."""

from __future__ import annotations

import itertools
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as some

from catalog import strict_yaml
from catalog.yaml_edit import edited, patch, revised, with_value

TEXT = """\
# yaml-language-server: $schema=./schema.json
platform: twitch   # where to
preset: 1080p30
# How it is encoded.
encoding:
  bitrate_kbps: 4000
  # A remark within.
  keyframe_seconds: 2

# Why it exists.
description: >
  a long
  story
tags: {a: b}
"""


@pytest.mark.parametrize(
    ("changes", "removed", "added"),
    [
        ({"preset": "720p30"}, ["preset: 1080p30"], ["preset: 720p30"]),
        ({"preset": None}, ["preset: 1080p30"], []),
        ({"tags": None}, ["tags: {a: b}"], []),
        (
            {"description": "short"},
            ["description: >", "  a long", "  story"],
            ["description: short"],
        ),
        (
            {"encoding": None},
            [
                "encoding:",
                "  bitrate_kbps: 4000",
                "  # A remark within.",
                "  keyframe_seconds: 2",
            ],
            [],
        ),
        ({"route": "flow"}, [], ["route: flow"]),
        ({"schedule": {"timezone": "UTC"}}, [], ["schedule:", "  timezone: UTC"]),
    ],
)
def test_other_lines_stay(changes: dict[str, Any], removed: list[str], added: list[str]) -> None:
    after = edited(TEXT, changes)
    assert after is not None
    assert [line for line in TEXT.splitlines() if line not in after.splitlines()] == removed
    assert [line for line in after.splitlines() if line not in TEXT.splitlines()] == added
    expected = {**yaml.safe_load(TEXT), **changes}
    assert yaml.safe_load(after) == {k: v for k, v in expected.items() if v is not None}


@pytest.mark.parametrize("text", ["{platform: twitch}\n", "- a\n", "", "text\n"])
def test_what_is_no_block_is_left_to_a_person(text: str) -> None:
    assert edited(text, {"route": "flow"}) is None


def test_a_last_line_without_its_end_gets_one() -> None:
    assert edited("a: 1", {"b": 2}) == "a: 1\nb: 2\n"
    assert edited("a: 1\r\nb: 2\r\n", {"c": 3}) == "a: 1\r\nb: 2\r\nc: 3\r\n"


PATH = ("config", "p:flows", "main", "source", "mbps")


@pytest.mark.parametrize(
    "flows",
    [
        "{main: {name: router, source: {codec: AVC, mbps: 20}}}",
        "{main: {name: router, source: {codec: AVC}}}",
        "{main: {name: router}}",
        "\n    main:\n      name: router\n      source:\n        mbps: 20  # at most\n    b: {}",
        "\n    main:\n      name: router\n      source:\n        codec: AVC\n    other: {}",
        "\n    main:\n      name: router\n    other: {}",
        "\n    main:\n      name: router",
    ],
)
def test_a_nested_value_is_set(flows: str) -> None:
    text = f"config:\n  aws:region: us-west-2\n  p:flows: {flows}\n"
    after = with_value(text, PATH, 10)
    assert after is not None
    expected = yaml.safe_load(text)
    expected["config"]["p:flows"]["main"].setdefault("source", {})["mbps"] = 10
    assert yaml.safe_load(after) == expected
    assert ("# at most" in text) == ("# at most" in after)


@pytest.mark.parametrize("flows", ["text", "{}", "{main: text}", "{main: {source: {mbps: [1]}}}"])
def test_a_nested_value_of_another_form_is_left_to_a_person(flows: str) -> None:
    assert with_value(f"config:\n  p:flows: {flows}\n", PATH, 10) is None


LINE = some.sampled_from(["a: 1", "b: 2", "# c", "d: {e: f}", ""])


@given(before=some.lists(LINE, min_size=1), after=some.lists(LINE), newline=some.booleans())
def test_a_patch_has_every_line(before: list[str], after: list[str], newline: bool) -> None:  # noqa: FBT001 - hypothesis
    old, new = "\n".join(before) + "\n" * newline, "\n".join(after)
    text = patch(old, new, "x.yaml")
    assert (text == "") == (old == new)
    assert text == "" or text.endswith("\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        *itertools.product(["a: 1\nb: 2\n", "a: 1\nb: 2"], ["a: 1\nc: 3\n", "c: 3", None]),
        (None, "c: 3\n"),
    ],
)
def test_git_applies_a_patch(tmp_path: Path, before: str | None, after: str | None) -> None:
    file = tmp_path / "destinations/one.yaml"
    file.parent.mkdir()
    if before is not None:
        file.write_text(before)
    subprocess.run(
        ["git", "apply", "-"],  # noqa: S607 - the git that people use
        input=patch(before, after, "destinations/one.yaml").encode(),
        cwd=tmp_path,
        check=True,
    )
    assert (file.read_text() if file.exists() else None) == after


KEYS: dict[str, Any] = strict_yaml.parse(TEXT).content


@pytest.mark.parametrize(
    ("content", "removed", "added"),
    [
        (KEYS, [], []),
        (
            {**KEYS, "platform": "youtube"},
            ["platform: twitch   # where to"],
            ["platform: youtube   # where to"],
        ),
        (
            {**KEYS, "encoding": {"bitrate_kbps": 4000, "keyframe_seconds": 4}},
            ["  keyframe_seconds: 2"],
            ["  keyframe_seconds: 4"],
        ),
        ({**KEYS, "tags": {"a": "yes, no"}}, ["tags: {a: b}"], ["tags:", "  a: yes, no"]),
        ({**KEYS, "preset": "on"}, ["preset: 1080p30"], ["preset: 'on'"]),
        (
            {**KEYS, "description": "short"},
            ["description: >", "  a long", "  story"],
            ["description: short"],
        ),
        ({**KEYS, "retry": {"attempts": 3}}, [], ["retry:", "  attempts: 3"]),
        ({key: KEYS[key] for key in KEYS if key != "preset"}, ["preset: 1080p30"], []),
    ],
)
def test_a_revision_changes_the_lines_of_changed_values(
    content: dict[str, Any], removed: list[str], added: list[str]
) -> None:
    text = revised(TEXT, content)
    assert text is not None
    before, after = TEXT.splitlines(), text.splitlines()
    assert [line for line in before if line not in after] == removed
    assert [line for line in after if line not in before] == added
    assert strict_yaml.parse(text).content == content


@pytest.mark.parametrize("text", ["{owner: ada}", "owner: [", "- a", "", "a: 1\na: 2\n"])
def test_a_text_without_lines_of_keys_has_no_revision(text: str) -> None:
    assert revised(text, {"preset": "1080p30"}) is None


VALUES = some.recursive(
    some.none()
    | some.booleans()
    | some.integers(-10, 10_000)
    | some.sampled_from([0.5, 29.97, -1.0])
    | some.text(max_size=12),
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.dictionaries(some.text("abc_", min_size=1, max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
CONTENTS = some.dictionaries(
    some.text("abcdef_", min_size=1, max_size=6), VALUES, min_size=1, max_size=5
)


@pytest.mark.fuzz
@given(before=CONTENTS, after=CONTENTS)
def test_a_revision_has_exactly_the_content(before: dict[str, Any], after: dict[str, Any]) -> None:
    dumped = [yaml.safe_dump({key: value}, allow_unicode=True) for key, value in before.items()]
    text = "".join(f"# {number}\n{entry}" for number, entry in enumerate(dumped))
    result = revised(text, after)
    if result is not None:
        assert strict_yaml.parse(result).content == after


def test_a_key_comes_after_a_last_line_without_an_end() -> None:
    assert with_value("flow:\n  name: x", ["flow", "mbps"], 8) == "flow:\n  name: x\n  mbps: 8\n"


def test_a_word_of_another_language_stays_readable() -> None:
    text = "tags:\n  event: launch  # of the year\n"
    revision = revised(text, {"tags": {"event": "Eröffnung"}})
    assert revision == text.replace("launch", "Eröffnung")
