"""What comparable customers do in a month: the value of the compacted `peers` topic, keyed by the partition of the customers.

Every worker publishes the part of its own partitions and reads all of them. The two newest editions are kept, for records
that were stamped before the newest took effect. Histograms of groups of customers, and hashes of accounts: nobody is named.
"""

import base64
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from schemas.customer import Kind

STANDING_BYTES: Final = 8
"""Of one account in `PeerEdition.standings`."""
Count = Annotated[int, Field(ge=0)]


class Sketch(BaseModel):
    """How many customers' figures lie in each logarithmic bin: `monitor.stats.sketch`."""

    model_config = ConfigDict(extra="ignore")

    zeros: Count = 0
    bins: dict[int, Count] = Field(default_factory=dict)


class PeerGroup(BaseModel):
    """Customers of one kind, industry and size; or of all industries, or all industries and sizes, of one kind."""

    model_config = ConfigDict(extra="ignore")

    kind: Kind
    industry: str | None = Field(description="null: all")
    size: str | None = Field(description="decade of what was declared, or `undeclared`; null: all")
    customers: Annotated[int, Field(ge=1)]
    volume: Sketch = Field(
        description="of the month's volume, both directions, minor units of the base currency"
    )
    postings: Sketch = Field(description="of the month's number of postings")
    cash: Sketch = Field(description="of the share of cash in the month's volume, in thousandths")


class PeerEdition(BaseModel):
    """One closed month, and what was known of the customers some days later."""

    model_config = ConfigDict(extra="ignore")

    month: Annotated[str, Field(pattern="^[0-9]{4}-[0-9]{2}$")]
    as_of: date = Field(description="the business date up to which the customers were known")
    effective_from_ms: Count = Field(
        description="records stamped from then on are judged by it; milliseconds since 1970 UTC"
    )
    currency: str = Field(description="of the volumes: the bank's base currency")
    groups: list[PeerGroup]
    postings: Count = Field(
        0, description="of all customers in the last 30 days, with a KYC record or without"
    )
    claims: dict[str, Annotated[float, Field(ge=0)]] = Field(
        default_factory=dict,
        description="of how many customers each detector spoke in these days; of those that grade, how many times it expects",
    )
    standings: str = Field(
        "",
        description="of the accounts that meet most strangers, base64 of 8 bytes each, little-endian: 32 bits of the account's "
        "hash, 8 bits of the binary logarithm of those who paid it, 8 of those it paid, 16 of its expected days of a "
        "scheme in hundredths",
    )

    @field_validator("standings")
    @classmethod
    def _rows_are_whole(cls, text: str) -> str:
        if len(base64.b64decode(text, validate=True)) % STANDING_BYTES:
            raise ValueError(f"base64 of {STANDING_BYTES} bytes for each account is expected")
        return text


class PeerPart(BaseModel):
    """One partition's customers."""

    model_config = ConfigDict(extra="ignore")

    version: Literal[1] = 1
    partition: Count
    editions: Annotated[list[PeerEdition], Field(min_length=1, max_length=2)] = Field(
        description="the newest first"
    )

    def message_key(self) -> bytes:
        """The record's key."""
        return str(self.partition).encode()

    def to_json(self) -> bytes:
        """The wire form: UTF-8 JSON."""
        return self.model_dump_json().encode()
