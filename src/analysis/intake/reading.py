"""One ledger: from the cells of a sheet to a typed frame, with every doubtful cell by its address."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import pandas as pd

from analysis.faults import Fault
from analysis.intake.ledgers import DTYPES, LEDGERS, UNIT_FIELDS, Field, Ledger
from analysis.intake.maps import LedgerMap, Wide
from analysis.intake.sheets import Sheet, address
from analysis.quantities import (
    MONEY,
    Cell,
    QuantityError,
    is_not_reported,
    parse_count,
    parse_date,
    parse_money,
    parse_number,
    plain_text,
)
from analysis.settings import suggestion
from analysis.units import UnitRoll, normal_name

Value = str | int | float | dt.date | bool | None
Codes = Mapping[str, Mapping[str, str]]

#: what a spreadsheet shows where a formula failed
_FAILED: Final = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})
_IN_BRACKETS: Final = re.compile(r"[（(](?:单位[：:])?\s*(亿元|万元|元)\s*[）)]")
_PREAMBLE: Final = re.compile(r"单位\s*[：:]\s*(亿元|万元|元)")
_SEVERAL: Final = re.compile(r"[、;；,，]")
_ANSWERS: Final = {"yes": True, "no": False}
#: full marks of a member department's mark
_FULL_MARKS: Final = 100.0
_TRUTH: Final = {"TRUE": "yes", "FALSE": "no"}


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
    """A column of a wide sheet: whose marks it holds, and the full marks its header names."""

    header: Header
    name: str
    full: float | None


@dataclass
class Reading:
    """A ledger as read from its sheet.

    Attributes:
        ledger: its definition.
        sheet: where it stands.
        rows: one mapping per entry: `row`, `unit`, its fields, and `column` where an entry is a single cell.
        headers: the header of each field that has a column.
        items: the item columns of a wide sheet.
        measures: the unit of measure of each amount.
        faults: everything found wrong.
    """

    ledger: Ledger
    sheet: Sheet
    rows: list[dict[str, Any]] = field(default_factory=list)
    headers: dict[str, Header] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    measures: Mapping[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, check: str, row: int, column: int, found: Cell, **details: Any) -> Fault:
        """Return a fault in a cell of this sheet; `severity` and `unit` may be among the details."""
        return Fault(
            check,
            file=self.sheet.file,
            sheet=self.sheet.name,
            cell=address(row, column),
            found=plain_text(found),
            severity=details.pop("severity", "blocks"),
            unit=details.pop("unit", ""),
            details=details,
        )

    def cell_of(self, row: Mapping[str, Any], name: str) -> tuple[int, int]:
        """Return row and column of the cell that holds a field of an entry."""
        if "column" in row and name in (self.ledger.wide_key, "mark"):
            return int(row["row"]), int(row["column"])
        header = self.headers.get(name) or next(iter(self.headers.values()))
        return int(row["row"]), header.column

    def columns(self) -> list[dict[str, str]]:
        """Return the rows of the frame of columns."""
        place = {"ledger": self.ledger.name, "file": self.sheet.file, "sheet": self.sheet.name}
        named = [(name, header) for name, header in self.headers.items()]
        named += [(f"mark:{item.name}", item.header) for item in self.items]
        return [
            {**place, "field": name, "column": address(1, header.column)[:-1], "header": header.full}
            for name, header in sorted(named, key=lambda pair: pair[1].column)
        ]


def frame_columns(ledger: Ledger) -> dict[str, str]:
    """Return the columns of a ledger's frame with their types."""
    place = {"file": "str", "sheet": "str", "row": "int64"}
    if ledger.wide_key:
        place["column"] = "str"
    return {**place, "unit": "str", **{name: DTYPES[item.kind] for name, item in ledger.fields.items()}}


def empty_ledger(name: str) -> pd.DataFrame:
    """Return a ledger of `LEDGERS` without an entry, as it stands for a round that does not keep it."""
    kinds = frame_columns(LEDGERS[name])
    return pd.DataFrame({column: pd.Series([], dtype=kind) for column, kind in kinds.items()})


def to_frame(reading: Reading, order: Mapping[str, int]) -> pd.DataFrame:
    """Return the entries as a frame, ordered by unit and key, so that the order of rows in the file changes nothing.

    Args:
        reading: the ledger as read.
        order: place of each unit's code in the roll.
    """
    ledger = reading.ledger
    kinds = frame_columns(ledger)
    rows = sorted(
        reading.rows,
        key=lambda row: (
            order.get(row["unit"], len(order)),
            *(_natural(str(row[name])) for name in ledger.key),
        ),
    )
    data: dict[str, pd.Series] = {}
    for name, kind in kinds.items():
        if name in ("file", "sheet"):
            cells: list[Any] = [reading.sheet.file if name == "file" else reading.sheet.name] * len(rows)
        elif name == "column":
            cells = [address(1, row["column"])[:-1] for row in rows]
        else:
            cells = [row.get(name) for row in rows]
        if kind == "str":
            cells = ["" if cell is None else cell for cell in cells]
        elif kind.startswith("datetime64"):
            cells = [pd.NaT if cell is None else pd.Timestamp(cell) for cell in cells]
        data[name] = pd.Series(cells, dtype=kind)
    return pd.DataFrame(data, columns=list(kinds))


def read_ledger(
    ledger: Ledger, mapped: LedgerMap, codes: Codes, sheet: Sheet, roll: UnitRoll | None
) -> Reading:
    """Read one ledger from its sheet.

    Args:
        ledger: its definition.
        mapped: how this round's file calls its columns.
        codes: the code lists, by name: what is written → what it means.
        sheet: the cells.
        roll: the units; None if the roll could not be read, so that no row can be wrong about its unit.

    Returns:
        The reading. Columns of persons and columns that no field claims are never read.
    """
    reading = Reading(ledger, sheet, measures=mapped.unit_of_measure)
    _find_columns(reading, mapped, _headers(sheet, mapped.header_rows))
    _check_units_of_measure(reading, mapped)
    rows = _RowReader(reading, codes, roll)
    for row in range(mapped.first_row or max(mapped.header_rows) + 1, len(sheet.rows) + 1):
        if mapped.footer and _is_footer(sheet, row, mapped.footer):
            rows.compare_totals(row)
            return reading
        if not rows.is_blank(row):
            rows.read(row)
    if mapped.footer:
        missing = Fault("footer_missing", sheet.file, sheet.name, found=mapped.footer, severity="warns")
        reading.faults.append(missing)
    return reading


def _headers(sheet: Sheet, rows: list[int]) -> list[Header]:
    """Return the header of every column that has one; a merged header stands over all its columns."""
    over: dict[tuple[int, int], Cell] = {}
    for merged in sheet.merged:
        if merged.first_row <= max(rows) and merged.last_row >= min(rows):
            value = sheet.value(merged.first_row, merged.first_column)
            for row in range(merged.first_row, merged.last_row + 1):
                for column in range(merged.first_column, merged.last_column + 1):
                    over[row, column] = value
    headers = []
    for column in range(1, sheet.width + 1):
        levels: list[str] = []
        for row in sorted(rows):
            name = " ".join(plain_text(over.get((row, column), sheet.value(row, column))).split())
            if name and (not levels or levels[-1] != name):
                levels.append(name)
        if levels:
            headers.append(Header(column, tuple(levels)))
    return headers


def _find_columns(reading: Reading, mapped: LedgerMap, headers: list[Header]) -> None:
    """Find the column of every mapped field and of every item, and note what is missing, doubtful or unclaimed."""
    sheet = reading.sheet
    # what is about persons is left at the door, whatever else the maps say about the column
    persons = {header.column for name in mapped.persons for header in _matching(headers, [name])}
    headers = [header for header in headers if header.column not in persons]
    known = "、".join(header.last for header in headers)
    for name, accepted in mapped.fields.items():
        found = _matching(headers, accepted)
        if len(found) == 1:
            reading.headers[name] = found[0]
        elif found:
            cells = "、".join(address(max(mapped.header_rows), header.column) for header in found)
            reading.faults.append(
                Fault("column_twice", sheet.file, sheet.name, found=found[0].last, details={"cells": cells})
            )
        elif name not in reading.ledger.fields or not reading.ledger.fields[name].optional:
            reading.faults.append(
                Fault(
                    "column_missing",
                    sheet.file,
                    sheet.name,
                    found=accepted[0] if accepted else name,
                    details={"known": known},
                )
            )
    claimed = {header.column for header in reading.headers.values()}
    if mapped.wide:
        free = [header for header in headers if header.column not in claimed]
        _find_items(reading, mapped.wide, free, max(mapped.header_rows))
        claimed |= {item.header.column for item in reading.items}
        if not reading.items:
            reading.faults.append(
                Fault(
                    "column_missing", sheet.file, sheet.name, found=mapped.wide.item, details={"known": known}
                )
            )
    claimed |= {header.column for name in mapped.ignored for header in _matching(headers, [name])}
    for header in headers:
        if header.column not in claimed:
            reading.faults.append(
                reading.fault(
                    "column_unknown", max(mapped.header_rows), header.column, header.last, severity="warns"
                )
            )


def _matching(headers: list[Header], accepted: list[str]) -> list[Header]:
    """Return the headers called by one of the names: by all their levels, else by the last level alone."""
    names = {normal_name(name) for name in accepted}
    return [header for header in headers if normal_name(header.full) in names] or [
        header for header in headers if normal_name(header.last) in names
    ]


def _find_items(reading: Reading, wide: Wide, headers: list[Header], row: int) -> None:
    """Find the item columns of a wide sheet, and the full marks their headers name."""
    for header in headers:
        found = [match[1] for level in header.levels if (match := re.search(wide.item, level))]
        if not found:
            continue
        marks = re.search(wide.full, header.full) if wide.full else None
        full = None
        if marks:
            try:
                full = float(parse_number(marks[1]))
            except QuantityError as error:
                details = {"field": header.last, "measure": ""}
                reading.faults.append(reading.fault(error.check, row, header.column, marks[1], **details))
        # the lowest level names the item, the ones above it groups of items
        reading.items.append(Item(header, normal_name(found[-1]), full))


def _check_units_of_measure(reading: Reading, mapped: LedgerMap) -> None:
    """Compare the declared unit of each amount with what the header, else the line above the table, says."""
    sheet = reading.sheet
    above = " ".join(plain_text(cell) for row in sheet.rows[: min(mapped.header_rows) - 1] for cell in row)
    preamble = _PREAMBLE.search(above)
    for name, declared in mapped.unit_of_measure.items():
        header = reading.headers.get(name)
        if header is None:
            continue
        written = _IN_BRACKETS.search(header.full) or preamble
        if written and written[1] != declared:
            row = max(mapped.header_rows)
            reading.faults.append(
                reading.fault(
                    "unit_of_measure_differs",
                    row,
                    header.column,
                    written[1],
                    field=header.last,
                    declared=declared,
                )
            )


def _is_footer(sheet: Sheet, row: int, footer: str) -> bool:
    first = next((cell for cell in sheet.rows[row - 1] if cell not in (None, "")), None)
    return isinstance(first, str) and normal_name(first) == normal_name(footer)


class _RowReader:
    """Reads the rows of one sheet into the reading, and adds up what the footer will state."""

    def __init__(self, reading: Reading, codes: Codes, roll: UnitRoll | None) -> None:
        fields = reading.ledger.fields
        self.reading, self.roll = reading, roll
        self.columns = [
            header.column for header in (*reading.headers.values(), *(i.header for i in reading.items))
        ]
        self.readers = {
            name: _reader(wanted, reading.measures.get(name, ""), codes)
            for name, wanted in fields.items()
            if name in reading.headers or (name == "mark" and reading.items)
        }
        self.filled = self._filled_down()
        # None: a total cannot be compared with a column of which one cell could not be read
        self.totals: dict[str, int | None] = {
            name: 0 for name in self.readers if fields[name].kind in ("count", "money")
        }

    def is_blank(self, row: int) -> bool:
        """Return whether a row has nothing in any column that is read."""
        sheet = self.reading.sheet
        return all(
            sheet.value(row, at) in (None, "") and not self._is_unfinished(row, at) for at in self.columns
        )

    def read(self, row: int) -> None:
        """Read one row: its unit, its fields, and in a wide sheet one entry per item."""
        reading, ledger = self.reading, self.reading.ledger
        unit = self._unit(row) if ledger.has_unit else ""
        entry: dict[str, Any] = {"row": row, "unit": unit}
        for name in self.readers:
            if name not in reading.headers:
                continue
            entry[name], right = self._value(name, row, reading.headers[name], unit)
            if name in self.totals:
                total = self.totals[name]
                self.totals[name] = total + (entry[name] or 0) if right and total is not None else None
        if not ledger.has_unit:
            entry["unit"] = entry.get("code") or ""
        if not reading.items:
            if ledger.wide_key and "mark" in reading.headers:
                entry["column"] = reading.headers["mark"].column
            self._add(entry)
        for item in reading.items:
            mark, _right = self._value("mark", row, item.header, unit)
            full = {"full": item.full} if "full" in ledger.fields else {}
            self._add(
                {**full, **entry, ledger.wide_key: item.name, "mark": mark, "column": item.header.column}
            )

    def compare_totals(self, row: int) -> None:
        """Compare the footer's control totals with the sums of all rows, as the office's own sum has them."""
        reading = self.reading
        for name, total in self.totals.items():
            header = reading.headers[name]
            cell = reading.sheet.value(row, header.column)
            if total is None or is_not_reported(cell):
                continue
            measure = reading.measures.get(name, "")
            factor = MONEY[measure] if measure else Decimal(1)
            try:
                agrees = parse_number(cell) * factor == total
            except QuantityError:
                agrees = False
            if not agrees:
                details = {"field": header.last, "sum": f"{Decimal(total) / factor:,f}", "measure": measure}
                fault = reading.fault(
                    "control_total_differs", row, header.column, cell, severity="warns", **details
                )
                reading.faults.append(fault)

    def _filled_down(self) -> dict[tuple[int, int], int]:
        """Return, for each cell of the unit's columns that a merged cell covers, the row in which its value stands.

        Only the unit is filled down: an amount in a merged cell belongs to one row and would otherwise count twice.
        """
        columns = {self.reading.headers[name].column for name in UNIT_FIELDS if name in self.reading.headers}
        return {
            (row, merged.first_column): merged.first_row
            for merged in self.reading.sheet.merged
            if merged.first_column in columns and merged.first_column == merged.last_column
            for row in range(merged.first_row + 1, merged.last_row + 1)
        }

    def _is_unfinished(self, row: int, column: int) -> bool:
        unfinished = self.reading.sheet.unfinished
        return bool(unfinished) and address(row, column) in unfinished

    def _add(self, entry: dict[str, Any]) -> None:
        """Keep an entry, and note a mark above the full marks of its item (above 100 for a department's mark)."""
        reading = self.reading
        reading.rows.append(entry)
        mark = entry.get("mark")
        full = entry.get("full") if "full" in reading.ledger.fields else _FULL_MARKS
        if mark is not None and full is not None and mark > full:
            row, column = reading.cell_of(entry, "mark")
            details = {"unit": entry["unit"], "full": plain_text(full)}
            reading.faults.append(reading.fault("mark_above_full", row, column, mark, **details))

    def _value(self, name: str, row: int, header: Header, unit: str) -> tuple[Any, bool]:
        """Return the value of a cell (None if it has none or cannot be read) and whether nothing is wrong with it."""
        reading = self.reading
        cell = reading.sheet.value(row, header.column)
        check, details = "", {"field": header.last, "measure": reading.measures.get(name, "")}
        value: Value = None
        if self._is_unfinished(row, header.column):
            check = "formula_without_value"
        elif isinstance(cell, str) and cell in _FAILED:
            check = "formula_failed"
        else:
            try:
                value = self.readers[name](cell)
            except QuantityError as error:
                check = error.check
            except UnknownCodeError as error:
                check, details["allowed"] = "not_in_code_list", error.allowed
            # a mark not given in a wide sheet is missing, not forgotten: the sheet has a cell for every item
            if not check and value is None and reading.ledger.fields[name].required and not reading.items:
                check = "required_empty"
            elif isinstance(value, int | float) and value < 0:
                check = "negative_number"
        if check:
            reading.faults.append(reading.fault(check, row, header.column, cell, unit=unit, **details))
        return (None if check else value), not check

    def _unit(self, row: int) -> str:
        """Return the code of a row's unit, empty if it cannot be told."""
        reading, roll = self.reading, self.roll
        columns = {name: reading.headers[name].column for name in UNIT_FIELDS if name in reading.headers}
        if roll is None or not columns:
            return ""
        written = dict.fromkeys(UNIT_FIELDS, "")
        for field_name, column in columns.items():
            cell = reading.sheet.value(self.filled.get((row, column), row), column)
            written[field_name] = "" if is_not_reported(cell) else plain_text(cell)
        code, name = written["unit_code"], written["unit_name"]
        found, check = roll.resolve(code, name)
        if check is None:
            return found or ""
        by_code, by_name = roll.by_code(code), roll.by_name(name)
        # the name is blamed where it is nobody's; where the two disagree, the code, for the name is what people read
        wrong = "unit_name" if "unit_name" in columns and name and by_name is None else next(iter(columns))
        details = {
            "code": code,
            "name": name,
            "code_means": by_code.name if by_code else "",
            "name_means": by_name.code if by_name else "",
            "suggestion": suggestion(name, [spelling for unit in roll for spelling in unit.spellings()]),
            "known": "、".join(unit.name for unit in roll),
        }
        reading.faults.append(reading.fault(check, row, columns[wrong], written[wrong], **details))
        return ""


class UnknownCodeError(ValueError):
    """A cell holds no entry of its code list.

    Attributes:
        allowed: what the list knows, for the sentence.
    """

    def __init__(self, allowed: str) -> None:
        self.allowed = allowed
        super().__init__(allowed)


def _reader(wanted: Field, unit_of_measure: str, codes: Codes) -> Callable[[Cell], Value]:
    """Return the function that reads cells of a field; it returns None for what is not reported."""
    plain: dict[str, Callable[[Cell], Value]] = {
        "text": plain_text,
        "code": lambda cell: normal_name(plain_text(cell)),
        "codes": lambda cell: _several(plain_text(cell)),
        "names": lambda cell: _several(plain_text(cell)),
        "count": parse_count,
        "money": lambda cell: parse_money(cell, unit_of_measure),
        "mark": lambda cell: float(parse_number(cell)),
        "day": parse_date,
    }
    if wanted.kind in plain:
        read = plain[wanted.kind]
        return lambda cell: None if is_not_reported(cell) else read(cell)
    answers = {normal_name(written): answer for written, answer in codes[wanted.code_list].items()}
    allowed = "、".join(codes[wanted.code_list])

    def choose(cell: Cell) -> Value:
        written = normal_name(plain_text(cell))
        # 无 may be an entry of the list, and only else means that nothing is reported
        answer = answers.get(written) or (_TRUTH.get(written) if isinstance(cell, bool) else None)
        if answer is None:
            if is_not_reported(cell):
                return None
            raise UnknownCodeError(allowed)
        return _ANSWERS[answer] if wanted.kind == "yes" else answer

    return choose


def _several(text: str) -> str:
    return ";".join(part.strip() for part in _SEVERAL.split(text) if part.strip())


def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return a text as a sort key in which 2 stands before 10."""
    return tuple(_natural_part(part) for part in _parts(text))


def _parts(text: str) -> Iterator[str]:
    return (part for part in re.split(r"(\d+)", text) if part)


def _natural_part(part: str) -> tuple[int, int, str]:
    return (0, int(part), part) if part.isdecimal() else (1, 0, part)
