"""The sheets 自定指标 and 认定: what stands beside a rule set is added, deleted and changed in words; comments stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from rule_examples import RULEBOOK_2020
from test_ruletable import lines_changed

from analysis.indicators import catalogue
from analysis.indicators.own_measures import COUNTED
from analysis.rounds.units import Unit, UnitRoll
from analysis.rulebook.edit.owncell import OwnCell
from analysis.rulebook.edit.ruleback import ReadBack, read_back
from analysis.rulebook.edit.rulecell import CellRead
from analysis.rulebook.edit.rulefile import RuleFile
from analysis.rulebook.edit.rulefiles import RuleFiles
from analysis.rulebook.edit.rulesheets import write
from analysis.rulebook.edit.ruletable import parameters_of, table_of, terms_of
from analysis.words import words

MEASURES = """\
# 本轮次的自定指标
measures:
  # 时限
  - code: resolved_in_30_days      # 细则里写 measure: resolved_in_30_days
    name: 30日内化解率
    definition: 受理后30日内化解的案件占查实案件的比重
    ledger: clues                  # 哪个台账
    kind: share
    where: [confirmed]             # 哪些行
    that: [{field: resolved_on, within_days: 30, after: received_on}]
    direction: up
  - code: large_cases
    name: 50人以上案件数
    definition: 涉及人数超过50人的查实案件
    ledger: clues
    kind: count
    where: [confirmed, {field: workers, above: 50}]
    direction: down   # 少为好
  - code: rebuilt
    name: 改造项目案件数
    definition: 项目名称写作“改造；扩建”的案件
    ledger: clues
    kind: count
    where: [{field: project, one_of: 改造；扩建}]
"""
STATEMENTS = """\
statements:
  - {unit: "130302", fact: poor_work, holds: true, basis: 会议纪要第3号}
  - {unit: "130303", fact: poor_work, holds: false, basis: 核查记录第5号}  # 已复核
  - {unit: "130303", fact: visits, count: 3, basis: 信访部门通报}
"""
FACTS = ["- {code: poor_work, name: 工作不力}\n", "- {code: visits, name: 集体上访}\n"]
OWN, STATED = "自定指标", "认定"
#: columns of the two sheets
NAME, LEDGER, KIND, WHERE, THAT, FIELD, DIRECTION, DEFINITION = 1, 2, 3, 4, 5, 6, 9, 10
UNIT, FACT, HOLDS, TIMES, BASIS = 1, 2, 3, 4, 6
#: the first row below the heads
FIRST = 5


@pytest.fixture(autouse=True)
def _nothing_declared() -> Iterator[None]:
    yield
    catalogue.declare(())


def files_of(language: str = "zh") -> RuleFiles:
    rules = RuleFile.read(RULEBOOK_2020).arranged(("facts",), FACTS)
    roll = UnitRoll(
        [Unit("130302", "海港区", "海港区", order=1), Unit("130303", "山海关区", "山海关", order=2)],
        "130300",
        "秦皇岛",
    )
    return RuleFiles(rules, RuleFile(MEASURES), RuleFile(STATEMENTS), roll)


def workbook(tmp_path: Path, files: RuleFiles, language: str = "zh") -> Path:
    path, said = tmp_path / "细则.xlsx", words(language)
    rules, faults = files.checked()
    assert rules is not None, faults
    write(table_of(rules, files, said), parameters_of(files, said), path, terms_of(files, said))
    return path


def typed(path: Path, sheet: str, change: Callable[[Worksheet], None]) -> None:
    book = load_workbook(path)
    change(book[sheet])
    book.save(path)


def told(found: ReadBack) -> list[tuple[str, str, str, str, int]]:
    return [(each.label, each.old, each.new, each.file, each.line) for each in found.changes]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_written_out_and_not_edited_changes_nothing(tmp_path: Path, language: str) -> None:
    files = files_of()
    found = read_back(workbook(tmp_path, files, language), files, words("zh"))
    assert (found.changes, found.faults) == ((), ())
    assert found.files is not None and found.files.unlike(files) == {}


def test_every_row_says_in_words_what_the_file_says_and_a_sentence_beside_it(tmp_path: Path) -> None:
    book = load_workbook(workbook(tmp_path, files_of()))
    rows = [[cell.value for cell in row] for row in book[OWN].iter_rows(min_row=FIRST, max_row=FIRST + 2)]
    assert rows[0][:5] == ["30日内化解率", "线索案件台账", "比率", "查实", "化解日期在受理日期后 30 日以内"]
    assert rows[1][3] == "查实；涉及人数多于 50"
    assert rows[1][13] == "线索案件台账中符合“查实；涉及人数多于 50”的行数。越低越好。"
    assert rows[2][3] == "（见 measures.yaml）", "a text with a semicolon in it would fall apart in a cell"
    rows = [[cell.value for cell in row] for row in book[STATED].iter_rows(min_row=FIRST, max_row=FIRST + 2)]
    assert [row[:7] for row in rows] == [
        ["海港区", "工作不力", "是", None, None, "会议纪要第3号", "海港区：经认定工作不力。依据：会议纪要第3号。"],
        ["山海关", "工作不力", "否", None, None, "核查记录第5号",
         "山海关：经认定不属于“工作不力”。依据：核查记录第5号。"],
        ["山海关", "集体上访", None, "3", None, "信访部门通报", "山海关：经认定集体上访 3 次。依据：信访部门通报。"],
    ]  # fmt: skip
    lists = {str(each.sqref): each.formula1 for each in book[STATED].data_validations.dataValidation}
    assert lists["A5:A15"] == '"海港区,山海关"'
    assert lists["B5:B15"].startswith("'认定事项'!$A$5:"), "facts added on their sheet may be chosen at once"


def test_a_measure_is_added_changed_and_deleted_and_comments_stay(tmp_path: Path) -> None:
    files = files_of()
    path = workbook(tmp_path, files)

    def change(page: Worksheet) -> None:
        page.cell(FIRST, WHERE).value = "已核查；欠薪金额不少于 10000元"
        page.delete_rows(FIRST + 2)
        new = {NAME: "建筑业立案率", LEDGER: "线索案件台账", KIND: "比率", WHERE: "应立案；行业是建筑、装修",
               THAT: "已立案", DIRECTION: "越高越好", DEFINITION: "建筑业应立案的立案比率"}  # fmt: skip
        for column, text in new.items():
            page.cell(FIRST + 2, column).value = text

    typed(path, OWN, change)
    found = read_back(path, files, words("zh"))
    assert found.faults == () and found.files is not None
    assert [*found.files.unlike(files)] == ["measures.yaml"]
    assert lines_changed(MEASURES, found.files.measures.text) == [
        "-    where: [confirmed]             # 哪些行",
        "+    where: [checked, {field: amount, at_least: 10000}]             # 哪些行",
        "-  - code: rebuilt",
        "-    name: 改造项目案件数",
        "-    definition: 项目名称写作“改造；扩建”的案件",
        "-    ledger: clues",
        "-    kind: count",
        "-    where: [{field: project, one_of: 改造；扩建}]",
        "+  - {code: own_1, name: 建筑业立案率, ledger: clues, kind: share, where: [file_due, {field: sector, "
        "one_of: [建筑, 装修]}], that: [filed], direction: up, definition: 建筑业应立案的立案比率}",
    ]
    (first, added, deleted) = told(found)
    assert first == ("哪些行", "查实", "已核查；欠薪金额不少于 10000", "measures.yaml", 4)
    assert (added[0], added[2][:6], deleted[0], deleted[4]) == ("增加", "建筑业立案率", "删除", 19)


def test_a_new_measure_is_scored_by_a_row_of_the_same_workbook(tmp_path: Path) -> None:
    files = files_of()
    path = workbook(tmp_path, files)
    book = load_workbook(path)
    new = {NAME: "未化解案件数", LEDGER: "线索案件台账", KIND: "数行数", WHERE: "查实而未化解", DIRECTION: "越低越好",
           DEFINITION: "查实而未化解的案件数"}  # fmt: skip
    for column, text in new.items():
        book[OWN].cell(FIRST + 3, column).value = text
    page = book["细则"]
    heads = {cell.value: cell.column for cell in page[4]}
    row = next(row for row in range(5, 60) if page.cell(row, heads["序号"]).value == "5.2")
    page.cell(row, heads["取数"]).value = "未化解案件数"
    page.cell(row, heads["计分办法"]).value = "每发生一起扣分"
    page.cell(row, heads["参数"]).value = "扣分 0.5；计数单位 件"
    book.save(path)
    found = read_back(path, files, words("zh"))
    assert [fault.check for fault in found.faults] == [] and found.files is not None
    assert found.files.rules.leaf("5.2.measure").text == "own_1"  # type: ignore[union-attr]
    assert set(found.files.unlike(files)) == {"rulebook.yaml", "measures.yaml"}
    found.files.save(tmp_path, files)
    assert sorted(each.name for each in tmp_path.glob("*.yaml")) == ["measures.yaml", "rulebook.yaml"], (
        "only files that changed are written"
    )


def test_a_statement_is_added_changed_and_deleted(tmp_path: Path) -> None:
    files = files_of()
    path = workbook(tmp_path, files)

    def change(page: Worksheet) -> None:
        page.cell(FIRST + 1, HOLDS).value = "是"
        page.cell(FIRST + 2, TIMES).value = 4
        for column, text in {UNIT: "海港区", FACT: "集体上访", TIMES: 1, BASIS: "2020"}.items():
            page.cell(FIRST + 3, column).value = text
        page.delete_rows(FIRST)

    typed(path, STATED, change)
    found = read_back(path, files, words("zh"))
    assert found.faults == () and found.files is not None
    assert found.files.statements.text == (
        "statements:\n"
        '  - {unit: "130303", fact: poor_work, holds: true, basis: 核查记录第5号}  # 已复核\n'
        '  - {unit: "130303", fact: visits, count: 4, basis: 信访部门通报}\n'
        '  - {unit: "130302", fact: visits, count: 1, basis: "2020"}\n'
    )
    assert [each[0] for each in told(found)] == ["是否成立", "次数", "增加", "删除"]


def test_without_any_row_the_file_is_an_empty_list(tmp_path: Path) -> None:
    files = files_of()
    path = workbook(tmp_path, files)
    typed(path, STATED, lambda page: page.delete_rows(FIRST, 3))
    found = read_back(path, files, words("zh"))
    assert found.faults == () and found.files is not None
    assert found.files.statements.data("statements") == []


def test_what_is_wrong_is_told_with_its_cell_and_what_may_be_written(tmp_path: Path) -> None:
    files = files_of()
    path = workbook(tmp_path, files)

    def measures(page: Worksheet) -> None:
        page.cell(FIRST, WHERE).value = "查实了"
        page.cell(FIRST + 1, WHERE).value = "查实；涉及人数多于 5万"
        page.cell(FIRST + 1, LEDGER).value = "线索台账"

    def statements(page: Worksheet) -> None:
        page.cell(FIRST, UNIT).value = "海江区"
        page.cell(FIRST + 1, FACT).value = "工作不利"
        page.cell(FIRST + 2, BASIS).value = None
        page.cell(FIRST + 2, 7).value = "山海关：没有上访。"

    typed(path, OWN, measures)
    typed(path, STATED, statements)
    found = read_back(path, files, words("zh"))
    assert found.files is None
    assert [(fault.check, fault.sheet, fault.cell) for fault in found.faults] == [
        ("ruletable_own_condition_unknown", OWN, "D5"),
        ("ruletable_not_a_choice", OWN, "B6"),
        ("ruletable_text_edited", STATED, "G7"),
        ("ruletable_unit_unknown", STATED, "A5"),
        ("ruletable_fact_unknown", STATED, "B6"),
        ("ruletable_cell_needed", STATED, "F7"),
    ]
    assert found.faults[3].details["suggestion"] == "海港区"


def test_a_measure_that_lacks_what_its_kind_needs_is_told_with_its_cell(tmp_path: Path) -> None:
    files = files_of()
    path = workbook(tmp_path, files)
    # a share of rows needs to know which rows are its part
    typed(path, OWN, lambda page: page.cell(FIRST, THAT).__setattr__("value", None))
    found = read_back(path, files, words("zh"))
    (fault,) = found.faults
    assert (fault.check, fault.file) == ("measures_incomplete_share", "measures.yaml")
    assert found.cells[0] == (OWN, "C5")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("ledger", COUNTED)
def test_every_phrase_that_is_offered_is_read_and_said_again(ledger: str, language: str) -> None:
    cell = OwnCell(ledger, words(language))
    phrases = [*cell.conditions.values(), *(each for field in cell.heads for each in cell.examples_of(field))]
    assert phrases
    for phrase in phrases:
        found = CellRead()
        read = cell.read(phrase, found)
        assert (found.faults, cell.shown(read)) == ([], phrase)


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("涉及人数超过50人", {"field": "workers", "above": "50"}),
        (
            "化解日期 在 受理日期 后 30 天以内",
            {"field": "resolved_on", "within_days": "30", "after": "received_on"},
        ),
        ("已有化解日期", {"field": "resolved_on", "happened": "true"}),
        ("无化解日期", {"field": "resolved_on", "happened": "false"}),
        ("行业不是建筑、制造", {"field": "sector", "not_one_of": ["建筑", "制造"]}),
        ("是否立案为否", {"field": "filed", "one_of": "no"}),
    ],
)
def test_a_condition_is_understood_as_people_write_it(written: str, means: dict[str, object]) -> None:
    found = CellRead()
    assert (OwnCell("clues", words("zh")).read(written, found), found.faults) == ([means], [])
