"""Holes in a series of counts: stretches with so few that it looks like a miracle and is none.

What is expected of a stretch comes from what lies beside it (whole years), or from the same months of the year next to
it (months at an end of the series, so that a season is no hole); a Poisson count so low by chance is one in 10 000.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

#: so unlikely must so few rows be, if they came as those beside them did
UNLIKELY: Final = 1e-4
_YEAR: Final = 12


def at_most(count: int, mean: float) -> float:
    """Return the probability of at most `count` events where `mean` are expected (Poisson); 1 where none are."""
    if mean <= 0:
        return 1.0
    return min(1.0, sum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1)))


def thin_years(
    counts: Mapping[int, int], years: Sequence[int], share: float
) -> Iterator[tuple[int, int, int]]:
    """Yield the years with far fewer rows than those around them, with their count and the one expected.

    Several thin years side by side are held against the years around all of them. Expected is the smaller count of the
    two nearest years (one on either side; at an end the next two inwards), so that a steady decline tells nothing.

    Args:
        counts: rows by year.
        years: the years looked at, in order; three at least, or nothing can be told.
        share: how small a part of what is expected is far too few.
    """
    numbers = [counts.get(year, 0) for year in years]
    expected = [0] * len(years)
    for first in range(len(years)):
        for last in range(first, len(years)):
            outside = _beside(first, last, len(years))
            if len(outside) < len(("before", "after")):
                continue
            each = min(numbers[place] for place in outside)
            run = range(first, last + 1)
            if all(numbers[at] < share * each and at_most(numbers[at], each) < UNLIKELY for at in run):
                expected[first : last + 1] = [max(each, known) for known in expected[first : last + 1]]
    # a year without any row is not reported, which is told elsewhere
    yield from (
        (year, own, known) for year, own, known in zip(years, numbers, expected, strict=True) if own and known
    )


def _beside(first: int, last: int, length: int) -> list[int]:
    """Return the two places nearest to a run: one on either side, at an end the next two inwards."""
    if first == 0:
        return [place for place in (last + 1, last + 2) if place < length]
    if last == length - 1:
        return [place for place in (first - 2, first - 1) if place >= 0]
    return [first - 1, last + 1]


def covered(counts: np.ndarray) -> tuple[int, int]:
    """Return from which month on, and up to which, a series of counts by month covers the time.

    The first and the last year with rows may begin late or end early: where the empty months at that end held so many
    in the year beside it, and the rest of their own year does too, that none is no chance.

    Args:
        counts: rows by month, shape (months,), from the first month of a year; the last year may be cut off.

    Returns:
        The first month covered, and the one behind the last; (0, months) where nothing is missing at either end.
    """
    filled = np.flatnonzero(counts)
    first, after = 0, len(counts)
    if not len(filled):
        return first, after
    begins, ends = int(filled[0]), int(filled[-1]) + 1
    year = begins - begins % _YEAR
    gap = begins - year
    if _is_missing(counts[year + _YEAR : year + _YEAR + gap], counts[begins : year + _YEAR], gap):
        first = begins
    year = (ends - 1) - (ends - 1) % _YEAR
    end = min(year + _YEAR, len(counts))
    if year and _is_missing(counts[ends - _YEAR : end - _YEAR], counts[year:ends], end - ends):
        after = ends
    return first, after


def _is_missing(beside: np.ndarray, rest: np.ndarray, gap: int) -> bool:
    """Return whether so many empty months are no chance, by the same months beside and by the rest of their year."""
    if not gap or not len(rest):
        return False
    return at_most(0, min(float(beside.sum()), float(rest.mean()) * gap)) < UNLIKELY
