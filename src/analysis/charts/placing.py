"""Where things go: wrapping, columns, ticks and labels, computed from measured text. Knows no chart."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeVar

from analysis.charts.style import measure

Point = tuple[float, float]
_Key = TypeVar("_Key")
#: no label stands farther from its point than this, px
_REACH: Final = 110.0


class NoRoomError(ValueError):
    """Labels that find no place in the room there is."""


@dataclass(frozen=True)
class Box:
    """A rectangle in px, y downwards."""

    x0: float
    y0: float
    x1: float
    y1: float

    def meets(self, other: Box, gap: float = 0.0) -> bool:
        """Return whether the two come closer than `gap`."""
        return (
            self.x0 < other.x1 + gap
            and other.x0 < self.x1 + gap
            and self.y0 < other.y1 + gap
            and other.y0 < self.y1 + gap
        )

    @property
    def middle(self) -> Point:
        """The middle of the box."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def holds(self, point: Point) -> bool:
        """Return whether a point lies inside."""
        return self.x0 <= point[0] <= self.x1 and self.y0 <= point[1] <= self.y1

    def grown(self, margin: float) -> Box:
        """Return the box with a margin around it."""
        return Box(self.x0 - margin, self.y0 - margin, self.x1 + margin, self.y1 + margin)

    def within(self, other: Box) -> bool:
        """Return whether no part lies outside `other`."""
        return self.x0 >= other.x0 and self.x1 <= other.x1 and self.y0 >= other.y0 and self.y1 <= other.y1

    def crossed(self, start: Point, end: Point) -> bool:
        """Return whether the straight line from `start` to `end` runs through the box (Liang and Barsky)."""
        enter, leave = 0.0, 1.0
        for begin, finish, low, high in (
            (start[0], end[0], self.x0, self.x1),
            (start[1], end[1], self.y0, self.y1),
        ):
            run = finish - begin
            if run == 0:
                if not low <= begin <= high:
                    return False
                continue
            near, far = sorted(((low - begin) / run, (high - begin) / run))
            enter, leave = max(enter, near), min(leave, far)
        return enter <= leave


@dataclass(frozen=True)
class Names:
    """A column of names, wrapped to one width.

    Attributes:
        lines: the lines of every name.
        width: of the widest line, px.
        size: of the text, px.
    """

    lines: dict[str, tuple[str, ...]]
    width: float
    size: float

    @property
    def pitch(self) -> float:
        """Distance from one line of a name to the next, px."""
        return self.size + 1.5

    def height(self, name: str, usual: float) -> float:
        """Return the height of a row in which the lines of `name` have room, at least `usual`."""
        return max(usual, len(self.lines[name]) * self.pitch + 6)


def wrap(text: str, width: float, size: float, *, bold: bool = False) -> tuple[str, ...]:
    """Return `text` on as few lines as fit into `width`, of about equal length; nothing is ever cut off.

    Han characters part anywhere, other scripts at spaces only; a single word wider than `width` stands alone.
    """
    pieces = _pieces(text)
    lines = _fill(pieces, width, size, bold)
    if len(lines) > 1:
        low, high = max(measure(piece.strip(), size, bold=bold) for piece in pieces), width
        while high - low > 1:
            middle = (low + high) / 2
            if len(_fill(pieces, middle, size, bold)) > len(lines):
                low = middle
            else:
                high = middle
        lines = _fill(pieces, max(high, low), size, bold)
    return tuple(lines)


def name_column(names: Iterable[str], width: float, size: float, *, bold: bool = False) -> Names:
    """Return names in a column no wider than `width`, long ones on several lines."""
    lines = {name: wrap(name, width, size, bold=bold) for name in names}
    widest = max((measure(line, size, bold=bold) for name in lines.values() for line in name), default=0.0)
    return Names(lines, widest, size)


def flow(widths: Sequence[float], total: float, gap: float) -> list[tuple[int, float]]:
    """Return row and x of items set one after another, `gap` between them, in lines no longer than `total`."""
    places: list[tuple[int, float]] = []
    row, x = 0, 0.0
    for width in widths:
        if x and x + width > total:
            row, x = row + 1, 0.0
        places.append((row, x))
        x += width + gap
    return places


def nice_step(at_least: float, *, whole: bool = True) -> float:
    """Return the smallest round number that is no less than `at_least` (1, 2, 5, 10, 20, 25, 50), `whole` or not."""
    if whole and at_least <= 1:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(at_least))
    steps = (1, 2, 5, 10) if unit == 1 else (1, 2, 2.5, 5, 10)
    return next(step for step in steps if step * unit >= at_least * (1 - 1e-9)) * unit


def ticks(maximum: float, scale: float, size: float, *, whole: bool = True) -> list[float]:
    """Return zero and at most three round values up to `maximum` whose printed numbers keep clear of each other.

    Args:
        maximum: end of the axis.
        scale: px per unit.
        size: of the numbers, px.
        whole: whether they are counts; the numbers of amounts may have decimals.
    """
    longest = f"{maximum:,.0f}" if whole or maximum >= 4 else "0.25"
    room = measure(longest, size) + 12
    step = nice_step(max(maximum / 4, room / scale), whole=whole)
    return [step * place for place in range(math.floor(maximum / step * (1 + 1e-9)) + 1)][:4]


def ticks_to(maximum: float, parts: int) -> list[float]:
    """Return round values from zero to the first one that is no less than `maximum`, `parts` or fewer above zero."""
    step = nice_step(maximum / parts)
    return [step * place for place in range(max(math.ceil(maximum / step * (1 - 1e-9)), 1) + 1)]


def largest(fits: Callable[[float], bool], upper: float) -> float:
    """Return the largest number from 0 to `upper` for which `fits` holds; -1 if it does not even for 0."""
    if fits(upper):
        return upper
    if not fits(0.0):
        return -1.0
    low, high = 0.0, upper
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def zero_and_scale(
    values: Mapping[_Key, float], labels: Mapping[_Key, str], room: float, size: float
) -> tuple[float, float]:
    """Return where zero stands in `room` px and px per unit, so that every bar with its label behind it just fits.

    Args:
        values: ends of the bars; a missing one has no bar and its label at zero.
        labels: what is written at the end of every bar.
        room: px for bars and labels of both sides.
        size: of the labels, px.
    """

    def reach(scale: float, *, falls: bool) -> float:
        sides = [
            (0.0 if math.isnan(value) else abs(value) * scale) + measure(labels[key], size) + 7
            for key, value in values.items()
            if (value < 0) == falls
        ]
        return max(sides, default=1.0)

    scale = largest(lambda scale: reach(scale, falls=True) + reach(scale, falls=False) <= room, room * 1e6)
    return reach(max(scale, 0.0), falls=True), max(scale, 0.0)


def spread(centres: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return the centres pushed apart until they are `gap` from each other, in their order, within low..high."""
    order = sorted(range(len(centres)), key=lambda place: (centres[place], place))
    placed = [min(max(centres[place], low), high) for place in order]
    for here in range(1, len(placed)):
        placed[here] = max(placed[here], placed[here - 1] + gap)
    ceiling = high
    for here in reversed(range(len(placed))):
        placed[here] = min(placed[here], ceiling)
        ceiling = placed[here] - gap
    return [placed[order.index(place)] for place in range(len(centres))]


@dataclass(frozen=True)
class Label:
    """Where a label goes: its box and, if it is far from its point, the end of the line that leads to it."""

    box: Box
    leader: Point | None


def place_labels(
    points: Sequence[Point],
    sizes: Sequence[Point],
    *,
    bounds: Box,
    marks: Sequence[Box],
    lines: Sequence[Sequence[Point]] = (),
    grid: Sequence[Sequence[Point]] = (),
    above: bool = False,
) -> list[Label]:
    """Return a place for every label (`place_some_labels`).

    Raises:
        NoRoomError: the search finds no place for one of them.
    """
    placed = place_some_labels(points, sizes, bounds=bounds, marks=marks, lines=lines, grid=grid, above=above)
    labels = [label for label in placed if label is not None]
    if len(labels) < len(points):
        raise NoRoomError(f"no room for label {placed.index(None) + 1} of {len(points)}")
    return labels


def place_some_labels(
    points: Sequence[Point],
    sizes: Sequence[Point],
    *,
    bounds: Box,
    marks: Sequence[Box],
    lines: Sequence[Sequence[Point]] = (),
    grid: Sequence[Sequence[Point]] = (),
    above: bool = False,
) -> list[Label | None]:
    """Return a place near its point for every label, so that each can be read and none be taken for another's.

    No label lies on another label, on a mark, on another label's leader or outside `bounds`; no leader crosses a
    label, a mark or another leader. Labels of crowded points are placed first, each where it costs least: near
    its point, beside it (or `above` it) rather than diagonally, on the same side of the `lines` as its point, off
    the `grid`, and away from its neighbours. The same input gives the same places.

    Args:
        points: what is labelled, px.
        sizes: width and height of each label, px.
        bounds: the labels stay inside.
        marks: boxes no label may cover.
        lines: polylines a label had better not lie on, nor behind.
        grid: faint lines a label had better not lie on.
        above: prefer the place above a point to the one beside it.

    Returns:
        One `Label` per point, in the order of the points; None where the search finds no place for one.
    """

    def crowding(place: int) -> tuple[float, int]:
        x, y = points[place]
        near = sum(math.exp(-(((x - u) / 60) ** 2) - ((y - v) / 25) ** 2) for u, v in points)
        return (-near, place)

    strokes = [stroke for line in lines for stroke in pairwise(line)]
    faint = [stroke for line in grid for stroke in pairwise(line)]
    found: dict[int, Label] = {}
    for place in sorted(range(len(points)), key=crowding):
        point, best = points[place], (math.inf, Label(bounds, None))
        others = [mark for mark in marks if not mark.holds(point)]
        for distance, away, box in _candidates(point, sizes[place], above=above):
            if distance >= best[0]:
                break
            label = Label(box, _nearest(box, point) if distance > 12 else None)
            if not box.within(bounds) or any(box.meets(mark, 1.5) for mark in marks):
                continue
            if label.leader is not None and any(mark.crossed(point, label.leader) for mark in others):
                continue
            if any(_clash(point, label, points[other], there) for other, there in found.items()):
                continue
            cost = away
            cost += 12 * sum(box.grown(1.5).crossed(*stroke) for stroke in strokes)
            cost += 10 * any(_intersect(point, box.middle, *stroke) for stroke in strokes)
            cost += 4 * sum(box.crossed(*stroke) for stroke in faint)
            # between two points, or end to end with another one, it could be taken for either
            cost += 8 * sum(box.meets(mark, 14.0) for mark in others)
            cost += 8 * sum(box.meets(there.box, 12.0) for there in found.values())
            if cost < best[0]:
                best = (cost, label)
        if best[0] < math.inf:
            found[place] = best[1]
    return [found.get(place) for place in range(len(points))]


def group_points(points: Sequence[Point], distance: float) -> list[list[int]]:
    """Return the places of points in groups: two points no farther apart than `distance` are in one group."""
    groups: list[list[int]] = []
    for place, point in enumerate(points):
        near = [
            group for group in groups if any(math.dist(point, points[other]) <= distance for other in group)
        ]
        groups = [group for group in groups if group not in near]
        groups.append(sorted([place, *(other for group in near for other in group)]))
    return sorted(groups)


def _clash(point: Point, label: Label, other: Point, there: Label) -> bool:
    """Return whether two labels with their leaders get into each other's way."""
    if label.box.meets(there.box, 2.0):
        return True
    if label.leader is not None and there.box.grown(1.0).crossed(point, label.leader):
        return True
    if there.leader is None:
        return False
    if label.box.grown(1.0).crossed(other, there.leader):
        return True
    return label.leader is not None and _intersect(point, label.leader, other, there.leader)


def _intersect(a: Point, b: Point, c: Point, d: Point) -> bool:
    def side(p: Point, q: Point, r: Point) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def _candidates(point: Point, size: Point, *, above: bool) -> Iterator[tuple[float, float, Box]]:
    """Yield distance, cost and box of the places around a point, nearest first."""
    (x, y), (width, height) = point, size
    # turns of 22.5 degrees, clockwise from the right
    best, second = ((12,), (4,)) if above else ((0, 8), (4, 12))
    distance = 8.0
    while distance <= _REACH:
        for turn in range(16):
            angle = turn * math.pi / 8
            across, down = math.cos(angle), math.sin(angle)
            # the box slides around the point: beside it at 0 and 180 degrees, above or below it between
            cx = x + across * (distance + width / 2)
            cy = y + down * (distance + height / 2)
            skew = 0.0 if turn in best else 1.0 if turn in second else 3.0
            box = Box(cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2)
            away = math.dist(point, _nearest(box, point))
            if away >= 6:
                yield distance, max(distance, away) + skew, box
        distance += 2.0 if distance < 16 else 6.0


def _nearest(box: Box, point: Point) -> Point:
    return (min(max(point[0], box.x0), box.x1), min(max(point[1], box.y0), box.y1))


def _pieces(text: str) -> list[str]:
    """Return the parts of a text that are never parted themselves."""
    pieces: list[str] = []
    for sign in text:
        joins = pieces and not _is_han(sign) and not _is_han(pieces[-1][-1]) and not pieces[-1].endswith(" ")
        # a closing mark never begins a line
        if pieces and (joins or sign in "）、，。：；》”"):
            pieces[-1] += sign
        else:
            pieces.append(sign)
    return pieces or [""]


def _is_han(sign: str) -> bool:
    return ord(sign) >= 0x2E80


def _fill(pieces: Sequence[str], width: float, size: float, bold: bool) -> list[str]:
    lines = [""]
    for piece in pieces:
        longer = lines[-1] + piece
        if lines[-1] and measure(longer.strip(), size, bold=bold) > width:
            lines.append(piece)
        else:
            lines[-1] = longer
    return [line.strip() for line in lines]
