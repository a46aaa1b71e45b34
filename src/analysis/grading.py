"""Scores + conditions of the rulebook → rank and grade, with the clause that decided and the nearest other one.

C is a disjunction of clauses and beats A; A is a conjunction of conditions; B is the rest. Every condition answers
whether it holds and how far it is from the opposite, so that the nearest clause that would have changed the grade
can be named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Literal

import pandas as pd

from analysis.rounds import Round
from analysis.rulebook import Reading, Rulebook, Veto
from analysis.rulebook.model import Condition, Gate, LastPlaces, ScoreAtLeast, ScoreBelow, TopPlaces
from analysis.rulebook.reading import read, triggered
from analysis.rulebook.sentences import (
    counted,
    is_share,
    is_stated,
    measure_name,
    name_of,
    percent_of,
    plain,
    threshold,
    to_places,
)
from analysis.units import UnitRoll
from analysis.values import GRADE_COLUMNS, ValueIndex, frame_of
from analysis.words import Text, Words, words
from analysis.words.text import join

Letter = Literal["A", "B", "C"]
_TOTAL: Final = "total"
#: a missing or yes-or-no value is a whole condition away from its opposite
_WHOLE: Final = Fraction(1)


@dataclass(frozen=True)
class Verdict:
    """Whether a condition holds for a unit, and how far it is from the opposite.

    Attributes:
        condition: the condition.
        met: whether it holds.
        gap: distance in the condition's own unit: points, share or number; None if no change could turn it.
        distance: the same made comparable, as a part of the whole (of the base points, of 1, of the threshold).
        reading: the value of a gate.
        vetoes: vetoes triggered, or the one nearest to being triggered, with what was read.
    """

    condition: Condition
    met: bool
    gap: Fraction | None
    distance: Fraction | None
    reading: Reading | None = None
    vetoes: tuple[tuple[Veto, Reading], ...] = ()


@dataclass(frozen=True)
class Graded:
    """The grade of one unit, as data.

    Attributes:
        unit: its code.
        score: its total.
        rank: its rank; equal scores share the better one (1-2-2-4).
        grade: its grade.
        deciding: A: all its conditions; C: those of the clauses that hold; B: those of A that do not hold.
        nearest: the grade nearest by, None if nothing can change it.
        turning: the conditions that would have to turn for it, all of them.
    """

    unit: str
    score: Decimal
    rank: int
    grade: Letter
    deciding: tuple[Verdict, ...]
    nearest: Letter | None
    turning: tuple[Verdict, ...]


def ranks(scores: Mapping[str, Decimal]) -> dict[str, int]:
    """Return the rank of every unit by its score, higher first; equal scores share the better rank (1-2-2-4)."""
    ordered = sorted(scores.values(), reverse=True)
    return {unit: ordered.index(score) + 1 for unit, score in scores.items()}


def grade_units(
    scores: Mapping[str, Decimal], readings: Mapping[tuple[str, str], Reading], rulebook: Rulebook
) -> list[Graded]:
    """Return the grade of every unit.

    Args:
        scores: total by unit, rounded as declared.
        readings: what gates and vetoes read, by unit and measure.
        rulebook: the rule set.
    """
    field = _Field(scores, readings, rulebook)
    place = ranks(scores)
    return [_graded(unit, place[unit], field) for unit in scores]


def grade(
    scores: pd.DataFrame, values: pd.DataFrame, rulebook: Rulebook | None, roll: UnitRoll, of: Round
) -> pd.DataFrame:
    """Return rank and grade of every unit (contract 2), best rank first, equal ranks in the order of the roll.

    Args:
        scores: the score table.
        values: the value table, for gates and vetoes.
        rulebook: the rule set; without one nothing is graded.
        roll: the units.
        of: the round, for its periods and language.

    Returns:
        Frame `GRADE_COLUMNS`; `score` is decimal text.

    Raises:
        KeyError: a unit of the roll has no total.
    """
    if rulebook is None:
        return frame_of([], GRADE_COLUMNS)
    whole = scores[scores["indicator"] == _TOTAL].set_index("unit")["points"].to_dict()
    totals = {unit: Decimal(str(whole[unit])) for unit in roll.codes}
    index, catalogue = ValueIndex(values), words(of.settings.language)
    readings = {
        (unit, measure): read(index, unit, measure, of.period.text, of.base_period.text)
        for unit in roll.codes
        for measure in _measures(rulebook)
    }
    graded = sorted(grade_units(totals, readings, rulebook), key=lambda unit: unit.rank)
    return frame_of((_row(unit, rulebook, roll, of.id, catalogue) for unit in graded), GRADE_COLUMNS)


def clause(graded: Graded, rulebook: Rulebook, catalogue: Words) -> Text:
    """Return the clause that decided a grade, in words."""
    reasons = join([_reason(verdict, graded, rulebook, catalogue) for verdict in graded.deciding], "；")
    if graded.grade != "A":
        return catalogue(f"grade.clause.{graded.grade}", reasons=reasons)
    if len(graded.deciding) == 1:
        return catalogue("grade.clause.A_one", reasons=reasons)
    return catalogue("grade.clause.A", reasons=reasons, count=str(len(graded.deciding)))


def nearest_clause(graded: Graded, rulebook: Rulebook, catalogue: Words) -> Text:
    """Return the clause nearest to having changed a grade, with its distance in words."""
    if graded.nearest is None:
        return catalogue("grade.nearest.none")
    gaps = join([_gap(verdict, rulebook, catalogue) for verdict in graded.turning], "；")
    return catalogue("grade.nearest.sentence", grade=graded.nearest, gaps=gaps)


def _measures(rulebook: Rulebook) -> list[str]:
    conditions = [*rulebook.grades.A.all_of, *(one for each in rulebook.grades.C.any_of for one in each)]
    gates = [condition.measure for condition in conditions if isinstance(condition, Gate)]
    return [*gates, *(veto.measure for veto in rulebook.vetoes)]


class _Field:
    """All units together, against which the conditions of one are judged."""

    def __init__(
        self, scores: Mapping[str, Decimal], readings: Mapping[tuple[str, str], Reading], rulebook: Rulebook
    ) -> None:
        self.totals = scores
        self.scores = {unit: Fraction(score) for unit, score in scores.items()}
        self.readings, self.rulebook = readings, rulebook
        self.base = Fraction(rulebook.base_points)
        slots, best = rulebook.grades.slots, rulebook.grades.A.all_of
        bars = [condition for condition in best if isinstance(condition, Gate | ScoreAtLeast)]
        self.holders = [
            unit
            for unit in scores
            if not (slots.vetoed == "freed" and self._vetoed(unit))
            and not (slots.barred == "freed" and not all(self.judge(unit, bar).met for bar in bars))
        ]

    def judge(self, unit: str, condition: Condition) -> Verdict:
        """Return whether a condition holds for a unit, and by how much."""
        score = self.scores[unit]
        match condition:
            case TopPlaces():
                others = [self.scores[other] for other in self.holders if other != unit]
                better = self.rulebook.ties.at_top == "all_in"
                return self._placed(condition, [-other for other in others], -score, better)
            case LastPlaces():
                others = [other for code, other in self.scores.items() if code != unit]
                return self._placed(condition, others, score, self.rulebook.ties.at_last == "all_in")
            case ScoreAtLeast() | ScoreBelow():
                gap = abs(score - Fraction(condition.points))
                reached = score >= condition.points
                return Verdict(
                    condition, reached == isinstance(condition, ScoreAtLeast), gap, gap / self.base
                )
            case Gate():
                return self._gate(condition, self.readings[unit, condition.measure])
            case _:
                return self._veto(unit, condition)

    def _placed(
        self, condition: TopPlaces | LastPlaces, others: list[Fraction], own: Fraction, tied_in: bool
    ) -> Verdict:
        """Judge the first places of a row of numbers, smallest first."""
        others = sorted(others)
        ahead = sum(other < own if tied_in else other <= own for other in others)
        met = ahead < condition.places
        if len(others) < condition.places:
            return Verdict(condition, met, None, None)
        # the place is lost, or won, against the one who would have the last place without this unit
        gap = abs(own - others[condition.places - 1])
        return Verdict(condition, met, gap, gap / self.base)

    def _gate(self, gate: Gate, reading: Reading) -> Verdict:
        if reading.value is None:
            return Verdict(gate, False, None, _WHOLE, reading)
        gap = abs(reading.value - Fraction(gate.at_least))
        met = reading.value >= gate.at_least
        if is_stated(gate, self.rulebook):
            return Verdict(gate, met, None, _WHOLE, reading)
        share = gap if is_share(gate.measure) or not gate.at_least else gap / Fraction(gate.at_least)
        return Verdict(gate, met, gap, share, reading)

    def _vetoed(self, unit: str) -> bool:
        return any(triggered(veto, self.readings[unit, veto.measure]) for veto in self.rulebook.vetoes)

    def _veto(self, unit: str, condition: Condition) -> Verdict:
        known = [(veto, self.readings[unit, veto.measure]) for veto in self.rulebook.vetoes]
        over = [(veto, reading) for veto, reading in known if triggered(veto, reading)]
        if over:
            # every triggered veto would have to fall below its line
            gap = {veto.code: (reading.value or 0) - veto.at_least + 1 for veto, reading in over}
            worst = max(over, key=lambda entry: gap[entry[0].code] / Fraction(entry[0].at_least))
            most = Fraction(gap[worst[0].code])
            return Verdict(
                condition, True, most, most / worst[0].at_least, vetoes=(worst, *_without(over, worst))
            )
        open_ones = [(veto, reading) for veto, reading in known if reading.value is not None]
        if not open_ones:
            return Verdict(condition, False, None, None)
        short = {veto.code: veto.at_least - (reading.value or Fraction(0)) for veto, reading in open_ones}
        next_one = min(open_ones, key=lambda entry: short[entry[0].code] / entry[0].at_least)
        least = Fraction(short[next_one[0].code])
        return Verdict(condition, False, least, least / next_one[0].at_least, vetoes=(next_one,))


def _without(entries: list[tuple[Veto, Reading]], one: tuple[Veto, Reading]) -> list[tuple[Veto, Reading]]:
    return [entry for entry in entries if entry is not one]


def _graded(unit: str, rank: int, field: _Field) -> Graded:
    grades = field.rulebook.grades
    best = tuple(field.judge(unit, condition) for condition in grades.A.all_of)
    clauses = [tuple(field.judge(unit, condition) for condition in each) for each in grades.C.any_of]
    holding = [each for each in clauses if all(verdict.met for verdict in each)]
    letter: Letter
    if holding:
        letter, deciding = "C", tuple(verdict for each in holding for verdict in each)
    elif all(verdict.met for verdict in best):
        letter, deciding = "A", best
    else:
        letter, deciding = "B", tuple(verdict for verdict in best if not verdict.met)
    nearest, turning = _nearest(letter, best, clauses)
    return Graded(unit, field.totals[unit], rank, letter, deciding, nearest, turning)


def _nearest(
    letter: Letter, best: tuple[Verdict, ...], clauses: list[tuple[Verdict, ...]]
) -> tuple[Letter | None, tuple[Verdict, ...]]:
    """Return the grade nearest by and the conditions that would have to turn for it, all together."""
    ways: list[tuple[Letter, tuple[Verdict, ...]]] = []
    if letter == "C":
        # out of C: in every clause that holds, its nearest condition turns
        turning = tuple(min(each, key=_far) for each in clauses if all(one.met for one in each))
        ways.append(("A" if all(verdict.met for verdict in best) else "B", turning))
    else:
        ways += [("C", tuple(verdict for verdict in each if not verdict.met)) for each in clauses]
        if letter == "A":
            ways += [("B", (verdict,)) for verdict in best]
        else:
            ways.append(("A", tuple(verdict for verdict in best if not verdict.met)))
    possible = [way for way in ways if all(verdict.distance is not None for verdict in way[1])]
    if not possible:
        return None, ()
    return min(possible, key=lambda way: max(_far(verdict) for verdict in way[1]))


def _far(verdict: Verdict) -> tuple[bool, Fraction]:
    """Return the distance as a key for sorting; what cannot turn comes last."""
    return verdict.distance is None, verdict.distance or Fraction(0)


def _row(unit: Graded, rulebook: Rulebook, roll: UnitRoll, round_id: str, catalogue: Words) -> dict[str, Any]:
    return {
        "id": f"grade.{unit.unit}",
        "round": round_id,
        "unit": unit.unit,
        "unit_name": roll.short(unit.unit),
        "score": f"{unit.score:.{rulebook.rounding.places}f}",
        "rank": unit.rank,
        "grade": unit.grade,
        "clause": clause(unit, rulebook, catalogue).plain,
        "nearest_clause": nearest_clause(unit, rulebook, catalogue).plain,
    }


def _reason(verdict: Verdict, unit: Graded, rulebook: Rulebook, catalogue: Words) -> Text:
    condition, state = verdict.condition, "met" if verdict.met else "unmet"
    match condition:
        case TopPlaces() | LastPlaces():
            return catalogue(
                f"grade.reason.{condition.kind}_{state}",
                score=f"{unit.score:.{rulebook.rounding.places}f}",
                rank=str(unit.rank),
                places=str(condition.places),
            )
        case ScoreAtLeast() | ScoreBelow():
            return catalogue(f"grade.reason.{condition.kind}_{state}", points=plain(condition.points))
        case Gate():
            return catalogue(
                f"grade.reason.{_gate_key(verdict, condition, rulebook)}",
                name=measure_name(condition.measure, rulebook, catalogue),
                value=_value(verdict.reading),
                at_least=threshold(condition),
            )
        case _:
            told = [
                catalogue("grade.reason.veto_met", **_veto_parts(veto, reading, catalogue))
                for veto, reading in verdict.vetoes
            ]
            return join(told, "；") if verdict.met else catalogue("grade.reason.veto_unmet")


def _gap(verdict: Verdict, rulebook: Rulebook, catalogue: Words) -> Text:
    condition, state = verdict.condition, "met" if verdict.met else "unmet"
    gap, places = verdict.gap or Fraction(0), rulebook.rounding.places
    match condition:
        case TopPlaces() | LastPlaces():
            key = f"grade.nearest.{condition.kind}_{state}"
            return catalogue(key, gap=to_places(gap, places), places=str(condition.places))
        case ScoreAtLeast() | ScoreBelow():
            key = f"grade.nearest.{condition.kind}_{state}"
            return catalogue(key, gap=to_places(gap, places), points=plain(condition.points))
        case Gate():
            key = _gate_key(verdict, condition, rulebook)
            told = to_places(gap * 100, 2)
            if key.startswith("gate_") and not is_share(condition.measure) and verdict.gap is not None:
                key, told = f"gate_count_{state}", plain(gap)
            return catalogue(
                f"grade.nearest.{key}",
                name=measure_name(condition.measure, rulebook, catalogue),
                gap=told,
                at_least=threshold(condition),
            )
        case _:
            veto, reading = verdict.vetoes[0]
            parts = _veto_parts(veto, reading, catalogue) | {"gap": plain(gap)}
            return catalogue(f"grade.nearest.veto_{state}", **parts)


def _gate_key(verdict: Verdict, gate: Gate, rulebook: Rulebook) -> str:
    kind = "stated" if is_stated(gate, rulebook) else "gate"
    if verdict.reading is not None and verdict.reading.value is None:
        return f"{kind}_missing"
    return f"{kind}_{'met' if verdict.met else 'unmet'}"


def _value(reading: Reading | None) -> str:
    if reading is None or reading.value is None:
        return ""
    return percent_of(reading.value) if is_share(reading.measure) else plain(reading.value)


def _veto_parts(veto: Veto, reading: Reading, catalogue: Words) -> dict[str, str]:
    return {
        "name": name_of(veto, catalogue),
        "count": plain(reading.value or Fraction(0)),
        "counted": counted("event", catalogue),
        "at_least": str(veto.at_least),
    }
