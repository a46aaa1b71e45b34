"""A figure that rests on a cell of which a warning says that its content may be wrong is marked wherever it stands."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from file_examples import Struck
from office_examples import EAST, WEST, Office

from analysis.render.blocks import figures
from analysis.results.assessment import Assessment
from analysis.run import in_memory, pages

CITY = "990000"


def office_in(folder: Path) -> Office:
    """Return an office of whose western district the last case, in row 8, is the only one of 2020."""
    office = Office(folder)
    office.clues[7][7] = None
    return office


def computed(office: Office) -> Assessment:
    office.write()
    return in_memory.assess_read(in_memory.read(office.project, "2020"), draws=0)


MEASURES = ("clues_received", "cases", "workers", "amount", "clues_closed", "rate_closed")


def counted(a: Assessment, period: str = "2020", measures: tuple[str, ...] = MEASURES) -> set[str]:
    """Return the doubtful ones of a few values of a period, as `unit measure`."""
    return {
        f"{unit} {measure}"
        for unit, of, measure in (row.split(".")[:3] for row in a.doubtful)
        if of == period and measure in measures
    }


def test_an_amount_in_doubt_makes_the_amounts_doubtful_and_nothing_else(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    office.clues[7][5] = "约900元"
    a = computed(office)
    assert a.issues.query("check == 'value_approximate'")["cell"].tolist() == ["F8"]
    # the case of the eastern district is not one: its amounts are of no case, and no change is of one year
    assert counted(a) == {f"{WEST} amount", f"{CITY} amount"}
    assert counted(a, "2019") == set()


def test_a_day_in_doubt_that_dates_a_row_makes_doubtful_whatever_the_row_is_counted_in(
    tmp_path: Path,
) -> None:
    office = office_in(tmp_path)
    office.clues[7][3] = Struck("2020-5-2")
    assert counted(computed(office)) == {
        f"{unit} {measure}"
        for unit in (WEST, CITY)
        for measure in ("clues_received", "cases", "workers", "amount", "clues_closed", "rate_closed")
    }


def test_a_day_that_dates_no_row_concerns_what_is_counted_by_it(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    # closed before it was received
    office.clues[7][9] = dt.date(2020, 4, 1)
    assert counted(computed(office)) == {
        f"{unit} {measure}" for unit in (WEST, CITY) for measure in ("clues_closed", "rate_closed")
    }


def test_every_cell_struck_through_is_in_doubt_not_only_the_first(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    for row in (4, 7):
        office.clues[row][5] = Struck("900")
    a = computed(office)
    # one line tells both
    assert a.issues.query("check == 'cells_struck'")["cell"].tolist() == ["F5"]
    assert counted(a) == {f"{WEST} amount", f"{CITY} amount"}
    assert counted(a, "2019") == {f"{EAST} amount", f"{CITY} amount"}


def test_a_warning_that_the_office_accepted_doubts_nothing(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    # more paid than owed
    office.clues[7][6] = 1000
    assert f"{CITY} amount_paid" in counted(computed(office), measures=("amount_paid",))
    accepted = {"kind": "accept", "file": "线索台账.xlsx", "sheet": "线索", "cell": "G8", "expected": 1000}
    why = {"reason": "含利息", "reported_by": "西区", "date": "2021-02-01"}
    (office.folder / "corrections.yaml").write_text(json.dumps({"corrections": [why | accepted]}), "utf-8")
    assert counted(computed(office), measures=("amount_paid",)) == set()


def test_what_is_empty_or_only_noted_doubts_no_value(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    office.clues[7][4] = None
    assert counted(computed(office)) == set()
    office.clues[7][5] = "约900元"
    office.settings["checks"] = {"value_approximate": {"severity": "notes"}}
    assert counted(computed(office)) == set()


@pytest.mark.parametrize(("page", "of"), [("report", CITY), ("card", WEST)])
def test_the_pages_mark_them(tmp_path: Path, page: str, of: str) -> None:
    office = office_in(tmp_path)
    office.clues[7][5] = "约900元"
    a = computed(office)
    shown = figures(tuple(pages.shown(a, page, unit=WEST if page == "card" else "").values()))
    marked = {figure.row for figure in shown if "‡" in figure.marks}
    assert f"{of}.2020.amount.sum" in marked
    assert marked <= a.doubtful
