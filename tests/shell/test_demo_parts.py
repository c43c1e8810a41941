"""The demo's parts that need no broker: poison, readings of /metrics, the board, the screens, the summary."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from agents.demo.board import AlertBoard
from agents.demo.measures import Measures
from agents.demo.options import BankError, DemoOptions
from agents.demo.poison import poison_of
from agents.demo.screen import LiveScreen, PlainScreen, View, is_plain
from agents.demo.summary import percentile
from agents.metrics import Metrics
from agents.policies import read_policy
from agents.replay import FileRecord
from agents.simulator import SimulationPlan, simulate
from monitor.batch import Outcome, Tally
from monitor.engine import Engine
from schemas import Alert, DeadLetter, DeadLetterReason
from tests.shell.test_demo_verdict import MONDAY, _alert

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class _Read:
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


@pytest.fixture(scope="module")
def posting() -> tuple[bytes, bytes]:
    key, value, _ = next(simulate(SimulationPlan(customers=5, days=3)).records())
    return key, value


def _revised(alert: Alert, **changed: object) -> _Read:
    headers = (("published_at_ms", b"1500"), ("source", b"transactions-0-9"))
    return _Read(alert.model_copy(update=changed).to_json(), headers)


def _letter(reason: DeadLetterReason) -> DeadLetter:
    return DeadLetter.of(reason, "", topic="t", partition=0, offset=0, timestamp_ms=0, key=None, value=None)


def _measures(tally: Tally, lag: Mapping[tuple[str, int], int] | None = None, letters: int = 0) -> Measures:
    metrics = Metrics()
    metrics.count(Outcome(tally=tally, dead_letters=[_letter(DeadLetterReason.NULL_KEY)] * letters))
    metrics.set_lag(lag or {("transactions", 0): 0})
    metrics.set_held(7, 2, is_ready=True)
    metrics.state_sizes([bytes(700)] * 6 + [bytes(3000)] * 2)
    return Measures.parse(metrics.expose().decode())


def test_every_poisoned_record_is_refused_for_the_reason_it_was_made_for(
    posting: tuple[bytes, bytes],
) -> None:
    engine = Engine(read_policy("cn-pboc", "Asia/Shanghai"), max_value_bytes=65_536)
    made = list(poison_of(*posting, 65_536))
    records = [FileRecord("transactions", 0, n, -1, key, value) for n, (_, key, value) in enumerate(made)]

    outcome = engine.process(records, {})

    assert [letter.reason for letter in outcome.dead_letters] == [reason for reason, _, _ in made]
    assert len({reason for reason, _, _ in made}) == len(made) >= 12


def test_a_reading_of_the_worker_is_what_the_worker_counted() -> None:
    measures = _measures(Tally(applied=90, duplicates=3, late=2), letters=4)

    assert (measures.judged, measures.duplicates, measures.late) == (90, 3, 2)
    assert measures.dead_letters == {"null_key": 4}
    assert measures.processed >= 97
    assert (measures.customers, measures.is_ready) == (7, True)
    assert (measures.state_bytes_at_most(0.5), measures.state_bytes_at_most(0.99)) == (1024, 4096)
    assert measures.state_bytes_mean == (6 * 700 + 2 * 3000) / 8


def test_a_reading_without_states_has_no_sizes() -> None:
    assert Measures().state_bytes_at_most(0.5) is None


def test_the_worker_is_through_when_everything_is_accounted_for_and_no_partition_lags() -> None:
    tally = Tally(applied=88, reversed=2, duplicates=3)

    assert _measures(tally, letters=4).is_through(97)
    assert not _measures(tally, letters=4).is_through(98)
    assert not _measures(tally, {("transactions", 0): 1}, letters=4).is_through(97)


def test_the_board_keeps_the_newest_revision_and_takes_none_twice() -> None:
    board, alert = AlertBoard({}), _alert("C1", MONDAY, "fan-in", band="medium")

    for record in (
        _revised(alert),
        _revised(alert, revision=2, band="high"),
        _revised(alert),
        _revised(alert),
    ):
        board.take(record, 0)

    assert (board.revisions, dict(board.bands())) == (4, {"high": 1})


def test_an_alert_is_urgent_once_for_each_band_it_rises_to() -> None:
    told: list[str] = []
    board, alert = AlertBoard({}, lambda alert: told.append(alert.band)), _alert("C1", MONDAY, "fan-in")

    for revision, band in enumerate(("low", "high", "high", "critical"), start=1):
        board.take(_revised(alert, revision=revision, band=band), 0)

    assert told == ["high", "critical"]
    assert [shown.band for shown in board.urgent] == ["critical"]


def test_latency_runs_from_the_posting_that_the_revision_is_about() -> None:
    alert = _alert("C1", MONDAY, "fan-in")
    trigger = b"C1", int(alert.last_at.timestamp() * 1000)
    board = AlertBoard({trigger: 1400})

    board.take(_revised(alert), 1600)
    board.take(_revised(_alert("C2", MONDAY, "fan-in"), revision=2), 1600)

    assert (board.published_ms, board.read_ms) == ([100], [200])


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.99, 99), (0.991, 100), (1.0, 100), (0.001, 1)])
def test_a_percentile_is_a_value_that_was_measured(share: float, expected: int) -> None:
    assert percentile(list(range(100, 0, -1)), share) == expected


def test_a_bank_lies_wholly_in_the_past() -> None:
    for today in (date(2026, 1, 1), date(2026, 3, 1), date(2026, 4, 5), date(2026, 4, 6), date(2027, 1, 1)):
        plan = DemoOptions(customers=10).bank(today).plan

        assert plan.date_of(plan.days - 1) < today
        assert plan.start.weekday() == SimulationPlan().start.weekday()


def test_a_bank_that_cannot_be_is_refused_in_words() -> None:
    with pytest.raises(BankError, match=r"^days: 1 to"):
        DemoOptions(days=0).bank(date(2026, 11, 1))


def _shown(*alerts: Alert) -> AlertBoard:
    board = AlertBoard({})
    for alert in alerts:
        board.take(_revised(alert), 0)
    return board


def test_plain_lines_are_few_and_have_no_control_codes(capsys: pytest.CaptureFixture[str]) -> None:
    alert = _alert("C1", MONDAY, "fan-in", "velocity")
    with PlainScreen(SHANGHAI) as screen:
        screen.stage("Postings")
        for _ in range(100):
            screen.urgent(alert)
        screen.update(View(bank_date=MONDAY, share=0.5, sent=10, processed=5), _shown(alert))

    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["Postings", "  03-02 09:00  C1  high      70  fan-in, velocity"]
    assert lines[-2] == "  and 95 more that are high or critical"
    assert len(lines) == 8
    assert not any("\x1b" in line for line in lines)


def test_the_live_view_fits_80_columns_and_24_rows() -> None:
    stream = io.StringIO()
    screen = LiveScreen(
        SHANGHAI, Console(file=stream, width=80, height=24, force_terminal=True, color_system=None)
    )
    many = ("new-counterparties", "counterparty-drift", "daily-volume", "pass-through")
    board = _shown(*(_alert(f"C{n:08}", date.fromordinal(n + 1), *many, band="critical") for n in range(20)))
    with screen:
        screen.stage("Postings of 90 days, as fast as the worker judges them")
        screen.update(
            View(share=0.5, bank_date=MONDAY, sent=10**7, processed=10**7, per_second=50_000), board
        )

    drawn = Console(file=io.StringIO(), width=80, record=True, force_terminal=True)
    drawn.print(screen.last_drawn, end="")
    lines = drawn.export_text().splitlines()
    assert len(lines) <= 22
    assert max(map(len, lines)) <= 80
    assert "C00000019" in lines[6]


@pytest.mark.parametrize(
    ("environment", "wanted", "expected"),
    [
        ({"TERM": "xterm"}, None, False),
        ({"TERM": "dumb"}, None, True),
        ({"TERM": "xterm", "CI": "true"}, None, True),
        ({"TERM": "xterm"}, True, True),
        ({"TERM": "dumb"}, False, False),
    ],
)
def test_a_live_view_is_for_terminals_that_can_show_it(
    environment: dict[str, str], wanted: bool | None, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)

    assert is_plain(wanted, terminal) is expected
    assert is_plain(None, io.StringIO()) is True


def test_an_alert_in_time_tells_the_booking_time_of_the_posting_that_brought_it() -> None:
    """The demo's latency rests on it."""
    bank = simulate(SimulationPlan(customers=300, days=75))
    planted = {label.customer_id.encode() for label in bank.labels if label.is_planted}
    engine, states, seen = Engine(read_policy("cn-pboc", "Asia/Shanghai")), dict[bytes, bytes](), 0

    for offset, (key, value, at_ms) in enumerate(bank.records()):
        if key in planted:
            outcome = engine.process([FileRecord("transactions", 0, offset, -1, key, value)], states)
            states.update(outcome.states)
            for alert in outcome.alerts:
                assert (alert.customer_id.encode(), int(alert.last_at.timestamp() * 1000)) == (key, at_ms)
                seen += 1

    assert seen > 20
