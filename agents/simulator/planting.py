"""Chooses the special customers and writes what is planted; then the pipeline's own irregularities."""

from dataclasses import dataclass, field, replace
from itertools import islice
from random import Random
from typing import Final

from agents.simulator.chance import MASK_64, WIDE, around, mix
from agents.simulator.clock import BRANCH, second_of
from agents.simulator.labels import NOISE, Label
from agents.simulator.legs import PURCHASE, Leg
from agents.simulator.parties import SHOPS
from agents.simulator.pen import DAY_S, SPECIAL_WEEK, Event, Pen, transaction_id
from agents.simulator.plan import GROUP_SIZES, HABIT_DAYS, SimulationPlan
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
    for special, members in chosen:
        _write(plan, special, [customers[index] for index in members], planted)
    special_ones = {index for _, members in chosen for index in members}
    for place, kind in enumerate(("reversal", "late", "duplicate")):
        share = getattr(plan, f"{kind}_share")
        for customer in customers if share else ():
            draw = mix(plan.seed, 31 + place, customer.index)
            if draw < share * (MASK_64 + 1) and customer.index not in special_ones:
                _irregular(plan, kind, place, customer, planted)
    planted.events.sort(key=lambda event: event[:2])
    return planted


def _choose(plan: SimulationPlan, customers: list[Profile]) -> list[tuple[Special, list[int]]]:
    if not plan.planted and not plan.lookalikes:
        return []
    order = list(range(len(customers)))
    Random(mix(plan.seed, 77)).shuffle(order)
    used: set[int] = set()
    chosen = []
    for special in SPECIALS:
        wanted = plan.lookalikes if special.is_lookalike else plan.planted
        suited = (i for i in order if i not in used and special.suits(plan, customers[i]))
        # groups of three and of four in turn: the smaller ones are commoner
        sizes = [GROUP_SIZES[place % 2] if special.is_of_groups else 1 for place in range(wanted)]
        taken = list(islice(suited, sum(sizes)))
        if len(taken) < sum(sizes):
            raise ValueError(
                f"planted_per_typology: only {len(taken)} of {len(customers)} customers suit {special.typology}, "
                f"{sum(sizes)} are wanted; simulate more customers or plant less"
            )
        used.update(taken)
        members = iter(taken)
        chosen += [(special, list(islice(members, size))) for size in sizes]
    return chosen


def _write(plan: SimulationPlan, special: Special, members: list[Profile], planted: Planted) -> None:
    customer = members[0]
    rng = Random(mix(plan.seed, customer.index, 2))
    latest = max(special.not_before, plan.days - special.tail)
    awaits_holiday = special.not_before < HABIT_DAYS
    start = special.not_before if awaits_holiday else rng.randint(special.not_before, latest)
    pen = Pen([])
    pen.start(customer, SPECIAL_WEEK)
    scene = Scene(plan, customer, rng, start, pen)
    if special.is_of_groups:
        parts = tuple(scene.as_member(member) for member in members)
        scene = replace(parts[0], members=parts)
    if special.prepare is not None:
        special.prepare(scene)
    first = len(pen.out)
    special.write(scene)
    planted.events += pen.out
    if pen.out[first:]:
        ids = tuple(member.customer_id for member in members)
        label = _label(plan, special.typology, pen.out[first:])
        planted.labels.append(replace(label, customer_id=ids[0], customer_ids=ids if ids[1:] else ()))


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
