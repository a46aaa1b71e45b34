"""A chart as the marks it consists of, in px; matplotlib's artists are made of them only for who asks for them.

A page needs a chart as SVG, which is written from the marks (`svg.py`) in a tenth of the time matplotlib takes to lay
out artists. An analyst gets a matplotlib figure with the same marks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, NamedTuple

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import BoxStyle, FancyBboxPatch, Rectangle
from matplotlib.text import Text

from analysis.charts.placing import Point
from analysis.charts.style import font, report_style
from analysis.render.palette import BLUE, INK, MID_GREY, SECONDARY, VERMILION, WHITE

Align = Literal["left", "center", "right"]
_DPI: Final = 72  # one point is one CSS pixel
#: how far the edge of a chip stands out beyond its square, and its round corners
CHIP_PAD: Final = 2.0
CHIP_CORNERS: Final[Any] = BoxStyle("round", pad=CHIP_PAD, rounding_size=2.5)  # type: ignore[no-untyped-call]

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


class Written(NamedTuple):
    """A line of text; `y` is the height of its baseline."""

    x: float
    y: float
    text: str
    size: float
    color: str
    align: Align
    bold: bool
    level: float = 6

    def artist(self) -> Artist:
        """Return the text as matplotlib has it."""
        return Text(
            self.x, self.y, self.text, color=self.color, ha=self.align, va="baseline",
            fontproperties=font(self.size, bold=self.bold), zorder=self.level, parse_math=False,
        )  # fmt: skip


class Line(NamedTuple):
    """A line through points, dashed with (dash, gap) px, or whole."""

    points: Sequence[Point]
    color: str
    width: float
    dashes: tuple[float, float] | None
    level: float

    def artist(self) -> Artist:
        """Return the line as matplotlib has it."""
        xs, ys = zip(*self.points, strict=True)
        look: dict[str, Any] = {"dashes": self.dashes} if self.dashes else {}
        return Line2D(
            xs, ys, color=self.color, linewidth=self.width, clip_on=False, zorder=self.level, **look
        )


class Filled(NamedTuple):
    """A rectangle without an edge; its upper left corner is at (x, y)."""

    x: float
    y: float
    width: float
    height: float
    color: str
    level: float

    def artist(self) -> Artist:
        """Return the rectangle as matplotlib has it."""
        place, size = (self.x, self.y), (self.width, self.height)
        return Rectangle(place, *size, fc=self.color, ec="none", lw=0, zorder=self.level, clip_on=False)


class Marked(NamedTuple):
    """A mark of one of the kinds of `MARKS`."""

    x: float
    y: float
    kind: str
    level: float = 5

    def artist(self) -> Artist:
        """Return the mark as matplotlib has it."""
        shape, fill, edge, edge_width, size = MARKS[self.kind]
        return Line2D(
            [self.x], [self.y], linestyle="none", marker=shape, markerfacecolor=fill, markeredgecolor=edge,
            markeredgewidth=edge_width, markersize=size, clip_on=False, zorder=self.level,
        )  # fmt: skip


class Chip(NamedTuple):
    """A square with round corners, whose edge of one px lies `CHIP_PAD` outside; its upper left corner is at (x, y).

    `longer` is by how much it is wider than high.
    """

    x: float
    y: float
    size: float
    fill: str
    edge: str
    longer: float = 0.0
    level: float = 3

    def artist(self) -> Artist:
        """Return the chip as matplotlib has it."""
        return FancyBboxPatch(
            (self.x, self.y), self.size + self.longer, self.size, boxstyle=CHIP_CORNERS,
            fc=self.fill, ec=self.edge, lw=1, zorder=self.level, clip_on=False,
        )  # fmt: skip


DrawnMark = Written | Line | Filled | Marked | Chip


class DrawnFigure(Figure):
    """A matplotlib figure of marks, in one coordinate system in px over the whole of it, y downwards.

    The axes that hold the marks are made when somebody asks for the axes of the figure, or draws it.

    Attributes:
        marks: in the order in which they were put there.
    """

    def __init__(self, width: float, height: float) -> None:
        self.marks: list[DrawnMark] = []
        self._own: Axes | None = None
        super().__init__(figsize=(width / _DPI, height / _DPI), dpi=_DPI)
        self.patch.set_visible(False)
        self._shown = 0
        self._size = width, height

    @property  # type: ignore[misc]
    def axes(self) -> list[Axes]:  # type: ignore[override]
        """The axes: those of the marks, and what others have added."""
        if hasattr(self, "_size"):
            self._show_marks()
        return super().axes

    @property
    def beside(self) -> list[Axes]:
        """The axes that others have added, which lie over the marks."""
        return [axes for axes in super().axes if axes is not self._own]

    def draw(self, renderer: Any) -> None:
        """Draw everything."""
        self._show_marks()
        super().draw(renderer)

    def _show_marks(self) -> None:
        if self._own is None:
            width, height = self._size
            # below what others have added before
            self._own = self.add_axes((0.0, 0.0, 1.0, 1.0), zorder=-1)
            self._own.set(xlim=(0, width), ylim=(height, 0))
            self._own.axis("off")
        with report_style():
            for mark in self.marks[self._shown :]:
                # the sheet is as large as it is: `plot` and `add_patch` would look for the limits of the data
                self._own.add_artist(mark.artist())
        self._shown = len(self.marks)
