"""Scores + conditions of the rulebook → rank and grade, with the clause that decided and the nearest other one.

A grade below the rest beats one above it (`analysis.rulebook.grades`); units of different classes are ranked and
graded apart. Every condition answers whether it holds and how far it is from the opposite, so that the nearest clause
that would have changed the grade can be named. A unit without a score is not graded. A veto, or another fact, that
rests on a cell left empty is neither taken nor cleared: where it could change the grade, the grade is pending (待定),
which counts as below every grade.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping
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
from analysis.rulebook.bench import (
    Bench,
    Evidence,
    grade_measures,
    highest_of,
    holds,
    least_favourable,
    place_of,
)
from analysis.rulebook.grade_conditions import Verdict, condition_name, grades_said
from analysis.rulebook.open_facts import Fillings, open_facts
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
        rank: its rank in its class; equal scores share the better one (1-2-2-4).
        grade: its grade; None where it is pending, or where places decide it and there are too few units for them.
        given: the grade before it was lowered; the same where it was not.
        deciding: the conditions of the clauses by which it is given; of the rest those of the next better grade that
            do not hold.
        lacking: of a grade with conditions of its own, the conditions of the next better one that do not hold.
        lowered: what lowered it by one grade, if anything did.
        nearest: the grade nearest by, None if nothing can change it.
        turning: the conditions that would have to turn for it, all of them.
        unapplied: whether the rule asks for a previous grade that is not known.
        consequences: what follows from the grade, as places in `grades.consequences`.
        undecided: the measures of the facts that rest on empty cells and are neither taken nor cleared; a pending grade
            hangs on them, one that is given is the same either way.
        blurred: the same of those on which the nearest grade hangs, which is then not known.
        few: how many units there are, where these are too few for the places that would decide; 0 elsewhere.
    """

    unit: str
    score: Decimal
    rank: int
    grade: str | None
    given: str
    deciding: tuple[Verdict, ...]
    nearest: str | None
    turning: tuple[Verdict, ...]
    lacking: tuple[Verdict, ...] = ()
    lowered: Verdict | None = None
    unapplied: bool = False
    consequences: tuple[int, ...] = ()
    undecided: tuple[str, ...] = ()
    blurred: tuple[str, ...] = ()
    few: int = 0


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
    """Return the grade of every unit that has a score, all of one class.

    Args:
        scores: total by unit, rounded as declared.
        readings: what conditions, vetoes and tie-breaks read (`grade_measures`), by unit and measure.
        rulebook: the rule set as it holds for them.
        parts: points and full points by unit and item, for conditions on parts of the score.
        differences: by unit and falsification, how many differences of self scores count as false.
        previous: grade of the previous round by unit; None where there is none.
        unscored: how many units have no score.
    """
    evidence = Evidence(scores, readings, parts or {}, differences or {}, previous, unscored)
    return _grades_of(scores, evidence, rulebook)


def _grades_of(units: Iterable[str], judged: Evidence, rulebook: Rulebook) -> list[Graded]:
    """Return the grades of some of the units that stand on one bench together, from evidence as it was read."""
    evidence = _judged(judged, rulebook)
    bench, place = Bench(evidence, rulebook), ranks(evidence.scores)
    unanswered = evidence.open_facts
    graded = []
    for unit in units:
        cleared = _graded(unit, place[unit], bench)
        graded.append(_undecided(cleared, bench) if unit in unanswered else cleared)
    return graded


def _undecided(cleared: Graded, bench: Bench) -> Graded:
    """Return the grade that a unit has whatever its open facts come to, or a pending one."""
    unit, rulebook = cleared.unit, bench.rulebook
    facts, fillings = bench.evidence.open_facts[unit], Fillings.of(unit, bench)
    after = list(fillings.benches(unit, bench))
    found = [_graded(unit, cleared.rank, each) for each in after]
    zeroed = any(
        veto.effect == "total_zero"
        and veto.measure in facts
        and triggered(veto, facts[veto.measure].at("highest"))
        for veto in rulebook.vetoes
    )
    if {each.grade for each in found} != {cleared.grade} or (
        zeroed and cleared.grade != rulebook.grades.names[-1]
    ):
        return replace(
            cleared,
            grade=None,
            deciding=(),
            lacking=(),
            lowered=None,
            nearest=None,
            turning=(),
            consequences=(),
            undecided=tuple(facts),
            few=0,
        )
    turned: frozenset[str] = frozenset().union(*(bench.turned(unit, each) for each in after))
    given = replace(cleared, undecided=tuple(measure for measure in facts if measure in turned))
    if any((each.given, each.lowered is None) != (cleared.given, cleared.lowered is None) for each in found):
        # the same grade by other ways: no reason holds for all of them
        given = replace(given, given=cleared.grade or cleared.given, deciding=(), lacking=(), lowered=None)
    else:
        given = replace(
            given,
            deciding=_in_common(cleared.deciding, [each.deciding for each in found]),
            lacking=_in_common(cleared.lacking, [each.lacking for each in found]),
        )
    nearest = (cleared.nearest, cleared.turning)
    if fillings.all_of_them and all((each.nearest, each.turning) == nearest for each in found):
        return given
    return replace(given, nearest=None, turning=(), blurred=tuple(facts))


def _in_common(verdicts: Iterable[Verdict], others: Iterable[Iterable[Verdict]]) -> tuple[Verdict, ...]:
    """Return the verdicts that are given with every answer: what a grade rests on is not told of an open fact."""
    known = [{(id(verdict.condition), verdict.effect) for verdict in each} for each in others]
    return tuple(
        verdict
        for verdict in verdicts
        if all((id(verdict.condition), verdict.effect) in each for each in known)
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
    found = evidence_as_read(scores, values, rulebook, roll, of, previous=previous, differences=differences)
    return _judged(found, rulebook)


def _judged(read: Evidence, rulebook: Rulebook) -> Evidence:
    """Return evidence as it is judged: facts at their least favourable, and which of them are open."""
    return replace(
        read,
        readings=least_favourable(read.readings, rulebook),
        open_facts=open_facts(read.readings, rulebook),
        highest=highest_of(read.readings, rulebook),
    )


def evidence_as_read(
    scores: pd.DataFrame,
    values: pd.DataFrame,
    rulebook: Rulebook,
    roll: UnitRoll,
    of: RoundSettings,
    *,
    previous: Mapping[str, str] | None = None,
    differences: Mapping[tuple[str, str], int] | None = None,
) -> Evidence:
    """Return what the units are graded by, readings as they are; arguments as for `grade`."""
    index, calendar = ValueIndex(values), of.calendar
    silent = silent_units(values, roll, of, rulebook)
    lacks, wholes = _lacks(scores, roll, silent), _wholes(scores)
    classes = rulebook.classes_of(roll)
    unscored = Counter(classes.get(unit, "") for unit, lack in lacks.items() if lack)
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
        unscored.total(),
        classes,
        unscored,
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
    """Return rank and grade of every unit (contract 2), class by class, best rank first, equal ranks as in the roll.

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
    found = evidence_as_read(scores, values, rulebook, roll, of, previous=previous, differences=differences)
    graded = graded_units(found, rulebook, roll)
    silent = silent_units(values, roll, of, rulebook)
    lacks = {unit: lack for unit, lack in _lacks(scores, roll, silent).items() if lack}
    books = rulebook.by_class(roll)
    classes = rulebook.classes_of(roll)
    rows = [_row(unit, books[classes.get(unit.unit, "")], roll, of.round, catalogue) for unit in graded]
    ledgers = {
        unit: catalogue.list([catalogue.label(f"ledger.{name}") for name in names]).plain
        for unit, names in silent.items()
    }
    rows += [
        _without_score(unit, catalogue(f"grade.clause.{lack}", ledgers=ledgers.get(unit, "")), roll, of.round)
        for unit, lack in lacks.items()
    ]
    return frame_of(rows, GRADE_COLUMNS)


def graded_units(judged: Evidence, rulebook: Rulebook, roll: UnitRoll) -> list[Graded]:
    """Return the grade of every unit that has a score, class by class, best rank first."""
    graded: list[Graded] = []
    for code, book in rulebook.by_class(roll).items():
        own = judged.of_class(code) if rulebook.classes else judged
        graded += sorted(_grades_of(own.scores, own, book), key=lambda unit: unit.rank)
    return graded


def graded_unit(unit: str, judged: Evidence, rulebook: Rulebook, roll: UnitRoll) -> Graded:
    """Return the grade of one unit that has a score."""
    code = rulebook.classes_of(roll).get(unit, "")
    own = judged.of_class(code) if rulebook.classes else judged
    return _grades_of([unit], own, rulebook.by_class(roll)[code])[0]


def reasons(graded: Graded, rulebook: Rulebook, catalogue: Words) -> list[Text]:
    """Return the conditions that decided a grade, each in words; of a pending one the facts that are not known.

    Where open facts lead to the same grade by different ways, no condition decides it.
    """
    if graded.grade is None and not graded.deciding:
        return _facts(graded.undecided, rulebook, catalogue)
    if graded.undecided and not graded.deciding:
        return [catalogue("grade.reason.any_way")]
    return _reasons(graded.deciding, graded, rulebook, catalogue)


def _facts(measures: Iterable[str], rulebook: Rulebook, catalogue: Words) -> list[Text]:
    return [Text(condition_name(measure, rulebook, catalogue)) for measure in measures]


def _reasons(verdicts: Iterable[Verdict], graded: Graded, rulebook: Rulebook, catalogue: Words) -> list[Text]:
    score = f"{graded.score:.{rulebook.rounding.places}f}"
    return [
        verdict.condition.reason(verdict, rulebook, catalogue, score, graded.rank) for verdict in verdicts
    ]


def clause(graded: Graded, rulebook: Rulebook, catalogue: Words) -> Text:
    """Return the clause that decided a grade, in words, and what follows from the grade.

    Args:
        graded: the grade.
        rulebook: the rule set as it holds for the unit's class.
        catalogue: the words.
    """
    if graded.few:
        return catalogue("grade.clause.few", units=str(graded.few))
    if graded.grade is None:
        return catalogue("grade.clause.pending", facts=catalogue.list(reasons(graded, rulebook, catalogue)))
    parts = [_given(graded, rulebook, catalogue)]
    if graded.lowered is not None:
        why = catalogue.series(_reasons([graded.lowered], graded, rulebook, catalogue))
        parts.append(
            catalogue("grade.clause.lowered", reasons=why, grade=_said(graded.grade, rulebook, catalogue))
        )
    if graded.undecided:
        facts = catalogue.list(_facts(graded.undecided, rulebook, catalogue))
        parts.append(catalogue("grade.clause.open", facts=facts))
    if graded.unapplied:
        parts.append(catalogue("grade.clause.not_applied"))
    for place in graded.consequences:
        follows = rulebook.grades.consequences[place]
        text = catalogue.written(follows.text, follows.text_en)
        parts.append(catalogue("grade.clause.consequence", text=text))
    return catalogue.paragraph(parts)


def _given(graded: Graded, rulebook: Rulebook, catalogue: Words) -> Text:
    """Return by which conditions a grade was given, before it was lowered."""
    grades, told = rulebook.grades, reasons(graded, rulebook, catalogue)
    place = grades.names.index(graded.given)
    level, better = grades.levels[place], grades.names[place - 1] if place else ""
    parts: dict[str, Text | str] = {
        "reasons": catalogue.series(told),
        "count": str(len(told)),
        "grade": _said(graded.given, rulebook, catalogue),
        "better": _said(better, rulebook, catalogue) if better else "",
        "lower": grades_said(grades.names[place + 1 :], catalogue),
        "lacking": catalogue.series(_reasons(graded.lacking, graded, rulebook, catalogue)),
    }
    if graded.undecided and not graded.deciding and not (level.is_rest and not better):
        return catalogue("grade.clause.any_way", **parts)
    if level.is_rest:
        missed = "missed" if better else "first"
        return catalogue(
            f"grade.clause.rest_{missed}{'' if place == len(grades.levels) - 1 else '_spared'}", **parts
        )
    one = place > grades.rest or bool(level.any_of) or len(told) == 1
    return catalogue(
        f"grade.clause.{'met' if one else 'met_all'}{'_missed' if graded.lacking else ''}", **parts
    )


def _said(name: str, rulebook: Rulebook, catalogue: Words) -> str:
    return rulebook.grades.said(rulebook.grades.names.index(name), catalogue)


def nearest_clause(graded: Graded, rulebook: Rulebook, catalogue: Words) -> Text:
    """Return the clause nearest to having changed a grade, with its distance in words; nothing of a pending one."""
    if graded.grade is None:
        return Text()
    if graded.blurred:
        facts = catalogue.list(_facts(graded.blurred, rulebook, catalogue))
        return catalogue("grade.nearest.open", facts=facts)
    if graded.nearest is None:
        return catalogue("grade.nearest.none")
    gaps = catalogue.series(
        [verdict.condition.distance(verdict, rulebook, catalogue) for verdict in graded.turning]
    )
    return catalogue("grade.nearest.sentence", grade=_said(graded.nearest, rulebook, catalogue), gaps=gaps)


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
    grades = bench.rulebook.grades
    clauses = [bench.clauses(unit, place) for place in range(len(grades.levels))]
    place = place_of(clauses, grades.rest)
    holding = [each for each in clauses[place] if holds(each)]
    lacking = [verdict for each in clauses[place - 1] for verdict in each if not verdict.met] if place else []
    if grades.levels[place].is_rest:
        deciding, lacking = lacking, []
    else:
        deciding = [verdict for each in holding for verdict in each]
        lacking = lacking if place < grades.rest else []
    lowered = bench.lowered(unit)
    falls = lowered.met and place < len(grades.levels) - 1
    letter = grades.names[place + falls]
    nearest = bench.nearest(unit)
    before = (bench.evidence.previous or {}).get(unit, "")
    follow = tuple(
        number
        for number, follows in enumerate(grades.consequences)
        if follows.grade == letter and (not follows.previous or before in follows.previous)
    )
    everything = [verdict for level in clauses for each in level for verdict in each]
    found = Graded(
        unit,
        bench.evidence.scores[unit],
        rank,
        letter,
        grades.names[place],
        tuple(verdict for verdict in deciding if verdict.applied),
        grades.names[nearest.place] if nearest else None,
        nearest.turning if nearest else (),
        tuple(verdict for verdict in lacking if verdict.applied),
        lowered if falls else None,
        unapplied=not all(verdict.applied for verdict in everything),
        consequences=follow,
    )
    placed = place_of([[_placed(each) for each in level] for level in clauses], grades.rest)
    if bench.few == "no_grade" and placed != place:
        return replace(
            found,
            grade=None,
            nearest=None,
            turning=(),
            consequences=(),
            few=max(verdict.few for verdict in everything),
        )
    return found


def _placed(clause: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """Return the verdicts of a clause as they were if the unit had every place that is not given."""
    return tuple(replace(verdict, met=True) if verdict.few else verdict for verdict in clause)


def _row(unit: Graded, rulebook: Rulebook, roll: UnitRoll, round_id: str, catalogue: Words) -> dict[str, Any]:
    return {
        "id": f"grade.{unit.unit}",
        "round": round_id,
        "unit": unit.unit,
        "unit_name": roll.short(unit.unit),
        "score": f"{unit.score:.{rulebook.rounding.places}f}",
        # whom places give no grade has no rank either; a pending grade keeps its own
        "rank": None if unit.few else unit.rank,
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
