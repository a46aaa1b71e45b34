"""One ledger: from the cells of its sheets to typed entries, with every doubtful cell by its address.

Entries are kept as columns, one list per field, so that a million of them fit into the memory; an entry is a number
from 0. What stands where is asked of the reading: `place` gives table, row and column, `raw` the cell as written.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from analysis.intake.files import address, letters
from analysis.intake.ledgers import DTYPES, LEDGERS, YEAR, Field, Ledger
from analysis.intake.policies import ValuePolicy
from analysis.intake.sheet_layout import Header, Table, Total, unit_columns
from analysis.intake.sources import natural_keys
from analysis.quantities import (
    CURRENCIES,
    CURRENCY_OF,
    MONEY,
    PEOPLE,
    Cell,
    Doubted,
    QuantityError,
    is_not_reported,
    parse_count,
    plain_text,
    read_count,
    read_date,
    read_money,
    read_number,
)
from analysis.rounds.faults import LIST_SIGN, Fault, Severity
from analysis.rounds.periods import written_period
from analysis.rounds.settings_files import suggestion
from analysis.rounds.units import UnitRoll, normal_name

Value = str | int | float | dt.date | bool | None
Codes = Mapping[str, Mapping[str, str]]

#: what a spreadsheet shows where a formula failed
_FAILED: Final = re.compile(
    r"#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!|GETTING_DATA)|Err:\d+"
)
_FAILS: Final = ("#", "Err:")
_SEVERAL: Final = re.compile(r"[、;；,，]")
_ANSWERS: Final = {"yes": True, "no": False}
#: full marks of a member department's mark
_FULL_MARKS: Final = 100.0
_TRUTH: Final = {"TRUE": "yes", "FALSE": "no"}
_FIRST_YEAR, _LAST_YEAR = 1900, 2999
#: names the fields of an entry whose value is written as about so much; a column only where there is any
APPROXIMATE: Final = "approximate"


class Doubt(NamedTuple):
    """What is to be told of a cell.

    Attributes:
        check: the check.
        severity: whether it blocks.
        details: parts of its sentence.
    """

    check: str
    severity: Severity
    details: Mapping[str, str] = {}


class Found(NamedTuple):
    """What a cell holds: the value that counts, and what is to be told of it."""

    value: Value
    doubts: tuple[Doubt, ...] = ()


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


def frame_columns(ledger: Ledger) -> dict[str, str]:
    """Return the columns of a ledger's frame with their types."""
    place = {"file": "str", "sheet": "str", "row": "int64"}
    if ledger.wide_key:
        place["column"] = "str"
    kinds = {name: DTYPES[item.kind] for name, item in ledger.fields.items() if name not in ledger.measures}
    stated = {"measure": "str", "value": "Int64"} if ledger.measures else {}
    return {**place, "unit": "str", **kinds, **stated}


def empty_ledger(name: str) -> pd.DataFrame:
    """Return a ledger of `LEDGERS` without an entry, as it stands for a round that does not keep it."""
    kinds = frame_columns(LEDGERS[name])
    return pd.DataFrame({column: pd.Series([], dtype=kind) for column, kind in kinds.items()})


def to_frame(reading: Reading, order: Mapping[str, int]) -> pd.DataFrame:
    """Return the entries as a frame, ordered by unit and key, so that the order of rows in the file changes nothing.

    A ledger whose entries state years has the column `year` besides its fields; one with approximate values the column
    `approximate`, which names their fields, joined by `;`.

    Args:
        reading: the ledger as read.
        order: place of each unit's code in the roll.
    """
    ledger, entries = reading.ledger, reading.entries
    kinds = frame_columns(ledger) | ({YEAR: "Int64"} if YEAR in entries.values else {})
    kinds |= {APPROXIMATE: "str"} if APPROXIMATE in entries.values else {}
    numbers = _in_order(entries, ledger.key, order)

    def column(name: str) -> Sequence[Any]:
        if name in ("file", "sheet"):
            said = [getattr(table.sheet, "name" if name == "sheet" else "file") for table in reading.tables]
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


def read_ledger(
    ledger: Ledger,
    tables: list[Table],
    codes: Codes,
    roll: UnitRoll | None,
    *,
    shown: str,
    currency: str = "CNY",
    policy: ValuePolicy | None = None,
) -> Reading:
    """Read one ledger from its tables.

    Args:
        ledger: its definition.
        tables: where its entries stand.
        codes: the code lists, by name: what is written → what it means.
        roll: the units; None if the roll could not be read, so that no row can be wrong about its unit.
        shown: how its files are called where all of them are meant.
        currency: the round's.
        policy: what is done with doubtful cells; the usual if None.

    Returns:
        The reading, in which an entry that stands twice is still there twice (`checks.merge_entries`).
    """
    reading = Reading(ledger, shown, tables)
    for number, table in enumerate(tables):
        reader = _TableReader(table, codes, roll, currency, policy or ValuePolicy())
        reading.entries.add(reader.read(number))
        reading.faults += [*table.faults, *reader.faults]
    return reading


class _TableReader:
    """Reads the entries of one table, and adds up what its totals state."""

    def __init__(
        self, table: Table, codes: Codes, roll: UnitRoll | None, currency: str, policy: ValuePolicy
    ) -> None:
        fields = table.ledger.fields
        self.table, self.roll, self.currency, self.policy = table, roll, currency, policy
        self.faults: list[Fault] = []
        self.units: list[str] = []
        self.foreign = self._foreign_measures()
        self.readers = {
            name: _reader(wanted, self._measure(name), codes, policy)
            for name, wanted in fields.items()
            if name in table.headers or name in {item.measure for item in table.items}
        }
        if YEAR in table.headers:
            self.readers[YEAR] = _year
        #: the fields of each entry that are approximate
        self.approximate: dict[int, list[str]] = {}
        #: field → the entries whose cell could not be read: no total over them can be compared
        self.unread: dict[str, list[int]] = {}

    def read(self, number: int) -> Entries:
        """Return the entries of the table, which is given this number."""
        table, ledger = self.table, self.table.ledger
        self.units = self._units() if ledger.has_unit else [""] * len(table.rows)
        values = {
            name: self._column(name, table.headers[name]) for name in self.readers if name in table.headers
        }
        if not ledger.has_unit:
            self.units = [code or "" for code in values.get("code", self.units)]
        if table.source.year is not None:
            values[YEAR] = self._years(values, table.source.year)
        for total in table.totals:
            self._compare(total, values)
        if self.approximate:
            values[APPROXIMATE] = [
                ";".join(self.approximate.get(place, ())) for place in range(len(table.rows))
            ]
        size = len(table.rows)
        for name, said in table.constants.items():
            yes = ledger.fields[name].kind == "yes"
            values[name] = [_ANSWERS[said] if yes else said] * size
        if ledger.measures:
            return self._stated(number, values)
        if table.items:
            entries = Entries()
            for item in table.items:
                entries.add(self._marks(number, item.header, item.name, item.full, values))
            return entries
        single = table.headers["mark"].column if ledger.wide_key and "mark" in table.headers else 0
        entries = Entries([number] * size, list(table.rows), [single] * size, self.units, values)
        if "mark" in values:
            self._compare_marks(entries)
        return entries

    def _marks(
        self, number: int, header: Header, item: str, full: float | None, values: dict[str, list[Any]]
    ) -> Entries:
        """Return one entry per row for a column of a wide sheet."""
        table, size = self.table, len(self.table.rows)
        told: dict[str, list[Any]] = {"full": [full] * size} if "full" in table.ledger.fields else {}
        told |= values | {table.ledger.wide_key: [item] * size, "mark": self._column("mark", header)}
        entries = Entries([number] * size, list(table.rows), [header.column] * size, list(self.units), told)
        self._compare_marks(entries)
        return entries

    def _stated(self, number: int, values: dict[str, list[Any]]) -> Entries:
        """Return one entry per cell of a summary: a period, a measure and its value."""
        table, size = self.table, len(self.table.rows)
        years = [str(year) for year in values.get(YEAR, [])]
        columns = [(name, table.headers[name], "") for name in table.ledger.measures if name in table.headers]
        columns += [(item.measure, item.header, item.name) for item in table.items]
        entries = Entries()
        for measure, header, period in columns:
            told: dict[str, list[Any]] = {
                "period": [period] * size if period else values.get("period", years),
                "measure": [measure] * size,
                "value": values[measure] if measure in values else self._column(measure, header),
            }
            columns_of = [header.column] * size
            entries.add(Entries([number] * size, list(table.rows), columns_of, list(self.units), told))
        return entries

    def _compare_marks(self, entries: Entries) -> None:
        """Note a mark above the full marks of its item (above 100 for a department's mark)."""
        has_full = "full" in self.table.ledger.fields
        fulls = entries.of("full") if has_full else [_FULL_MARKS] * len(entries)
        for entry, (mark, full) in enumerate(zip(entries.of("mark"), fulls, strict=True)):
            if mark is not None and full is not None and mark > full:
                details = {"unit": entries.units[entry], "full": plain_text(full)}
                self._blame("mark_above_full", entries.rows[entry], entries.columns[entry], mark, **details)

    def _foreign_measures(self) -> frozenset[str]:
        """Find amounts whose unit of measure is of another currency than the round's."""
        table, foreign = self.table, []
        for name, header in dict(table.measured).items():
            measure = table.measures.get(name, "")
            if CURRENCY_OF.get(measure, self.currency) != self.currency:
                details = {"field": header.last, "currency": self.currency}
                self._blame("unit_of_measure_foreign", table.header_row, header.column, measure, **details)
                foreign.append(name)
        return frozenset(foreign)

    def _measure(self, name: str) -> str:
        """Return the unit of measure of a field; none where it is that of another currency."""
        return "" if name in self.foreign else self.table.measures.get(name, "")

    def _blame(self, check: str, row: int, column: int, found: Cell, **details: Any) -> None:
        self.faults.append(self.table.fault(check, row, column, found, **details))

    # ---------------------------------------------------------------------------------------------- values

    def _column(self, name: str, header: Header) -> list[Any]:
        """Return the values of a column, one per entry; None for what has none or cannot be read."""
        cells = self.table.cells(header.column)
        values, doubtful = _each_once(self._checked(name), cells)
        # what is said of formulas without a result takes the place of what is said of empty cells
        formulas = self._without_result(header.column)
        for place, doubt in formulas.items():
            values[place], cells[place], doubtful[place] = None, None, (doubt,)
        for place in sorted(doubtful):
            for doubt in doubtful[place]:
                self._tell(name, header, place, cells[place], doubt)
        blank = {place for place, doubt in formulas.items() if doubt.check == "formula_blank"}
        self.unread[name] = [
            place for place in sorted(doubtful) if values[place] is None and place not in blank
        ]
        return values

    def _tell(self, name: str, header: Header, place: int, cell: Cell, doubt: Doubt) -> None:
        details = {"field": header.last, "measure": self.table.measures.get(name, ""), **doubt.details}
        more: dict[str, Any] = {"unit": self.units[place], "severity": doubt.severity}
        self._blame(doubt.check, self.table.rows[place], header.column, cell, **details, **more)
        if doubt.check == "value_approximate":
            self.approximate.setdefault(place, []).append(name)

    def _without_result(self, column: int) -> dict[int, Doubt]:
        """Return what is to be said of formulas without a result, by entry."""
        sheet, rows = self.table.sheet, self.table.rows
        blank = (row for row, at in sheet.blank_formulas if at == column)
        unfinished = (row for row, at in sheet.unfinished if at == column)
        checks = {
            **dict.fromkeys(blank, Doubt("formula_blank", "warns")),
            **dict.fromkeys(unfinished, Doubt("formula_without_value", "blocks")),
        }
        places = {bisect_left(rows, row): (row, doubt) for row, doubt in checks.items()}
        return {
            place: doubt for place, (row, doubt) in places.items() if place < len(rows) and rows[place] == row
        }

    def _checked(self, name: str) -> Callable[[Cell], Found]:
        """Return the function that reads a cell of a field: the value that counts, and what is to be told of it."""
        read = self.readers[name]
        wanted = self.table.ledger.fields.get(name)
        # a mark not given in a wide sheet is missing, not forgotten: the sheet has a cell for every item
        required = wanted is not None and wanted.required and not self.table.items

        def value_of(cell: Cell) -> Found:
            if isinstance(cell, str) and cell.startswith(_FAILS) and _FAILED.fullmatch(cell):
                return Found(None, (Doubt("formula_failed", "blocks"),))
            try:
                value, checks = read(cell)
            except QuantityError as error:
                return self._refused(error.check, required)
            except UnknownCodeError as error:
                return Found(None, (Doubt("not_in_code_list", "blocks", {"allowed": error.allowed}),))
            if value is None and required:
                return Found(None, (Doubt("required_empty", "blocks"),))
            if isinstance(value, int | float) and value < 0:
                return Found(None, (Doubt("negative_number", "blocks"),))
            return self._weighed(name, value, checks, required) if checks else Found(value)

        return value_of

    def _refused(self, check: str, required: bool) -> Found:
        """Return what becomes of a cell that cannot be read: it blocks the run, or it is not reported."""
        if required or self.policy.action(check, read=False) == "refuse":
            return Found(None, (Doubt(check, "blocks"),))
        return Found(None, (Doubt(check, "warns", {"taken": "not_reported"}),))

    def _weighed(self, name: str, value: Value, checks: tuple[str, ...], required: bool) -> Found:
        """Return what becomes of a cell that can be read and is doubtful: the strictest policy counts."""
        actions = {check: self.policy.action(check, read=True) for check in checks}
        if required:
            actions = {check: "refuse" if done == "not_reported" else done for check, done in actions.items()}
        refused = "refuse" in actions.values()
        taken = None if refused or "not_reported" in actions.values() else value
        said = {} if refused else {"taken": "not_reported" if taken is None else self._said(name, taken)}
        doubts = []
        for check, action in actions.items():
            if action == "refuse":
                doubts.append(Doubt(check, "blocks"))
            elif action != "accept":
                doubts.append(Doubt(check, "warns", said))
            elif check == "value_approximate":
                # what is taken as about so much is kept as that
                doubts.append(Doubt(check, "notes", said))
        return Found(taken, tuple(doubts))

    def _said(self, name: str, value: Value) -> str:
        """Return a value as the sentence about it shows it."""
        if isinstance(value, dt.date):
            return value.isoformat()
        if self.table.kind(name) == "money" and isinstance(value, int):
            currency = CURRENCIES[self.currency]
            return f"{Decimal(value) / currency.minor:,.{currency.places}f} {currency.bases[0]}"
        return f"{value:,}" if isinstance(value, int | float) else str(value)

    def _years(self, values: Mapping[str, list[Any]], named: int) -> list[int]:
        """Return the year of each entry: its own, else the one the name of file or sheet states.

        An entry that says another year than the name is told; what it says itself is nearer to it.
        """
        table = self.table
        name = YEAR if YEAR in values else table.ledger.by_year
        years = []
        for place, said in enumerate(values.get(name, [None] * len(table.rows))):
            own = said.year if isinstance(said, dt.date) else said
            if own not in (None, named):
                row, column = table.rows[place], table.headers[name].column
                details = {"unit": self.units[place], "year_of_name": str(named), "severity": "warns"}
                self._blame("year_differs_from_name", row, column, table.sheet.value(row, column), **details)
            years.append(own or named)
        return years

    # ---------------------------------------------------------------------------------------------- units

    def _units(self) -> list[str]:
        """Return the code of the unit of each entry, empty if it cannot be told."""
        table, roll = self.table, self.roll
        columns = unit_columns(table)
        named = self._named_unit()
        if roll is None or not (columns or table.source.unit):
            return [""] * len(table.rows)
        if not columns:
            return [named] * len(table.rows)
        cells = {name: table.cells(column) for name, column in columns.items()}
        empty: list[Cell] = [None] * len(table.rows)
        known: dict[tuple[Any, ...], tuple[str | None, str | None]] = {}
        units = []
        for place, (code, name) in enumerate(
            zip(cells.get("unit_code", empty), cells.get("unit_name", empty), strict=True)
        ):
            key = (code.__class__, code, name.__class__, name)
            if key not in known:
                known[key] = roll.resolve(_written(code), _written(name))
            found, check = known[key]
            if check == "unit_missing" and named:
                found, check = named, None
            if check:
                self._blame_unit(check, table.rows[place], columns, _written(code), _written(name))
            elif named and found != named:
                column = columns.get("unit_name") or columns["unit_code"]
                details = {"unit_of_name": roll.name(named), "unit": found or ""}
                self._blame("unit_differs_from_name", table.rows[place], column, name or code, **details)
                found = ""
            units.append(found or "")
        return units

    def _named_unit(self) -> str:
        """Return the code of the unit that the name of file or sheet states."""
        table, roll, written = self.table, self.roll, self.table.source.unit
        if roll is None or not written:
            return ""
        found = roll.by_name(written) or roll.by_code(written)
        if found is None:
            known = LIST_SIGN.join(unit.name for unit in roll)
            near = suggestion(written, [spelling for unit in roll for spelling in unit.spellings()])
            details = {"known": known, "suggestion": near}
            self.faults.append(table.fault("unit_of_name_unknown", 0, 0, written, **details))
            return ""
        return found.code

    def _blame_unit(self, check: str, row: int, columns: Mapping[str, int], code: str, name: str) -> None:
        roll = self.roll or UnitRoll([], "", "")
        by_code, by_name = roll.by_code(code), roll.by_name(name)
        # the name is blamed where it is nobody's; where the two disagree, the code, for the name is what people read
        wrong = "unit_name" if "unit_name" in columns and name and by_name is None else next(iter(columns))
        details = {
            "code": code,
            "name": name,
            "code_means": by_code.name if by_code else "",
            "name_means": by_name.code if by_name else "",
            "suggestion": suggestion(name, [spelling for unit in roll for spelling in unit.spellings()]),
            "known": LIST_SIGN.join(unit.name for unit in roll),
        }
        self._blame(check, row, columns[wrong], code if wrong == "unit_code" else name, **details)

    # ---------------------------------------------------------------------------------------------- totals

    def _compare(self, total: Total, values: Mapping[str, list[Any]]) -> None:
        """Compare a row of totals with the sums of the entries above it, as the office's own sum has them.

        The control total is that of all entries. A total inside the table may be that of the entries since the last
        total, since the last one of its kind, or of all.
        """
        table = self.table
        starts = {0}
        if total.kind == "total":
            above = [other for other in table.totals if other.row < total.row]
            starts |= {other.end for other in above[-1:]}
            starts |= {other.end for other in [one for one in above if one.word == total.word][-1:]}
        for name, header in table.headers.items():
            if table.kind(name) not in ("count", "money"):
                continue
            cell = table.sheet.value(total.row, header.column)
            first = max(starts)
            broken = any(place < total.end for place in self.unread[name])
            if broken or is_not_reported(cell):
                continue
            factor = _factor(table, name)
            sums = {start: sum(value or 0 for value in values[name][start : total.end]) for start in starts}
            try:
                agrees = self.readers[name](cell).value in sums.values()
            except QuantityError:
                agrees = False
            if not agrees:
                measure = table.measures.get(name, "")
                said = f"{Decimal(sums[first]) / factor:,f}"
                details = {"field": header.last, "sum": said, "measure": measure, "severity": "warns"}
                check = "control_total_differs" if total.kind == "footer" else "subtotal_differs"
                self._blame(check, total.row, header.column, cell, **details)


def _factor(table: Table, name: str) -> Decimal:
    measure = table.measures.get(name, "")
    return MONEY[measure] if measure in MONEY else Decimal(PEOPLE.get(measure, 1))


def _each_once(
    read: Callable[[Cell], Found], cells: list[Cell]
) -> tuple[list[Value], dict[int, tuple[Doubt, ...]]]:
    """Return the value of each cell, and the doubts of the places that have any; cells that are alike are read once."""
    alike: Sequence[Any] = cells
    if len({cell.__class__ for cell in cells} - {type(None)}) > 1:
        # 1, 1.0 and TRUE are equal and not the same cell
        alike = [(cell.__class__, cell) for cell in cells]
    known: dict[Any, Value] = {}
    doubted: dict[Any, tuple[Doubt, ...]] = {}
    for key, cell in dict(zip(alike, cells, strict=True)).items():
        known[key], doubts = read(cell)
        if doubts:
            doubted[key] = doubts
    doubtful = {place: doubted[key] for place, key in enumerate(alike) if key in doubted} if doubted else {}
    return list(map(known.__getitem__, alike)), doubtful


def _period(cell: Cell) -> str:
    """Return the period a cell names; a day stands for its month, as spreadsheets keep 2020年3月.

    Raises:
        QuantityError: it names none.
    """
    if isinstance(cell, dt.date):
        return f"{cell.year}-{cell.month:02}"
    try:
        return written_period(plain_text(cell))
    except ValueError:
        raise QuantityError("not_a_period", plain_text(cell)) from None


class UnknownCodeError(ValueError):
    """A cell holds no entry of its code list.

    Attributes:
        allowed: what the list knows, for the sentence.
    """

    def __init__(self, allowed: str) -> None:
        self.allowed = allowed
        super().__init__(allowed)


def _written(cell: Cell) -> str:
    return "" if is_not_reported(cell) else plain_text(cell)


def _year(cell: Cell) -> Doubted[Value]:
    if is_not_reported(cell):
        return Doubted(None)
    text = re.sub(r"年度?$", "", plain_text(cell)) if isinstance(cell, str) else cell
    year = parse_count(text)
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise QuantityError("not_a_year", plain_text(cell))
    return Doubted(year)


def _reader(
    wanted: Field, unit_of_measure: str, codes: Codes, policy: ValuePolicy
) -> Callable[[Cell], Doubted[Value]]:
    """Return the function that reads cells of a field; it returns None for what is not reported."""
    forms = policy.forms
    texts: dict[str, Callable[[Cell], Value]] = {
        "text": plain_text,
        "code": lambda cell: normal_name(plain_text(cell)),
        "codes": lambda cell: _several(plain_text(cell)),
        "names": lambda cell: _several(plain_text(cell)),
    }
    quantities: dict[str, Callable[[Cell], Doubted[Any]]] = {
        "count": lambda cell: read_count(cell, unit_of_measure, forms),
        "money": lambda cell: read_money(cell, unit_of_measure, forms) if unit_of_measure else Doubted(None),
        "mark": lambda cell: _mark(read_number(cell, forms)),
        "day": lambda cell: read_date(cell, forms),
        "period": lambda cell: Doubted(_period(cell)),
    }
    if wanted.kind in texts:
        text = texts[wanted.kind]
        return lambda cell: Doubted(None if is_not_reported(cell) else text(cell))
    if wanted.kind in quantities:
        read = quantities[wanted.kind]
        return lambda cell: Doubted(None) if is_not_reported(cell) else read(cell)
    answers = {normal_name(written): answer for written, answer in codes[wanted.code_list].items()}
    allowed = LIST_SIGN.join(codes[wanted.code_list])

    def choose(cell: Cell) -> Doubted[Value]:
        written = normal_name(plain_text(cell))
        # 无 may be an entry of the list, and only else means that nothing is reported
        answer = answers.get(written) or (_TRUTH.get(written) if isinstance(cell, bool) else None)
        if answer is None:
            if is_not_reported(cell):
                return Doubted(None)
            raise UnknownCodeError(allowed)
        return Doubted(_ANSWERS[answer] if wanted.kind == "yes" else answer)

    return choose


def _mark(read: Doubted[Decimal]) -> Doubted[float]:
    return Doubted(float(read.value), read.doubts)


def _several(text: str) -> str:
    return ";".join(part.strip() for part in _SEVERAL.split(text) if part.strip())
