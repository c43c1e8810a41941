"""The group's past includes a member's posting; or, after a reversal, no longer includes it."""

from typing import Final

from monitor.customer_state import DAYS_KEPT
from monitor.group_posting import Heard
from monitor.group_state import LEGS_KEPT, NEAR_KEPT, GroupState, Leg, NearPosting
from monitor.policy import GroupRules
from monitor.stats.tiles import Ring

SIDES_APART_DAYS: Final = 3
"""How far apart the two sides of one transfer may be booked: a weekend."""


def learn_group(state: GroupState, heard: Heard, rules: GroupRules) -> None:
    """Add the posting to every statistic. The caller has made sure that it is new and not too old."""
    if heard.day > state.newest_day:
        _begin_day(state, heard.day, rules)
    state.members.learn(heard.customer_id, heard.day, heard.grade)
    state.days.add(heard.day, heard.amount_minor, 1, inbound=heard.inbound)
    if heard.near:
        state.near_days.add(heard.day, heard.amount_minor, 1, inbound=heard.inbound)
        near = NearPosting(heard.who, heard.amount_minor, heard.day, heard.inbound, heard.name)
        state.nears = [*state.nears[-NEAR_KEPT + 1 :], near]
    if is_inside(state, heard):
        state.inner_days.add(heard.day, heard.amount_minor, 1, inbound=heard.inbound)
        _learn_leg(state, heard)


def unlearn_group(state: GroupState, heard: Heard) -> None:
    """Take the posting that a reversal names back out of its own tiles."""
    rings = [state.days]
    if heard.near:
        rings.append(state.near_days)
        state.nears = [near for near in state.nears if near.name != heard.reverses]
    leg = next((leg for leg in state.legs if heard.reverses in leg.names), None)
    if leg is not None or is_inside(state, heard):
        rings.append(state.inner_days)
    for ring in rings:
        if _holds(ring, heard):
            ring.add(heard.day, -heard.amount_minor, -1, inbound=heard.inbound)
    if leg is not None:
        if heard.inbound:
            leg.taken = None
        else:
            leg.given = None
        if not leg.names:
            state.legs.remove(leg)


def is_inside(state: GroupState, heard: Heard) -> bool:
    """Whether the posting is one side of a transfer between two members."""
    return heard.other != heard.who and heard.other in state.members


def other_side_of(state: GroupState, heard: Heard) -> Leg | None:
    """The transfer of which this posting is the second side, if the first was heard of."""
    giver, taker = _ends(heard)
    for leg in state.legs:
        if (leg.giver, leg.taker, leg.amount_minor) != (giver, taker, heard.amount_minor):
            continue
        is_open = leg.taken is None if heard.inbound else leg.given is None
        if is_open and abs(leg.day - heard.day) <= SIDES_APART_DAYS:
            return leg
    return None


def leg_of(heard: Heard) -> Leg:
    """The transfer as this side tells it."""
    giver, taker = _ends(heard)
    given, taken = (None, heard.name) if heard.inbound else (heard.name, None)
    return Leg(giver, taker, heard.amount_minor, heard.day, given, taken)


def _ends(heard: Heard) -> tuple[int, int]:
    other = heard.other or 0
    return (other, heard.who) if heard.inbound else (heard.who, other)


def _learn_leg(state: GroupState, heard: Heard) -> None:
    leg = other_side_of(state, heard)
    if leg is None:
        state.legs = [*state.legs[-LEGS_KEPT + 1 :], leg_of(heard)]
        return
    leg.day = min(leg.day, heard.day)
    if heard.inbound:
        leg.taken = heard.name
    else:
        leg.given = heard.name


def _holds(ring: Ring, heard: Heard) -> bool:
    """Whether the posting can be among those of its tile: a group that never heard of it has nothing to take out."""
    tile = ring[heard.day]
    count, amount = tile.directed_count(inbound=heard.inbound), tile.directed_sum(inbound=heard.inbound)
    return count > 0 and amount >= heard.amount_minor


def _begin_day(state: GroupState, day: int, rules: GroupRules) -> None:
    if not state.first_day:
        state.first_day = day
    state.newest_day = day
    oldest_day = day - DAYS_KEPT + 1
    for ring in (state.days, state.inner_days, state.near_days):
        ring.drop_before(oldest_day)
    state.raised.drop(day, rules.quiet_days)
