"""New customers: what is large for them, what is meant by young, and what was declared at opening."""

import pytest

from monitor.calendar import date_of
from monitor.story import TODAY, Act, every, paid_in, paid_out
from tests.stories.bank import Bank


def _found(*acts: Act, **profile: object) -> bool:
    bank = Bank()
    bank.declare(**profile)
    return "new-account" in bank.find(*acts)[0]


def _date(day: int) -> str:
    return date_of(TODAY + day).isoformat()


MILLION = (*paid_in(520_000, -1, who="x"), *paid_out(510_000, 0, who="y"))


@pytest.mark.parametrize(("age", "found"), [(0, False), (1, True), (15, True), (16, False), (400, False)])
def test_a_million_in_the_first_fifteen_days(age: int, found: bool) -> None:
    """Opened today, the posting of yesterday is older than the account."""
    assert _found(*MILLION, opened_on=_date(-age)) is found


def test_who_said_when_opening_is_unknown_is_not_taken_for_new() -> None:
    assert not _found(*MILLION)


def test_a_first_record_that_takes_effect_says_when_a_customer_came() -> None:
    assert _found(*MILLION, effective_from=_date(-5))
    bank = Bank()
    bank.declare(effective_from=_date(-300))
    bank.declare(effective_from=_date(-5))
    assert "new-account" not in bank.find(*MILLION)[0]


def test_capital_that_was_declared_comes_in_and_is_spent() -> None:
    assert _found(*MILLION, kind="company", opened_on=_date(-10))
    assert not _found(*MILLION, kind="company", opened_on=_date(-10), registered_capital=600_000)
    assert not _found(*MILLION, kind="company", opened_on=_date(-10), expected_monthly_volume=1_100_000)


def _mule(payers: int, left: float = 0.9) -> tuple[Act, ...]:
    came = (a for n in range(payers) for a in paid_in(60_000 / payers, -1, who=f"payer {n}", hour=8 + n))
    return (*came, *paid_out(60_000 * left, 0, who="z"))


@pytest.mark.parametrize(
    ("age", "payers", "left", "found"),
    [
        (60, 6, 0.9, True),
        (90, 6, 0.9, True),
        (91, 6, 0.9, False),
        (60, 4, 0.9, False),
        (60, 6, 0.7, False),
    ],
    ids=["a mule", "the last young day", "no longer young", "four payers", "most of it stays"],
)
def test_a_young_persons_account_through_which_money_of_many_goes(
    age: int, payers: int, left: float, found: bool
) -> None:
    assert _found(*_mule(payers, left), opened_on=_date(-age)) is found


def test_a_young_firm_has_customers_and_suppliers() -> None:
    assert not _found(*_mule(6), kind="company", opened_on=_date(-60))


def test_a_persons_first_month_is_quiet() -> None:
    life = (
        *paid_in(12_000, -20, who="employer"),
        *(a for n in range(5) for a in paid_in(1_000, -18, who=f"relative {n}", hour=9 + n)),
        *paid_out(9_000, -15, who="landlord"),
        *paid_out(200, *every(2, since=-19, until=0), channel="card"),
    )
    bank = Bank()
    bank.declare(opened_on=_date(-25))
    assert bank.find(*life) == (set(), set())
