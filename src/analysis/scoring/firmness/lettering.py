"""Ranks and grades of many results at once.

The same conditions as `rulebook.bench.Bench` judges for one result. What depends on scores (places, limits) is
judged for every result; what does not (gates, counts, stated facts, vetoes, parts) is judged once, officially.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import numpy as np

from analysis.rounds.units import UnitRoll
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
from analysis.rulebook.grades import Level

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
    """Grades and ranks by one rule set, class by class.

    Args:
        units: the units graded, in the order of the columns of all results.
        evidence: the official scores and readings.
        rulebook: the rule set.
        roll: all units, for their classes.
    """

    def __init__(
        self, units: Sequence[str], evidence: Evidence, rulebook: Rulebook, roll: UnitRoll | None = None
    ) -> None:
        #: every grade of every class, the best of the set first
        self.names = tuple(dict.fromkeys(name for grades in rulebook.grade_rules() for name in grades.names))
        books = {"": rulebook} if roll is None else rulebook.by_class(roll)
        classes = evidence.classes if rulebook.classes else {}
        self._parts: list[tuple[np.ndarray, _OfClass, np.ndarray]] = []
        for code, book in books.items():
            own = [unit for unit in units if classes.get(unit, "") == code]
            known = evidence.of_class(code) if rulebook.classes else evidence
            columns = np.array([units.index(unit) for unit in own], dtype=np.int64)
            places = np.array([self.names.index(name) for name in book.grades.names], dtype=np.int8)
            self._parts.append((columns, _OfClass(own, known, book), places))

    def letters(self, totals: np.ndarray) -> np.ndarray:
        """Return grades as places in `names`; −1 where too few units leave a grade open.

        Args:
            totals: whole numbers in the last printed place, shape (results, units).
        """
        found = np.full(totals.shape, -1, dtype=np.int8)
        for columns, of_class, places in self._parts:
            given = of_class.places(totals[:, columns])
            found[:, columns] = np.where(given < 0, -1, places[given])
        return found

    def ranks(self, totals: np.ndarray) -> np.ndarray:
        """Return the ranks of totals within their class in every result."""
        found = np.zeros(totals.shape, dtype=np.int64)
        for columns, _, _ in self._parts:
            found[:, columns] = ranks(totals[:, columns])
        return found

    def compared(self, unit: int, other: int) -> bool:
        """Return whether two columns belong to one class."""
        return any(unit in columns and other in columns for columns, _, _ in self._parts)


class _OfClass:
    """Grades of the units of one class."""

    def __init__(self, units: Sequence[str], evidence: Evidence, rulebook: Rulebook) -> None:
        self.units, self.rulebook, self.unscored = tuple(units), rulebook, evidence.unscored
        self._bench = Bench(evidence, rulebook)
        self._scale = 10**rulebook.rounding.places
        self._known: dict[int, tuple[Condition, np.ndarray, np.ndarray]] = {}
        self._unbarred = np.array([self._bench.unbarred(unit).met for unit in units], dtype=bool)
        self._vetoed = np.array([_VETO.judged(unit, self._bench).met for unit in units], dtype=bool)
        self._lowered = np.array([self._bench.lowered(unit).met for unit in units], dtype=bool)
        self._breakers = self._order_of_breakers(evidence)

    def places(self, totals: np.ndarray) -> np.ndarray:
        """Return grades as places in the grade rule, −1 where places decide and there are too few units for them."""
        given = self._given(totals, few=False)
        last = len(self.rulebook.grades.levels) - 1
        lowered: np.ndarray = np.where(self._lowered, np.minimum(given + 1, last), given)
        if self._bench.few == "no_grade":
            return np.where(given == self._given(totals, few=True), lowered, -1)
        return lowered

    def _given(self, totals: np.ndarray, *, few: bool) -> np.ndarray:
        """Return grades before any is lowered; `few`: as if places that hold for nobody held for everybody."""
        grades = self.rulebook.grades
        lost = np.broadcast_to(self._vetoed, totals.shape).copy()
        for level in grades.levels[grades.rest + 1 :]:
            for clause in level.clauses:
                if not any(condition.ranked for condition in clause):
                    lost |= self._clause(clause, totals, lost, lost, few)
        given = np.full(totals.shape, grades.rest, dtype=np.int8)
        for place in reversed(range(grades.rest)):
            level = grades.levels[place]
            out = self._leaving(level, place, totals, lost)
            holds = np.zeros(totals.shape, dtype=bool)
            for clause in level.clauses:
                found = np.ones(totals.shape, dtype=bool)
                for condition in clause:
                    found &= self._met(condition, totals, lost, out, few)
                holds |= found
            given[holds & self._unbarred if place == 0 else holds] = place
        for place in range(grades.rest + 1, len(grades.levels)):
            level = grades.levels[place]
            out = self._leaving(level, place, totals, lost)
            for clause in level.clauses:
                given[self._clause(clause, totals, lost, out, few)] = place
        return given

    def _leaving(self, level: Level, place: int, totals: np.ndarray, lost: np.ndarray) -> np.ndarray:
        """Return the units that leave the first places of a grade to others."""
        slots = self.rulebook.grades.slots
        out = lost.copy() if slots.vetoed == "freed" else np.zeros(totals.shape, dtype=bool)
        if slots.barred == "freed":
            ways = np.zeros(totals.shape, dtype=bool)
            for clause in level.clauses:
                found = np.ones(totals.shape, dtype=bool)
                for condition in clause:
                    if not condition.ranked:
                        found &= self._met(condition, totals, lost, lost, few=False)
                ways |= found
            if place == 0:
                ways &= self._unbarred
            out |= ~ways & ~lost
        if slots.lowered == "freed":
            out |= self._lowered
        return out

    def _clause(
        self, clause: Sequence[Condition], totals: np.ndarray, lost: np.ndarray, out: np.ndarray, few: bool
    ) -> np.ndarray:
        found = np.ones(totals.shape, dtype=bool)
        for condition in clause:
            found &= self._met(condition, totals, lost, out, few)
            if not isinstance(condition, TopPlaces | LastPlaces | ScoreAtLeast | ScoreBelow):
                # where the previous grade is not known the clause takes nobody
                found &= self._official(condition)[1]
        return found

    def _met(
        self, condition: Condition, totals: np.ndarray, lost: np.ndarray, out: np.ndarray, few: bool
    ) -> np.ndarray:
        if condition.ranked and self._bench.few != "places":
            return np.full(totals.shape, few)
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
