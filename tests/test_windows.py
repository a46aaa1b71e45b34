"""Rates of years whose cases had different time until the cut-off: compared within a window that all of them had."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest
from ledger_examples import CITY, EAST, WEST, arrived, clue, settings

from analysis.indicators import measures
from analysis.indicators.values import ValueIndex
from analysis.indicators.verdicts import verdict

YEAR_END = dt.date(2020, 12, 31)


def cases(unit: str, year: int, waits: list[int | None], received: str = "-06-01") -> list[dict[str, Any]]:
    """Return cases of a year by the days each took to be resolved; None: not yet."""
    day = dt.date.fromisoformat(f"{year}{received}")
    return [
        clue(
            unit,
            day.isoformat(),
            resolved_on=None if wait is None else (day + dt.timedelta(days=wait)).isoformat(),
        )
        for wait in waits
    ]


def measured(rows: list[dict[str, Any]], as_of: dt.date) -> ValueIndex:
    given = settings(as_of=as_of, history=["2019", "2020"])
    return ValueIndex(measures.compute(arrived((EAST, WEST), clues=rows), given).values)


def test_the_older_year_does_not_look_better_for_having_had_longer() -> None:
    # both years resolve half of ten within 90 days; of 2019 the rest came 300 days after receipt, of 2020 it is to come
    rows = [
        *cases(EAST, 2019, [20] * 5 + [300] * 5),
        *cases(EAST, 2020, [20] * 5 + [None] * 5),
        *cases(EAST, 2020, [None], received="-12-20"),
    ]
    index = measured(rows, dt.date(2021, 3, 31))
    assert index.row(CITY, "2020", "window_days")["value"] == 90
    at_cut_off, in_window = (
        [index.row(EAST, year, f"rate_resolved{end}")["value"] for year in ("2019", "2020")]
        for end in ("", "_in_window")
    )
    assert at_cut_off == pytest.approx([1, 5 / 11])
    assert in_window == pytest.approx([0.5, 5 / 11])
    change = index.row(EAST, "2020", "difference_rate_resolved_in_window", "2019")
    assert (change["value"], change["method"]) == (pytest.approx(5 / 11 - 0.5), "newcombe")
    # no window had it all: the fall at the cut-off would be clear, within the window it is none
    assert index.row(EAST, "2020", "difference_rate_resolved", "2019")["upper"] < 0 < change["upper"]


def test_a_unit_is_judged_within_the_window_among_all_that_are() -> None:
    """EAST resolved 12 of 12 within 90 days, then 4 of 12; WEST 6 of 12 in both years; nobody closed any.

    By chance 4 or fewer of the 16 resolved cases fall into the later 12 with 495 / 735,471 (C(12,4) · C(12,12) of
    C(24,16) ways). Four rates are judged, so that the smallest p-value of them counts four times.
    """
    rows = [*cases(EAST, 2019, [20] * 12), *cases(EAST, 2020, [20] * 4 + [None] * 8)]
    rows += [row for year in (2019, 2020) for row in cases(WEST, year, [20] * 6 + [None] * 6)]
    index = measured(rows, dt.date(2021, 3, 31))
    code = "difference_rate_resolved_in_window"
    said = {}
    for unit in (EAST, WEST):
        change, p, q = (index.row(unit, "2020", f"{head}{code}", "2019") for head in ("", "p_", "q_"))
        said[unit] = p["value"], q["value"], verdict(change, q)
    assert said[EAST] == (
        pytest.approx(2 * 495 / 735_471),
        pytest.approx(4 * 2 * 495 / 735_471),
        "clear_fall",
    )
    assert said[WEST] == (1, 1, "not_clear")


def test_who_still_waits_counts_as_long_as_he_has_waited() -> None:
    """Of five cases 4/5 wait after 10 days, 3/5 after 20, 2/5 after 30; of two one waits on; of all seven 3/7 then."""
    rows = [*cases(EAST, 2020, [10, 20, 30, None, None]), *cases(WEST, 2020, [10, None])]
    index = measured(rows, YEAR_END)
    east, west, city = (index.row(unit, "2020", "waiting_resolved") for unit in (EAST, WEST, CITY))
    assert [east[key] for key in ("numerator", "denominator", "value", "status")] == [3, 5, 30, "reported"]
    # half still wait: there is no such day yet
    assert (west["numerator"], west["denominator"], west["status"]) == (1, 2, "not_applicable")
    assert math.isnan(west["value"])
    assert (city["value"], city["unit_of_measure"], city["method"]) == (30, "day", "kaplan_meier")
    # S(30) = 0.4 has Greenwood's error 0.4 · √(1/20 + 1/12 + 1/6) = 0.219: log(−log) puts a half within it on every day
    assert east["lower"] == 10
    assert math.isnan(east["upper"])


def test_the_curve_has_a_step_for_each_day_on_which_a_case_was_resolved() -> None:
    """Of five cases one each is resolved after 10, 20 and 30 days: 4, 3 and 2 of 5 wait on."""
    ledgers = arrived((EAST, WEST), clues=cases(EAST, 2020, [10, 20, 30, None, None]))
    waits = measures.compute(ledgers, settings(as_of=YEAR_END)).waits
    own = waits[(waits["unit"] == EAST) & (waits["period"] == "2020")]
    assert own[["day", "at_risk", "happened"]].values.tolist() == [[10, 5, 1], [20, 4, 1], [30, 3, 1]]
    assert own["value"].tolist() == pytest.approx([0.8, 0.6, 0.4])
    assert set(own["id"]) == {f"{EAST}.2020.waiting_resolved.kaplan_meier"}
    assert WEST not in set(waits["unit"])


def test_a_case_resolved_before_it_was_received_has_not_waited() -> None:
    rows = [*cases(EAST, 2020, [10, 20, 30]), *cases(EAST, 2020, [-31])]
    row = measured(rows, YEAR_END).row(EAST, "2020", "waiting_resolved")
    assert [row[key] for key in ("numerator", "denominator", "value", "status")] == [3, 3, 20, "partial"]


@pytest.mark.parametrize(
    ("days", "window"),
    [(29, None), (30, 30), (59, 30), (89, 60), (179, 90), (364, 180), (365, 365), (800, 365)],
)
def test_the_window_is_the_largest_that_the_last_case_had(days: int, window: int | None) -> None:
    rows = [*cases(EAST, 2019, [5] * 3), *cases(EAST, 2020, [5], received="-12-31")]
    index = measured(rows, YEAR_END + dt.timedelta(days=days))
    row = index.row(CITY, "2020", "window_days")
    found = index.get(EAST, "2020", "rate_resolved_in_window")
    if window is None:
        assert (row["status"], found) == ("not_applicable", None)
    else:
        assert row["value"] == window
        assert found is not None


def test_the_day_itself_is_within_and_the_next_is_not() -> None:
    rows = cases(EAST, 2020, [30, 31, 0], received="-11-15")
    index = measured(rows, dt.date(2021, 1, 10))
    row = index.row(EAST, "2020", "rate_resolved_in_window")
    assert (row["numerator"], row["denominator"]) == (2, 3)
