"""The catalogue says all that an investigator asks of a detector, and fits a terminal."""

import re
from typing import Final

import pytest
from rich.text import Text

from agents.catalogue_page import catalogue_markdown, catalogue_text
from agents.cli import run
from agents.policies import read_policy
from monitor.catalogue import DETECTORS
from monitor.catalogue_zh import CHINESE
from monitor.detector import Detector
from monitor.policy import Policy
from tests.stories.bank import POLICY

_every_detector = pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.id)
_PROSE: Final = re.compile(r"(?:\b[A-Za-z][A-Za-z'-]*[ ,;:]+){3}[A-Za-z]+")
"""Four English words in a row."""
_SOURCE: Final = re.compile(r"^(?:  |- \*\*)来源")


def _numbers(detector: Detector) -> list[str]:
    """Every number that the policy has for the detector."""
    rules = POLICY.document.detectors[detector.id]
    limits = [rules.default, *rules.kinds.values()]
    found = [value for limit in limits for value in limit.model_dump(exclude_none=True).values()]
    return [f"{value:,.10g}" for value in (*found, rules.weight)]


def _part(text: str, detector: Detector) -> str:
    """What stands below the detector's name, in one line."""
    after = text.partition(f"\n{detector.id}\n")[2]
    for other in DETECTORS:
        after = after.partition(f"\n{other.id}\n")[0]
    return " ".join(after.split())


@_every_detector
def test_the_page_has_all_of_it(detector: Detector) -> None:
    part = _part(catalogue_markdown(POLICY, "en").replace("\n## ", "\n"), detector)
    for text in (
        detector.question,
        detector.question_zh,
        detector.typology,
        detector.source,
        detector.runbook,
        detector.fires.text,
        detector.near_miss.text,
        " ".join(POLICY.document.detectors[detector.id].why.split()),
        *_numbers(detector),
    ):
        assert text in part


@_every_detector
def test_the_terminal_has_all_of_it(detector: Detector) -> None:
    part = _part(catalogue_text(POLICY, "en", width=1000), detector)
    for text in (
        detector.question,
        detector.typology,
        detector.source,
        detector.runbook,
        *_numbers(detector),
    ):
        assert text in part


@_every_detector
def test_in_chinese_the_page_and_the_terminal_have_all_of_it(detector: Detector) -> None:
    reason = POLICY.document.detectors[detector.id].why_zh
    assert reason is not None
    page, screen = catalogue_markdown(POLICY, "zh"), catalogue_text(POLICY, "zh", width=1000)
    for part in (_part(page.replace("\n## ", "\n"), detector), _part(screen, detector)):
        for text in (detector.question_zh, *CHINESE[detector.id], reason, *_numbers(detector)):
            assert text in part


@pytest.mark.parametrize("pack", ["cn-pboc", "us-bsa", "eu-amlr"])
def test_in_chinese_no_english_is_left_but_in_sources(pack: str) -> None:
    policy = read_policy(pack, "Asia/Shanghai")
    for text in (catalogue_markdown(policy, "zh"), catalogue_text(policy, "zh", width=1000)):
        told = [line for line in text.splitlines() if not _SOURCE.match(line)]
        assert [line for line in told if _PROSE.search(line)] == []


def test_english_that_is_left_would_be_seen() -> None:
    lines = catalogue_text(POLICY, "en", width=1000).splitlines()
    assert len([line for line in lines if _PROSE.search(line)]) > 5 * len(DETECTORS)


def test_in_chinese_a_reason_that_the_policy_has_in_english_only_stays_english() -> None:
    document = POLICY.document
    fan_in = document.detectors["fan-in"].model_copy(update={"why": "mine", "why_zh": None})
    detectors = document.detectors | {"fan-in": fan_in}
    policy = Policy(document.model_copy(update={"detectors": detectors}), "Asia/Shanghai")
    assert "\n  理由          mine\n" in catalogue_text(policy, "zh")


def test_the_pages_lead_to_each_other() -> None:
    assert "](README.zh.md)" in catalogue_markdown(POLICY, "en")
    assert "](README.md)" in catalogue_markdown(POLICY, "zh")


def test_a_line_of_chinese_begins_with_no_punctuation_and_no_step_is_parted_from_its_number() -> None:
    for line in catalogue_text(POLICY, "zh", 60).splitlines():
        assert line.strip()[:1] not in set("，。；：、？）")
        assert not re.search(r"(?:^|\W)\d\.$", line)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [60, 80, 100])
def test_no_line_is_wider_than_the_terminal_nor_is_anything_cut(language: str, width: int) -> None:
    """A Chinese character takes two columns."""
    text = catalogue_text(POLICY, language, width)
    assert max(Text(line).cell_len for line in text.splitlines()) <= width
    wide = catalogue_text(POLICY, language, 1000)
    assert "".join(text.split()) == "".join(wide.split())


@_every_detector
def test_chinese_sentences_have_chinese_punctuation(detector: Detector) -> None:
    assert detector.question_zh.endswith("\uff1f")
    for text in (detector.question_zh, detector.explain_zh):
        assert not set(",;:?!()") & set(text)


def test_the_command_prints_the_catalogue(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for options, text in (
        ((), catalogue_text(POLICY, "en", 80)),
        (("--language", "zh"), catalogue_text(POLICY, "zh", 80)),
        (("--markdown",), catalogue_markdown(POLICY, "en")),
        (("--markdown", "--language", "zh"), catalogue_markdown(POLICY, "zh")),
    ):
        assert run(["detectors", *options]) == 0
        assert capsys.readouterr() == (text, "")
