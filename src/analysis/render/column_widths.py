"""How wide texts and the columns of a table are, in em of the type that sets them, without measuring any font."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from itertools import compress, pairwise
from operator import ne
from typing import Final

from analysis.render import palette
from analysis.render.blocks import (
    Beside,
    ChangeBar,
    Chip,
    Column,
    Content,
    Dot,
    Lines,
    Link,
    Muted,
    Status,
    Table,
    Trend,
)
from analysis.render.plain_blocks import plain

#: type sizes of PDF tables in pt, the usual one first
PDF_SIZES: Final = (9.0, 8.5, 8.0, 7.5)
#: width of the type area in pt, the gap between two columns of a table in em
_PDF_LINE_PT: Final = (210 - 2 * palette.PAPER_SIDE_MM) * 72 / 25.4
_GAP_EM: Final = 1.3
#: width of the column of the page in em of its tables
_PAGE_EM: Final = 58.0
#: width in em of a sign that is no Han character, and of one
_SIGN_EM: Final = (0.57, 1.0)
#: no sign takes more em of a text, the gap beside it included
WIDEST_SIGN_EM: Final = 1.25
#: a PDF column wider than this may be broken into lines when the table is too wide
_PDF_BREAKABLE_EM: Final = 9.0


@lru_cache(maxsize=65536)
def em_width(text: str) -> float:
    """Return roughly how wide a text is set, in em, its widest line.

    Han characters are one em wide, the rest a bit over a half; a quarter stands between Han and a digit or letter.
    """
    return max((_line_width(line) for line in text.split("\n")), default=0.0)


def _line_width(line: str) -> float:
    wide = [sign > "\u2e7f" for sign in line]
    changes = compress(pairwise(line), map(ne, wide, wide[1:]))
    gaps = sum(before.isalnum() and after.isalnum() for before, after in changes)
    return sum(map(_SIGN_EM.__getitem__, wide)) + 0.25 * gaps


def is_dense(table: Table) -> bool:
    """Return whether a table of figures has more columns than the line of the page has room for."""
    columns = _Columns(table)
    wanted = sum(columns.need(place) + _GAP_EM for place in range(len(table.columns)))
    return wanted > _PAGE_EM and not any(columns.long())


def tracks(table: Table) -> tuple[list[str], float]:
    """Return a typst track per column, in proportion to what the column holds, and the type size in pt.

    A table that fits on the line gets all columns in proportion to their content, so none is broken. In a
    table that is too wide the heads and the long columns are broken into lines; only where that is not enough
    the type gets smaller.
    """
    found, size = _Columns(table).tracks()
    return [column.width or track for column, track in zip(table.columns, found, strict=True)], size


class _Columns:
    """The columns of a table, measured."""

    def __init__(self, table: Table) -> None:
        self.columns: tuple[Column, ...] = table.columns
        self.sizes = PDF_SIZES[-2:] if table.kind == "small" else PDF_SIZES
        rows = [row.complete() for row in table.rows]
        #: how wide a column is, in em, if nothing below its head is broken
        self.bodies = [
            max((_content_width(row[place].content) for row in rows), default=1.0)
            for place in range(len(table.columns))
        ]

    def tracks(self) -> tuple[list[str], float]:
        """Return a track per column and the type size in pt."""
        places = range(len(self.columns))
        whole = [self.need(place) for place in places]
        for size in self.sizes[:2]:
            if sum(whole) + _GAP_EM * len(whole) <= _line_em(size):
                return [f"{need + _GAP_EM:.1f}fr" for need in whole], size
        broken = [self._broken_need(place) for place in places]
        total = sum(broken) + _GAP_EM * len(broken)
        size = next((size for size in self.sizes if total <= _line_em(size)), self.sizes[-1])
        long = self.long()
        if not any(long) or total > _line_em(size):
            return [f"{need + _GAP_EM:.1f}fr" for need in broken], size
        return [
            f"{math.sqrt(body):.2f}fr" if breaks else f"{need + _GAP_EM:.1f}em"
            for body, need, breaks in zip(self.bodies, broken, long, strict=True)
        ], size

    def long(self) -> list[bool]:
        """Return which columns hold text long enough to be broken into lines: those of class `long`, if there are."""
        wide = [body > _PDF_BREAKABLE_EM for body in self.bodies]
        told = [
            breaks and "long" in column.cls.split() for breaks, column in zip(wide, self.columns, strict=True)
        ]
        if any(told):
            return told
        words = [column.align == "left" and "nw" not in column.cls.split() for column in self.columns]
        return [breaks and text for breaks, text in zip(wide, words, strict=True)]

    def need(self, place: int) -> float:
        """Return how wide a column is, in em, if nothing in it is broken."""
        return max(em_width(self.columns[place].label) * 0.95, self.bodies[place])

    def _broken_need(self, place: int) -> float:
        """Return how narrow a column may be, in em: its head on two lines, long text on several."""
        label, body = self.columns[place].label, self.bodies[place]
        head = em_width(label)
        return max(
            head if head <= 2 else head / 2 + 0.5,
            _longest_word(label),
            min(body, _PDF_BREAKABLE_EM) if self.long()[place] else body,
        )


def _line_em(size: float) -> float:
    """Return how many em of a type size the line of the PDF has."""
    return _PDF_LINE_PT / size


def _longest_word(text: str) -> float:
    """Return how wide, in em, the longest word of a head of a column is; Chinese may be parted anywhere."""
    return max((em_width(word) for word in re.split(r"[\s-]", text) if word.isascii()), default=0.0) * 0.95


def _content_width(content: Content) -> float:
    """Return roughly how wide content is set in a table, in em."""
    match content:
        case ChangeBar():
            width = 5.6
        case Chip():
            width = max(2.0, em_width(content.grade) + 0.9)
        case Dot():
            width = 2.0
        case Status():
            width = em_width(content.word) + 1.6
        case Beside() if any(isinstance(part, ChangeBar) for part in content.parts):
            width = 12.2
        case Beside():
            width = sum(_content_width(part) + 0.6 for part in content.parts)
        case Lines():
            width = max((_content_width(line) for line in content.lines), default=0.0)
        case Muted() | Trend() | Link():
            width = _content_width(content.content)
        case _:
            width = em_width(plain(content))
    return width
