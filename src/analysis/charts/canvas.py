"""A drawing sheet measured in CSS pixels, y downwards, and the marks of the house drawn on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, Rectangle

from analysis.charts.placing import Box, Names, Point, flow
from analysis.charts.style import font, measure
from analysis.render.palette import BLUE, CONTEXT_GREY, INK, MID_GREY, RULE, SECONDARY, VERMILION, WHITE

Align = Literal["left", "center", "right"]
#: from the middle of a line of text down to its baseline, in em: digits and Han bodies stand centred
_BASELINE: Final = 0.36
_DPI: Final = 72  # one point is one CSS pixel

_FILLED, _HOLLOW = 1.0, 1.6
#: evidence and place of a point, always by shape as well as by colour: marker, fill, edge, width of edge, size
MARKS: Final[dict[str, tuple[str, str, str, float, float]]] = {
    "previous": ("o", MID_GREY, WHITE, 0.8, 7.5),
    "clear_fall": ("o", BLUE, BLUE, _FILLED, 9.0),
    "clear_rise": ("^", VERMILION, VERMILION, _FILLED, 9.5),
    "not_clear": ("D", WHITE, SECONDARY, 1.5, 7.0),
    "not_judged": ("x", SECONDARY, SECONDARY, 1.7, 6.5),
    "inside": ("o", INK, WHITE, _FILLED, 8.0),
    "low_95": ("v", WHITE, VERMILION, _HOLLOW, 9.5),
    "low_998": ("v", VERMILION, VERMILION, _HOLLOW, 9.5),
    "high_95": ("^", WHITE, BLUE, _HOLLOW, 9.5),
    "high_998": ("^", BLUE, BLUE, _HOLLOW, 9.5),
    "own": ("o", INK, INK, _FILLED, 9.5),
    "own_partial": ("o", WHITE, INK, _HOLLOW, 7.0),
    "own_point": ("o", INK, INK, _FILLED, 6.0),
    "other": ("o", WHITE, SECONDARY, 1.4, 7.5),
    "month": ("o", INK, INK, _FILLED, 3.5),
    "month_above": ("^", VERMILION, VERMILION, _FILLED, 8.5),
    "month_below": ("v", BLUE, BLUE, _FILLED, 8.5),
    "month_run": ("D", WHITE, SECONDARY, 1.3, 5.5),
    "earlier": ("o", WHITE, SECONDARY, 1.5, 5.5),
    "rank_firm": ("o", INK, WHITE, 1.0, 9.5),
    "rank_loose": ("D", WHITE, INK, 1.6, 7.5),
    "named": ("o", INK, INK, _FILLED, 9.0),
    "not_named": ("o", WHITE, MID_GREY, 1.2, 5.0),
}
#: bars by what they stand for, and their colours
BARS: Final[dict[str, str]] = {
    "bar_lost": VERMILION,
    "bar_rest": CONTEXT_GREY,
    "bar_above": BLUE,
    "bar_below": MID_GREY,
    "bar_interval": MID_GREY,
}


class Canvas:
    """A figure of `width` × `height` px with one coordinate system, in px, over the whole of it."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = float(width), float(height)
        self.figure = Figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI)
        self.figure.patch.set_visible(False)
        self.axes: Axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self.axes.set(xlim=(0, width), ylim=(height, 0))
        self.axes.axis("off")

    def _add(self, mark: Artist) -> None:
        # the sheet is as large as it is: `plot` and `add_patch` would look for the limits of the data every time
        self.axes.add_artist(mark)

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
            self.axes.text(
                x, y + size * _BASELINE, text, color=color, ha=align, va="baseline",
                fontproperties=font(size, bold=bold), zorder=6, parse_math=False,
            )  # fmt: skip

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
        xs, ys = zip(*points, strict=True)
        look: dict[str, Any] = {"dashes": dashes} if dashes else {}
        self._add(Line2D(xs, ys, color=color, linewidth=width, clip_on=False, zorder=level, **look))

    def bar(self, x0: float, x1: float, y: float, height: float, color: str) -> None:
        """Draw a bar from `x0` to `x1`, centred at height `y`."""
        left, right = sorted((x0, x1))
        self.rect(left, y - height / 2, right - left, height, color, level=2)

    def rect(self, x: float, y: float, width: float, height: float, color: str, *, level: float = 1) -> None:
        """Fill a rectangle whose upper left corner is at (x, y)."""
        self._add(Rectangle((x, y), width, height, fc=color, ec="none", lw=0, zorder=level, clip_on=False))

    def mark(self, x: float, y: float, kind: str) -> Box:
        """Draw the mark of `kind` and return the room it takes."""
        shape, fill, edge, edge_width, size = MARKS[kind]
        self._add(
            Line2D(
                [x], [y], linestyle="none", marker=shape, markerfacecolor=fill, markeredgecolor=edge,
                markeredgewidth=edge_width, markersize=size, clip_on=False, zorder=5,
            )
        )  # fmt: skip
        return mark_box(x, y, kind)

    def chip(self, x: float, y: float, grade: str, size: float = 15) -> None:
        """Draw the chip of a grade, its left edge at `x`: A and C filled, every other grade outlined."""
        fill, letter = {"A": (BLUE, WHITE), "C": (VERMILION, WHITE)}.get(grade, (WHITE, INK))
        edge = SECONDARY if fill == WHITE else fill
        self._add(
            FancyBboxPatch(
                (x + 2, y - size / 2 + 2), size - 4, size - 4, boxstyle="round,pad=2,rounding_size=2.5",
                fc=fill, ec=edge, lw=1, zorder=3, clip_on=False,
            )
        )  # fmt: skip
        self.text(x + size / 2, y, grade, 11, color=letter, align="center", bold=True)

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
