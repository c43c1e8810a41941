"""What the service publishes: a model with the key of its record and its bytes."""

from pydantic import BaseModel, ConfigDict

from schemas.fields import PartyIdentifier


class Published(BaseModel):
    """A record of one customer, or of one group of customers. The same content gives the same bytes, so that a repetition can be told."""

    model_config = ConfigDict(extra="ignore")

    customer_id: PartyIdentifier

    def message_key(self) -> bytes:
        """The record's key."""
        return self.customer_id.encode()

    def to_json(self) -> bytes:
        """The wire form: UTF-8 JSON."""
        return self.model_dump_json().encode()
