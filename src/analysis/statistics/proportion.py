"""One proportion, and the difference of two."""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy
from numpy.typing import ArrayLike

from analysis.statistics._arrays import estimates, rows, tail_of, vectors


def wilson(successes: ArrayLike, trials: ArrayLike, confidence: float = 0.95) -> pd.DataFrame:
    """Return proportions with Wilson's score interval.

    In words: all proportions p for which k successes lie within z standard errors √(p(1−p)/n) of what p promises.
    Source: E. B. Wilson, Journal of the American Statistical Association 22 (1927) 209-212; computed by
    `statsmodels.stats.proportion.proportion_confint` and clipped to [0, 1], because rounding leaves it at 3e-17
    where the limit is zero. Valid for any number of trials.

    Args:
        successes: counts, shape (n,) or scalar.
        trials: counts of the same shape; where there is no trial, value and limits are missing.
        confidence: of the two-sided interval.

    Returns:
        A frame `value, lower, upper, method`, fractions, one row per element.

    Raises:
        ValueError: more successes than trials (a rate above 100 %), or a negative count.
    """
    from statsmodels.stats.proportion import proportion_confint  # noqa: PLC0415

    alpha = 2 * tail_of(confidence)
    k, n = _pair(successes, trials)
    any_trial = n > 0
    lower, upper = proportion_confint(
        np.where(any_trial, k, 0.0), np.where(any_trial, n, 1.0), alpha=alpha, method="wilson"
    )
    return estimates(
        np.divide(k, n, out=np.full(n.shape, np.nan), where=any_trial),
        "wilson",
        np.where(any_trial, np.where(k == 0, 0.0, np.clip(lower, 0, 1)), np.nan),
        np.where(any_trial, np.where(k == n, 1.0, np.clip(upper, 0, 1)), np.nan),
    )


def pooled(successes: ArrayLike, trials: ArrayLike, years: int = 3, confidence: float = 0.95) -> pd.DataFrame:
    """Return the proportion of the last years taken together, with Wilson's interval, for units with few trials.

    In words: successes and trials are added up over the years, then treated as one year. It says something of one
    year only if the proportion hardly changed within them.

    Args:
        successes: counts, shape (units, periods) or (periods,), the latest last.
        trials: counts of the same shape. A period missing in either is left out of both sums.
        years: how many of the last periods are added up.
        confidence: of the two-sided interval.

    Returns:
        A frame `value, lower, upper, method, periods`, fractions, one row per unit; `periods` = how many counted.

    Raises:
        ValueError: more successes than trials, a negative count, or fewer than one year.
    """
    if years < 1:
        raise ValueError("at least one year is pooled")
    k, n = (rows(side)[:, -years:] for side in (successes, trials))
    _pair(k, n)
    known = ~(np.isnan(k) | np.isnan(n))
    frame = wilson(np.where(known, k, 0).sum(axis=1), np.where(known, n, 0).sum(axis=1), confidence)
    return frame.assign(method="pooled", periods=known.sum(axis=1))


def difference(
    successes: ArrayLike,
    trials: ArrayLike,
    previous_successes: ArrayLike,
    previous_trials: ArrayLike,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return the difference of two independent proportions (now minus before) with Newcombe's interval.

    In words: the distances of both proportions to their Wilson limits, squared and added. Source: R. G. Newcombe,
    Statistics in Medicine 17 (1998) 873-890, method 10; computed by
    `statsmodels.stats.proportion.confint_proportions_2indep`.

    Args:
        successes: counts now, shape (n,) or scalar.
        trials: counts now.
        previous_successes: counts before.
        previous_trials: counts before.
        confidence: of the two-sided interval.

    Returns:
        A frame `value, lower, upper, method`, fractions (0.02 = two percentage points); all missing where either has
        no trial.

    Raises:
        ValueError: more successes than trials, or a negative count.
    """
    from statsmodels.stats.proportion import confint_proportions_2indep  # noqa: PLC0415

    alpha = 2 * tail_of(confidence)
    k, n, k0, n0 = vectors(successes, trials, previous_successes, previous_trials)
    _pair(k, n)
    _pair(k0, n0)
    both = (n > 0) & (n0 > 0)
    safe = [np.where(both, a, fill) for a, fill in ((k, 0.0), (n, 1.0), (k0, 0.0), (n0, 1.0))]
    lower, upper = confint_proportions_2indep(*safe, method="newcomb", alpha=alpha)
    value = safe[0] / safe[1] - safe[2] / safe[3]
    missing = np.where(both, 0.0, np.nan)
    return estimates(value + missing, "newcombe", lower + missing, upper + missing)


def fisher(
    successes: ArrayLike, trials: ArrayLike, previous_successes: ArrayLike, previous_trials: ArrayLike
) -> pd.DataFrame:
    """Return the difference of two proportions with the p-value of Fisher's exact test.

    In words: with all four margins given, the probability of a table that is no more likely than this one. Computed
    by `scipy.stats.fisher_exact`. Its p may lie on the other side of 5 % than Newcombe's interval: it is conservative.

    Args:
        successes: counts now, shape (n,) or scalar.
        trials: counts now.
        previous_successes: counts before.
        previous_trials: counts before.

    Returns:
        A frame `value, lower, upper, method, p_value`; the limits are missing (see `difference`).

    Raises:
        ValueError: more successes than trials, or a negative count.
    """
    k, n, k0, n0 = vectors(successes, trials, previous_successes, previous_trials)
    _pair(k, n)
    _pair(k0, n0)
    both = (n > 0) & (n0 > 0)
    missing = np.where(both, 0.0, np.nan)
    value = np.divide(k, n, out=missing.copy(), where=both) - np.divide(
        k0, n0, out=missing.copy(), where=both
    )
    tables = np.stack([k, n - k, k0, n0 - k0], axis=-1)
    p_values = [
        float(scipy.stats.fisher_exact(table.reshape(2, 2).astype(int)).pvalue) if known else np.nan
        for table, known in zip(tables, both, strict=True)
    ]
    return estimates(value, "fisher").assign(p_value=np.array(p_values, float))


def fisher_tails(
    successes: ArrayLike, trials: ArrayLike, previous_successes: ArrayLike, previous_trials: ArrayLike
) -> pd.DataFrame:
    """Return how probable it is, with all four margins given, to see as few successes now, and as many.

    In words: the successes of both periods are dealt out to their trials by chance (hypergeometric distribution). Twice
    the smaller tail, at most 1, is a two-sided p-value that takes a side, unlike that of `fisher`.

    Args:
        successes: counts now, shape (n,) or scalar.
        trials: counts now.
        previous_successes: counts before.
        previous_trials: counts before.

    Returns:
        A frame `p_less, p_greater`; missing where there is no trial.

    Raises:
        ValueError: more successes than trials, or a negative count.
    """
    k, n, k0, n0 = vectors(successes, trials, previous_successes, previous_trials)
    _pair(k, n)
    _pair(k0, n0)
    both = (n > 0) & (n0 > 0)
    whole = np.where(both, n + n0, 1.0)
    tails = scipy.stats.hypergeom.cdf(k, whole, k + k0, n), scipy.stats.hypergeom.sf(k - 1, whole, k + k0, n)
    less, greater = (np.where(both, tail, np.nan) for tail in tails)
    return pd.DataFrame({"p_less": less, "p_greater": greater})


def _pair(successes: ArrayLike, trials: ArrayLike) -> list[np.ndarray]:
    k, n = vectors(successes, trials)
    if np.any(k < 0) or np.any(k > n):
        raise ValueError("successes must lie between zero and the number of trials")
    return [k, n]
