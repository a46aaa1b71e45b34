"""Trends: by hand, against all orders, against the scalar library calls where those are right."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.statistics import (
    arrows,
    falls_in_a_row,
    kendall_tails,
    mann_kendall,
    quasi_poisson,
    signals,
    theil_sen,
    trend,
    xmr,
)

SERIES = st.lists(st.integers(0, 6), min_size=2, max_size=6)


def kendall_s(values: tuple[float, ...]) -> int:
    return sum(
        (values[later] > values[earlier]) - (values[later] < values[earlier])
        for later in range(len(values))
        for earlier in range(later)
    )


@given(SERIES)
@settings(max_examples=60, deadline=None)
def test_test_counts_all_orders_of_the_values(values: list[int]) -> None:
    orders = np.array([kendall_s(order) for order in permutations(values)])
    row = mann_kendall(values).iloc[0]
    assert row["value"] == kendall_s(tuple(values))
    assert row["p_upper"] == pytest.approx((orders >= row["value"]).mean())
    assert row["p_lower"] == pytest.approx((orders <= row["value"]).mean())
    assert row["p_value"] == pytest.approx((np.abs(orders) >= abs(row["value"])).mean())


@pytest.mark.parametrize(("years", "smallest"), [(3, 1 / 3), (4, 1 / 12), (5, 1 / 60)])
def test_smallest_p_of_few_years(years: int, smallest: float) -> None:
    assert mann_kendall(range(years))["p_value"][0] == pytest.approx(smallest)


def test_with_five_years_only_a_series_that_never_turns_is_a_trend() -> None:
    found = trend([[9, 8, 7, 6, 5], [9, 8, 7, 5, 6], [9, 8, 7, 6, 6], [9, 9, 7, 6, 6]])
    assert found["p_value"].tolist() == pytest.approx([1 / 60, 1 / 12, 1 / 30, 1 / 15])


def test_tails_meet_in_the_middle() -> None:
    # S of five different values is even: P(S >= 2) + P(S <= 0) = 1
    assert kendall_tails(2, (1,) * 5)[0] + kendall_tails(0, (1,) * 5)[1] == pytest.approx(1)
    # between two possible values, and beyond the last
    assert kendall_tails(1, (1,) * 5) == pytest.approx(
        (kendall_tails(2, (1,) * 5)[0], kendall_tails(0, (1,) * 5)[1])
    )
    assert kendall_tails(11, (1,) * 5) == (0.0, 1.0)
    assert kendall_tails(-11, (1,) * 5) == (1.0, 0.0)


def test_what_may_be_said_of_how_many_years() -> None:
    found = trend([[9, 8, 7, 6, np.nan, np.nan], [9, 8, 7, 6, 5, np.nan], [9, 8, 7, 6, 5, 4]])
    assert found["method"].tolist() == ["arrows", "mann_kendall", "mann_kendall"]
    assert found["value"].notna().tolist() == [False, True, True]
    assert found["lower"].notna().tolist() == [False, False, True]
    assert found["arrows"].tolist() == ["↓↓↓··", "↓↓↓↓·", "↓↓↓↓↓"]


def test_arrows() -> None:
    assert arrows([[3, 4, 4, 1], [3, np.nan, 4, 1]]) == ["↑→↓", "··↓"]


def test_falls_in_a_row_end_at_the_last_year() -> None:
    series = [[9, 8, 7, 6], [6, 9, 8, 7], [9, 8, 7, 7], [9, 8, np.nan, 6], [np.nan, 8, 7, 6]]
    assert falls_in_a_row(series).tolist() == [3, 2, 0, 0, 2]


def test_slope_by_hand() -> None:
    # pairs of 2015, 2016, 2018: 4/1, 10/3, 6/2; the middle one is 10/3
    assert theil_sen([2, 6, 12], [2015, 2016, 2018])["value"][0] == pytest.approx(10 / 3)


def test_slopes_are_those_of_the_scalar_call() -> None:
    rng = np.random.default_rng(5)
    series, years = rng.poisson(6, (100, 7)), np.array([2010, 2011, 2013, 2014, 2015, 2016, 2020])
    found = theil_sen(series, years)[["value", "lower", "upper"]].to_numpy()
    for row, values in zip(found, series, strict=True):
        slope, _, lower, upper = stats.theilslopes(values, years)
        assert row == pytest.approx([slope, lower, upper])


def test_exact_interval_says_what_confidence_it_attains() -> None:
    # three years: the smallest and the largest slope hold the true one in two of three orders
    row = theil_sen([9, 7, 4], exact=True).iloc[0]
    assert (row["lower"], row["upper"], row["attained"]) == pytest.approx((-3, -2, 2 / 3))


def test_model_slope_is_that_of_the_scalar_call() -> None:
    rng = np.random.default_rng(6)
    years = np.array([2010, 2011, 2012, 2014, 2015, 2018, 2020])
    series = rng.negative_binomial(4, 4 / (4 + np.exp(3 - 0.1 * (years - 2010))), (40, 7)).astype(float)
    series[::5, 3] = np.nan
    for row, values in zip(quasi_poisson(series, years).to_dict("records"), series, strict=True):
        known = ~np.isnan(values)
        design = sm.add_constant(years[known] - 2010.0)
        model = sm.GLM(values[known], design, family=sm.families.Poisson())
        plain = model.fit(tol=1e-12)
        scale = max(1.0, plain.pearson_chi2 / plain.df_resid)
        quasi = model.fit(scale=scale, use_t=True, tol=1e-12)
        assert [row["slope"], row["standard_error"], row["p_value"], row["deviance"]] == pytest.approx(
            [quasi.params[1], quasi.bse[1], quasi.pvalues[1], plain.deviance], rel=1e-6
        )
        assert [row["lower"], row["upper"]] == pytest.approx(np.expm1(quasi.conf_int()[1]), rel=1e-6)


def test_model_doubles_by_hand() -> None:
    row = quasi_poisson([1, 2, 4, 8, 16, 32], range(2015, 2021)).iloc[0]
    assert row["value"] == pytest.approx(1.0)
    assert row["pearson"] == pytest.approx(0.0, abs=1e-12)
    assert row["dispersion"] == 1.0, "less spread than counts have by themselves is not believed"
    assert np.exp(row["intercept"] + 2020 * row["slope"]) == pytest.approx(32)


def test_model_per_worker() -> None:
    # cases double because the workers do: nothing changed
    row = quasi_poisson([3, 6, 12, 24], exposures=[100, 200, 400, 800]).iloc[0]
    assert row["value"] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("counts", [[0, 0, 0, 0, 0, 7], [7, 0, 0, 0, 0, 0], [0, 0, 0, 0, 7, np.nan]])
def test_counts_in_the_first_or_last_year_alone_have_no_slope(counts: list[float]) -> None:
    assert np.isnan(quasi_poisson(counts)["value"][0])


def test_counts_in_one_year_in_the_middle_have_one() -> None:
    assert quasi_poisson([0, 0, 7, 0, 0])["value"][0] == pytest.approx(0.0, abs=1e-12)


def test_chart_by_hand() -> None:
    # differences 2, 3, 2, 1: mean 2; mean of the points 10.8
    row = xmr([10, 12, 9, 11, 12, np.nan], least=5).iloc[0]
    assert (row["value"], row["moving_range"], row["points"]) == pytest.approx((10.8, 2.0, 5))
    assert (row["lower"], row["upper"]) == pytest.approx((10.8 - 5.32, 10.8 + 5.32))


def test_fewer_than_twelve_points_have_no_limits() -> None:
    found = xmr([list(range(12)), [*range(11), np.nan]])
    assert found["upper"].notna().tolist() == [True, False]


def test_one_outlier_does_not_widen_the_limits() -> None:
    months = [10, 11, 10, 11, 10, 11, 10, 40, 10, 11, 10, 11]
    assert xmr(months)["moving_range"][0] == pytest.approx(1.0)
    assert xmr(months, screen=False)["moving_range"][0] == pytest.approx((9 + 60) / 11)


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([0, 0, 0, 9, 0, 0, 0, 0], "_ _ _ above _ _ _ _"),
        ([0, 0, 0, -9, 0, 0, 0, 0], "_ _ _ below _ _ _ _"),
        ([1, 1, 1, 1, 1, 1, 1, -1], "high high high high high high high _"),
        ([1, 1, 1, 1, 1, 1, 0, 1], "_ _ _ _ _ _ _ _"),
        ([0, 1, 2, 2.5, 2.6, 2.7, 2.8, 2.9], "rising rising rising rising rising rising rising rising"),
        ([0, 0, 2.5, 1, 2.5, 0, 0, 0], "_ _ near_upper _ near_upper _ _ _"),
        ([0, 0, 2.5, -1, 2.5, 0, 0, 0], "_ _ _ _ _ _ _ _"),
        ([0, 0, -2.5, -1, -2.5, 0, 0, 0], "_ _ near_lower _ near_lower _ _ _"),
    ],
)
def test_signals_by_hand(points: list[float], expected: str) -> None:
    chart = xmr([0.0, 0.0], least=2, screen=False).assign(value=0.0, lower=-3.0, upper=3.0)
    assert [word or "_" for word in signals(points, chart)[0]] == expected.split()


def test_a_falling_run_of_seven() -> None:
    chart = xmr([0.0, 0.0], least=2, screen=False).assign(value=0.0, lower=-30.0, upper=30.0)
    assert signals([0, 0, 7, 6, 5, 4, 3, 2, 1, 1], chart)[0][2:9] == ["falling"] * 7
