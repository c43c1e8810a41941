"""What goes over the wire: pydantic models of every topic's values. Knows nothing else of the service."""

from schemas.alert import Alert, Finding, JudgedProfile
from schemas.customer import Customer
from schemas.dead_letter import DeadLetter, DeadLetterReason
from schemas.message import Published
from schemas.policy_release import PolicyRelease
from schemas.risk_grade import RiskFactor, RiskGradeChange
from schemas.shadow_finding import ShadowFinding
from schemas.threshold_report import ThresholdReport
from schemas.transaction import Transaction

__all__ = [
    "Alert",
    "Customer",
    "DeadLetter",
    "DeadLetterReason",
    "Finding",
    "JudgedProfile",
    "PolicyRelease",
    "Published",
    "RiskFactor",
    "RiskGradeChange",
    "ShadowFinding",
    "ThresholdReport",
    "Transaction",
]
