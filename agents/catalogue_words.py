"""What the catalogue says around its detectors, in English and in Chinese. What stands in braces is filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from monitor.explain import LEVELS_ZH
from monitor.policy import GRADES, KINDS
from schemas.customer import Kind, RiskGrade


@dataclass(frozen=True, kw_only=True)
class PageWords:
    """The words of one language."""

    title: str
    of_groups: str
    other_page: str
    """A link to the page in the other language."""
    whose_numbers: str
    """Which policy's numbers stand in the page."""
    count: str
    reading: tuple[str, ...]
    """What the numbers mean that all detectors share."""
    about_groups: str
    names: tuple[str, ...]
    """Of what is told of a detector, in order."""
    colon: str
    comma: str
    semicolon: str
    limits: Mapping[str, str]
    """By their name in the policy."""
    kinds: Mapping[Kind, str]
    grades: Mapping[RiskGrade, str]
    number: str
    """A limit of a detector, or the factor of a grade."""
    rule: str
    """A reporting rule, with an amount for each kind of customer."""
    amount: str
    quiet: str


_ENGLISH: Final = PageWords(
    title="The detectors",
    of_groups="Of groups",
    other_page="[中文](README.zh.md)",
    whose_numbers="The numbers are those of the packaged policy `{id}` {version}; `ledgerwatch detectors` says the same,\n"
    "and with `--policy FILE` those of another.",
    count="{count} detectors, policy {id} {version}",
    reading=(
        (
            "Thresholds are inclusive. Money is in {currency}, major units. floor: less than that is immaterial; "
            "share: of the value, or of T; most: counterparties on the other side."
        ),
        "Multiplied by the risk grade: thresholds and floors {thresholds}; weights {weights}.",
        "T is the reporting threshold: {reporting}. Just below T: from {near:.0%} of it.",
        (
            "A detector that has spoken about a customer is quiet for {days} days, unless it would speak "
            "{above:g} times as strongly."
        ),
        "An alert's score: medium from {medium:g}, high from {high:g}, critical from {critical:g}.",
    ),
    about_groups="Connected customers (集团客户) have one `group_id`, or one first beneficial owner. What these find is an "
    "alert of the group.",
    names=(
        "question",
        "typology",
        "unit",
        "thresholds",
        "weight",
        "why",
        "source",
        "finds",
        "leaves alone",
        "runbook",
    ),
    colon=": ",
    comma=", ",
    semicolon="; ",
    limits={name: name for name in ("threshold", "floor", "share", "most")},
    kinds={kind: kind for kind in KINDS},
    grades={grade: grade for grade in GRADES},
    number="{name} {value:,.10g}",
    rule="{id} {amounts}",
    amount="{amount:,.10g} ({kind})",
    quiet="quiet for {days} days below {above:g} times the strength",
)

_CHINESE: Final = PageWords(
    title="监测规则",
    of_groups="集团客户的监测规则",
    other_page="[English](README.md)",
    whose_numbers="数值取自随附的政策`{id}` {version}；`ledgerwatch detectors --language zh`显示相同内容，"
    "加上`--policy FILE`则显示其他政策的数值。",
    count="共{count}项监测规则，政策{id} {version}",
    reading=(
        (
            "阈值均含本数。金额以{currency}的主币单位计。金额下限：低于该金额的不予关注；"
            "占比：占交易金额或占T的比例；对手上限：另一收付方向上最多的对手个数。"
        ),
        "按客户风险等级乘以系数：阈值和金额下限为{thresholds}；权重为{weights}。",
        "T为报告标准：{reporting}。略低于T：达到T的{near:.0%}而未达到T。",
        "一项规则就某一客户预警后静默{days}天，除非强度达到上次的{above:g}倍。",
        "预警评分：{medium:g}分起为中，{high:g}分起为高，{critical:g}分起为紧急。",
    ),
    about_groups="集团客户指`group_id`相同，或第一受益所有人相同的客户。以下规则的预警对象为整个集团。",
    names=("问题", "类型", "单位", "阈值", "权重", "理由", "来源", "应发现", "不应预警", "处置步骤"),
    colon="：",
    comma="、",
    semicolon="；",
    limits={"threshold": "阈值", "floor": "金额下限", "share": "占比", "most": "对手上限"},
    kinds={"person": "个人", "company": "企业", "institution": "机构"},
    grades={grade: LEVELS_ZH[grade] for grade in GRADES},
    number="{name}{value:,.10g}",
    rule="规则{id}为{amounts}",
    amount="{kind}{amount:,.10g}",
    quiet="静默{days}天，除非强度达到{above:g}倍",
)

WORDS: Final[Mapping[str, PageWords]] = {"en": _ENGLISH, "zh": _CHINESE}
"""By language."""
