"""What Chinese readers are told of every detector is all that English readers are told, to the number."""

import re
from collections import Counter
from typing import Final

import pytest

from monitor.catalogue import DETECTORS, GROUP_DETECTORS
from monitor.catalogue_zh import CHINESE
from monitor.catalogue_zh.flows import FLOWS
from monitor.catalogue_zh.habits import HABITS
from monitor.catalogue_zh.identity import IDENTITY
from monitor.detector import Detector
from monitor.group_detector import GroupDetector
from tests.stories.bank import POLICY

_EVERY: Final = (*DETECTORS, *GROUP_DETECTORS)
_CHINESE: Final = re.compile("[一-鿿]")
_NUMBER: Final = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_STEP: Final = re.compile(r"(\d)\. ")
_every_detector = pytest.mark.parametrize("detector", _EVERY, ids=lambda detector: detector.id)


def _numbers(text: str) -> Counter[str]:
    return Counter(number.replace(",", "") for number in _NUMBER.findall(text))


def _reasons(detector: Detector | GroupDetector) -> tuple[str, str]:
    """In English and in Chinese."""
    rules = {**POLICY.document.detectors, **POLICY.document.group_detectors}[detector.id]
    return rules.why, rules.why_zh or ""


def test_every_detector_has_its_words_once() -> None:
    assert CHINESE.keys() == {detector.id for detector in _EVERY}
    assert len(CHINESE) == len(HABITS) + len(FLOWS) + len(IDENTITY)


@_every_detector
def test_all_of_them_are_chinese(detector: Detector | GroupDetector) -> None:
    for text in (*CHINESE[detector.id], _reasons(detector)[1]):
        assert text == text.strip()
        assert _CHINESE.search(text)


@_every_detector
def test_its_typology_is_named_in_chinese_where_alerts_show_it(detector: Detector | GroupDetector) -> None:
    assert _CHINESE.search(detector.typology)


@_every_detector
def test_they_have_chinese_punctuation(detector: Detector | GroupDetector) -> None:
    """But for the commas of amounts, and what stands among letters."""
    for text in (*CHINESE[detector.id], _reasons(detector)[1]):
        assert re.search(r"(?<=[一-鿿])[,;:?!().]|[,;:?!()](?=[一-鿿])", text) is None


@_every_detector
def test_the_runbook_has_the_same_steps(detector: Detector | GroupDetector) -> None:
    assert _STEP.findall(CHINESE[detector.id].runbook) == _STEP.findall(detector.runbook)


@_every_detector
def test_every_number_is_there(detector: Detector | GroupDetector) -> None:
    chinese = CHINESE[detector.id]
    for english, told in (
        (detector.fires.text, chinese.fires),
        (detector.near_miss.text, chinese.near_miss),
        (detector.runbook, chinese.runbook),
        (detector.source, chinese.source),
        _reasons(detector),
    ):
        assert _numbers(english) - _numbers(told) == Counter()


def test_a_number_that_is_missing_is_seen() -> None:
    assert _numbers("1. 10,000, and 2.5 of 10000") - _numbers("1. 10,000元") == Counter(
        {"2.5": 1, "10000": 1}
    )
