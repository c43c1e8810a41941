"""Accounts that begin another life, gather and scatter; and what is only watched: hours and digits."""

import pytest

from monitor.story import ORDINARY, Act, every, paid_in, paid_out
from tests.stories.bank import Bank


def _found(*acts: Act, past: tuple[Act, ...] = ORDINARY, **profile: object) -> set[str]:
    bank = Bank()
    if profile:
        bank.declare(**profile)
    bank.happen(*past)
    alerted, on_trial = bank.find(*acts)
    return alerted | on_trial


@pytest.mark.parametrize(("amount", "found"), [(30_000, True), (5_000, False)])
def test_ten_times_as_much_as_in_the_half_year_before(amount: float, found: bool) -> None:
    trade = paid_in(amount, *every(2, since=-14, until=0), who="trader")
    assert ("behaviour-change" in _found(*trade)) is found


def test_ten_times_as_often_as_in_the_half_year_before() -> None:
    """60 payments of 1,000 in six days, where 14,000 in as many weeks were usual."""
    trade = tuple(a for n in range(60) for a in paid_in(1_000, n // 10 - 5, who=f"b{n % 6}", hour=8 + n % 10))
    assert "behaviour-change" in _found(*trade)


def test_a_flat_that_is_sold_is_no_other_life() -> None:
    sale = (*paid_in(900_000, -1, who="buyer"), *paid_out(880_000, 0, who="savings"))
    everyday = paid_in(500, *every(1, since=-6, until=0), who="family")
    assert "behaviour-change" not in _found(*sale, *everyday)


def test_a_customer_of_seven_weeks_has_no_other_life_yet() -> None:
    life = paid_in(900, *every(7, since=-49), who="family")
    assert "behaviour-change" not in _found(
        *paid_in(30_000, *every(1, since=-7, until=0), who="trader"), past=life
    )


def _gathered(payers: int, payees: int, share: float = 0.95) -> tuple[Act, ...]:
    each_out = payers * 6_000 * share / payees
    return (
        *(a for n in range(payers) for a in paid_in(6_000, n - payers, who=f"payer {n}")),
        *(a for n in range(payees) for a in paid_out(each_out, n - payees + 1, who=f"payee {n}", hour=18)),
    )


@pytest.mark.parametrize(
    ("payers", "payees", "share", "found"),
    [(6, 6, 0.95, True), (4, 8, 0.95, False), (8, 4, 0.95, False), (6, 6, 0.7, False), (6, 6, 2.0, False)],
    ids=["through", "four payers", "four payees", "much of it stays", "twice as much leaves"],
)
def test_what_many_strangers_bring_many_others_get(
    payers: int, payees: int, share: float, found: bool
) -> None:
    assert ("gather-scatter" in _found(*_gathered(payers, payees, share))) is found


def test_a_traders_regular_partners_are_no_strangers() -> None:
    year = tuple(
        a
        for n in range(8)
        for a in (
            *paid_in(6_000, *every(14, since=n - 160), who=f"payer {n}"),
            *paid_out(5_700, *every(14, since=n - 159), who=f"payee {n}"),
        )
    )
    assert "gather-scatter" not in _found(*_gathered(8, 8), past=year)


def _nights(count: int, hour: float = 3) -> tuple[Act, ...]:
    return tuple(a for n in range(count) for a in paid_out(2_500, n // 2 - 2, who="family", hour=hour))


def test_nights_are_written_down_and_alert_nobody() -> None:
    bank = Bank()
    bank.happen(*ORDINARY)
    alerted, on_trial = bank.find(*_nights(6))
    assert "night" in on_trial
    assert "night" not in alerted


@pytest.mark.parametrize(("hour", "found"), [(21.99, False), (22, True), (4.99, True), (5, False)])
def test_night_is_from_ten_to_five(hour: float, found: bool) -> None:
    assert ("night" in _found(*_nights(6, hour))) is found


def test_whoever_always_pays_at_night_sleeps_by_day() -> None:
    shift = paid_out(700, *every(2, since=-179), who="canteen", hour=23)
    assert "night" not in _found(*_nights(6), past=(*ORDINARY, *shift))


def test_postings_without_a_time_of_day_are_not_at_night() -> None:
    """Where only dates are told, all is at midnight."""
    dated = tuple(Act(act.day, act.amount, act.inbound, act.who, act.channel, 0.0) for act in ORDINARY)
    assert "night" not in _found(*_nights(6, 0), past=dated)


def _invoices(amounts: list[float]) -> tuple[Act, ...]:
    days = len(amounts)
    return tuple(
        a for n, amount in enumerate(amounts) for a in paid_in(amount, n - days + 16, who=f"b{n % 9}")
    )


def test_invented_first_digits_are_written_down() -> None:
    invented = [(5 + n % 5) * 10 ** (1 + n % 4) + 3.5 for n in range(130)]
    assert "benford" in _found(*_invoices(invented), past=(), kind="company")
    assert "benford" not in _found(*_invoices(invented), past=(), kind="person")


def test_the_prices_of_a_subscription_are_not_invented() -> None:
    """All invoices are 580, 680 or 980: within a decade."""
    prices = [(580.0, 680.0, 980.0)[n % 3] for n in range(130)]
    assert "benford" not in _found(*_invoices(prices), past=(), kind="company")
