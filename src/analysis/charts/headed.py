"""A chart as a picture of its own: with its title, what is drawn, and its source, on white."""

from __future__ import annotations

from itertools import accumulate
from typing import Final

from matplotlib.figure import Figure

from analysis.charts.placing import wrap
from analysis.charts.style import font, report_style
from analysis.render.palette import INK, SECONDARY, WHITE

_Look = tuple[float, float, bool]
#: type size, distance of lines in px and whether bold: title, what is drawn, source
_TITLE: Final[_Look] = (16.0, 24.0, True)
_SUBTITLE: Final[_Look] = (12.5, 19.0, False)
_SOURCE: Final[_Look] = (11.0, 17.0, False)
_MARGIN: Final = 14.0
#: dots per inch at which it is shown; the charts are laid out at 72
_DPI: Final = 110


@report_style()
def headed(figure: Figure, title: str, subtitle: str, source: str) -> Figure:
    """Put title and subtitle above a chart and its source below it, and return it.

    Args:
        figure: a chart of this package.
        title: the finding, or whose chart it is.
        subtitle: what is drawn.
        source: where it comes from; empty: no line.
    """
    width, height = (float(size) for size in figure.bbox.size)
    above = [*_lines(title, width, _TITLE), *_lines(subtitle, width, _SUBTITLE)]
    below = _lines(source, width, _SOURCE)
    head, bottom = (2 * _MARGIN + sum(look[1] for _, look in lines) for lines in (above, below))
    sheet, whole = width + 2 * _MARGIN, height + head + bottom
    for axes in figure.axes:
        x, y, wide, high = axes.get_position().bounds
        axes.set_position(
            (
                (_MARGIN + x * width) / sheet,
                (bottom + y * height) / whole,
                wide * width / sheet,
                high * height / whole,
            )
        )
    figure.set_size_inches(sheet / figure.dpi, whole / figure.dpi)
    for lines, top in ((above, whole - _MARGIN), (below, bottom - _MARGIN)):
        pitches = accumulate(look[1] for _, look in lines)
        for (line, (size, _, bold)), down in zip(lines, pitches, strict=True):
            figure.text(
                _MARGIN / sheet, (top - down) / whole, line, color=INK if bold else SECONDARY,
                fontproperties=font(size, bold=bold), parse_math=False,
            )  # fmt: skip
    figure.patch.set(visible=True, facecolor=WHITE)
    figure.set_dpi(_DPI)
    return figure


def _lines(text: str, width: float, look: _Look) -> list[tuple[str, _Look]]:
    """Return a text in lines of a width in px, each with its look."""
    size, _, bold = look
    return [(line, look) for line in wrap(text, width, size, bold=bold) if line]
