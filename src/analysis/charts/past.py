"""Each unit against its own past: all units as small multiples, and one unit on its card."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.canvas import Canvas, Grade, mark_box
from analysis.charts.drawn_figure import Align
from analysis.charts.placing import Box, Names, Point, name_column, place_labels, ticks_to
from analysis.charts.rows_drawn import first_by, number, records
from analysis.charts.style import PIXELS, Width, measure, report_style
from analysis.render.palette import BLUE, CONTEXT_GREY, INK, RULE, SECONDARY, VERMILION
from analysis.rounds.periods import name_of_period, texts_in_order
from analysis.words import Words, formats

_CLEAR: Final = {"clear_fall": BLUE, "clear_rise": VERMILION}
_JUDGED: Final = ("clear_fall", "clear_rise", "not_clear")
_DOTTED: Final = (2.0, 2.5)
_CHIP: Final = 20.0


Said = Callable[[float], str]


@dataclass(frozen=True)
class _Scale:
    """Where the years of one panel stand: its left edge and floor in px, its size, and its last value."""

    left: float
    floor: float
    run: float
    rise: float
    maximum: float
    periods: int

    def x(self, place: float) -> float:
        """Return x of a period; the only period of a series stands at the right."""
        return self.left + (self.run * place / (self.periods - 1) if self.periods > 1 else self.run)

    def y(self, value: float) -> float:
        return self.floor - value / self.maximum * self.rise

    def point(self, place: int, value: float) -> Point:
        return self.x(place), self.y(value)


@dataclass(frozen=True)
class _Past:
    """The frame of `own_past` by unit."""

    #: how a value is printed
    said: Said
    periods: list[str]
    series: dict[str, list[float]]
    grades: dict[str, Grade]
    verdicts: dict[str, str]
    notes: dict[str, str]
    #: first and last place of each stretch of comparable periods
    parts: list[tuple[int, int]]


@dataclass(frozen=True)
class _Panels:
    """How the panels of `own_past` are arranged, px."""

    columns: int
    left: float
    width: float
    gap: float
    names: Names
    name_height: float
    head: float
    note_beside: bool
    plot: float
    pitch: float
    #: from a panel's left edge to its first year, and from the first year to the last
    inset: float
    run: float
    small: float
    ticks: list[float]


@report_style()
def own_past(
    frame: pd.DataFrame,
    words: Words,
    width: Width,
    *,
    breaks: Collection[str] = (),
    said: Said = formats.number,
) -> Figure:
    """Draw one panel per unit: its own years in ink, the other units' in grey, one scale from zero.

    Args:
        frame: one row per unit and period, units in the order to draw: `unit_name`, `grade`, `period`, `value`
            (missing: a gap in the line, a word if it is the last), `status`, `verdict` (of the change from the
            last period but one to the last; read in the last period's row, which decides mark and words; empty
            where a change of this measure is not judged).
        words: catalogue of labels.
        width: `wide` or `slim`.
        breaks: periods before which the figures are not comparable: the line is parted there by a dotted rule.
        said: how a value is printed.
    """
    past = _past(frame, words, breaks, said)
    maximum = max(
        (value for row in past.series.values() for value in row if not math.isnan(value)), default=0.0
    )
    panels = _panels(past, words, width, maximum or 1.0)
    rows = math.ceil(len(past.series) / panels.columns)
    canvas = Canvas(PIXELS[width], rows * panels.pitch - 16)
    for place, unit in enumerate(past.series):
        row, column = divmod(place, panels.columns)
        x0, top = panels.left + column * (panels.width + panels.gap), row * panels.pitch
        scale = _Scale(
            x0 + panels.inset, top + panels.head + panels.plot, panels.run, panels.plot,
            panels.ticks[-1], len(past.periods),
        )  # fmt: skip
        _draw_head(canvas, past, panels, unit, at=(x0, top))
        _draw_grid(canvas, past, panels, scale, x0, first=column == 0)
        for other in past.series:
            if other != unit:
                for part in past.parts:
                    _draw_part(
                        canvas, past.series[other], part, scale, color=CONTEXT_GREY, width=1.0, level=1
                    )
        for part in past.parts:
            _draw_part(
                canvas, past.series[unit], part, scale, color=INK if part is past.parts[-1] else SECONDARY
            )  # fmt: skip
        _draw_last(
            canvas,
            past.series[unit][-1],
            past.verdicts[unit],
            scale,
            size=panels.small,
            last=_last(past.series[unit][-1], words, past.said),
        )
    return canvas.figure


def _past(frame: pd.DataFrame, words: Words, breaks: Collection[str], said: Said) -> _Past:
    rows = records(frame, "unit_name", "grade", "period", "value", "status", "verdict")
    periods = texts_in_order(str(row["period"]) for row in rows)
    units = first_by(rows, "unit_name")
    cells = {(str(row["unit_name"]), str(row["period"])): row for row in rows}
    series = {
        unit: [
            number(cells[unit, period]["value"]) if (unit, period) in cells else math.nan
            for period in periods
        ]
        for unit in units
    }
    verdicts = {
        unit: str(cells[unit, periods[-1]]["verdict"]) if (unit, periods[-1]) in cells else "not_reported"
        for unit in units
    }
    return _Past(
        said=said,
        periods=[name_of_period(period, words, "short") for period in periods],
        series=series,
        grades={unit: Grade.of(row) for unit, row in units.items()},
        verdicts=verdicts,
        notes={unit: _note(series[unit], verdicts[unit], words, said) for unit in units},
        parts=_parts(periods, breaks),
    )


def _panels(past: _Past, words: Words, width: Width, maximum: float) -> _Panels:
    slim = width == "slim"
    size, small = (12.5, 10.5) if slim else (13.5, 12.0)
    marks = ticks_to(maximum, 5)
    left = max(measure(past.said(tick), small) for tick in marks) + 8
    gap = 14.0 if slim else 30.0
    name_width = max(measure(unit, size, bold=True) for unit in past.series) + _CHIP
    note_width = max(measure(note, small, bold=True) for note in past.notes.values())
    choices = (3, 2) if slim else (3,) if len(past.series) <= 9 else (4, 3)
    for columns in choices:
        panel = (PIXELS[width] - left - gap * (columns - 1)) / columns
        if max(name_width, note_width) <= panel:
            break
    names = name_column(past.series, panel - _CHIP, size, bold=True)
    name_height = max(map(len, names.lines.values())) * names.pitch + 3
    beside = name_width + note_width + 10 <= panel
    head = name_height + (4 if beside else small + 6) + 8
    plot = 84.0 if slim else 100.0
    lasts = [_last(series[-1], words, past.said) for series in past.series.values()]
    value_width = max(measure(last, small + 1, bold=True) for last in lasts)
    inset = max(measure(period, small) for period in past.periods) / 2 + 1
    return _Panels(
        columns=columns, left=left, width=panel, gap=gap, names=names, name_height=name_height, head=head,
        note_beside=beside, plot=plot, pitch=head + plot + 42, inset=inset, run=panel - inset - value_width - 14,
        small=small, ticks=marks,
    )  # fmt: skip


def _draw_head(canvas: Canvas, past: _Past, panels: _Panels, unit: str, *, at: Point) -> None:
    x0, top = at
    # a short name stands on the last line of the long ones, next to what follows
    middle = top + panels.name_height - len(panels.names.lines[unit]) * panels.names.pitch / 2 - 1.5
    canvas.name(x0, middle, panels.names, unit, bold=True)
    if past.grades[unit].name:
        widest = max(measure(line, panels.names.size, bold=True) for line in panels.names.lines[unit])
        canvas.chip(x0 + widest + 6, middle, past.grades[unit], 14)
    clear = _CLEAR.get(past.verdicts[unit])
    # vermilion is too light for small text, so there the weight alone says that the change is clear
    color = clear if clear and panels.small >= 12 else INK if clear else SECONDARY
    x, y, align = x0, top + panels.name_height + panels.small / 2 + 2, "left"
    if panels.note_beside:
        x, y, align = x0 + panels.width, middle, "right"
    canvas.text(x, y, past.notes[unit], panels.small, color=color, bold=bool(clear), align=_align(align))


def _align(name: str) -> Align:
    return "right" if name == "right" else "center" if name == "center" else "left"


def _draw_grid(
    canvas: Canvas, past: _Past, panels: _Panels, scale: _Scale, x0: float, *, first: bool
) -> None:
    for tick in panels.ticks:
        y = scale.y(tick)
        canvas.line([(x0, y), (scale.x(scale.periods - 1) + 4, y)], RULE if tick else SECONDARY, 0.8, level=0)
        if first:
            canvas.text(x0 - 6, y, past.said(tick), panels.small, color=SECONDARY, align="right")
    _draw_breaks(canvas, past.parts, scale)
    _draw_periods(canvas, past.periods, scale, panels.small)


def _draw_breaks(canvas: Canvas, parts: Sequence[tuple[int, int]], scale: _Scale) -> None:
    for start, _ in parts[1:]:
        x = scale.x(start - 0.5)
        canvas.line(
            [(x, scale.floor - scale.rise - 4), (x, scale.floor)], SECONDARY, 0.9, dashes=_DOTTED, level=0
        )


def _draw_periods(canvas: Canvas, periods: Sequence[str], scale: _Scale, size: float) -> None:
    """Name as many periods below the axis as have room, always the first and the last."""
    widest = max(measure(period, size) for period in periods)
    last = len(periods) - 1
    steps = [
        step for step in range(1, last + 1) if last % step == 0 and scale.run * step / last >= widest + 8
    ]
    for place in range(0, last + 1, steps[0]) if steps else {last}:
        canvas.text(scale.x(place), scale.floor + 17, periods[place], size, color=SECONDARY, align="center")


def _draw_part(
    canvas: Canvas,
    series: Sequence[float],
    part: tuple[int, int],
    scale: _Scale,
    *,
    color: str,
    width: float = 2.2,
    level: float = 3,
) -> None:
    """Draw the line of one comparable stretch, with gaps where a period has no value."""
    for stretch in _stretches(series, part):
        if len(stretch) > 1:
            canvas.line([scale.point(place, series[place]) for place in stretch], color, width, level=level)
        else:
            # a year between two gaps has no line: a short dash keeps it visible
            x, y = scale.point(stretch[0], series[stretch[0]])
            canvas.line([(x - 2.5, y), (x + 2.5, y)], color, max(width, 1.5), level=level)


def _draw_last(canvas: Canvas, value: float, verdict: str, scale: _Scale, *, size: float, last: str) -> None:
    x = scale.x(scale.periods - 1)
    if math.isnan(value):
        canvas.text(x + 9, scale.floor - size / 2, last, size, color=SECONDARY)
        return
    kind = verdict if verdict in _JUDGED else "not_judged" if verdict else "own_point"
    canvas.mark(x, scale.y(value), kind)
    canvas.text(x + 9, min(scale.y(value), scale.floor - 3), last, size + 1, bold=True)


def _last(value: float, words: Words, said: Said) -> str:
    return words.label("charts.verdict.not_reported") if math.isnan(value) else said(value)


def _note(series: Sequence[float], verdict: str, words: Words, said: Said) -> str:
    word = words.label(f"charts.verdict.{verdict}") if verdict else ""
    if len(series) < 2 or any(math.isnan(value) for value in series[-2:]):
        return word
    return f"{said(series[-2])}→{said(series[-1])} {word}".rstrip()


def _parts(periods: Sequence[str], breaks: Collection[str]) -> list[tuple[int, int]]:
    starts = [place for place, period in enumerate(periods) if place == 0 or period in breaks]
    return list(pairwise([*starts, len(periods)]))


def _stretches(series: Sequence[float], part: tuple[int, int]) -> list[list[int]]:
    stretches: list[list[int]] = [[]]
    for place in range(*part):
        if math.isnan(series[place]):
            stretches.append([])
        else:
            stretches[-1].append(place)
    return [stretch for stretch in stretches if stretch]


@report_style()
def unit_past(frame: pd.DataFrame, words: Words, width: Width, *, breaks: Collection[str] = ()) -> Figure:
    """Draw one unit's years as a line from zero, every value written at its point.

    Args:
        frame: one row per period: `period`, `value` (missing: a gap, and the status in words), `status` (of the
            value table; a partial value has a hollow mark and the word).
        words: catalogue of labels.
        width: `wide` or `slim`.
        breaks: periods before which the figures are not comparable.
    """
    slim = width == "slim"
    full, height, size = PIXELS[width], 210 if slim else 216, 11.5 if slim else 12.5
    rows = {
        str(row["period"]): (number(row["value"]), str(row["status"]))
        for row in records(frame, "period", "value", "status")
    }
    periods = texts_in_order(rows)
    series = [rows[period][0] for period in periods]
    maximum = max((value for value in series if not math.isnan(value)), default=0.0) or 1.0
    marks = ticks_to(maximum, 5)
    left = max(measure(formats.number(tick), size) for tick in marks) + 8
    edge = 24 if slim else 40
    scale = _Scale(left + edge, height - 30, full - left - 2 * edge, height - 62, marks[-1], len(periods))
    parts = _parts(periods, breaks)

    canvas = Canvas(full, height)
    for tick in marks:
        y = scale.y(tick)
        canvas.line([(left, y), (full, y)], RULE if tick else SECONDARY, 0.8, level=0)
        canvas.text(left - 7, y, formats.number(tick), size, color=SECONDARY, align="right")
    _draw_breaks(canvas, parts, scale)
    _draw_periods(canvas, [name_of_period(period, words, "short") for period in periods], scale, size)
    for part in parts:
        _draw_part(canvas, series, part, scale, color=INK if part is parts[-1] else SECONDARY)

    points: list[Point] = []
    texts: list[tuple[str, float, str, bool]] = []
    for place, period in enumerate(periods):
        value, status = rows[period]
        if math.isnan(value):
            canvas.text(
                scale.x(place), scale.floor - 10, _state(status, words), size, color=SECONDARY, align="center"
            )
            continue
        last = place == len(periods) - 1
        partial = status == "partial"
        earlier = parts[-1][0] > place
        canvas.mark(
            *scale.point(place, value), "own_partial" if partial else "earlier" if earlier else "own_point"
        )
        shown = formats.number(value) + (f" {_state(status, words)}" if partial else "")
        points.append(scale.point(place, value))
        texts.append((shown, size + 1 if last else size, INK if last or not earlier else SECONDARY, last))
    lines = [
        [scale.point(place, series[place]) for place in stretch]
        for part in parts
        for stretch in _stretches(series, part)
    ]
    _draw_values(
        canvas,
        points,
        texts,
        lines=lines,
        grid=[[(left, scale.y(tick)), (full, scale.y(tick))] for tick in marks],
    )
    return canvas.figure


def _draw_values(
    canvas: Canvas,
    points: list[Point],
    texts: list[tuple[str, float, str, bool]],
    *,
    lines: list[list[Point]],
    grid: list[list[Point]],
) -> None:
    """Write the values (text, size, colour, bold) near their points, off the line."""
    sizes = [(measure(text, size, bold=bold), size) for text, size, _, bold in texts]
    bounds = Box(0, 0, canvas.width, grid[0][0][1] - 1)
    marks = [mark_box(x, y, "own_point") for x, y in points]
    labels = place_labels(points, sizes, bounds=bounds, marks=marks, lines=lines, grid=grid, above=True)
    for label, (text, size, color, bold) in zip(labels, texts, strict=True):
        middle = (label.box.y0 + label.box.y1) / 2
        canvas.text(label.box.x0, middle, text, size, color=color, bold=bold)


def _state(status: str, words: Words) -> str:
    return words.label(f"status.{status}") if f"status.{status}" in words else words.label("charts.no_value")
