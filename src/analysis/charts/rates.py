"""The units' resolution rates around the city's: which of them lie beyond chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.canvas import Canvas, key_rows, mark_box
from analysis.charts.placing import (
    Box,
    Label,
    NoRoomError,
    Point,
    group_points,
    place_labels,
    place_some_labels,
    spread,
    ticks,
    wrap,
)
from analysis.charts.rows_drawn import number, records
from analysis.charts.style import PIXELS, Width, measure, report_style
from analysis.comparison.peers.resolution_funnel import LEVELS
from analysis.render.palette import BLUE, INK, RULE, SECONDARY, VERMILION
from analysis.statistics.funnel import exact_limits
from analysis.words import Words, formats

#: how the limits of each level are drawn
_DASHES: Final = {"95": (5.0, 3.0), "998": None}
#: points of a limit that are worked out, closer where it is steep
_STEPS: Final = 360
FLAGS: Final = ("inside", *(f"{side}_{name}" for side in ("low", "high") for name in LEVELS))
#: tried in turn until every name has room: px within which points share one list of names, px of added height
#: of more units only those are named that stand out
_ALL_NAMED: Final = 30
#: so many of them, and so many units without a rate
_SOME: Final = 24
_ATTEMPTS: Final = ((0, 0), (12, 0), (24, 0), (24, 80), (40, 80), (40, 220), (60, 460))


class _Plane:
    """Cases to the right, rate upwards, in px."""

    def __init__(self, area: Box, cases: float, floor: float) -> None:
        self.area, self.cases, self.floor = area, cases, floor

    def point(self, cases: float, rate: float) -> Point:
        return self.x(cases), self.y(rate)

    def x(self, cases: float) -> float:
        return self.area.x0 + cases / self.cases * (self.area.x1 - self.area.x0)

    def y(self, rate: float) -> float:
        return self.area.y1 - (rate - self.floor) / (1 - self.floor) * (self.area.y1 - self.area.y0)


@report_style()
def resolution_funnel(frame: pd.DataFrame, words: Words, width: Width, *, city_rate: float) -> Figure:
    """Draw the rate of every unit over its number of cases, with the limits of chance around the city's rate.

    The limits are those of the exact binomial tails that `flag` comes from: a mark outside them is flagged. The
    vertical axis starts below the lowest rate, and says so where that is not zero.

    Args:
        frame: one row per unit, in the order to draw: `unit_name`, `numerator`, `denominator`, `value` (fraction;
            missing: the unit is named below the drawing), `flag` (inside, low_95, low_998, high_95, high_998).
        words: catalogue of labels.
        width: `wide` or `slim`.
        city_rate: the city's rate, a fraction; where it is missing there are no limits.
    """
    drawing = _Drawing(frame, words, width, city_rate)
    for near, extra in _ATTEMPTS if len(drawing.rates) <= _ALL_NAMED else ():
        try:
            return drawing.draw(near, extra)
        except NoRoomError:
            continue
    return drawing.draw(0, 80, some=True)


class _Block(NamedTuple):
    """Names at one place: the point they belong to, their size in px, and their lines, each with its flag."""

    point: Point
    size: Point
    lines: list[tuple[str, str]]


class _Drawing:
    """What does not depend on the height of the drawing, and the drawing itself."""

    def __init__(self, frame: pd.DataFrame, words: Words, width: Width, city: float) -> None:
        self.words, self.city, self.slim = words, city, width == "slim"
        self.full: float = PIXELS[width]
        self.size, self.small = (12.0, 11.5) if self.slim else (13.0, 12.5)
        rows = records(frame, "unit_name", "numerator", "denominator", "value", "flag")
        shown = [
            row for row in rows if not math.isnan(number(row["value"])) and number(row["denominator"]) > 0
        ]
        self.absent = [str(row["unit_name"]) for row in rows if row not in shown]
        self.cases = [number(row["denominator"]) for row in shown]
        self.rates = [number(row["value"]) for row in shown]
        self.flags = [str(row["flag"]) for row in shown]
        #: names with the fractions; a single point of a slim drawing has no room for the fraction
        self.fractions = [
            f"{row['unit_name']} {formats.number(row['numerator'])}/{formats.number(row['denominator'])}"
            for row in shown
        ]
        self.labels = [str(row["unit_name"]) for row in shown] if self.slim else self.fractions
        self.floor = _floor([*self.rates, city])
        #: cases at the right end of the plot
        self.most = 1.06 * max(self.cases, default=10.0)

    def draw(self, near: float, extra: float, *, some: bool = False) -> Figure:
        """Draw with one list of names for points within `near` px, and the plot `extra` px taller than usual.

        With `some` only those are named that stand out and find room; how many are not is said below.

        Raises:
            NoRoomError: a label found no place, and all have to be named.
        """
        words, small = self.words, self.small
        key, key_height = key_rows(self._key_entries(), self.full, small)
        notes = [] if self.slim else self._notes()
        note_width = max((measure(text, small) for text, _, _ in notes), default=0.0)
        left = measure("100", small) + 9
        # names stand above a rate of 100 %, so the plot begins below them
        top = key_height + 58
        right = self.full - note_width - (12 if notes else 6)
        area = Box(left, top, right, top + (230 if self.slim else 300) + extra)
        plane = _Plane(area, self.most, self.floor)
        absent = self._absent_lines()
        canvas = Canvas(self.full, area.y1 + 44 + 18 * (len(absent) + some))

        canvas.key(key, small)
        floor = formats.number(self.floor * 100)
        title = words("charts.funnel_axis_cut", floor=floor) if self.floor else words("charts.funnel_axis")
        canvas.text(0, key_height + 12, title.plain, small, color=SECONDARY)
        grid = self._draw_axes(canvas, plane)
        curves = self._draw_limits(canvas, plane)
        middles = spread([plane.y(rate) for _, rate, _ in notes], small + 3, top, area.y1 - 8)
        taken = []
        for (text, _, color), middle in zip(notes, middles, strict=True):
            canvas.text(right + 9, middle, text, small, color=color)
            taken.append(Box(right + 6, middle - small / 2, self.full, middle + small / 2))
        for place, line in enumerate(absent):
            canvas.text(0, area.y1 + 54 + 18 * place, line, small, color=SECONDARY)
        bounds = Box(left + 1, key_height + 22, self.full, area.y1 - 2)
        self._draw_marks(canvas, plane)
        blocks = self._blocks(plane, near, self._standing_out() if some else range(len(self.rates)))
        labels = (place_some_labels if some else place_labels)(
            [block.point for block in blocks],
            [block.size for block in blocks],
            bounds=bounds,
            marks=[*self._mark_boxes(plane), *taken],
            lines=curves,
            grid=grid,
        )
        for block, label in zip(blocks, labels, strict=True):
            if label is not None:
                self._draw_block(canvas, block, label)
        if some:
            unnamed = len(self.rates) - sum(label is not None for label in labels)
            said = self.words("charts.unnamed", count=formats.number(unnamed)).plain
            canvas.text(0, area.y1 + 54 + 18 * len(absent), said, small, color=SECONDARY)
        return canvas.figure

    def _standing_out(self) -> list[int]:
        """Return the places of the units that are named where not all can be: beyond the limits, then the lowest."""
        order = sorted(
            range(len(self.rates)), key=lambda place: (self.flags[place] == "inside", self.rates[place])
        )
        return order[:_SOME]

    def _key_entries(self) -> list[tuple[str, str]]:
        entries: list[tuple[str, str]] = [
            (flag, self.words.label(f"charts.flag.{flag}")) for flag in FLAGS if flag in self.flags
        ]
        if self.slim and not math.isnan(self.city):
            rate = formats.percent(self.city)
            entries.append(("strong", self.words("charts.city_rate", rate=rate).plain))
            entries.append(("dashed", self.words.label("charts.limit.95")))
            entries.append(("thin", self.words.label("charts.limit.998")))
        return entries

    def _notes(self) -> list[tuple[str, float, str]]:
        """Return text, height (as a rate) and colour of what stands at the right ends of the lines."""
        if math.isnan(self.city):
            return []
        rate = formats.percent(self.city)
        notes = [(self.words("charts.city_rate", rate=rate).plain, self.city, INK)]
        for name, level in LEVELS.items():
            lower = float(exact_limits(self.most, self.city, level)["lower"].iloc[0])
            if self.floor <= lower < self.city:
                notes.append((self.words.label(f"charts.limit.{name}"), lower, SECONDARY))
        return notes

    def _absent_lines(self) -> list[str]:
        if not self.absent:
            return []
        told = self.absent[:_SOME]
        more = len(self.absent) - len(told)
        key = "charts.without_rate_more" if more else "charts.without_rate"
        count = {"count": formats.number(more)} if more else {}
        names = self.words(key, units=self.words.list(told), **count).plain
        return list(wrap(names, self.full, self.small))

    def _draw_axes(self, canvas: Canvas, plane: _Plane) -> list[list[Point]]:
        """Draw both axes and return the grid lines."""
        grid: list[list[Point]] = []
        area, small = plane.area, self.small
        step = 0.1 if self.floor >= 0.5 else 0.2
        for place in range(math.floor((1 - self.floor) / step + 1e-9) + 1):
            rate = 1 - step * place
            y = plane.y(rate)
            if rate > self.floor + 1e-9:
                grid.append([(area.x0, y), (area.x1, y)])
                canvas.line(grid[-1], RULE, 0.8, level=0)
            canvas.text(
                area.x0 - 7, y, formats.number(round(rate * 100)), small, color=SECONDARY, align="right"
            )
        canvas.line([(area.x0, area.y1), (area.x1, area.y1)], INK, 1)
        for tick in ticks(plane.cases, (area.x1 - area.x0) / plane.cases, small):
            shown = formats.number(tick)
            x = min(plane.x(tick), area.x1 - measure(shown, small) / 2)
            canvas.text(x, area.y1 + 15, shown, small, color=SECONDARY, align="center")
        label = self.words.label("charts.funnel_cases")
        canvas.text(area.x1, area.y1 + 34, label, small, color=SECONDARY, align="right")
        return grid

    def _draw_limits(self, canvas: Canvas, plane: _Plane) -> list[list[Point]]:
        """Draw the city's rate and the limits; return them as coarse lines the names keep off."""
        if math.isnan(self.city):
            return []
        area = plane.area
        city = [(area.x0, plane.y(self.city)), (area.x1, plane.y(self.city))]
        canvas.line(city, INK, 1.2)
        curves = [city]
        for name, level in LEVELS.items():
            for side in ("lower", "upper"):
                curve = _curve(plane, self.city, side, level)
                if len(curve) > 1:
                    canvas.line(curve, SECONDARY, 1, dashes=_DASHES[name])
                    curves.append([*curve[::12], curve[-1]])
        return curves

    def _points(self, plane: _Plane) -> list[Point]:
        return [plane.point(cases, rate) for cases, rate in zip(self.cases, self.rates, strict=True)]

    def _mark_boxes(self, plane: _Plane) -> list[Box]:
        return [mark_box(x, y, flag) for (x, y), flag in zip(self._points(plane), self.flags, strict=True)]

    def _draw_marks(self, canvas: Canvas, plane: _Plane) -> None:
        # a flagged unit lies over one that is not
        for (x, y), flag in sorted(
            zip(self._points(plane), self.flags, strict=True), key=lambda one: one[1] != "inside"
        ):
            canvas.mark(x, y, flag)

    def _blocks(self, plane: _Plane, near: float, named: Sequence[int]) -> list[_Block]:
        """Return the names to be placed: one block per point, or per group of points within `near` px."""
        points = self._points(plane)
        blocks = []
        for together in group_points([points[place] for place in named], near):
            group = [named[place] for place in together]
            lines = []
            for place in sorted(group, key=lambda place: (self.cases[place], place)):
                bold = self.flags[place] != "inside"
                label = self.labels[place] if len(group) == 1 else self.fractions[place]
                wrapped = wrap(label, self.full * 0.42, self.size, bold=bold)
                lines += [(line, self.flags[place]) for line in wrapped]
            width = max(measure(line, self.size, bold=flag != "inside") for line, flag in lines)
            x, y = (sum(points[place][axis] for place in group) / len(group) for axis in (0, 1))
            blocks.append(_Block((x, y), (width, len(lines) * (self.size + 1.5)), lines))
        return blocks

    def _draw_block(self, canvas: Canvas, block: _Block, label: Label) -> None:
        if label.leader is not None:
            canvas.line([block.point, label.leader], SECONDARY, 0.8, level=2)
        for place, (line, flag) in enumerate(block.lines):
            y = label.box.y0 + (place + 0.5) * (self.size + 1.5)
            color = VERMILION if flag.startswith("low") else BLUE if flag.startswith("high") else INK
            canvas.text(label.box.x0, y, line, self.size, color=color, bold=flag != "inside")


def _floor(rates: list[float]) -> float:
    """Return where the vertical axis begins: a tenth well below the lowest rate, or zero."""
    lowest = min((rate for rate in rates if not math.isnan(rate)), default=0.0)
    floor = math.floor((lowest - 0.04) * 10 + 1e-9) / 10
    return floor if floor >= 0.3 else 0.0


def _curve(plane: _Plane, rate: float, side: str, level: float) -> list[Point]:
    """Return the part of a limit that lies between the floor and 100 %, from its exact start on."""
    if not 0 < rate < 1:
        return []
    cases = np.geomspace(0.5, plane.cases, _STEPS) if plane.cases > 0.5 else np.array([])
    limits = exact_limits(cases, rate, level)[side].to_numpy()
    inside = (limits > plane.floor) & (limits < 1) & (limits > 0)
    return [plane.point(*at) for at in zip(cases[inside].tolist(), limits[inside].tolist(), strict=True)]
