"""Withholding small cells, and whatever would give them away, in what goes outside the office.

A count of 1 or 2 cases can point at a firm or a person, so an outer edition does not print it. Nor may it be had by
subtraction: from a year and its other months, from the two ends of a rate, from the city and a unit that knows its
own share. What must stay unknown therefore takes further cells with it (complementary suppression), until every
withheld count has at least two possible values, and a small one as many as the rule itself leaves it.

Zero is no small cell: it points at nobody, and that nothing happened is what a nil return says.

The functions are pure: cells and sums in, withheld cells out; value table in, value table out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis.indicators.catalogue import MEASURES, QUANTITIES
from analysis.indicators.values import USABLE
from analysis.rounds.frames import rows_of
from analysis.rounds.periods import Period, in_order, parse_period

#: a city figure of fewer units than these would tell one of them what the other has
FEWEST_UNITS: Final = 3
#: positions of the unnamed others are rounded to this, so that no fraction can be read off them
GRID: Final = 0.05
_ENDS: Final = ("numerator", "denominator")
_NUMBERS: Final = (*_ENDS, "value", "lower", "upper")

Key = Hashable


@dataclass(frozen=True)
class Sum:
    """A whole that is the sum of its parts, known to every reader.

    Attributes:
        whole: key of the whole.
        parts: keys of the parts.
    """

    whole: Key
    parts: tuple[Key, ...]


def is_small(count: float, threshold: int) -> bool:
    """Return whether a count is a small cell: at least 1 and below the threshold."""
    return 0 < count < threshold


@dataclass(frozen=True)
class Reader:
    """Somebody who knows a share of every count, and what has to stay unknown to them.

    Attributes:
        guarded: the cells to be protected.
        knows: their own share, by cell; nothing for the public.
    """

    guarded: frozenset[Key]
    knows: Mapping[Key, int] = field(default_factory=dict)


def withhold(
    cells: Mapping[Key, int],
    sums: Sequence[Sum],
    readers: Sequence[Reader],
    unseen: Collection[Key] = (),
    values: int = 2,
) -> frozenset[Key]:
    """Return the cells to be withheld, so that no reader can recompute what is guarded from what is shown.

    A reader is taken to know the sums, everything shown, their own share, and that a withheld cell is never zero. The
    smallest cell that stands in a sum with an exposed one is withheld next. Where sums form a ring (cases and their
    resolved part, of two years and of both together) the bounds of one cell after the other are too wide, and whether
    a cell may have other values is asked of all sums at once.

    Args:
        cells: counts by key, the unseen ones too.
        sums: what adds up to what.
        readers: from whom what is protected.
        unseen: cells that are printed nowhere (the remainder of a part), which a reader could still work out.
        values: how many values a guarded cell must at least be able to have; what is withheld for it, two.
    """
    in_a_ring, safe = _in_a_ring(sums), [set[Key]() for _ in readers]
    hidden = {key for reader in readers for key in reader.guarded if key not in unseen}
    while True:
        exposed = next(
            (
                key
                for reader, broad in zip(readers, safe, strict=True)
                for key in _exposed(
                    reader,
                    cells,
                    sums,
                    hidden,
                    unseen=unseen,
                    values=values,
                    safe=broad if in_a_ring else None,
                )
            ),
            None,
        )
        if exposed is None:
            return frozenset(hidden)
        # there is one: were all that is not zero withheld, twice of everything would add up as well
        hidden.add(_neighbours(exposed, cells, sums, hidden, unseen)[0])


def _exposed(
    reader: Reader,
    cells: Mapping[Key, int],
    sums: Sequence[Sum],
    hidden: Collection[Key],
    *,
    unseen: Collection[Key],
    values: int,
    safe: set[Key] | None,
) -> Iterator[Key]:
    """Yield the cells that can have too few values for a reader.

    Args:
        reader: for whom.
        cells: counts by key.
        sums: what adds up to what.
        hidden: the cells withheld so far.
        unseen: cells printed nowhere.
        values: how many values a guarded cell must be able to have.
        safe: in a ring, the cells seen to have enough, added to here: what may differ may still do so when more is
            withheld. None without a ring.
    """
    ranges = possible(cells, sums, hidden, unseen, reader.knows)
    watched = [key for key in cells if key in reader.guarded or (key in hidden and not reader.knows)]
    wanted = {key: values if key in reader.guarded else 2 for key in watched}
    yield from (key for key in watched if _breadth(ranges[key]) < wanted[key])
    for key in watched if safe is not None else ():
        if safe is not None and key not in safe:
            safe |= _broad_enough(key, cells, sums, ranges, wanted)
            if key not in safe:
                yield key


def possible(
    cells: Mapping[Key, int],
    sums: Sequence[Sum],
    hidden: Collection[Key],
    unseen: Collection[Key] = (),
    knows: Mapping[Key, int] | None = None,
) -> dict[Key, tuple[float, float]]:
    """Return bounds of the count every cell may have, as a reader of the shown cells can work out.

    Without rings they are the smallest and the largest; in a ring they may be wider.

    Args:
        cells: counts by key.
        sums: what adds up to what.
        hidden: withheld cells; known to be at least 1.
        unseen: cells printed nowhere; known to be at least 0.
        knows: the reader's own share of a cell, than which it is no smaller.
    """
    share = knows or {}
    low = {key: 0 if key in unseen else 1 if key in hidden else count for key, count in cells.items()}
    low |= {key: max(low[key], share[key]) for key in low.keys() & share.keys()}
    high = {key: math.inf if key in unseen or key in hidden else float(count) for key, count in cells.items()}
    moved = True
    while moved:
        moved = False
        for each in sums:
            for key, least, most in _bounds(each, low, high):
                if least > low[key] or most < high[key]:
                    low[key], high[key] = max(low[key], int(least)), min(high[key], most)
                    moved = True
    return {key: (low[key], high[key]) for key in cells}


def _bounds(each: Sum, low: Mapping[Key, int], high: Mapping[Key, float]) -> list[tuple[Key, float, float]]:
    """Return what a sum says of its whole and of every part: key, least, most."""
    least = sum(low[part] for part in each.parts)
    most = sum(high[part] for part in each.parts)
    found: list[tuple[Key, float, float]] = [(each.whole, least, most)]
    for part in each.parts:
        others_most = sum(high[other] for other in each.parts if other != part)
        fewest = low[each.whole] - others_most if others_most < math.inf else 0
        found.append((part, max(fewest, 0), high[each.whole] - (least - low[part])))
    return found


def _breadth(span: tuple[float, float]) -> float:
    return span[1] - span[0] + 1


def _neighbours(
    key: Key, cells: Mapping[Key, int], sums: Sequence[Sum], hidden: Collection[Key], unseen: Collection[Key]
) -> list[Key]:
    """Return the cells that may still be withheld for another: those in its own sums first, small ones first."""
    order = {cell: place for place, cell in enumerate(cells)}
    reached, ring = {key}, {key}
    while ring:
        ring = {
            cell for each in sums if ring & {each.whole, *each.parts} for cell in (each.whole, *each.parts)
        }
        ring -= reached
        near = [cell for cell in ring if cell not in hidden and cell not in unseen and cells[cell]]
        if near:
            return sorted(near, key=lambda cell: (cells[cell], order[cell]))
        reached |= ring
    return []


def _in_a_ring(sums: Sequence[Sum]) -> bool:
    """Return whether cells and sums, drawn as points and their links, hold a ring."""
    parent: dict[Key, Key] = {}

    def root(key: Key) -> Key:
        parent.setdefault(key, key)
        while parent[key] != key:
            key = parent[key]
        return key

    for number, each in enumerate(sums):
        for cell in (each.whole, *each.parts):
            one, other = root(("sum", number)), root(("cell", cell))
            if one == other:
                return True
            parent[other] = one
    return False


def _broad_enough(
    key: Key,
    cells: Mapping[Key, int],
    sums: Sequence[Sum],
    ranges: Mapping[Key, tuple[float, float]],
    wanted: Mapping[Key, int],
) -> set[Key]:
    """Return the cells seen to have as many values as they must, while looking for the ends of one cell's range.

    The least and the most it can be where whole numbers make all sums true are asked of an integer program
    (`scipy.optimize.milp`, HiGHS).
    """
    place = {cell: number for number, cell in enumerate(cells)}
    matrix = np.zeros((len(sums), len(cells)))
    for row, each in zip(matrix, sums, strict=True):
        row[[place[part] for part in each.parts]] = 1
        row[place[each.whole]] = -1
    counts = np.array(list(cells.values()), dtype=float)
    low, high = (np.array([ranges[cell][side] for cell in cells], dtype=float) for side in (0, 1))
    # no more has to be seen than is wanted
    high[place[key]] = min(high[place[key]], counts[place[key]] + wanted[key])
    answers = [counts]
    for sign in (1, -1):
        goal = np.zeros(len(cells))
        goal[place[key]] = sign
        found = milp(
            goal,
            integrality=np.ones(len(cells), dtype=int),
            bounds=Bounds(low, high),
            constraints=LinearConstraint(matrix, 0, 0),
        )
        # without an answer the cell counts as known
        answers += [] if found.x is None else [np.rint(found.x)]
    breadth = np.ptp(answers, axis=0) + 1
    return {cell for cell, values in wanted.items() if breadth[place[cell]] >= values}


# ------------------------------------------------------------------------------------------- the value table

#: a whole and all its parts
_STANDINGS: Final = tuple(f"findings_{standing}" for standing in ("closed", "open", "overdue", "repeated"))
#: counts of which the city's are told: they add up over the units
COUNTS: Final = (
    *(m.code for m in MEASURES.values() if m.code in m.cells), "findings_all", *_STANDINGS,
)  # fmt: skip
#: two names of one count
_SAME: Final = {m.code: m.same_as for m in MEASURES.values() if m.same_as}
#: whole and part; the remainder is printed nowhere and is a cell all the same
_PARTS: Final = tuple((m.within, m.code) for m in MEASURES.values() if m.within and m.code not in _SAME)
#: the counts a measure rests on
_MADE_OF: Final = {name: (name,) for name in COUNTS} | {m.code: m.cells for m in MEASURES.values() if m.cells}
#: coverages, both ends of which are cells
_COVERAGES: Final = tuple(m.code for m in MEASURES.values() if f"{m.code}.{_ENDS[0]}" in m.cells)
_FACTORED: Final = {
    f"{kind}_{factor}"
    for kind in ("effect", "share")
    for factor in ("cases", "workers_per_case", "amount_per_worker")
}
#: counts of units and of published facts: they are no cells of persons, firms or cases
_OF_UNITS: Final = re.compile(r"units_grade_\w+|units_named(_\w+)?|facts_(compared|differing)")
#: the one measure told by month
_MONTHLY: Final = "cases"
_COMPARED: Final = re.compile(
    r"(change|[pq]_(change|difference)|difference|direction|within|between)_(?P<measure>\w+)"
)
#: what is told of all years of a count; how long it has fallen bounds each of them too
_OVER_YEARS: Final = re.compile(
    r"(trend_p|trend|slope|[pq]_growth|growth|years_(clear_)?falling)_(?P<measure>\w+)"
)
_XMR: Final = re.compile(r"xmr_(centre|lower|upper|signal|signals)_cases")
#: what measures a unit against another one, whose value could be worked out from it
_AGAINST_OTHERS: Final = re.compile(
    r"(score_gap|gap_to|outranks|contribution|funnel|within|between)_\w+|not_separable_from"
)

CellKey = tuple[str, str]
#: the periods of every count of one place
Counted = Mapping[str, Sequence[Period]]


def city_rows(values: pd.DataFrame, city: str, threshold: int, year_starts: int = 1) -> pd.DataFrame:
    """Return the city's rows as an outer edition may show them; what it may not is `withheld` and has no number.

    Withheld are small cells, figures of fewer than `FEWEST_UNITS` units, figures from which a unit that takes off
    its own share is left with a small cell, what would give any of these away, and every measure whose parts are
    not known here.

    Args:
        values: the value table of the round, all units.
        city: code of the city.
        threshold: counts from 1 to below it are small.
        year_starts: the month in which fiscal years begin.
    """
    own = values[values["unit"] == city]
    counts = {city: _all_counts(own)}
    told = _told(own, counts, {city: hidden_cells(values, city, threshold, year_starts)}, year_starts)
    reporters = _reporters(values[values["unit"] != city])
    gives_away = [_tells_who_is_left_out(row, reporters, threshold) for row in rows_of(told)]
    return _without_numbers(told, gives_away)


def _reporters(values: pd.DataFrame) -> dict[CellKey, dict[str, float]]:
    """Return what every unit that reports it has, by measure and period."""
    found: dict[CellKey, dict[str, float]] = {}
    for row in rows_of(values[values["status"].isin(USABLE) & (values["base_period"] == "")]):
        found.setdefault((row["measure"], row["period"]), {})[row["unit"]] = float(row["value"])
    return found


def _tells_who_is_left_out(
    row: Mapping[str, Any], reporters: Mapping[CellKey, Mapping[str, float]], threshold: int
) -> bool:
    """Return whether a change of the city, beside the counts of both periods, tells what few units have.

    The change is of the units that report both periods. What its ends lack of the city's counts is what the others
    have, who report one of the two.
    """
    of = _compared_measure(row["measure"])
    if not of or not row["base_period"]:
        return False
    now, before = (reporters.get((of, period), {}) for period in (row["period"], row["base_period"]))
    sides = (
        [now[unit] for unit in now if unit not in before],
        [before[unit] for unit in before if unit not in now],
    )
    return any(0 < len(side) < FEWEST_UNITS or is_small(sum(side), threshold) for side in sides)


def _compared_measure(measure: str) -> str:
    """Return the measure that a row compares between two periods; empty for a row of one period."""
    if measure in _FACTORED:
        return "workers"
    compared = _COMPARED.fullmatch(measure)
    return compared["measure"] if compared else ""


def all_rows(values: pd.DataFrame, city: str, threshold: int, year_starts: int = 1) -> pd.DataFrame:
    """Return the rows of all units and the city without small cells and what would give them away.

    Every unit is protected by itself. The city then adds nothing to what is known of the units: a count of it is shown
    only where it is the sum of counts of units all of which are shown. As with `city_rows`, a measure whose parts are
    not known here is withheld.

    Args:
        values: the value table of the round, all units.
        city: code of the city.
        threshold: counts from 1 to below it are small.
        year_starts: the month in which fiscal years begin.
    """
    counts = {str(place): _all_counts(rows) for place, rows in values.groupby("unit", sort=False)}
    hidden = {
        place: _small_cells(known, threshold, year_starts) for place, known in counts.items() if place != city
    }
    shown_of_units = {key for place in hidden for key in counts[place]}.difference(*hidden.values())
    hidden[city] = frozenset(counts.get(city, {}).keys() - shown_of_units)
    return _told(values, counts, hidden, year_starts)


def _told(
    rows: pd.DataFrame,
    counts: Mapping[str, Iterable[CellKey]],
    hidden: Mapping[str, Collection[Key]],
    year_starts: int,
) -> pd.DataFrame:
    """Return rows without the numbers of those that rest on a hidden count of their place, or on what is not known."""
    known = {place: _by_measure(of_place, year_starts) for place, of_place in counts.items()}
    needed = [
        rests_on(row["measure"], row["period"], row["base_period"], known[row["unit"]])
        for row in rows_of(rows)
    ]
    untold = [
        parts is None or not parts.isdisjoint(hidden[place])
        for parts, place in zip(needed, rows["unit"], strict=True)
    ]
    return _without_numbers(rows, untold)


def _small_cells(counts: Mapping[CellKey, int], threshold: int, year_starts: int) -> frozenset[Key]:
    """Return the counts of one place to be withheld: small ones, small remainders, what would give them away."""
    sums, remainders = _sums(counts, year_starts)
    cells = _with_remainders(counts, remainders)
    small = [key for key, count in cells.items() if is_small(count, threshold)]
    return withhold(cells, sums, [Reader(frozenset(small))], frozenset(remainders), _values(threshold))


def own_rows(values: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Return the rows of one unit, as its own card may show them: what measures it against another unit is withheld."""
    own = values[values["unit"] == unit]
    return _without_numbers(own, [bool(_AGAINST_OTHERS.fullmatch(name)) for name in own["measure"]])


def others(
    values: pd.DataFrame,
    *,
    unit: str,
    city: str,
    measure: str,
    base_period: str,
    period: str,
    threshold: int,
) -> list[float]:
    """Return where the other units stand, unnamed: in order of value, on a grid, without small bases.

    A rate or change whose base is a small cell has no position; of fewer than `FEWEST_UNITS` others none is told.

    Args:
        values: the value table of the round.
        unit: code of the unit whose card it is.
        city: code of the city.
        measure: which measure.
        base_period: what it is compared with; empty for none.
        period: of which period.
        threshold: counts from 1 to below it are small.
    """
    rows = values[
        (values["measure"] == measure)
        & (values["period"] == period)
        & (values["base_period"] == base_period)
        & ~values["unit"].isin([unit, city])
        & values["status"].isin(USABLE)
    ]
    # several methods may answer one question: the first row of a unit is the one meant
    rows = rows.drop_duplicates("unit")
    steps = sorted(
        round(float(row["value"]) / GRID) * GRID
        for row in rows_of(rows)
        if not is_small(float(row["denominator"]), threshold)
    )
    return [round(step, 4) for step in steps] if len(steps) >= FEWEST_UNITS else []


def hidden_cells(values: pd.DataFrame, city: str, threshold: int, year_starts: int = 1) -> frozenset[Key]:
    """Return the city's counts that must not be shown, as (measure, period); see `city_rows`."""
    counts = _all_counts(values[values["unit"] == city])
    by_unit = [_all_counts(part) for _, part in values[values["unit"] != city].groupby("unit", sort=True)]
    sums, remainders = _sums(counts, year_starts)
    shares = [_with_remainders(unit, _remainders(unit)) for unit in by_unit]
    cells = _with_remainders(counts, remainders)
    units = [Reader(_too_little_left(cells, share, shares, threshold), share) for share in shares]
    # only who has much of a count could work out the rest of it
    units = [unit for unit in units if unit.guarded]
    small = {key for key, count in cells.items() if is_small(count, threshold)}
    public = Reader(frozenset(small.union(*(unit.guarded for unit in units))))
    return withhold(cells, sums, [public, *units], frozenset(remainders), _values(threshold))


def _too_little_left(
    cells: Mapping[Key, int], share: Mapping[Key, int], shares: Sequence[Mapping[Key, int]], threshold: int
) -> frozenset[Key]:
    """Return the city's cells of which the others have a small count, or are too few for their sum to be told."""
    return frozenset(
        key
        for key, count in cells.items()
        if count
        and key in share
        and (is_small(count - share[key], threshold) or sum(key in each for each in shares) < FEWEST_UNITS)
    )


def _values(threshold: int) -> int:
    """Return how many values the rule itself leaves a small count: from 1 to below the threshold."""
    return max(2, threshold - 1)


def rests_on(measure: str, period: str, base_period: str, known: Counted) -> frozenset[CellKey] | None:
    """Return the counts a row of the city rests on; None for a measure whose parts are not known here.

    Args:
        measure: of the row.
        period: of the row.
        base_period: what it is compared with, or where its series begins.
        known: the periods of every count of the city.
    """
    measure = _SAME.get(measure, measure)
    if _OF_UNITS.fullmatch(measure):
        return frozenset()
    if parts := _MADE_OF.get(measure):
        return frozenset((part, period) for part in parts)
    if _XMR.fullmatch(measure):
        return frozenset((_MONTHLY, each.text) for each in known.get(_MONTHLY, ()) if each.months == 1)
    return _rests_on_several(measure, period, base_period, known)


def _rests_on_several(
    measure: str, period: str, base_period: str, known: Counted
) -> frozenset[CellKey] | None:
    """Return the counts of several periods a row rests on."""
    if compared := _compared_measure(measure):
        return _all_of(rests_on(compared, p, "", known) for p in (period, base_period))
    if told := _OVER_YEARS.fullmatch(measure):
        series = _series(period, base_period, {each for periods in known.values() for each in periods})
        names = QUANTITIES if told["measure"] == "all" else (told["measure"],)
        return (
            _all_of(rests_on(name, each, "", known) for name in names for each in series) if series else None
        )
    return None


def _series(period: str, first: str, known: Iterable[Period]) -> list[str]:
    """Return the periods a row about a series may rest on: from the first, if it is named, to the end of the last."""
    by_text = {each.text: each for each in known}
    if period not in by_text or (first and first not in by_text):
        return []
    begins, ends = by_text[first or period], by_text[period]
    return [
        each.text
        for each in in_order(by_text.values())
        if each.end <= ends.end
        and (
            each.is_like(begins) and each.start >= begins.start
            if first
            else each.months >= min(12, begins.months)
        )
    ]


def _all_of(parts: Iterable[frozenset[CellKey] | None]) -> frozenset[CellKey] | None:
    found: set[CellKey] = set()
    for part in parts:
        if part is None:
            return None
        found |= part
    return frozenset(found)


def _all_counts(rows: pd.DataFrame) -> dict[CellKey, int]:
    """Return every count in the rows of one place."""
    return {**_counts(rows), **_coverage_counts(rows)}


def _counts(rows: pd.DataFrame) -> dict[CellKey, int]:
    """Return the counts in the rows of one unit by (measure, period)."""
    chosen = rows[rows["measure"].isin([*COUNTS, *_SAME]) & rows["status"].isin(USABLE)]
    return {
        (_SAME.get(row["measure"], row["measure"]), row["period"]): round(row["value"])
        for row in rows_of(chosen)
    }


def _coverage_counts(rows: pd.DataFrame) -> dict[CellKey, int]:
    """Return both ends of the coverages in the rows of one unit."""
    chosen = rows[rows["measure"].isin(_COVERAGES) & rows["status"].isin(USABLE)]
    return {
        (f"{row['measure']}.{column}", row["period"]): round(row[column])
        for row in rows_of(chosen)
        for column in _ENDS
    }


def _parts_in(counts: Mapping[CellKey, int]) -> list[tuple[CellKey, CellKey]]:
    """Return whole and part of everything that holds a part of itself."""
    found = [
        ((whole, period), (part, period))
        for whole, part in _PARTS
        for name, period in counts
        if name == whole
    ]
    found += [
        ((name, period), (f"{name.removesuffix('.denominator')}.numerator", period))
        for name, period in counts
        if name.endswith(".denominator")
    ]
    return [(whole, part) for whole, part in found if part in counts]


def _with_remainders(counts: Mapping[CellKey, int], remainders: Mapping[Key, int]) -> dict[Key, int]:
    return dict([*counts.items(), *remainders.items()])


def _remainders(counts: Mapping[CellKey, int]) -> dict[Key, int]:
    """Return what is left of every whole without its part."""
    return {("rest", whole, part): counts[whole] - counts[part] for whole, part in _parts_in(counts)}


def _sums(counts: Mapping[CellKey, int], year_starts: int) -> tuple[list[Sum], dict[Key, int]]:
    """Return what adds up to what among the counts of one place, and the remainders printed nowhere."""
    sums = [Sum(whole, (part, ("rest", whole, part))) for whole, part in _parts_in(counts)]
    for name, period in counts:
        parts = tuple((standing, period) for standing in _STANDINGS)
        if name == "findings_all" and all(part in counts for part in parts):
            sums.append(Sum((name, period), parts))
    for name, periods in _by_measure(counts, year_starts).items():
        for whole in periods:
            for made_of in _tilings(whole, periods):
                parts = tuple((name, part.text) for part in made_of)
                # what is left over at the end of a year does not add up over the years, nor do rows without a day
                if counts[name, whole.text] == sum(counts[part] for part in parts):
                    sums.append(Sum((name, whole.text), parts))
    return sums, _remainders(counts)


def _by_measure(counts: Iterable[CellKey], year_starts: int) -> Counted:
    """Return the periods of every count, in order of time."""
    found: dict[str, list[Period]] = {}
    for name, period in counts:
        found.setdefault(name, []).append(parse_period(period, year_starts))
    return {name: in_order(periods) for name, periods in found.items()}


def _tilings(whole: Period, known: Iterable[Period]) -> Iterator[list[Period]]:
    """Yield the periods of one length that make a whole together: years of a span, halves and months of a year."""
    inside: dict[int, list[Period]] = {}
    for part in known:
        if whole.holds(part) and part != whole:
            inside.setdefault(part.months, []).append(part)
    for months, parts in inside.items():
        follow = all((later.start - earlier.end).days == 1 for earlier, later in pairwise(parts))
        if follow and months * len(parts) == whole.months:
            yield parts


def _without_numbers(rows: pd.DataFrame, which: Sequence[bool]) -> pd.DataFrame:
    """Return rows with those marked `withheld` and emptied."""
    blank = pd.Series(which, index=rows.index, dtype=bool)
    kept: dict[str, Any] = {name: rows[name].mask(blank) for name in _NUMBERS}
    return rows.assign(**kept, status=rows["status"].mask(blank, "withheld"))
