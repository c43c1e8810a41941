"""A bank of one partition: postings go in as JSON records, outcomes come out, states are stored as bytes between batches."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Final, NamedTuple

from agents.policies import read_policy
from monitor.batch import Outcome
from monitor.calendar import date_of
from monitor.customer_state import CustomerState, decode
from monitor.engine import Engine
from monitor.peers import PeerBook
from monitor.policy import Policy
from monitor.profile import Profile
from monitor.story import TODAY, Act
from schemas import Alert, PeerEdition, PeerPart

ZONE: Final = "Asia/Shanghai"
POLICY: Final = read_policy("cn-pboc", ZONE)
_SHANGHAI: Final = timezone(timedelta(hours=8))

Fields = dict[str, object]
"""A posting as JSON has it."""


class SourceRecord(NamedTuple):
    """A record as a Kafka client gives it."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


def at(day: int, hour: float = 10.0) -> str:
    """RFC 3339 time, so many days after the day that stories call 0, on Shanghai's clocks."""
    when = datetime.combine(date_of(TODAY + day), datetime.min.time(), _SHANGHAI) + timedelta(hours=hour)
    return when.isoformat()


def posting_of(act: Act, transaction_id: str, customer_id: str = "C1") -> Fields:
    """An act of a story as core banking would send it."""
    fields: Fields = {
        "transaction_id": transaction_id,
        "customer_id": customer_id,
        "account_id": f"{act.account}-{customer_id}",
        "booked_at": at(act.day, act.hour),
        "amount": f"{act.amount:.2f}",
        "currency": "CNY",
        "direction": "credit" if act.inbound else "debit",
        "channel": act.channel,
        "counterparty_country": act.country,
    }
    if act.is_entity:
        fields["counterparty_name"] = "Some Trading Co., Ltd."
    if act.who is not None:
        fields["counterparty_account"] = act.who
    return fields


class Bank:
    """States as stored bytes, and the engine. Offsets count up by one."""

    def __init__(
        self, policy: Policy = POLICY, *, keep_scores: bool = False, peers: PeerEdition | None = None
    ) -> None:
        book = PeerBook()
        if peers is not None:
            book.put(PeerPart(partition=0, editions=[peers]))
        self.engine = Engine(policy, keep_scores=keep_scores, peers=book)
        self.stored: dict[bytes, bytes] = {}
        self.offset = 0
        self.sent = 0

    def state(self, customer_id: str = "C1") -> CustomerState:
        """A copy of what is known of the customer."""
        raw = self.stored.get(customer_id.encode())
        return CustomerState() if raw is None else decode(raw)

    def process(self, records: Sequence[SourceRecord]) -> Outcome:
        """One batch: judged, learned, stored."""
        outcome = self.engine.process(records, self.stored)
        self.stored.update(outcome.states)
        return outcome

    def record(self, fields: Fields, topic: str = "transactions") -> SourceRecord:
        """The next record of the partition."""
        self.offset += 1
        key = str(fields["customer_id"]).encode()
        return SourceRecord(topic, 0, self.offset, -1, key, json.dumps(fields, ensure_ascii=False).encode())

    def post(self, *postings: Fields) -> Outcome:
        """The postings as one batch."""
        return self.process([self.record(fields) for fields in postings])

    def happen(self, *acts: Act, customer_id: str = "C1") -> list[Alert]:
        """The acts in order of time; their transaction ids are T1, T2 and so on."""
        return self.post(*self._postings(acts, customer_id)).alerts

    def find(self, *acts: Act) -> tuple[set[str], set[str]]:
        """As `happen`: the detectors that found something for investigators, and those on trial that did."""
        outcome = self.post(*self._postings(acts, "C1"))
        return detectors_of(outcome.alerts), {found.finding.detector for found in outcome.shadow_findings}

    def _postings(self, acts: Iterable[Act], customer_id: str) -> list[Fields]:
        postings = []
        for act in sorted(acts, key=lambda act: (act.day, act.hour)):
            self.sent += 1
            postings.append(posting_of(act, f"T{self.sent}", customer_id))
        return postings

    def reverse(self, transaction_id: str, act: Act) -> Outcome:
        """The posting `act` of that id is undone, a minute after it."""
        self.sent += 1
        fields = posting_of(act, f"T{self.sent}")
        fields |= {"direction": "debit" if act.inbound else "credit", "reverses": transaction_id}
        fields["booked_at"] = at(act.day, act.hour + 1 / 60)
        return self.post(fields)

    def declare(self, **profile: object) -> Outcome:
        """The KYC system sends a customer's record."""
        return self.process([self.record({"customer_id": "C1", "kind": "person"} | profile, "customers")])


def declared(profile: Profile) -> Fields:
    """A story's KYC record as the KYC system would send it; its amounts are in the base currency."""

    def major(amount_minor: int | None) -> str | None:
        return None if amount_minor is None else str(Decimal(amount_minor) / 100)

    fields: Fields = {
        "kind": profile.kind,
        "risk_grade": profile.risk_grade,
        "segment": profile.segment,
        "country": profile.country,
        "industry": profile.industry,
        "occupation": profile.occupation,
        "opened_on": None if profile.opened_day is None else date_of(profile.opened_day).isoformat(),
        "effective_from": date_of(profile.effective_day).isoformat() if profile.effective_day else None,
        "declared_monthly_income": major(profile.income_minor),
        "declared_monthly_turnover": major(profile.turnover_minor),
        "registered_capital": major(profile.capital_minor),
        "expected_monthly_volume": major(profile.volume_minor),
        "expected_cash_share": None if profile.cash_permille is None else profile.cash_permille / 1000,
        "is_pep": profile.is_pep,
        "list_tags": list(profile.list_tags),
        "group_id": profile.group_id,
        "beneficial_owners": list(profile.owners),
    }
    return {name: value for name, value in fields.items() if value is not None}


def detectors_of(alerts: Iterable[Alert]) -> set[str]:
    """The detectors that found something in any of the alerts."""
    return {finding.detector for alert in alerts for finding in alert.findings}
