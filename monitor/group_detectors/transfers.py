"""Do the members of a group suddenly pay one another much more than they use to?"""

from typing import Final

from monitor.customer_state import DAYS_KEPT
from monitor.detector import Observation
from monitor.group_detector import BUSINESS, GroupDetector, GroupStory, pays
from monitor.group_learn import is_inside
from monitor.group_posting import Heard
from monitor.group_state import GroupState
from monitor.policy import GroupRules
from monitor.stats.robust import upper_limit_of_sums

ID: Final = "group-transfers"
LEAST_DAYS: Final = 3
"""Days with transfers inside the group from which they speak for themselves."""


def observe(state: GroupState, heard: Heard, rules: GroupRules) -> Observation | None:
    """Today's sum of transfers inside the group; against its other days with any or, of too few, with payments at all."""
    if not is_inside(state, heard) or not state.is_known(heard.day):
        return None
    limits, day = rules.limits[ID], heard.day
    today = state.inner_days[day]
    # Either side tells of a transfer, and some banks' systems name the other customer on one side alone.
    observed = max(
        today.directed_sum(inbound=side) + heard.amount_minor * (side == heard.inbound)
        for side in (True, False)
    )
    if observed < limits.floor_minor:
        return None
    inner = [state.inner_days[other] for other in state.inner_days if other != day]
    past: list[float] = [max(tile.in_sum, tile.out_sum) for tile in inner]
    if len(past) < LEAST_DAYS:
        past = state.days.sums(day - DAYS_KEPT + 1, day - 1, inbound=False)
    if len(past) < LEAST_DAYS:
        return None
    usual, limit = upper_limit_of_sums(past, limits.threshold)
    mine = [leg for leg in state.legs if leg.day == day]
    return Observation(
        observed=observed,
        threshold=max(limit, limits.floor_minor),
        usual=usual,
        first_day=day,
        last_day=day,
        count=max(today.in_count, today.out_count) + 1,
        evidence=tuple(name for leg in mine for name in leg.names),
    )


DETECTOR = GroupDetector(
    id=ID,
    question="Do the members of a group suddenly pay one another much more than they use to?",
    question_zh="集团成员之间的资金往来是否突然远超其平日水平？",
    typology="sudden transfers between connected customers (集团内异常转移)",
    unit="money",
    explain="{observed} moved between members of the group on {window} ({count} postings); a usual day has {usual}, "
    "the limit for this group is {threshold}.",
    explain_zh="{window}集团成员之间转移{observed}（共{count}笔）；平日通常为{usual}，该集团上限为{threshold}。",
    source="transfers between connected customers off market terms (集团客户); robust z-score after Iglewicz and Hoaglin 1993",
    runbook="1. List the day's transfers between members, with purposes and contracts. 2. Who decided on them? "
    "3. What did the receiving members do with the money? 4. Compare prices and terms with those for strangers.",
    observe=observe,
    fires=GroupStory(
        "Three companies that hardly paid one another move 2,300,000 to one of them in a day.",
        (*BUSINESS, *pays(1_200_000, "A", "C", 0), *pays(1_100_000, "B", "C", 0, hour=14)),
    ),
    near_miss=GroupStory(
        "Three companies with weekly settlements among them settle a larger month.",
        (*BUSINESS, *pays(150_000, "A", "B", *range(-35, 0, 5)), *pays(260_000, "A", "B", 0)),
    ),
)
