"""What is wrong with a policy is said once, with its file, its line and what was expected there."""

import re
from pathlib import Path
from typing import Final

import pytest

from agents.policies import load, read_policy, read_written, standalone_text
from monitor.policy import PolicyError
from monitor.policy_source import read_document
from tests.architecture.tree import ROOT

_ZONE: Final = "Asia/Shanghai"
_PROBLEM: Final = re.compile(r"policy mine\.yaml: line (?P<line>\d+), [^:]+: (?P<told>.+)")
_TEXT: Final = (ROOT / "monitor" / "policies" / "cn-pboc.yaml").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def _write(text: str, name: str = "mine.yaml") -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def _problems(text: str, name: str = "mine.yaml") -> list[str]:
    with pytest.raises(PolicyError) as caught:
        read_policy(_write(text, name), _ZONE)
    return str(caught.value).splitlines()


def _line_of(text: str, start: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if line.startswith(start))


def _changed(old: str, new: str) -> str:
    assert _TEXT.count(old) >= 1
    return _TEXT.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "place", "told"),
    [
        ("default: {threshold: 3}", "default: {threshold: 0}", "detectors.structuring.default.threshold", "Input should be greater than 0"),
        ("default: {threshold: 3}", "default: {floor: 3}", "detectors.structuring.default.threshold", "Field required"),
        ("default: {threshold: 3}", "default: {threshold: .inf}", "detectors.structuring.default.threshold", "Input should be a finite number"),
        ("near_share: 0.8", "near_share: many", "near_share", "Input should be a valid number, unable to parse string as a number"),
        ("near_share: 0.8", "near_shares: 0.8", "near_shares", "no such key: is near_share meant?"),
        ('version: "2026.1"', "version: 2026.1", "version", "a text is expected: put it in quotes"),
        ("base_currency: CNY", "base_currency: XXQ", "base_currency", "not an ISO 4217 currency code"),
        ("    - 2024-02-12", "    - 2024-02-30", "calendar.holidays.1", "2024-02-30: day is out of range for month"),
        ("    - 2024-02-12", "    - soon", "calendar.holidays.1", "Input should be a valid date or datetime, input is too short"),
        ("bands: {medium: 8", "bands: {medium: 65", "bands", "bands have to ascend: medium < high < critical"),
        ("  structuring:\n", "  structring:\n", "detectors.structring", "no such detector: is structuring meant?"),
        ("    weight: 0.9\n", "    weight: 0.9\n    mode: on\n", "detectors.structuring.mode", "Input should be 'active', 'shadow' or 'off'"),
        ("    weight: 0.9\n", "    weight: 0.9\n    weight: 0.8\n", "detectors.structuring.weight", "written twice, first in line"),
    ],
)  # fmt: skip
def test_a_problem_names_its_line_and_what_was_expected(old: str, new: str, place: str, told: str) -> None:
    text = _changed(old, new)
    first = next(line for line in _problems(text) if f", {place}: " in line)
    match = _PROBLEM.fullmatch(first)
    assert match is not None
    assert match["told"].startswith(told)
    changed = text[: text.index(new)].count("\n") + 1 + new.strip("\n").count("\n")
    assert int(match["line"]) == changed


def test_several_problems_are_several_lines_in_the_order_of_the_document_each_once() -> None:
    text = _changed("near_share: 0.8", "near_share: 8").replace("  fan-in:", "  fan-inn:")
    text = text.replace("    weight: 0.7\n", "    wieght: 0.7\n", 1)
    weights = _line_of(text, "    wieght")
    assert _problems(text) == [
        f"policy mine.yaml: line {_line_of(text, 'near_share')}, near_share: Input should be less than 1",
        f"policy mine.yaml: line {weights - 1}, detectors.daily-volume.weight: Field required",
        f"policy mine.yaml: line {weights}, detectors.daily-volume.wieght: no such key: is weight meant?",
        f"policy mine.yaml: line {_line_of(text, '  fan-inn')}, detectors.fan-inn: no such detector: is fan-in meant?",
    ]


def test_what_is_missing_in_an_entry_for_no_detector_is_not_said() -> None:
    text = 'extends: cn-pboc\nid: mine\nversion: "1"\ndetectors: {structurin: {mode: shadow}}\n'
    assert _problems(text) == [
        "policy mine.yaml: line 4, detectors.structurin: no such detector: is structuring meant?"
    ]


def test_a_missing_detector_is_named_where_detectors_are() -> None:
    head, _, rest = _TEXT.partition("  dormant:\n")
    text = head + rest[rest.index("  velocity:") :]
    [problem] = _problems(text)
    assert problem.startswith(
        f"policy mine.yaml: line {_line_of(text, 'detectors:')}, detectors.dormant: missing: "
    )


def test_off_needs_no_quotes_and_neither_does_norway() -> None:
    text = _changed("  structuring:\n", "  structuring:\n    mode: off\n").replace("[KP, IR", "[NO, IR")
    policy = read_policy(_write(text), _ZONE)
    assert policy.modes["structuring"] == "off"
    assert "NO" in policy.lists.high_risk_countries


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: [\n", "not YAML: line 2, column 1: "),
        ("a: &x [1]\nb: *x\n", "not YAML: line 2, column 4: an alias: write it out"),
        ("a: !!python/object:os.system {}\n", "line 1, a: a tag, "),
        ("a: !!python/name:os.system\n", "not YAML: line 1, column 4: could not determine a constructor"),
        ("a: 1\n---\na: 2\n", "not YAML: line 2, column 1: "),
        ("? [a]\n: 1\n", "line 1, document: a key has to be a word"),
        ("[" * 5_000, "document: too deep"),
        ("", "document: "),
        ("just words", "line 1, document: "),
    ],
)
def test_what_is_no_plain_document_is_one_line(text: str, told: str) -> None:
    [line] = _problems(text)
    assert line.startswith(f"policy mine.yaml: {told}")


def test_what_a_policy_says_goes_before_what_it_extends_key_by_key() -> None:
    text = 'extends: cn-pboc\nid: mine\nversion: "1"\ndetectors:\n  fan-in: {kinds: {company: {threshold: 15}}}\n'
    mine, base = read_policy(_write(text), _ZONE), read_policy("cn-pboc", _ZONE)
    assert (mine.id, mine.version, mine.currency) == ("mine", "1", "CNY")
    ours, theirs = mine.document.detectors["fan-in"], base.document.detectors["fan-in"]
    assert ours.kinds["company"].threshold == 15
    assert ours.kinds["company"].floor == theirs.kinds["company"].floor
    assert ours.default == theirs.default
    assert mine.document.model_copy(
        update={"id": base.id, "version": base.version, "detectors": base.document.detectors}
    ) == (base.document)


def test_lists_are_replaced_whole() -> None:
    text = 'extends: cn-pboc\nid: mine\nversion: "1"\ncalendar: {holidays: [2026-01-01]}\n'
    calendar = read_policy(_write(text), _ZONE).document.calendar
    assert [str(day) for day in calendar.holidays] == ["2026-01-01"]
    assert calendar.worked_weekends


def test_amounts_are_scaled_to_two_digits_and_their_reason_says_so_but_not_what_is_written_anew() -> None:
    text = (
        "extends: {policy: cn-pboc, money_scale: 0.1234, why: for trying}\n"
        'id: mine\nversion: "1"\n'
        "detectors: {fan-in: {default: {floor: 777}}}\n"
    )
    mine = read_policy(_write(text), _ZONE).document
    base = read_policy("cn-pboc", _ZONE).document
    volume = mine.detectors["daily-volume"]
    assert (volume.default.threshold, volume.default.floor) == (4.0, 620)
    assert volume.kinds["institution"].floor == 25_000
    assert mine.detectors["dormant"].default.threshold == 12_000
    assert mine.detectors["fan-in"].default.floor == 777
    assert mine.detectors["single-amount"].default.threshold == 1.5
    assert volume.why.endswith("(amounts: those of cn-pboc, times 0.1234, rounded)")
    assert volume.why_zh is not None
    assert volume.why_zh.endswith("（金额为cn-pboc的0.1234倍，经取整）")
    assert mine.detectors["velocity"] == base.detectors["velocity"]
    assert mine.reporting == base.reporting


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ("weight: 0.5", ("base", "基")),
        ("why: mine", ("mine", None)),
        ("why_zh: 我", ("base", "我")),
        ("why: mine, why_zh: 我", ("mine", "我")),
    ],
)
def test_a_reason_written_anew_does_not_keep_the_chinese_of_the_old_one(
    own: str, told: tuple[str, str | None]
) -> None:
    _write(
        'extends: cn-pboc\nid: base\nversion: "1"\ndetectors: {fan-in: {why: base, why_zh: 基}}\n',
        "base.yaml",
    )
    mine = f'extends: base.yaml\nid: mine\nversion: "1"\ndetectors: {{fan-in: {{{own}}}}}\n'
    rules = read_policy(_write(mine), _ZONE).document.detectors["fan-in"]
    assert (rules.why, rules.why_zh) == told


def test_a_problem_names_the_line_of_the_file_that_holds_the_value() -> None:
    _write(_changed("near_share: 0.8", "near_share: 8"), "base.yaml")
    problems = _problems('extends: base.yaml\nid: mine\nversion: "1"\nbands: {medium: 0}\n')
    assert problems == [
        "policy mine.yaml: line 4, bands.medium: Input should be greater than 0",
        f"policy base.yaml: line {_line_of(_TEXT, 'near_share')}, near_share: Input should be less than 1",
    ]


def test_what_is_extended_is_sought_beside_the_file_that_extends_it() -> None:
    Path("folder").mkdir()
    _write(_TEXT, "folder/base.yaml")
    name = _write('extends: base.yaml\nid: mine\nversion: "1"\n', "folder/mine.yaml")
    assert read_policy(name, _ZONE).id == "mine"


@pytest.mark.parametrize(
    ("extends", "told"),
    [
        ("mine.yaml", "extends: extends itself: mine.yaml → mine.yaml"),
        ("nowhere.yaml", "extends: nowhere.yaml: no such packaged policy (cn-pboc, "),
        ("/etc/hostname", "extends: /etc/hostname: a packaged policy (cn-pboc, "),
        ("5", "extends: the name of a packaged policy or the path of a file is expected"),
        ("{policy: cn-pboc}", "extends.money_scale: Field required"),
    ],
)
def test_extending_what_cannot_be_is_said_where_it_is_written(extends: str, told: str) -> None:
    problems = _problems(f'id: mine\nversion: "1"\nextends: {extends}\n')
    assert problems[0].startswith(f"policy mine.yaml: line 3, {told}")


@pytest.mark.parametrize("missing", ["id", "version"])
def test_a_policy_that_extends_another_has_a_name_of_its_own(missing: str) -> None:
    text = 'extends: cn-pboc\nid: mine\nversion: "1"\n'
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith(missing)]
    assert _problems("".join(lines)) == [f"policy mine.yaml: line 1, {missing}: Field required"]


def test_a_policy_that_stands_alone_is_published_as_it_is_written() -> None:
    assert standalone_text(_write(_TEXT + "# a remark\n")) == _TEXT + "# a remark\n"


@pytest.mark.parametrize("pack", ["us-bsa", "eu-amlr"])
def test_a_policy_that_extends_another_is_published_as_one_document_that_means_the_same(pack: str) -> None:
    text = standalone_text(pack)
    assert "extends:" not in text
    assert load(read_document(text), _ZONE).document == read_policy(pack, _ZONE).document


def test_a_joined_document_knows_where_everything_is_written() -> None:
    written = read_written("us-bsa")
    scale = written.place(("detectors", "dormant", "default", "threshold"))
    own = written.place(("detectors", "structuring", "why"))
    assert scale is not None
    assert own is not None
    assert scale.file == "cn-pboc"
    assert "threshold: 100000" in _TEXT.splitlines()[scale.line - 1]
    assert own.file == "us-bsa"
