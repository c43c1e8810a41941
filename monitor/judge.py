"""Judge: what every detector that is asked sees at one posting, from the past alone."""

from bisect import bisect_right
from collections.abc import Sequence

from monitor.customer_state import CustomerState
from monitor.detector import Detector, Observation, Observe
from monitor.policy import Rules
from monitor.posting import Posting

Asked = tuple[tuple[Detector, Observe], ...]


class Panel:
    """Detectors, and which of them are asked about a posting: it is worked out once for all postings of its like.

    Alike are postings under the same rules with the same flags and channel that are as large, and whose days are as large:
    the amounts from which detectors are asked cut the range of amounts into a few stretches.
    """

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self._detectors = tuple(detectors)
        self._under: dict[Rules, _Under] = {}

    def asked(self, state: CustomerState, posting: Posting, rules: Rules) -> Asked:
        """The detectors that are asked about the posting, in their order."""
        under = self._under.get(rules)
        if under is None:
            under = self._under[rules] = _Under(self._detectors, rules)
        amount_minor = posting.amount_minor
        like = (
            posting.flags,
            posting.channel,
            bisect_right(under.amounts, amount_minor),
            bisect_right(under.days, amount_minor + state.days.sum_of(posting.day)),
        )
        asked = under.known.get(like)
        return under.work_out(like) if asked is None else asked


Like = tuple[int, str, int, int]
"""Flags, channel, and how many of the amounts of `_Under` the posting and its day reach."""


class _Under:
    """What rules make of the detectors' declarations."""

    def __init__(self, detectors: Sequence[Detector], rules: Rules) -> None:
        self._detectors = [one for one in detectors if one.kinds is None or rules.kind in one.kinds]
        limits = rules.limits
        self._amounts = [one.least_amount(limits[one.id]) for one in self._detectors]
        self._days = [one.least_day(limits[one.id]) for one in self._detectors]
        self.amounts, self.days = sorted({*self._amounts}), sorted({*self._days})
        self.known: dict[Like, Asked] = {}

    def work_out(self, like: Like) -> Asked:
        """Who is asked about such postings."""
        flags, channel, amounts, days = like
        reached, reached_days = {*self.amounts[:amounts]}, {*self.days[:days]}
        asked = tuple(
            (one, one.observe)
            for one, amount, day in zip(self._detectors, self._amounts, self._days, strict=True)
            if amount in reached and day in reached_days and one.concerns(flags=flags, channel=channel)
        )
        self.known[like] = asked
        return asked


def judge(
    state: CustomerState, posting: Posting, rules: Rules, panel: Panel
) -> list[tuple[Detector, Observation]]:
    """All observations, findings or not, in the order of the panel's detectors. Changes nothing."""
    return [
        (detector, seen)
        for detector, observe in panel.asked(state, posting, rules)
        if (seen := observe(state, posting, rules)) is not None
    ]
