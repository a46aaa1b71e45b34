"""What became of every row: an account per sheet that adds up whatever is wrong with the rows."""

import copy
import datetime as dt

import pytest
from file_examples import Table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from office_examples import EAST, MERGED, WEST, Office
from ruamel.yaml import YAML

from analysis.intake.fault_lists.reconciling import FATES

#: index of a spreadsheet row in the list of rows
A_1, A_2, A_3, A_10, TOTAL = range(4, 9)


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def accounts(intake, ledger="clues"):
    """Return what the account says of the sheets of a ledger, without the zeros; it has to add up."""
    frame = intake.reconciliation
    assert (frame["rows"] == frame[list(FATES)].sum(axis=1)).all()
    rows = frame[frame["ledger"] == ledger].to_dict("records")
    return [{name: row[name] for name in ("rows", *FATES) if row[name]} for row in rows]


def test_a_row_is_used_or_merged_into_the_case_it_names(office):
    # A-10 names A-3, the total is no row
    assert accounts(office.read()) == [{"rows": 4, "used": 3, "merged": 1}]


def test_every_fate_of_a_row(office):
    rows = office.clues
    rows[A_10][7] = None
    repeated = copy.deepcopy(rows[A_1])
    part_of_a_case = [None] * 10 + ["钱示例"]
    before = ["A-20", EAST, "示例东区", dt.date(2015, 1, 1), 1, 1, *[None] * 5]
    unreadable = ["A-21", WEST, "东新区", "某日", 1, 1, *[None] * 5]
    dropped = ["A-22", WEST, "东新区", dt.date(2020, 1, 1), 1, 1, *[None] * 5]
    rows[TOTAL:TOTAL] = [repeated, before, unreadable, dropped]
    rows.insert(A_2, part_of_a_case)
    office.books["线索台账.xlsx"][0].merged = (*MERGED, *(f"{letter}5:{letter}6" for letter in "ABCDEFGHIJ"))
    why = {"reason": "误报", "reported_by": "示例岗位", "date": "2022-01-01"}
    office.write()
    with (office.folder / "corrections.yaml").open("w", encoding="utf-8") as file:
        drop = {"kind": "drop", "ledger": "clues", "no": "A-22", "expected": {"amount": 1}, **why}
        YAML().dump({"corrections": [drop]}, file)
    # · the part of A-1 · A-1 again · A-20 · A-22 · A-21
    fates = {"used": 4, "merged": 1, "duplicates": 1, "outside": 1, "left_out": 1, "refused": 1}
    assert accounts(office.read_again()) == [{"rows": 9, **fates}]


def test_earlier_snapshots_are_repeats_of_the_last(office):
    mapped = office.maps["ledgers"]["clues"]
    table = office.books.pop("线索台账.xlsx")[0]
    for month in ("11", "12"):
        office.books[f"线索2020年{month}月.xlsx"] = [copy.deepcopy(table)]
    mapped.update(file="线索*.xlsx", snapshot="monthly")
    assert accounts(office.read()) == [{"rows": 4, "duplicates": 4}, {"rows": 4, "used": 3, "merged": 1}]


def test_a_wide_sheet_has_one_row_for_all_its_marks(office):
    rows = [["代码", "1.1", "1.2"], [EAST, 3, None], [WEST, 2, 1]]
    office.add("self_marks", rows, {"unit_code": ["代码"]}, wide={"item": r"^(\d+\.\d+)"}, year=2020)
    assert accounts(office.read(), "self_marks") == [{"rows": 2, "used": 2}]


def test_periods_of_a_summary_that_are_not_counted_lie_outside(office):
    rows = [["代码", "时期", "案件"], [EAST, "2020年", 3], [EAST, "2011年", 4]]
    fields = {"unit_code": ["代码"], "period": ["时期"], "cases": ["案件"]}
    office.add("summary", rows, fields)
    assert accounts(office.read(), "summary") == [{"rows": 2, "used": 1, "outside": 1}]


#: what a cell of a clue may hold, readable or not
CELLS = st.sampled_from(
    [None, "", "A-1", "无", "〃", 3, -1, "3.5", "2020-3-1", "某日", dt.date(2012, 1, 1), "是", "合计", EAST]
)


#: rows that are told to be no entries
NO_ENTRIES = {"subtotal_row", "note_row", "example_row", "header_repeated", "of_which_row"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, min_size=11, max_size=11), max_size=6))
def test_every_row_that_is_not_told_to_be_none_is_in_the_account(office, rows):
    office.books["线索台账.xlsx"] = [Table("线索", copy.deepcopy(office.clues[:TOTAL]) + rows, MERGED)]
    del office.maps["ledgers"]["clues"]["footer"]
    intake = office.read()
    office.maps["ledgers"]["clues"]["footer"] = "合计"
    # the last column is about persons and no part of the table
    filled = 4 + sum(any(cell not in (None, "") for cell in row[:10]) for row in rows)
    told = sum(fault.check in NO_ENTRIES for fault in intake.faults)
    assert sum(row.get("rows", 0) for row in accounts(intake)) == filled - told
