"""Every statistic in the situations a small table brings: nothing, zeros, gaps, ties, large numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import statistics as s

NAN = np.nan
pytestmark = pytest.mark.filterwarnings("error")

EMPTY: dict[str, Callable[[], Any]] = {
    "wilson": lambda: s.wilson([], []),
    "pooled": lambda: s.pooled([], []),
    "difference": lambda: s.difference([], [], [], []),
    "fisher": lambda: s.fisher([], [], [], []),
    "fisher_tails": lambda: s.fisher_tails([], [], [], []),
    "garwood": lambda: s.garwood([]),
    "byar": lambda: s.byar([]),
    "ratio_of_counts": lambda: s.ratio_of_counts([], []),
    "change_in_counts": lambda: s.change_in_counts([], []),
    "change_in_sums": lambda: s.change_in_sums([], [], []),
    "year_on_year": lambda: s.year_on_year([], []),
    "smallest_clear_falls": lambda: s.smallest_clear_falls([]),
    "trend": lambda: s.trend([]),
    "arrows": lambda: s.arrows([]),
    "falls_in_a_row": lambda: s.falls_in_a_row([]),
    "mann_kendall": lambda: s.mann_kendall([]),
    "theil_sen": lambda: s.theil_sen([]),
    "theil_sen_exact": lambda: s.theil_sen([], exact=True),
    "quasi_poisson": lambda: s.quasi_poisson([]),
    "xmr": lambda: s.xmr([]),
    "signals": lambda: s.signals([], s.xmr([])),
    "limits": lambda: s.limits([], 0.5),
    "exact_limits": lambda: s.exact_limits([], 0.5),
    "flags": lambda: s.flags([], [], 0.5),
    "leave_one_out": lambda: s.leave_one_out([], []),
    "overdispersed_limits": lambda: s.overdispersed_limits([], 0.5, 0.01),
    "benjamini_hochberg": lambda: s.benjamini_hochberg([]),
    "lmdi": lambda: s.lmdi(np.zeros((0, 3)), np.zeros((0, 3))),
    "contributions": lambda: s.contributions([], []),
    "kitagawa": lambda: s.kitagawa([], [], [], []),
    "goalposts": lambda: s.goalposts([], 0, 1),
    "weighted_mean": lambda: s.weighted_mean(np.zeros((0, 2))),
    "marshall": lambda: s.marshall([], []),
    "gamma_poisson": lambda: s.gamma_poisson([], []),
    "beta_binomial": lambda: s.beta_binomial([], []),
    "undetected": lambda: s.undetected([], [], []),
    "sample_to_detect": lambda: s.sample_to_detect([], []),
    "ranks": lambda: s.ranks([]),
}
#: statistics of a whole table: of nothing they are one missing value
OF_NOTHING: dict[str, Callable[[], pd.DataFrame]] = {
    "coefficient_of_variation": lambda: s.coefficient_of_variation([]),
    "max_over_min": lambda: s.max_over_min([]),
    "top_share": lambda: s.top_share([]),
    "linear_kappa": lambda: s.linear_kappa(np.zeros((0, 0))),
    "verified_ratio": lambda: s.verified_ratio([], []),
}


@pytest.mark.parametrize("compute", EMPTY.values(), ids=EMPTY)
def test_nothing_gives_no_row(compute: Callable[[], Any]) -> None:
    assert len(compute()) == 0


@pytest.mark.parametrize("compute", OF_NOTHING.values(), ids=OF_NOTHING)
def test_nothing_has_no_value(compute: Callable[[], pd.DataFrame]) -> None:
    assert compute()["value"].isna().tolist() == [True]


def test_overdispersion_of_nothing() -> None:
    found = s.overdispersion([], [])
    assert found.used == 0
    assert np.isnan([found.target, found.phi, found.tau2]).all()


#: what is computed, the column looked at, what it must hold
Situation = tuple[Callable[[], pd.DataFrame], str, list[float]]

ALL_ZERO: dict[str, Situation] = {
    "rate of no clue": (lambda: s.wilson(0, 0), "value", [NAN]),
    "rate difference with no clue": (lambda: s.difference(0, 5, 0, 0), "value", [NAN]),
    "fisher with no clue": (lambda: s.fisher(0, 5, 0, 0), "p_value", [NAN]),
    "fisher's tails with no clue": (lambda: s.fisher_tails(0, 5, 0, 0), "p_less", [NAN]),
    "count": (lambda: s.garwood(0), "lower", [0]),
    "rate without workers": (lambda: s.garwood(0, 0), "value", [NAN]),
    "byar has no lower limit": (lambda: s.byar(0), "lower", [NAN]),
    "two zeros": (lambda: s.change_in_counts(0, 0), "p_value", [1]),
    "sums": (lambda: s.change_in_sums([0], [0], [0]), "p_value", [1]),
    "year on year": (lambda: s.year_on_year(0, 0), "symmetric", [NAN]),
    "test": (lambda: s.mann_kendall([0] * 6), "p_value", [1]),
    "slope": (lambda: s.theil_sen([0] * 6), "value", [0]),
    "model slope": (lambda: s.quasi_poisson([0] * 6), "value", [NAN]),
    "chart": (lambda: s.xmr([0] * 12, screen=False), "upper", [0]),
    "funnel": (lambda: s.overdispersed_limits([0, 10], 0.0, 0.0), "lower", [NAN, 0]),
    "within and between": (lambda: s.kitagawa([0, 0], [0, 0], [0, 0], [0, 0]), "within", [NAN, NAN]),
    "variation": (lambda: s.coefficient_of_variation([0, 0, 0]), "value", [NAN]),
    "largest by smallest": (lambda: s.max_over_min([0, 0]), "value", [NAN]),
    "share of the largest": (lambda: s.top_share([0, 0]), "value", [NAN]),
    "moments": (lambda: s.marshall([0, 0], [5, 9]), "value", [0, 0]),
    "shrunken counts": (lambda: s.gamma_poisson([0, 0], [5, 9]), "value", [0, 0]),
    "shrunken rates": (lambda: s.beta_binomial([0, 0], [5, 9]), "value", [0, 0]),
    "verified by reported": (lambda: s.verified_ratio([0, 0], [0, 0]), "value", [NAN]),
    "nothing checked": (lambda: s.undetected(0, 0, 9), "upper_one_sided", [NAN]),
    "kappa of one grade": (lambda: s.linear_kappa([[9, 0], [0, 0]]), "value", [NAN]),
    "weighted mean": (lambda: s.weighted_mean([[0, 0]]), "value", [0]),
}
ZERO_BASE: dict[str, Situation] = {
    "change": (lambda: s.change_in_counts(6, 0), "value", [NAN]),
    "ratio": (lambda: s.ratio_of_counts(6, 0), "value", [np.inf]),
    "sums": (lambda: s.change_in_sums([60], [0], [600]), "value", [NAN]),
    "year on year": (lambda: s.year_on_year(6, 0), "value", [NAN]),
    "no difference is lost": (lambda: s.year_on_year(6, 0), "absolute", [6]),
    "a part that appears counts as between": (
        lambda: s.kitagawa([8, 1], [10, 2], [8, 0], [10, 0]), "within", [0, 0],
    ),
}  # fmt: skip
ONE_UNIT: dict[str, Situation] = {
    "series of one": (lambda: s.trend([5]), "value", [NAN]),
    "slope of one": (lambda: s.theil_sen([5], exact=True), "attained", [NAN]),
    "model of one": (lambda: s.quasi_poisson([5]), "value", [NAN]),
    "month of one": (lambda: s.xmr([5]), "upper", [NAN]),
    "no variation": (lambda: s.coefficient_of_variation([5]), "value", [0]),
    "no sample": (lambda: s.coefficient_of_variation([5], sample=True), "value", [NAN]),
    "shrunken to itself": (lambda: s.gamma_poisson([5], [4]), "value", [1.25]),
    "shrunken rate": (lambda: s.beta_binomial([6], [8]), "value", [0.75]),
    "moments": (lambda: s.marshall([5], [4]), "value", [1.25]),
    "one record": (lambda: s.verified_ratio([5], [4]), "upper", [NAN]),
    "one p-value": (lambda: s.benjamini_hochberg(0.04), "value", [0.04]),
    "one part": (lambda: s.kitagawa([4], [5], [3], [5]), "between", [0]),
}
TWO_PERIODS: dict[str, Situation] = {
    "trend": (lambda: s.trend([5, 3]), "p_value", [NAN]),
    "slope": (lambda: s.theil_sen([5, 3], [2018, 2020]), "value", [-1]),
    "model": (lambda: s.quasi_poisson([5, 3]), "value", [NAN]),
    "test": (lambda: s.mann_kendall([5, 3]), "p_value", [1]),
}
MISSING_MIDDLE: dict[str, Situation] = {
    # without 2017 the years before and after keep their distance: −1 a year from end to end
    "slope": (lambda: s.theil_sen([9, 8, NAN, 6, 5], range(2015, 2020)), "value", [-1]),
    "test": (lambda: s.mann_kendall([9, 8, NAN, 6, 5, 4]), "p_value", [1 / 60]),
    "periods": (lambda: s.trend([9, 8, NAN, 6, 5]), "periods", [4]),
    "model": (lambda: s.quasi_poisson([16, 8, NAN, 2, 1]), "value", [-0.5]),
    # differences beside the gap are left out: 1, 1, 1
    "months": (lambda: s.xmr([1, 2, NAN, 3, 4, 5], least=2), "moving_range", [1]),
    "years together": (lambda: s.pooled([4, NAN, 5], [5, 6, 5]), "value", [0.9]),
    "rates": (lambda: s.wilson([1, NAN], [2, 3]), "value", [0.5, NAN]),
    "changes": (lambda: s.change_in_counts([4, NAN], [2, 3]), "upper", [21.1097, NAN]),
    "flags": (lambda: s.flags([1, NAN], [2, 3], 0.5), "p_below", [0.75, NAN]),
    "weighted mean": (lambda: s.weighted_mean([[1, NAN], [2, 4]]), "value", [NAN, 3]),
    "p-values": (lambda: s.benjamini_hochberg([0.01, NAN, 0.04]), "value", [0.02, NAN, 0.04]),
    "by year": (lambda: s.max_over_min([[1, NAN], [2, 3], [4, 6]]), "value", [4, 2]),
    "moments": (lambda: s.marshall([1, NAN, 4], [2, 3, 8]), "value", [0.5, NAN, 0.5]),
}
ALL_TIES: dict[str, Situation] = {
    "test": (lambda: s.mann_kendall([4] * 7), "p_value", [1]),
    "slope": (lambda: s.trend([4] * 7), "upper", [0]),
    "model": (lambda: s.quasi_poisson([4] * 7), "value", [0]),
    "months that never move have no limits": (lambda: s.xmr([4] * 12), "upper", [NAN]),
    "equal units are not shrunken": (lambda: s.gamma_poisson([4, 4], [2, 2]), "value", [2, 2]),
    "variation": (lambda: s.coefficient_of_variation([4, 4, 4]), "value", [0]),
    "ratio": (lambda: s.max_over_min([4, 4, 4]), "value", [1]),
}
HUGE: dict[str, Situation] = {
    "rate": (lambda: s.wilson(10**9 - 1, 10**9), "upper", [1 - 1.7652463e-10]),
    "count": (lambda: s.garwood(10**9), "lower", [999938021.4439]),
    "change": (lambda: s.change_in_counts(10**12, 10**12), "upper", [2.7718e-06]),
    "sums": (lambda: s.change_in_sums([10**15], [2 * 10**15], [10**24]), "value", [-0.5]),
    "test": (lambda: s.mann_kendall(list(range(60))), "value", [1770]),
    "model": (lambda: s.quasi_poisson([10**9 * 2**n for n in range(8)]), "value", [1]),
    "fisher": (lambda: s.fisher(10**6, 2 * 10**6, 10**6, 2 * 10**6), "p_value", [1]),
    "tails": (lambda: s.flags(10**6, 2 * 10**6, 0.5), "p_below", [0.5 + 0.5 * 5.6419e-4]),
    "sample": (lambda: s.undetected(0, 10**6, 10**6), "upper", [0]),
}


@pytest.mark.parametrize(
    ("compute", "column", "expected"),
    [
        pytest.param(*situation, id=f"{kind}: {name}")
        for kind, situations in {
            "all zero": ALL_ZERO,
            "zero base": ZERO_BASE,
            "one unit": ONE_UNIT,
            "two periods": TWO_PERIODS,
            "missing middle": MISSING_MIDDLE,
            "all ties": ALL_TIES,
            "huge": HUGE,
        }.items()
        for name, situation in situations.items()
    ],
)
def test_situation(compute: Callable[[], pd.DataFrame], column: str, expected: list[float]) -> None:
    assert compute()[column].tolist() == pytest.approx(expected, rel=2e-4, abs=1e-15, nan_ok=True)


#: more successes than trials, as summary tables sometimes have it
ABOVE_ALL: dict[str, Callable[[], Any]] = {
    "wilson": lambda: s.wilson(5, 4),
    "pooled": lambda: s.pooled([5], [4]),
    "difference": lambda: s.difference(1, 2, 5, 4),
    "fisher": lambda: s.fisher(5, 4, 1, 2),
    "fisher_tails": lambda: s.fisher_tails(5, 4, 1, 2),
    "kitagawa": lambda: s.kitagawa([5], [4], [1], [2]),
    "flags": lambda: s.flags(5, 4, 0.5),
    "overdispersion": lambda: s.overdispersion([5], [4]),
    "beta_binomial": lambda: s.beta_binomial([5], [4]),
    "marshall": lambda: s.marshall([5], [4], binomial=True),
}


@pytest.mark.parametrize("compute", ABOVE_ALL.values(), ids=ABOVE_ALL)
def test_a_rate_above_all_is_refused(compute: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match="successes"):
        compute()


REFUSED: dict[str, Callable[[], Any]] = {
    "a confidence of 95": lambda: s.wilson(1, 2, 95),
    "half a case": lambda: s.garwood(1.5),
    "a negative exposure": lambda: s.garwood(1, -1),
    "an exposure of zero": lambda: s.ratio_of_counts(1, 2, 0, 1),
    "a negative amount": lambda: s.year_on_year(-1, 2),
    "a negative sum": lambda: s.change_in_sums([-1], [2], [3]),
    "no year to pool": lambda: s.pooled([1], [2], years=0),
    "years backwards": lambda: s.trend([1, 2, 3], [2020, 2019, 2018]),
    "a year too few": lambda: s.theil_sen([1, 2, 3], [2020, 2021]),
    "a cube of series": lambda: s.mann_kendall(np.zeros((2, 2, 2))),
    "a negative count in a model": lambda: s.quasi_poisson([1, -1, 2]),
    "an exposure of zero in a model": lambda: s.quasi_poisson([1, 1, 2], exposures=[1, 0, 1]),
    "a p-value of 2": lambda: s.benjamini_hochberg([2]),
    "a trim of a half": lambda: s.overdispersion([1], [2], trim=0.5),
    "goalposts the wrong way": lambda: s.goalposts([1], 1, 0),
    "a weight too few": lambda: s.weighted_mean([[1, 2]], [1]),
    "weights of nothing": lambda: s.weighted_mean([[1, 2]], [0, 0]),
    "a negative value": lambda: s.coefficient_of_variation([-1, 2]),
    "no largest": lambda: s.top_share([1, 2], 0),
    "a prior of zero": lambda: s.gamma_of(0, 1),
    "nothing expected": lambda: s.gamma_poisson([1], [0]),
    "a table that is not square": lambda: s.linear_kappa([[1, 2, 3], [1, 2, 3]]),
    "a negative report": lambda: s.verified_ratio([-1], [1]),
    "more checked than there are": lambda: s.verified_ratio([1, 1], [1, 1], population=1),
    "more found than checked": lambda: s.undetected(2, 1, 9),
    "more false than records": lambda: s.sample_to_detect(9, 10),
    "a unit of zero": lambda: s.round_to("1", "0"),
    "an unknown rule": lambda: s.round_to("1", "1", "up"),  # type: ignore[arg-type]
    "an unknown way with ties": lambda: s.ranks([1], ties="best"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("compute", REFUSED.values(), ids=REFUSED)
def test_impossible_input_is_refused(compute: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        compute()


def test_a_float_is_not_what_was_written() -> None:
    with pytest.raises(TypeError, match="float"):
        s.round_to(2.675, "0.01")  # type: ignore[arg-type]


def test_columns_of_a_frame_go_in_with_their_gaps() -> None:
    frame = pd.DataFrame({"resolved": pd.array([8, None], "Int64"), "clues": pd.array([9, 5], "Int64")})
    found = s.wilson(frame["resolved"], frame["clues"])
    assert found["value"].tolist() == pytest.approx([8 / 9, NAN], nan_ok=True)


@pytest.mark.parametrize(
    "compute", [EMPTY[name] for name in ("wilson", "trend", "change_in_sums", "undetected")]
)
def test_columns_are_there_without_rows(compute: Callable[[], pd.DataFrame]) -> None:
    assert {"value", "lower", "upper", "method"} <= set(compute().columns)
