"""What goes over the wire: pydantic models of every topic's values. Knows nothing else of the service."""

from schemas.alert import Alert, Finding, JudgedProfile, Member
from schemas.customer import Customer
from schemas.dead_letter import DeadLetter, DeadLetterReason
from schemas.group_posting import GroupPosting, Source
from schemas.message import Published
from schemas.peer_part import PeerEdition, PeerGroup, PeerPart, Sketch
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
    "GroupPosting",
    "JudgedProfile",
    "Member",
    "PeerEdition",
    "PeerGroup",
    "PeerPart",
    "PolicyRelease",
    "Published",
    "RiskFactor",
    "RiskGradeChange",
    "ShadowFinding",
    "Sketch",
    "Source",
    "ThresholdReport",
    "Transaction",
]
