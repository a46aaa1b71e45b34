"""From figure to picture: checked for what a reader could not read, then written the same every time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.charts.drawn_figure import MARKS, DrawnFigure, DrawnMark, Marked, Written
from analysis.charts.placing import Box
from analysis.charts.style import FAMILY, missing_glyphs, report_style, text_size
from analysis.charts.svg_pen import Pen, short
from analysis.charts.svg_renderer import Renderer, is_bold
from analysis.render.blocks import Picture

#: a sign that fills its line
_FULL_SIGN: Final = chr(0x56FD)
#: height of a line of text in em
_LINE: Final = 1.2
#: how much of a text stands before its anchor
_BEFORE: Final = {"left": 0.0, "center": 0.5, "right": 1.0}
#: two boxes of text may share this much of a line's height, which is empty in every glyph
_SLACK: Final = 1.0
_OUTSIDE: Final = 0.5


class ChartLayoutError(Exception):
    """A chart with texts over each other, over marks, out of the picture, or without glyphs."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problems))


@report_style()
def overlaps(fig: Figure) -> list[str]:
    """Return a line for every text that covers another text or a mark, or leaves the figure."""
    texts = _texts(fig)
    marks = list(_marks(fig))
    problems = [
        f"{one!r} overlaps {other!r}" for (one, a), (other, b) in combinations(texts, 2) if a.meets(b, -0.5)
    ]
    problems += [
        f"{text!r} covers a mark" for text, box in texts if any(box.meets(mark, -1.0) for mark in marks)
    ]
    width, height = fig.bbox.size
    sheet = Box(-_OUTSIDE, -_OUTSIDE, width + _OUTSIDE, height + _OUTSIDE)
    problems += [f"{text!r} leaves the figure" for text, box in texts if not box.within(sheet)]
    return problems


def _texts(fig: Figure) -> list[tuple[str, Box]]:
    """Return every text with the room it takes: a line's height around the middle of a full sign.

    Whether its own letters reach up or down does not matter: lines of one text stand at equal distances.
    """
    found = []
    for mark in _marks_of(fig):
        if isinstance(mark, Written):
            width, _, _ = text_size(mark.text, mark.size, bold=mark.bold)
            _, height, below = text_size(_FULL_SIGN, mark.size, bold=mark.bold)
            left = mark.x - width * _BEFORE[mark.align]
            middle, half = mark.y + below - height / 2, _LINE * mark.size / 2 - _SLACK
            found.append((mark.text, Box(left, middle - half, left + width, middle + half)))
    height = fig.bbox.height
    renderer = Renderer(_pen(fig))
    for text in (text for axes in _beside(fig) for text in axes.texts):
        extent = text.get_window_extent(renderer)
        top, bottom = height - extent.y1, height - extent.y0
        found.append((text.get_text(), Box(extent.x0, top + _SLACK, extent.x1, bottom - _SLACK)))
    return found


def _marks(fig: Figure) -> Iterator[Box]:
    """Yield the room of every mark."""
    for mark in _marks_of(fig):
        if isinstance(mark, Marked):
            half = MARKS[mark.kind][4] / 2
            yield Box(mark.x - half, mark.y - half, mark.x + half, mark.y + half)
    height = fig.bbox.height
    for line in (line for axes in _beside(fig) for line in axes.lines):
        if line.get_marker() not in ("None", "", None):
            half = float(line.get_markersize()) / 2
            for x, y in line.get_transform().transform(line.get_xydata()):
                yield Box(x - half, height - y - half, x + half, height - y + half)


def glyphless(fig: Figure) -> list[str]:
    """Return a line for every text with characters the font of the charts does not have."""
    texts = [(mark.text, mark.bold) for mark in _marks_of(fig) if isinstance(mark, Written)]
    texts += [(text.get_text(), is_bold(text)) for axes in _beside(fig) for text in axes.texts]
    return [
        f"no glyph for {lacking!r} in {text!r}"
        for text, bold in texts
        if (lacking := missing_glyphs(text, bold=bold))
    ]


def _marks_of(fig: Figure) -> Sequence[DrawnMark]:
    return fig.marks if isinstance(fig, DrawnFigure) else ()


def _beside(fig: Figure) -> list[Axes]:
    """Return the axes that hold what another library has drawn."""
    return fig.beside if isinstance(fig, DrawnFigure) else fig.axes


def _pen(fig: Figure, prefix: str = "") -> Pen:
    width, height = map(float, fig.bbox.size)
    return Pen(width, height, prefix)


def to_picture(fig: Figure, prefix: str) -> Picture:
    """Return the figure as a picture to be set into a page: the same bytes for the same figure.

    Text stays text; there are no style sheets, metadata or clip paths; every id begins with `prefix`; numbers have at
    most two decimals.

    Args:
        fig: a chart of this package.
        prefix: makes ids unique in the page, such as `fig-declines-wide`.

    Raises:
        ChartLayoutError: texts overlap, leave the figure or lack glyphs; all of them are named.
    """
    # a text without glyphs has no true width, so its overlaps would be guesses
    if problems := glyphless(fig) or overlaps(fig):
        raise ChartLayoutError(problems)
    pen = _pen(fig, prefix)
    for mark in sorted(_marks_of(fig), key=lambda mark: mark.level):
        pen.draw(mark)
    with report_style():
        for axes in sorted(_beside(fig), key=lambda axes: axes.get_zorder()):
            axes.draw(Renderer(pen))
    width, height = round(pen.width, 2), round(pen.height, 2)
    look = (
        f' style="max-width:{short(width)}px" font-family="\'{FAMILY}\',sans-serif" stroke-linejoin="round"'
    )
    return Picture(width, height, look, "".join(pen.elements))
