"""A composite of indicators: goalposts fixed beforehand, and the weighted arithmetic mean."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.statistics._arrays import estimates, vectors


def goalposts(
    values: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    higher_is_better: ArrayLike = True,
    *,
    truncate: bool = True,
    scale: float = 100.0,
) -> np.ndarray:
    """Return values as points between two goalposts that were published beforehand.

    In words: the part of the way from the worse post to the better, times `scale`. As the posts do not depend on who
    takes part, leaving one unit out moves no other; with the year's own minimum and maximum as posts it can turn the
    order of other units round.

    Args:
        values: any shape, in the unit of the posts; a missing value stays missing.
        low: the lower post, scalar or of a shape that broadcasts (one per column).
        high: the higher post.
        higher_is_better: which post earns `scale`.
        truncate: whether values beyond the posts earn 0 and `scale`, or go on.
        scale: points of the better post.

    Returns:
        Points, of the shape of `values`.

    Raises:
        ValueError: a lower post that is not below the higher.
    """
    x, least, most = vectors(values, low, high)
    if not np.all(least < most):
        raise ValueError("the lower goalpost must lie below the higher")
    upward = np.broadcast_to(np.asarray(higher_is_better, bool), x.shape)
    part = np.where(upward, x - least, most - x) / (most - least)
    points: np.ndarray = scale * (np.clip(part, 0.0, 1.0) if truncate else part)
    return points


def weighted_mean(values: ArrayLike, weights: ArrayLike | None = None) -> pd.DataFrame:
    """Return the weighted arithmetic mean of each row.

    In words: values times weights, added up and divided by the sum of the weights. A row with a missing value has no
    mean: spreading its weight over the others would reward who does not report its worst.

    Args:
        values: shape (n, k): units in rows, indicators in columns.
        weights: shape (k,), not negative, in any unit; equal where none are given.

    Returns:
        A frame `value, lower, upper, method` in the unit of the values; the limits are missing.

    Raises:
        ValueError: weights that do not fit, are negative, or sum to zero.
    """
    table = np.atleast_2d(np.asarray(values, float))
    w = np.ones(table.shape[1]) if weights is None else np.asarray(weights, float)
    if w.shape != (table.shape[1],) or not np.all(w >= 0) or (w.size and w.sum() == 0):
        raise ValueError("one weight per column is needed, none negative, not all zero")
    if not table.size:
        return estimates(np.array([]), "weighted_mean")
    return estimates((table * w).sum(axis=1) / w.sum(), "weighted_mean")
