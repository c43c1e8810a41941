"""Does money go round inside a group and come back to where it started?"""

from typing import Final

from monitor.detector import Observation
from monitor.group_detector import BUSINESS, GroupDetector, GroupStory, pays
from monitor.group_learn import is_inside, leg_of, other_side_of
from monitor.group_posting import Heard
from monitor.group_state import GroupState
from monitor.group_trips import longest_trip
from monitor.policy import GroupRules

ID: Final = "group-round-trip"
WINDOW_WORKING_DAYS: Final = 10
STATIONS: Final = 3
"""Transfers from which it is a round: fewer are there and back."""


def observe(state: GroupState, heard: Heard, rules: GroupRules) -> Observation | None:
    """The least of the amounts on a way A → B → … → A that this transfer closes, each within 10 % of this one."""
    if not is_inside(state, heard) or other_side_of(state, heard) is not None:
        return None
    trip = longest_trip(state.legs, leg_of(heard), rules.calendar, WINDOW_WORKING_DAYS)
    if not trip:
        return None
    limits = rules.limits[ID]
    is_round = len(trip) >= STATIONS
    return Observation(
        observed=min(leg.amount_minor for leg in trip),
        threshold=limits.threshold * rules.minor if is_round else limits.floor_minor,
        usual=None,
        first_day=min(leg.day for leg in trip),
        last_day=max(leg.day for leg in trip),
        count=len(trip),
        evidence=tuple(name for leg in trip for name in leg.names if name != heard.name),
    )


DETECTOR = GroupDetector(
    id=ID,
    question="Does money go round inside a group and come back to where it started?",
    question_zh="资金是否在集团成员之间循环流转后回到起点？",
    typology="round-tripping between connected customers (集团内资金循环)",
    unit="money",
    explain="{observed} went round the group in {count} transfers and was back where it started in {window} "
    "(the limit is {threshold}).",
    explain_zh="{window}有{observed}经{count}笔转账在集团成员间循环后回到起点（上限为{threshold}）。",
    source="transfers between connected customers off market terms (集团客户); where money comes from and goes to (资金流向的来龙去脉)",
    runbook="1. Draw the transfers in their order, with their purposes. 2. What was delivered for each of them? "
    "3. Did turnover, a loan or an invoice depend on the money having passed? 4. Who decides for all the members?",
    observe=observe,
    fires=GroupStory(
        "A pays B 300,000; two days later B pays C, and C pays A, a little less each time.",
        (
            *BUSINESS,
            *pays(300_000, "A", "B", -4),
            *pays(297_000, "B", "C", -2),
            *pays(294_000, "C", "A", 0),
        ),
    ),
    near_miss=GroupStory(
        "A lends B 300,000 and has them back a week later; B pays C for goods.",
        (
            *BUSINESS,
            *pays(300_000, "A", "B", -7),
            *pays(120_000, "B", "C", -3),
            *pays(300_000, "B", "A", 0),
        ),
    ),
)
