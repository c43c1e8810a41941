"""Look-alikes are not what they might be taken for."""

from collections import Counter
from itertools import pairwise

import pytest

from agents.simulator.labels import LOOKALIKE
from agents.simulator.plan import LOOKALIKES
from tests.shell.planted_cases import PLAN, cases, day, declared, total
from tests.shell.planted_habits import HABITS
from tests.shell.planted_profiles import PROFILES

LAWS = HABITS | PROFILES
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
    lookalike: str,
    near: tuple[str, ...],
) -> None:
    assert len(cases()[LOOKALIKE + lookalike]) == PLAN.lookalikes
    for case in cases()[LOOKALIKE + lookalike]:
        assert [typology for typology in near if LAWS[typology](case)] == [], case.label


@pytest.mark.parametrize("lookalike", sorted(ALWAYS))
def test_a_lookalike_that_is_a_habit_is_one_from_the_first_month_to_the_last(
    lookalike: str,
) -> None:
    assert len(cases()[LOOKALIKE + lookalike]) == PLAN.lookalikes
    for case in cases()[LOOKALIKE + lookalike]:
        months = Counter((day(p) - PLAN.start).days // 33 for p in case.labelled)
        assert set(months) >= {0, 1, 2}
        assert max(months[month] for month in range(3)) <= 2 * min(months[month] for month in range(3))


def test_a_firm_pays_the_same_people_each_month() -> None:
    for case in cases()["lookalike:payday"]:
        paid = Counter(p["counterparty_account"] for p in case.labelled)
        assert len(paid) >= 8
        assert len(set(paid.values())) == 1


def test_a_weekly_rent_is_one_sum_to_one_landlord_at_most_twice_in_ten_working_days() -> None:
    for case in cases()["lookalike:weekly-rent"]:
        assert len({(p["counterparty_account"], p["amount"]) for p in case.labelled}) == 1
        days = sorted(map(day, case.labelled))
        assert all((later - earlier).days == 7 for earlier, later in pairwise(days))


def test_a_shop_of_notes_brings_in_the_cash_that_it_said_it_would() -> None:
    for case in cases()["lookalike:cash-shop"]:
        cash = total((*case.labelled, *case.others), channel="cash") / PLAN.days * 30
        told = declared(case, "expected_monthly_volume") * declared(case, "expected_cash_share")
        assert 0.6 * told < cash < 1.6 * told


def test_a_treasury_stands_between_the_parent_and_each_daughter() -> None:
    for case in cases()["lookalike:group-treasury"]:
        parent, *daughters = case.label.members
        ways = {frozenset((p["customer_id"], p["counterparty_customer_id"])) for p in case.labelled}
        assert ways == {frozenset((parent, daughter)) for daughter in daughters}
