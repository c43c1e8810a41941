"""The comparison in a terminal: what changes, and for whom."""

from collections.abc import Iterable, Sequence
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from agents.backtest.comparison import NO_ALERT, Comparison, Row
from agents.backtest.numbers import day, percent, plain, signed
from monitor.policy import BANDS

_DIFFERENCES: Final = 12
_SEGMENTS: Final = 15
"""Lines that a terminal is given; the files have all of them."""


def show(comparison: Comparison, console: Console) -> None:
    """Print everything but what only a file has room for."""
    for line in _heading(comparison):
        console.print(Text(line))
    _print_differences(comparison, console)
    console.print(_rows("alerts", [comparison.total], comparison))
    console.print(Text(_kept(comparison)))
    for line in quality_lines(comparison):
        console.print(Text(line))
    console.print(_load(comparison))
    console.print(_rows("detector", comparison.detectors, comparison))
    console.print(_bands(comparison))
    shown = comparison.segments[:_SEGMENTS]
    console.print(_rows("segment", shown, comparison, has_days=True))
    if len(comparison.segments) > len(shown):
        console.print(Text(f"and {len(comparison.segments) - len(shown):,} smaller segments"))


def _heading(comparison: Comparison) -> Iterable[str]:
    for name, side in (("A", comparison.a), ("B", comparison.b)):
        letters = sum(side.dead_letters.values())
        beside = f", {letters:,} dead letters" if letters else ""
        yield (
            f"{name}  {plain(side.policy)} ({side.policy_id} {plain(side.policy_version)}): "
            f"{side.judged:,} postings judged{beside}"
        )
    if comparison.a.judged != comparison.b.judged:
        yield "   The two did not judge the same postings: see which rates the policies have."


def _print_differences(comparison: Comparison, console: Console) -> None:
    if not comparison.differences:
        console.print(Text("The policies say the same."))
        return
    table = _table("the policies differ in", "A", "B", wide=("the policies differ in", "A", "B"))
    for place, a, b in comparison.differences[:_DIFFERENCES]:
        table.add_row(Text(plain(place)), Text(plain(a) or "–"), Text(plain(b) or "–"))
    console.print(table)
    more = len(comparison.differences) - _DIFFERENCES
    if more > 0:
        console.print(Text(f"and in {more:,} more places"))


def _kept(comparison: Comparison) -> str:
    up, down = comparison.rebanded(is_up=True), comparison.rebanded(is_up=False)
    return f"{comparison.kept:,} kept: {up:,} in a higher band by B, {down:,} in a lower one"


def quality_lines(comparison: Comparison) -> Iterable[str]:
    """What the labels are and say, in sentences; nothing without labels."""
    if comparison.rankings is None:
        return
    total = comparison.total
    met = max(comparison.a.labels_met, comparison.b.labels_met)
    yield (
        f"{met:,} judged postings are labelled 1, on {total.labelled:,} of {total.customer_days:,} customer-days; "
        "what no label names counts as 0"
    )
    for name, ranking in zip("AB", comparison.rankings, strict=True):
        if ranking.average_precision is not None:
            yield (
                f"{name} ranks customer-days with an average precision of {ranking.average_precision:.3f} and finds "
                f"{percent(ranking.recall_at_one_percent)} in the highest 1%"
            )


def _rows(title: str, rows: Sequence[Row], comparison: Comparison, *, has_days: bool = False) -> Table:
    heads = ["days"] if has_days else []
    heads += ["A", "B", "gained", "lost"]
    if comparison.is_labelled:
        heads += ["prec. A", "prec. B", "rec. A", "rec. B"]
    table = _table(title, *heads)
    for row in rows:
        cells = [f"{row.customer_days:,}"] if has_days else []
        cells += [f"{row.a.alerts:,}", f"{row.b.alerts:,}"]
        cells += [signed(row.gained.alerts, "+"), signed(row.lost.alerts, "-")]
        if comparison.is_labelled:
            cells += [percent(row.a.precision), percent(row.b.precision)]
            cells += [percent(row.recall(row.a)), percent(row.recall(row.b))]
        table.add_row(Text(plain(row.name)), *cells)
    return table


def _load(comparison: Comparison) -> Table:
    table = _table("alerts per working day", "mean", "median", "95 %", "busiest", "on")
    for name, load in zip("AB", comparison.load, strict=True):
        numbers = (f"{load.mean:,.1f}", f"{load.median:,.1f}", f"{load.p95:,}", f"{load.busiest:,}")
        table.add_row(name, *numbers, day(load.busiest_day))
    return table


def _bands(comparison: Comparison) -> Table:
    names = (NO_ALERT, *BANDS)
    table = _table("band in A \\ in B", *names)
    for mine in names:
        counts = [comparison.bands.get((mine, theirs), 0) for theirs in names]
        table.add_row(mine, *(f"{count:,}" if count else "·" for count in counts))
    return table


def _table(title: str, *heads: str, wide: tuple[str, ...] = ()) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), collapse_padding=True)
    for place, head in enumerate((title, *heads)):
        is_text = place == 0 or head in wide
        table.add_column(head, justify="left" if is_text else "right", overflow="fold", no_wrap=not is_text)
    return table
