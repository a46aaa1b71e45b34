"""From figure to SVG: checked for what a reader could not read, then stripped, shortened and the same every time."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html import escape
from itertools import combinations
from typing import Any, Final, cast

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis.charts.placing import Box
from analysis.charts.style import FAMILY, missing_glyphs, report_style

_NO_METADATA: Final = {"Date": None, "Creator": None, "Format": None, "Type": None}
_NUMBER: Final = re.compile(r"-?\d*\.\d+(?:e-?\d+)?|-?\d+e-?\d+")
_GEOMETRY: Final = frozenset({"d", "x", "y", "transform", "points", "stroke-width", "stroke-dasharray"})
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
    renderer = cast(Any, FigureCanvasAgg(fig)).get_renderer()
    height = fig.bbox.height
    texts: list[tuple[str, Box]] = []
    marks: list[Box] = []
    for axes in fig.axes:
        for text in axes.texts:
            extent = text.get_window_extent(renderer)
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
            lacking = missing_glyphs(text.get_text(), bold=text.get_fontweight() in ("bold", 700))
            if lacking:
                problems.append(f"no glyph for {lacking!r} in {text.get_text()!r}")
    return problems


def to_svg(fig: Figure, prefix: str) -> str:
    """Return the figure as SVG to be set into a page: the same bytes for the same figure.

    The root is `<svg xmlns viewBox style="max-width:…px" font-family>`; text stays text; there are no style
    sheets, metadata or clip paths; every id begins with `prefix`; numbers have at most two decimals.

    Args:
        fig: a chart of this package.
        prefix: makes ids unique in the page, such as `fig-declines-wide`.

    Raises:
        ChartLayoutError: texts overlap, leave the figure or lack glyphs; all of them are named.
    """
    # a text without glyphs has no true width, so its overlaps would be guesses
    problems = glyphless(fig) or overlaps(fig)
    if problems:
        raise ChartLayoutError(problems)
    buffer = io.BytesIO()
    with report_style():
        fig.savefig(buffer, format="svg", metadata=_NO_METADATA)
    root = ET.fromstring(buffer.getvalue())
    width, height = (_short(str(size)) for size in (fig.bbox.width, fig.bbox.height))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" style="max-width:{width}px" '
        f'font-family="\'{FAMILY}\',sans-serif" stroke-linejoin="round">'
    )
    used = {value[1:] for element in root.iter() for name, value in element.items() if _local(name) == "href"}
    return head + "".join(_write(child, prefix, used) for child in root) + "</svg>"


def _marks(line: Line2D, height: float) -> Iterator[Box]:
    if line.get_marker() in ("None", "", None):
        return
    half = float(line.get_markersize()) / 2
    for x, y in line.get_transform().transform(line.get_xydata()):
        yield Box(x - half, height - y - half, x + half, height - y + half)


def _write(element: ET.Element, prefix: str, used: set[str]) -> str:
    tag = _local(element.tag)
    if tag in ("metadata", "style"):
        return ""
    attributes = _attributes(element, prefix, used)
    if attributes.get("opacity") == "0":
        return ""
    inside = escape(element.text or "", quote=False) if tag == "text" else ""
    inside += "".join(_write(child, prefix, used) for child in element)
    if tag in ("g", "defs") and not inside:
        return ""
    if tag == "g" and not attributes:
        return inside
    written = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return f"<{tag}{written}>{inside}</{tag}>" if inside else f"<{tag}{written}/>"


def _attributes(element: ET.Element, prefix: str, used: set[str]) -> dict[str, str]:
    """Return what the element needs to look the same: styles as attributes, defaults and dead ids left out."""
    raw = {_local(name): value for name, value in element.items()}
    for rule in raw.pop("style", "").split(";"):
        name, _, value = rule.partition(":")
        if value:
            raw[name.strip()] = value.strip()
    # matplotlib turns every text by zero degrees
    if raw.get("transform", "").startswith("rotate(-0 "):
        del raw["transform"]
    kept: dict[str, str] = {}
    for name, value in raw.items():
        if name in ("font-family", "stroke-dashoffset") or (name, value) == ("text-anchor", "start"):
            continue
        if name == "id":
            if value in used:
                kept[name] = f"{prefix}-{value}"
        elif name == "href":
            kept[name] = f"#{prefix}-{value[1:]}"
        elif name == "font-size":
            kept[name] = _short(value.removesuffix("px"))
        else:
            kept[name] = _shorten(value) if name in _GEOMETRY else value
    return kept


def _shorten(value: str) -> str:
    shortened = _NUMBER.sub(lambda found: _short(found[0]), value)
    return re.sub(r"\s+", " ", shortened).strip()


def _short(number: str) -> str:
    text = f"{float(number):.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _local(name: str) -> str:
    return name.rpartition("}")[2]
