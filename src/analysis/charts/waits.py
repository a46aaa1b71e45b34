"""How long the cases of every unit wait until they are resolved."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.canvas import BARS, Canvas, Grade, key_rows
from analysis.charts.placing import ticks_to
from analysis.charts.rows import UnitRows
from analysis.charts.rows_drawn import number, records
from analysis.charts.style import PIXELS, Width, measure, report_style
from analysis.render.palette import INK, RULE, SECONDARY
from analysis.words import Words, formats


@report_style()
def waits(frame: pd.DataFrame, words: Words, width: Width) -> Figure:
    """Draw within how many days more than half of every unit's cases were resolved, on an axis of days from zero.

    An interval whose end has not been reached runs dashed to the end of the axis. Where half of the cases still wait
    there is no mark but a word.

    Args:
        frame: one row per unit, in the order to draw, the city last: `unit_name`, `grade`, `value`, `lower`, `upper`
            (days, missing where not reached), `cases` (that say how long they waited; missing or none: another word).
        words: catalogue of labels.
        width: `wide` or `slim`.
    """
    slim = width == "slim"
    full, size, small = PIXELS[width], 12.0 if slim else 12.5, 10.5 if slim else 12.0
    rows = {
        str(row["unit_name"]): row
        for row in records(frame, "unit_name", "grade", "value", "lower", "upper", "cases")
    }
    units = UnitRows({unit: Grade.of(row) for unit, row in rows.items()}, width, row=24 if slim else 26)
    days = {unit: [number(row[name]) for name in ("value", "lower", "upper")] for unit, row in rows.items()}
    said = {
        unit: formats.number(days[unit][0])
        if not math.isnan(days[unit][0])
        else words.label("charts.waits.unreached" if number(row["cases"]) > 0 else "charts.no_value")
        for unit, row in rows.items()
    }
    head = words.label("charts.waits.median")
    column = max(measure(text, size) for text in (head, *said.values()))
    axis = words.label("charts.waits.axis")
    # short names leave the word for the axis less room than it takes
    left = max(units.left, measure(axis, small)) + (16 if slim else 26)
    right = full - column - (14 if slim else 28)
    steps = ticks_to(max((day for of in days.values() for day in of if not math.isnan(day)), default=1.0), 4)
    scale = (right - left) / (steps[-1] or 1.0)
    entries = [("own", head), ("bar_interval", words.label("charts.waits.interval"))]
    if any(math.isnan(upper) and not math.isnan(lower) for _, lower, upper in days.values()):
        entries.append(("dashed", words.label("charts.waits.endless")))
    key, key_height = key_rows(entries, full, small)
    top = key_height + 34
    canvas = Canvas(full, top + units.height + 2)
    canvas.key(key, small)
    canvas.text(0, top - 11, axis, small, color=SECONDARY)
    canvas.text(full, top - 11, head, small, color=SECONDARY, align="right")
    for step in steps:
        canvas.line(
            [(left + step * scale, top - 2), (left + step * scale, top + units.height)], RULE, 0.8, level=0
        )
        canvas.text(
            left + step * scale, top - 11, formats.number(step), small, color=SECONDARY, align="center"
        )
    units.draw(canvas, top)
    for unit, y in units.middles(top).items():
        value, lower, upper = days[unit]
        if not math.isnan(upper):
            end = max(left + upper * scale, left + lower * scale + 2)
            canvas.bar(left + lower * scale, end, y, 7, BARS["bar_interval"])
        elif not math.isnan(lower):
            canvas.line([(left + lower * scale, y), (right, y)], SECONDARY, 1.2, dashes=(5.0, 3.0), level=2)
        if not math.isnan(value):
            canvas.mark(left + value * scale, y, "own")
        canvas.text(full, y, said[unit], size, align="right", color=SECONDARY if math.isnan(value) else INK)
    return canvas.figure
