"""Again and again: the same counterparty, the same amount, round sums."""

import pytest

from monitor.story import ORDINARY, Act, every, paid_in, paid_out
from tests.stories.bank import Bank


def _found(*acts: Act, past: tuple[Act, ...] = ORDINARY, **profile: object) -> set[str]:
    bank = Bank()
    if profile:
        bank.declare(**profile)
    bank.happen(*past)
    return bank.find(*acts)[0]


def test_an_agent_is_paid_day_after_day() -> None:
    agent = paid_out(6_000, *every(1, since=-7, until=0), who="agent")
    assert "repeated-pair" in _found(*agent)
    assert "repeated-pair" not in _found(*agent[:3])


def test_an_agent_who_gets_little_is_nobodys_business() -> None:
    assert "repeated-pair" not in _found(*paid_out(600, *every(1, since=-7, until=0), who="agent"))


def test_whoever_pays_a_supplier_every_other_day_may_have_a_second_one() -> None:
    supplier = paid_out(6_000, *every(1, since=-120), who="supplier")
    assert "repeated-pair" not in _found(
        *paid_out(6_000, *every(1, since=-7, until=0), who="other"), past=supplier
    )


def _to_and_fro(each_way: int) -> tuple[Act, ...]:
    return tuple(
        act
        for n in range(each_way)
        for act in (
            *paid_out(15_000, n - each_way + 1, who="family", hour=9),
            *paid_in(15_000, n - each_way + 1, who="family", hour=17),
        )
    )


def test_money_goes_to_and_fro_with_somebody_long_known() -> None:
    assert "repeated-pair" in _found(*_to_and_fro(3))
    assert "repeated-pair" not in _found(*_to_and_fro(1))


def test_the_evidence_is_the_pair_and_nothing_else() -> None:
    bank = Bank()
    bank.happen(*ORDINARY)
    alerts = bank.happen(*_to_and_fro(3), *paid_out(90, -1, 0, channel="card"))
    (*_, last) = [f for alert in alerts for f in alert.findings if f.detector == "repeated-pair"]
    assert len(last.transaction_ids) == last.observed


def _equal(count: int, amount: float = 5_000, step: float = 1.0) -> tuple[Act, ...]:
    return tuple(
        a for n in range(count) for a in paid_out(amount + 30 * n, 0, who=f"p{n}", hour=8 + step * n)
    )


@pytest.mark.parametrize(
    ("count", "amount", "found"), [(5, 5_000, True), (4, 5_000, False), (5, 1_500, False)]
)
def test_five_equal_amounts_in_a_day(count: int, amount: float, found: bool) -> None:
    assert ("equal-amounts" in _found(*_equal(count, amount))) is found


def test_amounts_that_differ_by_more_than_a_tenth_are_not_equal() -> None:
    different = tuple(a for n in range(6) for a in paid_out(4_000 + 900 * n, 0, who=f"p{n}", hour=8 + n))
    assert "equal-amounts" not in _found(*different)


def test_a_day_is_twenty_four_hours_whatever_the_date() -> None:
    #  Sun 20:00 .. 23:00 | Mon 0:00 .. 3:00
    evening = tuple(a for n in range(3) for a in paid_out(5_000, -1, who=f"p{n}", hour=20 + n))
    night = tuple(a for n in range(3) for a in paid_out(5_000, 0, who=f"q{n}", hour=n))
    noon = tuple(a for n in range(3) for a in paid_out(5_000, 0, who=f"q{n}", hour=21 + n / 4))
    assert "equal-amounts" in _found(*evening, *night)
    assert "equal-amounts" not in _found(*evening[:2], *noon)


def test_wages_of_a_firm_are_equal_every_month() -> None:
    wages = tuple(
        a
        for n in range(12)
        for a in paid_out(6_000, *every(30, since=-150, until=0), who=f"clerk {n}", hour=9 + n / 60)
    )
    assert "equal-amounts" not in _found(*wages, past=(), kind="company")


def test_round_sums_are_a_departure_only_for_those_whose_sums_are_not() -> None:
    week = paid_out(10_000, *every(1, since=-6, until=0), who="agent")
    always = paid_out(5_000, *every(2, since=-120), who="tenant")
    assert "round-amounts" in _found(*week)
    assert "round-amounts" not in _found(*week, past=always)
    assert "round-amounts" not in _found(*paid_out(9_950, *every(1, since=-6, until=0), who="agent"))


def test_salary_and_rent_are_round_and_no_departure() -> None:
    assert _found(*paid_in(9_000, 0, who="employer"), *paid_out(3_000, 0, who="landlord")) == set()
