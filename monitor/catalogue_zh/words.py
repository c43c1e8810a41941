"""What Chinese readers are told of a detector beside its question, its explanation and the policy's reason."""

from typing import NamedTuple


class Words(NamedTuple):
    """The texts of one detector that its file has in English only; named as there."""

    typology: str
    source: str
    """Laws and papers that have no Chinese name keep their own."""
    fires: str
    near_miss: str
    runbook: str
    """The same steps, numbered alike."""
