"""All that is kept of one customer, and its stored form.

Budget (held by a test): at most 2 KiB encoded for 30 postings a month, at most 16 KiB for any traffic. Exact but where a
part says otherwise. The stored form is one version byte and a MessagePack array; whoever changes a field here changes
`FORMAT` and says **Breaking (state)** in the changelog.
"""

from collections.abc import Callable
from typing import Final, Generic, TypeVar, overload

import msgspec

from monitor.stats.counterparties import Counterparties
from monitor.stats.habits import AmountHabit, Episode
from monitor.stats.months import Months
from monitor.stats.recent import Recent
from monitor.stats.tiles import Ring

T = TypeVar("T")

FORMAT: Final = 1
HOURS_KEPT: Final = 48
DAYS_KEPT: Final = 35
MONTHS_KEPT: Final = 13
NO_OFFSET: Final = -1
NOVEL_DAYS: Final = 30
"""How long a counterparty is new, and how long a customer has to be known before anybody can be new to them."""
DORMANT_DAYS: Final = 180
"""A silence that is remembered: the shorter of the two limits in use for sleeping accounts (180 and 365 days)."""


class FindingMemo(msgspec.Struct, array_like=True):
    """One finding of an open alert: what is needed to write it again. Money in minor units; days are day numbers."""

    detector: str
    observed: float
    threshold: float
    usual: float | None
    strength: float
    weight: float
    first_day: int
    last_day: int
    count: int
    evidence: list[int]
    """Indices into the alert's `names`."""


class AlertMemo(msgspec.Struct, array_like=True):
    """The alert of one business date, as last published."""

    revision: int
    score: float
    opened_at_ms: int
    last_at_ms: int
    published_count: int
    published_band: int
    names: list[bytes]
    """The evidence, as `monitor.stats.recent.short_name` writes ids."""
    findings: list[FindingMemo]


_encoder = msgspec.msgpack.Encoder()
_counterparties = msgspec.msgpack.Decoder(Counterparties)
_amounts = msgspec.msgpack.Decoder(AmountHabit)
_alerts = msgspec.msgpack.Decoder(dict[int, AlertMemo])
_NO_COUNTERPARTIES: Final = msgspec.Raw(_encoder.encode(Counterparties()))
_NO_AMOUNTS: Final = msgspec.Raw(_encoder.encode(AmountHabit()))
_NO_ALERTS: Final = msgspec.Raw(_encoder.encode({}))


class unpacked(Generic[T]):  # noqa: N801 - a decorator
    """A part of the state that is decoded when it is first asked for, and then kept in the instance's dictionary.

    As `functools.cached_property`, without the lock that it takes in Python 3.11.
    """

    def __init__(self, unpack: Callable[["CustomerState"], T]) -> None:
        self._unpack = unpack
        self._name = unpack.__name__
        self.__doc__ = unpack.__doc__

    @overload
    def __get__(self, state: None, owner: type) -> "unpacked[T]": ...
    @overload
    def __get__(self, state: "CustomerState", owner: type) -> T: ...
    def __get__(self, state: "CustomerState | None", owner: type) -> "T | unpacked[T]":
        if state is None:
            return self
        value = state.__dict__[self._name] = self._unpack(state)
        return value


class CustomerState(msgspec.Struct, array_like=True, dict=True):
    """One customer's past. Mutable: only `monitor.learn` and the engine change it.

    What few postings need is unpacked when it is first asked for.
    """

    transactions_offset: int = NO_OFFSET
    """Offset of the newest `transactions` record applied: what makes a second delivery harmless."""
    customers_offset: int = NO_OFFSET
    kind: str | None = None
    risk_grade: str | None = None
    first_day: int = 0
    newest_day: int = 0
    woke_day: int = 0
    """The latest day that came after at least `DORMANT_DAYS` of silence."""
    hours: Ring = msgspec.field(default_factory=Ring)
    days: Ring = msgspec.field(default_factory=Ring)
    months: Months = msgspec.field(default_factory=Months)
    cash_days: Ring = msgspec.field(default_factory=Ring)
    near_days: Ring = msgspec.field(default_factory=Ring)
    novel_days: Ring = msgspec.field(default_factory=Ring)
    packed_counterparties: msgspec.Raw = _NO_COUNTERPARTIES
    recent: Recent = msgspec.field(default_factory=Recent)
    packed_amounts_in: msgspec.Raw = _NO_AMOUNTS
    packed_amounts_out: msgspec.Raw = _NO_AMOUNTS
    episode: Episode = msgspec.field(default_factory=Episode)
    packed_alerts: msgspec.Raw = _NO_ALERTS

    @unpacked
    def amounts_in(self) -> AmountHabit:
        """How large the postings are that come in."""
        return _amounts.decode(self.packed_amounts_in)

    @unpacked
    def amounts_out(self) -> AmountHabit:
        """How large the postings are that go out."""
        return _amounts.decode(self.packed_amounts_out)

    @unpacked
    def counterparties(self) -> Counterparties:
        """Who the customer deals with."""
        return _counterparties.decode(self.packed_counterparties)

    @unpacked
    def alerts(self) -> dict[int, AlertMemo]:
        """By business date (day number): the alerts that can still be revised."""
        return _alerts.decode(self.packed_alerts)

    @property
    def has_alerts(self) -> bool:
        """Whether any alert can still be revised; without unpacking them."""
        return "alerts" in self.__dict__ or self.packed_alerts != _NO_ALERTS

    @property
    def oldest_day(self) -> int:
        """The earliest business date that may still be posted to."""
        return self.newest_day - DAYS_KEPT + 1

    def is_known(self, day: int) -> bool:
        """Whether the customer's first posting is long enough ago to have habits."""
        return self.first_day > 0 and day - self.first_day >= NOVEL_DAYS

    def is_novel(self, counterparty: int | None, day: int) -> bool:
        """Whether the counterparty (its key) is new on that day to a customer known well enough to say so."""
        if counterparty is None or not self.is_known(day):
            return False
        first_day = self.counterparties.first_day(counterparty)
        return first_day is None or day - first_day < NOVEL_DAYS


class StateFormatError(ValueError):
    """Stored bytes are not a state of this version."""


_decoder = msgspec.msgpack.Decoder(CustomerState)
_PREFIX: Final = bytes([FORMAT])


def encode(state: CustomerState) -> bytes:
    """The stored form. The same state gives the same bytes, decoded in between or not."""
    unpacked = state.__dict__
    if "amounts_in" in unpacked:
        state.packed_amounts_in = msgspec.Raw(_encoder.encode(state.amounts_in))
    if "amounts_out" in unpacked:
        state.packed_amounts_out = msgspec.Raw(_encoder.encode(state.amounts_out))
    if "counterparties" in unpacked:
        state.packed_counterparties = msgspec.Raw(_encoder.encode(state.counterparties))
    if "alerts" in unpacked:
        state.packed_alerts = msgspec.Raw(_encoder.encode(state.alerts))
    return _PREFIX + _encoder.encode(state)


def decode(raw: bytes) -> CustomerState:
    """The state that `encode` stored.

    Raises:
        StateFormatError: another version, or damaged bytes.
    """
    if raw[:1] != _PREFIX:
        raise StateFormatError(f"state format {raw[0] if raw else 'missing'}, this version reads {FORMAT}")
    try:
        return _decoder.decode(memoryview(raw)[1:])
    except msgspec.DecodeError as error:
        raise StateFormatError(f"damaged state: {error}") from error
