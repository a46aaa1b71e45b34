"""Where points were lost, and how far every score is from the lines the grades draw."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.canvas import BARS, Canvas, Grade, key_rows
from analysis.charts.placing import name_column, wrap, zero_and_scale
from analysis.charts.rows import UnitRows
from analysis.charts.rows_drawn import first_by, number, records
from analysis.charts.style import PIXELS, Width, measure, report_style
from analysis.render.palette import INK, RULE, SECONDARY, WHITE
from analysis.words import Words, formats

#: so many indicators of a unit are named
COSTLIEST: Final = 3
#: between two indicators on one line, px
_ITEM_GAP: Final = 18.0
#: so many indicators of a card have a bar of their own
_SHOWN: Final = 12


class _Item(NamedTuple):
    """An indicator that cost points."""

    name: str
    points: float


@dataclass(frozen=True)
class _Lost:
    """What one unit lost: in all, and on its costliest indicators."""

    total: float
    items: tuple[_Item, ...]

    @property
    def end(self) -> float:
        """Where the bar ends, in points; bonuses can make the whole less than its parts."""
        return max(self.total, sum(item.points for item in self.items))


@report_style()
def lost_points(frame: pd.DataFrame, words: Words, width: Width) -> Figure:
    """Draw the points every unit lost as a bar from zero, its three costliest indicators set off and named below.

    Units stand by the points they lost, the most first; those without a score stand last.

    Args:
        frame: one row per unit and indicator that cost it points (one row with an empty `item` where none did):
            `unit_name`, `grade`, `lost` (points the unit lost in all; missing: a word, no bar), `item` (name),
            `points` (lost on it).
        words: catalogue of labels.
        width: `wide` or `slim`.
    """
    slim = width == "slim"
    full, size, small = PIXELS[width], 12.5 if slim else 13.0, 11.0 if slim else 12.0
    rows = records(frame, "unit_name", "grade", "lost", "item", "points")
    lost = _losses(rows)
    grades = {unit: Grade.of(row) for unit, row in first_by(rows, "unit_name").items()}
    totals = {unit: _points(one.total, words) for unit, one in lost.items()}
    left = UnitRows(grades, width, row=0).left + (10 if slim else 18)
    room = full - left - max(measure(text, size, bold=True) for text in totals.values()) - 10
    texts = {unit: _item_lines(one.items, words, full - left, small) for unit, one in lost.items()}
    heights = {unit: 26 + (small + 4) * len(lines) + 7 for unit, lines in texts.items()}
    units = UnitRows({unit: grades[unit] for unit in lost}, width, row=34, heights=heights)
    longest = max((one.end for one in lost.values() if not math.isnan(one.total)), default=0.0)
    scale = room / longest if longest > 0 else 0.0
    key, key_height = key_rows(
        [("bar_lost", words.label("charts.lost.costliest")), ("bar_rest", words.label("charts.lost.rest"))],
        full,
        small,
    )
    top = key_height + 6
    canvas = Canvas(full, top + units.height + 2)
    canvas.key(key, small)
    edges = units.edges(top)
    first = {unit: edge + 17 for unit, edge in zip(lost, edges, strict=False)}
    # a name of several lines needs the middle of its row, a short one stands beside its bar
    beside = {unit: y for unit, y in first.items() if len(units.names.lines[unit]) == 1}
    units.draw(canvas, top, at=beside)
    for unit, one in lost.items():
        y = first[unit]
        x = _draw_stack(canvas, one, left, y, scale)
        known = not math.isnan(one.total)
        canvas.text(
            x + (7 if known else 0), y, totals[unit], size, color=INK if known else SECONDARY, bold=known
        )
        for line, pieces in enumerate(texts[unit]):
            for shift, text in pieces:
                canvas.text(left + shift, y + 20 + (small + 4) * line, text, small, color=SECONDARY)
        canvas.line([(left, y - 10), (left, y + 10)], INK, 1, level=3)
    return canvas.figure


def _losses(rows: Sequence[Mapping[str, Any]]) -> dict[str, _Lost]:
    """Return what every unit lost, the unit that lost most first."""
    lost = {}
    for unit, row in first_by([dict(row) for row in rows], "unit_name").items():
        items = [
            _Item(str(one["item"]), number(one["points"]))
            for one in rows
            if one["unit_name"] == unit and one["item"] and number(one["points"]) > 0
        ]
        lost[unit] = _Lost(number(row["lost"]), tuple(sorted(items, key=lambda one: -one.points)[:COSTLIEST]))

    def by_value(unit: str) -> tuple[bool, float]:
        missing = math.isnan(lost[unit].total)
        return missing, 0.0 if missing else -lost[unit].total

    return {unit: lost[unit] for unit in sorted(lost, key=by_value)}


def _possible(points: float) -> str:
    return formats.number(points, 0 if points.is_integer() else 2)


def _points(value: float, words: Words) -> str:
    return words.label("charts.not_assessed") if math.isnan(value) else words.points(value)


def _item_lines(
    items: Iterable[_Item], words: Words, room: float, size: float
) -> list[list[tuple[float, str]]]:
    """Return the indicators with their points in lines of (x from the left, text); a long one has lines of its own."""
    lines: list[list[tuple[float, str]]] = []
    end = math.inf
    for item in items:
        parts = wrap(f"{item.name} {words.points(item.points)}", room, size)
        width = measure(parts[0], size)
        if len(parts) == 1 and end + _ITEM_GAP + width <= room:
            lines[-1].append((end + _ITEM_GAP, parts[0]))
            end += _ITEM_GAP + width
        else:
            lines += [[(0.0, part)] for part in parts]
            end = width if len(parts) == 1 else math.inf
    return lines


def _draw_stack(canvas: Canvas, lost: _Lost, left: float, y: float, scale: float) -> float:
    """Draw the costliest indicators and the rest end to end; return where the bar ends."""
    if math.isnan(lost.total):
        return left
    x = left
    for item in lost.items:
        end = x + item.points * scale
        canvas.bar(x, end, y, 14, BARS["bar_lost"])
        if x > left:
            canvas.line([(x, y - 7), (x, y + 7)], WHITE, 1, level=3)
        x = end
    end = left + lost.total * scale
    if end > x:
        canvas.bar(x, end, y, 14, BARS["bar_rest"])
    return max(x, end)


@report_style()
def unit_losses(frame: pd.DataFrame, words: Words, width: Width) -> Figure:
    """Draw what one unit lost per indicator as bars from zero, the costliest first; small ones share the last bar.

    Args:
        frame: one row per indicator that cost points: `item` (name), `points` (lost), `points_possible`.
        words: catalogue of labels.
        width: `wide` or `slim`.
    """
    slim = width == "slim"
    full, size, small = PIXELS[width], 12.0 if slim else 13.0, 11.0 if slim else 12.0
    rows = sorted(records(frame, "item", "points", "points_possible"), key=lambda row: -number(row["points"]))
    bars = [
        (str(row["item"]), number(row["points"]), _possible(number(row["points_possible"]))) for row in rows
    ]
    if len(bars) > _SHOWN + 1:
        rest = bars[_SHOWN:]
        name = words("charts.lost.others", count=formats.number(len(rest))).plain
        bars = [*bars[:_SHOWN], (name, sum(points for _, points, _ in rest), "")]
    names = name_column([name for name, _, _ in bars], 150 if slim else 250, size)
    shown = [words.points(points) for _, points, _ in bars]
    of = [words("charts.lost.of", points=possible).plain if possible else "" for _, _, possible in bars]
    left = names.width + (10 if slim else 18)
    figures = max(measure(text, size, bold=True) for text in shown) + 7
    possible_width = max(measure(text, small) for text in of)
    longest = max(points for _, points, _ in bars)
    scale = max(full - left - figures - possible_width - 12, 1.0) / longest if longest > 0 else 0.0
    heights = [names.height(name, 24 if slim else 25) for name, _, _ in bars]
    canvas = Canvas(full, sum(heights) + 4)
    y = 2.0
    for (name, points, possible), text, said, height in zip(bars, shown, of, heights, strict=True):
        middle = y + height / 2
        canvas.name(0, middle, names, name, color=INK if possible else SECONDARY)
        if points > 0:
            canvas.bar(left, left + points * scale, middle, 13, BARS["bar_lost" if possible else "bar_rest"])
        canvas.text(left + points * scale + 7, middle, text, size, bold=True)
        canvas.text(full, middle, said, small, color=SECONDARY, align="right")
        y += height
        if name != bars[-1][0]:
            canvas.line([(0, y), (full, y)], RULE, 0.7, level=0)
    canvas.line([(left, 2), (left, y)], INK, 1, level=3)
    return canvas.figure


@report_style()
def grade_distances(
    frame: pd.DataFrame, words: Words, width: Width, *, best: str = "", lowest: str = ""
) -> Figure:
    """Draw how far every score is from the line of the best grade, as bars from it, and from that of the lowest.

    Args:
        frame: one row per unit, by score: `unit_name`, `grade`, `gap` (points that may be lost before the best grade
            is, below zero how many are wanting; missing: no score alone changes it, a word, no bar), `lowest` (points
            that may be lost before the lowest grade; missing: no score brings it; not printed for the best), and
            `tier` where the grades are not A, B and C.
        words: catalogue of labels.
        width: `wide` or `slim`.
        best: the best grade as it is written; A where left out.
        lowest: the lowest grade as it is written; C where left out.
    """
    slim = width == "slim"
    full, size, small = PIXELS[width], 12.0 if slim else 12.5, 10.5 if slim else 12.0
    rows = {str(row["unit_name"]): row for row in records(frame, "unit_name", "grade", "gap", "lowest")}
    grades = {unit: Grade.of(row) for unit, row in rows.items()}
    units = UnitRows(grades, width, row=26 if slim else 27)
    gaps = {unit: number(row["gap"]) for unit, row in rows.items()}
    labels = {
        unit: words.label("charts.distance.not_by_score")
        if row["grade"] and math.isnan(gaps[unit])
        else _signed(gaps[unit], words)
        for unit, row in rows.items()
    }
    to_lowest = {
        unit: ""
        if grades[unit].tier == "best" or math.isnan(number(row["lowest"]))
        else _signed(number(row["lowest"]), words)
        for unit, row in rows.items()
    }
    heads = (
        wrap(
            words("charts.distance.lowest", grade=lowest or words.grade("C")).plain,
            66 if slim else 110,
            small,
        )
        if any(to_lowest.values())
        else ()
    )
    column = max([measure(text, small) for text in (*heads, *to_lowest.values())], default=0.0)
    left = units.left + (8 if slim else 18)
    room = full - left - (column + (8 if slim else 24) if heads else 0)
    zero, scale = zero_and_scale(gaps, labels, room, size + 0.5)
    line = words("charts.distance.line", grade=best or words.grade("A")).plain
    half = measure(line, small) / 2
    top = 10 + max(len(heads), 1) * (small + 2) + 6
    canvas = Canvas(full, top + units.height + 4)
    units.draw(canvas, top, cut=True)
    x0 = left + zero
    middle = min(max(x0, left + half), max(left + room - half, left + half))
    canvas.text(middle, top - 14, line, small, color=SECONDARY, align="center")
    canvas.lines(
        full, top - 8 - len(heads) * (small + 2) / 2, heads, small, small + 2, color=SECONDARY, align="right"
    )
    for unit, y in units.middles(top).items():
        gap = gaps[unit]
        canvas.text(full, y, to_lowest[unit], small, color=SECONDARY, align="right")
        if math.isnan(gap):
            canvas.text(x0 + 6, y, labels[unit], small, color=SECONDARY)
            continue
        end = x0 + gap * scale
        if gap:
            canvas.bar(x0, end, y, 13, BARS["bar_above" if gap > 0 else "bar_below"])
        canvas.text(
            end + (6 if gap >= 0 else -6), y, labels[unit], size, align="left" if gap >= 0 else "right"
        )
    canvas.line([(x0, top - 4), (x0, top + units.height)], INK, 1, level=3)
    return canvas.figure


def _signed(value: float, words: Words) -> str:
    return words.label("charts.not_assessed") if math.isnan(value) else formats.number(value, 2, sign=True)
