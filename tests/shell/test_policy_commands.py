"""Policies in the terminal: what one says, what it says for one type of customer, and what is different in another."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from agents.cli import run
from tests.architecture.tree import ROOT

_TEXT: Final = (ROOT / "monitor" / "policies" / "cn-pboc.yaml").read_text(encoding="utf-8")
_SHADOW: Final = _TEXT.count("mode: shadow")
_MINE: Final = """\
extends: cn-pboc
id: mine
version: "7"
near_share: 0.80
detectors:
  structuring: {mode: shadow, default: {threshold: 4}}
  velocity:
    segments: {payroll: {threshold: 50}}
lists:
  offshore_countries: {countries: [AD, AI, BS, BZ, BM, VG, KY, CK, CY, GI, GG, IM, JE, LI, MH, MU, MC, NR, NU, PA, KN, LC,
    VC, WS, SC, TC, VU, PW]}
"""


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text(_MINE, encoding="utf-8")


def _said(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert run(["policy", *arguments]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out.splitlines()


def _line(text: str, start: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if line.startswith(start))


def test_validating_says_of_each_file_whether_it_is_valid(capsys: pytest.CaptureFixture[str]) -> None:
    Path("bad.yaml").write_text(_TEXT.replace("near_share: 0.8", "near_share: 8"), encoding="utf-8")
    assert run(["policy", "validate", "cn-pboc", "bad.yaml", "mine.yaml", "nowhere"]) == 2
    out, err = capsys.readouterr()
    assert [line.split(", detectors")[0] for line in out.splitlines()] == [
        "policy cn-pboc: valid: cn-pboc 2026.1, CNY",
        "policy mine.yaml: valid: mine 7, CNY",
    ]
    assert out.splitlines()[1].endswith(f" {_SHADOW + 1} shadow, 0 off")
    bad, nowhere = err.splitlines()
    assert bad.startswith(f"ledgerwatch: policy bad.yaml: line {_line(_TEXT, 'near_share')}, near_share: ")
    assert nowhere.startswith("ledgerwatch: policy nowhere: no such packaged policy")


def test_the_overview_has_every_rule_of_the_law_with_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    lines = _said(capsys, "show", "us-bsa")
    text = " ".join(" ".join(lines).split())
    assert lines[0] == "us-bsa 2026.1: USD, home US, extends cn-pboc"
    assert "ctr cash any > 10,000 > 10,000 > 10,000 reported" in text
    assert "funds-transfer transfer any 3,000 3,000 3,000 not reported" in text
    assert "31 CFR 1010.311: a currency transaction report" in text
    assert "medium from 8, high from 17, critical from 33" in text
    assert "14 days, unless 2 times as strong" in text
    assert "structuring active 0.9 14 d, 2 x - -" in text


def test_the_overview_tells_what_the_lists_hold_and_fits_into_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = _said(capsys, "show")
    assert lines[0] == "cn-pboc 2026.1: CNY, home CN"
    assert any(line.startswith("high risk countries        20: DZ, AO, BO") for line in lines)
    assert "call for action countries  3: KP, IR, MM" in lines
    assert max(map(len, lines[lines.index("") + 8 :])) <= 100


def test_the_numbers_for_a_type_of_customer_are_the_resolved_ones(capsys: pytest.CaptureFixture[str]) -> None:
    lines = _said(capsys, "show", "cn-pboc", "--kind", "company", "--grade", "high")
    rows = {line.split()[0]: line.split() for line in lines if line}
    assert lines[0] == "cn-pboc 2026.1 for: company, grade high"
    assert rows["fan-in"] == [
        "fan-in",
        "active",
        "7.5",
        "37,500",
        "-",
        "3",
        "0.88",
        "14",
        "d,",
        "2",
        "x",
        "counterparties",
    ]
    assert rows["dormant"][2] == "75,000"
    assert rows["cash"] == ["cash", "50,000", "50,000"]
    assert rows["transfer"] == ["transfer", "2,000,000", "2,000,000"]
    person = {line.split()[0]: line.split() for line in _said(capsys, "show", "--kind", "person") if line}
    assert person["transfer"] == ["transfer", "500,000", "200,000"]


def test_a_segment_goes_before_the_kind(capsys: pytest.CaptureFixture[str]) -> None:
    lines = _said(capsys, "show", "mine.yaml", "--kind", "company", "--segment", "payroll")
    assert lines[0] == "mine 7 for: company, segment payroll, grade medium"
    [velocity] = [line.split() for line in lines if line.startswith("velocity")]
    assert velocity[2] == "50"
    assert run(["policy", "show", "mine.yaml", "--segment", "nobody"]) == 2
    assert capsys.readouterr().err == "ledgerwatch: --segment: mine has payroll, not nobody\n"


def test_what_means_the_same_is_no_difference(capsys: pytest.CaptureFixture[str]) -> None:
    text = _TEXT.replace("  structuring:\n", "  structuring:\n    mode: active\n").replace("0.8\n", "0.80\n")
    text = text.replace("[KP, IR, MM, DZ", "[IR, KP, MM, DZ").replace("USD: 7.05", "USD: 7.050")
    Path("same.yaml").write_text("# mine\n" + text, encoding="utf-8")
    assert _said(capsys, "diff", "cn-pboc", "same.yaml") == [
        "cn-pboc 2026.1 → cn-pboc 2026.1: no differences"
    ]


def test_a_difference_has_its_path_both_values_and_both_lines(capsys: pytest.CaptureFixture[str]) -> None:
    structuring, velocity = _line(_TEXT, "  structuring:"), _line(_TEXT, "  velocity:")
    offshore = _line(_TEXT, "  offshore_countries:") + 1
    assert velocity > structuring
    assert _said(capsys, "diff", "cn-pboc", "mine.yaml") == [
        "cn-pboc 2026.1 → mine 7: 4 differences",
        f"lists.offshore_countries.countries: - LB, + PW  (cn-pboc line {offshore}, mine.yaml line 10)",
        f"detectors.structuring.mode: active → shadow  (cn-pboc line {structuring}, mine.yaml line 6)",
        f"detectors.structuring.default.threshold: 3 → 4  (cn-pboc line {structuring + 2}, mine.yaml line 6)",
        "detectors.velocity.segments.payroll.threshold: added, 50  (mine.yaml line 8)",
    ]


def test_a_rule_that_only_one_has_is_one_difference(capsys: pytest.CaptureFixture[str]) -> None:
    lines = _said(capsys, "diff", "cn-pboc", "us-bsa")
    rules = [line for line in lines if line.startswith("reporting[")]
    assert [line.split(",")[0] for line in rules] == [
        "reporting[cash]: removed",
        "reporting[transfer]: removed",
        "reporting[cross-border]: removed",
        "reporting[ctr]: added",
        "reporting[sar]: added",
        "reporting[funds-transfer]: added",
    ]
    assert rules[0].endswith(f"(cn-pboc line {_line(_TEXT, '  - id: cash')})")


def test_differences_for_machines_are_the_same_ones(capsys: pytest.CaptureFixture[str]) -> None:
    content: dict[str, Any] = json.loads("\n".join(_said(capsys, "diff", "cn-pboc", "mine.yaml", "--json")))
    assert content["old"] == {"policy_id": "cn-pboc", "version": "2026.1"}
    assert content["new"] == {"policy_id": "mine", "version": "7"}
    listed, mode, threshold, added = content["changes"]
    assert (listed["old"], listed["new"]) == (["LB"], ["PW"])
    assert (mode["kind"], mode["old"], mode["new"]) == ("changed", "active", "shadow")
    assert threshold["path"] == "detectors.structuring.default.threshold"
    assert (threshold["old"], threshold["new"]) == (3, 4)
    assert (threshold["new_file"], threshold["new_line"]) == ("mine.yaml", 6)
    assert (added["kind"], added["old"], added["old_line"]) == ("added", None, None)
