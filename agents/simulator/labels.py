"""What was planted, and what only looks like it."""

from dataclasses import dataclass
from datetime import date

LOOKALIKE = "lookalike:"
NOISE = "noise:"


def is_planted(typology: str) -> bool:
    """Whether that is behaviour to be found: no look-alike, no noise."""
    return ":" not in typology


@dataclass(frozen=True, slots=True)
class Label:
    """One stretch of behaviour, of one customer or of connected ones, that somebody put there on purpose.

    `typology` is a detector's id for behaviour to be found; `lookalike:<name>` for normal behaviour that has to stay
    quiet; `noise:reversal`, `noise:late`, `noise:duplicate` for the pipeline's own irregularities.
    """

    typology: str
    customer_id: str
    start: date
    end: date
    transaction_ids: tuple[str, ...]
    customer_ids: tuple[str, ...] = ()
    """All members, where connected customers do it together; `customer_id` is the first of them."""

    @property
    def members(self) -> tuple[str, ...]:
        """Everybody whose postings it names."""
        return self.customer_ids or (self.customer_id,)

    @property
    def is_planted(self) -> bool:
        """Whether an alert on it is right."""
        return is_planted(self.typology)

    def as_dict(self) -> dict[str, object]:
        """The label as labels.jsonl has it."""
        return {
            "typology": self.typology,
            "customer_id": self.customer_id,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "transaction_ids": list(self.transaction_ids),
            **({"customer_ids": list(self.customer_ids)} if self.customer_ids else {}),
        }
