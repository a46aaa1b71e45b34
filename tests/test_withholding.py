"""Small cells, and what would give them away: worked examples, and brute force over everything a reader could think."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.indicators.values import value_rows
from analysis.publish.withholding import (
    GRID,
    Reader,
    Sum,
    all_rows,
    city_rows,
    is_small,
    others,
    own_rows,
    possible,
    rests_on,
    withhold,
)


def public(guarded: Iterable[object]) -> list[Reader]:
    """Return the reader who knows nothing but what is shown, and what is kept from them."""
    return [Reader(frozenset(guarded))]


CITY, UNITS = "990000", ("990001", "990002", "990003", "990004")


def test_zero_is_no_small_cell_and_the_threshold_itself_is_none() -> None:
    assert [count for count in range(6) if is_small(count, 3)] == [1, 2]
    assert not [count for count in range(6) if is_small(count, 1)]


# ------------------------------------------------------------------------------------------- sums


def test_a_small_part_takes_the_smallest_other_part_with_it() -> None:
    """45 in all, 2 + 30 + 13: with the 2 alone withheld it would be 45 − 43; with the 13 it can be 1 to 14."""
    cells = {"all": 45, "a": 2, "b": 30, "c": 13}
    sums = [Sum("all", ("a", "b", "c"))]
    assert withhold(cells, sums, public(["a"])) == {"a", "c"}
    assert possible(cells, sums, {"a", "c"})["a"] == (1, 14)


def test_two_small_parts_that_can_only_be_one_each_need_a_third() -> None:
    """12 in all and 10 shown leave 2 for two withheld parts, none of them zero: both are 1."""
    cells = {"all": 12, "a": 1, "b": 1, "c": 4, "d": 6}
    assert withhold(cells, [Sum("all", ("a", "b", "c", "d"))], public(["a", "b"])) == {"a", "b", "c"}


def test_what_a_unit_knows_of_a_sum_is_taken_off_before_its_rest_is_called_unknown() -> None:
    """9 in a year, 4 + 5 in its halves; of the 5 a unit has 4, so that 1 is left, and of the 4 it has 2.

    With the first half shown the second would be 9 − 4. With both withheld the unit knows only that none is smaller
    than its own share.
    """
    cells, sums = {"year": 9, "h1": 4, "h2": 5}, [Sum("year", ("h1", "h2"))]
    unit = Reader(frozenset({"h2"}), {"year": 6, "h1": 2, "h2": 4})
    hidden = withhold(cells, sums, [*public(["h2"]), unit])
    assert hidden == {"h2", "h1"}
    # 9 in all: the first half has its 2 or more, the second its 4 or more
    assert possible(cells, sums, hidden, knows=unit.knows) == {"year": (9, 9), "h1": (2, 5), "h2": (4, 7)}


def test_a_small_count_keeps_as_many_values_as_the_rule_itself_leaves_it() -> None:
    """Below 5 a count is small: 1 to 4. Two parts of 2 that make 4 with a shown whole can only be 1 to 3."""
    cells, sums = {"all": 9, "a": 2, "b": 2, "c": 5}, [Sum("all", ("a", "b", "c"))]
    assert possible(cells, sums, {"a", "b"})["a"] == (1, 3)
    assert withhold(cells, sums, public(["a", "b"])) == {"a", "b"}
    assert withhold(cells, sums, public(["a", "b"]), values=4) == {"a", "b", "c"}


def test_a_whole_of_one_part_is_withheld_with_it() -> None:
    assert withhold({"all": 2, "a": 2, "b": 0}, [Sum("all", ("a", "b"))], public(["a"])) == {"all", "a"}


def test_the_remainder_of_a_rate_is_a_cell_too() -> None:
    """40 cases, 39 resolved: one is not, and the rate would say so."""
    cells = {"cases": 40, "resolved": 39, "rest": 1}
    assert withhold(cells, [Sum("cases", ("resolved", "rest"))], public(["rest"]), ["rest"]) == {"resolved"}


def test_in_a_ring_what_only_all_sums_together_give_away_is_withheld_too() -> None:
    """X + y, y + z and x + z are shown: (12 + 14 − 16) / 2 = 5 = x, though no sum alone says more than 1 to 9."""
    cells = {"xy": 12, "yz": 16, "xz": 14, "x": 5, "y": 7, "z": 9}
    sums = [Sum("xy", ("x", "y")), Sum("yz", ("y", "z")), Sum("xz", ("x", "z"))]
    assert possible(cells, sums, {"x", "y", "z"})["x"] == (1, 9)
    # the smallest total goes too: then x can be 1 to 13, with 9 − (x − 5) for z and 7 + (x − 5) for y
    assert withhold(cells, sums, public(["x", "y", "z"])) == {"x", "y", "z", "xy"}


#: cases and those resolved of two years and of both together, what is not resolved printed nowhere: a ring
TWO_YEARS = [
    *(Sum((c, "both"), ((c, 1), (c, 2))) for c in ("cases", "resolved")),
    *(Sum(("cases", p), (("resolved", p), ("open", p))) for p in (1, 2, "both")),
]


def two_years(parts: Sequence[int]) -> dict[tuple[str, object], int]:
    """Return all cells of resolved and open cases of the first year and of the second."""
    years = {1: parts[:2], 2: parts[2:], "both": (parts[0] + parts[2], parts[1] + parts[3])}
    cells: dict[tuple[str, object], int] = {}
    for year, (resolved, still_open) in years.items():
        cells |= {
            ("cases", year): resolved + still_open,
            ("resolved", year): resolved,
            ("open", year): still_open,
        }
    return cells


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=4, max_size=4))
def test_no_withheld_cell_of_two_years_and_both_together_can_be_recomputed(parts: list[int]) -> None:
    cells = two_years(parts)
    unseen = {key for key in cells if key[0] == "open"}
    small = [key for key, count in cells.items() if is_small(count, 3)]
    hidden = withhold(cells, TWO_YEARS, public(small), unseen)
    # twice of everything adds up too, so nothing above it is needed
    counts = range(max(parts) * 2 + 1)
    agreeing = [
        guess
        for guess in map(two_years, itertools.product(counts, repeat=4))
        if all(
            guess[key] >= 1 if key in hidden else guess[key] == cells[key]
            for key in cells
            if key not in unseen
        )
    ]
    assert cells in agreeing
    for key in {*hidden, *small}:
        assert len({guess[key] for guess in agreeing}) > 1, (key, cells, sorted(hidden, key=str))


#: a year of halves, one of three parts and one of two: a tree of sums
HALVES = [Sum("year", ("h1", "h2")), Sum("h1", ("a", "b", "c")), Sum("h2", ("d", "e"))]
PARTS = tuple("abcde")


def all_cells(parts: Sequence[int]) -> dict[str, int]:
    cells = dict(zip(PARTS, parts, strict=True))
    return {"year": sum(parts), "h1": sum(parts[:3]), "h2": sum(parts[3:]), **cells}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=5, max_size=5), st.integers(2, 4))
def test_no_withheld_cell_can_be_recomputed(parts: list[int], threshold: int) -> None:
    """Every table of counts that agrees with what is shown is a table a reader must think possible."""
    cells = all_cells(parts)
    small = [key for key, count in cells.items() if is_small(count, threshold)]
    hidden = withhold(cells, HALVES, public(small))
    assert set(small) <= hidden
    assert all(cells[key] for key in hidden), "a zero hides nothing"
    choices = [range(1, max(parts) + 3) if key in hidden else (cells[key],) for key in PARTS]
    agreeing = [
        guess
        for guess in map(all_cells, itertools.product(*choices))
        if all(guess[key] if key in hidden else guess[key] == count for key, count in cells.items())
    ]
    assert cells in agreeing
    for key in hidden:
        assert len({guess[key] for guess in agreeing}) > 1, (key, cells, sorted(hidden))


# ------------------------------------------------------------------------------------------- the value table


def table(measure: str, shares: Sequence[float | None], period: str = "2020", **more: object) -> pd.DataFrame:
    """Return one measure of four units and their sum."""
    known = [share for share in shares if share is not None]
    rows = [
        {
            "unit": unit,
            "period": period,
            "measure": measure,
            "method": "count",
            "value": share,
            "status": "reported" if share is not None else "not_reported",
            **more,
        }
        for unit, share in zip((*UNITS, CITY), (*shares, sum(known)), strict=True)
    ]
    return value_rows(rows, "2020")


def shown(values: pd.DataFrame, threshold: int = 3) -> dict[str, float | None]:
    rows = city_rows(values, CITY, threshold)
    numbers = rows[["value", "numerator", "denominator", "lower", "upper"]]
    assert numbers[rows["status"] == "withheld"].isna().all(axis=None)
    return {
        f"{row.measure} {row.period}": None if row.status == "withheld" else row.value
        for row in rows.itertuples()
    }


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ((10, 20, 30, 40), 100),
        ((0, 0, 0, 0), 0),
        ((0, 1, 0, 1), None),  # small itself
        ((None, 20, 30, None), None),  # two units: each would know the other
        ((None, 20, 30, 40), 90),
        ((98, 1, 0, 1), None),  # the first unit takes off its own 98
    ],
)
def test_a_city_count_is_told_unless_it_gives_a_unit_away(
    shares: tuple[float | None, ...], expected: float | None
) -> None:
    assert shown(table("petitions", shares)) == {"petitions 2020": expected}


def test_a_units_small_count_takes_that_of_the_city_with_it() -> None:
    values = pd.concat([table("petitions", (10, 2, 30, 0)), table("petitions", (10, 3, 30, 0), "2019")])
    told = all_rows(values, CITY, 3)
    assert [None if pd.isna(value) else value for value in told["value"]] == [
        10,
        None,
        30,
        0,
        None,
        10,
        3,
        30,
        0,
        43,
    ]
    assert list(told.loc[told["value"].isna(), "status"]) == ["withheld", "withheld"]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=2), st.integers(2, 4))
def test_nothing_withheld_follows_from_all_that_is_told_of_units_and_city(
    units: list[tuple[int, int]], threshold: int
) -> None:
    """Whoever tries out every whole and part of both units, finds two answers at least for what is withheld."""
    true = [(max(pair), min(pair)) for pair in units]
    values = pd.concat(
        [
            table(measure, (*(pair[place] for pair in true), None, None))
            for place, measure in enumerate(("cases", "clues_resolved"))
        ]
    )
    told = [None if pd.isna(value) else int(value) for value in all_rows(values, CITY, threshold)["value"]]
    # two units that report, two that do not, the city; first of the whole, then of the part
    pairs, city = [(told[0], told[5]), (told[1], told[6])], (told[4], told[9])

    def agrees(known: int | None, guess: int) -> bool:
        return guess > 0 if known is None else guess == known

    possible = [(whole, part) for whole in range(12) for part in range(whole + 1)]
    fitting = [[guess for guess in possible if all(map(agrees, pair, guess))] for pair in pairs]
    answers = [
        guess
        for guess in itertools.product(*fitting)
        if all(agrees(city[place], sum(unit[place] for unit in guess)) for place in (0, 1))
    ]
    assert tuple(true) in answers
    for number, pair in enumerate(pairs):
        for place, known in enumerate(pair):
            assert known is not None or len({guess[number][place] for guess in answers}) > 1
    for number, (whole, part) in enumerate(true):
        rests = {guess[number][0] - guess[number][1] for guess in answers}
        assert not is_small(whole - part, threshold) or len(rests) > 1


def test_a_rate_goes_with_its_small_remainder_and_everything_that_rests_on_it() -> None:
    resolved = table("clues_resolved", (24, 25, 25, 24))
    rate = value_rows(
        [
            {"unit": CITY, "method": "count", "period": "2020", "measure": "rate_resolved",
             "numerator": 98, "denominator": 100, "value": 0.98, "status": "reported"},
            {"unit": CITY, "method": "count", "period": "2020", "base_period": "2019",
             "measure": "difference_rate_resolved", "value": 0.01, "status": "reported"},
        ],
        "2020",
    )  # fmt: skip
    cases = table("cases", (25, 25, 25, 25))
    told = shown(pd.concat([cases, resolved, rate], ignore_index=True))
    assert told == {
        "cases 2020": 100,
        "clues_resolved 2020": None,
        "rate_resolved 2020": None,
        "difference_rate_resolved 2020": None,
    }


def test_a_small_month_takes_a_second_month_and_the_limits_of_the_months_with_it() -> None:
    months = [f"2020-{month:02d}" for month in range(1, 13)]
    counts = [(0, 1, 0, 1), (1, 2, 3, 4), *[(5, 5, 5, 5)] * 10]
    parts = [table("cases", share, month) for month, share in zip(months, counts, strict=True)]
    year = table("cases", tuple(sum(unit) for unit in zip(*counts, strict=True)))
    limit = value_rows(
        [{"unit": CITY, "method": "count", "period": "2020", "base_period": "2020-01",
          "measure": "xmr_centre_cases", "value": 17.7, "status": "reported"}], "2020",
    )  # fmt: skip
    told = shown(pd.concat([*parts, year, limit], ignore_index=True))
    assert [month for month in months if told[f"cases {month}"] is None] == ["2020-01", "2020-02"]
    assert told["cases 2020"] == 212
    assert told["xmr_centre_cases 2020"] is None


def test_what_is_not_known_to_be_safe_is_withheld() -> None:
    assert shown(table("spread_cv_cases", (1, 2, 3, 4))) == {"spread_cv_cases 2020": None}
    assert rests_on("a_new_measure", "2020", "", {}) is None
    assert rests_on("trend_cases", "2020", "2016", {}) is None, "of a series nobody knows"


def test_a_half_year_is_told_and_its_small_half_takes_the_other_one_with_it() -> None:
    halves = [
        table("petitions", share, period)
        for share, period in (((0, 1, 0, 1), "2020H1"), ((9, 9, 9, 9), "2020H2"))
    ]
    year = table("petitions", (9, 10, 9, 10))
    assert shown(pd.concat([*halves, year], ignore_index=True)) == {
        "petitions 2020H1": None, "petitions 2020H2": None, "petitions 2020": 38,
    }  # fmt: skip
    assert shown(table("petitions", (9, 9, 9, 9), "2020H1")) == {"petitions 2020H1": 36}


def test_a_unit_is_not_measured_against_another_one() -> None:
    values = pd.concat([table(name, (1, 2, 3, 4)) for name in ("cases", "score_gap_to_cut", "gap_to_best_x")])
    own = own_rows(values, UNITS[1]).set_index("measure")
    assert set(own["unit"]) == {UNITS[1]}
    assert own["status"].to_dict() == {
        "cases": "reported",
        "score_gap_to_cut": "withheld",
        "gap_to_best_x": "withheld",
    }


def test_the_others_stand_on_a_grid_in_order_without_small_bases() -> None:
    rates = table("rate_resolved", (0.874, 0.991, 0.5, 0.612), denominator=40.0)
    arguments = {
        "city": CITY,
        "measure": "rate_resolved",
        "base_period": "",
        "period": "2020",
        "threshold": 3,
    }
    assert others(rates, unit=UNITS[0], **arguments) == [0.5, 0.6, 1.0]
    assert all(round(value / GRID, 6).is_integer() for value in others(rates, unit=UNITS[1], **arguments))
    rates.loc[rates["unit"] == UNITS[2], "denominator"] = 2.0
    assert others(rates, unit=UNITS[0], **arguments) == [], "of two others none is told"
