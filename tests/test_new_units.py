"""A unit without a base year: told, and scored by what the rule set declares, in the score table and on the page."""

from __future__ import annotations

from pathlib import Path

import ledger_examples as small
import pytest
import round_examples as example
from ledger_examples import EAST, SOUTH, WEST, clue
from rule_examples import ZH, rules

from analysis.intake import fault_line
from analysis.results.assessment import Assessment
from analysis.run import in_memory, pages


def graded(use: str) -> Assessment:
    """Return three counties of which the last was set up in 2020; the others fall from six cases to three."""
    settings = small.settings(new_units=[{"unit": SOUTH, "since": "2020-01-01"}], core_ledgers=[])
    days = {EAST: (6, 3), WEST: (6, 3), SOUTH: (0, 3)}
    rows = [
        clue(unit, f"{year}-0{month}-01", no=f"{unit}{year}{month}", resolved_on="2020-12-01")
        for unit, counts in days.items()
        for year, count in zip((2019, 2020), counts, strict=True)
        for month in range(1, count + 1)
    ]
    ledgers = {"clues": small.ledger("clues", rows)}
    arrived = in_memory.intake_of(settings, small.roll(EAST, WEST, SOUTH), ledgers)
    book = rules(new_unit=use, small_base={"cases_below": 1, "use": "unit"})
    return in_memory.assess(in_memory.declared_of(settings, book), arrived, draws=0)


@pytest.mark.parametrize(
    ("use", "points", "told"),
    [
        # 5.5 gives 4 points for a fall of 15 % and more
        ("full_points", "4.00", "案件数下降：新设单位，没有基期，按规定得满分 4.00 分"),
        ("no_points", "0.00", "案件数下降：新设单位，没有基期，按规定不得分"),
        ("city", "4.00", "案件数下降：新设单位，没有基期，按全市升降计分，全市欠薪案件数下降 50.00%"),
        ("taken_out", "0.00", "案件数下降：新设单位，没有基期，按规定不计本项"),
    ],
)
def test_a_new_unit_is_scored_as_declared(use: str, points: str, told: str) -> None:
    a = graded(use)
    row = a.scores.set_index("id").loc[f"score.{SOUTH}.5.5"]
    assert row["points"] == points
    assert str(row["derivation"]).startswith(told), row["derivation"]
    assert row["status"] == "new_unit"


def test_the_change_of_a_new_unit_is_not_unreported() -> None:
    a = graded("full_points")
    of = a.index.row(SOUTH, "2020", "change_cases", "2019")
    assert of["status"] == "new_unit"
    # in the year it was set up it has its number, and the city compares those with both years: 12 cases, then 6
    assert a.index.row(SOUTH, "2020", "cases")["value"] == 3
    city = a.index.row(small.CITY, "2020", "change_cases", "2019")
    assert (city["numerator"], city["denominator"], city["status"]) == (6, 12, "partial")
    said = str(pages.shown(a, "report"))
    assert "甲3县新设立，没有基期" in said
    assert "甲3县未报" not in said


def test_who_did_not_report_the_base_year_is_not_new() -> None:
    settings = small.settings(new_units=[{"unit": SOUTH, "since": "2019-01-01"}], core_ledgers=[])
    rows = [clue(EAST, "2019-05-01", no="1"), clue(EAST, no="2"), clue(SOUTH, no="3")]
    arrived = in_memory.intake_of(
        settings, small.roll(EAST, WEST, SOUTH), {"clues": small.ledger("clues", rows)}
    )
    a = in_memory.assess(in_memory.declared_of(settings, rules(new_unit="full_points")), arrived, draws=0)
    assert a.index.row(SOUTH, "2020", "change_cases", "2019")["status"] == "not_reported"


def test_a_round_with_a_new_unit_says_how_it_is_scored(tmp_path: Path) -> None:
    folder = example.project(tmp_path)
    settings, rulebook = (example.raw(folder) / name for name in ("round.yaml", "rulebook.yaml"))
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text + "\nnew_units: [{unit: 130372, since: 2019-03-01}]\n", encoding="utf-8")
    [blocking] = [f for f in in_memory.read(folder, "2020").faults if f.severity == "blocks"]
    assert "没有写明指标 5.5、5.6、5.7 怎样计分" in fault_line(blocking, ZH)
    rules_text = rulebook.read_text(encoding="utf-8")
    rulebook.write_text(rules_text + "\nnew_unit: city\n", encoding="utf-8")
    checked = in_memory.read(folder, "2020")
    [note] = [fault for fault in checked.faults if fault.check == "unit_new"]
    assert not checked.blocked
    assert "“130372”自 2019-03-01 起设立" in fault_line(note, ZH)
