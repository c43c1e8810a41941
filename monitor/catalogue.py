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
    expected_activity,
    fan_in,
    fan_out,
    frequency,
    gather_scatter,
    high_risk_country,
    income_mismatch,
    incomplete_kyc,
    just_below,
    many_accounts,
    new_account,
    new_counterparties,
    new_country,
    night,
    offshore_many,
    pass_through,
    peer_outlier,
    repeated_pair,
    risk_grade,
    round_amounts,
    scale_mismatch,
    single_amount,
    smurfing,
    structuring,
    unrelated_payers,
    velocity,
)
from monitor.group_detector import GroupDetector
from monitor.group_detectors import round_trip, transfers
from monitor.group_detectors import structuring as group_structuring

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
    income_mismatch.DETECTOR,
    scale_mismatch.DETECTOR,
    expected_activity.DETECTOR,
    unrelated_payers.DETECTOR,
    incomplete_kyc.DETECTOR,
    high_risk_country.DETECTOR,
    new_country.DETECTOR,
    offshore_many.DETECTOR,
    many_accounts.DETECTOR,
    peer_outlier.DETECTOR,
    risk_grade.DETECTOR,
    night.DETECTOR,
    benford.DETECTOR,
)

DETECTOR_IDS: Final = frozenset(detector.id for detector in DETECTORS)

GROUP_DETECTORS: Final[tuple[GroupDetector, ...]] = (
    round_trip.DETECTOR,
    group_structuring.DETECTOR,
    transfers.DETECTOR,
)
"""Asked of groups of connected customers."""

GROUP_DETECTOR_IDS: Final = frozenset(detector.id for detector in GROUP_DETECTORS)
