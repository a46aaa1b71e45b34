"""The problems that were found: which groups name which units, and how far they are put right."""

from __future__ import annotations

import math
from typing import Any, Final

import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.canvas import Canvas, Grade, key_rows
from analysis.charts.placing import Point, wrap, zero_and_scale
from analysis.charts.rows import UnitRows
from analysis.charts.rows_drawn import first_by, number, records
from analysis.charts.style import PIXELS, Width, measure, report_style
from analysis.render.palette import BLUE, CONTEXT_GREY, INK, MID_GREY, SECONDARY, VERMILION
from analysis.words import Words, formats

#: states of a problem, the most pressing first, and their colours
STATES: Final[dict[str, str]] = {
    "overdue": VERMILION, "repeated": MID_GREY, "open": CONTEXT_GREY, "closed": BLUE,
}  # fmt: skip


@report_style()
def problem_matrix(frame: pd.DataFrame, words: Words, width: Width) -> Figure:
    """Draw which problem groups name which units: a filled mark where they do, the open problems beside every mark.

    Args:
        frame: one row per unit and group, units in roll order, groups in the order to draw: `unit_name`, `grade`,
            `group` (code), `group_name`, `findings` (merged and open; missing: a word), `named` (bool).
        words: catalogue of labels.
        width: `wide` or `slim`.
    """
    slim = width == "slim"
    full, size, small = PIXELS[width], 12.0 if slim else 13.0, 11.0 if slim else 12.0
    rows = records(frame, "unit_name", "grade", "group", "group_name", "findings", "named")
    groups = {code: str(row["group_name"]) for code, row in first_by(rows, "group").items()}
    grades = {unit: Grade.of(row) for unit, row in first_by(rows, "unit_name").items()}
    cells = {(str(row["unit_name"]), str(row["group"])): row for row in rows}
    units = UnitRows(grades, width, row=26 if slim else 29)
    left = units.left + (8 if slim else 24)
    total = words.label("charts.matrix.groups")
    last = max(measure(total, small), 20.0) + (2 if slim else 20)
    column = (full - left - last) / len(groups)
    heads = {code: wrap(name, column - 6, small) for code, name in groups.items()}
    key, key_height = key_rows(
        [
            ("named", words.label("charts.matrix.named")),
            ("not_named", words.label("charts.matrix.not_named")),
        ],
        full,
        small,
    )
    lines = max(map(len, heads.values()))
    top = key_height + lines * (small + 2) + 12
    canvas = Canvas(full, top + units.height + 2)
    canvas.key(key, small)
    head_y = top - 8 - lines * (small + 2) / 2
    for place, code in enumerate(groups):
        x = left + column * (place + 0.5)
        canvas.lines(x, head_y, heads[code], small, small + 2, color=SECONDARY, align="center")
    canvas.text(full, head_y, total, small, color=SECONDARY, align="right")
    canvas.line([(0, top), (full, top)], INK, 1, level=3)
    units.draw(canvas, top)
    for unit, y in units.middles(top).items():
        for place, code in enumerate(groups):
            x = left + column * (place + 0.5)
            _draw_cell(canvas, cells.get((unit, code)), (x, y), size, words)
        named = sum(bool(row["named"]) for (name, _), row in cells.items() if name == unit)
        canvas.text(full, y, formats.number(named), size, align="right", bold=bool(named))
    return canvas.figure


def _draw_cell(canvas: Canvas, row: dict[str, Any] | None, at: Point, size: float, words: Words) -> None:
    x, y = at
    count = math.nan if row is None else number(row["findings"])
    if row is None or math.isnan(count):
        canvas.text(x, y, words.label("charts.no_value"), size - 1, color=SECONDARY, align="center")
        return
    named = bool(row["named"])
    canvas.mark(x - 9, y, "named" if named else "not_named")
    canvas.text(x + 3, y, formats.number(count), size, color=INK if named else SECONDARY, bold=named)


@report_style()
def rectification(frame: pd.DataFrame, words: Words, width: Width) -> Figure:
    """Draw how many problems of every unit are overdue, repeated, being put right and closed, as bars from zero.

    Units stand by their overdue problems, then by those not closed. Every state has a column, all on one scale; a
    state that no unit has, beside overdue, has none.

    Args:
        frame: one row per unit and state: `unit_name`, `grade`, `state` (overdue, repeated, open, closed), `count`
            (missing: a word, no bar).
        words: catalogue of labels.
        width: `wide` or `slim`.
    """
    slim = width == "slim"
    full, size, small = PIXELS[width], 12.0 if slim else 13.0, 11.0 if slim else 12.0
    rows = records(frame, "unit_name", "grade", "state", "count")
    counts = {(str(row["unit_name"]), str(row["state"])): number(row["count"]) for row in rows}
    grades = {unit: Grade.of(row) for unit, row in first_by(rows, "unit_name").items()}

    def pressing(unit: str) -> tuple[float, float]:
        known = {state: _or_zero(counts.get((unit, state), math.nan)) for state in STATES}
        return -known["overdue"], known["closed"] - sum(known.values())

    units = UnitRows(
        {unit: grades[unit] for unit in sorted(grades, key=pressing)}, width, row=25 if slim else 27
    )
    shown = [
        state for state in STATES if state == "overdue" or any(counts.get((u, state), 0.0) for u in grades)
    ]
    left, gap = units.left + (10 if slim else 24), 8 if slim else 24
    column = (full - left - gap * (len(shown) - 1)) / len(shown)
    values = {(unit, state): counts.get((unit, state), math.nan) for unit in grades for state in shown}
    labels = {key: _count(value, words) for key, value in values.items()}
    zero, scale = zero_and_scale(values, labels, column, size)
    heads = {state: wrap(words.label(f"charts.state.{state}"), column, small, bold=True) for state in shown}
    lines = max(map(len, heads.values()))
    top = lines * (small + 2) + 30
    canvas = Canvas(full, top + units.height + 2)
    units.draw(canvas, top)
    for place, state in enumerate(shown):
        x = left + place * (column + gap) + zero
        canvas.lines(x, 2 + lines * (small + 2) / 2, heads[state], small, small + 2, bold=True)
        known = [count for (_, name), count in values.items() if name == state and not math.isnan(count)]
        said = words("charts.state.all", count=formats.number(sum(known))).plain if known else ""
        canvas.text(x, top - 15, said, small, color=SECONDARY)
        for unit, y in units.middles(top).items():
            count = values[unit, state]
            known_here = not math.isnan(count)
            if known_here and count:
                canvas.bar(x, x + count * scale, y, 13, STATES[state])
            color = SECONDARY if not known_here or not count else INK
            end = x + (count * scale if known_here else 0)
            canvas.text(end + 5, y, labels[unit, state], size if known_here else small, color=color)
        canvas.line([(x, top + 2), (x, top + units.height - 2)], INK, 1, level=3)
    return canvas.figure


def _or_zero(value: float) -> float:
    return 0.0 if math.isnan(value) else value


def _count(value: float, words: Words) -> str:
    return words.label("charts.no_value") if math.isnan(value) else formats.number(value)
