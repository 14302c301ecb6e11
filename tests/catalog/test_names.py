"""Names in AWS fit and stay apart."""

from __future__ import annotations

import pytest

from catalog import names
from catalog.model import DestinationSpec


@pytest.mark.parametrize("name", ["short", "x" * 64])
def test_a_name_that_fits_stays(name: str) -> None:
    assert names.truncate_name(name, 64) == name


def test_long_names_are_cut_and_stay_apart() -> None:
    first, second = (names.truncate_name("x" * 70 + end, 64) for end in "ab")
    assert (len(first), len(second)) == (64, 64)
    assert first != second
    assert first == names.truncate_name("x" * 70 + "a", 64)


def test_everything_of_a_destination_says_whose_it_is() -> None:
    spec = DestinationSpec.model_validate(
        {
            "name": "one",
            "platform": "twitch",
            "preset": "720p30",
            "owner": "team",
            "tags": {"event": "launch"},
        }
    )
    assert names.tags("p", "s", spec) == {
        "event": "launch",
        "Project": "p",
        "Stack": "s",
        "ManagedBy": "lunora",
        "Destination": "one",
        "Platform": "twitch",
        "Owner": "team",
    }
    assert "Owner" not in names.tags("p", "s", spec.model_copy(update={"owner": ""}))


def test_the_output_of_a_second_pipeline_cannot_be_that_of_a_destination() -> None:
    assert names.pipeline_name("p-s-one", 0) == "p-s-one"
    assert names.pipeline_name("p-s-one", 1) == "p-s-one_1"


@pytest.mark.parametrize(
    ("more", "outputs"),
    [
        ({}, ("p-s-one",)),
        ({"redundancy": "standard"}, ("p-s-one", "p-s-one_1")),
        ({"input": "mediaconnect"}, ()),
    ],
)
def test_the_parts_of_a_destination(more: dict[str, str], outputs: tuple[str, ...]) -> None:
    given = {"name": "one", "platform": "twitch", "preset": "720p30", **more}
    spec = DestinationSpec.model_validate(given)
    assert names.parts("p", "s", spec, None) == names.Parts("p-s-one", "p-s-one", outputs)
