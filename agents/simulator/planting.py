"""Chooses the special customers and writes what is planted; then the pipeline's own irregularities."""

from dataclasses import dataclass, field
from random import Random
from typing import Final

from agents.simulator.chance import MASK_64, WIDE, around, mix
from agents.simulator.clock import BRANCH, second_of
from agents.simulator.labels import NOISE, Label
from agents.simulator.legs import PURCHASE, Leg
from agents.simulator.parties import SHOPS
from agents.simulator.pen import DAY_S, SPECIAL_WEEK, Event, Pen, transaction_id
from agents.simulator.plan import HABIT_DAYS, PLANTED_TAIL_DAYS, SimulationPlan
from agents.simulator.planted_flows import live_before
from agents.simulator.profiles import Profile
from agents.simulator.scene import Scene
from agents.simulator.specials import SPECIALS, Special

_HOUR_S: Final = 3_600


@dataclass(slots=True)
class Planted:
    """All that is not habit. `events` are in order of arrival."""

    events: list[Event] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    booked: dict[int, int] = field(default_factory=dict)
    """Number of a late or repeated posting to the second at which it was booked."""


def plant(plan: SimulationPlan, customers: list[Profile]) -> Planted:
    """Everything planted. Marks customers that fall silent or leave their partners.

    Raises:
        ValueError: if too few customers suit a behaviour.
    """
    planted = Planted()
    chosen = _choose(plan, customers)
    for special, index in chosen:
        _write(plan, special, customers[index], planted)
    special_ones = {index for _, index in chosen}
    for place, kind in enumerate(("reversal", "late", "duplicate")):
        share = getattr(plan, f"{kind}_share")
        for customer in customers if share else ():
            draw = mix(plan.seed, 31 + place, customer.index)
            if draw < share * (MASK_64 + 1) and customer.index not in special_ones:
                _irregular(plan, kind, place, customer, planted)
    planted.events.sort(key=lambda event: event[:2])
    return planted


def _choose(plan: SimulationPlan, customers: list[Profile]) -> list[tuple[Special, int]]:
    if not plan.planted and not plan.lookalikes:
        return []
    order = list(range(len(customers)))
    Random(mix(plan.seed, 77)).shuffle(order)
    used: set[int] = set()
    chosen = []
    for special in SPECIALS:
        wanted = plan.lookalikes if special.is_lookalike else plan.planted
        suited = (i for i in order if i not in used and special.suits(plan, customers[i]))
        taken = [index for index, _ in zip(suited, range(wanted), strict=False)]
        if len(taken) < wanted:
            raise ValueError(
                f"planted_per_typology: only {len(taken)} of {len(customers)} customers suit {special.typology}, "
                f"{wanted} are wanted; simulate more customers or plant less"
            )
        used.update(taken)
        chosen += [(special, index) for index in taken]
    return chosen


def _write(plan: SimulationPlan, special: Special, customer: Profile, planted: Planted) -> None:
    rng = Random(mix(plan.seed, customer.index, 2))
    latest = max(special.not_before, plan.days - PLANTED_TAIL_DAYS)
    awaits_holiday = special.not_before < HABIT_DAYS
    start = special.not_before if awaits_holiday else rng.randint(special.not_before, latest)
    pen = Pen([])
    pen.start(customer, SPECIAL_WEEK)
    scene = Scene(plan, customer, rng, start, pen)
    if special.typology == "dormant":
        customer.silent = True
        live_before(scene)
    first = len(pen.out)
    special.write(scene)
    planted.events += pen.out
    if pen.out[first:]:
        planted.labels.append(_label(plan, special.typology, pen.out[first:]))


def _label(plan: SimulationPlan, typology: str, events: list[Event]) -> Label:
    events = sorted(events, key=lambda event: event[:2])
    return Label(
        typology,
        events[0][2].customer_id,
        plan.date_of(events[0][0] // DAY_S),
        plan.date_of(events[-1][0] // DAY_S),
        tuple(dict.fromkeys(transaction_id(plan.seed, event[1]) for event in events)),
    )


def _irregular(plan: SimulationPlan, kind: str, place: int, customer: Profile, planted: Planted) -> None:
    """One ordinary purchase that is undone, arrives late, or is sent twice."""
    rng = Random(mix(plan.seed, customer.index, 3 + place))
    pen = Pen([])
    pen.start(customer, SPECIAL_WEEK - 1 - place)
    at = rng.randrange(plan.days) * DAY_S + second_of(rng.random, BRANCH)
    amount, shop = around(rng.random, 15_000, WIDE), rng.choice(SHOPS)
    pen.post(0, at, PURCHASE, shop, amount)
    number = pen.next_number - 1
    if kind == "reversal":
        undone = min(plan.days * DAY_S - 1, at + int(DAY_S * rng.uniform(0.5, 6)))
        leg = Leg("credit", "card", "other", "退款", reverses=transaction_id(plan.seed, number))
        pen.post(0, undone, leg, shop, amount)
        label = _label(plan, NOISE + kind, pen.out)
    else:
        label = _label(plan, NOISE + kind, pen.out)
        # from an hour to six weeks: most within a tile that is still kept, some after it
        delay = int(_HOUR_S * 1_000 ** rng.random()) if kind == "late" else rng.randint(1, 2 * _HOUR_S)
        again = (at + delay, number, customer, PURCHASE, shop, amount)
        pen.out = [again] if kind == "late" else [*pen.out, again]
        planted.booked[number] = at
    planted.events += pen.out
    planted.labels.append(label)
