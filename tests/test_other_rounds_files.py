"""A new round begins as a copy of the last one: what was not replaced, or is of another year, blocks."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from file_examples import Table
from office_examples import Office, blocking
from round_examples import RAW, edit, project

from analysis.intake.arrival import read_round
from analysis.rounds.new_round import make
from analysis.rounds.rounds import load_round
from analysis.words import words

MARKS = [["2020年度自查评分表"], ["单位代码", "1.1 部署调度（4分）"], ["130302", 3]]
WIDE = {"item": r"^(\d+\.\d+)", "full": "（([\\d.]+)分）"}


def marked(office: Office, title: str, **mapped: object) -> None:
    """Add a sheet of marks with a title."""
    rows = [[title], *MARKS[1:]]
    fields = {"unit_code": ["单位代码"]}
    office.add("self_marks", rows, fields, wide=WIDE, **{"header_rows": [2], "year": None, **mapped})


def checks(office: Office) -> set[str]:
    """Return the ids of what blocks."""
    return {fault.check for fault in blocking(office.read())}


def next_round(folder: Path) -> Path:
    """Return the folder of a round 2021 made from the example, with the example's files in it."""
    project(folder)
    made = make(folder, "2021", "2020", words("zh")).folder
    for file in [*RAW.glob("*.xlsx"), *RAW.glob("*.csv")]:
        shutil.copy(file, made / file.name)
    return made


def test_last_years_files_in_the_new_folder_block(tmp_path: Path) -> None:
    next_round(tmp_path)
    found = [f for f in read_round(load_round(tmp_path, "2021")).faults if f.check == "file_of_other_round"]
    # every ledger without days but the roll, which may stay; 项目台账.xlsx holds two ledgers and is told once
    assert {fault.file for fault in found} == {
        "项目台账.xlsx", "自查评分.xlsx", "实地核查评分.xlsx", "成员单位评价.csv", "省级反馈.xlsx", "创新.xlsx",
        "问题整改台账.xlsx",
    }  # fmt: skip
    assert len(found) == 7
    assert {fault.severity for fault in found} == {"blocks"}
    assert {fault.details["other"] for fault in found} == {f"2020/{fault.file}" for fault in found}


def test_a_changed_file_and_one_of_earlier_years_are_this_rounds(tmp_path: Path) -> None:
    made = next_round(tmp_path)
    edit(made / "创新.xlsx", lambda sheet: sheet.cell(1, 1, "2021年度创新"))
    maps = (made / "maps.yaml").read_text(encoding="utf-8")
    declared = maps.replace("    file: 省级反馈.xlsx\n", "    file: 省级反馈.xlsx\n    history: true\n")
    (made / "maps.yaml").write_text(declared, encoding="utf-8")
    found = {
        f.file for f in read_round(load_round(tmp_path, "2021")).faults if f.check == "file_of_other_round"
    }
    assert not found & {"创新.xlsx", "省级反馈.xlsx"}


def test_a_renamed_copy_is_found_and_a_round_of_the_same_year_may_share_its_files(tmp_path: Path) -> None:
    made = next_round(tmp_path)
    (made / "创新.xlsx").rename(made / "创新2021.xlsx")
    maps = (made / "maps.yaml").read_text(encoding="utf-8").replace("file: 创新.xlsx", "file: 创新2021.xlsx")
    (made / "maps.yaml").write_text(maps, encoding="utf-8")
    faults = read_round(load_round(tmp_path, "2021")).faults
    copied = {f.file: f.details["other"] for f in faults if f.check == "file_of_other_round"}
    assert copied["创新2021.xlsx"] == "2020/创新.xlsx"
    # the same year assessed by another rule set
    settings = tmp_path / "data" / "raw" / "trial" / "round.yaml"
    shutil.copytree(RAW, settings.parent)
    text = settings.read_text(encoding="utf-8").replace("round: 2020 ", "round: trial ")
    settings.write_text(text, encoding="utf-8")
    shutil.rmtree(made)
    assert not [
        f for f in read_round(load_round(tmp_path, "trial")).faults if f.check == "file_of_other_round"
    ]


def test_a_ledger_of_which_no_day_lies_in_the_years_of_the_round_blocks(tmp_path: Path) -> None:
    office = Office(tmp_path)
    assert "ledger_of_other_years" not in checks(office)
    office.settings.update(periods=["2024"], base_period="2023", history=["2023", "2024"], as_of="2025-03-01")
    found = [fault for fault in blocking(office.read()) if fault.check == "ledger_of_other_years"]
    assert [fault.file for fault in found] == ["线索台账.xlsx"]
    assert found[0].details["known"] == "2023、2024"


@pytest.mark.parametrize(
    ("title", "sheet", "mapped", "expected"),
    [
        ("2020年度自查评分表", "表", {}, ""),
        ("二〇二〇年度自查评分表", "表", {}, ""),
        ("自查评分表", "2020年", {}, ""),
        ("自查评分表", "表", {"year": 2020}, ""),
        ("自查评分表", "表", {}, "marks_without_year"),
        ("2019年度自查评分表", "表", {}, "marks_of_other_year"),
        ("自查评分表", "表", {"year": 2019}, "marks_of_other_year"),
        # handed in in the year after: the round's own year has to be named
        ("自查评分表（报送日期：2021年3月5日）", "表", {}, "marks_of_other_year"),
        ("2020年度自查评分表（报送日期：2021年3月5日）", "表", {}, ""),
        # no year, only a number that looks like one
        ("自查评分表 No.120201", "表", {}, "marks_without_year"),
    ],
)
def test_a_mark_sheet_says_of_which_year_it_is(
    tmp_path: Path, title: str, sheet: str, mapped: dict[str, object], expected: str
) -> None:
    office = Office(tmp_path)
    marked(office, title, **mapped)
    office.books["self_marks.xlsx"] = [Table(sheet, office.books["self_marks.xlsx"][0].rows)]
    assert checks(office) & {"marks_without_year", "marks_of_other_year"} == (
        {expected} if expected else set()
    )
