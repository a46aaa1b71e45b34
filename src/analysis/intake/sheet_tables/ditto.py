"""Cells that say “as above”: 〃, 同上, 同前, a quotation mark."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from analysis.quantities import Cell, is_not_reported

_LONGEST: Final = 14
_DITTO: Final = re.compile(
    r"""[-—－\s]*(?:[〃〞″＂"“”゛]|''|′′|´´|``)+[-—－\s]*|"""
    r"[(（]?\s*(?:[同如与]\s*[上前]|上\s*同)\s*[行格栏列]?\s*[)）]?|ditto|do\.|same as above",
    re.IGNORECASE,
)


class Dittos(NamedTuple):
    """The cells of a column, those that say “as above” read as the cell above.

    Attributes:
        cells: the cells.
        read: the places that were.
        refused: the places that say so and cannot be read; their cells are empty.
    """

    cells: list[Cell]
    read: tuple[int, ...] = ()
    refused: tuple[int, ...] = ()


def is_ditto(cell: Cell) -> bool:
    """Return whether a cell says no more than “as above”."""
    return isinstance(cell, str) and len(cell) <= _LONGEST and _DITTO.fullmatch(cell.strip()) is not None


def resolved(cells: list[Cell], *, follow: bool) -> Dittos:
    """Return the cells of a column with what stands above those that say “as above”.

    Args:
        cells: the cells, one per entry.
        follow: whether they may be read so; the first one, and one below an empty cell, never are.
    """
    known: dict[str, bool] = {}
    places = [place for place, cell in enumerate(cells) if isinstance(cell, str) and _known(cell, known)]
    if not places:
        return Dittos(cells)
    filled, read, refused = list(cells), [], []
    for place in places:
        above = filled[place - 1] if place else None
        if follow and not is_not_reported(above):
            filled[place] = above
            read.append(place)
        else:
            filled[place] = None
            refused.append(place)
    return Dittos(filled, tuple(read), tuple(refused))


def _known(cell: str, known: dict[str, bool]) -> bool:
    if cell not in known:
        known[cell] = is_ditto(cell)
    return known[cell]
