"""Why a product changed: effects of its factors, and contributions of its parts."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def lmdi(previous: ArrayLike, current: ArrayLike) -> np.ndarray:
    """Return the LMDI-I effects of chained totals, exactly additive: each row sums to the change of its last total.

    A total is taken apart as x1 · (x2/x1) · (x3/x2) …: cases × workers per case × amount per worker. Source: B. W. Ang,
    Energy Policy 33 (2005) 867-871. Zeros have analytical limits and no small constant (R. Wood and M. Lenzen, Energy
    Policy 34 (2006) 1326-1331): the factor that vanishes or appears takes the whole change.

    Args:
        previous: chained totals, shape (n, k): `[x1, x2, …, xk]` per row, not negative; 0 passes on to what follows.
        current: the same totals now.

    Returns:
        Effects, shape (n, k), in the unit of the last total.

    Raises:
        ValueError: a negative or missing total, or a positive total behind a zero one.
    """
    before, now = (np.atleast_2d(np.asarray(a, float)) for a in (previous, current))
    for totals in (before, now):
        if not np.all(totals >= 0):
            raise ValueError("totals must be there and not negative")
        if np.any((totals[:, 1:] > 0) & (totals[:, :-1] == 0)):
            raise ValueError("a positive total behind a total of zero")
    weight = logarithmic_mean(before[:, -1], now[:, -1])
    steps = np.log(np.where(now > 0, now, 1)) - np.log(np.where(before > 0, before, 1))
    effects = weight[:, None] * np.diff(steps, axis=1, prepend=0.0)
    vanished = (before[:, -1] > 0) != (now[:, -1] > 0)
    # the first factor that is zero on one side and not on the other takes all
    switch = np.argmax((before > 0) != (now > 0), axis=1)
    whole = np.zeros_like(effects)
    whole[np.arange(len(effects)), switch] = now[:, -1] - before[:, -1]
    nothing = (before[:, -1] == 0) & (now[:, -1] == 0)
    effects = np.where(vanished[:, None], whole, effects)
    effects[nothing] = 0.0
    return effects


def logarithmic_mean(a: ArrayLike, b: ArrayLike) -> np.ndarray:
    """Return L(a, b) = (a − b)/(ln a − ln b), with L(a, a) = a and L(a, 0) = 0."""
    a, b = (np.asarray(side, float) for side in (a, b))
    positive = (a > 0) & (b > 0)
    safe_a, safe_b = np.where(positive, a, 1.0), np.where(positive, b, 1.0)
    # log1p keeps its digits where a and b nearly agree; the plain quotient would cancel
    logs = np.log1p((safe_a - safe_b) / safe_b)
    mean = np.divide(safe_a - safe_b, logs, out=safe_a.copy(), where=logs != 0)
    return np.where(positive, mean, 0.0)


def contributions(previous: ArrayLike, current: ArrayLike) -> np.ndarray:
    """Return what each part adds to the relative change of the total: (now − before) / total before; they sum to it.

    Returns:
        Fractions of the shape (n,); all missing where the total before is zero.
    """
    before, now = np.asarray(previous, float), np.asarray(current, float)
    total = before.sum()
    return (now - before) / total if total else np.full(before.shape, np.nan)
