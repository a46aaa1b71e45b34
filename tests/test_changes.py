"""Which periods are compared, and where a break in a series forbids it."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from ledger_examples import CITY, EAST, SOUTH, WEST, arrived, clue, roll, settings

from analysis.comparison import comparison
from analysis.indicators import measures
from analysis.indicators.changes import is_broken, pairs_of
from analysis.indicators.values import GRADE_COLUMNS, SCORE_COLUMNS, ValueIndex
from analysis.indicators.verdicts import verdict
from analysis.rounds.frames import frame_of
from analysis.rounds.periods import parse_period
from analysis.rounds.rounds import Break
from analysis.trends import trends


def cases(unit: str, **by_year: int) -> list[dict[str, Any]]:
    """Return cases by year (`y2019=20`), each of ten workers and 100,000 yuan."""
    return [
        clue(unit, f"{year[1:]}-05-01", amount_paid=50_000_00)
        for year, number in by_year.items()
        for _ in range(number)
    ]


def measured(rows: list[dict[str, Any]], units: tuple[str, ...] = (EAST, WEST), **changed: Any) -> ValueIndex:
    return ValueIndex(measures.compute(arrived(units, clues=rows), settings(**changed)).values)


def texts(history: list[str], period: str, base: str) -> list[tuple[str, str]]:
    listed = [parse_period(text) for text in history]
    calendar = settings(periods=[period], base_period=base, history=history).calendar
    pairs = pairs_of(listed, calendar)
    return [(now.text, before.text) for now, before in pairs]


def test_years_are_compared_with_the_year_before_and_the_round_with_its_base() -> None:
    assert texts(["2018", "2019", "2020"], "2020", "2019") == [("2019", "2018"), ("2020", "2019")]
    assert texts(["2016", "2019", "2020"], "2020", "2016") == [("2020", "2019"), ("2020", "2016")]


def test_a_part_of_a_year_is_compared_with_the_part_before_and_with_the_same_part_a_year_ago() -> None:
    halves = ["2019H1", "2019H2", "2020H1"]
    assert set(texts(halves, "2020H1", "2019H1")) == {
        ("2019H2", "2019H1"), ("2020H1", "2019H2"), ("2020H1", "2019H1"),
    }  # fmt: skip
    months = ["2019-02", "2020-02", "2021-02"]
    assert texts(months, "2021-02", "2020-02") == [("2020-02", "2019-02"), ("2021-02", "2020-02")]


def test_spans_of_years_follow_spans_of_the_same_length() -> None:
    span, earlier, later_half = (parse_period(text) for text in ("2021-2022", "2019-2020", "2020-2021"))
    assert span.follows(earlier)
    assert not span.follows(later_half)
    assert not parse_period("2020").is_like(parse_period("2020H1"))
    # as long, but of other months
    assert not parse_period("2020H2").is_like(parse_period("2020H1"))


OF_CLUES = {
    "clues_received", "clues_checked", "clues_closed", "clues_confirmed", "clues_resolved", "cases",
}  # fmt: skip


@pytest.mark.parametrize(
    ("named", "broken"),
    [
        ("cases", {"cases", "clues_confirmed", "clues_resolved"}),
        ("change_cases", {"cases", "clues_confirmed", "clues_resolved"}),
        ("clues_received", OF_CLUES),
        ("clues_*", OF_CLUES),
        ("clues_resolved", {"clues_resolved"}),
        ("rate_*", {"rate_resolved", "rate_paid"}),
        ("difference_rate_paid", {"rate_paid"}),
        ("workers", {"workers"}),
    ],
)  # fmt: skip
def test_a_break_in_a_count_of_clues_reaches_what_is_counted_among_them(named: str, broken: set[str]) -> None:
    declared = settings(breaks=[Break(period="2020", measures=[named], reason="平台开通")])
    codes = OF_CLUES | {"workers", "amount", "rate_resolved", "rate_paid", "petitions"}
    now, before = parse_period("2020"), parse_period("2019")
    assert {code for code in codes if is_broken(code, now, before, declared)} == broken
    assert not any(is_broken(code, before, parse_period("2018"), declared) for code in codes)


def test_a_break_within_a_year_separates_it_from_both_sides() -> None:
    declared = settings(breaks=[Break(period="2020-12", measures=["cases"], reason="平台开通")])
    years = [parse_period(str(year)) for year in (2018, 2019, 2020, 2021, 2022)]
    broken = [is_broken("cases", later, earlier, declared) for earlier, later in pairwise(years)]
    assert broken == [False, True, True, False]


def test_nothing_is_compared_across_a_break() -> None:
    rows = cases(EAST, y2018=20, y2019=20, y2020=10) + cases(WEST, y2018=20, y2019=20, y2020=10)
    broken = [Break(period="2020", measures=["cases", "workers", "amount", "rate_*"], reason="平台开通")]
    values = measures.compute(arrived((EAST, WEST), clues=rows), settings(breaks=broken)).values
    found = trends.compute(values, roll(EAST, WEST), settings(breaks=broken))
    values = pd.concat([values, found], ignore_index=True)
    frames = [frame_of([], columns) for columns in (SCORE_COLUMNS, GRADE_COLUMNS)]
    named = pd.DataFrame(columns=["id", "round", "unit", "group", "findings", "named"])
    peers = comparison.compute(values, *frames, named, roll(EAST, WEST), settings(breaks=broken))
    together = pd.concat([values, peers], ignore_index=True)
    across = together[(together["period"] == "2020") & (together["base_period"] == "2019")]
    about = across["measure"].str.contains("cases|workers|amount|rate_")
    counts_of_units = across["measure"].str.startswith("units_")
    assert set(across.loc[about & ~counts_of_units, "status"]) == {"not_comparable"}
    assert (
        across.loc[about & ~counts_of_units, ["value", "lower", "upper", "confidence"]].isna().all(axis=None)
    )
    before = together[(together["period"] == "2019") & (together["measure"] == "change_cases")]
    assert set(before["status"]) == {"reported"}


def test_a_broken_count_leaves_the_amount_without_effects() -> None:
    rows = cases(EAST, y2019=20, y2020=10)
    broken = [Break(period="2020", measures=["cases"], reason="平台开通")]
    values = measures.compute(arrived((EAST,), clues=rows), settings(breaks=broken)).values
    found = ValueIndex(trends.compute(values, roll(EAST), settings(breaks=broken)))
    for unit in (EAST, CITY):
        assert found.row(unit, "2020", "effect_amount_per_worker", "2019")["status"] == "not_comparable"
    assert ValueIndex(values).row(EAST, "2020", "change_amount", "2019")["value"] == -0.5


def test_rates_are_differenced_unit_by_unit_with_their_own_intervals() -> None:
    rows = [
        clue(unit, f"{year}-05-01", resolved_on=f"{year}-06-01" if number < resolved else None)
        for unit, year, resolved, all_of in (
            (EAST, 2019, 7, 10), (EAST, 2020, 9, 10), (WEST, 2019, 5, 20), (WEST, 2020, 3, 30),
        )
        for number in range(all_of)
    ]  # fmt: skip
    index = measured(rows, (EAST, WEST, SOUTH))
    # Newcombe's method 10 by hand from the Wilson limits of both rates
    for unit, (k, n), (k0, n0) in ((EAST, (9, 10), (7, 10)), (WEST, (3, 30), (5, 20))):
        row = index.row(unit, "2020", "difference_rate_resolved", "2019")
        (low, high), (low0, high0) = wilson(k, n), wilson(k0, n0)
        assert row["value"] == pytest.approx(k / n - k0 / n0)
        assert row["lower"] == pytest.approx(row["value"] - math.hypot(k / n - low, high0 - k0 / n0))
        assert row["upper"] == pytest.approx(row["value"] + math.hypot(high - k / n, k0 / n0 - low0))
    assert index.row(SOUTH, "2020", "difference_rate_resolved", "2019")["status"] == "not_reported"


def wilson(k: int, n: int) -> tuple[float, float]:
    """Return Wilson's limits as they stand in the textbook."""
    z = 1.959963984540054
    middle, half = k + z * z / 2, z * math.sqrt(k * (n - k) / n + z * z / 4)
    return (middle - half) / (n + z * z), (middle + half) / (n + z * z)


def test_huge_amounts_keep_their_last_yuan() -> None:
    rows = [
        clue(EAST, f"{year}-05-01", workers=10**6, amount=amount)
        for year, amount in ((2019, 9 * 10**13 + 100), (2020, 9 * 10**13))
        for _ in range(12)
    ]
    index = measured(rows)
    assert index.row(EAST, "2020", "difference_amount", "2019")["value"] == -12.0
    change = index.row(EAST, "2020", "change_workers", "2019")
    chance = index.row(EAST, "2020", "q_change_workers", "2019")
    assert (change["value"], verdict(change, chance)) == (0.0, "not_clear")
