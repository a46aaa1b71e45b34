"""Counts drawn anew, and the points they would have given.

A count is one outcome of a performance that stays behind it; what is drawn is that performance. Its spread is that of
the posterior under the prior of Jeffreys (half a case is added everywhere): beta for rates, gamma for counts, the ratio
of two gamma distributions for a change of cases, divided by their dispersion. Its centre is what was counted: the
draws are moved there on the scale of logarithms (of odds, for rates), since the prior alone would draw a unit without a
single failure down in every indicator at once. None and all keep the posterior as it is. Workers and money come with
the cases: their change is log-normal with the width of its own interval, and goes up and down with that of the cases.
Marks, stated facts, sums of money and what a rule reads of several measures at once stay as they are. Different
measures of one unit are drawn independently of each other.

Rules cut off above full points, so that sums of drawn points lie below the official sum still: they are moved so that
it is their median, and cut at none and full points again (`centred`). The official score therefore lies inside its
interval. How often the true score does, is simulated: `docs/statistics.md`.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import numpy as np
from scipy.special import digamma, expit, ndtri, polygamma

from analysis.indicators import catalogue
from analysis.indicators.values import USABLE, ValueIndex
from analysis.rounds.units import UnitRoll
from analysis.rulebook import Derivation, Indicator, Reading, Rulebook
from analysis.rulebook.derivation import Peers, derive
from analysis.rulebook.indicator import Declared
from analysis.rulebook.readings import read
from analysis.rulebook.unitscore import UnitScore
from analysis.scoring.firmness.standing import Standing, own_part, rounded

_HALF: Final = 0.5
#: by which the spread is widened, so that intervals hold the true score in 95 % of years also where counts are small
WIDER: Final = 1.05
#: points of a rate and of a change are worked out at so many places between 0 and 1, and interpolated between them
GRID: Final = 400
#: places beyond a change of +100 %
_BEYOND: Final = 40
#: readings that are one row of the value table and may be drawn
_DRAWN_READS: Final = frozenset({"value", "decline", "rise"})
_CASES: Final = "cases"


@dataclass(frozen=True)
class Source:
    """What draws rest on: the value table and the periods compared."""

    index: ValueIndex
    roll: UnitRoll
    period: str
    base: str
    seed: int
    draws: int
    #: dispersion φ of the cases
    dispersion: float = 1.0

    def row(self, unit: str, measure: str) -> Mapping[str, Any] | None:
        """Return the value row a rule reads."""
        compared = catalogue.of(measure).compared
        return self.index.get(unit, self.period, measure, self.base if compared else "")

    def generator(self, unit: str, measure: str) -> np.random.Generator:
        """Return the generator of one measure of one unit, the same whatever else is drawn, in whatever order."""
        digest = hashlib.sha256(f"{unit} {measure}".encode()).digest()
        return np.random.default_rng([self.seed, int.from_bytes(digest[:8], "big")])

    def count(self, unit: str, period: str, measure: str) -> float | None:
        """Return a count of a period, None where it is not known."""
        row = self.index.get(unit, period, measure)
        return None if row is None or row["status"] not in USABLE else float(row["value"])


def draw(source: Source, unit: str, reading: Reading) -> np.ndarray | None:
    """Return drawn values of a reading, shape (draws,); None for what is not drawn.

    Args:
        source: the values.
        unit: code of a unit or of the city.
        reading: what was read officially.
    """
    row = source.row(unit, reading.measure)
    if row is None or reading.value is None or reading.status not in USABLE:
        return None
    method = str(row["method"])
    if catalogue.of(reading.measure).compared == "change":
        if reading.numerator is None or not reading.denominator:
            return None
        return _drawn_change(source, unit, reading, row) if method in ("exact", "clustered") else None
    generator = source.generator(unit, reading.measure)
    if method == "wilson" and reading.numerator is not None and reading.denominator:
        return shares(generator, float(reading.numerator), float(reading.denominator), source.draws)
    if method == "count":
        return _means(generator, float(reading.value), source.draws)
    return None


def shares(generator: np.random.Generator, successes: float, trials: float, draws: int) -> np.ndarray:
    """Return drawn true shares behind `successes` of `trials`, shape (draws,)."""
    failures = trials - successes
    odds = _log_gamma(generator, successes, draws) - _log_gamma(generator, failures, draws)
    middle = float(digamma(successes + _HALF) - digamma(failures + _HALF))
    centre = float(np.log(successes / failures)) if successes > 0 and failures > 0 else middle
    found: np.ndarray = expit(centre + WIDER * (odds - middle))
    return found


def _means(generator: np.random.Generator, count: float, draws: int) -> np.ndarray:
    middle = float(digamma(count + _HALF))
    centre = float(np.log(count)) if count > 0 else middle
    found: np.ndarray = np.exp(centre + WIDER * (_log_gamma(generator, count, draws) - middle))
    return found


def _log_gamma(generator: np.random.Generator, count: float, draws: int) -> np.ndarray:
    """Return logarithms of drawn means behind a count; one behind no count may be less than a float can hold."""
    found: np.ndarray = np.log(np.maximum(generator.gamma(count + _HALF, size=draws), np.finfo(float).tiny))
    return found


def centred(sums: np.ndarray, official: float, ends: tuple[float, float]) -> np.ndarray:
    """Return drawn sums moved so that the official one is their median, none beyond what the drawn items can give.

    Args:
        sums: drawn, shape (draws,).
        official: the official sum.
        ends: with nothing, and with full points, in everything that is drawn.
    """
    least, most = ends
    moved: np.ndarray = np.clip(sums + official - np.median(sums), min(official, least), max(official, most))
    return moved


def _drawn_change(source: Source, unit: str, reading: Reading, row: Mapping[str, Any]) -> np.ndarray:
    """Return drawn changes: of cases, or of what comes with the cases."""
    by_cases = str(row["method"]) == "exact"
    if by_cases:
        now, before = float(reading.numerator or 0), float(reading.denominator or 0)
    else:
        now, before = (source.count(unit, period, _CASES) or 0.0 for period in (source.period, source.base))
    # workers and money draw the numbers of the cases they come with
    generator = source.generator(unit, reading.measure if by_cases else f"change_{_CASES}")
    above, below = (count / source.dispersion for count in (now, before))
    log_ratio = _log_gamma(generator, above, source.draws) - _log_gamma(generator, below, source.draws)
    middle = float(digamma(above + _HALF) - digamma(below + _HALF))
    away = WIDER * (log_ratio - middle)
    own = 1 + float(reading.value or 0)
    if by_cases or own <= 0:
        # where nothing is left of workers or money, what would come again comes with the cases
        centre = float(np.log(now / before)) if now > 0 and before > 0 else middle
        drawn: np.ndarray = np.expm1(centre + away)
        return drawn
    spread = float(np.sqrt(polygamma(1, above + _HALF) + polygamma(1, below + _HALF)))
    with_cases: np.ndarray = np.exp(_width(row, own, spread) * away / spread)
    return own * with_cases - 1


def _width(row: Mapping[str, Any], own: float, otherwise: float) -> float:
    """Return the standard deviation of the logarithm that belongs to the interval of a change."""
    lower, upper = 1 + float(row["lower"]), 1 + float(row["upper"])
    if not np.isfinite(upper) or upper <= 0:
        return otherwise
    quantile = float(ndtri((1 + float(row["confidence"])) / 2))
    if lower > 0:
        return float(np.log(upper / lower)) / (2 * quantile)
    return max(float(np.log(upper / own)) / quantile, 0.0)


@dataclass
class Curves:
    """The points of rules as functions of one reading, worked out by the rules themselves and kept.

    Relative rules compare with what the other units officially have.
    """

    source: Source
    rulebook: Rulebook
    members: Sequence[str]

    def __post_init__(self) -> None:
        """Prepare what is the same for all units of a class."""
        self._kept: dict[tuple[str, ...], _Curve] = {}
        self._items = {item.code: item for item in self.rulebook.indicators()}
        self._declared: dict[str, Declared] = {
            code: self.rulebook.declared(item) for code, item in self._items.items()
        }
        self._peers = Peers(lambda measure: {unit: self._read(unit, measure) for unit in self.members})

    def measure(self, code: str) -> str:
        """Return the measure an indicator reads."""
        return self._items[code].measure

    def drawn(self, unit: str, official: Derivation) -> np.ndarray | None:
        """Return drawn points of an indicator for a unit; None where they stay as they are."""
        item = self._items[official.item]
        if item.read not in _DRAWN_READS or not item.reads_own:
            return None
        by_rule = own_part(official, item.measure)
        own, of_the_city = by_rule.scored, by_rule.of_city
        if own.measure != item.measure or own.value is None:
            return None
        declared = self._declared[item.code]
        moved, whose = (own, unit) if of_the_city is None else (of_the_city, self.source.roll.city_code)
        values = draw(self.source, whose, moved)
        if values is None:
            return None

        others = {measure: self._read(unit, measure) for measure in item.others}
        city_others = {measure: self._read_city(measure) for measure in item.others}
        city = self._read_city(item.measure) if of_the_city is None and item.read != "value" else None

        def points(value: Fraction) -> float:
            changed = dataclasses.replace(moved, value=value)
            mine, of_city = (changed, city) if of_the_city is None else (own, changed)
            found = derive(
                unit, item, declared, mine, of_city, others=others, city_others=city_others, peers=peers
            )
            return float(found.points)

        peers = self._peers if item.relative else None
        whose_curve = (item.code, self._asks(unit, item), own.status, official.status)
        found = self._curve(whose_curve, moved.measure, values).at(values, points)
        rounding = self.rulebook.rounding
        if declared.rounding is not None:
            return rounded(found, declared.rounding)
        return rounded(found, rounding) if rounding.moment == "indicator" else found

    @staticmethod
    def _asks(unit: str, item: Indicator) -> str:
        """Return the unit where a rule asks more of it than the one reading, else nothing: its curve is everybody's."""
        own = item.waived_when or item.nothing_when or item.applies_when or item.not_for or item.others
        return unit if own else ""

    def _curve(self, whose: tuple[str, ...], measure: str, values: np.ndarray) -> _Curve:
        """Return readings and the points they give; those that are the same for all units are worked out once."""
        code = catalogue.of(measure)
        kind = "change" if code.compared == "change" else "share" if code.is_rate else "count"
        most = 1 << (max(int(np.ceil(values.max())), 1) - 1).bit_length() if kind != "share" else 1
        key = (*whose, str(most))
        if key not in self._kept:
            self._kept[key] = _Curve(_grid(kind, most))
        return self._kept[key]

    def _read_city(self, measure: str) -> Reading:
        # what units left empty is theirs to answer for
        return dataclasses.replace(self._read(self.source.roll.city_code, measure), fillings=())

    def _read(self, unit: str, measure: str) -> Reading:
        return read(self.source.index, unit, measure, self.source.period, self.source.base)


class _Curve:
    """Points at the readings of a grid, worked out where somebody's draws fall and straight in between."""

    def __init__(self, grid: Sequence[Fraction]) -> None:
        self._grid = grid
        self._at = np.array(grid, dtype=float)
        self._gives = np.full(len(grid), np.nan)

    def at(self, values: np.ndarray, points: Callable[[Fraction], float]) -> np.ndarray:
        """Return the points at drawn values; `points` works out those of a reading of the grid."""
        above = np.clip(np.searchsorted(self._at, values), 0, len(self._at) - 1)
        beside = np.zeros(len(self._at), dtype=bool)
        beside[above] = beside[np.maximum(above - 1, 0)] = True
        asked = np.flatnonzero(beside)
        for place in asked[np.isnan(self._gives[asked])]:
            self._gives[place] = points(self._grid[place])
        found: np.ndarray = np.interp(values, self._at[asked], self._gives[asked])
        return found


def _grid(kind: str, most: int) -> list[Fraction]:
    """Return the readings at which points are worked out.

    Args:
        kind: a count takes every number up to `most`; a share goes from 0 to 1 at even places; a change from -100 %
            to 100 % at as many for each, and further up to `most` at a few.
        most: a power of two.
    """
    if kind == "count":
        return [Fraction(number) for number in range(most + 1)]
    near = [Fraction(step, GRID) for step in range(GRID + 1)]
    if kind == "share":
        return near
    beyond = [1 + Fraction((most - 1) * step, _BEYOND) for step in range(1, _BEYOND + 1)] if most > 1 else []
    return [*(place - 1 for place in near[:-1]), *near, *beyond]


def resampled(
    standing: Standing,
    scored: Mapping[str, UnitScore],
    curves: Mapping[str, Curves],
    draws: int,
) -> np.ndarray:
    """Return sums of the dimensions under drawn counts, shape (draws, units), the official ones their medians.

    Args:
        standing: the official result.
        scored: the derivations by unit.
        curves: the rules by code of the class.
        draws: how many.
    """
    sums = np.empty((draws, len(standing.units)))
    column = {code: place for place, code in enumerate(standing.items)}
    for row, unit in enumerate(standing.units):
        rules = curves[scored[unit].unit_class]
        given, possible = standing.contributions[row], standing.possible[row]
        official = float(given.sum())
        own, at_least, at_most = np.full(draws, official), official, official
        for item in scored[unit].items:
            place = column.get(item.item)
            if item.kind != "base" or place is None or not standing.shares[row, place]:
                continue
            part = own_part(item, rules.measure(item.item))
            drawn = rules.drawn(unit, part)
            if drawn is not None:
                weight = standing.shares[row, place] * standing.factors[row, place]
                own += (drawn - float(part.points)) * weight
                at_least, at_most = at_least - given[place], at_most + possible[place] - given[place]
        sums[:, row] = centred(own, official, (at_least, at_most))
    return sums
