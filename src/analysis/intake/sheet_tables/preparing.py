"""What the maps declare of a source before it is read: rows left out, and cells filled down from the row above.

    keep, skip      column → texts, or a pattern: rows in which every kept column and no skipped one says so are entries
    leave_out       hidden rows, or rows that are struck through
    fill_down       fields whose empty cells repeat the one above, up to the next row of totals

Nothing is left out without a word: how many rows were is told, and the account of the rows has them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from analysis.intake.declared.maps import RowFilter
from analysis.intake.sheet_tables.header_columns import matching
from analysis.intake.sheet_tables.ledger_tables import Header, Table
from analysis.intake.sheet_tables.marked_cells import is_struck
from analysis.quantities import plain_text
from analysis.rounds.faults import LIST_SIGN, runs
from analysis.rounds.units import normal_name

#: so many values of a column are named
_SHOWN: Final = 10


def prepare(table: Table, headers: Sequence[Header]) -> None:
    """Take the rows out of a table that its maps leave out, and fill its cells down.

    Args:
        table: its rows are sorted out and its merged cells read.
        headers: the headers of all its columns, of those that are read and those that are not.
    """
    for name in table.mapped.fill_down:
        _fill_down(table, name)
    out: dict[str, set[int]] = {}
    if "hidden" in table.mapped.leave_out:
        out["hidden"] = set(table.sheet.hidden_rows.intersection(table.rows))
    if "struck" in table.mapped.leave_out:
        out["struck"] = {row for row in table.rows if is_struck(table, row)}
    said = _filtered(table, headers, table.mapped.keep) | _filtered(table, headers, table.mapped.skip)
    for name, meets in said.items():
        unwanted = name in table.mapped.skip
        out[name] = {row for row in table.rows if meets(row) is unwanted}
    left: set[int] = set().union(*out.values())
    table.left_out += sorted(left)
    table.rows = [row for row in table.rows if row not in left]
    for name, rows in out.items():
        if rows:
            first, details = min(rows), {"by": name, "rows": str(len(rows)), "numbers": runs(rows)}
            table.note("rows_left_out", first, min(table.read), None, **details)


def _fill_down(table: Table, name: str) -> None:
    """Let the empty cells of a field say what the cell above them says; none is filled across a row of totals."""
    header = table.headers.get(name)
    if header is None:
        return
    totals, filled = sorted(total.row for total in table.totals), []
    above = 0
    for row in table.rows:
        while totals and totals[0] < row:
            totals.pop(0)
            above = 0
        at = (row, header.column)
        if at in table.stands_in or at in table.sheet.unfinished:
            continue
        if table.sheet.value(*at) is not None:
            above = row
        elif above:
            table.stands_in[at] = above
            filled.append(row)
    if filled:
        details = {"field": header.last, "rows": str(len(filled)), "numbers": runs(filled)}
        table.note("filled_down", filled[0], header.column, None, **details)


def _filtered(
    table: Table, headers: Sequence[Header], filters: Mapping[str, RowFilter]
) -> dict[str, Callable[[int], bool]]:
    """Return for each column of a filter the function that says whether a row has what is asked for."""
    found: dict[str, Callable[[int], bool]] = {}
    for name, wanted in filters.items():
        columns = matching(list(headers), [name])
        if len(columns) != 1:
            check = "column_twice" if columns else "column_missing"
            known = LIST_SIGN.join(header.last for header in headers)
            cells = LIST_SIGN.join(header.full for header in columns)
            table.note(check, 0, 0, name, severity="blocks", known=known, cells=cells)
        elif columns[0] in table.persons:
            details = {"field": name, "severity": "blocks"}
            table.note(
                "persons_column_mapped", table.header_row, columns[0].column, columns[0].last, **details
            )
        else:
            texts = _texts(table, columns[0].column)
            _note_absent(table, columns[0], wanted, texts)
            found[name] = partial(_meets, wanted, texts)
    return found


def _texts(table: Table, column: int) -> dict[int, str]:
    """Return what a column says in each entry; a merged cell, and one that is filled down, for all its rows."""
    above = dict(table.stands_in)
    for merged in table.sheet.merged:
        if merged.first_column <= column <= merged.last_column:
            at = merged.first_row
            above |= {((row, column)): at for row in range(merged.first_row + 1, merged.last_row + 1)}
    return {
        row: normal_name(plain_text(table.sheet.value(above.get((row, column), row), column)))
        for row in table.rows
    }


def _meets(wanted: RowFilter, texts: Mapping[int, str], row: int) -> bool:
    if wanted.pattern:
        return re.search(wanted.pattern, texts[row]) is not None
    return texts[row] in {normal_name(value) for value in wanted.values}


def _note_absent(table: Table, header: Header, wanted: RowFilter, texts: Mapping[int, str]) -> None:
    """Warn of a value of a filter that no row has: it may be misspelt, and then keeps or skips nothing."""
    there = set(texts.values())
    for value in wanted.values:
        if normal_name(value) not in there:
            known = LIST_SIGN.join(sorted(there - {""})[:_SHOWN])
            table.note(
                "filter_value_absent", table.header_row, header.column, value, severity="warns", known=known
            )
