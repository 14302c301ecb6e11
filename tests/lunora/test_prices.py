"""`lunora prices`: shown with their age, read anew, and what they say of a claim."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from catalog.prices import Prices
from localaws.server import EmbeddedAws
from lunora.cli import app

MARKS = "".join(
    f"<!-- {name}: written by `lunora prices example` -->\n<!-- end of {name} -->\n"
    for name in ("prices", "example")
)


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LUNORA_STACK", "local")
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "Pulumi.yaml").write_text("name: lunora-player\n")
    configure(tmp_path, "http://127.0.0.1:1")
    return tmp_path


def configure(project: Path, endpoint: str) -> None:
    (project / "Pulumi.local.yaml").write_text(
        f"config:\n  aws:region: us-west-2\n  lunora-player:endpoint: {endpoint}\n"
    )


def run(*words: str) -> Result:
    result = CliRunner().invoke(app, ["prices", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def refused(*words: str) -> str:
    result = run(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    return line


def test_prices_are_shown_with_origin_and_doubts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lunora.commands.prices.caveats", lambda *_: ("a doubt",))
    result = run()
    assert result.exit_code == 0
    assert "Prices of us-west-2" in result.stdout
    assert "medialive.idle-channel" in result.stdout
    assert result.stderr == "a doubt\n"


def test_a_region_without_prices_is_one_sentence() -> None:
    assert refused("--region", "moon").startswith("LUN160: ")
    assert refused("example", "--region", "moon").startswith("LUN160: ")


def test_a_refresh_writes_the_file_of_the_region(project: Path, embedded: EmbeddedAws) -> None:
    configure(project, embedded.endpoint)
    for _ in range(2):
        result = run("refresh", "--into", ".")
        assert result.exit_code == 0
        assert result.stdout.startswith("us-west-2.json: ")
        assert result.stderr.startswith("medialive.output.avc.hd.up-to-30-fps.over-20-mbps.single")
        assert "not matched: EML1-USW2-IN-AVC-FHD-L10: $0.77/hour" in result.stderr
    written = Prices.model_validate_json((project / "us-west-2.json").read_text())
    assert {price.origin for price in written.figures.values()} == {"price-list"}


def test_made_up_prices_do_not_get_among_the_real_ones() -> None:
    assert refused("refresh").startswith("LUN400: ")


def test_a_region_of_no_service_is_exit_code_one(project: Path, embedded: EmbeddedAws) -> None:
    configure(project, embedded.endpoint)
    result = run("refresh", "--into", ".", "--region", "xx-moon-1")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "has no prices for xx-moon-1" in result.stderr
    assert not list(project.glob("*.json"))


def test_all_regions_of_the_stack_are_refreshed(project: Path, embedded: EmbeddedAws) -> None:
    configure(project, embedded.endpoint)
    flows = (
        "{main: {name: a}, far: {name: b, region: eu-west-3}, lost: {name: c, region: xx-moon-1}}"
    )
    with (project / "Pulumi.local.yaml").open("a") as file:
        file.write(f"  lunora-player:flows: {flows}\n")
    result = run("refresh", "--into", ".")
    assert result.exit_code == 0
    assert "LUN453: " in result.stderr
    assert "xx-moon-1" in result.stderr
    assert sorted(path.name for path in project.glob("*.json")) == [
        "eu-west-3.json",
        "us-west-2.json",
    ]
    far = Prices.model_validate_json((project / "eu-west-3.json").read_text())
    assert far.figure("medialive.idle-channel").usd == 0.99


def test_a_broken_price_file_is_not_written_over(project: Path, embedded: EmbeddedAws) -> None:
    configure(project, embedded.endpoint)
    (project / "us-west-2.json").write_text("{}")
    assert "LUN161: us-west-2.json" in refused("refresh", "--into", ".")
    assert (project / "us-west-2.json").read_text() == "{}"


def test_a_folder_that_is_not_there_is_one_sentence(project: Path, embedded: EmbeddedAws) -> None:
    configure(project, embedded.endpoint)
    assert refused("refresh", "--into", "nowhere").startswith("LUN402: ")


def test_the_example_is_written_between_its_comments(project: Path) -> None:
    (project / "cost.md").write_text(f"before\n{MARKS}after\n")
    assert run("example", "cost.md").stdout == "cost.md\n"
    text = (project / "cost.md").read_text()
    assert text.startswith("before\n<!-- prices")
    assert "| `egress.internet` | us-east-1 | 0.09 |" in text
    assert "| always on | $" in text
    assert text.endswith("<!-- end of example -->\nafter\n")


@pytest.mark.parametrize("text", ["no comments\n", None])
def test_an_example_without_a_place_is_one_sentence(project: Path, text: str | None) -> None:
    if text is not None:
        (project / "cost.md").write_text(text)
    assert refused("example", "cost.md").startswith("cost.md: LUN190: ")
