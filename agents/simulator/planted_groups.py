"""Planted: what connected customers do together. Each of them alone would pass, or nearly."""

from agents.simulator.clock import OFFICE, second_of
from agents.simulator.holidays import is_working
from agents.simulator.legs import CASH_IN_BRANCH
from agents.simulator.pen import DAY_S
from agents.simulator.profiles import GROUP, customer_id
from agents.simulator.scene import Scene

_HOUR_S = 3_600


def connect(scene: Scene) -> None:
    """Give the members a group and an owner in their records."""
    first = scene.customer.index
    owner = customer_id(first - first % GROUP)
    for member in scene.members:
        member.customer.rewrite(group_id=f"G9{first:06d}", beneficial_owners=[owner])


def connect_companies(scene: Scene) -> None:
    """The same for companies, which have paid each other now and then before it begins."""
    connect(scene)
    rng = scene.rng
    for monday in range(0, scene.start, 7):
        giver, taker = rng.sample(scene.members, 2)
        day = monday + rng.randrange(5)
        if is_working(scene.plan.date_of(day)) and day < scene.start:
            amount = giver.customer.scale_minor * rng.uniform(0.01, 0.05)
            giver.pay(taker, day * DAY_S + second_of(rng.random, OFFICE), amount)


def round_trip(scene: Scene) -> None:
    """Money goes round the group and is back within days, up to three times, a little less at each station."""
    rng, members = scene.rng, scene.members
    for day in scene.some_working_days(rng.randint(1, 3), 8):
        second = day * DAY_S + second_of(rng.random, OFFICE)
        amount = members[0].usual_day_minor * rng.uniform(4, 15)
        for giver, taker in zip(members, (*members[1:], members[0]), strict=True):
            giver.pay(taker, second, amount)
            second += int(rng.uniform(2, 30) * _HOUR_S)
            amount *= rng.uniform(0.985, 1)


def group_structuring(scene: Scene) -> None:
    """Within five working days each member brings cash once or twice, always a little less than the threshold."""
    rng = scene.rng
    days = scene.working_days(5)
    for member in scene.members:
        for _ in range(rng.randint(1, 2)):
            member.cash(rng.choice(days), CASH_IN_BRANCH, rng.uniform(41_000, 49_900))


def sudden_transfers(scene: Scene) -> None:
    """Within three days one member is sent, or sends, all the others many times what they ever paid each other."""
    rng = scene.rng
    days = scene.working_days(3)
    centre = rng.choice(scene.members)
    usual = max(member.customer.scale_minor for member in scene.members)
    gathers = rng.random() < 0.5  # noqa: PLR2004
    for other in scene.members:
        for _ in range(rng.randint(1, 3) if other is not centre else 0):
            giver, taker = (other, centre) if gathers else (centre, other)
            second = rng.choice(days) * DAY_S + second_of(rng.random, OFFICE)
            giver.pay(taker, second, usual * rng.uniform(0.6, 2))
