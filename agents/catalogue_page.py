"""The detector catalogue as people read it: in a terminal, and as a page of the repository."""

from typing import Final

from rich.console import Console
from rich.text import Text

from monitor.catalogue import DETECTORS, GROUP_DETECTORS
from monitor.detector import Detector
from monitor.explain import unit_name
from monitor.group_detector import GroupDetector
from monitor.policy import GRADES, KINDS, Policy
from monitor.policy_document import ByKind, DetectorPolicy, GroupDetectorPolicy, Limit

_WORDS: Final = {
    "en": (
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
    "zh": ("问题", "类型", "单位", "阈值", "权重", "理由", "来源", "应发现", "不应预警", "处置步骤"),
}
_INDENT: Final = 16
_OF_GROUPS: Final = "Connected customers (集团客户) have one `group_id`, or one first beneficial owner. What these find is an alert of the group."
_GENERATED: Final = "<!-- generated: make generate -->"


def catalogue_text(policy: Policy, language: str, width: int = 80) -> str:
    """Every detector with its numbers from the policy; `language` is `en` or `zh`, `width` in columns."""
    every: tuple[Detector | GroupDetector, ...] = (*DETECTORS, *GROUP_DETECTORS)
    parts = [f"{len(every)} detectors, policy {policy.id} {policy.version}\n"]
    parts.append(_filled("\n".join(_reading(policy)), 0, width) + "\n")
    for detector in every:
        values = _values(detector, policy, language)
        lines = [detector.id]
        for word, value in zip(_WORDS[language], values, strict=True):
            title = f"  {word}"
            body = _filled(value, _INDENT, width)
            lines.append(title + body[Text(title).cell_len :])
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def catalogue_markdown(policy: Policy) -> str:
    """The page `monitor/detectors/README.md`."""
    lines = [
        "# The detectors",
        "",
        _GENERATED,
        "",
        f"The numbers are those of the packaged policy `{policy.id}` {policy.version}; `ledgerwatch detectors` says the same,",
        "and with `--policy FILE` those of another.",
        "",
        *(f"- {line}" for line in _reading(policy)),
    ]
    for detector in DETECTORS:
        lines += _section(detector, policy)
    lines += ["", "# Of groups", "", _OF_GROUPS]
    for group_detector in GROUP_DETECTORS:
        lines += _section(group_detector, policy)
    return "\n".join(lines) + "\n"


def _section(detector: Detector | GroupDetector, policy: Policy) -> list[str]:
    names, values = _WORDS["en"][1:], _values(detector, policy, "en")[1:]
    return [
        *("", f"## {detector.id}", "", detector.question, "", detector.question_zh, ""),
        *(f"- **{name}**: {value}" for name, value in zip(names, values, strict=True)),
    ]


def _reading(policy: Policy) -> tuple[str, ...]:
    """What the numbers mean that all detectors share."""
    document = policy.document
    grades, bands, quiet = document.grades, document.bands, document.quiet
    numbers = (
        f"Thresholds are inclusive. Money is in {policy.currency}, major units. floor: less than that is immaterial; "
        "share: of the value, or of T; most: counterparties on the other side."
    )
    by_grade = "Multiplied by the risk grade: thresholds and floors " + ", ".join(
        f"{grade} {getattr(grades.threshold, grade):g}" for grade in GRADES
    )
    by_grade += (
        "; weights " + ", ".join(f"{grade} {getattr(grades.weight, grade):g}" for grade in GRADES) + "."
    )
    tellable = "T is the reporting threshold: "
    tellable += "; ".join(_by_kind(rule.id, rule.amounts) for rule in document.reporting)
    tellable += f". Just below T: from {document.near_share:.0%} of it."
    again = (
        f"A detector that has spoken about a customer is quiet for {quiet.days} days, unless it would speak "
        f"{quiet.above:g} times as strongly."
    )
    scores = f"An alert's score: medium from {bands.medium:g}, high from {bands.high:g}, critical from {bands.critical:g}."
    return numbers, by_grade, tellable, again, scores


def _by_kind(name: str, by_kind: ByKind) -> str:
    return f"{name} " + ", ".join(f"{getattr(by_kind, kind):,.10g} ({kind})" for kind in KINDS)


def _values(detector: Detector | GroupDetector, policy: Policy, language: str) -> tuple[str, ...]:
    document = policy.document
    is_of_groups = isinstance(detector, GroupDetector)
    rules = (document.group_detectors if is_of_groups else document.detectors)[detector.id]
    return (
        detector.question if language == "en" else detector.question_zh,
        detector.typology,
        unit_name(detector.unit, policy.currency),
        _thresholds(rules),
        f"{rules.weight:g}",
        " ".join(rules.why.split()),
        detector.source,
        detector.fires.text,
        detector.near_miss.text,
        detector.runbook,
    )


def _thresholds(rules: GroupDetectorPolicy) -> str:
    parts = [_limit(rules.default)]
    if isinstance(rules, DetectorPolicy):
        parts += [f"{kind}: {_limit(limit)}" for kind, limit in rules.kinds.items()]
        parts += [f"{segment}: {_limit(limit)}" for segment, limit in rules.segments.items()]
    if rules.quiet is not None:
        parts.append(f"quiet for {rules.quiet.days} days below {rules.quiet.above:g} times the strength")
    return "; ".join(parts)


def _limit(limit: Limit) -> str:
    given = limit.model_dump(exclude_none=True)
    return ", ".join(f"{name} {value:,.10g}" for name, value in given.items())


def _filled(text: str, indent: int, width: int) -> str:
    """In lines of at most `width` columns, of which a Chinese character takes two."""
    lines = Text(text).wrap(Console(width=width), width - indent)
    return "\n".join(" " * indent + line.plain.rstrip() for line in lines)
