"""What was planted in one simulated bank, with the postings at hand: for the laws about it."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from agents.simulator import Label, SimulatedBank, SimulationPlan, simulate
from agents.simulator.holidays import is_working

PLAN = SimulationPlan(seed=19, customers=600, days=100, planted_per_typology=3, lookalikes_per_kind=3)
CASH_LIMIT = 50_000
"""CNY: the reporting threshold of cash."""
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


@cache
def bank() -> SimulatedBank:
    """The bank of all these laws."""
    return simulate(PLAN)


@cache
def volumes() -> Counter[object]:
    """What moved in all, CNY, by customer."""
    moved: Counter[object] = Counter()
    for posting in bank().postings():
        moved[posting["customer_id"]] += int(amount(posting))
    return moved


@cache
def cases() -> dict[str, list[Case]]:
    """By typology; a customer's first record counts."""
    mine: dict[object, list[Posting]] = defaultdict(list)
    for posting in bank().postings():
        mine[posting["customer_id"]].append(posting)
    records = {record["customer_id"]: record for record in reversed(bank().customers)}
    found: dict[str, list[Case]] = defaultdict(list)
    for label in bank().labels:
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


def amount(posting: Posting) -> float:
    """CNY."""
    return float(str(posting["amount"]))


def total(postings: Iterable[Posting], **fields: object) -> float:
    """CNY, of those with these fields."""
    return sum(map(amount, having(postings, **fields)))


def having(postings: Iterable[Posting], **fields: object) -> list[Posting]:
    """Those with these fields."""
    return [p for p in postings if all(p.get(name) == value for name, value in fields.items())]


def at(posting: Posting) -> datetime:
    """When it was booked."""
    return datetime.fromisoformat(str(posting["booked_at"]))


def day(posting: Posting) -> date:
    """On which date."""
    return at(posting).date()


def parties(postings: Iterable[Posting], **fields: object) -> set[object]:
    """The accounts on the other side of those with these fields."""
    return {p["counterparty_account"] for p in having(postings, **fields) if "counterparty_account" in p}


def days(case: Case) -> int:
    """Of the label, both ends counted."""
    return (case.label.end - case.label.start).days + 1


def working_days(case: Case) -> int:
    """The same without days of rest."""
    return sum(is_working(case.label.start + timedelta(day)) for day in range(days(case)))


def declared(case: Case, name: str) -> float:
    """A number of the customer's record."""
    return float(str(case.record[name]))


def strangers(case: Case) -> set[object]:
    """Accounts that the customer did not deal with before."""
    return parties(case.labelled) - parties(p for p in case.others if day(p) < case.label.start)


def usual(case: Case, days: int) -> float:
    """What moves in so many days before the label, on average."""
    before = [p for p in case.others if PLAN.start <= day(p) < case.label.start]
    return total(before) / (case.label.start - PLAN.start).days * days
