"""Pairs of years without a true change, and with a true halving: how often one change alone is clear."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from analysis.indicators.verdicts import LEVEL
from analysis.statistics import change_in_counts, change_in_sums

SIZES = (5, 10, 20, 50, 100, 200, 500)
YEARS = 1500
Sizes = Callable[[np.random.Generator, int], np.ndarray]


def workers(rng: np.random.Generator, cases: int) -> np.ndarray:
    """Workers of each case: two or more, ten on average, skewed."""
    return 1 + rng.geometric(1 / 9, cases)


def amounts(rng: np.random.Generator, cases: int) -> np.ndarray:
    """Yuan of each case, skewed further: a tenth of the cases holds over a third of the money."""
    return np.rint(rng.lognormal(11.5, 0.9, cases)).astype(np.int64)


QUANTITIES: dict[str, Sizes | None] = {"cases": None, "workers": workers, "amount": amounts}


def share_of_clear(
    quantity: str, expected: float, ratio: float, fall_only: bool, years: int = YEARS
) -> float:
    """Return in what share of simulated years the verdict is clear.

    Args:
        quantity: `cases`, `workers` or `amount`.
        expected: cases to be expected in the earlier year.
        ratio: cases to be expected in the later year, as a part of that: 1 for no true change.
        fall_only: count clear falls only.
        years: number of simulated pairs of years.
    """
    rng = np.random.default_rng([int(expected), int(1000 * ratio), len(quantity)])
    cases = rng.poisson([ratio * expected, expected], (years, 2))
    draw = QUANTITIES[quantity]
    bounds = change_in_counts(*cases.T) if draw is None else _of_sums(cases, draw, rng)
    clear = bounds["p_value"] <= LEVEL
    return float((clear & (bounds["upper"] < 0) if fall_only else clear).mean())


def _of_sums(cases: np.ndarray, draw: Sizes, rng: np.random.Generator) -> pd.DataFrame:
    pairs = list(_pairs(cases, draw, rng))
    now, before = ([int(pair[side].sum()) for pair in pairs] for side in (0, 1))
    squares = [sum(int((part * part).sum()) for part in pair) for pair in pairs]
    return change_in_sums(now, before, squares)


def _pairs(
    cases: np.ndarray, draw: Sizes, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for now, before in cases.tolist():
        yield draw(rng, now), draw(rng, before)
