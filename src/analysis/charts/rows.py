"""Charts with one row per unit: the names, the grades beside them, and where every row stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from analysis.charts.canvas import Canvas, Grade, chip_width
from analysis.charts.placing import Names, name_column
from analysis.charts.style import PIXELS, Width
from analysis.render.palette import INK, RULE

#: room of a grade's chip with the gap before it, px
_CHIP: Final = {"wide": 26.0, "slim": 22.0}


class UnitRows:
    """Rows one under the other, each with a name at the left and, where units are graded, the chip of its grade."""

    def __init__(
        self,
        grades: Mapping[str, Grade],
        width: Width,
        *,
        row: float,
        heights: Mapping[str, float] | None = None,
    ) -> None:
        """Lay out the rows.

        Args:
            grades: grade by name of the unit, in the order to draw; without a name where a unit has none.
            width: of the chart.
            row: usual height of a row, px; more where a name needs it.
            heights: what single rows need, px.
        """
        self.grades, self.slim = grades, width == "slim"
        self.full: float = PIXELS[width]
        self.names: Names = name_column(grades, 80 if self.slim else 150, 12.0 if self.slim else 13.0)
        self._size = 14 if self.slim else 15
        widest = max((chip_width(grade, self._size) for grade in grades.values()), default=0.0)
        self._chip = _CHIP[width] + widest - self._size if widest else 0.0
        needed = heights or {}
        self.heights = {unit: max(self.names.height(unit, row), needed.get(unit, 0.0)) for unit in grades}

    @property
    def left(self) -> float:
        """Where the names and the chips end, px."""
        return self.names.width + self._chip

    @property
    def height(self) -> float:
        """Height of all rows, px."""
        return sum(self.heights.values())

    def edges(self, top: float) -> list[float]:
        """Return the upper edges of the rows that begin at `top`, and the lower edge of the last one."""
        edges = [top]
        for height in self.heights.values():
            edges.append(edges[-1] + height)
        return edges

    def middles(self, top: float) -> dict[str, float]:
        """Return the middle of every row."""
        edges = self.edges(top)
        return {
            unit: (upper + lower) / 2
            for unit, upper, lower in zip(self.grades, edges, edges[1:], strict=False)
        }

    def draw(
        self, canvas: Canvas, top: float, *, cut: bool = False, at: Mapping[str, float] | None = None
    ) -> None:
        """Draw names, chips and the hairlines between rows; `cut` draws the ink rule below the best grade.

        Args:
            canvas: where to draw.
            top: upper edge of the first row.
            cut: whether the units stand by score.
            at: heights of the names that do not stand in the middle of their rows.
        """
        edges = self.edges(top)
        last = last_of_best([*self.grades.values()]) if cut else 0
        for place in range(1, len(self.grades)):
            y = edges[place]
            if place == last:
                canvas.line([(0, y), (self.full, y)], INK, 1, level=3)
            else:
                canvas.line([(0, y), (self.full, y)], RULE, 0.7, level=0)
        for unit, y in {**self.middles(top), **(at or {})}.items():
            canvas.name(0, y, self.names, unit)
            grade = self.grades[unit]
            if grade.name:
                canvas.chip(self.left - chip_width(grade, self._size) - 1, y, grade, self._size)


def last_of_best(grades: Sequence[Grade]) -> int:
    """Return after how many rows those of the best grade end; 0 where they are not one block at the top, or all."""
    best = [grade.tier == "best" for grade in grades if grade.name]
    first = next((place for place, is_best in enumerate(best) if not is_best), len(best))
    return first if 0 < first < len(best) and not any(best[first:]) else 0
