"""The same core over files instead of topics: no broker, the same alerts."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet

from agents.files import Line, Progress, read_records
from agents.peers import due_day
from monitor.batch import Outcome, ScoredPosting, Tally
from monitor.calendar import date_of
from monitor.catalogue import DETECTOR_IDS
from monitor.customer_state import decode
from monitor.engine import Engine
from monitor.group_engine import GroupEngine
from monitor.peers import PeerBook, Summing, successor
from monitor.policy import Policy

BATCH: Final = 1000
NO_TIMESTAMP: Final = -1


class FileRecord(NamedTuple):
    """A file's row in the place of a record: its number is its offset."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


@dataclass
class ReplayResult:
    """What a replay did."""

    tally: Tally = field(default_factory=Tally)
    alerts: int = 0
    revisions: int = 0
    bands: Counter[str] = field(default_factory=Counter)
    threshold_reports: Counter[str] = field(default_factory=Counter)
    """By rule: reports, not their revisions."""
    shadow_findings: Counter[str] = field(default_factory=Counter)
    dead_letters: Counter[str] = field(default_factory=Counter)
    states: dict[bytes, bytes] = field(default_factory=dict)
    """The stored form of every customer's state."""
    group_states: dict[bytes, bytes] = field(default_factory=dict)
    """The stored form of every group's state."""
    group_alerts: int = 0
    """Of the alerts, those of groups."""


class ScoresFile:
    """A Parquet file with one row per judged posting: transaction_id, customer_id, score, detector."""

    _SCHEMA: Final = pa.schema(
        [
            ("transaction_id", pa.string()),
            ("customer_id", pa.string()),
            ("score", pa.float64()),
            ("detector", pa.string()),
        ]
    )

    def __init__(self, path: Path) -> None:
        self._writer = pyarrow.parquet.ParquetWriter(path, self._SCHEMA)

    def write(self, scores: list[ScoredPosting]) -> None:
        """Append rows."""
        arrays = [
            pa.array([getattr(score, column.name) for score in scores], column.type)
            for column in self._SCHEMA
        ]
        self._writer.write_batch(pa.record_batch(arrays, schema=self._SCHEMA))

    def close(self) -> None:
        """Write the footer: without it the file is not Parquet."""
        self._writer.close()


def replay(  # noqa: PLR0913  # one for each file, and two who listen
    policy: Policy,
    transactions: Iterable[Path],
    *,
    outputs: Mapping[str, BinaryIO],
    customers: Path | None = None,
    scores: Path | None = None,
    with_peers: bool = True,
    progress: Progress = lambda _rows: None,
    watch: Callable[[Outcome], None] | None = None,
) -> ReplayResult:
    """Judge the files' postings in their order, after all customer records.

    Args:
        policy: what to judge by.
        transactions: files of postings.
        outputs: where to write each kind of message, one JSON a line, by the name of its topic (`alerts`); others are
            only counted.
        customers: file of KYC records.
        scores: Parquet file to be written, one row per posting.
        with_peers: whether customers are seen beside the rest of the bank; if not, each alone, as a worker sees them until
            the first edition of the peers takes effect.
        progress: called now and then with the rows done since the last call.
        watch: shown every batch's outcome, the postings' scores and findings included.

    What groups hear of them is judged right after, in the same order. A file's rows have no timestamps by which editions of
    the peers could take effect: they are summed up once a week of business dates, from all that was judged before.

    Raises:
        FileError: a file cannot be read.
    """
    peers = PeerBook()
    engine = Engine(policy, keep_scores=scores is not None or watch is not None, peers=peers)
    groups = GroupEngine(policy)
    heard = 0
    result = ReplayResult()
    scores_file = ScoresFile(scores) if scores is not None else None
    timezone, currency = policy.calendar.timezone, policy.currency
    try:
        for topic, paths in (
            ("customers", [customers] if customers else []),
            ("transactions", list(transactions)),
        ):
            lines = (line for path in paths for line in read_records(path, timezone, currency))
            for batch in _batches(topic, lines):
                outcome = engine.process(batch, result.states)
                _write(outcome, result, outputs)
                result.tally.add(outcome.tally)
                if scores_file is not None and outcome.scores:
                    scores_file.write(outcome.scores)
                result.states.update(outcome.states)
                if outcome.newest_day and with_peers:
                    _sum_up(peers, due_day(outcome.newest_day), result.states, policy.currency)
                told = _told(outcome, heard)
                heard += len(told)
                of_groups = groups.process(told, result.group_states)
                _write(of_groups, result, outputs)
                result.tally.findings.update(of_groups.tally.findings)
                result.group_states.update(of_groups.states)
                if watch is not None:
                    watch(outcome)
                    watch(of_groups)
                progress(len(batch))
    finally:
        if scores_file is not None:
            scores_file.close()
    return result


def _batches(topic: str, lines: Iterator[Line]) -> Iterator[list[FileRecord]]:
    numbered = enumerate(lines)
    while batch := [
        FileRecord(topic, 0, number, NO_TIMESTAMP, key, value)
        for number, (key, value) in islice(numbered, BATCH)
    ]:
        yield batch


def _sum_up(peers: PeerBook, day: int, states: Mapping[bytes, bytes], currency: str) -> None:
    """The week that is due, if it was not summed up before."""
    known = peers.editions(0)
    if known and known[0].as_of >= date_of(day):
        return
    summing = Summing(day, DETECTOR_IDS)
    for raw in states.values():
        summing.add(decode(raw))
    peers.put(successor(0, summing.edition(0, currency), ()))


def _told(outcome: Outcome, offset: int) -> list[FileRecord]:
    """What groups hear, as records of one partition."""
    return [
        FileRecord("group-postings", 0, number, NO_TIMESTAMP, posting.message_key(), posting.to_json())
        for number, posting in enumerate(outcome.group_postings, offset)
    ]


def _write(outcome: Outcome, result: ReplayResult, outputs: Mapping[str, BinaryIO]) -> None:
    for topic, messages in outcome.messages():
        output = outputs.get(topic)
        if output is not None:
            output.writelines(message.to_json() + b"\n" for message in messages)
    for alert in outcome.alerts:
        result.revisions += 1
        result.alerts += alert.revision == 1
        result.group_alerts += alert.revision == 1 and alert.group_id is not None
        result.bands[alert.band] += 1
    result.threshold_reports.update(
        report.rule for report in outcome.threshold_reports if report.revision == 1
    )
    result.shadow_findings.update(shadow.finding.detector for shadow in outcome.shadow_findings)
    result.dead_letters.update(letter.reason.value for letter in outcome.dead_letters)
