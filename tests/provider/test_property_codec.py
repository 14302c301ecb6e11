from __future__ import annotations

import pytest
from pulumi.runtime import rpc

from provider.property_codec import decode_configuration, from_struct, to_struct
from provider.resource import UNKNOWN, contains_unknown


def test_properties_survive_the_wire() -> None:
    properties = {
        "text": "a",
        "whole": 5000,
        "fraction": 29.97,
        "flag": True,
        "list": [1, {"deep": False}],
        "map": {"key": "value"},
        "later": UNKNOWN,
    }
    assert from_struct(to_struct(properties)) == properties


def test_a_secret_is_marked_as_the_sdk_marks_it() -> None:
    marked = to_struct({"key": {"name": "n"}, "open": "a", "none": None}, {"key", "none"})
    assert rpc.deserialize_properties(marked) == {
        "key": rpc.wrap_rpc_secret({"name": "n"}),
        "open": "a",
    }


def test_nulls_are_left_out() -> None:
    assert from_struct(to_struct({"a": None, "b": 1})) == {"b": 1}


def test_an_unknown_is_found_at_any_depth() -> None:
    assert contains_unknown({"a": [{"b": UNKNOWN}]})
    assert not contains_unknown({"a": [{"b": "known"}]})


def test_only_property_values_can_be_sent() -> None:
    with pytest.raises(TypeError, match="a property cannot hold a set"):
        to_struct({"a": {1}})


def test_configuration_sent_as_json_text_is_decoded() -> None:
    sent = {
        "region": "us-west-2",
        "endpoints": '[{"ssm": "x"}]',
        "tags": '{"a": "b"}',
        "skip": "true",
        "check": "false",
        "odd": "[no",
        "count": 3,
    }
    assert decode_configuration(sent) == {
        "region": "us-west-2",
        "endpoints": [{"ssm": "x"}],
        "tags": {"a": "b"},
        "skip": True,
        "check": False,
        "count": 3,
        "odd": "[no",
    }
