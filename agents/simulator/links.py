"""Regular dealings between two customers of the bank: both sides' postings follow from one stream.

Each side draws the link's stream again for itself, so neither needs to know the other's habits, and the two accounts
tell the same story. (Wages and purchases are not links: employers pay by one batch, shops are settled by the acquirer.)
"""

from itertools import pairwise
from random import Random
from typing import Final, NamedTuple

from agents.simulator.chance import WIDE, around, how_many, mix, rounded
from agents.simulator.clock import AWAKE, OFFICE, second_of
from agents.simulator.legs import CLIENT, FAMILY_RECEIVED, FAMILY_SENT, INTRA_IN, INTRA_OUT, SUPPLIER, Leg
from agents.simulator.parties import own_customer
from agents.simulator.pen import Pen
from agents.simulator.plan import SimulationPlan
from agents.simulator.profiles import GROUP, PERSONS_IN_GROUP, customer_id, kind_of
from agents.simulator.weeks import Week

_CIRCLE: Final = ((1, 0.65, 1.0), (2, 0.45, 0.5), (4, 0.3, 0.4))
"""Place apart (exclusive or), how many such pairs know each other, how often they pay against relatives: relatives first."""
_TRADE_SHARE: Final = 0.35
_FAMILY, _TRADE, _INTRA = 21, 22, 23
_GROUPED_SHARE: Final = 0.07
"""Of the groups of neighbours, whose companies have one owner: so one customer in a hundred is in a group of companies."""


class Link(NamedTuple):
    """Payments that mostly go from `payer` to `payee`, both of them customers (by index)."""

    payer: int
    payee: int
    seed: int
    median_minor: int
    per_week: float
    back_share: float
    """Share of the payments that go the other way."""
    out: Leg = SUPPLIER
    into: Leg = CLIENT
    """The payer's posting of a trade, and the payee's."""


def circle_of(plan: SimulationPlan, index: int) -> tuple[Link, ...]:
    """The relative and the close friends of a person who are customers too."""
    first, place = index - index % GROUP, index % GROUP
    links = []
    for apart, share, often in _CIRCLE:
        payer, payee = sorted((index, first + (place ^ apart)))
        if payee - first >= PERSONS_IN_GROUP or payee >= plan.customers:
            continue
        rng = Random(mix(plan.seed, _FAMILY, payer, apart))
        seed, median, back = (
            rng.getrandbits(62),
            around(rng.random, 60_000 * often, WIDE),
            rng.uniform(0.1, 0.5),
        )
        link = Link(payer, payee, seed, median, often * rng.uniform(0.1, 0.8), back)
        if rng.random() < share:
            links.append(link)
    return tuple(links)


def trades_of(plan: SimulationPlan, index: int) -> tuple[Link, ...]:
    """The group's companies that a company buys from and sells to: each may buy from the next."""
    links = []
    for payer, payee in pairwise(_companies_near(plan, index)):
        rng = Random(mix(plan.seed, _TRADE, payer))
        link = Link(
            payer, payee, rng.getrandbits(62), around(rng.random, 1_200_000, WIDE), rng.uniform(0.2, 1.0), 0.0
        )
        if index in (payer, payee) and rng.random() < _TRADE_SHARE:
            links.append(link)
    return tuple(links)


def _companies_near(plan: SimulationPlan, index: int) -> list[int]:
    first = index - index % GROUP + PERSONS_IN_GROUP
    return [i for i in range(first, first + 3) if i < plan.customers and kind_of(i) == "company"]


def group_record(plan: SimulationPlan, index: int) -> dict[str, object]:
    """The group and the owner of a company that has sisters at this bank; nothing for most companies."""
    first = index - index % GROUP
    rng = Random(mix(plan.seed, _INTRA, first))
    if rng.random() >= _GROUPED_SHARE or kind_of(index) != "company":
        return {}
    owner = customer_id(first + rng.randrange(PERSONS_IN_GROUP))
    return {"group_id": f"G{first + rng.randrange(10):07d}", "beneficial_owners": [owner]}


def sisters_of(plan: SimulationPlan, index: int) -> tuple[Link, ...]:
    """Weekly payments between the first company of its group and the others, which have part of it back: a treasury."""
    if not group_record(plan, index):
        return ()
    parent, *daughters = _companies_near(plan, index)
    links = []
    for daughter in daughters:
        rng = Random(mix(plan.seed, _INTRA, daughter))
        seed, median, often = rng.getrandbits(62), around(rng.random, 1_500_000, WIDE), rng.uniform(0.6, 1.2)
        if index in (parent, daughter):
            links.append(Link(daughter, parent, seed, median, often, 0.35, INTRA_OUT, INTRA_IN))
    return tuple(links)


def write_family(link: Link, index: int, week: Week, rng: Random, pen: Pen) -> None:
    """This week's transfers between relatives, from the side of `index`. More at the Spring Festival."""
    rng.seed(mix(link.seed, week.index))
    for _ in range(how_many(rng.random, link.per_week * (2.5 if week.festive else 1.0))):
        day = rng.choice(week.days)
        second = second_of(rng.random, AWAKE)
        back = rng.random() < link.back_share
        amount = rounded(around(rng.random, link.median_minor, WIDE), 100)
        leg = FAMILY_SENT if (link.payer == index) != back else FAMILY_RECEIVED
        pen.post(day, second, leg, own_customer(link.payee if index == link.payer else link.payer), amount)


def write_trade(link: Link, index: int, week: Week, rng: Random, pen: Pen) -> None:
    """This week's deliveries paid between two companies, from the side of `index`."""
    if not week.working:
        return
    rng.seed(mix(link.seed, week.index))
    for _ in range(how_many(rng.random, link.per_week * week.work)):
        day = rng.choice(week.working)
        second = second_of(rng.random, OFFICE)
        amount = around(rng.random, link.median_minor, WIDE)
        back = link.back_share > 0 and rng.random() < link.back_share
        leg = link.out if (index == link.payer) != back else link.into
        pen.post(day, second, leg, own_customer(link.payee if index == link.payer else link.payer), amount)
