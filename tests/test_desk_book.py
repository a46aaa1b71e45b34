"""The desk of a round as a workbook: what is to be decided, answered in cells and read back into the settings."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import round_examples
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from typer.testing import CliRunner

from analysis.cli.application import app
from analysis.rounds.faults import Fault
from analysis.rounds.new_round import make, open_decisions
from analysis.rounds.rounds import load_round
from analysis.run.desk_book import desk_workbook, deskback
from analysis.run.desk_book.desk_sheets import OnDesk
from analysis.words import words

Fill = Callable[[Mapping[str, Worksheet]], None]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The round 2021 made from the example, with the roll of its units and nothing else."""
    made = make(round_examples.project(tmp_path), "2021", "2020", words("zh"))
    shutil.copy(round_examples.raw(tmp_path) / round_examples.ROLL, made.folder)
    return tmp_path


def filled(project: Path, fill: Fill, round_id: str = "2021") -> deskback.DeskBack:
    """Return what a desk says that somebody filled in."""
    return deskback.read_back(OnDesk(project, round_id, words("zh")), exported(project, fill, round_id))


def exported(project: Path, fill: Fill, round_id: str = "2021") -> Path:
    path = project / "工作台.xlsx"
    desk_workbook.write(OnDesk(project, round_id, words("zh")), path)
    book = load_workbook(path)
    fill({sheet.title: sheet for sheet in book.worksheets})
    book.save(path)
    return path


def answer(sheet: Worksheet, column: str, value: Any, **where: str) -> None:
    """Write into the column of the only row whose other columns say what they should."""
    heads = {str(cell.value): cell.column for cell in sheet[2]}
    rows = [
        row
        for row in range(3, sheet.max_row + 1)
        if all(str(sheet.cell(row, heads[head]).value or "") == text for head, text in where.items())
    ]
    (row,) = rows
    sheet.cell(row, heads[column]).value = value


def settle_all(sheets: Mapping[str, Worksheet]) -> None:
    for row in range(3, sheets["待定事项"].max_row + 1):
        sheets["待定事项"].cell(row, 7).value = "是"


def checks(found: deskback.DeskBack) -> list[tuple[str, str, str]]:
    return [(fault.check, fault.sheet, fault.cell) for fault in found.faults]


def test_whatever_is_to_be_decided_stands_there_with_its_proposal_and_where_it_comes_from(
    project: Path,
) -> None:
    book = load_workbook(exported(project, lambda _sheets: None))
    decisions = book["待定事项"]
    assert decisions.max_row - 2 == len(open_decisions(project / "data" / "raw" / "2021"))
    rows = {row[1]: row for row in decisions.iter_rows(min_row=3, values_only=True)}
    assert rows["基期"][2:6] == ("与哪个时期比较", "2020", "由“2020”轮次的“2019”顺延", "2020")
    assert rows["零报告"][5] == "在“零报告”表中答复"
    # the answers are locked away from nobody, all else is
    assert (decisions["F13"].protection.locked, decisions["D13"].protection.locked) == (False, True)
    drop_downs = {str(each.sqref): each.formula1 for each in decisions.data_validations.dataValidation}
    assert any(cell.startswith("G") for cell in drop_downs)
    # the sheets of the rule set are those of its own workbook
    assert {"细则", "参数", "等次与条件", "计分办法"} <= {*book.sheetnames}


def fill(sheets: Mapping[str, Worksheet]) -> None:
    settle_all(sheets)
    answer(sheets["待定事项"], "答复", "测〔2023〕7号", 设置="文号")
    answer(sheets["待定事项"], "答复", dt.datetime(2023, 4, 1), 设置="印发日期")
    answer(sheets["待定事项"], "答复", "2019、2020、2021", 设置="有台账的时期")
    answer(sheets["待定事项"], "答复", "真实数据", 设置="数据")
    answer(sheets["通报段落"], "文字", "{declines}依据办法，", 设置="依据")
    answer(sheets["通报段落"], "文字", None, 设置="主要成效 · 第1项")
    answer(sheets["通报段落"], "文字", "一：2021", 设置="主要成效 · 第4项")
    for column, text in zip("ABC", ("2021", "clues_received、cases", "平台开通"), strict=True):
        sheets["口径变化"][f"{column}3"] = text


def test_answers_go_into_the_settings_and_comments_stay(project: Path) -> None:
    folder = project / "data" / "raw" / "2021"
    before = (folder / "round.yaml").read_text(encoding="utf-8")
    workbook = exported(project, fill)
    told = CliRunner().invoke(
        app, ["desk", "2021", "--project", str(project), "--from-xlsx", str(workbook), "--dry-run"]
    )
    assert (told.exit_code, (folder / "round.yaml").read_text(encoding="utf-8")) == (0, before)
    done = CliRunner().invoke(app, ["desk", "2021", "--project", str(project), "--from-xlsx", str(workbook)])
    assert done.exit_code == 0, done.output
    assert "待定事项 › F12：“秦治欠〔2023〕1号”改为“测〔2023〕7号”" in done.output
    assert open_decisions(folder) == []
    settings = load_round(project, "2021").settings
    assert (settings.document_number, settings.document_date) == ("测〔2023〕7号", dt.date(2023, 4, 1))
    assert (settings.history, settings.synthetic) == (["2019", "2020", "2021"], False)
    assert [(each.period, each.measures) for each in settings.breaks] == [
        ("2021", ["clues_received", "cases"])
    ]
    now = (folder / "round.yaml").read_text(encoding="utf-8")
    assert "history: [2019, 2020, 2021]   # 有台账的时期" in now
    # nothing but answers and marks is other than it was
    kept = [line for line in before.splitlines() if line.startswith("#") and "请确定" not in line]
    assert [line for line in now.splitlines() if line.startswith("#")] == kept
    bulletin = (folder / "bulletin.yaml").read_text(encoding="utf-8")
    assert 'legal_basis: "{declines}依据办法，"' in bulletin
    assert "achievements:                    # 三、（一）主要成效" in bulletin
    assert "组织领导方面的成效" not in bulletin
    assert "  - 一：2021\n" in bulletin


def test_a_mark_stays_until_its_line_is_settled(project: Path) -> None:
    found = filled(project, lambda sheets: answer(sheets["待定事项"], "答复", "合成数据2", 设置="标题"))
    text = found.files["round.yaml"].decode("utf-8")
    assert "# 请确定：标题中的年份已顺延\ntitle: 合成数据2\n" in text


def write_over_texts(sheets: Mapping[str, Worksheet]) -> None:
    settle_all(sheets)
    sheets["待定事项"]["D12"] = "另一个文号"
    sheets["口径变化"]["D3"] = "多写的"
    sheets["待定事项"]["F14"] = "也许"


def test_an_edited_text_and_an_answer_nobody_offers_are_told_and_nothing_is_written(project: Path) -> None:
    found = filled(project, write_over_texts)
    assert sorted(checks(found)) == [
        ("desk_not_a_choice", "待定事项", "F14"),
        ("desk_text_edited", "口径变化", "D3"),
        ("desk_text_edited", "待定事项", "D12"),
    ]
    assert not found.is_sound
    folder = project / "data" / "raw" / "2021"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    workbook = exported(project, write_over_texts)
    done = CliRunner().invoke(app, ["desk", "2021", "--project", str(project), "--from-xlsx", str(workbook)])
    assert (done.exit_code, done.output.splitlines()[-1]) == (1, "有 3 处问题，一处也没有写入。")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_what_the_settings_forbid_is_told_before_anything_is_written(project: Path) -> None:
    """A period of half a year cannot be compared with a whole one."""
    found = filled(project, lambda sheets: answer(sheets["待定事项"], "答复", "2021H1", 设置="本期"))
    assert ("settings_bad_value", "round.yaml") in [(fault.check, fault.file) for fault in found.faults]
    assert [path.name for path in (project / "data" / "raw").iterdir() if path.name.startswith(".")] == []


def test_what_changed_since_the_export_is_told(project: Path) -> None:
    workbook = exported(project, lambda sheets: answer(sheets["待定事项"], "答复", "测1号", 设置="文号"))
    settings = project / "data" / "raw" / "2021" / "round.yaml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("秦治欠〔2023〕1号", "秦治欠〔2023〕9号"), encoding="utf-8")
    found = deskback.read_back(OnDesk(project, "2021", words("zh")), workbook)
    assert checks(found) == [("desk_changed_since", "待定事项", "F12")]
    # the same answer, written by hand meanwhile, is no difference
    settings.write_text(text.replace("秦治欠〔2023〕1号", "测1号"), encoding="utf-8")
    again = deskback.read_back(OnDesk(project, "2021", words("zh")), workbook)
    assert (again.faults, again.files) == ([], {})


def test_a_file_nobody_reads_is_taken_into_the_maps_only_where_somebody_says_so(project: Path) -> None:
    folder = project / "data" / "raw" / "2021"
    shutil.copy(round_examples.raw(project) / "创新.xlsx", folder / "各县创新做法.xlsx")
    left = filled(project, lambda _sheets: None)
    assert (left.sources, left.files) == (0, {})
    taken = filled(
        project, lambda sheets: answer(sheets["收到的文件"], "并入对照", "是", 文件="各县创新做法.xlsx")
    )
    assert (taken.sources, [*taken.files]) == (1, ["maps.yaml"]), taken.faults
    assert "各县创新做法.xlsx" in taken.files["maps.yaml"].decode("utf-8")


def test_a_change_in_a_sheet_of_the_rule_set_is_one_of_the_desk(project: Path) -> None:
    def change(sheets: Mapping[str, Worksheet]) -> None:
        rows = {row[1].value: row for row in sheets["细则"].iter_rows(min_row=5, max_col=4)}
        rows["1.1"][3].value, rows["1.2"][3].value = 5, 2

    found = filled(project, change)
    assert [(each.path, each.old, each.new) for each in found.rules] == [
        ("1.1.points", "4", "5"), ("1.2.points", "3", "2"),
    ]  # fmt: skip
    assert [*found.files] == ["rulebook.yaml"], found.faults


# ------------------------------------------------------------------------------------------------ corrections


@pytest.fixture
def example(tmp_path: Path) -> Path:
    return round_examples.project(tmp_path)


def test_a_doubtful_cell_is_corrected_or_accepted_with_its_reason(example: Path) -> None:
    def decide(sheets: Mapping[str, Worksheet]) -> None:
        for cell, told in {
            "T2314": {"决定": "更正", "更正为": 7279, "理由": "小数点错位"},
            "Q1167": {"决定": "认可", "理由": "补登的线索"},
        }.items():
            for head, value in {**told, "报告的岗位": "统计岗", "日期": dt.datetime(2022, 3, 1)}.items():
                answer(sheets["更正"], head, value, 单元格=cell)

    found = filled(example, decide, "2020")
    assert (found.faults, [*found.files]) == ([], ["corrections.yaml"])
    written = found.files["corrections.yaml"].decode("utf-8")
    assert "cell: T2314, expected: 72790, value: 7279, reason: 小数点错位" in written
    assert "kind: accept, file: 线索案件台账.xlsx, sheet: 线索案件, cell: Q1167" in written
    desk = OnDesk(example, "2020", words("zh"))
    deskback.save(desk, found)
    after = OnDesk(example, "2020", words("zh")).checked.faults
    left = {fault.cell: fault.severity for fault in after if fault.cell in ("T2314", "Q1167")}
    assert left == {"Q1167": "notes"}


def test_half_a_decision_is_none(example: Path) -> None:
    found = filled(example, lambda sheets: answer(sheets["更正"], "决定", "认可", 单元格="Q1167"), "2020")
    (fault,) = found.faults
    assert isinstance(fault, Fault)
    assert (fault.check, fault.details["lacking"]) == ("desk_correction_incomplete", "理由、报告的岗位、日期")
    assert found.files == {}


def test_a_workbook_that_is_no_desk_is_refused(example: Path) -> None:
    other = round_examples.raw(example) / round_examples.ROLL
    done = CliRunner().invoke(app, ["desk", "2020", "--project", str(example), "--from-xlsx", str(other)])
    assert done.exit_code == 1
    assert "不是工作台" in done.output


def test_the_desk_in_english_has_no_chinese_but_the_offices_own(project: Path) -> None:
    path = project / "desk.xlsx"
    done = CliRunner().invoke(
        app, ["desk", "2021", "--lang", "en", "--out", str(path), "--project", str(project)]
    )
    assert done.exit_code == 0, done.output
    book = load_workbook(path)
    heads = [
        str(cell.value) for sheet in book.worksheets[:12] for cell in (*sheet[1], *sheet[2]) if cell.value
    ]
    assert all(text.isascii() or set(text) & {*"“”’、"} for text in heads)
    back = deskback.read_back(OnDesk(project, "2021", words("en")), path)
    assert (back.edits, back.faults) == ([], [])
