"""Planted: money from and to countries that this customer has nothing to do with."""

from agents.simulator.legs import ABROAD_RECEIVED, ABROAD_SENT
from agents.simulator.parties import CALL_FOR_ACTION, DISTANT, TRADING, abroad
from agents.simulator.scene import Scene


def high_risk_country(scene: Scene) -> None:
    """Several transfers with a country that the FATF calls for action against, small or large."""
    rng = scene.rng
    country = rng.choice(CALL_FOR_ACTION)
    parties = [abroad(scene.stranger(), country) for _ in range(rng.randint(1, 3))]
    usual = max(300_000, scene.usual_day_minor * rng.uniform(0.3, 2))
    for day in scene.some_working_days(rng.randint(3, 7), 15):
        leg = rng.choice((ABROAD_SENT, ABROAD_RECEIVED))
        scene.transfer(day, leg, rng.choice(parties), scene.heavy(usual))


def new_country(scene: Scene) -> None:
    """One to three large transfers with a country that neither the customer nor its like ever dealt with."""
    rng = scene.rng
    party = abroad(scene.stranger(), rng.choice(DISTANT))
    leg = rng.choice((ABROAD_SENT, ABROAD_RECEIVED))
    for day in scene.some_working_days(rng.randint(1, 3), 8):
        scene.transfer(day, leg, party, scene.heavy(max(2_000_000, scene.usual_day_minor * 8), 0.4))


def offshore_many(scene: Scene) -> None:
    """Small sums from abroad, many times within a month: from many senders, or all from one."""
    rng = scene.rng
    senders = 1 if rng.random() < 0.4 else rng.randint(4, 9)  # noqa: PLR2004 - mostly from many
    countries = rng.sample((*TRADING, *DISTANT), rng.randint(1, 4))
    parties = [abroad(scene.stranger(), rng.choice(countries)) for _ in range(senders)]
    usual = scene.heavy(350_000, 0.4)
    days = scene.working_days(20)
    for place in range(max(senders, rng.randint(7, 16))):
        party = parties[place % senders]
        scene.transfer(rng.choice(days), ABROAD_RECEIVED, party, scene.heavy(usual, 0.3))
