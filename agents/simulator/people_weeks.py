"""One week of a person's postings."""

from random import Random
from typing import Final

from agents.simulator import legs
from agents.simulator.chance import HEAVY, WIDE, around, how_many, rounded
from agents.simulator.clock import AWAKE, BRANCH, OFFICE, second_of
from agents.simulator.links import write_family
from agents.simulator.parties import FUND_HOUSE, GAS, NOBODY, POWER, SHOPS, SHOPS_ABROAD, TELECOM
from agents.simulator.pen import DAY_S, Pen
from agents.simulator.people import Person
from agents.simulator.terms import at_day
from agents.simulator.weeks import Week

_STRANGE_SHOP: Final = 0.04
_BIG_PURCHASE: Final = 1 / 70
_WEEKS_A_YEAR: Final = 52
_TICKS: Final = len(AWAKE)


def write_person_week(person: Person, week: Week, rng: Random, pen: Pen) -> None:
    """All of it; `rng` is this person's and week's own."""
    _monthly(person, week, rng, pen)
    _purchases(person, week, rng, pen)
    _transfers(person, week, rng, pen)
    _cash(person, week, rng, pen)
    for link in person.circle:  # last: they draw from the links' streams
        write_family(link, person.index, week, rng, pen)


def _monthly(person: Person, week: Week, rng: Random, pen: Pen) -> None:
    random = rng.random
    day = week.paid_before.get(person.pay_day)
    if day is not None:
        job = at_day(person.jobs, day)
        amount = int(job.amount_minor * (0.97 + 0.06 * random()))
        pen.post(day, second_of(random, OFFICE), person.segment.income_leg, job.party, amount)
    day = week.paid_after.get(person.home_day)
    if day is not None:
        home = at_day(person.homes, day)
        pen.post(day, second_of(random, AWAKE), person.home_leg, home.party, home.amount_minor)
    for body, due in zip((POWER, GAS, TELECOM), person.bill_days, strict=True):
        day = week.paid_after.get(due)
        if day is not None:
            pen.post(day, second_of(random, AWAKE), legs.BILL, body, around(random, person.bill_minor, WIDE))
    if person.saves_minor:
        day = week.paid_after.get(person.pay_day)
        if day is not None:
            pen.post(day, second_of(random, OFFICE), legs.SAVINGS, FUND_HOUSE, person.saves_minor)


def _purchases(person: Person, week: Week, rng: Random, pen: Pen) -> None:
    """The bulk of a bank's postings: written out in place because a call per draw costs a third of the speed."""
    random = rng.random
    shops, leg, strange = person.shops, legs.PURCHASE, SHOPS
    if person.trip is not None and week.index % _WEEKS_A_YEAR == person.trip[0]:
        leg, strange = legs.ABROAD[person.trip[1]], SHOPS_ABROAD[person.trip[1]]
        shops = tuple(strange)
    days, shop_count, median = week.shopping, len(shops), person.purchase_minor
    day_count, steps = len(days), len(HEAVY)
    out, number = pen.out, pen.next_number
    for _ in range(how_many(random, person.purchases_per_week * week.rush)):
        at = days[int(random() * day_count)] * DAY_S + AWAKE[int(random() * _TICKS)] + int(random() * 600)
        draw = random()
        shop = shops[int(draw * draw * shop_count)]  # squared: the first ones are the favourites
        if random() < _STRANGE_SHOP:
            shop = strange[int(random() * len(strange))]
        amount = int(median * HEAVY[int(random() * steps)]) + 100
        if random() < _BIG_PURCHASE:
            amount *= 9
        out.append((at, number, person, leg, shop, amount))
        number += 1
    pen.next_number = number


def _transfers(person: Person, week: Week, rng: Random, pen: Pen) -> None:
    random, days, friends = rng.random, week.days, person.friends
    for _ in range(how_many(random, person.wallet_per_week)):
        leg = legs.WALLET_IN if random() < 0.15 else legs.WALLET_OUT  # noqa: PLR2004 - taken back out
        amount = rounded(around(random, person.purchase_minor * 3, WIDE), 50)
        pen.post(days[int(random() * len(days))], second_of(random, AWAKE), leg, person.wallet, amount)
    gifts = 4 if week.festive else 0
    for _ in range(how_many(random, person.transfers_per_week + gifts)):
        draw = random()
        leg = legs.RECEIVED if random() < 0.45 else legs.SENT  # noqa: PLR2004 - a little more is given than got
        amount = rounded(around(random, 3_000 + person.scale_minor * 0.025, HEAVY), 100 if gifts else 10)
        friend = friends[int(draw * draw * len(friends))]
        pen.post(days[int(random() * len(days))], second_of(random, AWAKE), leg, friend, amount)


def _cash(person: Person, week: Week, rng: Random, pen: Pen) -> None:
    random = rng.random
    for _ in range(how_many(random, person.cash_out_per_week * week.rush)):
        amount = rounded(around(random, person.cash_out_minor, WIDE), 100)
        pen.post(
            week.days[int(random() * len(week.days))], second_of(random, AWAKE), legs.CASH_OUT, NOBODY, amount
        )
    if not week.working:
        return
    for _ in range(how_many(random, person.cash_in_per_week)):
        amount = rounded(around(random, person.cash_in_minor, WIDE), 10)
        pen.post(rng.choice(week.working), second_of(random, BRANCH), legs.CASH_IN_BRANCH, NOBODY, amount)
