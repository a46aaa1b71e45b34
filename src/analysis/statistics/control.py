"""Months on one chart: does the series only waver, or has something happened (XmR chart)?"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.statistics._arrays import estimates, rows

#: three standard errors of the mean moving range of two: 3/1.128, as it is printed everywhere
XMR_CONSTANT: Final = 2.66
#: moving ranges beyond this multiple of their mean are left out once
SCREEN: Final = 3.267
#: with fewer points the limits say little
LEAST_POINTS: Final = 12
_RUN: Final = 7
#: what `signals` can say, upwards and downwards, from the weakest rule to the strongest
_SIGNALS: Final = (("high", "low"), ("near_upper", "near_lower"), ("rising", "falling"), ("above", "below"))


def xmr(
    values: ArrayLike, screen: bool = True, constant: float = XMR_CONSTANT, least: int = LEAST_POINTS
) -> pd.DataFrame:
    """Return mean and limits of an XmR chart.

    In words: mean ± 2.66 times the mean difference between neighbouring points; differences beyond 3.267 times their
    mean are left out once before, so that one outlier does not widen the limits. Source: D. J. Wheeler, Understanding
    Variation (1993). Valid from twelve points, monthly or weekly: not for a handful of years.

    Args:
        values: shape (series, points) or (points,); missing points are left out, with the differences beside them.
        screen: whether large differences are left out.
        constant: 2.66; some give 3/1.128 = 2.6596 in full.
        least: with fewer points the limits are missing.

    Returns:
        A frame `value, lower, upper, method, moving_range, points`, in the unit of the values: value = mean. A series
        that never moves has no limits with screening (no difference stays), and limits equal to its mean without.
    """
    y = rows(values)
    number = (~np.isnan(y)).sum(axis=1)
    moves = np.abs(np.diff(y, axis=1))
    average = _mean(moves)
    if screen:
        average = _mean(np.where(moves >= SCREEN * average[:, None], np.nan, moves))
    mean = _mean(y)
    half = np.where(number >= least, constant * average, np.nan)
    return estimates(mean, "xmr", mean - half, mean + half).assign(moving_range=average, points=number)


def seasonal(values: ArrayLike, seasons: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return of every point the mean of its season, and the standard error of its distance from it.

    In words: the mean of the same month in all years (the quasi-Poisson effects of the months), and √(mean·(1 − 1/n)),
    n being the number of years: how far a Poisson count strays from a mean that it is itself a part of. Distances in
    these units have no season, and the limits of an XmR chart of theirs lead back to limits of the counts.

    Args:
        values: counts, shape (series, points) or (points,); missing points are left out.
        seasons: of every point, such as the month of the year, shape (points,).

    Returns:
        Two arrays of the shape of the values; the error is zero where a season has one point or no count.
    """
    y, season = rows(values), np.asarray(seasons)
    mean, error = np.full(y.shape, np.nan), np.zeros(y.shape)
    for each in np.unique(season):
        at = season == each
        number = (~np.isnan(y[:, at])).sum(axis=1, keepdims=True)
        mean[:, at] = _mean(y[:, at])[:, None]
        share = np.divide(1.0, number, out=np.ones(number.shape), where=number > 0)
        error[:, at] = np.sqrt(np.nan_to_num(mean[:, at]) * (1 - share))
    return mean, error


def signals(values: ArrayLike, limits: pd.DataFrame) -> list[list[str]]:
    """Return for every point which rule it breaks: the first of these, or nothing.

    `above`, `below`: beyond a limit. `rising`, `falling`: one of seven points, each higher (lower) than the one
    before. `near_upper`, `near_lower`: one of at least two in three neighbours, all on that side of the mean, beyond
    two thirds of the way to the limit. `high`, `low`: one of seven neighbours on that side of the mean. Rules of the
    NHS "Making Data Count" charts.

    Args:
        values: shape (series, points) or (points,).
        limits: what `xmr` returned for them.

    Returns:
        One list per series, one word per point, "" for none (and for a missing point).
    """
    y = rows(values)
    mean, lower, upper = (limits[column].to_numpy()[:, None] for column in ("value", "lower", "upper"))
    side = np.nan_to_num(np.sign(y - mean))
    outside = np.where(y > upper, 1, np.where(y < lower, -1, 0))
    near = (outside == 0) & ((y > mean + (upper - mean) * 2 / 3) | (y < mean - (mean - lower) * 2 / 3))
    steps = np.nan_to_num(np.sign(np.diff(y, axis=1)))
    found = np.full(y.shape, "", dtype=object)
    # from the weakest rule to the strongest, each over the one before
    sides = [(same, side == same, steps == same) for same in (1, -1)]
    broken = (
        [_covered(_windows(on, _RUN), _RUN, _RUN, y.shape) for _, on, _ in sides],
        [_near_limit(on, near) for _, on, _ in sides],
        [_covered(_windows(moved, _RUN - 1), _RUN - 1, _RUN, y.shape) for _, _, moved in sides],
        [outside == same for same, _, _ in sides],
    )
    for words, both in zip(_SIGNALS, broken, strict=True):
        for word, at in zip(words, both, strict=True):
            found[at] = word
    return [list(row) for row in found]


def _windows(marks: np.ndarray, width: int) -> np.ndarray:
    if marks.shape[1] < width:
        return np.zeros((len(marks), 0, width), bool)
    return np.lib.stride_tricks.sliding_window_view(marks, width, axis=1)


def _near_limit(on: np.ndarray, near: np.ndarray) -> np.ndarray:
    trios = _windows(on, 3).all(axis=2, keepdims=True) & (_windows(near, 3).sum(axis=2, keepdims=True) >= 2)
    covered: np.ndarray = _covered(trios, 1, 3, near.shape) & near
    return covered


def _covered(windows: np.ndarray, marks: int, width: int, shape: tuple[int, ...]) -> np.ndarray:
    """Return which points lie in a run of `width` that starts where all `marks` of a window are set."""
    starts = windows.sum(axis=2) == marks
    covered = np.zeros(shape, bool)
    for offset in range(width):
        covered[:, offset : offset + starts.shape[1]] |= starts
    return covered


def _mean(values: np.ndarray) -> np.ndarray:
    known = ~np.isnan(values)
    number = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    mean: np.ndarray = np.divide(total, number, out=np.full(total.shape, np.nan), where=number > 0)
    return mean
