"""The catalogue is complete: every detector that the domain asks for, by the id that policies, alerts and labels name it by."""

import re
from typing import Final

import pytest

from agents.cli import run
from agents.simulator.plan import TYPOLOGIES
from monitor.catalogue import DETECTORS, GROUP_DETECTORS
from tests.architecture.tree import ROOT

# Of customers: how much and how often; with whom; cash; close to what has to be reported; through the account; its life;
# amounts; what was declared; abroad; compared with others; and what the grade and the record say.
_OF_CUSTOMERS: Final = {
    *("daily-volume", "frequency", "single-amount", "behaviour-change", "velocity", "night"),
    *("new-counterparties", "counterparty-drift", "repeated-pair", "unrelated-payers"),
    *("cash-preference", "cash-intensive"),
    *("structuring", "smurfing", "just-below"),
    *("fan-in", "fan-out", "gather-scatter", "pass-through"),
    *("dormant", "new-account", "many-accounts"),
    *("round-amounts", "equal-amounts", "benford"),
    *("income-mismatch", "scale-mismatch", "expected-activity"),
    *("high-risk-country", "new-country", "offshore-many"),
    *("peer-outlier", "incomplete-kyc", "risk-grade"),
}
_OF_GROUPS: Final = {"group-round-trip", "group-structuring", "group-transfers"}


def test_every_detector_that_the_domain_asks_for_is_in_the_catalogue_and_no_other() -> None:
    assert len(_OF_CUSTOMERS) == len(DETECTORS) == 34
    assert {detector.id for detector in DETECTORS} == _OF_CUSTOMERS
    assert {detector.id for detector in GROUP_DETECTORS} == _OF_GROUPS


def test_what_is_planted_bears_the_name_of_the_detector_that_is_to_find_it() -> None:
    assert set(TYPOLOGIES) == _OF_CUSTOMERS | _OF_GROUPS


@pytest.mark.parametrize(
    ("language", "name", "start"),
    [
        ("en", "README.md", "{} detectors, policy cn-pboc "),
        ("zh", "README.zh.md", "共{}项监测规则，政策cn-pboc "),
    ],
)
def test_the_command_and_the_page_tell_of_the_same_detectors_in_the_same_order(
    language: str, name: str, start: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = [detector.id for detector in (*DETECTORS, *GROUP_DETECTORS)]
    page = (ROOT / "monitor" / "detectors" / name).read_text(encoding="utf-8")
    assert run(["detectors", "--language", language]) == 0
    told = capsys.readouterr().out

    assert re.findall(r"^## (\S+)$", page, re.MULTILINE) == ids
    assert [line for line in told.splitlines() if line in set(ids)] == ids
    assert told.startswith(start.format(len(ids)))
