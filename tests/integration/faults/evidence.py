"""What the topics hold, and what they would hold if nothing had ever gone wrong."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from monitor.batch import Outcome, Record
from monitor.peers import PeerBook
from schemas import Alert, GroupPosting, PeerEdition, PeerPart
from tests.integration.faults.place import READ, Place
from tests.integration.worker_process import PARTITIONS, Fetched

_BATCH: Final = 37
"""Of the quiet run: no worker's batches have borders there."""


class Source(NamedTuple):
    """Where a group's posting comes from: a partition of the transactions, and an offset in it."""

    partition: int
    offset: int


class Revision(NamedTuple):
    """Which alert, and which of its revisions."""

    alert_id: str
    number: int


@dataclass
class Quiet:
    """What one undisturbed run of the core over the same records gives."""

    states: dict[tuple[int, bytes | None], bytes | None] = field(default_factory=dict)
    group_states: dict[tuple[int, bytes | None], bytes | None] = field(default_factory=dict)
    group_postings: dict[Source, bytes] = field(default_factory=dict)
    """By where each is from."""
    revisions: dict[Revision, bytes] = field(default_factory=dict)
    letters: dict[bytes, bytes] = field(default_factory=dict)
    applied: int = 0


@dataclass(frozen=True)
class Topics:
    """Everything in a place's topics."""

    transactions: list[Fetched]
    customers: list[Fetched]
    state: list[Fetched]
    group_postings: list[Fetched]
    group_state: list[Fetched]
    peers: list[Fetched]
    alerts: list[Fetched]
    dead_letters: list[Fetched]

    @classmethod
    async def of(cls, place: Place) -> "Topics":
        kinds = READ
        found = await asyncio.gather(*(place.read(kind) for kind in kinds))
        return cls(
            *(sorted(records, key=lambda record: (record.partition, record.offset)) for records in found)
        )

    def states(self) -> dict[tuple[int, bytes | None], bytes | None]:
        """The newest by partition and key, as recovery reads them."""
        return {(record.partition, record.key): record.value for record in self.state}

    def group_states(self) -> dict[tuple[int, bytes | None], bytes | None]:
        """The same of groups."""
        return {(record.partition, record.key): record.value for record in self.group_state}

    def first_heard(self) -> list[Fetched]:
        """What groups heard, without what was sent again."""
        by_source: dict[Source, Fetched] = {}
        for record in self.group_postings:
            assert record.value is not None
            by_source.setdefault(source_of(record.value), record)
        return list(by_source.values())

    def revisions(self) -> dict[Revision, set[bytes]]:
        """Every content that each revision was ever published with."""
        found: dict[Revision, set[bytes]] = {}
        for value in values(self.alerts):
            found.setdefault(_revision(value), set()).add(value)
        return found

    def newest(self) -> dict[str, bytes]:
        """What a consumer has in the end who keeps the newest revision of each alert."""
        return newest_of(
            {revision: value for value in values(self.alerts) for revision in [_revision(value)]}
        )

    def last(self) -> dict[str, bytes]:
        """What a consumer has in the end who keeps what came last of each alert."""
        return {_revision(value).alert_id: value for value in values(self.alerts)}

    def letters(self) -> dict[bytes | None, set[bytes | None]]:
        """Every content that each dead letter was ever published with, by key."""
        found: dict[bytes | None, set[bytes | None]] = {}
        for record in self.dead_letters:
            found.setdefault(record.key, set()).add(record.value)
        return found


def values(records: Sequence[Fetched]) -> list[bytes]:
    """Of records that have to have one."""
    found = [record.value for record in records if record.value is not None]
    assert len(found) == len(records)
    return found


def newest_of(revisions: dict[Revision, bytes]) -> dict[str, bytes]:
    """The content of each alert's highest revision."""
    return {revision.alert_id: revisions[revision] for revision in sorted(revisions)}


def _revision(value: bytes) -> Revision:
    alert = Alert.model_validate_json(value)
    return Revision(alert.alert_id, alert.revision)


def peers_of(topics: Topics) -> PeerBook:
    """All editions that were ever published: workers keep two, and judge nothing that is older."""
    parts: dict[int, list[PeerEdition]] = {}
    for value in values(topics.peers):
        part = PeerPart.model_validate_json(value)
        known = parts.setdefault(part.partition, [])
        known += [edition for edition in part.editions if edition not in known]
    book = PeerBook()
    for partition, editions in parts.items():
        book.put(PeerPart.model_construct(partition=partition, editions=editions))
    return book


def source_of(value: bytes) -> Source:
    """Which posting a group's is of."""
    source = GroupPosting.model_validate_json(value).source
    return Source(source.partition, source.offset)


def quiet_run(place: Place, topics: Topics) -> Quiet:
    """One partition after the other, all of its customers' records first, as the test sent them.

    Groups hear partitions in an order that no other run has: theirs is that of the topic, each posting once.
    """
    quiet = Quiet()
    for partition in range(PARTITIONS):
        engine, states = place.engine(peers_of(topics)), dict[bytes, bytes]()
        for source in (topics.customers, topics.transactions):
            records: list[Record] = [record for record in source if record.partition == partition]
            for start in range(0, len(records), _BATCH):
                outcome = engine.process(records[start : start + _BATCH], states)
                states.update(outcome.states)
                _note(quiet, outcome)
        quiet.states |= {(partition, key): state for key, state in states.items()}
    first_heard = topics.first_heard()
    for partition in range(PARTITIONS):
        group_engine, group_states = place.group_engine(), dict[bytes, bytes]()
        heard: list[Record] = [record for record in first_heard if record.partition == partition]
        for start in range(0, len(heard), _BATCH):
            outcome = group_engine.process(heard[start : start + _BATCH], group_states)
            group_states.update(outcome.states)
            quiet.revisions |= {
                Revision(alert.alert_id, alert.revision): alert.to_json() for alert in outcome.alerts
            }
        quiet.group_states |= {(partition, key): state for key, state in group_states.items()}
    return quiet


def _note(quiet: Quiet, outcome: Outcome) -> None:
    quiet.applied += outcome.tally.applied
    for posting in outcome.group_postings:
        value = posting.to_json()
        quiet.group_postings[source_of(value)] = value
    quiet.letters |= {letter.message_key(): letter.to_json() for letter in outcome.dead_letters}
    quiet.revisions |= {Revision(alert.alert_id, alert.revision): alert.to_json() for alert in outcome.alerts}
