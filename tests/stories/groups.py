"""Several customers of one bank and the groups they belong to: postings go in, what the groups are told and say comes out."""

from collections.abc import Sequence
from typing import Final

from monitor.batch import Outcome
from monitor.group_detector import GroupAct
from monitor.group_engine import GroupEngine
from monitor.group_state import GroupState, decode_group
from monitor.policy import Policy
from schemas import Alert, GroupPosting
from tests.stories.bank import POLICY, Bank, Fields, SourceRecord, at

GROUP: Final = "G1"


def group_record(posting: GroupPosting, offset: int) -> SourceRecord:
    """The message as the second stream's consumer gets it."""
    return SourceRecord("group-postings", 0, offset, -1, posting.message_key(), posting.to_json())


def fields_of(act: GroupAct, transaction_id: str) -> Fields:
    """An act of a group's story as core banking would send it."""
    fields: Fields = {
        "transaction_id": transaction_id,
        "customer_id": act.member,
        "account_id": f"account of {act.member}"[:64],
        "booked_at": at(act.day, act.hour),
        "amount": f"{act.amount:.2f}",
        "currency": "CNY",
        "direction": "credit" if act.inbound else "debit",
        "channel": act.channel,
        "counterparty_account": act.other or "a stranger",
    }
    if act.other is not None:
        fields["counterparty_customer_id"] = act.other
    return fields


class Groups:
    """The bank, and the second stream behind it."""

    def __init__(self, policy: Policy = POLICY) -> None:
        self.bank = Bank(policy)
        self.engine = GroupEngine(policy)
        self.stored: dict[bytes, bytes] = {}
        self.told: list[GroupPosting] = []
        self.sent = 0

    def connect(self, *members: str, **profile: object) -> None:
        """Their KYC records, which put them in the group G1 unless they say something else."""
        for member in members:
            self.bank.declare(customer_id=member, **({"kind": "company", "group_id": GROUP} | profile))

    def hear(self, records: Sequence[SourceRecord]) -> Outcome:
        """One batch of the second stream."""
        outcome = self.engine.process(records, self.stored)
        self.stored.update(outcome.states)
        return outcome

    def post(self, *postings: Fields) -> Outcome:
        """Postings of customers, and all that their groups are told of them."""
        told = self.bank.post(*postings).group_postings
        first = len(self.told)
        self.told += told
        return self.hear([group_record(one, first + number) for number, one in enumerate(told)])

    def happen(self, *acts: GroupAct) -> list[Alert]:
        """The acts in order of time; their transaction ids are T1, T2 and so on."""
        postings = []
        for act in sorted(acts, key=lambda act: (act.day, act.hour)):
            self.sent += 1
            postings.append(fields_of(act, f"T{self.sent}"))
        return self.post(*postings).alerts

    def state(self, group_id: str = GROUP) -> GroupState:
        """A copy of what is known of the group."""
        raw = self.stored.get(group_id.encode())
        return GroupState() if raw is None else decode_group(raw)
