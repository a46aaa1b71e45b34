"""A count by month between the limits of an XmR chart."""

from __future__ import annotations

import math
from typing import Final

import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.canvas import Canvas, key_rows
from analysis.charts.placing import Point, spread, ticks_to
from analysis.charts.rows_drawn import number, records
from analysis.charts.style import PIXELS, Width, measure, report_style
from analysis.render.palette import INK, RULE, SECONDARY
from analysis.rounds.periods import parse_period
from analysis.words import Words, formats

#: the mark of a month by what `statistics.control.signals` says of it: beyond a limit, or one of a run
MARK_OF: Final = {
    "above": "month_above", "below": "month_below",
    "rising": "month_run", "falling": "month_run", "near_upper": "month_run", "near_lower": "month_run",
    "high": "month_run", "low": "month_run",
}  # fmt: skip
_MARKS: Final = ("month_above", "month_below", "month_run")
_LEVELS: Final = (("upper", (5.0, 3.0)), ("centre", None), ("lower", (5.0, 3.0)))


@report_style()
def monthly_control(frame: pd.DataFrame, words: Words, width: Width) -> Figure:
    """Draw a count by month as a line from zero, with its mean, its limits, and the months that stand out.

    Args:
        frame: one row per month: `period` (2020-01), `value` (missing: a gap), `signal` (a word of
            `statistics.control.signals`, or empty), and `centre`, `lower`, `upper` (missing: no line), the same in
            every row, or those of the month's season.
        words: catalogue of labels.
        width: `wide` or `slim`.
    """
    slim = width == "slim"
    full, size = PIXELS[width], 11.0 if slim else 12.5
    rows = sorted(
        records(frame, "period", "value", "signal", "centre", "lower", "upper"),
        key=lambda row: parse_period(str(row["period"])).start,
    )
    values = [number(row["value"]) for row in rows]
    marks = [MARK_OF.get(str(row["signal"]), "") for row in rows]
    levels = {name: [number(row[name]) for row in rows] for name, _ in _LEVELS}
    everything = (*values, *(value for level in levels.values() for value in level))
    highest = max((v for v in everything if not math.isnan(v)), default=0.0) or 1.0
    grid = ticks_to(highest, 4)

    shown = [mark for mark in _MARKS if mark in marks]
    key, key_height = key_rows(
        [(mark, words.label(f"charts.months.{mark}")) for mark in shown], full, size, top=10
    )
    names = {
        name: words.label(f"charts.months.season.{name}")
        if len(set(level)) > 1
        else words("charts.months." + name, value=formats.number(level[0], 1)).plain
        for name, level in levels.items()
        if not any(map(math.isnan, level))
    }
    left = max(measure(formats.number(tick), size) for tick in grid) + 8
    room = max((measure(text, size) for text in names.values()), default=0.0) + 10
    top, plot = key_height + 14, 150.0 if slim else 190.0
    floor, run = top + plot, full - left - 14 - room

    def point(place: int, value: float) -> Point:
        step = run / (len(rows) - 1) if len(rows) > 1 else run
        return left + 8 + place * step, floor - value / grid[-1] * plot

    canvas = Canvas(full, floor + 30)
    canvas.key(key, size)
    for tick in grid:
        y = point(0, tick)[1]
        canvas.line([(left, y), (left + 8 + run, y)], RULE if tick else SECONDARY, 0.8, level=0)
        canvas.text(left - 7, y, formats.number(tick), size, color=SECONDARY, align="right")
    curves = {name: [point(place, value) for place, value in enumerate(levels[name])] for name in names}
    _draw_levels(canvas, curves, names, floor=floor, size=size)
    _draw_years(
        canvas, [str(row["period"]) for row in rows], [point(p, 0)[0] for p in range(len(rows))], floor, size
    )

    stretch: list[Point] = []
    for place, value in enumerate([*values, math.nan]):
        if not math.isnan(value):
            stretch.append(point(place, value))
        elif stretch:
            canvas.line(stretch if len(stretch) > 1 else [stretch[0], stretch[0]], INK, 1.5, level=3)
            stretch = []
    for place, (value, mark) in enumerate(zip(values, marks, strict=True)):
        if not math.isnan(value):
            canvas.mark(*point(place, value), mark or "month")
    return canvas.figure


def _draw_levels(
    canvas: Canvas, curves: dict[str, list[Point]], names: dict[str, str], *, floor: float, size: float
) -> None:
    """Draw mean and limits from month to month, each named at its right, the names clear of each other."""
    known = [(name, dashes) for name, dashes in _LEVELS if name in names]
    places = spread([curves[name][-1][1] for name, _ in known], size + 3, size / 2, floor) if known else []
    for (name, dashes), middle in zip(known, places, strict=True):
        curve = curves[name]
        level = len({y for _, y in curve}) == 1
        canvas.line([curve[0], curve[-1]] if level else curve, SECONDARY, 1.1, dashes=dashes, level=1)
        canvas.text(curve[-1][0] + 12, middle, names[name], size, color=SECONDARY)


def _draw_years(canvas: Canvas, periods: list[str], xs: list[float], floor: float, size: float) -> None:
    """Write a year below the first of its months, as far as there is room."""
    end = -math.inf
    seen: set[str] = set()
    for period, x in zip(periods, xs, strict=True):
        year = period[:4]
        if year in seen:
            continue
        seen.add(year)
        canvas.line([(x, floor), (x, floor + 5)], SECONDARY, 0.8, level=1)
        room = measure(year, size)
        if x - room / 2 > end:
            canvas.text(x, floor + 17, year, size, color=SECONDARY, align="center")
            end = x + room / 2 + 8
