"""No file, whatever it holds, ends in anything but destinations or sentences."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.diagnostics import DestinationValidationError, Diagnostic
from catalog.loader import load
from catalog.model import DestinationSpec

pytestmark = pytest.mark.fuzz

SCALARS = st.one_of(
    st.sampled_from(
        ["youtube", "1080p30", "on", "no", "1_000", "12:30", "2026-12-31", "~", "0x1f", "1e9"]
    ),
    st.sampled_from(["rtmp://host/app", "rtmp://[::1", "mon", "UTC", '"\\ud800"', "!!binary x"]),
    st.integers().map(str),
    st.text(max_size=12),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(
            st.sampled_from(["a", "config", "days", "timezone"]), inner, max_size=2
        ).map(lambda items: "{" + ", ".join(f"{key}: {item}" for key, item in items.items()) + "}"),
    ),
    max_leaves=5,
)
LINES = st.lists(
    st.tuples(st.sampled_from([*sorted(DestinationSpec.model_fields), "*a", "? x"]), VALUES)
).map(lambda pairs: "".join(f"{key}: {value}\n" for key, value in pairs).encode("utf-8", "replace"))


def outcome(content: bytes) -> None:
    """Load a folder with one file of *content*; anything but our own refusal is a failure."""
    diagnostics: tuple[Diagnostic, ...] = ()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "one.yaml").write_bytes(content)
        try:
            specs = load(Path(folder)).specs
        except DestinationValidationError as invalid:
            specs, diagnostics = (), invalid.diagnostics
    assert bool(specs) != bool(diagnostics)
    assert all("\n" not in str(diagnostic) for diagnostic in diagnostics)


@given(st.binary(max_size=200))
def test_no_bytes_end_in_a_traceback(content: bytes) -> None:
    outcome(content)


@given(st.text(alphabet="[]{}:,-?&*!|>'\"%@`# \t\n\r\x00\ufeffab1\u2028", max_size=60))
def test_no_yaml_signs_end_in_a_traceback(text: str) -> None:
    outcome(text.encode())


@given(LINES)
def test_no_values_of_known_keys_end_in_a_traceback(content: bytes) -> None:
    outcome(content)
