"""Planted: more, oftener, larger, or in cash, against the customer's own habits. Sizes are drawn, some of them subtle."""

from agents.simulator.legs import CASH_IN_BRANCH, CASH_OUT_BRANCH, RECEIVED, SENT
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


def cash_preference(scene: Scene) -> None:
    """Weeks of cash from a customer who hardly used any, each sum unremarkable."""
    rng = scene.rng
    usual = min(38_000, max(3_000, scene.customer.scale_minor / 100 * rng.uniform(0.2, 0.8)))
    for day in scene.some_working_days(rng.randint(9, 18), 22):
        leg = CASH_IN_BRANCH if rng.random() < 0.7 else CASH_OUT_BRANCH  # noqa: PLR2004 - mostly brought in
        scene.cash(day, leg, min(45_000, scene.heavy(usual, 0.35)))


def structuring(scene: Scene) -> None:
    """Cash brought in below the reporting threshold of 50,000, several times within ten working days."""
    rng = scene.rng
    least = rng.choice((40_000, 42_000, 45_000, 48_000))
    total = 0.0
    for day in scene.some_working_days(rng.randint(3, 9), 10):
        for _ in range(2 if rng.random() < 0.2 else 1):  # noqa: PLR2004 - two branches on one day
            amount = rng.uniform(least, 49_900)
            total += amount
            scene.cash(day, CASH_IN_BRANCH, amount, rng.choice((100, 500)))
    if rng.random() < 0.5:  # noqa: PLR2004 - half of them send it on
        scene.transfer(
            scene.working_days(10)[-1], SENT, scene.stranger(), total * 100 * rng.uniform(0.7, 0.98)
        )


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
