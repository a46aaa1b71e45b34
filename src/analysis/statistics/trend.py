"""A trend over a few years: arrows, the exact Mann-Kendall test, the Theil-Sen slope, the quasi-Poisson slope.

Series stand in rows, periods in columns; a missing period is NaN and is left out, its neighbours keep their real
distance in time. With three or four periods no test can find a trend (the smallest possible p is 1/3 and 1/12), hence
arrows only; with five, only a series that never turns is one: strictly falling (p = 1/60), or with a single tie (1/30).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import pandas as pd
import scipy
from numpy.typing import ArrayLike

from analysis.statistics._arrays import estimates, rows, tail_of, times_of

#: with fewer periods there are arrows but no test
LEAST_FOR_TEST: Final = 5
#: with fewer periods a slope has no interval worth printing: it is the smallest and the largest of the slopes
LEAST_FOR_INTERVAL: Final = 6
_ARROWS: Final = {-1.0: "↓", 0.0: "→", 1.0: "↑"}
_STEPS_OF_NEWTON: Final = 60


def trend(values: ArrayLike, times: ArrayLike | None = None, confidence: float = 0.95) -> pd.DataFrame:
    """Return for every series what its number of periods allows to say.

    In words: fewer than five periods: arrows. Five: the Theil-Sen slope and the exact Mann-Kendall p. Six and more:
    also the interval of the slope.

    Args:
        values: shape (series, periods) or (periods,).
        times: of the periods, such as the years, rising; 0, 1, 2, … where none are given.
        confidence: of the two-sided interval of the slope.

    Returns:
        A frame `value, lower, upper, method, p_value, periods, arrows`: value = slope per unit of time in the unit of
        the values; method `arrows` or `mann_kendall`.

    Raises:
        ValueError: times that do not rise or do not fit.
    """
    y = rows(values)
    slope, test = theil_sen(y, times, confidence), mann_kendall(y)
    number = test["periods"].to_numpy()
    tested, interval = number >= LEAST_FOR_TEST, number >= LEAST_FOR_INTERVAL
    frame = estimates(
        np.where(tested, slope["value"], np.nan),
        np.where(tested, "mann_kendall", "arrows"),
        np.where(interval, slope["lower"], np.nan),
        np.where(interval, slope["upper"], np.nan),
    )
    return frame.assign(p_value=np.where(tested, test["p_value"], np.nan), periods=number, arrows=arrows(y))


def arrows(values: ArrayLike) -> list[str]:
    """Return each series as arrows from period to period: ↑ ↓ →, and · where either period is missing.

    Args:
        values: shape (series, periods) or (periods,).
    """
    steps = np.sign(np.diff(rows(values), axis=1))
    return ["".join(_ARROWS.get(step, "·") for step in row) for row in steps.tolist()]


def falls_in_a_row(values: ArrayLike) -> np.ndarray:
    """Return how many times in a row each series fell up to its last period; a missing period ends the count.

    Args:
        values: shape (series, periods) or (periods,).
    """
    y = rows(values)
    fell = np.diff(y, axis=1)[:, ::-1] < 0
    run: np.ndarray = np.cumprod(fell, axis=1).sum(axis=1)
    return run


def mann_kendall(values: ArrayLike) -> pd.DataFrame:
    """Return Kendall's S of each series against time with its exact p-value, ties included.

    In words: S = number of pairs of periods in which the later is higher, less those in which it is lower; p = the
    share of all orders of the same values with an S at least as far from zero. Sources: H. B. Mann, Econometrica 13
    (1945) 245-259; M. G. Kendall, Rank Correlation Methods (1975). With ties of sizes t the numbers of inversions
    are distributed as the coefficients of the q-multinomial [n]!/∏[t]!. `pymannkendall` always uses the normal
    approximation (n = 5, strictly falling: 0.0275 where 0.0167 is right), `scipy.stats.kendalltau` as soon as two
    values are equal. Valid from five periods on; assumes independent periods. Values count as tied if exactly equal.

    Args:
        values: shape (series, periods) or (periods,); missing periods are left out.

    Returns:
        A frame `value, lower, upper, method, p_value, p_upper, p_lower, periods`: value = S; p_upper = P(S or more),
        p_lower = P(S or less); the limits are missing. Without two periods S is 0 and p is 1.
    """
    y = rows(values)
    s = np.zeros(len(y))
    for lag in range(1, y.shape[1]):
        s += np.nansum(np.sign(y[:, lag:] - y[:, :-lag]), axis=1)
    tails = [kendall_tails(int(score), _ties(row)) for score, row in zip(s, y, strict=True)]
    upper, lower = np.array(tails, float).reshape(-1, 2).T
    return estimates(s, "mann_kendall").assign(
        p_value=np.minimum(1.0, 2 * np.minimum(upper, lower)),
        p_upper=upper,
        p_lower=lower,
        periods=(~np.isnan(y)).sum(axis=1),
    )


def kendall_tails(s: int, ties: tuple[int, ...]) -> tuple[float, float]:
    """Return P(S ≥ s) and P(S ≤ s) over all orders of values with ties of these sizes (1 for a value of its own).

    Args:
        s: Kendall's S.
        ties: sizes of the groups of equal values; (1, 1, 1, 1) for four different ones.
    """
    cumulated = _inversions_cumulated(tuple(sorted(ties)))
    pairs, total = len(cumulated) - 1, cumulated[-1]
    # with d inversions among the pairs that are not tied, S = pairs - 2d
    at_least = (pairs - s) // 2
    below = (pairs - s + 1) // 2 - 1
    upper = cumulated[min(at_least, pairs)] / total if at_least >= 0 else 0.0
    lower = 1.0 if below < 0 else (total - cumulated[min(below, pairs)]) / total
    return float(upper), float(lower)


def theil_sen(
    values: ArrayLike, times: ArrayLike | None = None, confidence: float = 0.95, exact: bool = False
) -> pd.DataFrame:
    """Return the median of the slopes between all pairs of periods.

    In words: the slope that half of the pairs exceed, so that a single odd year cannot turn it. The interval counts
    off slopes from both ends: as many as the normal approximation of S with ties says (P. K. Sen, Journal of the
    American Statistical Association 63 (1968) 1379-1389; the figures of `scipy.stats.theilslopes`), or, `exact`, as
    many as the exact distribution of S allows (M. Hollander and D. A. Wolfe, Nonparametric Statistical Methods
    (1999) 9.3; conservative with ties). With five periods or fewer both degenerate to the smallest and the largest
    slope: do not print them.

    Args:
        values: shape (series, periods) or (periods,); missing periods are left out.
        times: of the periods, rising; 0, 1, 2, … where none are given.
        confidence: of the two-sided interval.
        exact: which interval.

    Returns:
        A frame `value, lower, upper, method, attained`, per unit of time in the unit of the values: `attained` = the
        confidence of the exact interval, below what was asked for where so few periods cannot give it. All missing
        with fewer than two periods.

    Raises:
        ValueError: times that do not rise or do not fit.
    """
    tail = tail_of(confidence)
    y = rows(values)
    t = times_of(times, y.shape[1]) if y.size else np.array([])
    first, second = np.triu_indices(y.shape[1], 1)
    slopes = (
        (y[:, second] - y[:, first]) / (t[second] - t[first]) if len(t) > 1 else np.full((len(y), 1), np.nan)
    )
    # missing slopes sort to the end
    slopes = np.sort(slopes, axis=1)
    pairs = (~np.isnan(slopes)).sum(axis=1)
    n = (~np.isnan(y)).sum(axis=1)
    if exact:
        ranks = np.array([_exact_ranks(int(number), tail) for number in n], float).reshape(-1, 2)
        low, attained = ranks[:, 0].astype(int), ranks[:, 1]
        high = pairs - 1 - low
    else:
        low, high = _normal_ranks(y, n, pairs, tail)
        attained = np.full(len(y), np.nan)
    middle = [(pairs - 1) // 2, pairs // 2]
    picked = [_pick(slopes, at, pairs) for at in (*middle, low, high)]
    method = "theil_sen_exact" if exact else "theil_sen"
    frame = estimates((picked[0] + picked[1]) / 2, method, picked[2], picked[3])
    return frame.assign(attained=np.where(pairs > 0, attained, np.nan))


def quasi_poisson(
    values: ArrayLike,
    times: ArrayLike | None = None,
    exposures: ArrayLike | None = None,
    confidence: float = 0.95,
    dispersion: ArrayLike | None = None,
    *,
    known: bool = False,
) -> pd.DataFrame:
    """Return the relative change of a count per unit of time, from a log-linear model with over-dispersion.

    In words: counts = exp(a + b·time), fitted by Poisson likelihood; the standard error is multiplied by the root of
    the dispersion X²/(n − 2), never less than 1, and compared with Student's t of n − 2 degrees of freedom. Source: P.
    McCullagh and J. A. Nelder, Generalized Linear Models (1989) 6.2. The same as statsmodels' `GLM(…, Poisson())`
    `.fit(scale=max(1, X²/df), use_t=True)`: `scale="X2"` alone takes dispersions such as 0.4 for real and calls too
    much clear, and without `use_t` the p-value is that of the normal distribution (0.019 for 0.079). Valid from six
    periods on.

    Args:
        values: counts, shape (series, periods) or (periods,), not negative; missing periods are left out.
        times: of the periods, rising; 0, 1, 2, … where none are given.
        exposures: what the counts refer to, of the shape of the values or of one series.
        confidence: of the two-sided interval.
        dispersion: to be used instead of the one found (1 for plain Poisson; the found one as it is, as R has it).
        known: whether that dispersion is known from elsewhere, so that the normal distribution takes the place of
            Student's; two periods are then enough.

    Returns:
        A frame `value, lower, upper, method, slope, intercept, standard_error, statistic, p_value, dispersion,
        pearson, deviance, periods`: value = exp(b) − 1, a fraction; `pearson` = X²/(n − 2) before it is raised to 1.
        All missing with fewer than three periods, without any count, or with counts in the first or in the last
        period alone (the slope is then without bounds).

    Raises:
        ValueError: a negative count, an exposure that is not positive, times that do not rise or do not fit.
    """
    tail = tail_of(confidence)
    y = rows(values)
    if np.any(y < 0):
        raise ValueError("counts must not be negative")
    t = times_of(times, y.shape[1]) if y.size else np.zeros(y.shape[1])
    exposed = np.ones(y.shape) if exposures is None else np.broadcast_to(rows(exposures), y.shape)
    if np.any(exposed <= 0):
        raise ValueError("an exposure must be positive")
    used = ~np.isnan(y) & ~np.isnan(exposed)
    n = used.sum(axis=1)
    y, exposed = np.where(used, y, 0.0), np.where(used, exposed, 0.0)
    fit = _has_slope(y, used, t) & (n > (1 if known else 2))
    intercept, slope, variance, mean = _log_linear(y, exposed, t, fit)
    freedom = np.where(fit, n - 2, np.nan).astype(float)
    compared = np.where(fit, np.inf, np.nan) if known else freedom
    with np.errstate(divide="ignore", invalid="ignore"):
        pearson = np.where(used, (y - mean) ** 2 / mean, 0.0).sum(axis=1) / freedom
        logs = np.where(y > 0, y * np.log(np.where(y > 0, y / mean, 1.0)), 0.0)
    deviance = 2 * (logs - np.where(used, y - mean, 0.0)).sum(axis=1)
    scale = np.maximum(1.0, pearson) if dispersion is None else np.asarray(dispersion, float)
    error = np.sqrt(variance * scale)
    statistic = slope / error
    width = scipy.stats.t.isf(tail, compared) * error
    frame = estimates(np.expm1(slope), "quasi_poisson", np.expm1(slope - width), np.expm1(slope + width))
    return frame.assign(
        slope=slope,
        intercept=intercept,
        standard_error=error,
        statistic=statistic,
        p_value=2 * scipy.stats.t.sf(np.abs(statistic), compared),
        dispersion=np.where(fit, scale, np.nan),
        pearson=pearson,
        deviance=np.where(fit, deviance, np.nan),
        periods=n,
    )


def log_linear_means(values: ArrayLike, times: ArrayLike, exposures: ArrayLike) -> np.ndarray:
    """Return the means exposure · exp(a + b·time) of each series under its own most likely a and b.

    Args:
        values: counts, shape (series, periods), all known.
        times: of the periods, rising.
        exposures: of the periods, shape (periods,), not negative.

    Returns:
        Means of the shape of the values; missing for a series whose slope is without bounds.
    """
    y = rows(values)
    t = times_of(times, y.shape[1])
    exposed = np.broadcast_to(np.asarray(exposures, float), y.shape)
    return _log_linear(y, exposed, t, _has_slope(y, exposed > 0, t))[3]


def _ties(row: np.ndarray) -> tuple[int, ...]:
    return tuple(sorted(np.unique(row[~np.isnan(row)], return_counts=True)[1].tolist()))


@lru_cache(maxsize=8192)
def _inversions_cumulated(ties: tuple[int, ...]) -> list[int]:
    """Return in how many orders of values with these ties there are 0, at most 1, at most 2, … inversions.

    The q-multinomial as a power series in Python's integers: ∏(1 − q^i) for i up to n, over ∏(1 − q^i) up to each t.
    """
    n = sum(ties)
    pairs = (n * n - sum(size * size for size in ties)) // 2
    series = np.zeros(pairs + 1, dtype=object)
    series[0] = 1
    for power in range(1, n + 1):
        series[power:] -= series[:-power].copy()
    for power in (power for size in ties for power in range(1, size + 1)):
        for start in range(min(power, pairs + 1)):
            series[start::power] = np.add.accumulate(series[start::power])
    return list(np.add.accumulate(series))


@lru_cache(maxsize=256)
def _exact_ranks(periods: int, tail: float) -> tuple[int, float]:
    """Return how many slopes are counted off from each end, and the confidence that the interval then has."""
    pairs = periods * (periods - 1) // 2
    if not pairs:
        return 0, np.nan
    different = (1,) * periods
    # the smallest S whose tail is small enough; the largest of all where none is
    s = next((s for s in range(pairs % 2, pairs, 2) if kendall_tails(s, different)[0] <= tail), pairs)
    return (pairs - s) // 2, 1 - 2 * kendall_tails(s, different)[0]


def _normal_ranks(
    y: np.ndarray, n: np.ndarray, pairs: np.ndarray, tail: float
) -> tuple[np.ndarray, np.ndarray]:
    sizes = [np.array(_ties(row), float) for row in y]
    tied = np.array([(size * (size - 1) * (2 * size + 5)).sum() for size in sizes])
    half = scipy.stats.norm.isf(tail) * np.sqrt((n * (n - 1) * (2 * n + 5) - tied) / 18)
    low = np.maximum(np.round((pairs - half) / 2).astype(int) - 1, 0)
    high = np.minimum(np.round((pairs + half) / 2).astype(int), pairs - 1)
    return low, high


def _pick(slopes: np.ndarray, at: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    if not slopes.size:
        return np.full(len(slopes), np.nan)
    inside = np.clip(at, 0, slopes.shape[1] - 1)
    picked = np.take_along_axis(slopes, inside[:, None], axis=1)[:, 0]
    return np.where(pairs > 0, picked, np.nan)


def _has_slope(y: np.ndarray, used: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Return which series have a finite slope: something counted, and not in the first or last period alone."""
    if not y.size:
        return np.zeros(len(y), bool)
    counted = y > 0
    earliest = np.where(counted, t, np.inf).min(axis=1)
    latest = np.where(counted, t, -np.inf).max(axis=1)
    begin = np.where(used, t, np.inf).min(axis=1)
    end = np.where(used, t, -np.inf).max(axis=1)
    single = earliest == latest
    found: np.ndarray = counted.any(axis=1) & ~(single & ((earliest == begin) | (earliest == end)))
    return found


def _log_linear(
    y: np.ndarray, exposed: np.ndarray, t: np.ndarray, fit: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return intercept, slope, variance of the slope and fitted means by Newton's method, all series at once.

    The intercept is profiled out: for a given slope the fitted means sum to the counts, so that only the slope is
    searched for; its log-likelihood is concave.
    """
    total = np.where(fit, y.sum(axis=1), np.nan)
    # centred and of unit length, so that the steps are alike for years 2018, 2019, … and months 0, 1, …
    length = float(np.ptp(t)) if len(t) > 1 else 1.0
    centred = (t - t.mean()) / length if t.size else t
    observed = (y * centred).sum(axis=1) / total
    slope = np.where(fit, 0.0, np.nan)
    share, spread, height = exposed, np.full(len(y), np.nan), np.full(len(y), np.nan)
    least, most = np.full(len(y), -np.inf), np.full(len(y), np.inf)
    for _ in range(_STEPS_OF_NEWTON):
        with np.errstate(divide="ignore"):
            logs = np.log(exposed) + slope[:, None] * centred
        peak = logs.max(axis=1, keepdims=True, initial=-np.inf)
        weights = np.exp(logs - peak)
        height = peak[:, 0] + np.log(weights.sum(axis=1))
        share = weights / weights.sum(axis=1, keepdims=True)
        mean = (share * centred).sum(axis=1)
        spread = (share * (centred - mean[:, None]) ** 2).sum(axis=1)
        step = (observed - mean) / spread
        if not np.any(np.abs(step) > 1e-13 * (1 + np.abs(slope))):
            break
        least, most = np.where(step > 0, slope, least), np.where(step < 0, slope, most)
        # a long step could overshoot, and then swing for ever: between the bounds, halve them instead
        tried = slope + np.clip(step, -2.0, 2.0)
        beyond = (tried <= least) | (tried >= most)
        slope = np.where(beyond, np.where(beyond, least, 0) / 2 + np.where(beyond, most, 0) / 2, tried)
    scaled = slope / length
    middle = float(t.mean()) if t.size else 0.0
    return (
        np.log(total) - height - scaled * middle,
        scaled,
        1 / (total * spread) / length**2,
        share * total[:, None],
    )
