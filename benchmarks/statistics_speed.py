"""How long the statistics take for all counties at once, beside a loop of the scalar library call in the same run.

    python benchmarks/statistics_speed.py

57,000 = 2,850 counties × 20 years. The loop runs over every tenth element where it would take minutes, and its time is
multiplied by ten. Its results are held against ours before anything is printed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import numpy as np
from scipy import stats
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.tools.tools import add_constant

from analysis.statistics import change_in_counts, mann_kendall, quasi_poisson, theil_sen, wilson

COUNTIES, YEARS = 2850, 20
TIMES = np.arange(2001, 2001 + YEARS)
#: statsmodels stops when the deviance settles, with five digits of the standard error
AGREEMENT = 2e-5


def wilson_loop(resolved: np.ndarray, received: np.ndarray) -> Iterable[tuple[float, ...]]:
    """Yield Wilson's limits, rate by rate."""
    for k, n in zip(resolved.astype(int).tolist(), received.astype(int).tolist(), strict=True):
        limits = stats.binomtest(k, n).proportion_ci(method="wilson")
        yield limits.low, limits.high


def change_loop(now: np.ndarray, before: np.ndarray) -> Iterable[tuple[float, ...]]:
    """Yield the exact limits of the change, pair by pair."""
    for x, y in zip(now.astype(int).tolist(), before.astype(int).tolist(), strict=True):
        limits = stats.binomtest(x, x + y).proportion_ci(method="exact")
        yield limits.low / (1 - limits.low) - 1, limits.high / (1 - limits.high) - 1


def kendall_loop(series: np.ndarray) -> Iterable[tuple[float, ...]]:
    """Yield the exact p-value of Kendall's S, series by series; right without ties only."""
    for row in series:
        yield (stats.kendalltau(TIMES, row, method="exact").pvalue,)


def slope_loop(series: np.ndarray) -> Iterable[tuple[float, ...]]:
    """Yield the Theil-Sen slope with its interval, series by series."""
    for row in series:
        found = stats.theilslopes(row, TIMES)
        yield found.slope, found.low_slope, found.high_slope


def model_loop(series: np.ndarray) -> Iterable[tuple[float, ...]]:
    """Yield the quasi-Poisson slope and its standard error, series by series."""
    design = add_constant(TIMES - TIMES[0])
    for row in series:
        model = GLM(row, design, family=Poisson())
        plain = model.fit()
        fitted = model.fit(scale=max(1.0, plain.pearson_chi2 / plain.df_resid), use_t=True)
        yield fitted.params[1], fitted.bse[1]


def compare(
    name: str,
    ours: Callable[..., np.ndarray],
    loop: Callable[..., Iterable[tuple[float, ...]]],
    data: tuple[np.ndarray, ...],
    every: int = 1,
) -> None:
    """Print the seconds of both, after holding the results against each other."""
    start = time.perf_counter()
    at_once = ours(*data)
    seconds = time.perf_counter() - start
    start = time.perf_counter()
    one_by_one = np.array(list(loop(*(part[::every] for part in data))))
    long = (time.perf_counter() - start) * every
    np.testing.assert_allclose(at_once[::every], one_by_one, rtol=AGREEMENT, atol=1e-7)
    print(f"| {name} | {seconds:.2f} s | {long:.1f} s | {long / seconds:.0f}× |")


def main() -> None:
    """Print one line per statistic: seconds at once, seconds of the loop, how many times faster."""
    rng = np.random.default_rng(2020)
    level = np.geomspace(3, 400, COUNTIES)[:, None]
    counts = rng.poisson(level, (COUNTIES, YEARS)) + 1.0
    different = rng.normal(level, np.sqrt(level), (COUNTIES, YEARS))
    resolved = rng.binomial(counts.astype(int), 0.9)
    pairs = counts.ravel(), np.roll(counts, 1, axis=1).ravel()

    def limits(k: np.ndarray, n: np.ndarray) -> np.ndarray:
        return wilson(k, n)[["lower", "upper"]].to_numpy()

    def changes(now: np.ndarray, before: np.ndarray) -> np.ndarray:
        return change_in_counts(now, before)[["lower", "upper"]].to_numpy()

    def tests(series: np.ndarray) -> np.ndarray:
        return mann_kendall(series)[["p_value"]].to_numpy()

    def slopes(series: np.ndarray) -> np.ndarray:
        return theil_sen(series, TIMES)[["value", "lower", "upper"]].to_numpy()

    def models(series: np.ndarray) -> np.ndarray:
        return quasi_poisson(series, TIMES)[["slope", "standard_error"]].to_numpy()

    compare("57,000 Wilson intervals", limits, wilson_loop, (resolved.ravel(), counts.ravel()), every=10)
    compare("57,000 exact changes", changes, change_loop, pairs, every=10)
    compare("2,850 × 20 exact Mann–Kendall, no ties", tests, kendall_loop, (different,))
    compare("2,850 × 20 Theil–Sen with interval", slopes, slope_loop, (counts,))
    compare("2,850 × 20 quasi-Poisson slopes", models, model_loop, (counts,))
    start = time.perf_counter()
    mann_kendall(counts)
    print(f"| 2,850 × 20 exact Mann–Kendall, ties | {time.perf_counter() - start:.2f} s | no such call | |")


if __name__ == "__main__":
    main()
