"""The figures against cases that are reckoned by hand, and against the same reckoned another way."""

from random import Random

import pandas as pd
import pytest

from agents.backtest.ranking import average_precision, ranked, recall_at_one_percent
from tests.eval import metrics
from tests.eval.metrics import Alerts, Judged
from tests.eval.report import verdict

# score   90   80   80   50    0   0
# label    1    0    1    0    1   0      the order is 1 0 1 0 0 1: ties against the score
# precision at the labelled: 1/1, 2/3, 3/6
_POSTINGS = [
    Judged(("C1", 1), 90.0, True, ("fan-in", "velocity")),
    Judged(("C1", 1), 80.0, False, ("fan-in",)),
    Judged(("C2", 1), 80.0, True, ("fan-in",)),
    Judged(("C2", 2), 50.0, False, ("velocity",)),
    Judged(("C3", 1), 0.0, True),
    Judged(("C3", 2), 0.0, False),
]
# by day: C1/1 90 labelled, C2/1 80 labelled, C2/2 50, C3/1 0 labelled, C3/2 0; the order is 1 1 0 0 1
_DAYS = metrics.by_day(_POSTINGS)


def test_average_precision_by_posting_and_by_day_is_as_reckoned_by_hand() -> None:
    ranks = metrics.ranks(_POSTINGS, _DAYS)
    assert ranks.ap_tx == pytest.approx((1 + 2 / 3 + 3 / 6) / 3)
    assert ranks.ap_day == pytest.approx((1 + 1 + 3 / 5) / 3)
    assert ranks.recall_at_1pct_day == pytest.approx(1 / 3)


def test_a_score_that_says_nothing_is_worth_less_than_the_base_rate() -> None:
    labels = ranked((7.0, number < 2) for number in range(10))
    assert average_precision(labels) == pytest.approx((1 / 9 + 2 / 10) / 2)


def test_one_in_a_hundred_is_rounded_down_but_is_at_least_one() -> None:
    assert recall_at_one_percent([True, True, *([False] * 197)]) == pytest.approx(0.5)
    assert recall_at_one_percent([True, True, *([False] * 198)]) == pytest.approx(1.0)
    assert recall_at_one_percent([False] * 5) is None


def test_nothing_labelled_has_no_figure() -> None:
    nothing = [Judged(("C1", 1), 5.0, False)]
    ranks = metrics.ranks(nothing, metrics.by_day(nothing))
    assert (ranks.ap_tx, ranks.ap_day, ranks.recall_at_1pct_day) == (None, None, None)
    assert average_precision([]) is None


def test_figures_equal_those_reckoned_with_data_frames() -> None:
    rng = Random(5)
    postings = [
        Judged((f"C{rng.randrange(40)}", rng.randrange(30)), float(rng.randrange(12)), rng.random() < 0.1)
        for _ in range(3_000)
    ]
    table = pd.DataFrame({"key": [one.key for one in postings], "s": [one.score for one in postings]})
    table["y"] = [int(one.is_labelled) for one in postings]
    days = table.groupby("key").max()
    ranks = metrics.ranks(postings, metrics.by_day(postings))
    assert ranks.ap_tx == pytest.approx(_average_precision(table))
    assert ranks.ap_day == pytest.approx(_average_precision(days))
    best = days.sort_values(["s", "y"], ascending=[False, True]).head(len(days) // 100)
    assert ranks.recall_at_1pct_day == pytest.approx(best.y.sum() / days.y.sum())


def _average_precision(table: pd.DataFrame) -> float:
    in_order = table.sort_values(["s", "y"], ascending=[False, True]).reset_index(drop=True)
    return float((in_order.y.cumsum() / (in_order.index + 1))[in_order.y == 1].mean())


def test_alerts_are_right_on_labelled_customer_days() -> None:
    found = metrics.alerts({("C1", 1), ("C2", 2)}, _DAYS)
    assert found == Alerts(alerts=2, right=1, labelled=3, customer_days=5)
    assert (found.precision, found.per_1000_customer_days) == (0.5, 400.0)
    assert found.recall == pytest.approx(1 / 3)
    assert found.lift == pytest.approx(0.5 / (3 / 5))


def test_a_day_whose_scores_are_all_below_zero_is_a_day_with_the_highest_of_them() -> None:
    days = metrics.by_day([Judged(("C1", 1), -3.0, False), Judged(("C1", 1), -2.0, True)])
    assert days == {("C1", 1): metrics.Day(-2.0, is_labelled=True, findings=frozenset())}


def test_an_alert_on_a_day_that_does_not_count_is_not_right() -> None:
    assert metrics.alerts({("C9", 9)}, _DAYS).precision == 0.0


def test_a_detector_fires_at_postings_and_on_customer_days() -> None:
    fan_in, velocity, dormant = metrics.fired(_POSTINGS, _DAYS, ("fan-in", "velocity", "dormant"))
    assert (fan_in.postings, fan_in.days.alerts, fan_in.days.right, fan_in.alone) == (3, 2, 2, 1)
    assert (velocity.postings, velocity.days.alerts, velocity.days.right, velocity.alone) == (2, 2, 1, 0)
    assert fan_in.days.lift == pytest.approx(1 / (3 / 5))
    assert (dormant.postings, dormant.days.precision, dormant.days.recall) == (0, None, 0.0)


def test_every_customer_day_is_in_one_band_of_scores_and_100_in_the_last() -> None:
    days = [*_DAYS.values(), metrics.Day(100.0, is_labelled=True, findings=frozenset())]
    bands = {band.name: (band.customer_days, band.labelled) for band in metrics.by_score(days)}
    assert len(bands) == 10
    assert bands["0-10"] == (2, 1)
    assert bands["50-60"] == (1, 0)
    assert bands["80-90"] == (1, 1)
    assert bands["90-100"] == (2, 2)
    assert sum(size for size, _ in bands.values()) == len(days)


def test_alerts_are_counted_by_band_those_outside_the_labels_too() -> None:
    alerted = {("C1", 1): "high", ("C2", 2): "low", ("C9", 9): "low"}
    bands = metrics.by_band(alerted, _DAYS, ("low", "high"))
    assert [tuple(band) for band in bands] == [("low", 2, 0), ("high", 1, 1)]


def test_warming_up_ends_so_many_days_after_the_customers_first() -> None:
    keys = [("C1", 59), ("C1", 60), ("C2", 69), ("C2", 70)]
    assert metrics.after_warm_up(keys, {"C1": 0, "C2": 10}, 60) == [("C1", 60), ("C2", 70)]


@pytest.mark.parametrize(
    ("findings", "is_labelled", "told"),
    [
        ((), True, "never fired"),
        (("velocity",), False, "only where there are no labels"),
    ],
)
def test_a_detector_that_finds_nothing_is_said_to_add_nothing(
    findings: tuple[str, ...], is_labelled: bool, told: str
) -> None:
    postings = [Judged(("C1", 1), 50.0, is_labelled, findings)]
    figures = metrics.fired(postings, metrics.by_day(postings), ("velocity",))
    assert verdict(figures).startswith("**adds nothing")
    assert told in verdict(figures)


def test_a_detector_adds_something_if_it_beats_chance_anywhere() -> None:
    good = metrics.fired(_POSTINGS, _DAYS, ("fan-in",))
    bad = metrics.fired(_POSTINGS, _DAYS, ("velocity",))
    assert verdict([*good, *bad]) == "adds"
    assert verdict(bad) == "**adds nothing: lift at most 1 everywhere**"
