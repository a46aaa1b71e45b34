"""A ledger as read from its sheets: its entries, where each stands, and everything found wrong.

Entries are kept as columns, one list per field, so that a million of them fit into the memory; an entry is a number
from 0. What stands where is asked of the reading: `place` gives table, row and column, `raw` the cell as written.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from analysis.intake.declared.ledgers import DTYPES, LEDGERS, YEAR, Ledger
from analysis.intake.files import address, letters
from analysis.intake.sheet_tables.ledger_tables import Table
from analysis.intake.sheet_tables.sources import natural_keys
from analysis.quantities import Cell
from analysis.rounds.faults import Fault

#: names the fields of an entry whose value is written as about so much; a column only where there is any
APPROXIMATE: Final = "approximate"
#: names the days of an entry that have come without being stated; a column only where there is any
UNDATED: Final = "undated"


class Place(NamedTuple):
    """Where something stands: its table, row and column (from 1)."""

    table: Table
    row: int
    column: int

    def from_table(self, other: Table) -> str:
        """Return the address as seen from a table: with file and sheet if it is another one."""
        cell = address(self.row, self.column)
        if self.table is other:
            return cell
        return " › ".join(part for part in (self.table.sheet.file, self.table.sheet.name, cell) if part)


@dataclass
class Entries:
    """The entries of a ledger, one list per field; an entry is the same place in every list.

    Attributes:
        tables: the number of the table each stands in.
        rows: its spreadsheet row.
        columns: its column where an entry is a single cell, else 0.
        units: the code of its unit; empty if it could not be told.
        values: field → its value; None where nothing is reported or nothing could be read. A field without a column
            is absent.
    """

    tables: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    values: dict[str, list[Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    def of(self, name: str) -> Sequence[Any]:
        """Return the values of a field (or of `unit`), one per entry; all None if it has no column."""
        if name == "unit":
            return self.units
        return self.values.get(name) or [None] * len(self)

    def chosen(self, numbers: Iterable[int]) -> Entries:
        """Return some of the entries."""
        kept = list(numbers)

        def part(cells: list[Any]) -> list[Any]:
            return list(map(cells.__getitem__, kept))

        values = {name: part(cells) for name, cells in self.values.items()}
        return Entries(part(self.tables), part(self.rows), part(self.columns), part(self.units), values)

    def add(self, other: Entries) -> None:
        """Put other entries after these; a field that one of the two lacks is None there."""
        for name in {**self.values, **other.values}:
            if name not in self.values:
                self.values[name] = [None] * len(self)
            self.values[name] += other.of(name)
        self.tables += other.tables
        self.rows += other.rows
        self.columns += other.columns
        self.units += other.units


@dataclass
class Reading:
    """A ledger as read from its sheets.

    Attributes:
        ledger: its definition.
        shown: how its files are called where all of them are meant.
        tables: where its entries stand, in natural order of files and sheets.
        entries: what counts.
        history: earlier states of entries that a later snapshot shows anew.
        faults: everything found wrong.
    """

    ledger: Ledger
    shown: str
    tables: list[Table]
    entries: Entries = field(default_factory=Entries)
    history: Entries = field(default_factory=Entries)
    faults: list[Fault] = field(default_factory=list)

    @property
    def sheet(self) -> str:
        """The name of its sheet, if it is one only."""
        return self.tables[0].sheet.name if len(self.tables) == 1 else ""

    def has(self, name: str) -> bool:
        """Return whether any table has a column for a field."""
        return any(name in table.headers or name in table.constants for table in self.tables)

    def header(self, entry: int, name: str) -> str:
        """Return the header under which an entry states a field."""
        header = self.tables[self.entries.tables[entry]].headers.get(name)
        return header.last if header else name

    def place(self, entry: int, name: str) -> Place:
        """Return where an entry states a field; its first cell for a field without a column."""
        entries = self.entries
        table, row = self.tables[entries.tables[entry]], entries.rows[entry]
        of_cell = ("measure", "value") if self.ledger.measures else (self.ledger.wide_key, "mark")
        if entries.columns[entry] and name in of_cell:
            return Place(table, row, entries.columns[entry])
        header = table.headers.get(name) or next(iter(table.headers.values()))
        return Place(table, table.stands_in.get((row, header.column), row), header.column)

    def raw(self, entry: int, name: str) -> Cell:
        """Return the cell in which an entry states a field, as the file has it."""
        table, row, column = self.place(entry, name)
        return table.sheet.value(row, column)

    def fault(self, check: str, entry: int, name: str, **details: Any) -> Fault:
        """Return a fault in the cell in which an entry states a field; `found` may be among the details."""
        table, row, column = self.place(entry, name)
        found = details.pop("found", table.sheet.value(row, column))
        details.setdefault("unit", self.entries.units[entry])
        return table.fault(check, row, column, found, **details)

    def fault_of_all(self, check: str, **details: Any) -> Fault:
        """Return a fault of the ledger as a whole."""
        severity, unit, found = (details.pop(name, "") for name in ("severity", "unit", "found"))
        return Fault(
            check, file=self.shown, sheet=self.sheet, unit=unit, found=found, severity=severity or "blocks",
            details=details,
        )  # fmt: skip

    def rows_of_tables(self) -> list[int]:
        """Return how many entries of each table count."""
        counted = np.bincount(self.entries.tables, minlength=len(self.tables))
        return [int(rows) for rows in counted]


def frame_columns(ledger: Ledger, stated: Container[str] = ()) -> dict[str, str]:
    """Return the columns of a ledger's frame with their types.

    Args:
        ledger: the ledger.
        stated: its fields that somebody states; one that seldom is has a column only then.
    """
    place = {"file": "str", "sheet": "str", "row": "int64"}
    if ledger.wide_key:
        place["column"] = "str"
    kinds = {
        name: DTYPES[item.kind]
        for name, item in ledger.fields.items()
        if name not in ledger.measures and (name in stated or not item.seldom)
    }
    measured = {"measure": "str", "value": "Int64"} if ledger.measures else {}
    return {**place, "unit": "str", **kinds, **measured}


def empty_ledger(name: str) -> pd.DataFrame:
    """Return a ledger of `LEDGERS` without an entry, as it stands for a round that does not keep it."""
    kinds = frame_columns(LEDGERS[name])
    return pd.DataFrame({column: pd.Series([], dtype=kind) for column, kind in kinds.items()})


def to_frame(reading: Reading, order: Mapping[str, int]) -> pd.DataFrame:
    """Return the entries as a frame, ordered by unit and key, so that the order of rows in the file changes nothing.

    A ledger whose entries state years has the column `year` besides its fields; one with approximate values the column
    `approximate`, which names their fields, joined by `;`; one with days that have come without being stated `undated`.

    Args:
        reading: the ledger as read.
        order: place of each unit's code in the roll.
    """
    ledger, entries = reading.ledger, reading.entries
    kinds = frame_columns(ledger, entries.values) | ({YEAR: "Int64"} if YEAR in entries.values else {})
    kinds |= {name: "str" for name in (APPROXIMATE, UNDATED) if name in entries.values}
    numbers = _in_order(entries, ledger.key, order)

    def column(name: str) -> Sequence[Any]:
        if name in ("file", "sheet"):
            said = [table.place if name == "sheet" else table.sheet.file for table in reading.tables]
            return [said[table] for table in entries.tables]
        if name == "column":
            return [letters(column) if column else "" for column in entries.columns]
        return entries.rows if name == "row" else entries.of(name)

    # one column after the other: of a million entries, the cells of one column only are there twice
    return pd.DataFrame(
        {name: _series(list(map(column(name).__getitem__, numbers)), kind) for name, kind in kinds.items()}
    )


def _in_order(entries: Entries, key: tuple[str, ...], order: Mapping[str, int]) -> list[int]:
    """Return the entries by unit and key; sorted unit by unit, so that few keys are in the memory at a time."""
    of_unit: dict[int, list[int]] = {}
    for entry, unit in enumerate(entries.units):
        of_unit.setdefault(order.get(unit, len(order)), []).append(entry)
    numbers: list[int] = []
    for _place, own in sorted(of_unit.items()):
        keys = [natural_keys([str(entries.of(name)[entry]) for entry in own]) for name in key]
        numbers += [entry for *_keys, entry in sorted(zip(*keys, own, strict=True))]
    return numbers


def _series(cells: Sequence[Any], kind: str) -> pd.Series:
    if kind == "str":
        return pd.Series(["" if cell is None else cell for cell in cells], dtype=kind)
    if kind.startswith("datetime64"):
        # few days stand in many rows; what has none has the place -1, which is that of the last
        places, days = pd.factorize(np.array(cells, dtype=object))
        return pd.Series(np.append(np.array(days, dtype=kind), np.array(["NaT"], dtype=kind))[places])
    return pd.Series(cells, dtype=kind)
