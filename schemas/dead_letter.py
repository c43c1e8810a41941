"""What could not be judged, why, and the bytes it came as: the value of the `dead-letters` topic."""

import base64
import hashlib
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

MAX_KEPT_BYTES = 700_000
"""Bytes kept of a value: in base64 it still fits Apache Kafka's default limit of 1 MiB for a message."""


class DeadLetterReason(StrEnum):
    """The closed list of reasons."""

    NULL_KEY = "null_key"
    NULL_VALUE = "null_value"
    KEY_MISMATCH = "key_mismatch"
    TOO_LARGE = "too_large"
    NOT_UTF8 = "not_utf8"
    MALFORMED_JSON = "malformed_json"
    MISSING_FIELD = "missing_field"
    WRONG_TYPE = "wrong_type"
    INVALID_VALUE = "invalid_value"
    AMOUNT_OUT_OF_RANGE = "amount_out_of_range"
    AMOUNT_PRECISION = "amount_precision"
    UNKNOWN_CURRENCY = "unknown_currency"
    NO_EXCHANGE_RATE = "no_exchange_rate"
    NAIVE_TIME = "naive_time"
    TIME_OUT_OF_RANGE = "time_out_of_range"
    IN_THE_FUTURE = "in_the_future"
    TOO_LATE = "too_late"
    UNKNOWN_ORIGINAL = "unknown_original"
    REVERSAL_MISMATCH = "reversal_mismatch"


class DeadLetter(BaseModel):
    """A record that was set aside, with all that is needed to mend it and to play it again."""

    model_config = ConfigDict(extra="ignore")

    reason: DeadLetterReason
    detail: str = Field(description="what is wrong, by field; without the customer's data", max_length=500)
    source_topic: str
    source_partition: int
    source_offset: int
    source_timestamp_ms: int = Field(description="the source record's timestamp, milliseconds since 1970 UTC")
    key: str | None = Field(description="the original key, base64")
    value: str | None = Field(description="the original value, base64; only its head if `truncated`")
    value_bytes: int = Field(description="length of the whole original value")
    value_sha256: str | None = Field(description="of the whole original value, hexadecimal")
    truncated: bool = Field(description="true if `value` is not the whole: read it at the source coordinates")

    @classmethod
    def of(  # noqa: PLR0913 - a record's coordinates are what they are
        cls,
        reason: DeadLetterReason,
        detail: str,
        *,
        topic: str,
        partition: int,
        offset: int,
        timestamp_ms: int,
        key: bytes | None,
        value: bytes | None,
    ) -> Self:
        """The dead letter for one source record."""
        kept = None if value is None else value[:MAX_KEPT_BYTES]
        return cls(
            reason=reason,
            detail=detail[:500],
            source_topic=topic,
            source_partition=partition,
            source_offset=offset,
            source_timestamp_ms=timestamp_ms,
            key=None if key is None else base64.b64encode(key).decode(),
            value=None if kept is None else base64.b64encode(kept).decode(),
            value_bytes=0 if value is None else len(value),
            value_sha256=None if value is None else hashlib.sha256(value).hexdigest(),
            truncated=value is not None and len(value) > MAX_KEPT_BYTES,
        )

    def original_key(self) -> bytes | None:
        """The source record's key."""
        return None if self.key is None else base64.b64decode(self.key)

    def original_value(self) -> bytes | None:
        """The source record's value, or its first bytes if `truncated`."""
        return None if self.value is None else base64.b64decode(self.value)

    def message_key(self) -> bytes:
        """The record key: source topic-partition-offset, the same however often it is sent."""
        return f"{self.source_topic}-{self.source_partition}-{self.source_offset}".encode()

    def to_json(self) -> bytes:
        """The wire form: UTF-8 JSON, the same bytes for the same dead letter."""
        return self.model_dump_json().encode()
