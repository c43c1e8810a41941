"""`ledgerwatch backtest` as its users meet it: a small bank, today's policy, and one with other thresholds."""

import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from agents.backtest.run import BacktestError, Job, replay_both
from agents.cli import run
from monitor.catalogue import DETECTORS
from tests.architecture.tree import ROOT

_POLICY = (ROOT / "monitor" / "policies" / "cn-pboc.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small bank, and the policy `other.yaml`: velocity asks later, structuring sooner."""
    folder = tmp_path_factory.mktemp("backtest")
    arguments = ("--customers", "700", "--days", "75", "--planted", "2", "--seed", "11")
    assert run(["simulate", "--output", str(folder), *arguments]) == 0
    other, changed = re.subn(
        r"(  structuring:\n    weight: 0\.9\n    default: \{threshold: )3\}", r"\g<1>2}", _POLICY
    )
    other, again = re.subn(
        r"(  velocity:\n    weight: 0\.6\n    default: \{threshold: )6\}", r"\g<1>60}", other
    )
    assert (changed, again) == (1, 1)
    (folder / "other.yaml").write_text(other, encoding="utf-8")
    return folder


def _backtest(bank: Path, against: str, *more: str) -> int:
    files = ("--transactions", str(bank / "transactions.jsonl"), "--customers", str(bank / "customers.jsonl"))
    return run(["backtest", *files, "--against", against, *more])


@pytest.fixture(scope="module")
def reported(bank: Path) -> Path:
    """The folder with `report.html` and `report.json` of the other policy."""
    outputs = ("--output", str(bank / "report.html"), "--json", str(bank / "report.json"))
    assert _backtest(bank, str(bank / "other.yaml"), "--labels", str(bank / "labels.jsonl"), *outputs) == 0
    return bank


@pytest.fixture(scope="module")
def report(reported: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((reported / "report.json").read_bytes())
    return content


def test_a_policy_against_itself_gains_and_loses_nothing(
    bank: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _backtest(bank, "cn-pboc", "--json", str(tmp_path / "same.json")) == 0
    same = json.loads((tmp_path / "same.json").read_bytes())
    assert same["total"]["a"] == same["total"]["b"]
    assert same["total"]["a"]["alerts"] > 10
    assert (same["gained"], same["lost"], same["policy_differences"]) == ([], [], [])
    assert same["is_labelled"] is False
    assert same["ranking"] is None
    assert same["total"]["a"]["right"] is None
    out, err = capsys.readouterr()
    assert "The policies say the same." in out
    assert "prec" not in out
    assert err == ""


def test_a_lower_threshold_gains_alerts_and_a_higher_one_loses_them(report: dict[str, Any]) -> None:
    places = [one["place"] for one in report["policy_differences"]]
    assert places == ["detectors.structuring.default.threshold", "detectors.velocity.default.threshold"]
    net = {
        row["name"]: row["gained"]["alerts"] - row["lost"]["alerts"]
        for row in report["detectors"]
        if row["gained"]["alerts"] or row["lost"]["alerts"]
    }
    assert net["structuring"] > 0 > net["velocity"], "others may follow: alerts move risk grades"


def test_the_numbers_of_the_report_agree_with_one_another(report: dict[str, Any]) -> None:
    total = report["total"]
    a, b = total["a"]["alerts"], total["b"]["alerts"]
    assert b - a == total["gained"]["alerts"] - total["lost"]["alerts"]
    assert report["kept"] == a - total["lost"]["alerts"]
    assert len(report["gained"]) == total["gained"]["alerts"]
    assert len(report["lost"]) == total["lost"]["alerts"]
    for name in ("a", "b", "gained", "lost"):
        assert sum(row[name]["alerts"] for row in report["segments"]) == total[name]["alerts"]
        assert sum(line[name] for line in report["days"]) == total[name]["alerts"]
    assert sum(row["customer_days"] for row in report["segments"]) == total["customer_days"]
    assert sum(cell["alerts"] for cell in report["bands"]) == a + total["gained"]["alerts"]
    assert sum(report["alerts_by_score"]["a"]) == a
    assert total["labelled_customer_days"] > 0
    assert report["ranking"]["a"]["curve"][-1]["recall"] == 1.0


def test_segments_are_those_of_the_customers_file(reported: Path, report: dict[str, Any]) -> None:
    lines = (reported / "customers.jsonl").read_text(encoding="utf-8").splitlines()
    known = {row.get("segment") or row["kind"] for row in map(json.loads, lines)}
    assert {row["name"] for row in report["segments"]} <= known | {"unknown", "groups"}, "some have no record"
    assert len(report["segments"]) > 1


def test_the_alerts_of_a_are_those_of_a_replay(bank: Path, report: dict[str, Any], tmp_path: Path) -> None:
    out = tmp_path / "alerts.jsonl"
    files = ("--transactions", str(bank / "transactions.jsonl"), "--customers", str(bank / "customers.jsonl"))
    assert run(["replay", *files, "--alerts", str(out)]) == 0
    newest = {
        (row["customer_id"], row["business_date"]): row
        for row in map(json.loads, out.read_text(encoding="utf-8").splitlines())
    }
    assert report["total"]["a"]["alerts"] == len(newest)
    bands = Counter(row["band"] for row in newest.values())
    found: Counter[str] = Counter()
    for cell in report["bands"]:
        found[cell["a"]] += cell["alerts"]
    del found["none"]
    assert found == bands


def test_one_process_and_two_give_the_same(bank: Path) -> None:
    files = ((bank / "transactions.jsonl",), bank / "customers.jsonl")
    jobs = (
        Job("cn-pboc", "Asia/Shanghai", *files),
        Job(str(bank / "other.yaml"), "Asia/Shanghai", *files),
    )
    alone, both = _Told(), _Told()
    assert replay_both(jobs, alone, cores=1) == replay_both(jobs, both, cores=2)
    assert alone.rows == both.rows
    assert alone.rows[0] == alone.rows[1] > 0


class _Told:
    """The rows done by side."""

    def __init__(self) -> None:
        self.rows: Counter[int] = Counter()

    def __call__(self, side: int, rows: int) -> None:
        self.rows[side] += rows


def test_a_process_that_ends_without_a_result_is_said(bank: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = Job("cn-pboc", "Asia/Shanghai", (bank / "transactions.jsonl",))
    monkeypatch.setattr("agents.backtest.run._work", _end_at_once)
    with pytest.raises(BacktestError, match="policy cn-pboc: its replay ended without a result"):
        replay_both((job, job), cores=2)


def _end_at_once(*_: object) -> None:
    pass


class _Tags(HTMLParser):
    """The tags of a page, those still open, and what is asked from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.names: Counter[str] = Counter()
        self.open: list[str] = []
        self.references: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names[tag] += 1
        self.references += [f"{name}={value}" for name, value in attrs if name in {"src", "href", "srcset"}]
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in {"rect", "line", "polyline"}, attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_needs_nothing_from_elsewhere(reported: Path) -> None:
    text = (reported / "report.html").read_text(encoding="utf-8")
    tags = _Tags()
    tags.feed(text)
    assert tags.open == []
    assert tags.references == []
    assert tags.names["script"] == tags.names["link"] == tags.names["img"] == 0
    assert tags.names["svg"] == 5
    assert re.findall(r"https?://|url\(|@import|nan", text) == []
    assert "prefers-color-scheme: dark" in text


def test_the_page_has_every_detectors_question_in_both_languages(reported: Path) -> None:
    text = (reported / "report.html").read_text(encoding="utf-8")
    for detector in DETECTORS:
        assert detector.id in text
        assert detector.question_zh in text


def test_what_files_say_is_escaped_on_the_page(
    bank: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nasty = "<script>alert('&\x1b[31m')</script>"
    rows = [
        json.loads(line) | {"segment": nasty}
        for line in (bank / "customers.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    customers = tmp_path / "customers.jsonl"
    customers.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    files = ("--transactions", str(bank / "transactions.jsonl"), "--customers", str(customers))
    page = tmp_path / "page.html"
    assert run(["backtest", *files, "--against", "cn-pboc", "--output", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "\x1b" not in capsys.readouterr().out


def test_the_text_fits_into_100_columns(
    bank: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert _backtest(bank, str(bank / "other.yaml"), "--labels", str(bank / "labels.jsonl")) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 100
    for words in ("gained", "prec. A", "alerts per working day", "structuring", "band in A", "segment"):
        assert words in out


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_files_without_rows_have_nothing_to_compare(
    ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, page = tmp_path / f"none.{ending}", tmp_path / "page.html"
    source.touch()
    assert (
        run(["backtest", "--transactions", str(source), "--against", "cn-pboc", "--output", str(page)]) == 0
    )
    assert "0 postings judged" in capsys.readouterr().out
    assert page.read_text(encoding="utf-8").endswith("</html>\n")


def test_what_is_wrong_is_said_by_option_in_one_line_and_leaves_no_file(
    bank: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    source = str(bank / "transactions.jsonl")
    (tmp_path / "bad.jsonl").write_text('{"transaction_id": "T1", "label": 7}\n', encoding="utf-8")
    (tmp_path / "bad.csv").write_bytes(b"transaction_id\nT\xff\n")
    start = ("backtest", "--transactions", source)
    for arguments, told in (
        ((*start, "--against", "nowhere"), "policy nowhere: no such packaged policy"),
        ((*start, "--against", "cn-pboc", "--labels", "no.csv"), "--labels: no.csv: no such file"),
        ((*start, "--against", "cn-pboc", "--labels", "bad.jsonl"), "bad.jsonl: row 1: label: 1 or 0"),
        ((*start, "--against", "cn-pboc", "--customers", "no.csv"), "--customers: no.csv: no such file"),
        ((*start, "--against", "cn-pboc", "--timezone", "Mars"), "--timezone: not an IANA time zone: Mars"),
        ((*start, "--against", "cn-pboc", "--output", "a", "--json", "a"), "--json: a is also the file of"),
        ((*start, "--against", "cn-pboc", "--output", source), f"--transactions: {source}: would be over"),
        ((*start, "--against", "cn-pboc", "--output", "no/a"), "--output: no/a: No such file"),
        (("backtest", "--transactions", "no.csv", "--against", "cn-pboc"), "--transactions: no.csv: no such"),
        (("backtest", "--transactions", "bad.csv", "--against", "cn-pboc"), "bad.csv: 'utf-8' codec"),
    ):
        assert run(arguments) == 2
        out, err = capsys.readouterr()
        assert out == ""
        [line] = err.splitlines()
        assert line.startswith(f"ledgerwatch: {told}")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.csv", "bad.jsonl"]


def test_without_the_candidate_it_says_what_is_missing(
    bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run(["backtest", "--transactions", str(bank / "transactions.jsonl")])
    assert "--against" in capsys.readouterr().err
