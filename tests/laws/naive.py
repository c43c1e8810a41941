"""What the tiles have to hold, from a plain list of postings: slow, and easy to believe."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.calendar import day_of
from monitor.stats.months import Months
from monitor.stats.tiles import Ring
from tests.stories.bank import ZONE, Fields

DAYS, HOURS, MONTHS = 35, 48, 13
Cell = tuple[int, int, int, int]
Cells = dict[int, Cell]


@dataclass(frozen=True)
class Seen:
    """One posting that counts."""

    day: int
    hour: int
    month: int
    amount_minor: int
    inbound: bool
    cash: bool
    near: bool


def seen(fields: Fields) -> Seen:
    """A posting, read anew with nothing but the standard library."""
    local = datetime.fromisoformat(str(fields["booked_at"])).astimezone(ZoneInfo(ZONE))
    whole, _, cents = str(fields["amount"]).partition(".")
    amount_minor = int(whole) * 100 + int(cents.ljust(2, "0"))
    cash = fields["channel"] == "cash"
    threshold = 50_000_00 if cash else 500_000_00
    day = day_of(local.date())
    return Seen(
        day=day,
        hour=day * 24 + local.hour,
        month=local.year * 12 + local.month - 1,
        amount_minor=amount_minor,
        inbound=fields["direction"] == "credit",
        cash=cash,
        near=threshold * 8 // 10 <= amount_minor < threshold,
    )


def accepted(postings: Iterable[Fields]) -> list[Fields]:
    """Without repeats and without what came when its day was already forgotten."""
    newest, ids, kept = 0, set(), []
    for fields in postings:
        day = seen(fields).day
        if day < newest - DAYS + 1 or fields["transaction_id"] in ids:
            continue
        ids.add(fields["transaction_id"])
        kept.append(fields)
        newest = max(newest, day)
    return kept


def cells(
    postings: Iterable[Seen],
    index: Callable[[Seen], int],
    first: int,
    keep: Callable[[Seen], bool] = lambda _: True,
) -> Cells:
    """Counts and sums by index, from index `first` on."""
    result: Cells = {}
    for posting in postings:
        if index(posting) < first or not keep(posting):
            continue
        a, b, c, d = result.get(index(posting), (0, 0, 0, 0))
        mine = (
            (a + 1, b + posting.amount_minor, c, d)
            if posting.inbound
            else (a, b, c + 1, d + posting.amount_minor)
        )
        result[index(posting)] = mine
    return result


def rings(postings: list[Seen], newest: int) -> dict[str, Cells]:
    """All rings that depend on nothing but the postings themselves."""
    first_day = newest - DAYS + 1
    return {
        "hours": cells(postings, lambda p: p.hour, (newest - 1) * 24),
        "days": cells(postings, lambda p: p.day, first_day),
        "cash_days": cells(postings, lambda p: p.day, first_day, lambda p: p.cash),
        "near_days": cells(postings, lambda p: p.day, first_day, lambda p: p.near),
    }


def months(postings: list[Seen], newest_month: int) -> Cells:
    """Counts and sums of the thirteen months."""
    return cells(postings, lambda p: p.month, newest_month - MONTHS + 1)


def cash(postings: list[Seen], newest_month: int) -> dict[int, tuple[int]]:
    """By month, what was cash."""
    held = cells(postings, lambda p: p.month, newest_month - MONTHS + 1, lambda p: p.cash)
    return {month: (b + d,) for month, (_, b, _, d) in held.items()}


def peaks(postings: list[Seen], newest_month: int) -> dict[int, tuple[int, int]]:
    """By month, the largest sum of a day, in and out."""
    result: dict[int, tuple[int, int]] = {}
    months = {p.day: p.month for p in postings}
    for day, (_, in_sum, _, out_sum) in cells(postings, lambda p: p.day, 0).items():
        month = months[day]
        if month > newest_month - MONTHS:
            old_in, old_out = result.get(month, (0, 0))
            result[month] = (max(old_in, in_sum), max(old_out, out_sum))
    return result


def working_days_back(day: datetime, working_days: int, is_off: Callable[[datetime], bool]) -> datetime:
    """The latest first day such that so many working days lie between it and `day`, both included."""
    counted = 0 if is_off(day) else 1
    while counted < working_days:
        day -= timedelta(days=1)
        counted += not is_off(day)
    return day


def plain(ring: Ring) -> Cells:
    """A ring of tiles as tuples."""
    tiles = {index: ring[index] for index in ring}
    return {index: (t.in_count, t.in_sum, t.out_count, t.out_sum) for index, t in tiles.items()}


def plain_months(months: Months) -> Cells:
    """Each month's counts and sums."""
    return {
        one.month: (round(one.in_count), round(one.in_sum), round(one.out_count), round(one.out_sum))
        for one in months.each()
    }


def plain_cash(months: Months) -> dict[int, tuple[int]]:
    """Each month's cash, where there was any."""
    return {one.month: (round(one.cash_sum),) for one in months.each() if one.cash_sum}


def plain_peaks(months: Months) -> dict[int, tuple[int, int]]:
    """Each month's largest days: sums in and out."""
    return {one.month: (round(one.in_peak), round(one.out_peak)) for one in months.each()}


def are_near(months: Mapping[int, Sequence[int]], others: Mapping[int, Sequence[int]]) -> bool:
    """Whether the same months have the same numbers, to the 0.04 % by which closed ones may be off."""
    pairs = (
        pair for month, numbers in months.items() for pair in zip(numbers, others.get(month, ()), strict=True)
    )
    return months.keys() == others.keys() and all(abs(a - b) <= 0.5 + 0.0004 * b for a, b in pairs)
