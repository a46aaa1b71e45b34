"""What changed since the base period: per unit, taken apart by factor, and as the units' contributions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.canvas import Canvas, key_rows
from analysis.charts.placing import Box, Names, Point, name_column, ticks, zero_and_scale
from analysis.charts.rows_drawn import first_by, number, records
from analysis.charts.style import PIXELS, Width, measure, report_style
from analysis.indicators.catalogue import QUANTITIES
from analysis.indicators.naming import MeasureNames
from analysis.render.palette import BLUE, INK, MID_GREY, RULE, SECONDARY, VERMILION, WHITE
from analysis.rounds.periods import name_of_period
from analysis.words import Words, formats

#: the groups of units, in the order they are drawn
VERDICTS: Final = (
    "clear_fall", "not_clear", "clear_rise", "incomplete", "too_few",
    "zero_base", "not_comparable", "new_unit", "not_reported",
)  # fmt: skip
_CLEAR: Final = {"clear_fall": BLUE, "clear_rise": VERMILION}
_JUDGED: Final = ("clear_fall", "clear_rise", "not_clear")


class _Change(NamedTuple):
    previous: float
    current: float
    change: float
    verdict: str


_UNKNOWN: Final = _Change(math.nan, math.nan, math.nan, "not_reported")


class _Column(NamedTuple):
    """One panel: its measure, where it stands, and the widths of plot and figures."""

    measure: str
    x: float
    plot: float
    full: float
    places: int


@report_style()
def declines(frame: pd.DataFrame, words: Words, width: Width) -> Figure:
    """Draw cases, workers and amount of every unit in the base period and now, as dumbbells, a panel for each.

    Units are grouped by the verdict on their cases and sorted by the change of cases within a group.

    Args:
        frame: one row per unit and measure drawn: `unit_name`, `measure` (cases, workers, amount), `previous`,
            `current` (amount in yuan, drawn in the unit of columns: 万元, 亿元, thousand yuan), `change` (fraction or
            missing), `verdict` (one of `VERDICTS`), `previous_period`, `current_period`. A change is printed for the
            first three verdicts only, a word for the others.
        words: catalogue of labels.
        width: `wide` or `slim`.
    """
    frame_rows = records(
        frame,
        "unit_name",
        "measure",
        "previous",
        "current",
        "change",
        "verdict",
        "previous_period",
        "current_period",
    )
    slim = width == "slim"
    full, size = PIXELS[width], 12 if slim else 13
    drawn = {str(row["measure"]) for row in frame_rows}
    panels = [name for name in QUANTITIES if name in drawn]
    changes = _changes(frame_rows, words.money_divisor)
    groups = _groups(changes)
    names = name_column(changes, 80 if slim else 150, size)
    heights = {unit: names.height(unit, 25 if slim else 27) for unit in changes}
    entries = _key_entries(frame_rows[0], changes, words)
    key, key_height = key_rows(entries, full, 12 if slim else 12.5, gap=14 if slim else 20)

    if slim:
        height = sum(heights.values()) + 10 * (len(groups) - 1)
        panel = 56 + height + 20
        canvas = Canvas(full, key_height + 8 + len(panels) * panel - 16)
        canvas.key(key, 12)
        for place, name in enumerate(panels):
            top = key_height + 8 + place * panel + 56
            column = _column(name, names.width + 12, full - names.width - 12, changes, words)
            rows, headings = _rows(groups, heights, top, heading=0, gap=10)
            _draw_panel(canvas, column, rows, changes, top=top, words=words)
            _draw_names(canvas, names, rows)
            for _, y in headings[1:]:
                canvas.line([(0, y - 5), (full, y - 5)], RULE, 0.8, level=0)
        return canvas.figure

    top = key_height + 68
    rows, headings = _rows(groups, heights, top, heading=22, gap=7)
    canvas = Canvas(full, rows[-1][1] + heights[rows[-1][0]] / 2 + 2)
    canvas.key(key, 12.5)
    for verdict, y in headings:
        canvas.line([(0, y), (full, y)], RULE, 0.8, level=0)
        heading = words.label(f"verdict.{verdict}")
        # a long heading reaches over the zero line, which may not run through it
        canvas.rect(0, y + 3, measure(heading, 12) + 4, 18, WHITE, level=0.5)
        canvas.text(0, y + 12, heading, 12, color=SECONDARY)
    _draw_names(canvas, names, rows)
    left, gap = names.width + 24, 24
    figures = {name: sum(_figure_widths(name, changes, words)) for name in panels}
    plot = (full - left - (len(panels) - 1) * gap - sum(figures.values())) / len(panels)
    x = left
    for name in panels:
        column = _column(name, x, plot + figures[name], changes, words)
        _draw_panel(canvas, column, rows, changes, top=top, words=words)
        x += plot + figures[name] + gap
    return canvas.figure


def _changes(rows: list[dict[str, Any]], money: int) -> dict[str, dict[str, _Change]]:
    """Return the changes by unit and measure, amounts divided by `money`; a missing row is not reported."""
    changes = {unit: dict.fromkeys(QUANTITIES, _UNKNOWN) for unit in first_by(rows, "unit_name")}
    for row in rows:
        scale = money if row["measure"] == "amount" else 1
        changes[str(row["unit_name"])][str(row["measure"])] = _Change(
            number(row["previous"]) / scale,
            number(row["current"]) / scale,
            number(row["change"]),
            str(row["verdict"]),
        )
    return changes


def _groups(changes: Mapping[str, Mapping[str, _Change]]) -> list[tuple[str, list[str]]]:
    def by_change(unit: str) -> tuple[bool, float]:
        change = changes[unit]["cases"].change
        return (math.isnan(change), 0.0 if math.isnan(change) else change)

    members = {
        verdict: sorted(
            (unit for unit in changes if changes[unit]["cases"].verdict == verdict), key=by_change
        )
        for verdict in VERDICTS
    }
    return [(verdict, units) for verdict, units in members.items() if units]


def _key_entries(
    row: Mapping[str, Any], changes: Mapping[str, Mapping[str, _Change]], words: Words
) -> list[tuple[str, str]]:
    previous = name_of_period(str(row["previous_period"]), words)
    current = words("charts.period_is", period=name_of_period(str(row["current_period"]), words)).plain
    drawn = {change.verdict for unit in changes.values() for change in unit.values()}
    entries = [("previous", previous), ("", current)]
    entries += [
        (verdict, words.label(f"charts.verdict.{verdict}")) for verdict in _JUDGED if verdict in drawn
    ]
    if drawn - set(_JUDGED):
        only_few = drawn - set(_JUDGED) == {"too_few"}
        entries.append(
            ("not_judged", words.label("charts.verdict.too_few" if only_few else "charts.not_judged"))
        )
    return entries


def _rows(
    groups: list[tuple[str, list[str]]],
    heights: Mapping[str, float],
    top: float,
    *,
    heading: float,
    gap: float,
) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
    """Return the middle of every unit's row and the upper edge of every group."""
    rows: list[tuple[str, float]] = []
    headings: list[tuple[str, float]] = []
    y = top
    for verdict, units in groups:
        headings.append((verdict, y))
        y += heading
        for unit in units:
            rows.append((unit, y + heights[unit] / 2))
            y += heights[unit]
        y += gap
    return rows, headings


def _draw_names(canvas: Canvas, names: Names, rows: list[tuple[str, float]]) -> None:
    for unit, y in rows:
        canvas.name(0, y, names, unit)


def _places(name: str, changes: Mapping[str, Mapping[str, _Change]], words: Words) -> int:
    drawn = [value for row in changes.values() for value in row[name][:2] if not math.isnan(value)]
    return words.money_places() if name == "amount" and max(drawn, default=0) < 100 else 0


def _figures(name: str, change: _Change, places: int, words: Words) -> tuple[str, str]:
    """Return `148→89` and the printed change, or the word that stands for it."""
    if name == "amount" and words.in_larger_unit:
        # a small amount beside very large ones is not nought
        places = words.money_places(
            *(value * words.money_divisor for value in change[:2] if not math.isnan(value))
        )
    counts = f"{formats.number(change.previous, places)}→{formats.number(change.current, places)}"
    if math.isnan(change.previous) and math.isnan(change.current):
        counts = ""
    if change.verdict in _JUDGED:
        return counts, formats.percent(change.change, sign=True)
    return counts, formats.DASH if change.verdict == "too_few" else words.label(
        f"charts.verdict.{change.verdict}"
    )


def _figure_widths(
    name: str, changes: Mapping[str, Mapping[str, _Change]], words: Words
) -> tuple[float, float]:
    """Return the widths of the two columns of figures, the space before each included."""
    pairs = [_figures(name, row[name], _places(name, changes, words), words) for row in changes.values()]
    counts = max(measure(count, 11.5) for count, _ in pairs)
    shares = max(measure(share, 12.5, bold=True) for _, share in pairs)
    return counts + 12, shares + 8


def _column(
    name: str, x: float, full: float, changes: Mapping[str, Mapping[str, _Change]], words: Words
) -> _Column:
    plot = full - sum(_figure_widths(name, changes, words))
    return _Column(name, x, plot, full, _places(name, changes, words))


def _draw_panel(
    canvas: Canvas,
    column: _Column,
    rows: list[tuple[str, float]],
    changes: Mapping[str, Mapping[str, _Change]],
    *,
    top: float,
    words: Words,
) -> None:
    panel = {unit: changes[unit][column.measure] for unit, _ in rows}
    values = [value for change in panel.values() for value in change[:2] if not math.isnan(value)]
    maximum = max(values, default=0) or 1.0
    scale = (column.plot - 6) / maximum
    bottom = max(y for _, y in rows) + 13
    canvas.text(column.x, top - 35, _title(column.measure, words), 13, bold=True)
    for tick in ticks(maximum, scale, 11, whole=column.measure != "amount"):
        x = column.x + tick * scale
        canvas.line([(x, top - 6), (x, bottom)], RULE, 0.8 if tick else 1.2, level=0)
        canvas.text(
            x, top - 15, formats.shortest(tick), 11, color=SECONDARY, align="center" if tick else "left"
        )
    right = column.x + column.full
    share_width = _figure_widths(column.measure, changes, words)[1]
    for unit, y in rows:
        change = panel[unit]
        _draw_dumbbell(canvas, change, column.x, scale, y)
        counts, shown = _figures(column.measure, change, column.places, words)
        canvas.text(right - share_width, y, counts, 11.5, color=SECONDARY, align="right")
        clear = change.verdict in _CLEAR
        color = _CLEAR.get(change.verdict, INK if change.verdict == "not_clear" else SECONDARY)
        size = 12.5 if change.verdict in (*_JUDGED, "too_few") else 11.5
        canvas.text(right, y, shown, size, color=color, align="right", bold=clear)


def _draw_dumbbell(canvas: Canvas, change: _Change, x: float, scale: float, y: float) -> None:
    known = not math.isnan(change.previous), not math.isnan(change.current)
    if all(known):
        clear = change.verdict in _CLEAR
        canvas.line(
            [(x + change.previous * scale, y), (x + change.current * scale, y)],
            _CLEAR.get(change.verdict, MID_GREY),
            2.4 if clear else 1.2,
            dashes=None if change.verdict in _JUDGED else (2, 2),
            level=2,
        )
    if known[0]:
        canvas.mark(x + change.previous * scale, y, "previous")
    if known[1]:
        kind = change.verdict if change.verdict in _JUDGED else "not_judged"
        canvas.mark(x + change.current * scale, y, kind)


def _title(name: str, words: Words) -> str:
    unit = words.label(f"charts.unit.{name}")
    return words("charts.with_unit", name=MeasureNames(words)(name), unit=unit).plain


class _Step(NamedTuple):
    """One row of the waterfall: from `start` to `end` on the scale of 万元 or thousand yuan."""

    label: str
    start: float
    end: float
    total: bool
    figure: str
    change: str

    @property
    def color(self) -> str:
        return MID_GREY if self.total else BLUE if self.end < self.start else VERMILION


@report_style()
def decomposition(frame: pd.DataFrame, words: Words, width: Width) -> Figure:
    """Draw the change of the city's amount taken apart: cases × workers per case × amount per worker.

    Args:
        frame: five rows, `factor` in the order previous, cases, workers_per_case, amount_per_worker, current:
            `value` (yuan: the amount of the two totals, the effect of the three factors), `previous`, `current`
            (of the factor itself: cases, workers per case, yuan per worker; not read for the totals),
            `previous_period`, `current_period` (optional: name the totals). A missing effect is drawn as a word,
            without a bar.
        words: catalogue of labels.
        width: `wide` or `slim`.
    """
    slim = width == "slim"
    full = PIXELS[width]
    steps = _steps(records(frame, "factor", "value", "previous", "current"), words)
    row, thick, size = (52, 16, 13) if slim else (42, 22, 13.5)
    label = max(measure(step.label, size, bold=step.total) for step in steps)
    figure = max(measure(step.figure, size, bold=True) for step in steps)
    change = max(measure(step.change, 12) for step in steps)
    # a line of its own for the factor's own change, where it has no room beside the figure
    apart = slim and label + figure + change + 30 > full
    row += 18 if apart else 0
    left = 1.0 if slim else label + change + (34 if change else 20)
    right = 0.0 if slim else figure + 14
    low = min(0.0, *(min(step.start, step.end) for step in steps))
    high = max(0.0, *(max(step.start, step.end) for step in steps))
    scale = (full - left - right) / ((high - low) or 1.0)
    zero = left - low * scale
    canvas = Canvas(full, row * len(steps) + 10)

    texts: list[Box] = []
    middles = [5 + row * place + (row - thick / 2 - 8 if slim else row / 2) for place in range(len(steps))]
    for step, middle in zip(steps, middles, strict=True):
        if step.start != step.end:
            canvas.bar(zero + step.start * scale, zero + step.end * scale, middle, thick, step.color)
        color = INK if step.total or step.start == step.end else step.color
        if slim:
            note = middle - thick / 2 - 14
            above = note - (18 if apart else 0)
            canvas.text(0, above, step.label, size, bold=step.total)
            canvas.text(label + 14, above, step.figure, size, color=color, bold=True)
            canvas.text(full, note, step.change, 12, color=SECONDARY, align="right")
            texts.append(Box(0, above - 8, label + 14 + figure, above + 8))
            texts.append(Box(full - measure(step.change, 12), note - 8, full, note + 8))
        else:
            canvas.text(0, middle, step.label, size, bold=step.total)
            canvas.text(left - 14, middle, step.change, 12, color=SECONDARY, align="right")
            end = zero + max(step.start, step.end) * scale
            canvas.text(end + 10, middle, step.figure, size, color=color, bold=True)
            texts.append(
                Box(end + 10, middle - 8, end + 10 + measure(step.figure, size, bold=True), middle + 8)
            )
    for step, middle, below in zip(steps, middles, middles[1:], strict=False):
        x = zero + step.end * scale
        ends = (x, middle + thick / 2), (x, below - thick / 2)
        for upper, lower in _free(*ends, texts):
            canvas.line([upper, lower], SECONDARY, 0.8, level=0)
    if not slim or low < 0:
        canvas.line(
            [(zero, middles[0] - thick / 2 - 5), (zero, middles[-1] + thick / 2 + 5)], INK, 1, level=3
        )
    return canvas.figure


def _free(upper: Point, lower: Point, texts: list[Box]) -> list[tuple[Point, Point]]:
    """Return what is left of an upright line where it passes behind texts."""
    hit = next((text for text in texts if text.crossed(upper, lower)), None)
    if hit is None:
        return [(upper, lower)] if lower[1] - upper[1] > 1 else []
    x = upper[0]
    return _free(upper, (x, hit.y0 - 0.1), texts) + _free((x, hit.y1 + 0.1), lower, texts)


def _steps(rows: list[dict[str, Any]], words: Words) -> list[_Step]:
    steps: list[_Step] = []
    reached = 0.0
    for row in rows:
        factor, yuan = str(row["factor"]), number(row["value"])
        value = yuan / words.money_divisor
        missing, total = math.isnan(value), factor in ("previous", "current")
        shown = words.label("charts.no_value")
        if not missing:
            amount = formats.number(value, words.money_places(yuan), sign=not total)
            shown = words("charts.wan", amount=amount).plain
        if total:
            label, change = words.label(f"charts.amount_{factor}"), ""
            if f"{factor}_period" in row:
                label = words(
                    "charts.amount_of", period=name_of_period(str(row[f"{factor}_period"]), words)
                ).plain
            start, end = 0.0, 0.0 if missing else value
        else:
            direction = "unknown" if missing else "fall" if value < 0 else "rise" if value > 0 else "same"
            label, change = (
                words.label(f"charts.factor.{factor}.{direction}"),
                _factor_change(row, factor, words),
            )
            start, end = reached, reached if missing else reached + value
        steps.append(_Step(label, start, end, total, shown, change))
        reached = end
    return steps


def _factor_change(row: Mapping[str, Any], factor: str, words: Words) -> str:
    # what one worker is owed stays in 万元, however much all are owed
    of_one = words.for_amounts_up_to(0)
    money = of_one.money_places(places=2), of_one.money_divisor
    places, scale = {"cases": (0, 1), "workers_per_case": (1, 1), "amount_per_worker": money}[factor]
    before, after = (formats.number(number(row[side]) / scale, places) for side in ("previous", "current"))
    return words(f"charts.factor.{factor}.change", before=before, after=after).plain


class _Panel(NamedTuple):
    """One column of contributions: its left edge, its width and its zero line, px."""

    left: float
    width: float
    zero: float


@report_style()
def contributions(
    frame: pd.DataFrame, words: Words, width: Width, *, city_change: Mapping[str, float]
) -> Figure:
    """Draw how many percentage points of the city's change each unit stands for, as bars from zero.

    Args:
        frame: one row per unit and measure, units in the order to draw: `unit_name`, `measure` (cases, workers,
            amount), `contribution` (fraction of the city's total in the base period; missing: a word, no bar).
        words: catalogue of labels.
        width: `wide` or `slim`.
        city_change: the city's change per measure, a fraction (or NaN), printed above its column.
    """
    slim = width == "slim"
    full, size, small = PIXELS[width], 12 if slim else 13, 10.5 if slim else 12
    rows = records(frame, "unit_name", "measure", "contribution")
    found = {(str(row["unit_name"]), str(row["measure"])): number(row["contribution"]) for row in rows}
    units = list(first_by(rows, "unit_name"))
    values = {(unit, name): found.get((unit, name), math.nan) for unit in units for name in QUANTITIES}
    labels = {key: _contribution(value, words) for key, value in values.items()}
    names = name_column(units, 80 if slim else 150, size)
    heights = [names.height(unit, 24 if slim else 26) for unit in units]
    edges = [sum(heights[:line]) for line in range(len(heights) + 1)]
    left, gap = names.width + (10 if slim else 24), 10 if slim else 28

    column = (full - left - 2 * gap) / 3
    zero, scale = zero_and_scale(values, labels, column, small)
    longest = max((abs(value) for value in values.values() if not math.isnan(value)), default=0.0)
    stacked = slim and longest * scale < 24
    if stacked:
        # three columns leave no room for the bars: one panel under the other
        column, gap = full - left, 0
        zero, scale = zero_and_scale(values, labels, column, small)
    height = 46 + edges[-1] + 4
    canvas = Canvas(full, 3 * height + 36 if stacked else height)
    for place, name in enumerate(QUANTITIES):
        x = left if stacked else left + place * (column + gap)
        panel = _Panel(x, column, x + zero)
        top = 46 + (place * (height + 18) if stacked else 0)
        short = slim and not stacked
        title = words.label(f"charts.short.{name}" if short else f"measure.{name}")
        change = formats.percent(city_change.get(name, math.nan), sign=True)
        shown = change if short else words("charts.city_change", change=change).plain
        _head(canvas, panel, top - 36, title, size, title=True)
        _head(canvas, panel, top - 17, shown, small + 0.5)
        for line, unit in enumerate(units):
            y = top + (edges[line] + edges[line + 1]) / 2
            if stacked or place == 0:
                canvas.name(0, y, names, unit)
                if line:
                    canvas.line([(0, top + edges[line]), (full, top + edges[line])], RULE, 0.7, level=0)
            _draw_contribution(canvas, panel, values[unit, name] * scale, labels[unit, name], y=y, size=small)
        canvas.line([(panel.zero, top - 2), (panel.zero, top + edges[-1] + 2)], INK, 1, level=3)
    return canvas.figure


def _draw_contribution(
    canvas: Canvas, panel: _Panel, length: float, label: str, *, y: float, size: float
) -> None:
    if math.isnan(length):
        canvas.text(panel.zero + 5, y, label, size, color=SECONDARY)
        return
    end = panel.zero + length
    if length:
        canvas.bar(panel.zero, end, y, 13, BLUE if length < 0 else VERMILION)
    if length < 0:
        canvas.text(end - 5, y, label, size, align="right")
    else:
        canvas.text(end + 5, y, label, size)


def _head(canvas: Canvas, panel: _Panel, y: float, text: str, size: float, *, title: bool = False) -> None:
    """Write a head over the zero line, moved aside where it would leave its panel."""
    half = measure(text, size, bold=title) / 2
    middle = min(max(panel.zero, panel.left + half), max(panel.left + panel.width - half, panel.left + half))
    canvas.text(middle, y, text, size, color=INK if title else SECONDARY, align="center", bold=title)


def _contribution(value: float, words: Words) -> str:
    if math.isnan(value):
        return words.label("charts.no_value")
    return formats.number(value * 100, 1, sign=True)
