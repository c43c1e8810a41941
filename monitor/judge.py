"""Judge: what every detector that is asked sees at postings, from the past alone."""

from bisect import bisect_right
from collections.abc import Sequence

from monitor.customer_state import CustomerState
from monitor.detector import Detector, Observation, Question
from monitor.memo import may_speak
from monitor.policy import Rules
from monitor.posting import Posting

Observations = list[tuple[Detector, Observation]]
Numbers = tuple[int, ...]
"""Detectors, by their place in the panel."""


class Panel:
    """Detectors, and which of them are asked about a posting: it is worked out once for all postings of its like.

    Alike are postings under the same rules with the same flags and channel that are as large, and whose days are as large:
    the amounts from which detectors are asked cut the range of amounts into a few stretches.
    """

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self.detectors = tuple(detectors)
        self._under: dict[Rules, _Under] = {}

    def asked(self, state: CustomerState, posting: Posting, rules: Rules) -> Numbers:
        """The detectors that are asked about the posting, in their order."""
        under = self._under.get(rules)
        if under is None:
            under = self._under[rules] = _Under(self.detectors, rules)
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
        self._detectors = [
            (number, one, one.least_amount(rules.limits[one.id]), one.least_day(rules.limits[one.id]))
            for number, one in enumerate(detectors)
            if one.kinds is None or rules.kind in one.kinds
        ]
        self.amounts = sorted({amount for _, _, amount, _ in self._detectors})
        self.days = sorted({day for _, _, _, day in self._detectors})
        self.known: dict[Like, Numbers] = {}

    def work_out(self, like: Like) -> Numbers:
        """Who is asked about such postings."""
        flags, channel, amounts, days = like
        reached, reached_days = {*self.amounts[:amounts]}, {*self.days[:days]}
        asked = tuple(
            number
            for number, one, amount, day in self._detectors
            if amount in reached and day in reached_days and one.concerns(flags=flags, channel=channel)
        )
        self.known[like] = asked
        return asked


def judge(questions: Sequence[Question], panel: Panel) -> list[Observations]:
    """All observations, findings or not, at each posting, weighed before, in the panel's order. Changes nothing.

    A posting too old for an alert is not judged. One detector sees all its postings before the next sees any: its code
    stays in the processor's cache.
    """
    seen: list[Observations] = [[] for _ in questions]
    places: list[list[int]] = [[] for _ in panel.detectors]
    for place, (state, posting, rules) in enumerate(questions):
        if may_speak(state, posting.day):
            for number in panel.asked(state, posting, rules):
                places[number].append(place)
    for detector, its in zip(panel.detectors, places, strict=True):
        observe = detector.observe
        for place in its:
            state, posting, rules = questions[place]
            observation = observe(state, posting, rules)
            if observation is not None:
                seen[place].append((detector, observation))
    return seen
