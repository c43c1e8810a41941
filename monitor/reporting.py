"""Large-value reports (大额交易): single or accumulated in a business day, in and out apart, per customer.

Sums come from the day tiles, so late postings count on their own date, and reversals are taken back. Only what is not a
domestic posting in the base currency is kept apart (`CustomerState.apart`): the rest follows by subtraction. A report can
change for ten days: longer than a bank has to make it.
"""

import struct
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from typing import Final, NamedTuple
from zlib import crc32

import msgspec

from monitor.calendar import date_of
from monitor.customer_state import REPORT_DAYS, CustomerState, ReportMemo
from monitor.money import format_major, to_base_minor, to_major
from monitor.policy import Policy, Rules
from monitor.posting import Posting
from monitor.report_rules import CASH, CLASSES, CROSS_BORDER, FOREIGN_CURRENCY, ReportRule, Side
from monitor.stats import recent
from schemas import ThresholdReport
from schemas.fields import format_instant

_APART: Final = tuple(number for number in range(CLASSES) if number & ~CASH)
"""The classes that are kept apart."""
_MEMO_KEY: Final = struct.Struct("<HIB")


class _Total(NamedTuple):
    postings: int
    amount_minor: int


class Moved(msgspec.Struct, frozen=True, gc=False):
    """A business date and a direction whose sum has changed."""

    day: int
    inbound: bool


def report_id(customer_id: str, moved: Moved, rule: str, side: str) -> str:
    """128 bits of BLAKE2b of what never changes, in hexadecimal."""
    parts = (customer_id, date_of(moved.day).isoformat(), rule, _direction(moved), side)
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def may_report(state: CustomerState, day: int, rules: Rules, *, inbound: bool) -> bool:
    """Whether what moved can reach any threshold, or did so before, on a date whose reports can still change."""
    if day <= state.newest_day - REPORT_DAYS:
        return False
    return (
        (state.has_reports and any(_is_of(key, day, inbound=inbound) for key in state.reports))
        or state.days.directed_sum(day, inbound=inbound) >= rules.least_report_minor
        or state.cash_days.directed_sum(day, inbound=inbound) >= rules.least_cash_report_minor
    )


def reports_of(
    state: CustomerState, posting: Posting, moved: Moved, policy: Policy, rules: Rules
) -> list[ThresholdReport]:
    """The reports that are new, or have changed, since `posting` was learnt, or undid what had `moved`."""
    totals, rates = _totals(state, moved), policy.rates_on(moved.day) or policy.latest_rates()
    largest, written = sum(total.amount_minor for total in totals), list[ThresholdReport]()
    has_reports = any(_is_of(key, moved.day, inbound=moved.inbound) for key in state.reports)
    for rule in rules.reports:
        for side in rule.sides:
            threshold_minor = _threshold_minor(side, rates.get(side.currency), policy.currency)
            if largest < threshold_minor and not has_reports:
                continue
            total = _joined(totals, side)
            is_due = total.amount_minor > threshold_minor or (
                rule.inclusive and total.amount_minor == threshold_minor
            )
            if not (is_due or has_reports):
                continue
            key = _memo_key(moved, rule.id, side.name)
            memo = state.reports.get(key)
            if memo is None and is_due:
                memo = state.reports[key] = ReportMemo(0, 0, 0)
                has_reports = True
            if memo is None or total == (memo.count, memo.amount_minor):
                continue
            memo.revision += 1
            memo.count, memo.amount_minor = total
            written.append(_Report(state, posting, moved, policy, rules).of(rule, side, memo, is_due=is_due))
    return written


def _totals(state: CustomerState, moved: Moved) -> list[_Total]:
    """What postings of each class moved; domestic ones in the base currency are all that are not kept apart."""
    day, inbound = moved.day, moved.inbound
    apart = {number: state.apart[day * CLASSES + number] for number in _APART} if len(state.apart) else {}
    counts, sums = [0] * CLASSES, [0] * CLASSES
    for number, tile in apart.items():
        counts[number] = tile.directed_count(inbound=inbound)
        sums[number] = tile.directed_sum(inbound=inbound)
    everything, cash = state.days[day], state.cash_days[day]
    counts[CASH], sums[CASH] = cash.directed_count(inbound=inbound), cash.directed_sum(inbound=inbound)
    counts[0] = everything.directed_count(inbound=inbound) - counts[CASH]
    sums[0] = everything.directed_sum(inbound=inbound) - sums[CASH]
    for number in apart:
        counts[number & CASH] -= counts[number]
        sums[number & CASH] -= sums[number]
    return list(map(_Total, counts, sums))


def _joined(totals: list[_Total], side: Side) -> _Total:
    count = amount_minor = 0
    for number in side.classes:
        part = totals[number]
        count += part.postings
        amount_minor += part.amount_minor
    return _Total(count, amount_minor)


@lru_cache(maxsize=1024)
def _threshold_minor(side: Side, rate: Decimal | None, currency: str) -> int:
    """In minor units of the base currency; `rate`: that of the side's currency, which policies have for each side's."""
    rates = {} if rate is None else {side.currency: rate}
    amount_minor = to_base_minor(Decimal(str(side.threshold)), side.currency, currency, rates)
    assert amount_minor is not None  # the policy's validation asks for these rates
    return amount_minor


def _memo_key(moved: Moved, rule: str, side: str) -> bytes:
    """Date, 32 bits of the rule, direction and side."""
    return _MEMO_KEY.pack(moved.day, crc32(rule.encode()), 2 * moved.inbound + (side == "base"))


def _is_of(key: bytes, day: int, *, inbound: bool) -> bool:
    """Whether the key is of a report of that date and direction."""
    its_day, _, side = _MEMO_KEY.unpack(key)
    return bool(its_day == day and side >> 1 == inbound)


def _direction(moved: Moved) -> str:
    return "credit" if moved.inbound else "debit"


class _Report:
    """Writes reports for one change of one day."""

    def __init__(
        self, state: CustomerState, posting: Posting, moved: Moved, policy: Policy, rules: Rules
    ) -> None:
        self._state, self._posting, self._moved = state, posting, moved
        self._policy, self._rules = policy, rules

    def of(self, rule: ReportRule, side: Side, memo: ReportMemo, *, is_due: bool) -> ThresholdReport:
        """The report as its memo says."""
        moved, policy = self._moved, self._policy
        base_amount = to_major(memo.amount_minor, policy.currency)
        amount = base_amount
        if side.currency != policy.currency:
            rates = policy.rates_on(moved.day) or policy.latest_rates()
            amount = round(base_amount / float(rates[side.currency]), 2)
        text, text_zh = self._told(rule, side, memo, amount, is_due=is_due)
        return ThresholdReport(
            customer_id=self._posting.customer_id,
            report_id=report_id(self._posting.customer_id, moved, rule.id, side.name),
            revision=memo.revision,
            business_date=date_of(moved.day),
            rule=rule.id,
            direction="credit" if moved.inbound else "debit",
            side=side.name,
            is_due=is_due,
            amount=amount,
            threshold=float(side.threshold),
            inclusive=rule.inclusive,
            currency=side.currency,
            base_amount=base_amount,
            base_currency=policy.currency,
            count=memo.count,
            transaction_ids=self._ids(side),
            kind=self._rules.kind,
            source=rule.source,
            policy_id=policy.id,
            policy_version=policy.version,
            last_at=format_instant(self._posting.at_ms),
            explanation=text,
            explanation_zh=text_zh,
        )

    def _ids(self, side: Side) -> list[str]:
        """The postings of the sum that are among the newest; those in another currency are not told apart by them."""
        homes = {number & ~FOREIGN_CURRENCY for number in side.classes}
        return [
            posting.transaction_id
            for posting in self._state.recent
            if posting.day == self._moved.day
            and posting.inbound == self._moved.inbound
            and not posting.flags & recent.REVERSED
            and _class_of(posting.flags) in homes
        ]

    def _told(
        self, rule: ReportRule, side: Side, memo: ReportMemo, amount: float, *, is_due: bool
    ) -> tuple[str, str]:
        day = date_of(self._moved.day).isoformat()
        moved, limit = f"{side.currency} {amount:,.2f}", f"{side.currency} {side.threshold:,.0f}"
        if side.currency != self._policy.currency:
            moved += f" ({format_major(memo.amount_minor, self._policy.currency)})"
        way, way_zh = ("came in", "收入") if self._moved.inbound else ("went out", "支出")
        state, state_zh = ("due", "应报告") if is_due else ("no longer due", "不再达到报告标准")
        bound, bound_zh = ("from", "含") if rule.inclusive else ("above", "不含")
        text = (
            f"{moved} {way} on {day} in {memo.count} postings under rule {rule.id}: "
            f"a report is {state}, {bound} {limit}."
        )
        text_zh = f"{day}按规则{rule.id}单边{way_zh}累计{moved}，共{memo.count}笔；标准为{limit}（{bound_zh}），{state_zh}。"
        return text, text_zh


def _class_of(flags: int) -> int:
    return (CROSS_BORDER if flags & recent.FOREIGN else 0) | (CASH if flags & recent.CASH else 0)
