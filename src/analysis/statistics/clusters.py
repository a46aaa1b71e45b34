"""Sums over clusters: persons and money come case by case, so their sum carries far less information than it counts.

With clusters of sizes s the variance of a compound Poisson sum is Σs² where that of a Poisson count is Σs; dividing
the sum by d = Σs²/Σs gives the count of independent events with the same relative spread. Source: J. N. K. Rao and
A. J. Scott, Biometrics 48 (1992) 577-585 (dividing counts by the design effect before an ordinary test).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Final

import pandas as pd

from analysis.statistics.counts import change_in_counts

#: the dispersion of counts that vary like Poisson counts
POISSON: Final = Fraction(1)


def design_factor(sizes: Iterable[int]) -> float:
    """Return d = Σs²/Σs of cluster sizes; missing when there is no cluster or all are empty.

    Raises:
        ValueError: a negative size.
    """
    sizes = list(sizes)
    if any(size < 0 for size in sizes):
        raise ValueError("a cluster size is not negative")
    total = sum(sizes)
    return float(Fraction(sum(size * size for size in sizes), total)) if total else math.nan


def effective_counts(
    totals: Sequence[int],
    sums: Sequence[int],
    sums_of_squares: Sequence[int],
    dispersion: Fraction = POISSON,
) -> list[int]:
    """Return totals / (φ·d) rounded down, d = sums_of_squares / sums, in whole-number arithmetic.

    Floating point would turn an exact 10 into 9 when all clusters have one size, and money in minor units squared
    passes 64 bits, hence Python's integers. Where there is nothing (sum of squares zero), the count is 0. Counts of
    single events are clusters of size 1: both sums the same.

    Args:
        totals: of one period, one per row.
        sums: of the clusters of all periods compared.
        sums_of_squares: of the same clusters.
        dispersion: φ, by how much the number of clusters varies more than a Poisson count (`dispersion`).
    """
    return [
        total * whole * dispersion.denominator // (squares * dispersion.numerator) if squares else 0
        for total, whole, squares in zip(totals, sums, sums_of_squares, strict=True)
    ]


def change_in_sums(
    current: Sequence[int],
    previous: Sequence[int],
    squares: Sequence[int],
    confidence: float = 0.95,
    dispersion: Fraction = POISSON,
) -> pd.DataFrame:
    """Return the relative change of sums over clusters (workers, money), with the interval of their effective counts.

    In words: the change is that of the sums; whether it is clear is decided by the two sums divided by d = Σs²/Σs of
    the cases of both periods (and by φ) and rounded down, as if so many independent events had been counted. With no
    true change about 2-4 % of years come out clear, where an interval on the persons themselves says so in two years
    of three.

    Args:
        current: sums now, whole numbers (persons, fen), one per row.
        previous: sums before.
        squares: Σs² over the clusters of both periods; the sums themselves where every cluster is one event.
        confidence: of the two-sided interval.
        dispersion: φ of the number of clusters.

    Returns:
        A frame `value, lower, upper, p_value, method`, fractions; value missing on a zero base. The interval belongs
        to the effective counts and need not lie evenly around the value.

    Raises:
        ValueError: sequences of different lengths, or a negative number.
    """
    if any(number < 0 for number in (*current, *previous, *squares)):
        raise ValueError("a sum is not negative")
    sums = [sum(pair) for pair in zip(current, previous, strict=True)]
    now, before = (effective_counts(totals, sums, squares, dispersion) for totals in (current, previous))
    frame = change_in_counts(now, before, confidence)
    value = [(new - old) / old if old else math.nan for new, old in zip(current, previous, strict=True)]
    return frame.assign(value=pd.Series(value, dtype=float), method="clustered")
