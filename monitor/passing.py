"""Whether money only passes: how much likelier a posting is forwarded, or planted, than one of this customer's usual ones.

Two intensities (postings a day and unit of log amount) are compared. *Usual*: the customer's own rate in that direction and
channel, times a density of log amounts: Student's t around the mean (the predictive distribution of a normal with unknown
mean and variance), and one in ten anywhere within two decades. *Forwarded*: an incoming posting is passed on with a
probability that its own rarity gives it, after 1.5 days on average, from the same account to another counterparty, less a fee
of 0 to 10 %. *Planted*: much larger than usual, nobody knows how much, once in about three years, and more so soon after
another. A busy account, a common amount and many candidates all raise what is usual, so that none of them needs a rule.

Cash and card pass nothing on. The numbers are priors, none is fitted; doubled or halved, each changes the ranking little
(the least so the fee; `make eval` shows what the whole is worth). 17 bytes for each direction and channel in use, 21 for each
incoming posting of the last five days, at most eight; 32-bit floats, so that weights are off by 1 part in 10 million; probabilities of incoming postings in 65,535 parts.
"""

import math
import struct
from typing import Final

import msgspec

from monitor.calendar import DAY_S
from monitor.posting import Match, Posting

DELAY_DAYS: Final = 1.5
"""Mean time until money is passed on: 86 % within the three days of the rule."""
KEEP_DAYS: Final = 5
"""How long an incoming posting is remembered as one that may be passed on: 96 % are by then."""
FEE: Final = 0.1
"""The most that who passes it on keeps."""
FIGURE_SHARE: Final = 0.5
"""Prior that what is passed on in another currency has the same figure, not the same value."""
PENDING: Final = 8
HALVING_DAYS: Final = 90
PRIOR_POSTINGS: Final = 5.0
PRIOR_SPREAD: Final = 1.5
"""Standard deviation of log amounts before anything is known: a factor of 4.5 either way."""
PRIOR_DAYS: Final = 7.0
"""One posting a week before anything is known."""
PLANTED_A_DAY: Final = 1 / 1000
FOLLOWERS: Final = 0.1
RUN_DAYS: Final = 14.0
"""A planted posting is followed by so many others within ten working days, the 短期 of the rules."""
KNOWN: Final = 0.1
"""How much of it comes from or goes to somebody met before: wages come every month, and go into the same savings."""
EXCEPTIONS: Final = 0.1
ANY: Final = 0.01
"""Least probability that an incoming posting is going to be passed on."""
CHANNELS: Final = {"transfer": (0, 1.0), "cheque": (1, 1.0), "other": (2, 0.05)}
"""Channel to its number and to how often money is passed on in it; in the others never."""

_PRIOR_VARIANCE: Final = PRIOR_POSTINGS * PRIOR_SPREAD**2
_TAU_DAYS: Final = HALVING_DAYS / math.log(2)
_TAU_S: Final = _TAU_DAYS * DAY_S
_LOG_DECADES: Final = math.log(100.0)
_WIDTH: Final = -math.log(1 - FEE)
_ROUNDING: Final = -0.0005
_QUARTERS: Final = 120
"""Degrees of freedom are told apart by quarters, up to 30: nobody is believed to be any more regular."""
_T_CONSTANTS: Final = (
    0.0,
    *(
        math.lgamma((df / 4 + 1) / 2) - math.lgamma(df / 8) - 0.5 * math.log(df / 4 * math.pi)
        for df in range(1, _QUARTERS + 1)
    ),
)
_FLOW: Final = struct.Struct("<BfffI")
"""Direction and channel, postings, mean and variance of log amounts, when; faded to then."""
_AT_S: Final = struct.Struct("<I")
_ENTRY: Final = struct.Struct("<HIffHIB")
"""Probability (in 65,535 parts), when, log figure, log amount, account (16 bits of its key), counterparty, channel."""
_PARTS: Final = 0xFFFF
_AT: Final = 2
"""Where in an entry it is told when."""


class Passing(msgspec.Struct, array_like=True, gc=False):
    """Rates and amounts by direction and channel, what came in lately, and how much was planted lately."""

    flows: bytes = b""
    pending: bytes = b""
    planted: float = 0.0
    """Planted postings, fading over `RUN_DAYS`, as of `planted_s`."""
    planted_s: int = 0

    def weigh(self, posting: Posting, first_day: int, *, is_known: bool) -> Match | None:
        """How the posting stands to the past; None where its channel passes nothing on.

        `first_day`: the customer's first, 0 if there is none yet. `is_known`: whether the counterparty was met before.
        """
        channel = CHANNELS.get(posting.channel)
        if channel is None:
            return None
        number, often = channel
        inbound, now_s, value = posting.inbound, posting.local_s, math.log(posting.amount_minor)
        flow = self._flow(2 * number + inbound, now_s)
        at, held, mean, variance, _ = flow
        if at < 0:
            mean = self._mean_of_other(2 * number + (not inbound), value)
        away, likely, source_s, share = value - mean, 0.0, 0, 0.0
        if away > 0:
            followers = FOLLOWERS * self._planted_now(now_s) / RUN_DAYS
            likely = (PLANTED_A_DAY + followers) / _LOG_DECADES
        if self.pending and not inbound:
            passed, source_s, share = self._passed_on(posting, number, value)
            likely += passed
        if not likely:
            return Match(0.0, 0, 0.0, value, flow)
        variance = (_PRIOR_VARIANCE + held * variance) / (PRIOR_POSTINGS + held)
        variance *= 1 + 1 / (held + 1)
        quarters = min(_QUARTERS, int(4 * (held + PRIOR_POSTINGS)))
        freedom = quarters / 4
        bell = math.exp(
            _T_CONSTANTS[quarters]
            - 0.5 * math.log(variance)
            - (freedom + 1) / 2 * math.log1p(away * away / variance / freedom)
        )
        known_days = max(0.0, now_s / DAY_S - first_day) if first_day else 0.0
        days = _TAU_DAYS * (1 - math.exp(-known_days / _TAU_DAYS)) + PRIOR_DAYS
        usual = (held + 1) / days * ((1 - EXCEPTIONS) * bell + EXCEPTIONS / _LOG_DECADES)
        if is_known:
            likely *= KNOWN
        return Match(often * likely / usual, source_s, share, value, flow)

    def learn(self, posting: Posting, match: Match) -> None:
        """Count the posting, and remember it as one that may be passed on if it came in."""
        now_s, value, number = posting.local_s, match.log_amount, CHANNELS[posting.channel][0]
        probability = match.odds / (1 + match.odds)
        self.planted = self._planted_now(now_s) + probability
        self.planted_s = max(now_s, self.planted_s)
        if posting.inbound:
            self._remember(posting, number, value, ANY + (1 - ANY) * probability)
        at, held, mean, variance, newest_s = match.flow
        if at < 0:
            self.flows += _FLOW.pack(2 * number + posting.inbound, 1.0, value, 0.0, now_s)
            return
        away = value - mean
        mean += away / (held + 1)
        variance = (held * variance + away * (value - mean)) / (held + 1)
        flows = self.flows
        row = _FLOW.pack(flows[at], held + 1, mean, variance, max(now_s, newest_s))
        self.flows = flows[:at] + row + flows[at + _FLOW.size :]

    def planted_on(self, day: int) -> float:
        """Planted postings, fading, as of the end of a business date."""
        return self._planted_now((day + 1) * DAY_S)

    def _flow(self, key: int, now_s: int) -> tuple[int, float, float, float, int]:
        """The flow of a direction and channel, faded to now, as `Match.flow`; late postings fade nothing."""
        at = self.flows[:: _FLOW.size].find(key)
        if at < 0:
            return -1, 0.0, 0.0, 0.0, 0
        at *= _FLOW.size
        _, held, mean, variance, newest_s = _FLOW.unpack_from(self.flows, at)
        if now_s > newest_s:
            held *= math.exp((newest_s - now_s) / _TAU_S)
        return at, held, mean, variance, newest_s

    def _mean_of_other(self, key: int, value: float) -> float:
        """Before the first posting in a direction, the other's mean; without that, the posting's own: no departure."""
        other = self.flows[:: _FLOW.size].find(key)
        return value if other < 0 else float(_FLOW.unpack_from(self.flows, other * _FLOW.size)[2])

    def _planted_now(self, now_s: int) -> float:
        if now_s <= self.planted_s:
            return self.planted
        return self.planted * math.exp((self.planted_s - now_s) / (RUN_DAYS * DAY_S))

    def _passed_on(self, posting: Posting, number: int, value: float) -> tuple[float, int, float]:
        """Intensity of the posting as one that passes on what came; when the likeliest of that came, and its share."""
        figure, account, to = math.log(posting.figure), posting.account & 0xFFFF, posting.counterparty or 0
        intensity = most = share = 0.0
        source_s = 0
        for likely, at_s, came_figure, came, came_to, came_from, channel in _ENTRY.iter_unpack(self.pending):
            late_s = posting.local_s - at_s
            if not 0 <= late_s <= KEEP_DAYS * DAY_S or came_to != account or channel != number:
                continue
            if to and came_from == to:
                continue
            fits = FIGURE_SHARE if _ROUNDING <= came_figure - figure <= _WIDTH else 0.0
            fits += 1 - FIGURE_SHARE if _ROUNDING <= came - value <= _WIDTH else 0.0
            if not fits:
                continue
            term = likely / _PARTS * math.exp(-late_s / (DELAY_DAYS * DAY_S)) / DELAY_DAYS * fits / _WIDTH
            intensity += term
            if term > most:
                most, source_s = term, at_s
                share = math.exp(min(0.0, max(figure - came_figure, value - came, -_WIDTH)))
        return intensity, source_s, share

    def _remember(self, posting: Posting, number: int, value: float, probability: float) -> None:
        """Keep the likeliest to be passed on of the last days."""
        now_s, size = posting.local_s, _ENTRY.size
        pending, oldest_s = self.pending, now_s - KEEP_DAYS * DAY_S
        entries = [
            pending[at : at + size]
            for at in range(0, len(pending), size)
            if _AT_S.unpack_from(pending, at + _AT)[0] >= oldest_s
        ]
        figure, account = math.log(posting.figure), posting.account & 0xFFFF
        entries.append(
            _ENTRY.pack(
                round(probability * _PARTS), now_s, figure, value, account, posting.counterparty or 0, number
            )
        )
        if len(entries) > PENDING:
            entries.remove(min(entries, key=lambda entry: _still_likely(entry, now_s)))
        self.pending = b"".join(entries)


def _still_likely(entry: bytes, now_s: int) -> float:
    probability, at_s, *_ = _ENTRY.unpack(entry)
    return int(probability) * math.exp(min(0, at_s - now_s) / (DELAY_DAYS * DAY_S))
