"""A set, from its table to the page: what counts, what is left out, and that nothing is written beside it."""

from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from agents.simulator import SimulationPlan, simulate
from agents.simulator.plan import TYPOLOGIES
from monitor.calendar import day_of
from monitor.catalogue import DETECTORS
from tests.eval.__main__ import DATA_VARIABLE, data_directory
from tests.eval.measure import Measured, measure, typologies
from tests.eval.report import Header, page
from tests.eval.sets import SETS, EvalSet, Target, _simulated, prepare, rows_of, tail

_FIRST = date(2023, 1, 2)


def _table(*rows: tuple[str, str, str, int | None]) -> pa.Table:
    """Rows of customer, counterparty, detail and label; one a day."""
    return pa.Table.from_pylist(
        [
            {
                "transaction_id": f"T{place}",
                "customer_id": customer,
                "account_id": customer,
                "counterparty_account": counterparty,
                "counterparty_country": None,
                "amount": 10.0 + place,
                "currency": "CNY",
                "direction": "D",
                "channel": "TRANSFER",
                "cash": False,
                "timestamp": datetime.fromordinal(_FIRST.toordinal() + place),
                "label": label,
                "label_detail": detail,
            }
            for place, (customer, counterparty, detail, label) in enumerate(rows)
        ]
    )


_ROWS = (
    ("C1", "X", "scenario1", 1),
    ("C1", "A-1", "", 0),
    ("C2", "Y", "scenario3", 1),
    ("C2", "Y", "", None),
)


def test_rows_are_what_the_table_says_and_an_empty_label_is_none() -> None:
    rows = list(rows_of(_table(*_ROWS)))
    assert [row.is_labelled for row in rows] == [True, False, True, False]
    assert [row.day - day_of(_FIRST) for row in rows] == [0, 1, 2, 3]
    assert (rows[1].amount, rows[1].direction, rows[1].detail) == (11.0, "D", "")


def test_labels_of_another_detail_and_days_before_the_start_do_not_count() -> None:
    one = EvalSet("x", "x", detail="scenario3", start=date(2023, 1, 3))
    assert [one.counts(row) for row in rows_of(_table(*_ROWS))] == [False, True, True, True]
    assert not EvalSet("x", "x", detail="scenario3").counts(next(rows_of(_table(*_ROWS))))


def test_a_set_without_some_counterparties_is_written_elsewhere(tmp_path: Path) -> None:
    data, folder = tmp_path / "tables", tmp_path / "temporary"
    data.mkdir()
    folder.mkdir()
    pq.write_table(_table(*_ROWS), data / "t.parquet")
    one = EvalSet("x", "x", file="t.parquet", without_counterparties=frozenset({"A-1"}))
    prepared = prepare(one, data, folder)
    assert prepared.transactions == folder / "t.parquet"
    assert [row.transaction_id for row in prepared.rows] == ["T0", "T2", "T3"]
    assert pq.read_table(prepared.transactions)["counterparty_account"].to_pylist() == ["X", "Y", "Y"]
    assert pq.read_metadata(data / "t.parquet").num_rows == 4
    assert pq.read_table(tail(prepared.transactions, 2, folder))["transaction_id"].to_pylist() == ["T2", "T3"]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """A small simulated bank."""
    folder = tmp_path_factory.mktemp("eval")
    plan = SimulationPlan(seed=4, customers=300, days=75, planted_per_typology=1)
    one = EvalSet("small", "a small bank", targets=(Target("ap_day", 1.1), Target("ap_tx", 0.0)))
    return measure(one, _simulated(simulate(plan), folder), folder)


def test_a_simulated_bank_is_measured_by_all_its_typologies(measured: Measured) -> None:
    assert [one.name for one in measured.typologies] == sorted(TYPOLOGIES)
    assert all(0 <= one.by_its_own <= one.found <= one.planted for one in measured.typologies)
    assert sum(one.found for one in measured.typologies) > len(TYPOLOGIES) / 2


def test_every_detector_has_its_figures_and_its_cost(measured: Measured) -> None:
    names = [detector.id for detector in DETECTORS]
    assert [figure.detector for figure in measured.detectors] == names
    assert list(measured.costs) == names
    assert all(cost >= 0 for cost in measured.costs.values())
    assert max(measured.costs.values()) > 0


def test_the_detectors_together_are_better_than_the_naive_scores(measured: Measured) -> None:
    ours, *naive = (ranks.ap_day for ranks in measured.ranks.values())
    assert ours is not None
    assert len(naive) == 2
    assert all(other is not None and ours > other for other in naive)


def test_bands_hold_every_customer_day_and_every_alert(measured: Measured) -> None:
    assert sum(band.customer_days for band in measured.by_score) == measured.days.customer_days
    assert sum(band.customer_days for band in measured.by_band) == measured.days.alerts
    assert sum(band.labelled for band in measured.by_band) == measured.days.right


def test_the_page_says_what_is_missed_and_what_is_missing(measured: Measured) -> None:
    text = page(Header("2026-01-05", "python -m tests.eval", "m", "3", "p"), [measured], ["tide_hi"])
    assert "| `small` | ap_day | ≥ 1.1 |" in text
    assert text.count("**missed**") == 1
    assert "- **not measured**: tide_hi, its table is not there" in text
    for detector in DETECTORS:
        assert text.count(f"\n| {detector.id} | ") >= 2
    widths = [line.count("|") for line in text.splitlines() if line.startswith("|")]
    assert min(widths) >= 5


def test_a_planted_stretch_is_found_by_an_alert_on_any_of_its_days() -> None:
    plan = SimulationPlan(seed=4, customers=300, days=75, planted_per_typology=1)
    [label] = [one for one in simulate(plan).labels if one.typology == "fan-in"]
    last = (label.customer_id, day_of(label.end))
    after = (label.customer_id, day_of(label.end) + 1)
    assert tuple(typologies([label], {last: {"velocity"}})[0]) == ("fan-in", 1, 1, 0)
    assert tuple(typologies([label], {last: {"fan-in"}})[0]) == ("fan-in", 1, 1, 1)
    assert tuple(typologies([label], {after: {"fan-in"}})[0]) == ("fan-in", 1, 0, 0)


def test_where_the_tables_are_can_be_said_in_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    assert data_directory() == tmp_path
    monkeypatch.setenv(DATA_VARIABLE, "")
    assert data_directory().parts[-2:] == ("shared", "data")


@pytest.mark.parametrize("one", [one for one in SETS if one.file is not None], ids=lambda one: one.name)
def test_a_published_table_has_labels_where_its_set_says_so(one: EvalSet) -> None:
    path = data_directory() / str(one.file)
    if not path.is_file():
        pytest.skip(f"no {one.file} where {DATA_VARIABLE} or ../shared/data says")
    columns = ["transaction_id", "customer_id", "timestamp", "amount", "direction", "label", "label_detail"]
    rows = [
        row
        for batch in pq.ParquetFile(path).iter_batches(batch_size=50_000, columns=columns)
        for row in rows_of(pa.Table.from_batches([batch]))
        if row.is_labelled
    ]
    assert any(one.counts(row) for row in rows) is one.is_labelled
