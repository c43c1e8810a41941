"""The simulated bank itself: its customers, and their postings in order."""

from collections.abc import Iterator
from functools import cache
from random import Random
from typing import cast

import orjson

from agents.simulator.chance import MASK_64, mix
from agents.simulator.customers import make_customer, write_week
from agents.simulator.labels import Label
from agents.simulator.parties import Directory
from agents.simulator.pen import DAY_S, ID_SPREAD, Event, Pen
from agents.simulator.plan import SimulationPlan
from agents.simulator.planting import plant
from agents.simulator.weeks import DAYS, Week, weeks_of


class SimulatedBank:
    """A bank made by `simulate`. Iterating again gives the same postings again."""

    def __init__(self, plan: SimulationPlan) -> None:
        self.plan = plan
        self._customers = [make_customer(plan, index) for index in range(plan.customers)]
        self._planted = plant(plan, self._customers)

    @property
    def customers(self) -> list[dict[str, object]]:
        """What the KYC system knows, in the wire's field names: a record each, several for some, none for a few."""
        return [record for customer in self._customers for record in customer.records]

    @property
    def labels(self) -> list[Label]:
        """What was planted, which look-alikes, and which irregularities of the pipeline."""
        return self._planted.labels

    def postings(self) -> Iterator[dict[str, object]]:
        """Postings in the wire's field names, in order of arrival: of event time, but for those planted late."""
        for _, value, _ in self.records():
            yield cast("dict[str, object]", orjson.loads(value))

    def records(self) -> Iterator[tuple[bytes, bytes, int]]:
        """The same as (key, JSON value, booked_at in epoch ms), ready for a topic; several times as fast."""
        for events in self._batches():
            yield from self._written(events)

    def _batches(self) -> Iterator[list[Event]]:
        """Events in order, a week at a time: a week of all customers is the most that is held."""
        planted = iter([*self._planted.events, None])
        waiting = next(planted)
        early: list[Event] = []
        while waiting is not None and waiting[0] < 0:
            early.append(waiting)
            waiting = next(planted)
        yield early
        for week in weeks_of(self.plan):
            events = self._habits(week)
            while waiting is not None and waiting[0] < (week.index + 1) * DAYS * DAY_S:
                events.append(waiting)
                waiting = next(planted)
            events.sort()  # distinct in the first two places, so nothing else is compared
            yield events
        late: list[Event] = []
        while waiting is not None:
            late.append(waiting)
            waiting = next(planted)
        yield late

    def _habits(self, week: Week) -> list[Event]:
        events: list[Event] = []
        rng, pen, seed = Random(0), Pen(events), self.plan.seed
        for customer in self._customers:
            if not customer.silent and customer.since_day < (week.index + 1) * DAYS:
                first = len(events)
                rng.seed(mix(seed, customer.index, 1_000 + week.index))
                pen.start(customer, week.index)
                write_week(customer, week, rng, pen)
                if customer.since_day > week.index * DAYS:
                    opened = customer.since_day * DAY_S
                    events[first:] = [event for event in events[first:] if event[0] >= opened]
        end = self.plan.days * DAY_S
        return (
            events
            if (week.index + 1) * DAYS * DAY_S <= end
            else [event for event in events if event[0] < end]
        )

    def _written(self, events: list[Event]) -> Iterator[tuple[bytes, bytes, int]]:
        plan, clock, booked = self.plan, _clock(), self._planted.booked
        party_of = Directory(lambda index: self._customers[index].as_party()).fragment
        scramble, start_ms, today, date_text, offset = (
            mix(plan.seed, 5),
            plan.start_s * 1000,
            None,
            "",
            plan.offset,
        )
        for arrival, number, customer, leg, party, amount_minor in events:
            at = booked.get(number, arrival) if booked else arrival
            day, second = divmod(at, DAY_S)
            if day != today:
                today, date_text = day, plan.date_of(day).isoformat()
            yield (
                customer.key,
                (
                    f'{{"transaction_id":"{(number * ID_SPREAD ^ scramble) & MASK_64:016x}",'
                    f'"booked_at":"{date_text}T{clock[second]}{offset}",'
                    f'"amount":"{amount_minor // 100}.{amount_minor % 100:02d}"'
                ).encode()
                + customer.head
                + leg.fragment
                + party_of(party)
                + b"}",
                start_ms + at * 1000,
            )


@cache
def _clock() -> tuple[str, ...]:
    """Each second of the day as hh:mm:ss: 7 MB, and half the time of writing a posting."""
    return tuple(f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(DAY_S))


def simulate(plan: SimulationPlan) -> SimulatedBank:
    """Make the bank of that plan.

    Args:
        plan: what to simulate.

    Returns:
        The bank, with customers and labels made; postings are made when they are iterated over.

    Raises:
        ValueError: if too few customers suit a behaviour to be planted.
    """
    return SimulatedBank(plan)
