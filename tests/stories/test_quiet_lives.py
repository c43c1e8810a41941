"""What happens to honest people, and must not alert anybody."""

from monitor.story import ORDINARY, every, paid_in, paid_out
from tests.stories.bank import Bank

HALF_YEAR = ORDINARY


def test_an_ordinary_half_year_is_quiet() -> None:
    assert Bank().happen(*HALF_YEAR) == []


def test_the_first_days_of_a_new_customer_are_quiet() -> None:
    bank = Bank()
    first_week = (
        *paid_in(9_000, 0, who="employer"),
        *paid_out(3_000, 1, who="landlord"),
        *(act for day in range(7) for act in paid_out(120, day, who=f"shop {day}")),
    )
    assert bank.happen(*first_week) == []


def test_a_bonus_of_two_salaries_is_quiet() -> None:
    bank = Bank()
    bank.happen(*HALF_YEAR)
    assert bank.happen(*paid_in(18_000, 0, who="employer")) == []


def test_the_rent_is_quiet_even_on_the_day_of_the_salary() -> None:
    bank = Bank()
    bank.happen(*HALF_YEAR)
    assert bank.happen(*paid_in(9_000, 0, who="employer"), *paid_out(3_000, 0, who="landlord")) == []


def test_a_day_of_shopping_is_quiet() -> None:
    bank = Bank()
    bank.happen(*HALF_YEAR)
    shopping = (act for n in range(4) for act in paid_out(150 + 40 * n, 0, channel="card", hour=10 + 2 * n))
    assert bank.happen(*shopping) == []


def test_one_large_cash_deposit_at_the_threshold_is_reported_elsewhere() -> None:
    """It is no structuring: nothing was split."""
    bank = Bank()
    bank.happen(*HALF_YEAR)
    alerts = bank.happen(*paid_in(50_000, 0, channel="cash"))
    assert all(finding.detector != "structuring" for alert in alerts for finding in alert.findings)


def test_a_shop_that_banks_its_takings_every_day_is_quiet() -> None:
    bank = Bank()
    bank.declare(kind="company", industry="retail")
    takings = (
        act
        for day in range(-120, 1)
        for act in paid_in(8_000 + 37 * (day % 11), day, channel="cash", hour=20)
    )
    suppliers = (
        act for n in range(4) for act in paid_out(50_000, *every(28, since=-110 + 7 * n), who=f"supplier {n}")
    )
    assert bank.happen(*takings, *suppliers) == []


def test_a_quiet_account_that_is_used_a_little_again_is_quiet() -> None:
    bank = Bank()
    bank.happen(*paid_in(300, *every(30, since=-500, until=-300), who="family"))
    assert bank.happen(*paid_in(300, 0, who="family"), *paid_out(120, 1, channel="card")) == []


def test_a_salary_that_goes_into_savings_every_month_is_quiet() -> None:
    """Money that leaves as fast as it comes, as it always has."""
    life = (
        *paid_in(30_000, *every(30, since=-360, until=0), who="employer"),
        *paid_out(27_000, *every(30, since=-359, until=1), who="savings"),
        *paid_out(100, *every(3, since=-358, until=0), channel="card"),
    )
    assert Bank().happen(*life) == []
