"""The rule set as a workbook and back: no edit changes nothing, every edit is listed, broken ones are refused."""

from __future__ import annotations

import difflib
import functools
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from rule_examples import RULEBOOK_2020, ZH

from analysis.rulebook.edit.held import Change
from analysis.rulebook.edit.ruleback import ReadBack, read_back
from analysis.rulebook.edit.rulefile import RuleFile, UnknownPathError, UnwritableError
from analysis.rulebook.edit.rulefiles import RuleFiles
from analysis.rulebook.edit.rulesheets import write
from analysis.rulebook.edit.ruletable import parameters_of, table_of, terms_of

TABLE, PARAMETERS, GRADES, KEPT = (
    ZH.label(f"ruletable.sheet.{name}") for name in ("table", "parameters", "grades", "kept")
)
#: what grade A of the example asks for, with a line for the coverage of wage accounts
A_ASKS = "名次前 5；得分不低于 80；工资专用账户覆盖率不低于 {}；欠薪应急周转金不低于 1"


@pytest.fixture
def rulebook(tmp_path: Path) -> Path:
    path = tmp_path / "rulebook.yaml"
    path.write_bytes(RULEBOOK_2020.read_bytes())
    return path


@functools.cache
def _written(rulebook: bytes) -> bytes:
    """Return the workbook of a rulebook, made once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "细则.xlsx"
        files = RuleFiles(RuleFile(rulebook.decode("utf-8")))
        rules, faults = files.checked()
        assert rules is not None, faults
        write(table_of(rules, files, ZH), parameters_of(files, ZH), path, terms_of(files, ZH))
        return path.read_bytes()


def workbook(rulebook: Path) -> Path:
    """Write the workbook of a rulebook beside it."""
    path = rulebook.with_name("细则.xlsx")
    path.write_bytes(_written(rulebook.read_bytes()))
    return path


def row_of(sheet: Worksheet, header: str, text: str) -> int:
    """Return the row in which `text` stands in the column of a head."""
    column = next(cell.column for row in sheet.iter_rows(max_row=6) for cell in row if cell.value == header)
    return next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, column).value == text)


def edited(path: Path, where: tuple[str, str, str], value: object, number_format: str = "") -> str:
    """Put a value into a cell (sheet, key, column) as somebody in an office would, and return its address."""
    sheet, key, column = where
    book = load_workbook(path)
    page = book[sheet]
    header = ZH.label("ruletable.column.code" if sheet == TABLE else "ruletable.column.path")
    row = row_of(page, header, key)
    wanted = ZH.label(f"ruletable.column.{column}")
    place = next(cell.column for line in page.iter_rows(max_row=6) for cell in line if cell.value == wanted)
    cell = page.cell(row, place)
    cell.value = value
    if number_format:
        cell.number_format = number_format
    book.save(path)
    return str(cell.coordinate)


def back(path: Path, rulebook: Path) -> ReadBack:
    return read_back(path, RuleFiles.read(rulebook.parent, ""), ZH)


def save(found: ReadBack, rulebook: Path) -> None:
    """Write what was read back over the files it was made of."""
    assert found.files is not None
    found.files.save(rulebook.parent, RuleFiles.read(rulebook.parent, ""))


def lines_changed(before: str, after: str) -> list[str]:
    found = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in found if line[:1] in "+-" and line[:3] not in ("+++", "---")]


# ------------------------------------------------------------------------------------------- the table


def test_the_table_holds_every_item_with_its_sentence() -> None:
    file = RuleFile.read(RULEBOOK_2020)
    rules, _ = file.loaded()
    assert rules is not None
    table = table_of(rules, RuleFiles(file), ZH)
    assert [line.code for line in table.lines] == [
        *(item.code for item in rules.indicators()), "B1", "V1", "V2", "V3",
    ]  # fmt: skip
    line = next(line for line in table.lines if line.code == "5.8")
    assert (line.group, line.name, line.points, line.department) == (
        "案件处置（30 分）", "进京赴省访", "3", "市信访局",
    )  # fmt: skip
    assert line.rule == "满分 3 分，每发生 1 起扣 0.5 分，扣完为止。"
    assert len(table.grades) == 5, "A, C, the rest; slots and ties"
    assert "名额顺延" in table.grades[3]
    assert ("修约", "四舍六入五成双") in table.conventions


def test_the_sheet_can_be_printed_and_signed(rulebook: Path) -> None:
    page = load_workbook(workbook(rulebook))[TABLE]
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert page.freeze_panes == "D5"
    assert page.print_title_rows == "$4:$4"
    assert page.cell(1, 1).value == "2020年度考核细则（示例）"
    groups = [page.cell(row, 1).value for row in range(5, 8)]
    assert groups == ["组织领导（10 分）"] * 3, (
        "every row says its dimension, so that it can be moved by itself"
    )
    assert page.print_area == "'细则'!$A$1:$H$49", "the columns of the program are not signed"
    last = [cell.value for cell in page[page.max_row] if cell.value]
    assert [text[:2] for text in last] == ["拟订", "审核", "批准"]
    assert not page.protection.sheet, "rows are added, deleted and moved"


def test_the_same_rule_set_gives_the_same_bytes(rulebook: Path) -> None:
    # a workbook that said when it was written would be another one every second
    assert load_workbook(workbook(rulebook)).properties.created.year == 1980


def test_a_row_says_what_it_reads_and_how_that_becomes_points() -> None:
    file = RuleFile.read(RULEBOOK_2020)
    rules, _ = file.loaded()
    lines = {line.code: line for line in table_of(rules, RuleFiles(file), ZH).lines}
    line = lines["5.2"]
    assert (line.measure, line.shape) == ("核处化解率", "达标得满分、每差一档扣分")
    assert line.cell == "满分线 98%；每差 1%；扣分 0.3"
    # how a mark is read, which way is better and whose points they are follows from what is read
    assert (lines["1.1"].measure, lines["1.1"].cell) == ("本项的实地核查评分", "")
    assert lines["V1"].cell == "不低于 2"
    assert lines["B1"].cell == (
        "层级1：名称 国家级推广，英文名称 State level，取数 国家级推广，分值 3；"
        "层级2：名称 省级推广，英文名称 Province level，取数 省级推广，分值 2；"
        "层级3：名称 市级推广，英文名称 City level，取数 市级推广，分值 1"
    )


def test_the_parameters_of_the_set_are_rows_with_their_choices() -> None:
    found = {each.leaf.path: each for each in parameters_of(RuleFiles(RuleFile.read(RULEBOOK_2020)), ZH)}
    assert found["rounding.rule"].allowed == "四舍六入五成双、四舍五入"
    assert found["rounding.rule"].value == "四舍六入五成双"
    assert found["rounding.places"].label == "修约 · 小数位数"
    assert not {"5.2.points", "5.2.rule.full_at", "5.points"} & found.keys(), "they stand in the table itself"
    assert not {"grades.A.all_of.1.places", "resolution.threshold"} & found.keys(), "they have their sheets"


def test_what_is_left_to_its_default_is_offered_filled_in_and_emptied_again(rulebook: Path) -> None:
    path, before = workbook(rulebook), rulebook.read_text("utf-8")
    offered = {each.leaf.path: each for each in parameters_of(RuleFiles(RuleFile.read(rulebook)), ZH)}
    assert offered["grades.alone"].value == ""
    assert offered["grades.alone"].allowed == "不按名次评等次、名次条件不适用、照常排名次"
    cell = edited(path, (PARAMETERS, "grades.alone", "value"), "不按名次评等次")
    edited(path, (PARAMETERS, "reading_places", "value"), 4)
    found = back(path, rulebook)
    assert found.faults == () and found.file is not None
    told = {change.path: (change.old, change.new, change.cell) for change in found.changes}
    assert told["grades.alone"] == ("", "不按名次评等次", cell)
    assert sorted(lines_changed(before, found.file.text)) == ["+  alone: no_grade", "+reading_places: 4"]
    rules, _ = found.file.loaded()
    assert rules is not None and (rules.grades.alone, rules.reading_places) == ("no_grade", 4)

    save(found, rulebook)
    path = workbook(rulebook)
    edited(path, (PARAMETERS, "grades.alone", "value"), None)
    edited(path, (PARAMETERS, "rounding.places", "value"), None)
    found = back(path, rulebook)
    assert [change.path for change in found.changes] == ["grades.alone"]
    assert [fault.check for fault in found.faults] == ["ruletable_empty"], "this one has no default"
    edited(path, (PARAMETERS, "rounding.places", "value"), 2)
    edited(path, (PARAMETERS, "reading_places", "value"), None)
    found = back(path, rulebook)
    assert found.faults == () and found.file is not None
    assert found.file.text == before


# ----------------------------------------------------------------------------------------- and back


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_round_trip_without_edits_changes_not_one_byte(rulebook: Path, ends: bytes, mark: bytes) -> None:
    written = mark + rulebook.read_bytes().replace(b"\n", ends)
    rulebook.write_bytes(written)
    found = back(workbook(rulebook), rulebook)
    assert (found.changes, found.faults) == ((), ())
    assert found.file is not None
    save(found, rulebook)
    assert rulebook.read_bytes() == written


def test_every_edit_is_listed_and_only_its_line_changes(rulebook: Path) -> None:
    path, before = workbook(rulebook), rulebook.read_text(encoding="utf-8")
    name = edited(path, (TABLE, "5.2", "name"), "化解率")
    points = edited(path, (TABLE, "5.2", "points"), 6.5)
    edited(path, (TABLE, "5.4", "points"), 4.5)
    threshold = edited(path, (TABLE, "5.2", "cell"), "满分线 95%；每差 1%；扣分 0.3")
    step = edited(path, (TABLE, "5.8", "cell"), "扣分 0.6分；计数单位 起")
    choice = edited(path, (PARAMETERS, "rounding.rule", "value"), "四舍五入")
    gate = edited(path, (GRADES, "grades/1/all", "conditions"), A_ASKS.format("65%"))
    found = back(path, rulebook)
    assert found.faults == ()
    told = {change.path: change for change in found.changes}
    assert told["5.2.name"] == Change("5.2.name", "指标", "核处化解率", "化解率", TABLE, name, 254)
    listed = {path: (change.old, change.new, change.cell) for path, change in told.items()}
    assert listed["5.2.points"] == ("7", "6.5", points)
    assert listed["5.2.rule.full_at"] == ("98%", "95%", threshold)
    assert listed["5.8.rule.off"] == ("0.5", "0.6", step)
    assert listed["rounding.rule"] == ("四舍六入五成双", "四舍五入", choice)
    assert listed[f"{GRADES} A"] == (A_ASKS.format("60%"), A_ASKS.format("65%"), gate)
    assert len(listed) == 7
    assert rulebook.read_text(encoding="utf-8") == before, "nothing is written before it is asked for"
    assert found.file is not None
    save(found, rulebook)
    after = rulebook.read_text(encoding="utf-8")
    assert lines_changed(before, after) == [
        "-  rule: half_even     # 修约规则：half_even 四舍六入五成双（GB/T 8170），half_up 四舍五入",
        "+  rule: half_up     # 修约规则：half_even 四舍六入五成双（GB/T 8170），half_up 四舍五入",
        "-        name: 核处化解率",
        "+        name: 化解率",
        "-        points: 7",
        "+        points: 6.5",
        "-        rule: {shape: shortfall, full_at: 98%, each: 1%, off: 0.3}",
        "+        rule: {shape: shortfall, full_at: 95%, each: 1%, off: 0.3}",
        "-        points: 4",
        "+        points: 4.5",
        "-        rule: {shape: each, off: 0.5, counted: event}",
        "+        rule: {shape: each, off: 0.6, counted: event}",
        "-      - {kind: gate, measure: coverage_account, at_least: 60%}      # 门槛：工资专用账户覆盖率",
        "+      - {kind: gate, measure: coverage_account, at_least: 65%}      # 门槛：工资专用账户覆盖率",
    ]
    # read back again, the workbook says nothing new
    assert back(path, rulebook).changes == ()


@pytest.mark.parametrize(
    ("value", "number_format"), [("8 %", ""), ("８％", ""), (0.08, "0.00%"), ("8个百分点", "")]
)
def test_a_per_cent_may_be_written_in_many_ways(rulebook: Path, value: object, number_format: str) -> None:
    text = rulebook.read_text("utf-8").replace("grades:\n", "grades:\n  few_units: places\n", 1)
    # a part that stands among the parameters, since its text has the signs of a cell in it
    odd = '{kind: part_below, items: ["1"], share: 8%, name: 甲；乙}'
    rulebook.write_text(text.replace("- - {kind: veto}  ", f"- - {odd}\n      - - {{kind: veto}}  "), "utf-8")
    path = workbook(rulebook)
    edited(path, (PARAMETERS, "grades.C.any_of.1.1.share", "value"), value, number_format)
    found = back(path, rulebook)
    assert (found.changes, found.faults) == ((), ())


def test_a_per_cent_without_its_sign_is_refused(rulebook: Path) -> None:
    path = workbook(rulebook)
    cell = edited(path, (TABLE, "5.2", "cell"), "满分线 98；每差 1%；扣分 0.3")
    found = back(path, rulebook)
    assert [change.new for change in found.changes] == ["98"]
    assert [fault.line for fault in found.faults] == [262]
    assert found.cells == {0: (TABLE, cell)}


def test_points_that_do_not_add_up_are_shown_with_cell_and_line(rulebook: Path) -> None:
    path = workbook(rulebook)
    edited(path, (TABLE, "5.2", "points"), 8)
    found = back(path, rulebook)
    (fault,) = found.faults
    assert (fault.check, fault.line) == ("rulebook_points_of_dimension", 241)
    sheet, cell = found.cells[0]
    assert sheet == TABLE
    assert load_workbook(path)[sheet][cell].value == "案件处置（30 分）", (
        "the points declared for the dimension"
    )


@pytest.mark.parametrize(
    ("where", "value", "check"),
    [
        ((TABLE, "5.2", "points"), "很多", "settings_bad_value"),
        ((TABLE, "5.2", "points"), None, "ruletable_empty"),
        ((TABLE, "5.2", "rule"), "每低1个百分点扣1分。", "ruletable_sentence_edited"),
        ((TABLE, "5.2", "code"), "5.1", "ruletable_code_twice"),
        ((TABLE, "5.2", "measure"), "核化率", "ruletable_measure_unknown"),
        ((TABLE, "5.2", "shape"), "打分", "ruletable_shape_unknown"),
        ((TABLE, "5.2", "cell"), "满分线 98%；每差 1%", "ruletable_parameter_missing"),
        ((TABLE, "5.2", "cell"), "满分线 98%；每差 1%；扣分 0.3；扣分 0.4", "ruletable_parameter_twice"),
        ((TABLE, "5.2", "cell"), "满分线 98%；每差 1%；扣分 0.3；奖 2", "ruletable_parameter_unknown"),
        ((TABLE, "5.8", "cell"), "扣分 0.5；计数单位 斤", "ruletable_not_a_choice"),
        ((TABLE, "5.2", "group"), "案件处置（30 分）› 结案（9 分）", "ruletable_group_unknown"),
        ((TABLE, "5.2", "group"), "加分项", "ruletable_list_differs"),
        ((PARAMETERS, "rounding.rule", "value"), "up", "ruletable_not_a_choice"),
        ((PARAMETERS, "rounding.places", "path"), "rounding.place", "ruletable_row_missing"),
        ((PARAMETERS, "rounding.places", "label"), "位数", "ruletable_text_edited"),
        ((GRADES, "grades/1/all", "conditions"), "名次前 0", "settings_bad_value"),
        ((GRADES, "grades/1/all", "conditions"), "名次靠前", "ruletable_condition_unknown"),
        ((GRADES, "grades/1/all", "conditions"), "核化率不低于 95%", "ruletable_measure_unknown"),
        ((GRADES, "grades/1/all", "conditions"), "认定 工作不力", "ruletable_fact_unknown"),
        ((GRADES, "grades/1/all", "joined"), "或者", "ruletable_not_a_choice"),
        ((GRADES, "grades/1/all", "said"), "得分在前 4 名以内。", "ruletable_text_edited"),
    ],
)
def test_broken_edits_are_refused_with_their_place(
    rulebook: Path, where: tuple[str, str, str], value: object, check: str
) -> None:
    path, before = workbook(rulebook), rulebook.read_bytes()
    edited(path, where, value)
    found = back(path, rulebook)
    assert check in {fault.check for fault in found.faults}
    for number, fault in enumerate(found.faults):
        assert fault.cell or number in found.cells or fault.check == "ruletable_row_missing", fault
    assert rulebook.read_bytes() == before


def test_what_changed_in_the_file_meanwhile_is_kept_or_refused(rulebook: Path) -> None:
    path = workbook(rulebook)
    changed = RuleFile.read(rulebook).edited({"5.2.rule.full_at": "97%", "rounding.places": "3"})
    rulebook.write_text(changed.text, encoding="utf-8", newline="")
    assert back(path, rulebook).changes == (), "the file is newer than the workbook, which was not edited"
    edited(path, (TABLE, "5.2", "cell"), "满分线 95%；每差 1%；扣分 0.3")
    edited(path, (PARAMETERS, "rounding.places", "value"), 1)
    cell, places = back(path, rulebook).faults
    assert {cell.check, places.check} == {"ruletable_changed_since"}
    assert (cell.details["before"][:7], cell.details["now"][:7]) == ("满分线 98%", "满分线 97%")
    assert (places.details["before"], places.details["now"], places.found) == ("2", "3", "1")


def removed(title: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        book = load_workbook(path)
        del book[title]
        book.save(path)

    return change


def not_a_workbook(path: Path) -> None:
    path.write_text("编号,分值\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "check"),
    [(removed(PARAMETERS), "ruletable_sheet_missing"), (not_a_workbook, "not_an_xlsx")],
)
def test_what_is_no_such_workbook_is_said(rulebook: Path, change: Callable[[Path], None], check: str) -> None:
    path = workbook(rulebook)
    change(path)
    found = back(path, rulebook)
    assert [fault.check for fault in found.faults] == [check]
    assert found.file is None


def test_without_the_hidden_sheet_edits_are_still_found(rulebook: Path) -> None:
    path = workbook(rulebook)
    edited(path, (TABLE, "5.2", "department"), "市人社局、市住建局")
    removed(KEPT)(path)
    (change,) = back(path, rulebook).changes
    assert (change.path, change.old, change.new) == ("5.2.department", "市人社局", "市人社局、市住建局")


# ------------------------------------------------------------------------------- the file by paths


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("5.2.name", "甲: 乙", '        name: "甲: 乙"'),
        ("5.2.name", "2020", '        name: "2020"'),
        ("1.1.code", "1.9", '      - code: "1.9"'),
        ("small_base.use", "unit", "  use: unit                   # 按全市降幅计分（unit 为按本单位降幅）"),
        ("5.2.rule.steps", "whole", "        rule: {steps: whole, shape: shortfall, full_at: 98%, each: 1%, off: 0.3}"),
        ("5.2.rule", "{shape: proportional}", "        rule: {shape: proportional}"),
    ],
)  # fmt: skip
def test_a_value_is_written_so_that_it_is_read_as_it_is(path: str, value: str, line: str) -> None:
    after = RuleFile.read(RULEBOOK_2020).edited({path: value})
    assert line in after.text.splitlines()
    if not value.startswith("{"):
        # an item is found by its code, also by a new one
        moved = path.replace("1.1", value) if path.endswith("code") else path
        leaf = after.leaf(moved)
        assert leaf is not None
        assert leaf.text == value


def test_a_path_that_is_not_there_is_refused_with_the_one_that_was_meant() -> None:
    file = RuleFile.read(RULEBOOK_2020)
    with pytest.raises(UnknownPathError) as unknown:
        file.edited({"5.2.ruel.full_at.x": "1"})
    assert unknown.value.meant.startswith("5.2.rule")
    with pytest.raises(UnwritableError):
        file.edited({"5.2.rule": "full"})
    with pytest.raises(UnwritableError):
        file.edited({"5.2.rule": "{shape: line"})
