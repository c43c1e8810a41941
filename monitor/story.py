"""Stories: a customer's past and a present in a few lines, told in days before and after today.

Each detector carries two, one that it has to find and one that it has to leave alone; the catalogue shows them and the
contract tests run them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypedDict, Unpack, cast

from monitor.calendar import DAY_S, date_of
from monitor.posting import Posting
from monitor.profile import Profile
from monitor.stats.counterparties import counterparty_key
from monitor.stats.peers import Snapshot
from monitor.stats.recent import short_name
from monitor.stats.sketch import LogSketch
from schemas import PeerEdition, PeerGroup, Sketch
from schemas.customer import Kind

_PEERS: Final = 40
TODAY: Final = 20_514
"""The day that stories call 0: 2026-03-02, a Monday."""


@dataclass(frozen=True)
class Act:
    """One posting of a story; amount in major units, time of day in hours."""

    day: int
    amount: float
    inbound: bool
    who: str | None
    channel: str
    hour: float
    country: str = "CN"
    """Of the counterparty."""
    account: str = "A1"
    is_entity: bool = False
    """Whether the counterparty's name has a legal form."""


@dataclass(frozen=True)
class Story:
    """What happened, in words and as postings. Today's are judged; the earlier ones are the past."""

    text: str
    acts: tuple[Act, ...]
    kind: str = "person"
    profile: Profile | None = None
    """The KYC record, in effect before the first act; None: no record, and the customer is judged as of `kind`."""
    peer_volume: float | None = None
    """What each of 40 customers of the kind moves in a month, major units; None: no peers are known."""

    def peer_edition(self) -> PeerEdition | None:
        """Those 40, as they would be published."""
        if self.peer_volume is None:
            return None
        volumes = LogSketch()
        for _ in range(_PEERS):
            volumes.add(self.peer_volume * 100)
        few = Sketch(bins={1: _PEERS})
        kind = cast(Kind, self.profile.kind if self.profile is not None else self.kind)
        group = PeerGroup(
            kind=kind,
            industry=None,
            size=None,
            customers=_PEERS,
            volume=Sketch(bins=dict(volumes.bins)),
            postings=few,
            cash=few,
        )
        as_of = date_of(TODAY)
        return PeerEdition(month="2026-02", as_of=as_of, effective_from_ms=0, currency="CNY", groups=[group])

    def postings(self) -> Iterable[tuple[bool, Posting]]:
        """Whether each posting is today's, and the posting; in order of time."""
        edition = self.peer_edition()
        peers = None if edition is None else Snapshot([edition])
        ordered = sorted(self.acts, key=lambda act: (act.day, act.hour))
        for number, act in enumerate(ordered):
            local_s = (TODAY + act.day) * DAY_S + int(act.hour * 3600)
            at_s = local_s - 8 * 3600
            yield (
                act.day >= 0,
                Posting(
                    transaction_id=f"T{number:05d}",
                    name=short_name(f"T{number:05d}"),
                    customer_id="C1",
                    at_ms=at_s * 1000,
                    at_s=at_s,
                    local_s=local_s,
                    day=TODAY + act.day,
                    amount_minor=round(act.amount * 100),
                    inbound=act.inbound,
                    channel=act.channel,
                    counterparty=None
                    if act.who is None or act.channel == "card"
                    else counterparty_key(act.who),
                    country=act.country,
                    reverses=None,
                    figure=act.amount,
                    account=counterparty_key(act.account),
                    is_foreign=act.country != "CN",
                    is_round=not act.amount % 1000,
                    is_entity=act.inbound and act.is_entity,
                    peers=peers,
                ),
            )


class More(TypedDict, total=False):
    """What few stories need to say of a posting."""

    country: str
    account: str
    is_entity: bool


def paid_in(
    amount: float,
    *days: int,
    who: str | None = None,
    channel: str = "transfer",
    hour: float = 10.0,
    **more: Unpack[More],
) -> tuple[Act, ...]:
    """The amount came in, once on each of the days (0 is today)."""
    return tuple(Act(day, amount, True, who, channel, hour, **more) for day in days)


def paid_out(
    amount: float,
    *days: int,
    who: str | None = None,
    channel: str = "transfer",
    hour: float = 15.0,
    **more: Unpack[More],
) -> tuple[Act, ...]:
    """The amount went out, once on each of the days (0 is today)."""
    return tuple(Act(day, amount, False, who, channel, hour, **more) for day in days)


def every(step: int, *, since: int, until: int = -1) -> tuple[int, ...]:
    """The days from `since` to `until`, each `step`-th.

    >>> every(7, since=-21)
    (-21, -14, -7)
    """
    return tuple(range(since, until + 1, step))


ORDINARY: Final = (
    *paid_in(9000, *every(30, since=-180), who="employer"),
    *paid_out(3000, *every(30, since=-178), who="landlord"),
    *paid_out(180, *every(2, since=-180), channel="card", hour=18),
    *paid_out(600, *every(7, since=-175), who="family"),
    *paid_out(300, *every(14, since=-170), channel="cash", hour=11),
)
"""An ordinary person's half year: a salary, the rent, shopping every other day, family, a little cash."""
