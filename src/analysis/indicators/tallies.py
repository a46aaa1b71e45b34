"""Whole numbers of every measure by unit and period, and the status that follows from them.

The ledgers are counted; where one says nothing, the number a summary states stands in its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.indicators.catalogue import MARK_SHEETS, MEASURES, Measure, every, mark_of
from analysis.indicators.cohorts import SOURCES, Arrived, Cohort, ledger_of, tally
from analysis.indicators.conditions import ANY_ROW, Condition, with_outer
from analysis.indicators.summaries import Stated, Summary


def measures_of(source: str, arrived: Arrived) -> list[Measure]:
    """Return the measures of a source: those of the table, and one per item of a score sheet."""
    listed = [measure for measure in every() if measure.source == source]
    sheet = next((code for code, ledger in MARK_SHEETS.items() if ledger == source), "")
    ledger = arrived.ledgers.get(ledger_of(source))
    if not sheet or ledger is None:
        return listed
    if SOURCES[source].by_period:
        ledger = ledger[ledger["source"].eq(source.partition(" ")[2])]
        of_whole = ledger["item"].fillna("").str.strip().eq("")
        listed += [mark_of(sheet, "")] if of_whole.any() and sheet not in MEASURES else []
    items = {str(item).strip() for item in ledger["item"].dropna()} - {""}
    return listed + [mark_of(sheet, item) for item in sorted(items)]


def counted_periods(source: str, counted: Cohort, t: Tallies) -> frozenset[str]:
    """Return the periods a measure is counted for: those of its source, or where rows state theirs, those stated."""
    if not SOURCES[source].by_period:
        return frozenset(counted.periods)
    there = (t.any_rows[:-1] > 0) & (t.due[:-1] > 0)
    return frozenset(period for place, period in enumerate(counted.periods) if there[:, place].any())


@dataclass(frozen=True)
class Tallies:
    """Whole numbers of a measure, shape (units + 1, periods); the last row is the city, the sum of the units.

    Attributes:
        rows: rows that meet `top`.
        top: the same, or the sum of the field over them.
        base_rows: rows that meet `base`.
        base: the same, or the sum of the base field over them.
        known: rows of the base (without one: any rows) that leave nothing open.
        doubt: rows that leave open what they ought to say.
        due: rows that ought to say it: those counted, those of the base, and those that leave it open.
        any_rows: all rows.
        without_column: those of sheets that have no column for something asked.
        unsaid: whether a field that is left open, and on which the number hangs, is filled in by no row.
        begun: whether anything was reported.
        reported: whether everything was.
        summed: whether the number is one the office states in a summary; of the city, whether one of its units' is.
        stated: the numbers of the summary, for a rate the part and the whole; empty where nothing was taken from it.
    """

    rows: np.ndarray
    top: np.ndarray
    base_rows: np.ndarray
    base: np.ndarray
    known: np.ndarray
    doubt: np.ndarray
    due: np.ndarray
    any_rows: np.ndarray
    without_column: np.ndarray
    unsaid: np.ndarray
    begun: np.ndarray
    reported: np.ndarray
    summed: np.ndarray
    stated: tuple[Stated, ...] = ()


def tallies_of(measure: Measure, counted: Cohort, summary: Summary) -> Tallies:
    """Return the tallies of a measure, completed by what a summary states where the ledger says nothing."""
    of_ledger = counted_of(measure, counted)
    return _completed(measure, of_ledger, summary) if summary.states(measure) else of_ledger


def _completed(measure: Measure, t: Tallies, summary: Summary) -> Tallies:
    """Put the stated numbers into the places of the units whose ledger says nothing."""
    part, whole = summary.parts(measure)
    free = statuses_of(measure, t)[:-1] == "not_reported"
    summed = free & part.known & (whole.known if whole else True)
    if not summed.any():
        return t
    complete = part.whole & (whole.whole if whole else True)
    base = whole.numbers if whole else np.zeros_like(part.numbers)
    #: a sum that is stated as such says nothing of the rows behind it
    rows = part.numbers if measure.kind != "sum" else np.zeros_like(part.numbers)

    def with_city(of_units: np.ndarray, stated: np.ndarray) -> np.ndarray:
        units = np.where(summed, stated, of_units[:-1])
        return np.vstack([units, units.sum(axis=0)])

    begun, reported = t.begun[:-1] | summed, np.where(summed, complete, t.reported[:-1])
    return Tallies(
        rows=with_city(t.rows, rows),
        top=with_city(t.top, part.numbers),
        base_rows=with_city(t.base_rows, base),
        base=with_city(t.base, base),
        known=with_city(t.known, base),
        doubt=with_city(t.doubt, np.zeros_like(base)),
        due=with_city(t.due, np.zeros_like(base)),
        any_rows=with_city(t.any_rows, np.ones_like(base)),
        without_column=with_city(t.without_column, np.zeros_like(base)),
        unsaid=np.vstack([t.unsaid[:-1] & ~summed, t.unsaid[-1:]]),
        begun=np.vstack([begun, begun.any(axis=0)]),
        reported=np.vstack([reported, reported.all(axis=0)]),
        summed=np.vstack([summed, summed.any(axis=0)]),
        stated=(part, whole) if whole else (part,),
    )


def counted_of(measure: Measure, counted: Cohort) -> Tallies:
    """Return the tallies of a measure in its ledger alone."""
    top, any_row = counted.meets(measure.top), counted.meets(ANY_ROW)
    base = any_row if measure.base is None else counted.meets(measure.base)
    doubt = counted.leaves_open(measure.top)
    if measure.base is not None:
        doubt = doubt | counted.leaves_open(measure.base)
    asked = [measure.top] if measure.base is None else [measure.top, measure.base]
    found = [counted.lacks_column(condition) for condition in asked]
    lacking, left_open, answered = (np.logical_or.reduce(masks) for masks in zip(*found, strict=True))
    adds = measure.kind in ("sum", "rate_of_sums", "mark", "mean")
    divides = measure.kind in ("rate_of_sums", "mark")

    def total(mask: np.ndarray, field: str = "") -> np.ndarray:
        units = tally(counted, mask, counted.numbers(field) if field else None) * counted.begun
        if measure.kind == "stated" and mask is top:
            units = np.minimum(units, 1)
        return np.vstack([units, units.sum(axis=0)])

    added = total(top, measure.cell if adds else "")
    left_open_at = total(doubt)
    unsaid = np.zeros_like(added, dtype=bool)
    # where nothing is counted and rows leave it open, it is nought only if some row says so
    nothing = (added == 0) & (left_open_at > 0)
    if measure.kind in ("count", "stated", "sum") and nothing.any():
        for empty, said in _said_in_cells(measure.top, counted, doubt):
            unsaid |= nothing & (total(empty) > 0) & (total(said) == 0)

    return Tallies(
        rows=total(top),
        top=added,
        base_rows=total(base),
        base=total(base, measure.base_cell if divides else ""),
        known=total(base & ~doubt),
        doubt=left_open_at,
        due=total(top | base | doubt),
        any_rows=total(any_row),
        without_column=total(lacking) * ((total(left_open) > 0) & (total(answered) == 0)),
        unsaid=unsaid,
        begun=np.vstack([counted.begun, counted.begun.any(axis=0)]),
        reported=np.vstack([counted.reported, counted.reported.all(axis=0)]),
        summed=np.zeros((len(counted.begun) + 1, len(counted.periods)), dtype=bool),
    )


def _said_in_cells(
    condition: Condition, counted: Cohort, doubt: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield for every field a condition hangs on the entries it is left empty in, and those that say no to it.

    An entry that is not asked (a clue not looked into yet is not asked whether it was found true) says nothing of it;
    one that meets what the condition lies within answers, be it by an empty day.
    """
    within = [atom.within for atom in condition.atoms if atom.within is not None]
    asked = np.any([counted.meets(outer) for outer in within], axis=0) if within else np.zeros_like(doubt)
    for field in dict.fromkeys(field for atom in with_outer(condition.atoms) for field in atom.fields):
        blank = doubt & counted.rows.is_blank(field)[counted.row_of]
        if blank.any():
            owing = counted.owes(condition, field)
            yield blank & owing, ~doubt & (owing | asked)


def statuses_of(measure: Measure, t: Tallies) -> np.ndarray:
    """Return the status of every value, shape (units + 1, periods)."""
    # a ledger without the column does not report the value, whatever its rows say for other reasons
    silent = (t.doubt > 0) & ((t.doubt >= t.any_rows) | (t.without_column >= t.any_rows))
    partial = ~t.reported | (t.doubt > 0)
    missing, inapplicable = ~t.begun | silent | t.unsaid, np.zeros_like(silent)
    if SOURCES[measure.source].by_period:
        # a sheet of figures that leaves one of them out does not say that there was nothing to report on
        missing |= t.base_rows == 0
    if measure.kind == "sum":
        missing |= (t.rows == 0) & (t.base_rows > 0)
        partial |= t.rows < t.base_rows
    elif measure.kind in ("rate", "rate_of_sums", "waiting"):
        missing |= (t.known == 0) & (t.doubt > 0)
        inapplicable = t.base == 0
    elif measure.is_mark:
        missing |= t.rows == 0
        # marks are given to units; a sum or mean of them would say nothing about the city
        inapplicable[-1] = True
        missing[-1] = False
    elif measure.kind == "mean":
        missing |= (t.known == 0) & (t.doubt > 0)
        partial |= t.rows < t.base_rows
        inapplicable = t.base_rows == 0
    return np.select(
        [missing, inapplicable, partial], ["not_reported", "not_applicable", "partial"], "reported"
    )
