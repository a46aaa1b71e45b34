"""Tables of one form beside one another, an empty column between them: ranges of one source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from analysis.intake.files import Range, Sheet
from analysis.intake.proposals.known_names import key_of
from analysis.intake.sheet_tables.header_columns import headers_of
from analysis.intake.sheet_tables.ledger_tables import LIKE_A_ROW, Header

_WHOLE: Final = Range.everything()


def ranges_of(sheet: Sheet, rows: Sequence[int]) -> tuple[Range, ...]:
    """Return the columns of each table of a sheet, from left to right; none where it is one table.

    Args:
        sheet: the sheet.
        rows: of the header.
    """
    groups: list[list[Header]] = []
    last = 0
    for header in headers_of(sheet, rows):
        between = range(last + 1, header.column)
        if not groups or any(_is_empty(sheet, min(rows), column) for column in between):
            groups.append([])
        groups[-1].append(header)
        last = header.column
    names = [{key_of(header.last) for header in group} for group in groups]
    alike = all(len(of) >= LIKE_A_ROW and 2 * len(of & names[0]) > len(of) for of in names[1:])
    if len(groups) < 2 or not alike:
        return ()
    return tuple(
        Range(_WHOLE.first_row, _WHOLE.last_row, group[0].column, group[-1].column) for group in groups
    )


def _is_empty(sheet: Sheet, first: int, column: int) -> bool:
    return all(len(cells) < column or cells[column - 1] is None for cells in sheet.rows[first - 1 :])
