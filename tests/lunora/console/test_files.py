"""Drafts of destination files: checked by the loader, written with comments, keys never shown."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from flask.testing import FlaskClient

from catalog.diagnostics import DestinationValidationError
from catalog.errors import LunoraError
from catalog.loader import load
from lunora.console import changes, files, markdown
from lunora.stack import FlowRef, Stack

from .conftest import ORIGIN, Stored

COMMENTED = """\
# The main show.
platform: restream # ours
preset: 1080p30

# Ask Ada before changing it.
owner: ada
"""
KEY = "live_made-up-key"


@pytest.fixture
def stack(project: Path) -> Stack:
    """A stack with one destination and without AWS."""
    (project / "destinations/one.yaml").write_text(COMMENTED)
    return Stack("lunora-player", "local", "us-west-2", flows=(FlowRef("main", "us-west-2"),))


def codes(result: files.CheckResult) -> list[str]:
    return [error.code for error in result.errors]


def save(
    stack: Stack,
    name: str,
    text: str,
    secrets: Mapping[str, str] | None = None,
    store: files.StoreSecret | None = None,
) -> None:
    path = stack.folder / f"{name}.yaml"
    known = files.digest(path.read_text()) if path.exists() else None
    store = store or Stored().store
    files.save(stack, name, text, known=known, secrets=secrets or {}, store=store)


def test_a_valid_draft_has_a_difference_and_a_cost(stack: Stack) -> None:
    result = files.check(stack, "one", COMMENTED.replace("1080p30", "720p30"))
    assert codes(result) == []
    assert "-preset: 1080p30\n+preset: 720p30\n" in result.patch
    assert "a month" in result.cost
    assert result.secrets == ("key",)
    assert result.fields["preset"] == "720p30"
    assert result.fields["owner"] == "ada"


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("one", "platform: restream\n", "LUN101"),
        ("one", "platform: resteam\npreset: 1080p30\n", "LUN110"),
        ("one", "platform: restream\npreset: 1080p30\ncolour: red\n", "LUN100"),
        ("one", "platform: [", "LUN104"),
        ("one", "platform: restream\npreset: 1080p30\nflow: second\n", "LUN205"),
        ("One", COMMENTED, "LUN108"),
        ("", COMMENTED, "LUN108"),
        ("one", f"# {'x' * 70_000}\n{COMMENTED}", "LUN107"),
        ("two", COMMENTED + "stream_key: {config: one}\n", "LUN130"),
    ],
)
def test_a_draft_has_the_loaders_errors(stack: Stack, name: str, text: str, code: str) -> None:
    assert code in codes(files.check(stack, name, text))


def test_the_errors_of_another_file_do_not_keep_a_draft_from_being_written(stack: Stack) -> None:
    (stack.folder / "broken.yaml").write_text("platform: nowhere\n")
    assert codes(files.check(stack, "one", COMMENTED)) == []
    save(stack, "one", COMMENTED + "state: stopped\n")
    assert "state: stopped" in (stack.folder / "one.yaml").read_text()


def test_fields_change_their_own_lines_alone(stack: Stack) -> None:
    text = files.changed(COMMENTED, {"preset": "720p30", "owner": "", "expires": "2027-01-31"})
    assert text == (
        "# The main show.\nplatform: restream # ours\npreset: 720p30\nexpires: 2027-01-31\n\n"
        "# Ask Ada before changing it.\n"
    )
    assert codes(files.check(stack, "one", text)) == []
    assert files.check(stack, "one", text).fields["expires"] == "2027-01-31"


def test_keys_without_a_field_are_not_changed() -> None:
    assert (
        files.changed(COMMENTED, {"stream_key": "x", "preset": "480p30"}).count("stream_key") == 0
    )


@pytest.mark.parametrize("text", ["", "[]", "platform: [", "{platform: restream}", "\t"])
def test_fields_change_no_text_of_another_form(text: str) -> None:
    with pytest.raises(LunoraError) as refused:
        files.changed(text, {"preset": "720p30"})
    assert refused.value.code == "LUN465"


def test_what_is_not_valid_is_not_written(stack: Stack) -> None:
    with pytest.raises(DestinationValidationError):
        save(stack, "one", "platform: restream\n")
    with pytest.raises(DestinationValidationError):
        save(stack, "two", "platform: restream\n")
    assert [path.name for path in stack.folder.iterdir()] == ["one.yaml"]
    assert (stack.folder / "one.yaml").read_text() == COMMENTED


def test_a_file_that_somebody_else_changed_is_not_overwritten(stack: Stack) -> None:
    known = files.digest(COMMENTED)
    (stack.folder / "one.yaml").write_text(COMMENTED + "state: stopped\n")
    with pytest.raises(LunoraError) as refused:
        files.save(stack, "one", COMMENTED, known=known, secrets={})
    assert refused.value.code == "LUN462"
    with pytest.raises(LunoraError) as refused:
        files.save(stack, "one", COMMENTED, known=None, secrets={})
    assert refused.value.code == "LUN407"


@pytest.mark.parametrize("name", ["../one", "a/b", ".hidden", "One"])
def test_no_name_leaves_the_folder(stack: Stack, name: str) -> None:
    for act in (lambda: save(stack, name, COMMENTED), lambda: files.read_text(stack.folder, name)):
        with pytest.raises(LunoraError) as refused:
            act()
        assert refused.value.code == "LUN108"


def test_a_new_file_and_its_key_are_stored_together(stack: Stack, stored: Stored) -> None:
    text = "platform: twitch\npreset: 720p30\n"
    save(stack, "two", text, {"key": KEY}, stored.store)
    assert (stack.folder / "two.yaml").read_text() == text
    assert stored == [("lunora-player", "local", "streamKeys.two", KEY)]


def test_srt_has_a_passphrase_and_a_stream_id(stack: Stack, stored: Stored) -> None:
    text = (
        "platform: custom\nroute: flow\nurl: srt://203.0.113.9:9000\n"
        "stream_key: {config: venue}\nsrt: {passphrase: {}}\n"
    )
    assert files.check(stack, "two", text).secrets == ("key", "passphrase")
    phrase = "made-up-passphrase"
    save(stack, "two", text, {"key": "venue-id", "passphrase": phrase}, stored.store)
    assert [words[2:] for words in stored] == [
        ("streamKeys.venue", "venue-id"),
        ("passphrases.two", phrase),
    ]


@pytest.mark.parametrize("key", ["rtmp://host/app/key", "two words"])
def test_a_text_that_is_no_key_writes_nothing_and_is_not_repeated(stack: Stack, key: str) -> None:
    with pytest.raises(LunoraError) as refused:
        save(stack, "two", "platform: twitch\npreset: 720p30\n", {"key": key})
    assert refused.value.code == "LUN406"
    assert key not in str(refused.value)
    assert not (stack.folder / "two.yaml").exists()


def test_a_folder_is_loaded_once_to_write_a_file_with_its_key(
    stack: Stack, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = Mock(wraps=load)
    monkeypatch.setattr("lunora.ops.drafts.load", counted)
    save(stack, "two", "platform: twitch\npreset: 720p30\n", {"key": KEY}, stored.store)
    assert counted.call_count == 1


def test_a_key_that_cannot_be_stored_leaves_the_files_as_they_were(stack: Stack) -> None:
    def fail(*_: str) -> None:
        raise LunoraError("LUN410", "no passphrase")

    with pytest.raises(LunoraError):
        save(stack, "two", "platform: twitch\npreset: 720p30\n", {"key": KEY}, fail)
    with pytest.raises(LunoraError):
        save(stack, "one", COMMENTED + "state: stopped\n", {"key": KEY}, fail)
    assert [path.name for path in stack.folder.iterdir()] == ["one.yaml"]
    assert (stack.folder / "one.yaml").read_text() == COMMENTED


def test_the_form_checks_and_writes(
    stack: Stack, browser: FlaskClient, stored: Stored, capfd: pytest.CaptureFixture[str]
) -> None:
    def post(path: str, **content: Any) -> Any:
        return browser.post(f"/files/{path}", json=content, base_url=ORIGIN)

    page = browser.get("/files/edit/one", base_url=ORIGIN).text
    assert "Ask Ada before changing it." in page
    draft = {"name": "one", "text": COMMENTED, "changes": {"state": "stopped"}}
    checked = post("check", **draft).get_json()
    assert checked["errors"] == []
    assert checked["text"] == COMMENTED + "state: stopped\n"
    saved = {"name": "one", "text": checked["text"], "known": files.digest(COMMENTED), "key": KEY}
    answer = post("save", **saved)
    assert answer.status_code == 200, answer.text
    assert stored == [("lunora-player", "local", "streamKeys.one", KEY)]
    refused = post("save", **{**saved, "text": "platform: nowhere\n"})
    assert refused.status_code == 409
    wrong = post("save", **{**saved, "known": files.digest(checked["text"]), "text": "a: b\n"})
    assert wrong.status_code == 422
    assert {error["code"] for error in wrong.get_json()["errors"]} >= {"LUN100"}
    malformed = post("save", name="one", key=KEY)
    assert malformed.status_code == 422
    assert browser.get("/files/edit/nobody", base_url=ORIGIN).status_code == 404
    out, err = capfd.readouterr()
    answers = answer.text + refused.text + wrong.text + malformed.text
    assert KEY not in out + err + answers
    assert KEY not in browser.get("/changes", base_url=ORIGIN).text


def git(folder: Path, *words: str) -> None:
    author = ("-c", "user.name=x", "-c", "user.email=x@example.org")
    subprocess.run(["git", "-C", str(folder), *author, *words], check=True, capture_output=True)  # noqa: S603, S607 - our own words


def test_changes_are_those_that_git_has_not_committed(stack: Stack, project: Path) -> None:
    git(project, "init")
    assert "+platform: restream # ours" in str(changes.uncommitted(stack.folder))
    git(project, "add", ".")
    git(project, "commit", "-m", "x")
    assert changes.uncommitted(stack.folder) == ""
    save(stack, "one", COMMENTED + "state: stopped\n")
    save(stack, "two", "platform: twitch\npreset: 720p30\n")
    (stack.folder / "link.yaml").symlink_to("/etc/passwd")
    difference = str(changes.uncommitted(stack.folder))
    assert "+state: stopped\n" in difference
    assert "--- /dev/null\n+++ b/two.yaml\n" in difference
    assert "root:" not in difference
    status = subprocess.run(
        ["git", "status", "--porcelain"],  # noqa: S607 - as above
        cwd=project,
        capture_output=True,
        text=True,
        check=True,
    )
    assert " M destinations/one.yaml" in status.stdout
    assert "?? destinations/two.yaml" in status.stdout


def test_a_folder_outside_of_git_has_no_changes(stack: Stack, monkeypatch: Any) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(stack.folder.resolve().parents[1]))
    assert changes.uncommitted(stack.folder) is None


def test_a_plan_is_html_in_which_nothing_of_people_is() -> None:
    text = (
        "## t\n\n<script>x</script>\n\n### Picture\n```mermaid\ngraph\n```\n\n"
        "<details><summary>Properties</summary>\n\n```\na\n```\n\n</details>\n\n<!-- mark -->\n"
        "| a | b |\n|---|--:|\n| 1 | [x](javascript:alert(1)) |\n"
    )
    html = markdown.html(text)
    assert "<script>" not in html
    assert "mermaid" not in html
    assert "<h3>Properties</h3>" in html
    assert "<!--" not in html
    assert "<table>" in html
    assert 'class="right"' in html
    assert "style=" not in html
    assert 'href="javascript' not in html
