"""Planted: cash, in sums or from people that it should not come from."""

from agents.simulator.legs import CASH_IN_BRANCH, CASH_OUT_BRANCH, SENT
from agents.simulator.parties import new_person
from agents.simulator.scene import Scene


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
            amount = rng.uniform(least, 49_700)  # 500 more would round up to the threshold itself
            total += amount
            scene.cash(day, CASH_IN_BRANCH, amount, rng.choice((100, 500)))
    if rng.random() < 0.5:  # noqa: PLR2004 - half of them send it on
        scene.transfer(
            scene.working_days(10)[-1], SENT, scene.stranger(), total * 100 * rng.uniform(0.7, 0.98)
        )


def cash_intensive(scene: Scene) -> None:
    """A company of a kind that is paid by transfer brings in a month's turnover in notes, and takes some of it out."""
    rng = scene.rng
    days = scene.working_days(22)
    total = scene.customer.scale_minor / 100 * rng.uniform(0.8, 1.6)
    count = max(12, min(80, round(total / 28_000)))
    for _ in range(count):
        leg = CASH_IN_BRANCH if rng.random() < 0.85 else CASH_OUT_BRANCH  # noqa: PLR2004 - mostly brought in
        scene.cash(rng.choice(days), leg, min(39_500, scene.heavy(total / count, 0.2)))


def smurfing(scene: Scene) -> None:
    """Within ten working days many people bring cash for one account, each of them less than the threshold."""
    rng = scene.rng
    days = scene.working_days(10)
    usual = rng.uniform(12_000, 34_000)
    total = 0.0
    for _ in range(rng.randint(7, 16)):
        depositor = new_person(rng)
        for _ in range(2 if rng.random() < 0.15 else 1):  # noqa: PLR2004 - some come twice
            amount = min(48_500, scene.heavy(usual, 0.4))
            total += amount
            scene.cash(rng.choice(days), CASH_IN_BRANCH, amount, by=depositor)
    if rng.random() < 0.6:  # noqa: PLR2004 - most of them send it on
        scene.transfer(days[-1], SENT, scene.stranger(), total * 100 * rng.uniform(0.7, 0.98))
