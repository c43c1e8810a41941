"""The catalogue says all that an investigator asks of a detector, and fits a terminal."""

import pytest
from rich.text import Text

from agents.catalogue_page import catalogue_markdown, catalogue_text
from agents.cli import run
from monitor.catalogue import DETECTORS
from monitor.detector import Detector
from tests.stories.bank import POLICY

_every_detector = pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.id)


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
    part = _part(catalogue_markdown(POLICY).replace("\n## ", "\n"), detector)
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
def test_the_terminal_has_all_of_it_in_either_language(detector: Detector) -> None:
    for language, question in (("en", detector.question), ("zh", detector.question_zh)):
        part = _part(catalogue_text(POLICY, language, width=1000), detector)
        for text in (question, detector.typology, detector.source, detector.runbook, *_numbers(detector)):
            assert text in part


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
        (("--markdown",), catalogue_markdown(POLICY)),
    ):
        assert run(["detectors", *options]) == 0
        assert capsys.readouterr() == (text, "")
