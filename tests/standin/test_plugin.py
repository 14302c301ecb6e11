"""The plugin as a whole: what it serves, and that it leaves the machine for nothing."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.standin.__main__ import StandIn, loopback_endpoint
from provider.resource import ResourceError

LOOPBACK = "http://127.0.0.1:4566"


@pytest.mark.parametrize("url", [LOOPBACK, "http://[::1]:4566"])
def test_an_endpoint_on_this_machine_is_taken(url: str) -> None:
    assert loopback_endpoint([{"ssm": url, "iam": url, "sts": ""}]) == url


@pytest.mark.parametrize(
    ("endpoints", "sentence"),
    [
        ([{"ssm": "https://ssm.us-west-2.amazonaws.com"}], "loopback only, not to https://ssm."),
        ([{"ssm": "http://10.0.0.1:4566"}], "loopback only"),
        ([{"ssm": "http://localhost.example.org"}], "loopback only"),
        ([{"ssm": LOOPBACK, "iam": "http://127.0.0.1:4567"}], "only to an embedded AWS"),
        ([], "only to an embedded AWS"),
        (None, "only to an embedded AWS"),
    ],
)
def test_any_other_endpoint_is_refused(endpoints: Any, sentence: str) -> None:
    with pytest.raises(ResourceError, match=sentence):
        loopback_endpoint(endpoints)


def test_it_serves_just_the_types_that_the_program_uses() -> None:
    served = StandIn().configure({"region": "us-west-2", "endpoints": [{"ssm": LOOPBACK}]})
    assert sorted(served.resources) == [
        "aws:iam/role:Role",
        "aws:medialive/channel:Channel",
        "aws:medialive/inputSecurityGroup:InputSecurityGroup",
        "aws:ssm/parameter:Parameter",
    ]
    assert list(served.functions) == ["aws:ssm/getParameter:getParameter"]
