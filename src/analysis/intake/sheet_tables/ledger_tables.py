"""Where the entries of a ledger stand in one sheet: the model that the layout fills and the reader reads.

A correction of the source may be put between: `table.sheet = table.sheet.with_cells(…)` changes cells before they are
read.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from operator import itemgetter
from pathlib import PurePath
from typing import Any, Final, Literal

from analysis.intake.declared.ledgers import UNIT_FIELDS, Ledger
from analysis.intake.declared.maps import LedgerMap
from analysis.intake.files import Position, Range, Sheet, address, letters
from analysis.quantities import Cell, plain_text
from analysis.rounds.faults import Fault

#: a row with so many filled cells is no title and no remark
LIKE_A_ROW: Final = 3


@dataclass(frozen=True)
class Header:
    """The header of one column: its number from 1, and its names from the top row down."""

    column: int
    levels: tuple[str, ...]

    @property
    def full(self) -> str:
        """All levels, joined by `/`."""
        return "/".join(self.levels)

    @property
    def last(self) -> str:
        """The lowest level, by which people call the column."""
        return self.levels[-1]


@dataclass(frozen=True)
class Item:
    """A column of a wide sheet: whose marks it holds, and the full marks its header names.

    In a summary it holds numbers: `name` is their period and `measure` what they state. `title` is what the sheet calls
    the item beside its number, empty where it does not say.
    """

    header: Header
    name: str
    full: float | None = None
    measure: str = "mark"
    title: str = ""


@dataclass(frozen=True)
class Total:
    """A row that adds up others.

    Attributes:
        row: its number.
        kind: footer (the declared control total), total (recognised in the table).
        word: 小计, 合计 …
        end: how many entries stand above it.
        records: how many entries it says there are (共12条), and in which column; None where it does not.
    """

    row: int
    kind: Literal["footer", "total"]
    word: str
    end: int
    records: tuple[int, int] | None = None


@dataclass(frozen=True)
class Source:
    """A sheet that holds a ledger or a part of it, and what its names say.

    Attributes:
        sheet: the cells.
        year: the year its name states.
        unit: the unit its name states, as written.
        snapshot: year and month of the state it shows; None where the ledger has no snapshots.
        area: the cells it stands in; None for the whole sheet.
        shift: how many rows stand above the first one from which the maps count the rows of its header.
        titles_row: the row above the header in which a template names its items; 0 for any other sheet.
    """

    sheet: Sheet
    year: int | None = None
    unit: str = ""
    snapshot: tuple[int, int] | None = None
    area: Range | None = None
    shift: int = 0
    titles_row: int = 0


@dataclass
class Table:
    """Where the entries of a ledger stand in one sheet.

    Attributes:
        ledger: the ledger's definition.
        mapped: how its headers call the fields.
        source: the sheet and what its names say.
        sheet: the cells; may be replaced by one with corrected cells before they are read.
        header_rows: the rows of the header.
        headers: the header of each field that has a column.
        items: the item columns of a wide sheet.
        joined: the columns by which a field is stated together, for fields that have more than one.
        persons: the columns about persons, which are no part of the table.
        measures: unit of measure of each amount, and of counts that have one.
        constants: what holds for every entry and has no column.
        rows: numbers of the rows that are entries.
        folded: those of rows that are parts of an entry above.
        left_out: those of rows that are entries and are left out as the maps declare.
        dropped: those of rows that a correction takes out.
        totals: the rows that add up others.
        stands_in: cell → the row in which its value stands, for cells under the first of a merged range.
        faults: what was found on the way.
        aside: the columns that are not read: by declaration, or because they are of a table beside.
        unread: check → the cells (row, column) where something begins that looks like entries and is not read.
    """

    ledger: Ledger
    mapped: LedgerMap
    source: Source
    sheet: Sheet
    header_rows: tuple[int, ...]
    headers: dict[str, Header] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    joined: dict[str, tuple[int, ...]] = field(default_factory=dict)
    persons: list[Header] = field(default_factory=list)
    measures: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    folded: list[int] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)
    stands_in: dict[tuple[int, int], int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    aside: set[int] = field(default_factory=set)
    unread: dict[str, list[Position]] = field(default_factory=dict)

    @property
    def header_row(self) -> int:
        """The last row of the header."""
        return max(self.header_rows)

    def cells(self, column: int) -> list[Cell]:
        """Return the cells of a column, one per entry; one in a merged cell has what stands in the merged cell."""
        place, rows = column - 1, self.sheet.rows
        lines = [rows[row - 1] for row in self.rows]
        try:
            found = list(map(itemgetter(place), lines))
        except IndexError:
            # empty cells at the end of a row may be left out
            found = [cells[place] if len(cells) > place else None for cells in lines]
        if self.stands_in:
            for number, row in enumerate(self.rows):
                if (above := self.stands_in.get((row, column))) is not None:
                    found[number] = self.sheet.value(above, column)
        return found

    @property
    def place(self) -> str:
        """The name of the sheet, as frames have it; of a part of one with its range, as spreadsheets write it."""
        return f"{self.sheet.name}!{self.source.area}" if self.source.area else self.sheet.name

    def has(self, row: int, column: int) -> bool:
        """Return whether a cell belongs to the table."""
        return self.source.area is None or self.source.area.has(row, column)

    def cells_of(self, name: str, column: int) -> list[Cell]:
        """Return the cells in which a field is stated, one per entry, as the maps put them together.

        A field may be stated by several columns (year, month and day; what makes a number together); an empty cell may
        mean none by declaration.
        """
        if name in self.joined:
            sign = "-" if self.kind(name) == "day" else "·"
            return [_joined(parts, sign) for parts in zip(*map(self.cells, self.joined[name]), strict=True)]
        cells = self.cells(column)
        return [0 if cell is None else cell for cell in cells] if name in self.mapped.empty_is_zero else cells

    def row_numbers(self) -> list[str]:
        """Return what stands for the number of each entry where a source has none: its source, sheet and row.

        It does not end with a digit: the office's own numbers do, and none of those may be missing.
        """
        named = self.mapped.name or PurePath(self.sheet.file).stem
        label = "·".join(part for part in (named, self.sheet.name) if part)
        return [f"{label}·{row}行" for row in self.rows]

    def settle_totals(self) -> None:
        """Say anew how many entries stand above each total, after some were folded or left out."""
        self.totals = [replace(total, end=bisect_left(self.rows, total.row)) for total in self.totals]

    def fault(self, check: str, row: int, column: int, found: Cell, **details: Any) -> Fault:
        """Return a fault in a cell of this sheet; `severity` and `unit` may be among the details."""
        return Fault(
            check,
            file=self.sheet.file,
            sheet=self.sheet.name,
            cell=address(row, column) if row else "",
            found=plain_text(found),
            severity=details.pop("severity", "blocks"),
            unit=details.pop("unit", ""),
            details=details,
        ).of_source(self.mapped.name)

    def note(self, check: str, row: int, column: int, found: Cell = None, **details: Any) -> None:
        """Keep a fault of this sheet; one that does not stop the run if `severity` does not say more."""
        details.setdefault("severity", "notes")
        self.faults.append(self.fault(check, row, column, found, **details))

    @property
    def read(self) -> dict[int, str]:
        """The columns that are read, with the name of their field (`mark` for the items of a score sheet)."""
        fields = {header.column: name for name, header in self.headers.items()}
        return fields | {item.header.column: item.measure for item in self.items}

    @property
    def measured(self) -> list[tuple[str, Header]]:
        """The columns that may have a unit of measure, by the name of their field."""
        return [*self.headers.items(), *((item.measure, item.header) for item in self.items)]

    def kind(self, name: str) -> str:
        """Return the kind of a field; those of the unit are names."""
        found = self.ledger.fields.get(name)
        return found.kind if found else "text"

    def columns(self) -> list[dict[str, str]]:
        """Return the rows of the frame of columns."""
        place = {"ledger": self.ledger.name, "file": self.sheet.file, "sheet": self.place}
        named = [(name, header) for name, header in self.headers.items()]
        named += [(f"{item.measure}:{item.name}", item.header) for item in self.items]
        titles = {item.header.column: item.title for item in self.items}
        constants = [{**place, "field": name, "column": "", "header": ""} for name in self.constants]
        return [
            {
                **place,
                "field": name,
                "column": letters(header.column),
                "header": header.full,
                "title": titles.get(header.column, ""),
            }
            for name, header in sorted(named, key=lambda pair: pair[1].column)
        ] + constants


def _joined(parts: Iterable[Cell], sign: str) -> Cell:
    """Return the parts of a day or of a number as one text, without 年, 月, 日; None where all are empty."""
    texts = [plain_text(part).rstrip("年月日号") if sign == "-" else plain_text(part) for part in parts]
    return sign.join(text for text in texts if text) or None


def unit_columns(table: Table) -> Mapping[str, int]:
    """Return the columns by which a row names its unit."""
    return {name: table.headers[name].column for name in UNIT_FIELDS if name in table.headers}
