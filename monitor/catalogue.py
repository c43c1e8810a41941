"""The detectors, in the order in which people read them."""

from typing import Final

from monitor.detector import Detector
from monitor.detectors import (
    behaviour_change,
    benford,
    cash_intensive,
    cash_preference,
    counterparty_drift,
    daily_volume,
    dormant,
    equal_amounts,
    fan_in,
    fan_out,
    frequency,
    gather_scatter,
    just_below,
    new_account,
    new_counterparties,
    night,
    pass_through,
    repeated_pair,
    round_amounts,
    single_amount,
    smurfing,
    structuring,
    velocity,
)

DETECTORS: Final[tuple[Detector, ...]] = (
    daily_volume.DETECTOR,
    frequency.DETECTOR,
    single_amount.DETECTOR,
    behaviour_change.DETECTOR,
    new_counterparties.DETECTOR,
    counterparty_drift.DETECTOR,
    cash_preference.DETECTOR,
    cash_intensive.DETECTOR,
    structuring.DETECTOR,
    smurfing.DETECTOR,
    just_below.DETECTOR,
    fan_in.DETECTOR,
    fan_out.DETECTOR,
    gather_scatter.DETECTOR,
    pass_through.DETECTOR,
    dormant.DETECTOR,
    new_account.DETECTOR,
    round_amounts.DETECTOR,
    equal_amounts.DETECTOR,
    repeated_pair.DETECTOR,
    velocity.DETECTOR,
    night.DETECTOR,
    benford.DETECTOR,
)

DETECTOR_IDS: Final = frozenset(detector.id for detector in DETECTORS)
