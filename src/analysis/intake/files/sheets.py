"""Sheets and books: the one model of every format."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from string import ascii_letters
from typing import Final

from analysis.quantities import Cell, clean_cell

Position = tuple[int, int]
#: a spreadsheet has no more columns, whatever a file says
COLUMNS_MOST: Final = 16_384
#: as many rows and columns as a sheet of Excel can have
LAST_ROW: Final = 1_048_576
LAST_COLUMN: Final = 16_384
#: A3:K40, A:K or 3:40
_RANGE: Final = re.compile(
    r"(?P<left>[A-Z]{1,3})(?P<top>[1-9]\d*):(?P<right>[A-Z]{1,3})(?P<bottom>[1-9]\d*)"
    r"|(?P<from>[A-Z]{1,3}):(?P<to>[A-Z]{1,3})|(?P<above>[1-9]\d*):(?P<below>[1-9]\d*)"
)


class UnusableFileError(Exception):
    """A file cannot be read as what its name says.

    Attributes:
        check: id of the fault.
        details: parts of its sentence.
    """

    def __init__(self, check: str, **details: str) -> None:
        self.check, self.details = check, details
        super().__init__(check)


@cache
def letters(column: int) -> str:
    """Return the letters of a column, counted from 1."""
    before, last = divmod(column - 1, 26)
    return (letters(before) if before else "") + chr(ord("A") + last)


@cache
def column_of(letters: str) -> int:
    """Return the number of a column, from 1, from its letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def position(address: str) -> Position:
    """Return row and column, both from 1, of a spreadsheet address."""
    row = address.lstrip(ascii_letters)
    return int(row), column_of(address.removesuffix(row))


def address(row: int, column: int) -> str:
    """Return the spreadsheet address of row and column, both from 1."""
    return f"{letters(column)}{row}"


@dataclass(frozen=True)
class Range:
    """A merged range; rows and columns from 1, ends included."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int

    def __str__(self) -> str:
        if self.last_column == LAST_COLUMN and self.first_column == 1:
            return f"{self.first_row}:{self.last_row}" if self.last_row < LAST_ROW else f"{self.first_row}:"
        if self.last_row == LAST_ROW and self.first_row == 1:
            return f"{letters(self.first_column)}:{letters(self.last_column)}"
        return f"{address(self.first_row, self.first_column)}:{address(self.last_row, self.last_column)}"

    @classmethod
    def everything(cls) -> Range:
        """Return the range of all cells a sheet may have."""
        return cls(1, LAST_ROW, 1, LAST_COLUMN)

    @classmethod
    def parse(cls, written: str) -> Range:
        """Return a range as spreadsheets write it: `A3:K40`, whole columns `A:K`, or whole rows `3:40`.

        Raises:
            ValueError: it is none of these.
        """
        found = _RANGE.fullmatch(written.replace("$", "").strip().upper())
        if found is None:
            raise ValueError(written)
        first_column, last_column = found["left"] or found["from"], found["right"] or found["to"]
        return cls(
            int(found["top"] or found["above"] or 1),
            int(found["bottom"] or found["below"] or LAST_ROW),
            column_of(first_column) if first_column else 1,
            column_of(last_column) if last_column else LAST_COLUMN,
        )

    def has(self, row: int, column: int) -> bool:
        """Return whether a cell lies in the range."""
        return self.first_row <= row <= self.last_row and self.first_column <= column <= self.last_column


@dataclass(frozen=True)
class Sheet:
    """The cells of one sheet, or of one text file.

    Attributes:
        file: name of the file.
        name: name of the sheet; empty for a text file.
        rows: the rows from the first one, as tuples; an empty cell is None. Trailing empty cells may be left out,
            but not those of a text file, where the number of fields tells whether a row is whole.
        merged: the merged ranges.
        hidden: whether the sheet is hidden.
        hidden_rows: numbers of hidden rows, those a filter hides included.
        hidden_columns: numbers of hidden columns.
        unfinished: formulas whose value was never computed, as (row, column).
        blank_formulas: formulas whose value is an empty text where the format cannot say whether it was computed.
        struck: cells whose contents are struck through.
        comments: cells with a comment beside them.
        ragged: whether the number of fields of a row means something (text files).
        named: the ranges that have a name: tables and defined names of the workbook.
    """

    file: str
    name: str
    rows: list[tuple[Cell, ...]] = field(repr=False)
    merged: tuple[Range, ...] = ()
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    unfinished: frozenset[Position] = frozenset()
    blank_formulas: frozenset[Position] = frozenset()
    struck: frozenset[Position] = frozenset()
    comments: frozenset[Position] = frozenset()
    ragged: bool = False
    named: Mapping[str, Range] = field(default_factory=dict)

    def value(self, row: int, column: int) -> Cell:
        """Return what stands in a cell, both numbers from 1; None outside the sheet."""
        if row > len(self.rows):
            return None
        cells = self.rows[row - 1]
        return cells[column - 1] if column <= len(cells) else None

    @property
    def width(self) -> int:
        """The number of columns in use."""
        return max(map(len, self.rows), default=0)

    def part(self, area: Range) -> Sheet:
        """Return the sheet with nothing outside a range; what is in it keeps its place."""
        before: tuple[Cell, ...] = (None,) * (area.first_column - 1)
        rows = [
            before + cells[area.first_column - 1 : area.last_column] if row >= area.first_row else ()
            for row, cells in enumerate(self.rows[: area.last_row], 1)
        ]
        merged = tuple(each for each in self.merged if area.has(each.first_row, each.first_column))
        return replace(self, rows=rows, merged=merged)

    def with_cells(self, cells: Mapping[Position, Cell]) -> Sheet:
        """Return the sheet with other contents in some cells; the file and this sheet stay as they are."""
        rows = list(self.rows)
        put_in(rows, cells)
        told = frozenset(cells)
        return replace(
            self,
            rows=rows,
            unfinished=self.unfinished - told,
            blank_formulas=self.blank_formulas - told,
        )


@dataclass(frozen=True)
class Book:
    """A file: its sheets in its own order, and its SHA-256."""

    file: str
    sheets: dict[str, Sheet]
    sha256: str


def put_in(rows: list[tuple[Cell, ...]], cells: Mapping[Position, Cell]) -> None:
    """Put other contents into some cells of rows."""
    of_row: dict[int, list[tuple[int, Cell]]] = {}
    for (row, column), cell in cells.items():
        of_row.setdefault(row, []).append((column, cell))
    for row, changed in of_row.items():
        rows.extend([()] * (row - len(rows)))
        line = list(rows[row - 1])
        line.extend([None] * (max(column for column, _cell in changed) - len(line)))
        for column, cell in changed:
            line[column - 1] = cell
        rows[row - 1] = tuple(line)


def trimmed(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """Return cells without the empty ones at the end, their texts made plain; an empty text is an empty cell."""
    row = [(clean_cell(cell) or None) if isinstance(cell, str) else cell for cell in cells]
    while row and row[-1] is None:
        row.pop()
    return tuple(row)
