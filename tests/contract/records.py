"""Good postings, and how to send what may not be one."""

import json
from typing import Final

from monitor.batch import Outcome
from schemas import DeadLetter
from tests.stories.bank import Bank, Fields, SourceRecord

SECRET: Final = "Wang Xiaoming 6222020200112233445"
GOOD: Final[Fields] = {
    "transaction_id": "T1",
    "customer_id": "C1",
    "account_id": "A1",
    "booked_at": "2026-03-02T09:30:00+08:00",
    "amount": "1234.50",
    "currency": "CNY",
    "direction": "credit",
}
FULL: Final[Fields] = GOOD | {
    "channel": "transfer",
    "counterparty_account": SECRET,
    "counterparty_name": "\u738b\u5c0f\u660e",
    "counterparty_bank": "ICBC",
    "counterparty_country": "CN",
    "counterparty_customer_id": "C2",
    "initiated_from": "mobile",
    "location_country": "CN",
    "purpose": "rent, March",
}
NOW_MS: Final = 1_772_415_000_000 + 60_000
"""A minute after the good posting's time."""


def send(
    value: bytes | None, key: bytes | None = b"C1", timestamp: int = NOW_MS, bank: Bank | None = None
) -> Outcome:
    bank = bank or Bank()
    bank.offset += 1
    return bank.process([SourceRecord("transactions", 3, bank.offset, timestamp, key, value)])


def as_json(fields: Fields) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode()


def without(name: str) -> Fields:
    return {field: value for field, value in GOOD.items() if field != name}


def only_letter(outcome: Outcome) -> DeadLetter:
    assert outcome.tally.applied == 0
    assert outcome.alerts == []
    (letter,) = outcome.dead_letters
    return letter
