"""By how much counts vary more than Poisson counts do: within years from month to month, and from year to year.

The dispersion φ is the variance of a count over its mean, once what moves the mean is taken out. Counts divided by it
carry about as much information as so many Poisson counts (P. McCullagh and J. A. Nelder, Generalized Linear Models
(1989) 6.2.3), so that an exact test of two counts stays honest on x/φ.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from analysis.statistics._arrays import rows, times_of
from analysis.statistics.trend import log_linear_means

#: with fewer years nothing is left of a unit once its level and its trend are taken out
LEAST_YEARS: Final = 3
#: the common effect of the years moves by less than this share in the last step
_SETTLED: Final = 1e-10
_STEPS: Final = 500


def of_months(counts: ArrayLike) -> float:
    """Return the dispersion of monthly counts, the level of every year and the season taken out.

    In words: every row (a unit's year) has its own level, every column (a month of the year) its share, the same in
    all rows; φ = Σ(x − μ)²/μ over the (rows − 1)·(columns − 1) degrees of freedom that are left. With the sums of
    rows and columns given, the expectation of that sum is exactly N/(N − 1) times the degrees of freedom for Poisson
    counts, however small they are (M. S. Bartlett, Journal of the Royal Statistical Society Suppl. 4 (1937) 131-137),
    so it is divided by that.

    Args:
        counts: shape (rows, months), all known; rows and columns without any count are left out.

    Returns:
        φ, below 1 where the months vary less than Poisson counts; missing with fewer than two rows or columns.

    Raises:
        ValueError: a negative count.
    """
    x = _known(counts)
    x = x[x.sum(axis=1) > 0]
    x = x[:, x.sum(axis=0) > 0] if len(x) else x
    freedom = (x.shape[0] - 1) * (x.shape[1] - 1)
    if freedom < 1:
        return np.nan
    total = x.sum()
    mean = x.sum(axis=1, keepdims=True) * x.sum(axis=0, keepdims=True) / total
    return float(((x - mean) ** 2 / mean).sum() / freedom * (total - 1) / total)


def of_years(counts: ArrayLike, years: ArrayLike) -> float:
    """Return the dispersion of yearly counts of several units about their own trends, a common year effect taken out.

    In words: log μ = level of the unit + slope of the unit · year + effect of the year, fitted by Poisson likelihood;
    φ = Σ(x − μ)²/μ over the (units − 1)·(years − 2) degrees of freedom that are left. What moves all units alike, and
    what moves one of them steadily, is no noise; what is left is what a verdict on two years has to reckon with.

    Args:
        counts: shape (units, years), all known; a unit whose slope is without bounds (counted in its first or last
            year alone, or never) is left out.
        years: when they are, rising.

    Returns:
        φ, below 1 where the years vary less than Poisson counts; missing with fewer than `LEAST_YEARS` years or two
        units.

    Raises:
        ValueError: a negative count, or years that do not rise or do not fit.
    """
    x = _known(counts)
    t = times_of(years, x.shape[1]) if x.size else np.array([])
    if len(t) < LEAST_YEARS:
        return np.nan
    effect = np.ones(len(t))
    for _ in range(_STEPS):
        mean = log_linear_means(x, t, effect)
        fit = ~np.isnan(mean[:, 0])
        if fit.sum() < 2:
            return np.nan
        step = x[fit].sum(axis=0) / mean[fit].sum(axis=0)
        effect = effect * step
        if np.any(step == 0) or np.all(np.abs(step - 1) < _SETTLED):
            break
    own, expected = x[fit], mean[fit]
    # a year in which nobody counted anything says nothing of how counts vary
    there = own.sum(axis=0) > 0
    freedom = (len(own) - 1) * (int(there.sum()) - 2)
    if freedom < 1:
        return np.nan
    return float(((own - expected)[:, there] ** 2 / expected[:, there]).sum() / freedom)


def largest(found: Sequence[float]) -> Fraction:
    """Return the largest of 1 and the dispersions found, in two places as it is printed, so that readers can recompute.

    Args:
        found: dispersions; missing ones are passed over.
    """
    known = [1.0, *(value for value in found if np.isfinite(value))]
    return Fraction(round(max(known) * 100), 100)


def _known(counts: ArrayLike) -> np.ndarray:
    x = rows(counts)
    if np.any(~(x >= 0)):
        raise ValueError("counts must be there and not negative")
    return x
