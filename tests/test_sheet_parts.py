"""Several tables on one sheet, under or beside one another; and what would be left unread of a sheet."""

import copy
import datetime as dt

import pytest
from file_examples import WORKBOOKS, Table
from office_examples import EAST, WEST, Office, blocking
from openpyxl import load_workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table as NamedTable

from analysis.intake.files import Range

#: index of a spreadsheet row in the list of rows
A_1, A_2, A_3, A_10, TOTAL = range(4, 9)
HEADER = ["编号", "单位", "受理日期", "人数", "欠薪金额", "是否查实"]
FIELDS = {
    "no": ["编号"], "unit_name": ["单位"], "received_on": ["受理日期"], "workers": ["人数"], "amount": ["欠薪金额"],
    "confirmed": ["是否查实"],
}  # fmt: skip
BLANK = [None] * 6


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path)
    mapped = office.maps["ledgers"]["clues"]
    mapped.update(fields=dict(FIELDS), header_rows=[2], unit_of_measure={"amount": "元"})
    mapped.pop("persons")
    office.books["线索台账.xlsx"] = [Table("线索", copy.deepcopy(EACH_UNIT))]
    return office


def block(unit, *numbers, footer=True):
    """Return a small ledger of one unit: its title, a header, clues of three workers and 1,000 yuan, and the total."""
    rows = [[number, unit, dt.date(2020, 3, day), 3, 1000, "是"] for day, number in enumerate(numbers, 1)]
    total = [["合计", None, None, 3 * len(numbers), 1000 * len(numbers)]]
    return [[f"{unit}线索台账（单位：元）"], list(HEADER), *rows, *(total if footer else [])]


EACH_UNIT = [*block("示例东区", "A-1", "A-2"), BLANK, *block("示例东新区", "A-3", "A-4", "A-5")]


def table_of(office):
    return office.books["线索台账.xlsx"][0]


def mapped(office, **keys):
    office.maps["ledgers"]["clues"].update(keys)
    return office.maps["ledgers"]["clues"]


def told(intake):
    return [(fault.check, fault.cell) for fault in blocking(intake)]


def units(intake):
    return intake.ledgers["clues"].set_index("no")["unit"].to_dict()


BOTH = {"A-1": EAST, "A-2": EAST, "A-3": WEST, "A-4": WEST, "A-5": WEST}

# ---------------------------------------------------------------------------------- under one another


@pytest.mark.parametrize("footer", ["合计", ""])
def test_tables_of_one_form_under_one_another_are_read_to_the_last(office, footer):
    mapped(office, footer=footer)
    intake = office.read()
    assert blocking(intake) == []
    assert units(intake) == BOTH
    # each total is that of its own table
    table_of(office).rows[11][4] = 4000
    assert ("control_total_differs" if footer else "subtotal_differs", "E12") in [
        (fault.check, fault.cell) for fault in office.read().faults
    ]


def test_a_title_without_a_unit_of_measure_is_no_clue(office):
    table_of(office).rows[6] = ["示例东新区线索台账"]
    intake = office.read()
    assert blocking(intake) == []
    assert units(intake) == BOTH
    # of another unit than the table above, the amounts below would be wrong
    table_of(office).rows[6] = ["示例东新区线索台账（单位：万元）"]
    assert told(office.read()) == [("unit_of_measure_changes", "A7")]


def test_the_unit_may_stand_in_the_title_of_each_block_alone(office):
    for rows in (slice(1, 5), slice(7, 12)):
        for row in table_of(office).rows[rows]:
            del row[1]
    fields = {name: header for name, header in FIELDS.items() if name != "unit_name"}
    mapped(office, fields=fields, block="*线索台账*", unit_from="block")
    intake = office.read()
    assert blocking(intake) == []
    assert units(intake) == BOTH
    # frames tell the parts of one sheet apart, so that a figure leads back to its own columns
    assert set(intake.ledgers["clues"]["sheet"]) == {"线索!1:6", "线索!7:"}
    table_of(office).rows[6] = ["西区线索台账"]
    assert [(fault.check, fault.found) for fault in blocking(office.read())] == [
        ("unit_of_name_unknown", "西区")
    ]


def test_a_table_of_another_form_under_the_total_blocks_until_the_maps_name_it(office):
    office.books["线索台账.xlsx"][0].rows[7] = ["编号", "受理日期", "单位", "人数", "欠薪金额", "是否查实"]
    for row in table_of(office).rows[8:11]:
        row[1], row[2] = row[2], row[1]
    mapped(office, footer="合计")
    intake = office.read()
    assert told(intake) == [("rows_below_footer", "A8")]
    assert blocking(intake)[0].details == {"rows": "4", "numbers": "8–11"}
    # the maps may leave them out, or read them as a source of its own
    mapped(office, left_out="A7:F12")
    assert blocking(office.read()) == []
    first = mapped(office)
    del first["left_out"]
    office.maps["ledgers"]["clues"] = [first, {**first, "name": "下", "range": "A7:F12", "header_rows": [8]}]
    intake = office.read()
    assert blocking(intake) == []
    assert units(intake) == BOTH


def test_rows_below_the_range_of_the_maps_block(office):
    mapped(office, range="A1:F6")
    intake = office.read()
    assert told(intake) == [("rows_unread", "A8")]
    assert blocking(intake)[0].details["numbers"] == "8–11"
    mapped(office, range="A:F")
    assert blocking(office.read()) == []


@pytest.mark.parametrize("header_rows", [[8], [1]])
def test_rows_above_a_header_that_was_named_too_low_block(office, header_rows):
    mapped(office, header_rows=header_rows)
    assert blocking(office.read())
    if header_rows == [8]:
        assert told(office.read()) == [("rows_unread", "A3")]


def test_a_first_row_that_passes_over_entries_blocks(office):
    table_of(office).rows = block("示例东区", "A-1", "A-2", "A-3")
    mapped(office, first_row=4)
    assert told(office.read()) == [("rows_unread", "A3")]
    # a row that numbers the columns is none
    table_of(office).rows.insert(2, [1, 2, 3, 4, 5, 6])
    assert blocking(office.read()) == []


def test_a_row_with_something_in_other_columns_only_blocks(office):
    table_of(office).rows = [*block("示例东区", "A-1", footer=False), [None] * 7 + ["B-1", "示例东新区", 5]]
    assert told(office.read()) == [("rows_unread", "H4")]


# ---------------------------------------------------------------------------------- beside one another


def beside(office):
    """Put the second table to the right of the first, behind an empty column."""
    left, right = block("示例东区", "A-1", "A-2"), block("示例东新区", "A-3", "A-4", "A-5")
    left.append([None])
    table_of(office).rows = [
        row + [None] * (7 - len(row)) + other for row, other in zip(left, right, strict=True)
    ]
    return table_of(office)


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_tables_beside_one_another_are_ranges(office, kind):
    beside(office)
    office.books[f"线索台账.{kind}"] = office.books.pop("线索台账.xlsx")
    mapped(office, file=f"线索台账.{kind}", range=["A:F", "H:M"])
    intake = office.read()
    assert blocking(intake) == []
    assert units(intake) == BOTH
    columns = intake.columns[(intake.columns["ledger"] == "clues") & (intake.columns["field"] == "amount")]
    assert dict(zip(columns["sheet"], columns["column"], strict=True)) == {"线索!A:F": "E", "线索!H:M": "L"}
    assert len(intake.reconciliation.query("ledger == 'clues'")) == 2


def test_a_table_beside_that_no_range_tells_apart_is_one_fault(office):
    beside(office)
    intake = office.read()
    assert told(intake) == [("table_beside", "H2")]
    # nothing else is said of its columns
    assert not [fault for fault in intake.faults if fault.cell[:1] > "G" and fault.check != "table_beside"]
    mapped(office, left_out="H:M")
    assert blocking(office.read()) == []


def test_a_table_beside_with_a_header_in_another_row_is_seen(office):
    right = [
        ["序号", "项目", "开工日期", "总价"],
        [1, "甲", dt.date(2020, 1, 1), 5],
        [2, "乙", dt.date(2020, 1, 1), 5],
    ]
    rows = block("示例东区", "A-1", "A-2", "A-3", footer=False)
    for row, other in zip(rows[2:], right, strict=True):
        row += [None, *other]
    table_of(office).rows = rows
    assert told(office.read()) == [("table_beside", "H3")]


def test_an_empty_column_within_a_table_is_no_border(office):
    for row in table_of(office).rows:
        row.insert(3, None)
    intake = office.read()
    assert blocking(intake) == []
    assert units(intake) == BOTH


# ---------------------------------------------------------------------------------- named tables


def named(office, *names):
    """Write the office, with names for ranges of the clue ledger: a table of Excel, and a name of the workbook."""
    office.write()
    path = office.folder / "线索台账.xlsx"
    book = load_workbook(path)
    sheet = book.worksheets[0]
    sheet.add_table(NamedTable(displayName="东区表", ref="A2:F4"))
    book.defined_names["西区"] = DefinedName("西区", attr_text="'线索'!$A$8:$F$11")
    book.save(path)
    return office.read_again()


def test_named_tables_and_names_of_the_workbook_are_parts_of_a_sheet(office):
    mapped(office, table=["东区表", "西区"], header_rows=[1])
    intake = named(office)
    assert blocking(intake) == []
    assert units(intake) == BOTH


def test_a_name_that_is_not_there_lists_those_that_are(office):
    mapped(office, table="东区", header_rows=[1])
    fault = blocking(named(office))[0]
    assert (fault.check, fault.found, fault.details["known"]) == ("table_missing", "东区", "东区表、西区")


def test_a_named_table_leaves_the_rest_of_the_sheet_unread(office):
    mapped(office, table="东区表", header_rows=[1])
    assert told(named(office)) == [("rows_unread", "A8")]


def test_a_block_whose_title_is_not_there(office):
    mapped(office, block="*项目台账*")
    assert [(fault.check, fault.found) for fault in blocking(office.read())] == [
        ("block_missing", "*项目台账*")
    ]


@pytest.mark.parametrize(
    ("written", "check", "key"),
    [
        ({"range": "线索区"}, "settings_bad_value", "ledgers.clues.range"),
        ({"table": "甲", "range": "A:F"}, "source_parts_fight", "ledgers.clues.table"),
        ({"unit_from": "block"}, "name_says_nothing", "ledgers.clues.unit_from"),
        ({"block": "线索", "unit_from": "block"}, "name_says_nothing", "ledgers.clues.unit_from"),
    ],
)
def test_parts_the_maps_name_wrongly(office, written, check, key):
    mapped(office, **written)
    assert (check, key) in [(fault.check, fault.details.get("key")) for fault in office.read().faults]


@pytest.mark.parametrize("written", ["A3:K40", "A:K", "3:40", "$B$2:$C$3"])
def test_ranges_read_as_they_are_written(written):
    assert str(Range.parse(written)) == written.replace("$", "")


# ---------------------------------------------------------------------------------- corrections


def test_a_correction_of_one_table_leaves_the_one_beside_it(office):
    beside(office)
    mapped(office, range=["A:F", "H:M"])
    why = "reason: 误报\n  reported_by: 示例岗位\n  date: 2022-01-01\n"
    office.write()
    (office.folder / "corrections.yaml").write_text(
        f"corrections:\n- kind: drop\n  ledger: clues\n  no: A-1\n  expected: {{amount: 1000}}\n  {why}"
        f"- kind: override\n  file: 线索台账.xlsx\n  sheet: 线索\n  cell: L4\n  expected: 1000\n  value: 900\n  {why}",
        encoding="utf-8",
    )
    intake = office.read_again()
    amounts = intake.ledgers["clues"].set_index("no")["amount"].to_dict()
    assert amounts == {"A-2": 1000_00, "A-3": 1000_00, "A-4": 900_00, "A-5": 1000_00}
