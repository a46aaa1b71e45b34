"""One ledger from several files and sheets: what is joined, what names say, snapshots, and entries that stand twice."""

import copy
import datetime as dt

import pandas as pd
import pytest
from file_examples import FORMATS, TEXTS, WORKBOOKS, Table, text
from office_examples import CLUES, MERGED, WEST, Office, blocking, places

#: index of a spreadsheet row in the list of rows
A_1, A_2, A_3, A_10, TOTAL = range(4, 9)


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def part(*clues, footer=True):
    """Return the rows of a clue ledger with some of the clues."""
    rows = copy.deepcopy(CLUES[:4]) + [copy.deepcopy(CLUES[clue]) for clue in clues]
    rows[2][5] = "涉及情况"
    if footer:
        rows.append(["合计"] + [None] * 10)
    return rows


def clue_map(office):
    return office.maps["ledgers"]["clues"]


def file_per_unit(office, kind):
    """Split the clue ledger into one file per unit."""
    del office.books["线索台账.xlsx"]
    office.books[f"线索_东区.{kind}"] = [Table("线索", part(A_1, A_2), MERGED)]
    office.books[f"线索_东新区.{kind}"] = [Table("线索", part(A_3, A_10), MERGED)]
    clue_map(office)["file"] = f"线索_*.{kind}"
    if kind in TEXTS:
        del clue_map(office)["sheet"]


def sheet_per_year(office, kind):
    """Split the clue ledger into one sheet per year."""
    del office.books["线索台账.xlsx"]
    office.books[f"线索.{kind}"] = [
        Table("2020年", part(A_2, A_10), MERGED),
        Table("2019年", part(A_3, A_1), MERGED),
        Table("说明", [["填表说明"]]),
    ]
    clue_map(office).update(file=f"线索.{kind}", sheet="*年")


def told(intake):
    return [(fault.check, fault.severity, fault.file, fault.sheet, fault.cell) for fault in intake.faults]


def content(intake):
    """Return the clues without their places."""
    return intake.ledgers["clues"].drop(columns=["file", "sheet", "row"])


# ---------------------------------------------------------------------------------- joined


@pytest.mark.parametrize("kind", FORMATS)
def test_one_file_per_unit(tmp_path, kind):
    office = Office(tmp_path / "parts")
    file_per_unit(office, kind)
    intake = office.read()
    assert intake.faults == []
    pd.testing.assert_frame_equal(content(intake), content(Office(tmp_path / "whole").read()))
    assert intake.ledgers["clues"][["file", "row"]].values.tolist() == [
        [f"线索_东区.{kind}", 5], [f"线索_东区.{kind}", 6], [f"线索_东新区.{kind}", 5], [f"线索_东新区.{kind}", 6],
    ]  # fmt: skip
    # every file is listed with its rows, and every column of each leads back to its letter
    files = intake.files[intake.files["ledger"] == "clues"]
    assert files[["file", "rows"]].values.tolist() == [[f"线索_东区.{kind}", 2], [f"线索_东新区.{kind}", 2]]
    assert (intake.columns["file"] == f"线索_东新区.{kind}").sum() == len(clue_map(office)["fields"])


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_one_sheet_per_year(tmp_path, kind):
    office = Office(tmp_path / "parts")
    sheet_per_year(office, kind)
    intake = office.read()
    assert told(intake) == [("sheet_unread", "notes", f"线索.{kind}", "说明", "")]
    pd.testing.assert_frame_equal(content(intake), content(Office(tmp_path / "whole").read()))
    assert intake.ledgers["clues"]["sheet"].tolist() == ["2019年", "2020年", "2019年", "2020年"]


def test_a_list_of_files_in_different_formats(tmp_path):
    office = Office(tmp_path / "parts")
    del office.books["线索台账.xlsx"]
    office.books["东区.xls"] = [Table("线索", part(A_1, A_2), MERGED)]
    office.books["东新区.ods"] = [Table("线索", part(A_3, A_10), MERGED)]
    clue_map(office)["file"] = ["东新区.ods", "东区.xls"]
    intake = office.read()
    assert intake.faults == []
    pd.testing.assert_frame_equal(content(intake), content(Office(tmp_path / "whole").read()))


def test_every_part_is_compared_with_its_own_total(office):
    file_per_unit(office, "xlsx")
    office.books["线索_东区.xlsx"][0].rows[-1][5] = 2200.5
    office.books["线索_东新区.xlsx"][0].rows[-1][5] = 900
    assert told(office.read()) == [("control_total_differs", "warns", "线索_东新区.xlsx", "线索", "F7")]


def test_a_part_that_cannot_be_read_hides_no_other(office):
    file_per_unit(office, "xlsx")
    office.write()
    (office.folder / "线索_东区.xlsx").write_bytes(b"%PDF-1.4")
    intake = office.read_again()
    assert told(intake)[0] == ("file_is_another", "blocks", "线索_东区.xlsx", "", "")
    assert len(intake.ledgers["clues"]) == 2


def test_a_pattern_that_finds_nothing_names_what_there_is(office):
    clue_map(office)["file"] = "案件*.xlsx"
    intake = office.read()
    assert told(intake) == [("file_missing", "blocks", "案件*.xlsx", "", "")]
    assert "线索台账.xlsx" in intake.faults[0].details["unclaimed"]


def test_a_file_without_the_sheet_of_the_pattern(office):
    sheet_per_year(office, "xlsx")
    office.books["线索2.xlsx"] = [Table("二〇二〇", part(A_1))]
    clue_map(office)["file"] = "线索*.xlsx"
    assert told(office.read())[0] == ("sheet_missing", "blocks", "线索2.xlsx", "", "")


def test_files_of_an_open_program_are_no_files(office):
    file_per_unit(office, "xlsx")
    clue_map(office)["file"] = "*线索_*.xlsx"
    office.write()
    (office.folder / "~$线索_东区.xlsx").write_bytes(b"x")
    assert office.read_again().faults == []


# ---------------------------------------------------------------------------------- entries that stand twice


@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_entry_in_two_files_counts_once(office, kind):
    file_per_unit(office, kind)
    office.books[f"线索_东新区.{kind}"][0].rows.insert(4, copy.deepcopy(CLUES[A_1]))
    intake = office.read()
    sheet = "" if kind in TEXTS else "线索"
    assert told(intake) == [("entry_in_two_files", "notes", f"线索_东新区.{kind}", sheet, "A5")]
    first = " › ".join(name for name in (f"线索_东区.{kind}", sheet, "A5") if name)
    assert intake.faults[0].details["first"] == first
    assert intake.ledgers["clues"]["no"].tolist() == ["A-1", "A-2", "A-3", "A-10"]


def test_different_entries_with_one_number_in_two_files(office):
    file_per_unit(office, "xlsx")
    office.books["线索_东新区.xlsx"][0].rows[4][0] = "A-2"
    office.books["线索_东新区.xlsx"][0].rows[5][7] = None
    intake = office.read()
    assert places(blocking(intake)) == [("number_twice", "A5")]
    assert blocking(intake)[0].details["first"] == "线索_东区.xlsx › 线索 › A6"


# ---------------------------------------------------------------------------------- what names say


def without(rows, *columns):
    """Return rows without some columns (from 1)."""
    return [[cell for column, cell in enumerate(row, 1) if column not in columns] for row in rows]


def unit_in_the_name(office, east="线索_东区.csv"):
    """Let the files name the units, which have no column."""
    del office.books["线索台账.xlsx"]
    office.write()
    for file, rows in ((east, part(A_1, A_2)), ("线索_东新区.csv", part(A_3, A_10))):
        (office.folder / file).write_text(text(without(rows, 2, 3)), encoding="utf-8")
    fields = clue_map(office)["fields"]
    fields.pop("unit_code")
    fields.pop("unit_name")
    clue_map(office).update(file="线索_*.csv", sheet="", unit_from="file")
    return office


def test_the_unit_may_stand_in_the_name_of_the_file_alone(tmp_path):
    office = unit_in_the_name(Office(tmp_path / "parts"))
    intake = office.read()
    assert intake.faults == []
    pd.testing.assert_frame_equal(content(intake), content(Office(tmp_path / "whole").read()))


def test_a_name_is_matched_exactly_and_never_by_a_part_of_it(office):
    unit_in_the_name(office, "线索_东区等.csv")
    intake = office.read()
    assert [(fault.check, fault.file, fault.found) for fault in blocking(intake)] == [
        ("unit_of_name_unknown", "线索_东区等.csv", "东区等")
    ]
    assert blocking(intake)[0].details["suggestion"] == "东区"
    # by a pattern it may be a part
    clue_map(office)["unit_from"] = {"name": "file", "pattern": "_(东新?区)"}
    assert blocking(office.read()) == []


def test_a_row_of_another_unit_than_the_name_says(office):
    file_per_unit(office, "xlsx")
    clue_map(office)["unit_from"] = "file"
    assert office.read().faults == []
    # a row may leave its unit to the name
    office.books["线索_东区.xlsx"][0].rows[4][1:3] = [None, None]
    assert office.read().faults == []
    office.books["线索_东区.xlsx"][0].rows[5][1:3] = [WEST, "东新区"]
    intake = office.read()
    assert [(fault.check, fault.cell, fault.details["unit_of_name"]) for fault in blocking(intake)] == [
        ("unit_differs_from_name", "C6", "示例东区")
    ]


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_a_ledger_without_days_takes_the_year_of_its_sheet(office, kind):
    sheet_per_year(office, kind)
    for table in office.books[f"线索.{kind}"][:2]:
        table.rows, table.merged = without(table.rows, 4, 10), ()
        table.rows[2:4] = [
            ["编号", "代码", "单位", "涉及情况", "涉及情况", "已付金额", "重复编号", "是否查实", "联系人"],
            [None, None, None, "人数", "欠薪金额"],
        ]
    fields = clue_map(office)["fields"]
    fields.pop("received_on")
    fields.pop("closed_on")
    clue_map(office)["year_from"] = "sheet"
    intake = office.read()
    assert [fault.check for fault in intake.faults] == ["sheet_unread"]
    clues = intake.ledgers["clues"].set_index("no")
    assert clues["year"].to_dict() == {"A-1": 2019, "A-2": 2020, "A-3": 2019, "A-10": 2020}
    assert clues["received_on"].isna().all()


def test_a_year_may_be_a_column(office):
    clue_map(office)["fields"]["year"] = ["年度"]
    clue_map(office)["fields"].pop("received_on")
    for row, written in ((2, "年度"), (A_1, 2019), (A_2, "２０２０年"), (A_3, "2019年度"), (A_10, 3)):
        office.clues[row][3] = written
    intake = office.read()
    assert [(fault.check, fault.cell) for fault in blocking(intake)] == [("not_a_year", "D8")]
    years = intake.ledgers["clues"].set_index("no")["year"]
    assert years.dropna().to_dict() == {"A-1": 2019, "A-2": 2020, "A-3": 2019}
    assert pd.isna(years["A-10"])


def test_a_day_outside_the_year_of_its_sheet_is_told(office):
    sheet_per_year(office, "xlsx")
    clue_map(office)["year_from"] = {"name": "sheet", "pattern": r"^(\d{4})年$"}
    office.books["线索.xlsx"][1].rows[5][3] = dt.date(2020, 1, 2)
    office.books["线索.xlsx"][1].rows[5][9] = None
    intake = office.read()
    assert [(f.check, f.severity, f.sheet, f.cell) for f in intake.faults if f.check != "sheet_unread"] == [
        ("unit_not_reported", "warns", "", ""),
        ("year_differs_from_name", "warns", "2019年", "D6"),
    ]
    # what the entry says itself is nearer to it
    assert intake.ledgers["clues"].set_index("no").loc["A-1", "year"] == 2020


def test_names_that_do_not_say_what_they_are_to_say(office):
    sheet_per_year(office, "xlsx")
    office.books["线索.xlsx"][0].name = "今年"
    clue_map(office)["year_from"] = "sheet"
    intake = office.read()
    assert [(f.check, f.sheet) for f in blocking(intake)] == [("year_not_in_name", "今年")]
    clue_map(office).pop("year_from")
    clue_map(office)["snapshot"] = "monthly"
    assert {f.check for f in blocking(office.read())} == {"snapshot_not_in_name"}


# ---------------------------------------------------------------------------------- snapshots


def snapshots(office, kind, months=12):
    """Hand the ledger of the east in anew every month; its first clue is closed in June."""
    del office.books["线索台账.xlsx"]
    for month in range(1, months + 1):
        rows = part(A_1, A_2, A_3, A_10)
        rows[4][9] = dt.date(2020, 6, 3) if month >= 6 else None
        rows[4][6] = 1000 if month >= 6 else None
        office.books[f"线索2020年{month}月.{kind}"] = [Table("线索", rows, MERGED)]
    clue_map(office).update(file=f"线索2020年*.{kind}", snapshot="monthly")
    if kind in TEXTS:
        del clue_map(office)["sheet"]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_case_in_twelve_monthly_snapshots_counts_once_as_it_stood_last(office, kind):
    snapshots(office, kind)
    intake = office.read()
    assert [(fault.check, fault.severity) for fault in intake.faults] == [("snapshot_history", "notes")]
    assert intake.faults[0].details == {"earlier": "44", "entries": "4"}
    clues = intake.ledgers["clues"].set_index("no")
    assert clues["file"].unique().tolist() == [f"线索2020年12月.{kind}"]
    assert clues.loc["A-1", "closed_on"] == pd.Timestamp(2020, 6, 3)
    assert clues["amount"].sum() == 3101_00


def test_months_that_count_from_one_are_not_taken_for_snapshots(office):
    """The number stands again, and another case behind it: all but the last month's would be lost."""
    snapshots(office, "xlsx", 3)
    office.books["线索2020年3月.xlsx"][0].rows[4][3] = dt.date(2020, 3, 9)
    (fault,) = blocking(office.read())
    assert (fault.check, fault.details["entries"], fault.details["key"]) == (
        "snapshot_other_entry",
        "2",
        "A-1",
    )


def test_what_the_latest_snapshot_leaves_out_counts_as_it_stood(office):
    snapshots(office, "xlsx", 3)
    for month in (2, 3):
        office.books[f"线索2020年{month}月.xlsx"][0].rows.pop(5)
    intake = office.read()
    assert [(f.check, f.severity, f.file, f.cell) for f in intake.faults] == [
        ("snapshot_left_out", "warns", "线索2020年1月.xlsx", "A6"),
        ("snapshot_history", "notes", "线索2020年*.xlsx", ""),
    ]
    clues = intake.ledgers["clues"].set_index("no")
    assert clues.loc["A-2", "file"] == "线索2020年1月.xlsx"
    assert clues.loc["A-1", "file"] == "线索2020年3月.xlsx"


def test_the_same_files_without_being_declared_snapshots_are_told(office):
    snapshots(office, "xlsx", 6)
    clue_map(office).pop("snapshot")
    intake = office.read()
    # eleven equal states more, and one that differs: nothing is counted six times, nothing is chosen silently
    assert [(fault.check, fault.file, fault.cell) for fault in blocking(intake)] == [
        ("number_twice", "线索2020年6月.xlsx", "A5")
    ]
    assert sum(fault.check == "entry_in_two_files" for fault in intake.faults) == 19


@pytest.mark.parametrize(
    ("every", "early", "late"),
    [
        ("monthly", "202001", "202002"),
        ("monthly", "2020-09", "2020-10"),
        ("monthly", "2020年9月", "2020年10月"),
        ("quarterly", "2020年第一季度", "2020年第二季度"),
        ("quarterly", "2020Q1", "2020Q2"),
        ("yearly", "2019年底", "2020年底"),
    ],
)
def test_names_of_snapshots(office, every, early, late):
    del office.books["线索台账.xlsx"]
    before, after = part(A_1, A_2, A_3, A_10), part(A_1, A_2, A_3, A_10)
    after[4][5] = 1500
    # the order of the sheets is not that of time
    office.books["线索.xlsx"] = [Table(late, after, MERGED), Table(early, before, MERGED)]
    clue_map(office).update(file="线索.xlsx", sheet="*", snapshot=every)
    intake = office.read()
    assert blocking(intake) == []
    assert intake.ledgers["clues"].set_index("no").loc["A-1", "amount"] == 1500_00


def test_year_in_the_file_and_month_in_the_sheet(office):
    del office.books["线索台账.xlsx"]
    office.books["线索2020年.xlsx"] = [
        Table(f"{month}月", part(A_1, A_2, A_3, A_10), MERGED) for month in (1, 2)
    ]
    office.books["线索2020年.xlsx"][1].rows[4][4] = 5
    clue_map(office).update(file="线索*.xlsx", sheet="*月", snapshot="monthly")
    assert office.read().ledgers["clues"].set_index("no").loc["A-1", "workers"] == 5
