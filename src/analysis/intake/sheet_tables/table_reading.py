"""One table of a ledger: from its cells to typed entries, with every doubtful cell by its address."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from analysis.intake.cell_reading.cell_digits import lost_in
from analysis.intake.cell_reading.cell_values import ANSWERS, TEXTS, CellReader, Codes, Doubt, Found, Value
from analysis.intake.declared.ledgers import YEAR, YES_NO, Ledger
from analysis.intake.declared.maps import ROW
from analysis.intake.declared.policies import ValuePolicy
from analysis.intake.sheet_tables.ditto import Dittos, resolved
from analysis.intake.sheet_tables.ledger_tables import Header, Table, Total, unit_columns
from analysis.intake.sheet_tables.marked_cells import faults_of_marks
from analysis.intake.sheet_tables.merged_rows import ADDED
from analysis.intake.sheet_tables.reading import APPROXIMATE, UNDATED, Entries, Reading
from analysis.intake.sheet_tables.row_units import units_of
from analysis.quantities import (
    CURRENCY_OF,
    MONEY,
    PEOPLE,
    Cell,
    QuantityError,
    Shown,
    is_not_reported,
    plain_text,
)
from analysis.rounds.faults import Fault, Severity, runs
from analysis.rounds.units import UnitRoll

#: what is the same of every cell of a column with one number format, and is told once
_TOGETHER: Final = frozenset({"value_shown", "value_percent", "day_shown_in_part"})
#: full marks of a member department's mark
_FULL_MARKS: Final = 100.0


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
        policy: what is done with doubtful cells where their source does not say; the usual if None.

    Returns:
        The reading, in which an entry that stands twice is still there twice (`checks.merge_entries`).
    """
    reading = Reading(ledger, shown, tables)
    for number, table in enumerate(tables):
        own = {name: {**codes.get(name, {}), **said} for name, said in table.mapped.codes.items()}
        policy_of = table.mapped.values or policy or ValuePolicy()
        reader = _TableReader(table, {**codes, **own}, roll, currency, policy_of)
        reading.entries.add(reader.read(number))
        reading.faults += [*table.faults, *faults_of_marks(table), *reader.faults]
    return reading


class _TableReader:
    """Reads the entries of one table, and adds up what its totals state."""

    def __init__(
        self, table: Table, codes: Codes, roll: UnitRoll | None, currency: str, policy: ValuePolicy
    ) -> None:
        fields = table.ledger.fields
        self.table, self.roll, self.currency, self.policy = table, roll, currency, policy
        self.codes = codes
        self.faults: list[Fault] = []
        self.units: list[str] = []
        self.foreign = self._foreign_measures()
        names = [*table.headers, *{item.measure: None for item in table.items}]
        self.readers = {
            name: CellReader(
                YES_NO if name in table.mapped.without_day else fields.get(name),
                codes=codes,
                policy=policy,
                currency=currency,
                unit_of_measure=self._measure(name),
                # a mark not given in a wide sheet is missing, not forgotten: the sheet has a cell for every item
                required=name in fields and fields[name].required and not table.items,
                of_hundred="full" not in fields,
            )
            for name in (*fields, YEAR)
            if name in names
        }
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
        values |= {name: [self._constant(name, said)] * size for name, said in table.constants.items()}
        if table.mapped.number_from == [ROW]:
            values["no"] = table.row_numbers()
        if undated := [name for name in table.mapped.without_day if name in values]:
            happened = zip(*(values[name] for name in undated), strict=True)
            values[UNDATED] = [
                ";".join(name for name, yes in zip(undated, answers, strict=True) if yes)
                for answers in happened
            ]
            values |= {name: [None] * size for name in undated}
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

    def _constant(self, name: str, said: str) -> Value:
        """Return what holds for every row, read as a cell of its field would be."""
        field = YES_NO if name in self.table.mapped.without_day else self.table.ledger.fields[name]
        if said in field.choices:
            return ANSWERS[said] if field.kind == "yes" else said
        measure = self.table.mapped.unit_of_measure.get(name, "")
        reader = CellReader(
            field, codes=self.codes, policy=self.policy, currency=self.currency, unit_of_measure=measure
        )
        return reader.read(said).value

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
        written = self.table.cells_of(name, header.column)
        dittos = self._dittos(name, written)
        cells, reader = dittos.cells, self.readers[name]
        lost = lost_in(cells, names=reader.kind in TEXTS)
        values, doubtful = _each_once(lambda cell: reader.found(cell, lost=lost(cell)), cells)
        doubtful |= {place: (Doubt("ditto", "blocks"),) for place in dittos.refused}
        # what is said of formulas without a result takes the place of what is said of empty cells
        formulas = self._without_result(header.column)
        for place, doubt in formulas.items():
            values[place], written[place], doubtful[place] = None, None, (doubt,)
        self._tell_all(name, header, written, doubtful)
        self._tell_dittos(header, written, dittos)
        blank = {place for place, doubt in formulas.items() if doubt.check == "formula_blank"}
        self.unread[name] = [
            place for place in sorted(doubtful) if values[place] is None and place not in blank
        ]
        return values

    def _dittos(self, name: str, written: list[Cell]) -> Dittos:
        """Return the cells of a column with what stands above those that say so.

        An amount is never read so: it may be that of both rows together.
        """
        return resolved(written, follow=self.policy.ditto == "above" and self.table.kind(name) not in ADDED)

    def _tell_dittos(self, header: Header, written: list[Cell], dittos: Dittos) -> None:
        """Tell what was read as the cell above."""
        for places in self._by_unit(dittos.read):
            doubt = Doubt("ditto", "warns", {"taken": plain_text(dittos.cells[places[0]])})
            self._tell_together(header, places, written[places[0]], doubt)

    def _tell_all(
        self, name: str, header: Header, cells: list[Cell], doubtful: Mapping[int, tuple[Doubt, ...]]
    ) -> None:
        """Tell the doubts of a column; those of a whole column of one format are one."""
        together: dict[tuple[str, Severity], list[int]] = {}
        for place in sorted(doubtful):
            for doubt in doubtful[place]:
                if doubt.check in _TOGETHER:
                    together.setdefault((doubt.check, doubt.severity), []).append(place)
                else:
                    self._tell(name, header, place, cells[place], doubt)
        for key, found in together.items():
            for places in self._by_unit(found):
                cell = cells[places[0]]
                doubt = next(doubt for doubt in doubtful[places[0]] if (doubt.check, doubt.severity) == key)
                self._tell_together(header, places, cell, doubt)

    def _by_unit(self, places: Iterable[int]) -> Iterable[list[int]]:
        of_unit: dict[str, list[int]] = {}
        for place in places:
            of_unit.setdefault(self.units[place], []).append(place)
        return of_unit.values()

    def _tell_together(self, header: Header, places: list[int], cell: Cell, doubt: Doubt) -> None:
        """Tell what is the same of several cells of a unit in one fault, in the first of them."""
        rows = [self.table.rows[place] for place in places]
        details = {"field": header.last, "of_rows": runs(rows) if len(rows) > 1 else "", **doubt.details}
        if isinstance(cell, Shown):
            details["stored"] = plain_text(cell.value)
        more: dict[str, Any] = {"unit": self.units[places[0]], "severity": doubt.severity}
        self._blame(doubt.check, rows[0], header.column, cell, **details, **more)

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
        table = self.table
        written = {name: table.cells(column) for name, column in unit_columns(table).items()}
        read = {name: self._dittos(name, cells) for name, cells in written.items()}
        refused = {place for dittos in read.values() for place in dittos.refused}
        cells = {name: dittos.cells for name, dittos in read.items()}
        self.units, faults = units_of(table, cells, self.roll, refused)
        self.faults += faults
        for name, dittos in read.items():
            header = table.headers[name]
            for place in dittos.refused:
                self._tell(name, header, place, written[name][place], Doubt("ditto", "blocks"))
            self._tell_dittos(header, written[name], dittos)
        return self.units

    # ---------------------------------------------------------------------------------------------- totals

    def _compare(self, total: Total, values: Mapping[str, list[Any]]) -> None:
        """Compare a row of totals with the sums of the entries above it, as the office's own sum has them.

        The control total is that of all entries. A total inside the table may be that of the entries since the last
        total, since the last one of its kind, or of all.
        """
        table = self.table
        starts = {0}
        above = [other for other in table.totals if other.row < total.row]
        # tables under one another have a footer each
        starts |= {other.end for other in [one for one in above if one.kind == "footer"][-1:]}
        if total.kind == "total":
            starts |= {other.end for other in above[-1:]}
            starts |= {other.end for other in [one for one in above if one.word == total.word][-1:]}
        first = max(starts)
        self._compare_records(total, starts, first)
        for name, header in table.headers.items():
            if table.kind(name) not in ("count", "money"):
                continue
            cell = table.sheet.value(total.row, header.column)
            # the office's sum has the rows that are left out here
            left_out = any(row < total.row for row in table.left_out)
            broken = left_out or any(place < total.end for place in self.unread[name])
            if broken or is_not_reported(cell):
                continue
            factor = _factor(table, name)
            sums = {start: sum(value or 0 for value in values[name][start : total.end]) for start in starts}
            try:
                agrees = self.readers[name].read(cell).value in sums.values()
            except QuantityError:
                agrees = False
            if not agrees:
                measure = table.measures.get(name, "")
                said = f"{Decimal(sums[first]) / factor:,f}"
                details = {"field": header.last, "sum": said, "measure": measure, "severity": "warns"}
                check = "control_total_differs" if total.kind == "footer" else "subtotal_differs"
                self._blame(check, total.row, header.column, cell, **details)

    def _compare_records(self, total: Total, starts: Iterable[int], first: int) -> None:
        """Compare the number of records a total states with the rows above it, those left out here included."""
        table = self.table
        if total.records is None:
            return
        said, column = total.records
        rows = [*table.rows, *table.left_out, *table.dropped]

        def count(start: int, rows: list[int]) -> int:
            above = table.rows[start - 1] if start else 0
            return sum(above < row < total.row for row in rows)

        # an office may count a case of several rows as one or as several
        if said not in {count(start, kept) for start in starts for kept in (rows, [*rows, *table.folded])}:
            found = table.sheet.value(total.row, column)
            details = {"sum": f"{count(first, rows):,}", "severity": "warns"}
            self._blame("records_differ", total.row, column, found, **details)


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
