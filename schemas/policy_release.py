"""A policy that was released: the value of the `policies` topic, keyed by policy and version.

The topic is compacted and keeps every version: what was in force when a posting was judged can always be told. A release is
in force from `effective_from` until that of a later one.
"""

import unicodedata
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from schemas.fields import Instant

MOST_DOCUMENT_CHARACTERS: Final = 200_000
"""A record has to stay below a broker's default limit of 1 MiB, and a character takes up to four bytes."""
Person = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=140, pattern=r"^[^\x00-\x1f\x7f]*$"),
]
"""Who did something, as the bank names its staff: 1 to 140 characters, none of them a control character."""


class PolicyRelease(BaseModel):
    """One version of a policy, who wrote it, who approved it, and from when it is in force."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    policy_id: Annotated[str, Field(pattern="^[a-z0-9-]{1,40}$")]
    version: Annotated[str, Field(min_length=1, max_length=40)]
    document: Annotated[str, Field(min_length=1, max_length=MOST_DOCUMENT_CHARACTERS)] = Field(
        description="the whole policy, YAML; it extends no other"
    )
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] = Field(
        description="of the document in UTF-8, hexadecimal"
    )
    author: Person = Field(description="who wrote it")
    approver: Person = Field(description="who approved it: somebody else")
    comment: Annotated[str, Field(max_length=2_000)] | None = Field(None, description="why it was approved")
    effective_from: Instant = Field(
        description="records whose own timestamp is not before this are judged by it"
    )
    released_at: Instant

    @classmethod
    def of(
        cls,
        policy: tuple[str, str],
        document: str,
        *,
        author: str,
        approver: str,
        comment: str | None,
        effective_from: datetime,
        released_at: datetime,
    ) -> Self:
        """A release of a policy (its id and version).

        Raises:
            ValidationError: author and approver are the same person, or a field is too long.
        """
        policy_id, version = policy
        return cls(
            policy_id=policy_id,
            version=version,
            document=document,
            sha256=sha256(document.encode()).hexdigest(),
            author=author,
            approver=approver,
            comment=comment,
            effective_from=effective_from,
            released_at=released_at,
        )

    @model_validator(mode="after")
    def _four_eyes(self) -> Self:
        if _person(self.author) == _person(self.approver):
            raise ValueError("author and approver have to be two people")
        return self

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if sha256(self.document.encode()).hexdigest() != self.sha256:
            raise ValueError("sha256: not that of the document")
        return self

    @property
    def from_ms(self) -> int:
        """`effective_from` in milliseconds since 1970 UTC."""
        return round(self.effective_from.timestamp() * 1000)

    @property
    def order(self) -> tuple[datetime, datetime, str, str]:
        """What comes later in this order goes before what comes earlier: whatever the order of arrival."""
        return self.effective_from, self.released_at, self.policy_id, self.version

    def message_key(self) -> bytes:
        """The record's key: `policy_id/version`."""
        return f"{self.policy_id}/{self.version}".encode()

    def to_json(self) -> bytes:
        """The wire form: UTF-8 JSON."""
        return self.model_dump_json().encode()


def _person(name: str) -> str:
    """One spelling of a name: letters in any case or width, and any spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
