"""The configuration of the running stack and its secrets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks, set_all_config

from catalog import passphrase
from catalog.errors import LunoraError
from components.stack_config import StackConfig

KEY = "made-up-key"
GOOD = {
    "aws:region": "us-west-2",
    "lunora-player:flows": '{"main": {"name": "router"}}',
    "lunora-player:streamKeys": json.dumps({"one": KEY}),
}
SECRETS = ["lunora-player:streamKeys", "lunora-player:passphrases"]


class NoResources(mocks.Mocks):
    """Answers nothing: a configuration makes no resource."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        raise AssertionError(args.name)

    def call(self, args: mocks.MockCallArgs) -> Any:
        raise AssertionError(args.token)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without a project, as with `pulumi --config-file`."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def load(secrets: Any = SECRETS, **changes: Any) -> StackConfig:
    given = {**GOOD, **changes}
    set_all_config({key: value for key, value in given.items() if value is not None}, secrets)
    return StackConfig.load()


def refused(**changes: Any) -> str:
    """Return the code of the error that the configuration with *changes* raises."""
    with pytest.raises(LunoraError) as error:
        load(**changes)
    assert KEY not in str(error.value)
    return error.value.code


def test_values_are_read_as_pulumi_hands_them_on() -> None:
    config = load()
    assert config.flow("main").name == "router"
    assert config.flow_region("main") == "us-west-2"
    assert KEY not in repr(config)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"aws:region": None}, "LUN202"),
        ({"lunora-player:flows": None}, "LUN202"),
        ({"lunora-player:flows": "{}"}, "LUN202"),
        ({"lunora-player:flows": KEY}, "LUN200"),
        ({"lunora-player:alertEmail": "[]"}, "LUN201"),
    ],
)
def test_wrong_settings_are_refused(changes: dict[str, Any], code: str) -> None:
    assert refused(**changes) == code


def test_a_key_without_secret_is_refused() -> None:
    assert refused(secrets=[]) == "LUN203"


def test_a_key_in_clear_beside_encrypted_ones_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulumi, "get_stack", lambda: "prod")
    (folder / "Pulumi.yaml").write_text("name: lunora-player\n")
    file = folder / "Pulumi.prod.yaml"
    text = "config:\n  lunora-player:streamKeys:\n    one: {secure: v1:x}\n"
    file.write_text(text)
    load()
    file.write_text(f"{text}    two: {KEY}\n")
    assert refused() == "LUN203"


def test_an_unknown_flow_is_refused() -> None:
    with pytest.raises(LunoraError) as error:
        load().flow("spare")
    assert error.value.code == "LUN205"


@pytest.mark.parametrize("key", ["", " ", f"{KEY} ", f"{KEY}\n", f"rtmp://host/app/{KEY}"])
def test_what_is_no_stream_key_is_refused_unseen(key: str) -> None:
    config = load(**{"lunora-player:streamKeys": json.dumps({"one": key})})
    with pytest.raises(LunoraError) as error:
        config.stream_key("one")
    assert error.value.code == "LUN207"
    assert key.strip() not in str(error.value) or not key.strip()


def test_a_missing_stream_key_is_refused_with_the_command_that_sets_it() -> None:
    with pytest.raises(LunoraError) as error:
        load().stream_key("two")
    assert error.value.code == "LUN206"
    command = "pulumi config set --secret --path 'lunora-player:streamKeys.two'"
    assert command in error.value.remedy


@pytest.mark.parametrize(
    ("name", "endpoint", "key"),
    [
        pytest.param("one", None, KEY, id="of the stack"),
        pytest.param("one", "http://127.0.0.1:4566", KEY, id="of the local stack"),
        pytest.param("two", "http://127.0.0.1:4566", "made-up-key-of-two", id="placeholder"),
    ],
)
def test_a_stream_key_is_secret(name: str, endpoint: str | None, key: str) -> None:
    mocks.set_mocks(NoResources())
    config = load(**{"lunora-player:endpoint": endpoint})
    values: list[object] = []

    async def read(output: pulumi.Output[str]) -> None:
        values.extend((await output.future(), await output.is_secret()))

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def program() -> pulumi.Output[None]:
        return pulumi.Output.from_input(read(config.stream_key(name)))

    program()
    assert values == [key, True]


@pytest.mark.parametrize("given", ["short", "x" * 80, "two\nlines of a passphrase"])
def test_what_is_no_passphrase_is_refused_unseen(given: str) -> None:
    config = load(**{"lunora-player:passphrases": json.dumps({"one": given})})
    with pytest.raises(LunoraError) as error:
        config.passphrase("one")
    assert error.value.code == "LUN207"
    assert given not in str(error.value)


def test_a_missing_passphrase_gets_a_placeholder_only_where_nobody_needs_it() -> None:
    with pytest.raises(LunoraError) as error:
        load().passphrase("one")
    assert error.value.code == "LUN206"
    mocks.set_mocks(NoResources())
    config = load(**{"lunora-player:endpoint": "http://127.0.0.1:4566"})
    values: list[object] = []

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def program() -> pulumi.Output[None]:
        return config.passphrase("x" * 64).apply(values.append)

    program()
    (placeholder,) = values
    assert passphrase.is_possible(str(placeholder))


REPOSITORY = '{"repository": {"name": "octo/streams", "token": {"secret": "github"}}}'


def test_a_repository_needs_its_token() -> None:
    assert load().repository_token() is None
    with pytest.raises(LunoraError) as error:
        load(**{"lunora-player:api": REPOSITORY}).repository_token()
    assert error.value.code == "LUN206"
    assert "--path 'lunora-player:repositoryTokens.github'" in error.value.remedy


@pytest.mark.parametrize("token", ["", f"{KEY} {KEY}", f"{KEY}\n", f"{KEY}\u00e9"])
def test_what_is_no_token_is_refused_unseen(token: str) -> None:
    tokens = {"lunora-player:repositoryTokens": json.dumps({"github": token})}
    config = load(
        [*SECRETS, "lunora-player:repositoryTokens"],
        **{"lunora-player:api": REPOSITORY, **tokens},
    )
    with pytest.raises(LunoraError) as error:
        config.repository_token()
    assert error.value.code == "LUN207"
    assert KEY not in str(error.value)


def test_a_token_in_clear_is_refused() -> None:
    tokens = json.dumps({"github": KEY})
    assert refused(**{"lunora-player:repositoryTokens": tokens}) == "LUN203"
