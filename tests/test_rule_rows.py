"""Rows of the workbook of a rule set: added, deleted, moved, given another shape; comments stay, all else is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from rule_examples import RULEBOOK_2020, ZH
from test_ruletable import KEPT, PARAMETERS, TABLE, back, edited, lines_changed, removed, row_of, workbook

from analysis.rulebook import Indicator
from analysis.rulebook.edit.ruleback import read_back
from analysis.rulebook.edit.rulecell import RuleCell, completed
from analysis.rulebook.edit.rulefile import RuleFile
from analysis.rulebook.edit.rulefiles import RuleFiles
from analysis.rulebook.edit.rulesheets import example_of, write
from analysis.rulebook.edit.ruletable import parameters_of, table_of, terms_of
from analysis.rulebook.edit.ruleterms import RuleTerms
from analysis.rulebook.presets import PRESETS, preset_file
from analysis.rulebook.rule import SHAPES
from analysis.words import words

#: columns of the table by their heads, from 1
COLUMN = {
    name: place
    for place, name in enumerate(
        ("group", "code", "name", "points", "definition", "rule", "department", "data_source", "measure", "shape",
         "cell"), 1,
    )
}  # fmt: skip


@pytest.fixture
def rulebook(tmp_path: Path) -> Path:
    path = tmp_path / "rulebook.yaml"
    path.write_bytes(RULEBOOK_2020.read_bytes())
    return path


def changed(path: Path, change: Callable[[Worksheet], None]) -> None:
    """Change the table of a workbook as somebody in an office would."""
    book = load_workbook(path)
    # a spreadsheet moves merged cells with their rows, which openpyxl does not
    for area in [*book[TABLE].merged_cells.ranges]:
        book[TABLE].unmerge_cells(str(area))
    change(book[TABLE])
    book.save(path)


def put(page: Worksheet, row: int, **texts: object) -> None:
    for column, text in texts.items():
        page.cell(row, COLUMN[column]).value = text


def at(page: Worksheet, code: str) -> int:
    return row_of(page, ZH.label("ruletable.column.code"), code)


def test_a_deleted_row_gives_one_message_and_takes_its_item_away(rulebook: Path) -> None:
    path, before = workbook(rulebook), rulebook.read_text("utf-8")
    changed(path, lambda page: page.delete_rows(at(page, "5.8")))
    edited(path, (TABLE, "5.9", "points"), 5)
    found = back(path, rulebook)
    assert found.faults == () and found.file is not None
    (told,) = [change for change in found.changes if change.path == "5.8"]
    assert (told.label, told.old, told.cell) == ("删除", "5.8 进京赴省访", "")
    gone = lines_changed(before, found.file.text)
    assert [line for line in gone if line[0] == "+"] == ["+        points: 5"]
    assert len([line for line in gone if line[0] == "-"]) == 10 + 1, (
        "the item, and the old points of the next"
    )
    assert "# 加分项：points 为累计上限" in found.file.text


def test_a_new_row_is_a_new_item(rulebook: Path) -> None:
    path = workbook(rulebook)

    def add(page: Worksheet) -> None:
        row = at(page, "5.9")
        page.insert_rows(row)
        put(page, row, name="督办回复", points=2, measure="本项的实地核查评分", shape="按比例计分")
        put(page, row + 1, points=0.5)
        # in the column of the group the row says what stands above; the sum of the dimension is said once
        put(page, row - 1, points=2.5, group="案件处置（30 分）")

    changed(path, add)
    found = back(path, rulebook)
    assert [fault.check for fault in found.faults] == []
    assert found.file is not None
    rules, _ = found.file.loaded()
    assert rules is not None
    codes = [item.code for item in rules.indicators()]
    assert codes[codes.index("5.8") :][:3] == ["5.8", "5.10", "5.9"], "in the place of its row"
    item = rules.indicator("5.10")
    assert (item.name, item.points, item.measure) == ("督办回复", 2, "mark_field_5_10")
    assert (item.read, item.direction, item.source) == ("mark", "up", "field"), "as the measure is"


def test_what_is_added_ends_its_lines_as_the_file_does(rulebook: Path) -> None:
    rulebook.write_bytes(rulebook.read_bytes().replace(b"\n", b"\r\n"))
    path = workbook(rulebook)

    def add(page: Worksheet) -> None:
        row = at(page, "V3") + 1
        put(page, row, group="一票否决", name="进京访", measure="进京赴省访", cell="不低于 5")

    changed(path, add)
    found = back(path, rulebook)
    assert found.faults == () and found.file is not None
    assert "name: 进京访\r\n" in found.file.text
    assert found.file.text.count("\n") == found.file.text.count("\r\n")


def test_a_row_of_another_kind_gets_another_rule(rulebook: Path) -> None:
    path = workbook(rulebook)
    edited(path, (TABLE, "5.2", "shape"), "分档计分")
    edited(
        path,
        (TABLE, "5.2", "cell"),
        "档次1：不低于 95%，分值 7；档次2：低于 95%，分值 4",
    )
    # the same as a code and with full-width signs
    edited(path, (TABLE, "5.8", "shape"), "line")
    edited(path, (TABLE, "5.8", "cell"), "满分线：0\n零分线 ＝ ６")
    found = back(path, rulebook)
    assert found.faults == () and found.file is not None
    assert "shape: bands, bands: [{at_least: 95%, points: 7}" in found.file.text
    rules, _ = found.file.loaded()
    assert rules is not None
    assert found.file.data("5.8")["rule"] == {"shape": "line", "full_at": "0", "zero_at": "6"}
    assert [change.label for change in found.changes if change.path == "5.2"] == ["计分办法", "参数"]


def test_another_measure_brings_its_own_direction_and_way_of_reading(rulebook: Path) -> None:
    path = workbook(rulebook)
    edited(path, (TABLE, "3.5", "measure"), "涉及金额变化")
    found = back(path, rulebook)
    assert found.file is not None
    item = found.file.data("3.5")
    assert (item["measure"], item["read"], item["direction"]) == ("change_amount", "decline", "down")


def test_moved_rows_move_with_their_comments(rulebook: Path) -> None:
    text = rulebook.read_text("utf-8").replace(
        '      - code: "5.8"\n', '      # 信访部门提供\n      - code: "5.8"\n'
    )
    rulebook.write_text(text, "utf-8")
    path = workbook(rulebook)

    def move(page: Worksheet) -> None:
        source, target = at(page, "5.8"), at(page, "6.1")
        texts = [page.cell(source, place).value for place in range(1, 12)]
        page.insert_rows(target)
        for place, value in enumerate(texts, 1):
            page.cell(target, place).value = value
        put(page, target, group="执法能力（13 分）")
        put(page, source - 1, group="案件处置（27 分）")
        page.delete_rows(source)

    changed(path, move)
    found = back(path, rulebook)
    assert found.faults == () and found.file is not None
    rules, _ = found.file.loaded()
    assert rules is not None
    assert [[item.code for item in part.indicators] for part in rules.dimensions][5] == ["5.8", "6.1", "6.2"]
    assert [part.points for part in rules.dimensions][4:] == [27, 13]
    assert '    indicators:\n      # 信访部门提供\n      - code: "5.8"\n' in found.file.text
    assert {change.label for change in found.changes if change.path == "5.8"} == {"移动"}
    lost = {line.strip() for line in text.splitlines()} - {
        line.strip() for line in found.file.text.splitlines()
    }
    assert lost == {"points: 30", "points: 10"} - (
        {"points: 10"} if "points: 10" in found.file.text else set()
    )


def test_dimensions_are_named_added_and_go_with_their_last_row(rulebook: Path) -> None:
    path = workbook(rulebook)

    def change(page: Worksheet) -> None:
        for code in ("4.1", "4.2"):
            put(page, at(page, code), group="失信惩戒（8 分）")
        for code in ("1.1", "1.2", "1.3"):
            put(page, at(page, code), group="组织领导（10 分）")
        put(page, at(page, "6.2"), group="队伍建设")
        put(page, at(page, "6.1"), group="执法能力（6 分）")

    changed(path, change)
    found = back(path, rulebook)
    assert [fault.check for fault in found.faults] == []
    assert found.file is not None
    rules, _ = found.file.loaded()
    assert rules is not None
    assert [(part.name, part.points) for part in rules.dimensions][3:] == [
        ("失信惩戒", 8), ("案件处置", 30), ("执法能力", 6), ("队伍建设", 4),
    ]  # fmt: skip
    changed(path, lambda page: page.delete_rows(at(page, "4.1"), 2))
    gone = back(path, rulebook).file
    assert gone is not None and gone.leaf("4.points") is None


def test_vetoes_and_bonuses_are_rows_too(rulebook: Path) -> None:
    path = workbook(rulebook)

    def change(page: Worksheet) -> None:
        row = at(page, "V3")
        page.insert_rows(row + 1)
        put(
            page,
            row + 1,
            group="一票否决",
            name="进京访",
            measure="进京赴省访",
            cell="不低于 5；后果 不得评最高等次",
        )
        page.delete_rows(at(page, "B1"))

    changed(path, change)
    found = back(path, rulebook)
    assert found.faults == () and found.file is not None
    rules, _ = found.file.loaded()
    assert rules is not None
    veto = rules.vetoes[-1]
    assert (veto.code, veto.measure, veto.at_least, veto.effect) == ("V4", "petitions", 5, "top_barred")
    assert rules.bonuses == () and "bonuses:" not in found.file.text


@pytest.mark.parametrize("what", ["grades", "general", "conventions"])
def test_protected_text_is_told(rulebook: Path, what: str) -> None:
    path = workbook(rulebook)
    head = ZH.label(f"ruletable.column.{what}")

    def change(page: Worksheet) -> None:
        row = next(row for row in range(5, page.max_row + 1) if page.cell(row, 1).value == head)
        page.cell(row, 2).value = str(page.cell(row, 2).value).replace("前 5 名", "前 4 名") + "。"

    changed(path, change)
    (fault,) = back(path, rulebook).faults
    assert (fault.check, fault.sheet, fault.cell[0]) == ("ruletable_text_edited", TABLE, "B")


def test_the_wording_of_a_new_rule_is_held_against_its_parameters(rulebook: Path) -> None:
    path = workbook(rulebook)

    def add(page: Worksheet) -> None:
        row = at(page, "5.9")
        page.delete_rows(row)
        page.insert_rows(row)
        put(page, row, group="案件处置（30 分）", code="5.10", name="逾期", points=2, measure="进京赴省访")
        put(page, row, shape="每发生一起扣分", cell="扣分 0.2；计数单位 起", rule="每发生1起扣0.5分。")

    changed(path, add)
    found = back(path, rulebook)
    (fault,) = found.faults
    assert (fault.check, fault.severity) == ("ruletable_wording_differs", "warns")
    assert fault.details["generated"] == "满分 2 分，每发生 1 起扣 0.2 分，扣完为止。"


def test_everything_wrong_is_told_at_once_each_with_its_cell(rulebook: Path) -> None:
    path = workbook(rulebook)
    cells = [
        edited(path, (TABLE, "5.2", "cell"), "满分线 98%；扣分 0.3"),
        edited(path, (TABLE, "5.4", "measure"), "清欠"),
        edited(path, (TABLE, "5.8", "shape"), "扣分"),
        edited(path, (PARAMETERS, "missing", "value"), "零分"),
    ]
    found = back(path, rulebook)
    assert [fault.cell for fault in found.faults] == cells
    assert found.faults[0].details["missing"] == "每差"
    assert found.faults[1].details["suggestion"] == "清欠率"


def test_without_the_hidden_sheet_rows_are_still_told(rulebook: Path) -> None:
    path = workbook(rulebook)
    changed(path, lambda page: page.delete_rows(at(page, "V3")))
    removed(KEPT)(path)
    (change,) = back(path, rulebook).changes
    assert (change.path, change.label) == ("V3", "删除")


def test_a_text_of_several_lines_ends_where_its_item_does() -> None:
    file = RuleFile(
        "bonuses:\n  - code: B1\n    definition: |\n      one\n      two\n"
        "  # of the second\n  - code: B2  # kept\n    name: x\n\nname: y\n"
    )
    chunks = [file.chunk(("bonuses", place)) for place in (0, 1)]
    assert chunks[1] == "# of the second\n- code: B2  # kept\n  name: x\n"
    turned = file.arranged(("bonuses",), chunks[::-1])
    assert turned.text.startswith(
        "bonuses:\n  # of the second\n  - code: B2  # kept\n    name: x\n  - code: B1\n"
    )
    assert turned.data("B1") == {"code": "B1", "definition": "one\ntwo\n"}
    assert file.arranged(("bonuses",), []).text == "\nname: y\n"
    assert turned.edited({"B1.points": "3"}).data("B1.points") == "3"


@pytest.mark.parametrize("preset", PRESETS)
def test_whatever_a_set_holds_a_round_trip_changes_nothing(tmp_path: Path, preset: str) -> None:
    files = RuleFiles(RuleFile.read(preset_file(preset)))
    path, terms = tmp_path / "x.xlsx", words("en")
    rules, _ = files.rules.loaded()
    write(table_of(rules, files, terms), parameters_of(files, terms), path, terms_of(files, terms))
    found = read_back(path, files, ZH)
    assert found.changes == () and found.file is not None
    assert found.file.text == files.rules.text


# ------------------------------------------------------------------------------------ cells


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_has_an_example_that_is_read_and_said(shape: str, language: str) -> None:
    terms = RuleTerms(words(language))
    example, sentence = example_of(shape, terms)
    cell = RuleCell(Indicator, terms)
    read = cell.read(example, shape)
    assert read.faults == []
    assert sentence, "the official sentence stands beside it"
    assert cell.shown(completed(read.data, Indicator)) == example


def test_every_item_of_the_committed_set_fits_its_cell() -> None:
    file, terms = RuleFile.read(RULEBOOK_2020), RuleTerms(ZH)
    for code in (
        leaf.text for leaf in file.leaves() if leaf.key == "code" and leaf.location[0] == "dimensions"
    ):
        data = file.data(code)
        if "rule" in data:
            cell = RuleCell(Indicator, terms, code)
            shown = cell.shown(data)
            assert shown is not None
            read = cell.read(shown, data["rule"]["shape"])
            assert read.faults == [] and read.data["rule"] == data["rule"]
