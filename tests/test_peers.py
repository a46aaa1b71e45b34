"""The units side by side: funnel, gaps, ranks, spread, pooled and shrunken values, self-report beside verification."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from ledger_examples import CITY, EAST, SOUTH, WEST, arrived, clue, ledger, letter, settings
from office_examples import Office

from analysis.comparison import peers
from analysis.comparison.peers.places import DRAWS
from analysis.comparison.peers.self_report import BANDS
from analysis.indicators import measures
from analysis.indicators.lineage import of_members
from analysis.indicators.values import SCORE_COLUMNS, USABLE, ValueIndex, value_rows
from analysis.rounds.frames import frame_of
from analysis.rounds.rounds import Break, RoundSettings
from analysis.rounds.units import UnitRoll

NORTH = "990004"
UNITS = (EAST, WEST, SOUTH)
#: cases and resolved cases of a year
Year = tuple[int, int]


def clues(unit: str, **years: Year) -> list[dict[str, Any]]:
    """Return the clues of a unit: `clues(EAST, y2020=(10, 9))` are ten cases of which nine are resolved."""
    return [
        clue(unit, f"{name[1:]}-05-01", resolved_on="2021-06-01" if place < done else None)
        for name, (cases, done) in years.items()
        for place in range(cases)
    ]


def scores(**points: Mapping[str, str]) -> pd.DataFrame:
    """Return scores of indicators worth 10 points each: `points[unit] = {indicator: points}`."""
    rows = [
        {
            "id": f"score.{unit}.{item}", "unit": unit, "indicator": item, "kind": "base", "points_possible": "10",
            "points": got, "status": "reported",
        }
        for unit, items in points.items()
        for item, got in items.items()
    ]  # fmt: skip
    return frame_of(rows, SCORE_COLUMNS)


def derived(
    values: pd.DataFrame,
    units: UnitRoll,
    scored: pd.DataFrame | None = None,
    of: RoundSettings | None = None,
) -> pd.DataFrame:
    """Return what is derived from values."""
    of = of or settings()
    side_by_side = peers.Peers.of(ValueIndex(values), units, of)
    return value_rows(peers.rows(side_by_side, scores() if scored is None else scored), of.round)


def compared(
    rows: Iterable[Mapping[str, Any]] = (),
    units: tuple[str, ...] = UNITS,
    scored: pd.DataFrame | None = None,
    of: RoundSettings | None = None,
    workers: Mapping[str, int | None] | None = None,
    **ledgers: Iterable[Mapping[str, Any]],
) -> ValueIndex:
    """Return the values of small ledgers and what is derived from them; `workers`: migrant workers of the roll."""
    arrivals = arrived(units, clues=rows, **ledgers)
    stated = [{"unit": unit, "migrant_workers": (workers or {}).get(unit)} for unit in units]
    arrivals.ledgers["units"] = ledger("units", stated)
    values = measures.compute(arrivals, of or settings()).values
    return ValueIndex(pd.concat([values, derived(values, arrivals.roll, scored, of)], ignore_index=True))


def patched(
    changes: Mapping[tuple[str, str], tuple[float, float]], units: tuple[str, ...] = UNITS
) -> ValueIndex:
    """Return what is derived where the round's values of (unit, measure) are replaced by (numerator, denominator)."""
    arrivals = arrived(
        units, clues=[row for unit in units for row in clues(unit, y2019=(12, 9), y2020=(10, 9))]
    )
    values = measures.compute(arrivals, settings()).values
    for (unit, measure), (top, base) in changes.items():
        place = (values["unit"] == unit) & (values["measure"] == measure) & (values["period"] == "2020")
        assert place.sum() == 1
        values.loc[place, ["numerator", "denominator"]] = top, base
        values.loc[place, "value"] = top / base if measure.startswith("rate_") else top
    return ValueIndex(pd.concat([values, derived(values, arrivals.roll)], ignore_index=True))


def all_rows(
    rows: Iterable[Mapping[str, Any]], units: tuple[str, ...], renamed: Mapping[str, str] | None = None
) -> dict[str, tuple[Any, ...]]:
    """Return every derived row by its id, its numbers exactly; codes renamed back."""
    names = dict(renamed or {})
    back = {new: old for old, new in names.items()}
    arrivals = arrived(
        tuple(names.get(unit, unit) for unit in units),
        clues=[{**row, "unit": names.get(row["unit"], row["unit"])} for row in rows],
    )
    values = measures.compute(arrivals, settings()).values
    found = derived(values, arrivals.roll)
    numbers = ["numerator", "denominator", "value", "lower", "upper", "confidence"]
    return {
        f"{back.get(unit, unit)}{ident.removeprefix(unit)}": (status, *(repr(number) for number in row))
        for ident, unit, status, row in zip(
            found["id"], found["unit"], found["status"], found[numbers].to_numpy().tolist(), strict=True
        )
    }


# ------------------------------------------------------------------------------------------- the funnel


def test_the_unit_itself_is_no_part_of_its_yardstick() -> None:
    index = compared(clues(EAST, y2020=(100, 97)) + clues(WEST, y2020=(9, 3)) + clues(SOUTH, y2020=(9, 8)))
    baseline = index.row(WEST, "2020", "funnel_baseline_rate_resolved")
    assert (baseline["numerator"], baseline["denominator"]) == (105, 109)
    assert baseline["value"] == pytest.approx(105 / 109)
    # around 11/18 of the two small units, 97 of 100 is far outside; around the city's 108/118 it is not
    loo, common = (
        index.row(EAST, "2020", "funnel_rate_resolved", method=m) for m in ("exact_998_loo", "exact_998")
    )
    assert loo["value"] > loo["upper"]
    assert common["value"] < common["upper"]
    assert index.row(CITY, "2020", "funnel_flags_rate_resolved", method="exact_998_loo")["value"] == 2
    assert index.row(CITY, "2020", "funnel_flags_rate_resolved", method="exact_998")["value"] == 1
    # the first row, which is meant when no method is named, stays the one around the city's rate
    assert index.row(WEST, "2020", "funnel_rate_resolved")["method"] == "exact_95"


def test_how_many_flags_chance_alone_would_raise() -> None:
    index = compared(clues(EAST, y2020=(10, 5)) + clues(WEST, y2020=(10, 5)))
    unit = index.row(EAST, "2020", "funnel_rate_resolved", method="exact_95")
    # one of ten is flagged, two of ten are not: the limit lies between, and as far from the other end
    assert 0.1 < unit["lower"] < 0.2
    assert unit["lower"] + unit["upper"] == pytest.approx(1)
    # of 1024 equally likely outcomes of ten cases, 11 have none or one resolved, and 11 none or one unresolved
    expected = index.row(CITY, "2020", "funnel_flags_expected_rate_resolved", method="exact_95")
    assert expected["value"] == pytest.approx(2 * 22 / 1024)
    assert expected["denominator"] == 2


@pytest.mark.parametrize(
    ("open_ones", "sides"),
    [
        # 20 of 20 beside a common 80 of 120: (2/3)^20 is 0.0003, beyond both limits
        (0, {"95": "above", "998": "above"}),
        # 20 of 21: 0.0023 is beyond 2.5 % and not beyond 0.1 %, so the outer limit hangs on the open cell
        (1, {"95": "above", "998": "not judged"}),
        # 20 of 26 is where chance can take it
        (6, {"95": "not judged", "998": "not judged"}),
    ],
)
def test_no_side_of_the_funnel_is_taken_that_hangs_on_empty_cells(
    open_ones: int, sides: Mapping[str, str]
) -> None:
    """EAST resolved 20 of 20; of some that it did not resolve it leaves open whether they were true at all."""
    unsaid = [{**row, "confirmed": pd.NA} for row in clues(EAST, y2020=(open_ones, 0))]
    index = compared([*clues(EAST, y2020=(20, 20)), *unsaid, *clues(WEST, y2020=(100, 60))], (EAST, WEST))
    for level, side in sides.items():
        row = index.row(EAST, "2020", "funnel_rate_resolved", method=f"exact_{level}")
        counted = index.row(CITY, "2020", "funnel_flags_rate_resolved", method=f"exact_{level}")
        if side == "not judged":
            assert row["status"] == "partial"
            assert pd.isna(row["value"])
            assert counted["denominator"] == 1
        else:
            assert row["value"] > row["upper"]
            assert counted["denominator"] == 2


def test_one_unit_has_nobody_to_be_compared_with() -> None:
    index = compared(clues(EAST, y2019=(12, 8), y2020=(10, 9)), units=(EAST,))
    for measure, method in (
        ("funnel_rate_resolved", "exact_95_loo"),
        ("funnel_baseline_rate_resolved", ""),
        ("gap_to_best_rate_resolved", ""),
        ("gap_to_city_rate_resolved", ""),
        ("rank_rate_resolved", ""),
        ("shrunken_rate_resolved", ""),
        ("shrunken_cases", ""),
    ):
        assert index.row(EAST, "2020", measure, method=method)["status"] == "not_applicable", measure
    assert index.row(EAST, "2020", "funnel_rate_resolved", method="exact_95")["value"] == 0.9
    assert index.row(CITY, "2020", "spread_cv_cases")["status"] == "not_applicable"


def many(last: Year, others: Year = (10, 9), number: int = 20) -> ValueIndex:
    codes = tuple(f"99{place:04}" for place in range(1, number + 1))
    rows = [row for code in codes[:-1] for row in clues(code, y2020=others)]
    return compared(rows + clues(codes[-1], y2020=last), units=codes)


def test_from_twenty_units_on_usual_differences_and_many_flags_are_allowed_for() -> None:
    index = many(last=(10, 0))
    p, q = (index.row("990020", "2020", f"funnel_{name}_rate_resolved")["value"] for name in "pq")
    # all others have a higher p-value, so the smallest of twenty is multiplied by twenty
    assert q == pytest.approx(20 * p)
    assert q < 0.05
    flags = index.row(CITY, "2020", "funnel_flags_rate_resolved", method="benjamini_hochberg")
    assert (flags["value"], flags["denominator"]) == (1, 20)
    wide = index.row("990020", "2020", "funnel_rate_resolved", method="od_95")
    assert wide["value"] < wide["lower"]
    assert index.row(CITY, "2020", "funnel_tau2_rate_resolved")["value"] == 0


def test_below_twenty_units_nothing_is_adjusted() -> None:
    index = many(last=(10, 0), number=19)
    for measure in ("funnel_q_rate_resolved", "funnel_p_rate_resolved"):
        assert index.get("990001", "2020", measure) is None
    assert index.get("990001", "2020", "funnel_rate_resolved", method="od_95") is None


def test_among_many_units_with_one_rate_nobody_is_flagged() -> None:
    index = many(last=(10, 9))
    for method in ("exact_95", "od_95", "benjamini_hochberg"):
        assert index.row(CITY, "2020", "funnel_flags_rate_resolved", method=method)["value"] == 0
    assert index.row("990001", "2020", "funnel_q_rate_resolved")["value"] == 1
    shrunken = index.row("990001", "2020", "shrunken_rate_resolved")
    # units that do not differ beyond chance all have the common value, and no interval of their own
    assert (shrunken["method"], shrunken["value"]) == ("pooled", pytest.approx(0.9))
    assert pd.isna(shrunken["lower"])


# ------------------------------------------------------------------------------------------- gaps and ranks


def test_distances_to_the_best_the_mean_and_the_city() -> None:
    rows = clues(EAST, y2020=(20, 20)) + clues(WEST, y2020=(10, 8)) + clues(SOUTH, y2020=(10, 3))
    index = compared(rows)
    found = {
        name: [index.row(unit, "2020", f"gap_to_{name}_rate_resolved")["value"] for unit in UNITS]
        for name in ("best", "mean", "city")
    }
    # rates 100 %, 80 %, 30 %: mean of the units 70 %, city 31/40
    assert found["best"] == pytest.approx([0, -0.2, -0.7])
    assert found["mean"] == pytest.approx([0.3, 0.1, -0.4])
    assert found["city"] == pytest.approx([1 - 0.775, 0.8 - 0.775, 0.3 - 0.775])
    row = index.row(WEST, "2020", "gap_to_best_rate_resolved")
    assert (row["numerator"], row["denominator"]) == (0.8, 1.0)


def test_the_best_decline_is_the_lowest_change_and_never_one_from_a_handful() -> None:
    rows = clues(EAST, y2019=(20, 0), y2020=(10, 0)) + clues(WEST, y2019=(10, 0), y2020=(12, 0))
    index = compared(rows + clues(SOUTH, y2019=(2, 0), y2020=(1, 0)) + clues(SOUTH, y2018=(1, 0)))
    gaps = [index.row(unit, "2020", "gap_to_best_change_cases", "2019") for unit in UNITS]
    assert [row["value"] for row in gaps] == pytest.approx([0, 0.7, 0])
    assert gaps[2]["status"] == "small_base"
    # the small unit's -50 % is no part of the mean of -50 % and +20 %
    assert index.row(WEST, "2020", "gap_to_mean_change_cases", "2019")["denominator"] == pytest.approx(-0.15)


def test_ranks_say_between_which_places_a_unit_may_be() -> None:
    rows = clues(EAST, y2020=(200, 196)) + clues(WEST, y2020=(9, 9)) + clues(SOUTH, y2020=(200, 40))
    index = compared(rows)
    east, west, south = (index.row(unit, "2020", "rank_rate_resolved") for unit in UNITS)
    assert [row["value"] for row in (east, west, south)] == [2, 1, 3]
    # nine of nine is not better than 196 of 200; forty of 200 is worse than both
    assert (west["lower"], west["upper"]) == (east["lower"], east["upper"]) == (1, 2)
    assert (south["lower"], south["upper"]) == (3, 3)
    assert (west["denominator"], west["confidence"]) == (3, 0.95)
    error = index.row(CITY, "2020", "rank_simulation_error")
    assert error["value"] == pytest.approx(0.5 / DRAWS**0.5)
    assert str(DRAWS) in error["method"]


def test_units_with_the_same_counts_share_rank_and_interval() -> None:
    index = compared([row for unit in UNITS for row in clues(unit, y2019=(20, 9), y2020=(10, 9))])
    for measure, base in (("rank_rate_resolved", ""), ("rank_change_cases", "2019")):
        found = [index.row(unit, "2020", measure, base) for unit in UNITS]
        assert {(row["value"], row["lower"], row["upper"]) for row in found} == {(1, 1, 3)}


# ------------------------------------------------------------------------------------------- spread


def test_spread_by_hand() -> None:
    rows = clues(EAST, y2020=(30, 0)) + clues(WEST, y2020=(20, 0)) + clues(SOUTH, y2020=(10, 0))
    index = compared(rows)
    population, sample = (
        index.row(CITY, "2020", "spread_cv_cases", method=m) for m in ("cv_population", "cv_sample")
    )
    # squared distances from the mean of 20: 100, 0, 100
    assert population["value"] == pytest.approx((200 / 3) ** 0.5 / 20)
    assert sample["value"] == pytest.approx((200 / 2) ** 0.5 / 20)
    assert index.row(CITY, "2020", "spread_max_min_cases")["value"] == 3
    top = index.row(CITY, "2020", "spread_top2_cases")
    assert (top["numerator"], top["denominator"], top["value"]) == (50, 60, pytest.approx(5 / 6))
    # every case is about 100,000 yuan
    assert index.row(CITY, "2020", "spread_top2_amount")["numerator"] == 5_000_000


def test_spread_of_years_with_a_silent_unit_is_partial_and_of_silent_years_not_reported() -> None:
    index = compared(clues(EAST, y2020=(30, 0)) + clues(WEST, y2020=(20, 0), y2019=(3, 0)))
    assert index.row(CITY, "2020", "spread_cv_cases")["status"] == "partial"
    assert index.row(CITY, "2019", "spread_cv_cases")["status"] == "not_applicable"
    assert index.row(CITY, "2018", "spread_cv_cases")["status"] == "not_reported"


# ------------------------------------------------------------------------------------------- few cases


def test_three_years_together_by_hand() -> None:
    rows = clues(EAST, y2018=(10, 10), y2019=(10, 9), y2020=(10, 8)) + clues(WEST, y2019=(4, 2), y2020=(4, 3))
    index = compared(rows + clues(SOUTH, y2020=(1, 1)))
    rate = index.row(EAST, "2018-2020", "pooled_rate_resolved")
    assert (rate["numerator"], rate["denominator"], rate["value"]) == (27, 30, 0.9)
    # Wilson's limits of 27/30: (27 + z²/2 ± z·√(27·3/30 + z²/4)) / (30 + z²) with z = 1.959964
    assert (rate["lower"], rate["upper"]) == pytest.approx((0.743789, 0.965400), abs=1e-6)
    cases = index.row(EAST, "2018-2020", "pooled_cases")
    assert (cases["value"], cases["denominator"]) == (30, 3)
    # a year that is not reported is left out, and said so
    assert index.row(WEST, "2018-2020", "pooled_rate_resolved")["status"] == "partial"
    assert index.row(WEST, "2018-2020", "pooled_cases")["value"] == 8


def test_years_are_not_taken_together_across_a_break() -> None:
    rows = clues(EAST, y2018=(10, 10), y2019=(10, 9), y2020=(10, 8))
    broken = settings(breaks=[Break(period="2019", measures=["cases", "rate_resolved"], reason="示例")])
    assert compared(rows, of=broken).row(EAST, "2019-2020", "pooled_rate_resolved")["denominator"] == 20
    broken = settings(breaks=[Break(period="2020", measures=["cases", "rate_resolved"], reason="示例")])
    index = compared(rows, of=broken)
    for measure in ("pooled_rate_resolved", "pooled_cases"):
        assert index.row(EAST, "2020", measure)["status"] == "not_comparable"
    assert index.row(EAST, "2020", "shrunken_cases")["status"] == "not_applicable"


def test_shrunken_values_lie_between_the_own_and_the_common_one() -> None:
    rows = (
        clues(EAST, y2018=(60, 0), y2019=(60, 0), y2020=(60, 58))
        + clues(WEST, y2018=(30, 0), y2019=(30, 0), y2020=(30, 15))
        + clues(SOUTH, y2018=(4, 0), y2019=(4, 0), y2020=(20, 20))
    )
    index = compared(rows)
    for measure in ("rate_resolved", "cases"):
        for unit in UNITS:
            row = index.row(unit, "2020", f"shrunken_{measure}")
            raw = index.row(unit, "2020", measure)["value"]
            common = 93 / 110 if measure == "rate_resolved" else row["denominator"]
            assert min(raw, common) < row["value"] < max(raw, common)
            assert row["lower"] < row["value"] < row["upper"]
    # 94 cases a year before, 110 now: of four a year, 4 · 110 / 94 were to be expected
    assert index.row(SOUTH, "2020", "shrunken_cases")["denominator"] == pytest.approx(4 * 110 / 94)
    assert index.row(SOUTH, "2020", "shrunken_cases")["method"] == "gamma_poisson"


def test_rates_per_ten_thousand_workers_by_hand() -> None:
    rows = clues(EAST, y2020=(20, 0)) + clues(WEST, y2020=(10, 0)) + clues(SOUTH, y2020=(5, 0))
    index = compared(rows, workers={EAST: 50_000, WEST: 20_000, SOUTH: None})
    east = index.row(EAST, "2020", "cases_per_10000")
    assert (east["numerator"], east["denominator"], east["value"]) == (20, 50_000, 4.0)
    # Garwood's limits of 20 cases are 12.217 and 30.888 (F. Garwood 1936), over five times ten thousand
    assert (east["lower"], east["upper"]) == pytest.approx((12.217 / 5, 30.888 / 5), abs=1e-3)
    assert index.row(SOUTH, "2020", "cases_per_10000")["status"] == "not_reported"
    city = index.row(CITY, "2020", "cases_per_10000")
    # the cases of a unit without workers do not belong above this line
    assert (city["numerator"], city["denominator"], city["status"]) == (30, 70_000, "partial")
    for unit in (EAST, WEST):
        row = index.row(unit, "2020", "shrunken_cases_per_10000")
        assert 30 / 7 - 1 < row["value"] < 5
    assert index.row(CITY, "2020", "migrant_workers")["value"] == 70_000


def test_without_workers_there_is_no_rate_per_worker() -> None:
    index = compared(clues(EAST, y2020=(20, 0)))
    assert index.get(EAST, "2020", "cases_per_10000") is None
    assert index.get(EAST, "2020", "shrunken_cases_per_10000") is None
    assert index.row(EAST, "2020", "migrant_workers")["status"] == "not_reported"


@pytest.mark.parametrize("workers", [0, 7])
def test_fewer_workers_than_cases_are_no_denominator(workers: int) -> None:
    rows = clues(EAST, y2020=(20, 0)) + clues(WEST, y2020=(1, 0))
    index = compared(rows, workers={EAST: workers, WEST: 10_000})
    assert index.row(EAST, "2020", "cases_per_10000")["status"] == "not_applicable"
    assert index.row(WEST, "2020", "cases_per_10000")["value"] == 1


ROLL_MAPPED = {"migrant_workers": ["农民工人数"]}


def test_the_roll_may_or_may_not_have_a_column_of_workers(tmp_path: Path) -> None:
    office = Office(tmp_path / "without")
    office.maps["ledgers"]["units"]["fields"] |= ROLL_MAPPED
    without = office.read()
    assert not [fault for fault in without.faults if fault.file == "名册.xlsx"]
    assert without.ledgers["units"]["migrant_workers"].isna().all()

    office = Office(tmp_path / "with")
    office.maps["ledgers"]["units"]["fields"] |= ROLL_MAPPED
    table = office.books["名册.xlsx"][0].rows
    for row, cell in zip(table[1:], ("农民工人数", "１２,０００", "不详"), strict=True):
        row.append(cell)
    found = office.read()
    assert not [fault for fault in found.faults if fault.file == "名册.xlsx"]
    assert found.ledgers["units"]["migrant_workers"].tolist() == [12_000, pd.NA]
    measured = measures.compute(found, settings(city=settings().city))
    row = ValueIndex(measured.values).row(EAST, "2020", "migrant_workers")
    trail = measured.lineage[measured.lineage["source"] == row["source"]]
    assert trail[["file", "cells"]].to_numpy().tolist() == [["名册.xlsx", "G3"]]


def test_a_wrong_number_of_workers_is_a_fault_in_its_cell(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.maps["ledgers"]["units"]["fields"] |= ROLL_MAPPED
    for row, cell in zip(office.books["名册.xlsx"][0].rows[1:], ("农民工人数", "见附件", -5), strict=True):
        row.append(cell)
    faults = [fault for fault in office.read().faults if fault.file == "名册.xlsx"]
    assert [(fault.check, fault.cell) for fault in faults] == [
        ("not_a_number", "G3"),
        ("negative_number", "G4"),
    ]


# ------------------------------------------------------------------------------------------- verification


def marks(**given: Mapping[str, tuple[float, float]]) -> list[dict[str, Any]]:
    """Return a self-check: `marks(**{EAST: {"1.1": (mark, full)}})`."""
    return [
        {"unit": unit, "item": item, "mark": mark, "full": full}
        for unit, items in given.items()
        for item, (mark, full) in items.items()
    ]


def test_points_found_over_the_own_mark_by_hand() -> None:
    own = marks(**{EAST: {"1.1": (10, 10), "1.2": (4, 5), "1.3": (0, 10), "1.4": (0, 10)}})
    index = compared(
        scored=scores(**{EAST: {"1.1": "9.5", "1.2": "10", "1.3": "2", "1.4": "0", "1.5": "3"}}),
        self_marks=own,
    )
    assert index.row(EAST, "2020", "verified_share_1_1")["value"] == 0.95
    # 4 of 5 is 8 on a scale of 10, where 10 were found
    more = index.row(EAST, "2020", "verified_share_1_2")
    assert (more["numerator"], more["denominator"], more["value"]) == (10, 8, 1.25)
    assert index.row(EAST, "2020", "verified_share_1_3")["status"] == "zero_base"
    assert index.row(EAST, "2020", "verified_share_1_4")["status"] == "not_applicable"
    # what the unit did not mark itself has nothing to be compared with
    assert index.get(EAST, "2020", "verified_share_1_5") is None
    whole = index.row(EAST, "2020", "verified_share")
    assert (whole["numerator"], whole["denominator"]) == (21.5, 18)
    assert index.row(CITY, "2020", "verified_share")["value"] == pytest.approx(21.5 / 18)
    assert index.row(WEST, "2020", "verified_share")["status"] == "not_reported"


def test_kappa_by_hand() -> None:
    # bands from below: under 60 %, 60, 80, 90, 100 %; own marks fall into 4 and 4, 3, 2; what was found into 4, 3, 3, 2
    assert [float(end) for end in BANDS] == [0.6, 0.8, 0.9, 1.0]
    own = marks(**{EAST: {"1.1": (10, 10), "1.2": (10, 10), "1.3": (9, 10), "1.4": (8.9, 10)}})
    index = compared(
        scored=scores(**{EAST: {"1.1": "10", "1.2": "9.99", "1.3": "9", "1.4": "8"}}), self_marks=own
    )
    row = index.row(EAST, "2020", "verified_kappa")
    assert (row["numerator"], row["denominator"]) == (3, 4)
    # observed: 3 equal and one a step of four apart, (3 + 3/4) / 4 = 0.9375. By chance, weights 1, 3/4, 1/2 and shares
    # (2: 1/4, 3: 1/4, 4: 1/2) against (2: 1/4, 3: 1/2, 4: 1/4): 12.5/16 = 0.78125
    assert row["value"] == pytest.approx((0.9375 - 0.78125) / (1 - 0.78125))
    assert row["lower"] < row["value"] < row["upper"]
    assert row["method"] == "kappa_linear"


def test_all_full_marks_leave_no_agreement_beyond_chance_to_measure() -> None:
    own = marks(**{EAST: {"1.1": (10, 10), "1.2": (10, 10)}})
    index = compared(scored=scores(**{EAST: {"1.1": "10", "1.2": "10"}}), self_marks=own)
    row = index.row(EAST, "2020", "verified_kappa")
    assert (row["status"], row["numerator"], row["denominator"]) == ("not_applicable", 2, 2)


def test_a_mark_above_the_full_one_is_no_mark() -> None:
    own = marks(**{EAST: {"1.1": (12, 10), "1.2": (10, 10)}})
    index = compared(scored=scores(**{EAST: {"1.1": "10", "1.2": "5"}}), self_marks=own)
    assert index.row(EAST, "2020", "verified_share_1_1")["status"] == "not_applicable"
    whole = index.row(EAST, "2020", "verified_share")
    assert (whole["value"], whole["status"]) == (0.5, "partial")


def projects(unit: str, number: int, sampled: int, deficient: int) -> list[dict[str, Any]]:
    return [
        {
            "unit": unit,
            "no": f"{unit}-{place}",
            "account": "no" if place < deficient else "yes",
            "sampled": place < sampled,
        }
        for place in range(number)
    ]


def test_what_a_sample_could_have_missed_by_hand() -> None:
    rows = projects(EAST, 9, 5, 0) + projects(WEST, 9, 9, 2) + projects(SOUTH, 9, 0, 0)
    index = compared(projects=rows)
    row = index.row(EAST, "2020", "undetected_upper_account")
    # none found among 5 of 9: with 2 deficient that happens in 21 of 126 samples, with 3 in 6 of 126, less than 5 %
    assert (row["value"], row["numerator"], row["denominator"]) == (2, 0, 5)
    assert (row["confidence"], row["method"], row["unit_of_measure"]) == (0.95, "hypergeometric", "project")
    # where all were looked into, nothing is left to be missed; where none was, nothing can be said
    assert index.row(WEST, "2020", "undetected_upper_account")["value"] == 0
    assert index.row(SOUTH, "2020", "undetected_upper_account")["status"] == "not_applicable"
    # no project has to have a deposit: nothing states one
    assert index.row(EAST, "2020", "undetected_upper_deposit")["status"] == "not_reported"


def test_derived_values_lead_to_the_cells_of_all_they_are_made_of() -> None:
    arrivals = arrived(
        UNITS,
        clues=clues(EAST, y2019=(2, 2), y2020=(3, 1)),
        projects=projects(EAST, 6, 3, 1),
        self_marks=marks(**{EAST: {"1.1": (9, 10)}}),
    )
    measured = measures.compute(arrivals, settings())
    side_by_side = peers.Peers.of(ValueIndex(measured.values), arrivals.roll, settings())
    found = derived(measured.values, arrivals.roll, scores(**{EAST: {"1.1": "8"}}))
    trail = of_members(peers.parts(side_by_side, found), measured.lineage)
    pooled = trail[trail["source"] == f"{EAST}.2018-2020.pooled_cases.garwood"]
    column = letter("clues", "confirmed")
    assert set(pooled["cells"]) == {f"{column}6:{column}7", f"{column}8:{column}10"}
    bound = trail[trail["source"] == f"{EAST}.2020.undetected_upper_account.hypergeometric"]
    sampled, account = letter("projects", "sampled"), letter("projects", "account")
    assert {f"{sampled}6:{sampled}8", f"{account}6"} <= set(bound["cells"])
    share = trail[trail["source"] == f"{EAST}.2020.verified_share_1_1.verified_over_reported"]
    assert set(share["file"]) == {"self_marks.xlsx"}


# ------------------------------------------------------------------------------------------- the edges


def test_all_zero() -> None:
    nothing = [
        {"ledger": "clues", "unit": unit, "year": year} for unit in UNITS for year in (2018, 2019, 2020)
    ]
    of = settings(nil_returns=nothing)
    index = compared(of=of, workers=dict.fromkeys(UNITS, 1000))
    assert index.row(EAST, "2020", "cases")["value"] == 0
    for period, measure in (
        ("2020", "funnel_rate_resolved"),
        ("2020", "gap_to_best_rate_resolved"),
        ("2020", "rank_rate_resolved"),
        ("2018-2020", "pooled_rate_resolved"),
        ("2020", "shrunken_rate_resolved"),
        ("2020", "shrunken_cases"),
    ):
        assert index.row(EAST, period, measure)["status"] == "not_applicable", measure
    assert index.row(EAST, "2018-2020", "pooled_cases")["value"] == 0
    per_worker = index.row(EAST, "2020", "cases_per_10000")
    assert (per_worker["value"], per_worker["lower"]) == (0, 0)
    # Garwood's upper limit of no case is 3.689
    assert per_worker["upper"] == pytest.approx(36.89, abs=0.01)
    assert index.row(EAST, "2020", "shrunken_cases_per_10000")["value"] == 0
    for measure in ("spread_cv_cases", "spread_max_min_cases", "spread_top2_cases"):
        assert index.row(CITY, "2020", measure)["status"] == "not_applicable"
    assert index.row(EAST, "2020", "gap_to_best_change_cases", "2019")["status"] == "zero_base"


def test_nothing_reported_gives_every_row_and_no_value() -> None:
    arrivals = arrived(UNITS)
    rows = derived(measures.compute(arrivals, settings()).values, arrivals.roll)
    compared_rows = rows[rows["measure"].str.startswith(("funnel_", "gap_", "pooled_"))]
    assert len(compared_rows)
    assert not compared_rows["status"].isin(USABLE).any()


def test_a_rate_above_100_percent_is_no_proportion_and_no_standard() -> None:
    index = patched({(EAST, "rate_resolved"): (12, 10)})
    for measure in (
        "funnel_rate_resolved",
        "gap_to_best_rate_resolved",
        "rank_rate_resolved",
        "shrunken_rate_resolved",
    ):
        assert index.row(EAST, "2020", measure)["status"] == "not_applicable", measure
    assert index.row(EAST, "2018-2020", "pooled_rate_resolved")["status"] == "not_applicable"
    # the others are compared among themselves
    assert index.row(WEST, "2020", "gap_to_best_rate_resolved")["denominator"] == 0.9
    assert index.row(WEST, "2020", "funnel_baseline_rate_resolved")["denominator"] == 10
    assert index.row(WEST, "2020", "rank_rate_resolved")["denominator"] == 2


def test_huge_counts() -> None:
    whole = 2_000_000_000
    index = patched(
        {
            (EAST, "rate_resolved"): (whole - 1000, whole),
            (WEST, "rate_resolved"): (whole // 2, whole),
            (SOUTH, "rate_resolved"): (whole - 2000, whole),
            (EAST, "cases"): (whole, 1),
        }
    )
    low = index.row(WEST, "2020", "funnel_rate_resolved", method="exact_998")
    assert low["value"] < low["lower"]
    assert [index.row(unit, "2020", "rank_rate_resolved")["upper"] for unit in UNITS] == [1, 3, 2]
    assert index.row(WEST, "2020", "shrunken_rate_resolved")["value"] == pytest.approx(0.5, abs=1e-6)
    assert index.row(CITY, "2020", "spread_max_min_cases")["value"] == whole / 10


def test_a_unit_that_appears_and_one_that_disappears() -> None:
    rows = clues(EAST, y2018=(9, 8), y2019=(9, 8), y2020=(12, 9))
    rows += (
        clues(WEST, y2018=(9, 8), y2019=(9, 8))
        + clues(SOUTH, y2020=(12, 10))
        + clues(NORTH, y2019=(8, 7), y2020=(4, 4))
    )
    index = compared(rows, units=(*UNITS, NORTH))
    gone = {measure: index.row(WEST, "2020", measure)["status"] for measure in (
        "funnel_rate_resolved", "gap_to_best_rate_resolved", "rank_rate_resolved", "shrunken_rate_resolved",
        "shrunken_cases",
    )}  # fmt: skip
    assert set(gone.values()) == {"not_reported"}
    pooled = index.row(WEST, "2018-2020", "pooled_cases")
    assert (pooled["value"], pooled["denominator"], pooled["status"]) == (18, 2, "partial")
    assert index.row(SOUTH, "2020", "rank_rate_resolved")["value"] == 2
    assert index.row(SOUTH, "2020", "shrunken_cases")["status"] == "not_applicable"
    assert index.row(SOUTH, "2020", "gap_to_best_change_cases", "2019")["status"] == "not_reported"
    assert index.row(NORTH, "2020", "shrunken_cases")["status"] == "partial"


MIXED = (
    clues(EAST, y2018=(9, 7), y2019=(14, 9), y2020=(11, 7))
    + clues(WEST, y2018=(21, 21), y2019=(17, 13), y2020=(13, 12))
    + clues(SOUTH, y2018=(5, 4), y2019=(3, 3), y2020=(7, 2))
    + clues(NORTH, y2018=(9, 7), y2019=(14, 9), y2020=(11, 7))
)


def test_the_order_of_the_units_changes_nothing() -> None:
    units = (EAST, WEST, SOUTH, NORTH)
    assert all_rows(MIXED, units) == all_rows(MIXED[::-1], units[::-1])


def test_renaming_the_units_changes_nothing() -> None:
    names = {EAST: NORTH, NORTH: WEST, WEST: SOUTH, SOUTH: "990008"}
    units = (EAST, WEST, SOUTH, NORTH)
    assert all_rows(MIXED, units) == all_rows(MIXED, units, names)


def test_a_unit_without_anything_changes_no_other() -> None:
    units = (EAST, WEST, SOUTH, NORTH)
    before, after = all_rows(MIXED, units), all_rows(MIXED, ("990008", *units))
    of_units = {ident: row for ident, row in before.items() if not ident.startswith(CITY)}
    assert of_units
    assert {ident: after[ident] for ident in of_units} == of_units
    # the city's numbers stay as well; that one unit is silent only shows in their status
    of_city = [ident for ident in before if ident.startswith(CITY)]
    assert [after[ident][1:] for ident in of_city] == [before[ident][1:] for ident in of_city]


def test_twenty_of_twentyone_units_count_as_many_and_the_silent_one_not() -> None:
    codes = tuple(f"99{place:04}" for place in range(1, 21))
    rows = [row for place, code in enumerate(codes) for row in clues(code, y2020=(10, 9 - place % 4))]
    before, after = all_rows(rows, codes), all_rows(rows, (*codes, "990099"))
    assert any("benjamini_hochberg" in ident for ident in before)
    of_units = [ident for ident in before if not ident.startswith(CITY)]
    assert [after[ident] for ident in of_units] == [before[ident] for ident in of_units]
