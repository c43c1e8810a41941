"""The JSON Schemas promise what the service does."""

import json
import re
from typing import Any

import pytest

from schemas import Alert, Customer, DeadLetter, Transaction
from schemas.__main__ import generated
from tests.contract.records import FULL, GOOD
from tests.contract.test_customers import LEAST, MOST

_SCHEMAS: dict[str, Any] = {name.split(".")[0]: json.loads(text) for name, text in generated().items()}


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("transaction", GOOD, FULL | {"reverses": "T0"}), ("customer", LEAST, MOST)],
)
def test_the_least_and_the_most_of_a_record_are_those_of_its_schema(
    name: str, least: dict[str, object], most: dict[str, object]
) -> None:
    assert sorted(_SCHEMAS[name]["required"]) == sorted(least)
    assert sorted(_SCHEMAS[name]["properties"]) == sorted(most)
    assert _SCHEMAS[name]["additionalProperties"] is True


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("5", True),
        ("0.01", True),
        ("9999999999999.99", True),
        ("-5", False),
        ("1e3", False),
        ("1,5", False),
        ("", False),
    ],
)
def test_the_pattern_of_amounts_takes_plain_decimals(text: str, *, fits: bool) -> None:
    pattern = _SCHEMAS["transaction"]["properties"]["amount"]["anyOf"][0]["pattern"]
    assert (re.search(pattern, text) is not None) is fits


@pytest.mark.parametrize("name", sorted(_SCHEMAS))
def test_every_field_is_described_by_a_type(name: str) -> None:
    told = {"$ref", "anyOf", "const", "enum", "type"}
    assert all(told & spec.keys() for spec in _SCHEMAS[name]["properties"].values())


@pytest.mark.parametrize("model", [Alert, Customer, DeadLetter, Transaction])
def test_every_model_says_what_it_is(model: type[Alert | Customer | DeadLetter | Transaction]) -> None:
    assert model.model_json_schema()["description"].strip()
