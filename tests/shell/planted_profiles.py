"""What defines each behaviour that is odd for what is known of a customer or a group, computed in the plainest way."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta

from tests.shell.planted_cases import (
    CASH_LIMIT,
    PLAN,
    Case,
    amount,
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


def _new_account(case: Case) -> bool:
    opened = date.fromisoformat(str(case.record["opened_on"]))
    first = min(map(day, (*case.labelled, *case.others)))
    young = total((p for p in case.labelled if (day(p) - opened).days <= 15), direction="credit")
    return first - timedelta(7) <= opened < first and young >= 1_000_000


def _income_mismatch(case: Case) -> bool:
    if "declared_monthly_income" not in case.record:
        return False
    out = total(case.labelled, direction="debit")
    return days(case) <= 35 and out > 5 * declared(case, "declared_monthly_income")


def _scale_mismatch(case: Case) -> bool:
    scale = max(declared(case, "registered_capital"), 3 * declared(case, "declared_monthly_turnover"))
    return days(case) <= 35 and total(case.labelled, direction="credit") > scale


def _expected_activity(case: Case) -> bool:
    volume = total(case.labelled)
    told, share_told = (declared(case, f"expected_{name}") for name in ("monthly_volume", "cash_share"))
    cash, before = total(case.labelled, channel="cash"), usual(case, 30)
    share = (cash + before * share_told) / (volume + before)
    return days(case) <= 35 and (volume > 2 * told or share > max(2 * share_told, 0.2))


def _unrelated_payers(case: Case) -> bool:
    firms = parties(case.labelled, direction="credit")
    named = all("有限公司" in str(p["counterparty_name"]) for p in case.labelled)
    return len(firms & strangers(case)) >= 3 and named and working_days(case) <= 10


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
    senders = len(parties(case.labelled, direction="credit"))
    return (senders >= 3 or (senders == 1 and len(case.labelled) >= 7)) and days(case) <= 35


def _peer_outlier(case: Case) -> bool:
    in_first_week = [p for p in case.labelled if day(p) < PLAN.start + timedelta(7)]
    told = declared(case, "declared_monthly_turnover")
    return len(in_first_week) >= 8 and total(case.labelled, direction="credit") / PLAN.days * 30 > 6 * told


def _many_accounts(case: Case) -> bool:
    return len({p["account_id"] for p in case.labelled}) >= 4 and days(case) <= 30


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
    sent = having(case.labelled, direction="debit")
    ways = {(p["customer_id"], p["counterparty_customer_id"]) for p in sent}
    ring = list(case.label.members)
    return ways == set(zip(ring, (*ring[1:], ring[0]), strict=True)) and days(case) <= 20


def _group_structuring(case: Case) -> bool:
    parts = defaultdict(list)
    for p in case.labelled:
        parts[p["customer_id"]].append(amount(p))
    below = all(0.8 * CASH_LIMIT <= amount < CASH_LIMIT for mine in parts.values() for amount in mine)
    few = all(len(mine) < 3 for mine in parts.values())
    return below and few and sum(map(sum, parts.values())) >= 2 * CASH_LIMIT and working_days(case) <= 5


def _group_sudden_transfers(case: Case) -> bool:
    before = [amount(p) for p in case.others if p["purpose"] == "内部往来" and day(p) < case.label.start]
    now = list(map(amount, case.labelled))
    return min(now) > 5 * (sum(before) / len(before)) and working_days(case) <= 3


PROFILES: dict[str, Callable[[Case], bool]] = {
    "new-account": _new_account,
    "income-mismatch": _income_mismatch,
    "scale-mismatch": _scale_mismatch,
    "expected-activity": _expected_activity,
    "unrelated-payers": _unrelated_payers,
    "high-risk-country": _high_risk_country,
    "new-country": _new_country,
    "offshore-many": _offshore_many,
    "peer-outlier": _peer_outlier,
    "many-accounts": _many_accounts,
    "incomplete-kyc": _incomplete_kyc,
    "risk-grade": _risk_grade,
    "group-round-trip": _group_round_trip,
    "group-structuring": _group_structuring,
    "group-transfers": _group_sudden_transfers,
}
