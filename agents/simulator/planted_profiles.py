"""Planted: behaviour that is odd for what the bank knows of the customer: who it is, what it said, how old the account is."""

from datetime import date, timedelta

from agents.simulator.chance import rounded
from agents.simulator.legs import CLIENT, RECEIVED, SENT, SERVICES, SUPPLIER, TAKINGS
from agents.simulator.parties import new_company
from agents.simulator.profiles import updates_of
from agents.simulator.scene import Scene

_SOME_CASH = 0.1


def _declare(scene: Scene, fields: dict[str, object]) -> None:
    """Put fields into the record; its later versions follow from that."""
    customer = scene.customer
    customer.record |= fields
    customer.updates = updates_of(scene.plan, customer.index, customer.record)


def open_lately(scene: Scene) -> None:
    """The account is a few days old: no posting before, and the record says so."""
    opened = scene.plan.date_of(scene.start - scene.rng.randint(2, 5)).isoformat()
    scene.customer.since_day = scene.start
    _declare(scene, {"opened_on": opened, "effective_from": opened})


def new_account(scene: Scene) -> None:
    """In an account's first ten days a million or more comes from many and is gone to a few."""
    rng = scene.rng
    days = list(range(scene.start, min(scene.start + 10, scene.plan.days)))
    total = rng.uniform(130_000_000, 260_000_000)
    payers, left = rng.randint(6, 14), total * rng.uniform(0.9, 0.99)
    scene.transfer(days[0], RECEIVED, scene.stranger(), 10_000)
    for _ in range(payers):
        scene.transfer(
            rng.choice(days[1:-1]), RECEIVED, scene.stranger(), total / payers * rng.uniform(0.7, 1.3)
        )
    payees = [scene.stranger() for _ in range(rng.randint(1, 2))]
    sums = rng.randint(2, 5)
    for _ in range(sums):
        scene.transfer(rng.choice(days[len(days) // 2 :]), SENT, rng.choice(payees), left / sums)


def income_mismatch(scene: Scene) -> None:
    """Within a month a person pays out eight times the declared income and more, which came in before."""
    rng = scene.rng
    days = scene.working_days(20)
    total = scene.declared_minor("declared_monthly_income") * rng.uniform(8, 16)
    count = rng.randint(10, 20)
    for _ in range(count):
        scene.transfer(rng.choice(days), RECEIVED, scene.friend(), total / count * rng.uniform(0.8, 1.2))
        scene.transfer(rng.choice(days), SENT, scene.friend(), total / count * rng.uniform(0.8, 1.2))


def scale_mismatch(scene: Scene) -> None:
    """Within a month a firm is paid far more than its capital, or a quarter's turnover as declared, would account for."""
    rng = scene.rng
    days = scene.working_days(21)
    capital = scene.declared_minor("registered_capital")
    total = max(capital, 3 * scene.declared_minor("declared_monthly_turnover")) * rng.uniform(1.4, 3)
    count = rng.randint(15, 40)
    for _ in range(count):
        scene.transfer(rng.choice(days), CLIENT, scene.friend(), total / count * rng.uniform(0.7, 1.4))
        scene.transfer(rng.choice(days), SUPPLIER, scene.stranger(), total / count * rng.uniform(0.7, 1.3))


def expected_activity(scene: Scene) -> None:
    """Within a month three times the volume that was expected when the account was opened, or cash where hardly any was."""
    rng = scene.rng
    days = scene.working_days(21)
    expected = scene.declared_minor("expected_monthly_volume")
    paid_in_cash = float(str(scene.customer.record["expected_cash_share"])) > _SOME_CASH
    if paid_in_cash or rng.random() < 0.5:  # noqa: PLR2004
        total, count = expected * rng.uniform(2.5, 5), rng.randint(14, 30)
        for place in range(count):
            leg = CLIENT if place < count / 2 else SUPPLIER
            scene.transfer(rng.choice(days), leg, scene.friend(), total / count * rng.uniform(0.7, 1.4))
        return
    total = expected / 100 * rng.uniform(0.7, 1.4)
    count = max(10, min(80, round(total / 25_000)))
    for _ in range(count):
        scene.cash(rng.choice(days), TAKINGS, min(39_500, total / count * rng.uniform(0.7, 1.3)))


def unrelated_payers(scene: Scene) -> None:
    """Within ten working days several firms pay a person who works for none of them."""
    rng = scene.rng
    firms = [new_company(rng) for _ in range(rng.randint(4, 7))]
    usual = scene.heavy(max(800_000, scene.usual_day_minor * 3))
    days = scene.working_days(10)
    for place in range(len(firms) + rng.randint(0, 4)):
        scene.transfer(rng.choice(days), SERVICES, firms[place % len(firms)], scene.heavy(usual, 0.4))


def peer_outlier(scene: Scene) -> None:
    """From its first day a firm turns over many times what firms of its trade and size do; no habit of its own is broken."""
    rng = scene.rng
    daily = scene.customer.scale_minor * rng.uniform(12, 25) / 21
    suppliers = [new_company(rng) for _ in range(rng.randint(3, 6))]
    for day in scene.working_days(scene.plan.days):
        scene.transfer(day, CLIENT, scene.friend(), scene.heavy(daily, 0.25))
        scene.transfer(day, SUPPLIER, rng.choice(suppliers), scene.heavy(daily * 0.95, 0.25))


def many_accounts(scene: Scene) -> None:
    """Within three weeks money comes and goes over five to seven accounts of one customer."""
    rng = scene.rng
    days = scene.working_days(14)
    usual = scene.heavy(max(600_000, scene.usual_day_minor))
    for number in range(1, rng.randint(5, 7)):
        account = scene.as_account(number)
        for _ in range(rng.randint(2, 5)):
            leg = rng.choice((RECEIVED, SENT))
            account.transfer(rng.choice(days), leg, scene.friend(), scene.heavy(usual))
    for _ in range(rng.randint(2, 3)):  # and the account that was always there
        scene.transfer(rng.choice(days), SENT, scene.friend(), scene.heavy(usual))


def forget(scene: Scene) -> None:
    """The KYC system has no record at all, or one that is years old and empty."""
    rng, customer = scene.rng, scene.customer
    if rng.random() < 0.5:  # noqa: PLR2004
        customer.unrecorded = True
        return
    held = scene.plan.start - timedelta(rng.randint(1_200, 3_000))
    opened = min(held, date.fromisoformat(str(customer.record["opened_on"])))
    customer.updates.clear()
    kept = ("customer_id", "kind", "risk_grade")
    customer.rewrite(**{name: None for name in list(customer.record) if name not in kept})
    customer.rewrite(opened_on=opened.isoformat(), effective_from=held.isoformat())


def incomplete_kyc(scene: Scene) -> None:
    """Transfers somewhat above the ordinary, from the first week to the last, while nobody asks who that is."""
    rng = scene.rng
    days = scene.working_days(scene.plan.days)
    for day in (days[0], *rng.sample(days[1:-1], 5), days[-1]):
        scene.transfer(
            day, rng.choice((RECEIVED, SENT)), scene.friend(), scene.heavy(scene.usual_day_minor, 0.3)
        )


def raise_risk(scene: Scene) -> None:
    """The record says why this customer is to be watched."""
    reasons: tuple[dict[str, object], ...] = (
        {"is_pep": True},
        {"list_tags": ["adverse-media"]},
        {"list_tags": ["watch-list"]},
        {"industry": "entertainment"},
        {"country": "MM"},
    )
    seen = scene.plan.date_of(-scene.rng.randint(5, 40)).isoformat()
    _declare(scene, {"risk_grade": "high", "effective_from": seen, **scene.rng.choice(reasons)})


def risk_grade(scene: Scene) -> None:
    """A week of transfers that would be let pass for another: a few usual days' money, some of it to new parties."""
    rng = scene.rng
    for day in scene.some_working_days(rng.randint(4, 6), 7):
        party = scene.stranger() if rng.random() < 0.6 else scene.friend()  # noqa: PLR2004 - mostly new ones
        amount = rounded(scene.heavy(max(600_000, scene.usual_day_minor * 2.5), 0.3), 100)
        scene.transfer(day, rng.choice((RECEIVED, SENT)), party, amount)
