"""Why a product changed: effects of its factors, and contributions of its parts."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.statistics._arrays import vectors


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


def lmdi_of_factors(previous: ArrayLike, current: ArrayLike) -> np.ndarray:
    """Return the LMDI-I effects where the factors themselves are given: `[x1, x2, x3]` with total x1·x2·x3.

    Args:
        previous: factors, shape (n, k), not negative.
        current: the same factors now.

    Returns:
        Effects, shape (n, k), in the unit of the product.

    Raises:
        ValueError: a negative or missing factor.
    """
    before, now = (np.cumprod(np.atleast_2d(np.asarray(a, float)), axis=1) for a in (previous, current))
    return lmdi(before, now)


def effect_ratios(effects: ArrayLike, previous: ArrayLike, current: ArrayLike) -> np.ndarray:
    """Return by what each factor multiplied the total; the ratios multiply to now / before.

    In words: exp(effect of the factor over all rows / L(now, before)), L being the logarithmic mean of the totals.
    Source: B. W. Ang, Energy Policy 33 (2005) 867-871 (multiplicative LMDI-I).

    Args:
        effects: of `lmdi`, shape (n, k).
        previous: total of each row before, shape (n,).
        current: total of each row now.

    Returns:
        Ratios of shape (k,); missing where the total is zero before or now.
    """
    before, now = (float(np.sum(vectors(side)[0])) for side in (previous, current))
    weight = float(logarithmic_mean(now, before))
    added = np.atleast_2d(np.asarray(effects, float)).sum(axis=0)
    ratios: np.ndarray = np.exp(added / weight) if weight > 0 else np.full(added.shape, np.nan)
    return ratios


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


def kitagawa(
    successes: ArrayLike,
    trials: ArrayLike,
    previous_successes: ArrayLike,
    previous_trials: ArrayLike,
) -> pd.DataFrame:
    """Return why a common rate moved: because the parts' rates moved (within), or their weights (between).

    In words: within = change of the part's rate times its mean share of the trials; between = change of its share
    times how far its mean rate lies from the mean common rate. All within and between add up to the change of the
    common rate. Source: E. M. Kitagawa, Journal of the American Statistical Association 50 (1955) 1168-1194. A part
    without trials in one of the periods has no rate there: its other rate stands for it, so that it counts as between.

    Args:
        successes: of each part now, shape (n,).
        trials: of each part now.
        previous_successes: before.
        previous_trials: before.

    Returns:
        A frame `within, between`, fractions, one row per part; all missing where there is no trial in a period.

    Raises:
        ValueError: more successes than trials, or a negative count.
    """
    k, n, k0, n0 = vectors(successes, trials, previous_successes, previous_trials)
    if np.any(k < 0) or np.any(k0 < 0) or np.any(k > n) or np.any(k0 > n0):
        raise ValueError("successes must lie between zero and the number of trials")
    if not (n.sum() > 0 and n0.sum() > 0):
        return pd.DataFrame({"within": np.full(n.shape, np.nan), "between": np.full(n.shape, np.nan)})
    now = np.divide(k, n, out=np.zeros(n.shape), where=n > 0)
    before = np.divide(k0, n0, out=np.zeros(n.shape), where=n0 > 0)
    now, before = np.where(n > 0, now, before), np.where(n0 > 0, before, now)
    share, share0 = n / n.sum(), n0 / n0.sum()
    common = (k.sum() / n.sum() + k0.sum() / n0.sum()) / 2
    return pd.DataFrame(
        {
            "within": (now - before) * (share + share0) / 2,
            "between": (share - share0) * ((now + before) / 2 - common),
        }
    )
