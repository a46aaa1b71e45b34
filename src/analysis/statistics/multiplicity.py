"""Many flags at once: how many of them are chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy
from numpy.typing import ArrayLike


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
        adjusted[known] = scipy.stats.false_discovery_control(p[known], method="bh")
    return pd.DataFrame({"value": adjusted, "flag": adjusted <= level})


def thresholds(p_values: ArrayLike, level: float = 0.05) -> np.ndarray:
    """Return up to which p-value each test would be flagged if all the others stayed as they are.

    In words: the procedure flags the k smallest of m p-values for the largest k of which the k-th is at most k·level/m.
    With k − 1 others at most k·level/m a test passes at that line, and fails above the highest such line. A test is
    flagged by `benjamini_hochberg` exactly when its p-value is at most its threshold.

    Args:
        p_values: of one family of tests, shape (m,), all known.
        level: share of false flags that is accepted.

    Returns:
        Thresholds of shape (m,).
    """
    p = np.atleast_1d(np.asarray(p_values, float))
    lines = np.arange(1, len(p) + 1) * level / len(p)
    below = np.searchsorted(np.sort(p), lines, side="right")
    number = np.arange(1, len(p) + 1)
    flagged = int(np.max(number[below >= number], initial=0))
    # one more than there are: a line for who is not yet among them
    open_lines = np.concatenate([[-1.0], lines[below == number - 1]])
    nearest = open_lines[np.searchsorted(open_lines, p, side="left") - 1]
    found: np.ndarray = np.maximum(nearest, flagged * level / len(p))
    return found
