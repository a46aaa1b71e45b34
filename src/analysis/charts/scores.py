"""Where the points are: share of the points possible, per unit and dimension."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm, to_hex
from matplotlib.figure import Figure

from analysis.charts.canvas import Canvas, Grade, chip_width
from analysis.charts.placing import flow, name_column, wrap
from analysis.charts.rows import last_of_best
from analysis.charts.rows_drawn import first_by, number, records
from analysis.charts.style import PIXELS, Width, measure, report_style
from analysis.render.palette import HEAT, INK, RULE, SECONDARY
from analysis.words import Words, formats

_RAMP = LinearSegmentedColormap.from_list("share", list(HEAT))
#: shares at and below this have the strongest colour, so that one bad cell does not bleach the rest
_LOW = 0.4


@report_style()
def score_heatmap(
    frame: pd.DataFrame, words: Words, width: Width, *, possible: float | None = None, best: str = ""
) -> Figure:
    """Draw the share of points each unit obtained in each dimension, its score and its grade.

    Args:
        frame: one row per unit and dimension, units and dimensions in the order to draw, the mean of the units last:
            `unit_name`, `grade`, `tier` where the grades are not A, B and C, `score` (points), `dimension` (code),
            `dimension_name`, `points_possible`, `points`, `share` (0–1). Their mean has the name `charts.units_mean`,
            grade "". A share or score that is missing is drawn as a word.
        words: catalogue of labels.
        width: `wide` or `slim`.
        possible: points possible in all; by default the sum over the dimensions; NaN where units differ in it.
        best: the best grade as it is written; A where left out.

    Returns:
        The figure. The rule between the best grade and the rest is drawn where all of it stand first.
    """
    rows = records(
        frame,
        "unit_name",
        "grade",
        "score",
        "dimension",
        "dimension_name",
        "points_possible",
        "points",
        "share",
    )
    slim = width == "slim"
    full, size = PIXELS[width], 12.0 if slim else 13.0
    dimensions, units = first_by(rows, "dimension"), first_by(rows, "unit_name")
    mean_name = words.label("charts.units_mean")
    mean = _share_of_all(rows, mean_name)
    names = name_column(units, 80 if slim else 170, size)
    # a name of a grade takes more room than a letter
    wider = max((chip_width(Grade.of(row), 15) - 15 for row in units.values() if row["grade"]), default=0.0)
    left, right = names.width + wider + (26 if slim else 42), 44 if slim else 86
    cell = (full - left - right - (4 if slim else 12)) / len(dimensions)
    heads = {
        code: wrap(str(row["dimension_name"]), cell - (2 if slim else 8), size)
        for code, row in dimensions.items()
    }
    named: list[str] = []
    if any(measure(line, size) > cell - 2 for lines in heads.values() for line in lines):
        # a word is wider than its column: the codes stand over the columns, the names below the drawing
        named = [f"{code} {row['dimension_name']}" for code, row in dimensions.items()]
        heads = {code: (code,) for code in dimensions}
    top = max(map(len, heads.values())) * (size + 2) + (20 if slim else 24)
    table = _Table(full, left, right, cell, top, size, slim)
    grades = {name: Grade.of(row) for name, row in units.items()}
    cut = last_of_best([*grades.values()])
    heights = [names.height(name, 28 if slim else 31) + (8 if name == mean_name else 0) for name in units]
    edges = [top + sum(heights[:place]) for place in range(len(heights) + 1)]
    bottom = edges[-1]
    above = words("charts.cut_above", grade=best or words.grade("A")).plain if cut else ""
    key, key_height = _key(words, mean, above, table)
    legend = flow([measure(name, 11.0) for name in named], full, 14)
    canvas = Canvas(full, bottom + 12 + key_height + (18 * (legend[-1][0] + 1) if legend else 0))

    total = (
        sum(number(row["points_possible"]) for row in dimensions.values()) if possible is None else possible
    )
    for place, (code, row) in enumerate(dimensions.items()):
        _draw_column_head(
            canvas,
            table,
            table.column(place),
            heads[code],
            _points(words, number(row["points_possible"]), slim),
        )
    score_head = wrap(words.label("charts.score"), right, size, bold=True)
    _draw_column_head(canvas, table, full - right / 2, score_head, _points(words, total, slim), bold=True)
    shares = {(str(row["unit_name"]), str(row["dimension"])): number(row["share"]) for row in rows}
    for (name, row), edge, lower in zip(units.items(), edges, edges[1:], strict=False):
        upper = edge + 8 if name == mean_name else edge
        if name == mean_name:
            canvas.line([(0, edge + 4), (full, edge + 4)], RULE)
        y = (upper + lower) / 2
        canvas.name(0, y, names, name, color=SECONDARY if name == mean_name else INK)
        if grades[name].name:
            canvas.chip(left - wider - (20 if slim else 31), y, grades[name])
        values = [shares.get((name, code), math.nan) for code in dimensions]
        norm = None if name == mean_name else _norm(mean)
        _draw_row(canvas, table, values, number(row["score"]), span=(upper, lower), words=words, norm=norm)
    if cut:
        canvas.line([(0, edges[cut]), (full, edges[cut])], INK, 1, level=3)
    _draw_key(canvas, key, bottom + 20, _norm(mean))
    for name, (line, x) in zip(named, legend, strict=True):
        canvas.text(x, bottom + 20 + key_height + 18 * line, name, 11.0, color=SECONDARY)
    return canvas.figure


class _Table(NamedTuple):
    """Measures of the table, px."""

    full: float
    left: float
    right: float
    cell: float
    top: float
    size: float
    slim: bool

    def column(self, place: int) -> float:
        """Return the middle of a column."""
        return self.left + self.cell * (place + 0.5)


def _draw_column_head(
    canvas: Canvas, table: _Table, x: float, lines: Sequence[str], points: str, *, bold: bool = False
) -> None:
    middle = (table.top - (20 if table.slim else 24)) / 2
    canvas.lines(x, middle, lines, table.size, table.size + 2, align="center", bold=bold)
    canvas.text(x, table.top - 12, points, 10.5 if table.slim else 12, color=SECONDARY, align="center")


def _draw_row(
    canvas: Canvas,
    table: _Table,
    shares: Sequence[float],
    score: float,
    *,
    span: tuple[float, float],
    words: Words,
    norm: TwoSlopeNorm | None,
) -> None:
    """Draw the cells and the score of a row; without a norm it is the mean, unpainted and in grey."""
    upper, lower = span
    y, unknown = (upper + lower) / 2, words.label("charts.not_assessed")
    color = INK if norm else SECONDARY
    for place, share in enumerate(shares):
        x = table.column(place)
        if math.isnan(share):
            canvas.text(x, y, unknown, table.size, color=SECONDARY, align="center")
            continue
        if norm:
            left = x - table.cell / 2 + 1
            canvas.rect(left, upper + 1, table.cell - 2, lower - upper - 2, _colour(norm, share))
        canvas.text(x, y, formats.number(share * 100), table.size, color=color, align="center")
    x, known = table.full - table.right / 2, not math.isnan(score)
    shown = formats.number(score, 1) if known else unknown
    canvas.text(
        x,
        y,
        shown,
        table.size,
        color=color if known else SECONDARY,
        align="center",
        bold=known and bool(norm),
    )


def _points(words: Words, points: float, slim: bool) -> str:
    if math.isnan(points):
        return ""
    shown = formats.number(points, 0 if float(points).is_integer() else 1)
    return shown if slim else words("charts.points", points=shown).plain


def _share_of_all(rows: Sequence[Mapping[str, Any]], mean_name: str) -> float:
    """Return the points of all units of the points possible, from the row of their mean where there is one."""
    known = [row for row in rows if not math.isnan(number(row["points"]))]
    own = [row for row in known if row["unit_name"] == mean_name] or known
    possible = sum(number(row["points_possible"]) for row in own)
    return sum(number(row["points"]) for row in own) / possible if possible else 0.7


def _norm(mean: float) -> TwoSlopeNorm:
    low = min(_LOW, mean - 0.1)
    return TwoSlopeNorm(vmin=low, vcenter=min(mean, 0.99), vmax=1.0)


def _colour(norm: TwoSlopeNorm, share: float) -> str:
    return str(to_hex(_RAMP(float(norm(min(max(share, float(norm.vmin or 0)), 1.0))))))


def _key(
    words: Words, mean: float, above: str, table: _Table
) -> tuple[list[tuple[float, float, str, str]], float]:
    """Lay out the key: (x, y, kind, text) with kind `ramp`, `mean`, `cut` or "", and its height."""
    size, ramp = _key_sizes(table.slim)
    low = formats.number(100 * min(_LOW, mean - 0.1))
    entries = [
        ("", words.label("charts.share_unit")),
        ("ramp", words("charts.ramp_low", low=low).plain),
        ("mean", words("charts.ramp_mean", mean=formats.number(100 * mean, 1)).plain),
    ]
    if above:
        entries.append(("cut", above))
    extra = {"": 0.0, "ramp": ramp + 14 + measure("100", size), "mean": 8.0, "cut": 30.0}
    widths = [extra[kind] + measure(text, size) for kind, text in entries]
    places = flow(widths, table.full, 12 if table.slim else 22)
    laid = [(x, 20.0 * row, kind, text) for (row, x), (kind, text) in zip(places, entries, strict=True)]
    return laid, 20.0 * (places[-1][0] + 1)


def _draw_key(
    canvas: Canvas, key: list[tuple[float, float, str, str]], top: float, norm: TwoSlopeNorm
) -> None:
    size, ramp = _key_sizes(canvas.width == PIXELS["slim"])
    start = 0.0
    low = float(norm.vmin or 0)
    for x, offset, kind, text in key:
        y = top + offset
        if kind == "ramp":
            canvas.text(x, y, text, size, color=SECONDARY)
            start = x + measure(text, size) + 7
            # every step reaches to the right end, so that no seam shows between two of them
            for step in range(36):
                share = low + (1 - low) * step / 35
                canvas.rect(start + ramp * step / 36, y - 5, ramp * (1 - step / 36), 10, _colour(norm, share))
            canvas.text(start + ramp + 7, y, "100", size, color=SECONDARY)
            tick = start + ramp * (float(norm.vcenter) - low) / (1 - low)
            canvas.line([(tick, y - 8), (tick, y + 8)], INK, 1.2, level=3)
        elif kind == "mean":
            canvas.line([(x + 1, y - 7), (x + 1, y + 7)], INK, 1.2)
            canvas.text(x + 8, y, text, size, color=SECONDARY)
        elif kind == "cut":
            canvas.line([(x, y), (x + 22, y)], INK, 1)
            canvas.text(x + 30, y, text, size, color=SECONDARY)
        else:
            canvas.text(x, y, text, size, color=SECONDARY)


def _key_sizes(slim: bool) -> tuple[float, float]:
    """Return the size of the text and the width of the ramp."""
    return (11.0, 110.0) if slim else (12.0, 180.0)
