"""What the KYC system says of ordinary customers is about true, and kept up to date."""

from collections import Counter, defaultdict
from datetime import date

from agents.simulator import SimulationPlan, simulate
from tests.shell.planted_cases import PLAN, bank, volumes


def test_ordinary_customers_keep_about_to_what_they_declared() -> None:
    special = {member for label in bank().labels for member in label.members}
    volume = volumes()
    ordinary = [r for r in bank().customers if r["customer_id"] not in special]
    ratios = [
        volume[r["customer_id"]] / PLAN.days * 30 / float(str(r["expected_monthly_volume"])) for r in ordinary
    ]
    assert 0.9 < sorted(ratios)[len(ratios) // 2] < 1.1
    assert sum(ratio > 2 for ratio in ratios) < 0.01 * len(ratios)


def test_ordinary_records_are_reviewed_in_time() -> None:
    special = {m for label in bank().labels if label.typology == "incomplete-kyc" for m in label.members}
    newest = {r["customer_id"]: r for r in bank().customers}
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
