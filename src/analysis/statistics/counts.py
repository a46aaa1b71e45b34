"""Two counts: has the number changed?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats


def change_in_counts(
    current: ArrayLike,
    previous: ArrayLike,
    confidence: float = 0.95,
    exposure_current: ArrayLike = 1.0,
    exposure_previous: ArrayLike = 1.0,
) -> pd.DataFrame:
    """Return the relative change of a Poisson count with its exact conditional central interval.

    Given their sum, the current count is binomial with p = r·t/(r·t + t0), r being the ratio of the two rates;
    the Clopper-Pearson limits of p give those of r. The p-value doubles the smaller tail, so that it and
    the interval never disagree. Source: J. Przyborowski and H. Wilenski, Biometrika 31 (1940) 313-323.

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
        ValueError: a count that is negative or not whole.
    """
    x, x0, t, t0 = np.broadcast_arrays(
        *(
            np.atleast_1d(np.asarray(a, float))
            for a in (current, previous, exposure_current, exposure_previous)
        )
    )
    if np.any(x < 0) or np.any(x0 < 0) or np.any(x != np.floor(x)) or np.any(x0 != np.floor(x0)):
        raise ValueError("counts must be whole and not negative")
    tail = (1 - confidence) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        lowest = np.where(x > 0, stats.beta.ppf(tail, x, x0 + 1), 0.0)
        highest = np.where(x0 > 0, stats.beta.isf(tail, x + 1, x0), 1.0)
        lower = lowest / (1 - lowest) * t0 / t - 1
        upper = np.where(x0 > 0, highest / (1 - highest) * t0 / t, np.inf) - 1
        value = np.where(x0 > 0, (x / t - x0 / t0) / (x0 / t0), np.nan)
    share = t / (t + t0)
    below, above = stats.binom.cdf(x, x + x0, share), stats.binom.sf(x - 1, x + x0, share)
    p_value = np.minimum(1.0, 2 * np.minimum(below, above))
    return pd.DataFrame(
        {"value": value, "lower": lower, "upper": upper, "p_value": p_value, "method": "exact"}
    )


def smallest_clear_fall(base: int, confidence: float = 0.95) -> int | None:
    """Return the largest count that is a clear fall from `base`: its interval lies below zero; None if none does.

    Raises:
        ValueError: a negative base.
    """
    if base < 0:
        raise ValueError("a count is not negative")
    counts = np.arange(base + 1)
    clear = change_in_counts(counts, base, confidence)["upper"].to_numpy() < 0
    return int(counts[clear].max()) if clear.any() else None
