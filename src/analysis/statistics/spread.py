"""How far the units lie apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.statistics._arrays import estimates


def coefficient_of_variation(values: ArrayLike, sample: bool = False) -> pd.DataFrame:
    """Return the standard deviation as a part of the mean.

    In words: √(mean squared distance from the mean) / mean. All units of a city are the whole, not a sample, so the
    sum of squares is divided by n; many publications divide by n − 1, hence `sample`: say which.

    Args:
        values: shape (units,), or (units, periods) for one row per period; missing units are left out.
        sample: divide by n − 1.

    Returns:
        A frame `value, lower, upper, method`: method `cv_population` or `cv_sample`; missing where the mean is zero,
        or a single unit is a sample.

    Raises:
        ValueError: a negative value: the coefficient then says nothing.
    """
    table, number = _columns(values)
    method = "cv_sample" if sample else "cv_population"
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.nansum(table, axis=0) / number
        squares = np.nansum((table - mean) ** 2, axis=0)
        deviation = np.sqrt(squares / (number - sample))
        value = np.where((mean > 0) & (number > sample), deviation / mean, np.nan)
    return estimates(value, method)


def max_over_min(values: ArrayLike) -> pd.DataFrame:
    """Return the largest value divided by the smallest.

    Args:
        values: shape (units,), or (units, periods) for one row per period; missing units are left out.

    Returns:
        A frame `value, lower, upper, method`; missing where the smallest is zero (there is no such ratio).

    Raises:
        ValueError: a negative value.
    """
    table, number = _columns(values)
    least = np.where(np.isnan(table), np.inf, table).min(axis=0, initial=np.inf)
    most = np.where(np.isnan(table), -np.inf, table).max(axis=0, initial=-np.inf)
    fit = (number > 0) & (least > 0)
    return estimates(np.divide(most, least, out=np.full(most.shape, np.nan), where=fit), "max_over_min")


def top_share(values: ArrayLike, top: int = 2) -> pd.DataFrame:
    """Return the share of the `top` largest units in the total.

    Args:
        values: shape (units,), or (units, periods) for one row per period; missing units are left out.
        top: how many units.

    Returns:
        A frame `value, lower, upper, method`, fractions; missing where the total is zero.

    Raises:
        ValueError: a negative value, or fewer than one unit asked for.
    """
    if top < 1:
        raise ValueError("at least one unit is taken")
    table, _ = _columns(values)
    known = np.nan_to_num(table)
    total = known.sum(axis=0)
    largest = np.sort(known, axis=0)[::-1][:top].sum(axis=0)
    return estimates(
        np.divide(largest, total, out=np.full(total.shape, np.nan), where=total > 0), "top_share"
    )


def _columns(values: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    table = np.asarray(values, float)
    table = table.reshape(-1, 1) if table.ndim < 2 else table
    if np.any(table < 0):
        raise ValueError("values must not be negative")
    return table, (~np.isnan(table)).sum(axis=0)
