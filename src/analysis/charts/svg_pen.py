"""Elements of SVG, written with nothing in them that does not show: the same bytes for the same drawing."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, Final

from matplotlib.colors import to_hex
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, IdentityTransform

from analysis.charts.drawn_figure import CHIP_CORNERS, MARKS, Chip, DrawnMark, Filled, Line, Marked, Written
from analysis.charts.placing import Point

Look = dict[str, str]
Edges = tuple[float, float, float, float]

#: the steps of a path, as SVG calls them
_STEPS: Final = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C", Path.CLOSEPOLY: "z"}
_CAPS: Final = {"projecting": "square", "round": "round"}
_ANCHORS: Final = {"center": "middle", "right": "end"}
#: from heights that grow upwards to heights that grow downwards
_TURN: Final = Affine2D().scale(1, -1)


class Pen:
    """Writes elements of a sheet.

    Args:
        width, height: of the sheet in px.
        prefix: of every id.

    Attributes:
        elements: those written, in their order.
    """

    def __init__(self, width: float, height: float, prefix: str) -> None:
        self.width, self.height = width, height
        self.elements: list[str] = []
        self._prefix = prefix
        self._forms: set[str] = set()

    def draw(self, mark: DrawnMark) -> None:
        """Write a mark of a chart."""
        match mark:
            case Written(x, y, text, size, color, align, bold):
                self.text(text, (x, y), size=size, color=_hex(color), align=align, bold=bold)
            case Line(points, color, width, dashes):
                data = line_data(points, (0.0, 0.0, self.width, self.height))
                self.path(data, {"fill": "none", **stroke(_hex(color), width, dashes)})
            case Filled(x, y, width, height, color):
                left, right, top, bottom = map(short, (x, x + width, y, y + height))
                data = f"M {left} {top} L {right} {top} L {right} {bottom} L {left} {bottom} z"
                self.path(data, {"fill": _hex(color)})
            case Marked(x, y, kind):
                self.marks(*_form(kind), [(x, y)])
            case Chip(x, y, size, fill, edge, longer):
                data = path_data(CHIP_CORNERS(x, y, size + longer, size, 1.0))
                self.path(data, {"fill": _hex(fill), **stroke(_hex(edge), 1.0, join="miter")})

    def path(self, data: str, look: Mapping[str, str]) -> None:
        """Write a line or a filled form."""
        self._add("path", {"d": data, **look})

    def marks(self, data: str, look: Mapping[str, str], points: Iterable[Point]) -> None:
        """Write a form at every point; it stands once in the drawing."""
        edge = {name: value for name, value in look.items() if name.startswith("stroke")}
        form = {"d": data, **edge}
        ident = f"{self._prefix}-m{hashlib.sha256(str(form).encode('utf-8')).hexdigest()[:10]}"
        if ident not in self._forms:
            self._forms.add(ident)
            self.elements.append("<defs>")
            self._add("path", {"id": ident, **form})
            self.elements.append("</defs>")
        for x, y in points:
            self._add("use", {"href": f"#{ident}", "x": short(x), "y": short(y), **look})

    def text(
        self,
        text: str,
        at: Point,
        *,
        size: float,
        color: str,
        align: str = "left",
        bold: bool = False,
        angle: float = 0.0,
    ) -> None:
        """Write a text, which stays one; it stands at its anchor, so that another font shifts it least."""
        x, y = map(short, at)
        written = {"x": x, "y": y}
        if angle:
            written["transform"] = f"rotate({short(-angle)} {x} {y})"
        if bold:
            written["font-weight"] = "700"
        written["font-size"] = short(size)
        if align != "left":
            written["text-anchor"] = _ANCHORS[align]
        self._add("text", {**written, "fill": color}, escape(text, quote=False))

    def _add(self, tag: str, attributes: Mapping[str, str], inside: str = "") -> None:
        written = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
        self.elements.append(f"<{tag}{written}>{inside}</{tag}>" if inside else f"<{tag}{written}/>")


def stroke(
    color: str,
    width: float,
    dashes: Iterable[float] | None = None,
    *,
    opacity: float = 1.0,
    join: str = "round",
    cap: str = "butt",
) -> Look:
    """Return a line's look as attributes of SVG, without what is so anyway; nothing for a width of 0."""
    if not width:
        return {}
    look = {}
    if dashes is not None:
        look["stroke-dasharray"] = ",".join(short(length) for length in dashes)
    look["stroke"] = color
    if opacity != 1.0:
        look["stroke-opacity"] = short(opacity)
    if width != 1.0:
        look["stroke-width"] = short(width)
    if join != "round":
        look["stroke-linejoin"] = join
    if cap != "butt":
        look["stroke-linecap"] = _CAPS[cap]
    return look


def line_data(points: Iterable[Point], edges: Edges) -> str:
    """Return a line through points as SVG writes it, cut where it leaves `edges`."""
    points = list(points)
    left, top, right, bottom = edges
    if all(left <= x <= right and top <= y <= bottom for x, y in points):
        return "M " + " L ".join(f"{short(x)} {short(y)}" for x, y in points)
    return path_data(Path(points), edges=edges)


def path_data(path: Path, transform: Any = None, edges: Edges | None = None) -> str:
    """Return a path of matplotlib as SVG writes it, with a line cut where it leaves `edges`."""
    parts = []
    for points, code in path.iter_segments(transform or IdentityTransform(), clip=edges, simplify=False):
        parts.append(_STEPS[code])
        if code != Path.CLOSEPOLY:
            parts += map(short, points)
    return " ".join(parts)


def form_data(path: Path, transform: Any) -> str:
    """Return the form of a mark, whose heights grow upwards, as SVG writes it."""
    return path_data(path, transform + _TURN)


def short(number: float) -> str:
    """Return a number with at most two decimals."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


@functools.cache
def _form(kind: str) -> tuple[str, Look]:
    """Return the form of a kind of mark, and its look."""
    shape, fill, edge, edge_width, size = MARKS[kind]
    style: Any = MarkerStyle(shape)
    join, cap = str(style.get_joinstyle()), str(style.get_capstyle())
    look = {"fill": _hex(fill), **stroke(_hex(edge), edge_width, join=join, cap=cap)}
    return form_data(style.get_path(), style.get_transform().scale(size)), look


@functools.lru_cache(maxsize=1024)
def _hex(color: str) -> str:
    return str(to_hex(color))
