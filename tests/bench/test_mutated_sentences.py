"""Mutants of sentences are told from those of behaviour."""

from __future__ import annotations

import pytest

from bench.mutated_sentences import in_sentences

ORIGINAL = """
    if count > 1:
        raise Error("LUN100", f"{name} has {count * 2} outputs", remedy="remove one of them")
    return {"name": name, "rate": "rate(1 minute)"}
"""


def is_in_sentence(before: str, after: str) -> bool:
    assert before in ORIGINAL
    functions = {"orig": ORIGINAL, "1": ORIGINAL.replace(before, after)}
    source = "".join(
        f"def x_check__mutmut_{name}(name, count):{body}" for name, body in functions.items()
    )
    return in_sentences(source, ["x_check__mutmut_1"]) == {"x_check__mutmut_1"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('f"{name} has {count * 2} outputs"', "None"),
        ('"remove one of them"', '"REMOVE ONE OF THEM"'),
        ('"remove one of them"', "None"),
        (', remedy="remove one of them"', ""),
    ],
)
def test_what_changes_a_sentence_only(before: str, after: str) -> None:
    assert is_in_sentence(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("count > 1", "count >= 1"),
        ('"LUN100"', '"lun100"'),
        ('"LUN100", ', ""),
        ("count * 2", "count / 2"),
        ('"rate(1 minute)"', '"RATE(1 MINUTE)"'),
        ('"name": name', '"XXnameXX": name'),
        (
            'raise Error("LUN100", f"{name} has {count * 2} outputs", remedy="remove one of them")',
            "pass",
        ),
    ],
)
def test_what_changes_more(before: str, after: str) -> None:
    assert not is_in_sentence(before, after)
