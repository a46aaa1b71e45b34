"""One proportion, and the difference of two."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint


def wilson(successes: ArrayLike, trials: ArrayLike, confidence: float = 0.95) -> pd.DataFrame:
    """Return proportions with Wilson's score interval.

    Source: E. B. Wilson, Journal of the American Statistical Association 22 (1927) 209-212; computed by
    `statsmodels.stats.proportion.proportion_confint` and clipped to [0, 1], because rounding leaves it at 3e-17
    where the limit is zero.

    Args:
        successes: counts, shape (n,) or scalar.
        trials: counts of the same shape; where there is no trial, value and limits are missing.
        confidence: of the two-sided interval.

    Returns:
        A frame `value, lower, upper, method`, fractions, one row per element.

    Raises:
        ValueError: more successes than trials, or a negative count.
    """
    k, n = _pair(successes, trials)
    any_trial = n > 0
    lower, upper = proportion_confint(
        np.where(any_trial, k, 0.0), np.where(any_trial, n, 1.0), alpha=1 - confidence, method="wilson"
    )
    value = np.divide(k, n, out=np.full(n.shape, np.nan), where=any_trial)
    return pd.DataFrame(
        {
            "value": value,
            "lower": np.where(any_trial, np.where(k == 0, 0.0, np.clip(lower, 0, 1)), np.nan),
            "upper": np.where(any_trial, np.where(k == n, 1.0, np.clip(upper, 0, 1)), np.nan),
            "method": "wilson",
        }
    )


def difference(
    successes: ArrayLike,
    trials: ArrayLike,
    previous_successes: ArrayLike,
    previous_trials: ArrayLike,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return the difference of two independent proportions (now minus before) with Newcombe's interval.

    Source: R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10 (Wilson limits squared and added).

    Returns:
        A frame `value, lower, upper, method`, fractions; all missing where either has no trial.

    Raises:
        ValueError: more successes than trials, or a negative count.
    """
    k, n = _pair(successes, trials)
    k0, n0 = _pair(previous_successes, previous_trials)
    both = (n > 0) & (n0 > 0)
    safe = [np.where(both, a, fill) for a, fill in ((k, 0.0), (n, 1.0), (k0, 0.0), (n0, 1.0))]
    lower, upper = confint_proportions_2indep(*safe, method="newcomb", alpha=1 - confidence)
    value = safe[0] / safe[1] - safe[2] / safe[3]
    return pd.DataFrame(
        {
            "value": np.where(both, value, np.nan),
            "lower": np.where(both, lower, np.nan),
            "upper": np.where(both, upper, np.nan),
            "method": "newcombe",
        }
    )


def _pair(successes: ArrayLike, trials: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    k, n = np.broadcast_arrays(
        np.atleast_1d(np.asarray(successes, float)), np.atleast_1d(np.asarray(trials, float))
    )
    if np.any(k < 0) or np.any(k > n):
        raise ValueError("successes must lie between zero and the number of trials")
    return k, n
