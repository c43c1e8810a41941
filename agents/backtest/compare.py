"""Where two policies' alerts over the same postings differ. A is today's policy, B the candidate.

An alert is a customer, or a group of them, and a business date. Gained: in B alone; lost: in A alone; kept: in both.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet

from agents.backtest.comparison import GROUPS, NO_ALERT, SCORE_STEP, UNKNOWN, Comparison, Count, Ranking, Row
from agents.backtest.differences import Difference
from agents.backtest.load import day_lines, load_of, period_of
from agents.backtest.ranking import average_precision, curve, ranked, recall_at_one_percent
from agents.backtest.replayed import AlertSeen, Key, Replayed
from monitor.calendar import BankCalendar


def compare(
    a: Replayed,
    b: Replayed,
    *,
    detectors: Iterable[str],
    segments: Mapping[str, str],
    calendar: BankCalendar,
    is_labelled: bool,
    differences: list[Difference] | None = None,
) -> Comparison:
    """Compare two replays of the same postings.

    Args:
        a: today's policy.
        b: the candidate.
        detectors: the ids to tell of, in their order.
        segments: customer_id -> segment; who is not in it is of `UNKNOWN`.
        calendar: says which days are worked.
        is_labelled: whether labels were given: without any, nothing is said of precision and recall.
        differences: of the two policies.
    """
    days = a.days.keys() | b.days.keys()
    labelled = a.labelled | b.labelled
    period = period_of(days, a.alerts.keys() | b.alerts.keys())
    segments = {**segments, **dict.fromkeys(a.groups | b.groups, GROUPS)}
    sizes = Counter(segments.get(customer_id, UNKNOWN) for customer_id, _ in days)
    sizes.update({GROUPS: 0} if a.groups | b.groups else {})
    labelled_in = Counter(segments.get(customer_id, UNKNOWN) for customer_id, _ in labelled)
    # Of groups only days with an alert can be labelled: of recall that says nothing.
    labelled_in.pop(GROUPS, None)
    by_detector = [_grouped(side, lambda _key, alert: alert.detectors) for side in (a, b)]
    by_segment = [_grouped(side, lambda key, _alert: (segments.get(key[0], UNKNOWN),)) for side in (a, b)]

    def row(name: str, mine: AbstractSet[Key], theirs: AbstractSet[Key], size: int, hits: int) -> Row:
        parts = (mine, theirs, theirs - mine, mine - theirs)
        return Row(name, size, hits, *(_count(part, labelled) for part in parts))

    def of(name: str, groups: list[dict[str, set[Key]]]) -> tuple[set[Key], set[Key]]:
        return groups[0].get(name, set()), groups[1].get(name, set())

    return Comparison(
        a=a,
        b=b,
        differences=differences or [],
        is_labelled=is_labelled,
        total=row("all", a.alerts.keys(), b.alerts.keys(), len(days), len(labelled)),
        detectors=[row(one, *of(one, by_detector), len(days), len(labelled)) for one in detectors],
        segments=[
            row(one, *of(one, by_segment), size, labelled_in[one])
            for one, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0]))
        ],
        bands=_bands(a, b),
        load=(load_of(a.alerts, period, calendar), load_of(b.alerts, period, calendar)),
        days=day_lines(a.alerts, b.alerts, period),
        scores=(_histogram(a), _histogram(b)),
        rankings=(_ranking(a, days, labelled), _ranking(b, days, labelled)) if is_labelled else None,
        gained=_highest_first(b, a),
        lost=_highest_first(a, b),
    )


def _grouped(side: Replayed, names: Callable[[Key, AlertSeen], Iterable[str]]) -> dict[str, set[Key]]:
    groups: dict[str, set[Key]] = {}
    for key, alert in side.alerts.items():
        for name in names(key, alert):
            groups.setdefault(name, set()).add(key)
    return groups


def _count(keys: AbstractSet[Key], labelled: AbstractSet[Key]) -> Count:
    return Count(len(keys), sum(key in labelled for key in keys))


def _bands(a: Replayed, b: Replayed) -> dict[tuple[str, str], int]:
    pairs: Counter[tuple[str, str]] = Counter()
    for key in a.alerts.keys() | b.alerts.keys():
        bands = (side.alerts[key].band if key in side.alerts else NO_ALERT for side in (a, b))
        pairs[next(bands), next(bands)] += 1
    return dict(pairs)


def _histogram(side: Replayed) -> list[int]:
    bars = [0] * (100 // SCORE_STEP)
    for alert in side.alerts.values():
        bars[min(len(bars) - 1, int(alert.score // SCORE_STEP))] += 1
    return bars


def _ranking(side: Replayed, days: Iterable[Key], labelled: AbstractSet[Key]) -> Ranking:
    labels = ranked((side.days.get(key, 0.0), key in labelled) for key in days)
    return Ranking(average_precision(labels), recall_at_one_percent(labels), curve(labels))


def _highest_first(mine: Replayed, other: Replayed) -> list[tuple[Key, AlertSeen]]:
    alone = [(key, alert) for key, alert in mine.alerts.items() if key not in other.alerts]
    return sorted(alone, key=lambda item: (-item[1].score, item[0]))
