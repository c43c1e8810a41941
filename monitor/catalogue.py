"""The detectors, in the order in which people read them."""

from typing import Final

from monitor.detector import Detector
from monitor.detectors import (
    cash_preference,
    counterparty_drift,
    daily_volume,
    dormant,
    expected_activity,
    fan_in,
    fan_out,
    frequency,
    high_risk_country,
    income_mismatch,
    incomplete_kyc,
    many_accounts,
    new_counterparties,
    new_country,
    offshore_many,
    pass_through,
    risk_grade,
    scale_mismatch,
    single_amount,
    structuring,
    unrelated_payers,
    velocity,
)

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
    income_mismatch.DETECTOR,
    scale_mismatch.DETECTOR,
    expected_activity.DETECTOR,
    unrelated_payers.DETECTOR,
    incomplete_kyc.DETECTOR,
    high_risk_country.DETECTOR,
    new_country.DETECTOR,
    offshore_many.DETECTOR,
    many_accounts.DETECTOR,
    risk_grade.DETECTOR,
)

DETECTOR_IDS: Final = frozenset(detector.id for detector in DETECTORS)
