"""Each planted behaviour has the property that defines it, computed from the labelled postings in the plainest way.

One law per typology. Postings of the customer that are not labelled are used only where the law is about a habit.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from agents.simulator import Label, SimulatedBank, SimulationPlan, simulate
from agents.simulator.holidays import is_working
from agents.simulator.labels import LOOKALIKE
from agents.simulator.plan import LOOKALIKES, TYPOLOGIES

PLAN = SimulationPlan(seed=19, customers=600, days=100, planted_per_typology=3, lookalikes_per_kind=3)
CASH_LIMIT = 50_000
Posting = dict[str, object]


@dataclass(frozen=True)
class Case:
    """What was labelled, and what else is known of the customer."""

    label: Label
    labelled: list[Posting]
    others: list[Posting]
    """The customer's postings that are not labelled."""
    record: dict[str, object]
    """Empty for a customer that the KYC system does not know."""


@pytest.fixture(scope="module")
def bank() -> SimulatedBank:
    return simulate(PLAN)


@pytest.fixture(scope="module")
def cases(bank: SimulatedBank) -> dict[str, list[Case]]:
    mine: dict[object, list[Posting]] = defaultdict(list)
    for posting in bank.postings():
        mine[posting["customer_id"]].append(posting)
    records = {record["customer_id"]: record for record in reversed(bank.customers)}
    found: dict[str, list[Case]] = defaultdict(list)
    for label in bank.labels:
        ids = set(label.transaction_ids)
        all_of = [posting for member in label.members for posting in mine[member]]
        found[label.typology].append(
            Case(
                label,
                [posting for posting in all_of if posting["transaction_id"] in ids],
                [posting for posting in all_of if posting["transaction_id"] not in ids],
                records.get(label.customer_id, {}),
            )
        )
    return found


def _amount(posting: Posting) -> float:
    return float(str(posting["amount"]))


def _total(postings: Iterable[Posting], **fields: object) -> float:
    return sum(map(_amount, _with(postings, **fields)))


def _with(postings: Iterable[Posting], **fields: object) -> list[Posting]:
    return [p for p in postings if all(p.get(name) == value for name, value in fields.items())]


def _at(posting: Posting) -> datetime:
    return datetime.fromisoformat(str(posting["booked_at"]))


def _day(posting: Posting) -> date:
    return _at(posting).date()


def _parties(postings: Iterable[Posting], **fields: object) -> set[object]:
    return {p["counterparty_account"] for p in _with(postings, **fields) if "counterparty_account" in p}


def _days(case: Case) -> int:
    return (case.label.end - case.label.start).days + 1


def _working_days(case: Case) -> int:
    return sum(is_working(case.label.start + timedelta(day)) for day in range(_days(case)))


def _declared(case: Case, name: str) -> float:
    return float(str(case.record[name]))


def _strangers(case: Case) -> set[object]:
    return _parties(case.labelled) - _parties(p for p in case.others if _day(p) < case.label.start)


def _usual(case: Case, days: int) -> float:
    """What moves in so many days before the label, on average."""
    before = [p for p in case.others if PLAN.start <= _day(p) < case.label.start]
    return _total(before) / (case.label.start - PLAN.start).days * days


def _daily_volume(case: Case) -> bool:
    by_day: Counter[date] = Counter()
    for p in case.labelled:
        by_day[_day(p)] += int(_amount(p))
    return max(by_day.values()) > 4 * _usual(case, 1)


def _frequency(case: Case) -> bool:
    return max(Counter(map(_day, case.labelled)).values()) >= 7


def _single_amount(case: Case) -> bool:
    before = [p for p in case.others if _day(p) < case.label.start]
    return len(case.labelled) == 1 and _amount(case.labelled[0]) > max(map(_amount, before))


def _behaviour_change(case: Case) -> bool:
    return _working_days(case) <= 10 and _total(case.labelled) >= 10 * _usual(case, 14)


def _new_counterparties(case: Case) -> bool:
    return _days(case) <= 7 and len(_strangers(case)) >= 5


def _counterparty_drift(case: Case) -> bool:
    after = [p for p in case.others if _day(p) > case.label.start + timedelta(7) and p["purpose"] == "货款"]
    known = [p for p in after if "counterparty_customer_id" not in p]
    return len(_strangers(case)) >= 3 and not known


def _cash_preference(case: Case) -> bool:
    cash = _total(case.others, channel="cash") / _total(case.others)
    return {p["channel"] for p in case.labelled} == {"cash"} and cash < 0.25 and len(case.labelled) >= 9


def _cash_intensive(case: Case) -> bool:
    told = _declared(case, "expected_monthly_volume") * _declared(case, "expected_cash_share")
    cash = _total(case.labelled, channel="cash")
    return _days(case) <= 40 and cash > 2 * told and cash > 0.3 * _declared(case, "declared_monthly_turnover")


def _structuring(case: Case) -> bool:
    near = [p for p in _with(case.labelled, channel="cash") if 0.8 * CASH_LIMIT <= _amount(p) < CASH_LIMIT]
    return len(near) >= 3 and _total(near) >= CASH_LIMIT and _working_days(case) <= 10


def _smurfing(case: Case) -> bool:
    cash = _with(case.labelled, channel="cash", direction="credit")
    return (
        len(_parties(cash)) >= 5
        and all("counterparty_name" in p and _amount(p) < CASH_LIMIT for p in cash)
        and _total(cash) >= CASH_LIMIT
        and _working_days(case) <= 10
    )


def _just_below(case: Case) -> bool:
    limits = {"cash": CASH_LIMIT, "transfer": 500_000 if case.record["kind"] == "person" else 2_000_000}
    near = [p for p in case.labelled if 0.9 <= _amount(p) / limits[str(p["channel"])] < 1]
    return near == case.labelled and len(near) >= 5 and _days(case) >= 15


def _fan_in(case: Case) -> bool:
    payers, payees = (_parties(case.labelled, direction=way) for way in ("credit", "debit"))
    return len(payers) >= 5 and 1 <= len(payees) <= 3 and _working_days(case) <= 10


def _fan_out(case: Case) -> bool:
    payers, payees = (_parties(case.labelled, direction=way) for way in ("credit", "debit"))
    return len(payees) >= 5 and 1 <= len(payers) <= 3 and _working_days(case) <= 10


def _gather_scatter(case: Case) -> bool:
    payers, payees = (_parties(case.labelled, direction=way) for way in ("credit", "debit"))
    ratio = _total(case.labelled, direction="debit") / _total(case.labelled, direction="credit")
    return min(len(payers), len(payees)) >= 5 and 0.8 <= ratio <= 1.2 and _working_days(case) <= 10


def _pass_through(case: Case) -> bool:
    came = [(_at(p), _amount(p)) for p in _with(case.labelled, direction="credit")]
    gone = [(_at(p), _amount(p)) for p in _with(case.labelled, direction="debit")]
    soon = {
        place
        for place, (left, _) in enumerate(gone)
        if any(left - timedelta(1) <= at <= left for at, _ in came)
    }
    passed = sum(gone[place][1] for place in soon)
    return passed >= 0.8 * sum(amount for _, amount in came) > 0


def _dormant(case: Case) -> bool:
    idle = case.label.start - max(map(_day, case.others))
    return idle >= timedelta(180) and _total(case.labelled) > 100_000


def _round_amounts(case: Case) -> bool:
    within = [p for p in case.others if case.label.start <= _day(p) <= case.label.end]
    share = _total(case.labelled) / (_total(case.labelled) + _total(within))
    round_ones = [p for p in case.labelled if _amount(p) % 10_000 == 0]
    return len(round_ones) == len(case.labelled) >= 3 and share >= 0.6 and _days(case) <= 7


def _repeated_pair(case: Case) -> bool:
    (party,) = _parties(case.labelled)
    assert party in _strangers(case)
    there, back = (len(_with(case.labelled, direction=way)) for way in ("debit", "credit"))
    again = len(case.labelled) > 3 and _working_days(case) <= 10
    return again and (min(there, back) == 0 or (min(there, back) >= 2 and _days(case) <= 3))


def _equal_amounts(case: Case) -> bool:
    amounts = sorted(map(_amount, case.labelled))
    middle = amounts[len(amounts) // 2]
    return (
        len({_day(p) for p in case.labelled}) == 1
        and len(amounts) >= 5
        and all(0.9 * middle <= amount <= 1.1 * middle for amount in amounts)
    )


def _new_account(case: Case) -> bool:
    opened = date.fromisoformat(str(case.record["opened_on"]))
    first = min(map(_day, (*case.labelled, *case.others)))
    young = _total((p for p in case.labelled if (_day(p) - opened).days <= 15), direction="credit")
    return first - timedelta(7) <= opened < first and young >= 1_000_000


def _income_mismatch(case: Case) -> bool:
    if "declared_monthly_income" not in case.record:
        return False
    out = _total(case.labelled, direction="debit")
    return _days(case) <= 35 and out > 5 * _declared(case, "declared_monthly_income")


def _scale_mismatch(case: Case) -> bool:
    scale = max(_declared(case, "registered_capital"), 3 * _declared(case, "declared_monthly_turnover"))
    return _days(case) <= 35 and _total(case.labelled, direction="credit") > scale


def _expected_activity(case: Case) -> bool:
    volume = _total(case.labelled)
    told, share_told = (_declared(case, f"expected_{name}") for name in ("monthly_volume", "cash_share"))
    cash, usual = _total(case.labelled, channel="cash"), _usual(case, 30)
    share = (cash + usual * share_told) / (volume + usual)
    return _days(case) <= 35 and (volume > 2 * told or share > max(2 * share_told, 0.2))


def _unrelated_payers(case: Case) -> bool:
    firms = _parties(case.labelled, direction="credit")
    named = all("有限公司" in str(p["counterparty_name"]) for p in case.labelled)
    return len(firms & _strangers(case)) >= 3 and named and _working_days(case) <= 10


def _high_risk_country(case: Case) -> bool:
    return len(case.labelled) >= 2 and {p["counterparty_country"] for p in case.labelled} <= {
        "KP",
        "IR",
        "MM",
    }


def _new_country(case: Case) -> bool:
    (country,) = {p["counterparty_country"] for p in case.labelled}
    return country not in {p.get("counterparty_country") for p in case.others}


def _offshore_many(case: Case) -> bool:
    assert "CN" not in {p["counterparty_country"] for p in case.labelled}
    senders = len(_parties(case.labelled, direction="credit"))
    return (senders >= 3 or (senders == 1 and len(case.labelled) >= 7)) and _days(case) <= 35


def _night(case: Case) -> bool:
    awake = [p for p in case.others if 1 <= _at(p).hour < 5]
    return not awake and all(1 <= _at(p).hour < 5 for p in case.labelled) and len(case.labelled) >= 6


def _velocity(case: Case) -> bool:
    times = sorted(map(_at, case.labelled))
    return max(sum(t <= u < t + timedelta(hours=1) for u in times) for t in times) >= 10


def _chi_square(postings: list[Posting]) -> float:
    """Of the first digits against Benford's law; 15.507 is exceeded by 5 % of natural samples (8 degrees of freedom)."""
    digits = Counter(int(str(p["amount"]).lstrip("0.")[0]) for p in postings)
    expected = {digit: len(postings) * math.log10(1 + 1 / digit) for digit in range(1, 10)}
    return sum((digits[digit] - expected[digit]) ** 2 / expected[digit] for digit in expected)


def _benford(case: Case) -> bool:
    return len(case.labelled) >= 60 and _chi_square(case.labelled) >= 15.507


def _peer_outlier(case: Case) -> bool:
    in_first_week = [p for p in case.labelled if _day(p) < PLAN.start + timedelta(7)]
    told = _declared(case, "declared_monthly_turnover")
    return len(in_first_week) >= 8 and _total(case.labelled, direction="credit") / PLAN.days * 30 > 6 * told


def _many_accounts(case: Case) -> bool:
    return len({p["account_id"] for p in case.labelled}) >= 4 and _days(case) <= 30


def _incomplete_kyc(case: Case) -> bool:
    if not case.record:
        return True
    held = date.fromisoformat(str(case.record["effective_from"]))
    return (PLAN.start - held).days > 730 and "name" not in case.record


def _risk_grade(case: Case) -> bool:
    record = case.record
    reasons = (record["is_pep"], record.get("list_tags"), record.get("industry") == "entertainment")
    return record["risk_grade"] == "high" and (any(reasons) or record["country"] != "CN")


def _group_round_trip(case: Case) -> bool:
    sent = _with(case.labelled, direction="debit")
    ways = {(p["customer_id"], p["counterparty_customer_id"]) for p in sent}
    ring = list(case.label.members)
    return ways == set(zip(ring, (*ring[1:], ring[0]), strict=True)) and _days(case) <= 20


def _group_structuring(case: Case) -> bool:
    parts = defaultdict(list)
    for p in case.labelled:
        parts[p["customer_id"]].append(_amount(p))
    below = all(0.8 * CASH_LIMIT <= amount < CASH_LIMIT for mine in parts.values() for amount in mine)
    few = all(len(mine) < 3 for mine in parts.values())
    return below and few and sum(map(sum, parts.values())) >= 2 * CASH_LIMIT and _working_days(case) <= 5


def _group_sudden_transfers(case: Case) -> bool:
    before = [_amount(p) for p in case.others if p["purpose"] == "内部往来" and _day(p) < case.label.start]
    now = list(map(_amount, case.labelled))
    return min(now) > 5 * (sum(before) / len(before)) and _working_days(case) <= 3


LAWS: dict[str, Callable[[Case], bool]] = {
    "daily-volume": _daily_volume,
    "frequency": _frequency,
    "single-amount": _single_amount,
    "behaviour-change": _behaviour_change,
    "new-counterparties": _new_counterparties,
    "counterparty-drift": _counterparty_drift,
    "cash-preference": _cash_preference,
    "cash-intensive": _cash_intensive,
    "structuring": _structuring,
    "smurfing": _smurfing,
    "just-below": _just_below,
    "fan-in": _fan_in,
    "fan-out": _fan_out,
    "gather-scatter": _gather_scatter,
    "pass-through": _pass_through,
    "dormant": _dormant,
    "round-amounts": _round_amounts,
    "repeated-pair": _repeated_pair,
    "equal-amounts": _equal_amounts,
    "new-account": _new_account,
    "income-mismatch": _income_mismatch,
    "scale-mismatch": _scale_mismatch,
    "expected-activity": _expected_activity,
    "unrelated-payers": _unrelated_payers,
    "high-risk-country": _high_risk_country,
    "new-country": _new_country,
    "offshore-many": _offshore_many,
    "night": _night,
    "velocity": _velocity,
    "benford": _benford,
    "peer-outlier": _peer_outlier,
    "many-accounts": _many_accounts,
    "incomplete-kyc": _incomplete_kyc,
    "risk-grade": _risk_grade,
    "group-round-trip": _group_round_trip,
    "group-structuring": _group_structuring,
    "group-sudden-transfers": _group_sudden_transfers,
}


def test_every_typology_has_its_law() -> None:
    assert set(LAWS) == set(TYPOLOGIES)


@pytest.mark.parametrize("typology", TYPOLOGIES)
def test_a_planted_behaviour_has_the_property_that_defines_it(
    typology: str, cases: dict[str, list[Case]]
) -> None:
    assert len(cases[typology]) == PLAN.planted
    for case in cases[typology]:
        assert LAWS[typology](case), case.label


NEAR: dict[str, tuple[str, ...]] = {
    "bonus-month": ("new-counterparties", "unrelated-payers", "fan-in"),
    "holiday-shopping": ("behaviour-change", "velocity", "equal-amounts"),
    "new-regular-supplier": ("new-counterparties", "equal-amounts"),
    "quarter-end": ("behaviour-change", "scale-mismatch", "fan-in"),
    "annual-insurance": ("income-mismatch", "round-amounts"),
    "pre-holiday-cash": ("cash-intensive", "structuring", "just-below", "smurfing"),
    "tuition": ("income-mismatch", "equal-amounts"),
    "foreign-holiday": ("high-risk-country", "night", "equal-amounts"),
    "house-purchase": ("pass-through", "equal-amounts"),
    "start-up": ("new-account", "scale-mismatch"),
    "family-wedding": ("unrelated-payers", "new-counterparties", "round-amounts", "fan-in"),
    "tax-refund": ("unrelated-payers", "behaviour-change"),
}
"""What each look-alike that is an event might be taken for, and is not."""
ALWAYS = frozenset(LOOKALIKES) - NEAR.keys()
"""The others are habits."""


@pytest.mark.parametrize(("lookalike", "near"), NEAR.items())
def test_a_lookalike_lacks_the_properties_that_it_might_be_taken_for(
    lookalike: str, near: tuple[str, ...], cases: dict[str, list[Case]]
) -> None:
    assert len(cases[LOOKALIKE + lookalike]) == PLAN.lookalikes
    for case in cases[LOOKALIKE + lookalike]:
        assert [typology for typology in near if LAWS[typology](case)] == [], case.label


@pytest.mark.parametrize("lookalike", sorted(ALWAYS))
def test_a_lookalike_that_is_a_habit_is_one_from_the_first_month_to_the_last(
    lookalike: str, cases: dict[str, list[Case]]
) -> None:
    assert len(cases[LOOKALIKE + lookalike]) == PLAN.lookalikes
    for case in cases[LOOKALIKE + lookalike]:
        months = Counter((_day(p) - PLAN.start).days // 33 for p in case.labelled)
        assert set(months) >= {0, 1, 2}
        assert max(months[month] for month in range(3)) <= 2 * min(months[month] for month in range(3))


def test_a_firm_pays_the_same_people_each_month(cases: dict[str, list[Case]]) -> None:
    for case in cases["lookalike:payday"]:
        paid = Counter(p["counterparty_account"] for p in case.labelled)
        assert len(paid) >= 8
        assert len(set(paid.values())) == 1


def test_a_weekly_rent_is_one_sum_to_one_landlord_at_most_twice_in_ten_working_days(
    cases: dict[str, list[Case]],
) -> None:
    for case in cases["lookalike:weekly-rent"]:
        assert len({(p["counterparty_account"], p["amount"]) for p in case.labelled}) == 1
        days = sorted(map(_day, case.labelled))
        assert all((later - earlier).days == 7 for earlier, later in pairwise(days))


def test_a_shop_of_notes_brings_in_the_cash_that_it_said_it_would(cases: dict[str, list[Case]]) -> None:
    for case in cases["lookalike:cash-shop"]:
        cash = _total((*case.labelled, *case.others), channel="cash") / PLAN.days * 30
        told = _declared(case, "expected_monthly_volume") * _declared(case, "expected_cash_share")
        assert 0.6 * told < cash < 1.6 * told


def test_a_treasury_stands_between_the_parent_and_each_daughter(cases: dict[str, list[Case]]) -> None:
    for case in cases["lookalike:group-treasury"]:
        parent, *daughters = case.label.members
        ways = {frozenset((p["customer_id"], p["counterparty_customer_id"])) for p in case.labelled}
        assert ways == {frozenset((parent, daughter)) for daughter in daughters}


def test_ordinary_customers_keep_about_to_what_they_declared(bank: SimulatedBank) -> None:
    special = {member for label in bank.labels for member in label.members}
    volume: Counter[object] = Counter()
    for posting in bank.postings():
        volume[posting["customer_id"]] += int(_amount(posting))
    ordinary = [r for r in bank.customers if r["customer_id"] not in special]
    ratios = [
        volume[r["customer_id"]] / PLAN.days * 30 / float(str(r["expected_monthly_volume"])) for r in ordinary
    ]
    assert 0.9 < sorted(ratios)[len(ratios) // 2] < 1.1
    assert sum(ratio > 2 for ratio in ratios) < 0.01 * len(ratios)


def test_ordinary_records_are_reviewed_in_time(bank: SimulatedBank) -> None:
    special = {m for label in bank.labels if label.typology == "incomplete-kyc" for m in label.members}
    newest = {r["customer_id"]: r for r in bank.customers}
    limits = {"high": 183, "medium": 365, "low": 730}
    for record in (r for c, r in newest.items() if c not in special):
        age = PLAN.date_of(PLAN.days) - date.fromisoformat(str(record["effective_from"]))
        assert age.days <= limits[str(record["risk_grade"])]


def test_about_one_customer_in_a_hundred_has_a_group_and_one_a_new_record() -> None:
    plain = simulate(SimulationPlan(customers=6_000, days=90, planted_per_typology=0, lookalikes_per_kind=0))
    records = Counter(r["customer_id"] for r in plain.customers)
    grouped = {r["customer_id"] for r in plain.customers if "group_id" in r}
    assert 0.005 < len(grouped) / len(records) < 0.02
    assert 0.005 < sum(count > 1 for count in records.values()) / len(records) < 0.02
    dates = defaultdict(list)
    for record in plain.customers:
        dates[record["customer_id"]].append(str(record["effective_from"]))
    assert all(mine == sorted(mine) for mine in dates.values())
    owners = {owner for r in plain.customers for owner in r.get("beneficial_owners", ())}  # type: ignore[attr-defined]
    assert owners
    assert owners <= records.keys()
