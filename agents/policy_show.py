"""A policy as people read it in a terminal: its overview, and the numbers for one type of customer."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from monitor.catalogue import DETECTORS, GROUP_DETECTORS
from monitor.explain import unit_name
from monitor.policy import KINDS, Policy
from monitor.policy_document import CountryList, IndustryList, ReportingRule
from schemas.customer import Kind, RiskGrade

_GAP: Final = "  "
_NOTHING: Final = "-"
_INDENT: Final = 27


def overview(policy: Policy, extends: Collection[str] = (), width: int = 80) -> str:
    """What the document says, by its parts; of the detectors only how they work, for their numbers are by customer.

    Args:
        policy: which.
        extends: what the document extends, by name.
        width: in columns.
    """
    document = policy.document
    calendar, bands, quiet, grades = document.calendar, document.bands, document.quiet, document.grades
    days = [*calendar.holidays, *calendar.worked_weekends]
    known = f", {min(days)} to {max(days)}" if days else ""
    more = f", extends {', '.join(extends)}" if extends else ""
    parts = [
        (
            "bands",
            f"medium from {bands.medium:g}, high from {bands.high:g}, critical from {bands.critical:g}",
            "",
        ),
        ("quiet", f"{quiet.days} days, unless {quiet.above:g} times as strong", quiet.why),
        (
            "grades",
            f"thresholds {_by_grade(grades.threshold)}; weights {_by_grade(grades.weight)}",
            grades.why,
        ),
        (
            "calendar",
            f"{len(calendar.holidays)} days off, {len(calendar.worked_weekends)} worked weekend days{known}",
            calendar.source,
        ),
        *(("rates", f"since {one.since}, {len(one.rates)} currencies", one.source) for one in document.rates),
        *(_listed(name, listed) for name, listed in document.lists),
    ]
    lines = [f"{policy.id} {policy.version}: {policy.currency}, home {policy.home_country}{more}", ""]
    lines += _reporting(document.reporting, width)
    lines += [f"just below T: from {document.near_share:.0%} of it", ""]
    for title, text, source in parts:
        lines += _titled(title, text, source, width)
    lines += ["", *_modes(policy)]
    return "\n".join(lines) + "\n"


def _listed(name: str, listed: CountryList | IndustryList) -> tuple[str, str, str]:
    entries = listed.countries if isinstance(listed, CountryList) else listed.words
    return name.replace("_", " "), f"{len(entries)}: {', '.join(entries)}", listed.source


def resolved(policy: Policy, kind: Kind | None, segment: str | None, grade: RiskGrade | None) -> str:
    """The numbers for customers of that kind, segment and grade; what is not given is taken as for the unknown."""
    rules = policy.rules_for(kind, grade, segment)
    of_segment = f", segment {segment}" if segment else ""
    floor = f"floor {policy.currency}"
    rows = [("detector", "mode", "threshold", floor, "share", "most", "weight", "quiet", "measured in")]
    for detector in DETECTORS:
        limit = rules.limits[detector.id]
        quiet = rules.quiet[detector.id]
        rows.append(
            (
                detector.id,
                policy.modes[detector.id],
                _number(limit.threshold),
                _number(limit.floor_minor / policy.minor),
                _number(limit.share),
                _number(limit.most),
                f"{limit.weight:g}",
                f"{quiet.days} d, {quiet.above:g} x",
                unit_name(detector.unit, policy.currency),
            )
        )
    lines = [f"{policy.id} {policy.version} for: {rules.kind}{of_segment}, grade {rules.grade}", ""]
    lines += table(rows, numbers=(2, 3, 4, 5, 6))
    lines += [
        "",
        f"T, the smallest {policy.currency} that a reporting rule means; just below it: from {rules.near_share:.0%}",
    ]
    channels = sorted({channel for channel, _ in rules.reporting})
    tees: list[tuple[str, ...]] = [("channel", "at home", "abroad")]
    for channel in channels:
        both = (rules.reporting.get((channel, is_foreign)) for is_foreign in (False, True))
        tees.append((channel, *(_NOTHING if t is None else f"{t / policy.minor:,.10g}" for t in both)))
    lines += table(tees, numbers=(1, 2))
    return "\n".join(lines) + "\n"


def _reporting(rules: Sequence[ReportingRule], width: int) -> Iterator[str]:
    rows = [("reporting", "channels", "where", *KINDS, "")]
    for rule in rules:
        more = "" if rule.inclusive else "> "
        rows.append(
            (
                rule.id,
                ", ".join(rule.channels),
                rule.where,
                *(f"{more}{getattr(rule.amounts, kind):,.10g}" for kind in KINDS),
                "reported" if rule.report else "not reported",
            )
        )
        if rule.foreign is not None:
            amounts = (f"{more}{getattr(rule.foreign, kind):,.10g}" for kind in KINDS)
            rows.append(("", f"in {rule.foreign.currency}", "", *amounts, ""))
    yield from table(rows, numbers=(3, 4, 5))
    yield ""
    for rule in rules:
        yield from _titled(rule.id, "", rule.source, width)


def _modes(policy: Policy) -> Iterator[str]:
    rows = [("detector", "mode", "weight", "quiet", "by kind", "by segment")]
    for detector in DETECTORS:
        given = policy.document.detectors[detector.id]
        quiet = given.quiet or policy.document.quiet
        rows.append(
            (
                detector.id,
                given.mode,
                f"{given.weight:g}",
                f"{quiet.days} d, {quiet.above:g} x",
                ", ".join(given.kinds) or _NOTHING,
                ", ".join(given.segments) or _NOTHING,
            )
        )
    for group_detector in GROUP_DETECTORS:
        of_groups = policy.document.group_detectors[group_detector.id]
        quiet = of_groups.quiet or policy.document.quiet
        row = (f"{of_groups.weight:g}", f"{quiet.days} d, {quiet.above:g} x", _NOTHING, _NOTHING)
        rows.append((group_detector.id, of_groups.mode, *row))
    yield from table(rows, numbers=(2,))
    yield "their numbers for one type of customer: --kind, --segment, --grade"


def _by_grade(factors: object) -> str:
    return ", ".join(f"{grade} {getattr(factors, grade):g}" for grade in ("low", "medium", "high"))


def _titled(title: str, text: str, source: str, width: int) -> Iterator[str]:
    """A title, and beside it a text and a source, in lines of that width."""
    for paragraph in filter(None, (text, source)):
        wrapped = Text(" ".join(paragraph.split())).wrap(Console(width=width), width - _INDENT)
        for line in wrapped:
            yield f"{title:<{_INDENT}}{line.plain.rstrip()}"
            title = ""


def _number(value: float) -> str:
    return f"{value:,.10g}" if value else _NOTHING


def table(rows: Sequence[tuple[str, ...]], numbers: Sequence[int] = ()) -> Iterator[str]:
    """The rows in columns; those of numbers to the right."""
    widths = [max(Text(cell).cell_len for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.rjust(width) if number in numbers else cell + " " * (width - Text(cell).cell_len)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield _GAP.join(cells).rstrip()
