"""The funnel: how far a proportion strays from a common one by chance alone, given its number of trials.

Two kinds of limits: `limits` are the smooth curves to draw (normal approximation, as UKHSA's Fingertips draws them,
source: D. J. Spiegelhalter, Statistics in Medicine 24 (2005) 1185-1202); `exact_limits` and `flags` decide,
from the binomial tails, because the smooth curve is wrong for a dozen trials.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats


def limits(trials: ArrayLike, baseline: ArrayLike, confidence: float = 0.95) -> pd.DataFrame:
    """Return the smooth limits around a baseline proportion: p ± z·√(p(1−p)/n), clipped to [0, 1].

    Returns:
        A frame `lower, upper` of fractions; missing where there is no trial.
    """
    n, p = _arrays(trials, baseline)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = stats.norm.isf((1 - confidence) / 2) * np.sqrt(p * (1 - p) / n)
    bounds = {"lower": np.clip(p - half, 0, 1), "upper": np.clip(p + half, 0, 1)}
    return pd.DataFrame({side: np.where(n > 0, bound, np.nan) for side, bound in bounds.items()})


def exact_limits(trials: ArrayLike, baseline: ArrayLike, confidence: float = 0.95) -> pd.DataFrame:
    """Return the smallest and largest proportions that the binomial tails do not flag at this confidence.

    A proportion is flagged exactly when it lies outside: P(X ≤ k) or P(X ≥ k) is below (1 − confidence)/2.

    Returns:
        A frame `lower, upper` of fractions k/n; missing where there is no trial.
    """
    n, p = _arrays(trials, baseline)
    tail = (1 - confidence) / 2
    # ppf gives the smallest k with cdf(k) >= tail, isf the smallest with sf(k) <= tail, that is P(X > k) <= tail
    low, high = stats.binom.ppf(tail, n, p), stats.binom.isf(tail, n, p)
    high = np.where(stats.binom.sf(high - 1, n, p) < tail, high - 1, high)
    with np.errstate(divide="ignore", invalid="ignore"):
        bounds = {"lower": np.clip(low, 0, n) / n, "upper": np.clip(high, 0, n) / n}
    return pd.DataFrame({side: np.where(n > 0, bound, np.nan) for side, bound in bounds.items()})


def flags(
    successes: ArrayLike, trials: ArrayLike, baseline: ArrayLike, confidence: float = 0.95
) -> pd.DataFrame:
    """Return the exact binomial tails of proportions under a baseline, and on which side they are flagged.

    Returns:
        A frame `p_below, p_above, flag`: P(X ≤ k), P(X ≥ k), and `low`, `high` or "" (also where there is no trial).
    """
    n, p = _arrays(trials, baseline)
    k = np.broadcast_to(np.atleast_1d(np.asarray(successes, float)), n.shape)
    tail = (1 - confidence) / 2
    below, above = stats.binom.cdf(k, n, p), stats.binom.sf(k - 1, n, p)
    flag = np.where(n == 0, "", np.where(below < tail, "low", np.where(above < tail, "high", "")))
    return pd.DataFrame({"p_below": below, "p_above": above, "flag": flag})


def leave_one_out(successes: ArrayLike, trials: ArrayLike) -> np.ndarray:
    """Return for each part the proportion of all the others; missing where the others have no trial."""
    k, n = np.asarray(successes, float), np.asarray(trials, float)
    others, base = k.sum() - k, n.sum() - n
    share: np.ndarray = np.divide(others, base, out=np.full(n.shape, np.nan), where=base > 0)
    return share


def _arrays(trials: ArrayLike, baseline: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    n, p = np.broadcast_arrays(
        np.atleast_1d(np.asarray(trials, float)), np.atleast_1d(np.asarray(baseline, float))
    )
    return n, p
