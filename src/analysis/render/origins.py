"""What a page tells of where its figures come from, and how it is written down in few characters.

Strings, places and sets of cells are told once and referred to by their place in a list, so that a report of a
thousand figures carries a few hundred kilobytes. `report.figure_sources` finds out what is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Place:
    """Cells of one sheet.

    Attributes:
        file: the office's file.
        sheet: its worksheet; empty where the file has none.
        what: what was looked for there, in words.
        cells: the first cells as A1 ranges with commas between them.
        more: how many cells beyond those.
    """

    file: str
    sheet: str
    what: str
    cells: str
    more: int


@dataclass(frozen=True)
class Cited:
    """All places of a figure: those named, and how many places and cells are only counted."""

    places: tuple[Place, ...] = ()
    more_places: int = 0
    more_cells: int = 0


@dataclass(frozen=True)
class Origin:
    """What is told of one row: its name, what is known of it as (label, words), and the places it was read from."""

    name: str
    facts: tuple[tuple[str, str], ...]
    cited: Cited


class _Shared:
    """A list in which everything stands once."""

    def __init__(self) -> None:
        self.items: list[str] = []
        self._places: dict[str, int] = {}

    def place(self, item: str) -> int:
        """Return the place of an item, adding it if it is new."""
        if item not in self._places:
            self._places[item] = len(self.items)
            self.items.append(item)
        return self._places[item]


def pack(told: Mapping[str, Origin]) -> dict[str, Any]:
    """Return origins in a few lists in which every string and every set of cells stands once.

    Returns:
        `strings`; `places`: `file sheet what`; `cited`: `further-places further-cells`, then `place cells more` for
        every place named; `rows`: row id → `name cited`, then `label words` for every fact. All of these are numbers
        with spaces between them: counts (further, more) or places in the lists, words and cells in `strings`.
    """
    strings, places, cited = _Shared(), _Shared(), _Shared()
    rows: dict[str, str] = {}
    for row, origin in told.items():
        numbers = [origin.cited.more_places, origin.cited.more_cells]
        for found in origin.cited.places:
            where = _line(strings.place(text) for text in (found.file, found.sheet, found.what))
            numbers += [places.place(where), strings.place(found.cells), found.more]
        facts = [strings.place(text) for fact in origin.facts for text in fact]
        rows[row] = _line([strings.place(origin.name), cited.place(_line(numbers)), *facts])
    return {"strings": strings.items, "places": places.items, "cited": cited.items, "rows": rows}


def unpack(packed: Mapping[str, Any]) -> dict[str, Origin]:
    """Return the origins `pack` has written."""
    strings, places, cited = packed["strings"], packed["places"], packed["cited"]
    told = {}
    for row, line in packed["rows"].items():
        name, where, *facts = _numbers(line)
        more_places, more_cells, *named = _numbers(cited[where])
        found = []
        for place, cells, more in zip(named[::3], named[1::3], named[2::3], strict=True):
            file, sheet, what = (strings[part] for part in _numbers(places[place]))
            found.append(Place(file, sheet, what, strings[cells], more))
        words = [strings[part] for part in facts]
        pairs = tuple(zip(words[::2], words[1::2], strict=True))
        told[row] = Origin(strings[name], pairs, Cited(tuple(found), more_places, more_cells))
    return told


def merge(parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return several packed answers as one."""
    return pack({row: origin for part in parts for row, origin in unpack(part).items()})


def _line(numbers: Iterable[int]) -> str:
    return " ".join(map(str, numbers))


def _numbers(line: str) -> list[int]:
    return [int(number) for number in line.split()]
