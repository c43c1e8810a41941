"""Judge: what every detector sees at one posting, from the past alone."""

from collections.abc import Sequence

from monitor.customer_state import CustomerState
from monitor.detector import Detector, Observation
from monitor.policy import Rules
from monitor.posting import Posting


def judge(
    state: CustomerState, posting: Posting, rules: Rules, detectors: Sequence[Detector]
) -> list[tuple[Detector, Observation]]:
    """All observations, findings or not, in the order of `detectors`. Changes nothing."""
    seen = []
    for detector in detectors:
        observation = detector.observe(state, posting, rules)
        if observation is not None:
            seen.append((detector, observation))
    return seen
