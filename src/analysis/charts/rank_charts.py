"""How firm the places are: official ranks with the ranks that drawn counts and drawn weights leave open."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.canvas import BARS, Canvas, Grade, key_rows
from analysis.charts.placing import name_column, nice_step
from analysis.charts.rows import UnitRows
from analysis.charts.rows_drawn import number, records
from analysis.charts.style import PIXELS, Width, measure, report_style
from analysis.render.palette import INK, RULE, SECONDARY
from analysis.words import Words, formats

_SPAN: Final = ("rank", "lower", "upper")


class _Axis(NamedTuple):
    """Ranks from first at the left to last at the right, px."""

    left: float
    right: float
    last: float

    def x(self, rank: float) -> float:
        """Return x of a rank; the only rank there is stands in the middle."""
        if self.last <= 1:
            return (self.left + self.right) / 2
        return self.left + (rank - 1) / (self.last - 1) * (self.right - self.left)

    def draw(self, canvas: Canvas, top: float, bottom: float, size: float) -> None:
        """Draw the axis: its numbers above `top` and a line down from each."""
        room = (self.right - self.left) / max(self.last - 1, 1)
        step = nice_step(max(1.0, (measure(formats.number(self.last), size) + 8) / room))
        ranks = [1.0, *(step * place for place in range(1, int(self.last / step) + 1) if step * place > 1)]
        for rank in ranks:
            x = self.x(rank)
            canvas.line([(x, top - 2), (x, bottom)], RULE, 0.8, level=0)
            canvas.text(x, top - 11, formats.number(rank), size, color=SECONDARY, align="center")


@report_style()
def rank_intervals(frame: pd.DataFrame, words: Words, width: Width) -> Figure:
    """Draw every unit's official rank with the ranks left open by drawn counts (bar) and by drawn weights (line).

    Args:
        frame: one row per unit, by score: `unit_name`, `grade`, `rank`, `lower`, `upper` (under drawn counts),
            `weights_lower`, `weights_upper` (under drawn weights), `kept` (probability of the official grade under
            drawn counts, a fraction), `firm` (True, False or missing). A unit without a rank has a word.
        words: catalogue of labels.
        width: `wide` or `slim`.
    """
    slim = width == "slim"
    full, size, small = PIXELS[width], 12.0 if slim else 12.5, 10.5 if slim else 12.0
    rows = {
        str(row["unit_name"]): row
        for row in records(
            frame, "unit_name", "grade", *_SPAN, "weights_lower", "weights_upper", "kept", "firm"
        )
    }
    units = UnitRows({unit: Grade.of(row) for unit, row in rows.items()}, width, row=26 if slim else 28)
    kept = {unit: formats.percent(number(row["kept"])) for unit, row in rows.items()}
    firm = {unit: _firm(row["firm"]) for unit, row in rows.items()}
    said = {unit: "" if slim else _said(verdict, words) for unit, verdict in firm.items()}
    head = words.label("charts.ranks.kept")
    kept_width = max(measure(text, size) for text in kept.values())
    kept_width = max(kept_width, measure(head, small))
    said_width = max(measure(text, size) for text in said.values())
    left = units.left + (16 if slim else 26)
    right = full - kept_width - said_width - (20 if slim else 48)
    axis = _Axis(left, right, _last(rows.values()))
    entries = [
        ("rank_firm", words.label("charts.ranks.firm")),
        ("rank_loose", words.label("charts.ranks.loose")),
        ("bar_interval", words.label("charts.ranks.counts")),
        ("strong", words.label("charts.ranks.weights")),
    ]
    key, key_height = key_rows(entries, full, 11.5 if slim else small)
    top = key_height + 34
    canvas = Canvas(full, top + units.height + 2)
    canvas.key(key, 11.5 if slim else small)
    axis.draw(canvas, top, top + units.height, small)
    canvas.text(0, top - 11, words.label("charts.ranks.axis"), small, color=SECONDARY)
    kept_x = full - said_width - (0 if slim else 20)
    canvas.text(kept_x, top - 11, head, small, color=SECONDARY, align="right")
    units.draw(canvas, top, cut=True)
    for unit, y in units.middles(top).items():
        row = rows[unit]
        canvas.text(kept_x, y, kept[unit], size, align="right")
        canvas.text(full, y, said[unit], size, color=INK if firm[unit] is False else SECONDARY, align="right")
        if math.isnan(number(row["rank"])):
            canvas.text(left - 4, y, words.label("charts.not_assessed"), size, color=SECONDARY)
            continue
        _draw_span(canvas, axis, (number(row["lower"]), number(row["upper"])), y)
        _draw_span(canvas, axis, (number(row["weights_lower"]), number(row["weights_upper"])), y, line=True)
        canvas.mark(axis.x(number(row["rank"])), y, "rank_loose" if firm[unit] is False else "rank_firm")
    return canvas.figure


@report_style()
def unit_ranks(frame: pd.DataFrame, words: Words, width: Width) -> Figure:
    """Draw one unit's official rank with the ranks left open by every way of trying it, on the places of all units.

    Args:
        frame: one row per way, in the order to draw: `method_name`, `rank`, `lower`, `upper` (missing: a word, no
            bar), `units` (number of units that have a rank).
        words: catalogue of labels.
        width: `wide` or `slim`.
    """
    slim = width == "slim"
    full, size, small = PIXELS[width], 12.0 if slim else 13.0, 11.0 if slim else 12.0
    rows = records(frame, "method_name", *_SPAN, "units")
    names = name_column([str(row["method_name"]) for row in rows], 96 if slim else 220, size)
    spans = [_span_said(number(row["lower"]), number(row["upper"]), words) for row in rows]
    heights = [names.height(str(row["method_name"]), 32) for row in rows]
    axis = _Axis(
        names.width + 22,
        full - max(measure(span, size, bold=True) for span in spans) - 22,
        _last(rows, "units"),
    )
    top = 28.0
    bottom = top + sum(heights)
    canvas = Canvas(full, bottom + 4)
    axis.draw(canvas, top, bottom, small)
    canvas.text(0, top - 11, words.label("charts.ranks.axis"), small, color=SECONDARY)
    y = top
    for row, span, height in zip(rows, spans, heights, strict=True):
        middle = y + height / 2
        y += height
        canvas.name(0, middle, names, str(row["method_name"]))
        lower, upper = number(row["lower"]), number(row["upper"])
        known = not math.isnan(lower)
        canvas.text(full, middle, span, size, color=INK if known else SECONDARY, align="right", bold=known)
        if known and lower < upper:
            _draw_span(canvas, axis, (lower, upper), middle)
        if not math.isnan(number(row["rank"])):
            canvas.mark(axis.x(number(row["rank"])), middle, "rank_firm")
    return canvas.figure


def _draw_span(
    canvas: Canvas, axis: _Axis, span: tuple[float, float], y: float, *, line: bool = False
) -> None:
    """Draw from which to which rank, as a bar or as a line with ends; a single rank keeps a visible width."""
    if any(math.isnan(rank) for rank in span):
        return
    left, right = axis.x(span[0]) - 5, axis.x(span[1]) + 5
    if not line:
        canvas.bar(left, right, y, 7, BARS["bar_interval"])
        return
    canvas.line([(left - 2, y), (right + 2, y)], INK, 1.2, level=3)
    for x in (left - 2, right + 2):
        canvas.line([(x, y - 4), (x, y + 4)], INK, 1.2, level=3)


def _last(rows: Iterable[Mapping[str, Any]], *columns: str) -> float:
    """Return the last rank there is in the columns, by default in all that hold ranks."""
    read = columns or (*_SPAN, "weights_lower", "weights_upper")
    ranks = [number(row[column]) for row in rows for column in read]
    return max((rank for rank in ranks if not math.isnan(rank)), default=1.0)


def _firm(value: Any) -> bool | None:
    return None if pd.isna(value) else bool(value)


def _said(firm: bool | None, words: Words) -> str:
    return "" if firm is None else words.label(f"charts.ranks.{'kept_word' if firm else 'open_word'}")


def _span_said(lower: float, upper: float, words: Words) -> str:
    if math.isnan(lower) or math.isnan(upper):
        return words.label("charts.no_value")
    ends = {"lower": formats.number(lower), "upper": formats.number(upper)}
    return words("charts.ranks.one" if lower == upper else "charts.ranks.span", **ends).plain
