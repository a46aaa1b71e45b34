"""The parts of a sheet that a source is: the whole of it, ranges, named tables, or blocks that begin with a title."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from analysis.intake.declared.maps import LedgerMap
from analysis.intake.files import Range, Sheet, matches
from analysis.quantities import Cell, plain_text

#: a title stands alone in its row, or with a line such as 单位：元 beside it
_TITLE_CELLS = 2


@dataclass(frozen=True)
class Part:
    """A part of a sheet.

    Attributes:
        area: its cells; None for the whole sheet.
        shift: how many rows stand above the first one from which the maps count the rows of its header.
        title: with what it begins.
        pattern: the pattern of the maps that the title fits.
    """

    area: Range | None = None
    shift: int = 0
    title: str = ""
    pattern: str = ""


def parts_of(mapped: LedgerMap, sheet: Sheet) -> list[Part]:
    """Return the parts of a sheet that a source reads, by their places; none where a block or named table is not there.

    Rows of headers are those of the sheet for ranges, and are counted from the first row of a block or named table.
    """
    if mapped.table:
        areas = [sheet.named[name] for name in mapped.table if name in sheet.named]
        return [Part(area, area.first_row - 1) for area in areas]
    ranges = [_with_header(Range.parse(written), mapped.header_rows) for written in mapped.range]
    if mapped.block:
        return [
            part
            for area in ranges or [Range.everything()]
            for part in titled_parts(mapped.block, sheet, area)
        ]
    return [Part(area) for area in ranges] or [Part()]


def _with_header(area: Range, header_rows: Sequence[int]) -> Range:
    """Return a range with the rows of its header, which may stand above the rows it names."""
    first = min(area.first_row, *header_rows)
    return Range(first, area.last_row, area.first_column, area.last_column)


def titled_parts(patterns: Sequence[str], sheet: Sheet, area: Range) -> Iterator[Part]:
    """Yield the blocks within a range: from a title that fits one of the patterns to the row above the next."""
    titles = [
        (row, title, pattern)
        for row, title in _titles(sheet, area)
        if (pattern := next((each for each in patterns if matches(each, title)), ""))
    ]
    for (row, title, pattern), (below, *_next) in pairwise([*titles, (area.last_row + 1, "", "")]):
        yield Part(Range(row, below - 1, area.first_column, area.last_column), row - 1, title, pattern)


def _titles(sheet: Sheet, area: Range) -> Iterator[tuple[int, str]]:
    """Yield the rows within a range that have little more than a text, with the text."""
    for row in range(area.first_row, min(area.last_row, len(sheet.rows)) + 1):
        cells: list[Cell] = [
            cell for cell in sheet.rows[row - 1][area.first_column - 1 : area.last_column] if cell is not None
        ]
        if 0 < len(cells) <= _TITLE_CELLS and isinstance(cells[0], str):
            yield row, " ".join(plain_text(cells[0]).split())
