"""The detector catalogue as people read it: in a terminal, and as a page of the repository."""

import re
from collections.abc import Mapping
from typing import Final

from rich.cells import cell_len

from agents.catalogue_words import WORDS, PageWords
from monitor.catalogue import DETECTORS, GROUP_DETECTORS
from monitor.catalogue_zh import CHINESE
from monitor.catalogue_zh.words import Words
from monitor.detector import Detector
from monitor.explain import unit_name
from monitor.group_detector import GroupDetector
from monitor.policy import GRADES, KINDS, Policy
from monitor.policy_document import ByGrade, DetectorPolicy, GroupDetectorPolicy, Limit, ReportingRule

_EVERY: Final[tuple[Detector | GroupDetector, ...]] = (*DETECTORS, *GROUP_DETECTORS)
_INDENT: Final = 16
_GENERATED: Final = "<!-- generated: make generate -->"
_WIDE: Final = "\u2e80-\uffff"
_UNBROKEN: Final = re.compile(rf"(?:\d\. )?[（《“]*(?:[^\s{_WIDE}]+|[{_WIDE}])[，。；：、？！）》”]*\s*")
"""What stays on one line: a word or a Chinese character, with the number of a step before and the punctuation after it."""


def catalogue_text(policy: Policy, language: str, width: int = 80) -> str:
    """Every detector with its numbers from the policy; `language` is `en` or `zh`, `width` in columns."""
    words = WORDS[language]
    parts = [words.count.format(count=len(_EVERY), id=policy.id, version=policy.version) + "\n"]
    parts.append("\n".join(_filled(line, 0, width) for line in _reading(policy, words)) + "\n")
    for detector in _EVERY:
        lines = [detector.id]
        for name, value in zip(words.names, _values(detector, policy, language), strict=True):
            title = f"  {name}"
            body = _filled(value, _INDENT, width)
            lines.append(title + body[cell_len(title) :])
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def catalogue_markdown(policy: Policy, language: str) -> str:
    """The page `monitor/detectors/README.md`, or `README.zh.md` beside it."""
    words = WORDS[language]
    lines = [
        f"# {words.title}",
        "",
        _GENERATED,
        "",
        words.other_page,
        "",
        words.whose_numbers.format(id=policy.id, version=policy.version),
        "",
        *(f"- {line}" for line in _reading(policy, words)),
    ]
    for detector in DETECTORS:
        lines += _section(detector, policy, language)
    lines += ["", f"# {words.of_groups}", "", words.about_groups]
    for group_detector in GROUP_DETECTORS:
        lines += _section(group_detector, policy, language)
    return "\n".join(lines) + "\n"


def _section(detector: Detector | GroupDetector, policy: Policy, language: str) -> list[str]:
    words, (question, *values) = WORDS[language], _values(detector, policy, language)
    also = ["", detector.question_zh] if language == "en" else []
    told = zip(words.names[1:], values, strict=True)
    return [
        *("", f"## {detector.id}", "", question, *also, ""),
        *(f"- **{name}**{words.colon}{value}" for name, value in told),
    ]


def _reading(policy: Policy, words: PageWords) -> tuple[str, ...]:
    """What the numbers mean that all detectors share."""
    document = policy.document
    filled = {
        "currency": policy.currency,
        "thresholds": _by_grade(document.grades.threshold, words),
        "weights": _by_grade(document.grades.weight, words),
        "reporting": words.semicolon.join(_amounts(rule, words) for rule in document.reporting),
        "near": document.near_share,
        **document.quiet.model_dump(),
        **document.bands.model_dump(),
    }
    return tuple(line.format_map(filled) for line in words.reading)


def _by_grade(factors: ByGrade, words: PageWords) -> str:
    return _numbers({words.grades[grade]: getattr(factors, grade) for grade in GRADES}, words)


def _amounts(rule: ReportingRule, words: PageWords) -> str:
    amounts = (
        words.amount.format(amount=getattr(rule.amounts, kind), kind=words.kinds[kind]) for kind in KINDS
    )
    return words.rule.format(id=rule.id, amounts=words.comma.join(amounts))


def _values(detector: Detector | GroupDetector, policy: Policy, language: str) -> tuple[str, ...]:
    """What is told of a detector, in the order of `PageWords.names`."""
    document = policy.document
    of_groups = isinstance(detector, GroupDetector)
    rules = (document.group_detectors if of_groups else document.detectors)[detector.id]
    is_chinese = language == "zh"
    told = CHINESE[detector.id] if is_chinese else _english(detector)
    return (
        detector.question_zh if is_chinese else detector.question,
        told.typology,
        unit_name(detector.unit, policy.currency, chinese=is_chinese),
        _thresholds(rules, WORDS[language]),
        f"{rules.weight:g}",
        " ".join((rules.why_zh if is_chinese and rules.why_zh else rules.why).split()),
        told.source,
        told.fires,
        told.near_miss,
        told.runbook,
    )


def _english(detector: Detector | GroupDetector) -> Words:
    return Words(
        typology=detector.typology,
        source=detector.source,
        fires=detector.fires.text,
        near_miss=detector.near_miss.text,
        runbook=detector.runbook,
    )


def _thresholds(rules: GroupDetectorPolicy, words: PageWords) -> str:
    parts = [_limit(rules.default, words)]
    if isinstance(rules, DetectorPolicy):
        of_kinds = [(words.kinds[kind], limit) for kind, limit in rules.kinds.items()]
        for name, limit in (*of_kinds, *rules.segments.items()):
            parts.append(f"{name}{words.colon}{_limit(limit, words)}")
    if rules.quiet is not None:
        parts.append(words.quiet.format(days=rules.quiet.days, above=rules.quiet.above))
    return words.semicolon.join(parts)


def _limit(limit: Limit, words: PageWords) -> str:
    given = limit.model_dump(exclude_none=True)
    return _numbers({words.limits[name]: value for name, value in given.items()}, words)


def _numbers(by_name: Mapping[str, float], words: PageWords) -> str:
    return words.comma.join(words.number.format(name=name, value=value) for name, value in by_name.items())


def _filled(text: str, indent: int, width: int) -> str:
    """In lines of at most `width` columns, of which a Chinese character takes two.

    >>> print(_filled("1. 列出交易。2. 询问用途。", 2, 16))
      1. 列出交易。
      2. 询问用途。
    """
    lines = [""]
    for piece in _UNBROKEN.findall(text):
        if lines[-1] and cell_len(lines[-1] + piece.rstrip()) > width - indent:
            lines.append("")
        lines[-1] += piece
    return "\n".join(" " * indent + line.rstrip() for line in lines)
