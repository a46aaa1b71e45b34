"""How far every unit is from another grade: the smallest change of its score that would change it.

All conditions of the rule set are asked, places as well as lines: an A unit may fall below a floor long before the next
one overtakes it. Chart, sentence and table read these rows and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from analysis.indicators.values import value_rows
from analysis.rounds.frames import rows_of
from analysis.rounds.rounds import Round
from analysis.rounds.units import UnitRoll
from analysis.rulebook import Rulebook
from analysis.rulebook.bench import Bench, benches
from analysis.rulebook.open_facts import Fillings
from analysis.scoring import grading


def compute(  # noqa: PLR0917 - the frames of all stages before, in their order
    values: pd.DataFrame,
    scores: pd.DataFrame,
    grades: pd.DataFrame,
    rulebook: Rulebook | None,
    roll: UnitRoll,
    of: Round,
    *,
    previous: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Return value rows `score_gap_to_cut` and `score_gap_to_lowest` of every unit, in points.

    Above zero: so many points may be lost before the best grade is, or before the lowest comes. Below zero: so many are
    wanting. Not applicable where no score alone changes the grade, where it is pending, or where the distance hangs on
    a fact that rests on empty cells; not reported without a score, or without a rule set.

    Args:
        values: the value table.
        scores: the official scores.
        grades: the grades.
        rulebook: the rule set; None where nobody is graded.
        roll: the units.
        of: the round.
        previous: grade of the previous round by unit, for conditions that ask for it.
    """
    bench_of: dict[str, Bench] = {}
    if rulebook is not None:
        evidence = grading.evidence_of(scores, values, rulebook, roll, of.settings, previous=previous)
        bench_of = {
            unit: bench for bench in benches(evidence, rulebook, roll).values() for unit in bench.scores
        }
    given = {str(row["unit"]) for row in rows_of(grades) if str(row["grade"])}
    rows = _rows(bench_of, roll, given)
    return value_rows(({**row, "period": of.period.text} for row in rows), of.id)


def _rows(bench_of: Mapping[str, Bench], roll: UnitRoll, given: set[str]) -> Iterator[dict[str, Any]]:
    for unit in roll.codes:
        bench = bench_of.get(unit)
        judged = _answered(unit, bench) if bench is not None and unit in given else []
        for line in ("cut", "lowest"):
            row: dict[str, Any] = {
                "unit": unit,
                "measure": f"score_gap_to_{line}",
                "unit_of_measure": "point",
                "method": "difference",
                "status": "not_reported" if bench is None else "not_applicable",
                "source": f"score.{unit}.total",
            }
            across = Bench.points_to_top if line == "cut" else Bench.points_to_lowest
            points = [across(each, unit) for each in judged]
            if points and points[0] is not None and len(set(points)) == 1:
                row |= {"value": float(points[0]), "status": "reported"}
            yield row


def _answered(unit: str, bench: Bench) -> list[Bench]:
    """Return the bench with every answer that the open facts of a unit may have; none where these are too many."""
    fillings = Fillings.of(unit, bench)
    return list(fillings.benches(unit, bench)) if fillings.all_of_them else []
