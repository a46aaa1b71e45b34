"""Shapes shared by the statistics: vectors, series in rows, and the frame every estimate comes back in."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike


def vectors(*arrays: ArrayLike) -> list[np.ndarray]:
    """Return the arrays as floats, broadcast to one shape of at least one dimension; a missing value is NaN."""
    made = [np.atleast_1d(np.asarray(array, float)) for array in arrays]
    return [array.copy() for array in np.broadcast_arrays(*made)]


def counts(name: str, *arrays: ArrayLike) -> list[np.ndarray]:
    """Return `vectors` of counts.

    Raises:
        ValueError: a count that is negative or not whole; missing ones pass.
    """
    made = vectors(*arrays)
    for array in made:
        known = array[~np.isnan(array)]
        if np.any(known < 0) or np.any(known != np.floor(known)):
            raise ValueError(f"{name} must be whole and not negative")
    return made


def rows(values: ArrayLike) -> np.ndarray:
    """Return values as floats of shape (series, periods): one series becomes one row, nothing becomes no row."""
    array = np.asarray(values, float)
    if array.ndim > 2:
        raise ValueError("series come as one row, or as rows of a table")
    if array.ndim < 2:
        return array.reshape(1 if array.size else 0, array.size)
    return array


def times_of(times: ArrayLike | None, periods: int) -> np.ndarray:
    """Return the times of the periods, 0, 1, 2, … where none are given.

    Raises:
        ValueError: as many times as periods are needed, in rising order.
    """
    made = np.arange(periods, dtype=float) if times is None else np.asarray(times, float)
    if made.shape != (periods,) or not np.all(np.diff(made) > 0):
        raise ValueError("one time per period is needed, in rising order")
    return made


def tail_of(confidence: float) -> float:
    """Return the error left on each side of a two-sided interval.

    Raises:
        ValueError: a confidence outside (0, 1), such as 95 for 0.95.
    """
    if not 0 < confidence < 1:
        raise ValueError("a confidence lies between 0 and 1, such as 0.95")
    return (1 - confidence) / 2


def estimates(
    value: np.ndarray, method: str | np.ndarray, lower: ArrayLike = np.nan, upper: ArrayLike = np.nan
) -> pd.DataFrame:
    """Return a frame `value, lower, upper, method`, one row per element; limits are missing where none exist."""
    limits = {
        side: np.broadcast_to(np.asarray(at, float), value.shape)
        for side, at in (("lower", lower), ("upper", upper))
    }
    return pd.DataFrame(
        {"value": value, **limits, "method": np.broadcast_to(np.asarray(method, str), value.shape)}
    )
