"""Planted: other parties, or money that only passes. Sizes are drawn, some of them subtle."""

from agents.simulator.chance import rounded
from agents.simulator.clock import NIGHT_RUN, OFFICE, second_of
from agents.simulator.companies import Company
from agents.simulator.holidays import is_working
from agents.simulator.legs import CASH_IN_BRANCH, CASH_OUT, CLIENT, RECEIVED, SENT, SUPPLIER
from agents.simulator.parties import NOBODY, new_company
from agents.simulator.pen import DAY_S
from agents.simulator.scene import Scene


def new_counterparties(scene: Scene) -> None:
    """Within a week, many people this customer never dealt with."""
    rng = scene.rng
    usual = scene.heavy(max(300_000, scene.usual_day_minor * 0.6))
    mostly_in = rng.random() < 0.7  # noqa: PLR2004 - as a mule's account is
    for _ in range(rng.randint(6, 15)):
        leg = RECEIVED if (rng.random() < 0.85) == mostly_in else SENT  # noqa: PLR2004
        scene.transfer(
            min(scene.start + rng.randrange(7), scene.plan.days - 1),
            leg,
            scene.stranger(),
            scene.heavy(usual),
        )


def counterparty_drift(scene: Scene) -> None:
    """A company leaves its suppliers and clients for a few new ones, at about the old volume."""
    rng, company = scene.rng, scene.customer
    if not isinstance(company, Company):
        raise TypeError("only a company has suppliers to leave")
    company.drift_day = scene.start
    monthly = sum(s.amount_minor * (4.3 if s.weekly else 1) for s in company.suppliers)
    partners = [new_company(rng) for _ in range(rng.randint(3, 6))]
    days = scene.working_days(22)
    payments = rng.randint(8, 20)
    for _ in range(payments):
        amount = scene.heavy(monthly / payments * len(days) / 22, 0.4)
        scene.transfer(rng.choice(days), SUPPLIER, rng.choice(partners), amount)
    receipts = rng.randint(5, 12)
    for _ in range(receipts):
        amount = scene.heavy(company.scale_minor * 0.8 / receipts * len(days) / 22, 0.4)
        scene.transfer(rng.choice(days), CLIENT, rng.choice(partners), amount)


def fan_in(scene: Scene) -> None:
    """Many pay in over days; the sum leaves to one or two: 分散转入集中转出."""
    rng = scene.rng
    days = scene.working_days(rng.randint(4, 10))
    usual = scene.heavy(1_200_000, 0.6)
    total = 0.0
    for _ in range(rng.randint(7, 22)):
        amount = scene.heavy(usual, 0.6)
        total += amount
        scene.transfer(rng.choice(days[:-1]), RECEIVED, scene.stranger(), amount)
    payees = rng.randint(1, 3)
    for _ in range(payees):
        scene.transfer(days[-1], SENT, scene.stranger(), total * rng.uniform(0.85, 0.98) / payees)


def fan_out(scene: Scene) -> None:
    """One or two large sums come in and leave to many: 集中转入分散转出."""
    rng = scene.rng
    days = scene.working_days(rng.randint(3, 9))
    payees = rng.randint(7, 24)
    total = scene.heavy(1_000_000, 0.6) * payees
    sources = rng.randint(1, 2)
    for _ in range(sources):
        scene.transfer(days[0], RECEIVED, scene.stranger(), total / sources)
    for _ in range(payees):
        scene.transfer(rng.choice(days[1:]), SENT, scene.stranger(), total * rng.uniform(0.6, 1.25) / payees)


def gather_scatter(scene: Scene) -> None:
    """Many pay in, many are paid, and nothing stays: an account that is a knot in somebody's net."""
    rng = scene.rng
    days = scene.working_days(10)
    middle = max(1, len(days) // 2)
    payers, payees = rng.randint(6, 14), rng.randint(6, 14)
    usual = scene.heavy(1_500_000, 0.5)
    amounts = [scene.heavy(usual, 0.4) for _ in range(payers)]
    parts = [rng.uniform(0.6, 1.4) for _ in range(payees)]
    sent = sum(amounts) * rng.uniform(0.9, 0.99)
    for amount in amounts:
        scene.transfer(rng.choice(days[: middle + 1]), RECEIVED, scene.stranger(), amount)
    for part in parts:
        scene.transfer(rng.choice(days[middle:]), SENT, scene.stranger(), sent * part / sum(parts))


def repeated_pair(scene: Scene) -> None:
    """The same other account again and again: one way within ten working days, or to and fro within three."""
    rng, other = scene.rng, scene.stranger()
    usual = scene.heavy(max(400_000, scene.usual_day_minor * 0.8))
    if rng.random() < 0.5:  # noqa: PLR2004
        leg = rng.choice((RECEIVED, SENT))
        for day in scene.some_working_days(rng.randint(6, 10), 10):
            scene.transfer(day, leg, other, scene.heavy(usual, 0.3))
        return
    first = scene.some_working_days(1, 5)[0]
    for _ in range(rng.randint(2, 4)):
        amount = scene.heavy(usual, 0.3)
        for leg in (RECEIVED, SENT):
            day = min(first + rng.randrange(3), scene.plan.days - 1)
            scene.transfer(day, leg, other, amount * rng.uniform(0.97, 1))


def pass_through(scene: Scene) -> None:
    """On several days money comes in and is gone within the day, at times within the hour."""
    rng = scene.rng
    payees = [scene.stranger() for _ in range(rng.randint(1, 2))]
    sources = [scene.stranger() for _ in range(rng.randint(2, 5))]
    usual = max(2_500_000, scene.usual_day_minor * 2) * rng.lognormvariate(0, 0.5)
    for day in scene.some_working_days(rng.randint(3, 8), 12):
        amount = int(scene.heavy(usual))
        second = second_of(rng.random, OFFICE)
        scene.pen.post(day, second, RECEIVED, rng.choice(sources), amount)
        gone = min(DAY_S * (scene.plan.days - day) - 1, second + int(3_600 * rng.uniform(0.2, 20)))
        sent = int(amount * rng.uniform(0.9, 0.995))
        if rng.random() < 0.2:  # noqa: PLR2004 - the rest is taken from a machine
            taken = rounded(min(amount * 0.1, 2_000_000), 100)
            scene.pen.post(day, min(DAY_S - 1, second + 1_800), CASH_OUT, NOBODY, taken)
            sent = max(100, sent - taken)
        scene.pen.post(day, gone, SENT, rng.choice(payees), sent)


def fall_asleep(scene: Scene) -> None:
    """The account sleeps but for what is planted. The last signs of life of a dormant account: a few postings, 200 to 400 days before the window."""
    rng = scene.rng
    scene.customer.silent = True
    for _ in range(rng.randint(3, 8)):
        day = -rng.randint(200, 399)
        while not is_working(scene.plan.date_of(day)):
            day -= 1 if day > -390 else -1  # noqa: PLR2004 - not past the history's beginning
        leg = rng.choice((RECEIVED, SENT))
        scene.transfer(day, leg, scene.friend(), rounded(scene.heavy(120_000, 0.8), 10))


def dormant(scene: Scene) -> None:
    """After more than half a year of silence (see `fall_asleep`), large sums within ten working days."""
    rng = scene.rng
    count = rng.randint(4, 12)
    each = max(18_000_000, scene.heavy(32_000_000, 0.5)) / count
    days = scene.working_days(10)
    for place in range(count):
        day, draw = rng.choice(days), rng.random()
        if draw < 0.15:  # noqa: PLR2004 - some of it in cash
            scene.cash(day, CASH_IN_BRANCH, scene.heavy(each) / 100)
        elif draw < 0.25:  # noqa: PLR2004 - some of it at night
            leg = RECEIVED if place < count / 2 else SENT
            scene.pen.post(
                day, second_of(rng.random, NIGHT_RUN), leg, scene.stranger(), int(scene.heavy(each))
            )
        else:
            scene.transfer(day, RECEIVED if place < count / 2 else SENT, scene.stranger(), scene.heavy(each))
