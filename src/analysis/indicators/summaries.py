"""What an office states in a table of unit × period × numbers, where it keeps no ledger of single clues.

A number stands for its own period. A year that is stated only by its months, quarters or halves is their sum, and
partial as long as one of them is missing. Cases are confirmed clues: either name gives both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from analysis.indicators.catalogue import Measure, names_of
from analysis.indicators.cohorts import Arrived
from analysis.indicators.lineage import Citation, ranges
from analysis.rounds.periods import Period, parse_period

LEDGER: Final = "summary"


class Cell(NamedTuple):
    """A stated number: unit, period, number (money in minor units; None where the cell is empty) and its place."""

    unit: str
    period: Period
    number: int | None
    file: str
    sheet: str
    row: int
    column: str


@dataclass(frozen=True)
class Stated:
    """A measure as stated, by unit and period, arrays of shape (units, periods).

    Attributes:
        numbers: whole numbers, money in minor units; 0 where nothing is stated.
        known: whether anything is stated.
        whole: whether it is stated for the whole period.
        cells: the cells of each (unit, period).
    """

    numbers: np.ndarray
    known: np.ndarray
    whole: np.ndarray
    cells: dict[tuple[int, int], tuple[Cell, ...]]


class Summary:
    """The stated numbers of a round."""

    def __init__(self, arrived: Arrived, periods: Sequence[Period]) -> None:
        """Sort the cells of the summary ledger by measure, unit and period; periods as they are to be answered."""
        self._codes, self._periods = arrived.roll.codes, tuple(periods)
        self._cells: dict[tuple[str, str], list[Cell]] = {}
        for measure, cell in cells_of(arrived, periods[0].year_starts if periods else 1):
            self._cells.setdefault((measure, cell.unit), []).append(cell)
        self._measures = {measure for measure, _unit in self._cells}

    def states(self, measure: Measure) -> bool:
        """Return whether a measure, or both numbers of a rate, are stated anywhere."""
        return all(self._names(part) for part in measure.parts or (measure.code,))

    def _names(self, measure: str) -> list[str]:
        return [name for name in names_of(measure) if name in self._measures]

    def __getitem__(self, measure: str) -> Stated:
        """Return a measure as stated (not a rate: see `parts`)."""
        shape = len(self._codes), len(self._periods)
        numbers = np.zeros(shape, np.int64)
        known, whole = np.zeros(shape, bool), np.zeros(shape, bool)
        used: dict[tuple[int, int], tuple[Cell, ...]] = {}
        for at in np.ndindex(shape):
            for name in self._names(measure):
                found = stated_for(self._periods[at[1]], self._cells.get((name, self._codes[at[0]]), ()))
                if found:
                    cells, complete = found
                    numbers[at] = sum(cell.number or 0 for cell in cells)
                    known[at], whole[at] = True, complete
                    used[at[0], at[1]] = cells
                    break
        return Stated(numbers, known, whole, used)

    def parts(self, measure: Measure) -> tuple[Stated, Stated | None]:
        """Return what a measure rests on: itself, or for a rate the part and the whole."""
        if not measure.parts:
            return self[measure.code], None
        part, whole = measure.parts
        return self[part], self[whole]


def cells_of(arrived: Arrived, year_starts: int = 1) -> Iterable[tuple[str, Cell]]:
    """Yield every stated number of a unit of the roll with its measure."""
    ledger = arrived.ledgers.get(LEDGER)
    if ledger is None or ledger.empty:
        return
    names = ("measure", "unit", "period", "value", "file", "sheet", "row", "column")
    for measure, unit, period, value, *place in zip(*(ledger[name].tolist() for name in names), strict=True):
        if unit in arrived.roll.codes and period:
            file, sheet, row, column = place
            number = None if pd.isna(value) else int(value)
            yield (
                measure,
                Cell(unit, parse_period(period, year_starts), number, file, sheet, int(row), column),
            )


def stated_for(period: Period, cells: Sequence[Cell]) -> tuple[tuple[Cell, ...], bool] | None:
    """Return the cells that state a number for a period and whether they cover it; None if none does.

    Its own cell goes before any sum; of sums, one that covers the period before one that does not, the coarser first.
    """
    own = [cell for cell in cells if cell.period.text == period.text and cell.number is not None]
    if own:
        return tuple(own[:1]), True
    parts: dict[int, list[Cell]] = {}
    for cell in cells:
        inside = period.start <= cell.period.start and cell.period.end <= period.end
        if inside and cell.period.text != period.text and cell.number is not None:
            parts.setdefault(cell.period.months, []).append(cell)
    if not parts:
        return None
    covered = {months: months * len(found) for months, found in parts.items()}
    best = max(covered, key=lambda months: (covered[months], months))
    ordered = sorted(parts[best], key=lambda cell: cell.period.start)
    return tuple(ordered), covered[best] == period.months


def citations(stated: Stated, chosen: Callable[[int, int], bool], city: int) -> list[Citation]:
    """Return the cells of stated numbers, of the units and under the number of the city.

    Args:
        stated: a measure.
        chosen: whether the number of a unit and period counts.
        city: the number that stands for the city.
    """
    groups: dict[tuple[int, int, str, str, str], list[int]] = {}
    for (unit, period), cells in stated.cells.items():
        for cell in cells if chosen(unit, period) else ():
            for whose in (unit, city):
                groups.setdefault((whose, period, cell.file, cell.sheet, cell.column), []).append(cell.row)
    return [
        Citation(unit, period, file, sheet, ranges(column, np.array(sorted(rows))), len(rows))
        for (unit, period, file, sheet, column), rows in groups.items()
    ]
