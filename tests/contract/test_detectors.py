"""What every detector owes: its stories, its words, and that asking it changes nothing."""

import math
from collections.abc import Iterator
from string import Formatter
from typing import Final

import pytest

from monitor.catalogue import DETECTOR_IDS, DETECTORS
from monitor.customer_state import CustomerState, FindingMemo, encode
from monitor.detector import UNIT_NAMES, Detector, Observation
from monitor.explain import explain
from monitor.judge import Panel
from monitor.learn import learn, weigh
from monitor.policy import GRADES, KINDS, Rules
from monitor.posting import Posting
from monitor.profile import Profile
from monitor.story import Story
from tests.stories.bank import POLICY, Bank, declared

_BLANKS: Final = {"observed", "threshold", "usual", "window", "count", "peers", "peer_group"}
_every_detector = pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.id)


def _told(detector: Detector, story: Story) -> Iterator[tuple[bool, CustomerState, Posting]]:
    """The postings that concern the detector: whether each is today's, the past before it, and the posting."""
    state, panel = _declared(story), Panel([detector])
    rules = _rules(story)
    for today, posting in story.postings():
        weigh([(state, posting, rules)])
        if panel.asked(state, posting, rules):
            yield today, state, posting
        learn([(state, posting, rules)])


def _declared(story: Story) -> CustomerState:
    state = CustomerState()
    if story.profile is not None:
        state.declare(story.profile)
    return state


def _rules(story: Story) -> Rules:
    profile = story.profile or Profile(kind=story.kind)
    return POLICY.rules_for(profile.kind, profile.risk_grade, profile.segment)


def _answers(detector: Detector, story: Story) -> list[Observation]:
    rules = _rules(story)
    answers = (
        detector.observe(state, posting, rules) for today, state, posting in _told(detector, story) if today
    )
    return [answer for answer in answers if answer is not None]


@_every_detector
def test_it_fires_on_its_story(detector: Detector) -> None:
    assert any(answer.fires for answer in _answers(detector, detector.fires))


@_every_detector
def test_it_leaves_its_near_miss_alone(detector: Detector) -> None:
    assert not any(answer.fires for answer in _answers(detector, detector.near_miss))


@_every_detector
def test_its_story_reaches_the_investigators(detector: Detector) -> None:
    """The same postings as JSON, through the whole core; of a detector on trial, those who watch it."""
    bank = Bank(peers=detector.fires.peer_edition())
    if detector.fires.profile is not None:
        bank.declare(**declared(detector.fires.profile))
    elif detector.fires.kind != "person":
        bank.declare(kind=detector.fires.kind)
    policy = POLICY.document.detectors[detector.id]
    quiet_since = -(policy.quiet or POLICY.document.quiet).days
    bank.happen(*(act for act in detector.fires.acts if act.day < quiet_since))
    lately = [act for act in detector.fires.acts if act.day >= quiet_since]
    alerted, on_trial = bank.find(*lately)
    assert detector.id in (on_trial if policy.mode == "shadow" else alerted)
    assert detector.id not in (alerted if policy.mode == "shadow" else on_trial)


@_every_detector
def test_it_answers_for_a_customer_never_seen_before(detector: Detector) -> None:
    for kind in KINDS:
        for story in (detector.fires, detector.near_miss):
            for _, posting in story.postings():
                state, rules = CustomerState(), POLICY.rules_for(kind, None)
                weigh([(state, posting, rules)])
                if Panel([detector]).asked(state, posting, rules):
                    answer = detector.observe(state, posting, rules)
                    assert answer is None or not answer.fires


@_every_detector
def test_asking_changes_nothing_and_gives_the_same_answer_twice(detector: Detector) -> None:
    for story in (detector.fires, detector.near_miss):
        for today, state, posting in _told(detector, story):
            if not today:
                continue
            before, rules = encode(state), _rules(story)
            assert detector.observe(state, posting, rules) == detector.observe(state, posting, rules)
            assert encode(state) == before


@_every_detector
def test_its_numbers_are_finite_and_its_window_is_a_window(detector: Detector) -> None:
    for other in DETECTORS:
        rules = _rules(other.fires)
        for _, state, posting in _told(detector, other.fires):
            answer = detector.observe(state, posting, rules)
            if answer is None:
                continue
            assert math.isfinite(answer.observed)
            assert answer.observed >= 0
            assert answer.threshold > 0
            assert math.isfinite(answer.threshold) or not answer.fires
            assert answer.usual is None or (math.isfinite(answer.usual) and answer.usual >= 0)
            assert 0 <= answer.graded <= 1
            assert answer.strength >= 1 if answer.fires else answer.strength >= 0
            assert math.isfinite(answer.strength)
            assert answer.first_day <= posting.day == answer.last_day
            assert answer.count >= 1


@_every_detector
def test_a_riskier_customer_is_asked_no_later(detector: Detector) -> None:
    """Thresholds fall as the risk grade rises, for every kind of customer."""
    for kind in KINDS:
        thresholds = [POLICY.rules_for(kind, grade).limits[detector.id].threshold for grade in GRADES]
        assert thresholds == sorted(thresholds, reverse=True)
        assert thresholds[0] > thresholds[-1]


@_every_detector
def test_it_is_documented_in_both_languages(detector: Detector) -> None:
    for text in (detector.question, detector.typology, detector.source, detector.runbook, detector.explain):
        assert text.strip() == text != ""
    for text in (detector.question_zh, detector.explain_zh):
        assert any("\u4e00" <= letter <= "\u9fff" for letter in text)
    assert detector.question.endswith("?")
    assert detector.question_zh.endswith(("?", "\uff1f"))
    assert detector.fires.text != detector.near_miss.text != ""
    assert [f"{step}. " in detector.runbook for step in (1, 2, 3)] == [True] * 3


@_every_detector
def test_its_sentences_use_the_blanks_there_are(detector: Detector) -> None:
    for template in (detector.explain, detector.explain_zh):
        blanks = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
        assert {"observed", "window"} <= blanks <= _BLANKS


@_every_detector
@pytest.mark.parametrize("usual", [None, 1234567.0])
def test_its_sentences_say_the_unit(detector: Detector, usual: float | None) -> None:
    memo = FindingMemo(
        detector.id, 2345678.0, 3456789.0, usual, None, None, 2.0, 0.1, 0.5, 20_500, 20_514, 3, []
    )
    english, chinese = explain(detector, memo, "CNY")
    assert "2026-02-16 to 2026-03-02" in english
    assert "2026-02-16\u81f32026-03-02" in chinese
    if detector.unit == "money":
        assert "CNY 23,456.78" in english
        assert "CNY 23,456.78" in chinese
    elif detector.unit in ("share", "ratio"):
        assert "%" in english
        assert "%" in chinese
    else:
        words = {
            "counterparties": ("counterpart", "payer", "payee", "compan"),
            "postings": ("posting",),
            "times": ("times",),
            "countries": ("countries",),
            "accounts": ("accounts",),
            "deviations": ("deviation",),
            "months": ("months",),
            "chi-squared": ("χ²",),
        }[detector.unit]
        assert any(word in english for word in words)
        assert any(word in chinese for word in ("\u7b14", "\u4e2a", "\u500d", "χ²"))
    assert "{" not in english + chinese
    assert usual is not None or "{usual}" not in detector.explain or "unknown" in english


def test_every_detector_is_in_the_policy_under_its_own_name() -> None:
    assert len(DETECTOR_IDS) == len(DETECTORS)
    assert set(POLICY.document.detectors) == DETECTOR_IDS
    assert all(len(detector.why) > 10 for detector in POLICY.document.detectors.values())
    assert {detector.unit for detector in DETECTORS} <= UNIT_NAMES.keys()
