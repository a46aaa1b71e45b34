"""What a value would be if the cells that were left empty were filled in: its lowest and its highest filling.

A row that leaves a condition open may still answer it either way. Of a rate, every such row is then counted, not
counted, or outside, as far as what it does say allows; an amount or headcount that is not stated lies between nothing
and the largest one that the unit states in the two periods that are compared. Rules read these bounds where a rule set
scores by the worst filling (`partial: worst`); what is printed stays as stated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from analysis.indicators.catalogue import Measure
from analysis.indicators.cohorts import Cohort, tally
from analysis.indicators.conditions import ANY_ROW, Condition

#: fields of numbers that are part of another one of the same row, and so at most as large
_WHOLE_OF: Final = {"amount_paid": "amount", "workers_paid": "workers"}
#: numerator and denominator in whole numbers (fen, cases); the denominator of a count or sum is 0
Pair = tuple[int, int]


@dataclass(frozen=True)
class Filling:
    """The two extreme fillings of the value of one unit and period.

    Attributes:
        unit: place of the unit in the roll.
        period: place of the period in the cohort.
        lowest: numerator and denominator where the value is lowest.
        highest: the same where it is highest.
        squares: sum of the squared parts of the highest sum.
    """

    unit: int
    period: int
    lowest: Pair
    highest: Pair
    squares: int = 0


@dataclass(frozen=True)
class _Answers:
    """What the entries of a cohort say that could count, arrays of shape (entries,).

    Attributes:
        certain: whether they certainly belong to what is counted, added up or divided by.
        possible: whether they may.
        passes: whether they may count in the numerator.
        surely_passes: whether they do, if they belong at all.
    """

    certain: np.ndarray
    possible: np.ndarray
    passes: np.ndarray
    surely_passes: np.ndarray


def fillings(measure: Measure, counted: Cohort, partners: Sequence[Sequence[int]]) -> Iterator[Filling]:
    """Yield the extreme fillings of every value of the units that some row leaves open.

    Nothing is yielded where no filling is known: behind lists of nothing but cases, which leave out an unknown number
    of clues; where no row states the amount or headcount at all; for marks, which nobody but their giver can fill; for
    how long cases wait.

    Args:
        measure: of the catalogue.
        counted: its ledger by unit and period.
        partners: for each period the places of those it is compared with.
    """
    if measure.is_mark or measure.kind == "waiting":
        return
    base = measure.base or ANY_ROW
    doubt = counted.leaves_open(measure.top) | counted.leaves_open(base)
    if not doubt.any():
        return
    endless = (measure.top.of_all_clues or base.of_all_clues) & counted.rows.of_cases_only[counted.row_of]
    where = tally(counted, doubt).astype(bool) & ~tally(counted, doubt & endless).astype(bool)
    answers = _answers(counted, measure.top, base)
    if measure.kind in ("count", "stated", "rate"):
        yield from _of_rows(measure, counted, answers, where)
        return
    for unit, period in np.argwhere(where).tolist():
        periods = [period, *partners[period]]
        own = counted.entries[:, 0] == unit
        # the largest of all rows, whether they count or not: which one counts may itself be left empty
        near = own & np.isin(counted.entries[:, 1], periods)
        here = own & (counted.entries[:, 1] == period) & answers.possible
        of_kind = {"sum": _of_sum, "mean": _of_mean}.get(measure.kind, _of_sums)
        found = of_kind(measure, counted, answers, here, near)
        if found is not None:
            yield Filling(unit, period, *found)


def _answers(counted: Cohort, top: Condition, base: Condition) -> _Answers:
    certain, maybe = counted.meets(base), counted.leaves_open(base)
    own = counted.rows.own(top).yes[counted.row_of]
    passes = (counted.meets(top) | counted.leaves_open(top)) & (certain | maybe)
    return _Answers(certain, certain | maybe, passes, own)


def _of_rows(measure: Measure, counted: Cohort, said: _Answers, where: np.ndarray) -> Iterator[Filling]:
    """Yield the fillings of counts and of rates of rows.

    Lowest is a rate where every row fails that can, and none comes in only to pass; highest the other way round.
    """
    surely = tally(counted, counted.meets(measure.top))
    most = tally(counted, said.passes)
    fails = tally(counted, said.possible & ~said.surely_passes)
    must_fail = tally(counted, said.certain & ~said.passes)
    for unit, period in np.argwhere(where).tolist():
        at = unit, period
        low, high = int(surely[at]), int(most[at])
        if measure.kind == "rate":
            pairs = (low, low + int(fails[at])), (high, high + int(must_fail[at]))
            if all(below for _, below in pairs):
                yield Filling(unit, period, *pairs)
        else:
            cap = 1 if measure.kind == "stated" else high
            yield Filling(unit, period, (min(low, cap), 0), (min(high, cap), 0))


def _of_sum(
    measure: Measure, counted: Cohort, said: _Answers, here: np.ndarray, near: np.ndarray
) -> tuple[Pair, Pair, int] | None:
    """Return the least and the most a sum can be, and the squares of the most: a row adds nothing, or the largest."""
    numbers, given = counted.numbers(measure.cell), counted.states(measure.cell)
    if not (near & given).any():
        return None
    largest = int(numbers[near & given].max())
    low = int(numbers[here & said.certain & given].sum())
    blank = int((here & ~given).sum())
    parts = numbers[here & given].tolist()
    high, squares = sum(parts) + blank * largest, sum(part * part for part in parts) + blank * largest**2
    return (low, 0), (high, 0), squares


def _of_mean(
    measure: Measure, counted: Cohort, said: _Answers, here: np.ndarray, near: np.ndarray
) -> tuple[Pair, Pair, int] | None:
    """Return the lowest and the highest mean, as sum and number of rows: an empty cell holds nothing, or the largest.

    A row that may be outside comes in where that lowers, or raises, the mean.
    """
    numbers, given = counted.numbers(measure.cell), counted.states(measure.cell)
    if not (near & given).any():
        return None
    largest = int(numbers[near & given].max())
    forced, free = here & said.certain, here & ~said.certain
    ones = np.ones_like(numbers)
    lowest, highest = (
        _taken_in(np.where(given, numbers, blank), ones, forced, free, lower=lower)
        for blank, lower in ((0, True), (largest, False))
    )
    return (lowest, highest, 0) if lowest[1] and highest[1] else None


def _of_sums(
    measure: Measure, counted: Cohort, said: _Answers, here: np.ndarray, near: np.ndarray
) -> tuple[Pair, Pair, int] | None:
    """Return the lowest and the highest rate of two sums, of what was paid to what was owed, or the other way round.

    A row that may be outside comes in where that lowers, or raises, the rate.
    """
    owed, owed_given = counted.numbers(measure.base_cell), counted.states(measure.base_cell)
    paid, paid_given = counted.numbers(measure.cell), counted.states(measure.cell)
    if not (near & owed_given).any():
        return None
    largest = int(owed[near & owed_given].max())
    # unpaid, of the largest debt; or paid in full
    least_paid, most_owed = np.where(paid_given, paid, 0), np.where(owed_given, owed, largest)
    if _WHOLE_OF.get(measure.cell) == measure.base_cell:
        most_paid = np.where(paid_given, paid, most_owed)
        least_owed = np.where(owed_given, owed, np.where(paid_given, np.minimum(paid, largest), largest))
    else:
        # neither bounds the other: the largest that is stated, over nothing
        if not (near & paid_given).any():
            return None
        most_paid = np.where(paid_given, paid, int(paid[near & paid_given].max()))
        least_owed = np.where(owed_given, owed, 0)
    forced, free = here & said.certain, here & ~said.certain
    lowest = _taken_in(least_paid, most_owed, forced, free, lower=True)
    highest = _taken_in(most_paid, least_owed, forced, free, lower=False)
    return (lowest, highest, 0) if lowest[1] and highest[1] else None


def _taken_in(
    above: np.ndarray, below: np.ndarray, forced: np.ndarray, free: np.ndarray, *, lower: bool
) -> Pair:
    """Return numerator and denominator with those of the free rows that lower (or raise) the quotient."""
    top, base = int(above[forced].sum()), int(below[forced].sum())
    pairs = [(int(a), int(b)) for a, b in zip(above[free], below[free], strict=True) if b]
    if not lower:
        # over nothing whatever there is above raises the quotient
        top += int(above[free & (below == 0)].sum())
    for a, b in sorted(pairs, key=lambda pair: Fraction(*pair), reverse=not lower):
        if base and (a * base >= top * b if lower else a * base <= top * b):
            break
        top, base = top + a, base + b
    return top, base
