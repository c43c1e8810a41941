"""Which segment each customer is of: the record's `segment`, or the kind of customer where it has none."""

from pathlib import Path

from pydantic import ValidationError

from agents.files import read_records
from schemas import Customer


def read_segments(path: Path, timezone: str, currency: str) -> dict[str, str]:
    """customer_id -> segment, of each customer's last valid record in the file.

    Raises:
        FileError: the file cannot be read.
    """
    segments = {}
    for _, value in read_records(path, timezone, currency):
        try:
            customer = Customer.model_validate_json(value)
        except ValidationError:
            continue  # the replay counts it among the dead letters
        segments[customer.customer_id] = customer.segment or customer.kind
    return segments
