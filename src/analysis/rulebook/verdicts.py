"""Whether the conditions of a grade rule hold for a unit, and how far each is from the opposite.

All units are judged together (`Bench`), because places depend on the others. Numbers are exact fractions.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Final

from analysis.rulebook.clauses import is_stated, reads_share
from analysis.rulebook.composition import Falsification, GradeEffect
from analysis.rulebook.derivation import Reading
from analysis.rulebook.grades import (
    STATED,
    Below,
    Condition,
    Count,
    Gate,
    LastPlaces,
    Part,
    Previous,
    ScoreAtLeast,
    ScoreBelow,
    Stated,
    TopPlaces,
    Vetoed,
)
from analysis.rulebook.model import Rulebook, Veto

#: a missing or yes-or-no value is a whole condition away from its opposite
_WHOLE: Final = Fraction(1)
#: a score, or a measure that breaks ties; one that is not reported is an infinity
Key = Fraction | float
_RANKED: Final = (TopPlaces, LastPlaces)
#: what settles a grade by itself
Offence = Veto | Falsification
#: the condition of A that every offence with the effect `top_barred` stands for
_UNBARRED: Final = Vetoed(kind="veto")


@dataclass(frozen=True)
class Verdict:
    """Whether a condition holds for a unit, and how far it is from the opposite.

    Attributes:
        condition: the condition.
        met: whether it holds.
        gap: distance in the condition's own unit: points, share or number; None if it has none.
        distance: the same made comparable, as a part of the whole (of the base points, of 1, of the line); None if
            no change could turn it.
        reading: what a condition on values read; for points of items their share, with points and full points.
        vetoes: what settles the grade by itself and is triggered, or the one nearest to it, with what was read.
        bars: whether these bar from the top grade only; the condition is then that there are none.
        steps: places to the other side of a cut.
        freed: units with a better score that hold no slot.
        applied: false for a condition on the previous round where there is none; such a condition says nothing.
        previous: the grade of the previous round that was looked at.
    """

    condition: Condition
    met: bool
    gap: Fraction | None
    distance: Fraction | None
    reading: Reading | None = None
    vetoes: tuple[tuple[Offence, Reading], ...] = ()
    bars: bool = False
    steps: int | None = None
    freed: int = 0
    applied: bool = True
    previous: str = ""


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
        bars = [condition for condition in grades.A.all_of if not isinstance(condition, _RANKED)]
        barred = {
            unit
            for unit in self.scores
            if not all(self.judge(unit, bar).met for bar in bars) or not self.unbarred(unit).met
        }
        out: set[str] = self.vetoed if grades.slots.vetoed == "freed" else set()
        # a vetoed unit that keeps its slot keeps it, whatever else bars it
        out = out | (barred - self.vetoed if grades.slots.barred == "freed" else set())
        self.holders = [unit for unit in self.scores if unit not in out]
        self._free = sorted(self.scores[unit] for unit in out)

    def best(self, unit: str) -> tuple[Verdict, ...]:
        """Return the verdicts on all conditions of A, and on what bars from it, if the rule set knows such a thing."""
        asked = tuple(self.judge(unit, condition) for condition in self.rulebook.grades.A.all_of)
        return (*asked, self.unbarred(unit)) if self._offences(unit, "top_barred") else asked

    def clauses(self, unit: str) -> list[tuple[Verdict, ...]]:
        """Return the verdicts on the conditions of every clause of C."""
        return [self._clause(unit, clause) for clause in self.rulebook.grades.C.any_of]

    def unbarred(self, unit: str) -> Verdict:
        """Return whether nothing bars a unit from the top grade."""
        found = self._offence(_UNBARRED, self._offences(unit, "top_barred"))
        return replace(found, met=not found.met, bars=True)

    def judge(self, unit: str, condition: Condition) -> Verdict:
        """Return whether a condition holds for a unit, and by how much."""
        match condition:
            case TopPlaces():
                verdict = self._placed(unit, condition, self.rulebook.ties.at_top)
                freed = len(self._free) - bisect_right(self._free, self.scores[unit])
                verdict = replace(verdict, freed=freed)
            case LastPlaces():
                verdict = self._last(unit, condition)
            case ScoreAtLeast() | ScoreBelow():
                verdict = self._limit(condition, self.scores[unit])
            case Gate():
                verdict = self._gate(condition, self._value(unit, condition))
            case Below():
                verdict = self._below(condition, self._value(unit, condition))
            case Part():
                verdict = self._part(condition, self._share(unit, condition))
            case Count():
                verdict = self._count(condition, self._sum(unit, condition))
            case Stated():
                reading = self.evidence.readings[unit, STATED + condition.fact]
                met = reading.value is not None and (reading.value != 0) == condition.holds
                verdict = Verdict(condition, met, None, _WHOLE, reading)
            case Previous():
                verdict = self._previous(unit, condition)
            case _:
                verdict = self._offence(condition, self._offences(unit, "lowest_grade"))
        return verdict

    def _clause(self, unit: str, clause: Iterable[Condition]) -> tuple[Verdict, ...]:
        """Return the verdicts on a clause of C; where the previous grade is not known the clause takes nobody."""
        verdicts = (self.judge(unit, condition) for condition in clause)
        return tuple(verdict if verdict.applied else replace(verdict, met=False) for verdict in verdicts)

    def _lost(self, unit: str) -> bool:
        """Return whether a unit has a veto, or a clause of C takes it without asking for its place."""
        if any(_over(*entry) for entry in self._offences(unit, "lowest_grade")):
            return True
        return any(
            all(verdict.met for verdict in self._clause(unit, clause))
            for clause in self.rulebook.grades.C.any_of
            if not any(isinstance(condition, _RANKED) for condition in clause)
        )

    def _breakers(self, unit: str) -> Iterator[Key]:
        for breaker in self.rulebook.ties.tie_break:
            value = self.evidence.readings[unit, breaker.measure].value
            if value is None:
                yield float("-inf")
            else:
                yield value if breaker.better == "high" else -value

    def _last(self, unit: str, condition: LastPlaces) -> Verdict:
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

    def _limit(self, condition: ScoreAtLeast | ScoreBelow, score: Fraction) -> Verdict:
        line = Fraction(condition.points)
        met = {
            "score_at_least": score >= line,
            "score_above": score > line,
            "score_below": score < line,
            "score_at_most": score <= line,
        }[condition.kind]
        gap = abs(score - line)
        return Verdict(condition, met, gap, gap / self.base)

    def _value(self, unit: str, condition: Gate | Below) -> Reading:
        reading = self.evidence.readings[unit, condition.measure]
        if condition.read == "value" or reading.value is None:
            return reading
        full = Fraction(condition.full) if condition.full else reading.denominator
        if not full:
            return Reading(reading.measure, "not_reported", row=reading.row)
        return Reading(
            reading.measure, reading.status, reading.value / full, reading.value, full, row=reading.row
        )

    def _gate(self, gate: Gate, reading: Reading) -> Verdict:
        if reading.value is None:
            return Verdict(gate, False, None, _WHOLE, reading)
        met = reading.value >= gate.at_least
        if is_stated(gate, self.rulebook):
            return Verdict(gate, met, None, _WHOLE, reading)
        gap = abs(reading.value - Fraction(gate.at_least))
        return Verdict(gate, met, gap, _part_of(gap, gate, Fraction(gate.at_least)), reading)

    def _below(self, condition: Below, reading: Reading) -> Verdict:
        if reading.value is None:
            return Verdict(condition, condition.missing == "met", None, _WHOLE, reading)
        line = Fraction(condition.below)
        gap = abs(reading.value - line)
        return Verdict(condition, reading.value < line, gap, _part_of(gap, condition, line), reading)

    def _share(self, unit: str, condition: Part) -> Reading:
        found = [self.evidence.parts.get((unit, item)) for item in condition.items]
        known = [part for part in found if part is not None]
        points = sum((part[0] for part in known), Fraction(0))
        possible = sum((part[1] for part in known), Fraction(0))
        if not possible:
            return Reading("", "not_reported")
        return Reading("", "reported", points / possible, points, possible)

    def _part(self, condition: Part, reading: Reading) -> Verdict:
        if reading.value is None:
            return Verdict(condition, False, None, _WHOLE, reading)
        gap = abs(reading.value - Fraction(condition.share))
        reached = reading.value >= condition.share
        return Verdict(condition, reached == (condition.kind == "part_at_least"), gap, gap, reading)

    def _sum(self, unit: str, condition: Count) -> Reading:
        readings = [self.evidence.readings[unit, measure] for measure in condition.measures]
        known = [reading.value for reading in readings if reading.value is not None]
        if not known:
            return Reading(condition.measures[0], "not_reported")
        status = "reported" if len(known) == len(readings) else "partial"
        return Reading(condition.measures[0], status, sum(known, Fraction(0)))

    def _count(self, condition: Count, reading: Reading) -> Verdict:
        if reading.value is None:
            return Verdict(condition, False, None, _WHOLE, reading)
        least = condition.kind == "count"
        short = condition.number - reading.value
        met = short <= 0 if least else short >= 0
        # the opposite of "at least n" begins at n - 1, that of "at most n" at n + 1
        gap = abs(short) + (1 if met else 0)
        return Verdict(condition, met, gap, gap / max(condition.number, 1), reading)

    def _previous(self, unit: str, condition: Previous) -> Verdict:
        grade = (self.evidence.previous or {}).get(unit, "")
        if not grade:
            return Verdict(condition, True, None, None, applied=False)
        met = (grade in condition.grades) == condition.holds
        return Verdict(condition, met, None, None, previous=grade)

    def _offences(self, unit: str, effect: GradeEffect) -> list[tuple[Offence, Reading]]:
        """Return what can have an effect on the grade, with what was read of a unit."""
        book = self.rulebook
        found: list[tuple[Offence, Reading]] = []
        for veto in book.vetoes:
            if veto.effect == effect:
                found.append((veto, self.evidence.readings[unit, veto.measure]))
        for false in book.falsification:
            if false.grade == effect:
                found.append((false, self._falsified(unit, false)))
        return found

    def _falsified(self, unit: str, false: Falsification) -> Reading:
        if false.measure:
            return self.evidence.readings[unit, false.measure]
        number = self.evidence.differences.get((unit, false.code))
        if number is None:
            return Reading("", "not_reported")
        return Reading("", "reported", Fraction(number))

    @staticmethod
    def _offence(condition: Condition, known: list[tuple[Offence, Reading]]) -> Verdict:
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


def grade_measures(rulebook: Rulebook) -> tuple[str, ...]:
    """Return every measure a grade depends on beside the scores, each once."""
    named = [
        *rulebook.grades.measures(),
        *(veto.measure for veto in rulebook.vetoes),
        *(false.measure for false in rulebook.falsification if false.measure),
        *(breaker.measure for breaker in rulebook.ties.tie_break),
    ]
    return tuple(dict.fromkeys(named))


def _over(part: Offence, reading: Reading) -> bool:
    """Return whether something that settles a grade is triggered; what is not reported triggers nothing."""
    return reading.value is not None and reading.value >= part.at_least


def _part_of(gap: Fraction, condition: Gate | Below, line: Fraction) -> Fraction:
    """Return a gap as a part of the whole: a share as it is, a number of its line."""
    return gap if reads_share(condition) or not line else gap / line
