"""The detector catalogue as people read it: in a terminal, and as a page of the repository."""

from monitor.catalogue import DETECTORS
from monitor.detector import Detector
from monitor.explain import unit_name
from monitor.policy import DetectorPolicy, Limit, Policy

_WORDS = {
    "en": ("question", "typology", "unit", "thresholds", "why", "source", "finds", "leaves alone", "runbook"),
    "zh": ("问题", "类型", "单位", "阈值", "理由", "来源", "应发现", "不应预警", "处置步骤"),
}


def catalogue_text(policy: Policy, language: str) -> str:
    """Every detector with its numbers from the policy; `language` is `en` or `zh`."""
    words = _WORDS[language]
    parts = [f"{len(DETECTORS)} detectors, policy {policy.id} {policy.version}\n"]
    for detector in DETECTORS:
        values = _values(detector, policy, language)
        lines = [detector.id, *(f"  {word:<13} {value}" for word, value in zip(words, values, strict=True))]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def catalogue_markdown(policy: Policy) -> str:
    """The page `monitor/detectors/README.md`."""
    lines = [
        "# The detectors",
        "",
        "<!-- generated: make generate -->",
        "",
        f"Thresholds are those of the packaged policy `{policy.id}` {policy.version}: `ledgerwatch detectors` says the same.",
    ]
    for detector in DETECTORS:
        lines += ["", f"## {detector.id}", "", f"{detector.question} {detector.question_zh}", ""]
        names, values = _WORDS["en"][1:], _values(detector, policy, "en")[1:]
        lines += [f"- **{name}**: {value}" for name, value in zip(names, values, strict=True)]
    return "\n".join(lines)


def _values(detector: Detector, policy: Policy, language: str) -> tuple[str, ...]:
    rules = policy.document.detectors[detector.id]
    return (
        detector.question if language == "en" else detector.question_zh,
        detector.typology,
        unit_name(detector.unit, policy.currency),
        _thresholds(rules),
        " ".join(rules.why.split()),
        detector.source,
        detector.fires.text,
        detector.near_miss.text,
        detector.runbook,
    )


def _thresholds(rules: DetectorPolicy) -> str:
    parts = [_limit(rules.default)]
    parts += [f"{kind}: {_limit(limit)}" for kind, limit in rules.kinds.items()]
    return "; ".join(parts)


def _limit(limit: Limit) -> str:
    given = limit.model_dump(exclude_none=True)
    return ", ".join(f"{name} {value:,g}" for name, value in given.items())
