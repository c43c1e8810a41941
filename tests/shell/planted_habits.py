"""What defines each behaviour that departs from habit, computed in the plainest way from the labelled postings."""

import math
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

from tests.shell.planted_cases import (
    CASH_LIMIT,
    Case,
    Posting,
    amount,
    at,
    day,
    days,
    declared,
    having,
    parties,
    strangers,
    total,
    usual,
    working_days,
)


def _daily_volume(case: Case) -> bool:
    by_day: Counter[date] = Counter()
    for p in case.labelled:
        by_day[day(p)] += int(amount(p))
    return max(by_day.values()) > 4 * usual(case, 1)


def _frequency(case: Case) -> bool:
    return max(Counter(map(day, case.labelled)).values()) >= 7


def _single_amount(case: Case) -> bool:
    before = [p for p in case.others if day(p) < case.label.start]
    return len(case.labelled) == 1 and amount(case.labelled[0]) > max(map(amount, before))


def _behaviour_change(case: Case) -> bool:
    return working_days(case) <= 10 and total(case.labelled) >= 10 * usual(case, 14)


def _new_counterparties(case: Case) -> bool:
    return days(case) <= 7 and len(strangers(case)) >= 5


def _counterparty_drift(case: Case) -> bool:
    after = [p for p in case.others if day(p) > case.label.start + timedelta(7) and p["purpose"] == "货款"]
    known = [p for p in after if "counterparty_customer_id" not in p]
    return len(strangers(case)) >= 3 and not known


def _cash_preference(case: Case) -> bool:
    cash = total(case.others, channel="cash") / total(case.others)
    return {p["channel"] for p in case.labelled} == {"cash"} and cash < 0.25 and len(case.labelled) >= 9


def _cash_intensive(case: Case) -> bool:
    told = declared(case, "expected_monthly_volume") * declared(case, "expected_cash_share")
    cash = total(case.labelled, channel="cash")
    return days(case) <= 40 and cash > 2 * told and cash > 0.3 * declared(case, "declared_monthly_turnover")


def _structuring(case: Case) -> bool:
    near = [p for p in having(case.labelled, channel="cash") if 0.8 * CASH_LIMIT <= amount(p) < CASH_LIMIT]
    return len(near) >= 3 and total(near) >= CASH_LIMIT and working_days(case) <= 10


def _smurfing(case: Case) -> bool:
    cash = having(case.labelled, channel="cash", direction="credit")
    return (
        len(parties(cash)) >= 5
        and all("counterparty_name" in p and amount(p) < CASH_LIMIT for p in cash)
        and total(cash) >= CASH_LIMIT
        and working_days(case) <= 10
    )


def _just_below(case: Case) -> bool:
    limits = {"cash": CASH_LIMIT, "transfer": 500_000 if case.record["kind"] == "person" else 2_000_000}
    near = [p for p in case.labelled if 0.9 <= amount(p) / limits[str(p["channel"])] < 1]
    return near == case.labelled and len(near) >= 5 and days(case) >= 15


def _fan_in(case: Case) -> bool:
    payers, payees = (parties(case.labelled, direction=way) for way in ("credit", "debit"))
    return len(payers) >= 5 and 1 <= len(payees) <= 3 and working_days(case) <= 10


def _fan_out(case: Case) -> bool:
    payers, payees = (parties(case.labelled, direction=way) for way in ("credit", "debit"))
    return len(payees) >= 5 and 1 <= len(payers) <= 3 and working_days(case) <= 10


def _gather_scatter(case: Case) -> bool:
    payers, payees = (parties(case.labelled, direction=way) for way in ("credit", "debit"))
    ratio = total(case.labelled, direction="debit") / total(case.labelled, direction="credit")
    return min(len(payers), len(payees)) >= 5 and 0.8 <= ratio <= 1.2 and working_days(case) <= 10


def _pass_through(case: Case) -> bool:
    came = [(at(p), amount(p)) for p in having(case.labelled, direction="credit")]
    gone = [(at(p), amount(p)) for p in having(case.labelled, direction="debit")]
    soon = {
        place
        for place, (left, _) in enumerate(gone)
        if any(left - timedelta(1) <= at <= left for at, _ in came)
    }
    passed = sum(gone[place][1] for place in soon)
    return passed >= 0.8 * sum(amount for _, amount in came) > 0


def _dormant(case: Case) -> bool:
    idle = case.label.start - max(map(day, case.others))
    return idle >= timedelta(180) and total(case.labelled) > 100_000


def _round_amounts(case: Case) -> bool:
    within = [p for p in case.others if case.label.start <= day(p) <= case.label.end]
    share = total(case.labelled) / (total(case.labelled) + total(within))
    round_ones = [p for p in case.labelled if amount(p) % 10_000 == 0]
    return len(round_ones) == len(case.labelled) >= 3 and share >= 0.6 and days(case) <= 7


def _repeated_pair(case: Case) -> bool:
    (party,) = parties(case.labelled)
    assert party in strangers(case)
    there, back = (len(having(case.labelled, direction=way)) for way in ("debit", "credit"))
    again = len(case.labelled) > 3 and working_days(case) <= 10
    return again and (min(there, back) == 0 or (min(there, back) >= 2 and days(case) <= 3))


def _equal_amounts(case: Case) -> bool:
    amounts = sorted(map(amount, case.labelled))
    middle = amounts[len(amounts) // 2]
    return (
        len({day(p) for p in case.labelled}) == 1
        and len(amounts) >= 5
        and all(0.9 * middle <= amount <= 1.1 * middle for amount in amounts)
    )


def _night(case: Case) -> bool:
    awake = [p for p in case.others if 1 <= at(p).hour < 5]
    return not awake and all(1 <= at(p).hour < 5 for p in case.labelled) and len(case.labelled) >= 6


def _velocity(case: Case) -> bool:
    times = sorted(map(at, case.labelled))
    return max(sum(t <= u < t + timedelta(hours=1) for u in times) for t in times) >= 10


def _chi_square(postings: list[Posting]) -> float:
    """Of the first digits against Benford's law; 15.507 is exceeded by 5 % of natural samples (8 degrees of freedom)."""
    digits = Counter(int(str(p["amount"]).lstrip("0.")[0]) for p in postings)
    expected = {digit: len(postings) * math.log10(1 + 1 / digit) for digit in range(1, 10)}
    return sum((digits[digit] - expected[digit]) ** 2 / expected[digit] for digit in expected)


def _benford(case: Case) -> bool:
    return len(case.labelled) >= 60 and _chi_square(case.labelled) >= 15.507


HABITS: dict[str, Callable[[Case], bool]] = {
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
    "night": _night,
    "velocity": _velocity,
    "benford": _benford,
}
