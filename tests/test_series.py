"""Trends over the years and months that stand out: what a series may hold, and what may be said of it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from ledger_examples import CITY, EAST, SOUTH, WEST, arrived, clue, nil, roll, settings
from scipy import stats

from analysis.indicators import measures
from analysis.indicators.catalogue import QUANTITIES, RATES
from analysis.indicators.filters import parse_filter
from analysis.indicators.values import ValueIndex, check_values, value_rows
from analysis.rounds.periods import parse_period
from analysis.rounds.rounds import Break, RoundSettings
from analysis.trends import series, trends

MEASURES = (*QUANTITIES, *RATES)
Cases = Mapping[str, Sequence[int | None]]


def years(number: int, **changed: Any) -> RoundSettings:
    """Return a round 2020 with a history of so many years."""
    return settings(history=[str(year) for year in range(2021 - number, 2021)], **changed)


def table(cases: Cases, given: RoundSettings) -> pd.DataFrame:
    """Return a value table of cases by unit and year (None: not reported), each of 2 workers and 3.10 yuan.

    Half of the cases received are confirmed, all cases are resolved, and 1.55 yuan of each are paid.
    """
    rows = []
    for unit, numbers in cases.items():
        for year, number in zip(given.history, numbers, strict=True):
            common = {
                "unit": unit,
                "period": year,
                "status": "not_reported" if number is None else "reported",
            }
            for measure, each in (("cases", 1), ("workers", 2), ("amount", 3.1)):
                known = {} if number is None else {"value": number * each}
                rows.append({**common, "measure": measure, "method": "count", **known})
            for rate, top, base in (
                ("rate_checked", 1, 2), ("rate_resolved", 1, 1), ("rate_closed", 1, 2), ("rate_paid", 1.55, 3.1),
            ):  # fmt: skip
                row = {**common, "measure": rate, "method": "wilson"}
                if number == 0:
                    row |= {"status": "not_applicable", "numerator": 0.0, "denominator": 0.0}
                elif number:
                    row |= {"numerator": number * top, "denominator": number * base, "value": top / base}
                rows.append(row)
    return value_rows(rows, given.round)


def computed(cases: Cases, given: RoundSettings) -> ValueIndex:
    found = value_rows(series.compute(ValueIndex(table(cases, given)), roll(*cases), given), given.round)
    check_values(found)
    return ValueIndex(found)


def of(index: ValueIndex, unit: str, measure: str, base: str = "2016") -> tuple[Any, str]:
    """Return value and status of a trend row."""
    row = index.row(unit, "2020", measure, base)
    return (None if math.isnan(row["value"]) else row["value"]), row["status"]


# ------------------------------------------------------------------------------------------- which periods


def texts(given: RoundSettings) -> list[str]:
    return [period.text for period in given.calendar.series]


def test_the_series_of_a_round_is_its_own_part_of_every_year() -> None:
    assert texts(years(3)) == ["2018", "2019", "2020"]
    halves = settings(
        periods=["2020H1"], base_period="2019H1", history=["2018H1", "2018H2", "2019H1", "2019H2", "2020H1"]
    )
    assert texts(halves) == ["2018H1", "2019H1", "2020H1"]
    # a year of which only the halves are listed is compared with its base alone
    assert texts(settings(history=["2019H1", "2019H2", "2020H1", "2020H2"])) == ["2019", "2020"]


def test_a_round_of_two_years_is_a_series_of_single_years_where_these_are_listed() -> None:
    two_years: dict[str, Any] = {"periods": ["2020", "2021"], "base_period": "2018-2019"}
    single = settings(**two_years, history=["2017", "2018", "2019", "2020", "2021"])
    assert texts(single) == ["2017", "2018", "2019", "2020", "2021"]
    spans = settings(**two_years, history=["2014-2015", "2016-2017", "2018-2019", "2020-2021"])
    assert texts(spans) == ["2014-2015", "2016-2017", "2018-2019", "2020-2021"]


def test_steps_go_back_year_by_year_to_the_first_gap() -> None:
    given = settings(history=["2015", "2017", "2018", "2019", "2020"])
    steps = [(now.text, before.text) for now, before in given.calendar.steps_back]
    assert steps == [("2020", "2019"), ("2019", "2018"), ("2018", "2017")]


def test_what_a_break_separates_from_the_last_period_is_left_out() -> None:
    periods = [parse_period(str(year)) for year in range(2016, 2021)]
    for start, left in (("2018", ["2018", "2019", "2020"]), ("2020", ["2020"]), ("2020-12", ["2020"])):
        given = years(5, breaks=[Break(period=start, measures=["cases"], reason="口径")])
        assert [period.text for period in series.comparable("cases", periods, given)] == left
        assert len(series.comparable("workers", periods, given)) == 5


# ------------------------------------------------------------------------------------------- two to four years


def test_two_to_four_years_have_directions_and_no_test() -> None:
    index = computed({EAST: (40, 30, 30, 50)}, years(4))
    steps = [index.row(EAST, str(year), "direction_cases", str(year - 1)) for year in (2018, 2019, 2020)]
    assert [row["value"] for row in steps] == [-1, 0, 1]
    assert [(row["denominator"], row["numerator"]) for row in steps] == [(40, 30), (30, 30), (30, 50)]
    assert {(row["method"], row["status"]) for row in steps} == {("sign", "reported")}
    assert index.get(EAST, "2020", "trend_cases", "2017") is None
    two = computed({EAST: (40, 30)}, years(2))
    assert two.row(EAST, "2020", "direction_cases", "2019")["value"] == -1
    one = computed({EAST: (None, 30)}, years(2))
    assert one.get(EAST, "2020", "direction_cases", "2019") is None


def test_a_direction_from_few_cases_says_so() -> None:
    index = computed({EAST: (40, 9, 30)}, years(3))
    for measure in ("cases", "workers", "amount", "rate_paid"):
        assert index.row(EAST, "2019", f"direction_{measure}", "2018")["status"] == "reported"
        assert index.row(EAST, "2020", f"direction_{measure}", "2019")["status"] == "small_base"
    # a rate has few cases in its base on either side; 18 clues were received for the 9 cases
    assert index.row(EAST, "2019", "direction_rate_resolved", "2018")["status"] == "small_base"
    assert index.row(EAST, "2019", "direction_rate_checked", "2018")["status"] == "reported"


def test_a_missing_middle_year_is_stepped_over_with_its_real_years() -> None:
    index = computed({EAST: (40, None, 30)}, years(3))
    row = index.row(EAST, "2020", "direction_cases", "2018")
    assert (row["value"], row["status"]) == (-1, "partial")
    assert index.get(EAST, "2019", "direction_cases", "2018") is None


# ------------------------------------------------------------------------------------------- from five years on


def test_five_falling_years_are_a_trend_and_nothing_less_is() -> None:
    index = computed({EAST: (61, 55, 40, 32, 20), WEST: (100, 97, 102, 85, 80)}, years(5))
    # S = -10 of 10 pairs, p = 2/5! (M. G. Kendall's table: .0083 one-sided); S = -6, p = 2 x .117
    assert of(index, EAST, "trend_cases") == (-1, "reported")
    assert of(index, EAST, "trend_p_cases") == (pytest.approx(2 / 120), "reported")
    assert of(index, WEST, "trend_cases") == (-0.6, "reported")
    assert of(index, WEST, "trend_p_cases") == (pytest.approx(0.2333, abs=1e-4), "reported")
    assert of(index, EAST, "slope_cases") == (pytest.approx(-10.375), "reported")
    row = index.row(EAST, "2020", "trend_cases", "2016")
    assert (row["numerator"], row["denominator"], row["method"]) == (-10, 10, "mann_kendall_exact")
    slope = index.row(EAST, "2020", "slope_cases", "2016")
    assert (slope["numerator"], slope["denominator"], slope["unit_of_measure"]) == (5, 5, "case")
    # the interval of five years would be the smallest and the largest slope
    assert math.isnan(slope["lower"])
    assert math.isnan(slope["upper"])
    assert index.get(EAST, "2020", "growth_workers", "2016") is None


@pytest.mark.parametrize(("blank", "chance"), [(0, 2 / 120), (1, 2 / 120), (6, None)])
def test_years_that_were_filled_in_less_and_less_are_no_trend(blank: int, chance: float | None) -> None:
    """People fell five years running. One headcount of 30 unstated keeps the verdict; six leave only 80 % stated."""
    given = years(5)
    numbers = [
        (year, pd.NA if year == "2020" and place < blank else workers)
        for year, workers in zip(given.history, (12, 10, 8, 6, 4), strict=True)
        for place in range(30)
    ]
    rows = [clue(EAST, f"{year}-05-01", workers=workers) for year, workers in numbers]
    values = measures.compute(arrived((EAST,), clues=rows), given).values
    found = value_rows(series.compute(ValueIndex(values), roll(EAST), given), given.round)
    check_values(found)
    value, status = of(ValueIndex(found), EAST, "trend_p_workers")
    assert value == (chance if chance is None else pytest.approx(chance))
    assert status == ("partial" if blank else "reported")


def test_five_years_of_cases_have_a_yearly_change_where_the_exact_test_sees_none() -> None:
    numbers = (171, 178, 149, 130, 84)
    given = years(5)
    of_round = {
        "unit": CITY, "period": "2020", "measure": "dispersion_cases", "method": "largest", "value": 1.5,
        "status": "reported",
    }  # fmt: skip
    values = pd.concat([table({EAST: numbers, WEST: (50,) * 5}, given), value_rows([of_round], given.round)])
    index = ValueIndex(value_rows(series.compute(ValueIndex(values), roll(EAST, WEST), given), given.round))
    # it turns once, so that Kendall's p is 2 x 5/120; counts that fall by half are no chance all the same
    assert of(index, EAST, "trend_p_cases") == (pytest.approx(10 / 120), "reported")
    model = sm.GLM(numbers, sm.add_constant(np.arange(5)), family=sm.families.Poisson())
    fitted = model.fit(scale=1.5, tol=1e-12)
    growth = index.row(EAST, "2020", "growth_cases", "2016")
    assert growth["value"] == pytest.approx(math.expm1(fitted.params[1]), rel=1e-6)
    assert [growth["lower"], growth["upper"]] == pytest.approx(np.expm1(fitted.conf_int()[1]), rel=1e-6)
    p = of(index, EAST, "p_growth_cases")[0]
    assert p == pytest.approx(fitted.pvalues[1], rel=1e-6)
    # of two units one has no trend: the smaller p-value doubles
    assert of(index, EAST, "q_growth_cases") == (pytest.approx(2 * p), "reported")
    assert of(index, WEST, "q_growth_cases") == (pytest.approx(1), "reported")
    assert of(index, CITY, "q_growth_cases") == of(index, CITY, "p_growth_cases")


def test_a_missing_middle_year_keeps_the_others_at_their_distance() -> None:
    index = computed({EAST: (60, 50, None, 30, 20, 10)}, years(6))
    slope = index.row(EAST, "2020", "slope_cases", "2015")
    assert (slope["value"], slope["numerator"], slope["denominator"]) == (-10, 5, 6)
    assert slope["status"] == "partial"
    assert math.isnan(slope["lower"])
    assert index.row(EAST, "2020", "growth_workers", "2015")["status"] == "not_applicable"
    # five years of cases are enough
    assert index.row(EAST, "2020", "growth_cases", "2015")["status"] == "partial"


def test_six_years_have_intervals_and_a_yearly_change() -> None:
    numbers = (33, 30, 31, 25, 26, 20)
    index = computed({EAST: numbers}, years(6))
    slope = index.row(EAST, "2020", "slope_cases", "2015")
    expected = stats.theilslopes(numbers, np.arange(2015, 2021))
    assert [slope[part] for part in ("value", "lower", "upper")] == pytest.approx(
        [expected.slope, expected.low_slope, expected.high_slope]
    )
    growth = index.row(EAST, "2020", "growth_workers", "2015")
    assert growth["method"] == "quasi_poisson"
    model = sm.GLM(2 * np.array(numbers), sm.add_constant(np.arange(6)), family=sm.families.Poisson())
    # the counts scatter less than Poisson counts would, so the scale stays at 1
    fitted = model.fit(scale=1, use_t=True, tol=1e-12)
    assert growth["value"] == pytest.approx(math.expm1(fitted.params[1]), rel=1e-6)
    limits = np.expm1(fitted.conf_int()[1])
    assert [growth["lower"], growth["upper"]] == pytest.approx(limits, rel=1e-6)
    # halving every year is a change of -50 % a year
    halved = computed({EAST: (640, 320, 160, 80, 40, 20)}, years(6))
    for quantity in QUANTITIES:
        row = halved.row(EAST, "2020", f"growth_{quantity}", "2015")
        assert (row["value"], row["status"]) == (pytest.approx(-0.5, abs=1e-6), "reported")
    few = computed({EAST: (9, 8, 7, 6, 5, 4)}, years(6)).row(EAST, "2020", "growth_cases", "2015")
    assert few["status"] == "small_base"


def test_all_ties_and_all_zero_have_no_trend_and_no_invented_number() -> None:
    index = computed({EAST: (0,) * 6, WEST: (4,) * 6, SOUTH: (0, 0, 0, 0, 0, 7)}, years(6))
    for unit in (EAST, WEST):
        for quantity in QUANTITIES:
            assert of(index, unit, f"trend_{quantity}", "2015") == (0, "reported")
            assert of(index, unit, f"trend_p_{quantity}", "2015") == (1, "reported")
            assert of(index, unit, f"slope_{quantity}", "2015") == (0, "reported")
    assert of(index, EAST, "growth_cases", "2015") == (None, "not_applicable")
    assert of(index, EAST, "trend_rate_resolved", "2015") == (None, "not_applicable")
    assert of(index, WEST, "growth_cases", "2015") == (pytest.approx(0), "small_base")
    # cases in the last year alone: no finite yearly change
    assert of(index, SOUTH, "growth_cases", "2015") == (None, "not_applicable")


def test_a_unit_with_too_few_known_years_has_directions_instead() -> None:
    index = computed({EAST: (None, 40, 30, 20, 10), WEST: (50, 40, 30, 20, 10)}, years(5))
    assert of(index, EAST, "trend_cases") == (None, "not_applicable")
    assert index.row(EAST, "2018", "direction_cases", "2017")["value"] == -1
    assert index.get(WEST, "2018", "direction_cases", "2017") is None
    silent = computed({EAST: (None,) * 5, WEST: (50, 40, 30, 20, 10)}, years(5))
    assert of(silent, EAST, "trend_p_cases") == (None, "not_reported")


def test_a_break_shortens_the_series_and_one_in_the_last_year_ends_it() -> None:
    falling = {EAST: (70, 60, 50, 40, 30, 20, 10)}
    third = [Break(period="2016", measures=["cases"], reason="口径")]
    index = computed(falling, years(7, breaks=third))
    assert of(index, EAST, "trend_cases", "2016") == (-1, "reported")
    assert of(index, EAST, "trend_workers", "2014") == (-1, "reported")
    assert of(index, EAST, "growth_cases", "2016")[1] == "reported"
    workers = [Break(period="2016", measures=["workers"], reason="口径")]
    short = computed(falling, years(7, breaks=workers))
    assert of(short, EAST, "growth_workers", "2016") == (None, "not_comparable")
    last = [Break(period="2020", measures=["cases"], reason="口径")]
    index = computed(falling, years(7, breaks=last))
    for what in ("trend", "trend_p", "slope", "growth"):
        assert of(index, EAST, f"{what}_cases", "2020") == (None, "not_comparable")
    assert index.get(EAST, "2020", "direction_cases", "2019") is None


def test_huge_counts_stay_exact() -> None:
    huge = 10**12
    index = computed({EAST: (huge + 2, huge + 1, huge, huge - 1, huge - 2, huge - 3)}, years(6))
    assert of(index, EAST, "trend_cases", "2015") == (-1, "reported")
    assert of(index, EAST, "slope_cases", "2015") == (-1, "reported")
    assert index.row(EAST, "2020", "growth_cases", "2015")["value"] == pytest.approx(-1 / huge, rel=1e-3)


# ------------------------------------------------------------------------------------------- the city


def test_the_citys_series_adds_up_the_same_units_in_every_year() -> None:
    index = computed({EAST: (50, 40, 30, 20, 10), WEST: (None, None, None, None, 500)}, years(5))
    # a unit that appears in the last year is no rise
    assert of(index, CITY, "trend_cases") == (-1, "partial")
    assert of(index, CITY, "slope_cases") == (-10, "partial")
    gone = computed({EAST: (50, 40, 30, 20, 10), WEST: (500, None, None, None, None)}, years(5))
    assert of(gone, CITY, "slope_cases") == (-10, "partial")


def test_a_year_that_most_units_lack_is_left_out_of_the_citys_series() -> None:
    cases = {EAST: (50, 40, 30, 20, 10), WEST: (50, None, 30, 20, 10), SOUTH: (50, None, 30, 20, 10)}
    index = computed(cases, years(5))
    assert of(index, CITY, "trend_cases") == (None, "not_applicable")
    row = index.row(CITY, "2018", "direction_cases", "2016")
    assert (row["denominator"], row["numerator"], row["status"]) == (150, 90, "partial")


def test_a_unit_without_cases_hides_nothing_of_the_citys_rate() -> None:
    index = computed({EAST: (50, 40, 30, 20, 10), WEST: (0, 0, 5, 5, 5)}, years(5))
    assert of(index, CITY, "trend_rate_resolved") == (0, "reported")
    assert of(index, WEST, "trend_rate_resolved") == (None, "not_applicable")


def test_the_order_and_the_names_of_units_and_an_empty_unit_change_nothing_else() -> None:
    cases = {EAST: (50, 41, 33, 20, 12), WEST: (9, 14, 7, 7, 3), SOUTH: (70, None, 75, 60, 61)}
    given = years(5)
    usual = frame(cases, given)
    shuffled = frame(dict(reversed(cases.items())), given)
    pd.testing.assert_frame_equal(shuffled, usual)
    names = {EAST: WEST, WEST: SOUTH, SOUTH: EAST, CITY: CITY}
    renamed = frame({names[unit]: numbers for unit, numbers in cases.items()}, given)
    back = renamed.assign(unit=renamed["unit"].map({new: old for old, new in names.items()}))
    pd.testing.assert_frame_equal(sorted_rows(back), usual)
    more = frame({**cases, "990004": (None,) * 5}, given)
    # one more unit is one more to be corrected for
    same = [rows[~rows["measure"].str.startswith("q_")].reset_index(drop=True) for rows in (more, usual)]
    pd.testing.assert_frame_equal(same[0][same[0]["unit"] != "990004"].reset_index(drop=True), same[1])


def frame(cases: Cases, given: RoundSettings) -> pd.DataFrame:
    found = value_rows(series.compute(ValueIndex(table(cases, given)), roll(*cases), given), given.round)
    return sorted_rows(found.drop(columns=["id", "source"]))


def sorted_rows(found: pd.DataFrame) -> pd.DataFrame:
    return found.sort_values(["unit", "period", "base_period", "measure", "method"]).reset_index(drop=True)


# ------------------------------------------------------------------------------------------- by month


#: a round that knows the months of one year only, and so no season
ONE_YEAR: dict[str, Any] = {"history": ["2020"], "base_period": None}


def months(unit: str, numbers: Sequence[int], first: int = 2018) -> list[dict[str, Any]]:
    """Return cases by month from January of the first year on."""
    return [
        clue(unit, dt.date(first + place // 12, place % 12 + 1, 15).isoformat())
        for place, number in enumerate(numbers)
        for _ in range(number)
    ]


def by_month(rows: list[dict[str, Any]], units: tuple[str, ...] = (EAST,), **changed: Any) -> ValueIndex:
    values = measures.compute(arrived(units, clues=rows), settings(**changed)).values
    return ValueIndex(
        pd.concat([values, trends.compute(values, roll(*units), settings(**changed))], ignore_index=True)
    )


def test_cases_are_counted_by_month_of_the_round_and_two_years_before() -> None:
    numbers = [4, 6] * 18
    index = by_month(months(EAST, numbers), (EAST, WEST))
    found = [index.row(EAST, f"{2018 + place // 12}-{place % 12 + 1:02}", "cases") for place in range(36)]
    assert [row["value"] for row in found] == numbers
    assert index.row(EAST, "2020", "cases")["value"] == 60
    assert index.get(EAST, "2017-12", "cases") is None
    # nobody knows the months of a year that was not reported; the city's are those of the others
    assert index.get(WEST, "2020-01", "cases") is None
    assert index.row(CITY, "2020-01", "cases")["status"] == "partial"


def test_limits_are_the_mean_and_2_66_mean_differences_of_neighbours() -> None:
    index = by_month(months(EAST, [4, 6] * 6, first=2020), **ONE_YEAR)
    for unit in (EAST, CITY):
        rows = {
            what: index.row(unit, "2020", f"xmr_{what}_cases", "2020-01")
            for what in ("centre", "lower", "upper")
        }
        assert rows["centre"]["value"] == 5
        assert rows["upper"]["value"] == pytest.approx(5 + 2.66 * 2)
        # 5 - 2.66 x 2 is below nothing at all
        assert rows["lower"]["value"] == 0
        assert {(row["method"], row["status"], row["denominator"]) for row in rows.values()} == {
            ("xmr", "reported", 12)
        }
        assert index.row(unit, "2020", "xmr_signals_cases", "2020-01")["value"] == 0


def test_with_two_years_every_month_is_held_against_the_same_month_of_the_other() -> None:
    # means of the months 8 and 18, a count strays from a mean of two by √(8/2) = 2 and √(18/2) = 3: the first year lies
    # 1 and 2/3 of that above, the second as far below; the differences are 1/3 twenty-two times, and once 5/3
    index = by_month(
        months(EAST, [10, 20] * 6 + [6, 16] * 6, first=2019), history=["2019", "2020"], base_period="2019"
    )
    half = 2.66 * (22 / 3 + 5 / 3) / 23
    for month, mean, error in (("2020-01", 8, 2), ("2020-02", 18, 3), ("2019-12", 18, 3)):
        found = [
            index.row(CITY, month, f"xmr_{side}_cases")["value"] for side in ("lower", "centre", "upper")
        ]
        assert found == pytest.approx([mean - half * error, mean, mean + half * error])
    # no month stands out for its season; that one year lies above the other does
    words = {index.row(EAST, f"{year}-{place:02}", "xmr_signal_cases")["method"]
             for year in (2019, 2020) for place in range(1, 13)}  # fmt: skip
    assert words == {"xmr_high", "xmr_low", "xmr_near_upper", "xmr_near_lower"}
    centre = index.row(CITY, "2020", "xmr_centre_cases", "2019-01")
    assert (centre["value"], centre["method"]) == (13, "xmr_seasonal")
    assert index.get(EAST, "2020-01", "xmr_upper_cases") is None


def test_a_large_difference_is_not_screened_out() -> None:
    # eleven differences of 2 and 26: their mean is 46/11, though 26 is more than 3.267 times that
    numbers = [4, 6] * 5 + [4, 30]
    index = by_month(months(EAST, numbers, first=2020), **ONE_YEAR)
    upper = index.row(EAST, "2020", "xmr_upper_cases", "2020-01")["value"]
    assert upper == pytest.approx(84 / 12 + 2.66 * (10 * 2 + 26) / 11)


def test_a_month_beyond_the_limits_is_named() -> None:
    numbers = [4, 6] * 5 + [4, 30]
    index = by_month(months(EAST, numbers, first=2020), **ONE_YEAR)
    # the eleven before it lie below the mean in a row
    assert index.row(EAST, "2020", "xmr_signals_cases", "2020-01")["value"] == 12
    row = index.row(EAST, "2020-12", "xmr_signal_cases")
    assert (row["value"], row["method"]) == (30, "xmr_above")


def test_few_cases_a_month_and_months_that_never_differ() -> None:
    rare = by_month(months(EAST, [1, 0, 0] * 4, first=2020), **ONE_YEAR)
    assert rare.row(EAST, "2020", "xmr_centre_cases", "2020-01")["status"] == "small_base"
    same = by_month(months(EAST, [5] * 36))
    assert same.row(EAST, "2020", "xmr_centre_cases", "2018-01")["value"] == 5
    one = by_month(months(EAST, [5] * 12, first=2020), **ONE_YEAR)
    # all differences are zero: the limits are the mean, and nothing lies beyond
    assert one.row(EAST, "2020", "xmr_upper_cases", "2020-01")["value"] == 5
    assert same.row(EAST, "2020", "xmr_signals_cases", "2018-01")["value"] == 0
    nothing = by_month([], nil_returns=nil("clues", EAST, 2018, 2019, 2020))
    assert nothing.row(EAST, "2020", "xmr_centre_cases", "2018-01")["value"] == 0
    assert by_month([]).row(EAST, "2020", "xmr_centre_cases", "2018-01")["status"] == "not_reported"


def test_below_twelve_months_there_are_no_limits() -> None:
    half: dict[str, Any] = {"periods": ["2020H1"], "base_period": None, "history": ["2020H1"]}
    index = by_month(months(EAST, [4, 6] * 3, first=2020), **half)
    row = index.row(EAST, "2020H1", "xmr_upper_cases", "2020-01")
    assert (row["status"], math.isnan(row["value"])) == ("not_applicable", True)
    broken = [Break(period="2020-03", measures=["cases"], reason="口径")]
    index = by_month(months(EAST, [4, 6] * 18), breaks=broken)
    assert index.row(EAST, "2020", "xmr_upper_cases", "2020-03")["status"] == "not_comparable"
    earlier = [Break(period="2019", measures=["cases"], reason="口径")]
    index = by_month(months(EAST, [4, 6] * 18), breaks=earlier)
    assert index.row(EAST, "2020", "xmr_centre_cases", "2019-01")["denominator"] == 24


def test_months_behind_the_cut_off_are_not_there_yet() -> None:
    index = by_month(months(EAST, [4, 6] * 18), as_of=dt.date(2020, 10, 20))
    assert index.row(EAST, "2020-09", "cases")["value"] == 4
    assert index.get(EAST, "2020-10", "cases") is None


def test_a_history_by_months_counts_each_month_once() -> None:
    listed = [f"{year}-{month:02}" for year in (2019, 2020) for month in range(1, 13)]
    index = by_month(
        months(EAST, [4, 6] * 12, first=2019), periods=["2020-12"], base_period="2019-12", history=listed
    )
    assert index.row(EAST, "2020-12", "xmr_centre_cases", "2019-01")["denominator"] == 24


# ------------------------------------------------------------------------------------------- to the cells


def test_every_row_about_a_series_leads_to_the_cells_of_all_its_periods() -> None:
    given = years(5)
    rows = [
        row for unit in (EAST, WEST) for year in range(2016, 2021) for row in months(unit, [2, 1], first=year)
    ]
    measured = measures.compute(arrived((EAST, WEST, SOUTH), clues=rows), given)
    units = roll(EAST, WEST, SOUTH)
    found = trends.compute(measured.values, units, given)
    cells = series.trail(measured.values, measured.lineage, units, given)
    known = set(measured.lineage["source"]) | set(cells["source"])
    assert (
        set(found.loc[found["value"].notna() & ~found["measure"].str.startswith("units_"), "source"]) <= known
    )
    cited = cells[cells["source"] == series.source_of(EAST, "2020", "cases")]
    assert cited["rows"].sum() == 15
    # the south reported nothing, so the city's series is made of the cells of the others
    city = cells[cells["source"] == series.source_of(CITY, "2020", "cases")]
    assert city["rows"].sum() == 30
    assert {parse_filter(text).read_for for text in city["filter"]} == {(("part", "series"),)}
    assert cells[cells["source"] == series.source_of(SOUTH, "2020", "cases")].empty
