"""All units on one bench, against which a condition is judged: places, slots, and what settles a grade by itself.

The conditions themselves stand in `analysis.rulebook.grade_conditions`. Numbers are exact fractions.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Final

from analysis.indicators import catalogue
from analysis.rulebook.composition import Falsification, GradeEffect
from analysis.rulebook.derivation import Reading
from analysis.rulebook.grade_conditions import Condition, Count, LastPlaces, TopPlaces, Verdict, Vetoed
from analysis.rulebook.model import Rulebook, Veto

#: a score, or a measure that breaks ties; one that is not reported is an infinity
Key = Fraction | float
#: what settles a grade by itself
Offence = Veto | Falsification
#: the condition of A that every offence with the effect `top_barred` stands for
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
    """

    scores: Mapping[str, Decimal]
    readings: Mapping[tuple[str, str], Reading]
    parts: Mapping[tuple[str, str], tuple[Fraction, Fraction]] = field(default_factory=dict)
    differences: Mapping[tuple[str, str], int] = field(default_factory=dict)
    previous: Mapping[str, str] | None = None
    unscored: int = 0


class _Row:
    """Units in a row, smallest first, so that places in it are found without going through it."""

    def __init__(
        self, scores: Mapping[str, Fraction], keys: Mapping[str, tuple[Key, ...]], members: Iterable[str]
    ) -> None:
        self.scores, self._keys, self._members = scores, keys, frozenset(members)
        self._broken = sorted(keys[unit] for unit in self._members)
        self._tied = sorted(scores[unit] for unit in self._members)

    def ahead(self, unit: str, *, broken: bool, tied_in: bool) -> int:
        """Return how many others stand before a unit; equal ones stand before it unless they are in with it."""
        cut = bisect_left if tied_in else bisect_right
        before = cut(self._broken, self._keys[unit]) if broken else cut(self._tied, self.scores[unit])
        return before if tied_in else before - (unit in self._members)

    def rival(self, unit: str, place: int) -> Fraction | None:
        """Return the score of who has a place (from 1) once this unit is left out; None if nobody has it."""
        member = unit in self._members
        if not 1 <= place <= len(self._tied) - member:
            return None
        stands_before = member and bisect_left(self._tied, self.scores[unit]) < place
        return self._tied[place if stands_before else place - 1]


class Bench:
    """All units together, against which the conditions of one are judged."""

    def __init__(self, evidence: Evidence, rulebook: Rulebook) -> None:
        """Sort out who holds a slot: first who is in C whatever the places, then who fails A whatever the places."""
        self.evidence, self.rulebook = evidence, rulebook
        self.base = Fraction(rulebook.whole)
        self._rows: dict[str, _Row] = {}
        self.scores = {unit: Fraction(score) for unit, score in evidence.scores.items()}
        grades = rulebook.grades
        self.vetoed = {unit for unit in self.scores if self._lost(unit)}
        bars = [condition for condition in grades.A.all_of if not condition.ranked]
        barred = {
            unit
            for unit in self.scores
            if not all(bar.judged(unit, self).met for bar in bars) or not self.unbarred(unit).met
        }
        out: set[str] = self.vetoed if grades.slots.vetoed == "freed" else set()
        # a vetoed unit that keeps its slot keeps it, whatever else bars it
        out = out | (barred - self.vetoed if grades.slots.barred == "freed" else set())
        self.holders = [unit for unit in self.scores if unit not in out]
        self._free = sorted(self.scores[unit] for unit in out)

    def best(self, unit: str) -> tuple[Verdict, ...]:
        """Return the verdicts on all conditions of A, and on what bars from it, if the rule set knows such a thing."""
        asked = tuple(condition.judged(unit, self) for condition in self.rulebook.grades.A.all_of)
        return (*asked, self.unbarred(unit)) if self._offences(unit, "top_barred") else asked

    def clauses(self, unit: str) -> list[tuple[Verdict, ...]]:
        """Return the verdicts on the conditions of every clause of C."""
        return [self._clause(unit, clause) for clause in self.rulebook.grades.C.any_of]

    def unbarred(self, unit: str) -> Verdict:
        """Return whether nothing bars a unit from the top grade."""
        found = self.offended(unit, _UNBARRED, "top_barred")
        return replace(found, met=not found.met, bars=True)

    def points_to_top(self, unit: str) -> Fraction | None:
        """Return how many points a unit of the top grade can lose before it is out, below zero how many it lacks.

        The smallest change of its own score that changes the grade, over all conditions, the other scores as they
        are; None where no score alone does (a gate is not passed, a veto is triggered, nobody is left to compare).
        """
        best, clauses = self.best(unit), self.clauses(unit)
        holding = [each for each in clauses if _holds(each)]
        if _holds(best) and not holding:
            return min(_known(*map(_points, best), *map(_into, clauses)), default=None)
        lacking = [*(_points(verdict) for verdict in best if not verdict.met), *map(_out_of, holding)]
        return None if None in lacking else -max(_known(*lacking))

    def points_to_lowest(self, unit: str) -> Fraction | None:
        """Return how many points above the lowest grade a unit is, below zero how many it lacks to leave it.

        None where no score alone changes that.
        """
        clauses = self.clauses(unit)
        leaving = [_out_of(each) for each in clauses if _holds(each)]
        if leaving:
            return None if None in leaving else -max(_known(*leaving))
        return min(_known(*map(_into, clauses)), default=None)

    def reading(self, unit: str, measure: str) -> Reading:
        """Return what was read of a unit."""
        return self.evidence.readings[unit, measure]

    def _clause(self, unit: str, clause: Iterable[Condition]) -> tuple[Verdict, ...]:
        """Return the verdicts on a clause of C; where the previous grade is not known the clause takes nobody."""
        verdicts = (condition.judged(unit, self) for condition in clause)
        return tuple(verdict if verdict.applied else replace(verdict, met=False) for verdict in verdicts)

    def _lost(self, unit: str) -> bool:
        """Return whether a unit has a veto, or a clause of C takes it without asking for its place."""
        if any(_over(*entry) for entry in self._offences(unit, "lowest_grade")):
            return True
        return any(
            all(verdict.met for verdict in self._clause(unit, clause))
            for clause in self.rulebook.grades.C.any_of
            if not any(condition.ranked for condition in clause)
        )

    def _breakers(self, unit: str) -> Iterator[Key]:
        for breaker in self.rulebook.ties.tie_break:
            value = self.reading(unit, breaker.measure).value
            if value is None:
                yield float("-inf")
            else:
                yield value if breaker.better == "high" else -value

    def among_the_first(self, unit: str, condition: TopPlaces) -> Verdict:
        """Judge the first places of those who hold a slot."""
        freed = len(self._free) - bisect_right(self._free, self.scores[unit])
        return replace(self._placed(unit, condition, self.rulebook.ties.at_top), freed=freed)

    def among_the_last(self, unit: str, condition: LastPlaces) -> Verdict:
        """Judge the last places of those of whom they are counted."""
        if condition.among == "unvetoed" and unit in self.vetoed:
            return Verdict(condition, False, None, None)
        taken = self.evidence.unscored if condition.among == "all" else 0
        return self._placed(unit, condition, self.rulebook.ties.at_last, taken)

    def _row(self, condition: TopPlaces | LastPlaces) -> _Row:
        """Return the units among which places are counted; made once for all of them."""
        among = "holders" if isinstance(condition, TopPlaces) else condition.among
        if among not in self._rows:
            members = {
                "holders": self.holders,
                "unvetoed": [unit for unit in self.scores if unit not in self.vetoed],
            }.get(among, list(self.scores))
            # the first places are those of the highest scores
            turned = among == "holders"
            scores = {unit: -score if turned else score for unit, score in self.scores.items()}
            keys: dict[str, tuple[Key, ...]] = {
                unit: (scores[unit], *(-part if turned else part for part in self._breakers(unit)))
                for unit in scores
            }
            self._rows[among] = _Row(scores, keys, members)
        return self._rows[among]

    def _placed(self, unit: str, condition: TopPlaces | LastPlaces, policy: str, taken: int = 0) -> Verdict:
        """Judge the first places of a row of units; `taken` of the places are somebody else's already."""
        broken = policy == "tie_break"
        tied_in = (self.rulebook.ties.unresolved if broken else policy) == "all_in"
        row = self._row(condition)
        ahead = taken + row.ahead(unit, broken=broken, tied_in=tied_in)
        met = ahead < condition.places
        # the place is lost, or won, against the one who would have the last place without this unit
        rival = row.rival(unit, condition.places - taken)
        if rival is None:
            return Verdict(condition, met, None, None)
        gap = abs(row.scores[unit] - rival)
        steps = condition.places - ahead if met else ahead - condition.places + 1
        return Verdict(condition, met, gap, gap / self.base, steps=steps)

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
            gap = {part.code: (reading.value or Fraction(0)) - part.at_least + 1 for part, reading in over}
            worst = max(over, key=lambda entry: gap[entry[0].code] / entry[0].at_least)
            most = gap[worst[0].code]
            others = tuple(entry for entry in over if entry is not worst)
            return Verdict(condition, True, most, most / worst[0].at_least, vetoes=(worst, *others))
        open_ones = [
            (part, part.at_least - reading.value) for part, reading in known if reading.value is not None
        ]
        if not open_ones:
            return Verdict(condition, False, None, None)
        next_one, least = min(open_ones, key=lambda entry: entry[1] / entry[0].at_least)
        read = next(reading for part, reading in known if part is next_one)
        return Verdict(condition, False, least, least / next_one.at_least, vetoes=((next_one, read),))


def facts_of(rulebook: Rulebook) -> frozenset[str]:
    """Return the measures that count what settles a grade by itself: events, and what is there or not.

    Where such a fact rests on a cell left empty it is neither taken nor cleared.
    """
    conditions = list(rulebook.grades.conditions())
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

    A gate is passed, and a line is not fallen short of, only if that holds for every filling; open facts count as
    cleared, and whoever asks has to ask again with them taken.
    """
    facts = facts_of(rulebook)
    high = {breaker.measure for breaker in rulebook.ties.tie_break if breaker.better == "low"} - facts
    return {
        (unit, measure): reading.at("highest" if measure in high else "lowest")
        for (unit, measure), reading in readings.items()
    }


def grade_measures(rulebook: Rulebook) -> tuple[str, ...]:
    """Return every measure a grade depends on beside the scores, each once."""
    named = [
        *rulebook.grades.measures(),
        *(veto.measure for veto in rulebook.vetoes),
        *(false.measure for false in rulebook.falsification if false.measure),
        *(breaker.measure for breaker in rulebook.ties.tie_break),
    ]
    return tuple(dict.fromkeys(named))


def _holds(verdicts: Iterable[Verdict]) -> bool:
    return all(verdict.met for verdict in verdicts)


def _points(verdict: Verdict) -> Fraction | None:
    """Return the points after which a condition turns; None where points do not turn it."""
    return verdict.gap if verdict.condition.by_score else None


def _into(clause: Iterable[Verdict]) -> Fraction | None:
    """Return the points after which a clause holds that does not."""
    lacking = [_points(verdict) for verdict in clause if not verdict.met]
    return None if None in lacking else max(_known(*lacking), default=None)


def _out_of(clause: Iterable[Verdict]) -> Fraction | None:
    """Return the points after which a clause that holds does no longer."""
    return min(_known(*map(_points, clause)), default=None)


def _known(*points: Fraction | None) -> list[Fraction]:
    return [each for each in points if each is not None]


def _over(part: Offence, reading: Reading) -> bool:
    """Return whether something that settles a grade is triggered; what is not reported triggers nothing."""
    return reading.value is not None and reading.value >= part.at_least
