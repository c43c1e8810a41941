"""Do the members of a group together bring what each of them keeps just below the reporting threshold?"""

from typing import Final

from monitor.detector import Observation
from monitor.group_detector import BUSINESS, GroupDetector, GroupStory, brings
from monitor.group_posting import Heard
from monitor.group_state import GroupState
from monitor.policy import GroupRules

ID: Final = "group-structuring"
WINDOW_WORKING_DAYS: Final = 10
"""短期: ten working days, in the definitions of 2006. One business day lies in it."""
LEAST_MEMBERS: Final = 2
"""One member alone is the business of the detector of single customers."""


def observe(state: GroupState, heard: Heard, rules: GroupRules) -> Observation | None:
    """Postings of two or more members in one direction, each within [0.8 T, T), if together they reach T."""
    if not heard.near or heard.reporting_minor is None:
        return None
    first, last = rules.calendar.start_of_window(heard.day, WINDOW_WORKING_DAYS), heard.day
    near = state.near_days.total(first, last)
    if near.directed_sum(inbound=heard.inbound) + heard.amount_minor < heard.reporting_minor:
        return None
    mine = [one for one in state.nears if one.inbound == heard.inbound and first <= one.day <= last]
    if len({heard.who, *(one.who for one in mine)}) < LEAST_MEMBERS:
        return None
    observed = near.directed_count(inbound=heard.inbound) + 1
    return Observation(
        observed=observed,
        threshold=rules.limits[ID].threshold,
        usual=None,
        first_day=first,
        last_day=last,
        count=observed,
        inbound=heard.inbound,
        evidence=tuple(one.name for one in mine),
    )


DETECTOR = GroupDetector(
    id=ID,
    question="Do the members of a group together bring what each of them keeps just below the reporting threshold?",
    question_zh="集团成员是否各自以略低于报告标准的金额分头收付、合计规避大额报告？",
    typology="structuring by connected customers (集团客户化整为零)",
    unit="postings",
    explain="{observed} postings of several members of the group just below the reporting threshold in {window} "
    "(the limit is {threshold}), together above it.",
    explain_zh="{window}集团多名成员共有{observed}笔略低于大额交易报告标准的交易（上限为{threshold}笔），合计已超过该标准。",
    source="evading reporting rules (规避报告规定); connected customers are seen as one (集团客户); 31 CFR 1010.314",
    runbook="1. Put the members' postings in one order, with branch and machine. 2. Who brought the money, and whose is it? "
    "3. Is there a reason for each member's part? 4. Report the structuring for the group, with all its members.",
    observe=observe,
    fires=GroupStory(
        "Three companies of one owner pay in 47,000 to 49,000 in cash within three days.",
        (*BUSINESS, *brings(48_000, "A", -2), *brings(49_000, "B", -1), *brings(47_000, "C", 0)),
    ),
    near_miss=GroupStory(
        "Two companies of one owner pay in 45,000 each, and a third the 20,000 of its shop.",
        (*BUSINESS, *brings(45_000, "A", -2), *brings(45_000, "B", -1), *brings(20_000, "C", 0)),
    ),
)
