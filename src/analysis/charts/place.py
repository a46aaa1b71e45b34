"""One unit's place among all units, which stay unnamed."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.canvas import Canvas, key_rows
from analysis.charts.placing import name_column
from analysis.charts.rows_drawn import first_by, number, records
from analysis.charts.style import PIXELS, Width, measure, report_style
from analysis.render.palette import BLUE, INK, RULE, SECONDARY
from analysis.words import Words, formats


class _Strip(NamedTuple):
    """One measure: the unit's own value, the others', the city's, and how they are printed."""

    name: str
    own: float
    others: list[float]
    city: float
    better: str
    format: str

    @property
    def known(self) -> list[float]:
        """All values there are, the city's included."""
        return [value for value in (self.own, *self.others, self.city) if not math.isnan(value)]


@report_style()
def unit_place(frame: pd.DataFrame, words: Words, width: Width) -> Figure:
    """Draw one strip per measure with all units on it, this unit's filled; the better end is always the right one.

    Args:
        frame: one row per measure and unit, measures in the order to draw: `measure_name`, `value` (fractions for
            percentages; missing: not drawn, the own one as a word), `is_own` (bool), `city` (the city's value or
            missing), `better` (high, low), `format` (percent, signed_percent, points).
        words: catalogue of labels.
        width: `wide` or `slim`.
    """
    slim = width == "slim"
    full: float = PIXELS[width]
    small = 11.5
    strips = _strips(frame)
    key, key_height = key_rows(
        [
            ("own", words.label("charts.own_unit")),
            ("other", words.label("charts.other_units")),
            ("tick", words.label("charts.city")),
            ("", words.label("charts.right_is_better")),
        ],
        full,
        12 if slim else 12.5,
    )
    size = 12.5 if slim else 13.5
    names = name_column([strip.name for strip in strips], full * 0.5 if slim else 170, size)
    owns = {strip.name: _shown(strip.own, strip.format, words) for strip in strips}
    cities = {
        strip.name: words("charts.city_value", value=_shown(strip.city, strip.format, words)).plain
        for strip in strips
    }
    ends = {strip.name: _ends(strip) for strip in strips}
    end_width = max(measure(_end(value, strip.format), 11) for strip in strips for value in ends[strip.name])
    own_width = max(measure(text, 14, bold=True) for text in owns.values())
    city_width = max(measure(text, small) for text in cities.values())

    row = (
        max(62.0, max(names.height(name, 0) for name in names.lines) + 40)
        if slim
        else max(names.height(name, 40) for name in names.lines)
    )
    left = end_width + 12 if slim else names.width + end_width + 34
    right = full - end_width - 12 - (0 if slim else own_width + city_width + 34)
    canvas = Canvas(full, key_height + 8 + row * len(strips))
    canvas.key(key, 12 if slim else 12.5)
    for place, strip in enumerate(strips):
        top = key_height + 8 + row * place
        if slim:
            head, y = top + (row - 28) / 2 - 2, top + row - 22
            own_x, city_x = full, full - own_width - 12
        else:
            head = y = top + row / 2
            own_x, city_x = full - city_width - 18, full
        canvas.name(0, head, names, strip.name)
        missing = math.isnan(strip.own)
        own_color = SECONDARY if missing else INK
        canvas.text(own_x, head, owns[strip.name], 14, color=own_color, align="right", bold=not missing)
        canvas.text(city_x, head, cities[strip.name], small, color=SECONDARY, align="right")
        _draw_strip(canvas, strip, ends[strip.name], span=(left, right), y=y)
    return canvas.figure


def _strips(frame: pd.DataFrame) -> list[_Strip]:
    rows = records(frame, "measure_name", "value", "is_own", "city", "better", "format")
    strips = []
    for name, first in first_by(rows, "measure_name").items():
        values = [(bool(row["is_own"]), number(row["value"])) for row in rows if row["measure_name"] == name]
        strips.append(
            _Strip(
                name=name,
                own=next((value for own, value in values if own), math.nan),
                others=[value for own, value in values if not own],
                city=number(first["city"]),
                better=str(first["better"]),
                format=str(first["format"]),
            )
        )
    return strips


def _ends(strip: _Strip) -> tuple[float, float]:
    """Return the worse and the better end of the strip: round values around all that is drawn."""
    known = strip.known or [0.0]
    step = _STEP[strip.format]
    low = math.floor(min(known) / step + 1e-9) * step
    high = math.ceil(max(known) / step - 1e-9) * step
    if strip.format == "percent":
        high = min(high, max(1.0, *known))
    if high <= low:
        low, high = low - step, high + step
    return (low, high) if strip.better == "high" else (high, low)


_STEP: Final = {"percent": 0.05, "signed_percent": 0.1, "points": 5.0}


def _draw_strip(
    canvas: Canvas, strip: _Strip, ends: tuple[float, float], *, span: tuple[float, float], y: float
) -> None:
    left, right = span
    worse, better = ends

    def x(value: float) -> float:
        return left + (value - worse) / (better - worse) * (right - left)

    canvas.text(left - 10, y, _end(worse, strip.format), 11, color=SECONDARY, align="right")
    canvas.text(right + 10, y, _end(better, strip.format), 11, color=SECONDARY)
    canvas.line([(left, y), (right, y)], RULE, 1)
    if min(ends) < 0 < max(ends):
        canvas.line([(x(0), y - 6), (x(0), y + 6)], SECONDARY, 1)
    if not math.isnan(strip.city):
        canvas.line([(x(strip.city), y - 9), (x(strip.city), y + 9)], BLUE, 2, level=4)
    for value in strip.others:
        if not math.isnan(value):
            canvas.mark(x(value), y, "other")
    if not math.isnan(strip.own):
        canvas.mark(x(strip.own), y, "own")


def _shown(value: float, style: str, words: Words) -> str:
    if math.isnan(value):
        return words.label("charts.no_value")
    if style == "points":
        return words("charts.points", points=formats.number(value, 1)).plain
    return formats.percent(value, sign=style == "signed_percent")


def _end(value: float, style: str) -> str:
    if style == "points":
        return formats.number(value)
    return formats.percent(value, 0, sign=style == "signed_percent")
