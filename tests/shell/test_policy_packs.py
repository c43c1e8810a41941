"""The packaged policies are whole, each number of the law in them has a source, and none is left in another currency."""

import re
from datetime import date, timedelta

import pytest

from agents.policies import packaged_policies, read_policy
from monitor.catalogue import DETECTOR_IDS, DETECTORS
from monitor.policy import Policy
from monitor.policy_layers import AMOUNTS_FROM
from schemas.currency import MINOR_UNIT_DIGITS

_PACKS = packaged_policies()
_TRANSLATED = [name for name in _PACKS if name != "cn-pboc"]
_LAW = {
    "cn-pboc": "办法|article",
    "us-bsa": r"31 CFR 10[12]0\.\d+",
    "eu-amlr": r"Regulation \(EU\) 20\d\d/\d+",
}


@pytest.fixture(params=_PACKS)
def policy(request: pytest.FixtureRequest) -> Policy:
    return read_policy(request.param, "Asia/Shanghai")


def test_there_is_a_pack_for_each_of_three_laws() -> None:
    assert sorted(_LAW) == _PACKS
    assert [read_policy(name, "Asia/Shanghai").id for name in _PACKS] == _PACKS


def test_every_pack_has_every_detector(policy: Policy) -> None:
    assert policy.document.detectors.keys() == DETECTOR_IDS
    for one in (*policy.document.detectors.values(), *policy.document.group_detectors.values()):
        assert one.why.strip()
        assert re.search("[一-鿿]", one.why_zh or "")


def test_each_number_of_the_law_says_where_it_stands(policy: Policy) -> None:
    for rule in policy.document.reporting:
        assert re.search(_LAW[policy.id], rule.source), rule.id
        for amount in {rule.amounts.person, rule.amounts.company, rule.amounts.institution}:
            assert f"{amount:,.0f}" in rule.source or "as in" in rule.source, (rule.id, amount)


def test_holidays_have_a_source_and_are_weekdays_and_worked_weekends_are_not(policy: Policy) -> None:
    calendar = policy.document.calendar
    assert calendar.source.strip()
    assert {day.year for day in calendar.holidays} == {2024, 2025, 2026}
    assert [day for day in calendar.holidays if day.weekday() > 4] == []
    assert [day for day in calendar.worked_weekends if day.weekday() < 5] == []
    assert calendar.holidays == sorted(set(calendar.holidays))


def test_every_pack_has_rates_for_the_same_currencies(policy: Policy) -> None:
    everywhere = {"CNY", *read_policy("cn-pboc", "Asia/Shanghai").latest_rates()}
    assert set(policy.latest_rates()) == everywhere - {policy.currency}
    assert policy.latest_rates().keys() <= MINOR_UNIT_DIGITS.keys()


def test_rates_of_the_packs_agree() -> None:
    yuan = read_policy("cn-pboc", "Asia/Shanghai").latest_rates()
    for name in _TRANSLATED:
        pack = read_policy(name, "Asia/Shanghai")
        for currency, rate in pack.latest_rates().items():
            direct = float(yuan.get(currency, 1)) / float(yuan[pack.currency])
            assert float(rate) == pytest.approx(direct, rel=0.006), (name, currency)


@pytest.mark.parametrize("name", _TRANSLATED)
def test_no_amount_of_another_currency_is_left(name: str) -> None:
    base = read_policy("cn-pboc", "Asia/Shanghai").document
    pack = read_policy(name, "Asia/Shanghai").document
    left = []
    for detector in DETECTORS:
        ours, theirs = pack.detectors[detector.id], base.detectors[detector.id]
        pairs = [(ours.default, theirs.default)]
        pairs += [(ours.kinds[kind], theirs.kinds[kind]) for kind in theirs.kinds]
        for mine, other in pairs:
            if other.floor and mine.floor == other.floor:
                left.append((detector.id, "floor"))
            if (other.threshold or 0) >= AMOUNTS_FROM and mine.threshold == other.threshold:
                left.append((detector.id, "threshold"))
    assert left == []


def test_a_currency_report_is_due_above_ten_thousand_dollars_and_not_at_them() -> None:
    policy = read_policy("us-bsa", "America/New_York")
    [rule] = [rule for rule in policy.document.reporting if rule.report]
    assert (rule.id, rule.inclusive, rule.amounts.person) == ("ctr", False, 10_000)
    assert policy.rules_for("person", "medium").reporting["cash", False] == 10_000_01


def test_the_euro_packs_holidays_are_those_of_easter_and_the_fixed_feasts() -> None:
    easter = {2024: date(2024, 3, 31), 2025: date(2025, 4, 20), 2026: date(2026, 4, 5)}
    expected = []
    for year, sunday in easter.items():
        days = [date(year, 1, 1), sunday - timedelta(2), sunday + timedelta(1), date(year, 5, 1)]
        days += [date(year, 12, 25), date(year, 12, 26)]
        expected += [day for day in sorted(days) if day.weekday() < 5]
    assert read_policy("eu-amlr", "Europe/Berlin").document.calendar.holidays == expected
