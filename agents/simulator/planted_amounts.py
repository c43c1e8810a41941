"""Planted: more, oftener, larger, at other hours, or in telling amounts. Sizes are drawn, some of them subtle."""

from agents.simulator.chance import rounded
from agents.simulator.clock import NIGHT_RUN, second_of
from agents.simulator.legs import CASH_IN_BRANCH, CASH_OUT_BRANCH, CLIENT, RECEIVED, SENT
from agents.simulator.pen import DAY_S
from agents.simulator.scene import Scene


def daily_volume(scene: Scene) -> None:
    """One to three days on which one to six months' money moves one way, through parties that are known."""
    rng = scene.rng
    leg = rng.choice((RECEIVED, SENT))
    for day in scene.some_working_days(rng.randint(1, 3), 6):
        total = max(scene.usual_day_minor * scene.heavy(25, 0.6), scene.heavy(3_000_000))
        pieces = rng.randint(2, 6)
        for _ in range(pieces):
            scene.transfer(day, leg, scene.friend(), total / pieces * rng.uniform(0.5, 1.5))


def frequency(scene: Scene) -> None:
    """Days of many ordinary transfers where there used to be a few a week."""
    rng = scene.rng
    usual = scene.heavy(60_000, 0.8)
    for day in scene.some_working_days(rng.randint(3, 6), 8):
        for _ in range(rng.randint(7, 22)):
            scene.transfer(day, rng.choice((SENT, SENT, RECEIVED)), scene.friend(), scene.heavy(usual))


def single_amount(scene: Scene) -> None:
    """One posting far above any of the customer's own."""
    rng = scene.rng
    least = 25_000_000 if scene.customer.kind == "person" else 100_000_000
    amount = max(scene.customer.scale_minor * rng.uniform(6, 25), least * rng.uniform(0.7, 4))
    party = scene.stranger() if rng.random() < 0.6 else scene.friend()  # noqa: PLR2004 - not always a new party
    scene.transfer(scene.some_working_days(1, 5)[0], rng.choice((RECEIVED, SENT)), party, amount)


def behaviour_change(scene: Scene) -> None:
    """Two weeks in which a year's money moves, both ways and day after day, where nothing of the kind was before."""
    rng = scene.rng
    days = scene.working_days(10)
    payments = rng.randint(3, 7) * len(days)
    total = scene.declared_minor("expected_monthly_volume") * rng.uniform(9, 18)
    for place in range(payments):
        leg = RECEIVED if place < payments / 2 else SENT
        scene.transfer(rng.choice(days), leg, scene.friend(), scene.heavy(total / payments, 0.3))


def just_below(scene: Scene) -> None:
    """For weeks, amounts that keep to within a tenth below the reporting threshold: of cash, or of transfers."""
    rng = scene.rng
    days = scene.working_days(22)
    in_cash = rng.random() < 0.6  # noqa: PLR2004
    threshold = 50_000 if in_cash else 500_000 if scene.customer.kind == "person" else 2_000_000
    count = rng.randint(6, 11)
    for place in range(count):
        day = days[place * len(days) // count]
        amount = threshold * rng.uniform(0.905, 0.995)
        if in_cash:
            scene.cash(day, rng.choice((CASH_IN_BRANCH, CASH_OUT_BRANCH)), amount)
        else:
            scene.transfer(day, rng.choice((RECEIVED, SENT)), scene.friend(), amount * 100)


def round_amounts(scene: Scene) -> None:
    """Within a week, many transfers of whole ten thousands."""
    rng = scene.rng
    step = 10_000 if scene.customer.kind == "person" else 50_000
    for _ in range(rng.randint(8, 18)):
        day = min(scene.start + rng.randrange(6), scene.plan.days - 1)
        party = scene.stranger() if rng.random() < 0.5 else scene.friend()  # noqa: PLR2004 - known and unknown ones
        amount = rounded(step * 100 * rng.uniform(1, 8), step)
        scene.transfer(day, rng.choice((RECEIVED, SENT)), party, amount)


def equal_amounts(scene: Scene) -> None:
    """Within a day, the same amount or nearly the same, again and again, to others or from others."""
    rng = scene.rng
    day = scene.some_working_days(1, 5)[0]
    leg, spread = rng.choice((RECEIVED, SENT)), rng.choice((0.0, 0.01, 0.04))
    amount = rounded(scene.heavy(max(500_000, scene.usual_day_minor)), 100)
    for _ in range(rng.randint(6, 14)):
        party = scene.stranger() if rng.random() < 0.7 else scene.friend()  # noqa: PLR2004 - mostly new ones
        scene.transfer(day, leg, party, amount * (1 + spread * rng.uniform(-1, 1)))


def night(scene: Scene) -> None:
    """Some nights of ordinary transfers between one and five, by somebody who sleeps then."""
    rng = scene.rng
    usual = scene.heavy(max(100_000, scene.usual_day_minor * 0.3))
    for day in sorted(
        rng.sample(range(scene.start, min(scene.start + 12, scene.plan.days)), rng.randint(3, 6))
    ):
        for _ in range(rng.randint(2, 5)):
            party = scene.stranger() if rng.random() < 0.4 else scene.friend()  # noqa: PLR2004 - mostly known ones
            second = second_of(rng.random, NIGHT_RUN)
            scene.pen.post(
                day, second, rng.choice((SENT, RECEIVED)), party, max(1_000, int(scene.heavy(usual)))
            )


def benford(scene: Scene) -> None:
    """A company's invoices whose first digits somebody thought up: high ones as often as low ones."""
    rng = scene.rng
    days = scene.working_days(22)
    # the power of ten nearest to the usual invoice, so that the digit is the only thing that is odd
    scale = 10 ** (len(str(int(scene.usual_day_minor))) - 1)
    for _ in range(rng.randint(80, 140)):
        digit = rng.choice((3, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9))
        scene.transfer(rng.choice(days), CLIENT, scene.friend(), (digit + rng.random()) * scale)


def velocity(scene: Scene) -> None:
    """A burst: dozens of transfers within an hour or less."""
    rng = scene.rng
    day = scene.some_working_days(1, 5)[0]
    second = rng.randint(8 * 3_600, 22 * 3_600)
    gap = rng.uniform(45, 200)
    leg, usual = rng.choice((SENT, SENT, RECEIVED)), scene.heavy(50_000, 0.8)
    for _ in range(rng.randint(12, 36)):
        second = min(DAY_S - 1, second + 1 + int(rng.expovariate(1 / gap)))
        party = scene.stranger() if rng.random() < 0.5 else scene.friend()  # noqa: PLR2004 - known and unknown ones
        scene.pen.post(day, second, leg, party, max(1_000, int(scene.heavy(usual))))
