"""The reporting rules of a policy, made quick to ask: which postings each adds up, and against how much.

Postings are told apart by three properties, one bit each: paid in another currency, with a counterparty abroad, in cash.
"""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

import msgspec

from monitor.policy_document import ReportingRule
from monitor.posting import Posting
from schemas.currency import MINOR_UNIT_DIGITS
from schemas.customer import Kind

FOREIGN_CURRENCY: Final = 1
CROSS_BORDER: Final = 2
CASH: Final = 4
CLASSES: Final = 8
ALL_BUT_CASH: Final = frozenset({"transfer", "card", "cheque", "other"})


class Side(msgspec.Struct, frozen=True):
    """One sum that a rule holds against one threshold."""

    name: Literal["base", "foreign"]
    currency: str
    threshold: float
    """Major units of `currency`."""
    classes: tuple[int, ...]
    """The classes of postings that are added up."""


class ReportRule(msgspec.Struct, frozen=True):
    """A rule under which reports are due, for one kind of customer."""

    id: str
    inclusive: bool
    sides: tuple[Side, ...]
    source: str


def class_of(posting: Posting) -> int:
    """The posting's class, by the three bits above."""
    return (
        (FOREIGN_CURRENCY if posting.in_foreign_currency else 0)
        | (CROSS_BORDER if posting.is_foreign else 0)
        | (CASH if posting.cash else 0)
    )


def compiled(rules: Sequence[ReportingRule], kind: Kind, base: str) -> tuple[ReportRule, ...]:
    """The rules under which reports are due for customers of that kind."""
    return tuple(
        ReportRule(rule.id, rule.inclusive, tuple(_sides(rule, kind, base)), " ".join(rule.source.split()))
        for rule in rules
        if rule.report
    )


def least_minor(
    rules: Sequence[ReportRule], rates: Sequence[dict[str, float]], base: str, *, cash: bool
) -> int:
    """No sum below this, in minor units of the base currency, is due under any rule at any of the rates.

    Of the rules for cash alone, if `cash`, or else of the others.
    """
    minor = 10 ** MINOR_UNIT_DIGITS[base]
    amounts = [
        side.threshold * worth * minor
        for rule in rules
        for side in rule.sides
        if all(number & CASH for number in side.classes) == cash
        for worth in ([1.0] if side.currency == base else [known[side.currency] for known in rates])
    ]
    return int(min(amounts, default=2**62))


def _sides(rule: ReportingRule, kind: Kind, base: str) -> Iterator[Side]:
    classes = tuple(number for number in range(CLASSES) if _applies(rule, number))
    if rule.foreign is None:
        yield Side("base", base, getattr(rule.amounts, kind), classes)
        return
    at_home = tuple(number for number in classes if not number & FOREIGN_CURRENCY)
    abroad = tuple(number for number in classes if number & FOREIGN_CURRENCY)
    yield Side("base", base, getattr(rule.amounts, kind), classes if rule.adds_up == "together" else at_home)
    yield Side("foreign", rule.foreign.currency, getattr(rule.foreign, kind), abroad)


def _applies(rule: ReportingRule, number: int) -> bool:
    if bool(number & CASH) and "cash" not in rule.channels:
        return False
    if not number & CASH and not set(rule.channels) >= ALL_BUT_CASH:
        return False
    return rule.where == "any" or (rule.where == "cross-border") == bool(number & CROSS_BORDER)
