"""The layout of one sheet: which column is which field, which rows are entries, and what every other row is.

Nothing is read here yet; a `Table` says where the entries of a ledger stand in a sheet.
"""

from __future__ import annotations

from analysis.intake.declared.ledgers import Ledger
from analysis.intake.declared.maps import LedgerMap
from analysis.intake.sheet_tables.header_columns import find_columns, find_measures, headers_of
from analysis.intake.sheet_tables.ledger_tables import LIKE_A_ROW, Header, Source, Table
from analysis.intake.sheet_tables.merged_rows import read_merges
from analysis.intake.sheet_tables.preparing import prepare
from analysis.intake.sheet_tables.row_kinds import Rows
from analysis.intake.sheet_tables.tables_beside import without_tables_beside
from analysis.quantities import plain_text
from analysis.rounds.faults import runs


def lay_out(ledger: Ledger, mapped: LedgerMap, source: Source) -> Table:
    """Return where the entries of a ledger stand in a sheet, with everything doubtful about its layout.

    Columns of persons and columns that no field claims are no part of the table.
    """
    sheet = source.sheet.part(source.area) if source.area else source.sheet
    header_rows = tuple(row + source.shift for row in mapped.header_rows)
    table = Table(ledger, mapped, source, sheet, header_rows, constants=dict(mapped.constants))
    headers = without_tables_beside(table, headers_of(table.sheet, header_rows))
    find_columns(table, mapped, headers)
    find_measures(table, mapped)
    if table.read:
        rows = Rows(table, mapped, headers)
        rows.look_above()
        rows.sort_out()
        read_merges(table, rows.first, rows.places)
        prepare(table, headers)
        table.settle_totals()
        _note_hidden(table)
        _note_ragged(table)
        _note_nameless(table, headers)
    return table


def _note_hidden(table: Table) -> None:
    """Note what is read although nobody sees it."""
    sheet, read = table.sheet, table.read
    if sheet.hidden:
        table.note("sheet_hidden", 0, 0, sheet.name, severity="warns")
    rows = sheet.hidden_rows.intersection(table.rows)
    if rows:
        table.note(
            "rows_hidden", min(rows), min(read), severity="warns", rows=str(len(rows)), numbers=runs(rows)
        )
    for column in sorted(sheet.hidden_columns & read.keys()):
        header = sheet.value(table.header_row, column)
        name = next((h.last for h in table.headers.values() if h.column == column), plain_text(header))
        table.note("column_hidden", table.header_row, column, name, severity="warns")


def _note_ragged(table: Table) -> None:
    """Find rows of a text file that have more or fewer fields than the header: their cells may have slipped."""
    sheet = table.sheet
    if not sheet.ragged:
        return
    width = max(len(sheet.rows[row - 1]) for row in table.header_rows if row <= len(sheet.rows))
    short = []
    for row in table.rows:
        cells = sheet.rows[row - 1]
        if len(cells) < width:
            short.append(row)
        elif len(cells) > width and any(cell is not None for cell in cells[width:]):
            extra = next(place for place, cell in enumerate(cells[width:], width + 1) if cell is not None)
            details = {"fields": str(len(cells)), "width": str(width), "severity": "blocks"}
            table.note("row_too_long", row, extra, None, **details)
    if short:
        fields = str(len(sheet.rows[short[0] - 1]))
        details = {"fields": fields, "width": str(width), "rows": str(len(short)), "severity": "warns"}
        table.note("row_too_short", short[0], min(table.read), None, **details)


def _note_nameless(table: Table, headers: list[Header]) -> None:
    """Note columns that hold something in the entries and have no header."""
    sheet = table.sheet
    width = max((len(sheet.rows[row - 1]) for row in table.rows), default=0)
    if sheet.ragged:
        # what stands beyond the header of a text file has been told row by row
        width = min(width, max((header.column for header in headers), default=0))
    found = {}
    for column in sorted(set(range(1, width + 1)) - {header.column for header in headers} - table.aside):
        filled = (row for row in table.rows if sheet.value(row, column) is not None)
        if row := next(filled, 0):
            found[column] = row
    if len(found) >= LIKE_A_ROW and max(found) - min(found) < len(found):
        # so many beside one another are a table whose header stands in another row
        table.unread["table_beside"] = [(found[min(found)], min(found))]
        return
    for column, row in found.items():
        table.note("column_without_header", row, column, None, severity="warns")
