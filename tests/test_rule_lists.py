"""Grades, stated facts and groups of problems in the workbook: added, deleted, moved, in words; comments stay."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from rule_examples import RULEBOOK_2020, ZH
from test_ruletable import A_ASKS, GRADES, back, edited, lines_changed, removed, save, workbook

from analysis.rulebook.edit.conditioncell import ConditionCell
from analysis.rulebook.edit.ruleback import ReadBack
from analysis.rulebook.edit.ruleterms import RuleTerms
from analysis.rulebook.model import Rulebook
from analysis.words import words

FACTS, GROUPS, CLASSES = (
    ZH.label(f"ruletable.sheet.{name}") for name in ("facts", "problem_groups", "classes")
)
#: the first row below the heads
FIRST = 5


@pytest.fixture
def rulebook(tmp_path: Path) -> Path:
    path = tmp_path / "rulebook.yaml"
    path.write_bytes(RULEBOOK_2020.read_bytes())
    return path


def changed(path: Path, sheet: str, change: Callable[[Worksheet], None]) -> None:
    book = load_workbook(path)
    change(book[sheet])
    book.save(path)


def put(page: Worksheet, row: int, *texts: object) -> None:
    """Type into a row from its first column on."""
    for column, text in enumerate(texts, 1):
        page.cell(row, column).value = text


def rules_of(found: ReadBack) -> Rulebook:
    assert [fault.check for fault in found.faults] == [] and found.file is not None
    rules, _ = found.file.loaded()
    assert rules is not None
    return rules


# ------------------------------------------------------------------------------------------------- grades


def test_the_grades_are_rows_in_words_with_their_sentence(rulebook: Path) -> None:
    page = load_workbook(workbook(rulebook))[GRADES]
    rows = [[page.cell(row, column).value for column in range(1, 5)] for row in range(FIRST, FIRST + 4)]
    assert rows == [
        ["A", None, "全部符合", A_ASKS.format("60%")],
        ["B", None, None, "其余"],
        ["C", None, "符合其一", "触发一票否决"],
        ["C", None, "符合其一", "名次后 2；得分低于 60"],
    ]
    assert str(page.cell(FIRST, 5).value).startswith("同时满足下列条件的，评为 A 级：得分在前 5 名以内；")
    assert page.column_dimensions["F"].hidden, "what a row is stands where nobody edits it"


def test_conditions_are_added_and_deleted_and_comments_stay(rulebook: Path) -> None:
    path, before = workbook(rulebook), rulebook.read_text("utf-8")
    cell = edited(
        path, (GRADES, "grades/1/all", "conditions"), "名次前 3；核处化解率不低于 95%；得分不低于80分"
    )
    found = back(path, rulebook)
    (change,) = found.changes
    assert (change.label, change.cell, change.line) == ("条件", cell, 408)
    first, *_ = rules_of(found).grades.levels
    assert [each.kind for each in first.all_of] == ["top", "gate", "score_at_least"]
    assert found.file is not None
    assert lines_changed(before, found.file.text) == [
        "-      - {kind: top, places: 5}                                      # 名额：前5名",
        "+      - {kind: top, places: 3}                                      # 名额：前5名",
        "+      - {kind: gate, measure: rate_resolved, at_least: 95%}",
        "-      - {kind: gate, measure: coverage_account, at_least: 60%}      # 门槛：工资专用账户覆盖率",
        "-      - {kind: gate, measure: emergency_fund, at_least: 1}          # 门槛：已建立欠薪应急周转金",
    ]


def test_three_grades_become_four_with_other_names(rulebook: Path) -> None:
    path = workbook(rulebook)

    def change(page: Worksheet) -> None:
        page.insert_rows(FIRST + 1)
        put(page, FIRST, "优秀", "", "全部符合", "得分不低于 90；名次前 3")
        put(page, FIRST + 1, "良好", "Good", "", "得分不低于 80")
        put(page, FIRST + 2, "合格", "", "", "其余")
        put(page, FIRST + 3, "不合格")
        put(page, FIRST + 4, "不合格")

    changed(path, GRADES, change)
    found = back(path, rulebook)
    grades = rules_of(found).grades
    assert grades.names == ("优秀", "良好", "合格", "不合格")
    assert [[each.kind for each in level.all_of] for level in grades.levels] == [
        ["score_at_least", "top"], ["score_at_least"], [], [],
    ]  # fmt: skip
    assert [[each.kind for each in clause] for clause in grades.levels[3].any_of] == [
        ["veto"],
        ["last", "score_below"],
    ]
    told = [
        (change.path, change.label) for change in found.changes if change.label in ("增加", "删除", "移动")
    ]
    assert told == [(f"{GRADES} 良好", "增加")], "the others are renamed"
    assert found.file is not None
    assert "# 触发任一否决事项" in found.file.text and "# 后2名，且" in found.file.text, "comments stay"
    assert "otherwise" not in found.file.text

    save(found, rulebook)
    again = back(path, rulebook)
    assert (again.changes, again.faults) == ((), ()), "read again it says nothing new"
    path = workbook(rulebook)
    changed(path, GRADES, lambda page: page.delete_rows(FIRST + 1))
    found = back(path, rulebook)
    assert rules_of(found).grades.names == ("优秀", "合格", "不合格")
    assert [(change.label, change.old[:2]) for change in found.changes] == [("删除", "良好")]


def test_a_clause_is_a_row_that_is_added_deleted_and_moved(rulebook: Path) -> None:
    path, before = workbook(rulebook), rulebook.read_text("utf-8")

    def change(page: Worksheet) -> None:
        page.delete_rows(FIRST + 3)
        # the name of the grade stands above
        put(page, FIRST + 3, "", "", "", "较大群体性事件达到 2 起")

    changed(path, GRADES, change)
    found = back(path, rulebook)
    # in a grade of two rows one of them has to hold
    lowest = rules_of(found).grades.levels[-1]
    assert [[each.kind for each in clause] for clause in lowest.any_of] == [["veto"], ["count"]]
    assert found.file is not None
    assert lines_changed(before, found.file.text) == [
        "-      - - {kind: last, places: 2}                                   # 后2名，且",
        "-        - {kind: score_below, points: 60}                           # 总分低于60分",
        "+      - - {kind: count, name: 较大群体性事件, number: 2, counted: event, measures: [events_mass]}",
    ]
    assert [change.label for change in found.changes] == ["增加", "删除"]


def test_a_set_without_the_rest_is_refused_with_its_place(rulebook: Path) -> None:
    path = workbook(rulebook)
    changed(path, GRADES, lambda page: page.delete_rows(FIRST + 1))
    (fault,) = back(path, rulebook).faults
    assert fault.check == "settings_bad_value"


def test_conditions_that_were_forgotten_are_not_the_rest(rulebook: Path) -> None:
    path = workbook(rulebook)
    cell = edited(path, (GRADES, "grades/2", "conditions"), None)
    (fault,) = back(path, rulebook).faults
    assert (fault.check, fault.cell) == ("ruletable_cell_needed", cell)


def test_places_of_classes_stand_beside_the_grades(rulebook: Path) -> None:
    with rulebook.open("a", encoding="utf-8") as file:
        file.write(
            "\nclasses:\n"
            '  - {code: X, name: 县, kinds: [county], items: ["1", "2", "3", "4", "5", "6"], places: {A: 2}}\n'
            '  - {code: Q, name: 区, kinds: [district], items: ["1", "2", "3", "4", "5", "6"]}\n'
        )
    path = workbook(rulebook)
    page = load_workbook(path)[GRADES]
    assert [page.cell(4, column).value for column in (5, 6)] == ["名额（县）", "名额（区）"]
    assert page.cell(FIRST, 5).value == "2"

    def change(page: Worksheet) -> None:
        put(page, FIRST, "优", "", "全部符合", A_ASKS.format("60%"), 3, 4)

    changed(path, GRADES, change)
    found = back(path, rulebook)
    county, district = rules_of(found).classes
    assert (county.places, district.places) == ({"优": 3}, {"优": 4})


CLASSED = """
classes:
  - code: X   # 八个县
    name: 县
    kinds: [county]
    items: ["1", "2", "3", "4", "5", "6"]
    grades:
      slots: {vetoed: freed, barred: kept}
      levels:
        - {name: 优秀, all_of: [{kind: score_at_least, points: 85}]}   # 八十五分
        - {name: 合格}
        - name: 不合格
          any_of:
            - - {kind: veto}
            - - {kind: score_below, points: 50}
  - {code: Q, name: 区, kinds: [district], items: ["1", "2", "3", "4", "5", "6"], places: {A: 1}}
"""


def classed(rulebook: Path) -> Path:
    """A set whose counties have grades of their own, and whose districts have those of the set with fewer places."""
    with rulebook.open("a", encoding="utf-8") as file:
        file.write(CLASSED)
    return workbook(rulebook)


def test_a_class_with_its_own_grades_has_its_own_rows(rulebook: Path) -> None:
    path, before = classed(rulebook), rulebook.read_text("utf-8")
    page = load_workbook(path)[GRADES]
    assert [page.cell(4, column).value for column in (5, 6)] == ["名额（区）", "类别（通用的不填）"]
    rows = [[page.cell(row, column).value for column in (1, 3, 4, 6)] for row in range(FIRST + 4, FIRST + 8)]
    assert rows == [
        ["优秀", "全部符合", "得分不低于 85", "县"],
        ["合格", None, "其余", "县"],
        ["不合格", "符合其一", "触发一票否决", "县"],
        ["不合格", "符合其一", "得分低于 50", "县"],
    ]
    assert page.cell(FIRST + 4, 7).value == "同时满足下列条件的，评为优秀：得分不低于 85 分。"
    found = back(path, rulebook)
    assert (found.changes, found.faults) == ((), ())

    def change(page: Worksheet) -> None:
        page.cell(FIRST + 4, 4).value = "得分不低于 80"
        page.cell(FIRST + 7, 4).value = "名次后 1"
        page.insert_rows(FIRST + 5)
        put(page, FIRST + 5, "良好", "", "", "得分不低于 70", "", "县")

    changed(path, GRADES, change)
    found = back(path, rulebook)
    county, district = rules_of(found).classes
    assert county.grades is not None and county.grades.names == ("优秀", "良好", "合格", "不合格")
    assert district.grades is None and rules_of(found).grades.names == ("A", "B", "C")
    assert found.file is not None
    assert lines_changed(before, found.file.text) == [
        "-        - {name: 优秀, all_of: [{kind: score_at_least, points: 85}]}   # 八十五分",
        "+        - {name: 优秀, all_of: [{kind: score_at_least, points: 80}]}   # 八十五分",
        "+        - name: 良好",
        "+          all_of:",
        "+            - {kind: score_at_least, points: 70}",
        "-            - - {kind: score_below, points: 50}",
        "+            - - {kind: last, places: 1}",
    ]


def test_without_rows_of_its_own_a_class_is_graded_as_the_set_says(rulebook: Path) -> None:
    path = classed(rulebook)
    changed(path, GRADES, lambda page: page.delete_rows(FIRST + 4, 4))
    found = back(path, rulebook)
    assert [each.grades for each in rules_of(found).classes] == [None, None]
    assert found.file is not None and "# 八个县" in found.file.text


def test_a_class_gets_grades_of_its_own_by_rows_that_name_it(rulebook: Path) -> None:
    path = classed(rulebook)

    def change(page: Worksheet) -> None:
        # the place it had of an A of the set
        page.cell(FIRST, 5).value = None
        put(page, FIRST + 8, "好", "", "", "名次前 2", "", "区")
        put(page, FIRST + 9, "其他", "", "", "其余", "", "Q")
        put(page, FIRST + 10, "差", "", "", "触发一票否决", "", "区")

    changed(path, GRADES, change)
    found = back(path, rulebook)
    _, district = rules_of(found).classes
    assert district.grades is not None and district.grades.names == ("好", "其他", "差")
    # whether a vetoed unit frees its place is taken over from the set
    assert district.grades.slots == rules_of(found).grades.slots
    save(found, rulebook)
    again = back(path, rulebook)
    assert (again.changes, again.faults) == ((), ()), "read again it says nothing new"
    path = workbook(rulebook)

    def rename(page: Worksheet) -> None:
        row = next(row for row in range(FIRST, FIRST + 20) if page.cell(row, 1).value == "其他")
        page.cell(row, 1).value = "一般"

    changed(path, GRADES, rename)
    found = back(path, rulebook)
    _, district = rules_of(found).classes
    assert district.grades is not None and district.grades.names == ("好", "一般", "差")


def test_a_class_that_is_nowhere_is_told(rulebook: Path) -> None:
    path = classed(rulebook)
    changed(path, GRADES, lambda page: put(page, FIRST + 8, "好", "", "", "名次前 2", "", "镇"))
    (fault,) = back(path, rulebook).faults
    assert (fault.check, fault.cell) == ("ruletable_class_unknown", f"F{FIRST + 8}")


def test_classes_are_rows_too(rulebook: Path) -> None:
    """Two classes of units; once they are there, each has its places beside the grades."""
    path = workbook(rulebook)

    def change(page: Worksheet) -> None:
        put(page, FIRST, "县", "", "", "county", "", "1、2、3、4、5、6")
        put(page, FIRST + 1, "区", "", "", "district", 990007, "1、2、3、4、5、6")

    changed(path, CLASSES, change)
    found = back(path, rulebook)
    county, district = rules_of(found).classes
    assert (county.code, county.kinds, county.items) == ("K1", ("county",), ("1", "2", "3", "4", "5", "6"))
    assert (district.code, district.units) == ("K2", ("990007",))
    assert found.file is not None
    save(found, rulebook)
    path = workbook(rulebook)
    assert [load_workbook(path)[GRADES].cell(4, column).value for column in (5, 6)] == [
        "名额（县）",
        "名额（区）",
    ]
    changed(path, CLASSES, lambda page: put(page, FIRST + 1, "区", "K2", "", "district", "", "1、2、3、4、5"))
    read = back(path, rulebook)
    assert read.file is not None
    assert read.file.at(("classes", 1)) == {
        "code": "K2", "name": "区", "kinds": ["district"], "items": ["1", "2", "3", "4", "5"],
    }  # fmt: skip


def test_a_part_of_the_items_is_a_condition(rulebook: Path) -> None:
    path = workbook(rulebook)
    edited(path, (GRADES, "grades/1/all", "conditions"), "名次前 5；制度落实得分率不低于 90%")
    part = rules_of(back(path, rulebook)).grades.levels[0].all_of[1]
    assert part.model_dump(include={"kind", "items", "share"}) == {
        "kind": "part_at_least", "items": ("3",), "share": Decimal("0.90"),
    }  # fmt: skip


def test_what_a_cell_cannot_say_stands_among_the_parameters(rulebook: Path) -> None:
    odd = '{kind: part_below, items: ["1"], share: 8%, name: 甲；乙}'
    text = rulebook.read_text("utf-8").replace("- - {kind: veto}  ", f"- - {odd}\n      - - {{kind: veto}}  ")
    rulebook.write_text(text, "utf-8")
    path = workbook(rulebook)
    page = load_workbook(path)[GRADES]
    assert page.cell(FIRST + 2, 4).value == "（见“参数”表）"
    # it stays where it is: in another grade nobody could say what it is
    changed(path, GRADES, lambda page: put(page, FIRST + 2, "D"))
    assert [fault.check for fault in back(path, rulebook).faults] == ["ruletable_cell_needed"]
    path = workbook(rulebook)
    changed(path, GRADES, lambda page: page.delete_rows(FIRST + 4))
    found = back(path, rulebook)
    assert [clause[0].kind for clause in rules_of(found).grades.levels[-1].any_of] == ["part_below", "veto"]


@pytest.mark.parametrize(
    ("cell", "conditions"),
    [
        ("总分高于 90 分", [{"kind": "score_above", "points": "90"}]),
        ("后1名（范围 全部）；得分不高于60", [
            {"kind": "last", "places": "1", "among": "all"}, {"kind": "score_at_most", "points": "60"},
        ]),
        ("清欠率低于 ８０％（未报 视为成立）", [
            {"kind": "below", "measure": "rate_paid", "below": "80%", "missing": "met"},
        ]),
        ("制度得分率低于 60%（指标 3、4）", [
            {"kind": "part_below", "name": "制度", "share": "60%", "items": ["3", "4"]},
        ]),
        ("上一轮不为 A、B", [{"kind": "previous", "grades": ["A", "B"], "holds": "false"}]),
        ("上访不超过 3 起（取数 进京赴省访、陈案积案）", [
            {"kind": "count_at_most", "name": "上访", "number": "3", "counted": "event",
             "measures": ["petitions", "backlog"]},
        ]),
        ("认定不成立 数据准确（完整）", [{"kind": "stated", "fact": "accurate", "holds": "false"}]),
        ("抽查未落实项目数（施工过程结算）不低于 2", [
            {"kind": "gate", "measure": "deficient_settlement", "at_least": "2"},
        ]),
    ],
)  # fmt: skip
def test_conditions_are_read_as_they_are_said(cell: str, conditions: list[dict[str, object]]) -> None:
    terms = RuleTerms(ZH).declaring([{"code": "accurate", "name": "数据准确（完整）"}])
    read = ConditionCell(terms, {}).read(cell)
    assert (read.data, read.faults) == (conditions, [])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_said_of_every_kind_is_read_again(language: str) -> None:
    terms = RuleTerms(words(language)).declaring([{"code": "poor", "name": "工作不力"}])
    kinds: list[dict[str, object]] = [
        {"kind": "top", "places": "3"},
        {"kind": "last", "places": "2", "among": "unvetoed"},
        *({"kind": f"score_{side}", "points": "80"} for side in ("at_least", "above", "below", "at_most")),
        {"kind": "gate", "measure": "mark_departments", "at_least": "90%", "read": "mark", "full": "100"},
        {"kind": "below", "measure": "rate_paid", "below": "80%"},
        {"kind": "part_at_least", "items": ["1", "2"], "share": "90%", "name": "制度"},
        {"kind": "part_below", "items": ["1"], "share": "60%", "name": "制度"},
        {"kind": "count", "measures": ["events_mass", "petitions"], "number": "2", "name": "事件"},
        {
            "kind": "count_at_most",
            "measures": ["petitions"],
            "number": "0",
            "name": "上访",
            "counted": "case",
        },
        {"kind": "stated", "fact": "poor"},
        {"kind": "stated", "fact": "poor", "holds": "false"},
        {"kind": "previous", "grades": ["A"], "holds": "false"},
        {"kind": "veto"},
    ]
    for kind in kinds:
        assert ConditionCell(terms, {}).shown([kind]) is not None, kind


# ------------------------------------------------------------------------------------------ plain lists


def test_facts_are_added_and_named_by_conditions_at_once(rulebook: Path) -> None:
    path = workbook(rulebook)
    changed(path, FACTS, lambda page: put(page, FIRST, "工作不力", "", "poor work"))
    changed(path, GRADES, lambda page: put(page, FIRST + 4, "C", "", "符合其一", "认定 工作不力"))
    found = back(path, rulebook)
    rules = rules_of(found)
    assert [(fact.code, fact.name, fact.name_en) for fact in rules.facts] == [
        ("fact_1", "工作不力", "poor work")
    ]
    assert rules.grades.levels[-1].any_of[-1][0].reads() == ("stated_fact_1",)

    assert found.file is not None
    save(found, rulebook)
    path = workbook(rulebook)
    page = load_workbook(path)[FACTS]
    assert page.cell(FIRST, 7).value == "经认定工作不力", "the sentence stands beside it"
    changed(path, FACTS, lambda page: page.delete_rows(FIRST))
    (fault,) = back(path, rulebook).faults
    assert (fault.check, fault.found) == ("rulebook_fact_unknown", "fact_1"), "a condition still asks for it"


def test_groups_of_problems_are_added_deleted_and_moved(rulebook: Path) -> None:
    path, before = workbook(rulebook), rulebook.read_text("utf-8")

    def change(page: Worksheet) -> None:
        rows = [[page.cell(row, column).value for column in range(1, 7)] for row in range(FIRST, FIRST + 3)]
        put(page, FIRST, *rows[2])
        put(page, FIRST + 1, *rows[0][:3], 4, *rows[0][4:])
        put(page, FIRST + 2, "政府投资项目欠薪", "government", "", 1, "", "")

    changed(path, GROUPS, change)
    found = back(path, rulebook)
    groups = rules_of(found).problem_groups
    assert [(group.code, group.threshold) for group in groups] == [
        ("enforcement", 2),
        ("resolution", 4),
        ("government", 1),
    ]
    assert sorted(change.label for change in found.changes) == ["删除", "增加", "点名界线", "移动"]
    assert found.file is not None
    assert "+  - {code: government, name: 政府投资项目欠薪, threshold: 1}" in lines_changed(
        before, found.file.text
    )


@pytest.mark.parametrize(
    ("texts", "cell", "check"),
    [
        (("欠薪", "resolution", "", 3), "B8", "ruletable_code_twice"),
        (("欠薪", "arrears", "", ""), "D8", "ruletable_cell_needed"),
        (("欠薪", "arrears", "", 0), "D8", "rulebook_threshold_below_one"),
    ],
)
def test_a_row_that_is_not_whole_is_told_with_its_cell(
    rulebook: Path, texts: tuple[object, ...], cell: str, check: str
) -> None:
    path = workbook(rulebook)
    changed(path, GROUPS, lambda page: put(page, FIRST + 3, *texts))
    found = back(path, rulebook)
    (fault,) = found.faults
    assert fault.check == check
    assert (found.cells[0][1] if found.cells else fault.cell) == cell


def test_a_workbook_of_before_there_were_lists_is_still_read(rulebook: Path) -> None:
    path = workbook(rulebook)
    removed(FACTS)(path)
    assert back(path, rulebook).faults == (), "this set has no facts that could be missed"
    removed(GROUPS)(path)
    (fault,) = back(path, rulebook).faults
    assert (fault.check, fault.found) == ("ruletable_sheet_missing", GROUPS)
