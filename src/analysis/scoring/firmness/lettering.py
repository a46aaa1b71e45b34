"""Ranks and grades of many results at once.

The same conditions as `rulebook.bench.Bench` judges for one result. What depends on scores (places, limits) is
judged for every result; what does not (gates, counts, stated facts, vetoes, parts) is judged once, officially.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import numpy as np

from analysis.rulebook import Rulebook
from analysis.rulebook.bench import Bench, Evidence
from analysis.rulebook.grade_conditions import (
    Condition,
    LastPlaces,
    ScoreAtLeast,
    ScoreBelow,
    TopPlaces,
    Vetoed,
)

LETTERS: Final = ("A", "B", "C")
_VETO: Final = Vetoed(kind="veto")


def ahead(keys: np.ndarray, members: np.ndarray, *, ties: bool) -> np.ndarray:
    """Return how many members of a row stand before every unit, smaller keys first, in every result.

    Args:
        keys: whole numbers of shape (results, units).
        members: truth of the same shape: who stands in the row.
        ties: whether another unit with the same key stands before a unit.
    """
    never = np.iinfo(np.int64).max
    ordered = np.sort(np.where(members, keys, never), axis=1)
    found = np.empty(keys.shape, dtype=np.int64)
    for row, own in enumerate(keys):
        found[row] = ordered[row].searchsorted(own, side="right" if ties else "left")
    return found - members if ties else found


def ranks(totals: np.ndarray) -> np.ndarray:
    """Return the ranks of totals in every result, 1 for the highest; equal totals share the better rank."""
    return ahead(-totals, np.ones(totals.shape, dtype=bool), ties=False) + 1


class Lettering:
    """Grades by one rule set.

    Args:
        units: the units graded, in the order of the columns of all results.
        evidence: the official scores and readings.
        rulebook: the rule set.
    """

    def __init__(self, units: Sequence[str], evidence: Evidence, rulebook: Rulebook) -> None:
        self.units, self.rulebook, self.unscored = tuple(units), rulebook, evidence.unscored
        self._bench = Bench(evidence, rulebook)
        self._scale = 10**rulebook.rounding.places
        self._known: dict[int, tuple[Condition, np.ndarray, np.ndarray]] = {}
        self._unbarred = np.array([self._bench.unbarred(unit).met for unit in units], dtype=bool)
        self._vetoed = np.array([_VETO.judged(unit, self._bench).met for unit in units], dtype=bool)
        self._breakers = self._order_of_breakers(evidence)

    def letters(self, totals: np.ndarray) -> np.ndarray:
        """Return grades as places in `LETTERS`.

        Args:
            totals: whole numbers in the last printed place, shape (results, units).
        """
        grades = self.rulebook.grades
        lost = np.broadcast_to(self._vetoed, totals.shape).copy()
        for clause in grades.C.any_of:
            if not any(condition.ranked for condition in clause):
                lost |= self._clause(clause, totals, lost)
        barred = ~np.broadcast_to(self._unbarred, totals.shape)
        for condition in grades.A.all_of:
            if not condition.ranked:
                barred = barred | ~self._met(condition, totals, lost, lost)
        out = np.zeros(totals.shape, dtype=bool)
        if grades.slots.vetoed == "freed":
            out |= lost
        if grades.slots.barred == "freed":
            out |= barred & ~lost
        best = np.broadcast_to(self._unbarred, totals.shape).copy()
        for condition in grades.A.all_of:
            best &= self._met(condition, totals, lost, out)
        lowest = np.zeros(totals.shape, dtype=bool)
        for clause in grades.C.any_of:
            lowest |= self._clause(clause, totals, lost)
        letters: np.ndarray = np.where(lowest, 2, np.where(best, 0, 1)).astype(np.int8)
        return letters

    def _clause(self, clause: Sequence[Condition], totals: np.ndarray, lost: np.ndarray) -> np.ndarray:
        found = np.ones(totals.shape, dtype=bool)
        for condition in clause:
            found &= self._met(condition, totals, lost, lost)
            if not isinstance(condition, TopPlaces | LastPlaces | ScoreAtLeast | ScoreBelow):
                # where the previous grade is not known the clause takes nobody
                found &= self._official(condition)[1]
        return found

    def _met(self, condition: Condition, totals: np.ndarray, lost: np.ndarray, out: np.ndarray) -> np.ndarray:
        if isinstance(condition, ScoreAtLeast | ScoreBelow):
            return self._limit(condition, totals)
        if isinstance(condition, TopPlaces):
            return self._placed(-totals, -self._breakers, ~out, self.rulebook.ties.at_top, condition.places)
        if isinstance(condition, LastPlaces):
            unvetoed = condition.among == "unvetoed"
            members = ~lost if unvetoed else np.ones(totals.shape, dtype=bool)
            taken = self.unscored if condition.among == "all" else 0
            policy = self.rulebook.ties.at_last
            found = self._placed(totals, self._breakers, members, policy, condition.places - taken)
            return found & ~lost if unvetoed else found
        return np.broadcast_to(self._official(condition)[0], totals.shape)

    def _limit(self, condition: ScoreAtLeast | ScoreBelow, totals: np.ndarray) -> np.ndarray:
        line = float(Fraction(condition.points) * self._scale)
        if condition.kind == "score_at_least":
            return totals >= line
        if condition.kind == "score_above":
            return totals > line
        return totals < line if condition.kind == "score_below" else totals <= line

    def _placed(
        self, keys: np.ndarray, breakers: np.ndarray, members: np.ndarray, policy: str, places: int
    ) -> np.ndarray:
        broken = policy == "tie_break"
        tied_in = (self.rulebook.ties.unresolved if broken else policy) == "all_in"
        if broken:
            keys = keys * (len(self.units) + 1) + breakers
        return ahead(keys, members, ties=not tied_in) < places

    def _official(self, condition: Condition) -> tuple[np.ndarray, np.ndarray]:
        """Return for every unit whether a condition holds that asks for no score, and whether it can be applied."""
        known = self._known.get(id(condition))
        if known is None:
            verdicts = [condition.judged(unit, self._bench) for unit in self.units]
            met = np.array([verdict.met for verdict in verdicts], dtype=bool)
            applied = np.array([verdict.applied for verdict in verdicts], dtype=bool)
            # the condition is kept with its answer, so that its id is not given to another one
            known = self._known[id(condition)] = (condition, met, applied)
        return known[1], known[2]

    def _order_of_breakers(self, evidence: Evidence) -> np.ndarray:
        """Return a number by unit: the greater, the better it stands in what decides between equal scores."""
        keys = []
        for unit in self.units:
            key = []
            for breaker in self.rulebook.ties.tie_break:
                value = evidence.readings[unit, breaker.measure].value
                if value is None:
                    key.append((0, Fraction(0)))
                else:
                    key.append((1, value if breaker.better == "high" else -value))
            keys.append(tuple(key))
        order = {key: place for place, key in enumerate(sorted(set(keys)))}
        return np.array([order[key] for key in keys], dtype=np.int64)
