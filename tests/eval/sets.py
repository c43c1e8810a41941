"""What is measured on: tables that nobody here wrote, and a bank that is simulated afresh."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from agents.simulator import SimulatedBank, SimulationPlan, simulate
from agents.simulator.files import write_bank
from agents.simulator.labels import Label
from monitor.calendar import day_of

_DAY_S: Final = 86_400


class Row(NamedTuple):
    """One posting as the table has it; `day` is the day number of its local date."""

    transaction_id: str
    customer_id: str
    day: int
    amount: float
    direction: str
    is_labelled: bool
    detail: str


class Target(NamedTuple):
    """What a figure has to reach (`at_least`), or must not exceed."""

    figure: str
    value: float
    at_least: bool = True


@dataclass(frozen=True)
class EvalSet:
    """A table, what of it counts, and what is expected of it."""

    name: str
    about: str
    file: str | None = None
    """In the data's directory; None: simulated."""
    is_labelled: bool = True
    detail: str | None = None
    """Only labels with this in their detail count; the other labelled postings are left out of the figures."""
    start: date | None = None
    """Only what is from this date on counts; what was before is the past that is learned from."""
    without_counterparties: frozenset[str] = frozenset()
    """Their postings are taken out of the input."""
    warm_up_days: int = 0
    """Only customer-days so many days after the customer's first one count."""
    targets: tuple[Target, ...] = ()

    def counts(self, row: Row) -> bool:
        """Whether the posting is part of the figures."""
        if self.start is not None and row.day < day_of(self.start):
            return False
        return not row.is_labelled or self.detail is None or self.detail in row.detail


SIMULATED: Final = SimulationPlan(seed=20, customers=4_000, days=120, start=date(2025, 3, 3))
"""Not the seed that the simulator and the detectors were tried on."""

SETS: Final = (
    EvalSet(
        "fdh_cards",
        "simulated card spending; labelled is scenario 3 (a customer's amounts times five), from 2018-06-01",
        file="fdh_cards_2018_04_to_07.parquet",
        detail="scenario3",
        start=date(2018, 6, 1),
        targets=(Target("ap_tx", 0.90),),
    ),
    EvalSet(
        "amlgentex",
        "generated with AMLGentex, 70 planted patterns; without the counterparties A-1 and A-2, source and sink of all money",
        file="amlgentex_seed0.parquet",
        without_counterparties=frozenset({"A-1", "A-2"}),
        targets=(Target("recall_at_1pct_day", 0.40),),
    ),
    EvalSet(
        "tide_hi",
        "generated with Tide: many currencies and countries; every pair of accounts occurs once",
        file="tide_hi.parquet",
        targets=(Target("ap_day", 0.15),),
    ),
    EvalSet(
        "amlsim",
        "the published sample of AMLSim; labels are of accounts, for all time",
        file="amlsim_fanin_cycle.parquet",
    ),
    EvalSet(
        "berka",
        "a real Czech bank, 1993; no labels: false alerts, after each customer's first 60 days",
        file="berka_1993.parquet",
        is_labelled=False,
        warm_up_days=60,
        targets=(Target("alerts_per_1000_customer_days", 2.0, at_least=False),),
    ),
    EvalSet(
        "simulated",
        f"`ledgerwatch simulate` with seed {SIMULATED.seed}: {SIMULATED.customers:,} customers, {SIMULATED.days} days, every "
        "typology planted; look-alikes and noise are not labelled",
    ),
)


@dataclass
class Prepared:
    """A set ready to be judged."""

    transactions: Path
    rows: list[Row]
    customers: Path | None = None
    planted: list[Label] = field(default_factory=list)


def prepare(one: EvalSet, data: Path, folder: Path) -> Prepared:
    """Read the table, or simulate it; what has to be written is written to `folder`.

    Raises:
        OSError, pyarrow.ArrowException: the table cannot be read.
    """
    if one.file is None:
        return _simulated(simulate(SIMULATED), folder)
    path = data / one.file
    table = pq.read_table(path)
    if one.without_counterparties:
        is_out = pc.is_in(table["counterparty_account"], pa.array(sorted(one.without_counterparties)))
        table = table.filter(pc.invert(is_out))
        path = folder / one.file
        pq.write_table(table, path)
    return Prepared(path, list(rows_of(table)))


def rows_of(table: pa.Table) -> Iterator[Row]:
    """The rows of a table with the columns that the published ones have; an empty label is none."""
    seconds = table["timestamp"].cast(pa.timestamp("s"), safe=False).cast(pa.int64()).to_pylist()
    columns = (
        table["transaction_id"].to_pylist(),
        table["customer_id"].to_pylist(),
        [second // _DAY_S for second in seconds],
        table["amount"].to_pylist(),
        table["direction"].to_pylist(),
        [label == 1 for label in table["label"].to_pylist()],
        [detail or "" for detail in table["label_detail"].to_pylist()],
    )
    return map(Row._make, zip(*columns, strict=True))


def tail(transactions: Path, count: int, folder: Path) -> Path:
    """A file with the last `count` rows of a Parquet file."""
    table = pq.read_table(transactions)
    path = folder / "tail.parquet"
    pq.write_table(table.slice(max(0, table.num_rows - count)), path)
    return path


def _simulated(bank: SimulatedBank, folder: Path) -> Prepared:
    write_bank(bank, folder, "parquet")
    planted = [label for label in bank.labels if label.is_planted]
    labelled = {one: label.typology for label in planted for one in label.transaction_ids}
    rows: dict[str, Row] = {}
    for posting in bank.postings():
        name = str(posting["transaction_id"])
        # One that is sent twice is one posting.
        rows.setdefault(
            name,
            Row(
                name,
                str(posting["customer_id"]),
                day_of(date.fromisoformat(str(posting["booked_at"])[:10])),
                float(str(posting["amount"])),
                str(posting["direction"]),
                name in labelled,
                labelled.get(name, ""),
            ),
        )
    return Prepared(folder / "transactions.parquet", list(rows.values()), folder / "customers.jsonl", planted)
