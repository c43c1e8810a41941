"""Strangers met in each direction, and how likely a posting with one is a link of a chain that carries others' money.

Every pair of a stranger who paid and a stranger who was paid is a possible way of somebody else's money through the account.
A posting with a stranger opens as many ways as strangers were met in the opposite direction: its odds grow with that number
(noisy or), counted in the customer's own usual days where these bring several. They fall with how common strangers are for
this customer, and grow e-fold with every further stranger of the day,
measured in the customer's own usual days, so that a shop with twenty new payers a day gains nothing. What was likely before
makes it likelier again: expected days of a scheme add to the prior rate (Gamma and Poisson, with a prior of one), up to
the few days that a scheme takes.

No number is fitted; doubled or halved, each moves the ranking little, the burst's weight most. About 24 bytes.
"""

import math
import struct
from typing import Final

import msgspec

PRIOR_LOG_ODDS: Final = -8.0
"""Of a posting with a stranger, before anything is known: 1 in 3,000."""
FADING: Final = 0.25
"""What a stranger of yesterday still counts in today's burst."""
PRIOR_DAYS: Final = 7
"""Days that are added to those the customer is known for, so that the first day makes no rate."""
HALVING_DAYS: Final = 90
BURST_MOST: Final = 5.0
"""Strangers of a day, in usual days, that count: with five more than one, nearly all are links; the rest says no more."""
LARGE: Final = 2.0
LARGE_MOST: Final = 3.0
"""An amount counts by as many standard deviations as it lies above 2 of them, 3 at most."""
USUAL_RECORD: Final = 3
"""Expected days of a scheme in memory: a scheme is a few days of a customer's life. Where there are more, what looks like one
is how this customer lives."""
MOST_MET: Final = 96
"""Strangers in the opposite direction count up to here: as many counterparties as are remembered."""
_FADED: Final = FADING / (1 - FADING)
_LEVELS: Final = struct.Struct("<fffH")
_NOTHING: Final = _LEVELS.pack(0.0, 0.0, 0.0, 0)


def odds_of_record(record: float) -> float:
    """What so many expected days of a scheme do to the odds: 1 for none, 4 for three; of more they are the ordinary life.

    >>> [odds_of_record(record) for record in (0, 1, 3, 12)]
    [1, 2, 4, 1.0]
    """
    return 1 + record if record <= USUAL_RECORD else (1 + USUAL_RECORD) * USUAL_RECORD / record


class Strangers(msgspec.Struct, array_like=True, gc=False):
    """Strangers met paying in and being paid, postings, and three levels that fade."""

    met_in: int = 0
    met_out: int = 0
    postings: int = 0
    levels: bytes = _NOTHING
    """Strangers of late (fading `FADING` a day), the day's strongest evidence (a probability), expected days of a scheme
    before it (halved every `HALVING_DAYS`), and which day it is."""

    def log_odds(self, day: int, first_day: int, away: float, *, inbound: bool) -> float:
        """Log odds, without what was likely before, that a posting with a stranger is a link.

        `away`: how many standard deviations the amount lies above the customer's usual ones.
        """
        met = self.met_in + self.met_out
        evidence = math.log1p(min(MOST_MET, self.met_out if inbound else self.met_in))
        evidence -= math.log((met + 1) / (self.postings + 2))
        usual = met / (max(0, day - first_day) + PRIOR_DAYS) if first_day else 0.0
        burst = self._burst(day) - usual * _FADED
        if usual > 1:
            evidence -= math.log(usual)
            burst /= usual
        if burst > 0:
            evidence += min(BURST_MOST, burst)
        if away > LARGE:
            evidence += min(LARGE_MOST, away - LARGE)
        return PRIOR_LOG_ODDS + evidence

    def record(self, day: int) -> float:
        """Expected days of a scheme before that day."""
        _, today, record, known_day = _LEVELS.unpack(self.levels)
        if day > known_day:
            record = (record + today) * 0.5 ** ((day - known_day) / HALVING_DAYS)
        return float(record)

    def learn(self, day: int, log_odds: float | None, *, inbound: bool) -> None:
        """Count a posting; `log_odds`: as above if it was with a stranger, None otherwise."""
        self.postings += 1
        if log_odds is None:
            return
        burst, today, record, known_day = _LEVELS.unpack(self.levels)
        if day > known_day:
            burst, record, today, known_day = self._burst(day), self.record(day), 0.0, day
        likely = 1 / (1 + math.exp(-log_odds))
        self.levels = _LEVELS.pack(burst + 1, max(today, likely), record, known_day)
        if inbound:
            self.met_in += 1
        else:
            self.met_out += 1

    def _burst(self, day: int) -> float:
        burst, _, _, known_day = _LEVELS.unpack(self.levels)
        return float(burst) * FADING ** (day - known_day) if day > known_day else float(burst)
