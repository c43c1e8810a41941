"""All that is kept of one group of connected customers, and its stored form.

Budget (held by a test): at most 16 KiB for any traffic. Exact but where a part says otherwise. Like a customer's, the stored
form is a MessagePack array that begins with the version.
"""

from functools import cached_property
from typing import Final

import msgspec

from monitor.customer_state import DAYS_KEPT, NOVEL_DAYS, OPEN, AlertMemo, StateFormatError
from monitor.stats.members import Members
from monitor.stats.raised import Raised
from monitor.stats.recent import full_name, short_name
from monitor.stats.tiles import Ring

FORMAT: Final = 1
LEGS_KEPT: Final = 20
NEAR_KEPT: Final = 12
_KEY_BYTES: Final = 4


class Leg(msgspec.Struct, array_like=True):
    """One transfer inside the group. `giver`, `taker`: keys of members; amount in minor units; `day`: the earlier one.

    Both sides have a posting of it: the second one to be heard of is put to the first.
    """

    giver: int
    taker: int
    amount_minor: int
    day: int
    given: bytes | None
    """Name of the giver's posting; None: not heard of."""
    taken: bytes | None
    """Name of the taker's posting."""

    @property
    def names(self) -> list[bytes]:
        """Of the postings behind it."""
        return [name for name in (self.given, self.taken) if name is not None]


class NearPosting(msgspec.Struct, array_like=True, gc=False):
    """A posting just below the reporting threshold T; amounts in minor units."""

    who: int
    amount_minor: int
    day: int
    inbound: bool
    name: bytes


def group_name(who: int, transaction_id: str) -> bytes:
    """A posting's name in the group: its member's key, and the id as `short_name` keeps it."""
    return who.to_bytes(_KEY_BYTES, "little") + short_name(transaction_id)


def member_of(name: bytes) -> int:
    """The key of the member whose posting that is."""
    return int.from_bytes(name[:_KEY_BYTES], "little")


def id_of(name: bytes) -> str:
    """The transaction_id in a name."""
    return full_name(name[_KEY_BYTES:])


_encoder = msgspec.msgpack.Encoder()
_alerts = msgspec.msgpack.Decoder(dict[int, AlertMemo])


class GroupState(msgspec.Struct, array_like=True, dict=True):
    """One group's past. Mutable: only `monitor.group_learn` and the group engine change it."""

    format: int = FORMAT
    offsets: dict[int, int] = msgspec.field(default_factory=dict)
    """By partition of the members' postings, the newest offset applied: what makes a second delivery harmless. What is sent
    again is a stretch that ends before the next new posting, so nothing that is new is at or below it."""
    first_day: int = 0
    newest_day: int = 0
    members: Members = msgspec.field(default_factory=Members)
    days: Ring = msgspec.field(default_factory=Ring)
    """What came in and went out, of all members."""
    inner_days: Ring = msgspec.field(default_factory=Ring)
    """Of that, what members paid one another: each such transfer is in on the taker's side and out on the giver's."""
    near_days: Ring = msgspec.field(default_factory=Ring)
    legs: list[Leg] = msgspec.field(default_factory=list)
    """The newest transfers inside the group, in the order in which they were heard of."""
    nears: list[NearPosting] = msgspec.field(default_factory=list)
    raised: Raised = msgspec.field(default_factory=Raised)
    packed_alerts: bytes = b""

    @cached_property
    def alerts(self) -> dict[int, AlertMemo]:
        """By business date (day number): the alerts that can still be revised."""
        packed, self.packed_alerts = self.packed_alerts, OPEN
        return _alerts.decode(packed) if packed else {}

    @property
    def has_alerts(self) -> bool:
        """Whether any alert may still be revised; without unpacking them."""
        return self.packed_alerts != b""

    @property
    def oldest_day(self) -> int:
        """The earliest business date that is kept."""
        return self.newest_day - DAYS_KEPT + 1

    def is_known(self, day: int) -> bool:
        """Whether the group's first posting is long enough ago for it to have habits."""
        return self.first_day > 0 and day - self.first_day >= NOVEL_DAYS


_decoder = msgspec.msgpack.Decoder(GroupState)
_FORMAT_AT: Final = 1
"""Where the version stands: behind the array's mark, one byte up to 15 elements."""


def encode_group(state: GroupState) -> bytes:
    """The stored form. The same state gives the same bytes, decoded in between or not."""
    alerts = state.packed_alerts
    if alerts == OPEN:
        state.packed_alerts = _encoder.encode(state.alerts) if state.alerts else b""
    raw = _encoder.encode(state)
    state.packed_alerts = alerts
    return raw


def decode_group(raw: bytes) -> GroupState:
    """The state that `encode_group` stored.

    Raises:
        StateFormatError: another version, or damaged bytes.
    """
    if len(raw) <= _FORMAT_AT or raw[_FORMAT_AT] != FORMAT:
        held = raw[_FORMAT_AT] if len(raw) > _FORMAT_AT else "missing"
        raise StateFormatError(f"group state format {held}, this version reads {FORMAT}")
    try:
        return _decoder.decode(raw)
    except msgspec.DecodeError as error:
        raise StateFormatError(f"damaged group state: {error}") from error
