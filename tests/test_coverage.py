"""Holes of several years, first and last years covered in part: what is seen, and what is then compared."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from ledger_examples import CITY, EAST, WEST, arrived, clue, ledger, roll, settings

from analysis.indicators import measures
from analysis.indicators.values import ValueIndex
from analysis.render.plain_blocks import plain
from analysis.run import in_memory, pages
from analysis.statistics.coverage import covered, thin_years
from analysis.trends.trends import verdict


@pytest.mark.parametrize(
    ("counts", "holes"),
    [
        # three years side by side, held against the 1 223 and the 1 092 around them
        ((1105, 1223, 9, 1, 5, 1092), {2002: (9, 1092), 2003: (1, 1092), 2004: (5, 1092)}),
        ((1105, 1223, 9, 1, 5), {2002: (9, 1105), 2003: (1, 1105), 2004: (5, 1105)}),
        ((3, 8, 500, 420), {2000: (3, 420), 2001: (8, 420)}),
        # one without a row is told as not reported; it is no reason to believe the one beside it
        ((300, 0, 4, 310), {2002: (4, 300)}),
        # a steady decline, and counts too small to tell
        ((1000, 400, 160, 64, 25), {}),
        ((12, 3, 2, 11), {}),
    ],
)
def test_thin_years_side_by_side_are_held_against_those_around_them(
    counts: tuple[int, ...], holes: dict[int, tuple[int, int]]
) -> None:
    years = range(2000, 2000 + len(counts))
    found = thin_years(dict(zip(years, counts, strict=True)), years, 0.25)
    assert {year: (count, expected) for year, count, expected in found} == holes


def test_months_missing_at_an_end_are_told_from_a_season() -> None:
    """Of 4 a month, six missing months of a year held 24 in the year beside it: exp(−24) is no chance."""
    even = np.full(36, 4)
    late, early = even.copy(), even.copy()
    late[:6], early[30:] = 0, 0
    assert covered(even) == (0, 36)
    assert covered(late) == (6, 36)
    assert covered(early) == (0, 30)
    # where nobody ever brings a case from January to June, their absence says nothing
    season = np.tile([0] * 6 + [8] * 6, 3)
    assert covered(season) == (0, 36)
    # exp(−9) is above, exp(−10) below one in 10 000
    assert covered(np.array([0] * 9 + [9] * 3 + [1] * 12)) == (0, 24)
    assert covered(np.array([0] * 10 + [9] * 2 + [1] * 12)) == (10, 24)
    assert covered(np.zeros(24, dtype=int)) == (0, 24)


def by_month(unit: str, *spans: tuple[int, int, int], each: int = 5) -> list[dict[str, Any]]:
    """Return so many clues in every month of (year, first month, last month)."""
    return [
        clue(unit, f"{year}-{month:02}-15", resolved_on=f"{year}-{month:02}-20")
        for year, first, last in spans
        for month in range(first, last + 1)
        for _ in range(each)
    ]


def measured(rows: list[dict[str, Any]], **changed: Any) -> ValueIndex:
    return ValueIndex(measures.compute(arrived((EAST, WEST), clues=rows), settings(**changed)).values)


def told(index: ValueIndex, unit: str, period: str, base: str = "") -> tuple[Any, str]:
    row = index.row(unit, period, "change_cases" if base else "cases", base)
    chance = index.row(unit, period, "q_change_cases", base) if base else None
    return (verdict(row, chance) if base else row["value"]), row["status"]


def test_a_last_year_of_nine_months_is_partial_and_no_verdict_rests_on_it() -> None:
    """5 a month, of the last year 45 until September: against 60 that would look like a fall of a quarter."""
    whole = by_month(WEST, (2018, 1, 12), (2019, 1, 12), (2020, 1, 12))
    index = measured([*by_month(EAST, (2018, 1, 12), (2019, 1, 12), (2020, 1, 9), each=20), *whole])
    assert told(index, EAST, "2020") == (180, "partial")
    assert told(index, EAST, "2020", "2019") == ("incomplete", "partial")
    assert told(index, WEST, "2020") == (60, "reported")
    assert told(index, CITY, "2020")[1] == "partial"
    assert told(index, EAST, "2019", "2018") == ("not_clear", "reported")


def test_a_first_year_that_begins_in_july_is_partial_and_its_first_half_not_reported() -> None:
    halves = [f"{year}H{half}" for year in (2018, 2019, 2020) for half in (1, 2)]
    rows = [
        row for unit in (EAST, WEST) for row in by_month(unit, (2018, 7, 12), (2019, 1, 12), (2020, 1, 12))
    ]
    index = measured(rows, history=[*halves, "2018", "2019", "2020"])
    assert told(index, EAST, "2018") == (30, "partial")
    assert told(index, EAST, "2019", "2018") == ("incomplete", "partial")
    assert told(index, EAST, "2018H1")[1] == "not_reported"
    assert told(index, EAST, "2018H2") == (30, "reported")
    assert told(index, EAST, "2019H2", "2018H2") == ("not_clear", "reported")


def test_what_the_cut_off_leaves_of_a_year_is_a_part_of_it() -> None:
    rows = [row for unit in (EAST, WEST) for row in by_month(unit, (2019, 1, 12), (2020, 1, 12))]
    index = measured(rows, as_of=dt.date(2020, 9, 30))
    assert told(index, EAST, "2020") == (45, "partial")
    assert told(index, EAST, "2020", "2019") == ("incomplete", "partial")


def test_a_fiscal_year_holds_the_days_from_its_first_month_on() -> None:
    """From April: 2018/19 has nine months of 2018 with 2 a month and three of 2019 with 3: 27; then 9·3 + 3·4 = 39."""
    rows = [
        row
        for year, each in ((2018, 2), (2019, 3), (2020, 4))
        for row in by_month(EAST, (year, 1 if year > 2018 else 4, 12 if year < 2020 else 3), each=each)
    ]
    years = ["2018/19", "2019/20"]
    index = measured(rows, year_starts=4, periods=["2019/20"], base_period="2018/19", history=years)
    assert [told(index, EAST, year) for year in years] == [(27, "reported"), (39, "reported")]
    assert told(index, EAST, "2019/20", "2018/19")[0] == "not_clear"
    assert index.row(EAST, "2019/20", "change_cases", "2018/19")["value"] == pytest.approx(12 / 27)


@pytest.mark.parametrize(
    ("language", "said", "unsaid"),
    [
        ("zh", "甲2县只报了部分月份，按已报的合计。个别案件未填人数，按已填的合计。", "未填是否查实"),
        (
            "en",
            "甲2县 reported for a part of the months only; the sums are over what was reported.",
            "confirmed",
        ),
    ],
)
def test_months_without_a_row_are_not_told_as_empty_cells(language: str, said: str, unsaid: str) -> None:
    """WEST lists no case after September; EAST leaves one headcount of a whole year empty."""
    east = by_month(EAST, (2018, 1, 12), (2019, 1, 12), (2020, 1, 12))
    east[-1]["workers"] = None
    west = by_month(WEST, (2018, 1, 12), (2019, 1, 12), (2020, 1, 9), each=20)
    of = settings(history=["2018", "2019", "2020"])
    numbered = [{"no": str(number), **row} for number, row in enumerate([*east, *west], 1)]
    found = in_memory.intake_of(of, roll(EAST, WEST), {"clues": ledger("clues", numbered)})
    a = in_memory.assess(in_memory.declared_of(of), found, language, draws=0)
    told = plain(pages.shown(a, "report")["declines"])
    assert said in told and unsaid not in told
