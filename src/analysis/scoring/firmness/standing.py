"""The official result, taken apart so that it can be put together again with other points or weights.

A total is a sum of contributions: the points of an item times the factor with which they enter the whole (its share in
a composition of sources, the scale that makes good what is not assessed). Bonuses, deductions, vetoes and everything
that is not drawn stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from analysis.rulebook import Derivation, Rulebook
from analysis.rulebook.derivation import is_taken_out
from analysis.rulebook.indicator import ItemRounding
from analysis.rulebook.model import Rounding
from analysis.rulebook.unitscore import (
    BONUS,
    BY_SOURCE,
    DEDUCTION,
    FALSIFIED,
    SCALED,
    VETOED,
    UnitScore,
)

_REVIEWED: Final = f"{BY_SOURCE}reviewed"


@dataclass(frozen=True)
class Standing:
    """The official points of all units as arrays; rows are units, columns the indicators of the rule set.

    Attributes:
        units: codes, ascending.
        items: codes of the indicators.
        dimensions: code of the dimension of every indicator.
        points: official points.
        factors: by which points enter the whole; 0 where a unit is not assessed by an indicator.
        possible: the part of the whole an indicator makes up, factor included; 0 where it is taken out.
        shares: with which weight what the rule of an indicator gives enters its points: 1, its weight in a
            composition of sources, or 0 where a sheet gives them, several periods, or a falsification took them.
        beside: what else the sum of the dimensions holds (other sources of a composition).
        bonus: points added.
        deduction: points taken off.
        zeroed: whether a veto takes the whole score.
        wholes: what the total is out of, which classes may have their own of.
    """

    units: tuple[str, ...]
    items: tuple[str, ...]
    dimensions: tuple[str, ...]
    points: np.ndarray
    factors: np.ndarray
    possible: np.ndarray
    shares: np.ndarray
    beside: np.ndarray
    bonus: np.ndarray
    deduction: np.ndarray
    zeroed: np.ndarray
    wholes: np.ndarray

    @property
    def contributions(self) -> np.ndarray:
        """What every item gives to the whole, shape (units, items)."""
        found: np.ndarray = self.points * self.factors
        return found

    @classmethod
    def of(cls, scored: Sequence[UnitScore], rulebook: Rulebook) -> Standing:
        """Return the standing of scored units.

        Args:
            scored: the units.
            rulebook: the rule set they were scored by.
        """
        scored = sorted(scored, key=lambda unit: unit.unit)
        places = {
            indicator.code: dimension.code
            for dimension in rulebook.dimensions
            for indicator in dimension.indicators
        }
        items = tuple(places)
        sources = {indicator.code: indicator.source for indicator in rulebook.indicators()}
        shape = (len(scored), len(items))
        points, factors, possible = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        shares = np.zeros(shape)
        beside, bonus, deduction = (np.zeros(len(scored)) for _ in range(3))
        zeroed = np.zeros(len(scored), dtype=bool)
        for row, unit in enumerate(scored):
            whole = _numbers(unit.whole, SCALED)
            of_whole = _ratio(whole) * _weight(unit.whole, _REVIEWED)
            scales = {part.item: _ratio(_numbers(part, SCALED)) for part in unit.dimensions}
            for item in unit.items:
                if item.kind != "base" or item.item not in places:
                    continue
                column = items.index(item.item)
                share = of_whole * scales[places[item.item]]
                points[row, column] = item.points
                factors[row, column] = share
                possible[row, column] = 0 if is_taken_out(item) else share * (item.possible or 0)
                if item.item not in unit.official or item.parts:
                    shares[row, column] = _own_share(item, sources[item.item])
            named = {step.how: step.points for step in unit.whole.steps}
            bonus[row], deduction[row] = float(named.get(BONUS, 0)), float(named.get(DEDUCTION, 0))
            zeroed[row] = any(how.startswith(VETOED) for how in named)
            summed = sum(
                (
                    step.points
                    for step in unit.whole.steps
                    if step.how in scales or step.how == SCALED or step.how.startswith(BY_SOURCE)
                ),
                Fraction(0),
            )
            beside[row] = float(summed) - float(points[row] @ factors[row])
        return cls(
            tuple(unit.unit for unit in scored),
            items,
            tuple(places.values()),
            points,
            factors,
            possible,
            shares,
            beside,
            bonus,
            deduction,
            zeroed,
            np.array([float(unit.whole.possible or 0) for unit in scored]),
        )

    def totals(self, sums: np.ndarray, rulebook: Rulebook) -> np.ndarray:
        """Return totals in the smallest unit that is printed, shape (…, units), as whole numbers.

        Args:
            sums: sums of the dimensions, shape (…, units).
            rulebook: the rule set, for what is done to the sum, in which order, and for the places.
        """
        total = sums + self.beside
        for what in rulebook.order:
            if what == "bonus":
                total = total + self.bonus
            elif what == "deduction":
                total = total + self.deduction
            elif what == "cap" and not rulebook.bonus_may_pass:
                total = np.minimum(total, self.wholes)
            elif what == "floor" and not rulebook.total_may_fall_below_zero:
                total = np.maximum(total, 0.0)
        total = np.where(self.zeroed & (total > 0), 0.0, total)
        whole: np.ndarray = np.rint(rounded(total, rulebook.rounding) * 10**rulebook.rounding.places)
        return whole.astype(np.int64)

    def weighed(self, factors: np.ndarray) -> np.ndarray:
        """Return the sums of the dimensions with other weights of the items, on the same scale.

        Args:
            factors: what the weight of every item is multiplied by, shape (n, items).

        Returns:
            Sums of shape (n, units); a unit of which nothing is left has 0.
        """
        left = factors @ self.possible.T
        scale = np.divide(self.possible.sum(axis=1), left, out=np.zeros_like(left), where=left > 1e-12)
        sums: np.ndarray = (factors @ self.contributions.T) * scale
        return sums

    def of_dimensions(self, factors: Mapping[str, float]) -> np.ndarray:
        """Return factors by item from factors by dimension; a dimension that is not named keeps its weight."""
        return np.array([factors.get(code, 1.0) for code in self.dimensions])


def rounded(numbers: np.ndarray, how: Rounding | ItemRounding) -> np.ndarray:
    """Return numbers rounded as the rule set says, as if they were decimals: binary noise decides nothing."""
    scale = 10.0**how.places
    steps = np.round(numbers * scale, 6)
    # half_up is away from zero, as `quantities.exact.round_to` has it
    whole = np.trunc(steps + np.copysign(0.5, steps)) if how.rule == "half_up" else np.rint(steps)
    in_places: np.ndarray = whole / scale
    return in_places


def _numbers(derivation: Derivation, how: str) -> Mapping[str, Fraction]:
    return next((step.numbers for step in derivation.steps if step.how == how), {})


def _ratio(numbers: Mapping[str, Fraction]) -> float:
    """Return by how much a scale multiplies."""
    return float(numbers["full"] / numbers["assessed"]) if numbers else 1.0


def _weight(whole: Derivation, how: str) -> float:
    return float(_numbers(whole, how).get("weight", 1))


def own_part(item: Derivation, measure: str) -> Derivation:
    """Return what the rule of an indicator gives: the derivation itself, or its part in a composition of sources."""
    own = (part for part in item.parts if part.readings and part.readings[0].measure == measure)
    return next(own, item)


def _own_share(item: Derivation, source: str) -> float:
    if any(step.how.startswith(FALSIFIED) for step in item.steps):
        return 0.0
    if not item.parts:
        return 1.0
    numbers = _numbers(item, f"{BY_SOURCE}{source}")
    return float(numbers["weight"]) if "points" in numbers else 0.0
