"""The account at MediaLive: its configuration, and that it has bought nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localaws.server import EmbeddedAws
from tests.support.clients import connect

KEY = "arn:aws:kms:us-west-2:123456789012:key/1"


def configuration(medialive: Any) -> Any:
    return medialive.describe_account_configuration()["AccountConfiguration"]


def test_the_key_of_an_account_is_kept_and_given_back(
    client: Callable[[str], Any], medialive: Any
) -> None:
    assert configuration(medialive) == {}
    answer = medialive.update_account_configuration(AccountConfiguration={"KmsKeyId": KEY})
    assert answer["AccountConfiguration"] == {"KmsKeyId": KEY}
    assert configuration(medialive) == {"KmsKeyId": KEY}
    medialive.update_account_configuration(AccountConfiguration={"KmsKeyId": ""})
    assert configuration(medialive) == {}, "MediaLive's own key"


def test_the_configuration_survives_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "state"
    with EmbeddedAws(state_file=file) as aws:
        medialive = connect(aws.endpoint, "medialive")
        medialive.update_account_configuration(AccountConfiguration={"KmsKeyId": KEY})
    with EmbeddedAws(state_file=file) as aws:
        assert configuration(connect(aws.endpoint, "medialive")) == {"KmsKeyId": KEY}


def test_there_is_an_engine_version(medialive: Any) -> None:
    assert [version.keys() for version in medialive.list_versions()["Versions"]] == [{"Version"}]


def test_an_account_has_bought_nothing_and_owns_no_device(medialive: Any) -> None:
    assert medialive.list_input_devices()["InputDevices"] == []
    assert medialive.list_offerings()["Offerings"] == []
    assert medialive.list_reservations()["Reservations"] == []
    transfers = medialive.list_input_device_transfers(TransferType="INCOMING")
    assert transfers["InputDeviceTransfers"] == []


@pytest.mark.parametrize("kind", ["input_device", "offering", "reservation"])
def test_so_nothing_of_it_can_be_described(medialive: Any, kind: str) -> None:
    member = "".join(word.capitalize() for word in kind.split("_")) + "Id"
    with pytest.raises(ClientError) as caught:
        getattr(medialive, f"describe_{kind}")(**{member: "1"})
    assert caught.value.response["Error"]["Code"] == "NotFoundException"
