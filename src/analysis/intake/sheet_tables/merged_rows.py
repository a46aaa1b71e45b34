"""Merged cells among the entries of a table: the rows of one case become one, and a merged cell speaks for its rows."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from analysis.intake.declared.ledgers import UNIT_FIELDS
from analysis.intake.files import Range, address
from analysis.intake.sheet_tables.ledger_tables import Table
from analysis.quantities import plain_text
from analysis.rounds.faults import LIST_SIGN, Severity
from analysis.rounds.units import normal_name

#: kinds of fields whose amount belongs to one row, however many rows a merged cell covers
ADDED: Final = frozenset({"count", "money", "mark"})
#: of many merged cells a reader needs the first
_SHOWN: Final = 10


def read_merges(table: Table, first: int, places: Collection[int]) -> None:
    """Fold the rows of one case into its first row, and let a merged cell speak for all its rows.

    An amount in a merged cell belongs to one entry and would otherwise count twice.

    Args:
        table: its rows are sorted out.
        first: its first row below the header.
        places: the places (from 0) of the columns that are read.
    """
    entries = set(table.rows)
    merges = [
        merged
        for merged in table.sheet.merged
        if merged.first_row >= first
        and merged.last_row <= len(table.sheet.rows)
        and merged.first_row in entries
        and any(merged.first_column <= place + 1 <= merged.last_column for place in places)
    ]
    tall = [merged for merged in merges if merged.last_row > merged.first_row]
    _fold(table, tall)
    entries = set(table.rows)
    filled = [merged for merged in tall if _fill_down(table, merged, entries)]
    _note_all(table, "merged_filled", filled, "notes")
    across = [merged for merged in merges if _is_across(table, merged, entries)]
    _note_all(table, "merged_across", across, "warns")


def _fold(table: Table, merges: list[Range]) -> None:
    """Take the lower rows of a case out of the entries: those under its number, or under its amount."""
    if table.ledger.key != ("no",) or "no" not in table.headers:
        return
    key = table.headers["no"].column
    heads: dict[int, int] = {}
    for merged in sorted(merges, key=lambda merged: merged.first_row):
        names = [
            name for column, name in table.read.items() if merged.first_column <= column <= merged.last_column
        ]
        for row in range(merged.first_row + 1, merged.last_row + 1):
            under_amount = any(table.kind(name) in ADDED for name in names)
            if "no" in names or (under_amount and table.sheet.value(row, key) is None):
                heads[row] = heads.get(merged.first_row, merged.first_row)
    if not heads:
        return
    table.rows = [row for row in table.rows if row not in heads]
    table.folded = sorted(heads)
    covered = {
        (row, column)
        for merged in merges
        for row in range(merged.first_row + 1, merged.last_row + 1)
        for column in range(merged.first_column, merged.last_column + 1)
    }
    for row, head in sorted(heads.items()):
        _compare_folded(table, row, head, covered)
    first, cases = min(heads.values()), len(set(heads.values()))
    details = {"cases": str(cases), "rows": str(len(heads) + cases)}
    table.note("rows_folded", first, key, table.sheet.value(first, key), **details)


def _compare_folded(table: Table, row: int, head: int, covered: set[tuple[int, int]]) -> None:
    """Find what a lower row says beside its case: a number of its own, or something else than the first row."""
    for column, name in table.read.items():
        own = table.sheet.value(row, column)
        if (row, column) in covered or (own is None and (row, column) not in table.sheet.unfinished):
            continue
        above = table.sheet.value(head, column)
        alike = normal_name(plain_text(own)) == normal_name(plain_text(above))
        if table.kind(name) in ADDED or not alike:
            header = next((h.last for h in table.headers.values() if h.column == column), name)
            details = {"field": header, "first": address(head, column), "severity": "blocks"}
            table.note("merged_row_says_more", row, column, own, **details)


def _fill_down(table: Table, merged: Range, entries: set[int]) -> bool:
    """Let a merged cell speak for its rows; return whether that is worth telling."""
    column = merged.first_column
    name = table.read.get(column)
    below = [row for row in range(merged.first_row + 1, merged.last_row + 1) if row in entries]
    if name is None or not below:
        return False
    value = table.sheet.value(merged.first_row, column)
    if table.kind(name) in ADDED:
        if value is not None:
            table.note("merged_number", merged.first_row, column, value, severity="warns", cells=str(merged))
        return False
    table.stands_in.update({(row, column): merged.first_row for row in below})
    # units are merged as a matter of course
    return name not in UNIT_FIELDS


def _is_across(table: Table, merged: Range, entries: set[int]) -> bool:
    """Return whether a cell is merged over several columns of an entry: it fills the first column only."""
    columns = [c for c in table.read if merged.first_column <= c <= merged.last_column]
    return merged.last_column > merged.first_column and bool(columns) and merged.first_row in entries


def _note_all(table: Table, check: str, merges: list[Range], severity: Severity) -> None:
    """Note the merged cells of a sheet of which the same is to be said, in one line with their number."""
    if merges:
        merges = sorted(merges, key=lambda merged: (merged.first_row, merged.first_column))
        first = merges[0]
        row, column = first.first_row, first.first_column
        cells = LIST_SIGN.join(map(str, merges[:_SHOWN])) + "…" * (len(merges) > _SHOWN)
        details = {"cells": cells, "count": str(len(merges)), "severity": severity}
        table.note(check, row, column, table.sheet.value(row, column), **details)
