"""Cash: many hands, amounts that keep below the threshold, and trades that do or do not live on notes.

Cash has to be reported from 50,000.
"""

import pytest

from monitor.story import ORDINARY, Act, every, paid_in, paid_out
from tests.stories.bank import Bank


def _carriers(count: int, amount: float) -> tuple[Act, ...]:
    return tuple(
        a
        for n in range(count)
        for a in paid_in(amount, n - count + 1, who=f"carrier {n}", channel="cash", hour=9 + n)
    )


def _found(*acts: Act, past: tuple[Act, ...] = ORDINARY, **profile: object) -> set[str]:
    bank = Bank()
    if profile:
        bank.declare(**profile)
    bank.happen(*past)
    return bank.find(*acts)[0]


@pytest.mark.parametrize(
    ("carriers", "amount", "found"),
    [(5, 10_000, True), (5, 9_999, False), (4, 20_000, False), (6, 50_000, False)],
    ids=["five reach T together", "five do not", "four are few", "each is reported by itself"],
)
def test_five_carriers_bring_the_threshold_together(carriers: int, amount: float, found: bool) -> None:
    assert ("smurfing" in _found(*_carriers(carriers, amount))) is found


def test_one_person_who_comes_five_times_is_not_five() -> None:
    visits = paid_in(12_000, *every(1, since=-4, until=0), who="neighbour", channel="cash")
    assert "smurfing" not in _found(*visits)


def test_an_undone_deposit_brought_nothing() -> None:
    bank = Bank()
    bank.happen(*ORDINARY)
    first, *others = _carriers(5, 11_000)
    bank.happen(first)
    bank.reverse(f"T{bank.sent}", first)
    assert "smurfing" not in bank.find(*others)[0]


def test_a_customer_of_three_weeks_can_be_used_by_smurfs() -> None:
    assert "smurfing" in _found(*_carriers(6, 11_000), past=paid_in(800, -21, who="friend"))


def _every_other_week(amount: float, count: int = 7) -> tuple[Act, ...]:
    return paid_in(amount, *(15 * (n - count + 1) for n in range(count)), channel="cash")


@pytest.mark.parametrize(
    ("amount", "found"), [(45_000, True), (49_999.99, True), (44_999.99, False), (50_000, False)]
)
def test_amounts_within_a_tenth_below_the_threshold_cluster(amount: float, found: bool) -> None:
    assert ("just-below" in _found(*ORDINARY, *_every_other_week(amount), past=())) is found


def test_three_amounts_below_the_threshold_are_no_cluster() -> None:
    assert "just-below" not in _found(*ORDINARY, *_every_other_week(48_000, count=3), past=())


def test_amounts_below_the_threshold_are_lost_among_those_around_it() -> None:
    others = paid_in(36_000, *every(2, since=-90), channel="cash")
    assert "just-below" not in _found(*others, *_every_other_week(48_000), past=())


def _takings(amount: float = 30_000) -> tuple[Act, ...]:
    return (
        *paid_in(amount, *every(2, since=-60, until=0), channel="cash"),
        *paid_out(amount * 3, *every(10, since=-60), who="supplier"),
    )


@pytest.mark.parametrize(
    ("profile", "found"),
    [
        ({"industry": "consultancy"}, True),
        ({"industry": "restaurant"}, False),
        ({"industry": "餐饮"}, False),
        ({"industry": "consultancy", "expected_cash_share": 0.6}, False),
        ({"industry": "restaurant", "expected_cash_share": 0.05}, True),
    ],
    ids=["consultancy", "restaurant", "餐饮", "it said so", "it said otherwise"],
)
def test_a_firm_lives_on_cash_that_nobody_declared(profile: dict[str, object], found: bool) -> None:
    assert ("cash-intensive" in _found(*_takings(), past=(), kind="company", **profile)) is found


def test_small_takings_are_nobodys_business() -> None:
    assert "cash-intensive" not in _found(*_takings(900), past=(), kind="company", industry="consultancy")


def test_a_person_who_is_paid_in_notes_is_none() -> None:
    """Wages of 8,000 in cash, all of it spent in cash."""
    life = (
        *paid_in(8_000, *every(30, since=-180, until=0), channel="cash"),
        *paid_out(2_000, *every(8, since=-179, until=0), channel="cash"),
    )
    assert _found(*life, past=()) == set()
