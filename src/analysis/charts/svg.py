"""From figure to picture: checked for what a reader could not read, then bare, short and the same every time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from html import escape
from itertools import combinations
from typing import Any, Final

from matplotlib.backend_bases import RendererBase
from matplotlib.colors import rgb2hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from analysis.charts.placing import Box
from analysis.charts.style import FAMILY, missing_glyphs, report_style, text_size
from analysis.render.blocks import Picture

#: the steps of a path, as SVG calls them
_STEPS: Final = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C", Path.CLOSEPOLY: "z"}
_CAPS: Final = {"projecting": "square", "round": "round"}
_ANCHORS: Final = {"center": "middle", "right": "end"}
#: from heights that grow upwards to heights that grow downwards
_TURN: Final = Affine2D().scale(1, -1).get_matrix()
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
    return _overlaps(fig, _Drawing(fig, ""))


def _overlaps(fig: Figure, drawing: _Drawing) -> list[str]:
    height = fig.bbox.height
    texts: list[tuple[str, Box]] = []
    marks: list[Box] = []
    for axes in fig.axes:
        for text in axes.texts:
            extent = text.get_window_extent(drawing)
            box = Box(extent.x0, height - extent.y1 + _SLACK, extent.x1, height - extent.y0 - _SLACK)
            texts.append((text.get_text(), box))
        for line in axes.lines:
            marks.extend(_marks(line, height))
    problems = [
        f"{one!r} overlaps {other!r}" for (one, a), (other, b) in combinations(texts, 2) if a.meets(b, -0.5)
    ]
    problems += [
        f"{text!r} covers a mark" for text, box in texts if any(box.meets(mark, -1.0) for mark in marks)
    ]
    sheet = Box(-_OUTSIDE, -_OUTSIDE, fig.bbox.width + _OUTSIDE, height + _OUTSIDE)
    problems += [f"{text!r} leaves the figure" for text, box in texts if not box.within(sheet)]
    return problems


def glyphless(fig: Figure) -> list[str]:
    """Return a line for every text with characters the font of the charts does not have."""
    problems = []
    for axes in fig.axes:
        for text in axes.texts:
            lacking = missing_glyphs(text.get_text(), bold=_is_bold(text))
            if lacking:
                problems.append(f"no glyph for {lacking!r} in {text.get_text()!r}")
    return problems


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
    problems = glyphless(fig)
    if not problems:
        with report_style():
            drawing = _Drawing(fig, prefix)
            problems = _overlaps(fig, drawing)
            if not problems:
                fig.draw(drawing)
    if problems:
        raise ChartLayoutError(problems)
    width, height = round(drawing.width, 2), round(drawing.height, 2)
    look = (
        f' style="max-width:{_short(width)}px" font-family="\'{FAMILY}\',sans-serif" stroke-linejoin="round"'
    )
    return Picture(width, height, look, "".join(drawing.elements))


class _Drawing(RendererBase):
    """What matplotlib draws a figure on: elements of SVG with nothing in them that does not show.

    matplotlib's own writer would be read, stripped and written again, and would measure every text once more. Nothing
    is clipped but lines at the edge of the sheet; there are no pictures and no hatches.

    Attributes:
        width, height: of the sheet in px.
        elements: those drawn, in their order.
    """

    def __init__(self, fig: Figure, prefix: str) -> None:
        super().__init__()
        self.width, self.height = (float(size) for size in fig.bbox.size)
        self.elements: list[str] = []
        self._prefix = prefix
        self._forms: set[str] = set()
        self._down = Affine2D().scale(1, -1).translate(0, self.height).get_matrix()

    def flipy(self) -> bool:
        """Whether heights grow downwards, as they do in SVG."""
        return True

    def get_canvas_width_height(self) -> tuple[float, float]:
        """Return the size of the sheet in px."""
        return self.width, self.height

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: object) -> tuple[float, float, float]:
        """Return how large a text is in px, as it was measured for its place."""
        return text_size(s, prop.get_size_in_points(), bold=_is_bold(prop))

    def draw_path(self, gc: Any, path: Any, transform: Any, rgbFace: Any = None) -> None:  # noqa: N803
        """Draw a line or a filled form."""
        edges = (0.0, 0.0, self.width, self.height) if rgbFace is None else None
        data = _data(path, self._down @ transform.get_matrix(), edges)
        self._add("path", {"d": data, **_look(gc, rgbFace)})

    def draw_markers(  # noqa: PLR0917 - as matplotlib calls it
        self,
        gc: Any,
        marker_path: Any,
        marker_trans: Any,
        path: Any,
        trans: Any,
        rgbFace: Any = None,  # noqa: N803
    ) -> None:
        """Draw a mark at every point of a path; its form stands once in the drawing."""
        look = _look(gc, rgbFace)
        edge = {name: value for name, value in look.items() if name.startswith("stroke")}
        form = {"d": _data(marker_path, _TURN @ marker_trans.get_matrix()), **edge}
        ident = f"{self._prefix}-m{hashlib.sha256(str(form).encode('utf-8')).hexdigest()[:10]}"
        if ident not in self._forms:
            self._forms.add(ident)
            self.elements.append("<defs>")
            self._add("path", {"id": ident, **form})
            self.elements.append("</defs>")
        for x, y in Affine2D(self._down @ trans.get_matrix()).transform(path.vertices):
            self._add("use", {"href": f"#{ident}", "x": _short(x), "y": _short(y), **look})

    def draw_text(  # noqa: PLR0917 - as matplotlib calls it
        self,
        gc: Any,
        x: float,
        y: float,
        s: str,
        prop: Any,
        angle: float,
        ismath: object = False,
        mtext: Any = None,
    ) -> None:
        """Write a text, which stays one; it stands at its anchor, so that another font shifts it least."""
        anchor = "left"
        if mtext is not None and not angle:
            x, _ = mtext.get_transform().transform(mtext.get_unitless_position())
            anchor = mtext.get_ha()
        written = {"x": _short(x), "y": _short(y)}
        if angle:
            written["transform"] = f"rotate({_short(-angle)} {_short(x)} {_short(y)})"
        if _is_bold(prop):
            written["font-weight"] = "700"
        written["font-size"] = _short(prop.get_size())
        if anchor != "left":
            written["text-anchor"] = _ANCHORS[anchor]
        self._add("text", {**written, "fill": rgb2hex(gc.get_rgb())}, escape(s, quote=False))

    def _add(self, tag: str, attributes: Mapping[str, str], inside: str = "") -> None:
        written = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
        self.elements.append(f"<{tag}{written}>{inside}</{tag}>" if inside else f"<{tag}{written}/>")


def _is_bold(prop: Any) -> bool:
    return prop.get_weight() in ("bold", 700)


def _data(path: Any, matrix: Any, edges: tuple[float, float, float, float] | None = None) -> str:
    """Return a path as SVG writes it, with a line cut where it leaves `edges`."""
    parts = []
    for points, code in path.iter_segments(Affine2D(matrix), clip=edges, simplify=False):
        parts.append(_STEPS[code])
        if code != Path.CLOSEPOLY:
            parts += map(_short, points)
    return " ".join(parts)


def _marks(line: Line2D, height: float) -> Iterator[Box]:
    if line.get_marker() in ("None", "", None):
        return
    half = float(line.get_markersize()) / 2
    for x, y in line.get_transform().transform(line.get_xydata()):
        yield Box(x - half, height - y - half, x + half, height - y + half)


def _look(gc: Any, fill: Any) -> dict[str, str]:
    """Return fill and stroke as attributes of SVG, without what is so anyway."""
    look = {"fill": "none" if fill is None else rgb2hex(fill)}
    if fill is not None and len(fill) == 4 and fill[3] != 1.0:
        look["fill-opacity"] = _short(fill[3])
    width = gc.get_linewidth()
    if not width:
        return look
    _, dashes = gc.get_dashes()
    if dashes is not None:
        look["stroke-dasharray"] = ",".join(_short(length) for length in dashes)
    edge = gc.get_rgb()
    look["stroke"] = rgb2hex(edge)
    if edge[3] != 1.0:
        look["stroke-opacity"] = _short(edge[3])
    if width != 1.0:
        look["stroke-width"] = _short(width)
    if gc.get_joinstyle() != "round":
        look["stroke-linejoin"] = str(gc.get_joinstyle())
    if gc.get_capstyle() != "butt":
        look["stroke-linecap"] = _CAPS[str(gc.get_capstyle())]
    return look


def _short(number: float) -> str:
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
