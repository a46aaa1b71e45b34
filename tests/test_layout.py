"""What stands in a table beside its entries: merged and hidden cells, totals, repeated headers, remarks, units."""

import datetime as dt

import pandas as pd
import pytest
from file_examples import FORMATS, WORKBOOKS, Table
from office_examples import EAST, MERGED, WEST, Office, blocking, places

from analysis.intake.files import Range, Sheet
from analysis.intake.sheet_tables.header_columns import headers_of
from analysis.rounds.faults import runs

#: index of a spreadsheet row in the list of rows
A_1, A_2, A_3, A_10, TOTAL = range(4, 9)


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def clues_in(office, kind):
    """Let the clue ledger stand in a format, and return its table; text has no merged headers."""
    table = office.keep_clues_in(kind)
    table.rows[2][5] = "涉及情况"
    return table


def told(intake, *checks):
    """Return check, severity and cell of faults."""
    found = [(fault.check, fault.severity, fault.cell) for fault in intake.faults]
    return [fault for fault in found if not checks or fault[0] in checks]


def amounts(intake):
    clues = intake.ledgers["clues"]
    return dict(zip(clues["no"], clues["amount"], strict=True))


# ---------------------------------------------------------------------------------- merged cells


def person_rows(table, *rows):
    """Put rows under the first clue that name further workers of it, and merge number and amount over them."""
    last = 5 + len(rows)
    table.rows[A_2:A_2] = [list(row) for row in rows]
    table.merged = (*MERGED, *(f"{letter}5:{letter}{last}" for letter in "ABCDEFGHIJ"))


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_a_case_merged_over_its_workers_counts_once(office, kind):
    table = office.keep_clues_in(kind)
    person_rows(table, [None] * 10 + ["钱示例"], [None] * 10 + ["孙示例"])
    intake = office.read()
    assert told(intake) == [("rows_folded", "notes", "A5")]
    assert intake.faults[0].details == {"cases": "1", "rows": "3"}
    assert intake.ledgers["clues"]["row"].tolist() == [5, 8, 9, 10]
    assert amounts(intake)["A-1"] == 1000_00
    # the control total is that of the cases
    assert intake.ledgers["clues"]["workers"].sum() == 15


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_a_number_of_its_own_in_a_merged_case_is_not_added_silently(office, kind):
    table = office.keep_clues_in(kind)
    person_rows(table, [None] * 5 + [400] + [None] * 5)
    table.merged = (*MERGED, "A5:A6", "E5:E6")
    assert told(office.read()) == [("merged_row_says_more", "blocks", "F6"), ("rows_folded", "notes", "A5")]


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_what_a_merged_case_repeats_is_no_contradiction(office, kind):
    table = office.keep_clues_in(kind)
    person_rows(table, [None, EAST, "示例 东区"] + [None] * 8)
    table.merged = (*MERGED, "A5:A6")
    assert told(office.read()) == [("rows_folded", "notes", "A5")]
    table.rows[A_2][2] = "东新区"
    assert told(office.read()) == [("merged_row_says_more", "blocks", "C6"), ("rows_folded", "notes", "A5")]


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_rows_under_a_merged_amount_without_a_number_are_of_that_case(office, kind):
    table = office.keep_clues_in(kind)
    person_rows(table, [None, EAST] + [None] * 9)
    table.merged = (*MERGED, "F5:F6")
    intake = office.read()
    assert told(intake) == [("rows_folded", "notes", "A5")]
    assert amounts(intake)["A-1"] == 1000_00


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_an_amount_merged_over_two_numbers_counts_for_the_first(office, kind):
    table = office.keep_clues_in(kind)
    table.rows[A_3][5], table.rows[A_10][5] = 900.5, None
    table.merged = (*MERGED, "F7:F8")
    intake = office.read()
    assert told(intake) == [("merged_number", "warns", "F7")]
    assert intake.faults[0].details["cells"] == "F7:F8"
    assert amounts(intake)["A-3"] == 900_50
    assert pd.isna(amounts(intake)["A-10"])


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_a_merged_day_or_unit_goes_for_all_its_rows(office, kind):
    table = office.keep_clues_in(kind)
    table.rows[A_10][1:4] = [None, None, None]
    table.merged = (*MERGED, "B7:B8", "C7:C8", "D7:D8")
    intake = office.read()
    # 2019 instead of 2020 leaves the unit without a row in 2020
    assert told(intake) == [("unit_not_reported", "warns", ""), ("merged_filled", "notes", "D7")]
    clues = intake.ledgers["clues"].set_index("no")
    assert clues.loc["A-10", "unit"] == WEST
    assert clues.loc["A-10", "received_on"] == pd.Timestamp(2019, 5, 2)


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_a_cell_merged_over_two_columns(office, kind):
    table = office.keep_clues_in(kind)
    table.rows[A_1][6] = None
    table.rows[TOTAL][6] = 100
    table.merged = (*MERGED, "F5:G5")
    assert told(office.read()) == [("merged_across", "warns", "F5")]


def test_many_merged_cells_of_a_sheet_are_told_in_one_line(office):
    table = office.clues
    for row in range(20):
        table.insert(-1, [f"B-{row}", EAST, "示例东区", None, 1, 10, 10, None, "是", None, None])
        table[-2][3] = dt.date(2020, 3, 1) if row % 2 == 0 else None
    table[-1][4:7] = [35, 3301, 1300]
    merges = tuple(f"D{9 + row}:D{10 + row}" for row in range(0, 20, 2))
    office.books["线索台账.xlsx"][0].merged = (*MERGED, *merges, "F5:G5")
    table[A_1][6] = None
    faults = {fault.check: fault for fault in office.read().faults}
    assert (faults["merged_filled"].cell, faults["merged_filled"].details["count"]) == ("D9", "10")
    assert faults["merged_filled"].details["cells"].startswith("D9:D10、D11:D12、")
    assert (faults["merged_across"].cell, faults["merged_across"].details["count"]) == ("F5", "1")


# ---------------------------------------------------------------------------------- hidden


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_hidden_rows_and_columns_are_read_and_told(office, kind):
    table = office.keep_clues_in(kind)
    # the last one hides the column of persons, which is not read
    table.hidden_rows, table.hidden_columns = [6, 7, 9], [6, 11]
    intake = office.read()
    assert told(intake) == [("column_hidden", "warns", "F4"), ("rows_hidden", "warns", "A6")]
    assert intake.faults[1].details == {"rows": "2", "numbers": "6–7"}
    assert len(intake.ledgers["clues"]) == 4


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_a_hidden_sheet_is_read_where_the_maps_name_it_and_told(office, kind):
    office.keep_clues_in(kind)
    office.books[f"线索台账.{kind}"].insert(0, Table("说明", [["说明"]]))
    office.books[f"线索台账.{kind}"][1].hidden = True
    intake = office.read()
    assert told(intake) == [("sheet_hidden", "warns", ""), ("sheet_unread", "notes", "")]
    assert len(intake.ledgers["clues"]) == 4


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_hidden_sheets_beside_the_only_visible_one_are_told(office, kind):
    office.keep_clues_in(kind)
    del office.maps["ledgers"]["clues"]["sheet"]
    office.books[f"线索台账.{kind}"].append(Table("旧表", [["编号"], ["A-9"]], hidden=True))
    intake = office.read()
    assert told(intake, "sheets_hidden_unread") == [("sheets_hidden_unread", "warns", "")]
    assert len(intake.ledgers["clues"]) == 4


# ---------------------------------------------------------------------------------- totals in the table


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("word", ["小计", "小 计", "东区小计", "本页合计：", "累计"])
def test_totals_inside_the_table_are_compared_and_not_added(office, kind, word):
    table = clues_in(office, kind)
    table.rows.insert(A_3, [word, None, None, None, 7, 2200.5, 1000] + [None] * 4)
    table.rows.insert(A_3 + 3, ["小计", None, None, None, 8, 901, 100] + [None] * 4)
    intake = office.read()
    assert told(intake) == [
        ("subtotal_differs", "warns", "F10"),
        ("subtotal_row", "notes", "A7"),
        ("subtotal_row", "notes", "A10"),
    ]
    assert intake.faults[0].details["sum"] == "900.5"
    assert len(intake.ledgers["clues"]) == 4


@pytest.mark.parametrize("kind", FORMATS)
def test_a_total_in_another_column_and_one_under_subtotals(office, kind):
    table = clues_in(office, kind)
    table.rows.insert(A_3, [1, None, "小计", None, 7, 2200.5] + [None] * 5)
    table.rows.insert(A_3 + 3, [2, None, "小计", None, 8, 900.5] + [None] * 5)
    table.rows.insert(A_3 + 4, ["总计", None, None, None, 15, 3101] + [None] * 5)
    table.rows.insert(A_3 + 5, ["其中：东区", None, None, None, 7, 2200.5] + [None] * 5)
    intake = office.read()
    assert told(intake) == [
        ("of_which_row", "warns", "A12"),
        ("subtotal_row", "notes", "C7"),
        ("subtotal_row", "notes", "C10"),
        ("subtotal_row", "notes", "A11"),
    ]
    assert intake.ledgers["clues"]["amount"].sum() == 3101_00


@pytest.mark.parametrize("kind", FORMATS)
def test_the_control_total_in_the_footer_is_compared(office, kind):
    table = clues_in(office, kind)
    table.rows[TOTAL][5] = 31010
    intake = office.read()
    assert told(intake) == [("control_total_differs", "warns", "F9")]
    assert amounts(intake)["A-1"] == 1000_00


def test_a_footer_by_pattern(office):
    office.maps["ledgers"]["clues"]["footer"] = {"pattern": "^(合计|总计)"}
    office.clues[TOTAL][0] = "总计（四件）"
    office.clues.append(["A-11", EAST, "东区", "某日"])
    intake = office.read()
    assert told(intake) == [("rows_below_footer", "blocks", "A10")]
    office.clues[TOTAL][0] = "共四件"
    assert ("footer_missing", "warns", "") in told(office.read())


@pytest.mark.parametrize("kind", FORMATS)
def test_rows_below_the_total_are_told(office, kind):
    table = clues_in(office, kind)
    table.rows.append(["A-11", EAST, "东区", "2020-3-1", 3] + [None] * 6)
    table.rows.append(["填表人：示例", None, None, "审核人：示例", "2020年"] + [None] * 6)
    intake = office.read()
    assert told(intake) == [("rows_below_footer", "blocks", "A10")]
    assert intake.faults[0].details["rows"] == "1"


# ---------------------------------------------------------------------------------- other rows


@pytest.mark.parametrize("kind", FORMATS)
def test_headers_and_titles_repeated_on_every_page(office, kind):
    table = clues_in(office, kind)
    table.rows[A_3:A_3] = [list(row) for row in table.rows[:4]]
    intake = office.read()
    assert told(intake) == [
        ("header_repeated", "notes", f"{'E' if row == 10 else 'A'}{row}") for row in (7, 8, 9, 10)
    ]
    assert intake.ledgers["clues"]["row"].tolist() == [5, 6, 11, 12]


@pytest.mark.parametrize("kind", FORMATS)
def test_another_unit_in_the_middle_of_the_table_blocks(office, kind):
    table = clues_in(office, kind)
    table.rows.insert(A_3, ["单位：万元"] + [None] * 10)
    assert told(office.read()) == [("unit_of_measure_changes", "blocks", "A7")]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("注：金额为初步核定数", "注"),
        ("备注：张示例经办", "备注"),
        ("填表人：张示例", "填表人"),
        ("填报日期: 2021年1月", "填报日期"),
        ("（续表）", None),
    ],
)
def test_remarks_are_no_entries_and_name_nobody(office, kind, written, word):
    table = clues_in(office, kind)
    table.rows.insert(TOTAL, [written] + [None] * 10)
    intake = office.read()
    if word is None:
        # what nothing is known of is an entry, and all that it lacks is told
        assert blocking(intake)
        return
    assert told(intake) == [("note_row", "notes", "A9")]
    assert intake.faults[0].found == word


@pytest.mark.parametrize("kind", FORMATS)
def test_blank_rows(office, kind):
    table = clues_in(office, kind)
    table.rows.insert(A_2, [None] * 11)
    table.rows.insert(A_2, [None] * 11)
    intake = office.read()
    assert intake.faults == []
    assert intake.ledgers["clues"]["row"].tolist() == [5, 8, 9, 10]


def test_an_entry_that_looks_like_a_remark_is_an_entry(office):
    rows = [
        ["名称", "编号", "代码", "级别"],
        ["说明：一种做法", "C-1", EAST, "省级"],
        ["合计", None, None, None],
    ]
    fields = {"title": ["名称"], "no": ["编号"], "unit_code": ["代码"], "level": ["级别"]}
    office.add("innovation", rows, fields)
    intake = office.read()
    assert told(intake) == [("subtotal_row", "notes", "A3")]
    assert intake.ledgers["innovation"]["title"].tolist() == ["说明：一种做法"]


def test_a_column_without_a_header_is_told(office):
    office.clues[A_3].append("顺延")
    assert told(office.read()) == [("column_without_header", "warns", "L7")]


# ---------------------------------------------------------------------------------- units of measure


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    "said",
    [
        ("欠薪金额（万元）", None, None),
        ("欠薪金额(单位:万元)", "单位：元", None),
        ("欠薪金额", "单位：人、万元", None),
        ("欠薪金额", "金额单位:万元", None),
        ("欠薪金额", None, "万元"),
        ("欠薪金额（万元）", None, "万元"),
    ],
)
def test_header_preamble_or_maps_say_the_unit_of_measure(office, kind, said):
    header, line, mapped = said
    table = clues_in(office, kind)
    table.rows[1], table.rows[3][5] = [line], header
    clues = office.maps["ledgers"]["clues"]
    clues["fields"].pop("amount_paid")
    clues["ignored"] = ["已付金额"]
    clues["unit_of_measure"] = {"amount": mapped} if mapped else {}
    assert office.read().faults == []
    assert amounts(office.read())["A-1"] == 1000 * 10_000 * 100


@pytest.mark.parametrize("line", ["", "单位：元、万元"])
def test_an_amount_without_a_unit_is_not_read(office, line):
    del office.maps["ledgers"]["clues"]["unit_of_measure"]
    office.clues[1] = [line or None]
    intake = office.read()
    assert places(blocking(intake)) == [("unit_of_measure_missing", "F4"), ("unit_of_measure_missing", "G4")]
    assert blocking(intake)[0].details["several"] == ("万元、元" if "元" in line and line else "")
    assert pd.isna(amounts(intake)["A-1"])


def test_a_preamble_against_the_maps(office):
    office.clues[1] = ["单位：万元"]
    assert places(blocking(office.read())) == [
        ("unit_of_measure_differs", "F4"),
        ("unit_of_measure_differs", "G4"),
    ]


def test_heads_in_ten_thousands(office):
    office.clues[3][4] = "人数（万人）"
    office.maps["ledgers"]["clues"]["fields"]["workers"] = ["涉及情况/人数（万人）", "人数"]
    for row, heads in ((A_1, 0.0003), (A_2, "０.０００４"), (A_10, 0.0008), (TOTAL, 0.0015)):
        office.clues[row][4] = heads
    intake = office.read()
    assert intake.faults == []
    assert intake.ledgers["clues"]["workers"].tolist() == [3, 4, pd.NA, 8]


def test_runs_of_numbers():
    assert runs([5, 3, 4, 9, 11, 12]) == "3–5、9、11–12"
    assert runs([]) == ""
    assert runs(range(1, 40, 2)) == "1、3、5、7、9、11、13、15、17、19…"


def test_a_date_is_no_total_and_a_number_no_remark(office):
    office.clues[A_1][0] = dt.date(2019, 3, 1)
    intake = office.read()
    assert "2019-03-01" in intake.ledgers["clues"]["no"].tolist()
    assert intake.faults == []


def test_a_header_merged_over_the_whole_sheet_names_only_the_columns_in_use():
    rows = (("线索台账", None, None), ("编号", "单位", "人数"), ("A-1", "东区", 3))
    sheet = Sheet("线索.xlsx", "表", rows, merged=(Range(1, 1, 1, 16_384),))
    headers = headers_of(sheet, [1, 2])
    assert [header.full for header in headers] == ["线索台账/编号", "线索台账/单位", "线索台账/人数"]
