"""How long something takes that has not happened to all of them yet (Kaplan and Meier)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.statistics._arrays import estimates, tail_of, vectors

_HALF = 0.5
#: a share that is a half but for the rounding of its product is a half, and half still wait
_ROUNDED = 1e-9


def waiting(days: ArrayLike, happened: ArrayLike, confidence: float = 0.95) -> pd.DataFrame:
    """Return the first day by which it has happened to more than half, with its interval.

    In words: of those who have waited so long the share is taken to whom it happens on each day; multiplied over the
    days, who is still waiting counts as long as he has waited. Source: E. L. Kaplan and P. Meier, J. Am. Stat. Assoc.
    53 (1958) 457-481; the interval holds the days on which the curve, on the scale log(−log), is no further from a half
    than Greenwood's error allows (R. Brookmeyer and J. Crowley, Biometrics 38 (1982) 29-41). Computed by
    `statsmodels.duration.survfunc.SurvfuncRight`.

    Args:
        days: waited until it happened, or until now, shape (n,).
        happened: whether it has, shape (n,).
        confidence: of the two-sided interval.

    Returns:
        A frame `value, lower, upper, method` of one row, in days; the value is missing where half are still waiting, an
        upper limit where the days are too few to know one, everything where there is nobody.

    Raises:
        ValueError: a negative number of days.
    """
    from statsmodels.duration.survfunc import SurvfuncRight  # noqa: PLC0415

    alpha = 2 * tail_of(confidence)
    waited, done = _waited(days, happened)
    found = [np.nan] * 3
    if len(waited):
        # the curve is 1 before anything happens and may end at 0, where its scale has no numbers
        with np.errstate(divide="ignore", invalid="ignore"):
            limits = SurvfuncRight(waited, done).quantile_ci(_HALF, alpha)
        steps = curve(waited, done)
        below = steps.loc[steps["value"] < _HALF - _ROUNDED, "day"]
        found = [below.min(), *limits]
    value, lower, upper = (np.array([end if np.isfinite(end) else np.nan], float) for end in found)
    return estimates(value, "kaplan_meier", lower, upper)


def curve(days: ArrayLike, happened: ArrayLike) -> pd.DataFrame:
    """Return who still waits after each day on which it happens to somebody (Kaplan and Meier, as `waiting`).

    Args:
        days: waited until it happened, or until now, shape (n,).
        happened: whether it has, shape (n,).

    Returns:
        A frame `day, at_risk, happened, value`, ascending: how many had waited so long, to how many it happened that
        day, and the share that waits on; without a row where it has happened to nobody.

    Raises:
        ValueError: a negative number of days.
    """
    waited, done = _waited(days, happened)
    on, there = np.unique(waited[done > 0], return_counts=True)
    at_risk = len(waited) - np.searchsorted(np.sort(waited), on)
    left = np.cumprod(1 - there / np.maximum(at_risk, 1))
    return pd.DataFrame({"day": on, "at_risk": at_risk, "happened": there, "value": left})


def _waited(days: ArrayLike, happened: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    waited, done = vectors(days, happened)
    if np.any(waited < 0):
        raise ValueError("nobody waits a negative number of days")
    return waited, done
