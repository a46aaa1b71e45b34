"""What was reported against what was verified, and what a sample could have missed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import scipy
from numpy.typing import ArrayLike

from analysis.statistics._arrays import counts, estimates, tail_of, vectors


def linear_kappa(table: ArrayLike, confidence: float = 0.95) -> pd.DataFrame:
    """Return how far two gradings of the same units agree beyond chance, near misses counting in part.

    In words: (agreement − agreement by chance) / (1 − agreement by chance), two grades one step apart agreeing in
    part; 1 is full agreement, 0 is chance. Source: J. Cohen, Psychological Bulletin 70 (1968) 213-220; computed by
    `statsmodels.stats.inter_rater.cohens_kappa(wt="linear")`. The interval is a normal approximation and wide for
    nine units.

    Args:
        table: numbers of units, shape (grades, grades): reported in rows, verified in columns, grades in their order.
        confidence: of the two-sided interval.

    Returns:
        A frame of one row `value, lower, upper, method, standard_error, agreement`: agreement = share of equal
        grades. Kappa is missing where chance alone agrees fully (all units in one grade), or there is no unit.

    Raises:
        ValueError: a table that is not square, or a negative number.
    """
    tail = tail_of(confidence)
    units = np.asarray(table, float)
    if units.ndim != 2 or units.shape[0] != units.shape[1] or np.any(units < 0):
        raise ValueError("a square table of numbers that are not negative is needed")
    total = units.sum()
    agreement = np.trace(units) / total if total else np.nan
    from statsmodels.stats.inter_rater import cohens_kappa  # noqa: PLC0415

    graded = (units.sum(axis=0) + units.sum(axis=1)) > 0
    if graded.sum() < 2:
        kappa, error = np.nan, np.nan
    else:
        # the error of two constant gradings is 0/0
        with np.errstate(invalid="ignore"):
            found = cohens_kappa(units, wt="linear")
        kappa, error = float(found.kappa), float(found.std_kappa)
    half = scipy.stats.norm.isf(tail) * error
    frame = estimates(np.array([kappa]), "kappa_linear", kappa - half, kappa + half)
    return frame.assign(standard_error=error, agreement=agreement)


def verified_ratio(
    reported: ArrayLike, verified: ArrayLike, population: int | None = None, confidence: float = 0.95
) -> pd.DataFrame:
    """Return verified ÷ reported over the records that were checked.

    In words: the sum of what was verified over the sum of what was reported; below 1 too much was reported. The
    standard error is that of a ratio in a random sample (W. G. Cochran, Sampling Techniques (1977) 6.4), smaller the
    more of the records were checked; the limits use Student's t.

    Args:
        reported: of each record checked, shape (n,).
        verified: of the same records.
        population: number of records there are; unlimited where none is given.
        confidence: of the two-sided interval.

    Returns:
        A frame of one row `value, lower, upper, method, standard_error`; missing where nothing was reported, limits
        missing for a single record.

    Raises:
        ValueError: a negative or missing amount, or more records checked than there are.
    """
    tail = tail_of(confidence)
    x, y = vectors(reported, verified)
    if not (np.all(x >= 0) and np.all(y >= 0)):
        raise ValueError("amounts must be there and not negative")
    n = len(x)
    if population is not None and population < n:
        raise ValueError("more records were checked than there are")
    if x.sum() == 0:
        return estimates(np.array([np.nan]), "ratio").assign(standard_error=np.nan)
    ratio = y.sum() / x.sum()
    left = 1 - n / population if population else 1.0
    error = np.sqrt(left * ((y - ratio * x) ** 2).sum() / (n - 1) / n) / x.mean() if n > 1 else np.nan
    half = scipy.stats.t.isf(tail, n - 1) * error if n > 1 else np.nan
    frame = estimates(np.array([ratio]), "ratio", ratio - half, ratio + half)
    return frame.assign(standard_error=error)


def undetected(
    found: ArrayLike, sample: ArrayLike, population: ArrayLike, confidence: float = 0.95
) -> pd.DataFrame:
    """Return how many false records there may be in all, given how many a random sample turned up.

    In words: the smallest and the largest number of false records under which a sample like this is not too
    unlikely, by the exact hypergeometric distribution. Source: J. P. Buonaccorsi, The American Statistician 41 (1987)
    215-218. Binomial limits and the "rule of three" overlook that a sample of 30 among 208 is a seventh of all.

    Args:
        found: false records in the sample, shape (n,) or scalar.
        sample: records checked.
        population: records there are.
        confidence: of the two-sided interval, and of `upper_one_sided` by itself.

    Returns:
        A frame `value, lower, upper, method, upper_one_sided`, numbers of records: value = found · population /
        sample; `upper_one_sided` is the one to quote for "at most". Missing where nothing was checked.

    Raises:
        ValueError: counts that are negative or not whole, more found than checked, more checked than there are.
    """
    tail = tail_of(confidence)
    x, n, whole = counts("counts", found, sample, population)
    x, n, whole = vectors(x, n, whole)
    if np.any(x > n) or np.any(n > whole):
        raise ValueError("found cannot exceed the sample, nor the sample the population")
    checked = np.where(n > 0, 0.0, np.nan)
    lower = _least_true(
        lambda false: scipy.stats.hypergeom.sf(x - 1, whole, false, n) > tail, x, whole - n + x
    )

    def too_unlikely(at: float) -> Callable[[np.ndarray], ArrayLike]:
        return lambda false: scipy.stats.hypergeom.cdf(x, whole, false, n) <= at

    most = whole - n + x
    upper, one_sided = (_least_true(too_unlikely(at), x, most + 1) - 1 for at in (tail, 2 * tail))
    value = np.divide(x * whole, n, out=checked.copy(), where=n > 0)
    frame = estimates(value, "hypergeometric", lower + checked, upper + checked)
    return frame.assign(upper_one_sided=one_sided + checked)


def sample_to_detect(population: ArrayLike, false_records: ArrayLike, confidence: float = 0.95) -> np.ndarray:
    """Return how many records must be checked to meet at least one false one with this confidence.

    In words: the smallest sample that misses all of them with a probability of at most 1 − confidence.

    Args:
        population: records there are, shape (n,) or scalar.
        false_records: how many of them are false.
        confidence: of finding one.

    Returns:
        Sample sizes as floats, shape (n,); missing where no record is false.

    Raises:
        ValueError: counts that are negative or not whole, more false records than records.
    """
    miss = 2 * tail_of(confidence)
    whole, false = counts("counts", population, false_records)
    if np.any(false > whole):
        raise ValueError("there cannot be more false records than records")
    needed = _least_true(
        lambda n: scipy.stats.hypergeom.cdf(0, whole, false, n) <= miss,
        np.zeros(whole.shape),
        whole - false + 1,
    )
    return np.where(false > 0, needed, np.nan)


def _least_true(test: Callable[[np.ndarray], ArrayLike], low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return the least whole number from low to high at which a test that turns true stays true; high if never."""
    low, high = low.copy(), high.copy()
    while np.any(low < high):
        middle = np.floor((low + high) / 2)
        passed = np.asarray(test(middle), bool)
        low, high = np.where(passed | (low >= high), low, middle + 1), np.where(passed, middle, high)
        low = np.minimum(low, high)
    return high
