"""Tables that stand beside the one that is read, behind an empty column: found before their headers are mixed up."""

from __future__ import annotations

import re

from analysis.intake.sheet_tables.header_columns import matching
from analysis.intake.sheet_tables.ledger_tables import LIKE_A_ROW, Header, Table


def without_tables_beside(table: Table, headers: list[Header]) -> list[Header]:
    """Return the headers without those of tables beside; what such a table begins with is kept as unread.

    Beside is what an empty column sets apart and has the fields once more, or at least three columns and no field. Of
    several with the fields, the one with most of them is read, the first of equals.
    """
    groups = _groups(table, headers)
    if len(groups) == 1:
        return headers
    fields = [_fields(table, group) for group in groups]
    main = max(range(len(groups)), key=lambda place: len(fields[place]))
    kept = []
    for place, group in enumerate(groups):
        again = place != main and fields[place] & fields[main]
        foreign = not (fields[place] or _has_items(table, group)) and len(_wanted(table, group)) >= LIKE_A_ROW
        if again or foreign:
            table.unread.setdefault("table_beside", []).append((table.header_row, group[0].column))
            table.aside |= set(range(group[0].column, group[-1].column + 1))
        else:
            kept += group
    return kept


def _groups(table: Table, headers: list[Header]) -> list[list[Header]]:
    """Return the headers between columns that have no header and nothing below it."""
    groups: list[list[Header]] = []
    last = 0
    for header in headers:
        between = range(last + 1, header.column)
        if not groups or any(_is_empty(table, column) for column in between):
            groups.append([])
        groups[-1].append(header)
        last = header.column
    return groups or [[]]


def _is_empty(table: Table, column: int) -> bool:
    rows = table.sheet.rows[min(table.header_rows) - 1 :]
    return all(len(cells) < column or cells[column - 1] is None for cells in rows)


def _fields(table: Table, group: list[Header]) -> set[str]:
    """Return the fields that have a column in a group."""
    return {name for name, accepted in table.mapped.fields.items() if matching(group, accepted)}


def _has_items(table: Table, group: list[Header]) -> bool:
    """Return whether a group has items of a wide sheet."""
    wide = table.mapped.wide
    return wide is not None and any(
        re.search(wide.item, level) for header in group for level in header.levels
    )


def _wanted(table: Table, group: list[Header]) -> list[Header]:
    """Return the headers of a group that the maps do not set aside."""
    aside = [*table.mapped.persons, *table.mapped.ignored]
    return [header for header in group if not matching([header], aside)]
