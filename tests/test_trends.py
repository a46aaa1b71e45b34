"""Verdicts on the declines, how long they last, and what the changes of the amount and of the rates are made of."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest
from ledger_examples import CITY, EAST, SOUTH, WEST, arrived, clue, roll, settings

from analysis.indicators import measures
from analysis.indicators.values import USABLE, ValueIndex, check_values
from analysis.indicators.verdicts import VERDICTS, verdict
from analysis.rounds.rounds import Break
from analysis.statistics.decomposition import lmdi
from analysis.trends import trends
from analysis.trends.series import RATES
from analysis.trends.trends import FACTORS


def clues(unit: str, **by_year: tuple[int, int, int]) -> list[dict[str, Any]]:
    """Return cases by year: number, workers and yuan of each (`y2019=(20, 10, 5000)`)."""
    return [
        clue(unit, f"{year[1:]}-05-01", workers=workers, amount=yuan * 100)
        for year, (number, workers, yuan) in by_year.items()
        for _ in range(number)
    ]


def computed(
    rows: list[dict[str, Any]], units: tuple[str, ...] = (EAST, WEST, SOUTH), **changed: Any
) -> ValueIndex:
    values = measures.compute(arrived(units, clues=rows), settings(**changed)).values
    found = trends.compute(values, roll(*units), settings(**changed))
    check_values(found)
    return ValueIndex(pd.concat([values, found], ignore_index=True))


def test_effects_are_those_of_the_units_summed() -> None:
    index = computed(
        clues(EAST, y2019=(20, 10, 5000), y2020=(10, 12, 6000))
        + clues(WEST, y2019=(15, 8, 9000), y2020=(18, 8, 8000)),
        (EAST, WEST),
    )
    east = lmdi([20, 200, 100_000], [10, 120, 60_000])[0]
    west = lmdi([15, 120, 135_000], [18, 144, 144_000])[0]
    for place, factor in enumerate(FACTORS):
        assert index.row(EAST, "2020", f"effect_{factor}", "2019")["value"] == pytest.approx(east[place])
        city = index.row(CITY, "2020", f"effect_{factor}", "2019")
        assert (city["status"], city["value"]) == ("reported", pytest.approx(east[place] + west[place]))
    effects = [index.row(CITY, "2020", f"effect_{factor}", "2019")["value"] for factor in FACTORS]
    assert sum(effects) == pytest.approx(index.row(CITY, "2020", "difference_amount", "2019")["value"])
    shares = [index.row(CITY, "2020", f"share_{factor}", "2019")["value"] for factor in FACTORS]
    assert sum(shares) == pytest.approx(1)


def test_effects_lead_to_the_cells_of_the_amounts() -> None:
    index = computed(clues(EAST, y2019=(20, 10, 5000), y2020=(10, 12, 6000)))
    row = index.row(EAST, "2020", "effect_cases", "2019")
    assert row["source"] == index.row(EAST, "2020", "difference_amount_stated", "2019")["id"]


def test_a_missing_unit_leaves_the_citys_effects_partial() -> None:
    index = computed(clues(EAST, y2019=(20, 10, 5000), y2020=(10, 12, 6000)) + clues(WEST, y2019=(9, 9, 9)))
    assert index.row(WEST, "2020", "effect_cases", "2019")["status"] == "not_reported"
    city, east = (index.row(unit, "2020", "effect_cases", "2019") for unit in (CITY, EAST))
    assert (city["status"], city["value"]) == ("partial", east["value"])


def test_an_amount_without_workers_cannot_be_taken_apart() -> None:
    rows = [clue(EAST, "2019-05-01", workers=0), *clues(EAST, y2020=(10, 12, 6000))]
    assert computed(rows).row(EAST, "2020", "effect_cases", "2019")["status"] == "not_applicable"


def test_an_unchanged_amount_has_no_shares() -> None:
    index = computed(clues(EAST, y2019=(10, 5, 500), y2020=(10, 5, 500)), (EAST,))
    assert index.row(EAST, "2020", "effect_cases", "2019")["value"] == 0
    assert index.row(EAST, "2020", "share_cases", "2019")["status"] == "not_applicable"


def test_a_break_leaves_no_effects() -> None:
    broken = [Break(period="2020", measures=["amount"], reason="口径")]
    index = computed(clues(EAST, y2019=(10, 5, 500), y2020=(10, 5, 500)), (EAST,), breaks=broken)
    assert index.row(EAST, "2020", "effect_cases", "2019")["status"] == "not_comparable"
    assert index.row(CITY, "2020", "effect_cases", "2019")["status"] == "not_comparable"


def test_verdicts_are_counted_and_every_unit_has_one() -> None:
    index = computed(
        clues(EAST, y2019=(50, 1, 500), y2020=(10, 1, 500))
        + clues(WEST, y2019=(5, 1, 500), y2020=(1, 1, 500))
    )
    for quantity in ("cases", "workers", "amount"):
        rows = {
            which: index.row(CITY, "2020", f"units_{which}_{quantity}", "2019")
            for which in VERDICTS
            if which != "new_unit"
        }
        assert {which: row["value"] for which, row in rows.items() if row["value"]} == {
            "clear_fall": 1, "too_few": 1, "not_reported": 1,
        }  # fmt: skip
        assert sum(row["value"] for row in rows.values()) == 3
        assert {row["unit_of_measure"] for row in rows.values()} == {"unit"}


def test_no_infinite_or_forbidden_value_for_nothing_at_all() -> None:
    index = computed([])
    assert index.row(CITY, "2020", "effect_cases", "2019")["status"] == "not_reported"
    assert index.row(CITY, "2020", "units_not_reported_cases", "2019")["value"] == 3
    assert "not_reported" not in USABLE


# ------------------------------------------------------------------------------------------- years running

YEARS = [str(year) for year in range(2016, 2021)]


def falling(unit: str, *numbers: int) -> list[dict[str, Any]]:
    """Return cases of the last years up to 2020, each of ten workers and 5,000 yuan."""
    first = 2021 - len(numbers)
    return clues(unit, **{f"y{first + place}": (number, 10, 5000) for place, number in enumerate(numbers)})


def test_falls_are_counted_back_from_the_rounds_year() -> None:
    index = computed(falling(EAST, 30, 40, 35, 20, 10), (EAST,), history=YEARS)
    for name in ("years_falling_cases", "years_falling_workers", "years_falling_amount", "years_falling_all"):
        row = index.row(EAST, "2020", name)
        assert (row["value"], row["denominator"], row["status"]) == (3, 4, "reported"), name
    # 20 after 35 and 10 after 20 could be chance
    assert index.row(EAST, "2020", "years_clear_falling_cases")["value"] == 0
    clear = computed(falling(EAST, 30, 200, 120, 60, 20), (EAST,), history=YEARS)
    assert clear.row(EAST, "2020", "years_clear_falling_cases")["value"] == 3


def test_three_falls_together_are_as_long_as_the_shortest() -> None:
    rows = clues(EAST, y2018=(30, 10, 500), y2019=(20, 20, 500), y2020=(10, 11, 900))
    index = computed(rows, (EAST,))
    found = [
        index.row(EAST, "2020", f"years_falling_{name}")["value"]
        for name in ("cases", "workers", "amount", "all")
    ]
    # cases 30, 20, 10; workers 300, 400, 110; yuan 15,000, 10,000, 9,000
    assert found == [2, 1, 2, 1]


def test_equal_years_and_nothing_at_all_are_no_fall() -> None:
    assert computed(falling(EAST, 20, 20), (EAST,)).row(EAST, "2020", "years_falling_cases")["value"] == 0
    nothing = [clue(EAST, f"{year}-05-01", confirmed=False) for year in (2018, 2019, 2020)]
    index = computed(nothing, (EAST,))
    for name in ("years_falling_cases", "years_falling_all", "years_clear_falling_cases"):
        assert (index.row(EAST, "2020", name)["value"], index.row(EAST, "2020", name)["status"]) == (
            0,
            "reported",
        )
    assert index.row(EAST, "2020", "smallest_clear_count_cases", "2019")["status"] == "not_applicable"


def test_a_year_nobody_reported_ends_the_run_and_says_so() -> None:
    rows = clues(EAST, y2016=(50, 1, 1), y2017=(40, 1, 1), y2019=(30, 1, 1), y2020=(20, 1, 1))
    index = computed(rows, (EAST,), history=YEARS)
    row = index.row(EAST, "2020", "years_falling_cases")
    assert (row["value"], row["denominator"], row["status"]) == (1, 1, "partial")
    silent = computed(falling(EAST, 30, 20), (EAST, WEST))
    assert silent.row(WEST, "2020", "years_falling_all")["status"] == "not_reported"


def test_a_run_stops_at_a_break_and_a_broken_year_has_none() -> None:
    rows = falling(EAST, 50, 40, 30, 20, 10)
    broken = [Break(period="2019", measures=["cases"], reason="口径")]
    index = computed(rows, (EAST,), history=YEARS, breaks=broken)
    row = index.row(EAST, "2020", "years_falling_cases")
    assert (row["value"], row["denominator"], row["status"]) == (1, 1, "reported")
    assert index.row(EAST, "2020", "years_falling_amount")["value"] == 4
    assert index.row(EAST, "2020", "years_falling_all")["value"] == 1
    last = [Break(period="2020", measures=["cases"], reason="口径")]
    index = computed(rows, (EAST,), history=YEARS, breaks=last)
    for unit in (EAST, CITY):
        for name in ("years_falling_cases", "years_falling_all", "years_clear_falling_cases"):
            assert index.row(unit, "2020", name)["status"] == "not_comparable"


def test_a_round_without_a_year_before_has_no_run() -> None:
    index = computed(falling(EAST, 20), (EAST,), history=["2016", "2020"], base_period="2016")
    assert index.row(EAST, "2020", "years_falling_cases")["status"] == "not_applicable"


def test_the_citys_run_compares_the_units_that_reported_both_years() -> None:
    # the city's cases are 20, 30 and 20 only because the west reported once
    rows = falling(EAST, 20, 15, 10) + clues(WEST, y2019=(15, 10, 500))
    index = computed(rows, (EAST, WEST))
    row = index.row(CITY, "2020", "years_falling_cases")
    assert (row["value"], row["status"]) == (2, "partial")


# ------------------------------------------------------------------------------------------- smallest clear fall


@pytest.mark.parametrize(("base", "most"), [(20, 8), (50, 31), (83, 58), (100, 73), (200, 161)])
def test_the_smallest_clear_fall(base: int, most: int) -> None:
    index = computed(falling(EAST, base, 1), (EAST,))
    for unit in (EAST, CITY):
        row = index.row(unit, "2020", "smallest_clear_count_cases", "2019")
        assert (row["status"], row["value"], row["denominator"]) == ("reported", most, base)
    assert _verdict(computed(falling(EAST, base, most), (EAST,))) == "clear_fall"
    assert _verdict(computed(falling(EAST, base, most + 1), (EAST,))) == "not_clear"


def _verdict(index: ValueIndex) -> str:
    change, chance = (index.row(EAST, "2020", f"{name}change_cases", "2019") for name in ("", "q_"))
    return verdict(change, chance)


def test_nothing_is_needed_of_a_change_that_is_not_judged() -> None:
    row = computed(falling(EAST, 9, 1), (EAST,)).row(EAST, "2020", "smallest_clear_count_cases", "2019")
    assert (row["status"], math.isnan(row["value"])) == ("small_base", True)


def test_the_smallest_clear_fall_is_the_one_among_all_the_verdicts_of_the_round() -> None:
    # three units: of nine verdicts only the cases of the east move, its workers and yuan stay as they were
    def moved(most: int) -> ValueIndex:
        one_big = clue(EAST, "2020-05-01", workers=100 - (most - 1), amount=(100 - (most - 1)) * 500_00)
        east = [*clues(EAST, y2019=(100, 1, 500), y2020=(most - 1, 1, 500)), one_big]
        return computed(east + falling(WEST, 100, 100) + falling(SOUTH, 100, 100))

    # alone, a fall to 73 would be clear (p = 0.048); the first of nine must have p = 0.05 / 9 at most
    assert moved(50).row(EAST, "2020", "smallest_clear_count_cases", "2019")["value"] == 63
    assert (_verdict(moved(63)), _verdict(moved(64))) == ("clear_fall", "not_clear")


# ------------------------------------------------------------------------------------------- within and between


def judged(unit: str, year: int, resolved: int, number: int, paid: int = 0) -> list[dict[str, Any]]:
    """Return cases of a year of which some were resolved, each of 100 yuan with `paid` of them paid."""
    return [
        clue(
            unit,
            f"{year}-05-01",
            resolved_on=f"{year}-06-01" if place < resolved else None,
            amount=100_00,
            amount_paid=paid * 100,
        )
        for place in range(number)
    ]


def test_the_citys_rate_moves_by_the_units_rates_and_by_their_weights() -> None:
    rows = [
        *judged(EAST, 2019, 9, 10), *judged(WEST, 2019, 5, 10),
        *judged(EAST, 2020, 27, 30), *judged(WEST, 2020, 6, 10),
    ]  # fmt: skip
    index = computed(rows, (EAST, WEST))
    # east stays at 90 % and grows from one half to three quarters; west rises from 50 % to 60 %
    assert index.row(EAST, "2020", "within_rate_resolved", "2019")["value"] == pytest.approx(0)
    assert index.row(WEST, "2020", "within_rate_resolved", "2019")["value"] == pytest.approx(0.1 * 0.375)
    within, between = (
        index.row(CITY, "2020", f"{what}_rate_resolved", "2019") for what in ("within", "between")
    )
    assert within["value"] == pytest.approx(0.0375)
    assert between["value"] == pytest.approx(0.25 * 0.9 - 0.25 * 0.55)
    change = index.row(CITY, "2020", "difference_rate_resolved", "2019")
    assert within["value"] + between["value"] == pytest.approx(change["value"], abs=1e-15)
    assert (within["method"], within["status"], within["source"]) == ("kitagawa", "reported", change["id"])


def test_the_effects_of_all_rates_and_units_sum_to_the_citys_difference() -> None:
    rows = [
        row
        for unit, shift in ((EAST, 0), (WEST, 3), (SOUTH, 5))
        for year in (2019, 2020)
        for row in judged(unit, year, 3 + shift, 9 + 2 * shift + (year - 2019) * shift, 20 + 7 * shift)
    ]
    index = computed(rows)
    for rate in RATES:
        for what in ("within", "between"):
            units = [
                index.row(unit, "2020", f"{what}_{rate}", "2019")["value"] for unit in (EAST, WEST, SOUTH)
            ]
            city = index.row(CITY, "2020", f"{what}_{rate}", "2019")
            assert (city["value"], city["status"]) == (pytest.approx(sum(units), abs=1e-15), "reported")
        both = [index.row(CITY, "2020", f"{what}_{rate}", "2019")["value"] for what in ("within", "between")]
        change = index.row(CITY, "2020", f"difference_{rate}", "2019")["value"]
        assert sum(both) == pytest.approx(change, abs=1e-14)


def test_a_unit_that_disappears_moves_the_rate_by_its_weight_alone() -> None:
    nothing_more = [clue(WEST, "2020-05-01", confirmed=False)]
    rows = [*judged(EAST, 2019, 9, 10), *judged(WEST, 2019, 5, 10), *judged(EAST, 2020, 9, 10), *nothing_more]
    index = computed(rows, (EAST, WEST))
    assert index.row(WEST, "2020", "difference_rate_resolved", "2019")["status"] == "not_applicable"
    west = [index.row(WEST, "2020", f"{what}_rate_resolved", "2019") for what in ("within", "between")]
    assert [row["value"] for row in west] == [0, pytest.approx(-0.5 * (0.5 - 0.8))]
    city = [
        index.row(CITY, "2020", f"{what}_rate_resolved", "2019")["value"] for what in ("within", "between")
    ]
    assert sum(city) == pytest.approx(0.9 - 0.7)
    silent = computed([row for row in rows if row not in nothing_more], (EAST, WEST))
    assert silent.row(WEST, "2020", "between_rate_resolved", "2019")["status"] == "not_reported"
    both = [silent.row(CITY, "2020", f"{what}_rate_resolved", "2019") for what in ("within", "between")]
    assert [(row["value"], row["status"]) for row in both] == [(0, "partial"), (0, "partial")]


def test_more_paid_than_owed_is_taken_apart_as_well() -> None:
    rows = [
        *judged(EAST, 2019, 0, 10, 50), *judged(WEST, 2019, 0, 10, 120),
        *judged(EAST, 2020, 0, 10, 150), *judged(WEST, 2020, 0, 10, 120),
    ]  # fmt: skip
    index = computed(rows, (EAST, WEST))
    assert index.row(CITY, "2020", "difference_rate_paid", "2019")["value"] == pytest.approx(0.5)
    assert index.row(EAST, "2020", "within_rate_paid", "2019")["value"] == pytest.approx(0.5)
    assert index.row(CITY, "2020", "between_rate_paid", "2019")["value"] == pytest.approx(0)


def test_one_unit_has_nothing_between() -> None:
    index = computed([*judged(EAST, 2019, 5, 10), *judged(EAST, 2020, 9, 10)], (EAST,))
    for unit in (EAST, CITY):
        assert index.row(unit, "2020", "within_rate_resolved", "2019")["value"] == pytest.approx(0.4)
        assert index.row(unit, "2020", "between_rate_resolved", "2019")["value"] == 0


def test_a_break_leaves_a_rate_whole() -> None:
    broken = [Break(period="2020", measures=["rate_*"], reason="口径")]
    index = computed([*judged(EAST, 2019, 5, 10), *judged(EAST, 2020, 9, 10)], (EAST, WEST), breaks=broken)
    for unit, status in ((EAST, "not_comparable"), (CITY, "not_comparable"), (WEST, "not_reported")):
        assert index.row(unit, "2020", "within_rate_resolved", "2019")["status"] == status
