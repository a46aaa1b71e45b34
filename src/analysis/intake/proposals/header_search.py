"""Where the header of an unknown sheet stands, which rows below it are entries, and which row of totals ends them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from analysis.intake.files import Sheet
from analysis.intake.sheet_tables.row_kinds import is_total_word
from analysis.quantities import Cell, QuantityError, parse_date, parse_number, plain_text

#: the header stands among the first rows
_FIRST_ROWS: Final = 30
_LONGEST_HEADER: Final = 80
_LEAST_NAMES: Final = 2
#: of the cells of a header so many may be something else than a name
_STRANGE: Final = 0.2
#: a header may name years and months by numbers
_PERIOD: Final = re.compile(r"(?:19|20)\d{2}年?|(?:0?[1-9]|1[0-2])月")
#: 填表人：…, 联系电话：…: what is said below or above a table, never an entry of it
_REMARK: Final = re.compile(r"[^：:]{1,12}[：:].*", re.DOTALL)
#: a row is an entry if it fills so many cells, or all where the table is narrower
_LIKE_AN_ENTRY: Final = 3
#: a row repeats the header if so many of its names stand in it
_REPEATED: Final = 0.5


@dataclass(frozen=True)
class Body:
    """What stands below a header.

    Attributes:
        rows: numbers of the rows that are entries, up to where another table begins.
        footer: text of the row of totals that ends them; empty if none does, or if rows follow that it would cut off.
        second: the row in which another table begins; 0 if none does.
    """

    rows: tuple[int, ...]
    footer: str = ""
    second: int = 0


def header_rows(sheet: Sheet, is_known: Callable[[str], bool]) -> tuple[int, ...]:
    """Return the rows of the header: the row with most known and different names, and one that groups them.

    Args:
        sheet: the sheet.
        is_known: whether a text is a name of some field.
    """
    scores = {row: _score(sheet, row, is_known) for row in range(1, min(len(sheet.rows), _FIRST_ROWS) + 1)}
    best = max(scores, key=lambda row: (scores[row], -row), default=0)
    if not best or scores[best] <= 0:
        return ()
    rows = {best}
    for merged in sheet.merged:
        wide = merged.last_column > merged.first_column
        if wide and merged.first_row == merged.last_row == best - 1 and len(_cells(sheet, best - 1)) > 1:
            rows.add(best - 1)
        if merged.first_row <= best <= merged.last_row:
            rows |= set(range(merged.first_row, merged.last_row + 1))
        if wide and merged.first_row == merged.last_row == best and _names(sheet, best + 1):
            rows.add(best + 1)
    return tuple(sorted(rows))


def body_of(sheet: Sheet, rows: Collection[int], width: int) -> Body:
    """Return the entries below a header and how they end.

    Args:
        sheet: the sheet.
        rows: of the header.
        width: how many columns have a header.
    """
    header = {_dense(cell) for row in rows for cell in _cells(sheet, row) if isinstance(cell, str)}
    least = min(_LIKE_AN_ENTRY, width)
    entries: list[int] = []
    totals: dict[str, int] = {}
    after = False
    for row in range(max(rows) + 1, len(sheet.rows) + 1):
        cells = _cells(sheet, row)
        first = _dense(cells[0]) if cells and isinstance(cells[0], str) else ""
        if is_total_word(first):
            totals[first] = totals.get(first, 0) + 1
            after = True
        elif totals and _repeats(cells, header):
            return Body(tuple(entries), second=row)
        elif len(cells) >= least and not _repeats(cells, header) and not _are_remarks(cells):
            entries.append(row)
            after = False
    last = next(reversed(totals), "")
    # the first row that begins so would end the table, so none may stand between entries
    return Body(tuple(entries), last if after and totals[last] == 1 else "")


def _repeats(cells: list[Cell], header: Collection[str]) -> bool:
    names = [cell for cell in cells if isinstance(cell, str)]
    return len(names) >= _LEAST_NAMES and sum(_dense(name) in header for name in names) > _REPEATED * len(
        cells
    )


def _are_remarks(cells: list[Cell]) -> bool:
    remarks = sum(isinstance(cell, str) and _REMARK.fullmatch(cell.strip()) is not None for cell in cells)
    return (
        isinstance(cells[0], str) and bool(_REMARK.fullmatch(cells[0].strip())) and 2 * remarks >= len(cells)
    )


def _score(sheet: Sheet, row: int, is_known: Callable[[str], bool]) -> float:
    """Return how much a row looks like a header: known names, different texts, few numbers, and numbers below."""
    names, cells = _names(sheet, row), _cells(sheet, row)
    periods = sum(_PERIOD.fullmatch(plain_text(cell)) is not None for cell in cells)
    strange = len(cells) - len(names) - periods
    if not names or len(set(names)) + periods < _LEAST_NAMES or strange > _STRANGE * len(cells):
        return 0.0
    # No, No, No are answers, although a column may be called so
    known = sum(is_known(name) for name in set(names))
    below = sum(not isinstance(cell, str) for cell in _cells(sheet, row + 1))
    # sub-headers such as 应、是否 stand several times, and the row that groups them is added to theirs
    doubled = len(names) - len(set(names))
    return 3.0 * known + len(set(names)) + 0.5 * below - 0.5 * doubled - 2.0 * strange


def _cells(sheet: Sheet, row: int) -> list[Cell]:
    return [cell for cell in sheet.rows[row - 1] if cell is not None] if row <= len(sheet.rows) else []


def _names(sheet: Sheet, row: int) -> list[str]:
    """Return the short texts of a row that are no number and no date."""
    cells = [cell for cell in _cells(sheet, row) if isinstance(cell, str) and len(cell) <= _LONGEST_HEADER]
    return [cell for cell in cells if not _read_by(parse_number, cell) and not _read_by(parse_date, cell)]


def _read_by(read: Callable[[Cell], object], cell: Cell) -> bool:
    try:
        read(cell)
    except QuantityError:
        return False
    return True


def _dense(cell: Cell) -> str:
    return "".join(plain_text(cell).split())
