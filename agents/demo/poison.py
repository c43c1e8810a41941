"""Records that cannot be judged, one for each of a dozen reasons: what a broken producer might send."""

from collections.abc import Iterator
from typing import Final

import orjson

from schemas import DeadLetterReason as Reason

Poison = tuple[Reason, bytes | None, bytes | None]
"""The reason for which it has to be set aside, key, value."""

_CHANGED_FIELDS: Final[tuple[tuple[Reason, dict[str, object]], ...]] = (
    (Reason.WRONG_TYPE, {"customer_id": ["C1"]}),
    (Reason.INVALID_VALUE, {"direction": "sideways"}),
    (Reason.AMOUNT_OUT_OF_RANGE, {"amount": "-25.00"}),
    (Reason.AMOUNT_PRECISION, {"amount": "25.001"}),
    (Reason.UNKNOWN_CURRENCY, {"currency": "XQQ"}),
    (Reason.NAIVE_TIME, {"booked_at": "2026-03-02T09:30:00"}),
)


def poison_of(key: bytes, value: bytes, most_bytes: int) -> Iterator[Poison]:
    """Poisoned copies of a good posting, under ids of their own, so that none can pass for a repetition."""
    good = orjson.loads(value)

    def written(reason: Reason, **changed: object) -> bytes:
        return orjson.dumps({**good, "transaction_id": f"poison-{reason}", **changed})

    yield Reason.NULL_KEY, None, written(Reason.NULL_KEY)
    yield Reason.NULL_VALUE, key, None
    yield Reason.KEY_MISMATCH, b"somebody-else", written(Reason.KEY_MISMATCH)
    yield Reason.TOO_LARGE, key, written(Reason.TOO_LARGE, purpose="x" * most_bytes)
    yield Reason.NOT_UTF8, key, b'{"purpose":"\xff\xfe"}'
    yield Reason.MALFORMED_JSON, key, value[: len(value) // 2].decode(errors="ignore").encode()
    yield Reason.MISSING_FIELD, key, orjson.dumps({n: v for n, v in good.items() if n != "amount"})
    for reason, changed in _CHANGED_FIELDS:
        yield reason, key, written(reason, **changed)
