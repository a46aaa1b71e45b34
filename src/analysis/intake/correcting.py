"""Corrections put to work: each found in the files, held against what stands there, and applied to the cells in memory.

Cells are replaced before they are read, so that a corrected value still leads to its cell. A correction whose place or
wrong value is gone is a fault: the source was mended, and the decision has had its day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

import pandas as pd

from analysis.intake.checks import CHECKS
from analysis.intake.declared.corrections import Accept, Correction, Drop, Merge, Override, Scale, exact
from analysis.intake.declared.ledgers import LEDGERS
from analysis.intake.files import Sheet, address, letters
from analysis.intake.sheet_tables.ledger_tables import Table, unit_columns
from analysis.quantities import Cell, QuantityError, is_not_reported, parse_date, parse_number, plain_text
from analysis.rounds.faults import LIST_SIGN, Fault
from analysis.rounds.frames import frame_of
from analysis.rounds.settings_files import Document, suggestion
from analysis.rounds.units import UnitRoll, normal_name

#: one row per correction; `cells` as A1 ranges, `rows` as spreadsheet rows of the lineage
CORRECTION_COLUMNS: Final = {
    "kind": "str", "unit": "str", "ledger": "str", "field": "str", "file": "str", "sheet": "str", "cells": "str",
    "was": "str", "is": "str", "reason": "str", "reported_by": "str", "date": "str", "number": "int64", "line": "int64",
}  # fmt: skip
Position = tuple[int, int]
SheetKey = tuple[str, str]


@dataclass
class Applied:
    """A correction that was found in place.

    Attributes:
        correction: what was decided.
        line: where in `corrections.yaml`.
        table: the table it is in; None for a warning about more than a cell.
        cells: the cells it changes or speaks of, as A1 ranges.
        name: field of the cells; empty for rows.
        row: the row it speaks of; 0 for a column.
        was, now: what stood there and what counts.
        number: how many cells it changed (rows for a row, issues for a warning).
    """

    correction: Correction
    line: int
    table: Table | None
    cells: str = ""
    name: str = ""
    row: int = 0
    was: str = ""
    now: str = ""
    number: int = 1


@dataclass
class Decided:
    """The corrections of a round, found in its files.

    Attributes:
        sheets: the sheets with corrected cells, by file and name.
        applied: every correction found in place; accepted warnings come later.
        accepts: the warnings to be accepted, with the cell where one is named.
        faults: what is wrong with the corrections.
    """

    sheets: dict[SheetKey, Sheet] = field(default_factory=dict)
    applied: list[Applied] = field(default_factory=list)
    accepts: list[Applied] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def same(written: Any, cell: Cell) -> bool:
    """Return whether a cell shows what a correction expects: as a number, a day, or a text.

    None and a text of blanks are an empty cell, as is a cell of blanks.
    """
    if _is_blank(written) or _is_blank(cell):
        return _is_blank(written) and _is_blank(cell)
    if isinstance(written, dt.date):
        try:
            return parse_date(cell) == parse_date(written)
        except QuantityError:
            return False
    try:
        return parse_number(exact(written)) == parse_number(cell)
    except QuantityError:
        return normal_name(plain_text(written)) == normal_name(plain_text(cell))


def _is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


class _WrongError(Exception):
    """A correction cannot be applied; carries its fault."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.check)


def decide(
    corrections: Sequence[Correction], document: Document | None, tables: Mapping[str, Sequence[Table]]
) -> Decided:
    """Find every correction in the tables and return the sheets with their cells corrected.

    Args:
        corrections: what was decided.
        document: `corrections.yaml`, which knows the lines.
        tables: the tables of each ledger as the files have them.
    """
    decided = Decided()
    if document is None:
        return decided
    search = _Search(tables, document)
    edits: dict[SheetKey, dict[Position, Cell]] = {}
    claimed: dict[tuple[SheetKey, Position], int] = {}
    for place, correction in enumerate(corrections):
        search.place = place
        line = document.line("corrections", place)
        try:
            applied, cells = search.find(correction)
        except _WrongError as wrong:
            decided.faults.append(wrong.fault)
            continue
        applied.line = line
        if isinstance(correction, Accept):
            decided.accepts.append(applied)
            continue
        key = _key(applied.table)
        rivals = [position for position in cells if (key, position) in claimed]
        if rivals:
            shown = _shown(key, address(*rivals[0]))
            decided.faults.append(
                search.fault("corrections_fight", shown, other_line=str(claimed[key, rivals[0]]))
            )
            continue
        claimed |= {(key, position): line for position in cells}
        edits.setdefault(key, {}).update(cells)
        decided.applied.append(applied)
    sheets = {_key(table): table.source.sheet for found in tables.values() for table in found}
    decided.sheets = {key: sheets[key].with_cells(cells) for key, cells in edits.items()}
    return decided


def _key(table: Table | None) -> SheetKey:
    return (table.sheet.file, table.sheet.name) if table else ("", "")


def _shown(key: SheetKey, spot: str) -> str:
    return " › ".join(part for part in (*key, spot) if part)


class _Search:
    """Finds the places of corrections in the tables."""

    def __init__(self, tables: Mapping[str, Sequence[Table]], document: Document) -> None:
        self.tables, self.document, self.place = tables, document, 0

    def fault(self, check: str, found: str, **details: str) -> Fault:
        """Return a fault at the line of the correction."""
        fault = self.document.fault(check, "corrections", self.place)
        return replace(fault, found=found, details={**fault.details, **details})

    def _wrong(self, check: str, found: str, **details: str) -> _WrongError:
        return _WrongError(self.fault(check, found, **details))

    def find(self, correction: Correction) -> tuple[Applied, dict[Position, Cell]]:
        """Return a correction in its place, and the cells it changes with what counts instead.

        Raises:
            _WrongError: the place is not there, or does not show what is expected.
        """
        match correction:
            case Override():
                table, row, column = self._cell(correction)
                was = self._guarded(table, row, column, correction.expected)
                now: Cell = exact(correction.value)
                return self._of_cell(correction, table, (row, column), was, now), {(row, column): now}
            case Scale() if correction.of_column:
                return self._scaled_column(correction)
            case Scale():
                table, row, column = self._cell(correction)
                was = self._guarded(table, row, column, correction.expected)
                now = self._times(was, correction.factor)
                return self._of_cell(correction, table, (row, column), was, now), {(row, column): now}
            case Drop() | Merge():
                return self._of_row(correction)
            case Accept():
                return self._accepted(correction), {}

    # ------------------------------------------------------------------------------------------ places

    def _known(self, name: str, known: Iterable[str], what: str) -> None:
        names = list(known)
        if name not in names:
            near = suggestion(name, names)
            details = {"suggestion": near, "known": LIST_SIGN.join(names), "what": what}
            raise self._wrong("correction_unknown_name", name, **details)

    def _of_ledger(self, correction: Correction) -> list[Table]:
        self._known(correction.ledger, LEDGERS, "ledger")
        return [
            table
            for table in self.tables.get(correction.ledger, ())
            if correction.file in ("", table.sheet.file) and correction.sheet in (None, table.sheet.name)
        ]

    def _in_file(self, correction: Correction, row: int = 0, column: int = 0) -> Table:
        """Return the table of a sheet; of several in one sheet the one that has a row or cell among its entries."""
        found = [
            table
            for tables in self.tables.values()
            for table in tables
            if table.sheet.file == correction.file and correction.sheet in (None, table.sheet.name)
        ]
        sheets = list(dict.fromkeys(table.sheet.name for table in found))
        if not found:
            raise self._wrong("correction_place_gone", _shown((correction.file, correction.sheet or ""), ""))
        if len(sheets) > 1:
            several = LIST_SIGN.join(sheets)
            raise self._wrong("correction_place_ambiguous", correction.file, several=several)
        own = (table for table in found if row in table.rows and (not column or table.has(row, column)))
        return next(own, found[0])

    def _numbered(self, correction: Correction) -> tuple[Table, int]:
        wanted, places = normal_name(correction.no), []
        for table in self._of_ledger(correction):
            header = table.headers.get("no")
            if header is not None:
                cells = zip(table.rows, table.cells_of("no", header.column), strict=True)
                places += [(table, row) for row, cell in cells if normal_name(plain_text(cell)) == wanted]
        if not places:
            raise self._wrong("correction_place_gone", f"{correction.ledger} {correction.no}")
        if len(places) > 1:
            several = LIST_SIGN.join(
                _shown(_key(table), address(row, table.headers["no"].column)) for table, row in places
            )
            raise self._wrong("correction_place_ambiguous", correction.no, several=several)
        return places[0]

    def _cell(self, correction: Correction) -> tuple[Table, int, int]:
        if correction.cell:
            row, column = correction.position
            return self._in_file(correction, row, column), row, column
        table, row = self._numbered(correction)
        self._known(correction.field, table.headers, "field")
        column = table.headers[correction.field].column
        return table, table.stands_in.get((row, column), row), column

    # ------------------------------------------------------------------------------------------ guards

    def _guarded(self, table: Table, row: int, column: int, expected: Any) -> Cell:
        """Return what stands in a cell, which must be what is expected."""
        cell = table.sheet.value(row, column)
        if not same(expected, cell):
            raise self._wrong(
                "correction_source_differs",
                plain_text(exact(expected)),
                shown_now=plain_text(cell),
                place_now=_shown(_key(table), address(row, column)),
            )
        return cell

    def _times(self, cell: Cell, factor: Decimal) -> Decimal:
        try:
            return parse_number(cell) * factor
        except QuantityError:
            raise self._wrong("correction_not_a_number", plain_text(cell)) from None

    # ------------------------------------------------------------------------------------------ kinds

    def _of_cell(self, correction: Correction, table: Table, at: Position, was: Cell, now: Cell) -> Applied:
        name, spot = table.read.get(at[1], ""), address(*at)
        return Applied(correction, 0, table, spot, name, at[0], plain_text(was), plain_text(_plain(now)))

    def _scaled_column(self, correction: Scale) -> tuple[Applied, dict[Position, Cell]]:
        if correction.column:
            table, column = self._in_file(correction), correction.column_number
        else:
            found = self._of_ledger(correction)
            if len(found) != 1:
                several = LIST_SIGN.join(_shown(_key(table), "") for table in found)
                check = "correction_place_ambiguous" if found else "correction_place_gone"
                raise self._wrong(check, f"{correction.ledger} {correction.field}", several=several)
            table = found[0]
            self._known(correction.field, table.headers, "field")
            column = table.headers[correction.field].column
        first, last = correction.rows or (1, len(table.sheet.rows))
        entries = {row: number for row in table.rows if first <= row <= last
                   for number in _number(table.sheet.value(row, column))}  # fmt: skip
        stands = sum(entries.values(), Decimal(0))
        spot = f"{letters(column)}{min(entries, default=first)}:{letters(column)}{max(entries, default=last)}"
        if not entries or stands != correction.expected:
            raise self._wrong(
                "correction_source_differs",
                str(correction.expected),
                shown_now=plain_text(_plain(stands)),
                place_now=_shown(_key(table), spot),
            )
        # printed totals of a whole column are in its unit of measure too
        totals = () if correction.rows else (total.row for total in table.totals)
        scaled = entries | {
            row: number for row in totals for number in _number(table.sheet.value(row, column))
        }
        cells: dict[Position, Cell] = {
            (row, column): number * correction.factor for row, number in scaled.items()
        }
        now = _plain(stands * correction.factor)
        name = table.read.get(column, "")
        return Applied(
            correction, 0, table, spot, name, 0, plain_text(_plain(stands)), plain_text(now), len(entries)
        ), cells

    def _of_row(self, correction: Drop | Merge) -> tuple[Applied, dict[Position, Cell]]:
        if correction.row is not None:
            table, row = self._in_file(correction, correction.row), correction.row
            if row not in table.rows:
                raise self._wrong("correction_place_gone", _shown(_key(table), str(row)))
        else:
            table, row = self._numbered(correction)
        for name, expected in correction.expected.items():
            self._known(name, table.headers, "field")
            column = table.headers[name].column
            self._guarded(table, table.stands_in.get((row, column), row), column, expected)
        number = (
            [plain_text(table.sheet.value(row, table.headers["no"].column))] if "no" in table.headers else []
        )
        said = [plain_text(exact(value)) for value in correction.expected.values()]
        was = LIST_SIGN.join(dict.fromkeys([*number, *said]))
        cells: dict[Position, Cell] = dict.fromkeys(
            (
                (row, column)
                for column in range(1, len(table.sheet.rows[row - 1]) + 1)
                if table.has(row, column)
            ),
            None,
        )
        applied = Applied(correction, 0, table, f"{row}:{row}", "", row, was)
        if isinstance(correction, Merge):
            applied.now = correction.into
            self._other_number(correction, table, row)
            header = table.headers.get("duplicate_of")
            if header is not None:
                if not is_not_reported(table.sheet.value(row, header.column)):
                    # the source names a case itself by now
                    self._guarded(table, row, header.column, None)
                cells = {(row, header.column): correction.into}
        return applied, cells

    def _other_number(self, correction: Merge, table: Table, row: int) -> None:
        """Make sure that the number a row is merged into is that of another row."""
        numbers = {
            normal_name(plain_text(cell))
            for other in self.tables[table.ledger.name]
            if "no" in other.headers
            for at, cell in zip(other.rows, other.cells_of("no", other.headers["no"].column), strict=True)
            if (other is not table or at != row)
        }
        if normal_name(correction.into) not in numbers:
            raise self._wrong("correction_place_gone", f"{table.ledger.name} {correction.into}")

    def _accepted(self, correction: Accept) -> Applied:
        if correction.check:
            self._known(correction.check, CHECKS, "check")
        if not (correction.cell or correction.no):
            return Applied(correction, 0, None)
        table, row, column = self._cell(correction)
        was = self._guarded(table, row, column, correction.expected)
        return self._of_cell(correction, table, (row, column), was, was)


def _number(cell: Cell) -> Iterator[Decimal]:
    """Yield the number of a cell; nothing for one that has none."""
    if not is_not_reported(cell):
        try:
            yield parse_number(cell)
        except QuantityError:
            return


def _plain(cell: Cell) -> Cell:
    """Return a number without needless zeros behind the point."""
    if isinstance(cell, Decimal):
        return Decimal(f"{cell:f}".rstrip("0").rstrip(".")) if "." in f"{cell:f}" else cell
    return cell


# ---------------------------------------------------------------------------------------------- warnings


def accept(faults: Iterable[Fault], decided: Decided, document: Document | None) -> list[Fault]:
    """Return the faults with accepted warnings turned into notes; what accepts nothing, or what blocks, is a fault.

    Adds what was accepted to `decided.applied`.
    """
    kept = list(faults)
    for applied in decided.accepts:
        places = [number for number, fault in enumerate(kept) if _is_meant(fault, applied)]
        said = applied.correction
        blocking = [kept[number] for number in places if kept[number].severity == "blocks"]
        if document is None or not isinstance(said, Accept):
            continue
        if blocking or not places:
            check = "correction_accepts_blocking" if blocking else "correction_accepts_nothing"
            place = (
                blocking[0].place() if blocking else _shown(_key(applied.table), applied.cells) or said.check
            )
            kept.append(
                Fault(
                    check,
                    file=document.shown,
                    line=applied.line,
                    found=place,
                    details={"check": blocking[0].check if blocking else ""},
                )
            )
            continue
        for number in places:
            fault = kept[number]
            told = {"accepted": said.reason, "post": said.reported_by, "date": said.date.isoformat()}
            kept[number] = replace(fault, severity="notes", details={**fault.details, **told})
        first = kept[places[0]]
        applied.was = applied.now = applied.was or first.found
        applied.number = len(places)
        decided.applied.append(applied)
    return kept


def _is_meant(fault: Fault, applied: Applied) -> bool:
    """Return whether a fault is what a correction accepts."""
    said = applied.correction
    if not isinstance(said, Accept) or said.check not in ("", fault.check):
        return False
    if applied.table is not None:
        return (fault.file, fault.sheet, fault.cell) == (*_key(applied.table), applied.cells)
    named = ((said.file, fault.file), (said.sheet or "", fault.sheet), (said.unit, fault.unit))
    return same(said.expected, fault.found) and all(wanted in ("", there) for wanted, there in named)


# ---------------------------------------------------------------------------------------------- the record


def corrections_frame(applied: Iterable[Applied], roll: UnitRoll | None) -> pd.DataFrame:
    """Return what was corrected, one row per correction in the order of `corrections.yaml`."""
    rows = [
        {
            "kind": each.correction.kind,
            "unit": _unit(each, roll),
            "ledger": each.table.ledger.name if each.table else "",
            "field": each.name,
            "file": each.table.sheet.file if each.table else each.correction.file,
            "sheet": each.table.sheet.name if each.table else each.correction.sheet or "",
            "cells": each.cells,
            "was": each.was,
            "is": "" if each.correction.kind == "drop" else each.now,
            "reason": each.correction.reason,
            "reported_by": each.correction.reported_by,
            "date": each.correction.date.isoformat(),
            "number": each.number,
            "line": each.line,
        }
        for each in sorted(applied, key=lambda each: each.line)
    ]
    return frame_of(rows, CORRECTION_COLUMNS)


def _unit(applied: Applied, roll: UnitRoll | None) -> str:
    """Return the code of the unit whose row was corrected; empty where it is not one row, or cannot be told."""
    if isinstance(applied.correction, Accept) and applied.table is None:
        return applied.correction.unit
    table, row = applied.table, applied.row
    if table is None or roll is None or not row:
        return ""
    cells = {
        name: table.sheet.value(table.stands_in.get((row, column), row), column)
        for name, column in unit_columns(table).items()
    }
    written = {name: "" if is_not_reported(cell) else plain_text(cell) for name, cell in cells.items()}
    code, name = (written.get(field, "") for field in ("unit_code", "unit_name"))
    if not (code or name):
        # the source may name its unit by either
        of_source = roll.by_name(table.source.unit) or roll.by_code(table.source.unit)
        return of_source.code if of_source else ""
    return roll.resolve(code, name)[0] or ""
