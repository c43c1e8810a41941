"""What is kept of a customer is bounded: 2 KiB for an ordinary one, 16 KiB whatever the traffic."""

import math
import uuid
from collections.abc import Callable
from random import Random

import pytest

from monitor.catalogue import DETECTOR_IDS
from monitor.customer_state import encode
from monitor.story import Act
from tests.stories.bank import Bank, detectors_of, posting_of

_ABROAD = ("IR", "KY", "VG", *(f"{a}{b}" for a in "ABCDE" for b in "EFGLM"))
ORDINARY_BYTES, ANY_BYTES, ALERTS_BYTES = 2 * 1024, 16 * 1024, 1024


def _short(number: int, _: Random) -> str:
    return f"T{number:07d}"


def _uuid(_: int, chance: Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


@pytest.mark.parametrize("name_of", [_short, _uuid])
@pytest.mark.parametrize("seed", range(3))
def test_thirty_postings_a_month_fit_in_two_kibibytes(
    name_of: Callable[[int, Random], str], seed: int
) -> None:
    """Fourteen months, at whose end every ring is full; the largest that the state ever was, open alerts apart."""
    chance = Random(seed)
    bank = Bank()
    bank.declare(kind="person", risk_grade="medium")
    partners = [f"partner {n}" for n in range(18)]
    largest = 0
    for number in range(14 * 30):
        act = Act(
            day=number - 14 * 30,
            amount=round(chance.lognormvariate(6.0, 1.2), 2) + 1,
            inbound=chance.random() < 0.25,
            who=chance.choice(partners),
            channel=chance.choice(["transfer", "transfer", "card", "cash"]),
            hour=8 + chance.random() * 12,
        )
        bank.post(posting_of(act, name_of(number, chance)))
        alerts = len(bank.state().packed_alerts)
        assert alerts <= ALERTS_BYTES
        largest = max(largest, len(bank.stored[b"C1"]) - alerts)
    assert largest <= ORDINARY_BYTES


def _worst(width: int, letter: str) -> tuple[int, set[str]]:
    """The largest state under traffic that fills every part: long ids, large amounts, many partners, all day long.

    And many accounts and countries, of somebody on a list who declared next to nothing.
    """
    chance = Random(7)
    bank = Bank()
    bank.declare(
        list_tags=["watch"],
        declared_monthly_income="100",
        expected_monthly_volume="100",
        effective_from="2020-01-01",
    )

    def act(day: int, hour: float, crowd: int = 10**6) -> Act:
        large = math.floor(10 ** chance.uniform(4.6, 12.99))
        amount = large if chance.random() < 0.7 else chance.choice([45_000, 49_000, 450_000])
        who = f"stranger {chance.randrange(crowd)}"
        # From the last weeks on, abroad and in many accounts too: before, that would have been habit.
        country, account = "CN", "A"
        if day >= 0 and chance.random() < 0.5:
            country, account = chance.choice(_ABROAD), f"B{chance.randrange(30)}"
        inbound, channel = chance.random() < 0.5, chance.choice(["cash", "transfer"])
        return Act(day, amount, inbound, who, channel, hour, country, account, is_entity=True)

    year = [act(day, 1 + 5 * step, crowd=60) for day in range(-420, 0) for step in range(4)]
    weeks = [act(day, 0.4 * step) for day in range(36) for step in range(60)]
    postings = [posting_of(act, f"{n:{letter}>{width}}") for n, act in enumerate([*year, *weeks])]
    largest = 0
    found: set[str] = set()
    for start in range(0, len(postings), 10):
        found |= detectors_of(bank.post(*postings[start : start + 10]).alerts)
        largest = max(largest, len(bank.stored[b"C1"]))
    return largest, found


@pytest.mark.parametrize(("width", "letter"), [(64, "x"), (21, "\u4e2d"), (12, "x")])
def test_any_traffic_fits_in_sixteen_kibibytes(width: int, letter: str) -> None:
    largest, found = _worst(width, letter)
    assert len(found) >= len(DETECTOR_IDS) // 2, "the traffic is meant to set off many"
    assert largest <= ANY_BYTES


def test_an_empty_state_is_small() -> None:
    assert len(encode(Bank().state())) < 192
