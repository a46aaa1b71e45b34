"""All units on one bench, against which a condition is judged: places, slots, and what settles a grade by itself.

The conditions themselves stand in `analysis.rulebook.grade_conditions`. Numbers are exact fractions.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from analysis.indicators import catalogue
from analysis.rounds.units import UnitRoll
from analysis.rulebook.composition import Falsification, GradeEffect
from analysis.rulebook.derivation import Reading
from analysis.rulebook.grade_conditions import (
    Condition,
    Count,
    LastPlaces,
    Tied,
    TopPlaces,
    Verdict,
    Vetoed,
    excess,
)
from analysis.rulebook.grades import Policy
from analysis.rulebook.model import Rulebook, Veto

#: a score, or a measure that breaks ties; one that is not reported is an infinity
Key = Fraction | float
#: what settles a grade by itself
Offence = Veto | Falsification
#: the condition that everything with an effect on the grade stands for
_UNBARRED: Final = Vetoed(kind="veto")


@dataclass(frozen=True)
class Evidence:
    """What the units are judged by.

    Attributes:
        scores: total by unit, rounded as declared; units without a score are left out.
        readings: what conditions, vetoes and tie-breaks read, by unit and measure.
        parts: points and full points by unit and item, for conditions on parts of the score.
        differences: by unit and falsification, how many differences between self score and verified score count as
            false, for those that are not counted by a measure.
        previous: grade of the previous round by unit; None where there is no previous round.
        unscored: how many units have no score.
        classes: code of its class by unit; empty without classes. Units of different classes are never compared.
        unscored_in: how many units of a class have no score, by code of the class.
        open_facts: by unit, what settles a grade and rests on cells left empty, as it was read; in `readings` it is
            cleared.
        highest: the highest filling of everything else that cells were left empty of, where it is known; what
            `readings` holds of it is the lowest.
    """

    scores: Mapping[str, Decimal]
    readings: Mapping[tuple[str, str], Reading]
    parts: Mapping[tuple[str, str], tuple[Fraction, Fraction]] = field(default_factory=dict)
    differences: Mapping[tuple[str, str], int] = field(default_factory=dict)
    previous: Mapping[str, str] | None = None
    unscored: int = 0
    classes: Mapping[str, str] = field(default_factory=dict)
    unscored_in: Mapping[str, int] = field(default_factory=dict)
    open_facts: Mapping[str, Mapping[str, Reading]] = field(default_factory=dict)
    highest: Mapping[tuple[str, str], Reading] = field(default_factory=dict)

    def of_class(self, code: str) -> Evidence:
        """Return the evidence on the units of a class alone."""
        scores = {unit: score for unit, score in self.scores.items() if self.classes.get(unit) == code}
        unscored = self.unscored_in.get(code, 0)
        return replace(self, scores=scores, unscored=unscored, classes={}, unscored_in={})


class Way(NamedTuple):
    """A way of a unit to another grade.

    Attributes:
        place: of the grade it leads to, the best one having place 0.
        turning: the conditions that would have to turn, all of them.
        length: how far the farthest of them is from turning.
    """

    place: int
    turning: tuple[Verdict, ...]
    length: Fraction


class _Row:
    """Units in a row, smallest first, so that places in it are found without going through it."""

    def __init__(
        self,
        name: str,
        scores: Mapping[str, Fraction],
        keys: Mapping[str, tuple[Key, ...]],
        members: Iterable[str],
    ) -> None:
        self.name, self.scores, self._keys, self._members = name, scores, keys, frozenset(members)
        self._broken = sorted(keys[unit] for unit in self._members)
        self._tied = sorted(scores[unit] for unit in self._members)

    def ahead(self, unit: str, *, broken: bool, tied_in: bool) -> int:
        """Return how many others stand before a unit; equal ones stand before it unless they are in with it."""
        cut = bisect_left if tied_in else bisect_right
        before = cut(self._broken, self._keys[unit]) if broken else cut(self._tied, self.scores[unit])
        return before if tied_in else before - (unit in self._members)

    def tied_across(self, unit: str, places: int) -> bool:
        """Return whether units with the same score stand on both sides of the cut behind so many places."""
        before = bisect_left(self._tied, self.scores[unit])
        return unit in self._members and before < places < bisect_right(self._tied, self.scores[unit])

    def told_apart(self, unit: str, places: int) -> bool:
        """Return whether what breaks ties puts all who are equal to a unit on one side of the cut."""
        before = bisect_left(self._broken, self._keys[unit])
        return not before < places < bisect_right(self._broken, self._keys[unit])

    def rival(self, unit: str, place: int) -> Fraction | None:
        """Return the score of who has a place (from 1) once this unit is left out; None if nobody has it."""
        member = unit in self._members
        if not 1 <= place <= len(self._tied) - member:
            return None
        stands_before = member and bisect_left(self._tied, self.scores[unit]) < place
        return self._tied[place if stands_before else place - 1]


class Bench:
    """All units together, against which the conditions of one are judged; with classes, those of one class."""

    def __init__(self, evidence: Evidence, rulebook: Rulebook) -> None:
        """Sort out who is in a grade below the rest whatever the places, for such units may leave their places.

        Args:
            evidence: the evidence on the units.
            rulebook: the rule set as it holds for them.
        """
        self.evidence, self.rulebook = evidence, rulebook
        self.base = Fraction(rulebook.whole)
        self._rows: dict[str, _Row] = {}
        self._freed: dict[str, list[Fraction]] = {}
        self.scores = {unit: Fraction(score) for unit, score in evidence.scores.items()}
        self._members = len(self.scores) + evidence.unscored
        self.few = rulebook.grades.with_few(self._members)
        # which grade asks for some first places decides who is out of the question for them
        self._level_of = {
            id(condition): place
            for place, level in enumerate(rulebook.grades.levels)
            for clause in level.clauses
            for condition in clause
        }
        self.vetoed = {unit for unit in self.scores if self._lost(unit)}

    def clauses(self, unit: str, place: int, *, released: bool = False) -> list[tuple[Verdict, ...]]:
        """Return the verdicts on the conditions of every clause of a grade, the best one having place 0.

        Those of the best grade hold the verdict on what bars from it, if the rule set knows such a thing.

        Args:
            unit: code of the unit.
            place: of the grade.
            released: judge last places that leave out who is in the grade anyway as if this unit were not: they are
                where it stands once it is out of it.
        """
        level, below = self.rulebook.grades.levels[place], place > self.rulebook.grades.rest
        found = [
            self._clause(unit, clause, released=released)
            if below
            else tuple(condition.judged(unit, self) for condition in clause)
            for clause in level.clauses
        ]
        if place == 0 and self._offences(unit, "top_barred"):
            found = [(*verdicts, self.unbarred(unit)) for verdicts in found]
        return found

    def turned(self, unit: str, after: Bench) -> frozenset[str]:
        """Return the measures whose readings make another verdict on a unit on another bench."""
        grades = self.rulebook.grades
        offences: tuple[Offence, ...] = (*self.rulebook.vetoes, *self.rulebook.falsification)
        found = {
            measure
            for condition in grades.conditions()
            if condition.judged(unit, self).met != condition.judged(unit, after).met
            for measure in condition.reads()
        }
        found |= {
            offence.measure
            for offence in offences
            if offence.measure
            and _over(offence, self.reading(unit, offence.measure))
            != _over(offence, after.reading(unit, offence.measure))
        }
        return frozenset(found)

    def unbarred(self, unit: str) -> Verdict:
        """Return whether nothing bars a unit from the best grade."""
        found = self.offended(unit, _UNBARRED, "top_barred")
        return replace(found, met=not found.met)

    def lowered(self, unit: str) -> Verdict:
        """Return whether anything lowers a unit by one grade."""
        return self.offended(unit, _UNBARRED, "one_lower")

    def place(self, unit: str) -> int:
        """Return the place of the grade a unit has in the end, the best one having place 0."""
        levels = range(len(self.rulebook.grades.levels))
        given = place_of([self.clauses(unit, level) for level in levels], self.rulebook.grades.rest)
        return min(given + self.lowered(unit).met, levels[-1])

    def nearest(self, unit: str) -> Way | None:
        """Return the shortest way to another grade, of equal ones that with the fewest conditions; None without one.

        What lowers a unit by one grade goes before all else that would undo it.
        """
        ways, lowered = self._ways(unit, lambda verdict: verdict.distance), self.lowered(unit)

        def rank(way: Way) -> tuple[bool, Fraction, int]:
            return not lowered.met or way.turning != (lowered,), way.length, len(way.turning)

        return min(ways, key=rank, default=None)

    def points_to_top(self, unit: str) -> Fraction | None:
        """Return how many points a unit of the best grade can lose before it is out, below zero how many it lacks.

        The smallest change of its own score that changes the grade, over all conditions, the other scores as they
        are; None where no score alone does (a gate is not passed, a veto is triggered, nobody is left to compare).
        """
        if not self.rulebook.grades.rest:
            return None
        found = self._points_across(unit, 0)
        return found if found is None or not self.place(unit) else -found

    def points_to_lowest(self, unit: str) -> Fraction | None:
        """Return how many points above the lowest grade a unit is, below zero how many it lacks to leave it.

        None where no score alone changes that.
        """
        last = len(self.rulebook.grades.levels) - 1
        found = self._points_across(unit, last)
        return found if found is None or self.place(unit) != last else -found

    def _points_across(self, unit: str, place: int) -> Fraction | None:
        """Return the points after which a unit comes into a grade that it does not have, or out of the one it has."""
        ways, inside = self._ways(unit, _points), self.place(unit) == place
        return min((way.length for way in ways if (way.place == place) != inside), default=None)

    def _ways(self, unit: str, far: Callable[[Verdict], Fraction | None]) -> Iterator[Way]:
        """Yield the ways of a unit to other grades.

        Args:
            unit: code of the unit.
            far: how far a condition is from turning; None where it cannot.
        """
        levels, lowered = self.rulebook.grades.levels, self.lowered(unit)
        rest, last, now = self.rulebook.grades.rest, len(levels) - 1, self.place(unit)
        clauses = [self.clauses(unit, place, released=True) for place in range(len(levels))]
        for given in (*range(rest + 1, len(levels)), *range(rest + 1)):
            for falls in (lowered.met, not lowered.met):
                if (place := min(given + falls, last)) == now:
                    continue
                first = () if falls == lowered.met else (lowered,)
                for others in _into(given, clauses, rest, far):
                    turning = (*first, *others)
                    lengths = [far(verdict) for verdict in turning]
                    known = _known(*lengths)
                    if turning and len(known) == len(lengths):
                        yield Way(place, turning, max(known))

    def reading(self, unit: str, measure: str) -> Reading:
        """Return what was read of a unit."""
        return self.evidence.readings[unit, measure]

    def worst(self, unit: str, condition: Condition, measure: str) -> Reading:
        """Return what was read of a unit, of its fillings the one that is worse for it by what a condition asks."""
        reading, place = self.reading(unit, measure), self._level_of.get(id(condition), 0)
        if condition.more_harms(place, self.rulebook.grades.rest):
            return self.evidence.highest.get((unit, measure), reading)
        return reading

    def takes_down(self, condition: Condition) -> bool:
        """Return whether a condition is a reason for a grade below the one that takes the rest."""
        return self._level_of.get(id(condition), 0) > self.rulebook.grades.rest

    def _clause(
        self, unit: str, clause: Iterable[Condition], *, released: bool = False
    ) -> tuple[Verdict, ...]:
        """Return the verdicts on a clause below the rest; where the previous grade is not known it takes nobody."""
        verdicts = (
            self._placed(unit, condition, self.rulebook.ties.at_last)
            if released and isinstance(condition, LastPlaces) and condition.among == "unvetoed"
            else condition.judged(unit, self)
            for condition in clause
        )
        return tuple(verdict if verdict.applied else replace(verdict, met=False) for verdict in verdicts)

    def _lost(self, unit: str) -> bool:
        """Return whether a unit has a veto, or a clause below the rest takes it without asking for its place."""
        if any(_over(*entry) for entry in self._offences(unit, "lowest_grade")):
            return True
        grades = self.rulebook.grades
        return any(
            holds(self._clause(unit, clause))
            for level in grades.levels[grades.rest + 1 :]
            for clause in level.clauses
            if not any(condition.ranked for condition in clause)
        )

    def _barred(self, unit: str, place: int) -> bool:
        """Return whether a unit cannot have a grade whatever its place."""
        clauses = self.rulebook.grades.levels[place].clauses
        open_ways = any(
            all(condition.judged(unit, self).met for condition in clause if not condition.ranked)
            for clause in clauses
        )
        return not open_ways or (place == 0 and not self.unbarred(unit).met)

    def _leaving(self, place: int) -> set[str]:
        """Return the units that leave the first places of a grade to others."""
        slots = self.rulebook.grades.slots
        out = set(self.vetoed) if slots.vetoed == "freed" else set()
        if slots.barred == "freed":
            # a vetoed unit that keeps its slot keeps it, whatever else bars it
            out |= {unit for unit in self.scores if self._barred(unit, place)} - self.vetoed
        if slots.lowered == "freed":
            out |= {unit for unit in self.scores if self.lowered(unit).met}
        return out

    def _breakers(self, unit: str) -> Iterator[Key]:
        for breaker in self.rulebook.ties.tie_break:
            value = self.reading(unit, breaker.measure).value
            if value is None:
                yield float("-inf")
            else:
                yield value if breaker.better == "high" else -value

    def among_the_first(self, unit: str, condition: TopPlaces) -> Verdict:
        """Judge the first places of those who hold a slot."""
        row, found = self._row(condition), self._placed(unit, condition, self.rulebook.ties.at_top)
        free = self._freed[row.name]
        return replace(found, freed=0 if found.few else len(free) - bisect_right(free, self.scores[unit]))

    def among_the_last(self, unit: str, condition: LastPlaces) -> Verdict:
        """Judge the last places of those of whom they are counted."""
        if condition.among == "unvetoed" and unit in self.vetoed:
            return Verdict(condition, False, None, None)
        taken = self.evidence.unscored if condition.among == "all" else 0
        return self._placed(unit, condition, self.rulebook.ties.at_last, taken)

    def _row(self, condition: TopPlaces | LastPlaces) -> _Row:
        """Return the units among which places are counted; made once for all of them."""
        # the first places are those of the highest scores
        turned = isinstance(condition, TopPlaces)
        place = self._level_of.get(id(condition), 0)
        among = f"holders.{place}" if isinstance(condition, TopPlaces) else condition.among
        if among not in self._rows:
            out = self._leaving(place) if turned else self.vetoed if among == "unvetoed" else set()
            self._freed[among] = sorted(self.scores[unit] for unit in out)
            scores = {unit: -score if turned else score for unit, score in self.scores.items()}
            keys: dict[str, tuple[Key, ...]] = {
                unit: (scores[unit], *(-part if turned else part for part in self._breakers(unit)))
                for unit in scores
            }
            members = [unit for unit in self.scores if unit not in out]
            self._rows[among] = _Row(among, scores, keys, members)
        return self._rows[among]

    def _placed(
        self, unit: str, condition: TopPlaces | LastPlaces, policy: Policy, taken: int = 0
    ) -> Verdict:
        """Judge the first places of a row of units; `taken` of the places are somebody else's already."""
        if self.few != "places":
            return Verdict(condition, False, None, None, few=self._members)
        broken = policy == "tie_break"
        unresolved: Tied = self.rulebook.ties.unresolved if policy == "tie_break" else policy
        tied_in = unresolved == "all_in"
        row, places = self._row(condition), condition.places - taken
        ahead = taken + row.ahead(unit, broken=broken, tied_in=tied_in)
        met = ahead < condition.places
        tied: Tied = ""
        if row.tied_across(unit, places):
            apart = broken and row.told_apart(unit, places)
            tied = "broken" if apart else unresolved
        # the place is lost, or won, against the one who would have the last place without this unit
        rival = row.rival(unit, places)
        if rival is None:
            return Verdict(condition, met, None, None, tied=tied)
        gap = abs(row.scores[unit] - rival)
        steps = condition.places - ahead if met else ahead - condition.places + 1
        return Verdict(condition, met, gap, gap / self.base, steps=steps, tied=tied)

    def _offences(self, unit: str, effect: GradeEffect) -> list[tuple[Offence, Reading]]:
        """Return what can have an effect on the grade, with what was read of a unit."""
        book = self.rulebook
        found: list[tuple[Offence, Reading]] = []
        for veto in book.vetoes:
            if veto.effect == effect:
                found.append((veto, self.reading(unit, veto.measure)))
        for false in book.falsification:
            if false.grade == effect:
                found.append((false, self._falsified(unit, false)))
        return found

    def _falsified(self, unit: str, false: Falsification) -> Reading:
        if false.measure:
            return self.reading(unit, false.measure)
        number = self.evidence.differences.get((unit, false.code))
        if number is None:
            return Reading("", "not_reported")
        return Reading("", "reported", Fraction(number))

    def offended(self, unit: str, condition: Condition, effect: GradeEffect) -> Verdict:
        """Return whether anything with an effect on the grade is triggered, or what is nearest to it."""
        known = self._offences(unit, effect)
        over = [entry for entry in known if _over(*entry)]
        if over:
            # everything that is triggered would have to fall below its line
            worst = max(over, key=lambda entry: excess(*entry) / entry[0].at_least)
            most = excess(*worst)
            others = tuple(entry for entry in over if entry is not worst)
            share = most / worst[0].at_least
            return Verdict(condition, True, most, share, vetoes=(worst, *others), effect=effect)
        open_ones = [
            (part, part.at_least - reading.value) for part, reading in known if reading.value is not None
        ]
        if not open_ones:
            return Verdict(condition, False, None, None, effect=effect)
        next_one, least = min(open_ones, key=lambda entry: entry[1] / entry[0].at_least)
        read = next(reading for part, reading in known if part is next_one)
        share = least / next_one.at_least
        return Verdict(condition, False, least, share, vetoes=((next_one, read),), effect=effect)


def benches(evidence: Evidence, rulebook: Rulebook, roll: UnitRoll) -> dict[str, Bench]:
    """Return the benches of all classes of a roll by their code; without classes the one of all units, under ""."""
    return {
        code: Bench(evidence.of_class(code) if rulebook.classes else evidence, book)
        for code, book in rulebook.by_class(roll).items()
    }


def facts_of(rulebook: Rulebook) -> frozenset[str]:
    """Return the measures that count what settles a grade by itself: events, and what is there or not.

    Where such a fact rests on a cell left empty it is neither taken nor cleared.
    """
    conditions = [condition for grades in rulebook.grade_rules() for condition in grades.conditions()]
    named = [
        *(veto.measure for veto in rulebook.vetoes),
        *(false.measure for false in rulebook.falsification),
        *(
            measure
            for condition in conditions
            if isinstance(condition, Count)
            for measure in condition.measures
        ),
        *(
            measure
            for condition in conditions
            for measure in condition.reads()
            if catalogue.of(measure).is_stated
        ),
    ]
    return frozenset(filter(None, named))


def least_favourable(
    readings: Mapping[tuple[str, str], Reading], rulebook: Rulebook
) -> dict[tuple[str, str], Reading]:
    """Return readings as conditions judge them where cells were left empty.

    That is the lowest filling; of conditions for which more is worse the bench takes the highest (`highest_of`). Open
    facts count as cleared, and whoever asks has to ask again with them taken.
    """
    facts = facts_of(rulebook)
    high = {breaker.measure for breaker in rulebook.ties.tie_break if breaker.better == "low"} - facts
    return {
        (unit, measure): reading.at("highest" if measure in high else "lowest")
        for (unit, measure), reading in readings.items()
    }


def highest_of(
    readings: Mapping[tuple[str, str], Reading], rulebook: Rulebook
) -> dict[tuple[str, str], Reading]:
    """Return the highest filling of what is no fact and rests on cells left empty, where it is known."""
    facts = facts_of(rulebook)
    return {
        key: reading.at("highest")
        for key, reading in readings.items()
        if reading.fillings and key[1] not in facts
    }


def grade_measures(rulebook: Rulebook) -> tuple[str, ...]:
    """Return every measure a grade depends on beside the scores, each once."""
    named = [
        *(measure for grades in rulebook.grade_rules() for measure in grades.measures()),
        *(veto.measure for veto in rulebook.vetoes),
        *(false.measure for false in rulebook.falsification if false.measure),
        *(breaker.measure for breaker in rulebook.ties.tie_break),
    ]
    return tuple(dict.fromkeys(named))


def holds(clause: Iterable[Verdict]) -> bool:
    """Return whether all conditions of a clause hold."""
    return all(verdict.met for verdict in clause)


def place_of(clauses: Sequence[Sequence[tuple[Verdict, ...]]], rest: int) -> int:
    """Return the place of the grade given: the lowest below the rest that holds, else the best, else the rest."""
    below = [place for place in range(rest + 1, len(clauses)) if any(map(holds, clauses[place]))]
    above = [place for place in range(rest) if any(map(holds, clauses[place]))]
    return below[-1] if below else above[0] if above else rest


def _points(verdict: Verdict) -> Fraction | None:
    """Return the points after which a condition turns; None where points do not turn it."""
    return verdict.gap if verdict.condition.by_score else None


def _into(
    place: int,
    clauses: Sequence[Sequence[tuple[Verdict, ...]]],
    rest: int,
    far: Callable[[Verdict], Fraction | None],
) -> Iterator[tuple[Verdict, ...]]:
    """Yield what would have to turn for a grade: one of its clauses holds, and none of those that go before it."""

    def last_if_never(verdict: Verdict) -> tuple[bool, Fraction]:
        length = far(verdict)
        return length is None, length or Fraction(0)

    below = range(max(place, rest) + 1, len(clauses))
    above = range(min(place, rest)) if place <= rest else ()
    holding = [clause for level in (*below, *above) for clause in clauses[level] if holds(clause)]
    leaving = [min(clause, key=last_if_never) for clause in holding]
    for entered in clauses[place] or [()]:
        entering = [verdict for verdict in entered if not verdict.met]
        yield (*entering, *(verdict for verdict in leaving if verdict not in entering))


def _known(*points: Fraction | None) -> list[Fraction]:
    return [each for each in points if each is not None]


def _over(part: Offence, reading: Reading) -> bool:
    """Return whether something that settles a grade is triggered; what is not reported triggers nothing."""
    return reading.value is not None and reading.value >= part.at_least
