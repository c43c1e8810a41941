"""What the README shows is what the service writes, and what it tells people to type is what can be typed."""

import argparse
import re
from typing import Any, Final

import orjson

from agents.cli import parser
from monitor.catalogue import DETECTOR_IDS, GROUP_DETECTOR_IDS
from schemas import Alert, Transaction
from tests.architecture.tree import ROOT

_TEXT: Final = (ROOT / "README.md").read_text(encoding="utf-8")
_SHELL: Final = "".join(re.findall(r"```sh\n(.*?)```", _TEXT, re.DOTALL))
_TYPED: Final = re.compile(r"ledgerwatch ((?:[a-z-]+ ?){1,2})")


def _example(field: str) -> Any:  # whatever JSON holds
    examples = map(orjson.loads, re.findall(r"```json\n(.*?)```", _TEXT, re.DOTALL))
    (example,) = (one for one in examples if field in one)
    return example


def _commands(part: argparse.ArgumentParser, name: str = "") -> dict[str, argparse.ArgumentParser]:
    """Every command by its words."""
    found = {name: part} if name else {}
    for action in part._actions:  # argparse tells its parts in no other way
        if isinstance(action, argparse._SubParsersAction):
            for word, inner in action.choices.items():
                found |= _commands(inner, f"{name} {word}".strip())
    return found


def test_the_alert_has_every_field_of_an_alert_and_is_one() -> None:
    example = _example("alert_id")

    assert orjson.loads(Alert.model_validate(example).to_json()) == example


def test_the_posting_can_be_judged() -> None:
    assert Transaction.model_validate(_example("booked_at")).transaction_id == "T1"


def test_every_command_and_option_that_it_names_exists() -> None:
    commands = _commands(parser())
    options = {option for part in commands.values() for option in part._option_string_actions}
    typed = {words.split()[0] for words in _TYPED.findall(_SHELL + _TEXT.partition("## Commands")[2])}

    assert typed <= {name.split()[0] for name in commands}
    assert {name.split()[0] for name in commands} <= typed, "each is told of"
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", _TEXT)) - {"--help"} <= options


def test_every_detector_is_named_once_in_its_table() -> None:
    table = _TEXT.partition("## What is looked for")[2].partition("\n## ")[0]
    named = [
        name
        for row in re.findall(r"^\| [^|]+ \| ([^|]+) \|$", table, re.MULTILINE)
        for name in row.split(", ")
    ]

    assert sorted(named) == sorted(DETECTOR_IDS | GROUP_DETECTOR_IDS)
