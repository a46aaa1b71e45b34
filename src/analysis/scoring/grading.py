"""Scores + conditions of the rulebook → rank and grade, with the clause that decided and the nearest other one.

C is a disjunction of clauses and beats A; A is a conjunction of conditions; B is the rest. Every condition answers
whether it holds and how far it is from the opposite, so that the nearest clause that would have changed the grade
can be named. A unit without a score is not graded. A veto, or another fact, that rests on a cell left empty is neither
taken nor cleared: where it could change the grade, the grade is pending (待定), which counts as below every grade.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import pandas as pd

from analysis.indicators.values import GRADE_COLUMNS, ValueIndex
from analysis.rounds.frames import frame_of, rows_of
from analysis.rounds.rounds import RoundSettings
from analysis.rounds.units import UnitRoll
from analysis.rulebook import Reading, Rulebook
from analysis.rulebook.bench import Bench, Evidence, facts_of, grade_measures, least_favourable
from analysis.rulebook.grade_conditions import Letter, Verdict, condition_name
from analysis.rulebook.readings import read, triggered
from analysis.scoring import scoring
from analysis.scoring.core_ledgers import silent_units
from analysis.words import Text, Words

_TOTAL: Final = "total"
_MISSING: Final = frozenset({"not_reported", "withheld"})


@dataclass(frozen=True)
class Graded:
    """The grade of one unit, as data.

    Attributes:
        unit: its code.
        score: its total.
        rank: its rank; equal scores share the better one (1-2-2-4).
        grade: its grade; None where it is pending.
        deciding: A: all its conditions; C: those of the clauses that hold; B: those of A that do not hold.
        nearest: the grade nearest by, None if nothing can change it.
        turning: the conditions that would have to turn for it, all of them.
        unapplied: whether the rule asks for a previous grade that is not known.
        consequences: what follows from the grade, as places in `grades.consequences`.
        undecided: the measures of the facts that rest on empty cells and on which a pending grade hangs.
    """

    unit: str
    score: Decimal
    rank: int
    grade: Letter | None
    deciding: tuple[Verdict, ...]
    nearest: Letter | None
    turning: tuple[Verdict, ...]
    unapplied: bool = False
    consequences: tuple[int, ...] = ()
    undecided: tuple[str, ...] = ()


def ranks(scores: Mapping[str, Decimal]) -> dict[str, int]:
    """Return the rank of every unit by its score, higher first; equal scores share the better rank (1-2-2-4)."""
    ordered = sorted(scores.values(), reverse=True)
    return {unit: ordered.index(score) + 1 for unit, score in scores.items()}


def grade_units(
    scores: Mapping[str, Decimal],
    readings: Mapping[tuple[str, str], Reading],
    rulebook: Rulebook,
    *,
    parts: Mapping[tuple[str, str], tuple[Fraction, Fraction]] | None = None,
    differences: Mapping[tuple[str, str], int] | None = None,
    previous: Mapping[str, str] | None = None,
    unscored: int = 0,
) -> list[Graded]:
    """Return the grade of every unit that has a score.

    Args:
        scores: total by unit, rounded as declared.
        readings: what conditions, vetoes and tie-breaks read (`grade_measures`), by unit and measure.
        rulebook: the rule set.
        parts: points and full points by unit and item, for conditions on parts of the score.
        differences: by unit and falsification, how many differences of self scores count as false.
        previous: grade of the previous round by unit; None where there is none.
        unscored: how many units have no score.
    """
    facts, least = facts_of(rulebook), least_favourable(readings, rulebook)
    evidence = Evidence(scores, least, parts or {}, differences or {}, previous, unscored)
    bench, place = Bench(evidence, rulebook), ranks(scores)
    open_facts: dict[str, dict[str, Reading]] = {}
    for (unit, measure), reading in readings.items():
        if measure in facts and reading.fillings != ():
            open_facts.setdefault(unit, {})[measure] = reading.at("highest")
    graded = []
    for unit in scores:
        cleared = _graded(unit, place[unit], bench)
        graded.append(
            _undecided(cleared, open_facts[unit], evidence, rulebook) if unit in open_facts else cleared
        )
    return graded


def _undecided(
    cleared: Graded, taken: Mapping[str, Reading], evidence: Evidence, rulebook: Rulebook
) -> Graded:
    """Return a grade given with its open facts cleared, or a pending one where it were another with them taken."""
    unit = cleared.unit
    readings = {**evidence.readings, **{(unit, measure): reading for measure, reading in taken.items()}}
    bench = Bench(replace(evidence, readings=readings), rulebook)
    zeroed = any(
        veto.effect == "total_zero" and triggered(veto, taken[veto.measure])
        for veto in rulebook.vetoes
        if veto.measure in taken
    )
    if _graded(unit, cleared.rank, bench).grade == cleared.grade and not (zeroed and cleared.grade != "C"):
        return cleared
    return replace(
        cleared, grade=None, deciding=(), nearest=None, turning=(), consequences=(), undecided=tuple(taken)
    )


def evidence_of(
    scores: pd.DataFrame,
    values: pd.DataFrame,
    rulebook: Rulebook,
    roll: UnitRoll,
    of: RoundSettings,
    *,
    previous: Mapping[str, str] | None = None,
) -> Evidence:
    """Return what the units are judged by; what is left blank is read the way that is worst for the unit.

    Args:
        scores: the score table.
        values: the value table, for gates, counts, stated facts and vetoes.
        rulebook: the rule set.
        roll: the units.
        of: the settings of the round, for its periods.
        previous: grade of the previous round by unit; None where there is none.
    """
    differences = scoring.differences(values, rulebook, roll, of)
    judged = _evidence(scores, values, rulebook, roll, of, previous=previous, differences=differences)
    return replace(judged, readings=least_favourable(judged.readings, rulebook))


def _evidence(
    scores: pd.DataFrame,
    values: pd.DataFrame,
    rulebook: Rulebook,
    roll: UnitRoll,
    of: RoundSettings,
    *,
    previous: Mapping[str, str] | None,
    differences: Mapping[tuple[str, str], int] | None,
) -> Evidence:
    index, calendar = ValueIndex(values), of.calendar
    silent = silent_units(values, roll, of, rulebook)
    lacks, wholes = _lacks(scores, roll, silent), _wholes(scores)
    return Evidence(
        {unit: Decimal(str(wholes[unit]["points"])) for unit, lack in lacks.items() if not lack},
        {
            (unit, measure): read(index, unit, measure, calendar.period.text, calendar.base)
            for unit in roll.codes
            for measure in grade_measures(rulebook)
        },
        _parts(scores),
        differences or {},
        previous,
        sum(bool(lack) for lack in lacks.values()),
    )


def grade(
    scores: pd.DataFrame,
    values: pd.DataFrame,
    rulebook: Rulebook | None,
    roll: UnitRoll,
    of: RoundSettings,
    *,
    catalogue: Words,
    previous: Mapping[str, str] | None = None,
    differences: Mapping[tuple[str, str], int] | None = None,
) -> pd.DataFrame:
    """Return rank and grade of every unit (contract 2), best rank first, equal ranks in the order of the roll.

    Args:
        scores: the score table.
        values: the value table, for gates, counts, stated facts and vetoes.
        rulebook: the rule set; without one nothing is graded.
        roll: the units.
        of: the settings of the round, for its periods.
        catalogue: the words the clauses are told in.
        previous: grade of the previous round by unit (`previous_grades`); None where there is none.
        differences: by unit and falsification, how many differences of self scores count as false.

    Returns:
        Frame `GRADE_COLUMNS`; `score` is decimal text. A unit without a score stands last, without rank and grade,
        and its clause says why.
    """
    if rulebook is None:
        return frame_of([], GRADE_COLUMNS)
    graded = graded_units(scores, values, rulebook, roll, of, previous=previous, differences=differences)
    silent = silent_units(values, roll, of, rulebook)
    lacks = {unit: lack for unit, lack in _lacks(scores, roll, silent).items() if lack}
    rows = [
        _row(unit, rulebook, roll, of.round, catalogue) for unit in sorted(graded, key=lambda unit: unit.rank)
    ]
    ledgers = {
        unit: catalogue.list([catalogue.label(f"ledger.{name}") for name in names]).plain
        for unit, names in silent.items()
    }
    rows += [
        _without_score(unit, catalogue(f"grade.clause.{lack}", ledgers=ledgers.get(unit, "")), roll, of.round)
        for unit, lack in lacks.items()
    ]
    return frame_of(rows, GRADE_COLUMNS)


def graded_units(
    scores: pd.DataFrame,
    values: pd.DataFrame,
    rulebook: Rulebook,
    roll: UnitRoll,
    of: RoundSettings,
    *,
    previous: Mapping[str, str] | None = None,
    differences: Mapping[tuple[str, str], int] | None = None,
) -> list[Graded]:
    """Return the grade of every unit that has a score, as data; arguments as for `grade`."""
    judged = _evidence(scores, values, rulebook, roll, of, previous=previous, differences=differences)
    return grade_units(
        judged.scores,
        judged.readings,
        rulebook,
        parts=judged.parts,
        differences=judged.differences,
        previous=previous,
        unscored=judged.unscored,
    )


def reasons(graded: Graded, rulebook: Rulebook, catalogue: Words) -> list[Text]:
    """Return the conditions that decided a grade, each in words; of a pending one the facts that are not known."""
    score = f"{graded.score:.{rulebook.rounding.places}f}"
    return [
        verdict.condition.reason(verdict, rulebook, catalogue, score, graded.rank)
        for verdict in graded.deciding
    ] or [Text(condition_name(measure, rulebook, catalogue)) for measure in graded.undecided]


def clause(graded: Graded, rulebook: Rulebook, catalogue: Words) -> Text:
    """Return the clause that decided a grade, in words, and what follows from the grade."""
    told = reasons(graded, rulebook, catalogue)
    if graded.grade is None:
        return catalogue("grade.clause.pending", facts=catalogue.list(told))
    key = f"grade.clause.{graded.grade}{'_one' if graded.grade == 'A' and len(told) == 1 else ''}"
    parts = [catalogue(key, reasons=catalogue.series(told), count=str(len(told)))]
    if graded.unapplied:
        parts.append(catalogue("grade.clause.not_applied"))
    for place in graded.consequences:
        follows = rulebook.grades.consequences[place]
        text = catalogue.written(follows.text, follows.text_en)
        parts.append(catalogue("grade.clause.consequence", text=text))
    return catalogue.paragraph(parts)


def nearest_clause(graded: Graded, rulebook: Rulebook, catalogue: Words) -> Text:
    """Return the clause nearest to having changed a grade, with its distance in words; nothing of a pending one."""
    if graded.grade is None:
        return Text()
    if graded.nearest is None:
        return catalogue("grade.nearest.none")
    gaps = catalogue.series(
        [verdict.condition.distance(verdict, rulebook, catalogue) for verdict in graded.turning]
    )
    return catalogue("grade.nearest.sentence", grade=graded.nearest, gaps=gaps)


def _wholes(scores: pd.DataFrame) -> dict[str, Mapping[str, Any]]:
    return {str(row["unit"]): row for row in rows_of(scores[scores["indicator"] == _TOTAL])}


def _lacks(scores: pd.DataFrame, roll: UnitRoll, silent: Container[str]) -> dict[str, str]:
    """Return why each unit has no score to be graded by; empty where it has one."""
    wholes = _wholes(scores)
    lacks = {unit: _lack(wholes.get(unit)) for unit in roll.codes}
    return {unit: lack or ("core_not_reported" if unit in silent else "") for unit, lack in lacks.items()}


def _lack(whole: Mapping[str, Any] | None) -> str:
    """Return why a unit has no score (`no_score`, `nothing_reported`), empty if it has one."""
    if whole is None or not str(whole["points"]):
        return "no_score"
    return "nothing_reported" if whole["status"] in _MISSING else ""


def _parts(scores: pd.DataFrame) -> dict[tuple[str, str], tuple[Fraction, Fraction]]:
    return {
        (str(row["unit"]), str(row["indicator"])): (
            Fraction(str(row["points"])),
            Fraction(str(row["points_possible"])),
        )
        for row in rows_of(scores)
        if str(row["points"]) and str(row["points_possible"])
    }


def _graded(unit: str, rank: int, bench: Bench) -> Graded:
    best, clauses = bench.best(unit), bench.clauses(unit)
    holding = [each for each in clauses if all(verdict.met for verdict in each)]
    letter: Letter
    if holding:
        letter, deciding = "C", tuple(verdict for each in holding for verdict in each)
    elif all(verdict.met for verdict in best):
        letter, deciding = "A", best
    else:
        letter, deciding = "B", tuple(verdict for verdict in best if not verdict.met)
    nearest, turning = _nearest(letter, best, clauses)
    before = (bench.evidence.previous or {}).get(unit, "")
    follow = tuple(
        place
        for place, follows in enumerate(bench.rulebook.grades.consequences)
        if follows.grade == letter and (not follows.previous or before in follows.previous)
    )
    everything = (*best, *(verdict for each in clauses for verdict in each))
    return Graded(
        unit,
        bench.evidence.scores[unit],
        rank,
        letter,
        tuple(verdict for verdict in deciding if verdict.applied),
        nearest,
        turning,
        unapplied=not all(verdict.applied for verdict in everything),
        consequences=follow,
    )


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
        "grade": unit.grade or "",
        "clause": clause(unit, rulebook, catalogue).plain,
        "nearest_clause": nearest_clause(unit, rulebook, catalogue).plain,
    }


def _without_score(unit: str, clause: Text, roll: UnitRoll, round_id: str) -> dict[str, Any]:
    return {
        "id": f"grade.{unit}",
        "round": round_id,
        "unit": unit,
        "unit_name": roll.short(unit),
        "clause": clause.plain,
    }
