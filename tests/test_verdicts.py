"""Verdicts on changes: what is clear among many, what counts more than Poisson, and what too many blanks forbid."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from ledger_examples import CITY, EAST, SOUTH, WEST, arrived, clue, roll, settings

from analysis.indicators import extra_variance, measures
from analysis.indicators.values import ValueIndex
from analysis.indicators.verdicts import VERDICTS, rows, verdict
from analysis.statistics import benjamini_hochberg, change_in_counts, dispersion, thresholds
from analysis.statistics.shrinkage import normal_mean


@pytest.mark.parametrize(
    ("status", "upper", "chance", "expected"),
    [
        ("reported", -0.1, 0.05, "clear_fall"),
        ("partial", 2.0, 0.01, "clear_rise"),
        ("reported", math.nan, 0.01, "clear_rise"),
        # alone it would be clear, among all the others it is not
        ("reported", -0.1, 0.051, "not_clear"),
        ("reported", math.nan, math.nan, "not_clear"),
        ("small_base", -0.1, 0.01, "too_few"),
        ("zero_base", math.nan, math.nan, "zero_base"),
        ("not_comparable", math.nan, math.nan, "not_comparable"),
        ("not_reported", math.nan, math.nan, "not_reported"),
        ("withheld", math.nan, math.nan, "not_reported"),
    ],
)
def test_verdict(status: str, upper: float, chance: float, expected: str) -> None:
    change = {"status": status, "lower": -0.9 if upper < 0 else 0.1, "upper": upper}
    found = verdict(change, {"status": "reported", "value": chance})
    assert found == expected
    assert found in VERDICTS


def test_a_change_without_an_interval_is_not_clear_and_one_with_too_many_blanks_is_incomplete() -> None:
    change = {"status": "partial", "lower": -0.6, "upper": -0.4}
    assert verdict(change, None) == "not_clear"
    assert verdict(change | {"lower": math.nan, "upper": math.nan}, None) == "incomplete"


# ------------------------------------------------------------------------------------------- many at once


def changes(*p_values: float, unit: str = EAST) -> list[tuple[dict[str, Any], float]]:
    return [
        (
            {
                "unit": unit,
                "period": "2020",
                "base_period": "2019",
                "measure": f"change_{place}",
                "method": "exact",
                "status": "reported",
            },
            p,
        )
        for place, p in enumerate(p_values)
    ]


def test_a_change_nobody_judges_counts_as_one_that_is_surely_none() -> None:
    # of two, the smaller p-value doubles; the missing one does not make it easier
    found = {row["measure"]: row for row in rows(changes(0.03, math.nan), CITY)}
    assert (found["p_change_0"]["value"], found["q_change_0"]["value"]) == (0.03, 0.06)
    assert "value" not in found["q_change_1"]


def test_the_city_is_a_family_of_its_own() -> None:
    found = list(rows([*changes(0.03, 0.9, 0.9), *changes(0.03, unit=CITY)], CITY))
    q = {(row["unit"], row["measure"]): row["value"] for row in found}
    assert q[EAST, "q_change_0"] == pytest.approx(0.09)
    assert q[CITY, "q_change_0"] == 0.03


def test_a_test_is_flagged_up_to_its_threshold_and_no_further() -> None:
    rng = np.random.default_rng(7)
    for _ in range(300):
        p = np.round(rng.uniform(size=rng.integers(1, 12)) ** 2, 2)
        found = thresholds(p, 0.2)
        assert ((p <= found) == benjamini_hochberg(p, 0.2)["flag"]).all()
        for place, line in enumerate(found):
            for tried, flagged in ((line * 0.9999, True), (min(line * 1.0001, 1.0), line >= 1)):
                other = p.copy()
                other[place] = tried
                assert benjamini_hochberg(other, 0.2)["flag"][place] == flagged


# ------------------------------------------------------------------------------------------- more than Poisson


def test_dispersion_of_months_by_hand() -> None:
    # sums 20 and 20, 20 and 20: all means are 10, χ² = 4·(2²/10) = 1.6, one degree of freedom, N/(N − 1) = 40/39
    assert dispersion.of_months([[12, 8], [8, 12]]) == pytest.approx(1.6 * 39 / 40)
    # a season that is the same in all rows is none of it, nor is the level of a row
    assert dispersion.of_months([[10, 20, 30], [20, 40, 60]]) == pytest.approx(0)
    assert math.isnan(dispersion.of_months([[3, 4, 5]]))


def test_dispersion_of_years_takes_trends_and_common_years_out() -> None:
    years = [2016, 2017, 2018, 2019]
    own, common = np.array([[100.0], [400.0]]), np.array([1.0, 0.7, 1.3, 1.1])
    steady = own * np.exp(np.array([[-0.1], [0.2]]) * np.arange(4)) * common
    assert dispersion.of_years(steady, years) == pytest.approx(0, abs=1e-9)
    with pytest.raises(ValueError, match="negative"):
        dispersion.of_years([[1, 2, -3]], years[:3])
    assert math.isnan(dispersion.of_years([[1, 2], [3, 4]], years[:2]))


def test_dispersion_of_years_is_that_of_the_generalised_linear_model() -> None:
    import statsmodels.api as sm  # noqa: PLC0415 - 4 seconds, for this comparison only

    counts = np.array([[171, 178, 149, 130], [52, 61, 49, 48], [60, 49, 54, 45], [13, 9, 11, 8]])
    units, years = counts.shape
    unit, year = np.divmod(np.arange(counts.size), years)
    columns = [unit == place for place in range(units)]
    columns += [(unit == place) * year for place in range(units)]
    columns += [year == place for place in range(1, years - 1)]
    model = sm.GLM(counts.ravel(), np.column_stack(columns).astype(float), family=sm.families.Poisson()).fit()
    found = dispersion.of_years(counts, range(2016, 2020))
    assert found == pytest.approx(model.pearson_chi2 / ((units - 1) * (years - 2)), rel=1e-6)


def test_the_largest_dispersion_counts_and_never_less_than_one() -> None:
    assert dispersion.largest([0.7, math.nan]) == 1
    assert dispersion.largest([1.127, 0.5]) == Fraction(113, 100)


def test_counts_are_divided_before_they_are_judged() -> None:
    rows_ = [clue(EAST, f"{year}-05-01") for year, n in ((2019, 130), (2020, 90)) for _ in range(n)]
    values = measures.compute(arrived((EAST,), clues=rows_), settings(), Fraction(2)).values
    row = ValueIndex(values).row(EAST, "2020", "change_cases", "2019")
    halved = change_in_counts(45, 65).iloc[0]
    assert (row["value"], row["lower"]) == (pytest.approx(-40 / 130), halved["lower"])
    p = ValueIndex(values).row(EAST, "2020", "p_change_cases", "2019")
    assert p["value"] == halved["p_value"]


def test_the_years_before_the_round_tell_what_the_months_cannot() -> None:
    # each year's cases fall evenly on the months, but the years swing against each other
    numbers = {EAST: (120, 60, 120, 60, 96), WEST: (60, 120, 60, 120, 96)}
    cases = [
        clue(unit, f"{year}-{month:02}-05")
        for unit, by_year in numbers.items()
        for year, number in zip(range(2016, 2021), by_year, strict=True)
        for month in range(1, 13)
        for _ in range(number // 12)
    ]
    history = [str(year) for year in range(2016, 2021)]
    of = settings(history=history)
    values = ValueIndex(measures.compute(arrived((EAST, WEST), clues=cases), of).values)
    by_method = {
        method: values.row(CITY, "2020", extra_variance.MEASURE, method=method)
        for method in ("largest", "month_to_month", "year_to_year")
    }
    assert by_method["month_to_month"]["value"] == pytest.approx(0)
    counts = np.array([by_year[:4] for by_year in numbers.values()])
    assert by_method["year_to_year"]["value"] == dispersion.of_years(counts, range(2016, 2020))
    assert by_method["largest"]["value"] == round(by_method["year_to_year"]["value"], 2) > 30
    # two earlier years are too few
    short = measures.compute(arrived((EAST, WEST), clues=cases), settings(history=history[2:])).values
    row = ValueIndex(short).row(CITY, "2020", extra_variance.MEASURE, method="year_to_year")
    assert (row["status"], row["denominator"]) == ("not_applicable", 2)
    assert extra_variance.used(ValueIndex(short), roll(EAST, WEST), "2020") == 1


# ------------------------------------------------------------------------------------------- too many blanks


def test_headcounts_left_blank_are_no_fall() -> None:
    # 46 cases a year of ten workers; in 2020 half of them say nothing of the workers: 460 → 230, which is no fall
    cases = [clue(EAST, f"{year}-05-01") for year in (2019, 2020) for _ in range(46)]
    for row in cases[-23:]:
        row["workers"] = None
    cases += [
        clue(unit, f"{year}-05-01") for unit in (WEST, SOUTH) for year in (2019, 2020) for _ in range(46)
    ]
    values = ValueIndex(measures.compute(arrived(clues=cases), settings()).values)
    found = {
        (unit, quantity): verdict(
            values.row(unit, "2020", f"change_{quantity}", "2019"),
            values.row(unit, "2020", f"q_change_{quantity}", "2019"),
        )
        for unit in (EAST, WEST, CITY)
        for quantity in ("cases", "workers")
    }
    assert found == {
        (EAST, "cases"): "not_clear",
        (EAST, "workers"): "incomplete",
        (WEST, "cases"): "not_clear",
        (WEST, "workers"): "not_clear",
        (CITY, "cases"): "not_clear",
        # of 138 cases of the city 115 state them: 83 %
        (CITY, "workers"): "incomplete",
    }
    row = values.row(EAST, "2020", "change_workers", "2019")
    assert (row["value"], row["status"], math.isnan(row["lower"])) == (-0.5, "partial", True)


def test_a_few_blanks_leave_a_verdict() -> None:
    cases = [clue(EAST, f"{year}-05-01") for year, n in ((2019, 100), (2020, 40)) for _ in range(n)]
    cases[-1]["workers"] = None
    values = ValueIndex(measures.compute(arrived((EAST,), clues=cases), settings()).values)
    change, chance = (values.row(EAST, "2020", f"{name}change_workers", "2019") for name in ("", "q_"))
    assert (change["status"], verdict(change, chance)) == ("partial", "clear_fall")


# ------------------------------------------------------------------------------------------- what comes back by itself


def test_values_that_differ_by_chance_alone_all_have_the_common_mean() -> None:
    # distances ±1 with variance 1: Σw(y − m)² = 2, no more than the two degrees of freedom
    found = normal_mean([-1.0, 0.0, 1.0], [1.0, 1.0, 1.0])
    assert found["value"].tolist() == [0, 0, 0]
    assert found["lower"].isna().all()


def test_the_farthest_value_comes_back_the_more_the_less_is_known_of_it() -> None:
    # distances ±4 with variance 1: τ² = (32 − 2)/2 = 15, so that every value keeps 15/16 of its distance
    found = normal_mean([-4.0, 0.0, 4.0], [1.0, 1.0, 1.0])
    assert found["value"].tolist() == pytest.approx([-3.75, 0, 3.75])
    assert found["upper"].iloc[2] - 3.75 == pytest.approx(1.96 * (15 / 16) ** 0.5, abs=1e-3)
    unsure = normal_mean([-4.0, 0.0, 4.0, 4.0], [1.0, 1.0, 1.0, 9.0])["value"]
    assert unsure.iloc[3] < unsure.iloc[2] < 4
    assert math.isnan(normal_mean([1.0, math.nan], [1.0, 1.0])["value"].iloc[1])
    with pytest.raises(ValueError, match="positive"):
        normal_mean([1.0], [0.0])
