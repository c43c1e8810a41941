"""The service without hands: one partition's records in, alerts, dead letters and changed states out.

Pure and deterministic: what is stored goes in as bytes and comes out as other bytes. Bad input becomes a dead letter; an
exception is a defect, and the caller stops at it.
"""

from collections.abc import Sequence
from typing import Final, cast

from monitor.alerting import published_band, revise, shadow_finding
from monitor.assessment import effective_grade
from monitor.batch import Batch, Outcome, Record, ScoredPosting, Stored, Work
from monitor.catalogue import DETECTORS
from monitor.customer_state import CustomerState, decode, encode
from monitor.grading import reassess, reassess_on, remember_alert
from monitor.group_posting import heard_of
from monitor.intake import Intake, Refusal
from monitor.judge import Observations, Panel, judge
from monitor.learn import learn, weigh
from monitor.memo import keeps_quiet, raise_it
from monitor.peers import PeerBook
from monitor.policy import BANDS, Policy, Rules
from monitor.posting import Posting
from monitor.profile import group_of, profile_of
from monitor.reporting import Moved, may_report, reports_of
from monitor.reversing import reverse
from monitor.stats.recent import RecentPosting
from schemas import Customer, DeadLetterReason, Source

MAX_VALUE_BYTES: Final = 65_536
"""Largest record that is read: a posting is below 2 KiB."""
ABREAST: Final = 64
"""Customers taken together: their states, and the code of one step, fit into a processor's cache."""
MOST_RULES: Final = 10_000
"""A bound on memory: so many kinds, grades and segments of customers have their rules at hand."""
Case = tuple[CustomerState, int, Record, Posting, Rules]
"""A posting to be judged: whose it is, its place in the batch, its record, and the rules for it."""
_TOO_LATE: Final = Refusal(
    DeadLetterReason.TOO_LATE, "booked_at: before the oldest day kept for this customer"
)
_NO_RATE: Final = Refusal(
    DeadLetterReason.NO_EXCHANGE_RATE, "currency: the policy has no rate for it on that date"
)


class Engine:
    """Judges and learns by one policy."""

    def __init__(
        self,
        policy: Policy,
        *,
        transactions_topic: str = "transactions",
        customers_topic: str = "customers",
        max_value_bytes: int = MAX_VALUE_BYTES,
        keep_scores: bool = False,
        peers: PeerBook | None = None,
    ) -> None:
        self._peers = peers
        self._policy = policy
        self._intake = Intake(policy, max_value_bytes)
        self._transactions_topic = transactions_topic
        self._customers_topic = customers_topic
        self._keep_scores = keep_scores
        self._detectors = {detector.id: detector for detector in DETECTORS}
        self._panel = Panel([detector for detector in DETECTORS if policy.modes[detector.id] != "off"])
        self._rules: dict[tuple[int, int, str | None, int], Rules] = {}
        self._in_shadow = frozenset(name for name, mode in policy.modes.items() if mode == "shadow")

    def process(self, records: Sequence[Record], stored: Stored) -> Outcome:
        """Apply one partition's records, in the order of their offsets; of either topic, told apart by `topic`.

        Reads all records first, then takes a few customers after the other: a state is decoded, changed and encoded while
        it is in the processor's cache. A customer's records stay in order.

        Raises:
            StateFormatError: a stored state is of another version, or damaged.
        """
        batch = Batch(keep_scores=self._keep_scores)
        by_customer: dict[bytes, list[Work]] = {}
        for place, record in enumerate(records):
            read = self._read(record)
            if isinstance(read, Refusal):
                batch.refuse(place, record, read)
                continue
            if isinstance(read, Posting):
                read.is_ranked = self._keep_scores
                if self._peers:
                    read.peers = self._peers.at(record.timestamp)
            by_customer.setdefault(cast(bytes, record.key), []).append((place, record, read))
        states: dict[bytes, bytes] = {}
        customers = list(by_customer.items())
        for start in range(0, len(customers), ABREAST):
            some = customers[start : start + ABREAST]
            held = [CustomerState() if (raw := stored.get(key)) is None else decode(raw) for key, _ in some]
            self._take(list(zip(held, (works for _, works in some), strict=True)), batch)
            states.update((key, encode(state)) for (key, _), state in zip(some, held, strict=True))
        return batch.outcome(states)

    def _take(self, customers: list[tuple[CustomerState, list[Work]]], batch: Batch) -> None:
        """Apply what a few customers' records hold, each step for all of them before the next: a step's code stays in the
        processor's cache, and customers have nothing to do with one another. A customer's records stay in order.
        """
        turn = 0
        while customers:
            cases = [
                case
                for state, works in customers
                if (case := self._admit(state, *works[turn], batch)) is not None
            ]
            questions = [(state, posting, rules) for state, _, _, posting, rules in cases]
            weigh(questions)
            seen = judge(questions, self._panel)
            learn(questions)
            for case, observations in zip(cases, seen, strict=True):
                self._tell(case, observations, batch)
            turn += 1
            customers = [one for one in customers if turn < len(one[1])]

    def _read(self, record: Record) -> Posting | Customer | Refusal:
        if record.topic == self._transactions_topic:
            return self._intake.posting(record.key, record.value, record.timestamp)
        if record.topic == self._customers_topic:
            return self._intake.customer(record.key, record.value)
        raise ValueError(f"no such source topic: {record.topic}")

    def _admit(
        self, state: CustomerState, place: int, record: Record, read: Posting | Customer, batch: Batch
    ) -> Case | None:
        """Do what has to be done before, or instead of, judging: the posting with its rules, if there is one to judge."""
        if isinstance(read, Customer):
            self._customer(state, place, record, read, batch)
            return None
        tally, offset, day = batch.tally, record.offset, read.day
        if offset <= state.transactions_offset:
            tally.fenced += 1
            return None
        state.transactions_offset = offset
        tally.unknown_fields += read.unknown_fields
        if day < state.oldest_day:
            batch.refuse(place, record, _TOO_LATE)
            return None
        if read.name in state.recent:
            tally.duplicates += 1
            return None
        if day < state.newest_day:
            tally.late += 1
        if not state.has_record:
            tally.without_record += 1
        if read.reverses is not None:
            self._reverse(state, place, record, read, batch)
            return None
        if day >= state.assessment.next_day:
            batch.regrade(place, reassess_on(state, day, read.customer_id, "review", self._policy))
        tally.applied += 1
        if day > batch.newest_day:
            batch.newest_day = day
        return state, place, record, read, self._rules_on(state, day)

    def _tell(self, case: Case, observations: Observations, batch: Batch) -> None:
        """Say what is new, now that the posting is learnt."""
        state, place, record, posting, rules = case
        if may_report(state, posting.day, rules, inbound=posting.inbound):
            self._report(state, place, posting, Moved(posting.day, posting.inbound), rules, batch)
        fired = found = [one for one in observations if one[1].observed >= one[1].threshold]
        if fired and self._in_shadow:
            found = self._without_shadow(case, found, batch)
        if found:
            self._alert(case, found, batch)
        if batch.scores is not None:
            batch.scores.append((place, ScoredPosting.of(posting, rules, observations, fired)))
        if state.may_be_in_group:
            self._tell_group(state, place, record, posting, batch)

    def _alert(self, case: Case, found: Observations, batch: Batch) -> None:
        """Note the findings; an alert that matters is remembered, and the grade that follows holds from the next posting on."""
        state, place, _, posting, rules = case
        batch.tally.findings.update(detector.id for detector, _ in found)
        before = published_band(state, posting.day)
        alert = revise(state, posting, found, self._policy, rules, self._detectors)
        if alert is None:
            return
        batch.alerts.append((place, alert))
        band = BANDS.index(alert.band)
        if band:
            remember_alert(state, posting.day, before, band, self._policy)
            batch.regrade(place, reassess(state, alert.customer_id, "alert", self._policy))

    def _without_shadow(self, case: Case, found: Observations, batch: Batch) -> Observations:
        """Findings for investigators; those of detectors on trial are written down apart."""
        state, place, _, posting, rules = case
        for detector, seen in found:
            if detector.id in self._in_shadow and not keeps_quiet(state, posting.day, detector, seen, rules):
                written = shadow_finding(state, posting, detector, seen, self._policy, rules)
                batch.shadow_findings.append((place, written))
                raise_it(state, posting.day, detector, seen)
        return [one for one in found if one[0].id not in self._in_shadow]

    def _rules_on(self, state: CustomerState, day: int) -> Rules:
        """The rules for the customer as the KYC system described them on that day, and as risky as they were assessed since."""
        assessed = state.assessment.assessed
        if day >= state.effective_day:
            known = state.kind_place, state.grade_place, state.segment, assessed
            rules = self._rules.get(known)
            if rules is None:
                grade = effective_grade(state.risk_grade, assessed)
                rules = self._policy.rules_for(state.kind, grade, state.segment)
                if len(self._rules) < MOST_RULES:
                    self._rules[known] = rules
            return rules
        profile = state.profile_on(day)
        grade = effective_grade(profile.risk_grade, assessed)
        return self._policy.rules_for(profile.kind, grade, profile.segment)

    def _report(
        self,
        state: CustomerState,
        place: int,
        posting: Posting,
        moved: Moved,
        rules: Rules,
        batch: Batch,
    ) -> None:
        """Large-value reports that are new or have changed."""
        batch.threshold_reports += (
            (place, report) for report in reports_of(state, posting, moved, self._policy, rules)
        )

    def _tell_group(
        self,
        state: CustomerState,
        place: int,
        record: Record,
        posting: Posting,
        batch: Batch,
        original: RecentPosting | None = None,
    ) -> None:
        """Let the customer's group, if there is one, hear of the posting or of its reversal."""
        profile = state.profile_on(posting.day if original is None else original.day)
        group = group_of(profile)
        if group is not None:
            rules = self._policy.rules_for(profile.kind, profile.risk_grade, profile.segment)
            source = Source(topic=record.topic, partition=record.partition, offset=record.offset)
            heard = heard_of(posting, group, rules, source, original)
            batch.group_postings.append((place, heard))

    def _reverse(
        self, state: CustomerState, place: int, record: Record, posting: Posting, batch: Batch
    ) -> None:
        rules = self._rules_on(state, posting.day)
        original = reverse(state, posting, rules)
        if isinstance(original, Refusal):
            batch.refuse(place, record, original)
            return
        if may_report(state, original.day, rules, inbound=original.inbound):
            self._report(state, place, posting, Moved(original.day, original.inbound), rules, batch)
        if state.may_be_in_group:
            self._tell_group(state, place, record, posting, batch, original)
        batch.tally.reversed += 1

    def _customer(
        self, state: CustomerState, place: int, record: Record, customer: Customer, batch: Batch
    ) -> None:
        tally = batch.tally
        if record.offset <= state.customers_offset:
            tally.fenced += 1
            return
        state.customers_offset = record.offset
        profile = profile_of(customer, self._policy)
        if profile is None:
            batch.refuse(place, record, _NO_RATE)
            return
        state.declare(profile)
        batch.regrade(place, reassess(state, customer.customer_id, "record", self._policy))
        tally.customers += 1
        tally.unknown_fields += len(customer.model_extra or ())
