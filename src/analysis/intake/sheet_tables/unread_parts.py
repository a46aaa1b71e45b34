"""What would be left unread in a sheet of which something is read: rows under a footer, a table beside, other ranges.

And what two sources read. Each blocks: a row that nobody reads, or one read twice, makes a number that looks right and
is wrong. The maps may leave out a range by
declaration (`left_out`), or read it as another source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from analysis.intake.files import Position, Range
from analysis.intake.sheet_tables.ledger_tables import LIKE_A_ROW, Table
from analysis.intake.sheet_tables.row_kinds import is_beside_entries
from analysis.rounds.faults import Fault, runs


def unread(tables: Iterable[Table]) -> Iterator[Fault]:
    """Yield what looks like entries, lies in no table and is not left out by declaration; each place once."""
    sheets: dict[tuple[str, str], list[Table]] = {}
    for table in tables:
        sheets.setdefault((table.sheet.file, table.sheet.name), []).append(table)
    for of_sheet in sheets.values():
        yield from _read_twice(of_sheet)
        yield from _read_although_left_out(of_sheet)
        told: set[tuple[str, int]] = set()
        for table in of_sheet:
            others = [other for other in of_sheet if other is not table]
            for check, places in table.unread.items():
                free = [
                    at
                    for at in places
                    if (check, at[0]) not in told
                    and not _left_out(at, of_sheet)
                    and not any(_reads(other, at) for other in others)
                ]
                told |= {(check, row) for row, _column in free}
                if free:
                    yield _fault(check, table, free)
        if all(table.source.area for table in of_sheet):
            outside = _outside(of_sheet)
            if outside:
                yield _fault("rows_unread", of_sheet[0], outside)


def _read_twice(of_sheet: list[Table]) -> Iterator[Fault]:
    """Yield the rows that two sources of a ledger read from the same cells and tell nothing apart by."""
    of_tables = ((table, set(table.rows)) for table in of_sheet)
    for (first, its), (second, others) in combinations(of_tables, 2):
        if its.isdisjoint(others) or first.ledger is not second.ledger or first.constants != second.constants:
            continue
        rows, columns = sorted(its & others), sorted((set(first.read), set(second.read)), key=len)
        if columns[0] <= columns[1]:
            names = {
                "one": first.mapped.name or first.sheet.file,
                "other": second.mapped.name or second.sheet.file,
            }
            said = {"rows": str(len(rows)), "numbers": runs(rows), **names}
            yield second.fault("rows_read_twice", rows[0], min(columns[0]), None, **said)


def _read_although_left_out(of_sheet: list[Table]) -> Iterator[Fault]:
    """Yield the rows of entries that a source reads and says to leave out: it leaves out only what it does not read."""
    for table in of_sheet:
        ranges = [Range.parse(written) for written in table.mapped.left_out]
        places = [
            (row, column)
            for row in table.rows
            for column in sorted(table.read)
            if any(area.has(row, column) for area in ranges)
        ]
        if places:
            yield _fault("left_out_is_read", table, places)


def _fault(check: str, table: Table, places: list[Position]) -> Fault:
    rows = sorted({row for row, _column in places})
    return table.fault(check, *places[0], None, rows=str(len(rows)), numbers=runs(rows))


def _left_out(at: Position, of_sheet: list[Table]) -> bool:
    return any(Range.parse(written).has(*at) for table in of_sheet for written in table.mapped.left_out)


def _reads(table: Table, at: Position) -> bool:
    """Return whether a table answers for a cell: by its range, as an entry, or by the header of its column."""
    row, column = at
    if table.source.area:
        return table.has(row, column)
    return row in (*table.rows, *table.left_out) or (row == table.header_row and column in table.read)


def _outside(of_sheet: list[Table]) -> list[Position]:
    """Return the rows that have as much as an entry outside all tables of a sheet, with their first such column."""
    places = []
    for row, cells in enumerate(of_sheet[0].source.sheet.rows, 1):
        free = [
            column
            for column, cell in enumerate(cells, 1)
            if cell is not None
            and not any(table.has(row, column) for table in of_sheet)
            and not _left_out((row, column), of_sheet)
        ]
        if len(free) >= LIKE_A_ROW and not is_beside_entries(cells[free[0] - 1 :]):
            places.append((row, free[0]))
    return places
