"""Many flags at once: how many of them are chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats


def benjamini_hochberg(p_values: ArrayLike, level: float = 0.05) -> pd.DataFrame:
    """Return p-values adjusted so that at most `level` of the flags raised are expected to be false.

    In words: the k-th smallest of m p-values is multiplied by m/k, and no later one may end up smaller. Source: Y.
    Benjamini and Y. Hochberg, Journal of the Royal Statistical Society B 57 (1995) 289-300; computed by
    `scipy.stats.false_discovery_control`, which fails on whole numbers, hence floats. Valid for independent tests and
    those that hang together positively. Not needed for a handful of flags.

    Args:
        p_values: of one family of tests, shape (m,); missing ones are not counted in m and stay missing.
        level: share of false flags that is accepted.

    Returns:
        A frame `value, flag`: the adjusted p-value, and whether it is at most `level`.

    Raises:
        ValueError: a p-value outside [0, 1].
    """
    p = np.atleast_1d(np.asarray(p_values, float))
    known = ~np.isnan(p)
    if np.any((p[known] < 0) | (p[known] > 1)):
        raise ValueError("a p-value lies between 0 and 1")
    adjusted = np.full(p.shape, np.nan)
    if known.any():
        adjusted[known] = stats.false_discovery_control(p[known], method="bh")
    return pd.DataFrame({"value": adjusted, "flag": adjusted <= level})
