"""What became of problems since the ledgers came in: told unit by unit, on the desk, kept in a record of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from office_examples import EAST, WEST, Office
from openpyxl import load_workbook
from rule_examples import round_2020
from typer.testing import CliRunner

from analysis.cli.application import app
from analysis.intake import empty_ledger
from analysis.intake.declared.problem_progress import load_progress
from analysis.results.store import Store
from analysis.run import checking
from analysis.run.desk_book.carried_problems import problems_of
from analysis.scoring.problem_list import listed
from analysis.words import words

HEADERS = ["编号", "类别", "单位代码", "问题", "期限", "销号"]
FIELDS = ("no", "group", "unit_code", "wording", "deadline", "closed_on")
LATE, LISTS = "核查反馈超过规定时限", "符合条件的用人单位未列入名单"
OLD = f"problem.2019.{EAST}.enforcement.2"
NEW = f"problem.2020.{EAST}.resolution.11"


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A round with one problem in its ledger; of the round before one more is open, which the ledger leaves out."""
    made = Office(tmp_path)
    made.settings["compared_with"] = "2019"
    fields = {field: [header] for field, header in zip(FIELDS, HEADERS, strict=True)}
    made.add("findings", [HEADERS, ["11", "化解", EAST, LATE, "2021-06-30", None]], fields)
    made.write()
    before = round_2020(round="2019", periods=["2019"], base_period="2018", history=["2018", "2019"])
    row = {
        "row": 3,
        "no": "2",
        "unit": EAST,
        "group": "enforcement",
        "wording": LISTS,
        "file": "a",
        "sheet": "",
    }
    ledger = pd.DataFrame([row]).reindex(columns=empty_ledger("findings").columns)
    days = {name: pd.to_datetime(ledger[name]) for name in ("found_on", "deadline", "closed_on")}
    last = listed(ledger.assign(**days), empty_ledger("feedback"), before)
    Store(tmp_path / "data" / "processed" / "2019").write("problems", last)
    return tmp_path


def states(project: Path) -> dict[str, str]:
    return {row["id"]: row["status"] for row in problems_of(checking.check(project, "2020"))}


def assess(project: Path, *arguments: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, [*map(str, arguments), "--project", str(project)])
    return done.exit_code, done.output


def filled(project: Path, name: str, answers: Mapping[str, Mapping[str, Any]]) -> Path:
    """Return the list of a unit, filled in: by id of the problem, what stands under which head."""
    status, said = assess(project, "ledger", "2020", "--out", project / "清单")
    assert status == 0, said
    (path,) = (project / "清单").glob(f"*{EAST}*.xlsx")
    book = load_workbook(path)
    sheet = book["问题"]
    heads = {cell.value: cell.column for cell in sheet[2]}
    for row in range(3, sheet.max_row + 1):
        for head, value in answers.get(str(sheet.cell(row, 1).value), {}).items():
            sheet.cell(row, heads[head]).value = value
    book.save(project / name)
    return project / name


DONE = {"办结依据": "公布截图", "核实的岗位": "综合岗", "销号日期": "2021-11-30"}


def test_each_unit_gets_its_open_problems_old_ones_first(office: Path) -> None:
    filled(office, "a.xlsx", {})
    (path,) = (office / "清单").iterdir()
    assert EAST in path.name
    assert WEST not in path.name
    rows = [row[:8] for row in load_workbook(path)["问题"].iter_rows(min_row=3, values_only=True)]
    assert [(row[0], row[3], row[7]) for row in rows] == [(OLD, LISTS, "未到期"), (NEW, LATE, "逾期")]


def test_what_a_unit_answers_is_recorded_and_the_ledger_stays(office: Path) -> None:
    workbook = filled(office, "a.xlsx", {OLD: DONE, NEW: {"办结依据": "已约谈"}})
    raw = office / "data" / "raw" / "2020"
    ledgers = {path.name: path.read_bytes() for path in raw.glob("*.xlsx")}
    status, said = assess(office, "ledger", "2020", "--from-xlsx", workbook)
    assert (status, said.splitlines()[-1]) == (0, "改动 4 处，已写入：progress.yaml。重新导出后可继续填写。")
    assert {path.name: path.read_bytes() for path in raw.glob("*.xlsx")} == ledgers
    said_of = {each.problem: each for each in load_progress(raw)[0]}
    assert (said_of[OLD].verified_by, str(said_of[OLD].closed_on)) == ("综合岗", "2021-11-30")
    # the old one is closed by 2021-12-31; evidence alone closes nothing
    assert states(office) == {OLD: "closed", NEW: "overdue"}
    # what the ledger left out is no longer said to be left out
    checks = [fault.check for fault in checking.check(office, "2020").faults]
    assert "problem_left_out" not in checks
    found = {row["id"]: row["evidence"] for row in problems_of(checking.check(office, "2020"))}
    assert found == {OLD: "公布截图", NEW: "已约谈"}


def test_a_closed_one_leaves_the_list_and_the_record_keeps_its_comments(office: Path) -> None:
    record = office / "data" / "raw" / "2020" / "progress.yaml"
    record.write_text(
        f"# 市办记录\nproblems:\n  # 已电话核实\n  - {{problem: {NEW}, evidence: 已约谈}}\n", encoding="utf-8"
    )
    assess(office, "ledger", "2020", "--from-xlsx", filled(office, "a.xlsx", {OLD: DONE}))
    text = record.read_text(encoding="utf-8")
    assert "# 市办记录\nproblems:\n  # 已电话核实\n  - {problem: " in text
    rows = load_workbook(filled(office, "b.xlsx", {}))["问题"].iter_rows(min_row=3, values_only=True)
    assert [row[0] for row in rows] == [NEW]


def test_the_figures_of_a_round_follow_the_record(office: Path) -> None:
    """A row of the ledger that the record closes is closed wherever the ledger is read."""
    assess(office, "ledger", "2020", "--from-xlsx", filled(office, "a.xlsx", {NEW: DONE}))
    arrived = checking.check(office, "2020").arrived
    assert arrived is not None
    findings = arrived.ledgers["findings"]
    assert list(findings["closed_on"].dt.strftime("%Y-%m-%d")) == ["2021-11-30"]


@pytest.mark.parametrize(
    ("answers", "check"),
    [
        ({"销号日期": "2021-11-30"}, "须写明办结依据和核实的岗位"),
        ({**DONE, "销号日期": "去年底"}, "closed_on"),
        ({"办结依据": "电话13333333333"}, "这一行写有电话号码"),
    ],
)
def test_what_closes_nothing_or_names_a_person_is_refused(
    office: Path, answers: dict[str, str], check: str
) -> None:
    status, said = assess(office, "ledger", "2020", "--from-xlsx", filled(office, "a.xlsx", {OLD: answers}))
    assert (status, said.splitlines()[-1]) == (1, "有 1 处问题，一处也没有写入。")
    assert check in said
    assert not (office / "data" / "raw" / "2020" / "progress.yaml").exists()


def test_two_lists_that_differ_about_a_problem_are_told(office: Path) -> None:
    one = filled(office, "a.xlsx", {OLD: {"办结依据": "公布截图"}})
    other = filled(office, "b.xlsx", {OLD: {"办结依据": "名单"}})
    status, said = assess(office, "ledger", "2020", "--from-xlsx", one, "--from-xlsx", other)
    assert status == 1
    assert "这份清单答“名单”，另一份答“公布截图”" in said


def test_the_record_speaks_only_of_problems_there_are_and_once(office: Path) -> None:
    record = office / "data" / "raw" / "2020" / "progress.yaml"
    record.write_text("problems:\n  - {problem: problem.2019.x, post: 综合岗}\n", encoding="utf-8")
    faults = {(fault.check, fault.line) for fault in checking.check(office, "2020").faults}
    assert ("progress_unknown", 2) in faults
    record.write_text(f"problems:\n  - problem: {OLD}\n  - problem: {OLD}\n", encoding="utf-8")
    assert ("progress_twice", 3) in {(f.check, f.line) for f in checking.check(office, "2020").faults}


def test_the_desk_shows_what_is_carried_over_and_takes_the_same_answers(office: Path) -> None:
    status, said = assess(office, "desk", "2020", "--out", office / "desk.xlsx")
    assert status == 0, said
    book = load_workbook(office / "desk.xlsx")
    sheet = book[words("zh").label("desk.sheet.carried")]
    assert [row[0] for row in sheet.iter_rows(min_row=3, values_only=True)] == [OLD]
    for column, value in zip("IJK", DONE.values(), strict=True):
        sheet[f"{column}3"] = value
    book.save(office / "desk.xlsx")
    status, said = assess(office, "desk", "2020", "--from-xlsx", office / "desk.xlsx")
    assert (status, states(office)[OLD]) == (0, "closed"), said
