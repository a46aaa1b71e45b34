"""Scores and grades of some values under some rule set, as a round has them and as a question supposes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.rounds.rounds import RoundSettings
from analysis.rounds.units import UnitRoll
from analysis.rulebook import Rulebook
from analysis.scoring import grading, scoring
from analysis.words import Words


@dataclass(frozen=True)
class Outcome:
    """Scores and grades (contract 2)."""

    scores: pd.DataFrame
    grades: pd.DataFrame


def outcome_of(
    values: pd.DataFrame,
    rulebook: Rulebook | None,
    roll: UnitRoll,
    of: RoundSettings,
    *,
    catalogue: Words,
    previous: Mapping[str, str] | None = None,
    sentences: bool = True,
) -> Outcome:
    """Return what some values come to.

    Args:
        values: the value table.
        rulebook: the rule set; without one there is neither score nor grade.
        roll: the units.
        of: the settings of the round, for its periods.
        catalogue: the words derivations and clauses are told in.
        previous: grade of the previous round by unit (`results.previous.previous_grades`); None where there is none.
        sentences: whether the derivations are told.
    """
    scores = scoring.score(values, rulebook, roll, of, sentences=sentences, catalogue=catalogue)
    grades = grading.grade(
        scoring.official(scores),
        values,
        rulebook,
        roll,
        of,
        previous=previous,
        differences=scoring.differences(values, rulebook, roll, of),
        catalogue=catalogue,
    )
    return Outcome(scores, grades)
