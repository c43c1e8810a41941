"""A posting as the core sees it: a validated transaction in base minor units and the bank's business date."""

import msgspec

from monitor.calendar import HOUR_S
from monitor.stats.peers import Snapshot
from monitor.stats.standings import Standing


class Match(msgspec.Struct, frozen=True, gc=False):
    """How likely it is that a posting passes money on: see `monitor.passing`."""

    odds: float
    """Of forwarded or planted, over one of the usual."""
    source_s: int
    """`local_s` of the likeliest incoming posting that this one passes on; 0: none."""
    share: float
    """What went out of what came in there, 0.9 to 1."""
    log_amount: float
    """Of the amount in minor units."""
    flow: tuple[int, float, float, float, int]
    """What is known of the posting's direction and channel: where it is kept (-1: nowhere yet), postings, mean and variance
    of log amounts, faded to now, and when it was last changed."""


class Posting(msgspec.Struct, gc=False):
    """One valid transaction. `at_s`, `at_ms`: epoch seconds, milliseconds; `local_s`: seconds on the bank's wall clock; `day`: business date."""

    transaction_id: str
    name: bytes
    """The transaction_id as states keep it: `monitor.stats.recent.short_name`."""
    customer_id: str
    at_ms: int
    at_s: int
    local_s: int
    day: int
    amount_minor: int
    inbound: bool
    channel: str
    counterparty: int | None
    country: str | None
    reverses: str | None
    figure: float = 1.0
    """The amount as it was written, major units of its own currency."""
    account: int = 0
    """Key of the customer's account: `monitor.stats.counterparties.counterparty_key`."""
    is_foreign: bool = False
    """Whether the counterparty is in another country than the bank."""
    in_foreign_currency: bool = False
    is_round: bool = False
    """Whether the amount, in its own currency, is a multiple of a thousand (100,000 where the currency has no decimals)."""
    is_entity: bool = False
    """Whether the payer's name says that it is no person."""
    counterparty_customer: str | None = None
    """The other side's customer_id, when it is our customer too."""
    unknown_fields: int = 0
    is_ranked: bool = False
    """Whether what falls short of a finding matters, too: the posting is to be ranked among others."""
    flags: int = 0
    """What it is for this customer, and what is so when it comes (`monitor.stats.recent`)."""
    reporting_minor: int | None = None
    """The reporting threshold T that applies to it; None: no rule has one."""
    match: Match | None = None
    """Weighed once, asked for by judging and by learning, as what follows. None where nothing is passed on."""
    departure: float | None = None
    """`AmountHabit.weigh`'s log ratio in the customer's past, bounded by how often it departs for no reason."""
    explained: float = 0.0
    """The probability that this is such a departure for no reason."""
    away: float = 0.0
    """How many standard deviations the amount lies above the customer's usual ones; 0: not above them."""
    link: float | None = None
    """With somebody not met before: `Strangers.log_odds`, without what was likely before."""
    other_end: Standing | None = None
    """What is known of the stranger's account, if it is one of this bank's."""
    peers: Snapshot | None = None
    """What comparable customers did, as it was in force at the record's timestamp; None: not known yet."""

    @property
    def cash(self) -> bool:
        """Whether it was paid in or out in notes and coins."""
        return self.channel == "cash"

    @property
    def hour(self) -> int:
        """Hours since 1970-01-01T00:00 on the bank's wall clock."""
        return self.local_s // HOUR_S
