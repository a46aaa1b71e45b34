"""Ranks of numbers, and their rounding by a declared rule (`analysis.quantities.exact`)."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import scipy
from numpy.typing import ArrayLike

from analysis.quantities.exact import round_to

__all__ = ["ranks", "round_to"]

Ties = Literal["min", "max", "average", "dense", "first"]


def ranks(values: ArrayLike, higher_is_better: bool = True, ties: Ties = "min") -> np.ndarray:
    """Return ranks, 1 for the best; equal values share the better rank (1-2-2-4) unless told otherwise.

    Values are compared as they are: 0.1 + 0.2 ranks above 0.3. Round before ranking.

    Args:
        values: shape (n,); decimals are compared exactly.
        higher_is_better: whether the largest value has rank 1.
        ties: which rank equal values get: the better (`min`), the worse (`max`), the mean (`average`), the better
            without gaps after it (`dense`), or one each in the order given (`first`).

    Returns:
        Ranks as floats of shape (n,); missing for missing values.

    Raises:
        ValueError: an unknown way with ties.
    """
    if ties not in get_args(Ties):
        raise ValueError("ties are min, max, average, dense or first")
    array = np.asarray(values)
    if array.dtype == object:
        # decimals: their order among themselves, before floats can blur it
        array = np.unique(array, return_inverse=True)[1]
    array = array.astype(float)
    found: np.ndarray = np.full(array.shape, np.nan)
    known = ~np.isnan(array)
    found[known] = scipy.stats.rankdata(
        -array[known] if higher_is_better else array[known], method="ordinal" if ties == "first" else ties
    )
    return found
