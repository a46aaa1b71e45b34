"""One count with its interval; two counts: has the number changed?"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import scipy
from numpy.typing import ArrayLike

from analysis.statistics._arrays import counts, estimates, tail_of, vectors


def garwood(
    count: ArrayLike, exposure: ArrayLike = 1.0, per: float = 1.0, confidence: float = 0.95
) -> pd.DataFrame:
    """Return counts, or rates of a count, with Garwood's exact Poisson interval.

    In words: the smallest and the largest mean under which so many, or so few, would still come up in 2.5 % of years.
    Source: F. Garwood, Biometrika 28 (1936) 437-442, as quantiles of χ². For persons and money, which come case by
    case, it is far too narrow: see `clusters`.

    Args:
        count: counts, shape (n,) or scalar.
        exposure: what the count refers to, such as migrant workers; where it is zero the rate is missing.
        per: the rate is given per so many (10,000 workers).
        confidence: of the two-sided interval.

    Returns:
        A frame `value, lower, upper, method`.

    Raises:
        ValueError: a count that is negative or not whole, a negative exposure.
    """
    tail = tail_of(confidence)
    x, t = _with_exposure(count, exposure)
    lower = np.where(x == 0, 0.0, scipy.stats.chi2.ppf(tail, 2 * x) / 2)
    upper = scipy.stats.chi2.isf(tail, 2 * x + 2) / 2
    return estimates(x * per / t, "garwood", lower * per / t, upper * per / t)


def byar(
    count: ArrayLike, exposure: ArrayLike = 1.0, per: float = 1.0, confidence: float = 0.95
) -> pd.DataFrame:
    """Return rates with Byar's approximation, to compare with figures that were published with it (UKHSA).

    In words: Garwood's limits through a cube-root normal approximation. Source: N. E. Breslow and N. E. Day,
    Statistical Methods in Cancer Research II (1987) 69. Good from about 10; for anything else use `garwood`.

    Args:
        count: counts, shape (n,) or scalar.
        exposure: what the count refers to.
        per: the rate is given per so many.
        confidence: of the two-sided interval.

    Returns:
        A frame `value, lower, upper, method`; the lower limit of 0 is missing.

    Raises:
        ValueError: a count that is negative or not whole, a negative exposure.
    """
    z = scipy.stats.norm.isf(tail_of(confidence))
    x, t = _with_exposure(count, exposure)
    safe = np.where(x > 0, x, np.nan)
    lower = safe * (1 - 1 / (9 * safe) - z / (3 * np.sqrt(safe))) ** 3
    lower = np.where(lower < 0, np.nan, lower)
    upper = (x + 1) * (1 - 1 / (9 * (x + 1)) + z / (3 * np.sqrt(x + 1))) ** 3
    return estimates(x * per / t, "byar", lower * per / t, upper * per / t)


def ratio_of_counts(
    current: ArrayLike,
    previous: ArrayLike,
    exposure_current: ArrayLike = 1.0,
    exposure_previous: ArrayLike = 1.0,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return the ratio of two Poisson rates with its exact conditional central interval and tails.

    In words: given their sum, the current count is binomial with p = r·t/(r·t + t0), r being the ratio of the two
    rates; the Clopper-Pearson limits of p give those of r. The p-value doubles the smaller tail, so that it and the
    interval never disagree: `scipy.stats.binomtest` sums the less likely outcomes instead, and can call 7 v. 0 in 3
    v. 2 years a change (p = 0.047) whose interval holds 1. Source: J. Przyborowski and H. Wilenski, Biometrika 31
    (1940) 313-323. Valid for any size; cautious (at most 5 % false alarms, far fewer below 20).

    Args:
        current: counts now, shape (n,) or scalar; a missing count gives a missing row.
        previous: counts before.
        exposure_current: what the count refers to (length of the period, workers); any unit, the same for both.
        exposure_previous: the same for the earlier count.
        confidence: of the two-sided interval.

    Returns:
        A frame `value, lower, upper, method, p_value, p_less, p_greater`: the ratio is infinite where only the
        previous count is zero, missing where both are (interval 0 to infinity, p = 1).

    Raises:
        ValueError: a count that is negative or not whole, an exposure that is not positive.
    """
    tail = tail_of(confidence)
    x, x0 = counts("counts", current, previous)
    x, x0, t, t0 = vectors(x, x0, exposure_current, exposure_previous)
    if np.any(t <= 0) or np.any(t0 <= 0):
        raise ValueError("an exposure must be positive")
    known = ~np.isnan(x + x0)
    with np.errstate(invalid="ignore", divide="ignore"):
        lowest = np.where(x > 0, scipy.stats.beta.ppf(tail, x, x0 + 1), 0.0)
        highest = np.where(x0 > 0, scipy.stats.beta.isf(tail, x + 1, x0), 1.0)
        lower = lowest / (1 - lowest) * t0 / t
        upper = np.where(x0 > 0, highest / (1 - highest) * t0 / t, np.inf)
        value = (x / t) / (x0 / t0)
    share = t / (t + t0)
    below, above = scipy.stats.binom.cdf(x, x + x0, share), scipy.stats.binom.sf(x - 1, x + x0, share)
    frame = estimates(value, "exact", np.where(known, lower, np.nan), np.where(known, upper, np.nan))
    return frame.assign(p_value=np.minimum(1.0, 2 * np.minimum(below, above)), p_less=below, p_greater=above)


def change_in_counts(
    current: ArrayLike,
    previous: ArrayLike,
    confidence: float = 0.95,
    exposure_current: ArrayLike = 1.0,
    exposure_previous: ArrayLike = 1.0,
) -> pd.DataFrame:
    """Return the relative change of a Poisson count with its exact conditional central interval.

    In words: `ratio_of_counts` less one. A change is clear when its interval lies wholly on one side of zero.

    Args:
        current: counts now, shape (n,) or scalar.
        previous: counts before.
        confidence: of the two-sided interval.
        exposure_current: what the count refers to (length of the period); any unit, the same for both.
        exposure_previous: the same for the earlier count.

    Returns:
        A frame `value, lower, upper, p_value, method`: value = ratio of the rates - 1, missing where the
        previous count is zero; `upper` is infinite there. Two zeros say nothing: -1 to infinity, p = 1.

    Raises:
        ValueError: a count that is negative or not whole, an exposure that is not positive.
    """
    ratio = ratio_of_counts(current, previous, exposure_current, exposure_previous, confidence)
    x, x0, t, t0 = vectors(current, previous, exposure_current, exposure_previous)
    # not the ratio less one: that would cancel digits of a small change
    value = np.divide(x / t - x0 / t0, x0 / t0, out=np.full(x.shape, np.nan), where=x0 > 0)
    return pd.DataFrame(
        {
            "value": value,
            "lower": ratio["lower"] - 1,
            "upper": ratio["upper"] - 1,
            "p_value": ratio["p_value"],
            "method": ratio["method"],
        }
    )


def year_on_year(current: ArrayLike, previous: ArrayLike, small_base: float = 10) -> pd.DataFrame:
    """Return the change of a quantity in the ways it can be written down, without a verdict.

    In words: (current − previous) / previous; the decline is minus that. The symmetric change divides by the mean of
    both, the logarithmic one is ln(current/previous); both treat up and down alike (L. Törnqvist, P. Vartia and Y. O.
    Vartia, The American Statistician 39 (1985) 43-46). pandas' `pct_change` gives infinity on a zero base.

    Args:
        current: amounts now, shape (n,) or scalar, not negative.
        previous: amounts before.
        small_base: below it the relative change should not be printed, only the absolute one.

    Returns:
        A frame `value, lower, upper, method, absolute, symmetric, logarithmic, status`, fractions: `status` is
        `zero_base` (no relative change at all), `small_base` (it stands in the table but is not to be printed),
        `missing`, or empty. The limits are missing: see `change_in_counts` and `clusters.change_in_sums`.

    Raises:
        ValueError: a negative amount.
    """
    now, before = vectors(current, previous)
    if np.any(now < 0) or np.any(before < 0):
        raise ValueError("an amount is not negative")
    change = now - before
    nothing = np.full(now.shape, np.nan)
    value = np.divide(change, before, out=nothing.copy(), where=before > 0)
    symmetric = np.divide(2 * change, now + before, out=nothing.copy(), where=now + before > 0)
    ratio = np.divide(now, before, out=nothing.copy(), where=(before > 0) & (now > 0))
    status = np.select(
        [np.isnan(change), before == 0, before < small_base], ["missing", "zero_base", "small_base"], ""
    )
    return estimates(value, "no_interval").assign(
        absolute=change, symmetric=symmetric, logarithmic=np.log(ratio), status=status
    )


def smallest_clear_fall(base: int, level: float = 0.05) -> int | None:
    """Return the largest count that is a clear fall from `base`: its p-value is at most `level`; None if none is.

    Args:
        base: the earlier count.
        level: of the test that decides.

    Raises:
        ValueError: a negative base.
    """
    found = smallest_clear_falls(base, level).iloc[0]
    return None if np.isnan(found) else int(found)


def smallest_clear_falls(
    bases: ArrayLike, level: ArrayLike = 0.05, dispersion: Fraction = Fraction(1)
) -> pd.Series[float]:
    """Return for every base the largest count that is a clear fall from it; missing if none is (from 5 or fewer).

    Args:
        bases: earlier counts, shape (n,).
        level: p-values up to which a fall is clear, of the same shape or one for all.
        dispersion: φ, by which both counts are divided, rounded down, before they are tested.

    Raises:
        ValueError: a base that is negative or not whole.
    """
    (base,) = counts("counts", bases)
    base, most = vectors(base, level)
    earlier = _over(base, dispersion)
    # a lower count is a clearer fall: halve the range instead of trying every count below a large base
    fallen, not_fallen = np.full(base.shape, -1.0), np.nan_to_num(base)
    while np.any(not_fallen - fallen > 1):
        middle = np.floor((fallen + not_fallen) / 2)
        tried = np.where(not_fallen - fallen > 1, middle, not_fallen)
        clear = ratio_of_counts(_over(tried, dispersion), earlier)["p_value"].to_numpy() <= most
        fallen, not_fallen = np.where(clear, tried, fallen), np.where(clear, not_fallen, tried)
    return pd.Series(np.where(fallen < 0, np.nan, fallen))


def _over(count: np.ndarray, dispersion: Fraction) -> np.ndarray:
    # whole numbers: a float quotient would turn an exact 100 into 99
    divided: np.ndarray = np.floor_divide(
        np.nan_to_num(count) * dispersion.denominator, float(dispersion.numerator)
    )
    return divided


def _with_exposure(count: ArrayLike, exposure: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    (x,) = counts("counts", count)
    x, t = vectors(x, exposure)
    if np.any(t < 0):
        raise ValueError("an exposure is not negative")
    return x, np.where(t > 0, t, np.nan)
