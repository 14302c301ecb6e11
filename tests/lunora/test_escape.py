"""Text that people or AWS wrote, shown as it is by every target."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest
from rich.text import Text

from lunora import terminal
from lunora.render import escape
from lunora.render.plan import _templates
from lunora.render.tables import plain

HOSTILE = (
    "\x1b[2J",
    "\x1b]0;title\x07",
    "\x9b31m",
    "a\rb",
    "\u202ereversed",
    "\u2028line",
    "[red]markup[/red]",
    ":smile:",
    "**bold** _it_ ~~no~~",
    "| cell |",
    "`code` ```",
    "<img src=x onerror=alert(1)>",
    "![picture](https://example.org/x.png)",
    "https://example.org www.example.org",
    "@somebody",
    "&lt;",
    "\\",
    "# heading\n- list",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_terminal_shows_it_and_obeys_nothing(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    table = plain("one", "two")
    table.add_row(text, Text(text))
    terminal.stdout().print(table)
    terminal.stdout().print(text)
    terminal.stderr().print(text, style="yellow")
    terminal.echo(text)
    shown = "".join(capsys.readouterr())
    assert not any(sign in shown for sign in "\x1b\x9b\x07\r\u202e\u2028")
    if text in {"[red]markup[/red]", ":smile:"}:
        assert shown.count(text) == 5


@pytest.mark.parametrize("line", ["::add-mask::x", "  ::error::x", "##[group]x"])
def test_a_ci_runner_obeys_no_line(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    terminal.echo(f"first\n{line}")
    shown = capsys.readouterr().out.splitlines()
    assert not any(text.lstrip().startswith(("::", "##[")) for text in shown)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_cell_of_markdown_stays_one_cell(text: str) -> None:
    cell = escape.markdown(text)
    assert "\n" not in cell
    for active in ("|", "`", "*", "_", "[", "<"):
        rest = cell.replace(f"\\{active}", "").replace("\\\\", "")
        assert active not in rest
    assert "://" not in cell
    assert "@somebody" not in cell
    assert not any(sign in cell for sign in "\x1b\x9b\r\u202e\u2028")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_code_span_ends_where_it_should(text: str) -> None:
    span = escape.code_span(text)
    ticks = span[: len(span) - len(span.lstrip("`"))]
    inner = span[len(ticks) : -len(ticks)]
    assert ticks not in inner
    assert "\n" not in span
    assert "|" not in inner.replace("\\|", "")


def test_a_fence_is_longer_than_any_within() -> None:
    lines = escape.fenced("a\n````\nb").splitlines()
    assert (lines[0], lines[-1]) == ("`````text", "`````")


def test_a_template_escapes_all_that_it_is_not_told_to_be_markdown() -> None:
    environment = _templates()
    environment.loader = jinja2.DictLoader({"x": "{{ a }} {{ code(a) }} {{ safe(a) }} {{ n }}"})
    assert environment.get_template("x").render(a="*x*", n=3) == "\\*x\\* `*x*` *x* 3"


def test_every_console_of_the_command_is_the_escaping_one() -> None:
    root = Path(terminal.__file__).parent
    for path in root.rglob("*.py"):
        text = path.read_text()
        if path.name != "terminal.py" and "rich.console" in text:
            assert "Console(" not in text, path


def test_the_emulator_s_page_escapes_html() -> None:
    page = Path(terminal.__file__).parents[1] / "localaws/templates/tables.html"
    assert "|safe" not in page.read_text().replace(" ", "")
