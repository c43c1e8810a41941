"""The detectors, in the order in which people read them."""

from typing import Final

from monitor.detector import Detector
from monitor.detectors import (
    cash_preference,
    counterparty_drift,
    daily_volume,
    dormant,
    fan_in,
    fan_out,
    frequency,
    new_counterparties,
    pass_through,
    peer_outlier,
    single_amount,
    structuring,
    velocity,
)
from monitor.group_detector import GroupDetector
from monitor.group_detectors import round_trip, transfers
from monitor.group_detectors import structuring as group_structuring

DETECTORS: Final[tuple[Detector, ...]] = (
    daily_volume.DETECTOR,
    frequency.DETECTOR,
    single_amount.DETECTOR,
    new_counterparties.DETECTOR,
    counterparty_drift.DETECTOR,
    cash_preference.DETECTOR,
    structuring.DETECTOR,
    fan_in.DETECTOR,
    fan_out.DETECTOR,
    pass_through.DETECTOR,
    dormant.DETECTOR,
    velocity.DETECTOR,
    peer_outlier.DETECTOR,
)

DETECTOR_IDS: Final = frozenset(detector.id for detector in DETECTORS)

GROUP_DETECTORS: Final[tuple[GroupDetector, ...]] = (
    round_trip.DETECTOR,
    group_structuring.DETECTOR,
    transfers.DETECTOR,
)
"""Asked of groups of connected customers."""

GROUP_DETECTOR_IDS: Final = frozenset(detector.id for detector in GROUP_DETECTORS)
