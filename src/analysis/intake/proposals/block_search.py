"""Tables of one form under one another, each below a title that says whose it is: blocks of one source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.intake.files import Range, Sheet, matches
from analysis.intake.proposals.header_search import Body, body_of
from analysis.intake.proposals.name_patterns import common_pattern, unit_pattern
from analysis.intake.sheet_tables.sheet_parts import Part, titled_parts
from analysis.quantities import Cell, plain_text
from analysis.rounds.units import UnitRoll


@dataclass(frozen=True)
class Blocks:
    """How the titles of the blocks of a sheet read.

    Attributes:
        pattern: what all titles fit and no other row; its first `*` stands for the unit.
        header_rows: rows of the header, the title being the first.
        titles: the rows in which they stand.
        body: the entries of all blocks, and how each of them ends.
    """

    pattern: str
    header_rows: tuple[int, ...]
    titles: tuple[int, ...]
    body: Body


def blocks_of(sheet: Sheet, rows: Sequence[int], width: int, roll: UnitRoll | None) -> Blocks | None:
    """Return the blocks of a sheet of which no column says the unit; None if it is one table, or titles do not tell.

    Args:
        sheet: the sheet.
        rows: of the header of its first table.
        width: how many columns have a header.
        roll: the units of the round, one of which every title has to name; without it titles need only differ.
    """
    depth = max(rows) - min(rows) + 1
    header = [_line(sheet, row) for row in range(min(rows), max(rows) + 1)]
    tops = [
        row
        for row in range(min(rows), len(sheet.rows) - depth + 2)
        if [_line(sheet, row + each) for each in range(depth)] == header
    ]
    titles = [_title(sheet, top - 1) for top in tops]
    if len(tops) < 2 or not all(titles) or len(set(titles)) < len(titles):
        return None
    pattern = unit_pattern(titles, roll) if roll is not None else common_pattern(titles)
    if "*" not in pattern:
        return None
    parts = list(titled_parts([pattern], sheet, Range.everything()))
    if [part.shift + 2 for part in parts] != tops:
        # the pattern would cut the sheet elsewhere
        return None
    if roll is not None and not all(_names_unit(pattern, title, roll) for title in titles):
        return None
    return Blocks(
        pattern,
        header_rows=tuple(row - min(rows) + 2 for row in rows),
        titles=tuple(top - 1 for top in tops),
        body=_body(sheet, parts, rows, tops, width=width),
    )


def _body(
    sheet: Sheet, parts: Sequence[Part], rows: Sequence[int], tops: Sequence[int], *, width: int
) -> Body:
    """Return the entries of all blocks, with the word that ends each of them."""
    found = [
        body_of(sheet.part(part.area), [row - min(rows) + top for row in rows], width)
        for part, top in zip(parts, tops, strict=True)
        if part.area is not None
    ]
    footers = {body.footer for body in found}
    return Body(tuple(row for body in found for row in body.rows), footers.pop() if len(footers) == 1 else "")


def _line(sheet: Sheet, row: int) -> tuple[Cell, ...]:
    """Return what a row says, without the empty cells at its end."""
    cells = list(sheet.rows[row - 1])
    while cells and cells[-1] is None:
        cells.pop()
    return tuple(cells)


def _title(sheet: Sheet, row: int) -> str:
    """Return with what the line above a header begins; empty where there is none."""
    first = sheet.rows[row - 1][0] if row and sheet.rows[row - 1] else None
    return " ".join(plain_text(first).split()) if isinstance(first, str) else ""


def _names_unit(pattern: str, title: str, roll: UnitRoll) -> bool:
    fits = matches(pattern, title)
    return fits is not None and roll.by_name(fits[1].strip()) is not None
