"""Cells in which something stands that is no value and may take it back: text struck through, comments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analysis.intake.files.sheets import address
from analysis.intake.sheet_tables.ledger_tables import Table
from analysis.rounds.faults import ALL_CELLS, Fault, runs


def faults_of_marks(table: Table) -> Iterator[Fault]:
    """Yield what is struck through and what is commented on among the entries of a table; all of it is read.

    A row of which everything is struck through is told as a row; other cells are told column by column.
    """
    sheet = table.sheet
    if not (sheet.struck or sheet.comments):
        return
    entries = set(table.rows)
    struck = {place for place in sheet.struck if place[0] in entries}
    rows = sorted(row for row in {row for row, _column in struck} if is_struck(table, row))
    if rows:
        first = min(table.read)
        said = {"rows": str(len(rows)), "of_rows": runs(rows), "severity": "warns"}
        said[ALL_CELLS] = ",".join(f"{row}:{row}" for row in rows)
        yield table.fault("rows_struck", rows[0], first, sheet.value(rows[0], first), **said)
    yield from _by_column(
        table, "cells_struck", struck - {place for place in struck if place[0] in rows}, "warns"
    )
    yield from _by_column(table, "cells_commented", {p for p in sheet.comments if p[0] in entries}, "notes")


def is_struck(table: Table, row: int) -> bool:
    """Return whether everything in a row is struck through."""
    cells = enumerate(table.sheet.rows[row - 1], 1)
    return all((row, column) in table.sheet.struck for column, cell in cells if cell is not None)


def _by_column(table: Table, check: str, places: Iterable[tuple[int, int]], severity: str) -> Iterator[Fault]:
    of_column: dict[int, list[int]] = {}
    for row, column in places:
        if column in table.read:
            of_column.setdefault(column, []).append(row)
    headers = {header.column: header.last for _name, header in table.measured}
    for column, rows in sorted(of_column.items()):
        found = table.sheet.value(min(rows), column)
        said = {"field": headers[column], "rows": str(len(rows)), "of_rows": runs(rows), "severity": severity}
        said[ALL_CELLS] = ",".join(address(row, column) for row in sorted(rows))
        yield table.fault(check, min(rows), column, found, **said)
