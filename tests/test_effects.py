"""What moves a published total stands first in the list of doubtful cells, with how much of the total it is."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from file_examples import Table
from office_examples import EAST, WEST, Office

from analysis.intake import fault_line
from analysis.intake.fault_lists.effects import by_effect, share_of
from analysis.rounds.faults import Effect, Fault, together
from analysis.words import words


def clue(number: str, day: dt.date, workers: int, amount: int, closed: dt.date | None = None) -> list[object]:
    """Return a row of the example ledger, in the order of its headers."""
    return [number, EAST, None, day, workers, amount, None, None, "是", closed, None]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return a ledger of three clues of 2020 (90, 9 and 1 of 100 workers) and one of 2019, three closed too early."""
    office = Office(tmp_path)
    early = dt.date(2018, 1, 1)
    office.clues[4:] = [
        clue("1", dt.date(2020, 3, 1), 1, 10_000, early),
        clue("2", dt.date(2020, 4, 1), 90, 60_000, early),
        clue("3", dt.date(2020, 5, 1), 9, 30_000),
        clue("4", dt.date(2019, 5, 1), 5, 50_000, early),
    ]
    return office


def test_a_row_weighs_as_much_as_the_largest_of_its_shares(office: Office) -> None:
    found = [fault for fault in office.read().faults if fault.check == "dates_out_of_order"]
    # all that 2019 has; 90 of 100 workers; 10,000 of 100,000 yuan or one of three rows, whichever is more
    assert [(fault.cell[1:], round(share_of(fault), 4)) for fault in found] == [
        ("8", 1.0),
        ("6", 0.9),
        ("5", 0.3333),
    ]
    assert "该行占2020年涉及人数合计的 90.0%" in fault_line(found[1], words("zh"))
    assert "Its row is 90.0% of all workers concerned in 2020." in fault_line(found[1], words("en"))


def test_the_graver_stands_first_whatever_it_moves() -> None:
    small = Fault("a", severity="blocks")
    large = Fault("b", severity="warns", effect=Effect(0.9, "clues.amount", "2020"))
    note = Fault("c", severity="notes", effect=Effect(1, "clues.amount", "2020"))
    assert by_effect([note, large, small]) == [small, large, note]
    assert by_effect([Fault("a", cell="A1"), Fault("a", cell="A2")]) == [
        Fault("a", cell="A1"),
        Fault("a", cell="A2"),
    ]


def test_what_moves_less_than_a_hundredth_is_not_told(office: Office) -> None:
    early = dt.date(2018, 1, 1)
    office.clues[4:] = [
        clue(str(number), dt.date(2020, 3, 1 + number % 28), 10, 1000) for number in range(150)
    ]
    office.clues.append(clue("last", dt.date(2020, 6, 1), 1, 100, early))
    found = [fault for fault in office.read().faults if fault.check == "dates_out_of_order"]
    assert len(found) == 1
    assert share_of(found[0]) == 0
    assert "合计的" not in fault_line(found[0], words("zh"))


def test_what_does_not_count_does_not_weigh(office: Office) -> None:
    office.clues[5][8] = "否"
    office.clues[6][7] = "1"
    found = [fault for fault in office.read().faults if fault.check == "dates_out_of_order"]
    # of 2020 only row 5 is confirmed and no copy of another: the 90 workers of row 6 are in no published total
    assert [(fault.cell[1:], round(share_of(fault), 4)) for fault in found] == [
        ("5", 1.0),
        ("8", 1.0),
        ("6", 0.5),
    ]


def test_a_mark_weighs_as_much_as_its_full_marks_among_those_of_its_unit(office: Office) -> None:
    rows = [["代码", "1.1 部署（60分）", "1.2 责任（40分）"], [EAST, 55, "若干"], [WEST, 3, 4]]
    office.add(
        "self_marks", rows, {"unit_code": ["代码"]}, wide={"item": r"^(\d+\.\d+)", "full": "（(.+)分）"}
    )
    [found] = [fault for fault in office.read().faults if fault.check == "not_a_number"]
    assert (found.cell, share_of(found)) == ("C2", 0.4)
    assert "该项占该单位满分的 40.0%" in fault_line(found, words("zh"))


def test_cells_of_which_the_same_is_to_be_said_weigh_together_and_are_one_line(office: Office) -> None:
    office.clues[4:] = [clue(str(number), dt.date(2020, 3, 1), 10, 1000) for number in range(300)]
    for row in office.clues[20:304]:
        row[9] = dt.date(1970, 1, 1)
    found = [fault for fault in office.read().faults if fault.check == "day_is_default"]
    [line] = together(found)
    assert len(found) == 284
    assert line.cell == "J21–J304"
    assert share_of(line) == 284 / 300
    assert "（同样的共 284 格。）同样的各行共占2020年涉及人数合计的 94.7%。" in fault_line(line, words("zh"))


def test_cells_of_which_other_things_are_to_be_said_stay_apart() -> None:
    first = Fault("a", "f.xlsx", "表", "C1", found="x")
    others = [
        Fault("b", "f.xlsx", "表", "C2", found="x"),
        Fault("a", "f.xlsx", "表", "D2", found="x"),
        Fault("a", "f.xlsx", "表", "C2", found="y"),
        Fault("a", "g.xlsx", "表", "C2", found="x"),
        Fault("a", "f.xlsx", "表", "C2", found="x", severity="notes"),
        Fault("a", "f.xlsx", "表", "C2", found="x", unit=EAST),
    ]
    assert all(together([first, other]) == [first, other] for other in others)


def test_what_is_wrong_in_a_file_of_one_unit_is_that_units(office: Office) -> None:
    """A column that a district's own file has too much is for the district to say something about, not for nobody."""
    for file, first in (("东区.xlsx", "A"), ("东新区.xlsx", "B")):
        rows = [[f"{first}-{number}", dt.date(2020, 3, number), 3, "甲"] for number in (1, 2)]
        office.books[file] = [Table("表", [["编号", "受理日期", "人数", "车间"], *rows])]
    office.maps["ledgers"]["clues"] = {
        "file": "东*区.xlsx",
        "unit_from": {"name": "file", "pattern": "(东.*区)"},
        "header_rows": [1],
        "fields": {"no": ["编号"], "received_on": ["受理日期"], "workers": ["人数"]},
    }
    del office.books["线索台账.xlsx"]
    found = {(fault.file, fault.unit) for fault in office.read().faults if fault.check == "column_unknown"}
    assert found == {("东区.xlsx", EAST), ("东新区.xlsx", WEST)}
