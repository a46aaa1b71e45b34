"""A drawing sheet measured in CSS pixels, y downwards, and the marks of the house drawn on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from analysis.charts.drawn_figure import (
    CHIP_PAD,
    MARKS,
    Align,
    Chip,
    DrawnFigure,
    Filled,
    Line,
    Marked,
    Written,
)
from analysis.charts.placing import Box, Names, Point, flow
from analysis.charts.style import measure
from analysis.render.palette import (
    BLUE,
    CHIPS,
    CONTEXT_GREY,
    INK,
    MID_GREY,
    RULE,
    SECONDARY,
    VERMILION,
    Tier,
)

#: from the middle of a line of text down to its baseline, in em: digits and Han bodies stand centred
_BASELINE: Final = 0.36
#: bars by what they stand for, and their colours
BARS: Final[dict[str, str]] = {
    "bar_lost": VERMILION,
    "bar_rest": CONTEXT_GREY,
    "bar_above": BLUE,
    "bar_below": MID_GREY,
    "bar_interval": MID_GREY,
}


#: size of the name in a chip
_CHIP_SIZE: Final = 11


class Grade(NamedTuple):
    """A grade as charts know it: its name, empty where a unit has none, and what it is among the grades."""

    name: str
    tier: Tier

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Grade:
        """Return the grade of a row; without a column `tier` A is the best and C the lowest."""
        name = str(row["grade"])
        return cls(name, row["tier"] if "tier" in row else _OF_LETTERS.get(name, ""))


_OF_LETTERS: Final[dict[str, Tier]] = {"A": "best", "C": "lowest"}


def chip_width(grade: Grade, size: float) -> float:
    """Return how wide the chip of a grade is: a square for one letter, more for a longer name, nothing for none."""
    if not grade.name:
        return 0.0
    return size if len(grade.name) == 1 else max(size, measure(grade.name, _CHIP_SIZE, bold=True) + 6)


class Canvas:
    """A figure of `width` × `height` px with one coordinate system, in px, over the whole of it."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = float(width), float(height)
        self.figure = DrawnFigure(width, height)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 13,
        *,
        color: str = INK,
        align: Align = "left",
        bold: bool = False,
    ) -> None:
        """Write one line whose middle is at height `y`; nothing is written for an empty text."""
        if text:
            self.figure.marks.append(Written(x, y + size * _BASELINE, text, size, color, align, bold))

    def lines(
        self, x: float, y: float, lines: Sequence[str], size: float, pitch: float, **style: Any
    ) -> None:
        """Write several lines, `pitch` px apart, the whole of them centred at height `y`."""
        for place, line in enumerate(lines):
            self.text(x, y + (place - (len(lines) - 1) / 2) * pitch, line, size, **style)

    def name(self, x: float, y: float, names: Names, name: str, **style: Any) -> None:
        """Write a name of a column of names, centred at height `y`."""
        self.lines(x, y, names.lines[name], names.size, names.pitch, **style)

    def line(
        self,
        points: Sequence[Point],
        color: str = RULE,
        width: float = 1.0,
        *,
        dashes: tuple[float, float] | None = None,
        level: float = 1,
    ) -> None:
        """Draw a line through `points`, dashed with `dashes` = (dash, gap) px."""
        self.figure.marks.append(Line(points, color, width, dashes, level))

    def bar(self, x0: float, x1: float, y: float, height: float, color: str) -> None:
        """Draw a bar from `x0` to `x1`, centred at height `y`."""
        left, right = sorted((x0, x1))
        self.rect(left, y - height / 2, right - left, height, color, level=2)

    def rect(self, x: float, y: float, width: float, height: float, color: str, *, level: float = 1) -> None:
        """Fill a rectangle whose upper left corner is at (x, y)."""
        self.figure.marks.append(Filled(x, y, width, height, color, level))

    def mark(self, x: float, y: float, kind: str) -> Box:
        """Draw the mark of `kind` and return the room it takes."""
        self.figure.marks.append(Marked(x, y, kind))
        return mark_box(x, y, kind)

    def chip(self, x: float, y: float, grade: Grade, size: float = 15) -> None:
        """Draw the chip of a grade, its left edge at `x`: the best and the lowest filled, every other one outlined."""
        fill, letter, edge = CHIPS[grade.tier]
        wide, inner = chip_width(grade, size), size - 2 * CHIP_PAD
        self.figure.marks.append(Chip(x + CHIP_PAD, y - size / 2 + CHIP_PAD, inner, fill, edge, wide - size))
        self.text(x + wide / 2, y, grade.name, _CHIP_SIZE, color=letter, align="center", bold=True)

    def key(self, rows: Sequence[tuple[float, float, str, str]], size: float) -> None:
        """Draw the entries of a key laid out by `key_rows`."""
        for x, y, kind, word in rows:
            room = mark_room(kind)
            if kind in MARKS:
                self.mark(x + 5, y, kind)
            elif kind in BARS:
                self.bar(x, x + room - 6, y, 6 if kind == "bar_interval" else 10, BARS[kind])
            elif kind == "tick":
                self.line([(x + 5, y - 8), (x + 5, y + 8)], BLUE, 2)
            elif kind:
                dashes = (5.0, 3.0) if kind == "dashed" else None
                self.line(
                    [(x, y), (x + room - 6, y)], INK if kind == "strong" else SECONDARY, 1.2, dashes=dashes
                )
            self.text(x + room, y, word, size, color=SECONDARY)


def mark_box(x: float, y: float, kind: str) -> Box:
    """Return the room a mark takes at (x, y)."""
    half = (MARKS[kind][4] + MARKS[kind][3]) / 2
    return Box(x - half, y - half, x + half, y + half)


def mark_room(kind: str) -> float:
    """Return the room before the word of a key entry: a mark, a stretch of line, or nothing."""
    if kind in MARKS or kind == "tick":
        return 14.0
    return 22.0 if kind in BARS else 28.0 if kind else 0.0


def key_rows(
    entries: Sequence[tuple[str, str]], total: float, size: float, *, top: float = 10.0, gap: float = 18.0
) -> tuple[list[tuple[float, float, str, str]], float]:
    """Lay out a key: entries (kind of mark, `tick`, `strong`, `dashed`, `thin` or "", word) one after another.

    Returns:
        (x, y, kind, word) of every entry, and the height of the key in px.
    """
    widths = [mark_room(kind) + measure(word, size) for kind, word in entries]
    places = flow(widths, total, gap)
    rows = [(x, top + 20 * row, kind, word) for (row, x), (kind, word) in zip(places, entries, strict=True)]
    return rows, (places[-1][0] + 1) * 20.0 if places else 0.0
