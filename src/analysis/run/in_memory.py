"""A whole round in the memory: from a folder or from frames to values, scores, grades and sentences, writing no file.

    checked = read(project, "2020")                                 # checked.faults: everything wrong
    arrived = intake_of(settings, roll, {"clues": clues})           # or ledgers that are frames already
    a = assess(declared_of(settings, rulebook), arrived)            # a.values, a.scores, a.grades, a.findings, …
    pages.shown(a, "report")                                        # its sections as blocks

What comes back is an `Assessment` like any other: pages, questions and exporters take it as they take one that is
kept in `data/processed`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypedDict, Unpack

import pandas as pd

from analysis import intake
from analysis.indicators import catalogue
from analysis.indicators.catalogue import Measure
from analysis.intake.from_frames import UnusableFramesError, intake_of
from analysis.results.assessment import BEFORE, DOUBTFUL, STAGES, Assessment, Declared
from analysis.results.doubtful import doubtful_rows
from analysis.results.previous import before_frame, previous_grades, previous_problems
from analysis.results.store import Memory
from analysis.rounds.bulletin_texts import Bulletin
from analysis.rounds.faults import FaultsFoundError
from analysis.rounds.published import Published
from analysis.rounds.rounds import Round, RoundSettings
from analysis.rulebook import Rulebook
from analysis.rulebook.stated_facts import StatementFile
from analysis.run import computing
from analysis.run.checking import Checked
from analysis.run.checking import check as read
from analysis.run.garbage import looked_for_seldom
from analysis.scoring.firmness import DRAWS

__all__ = ["UnusableFramesError", "assess", "assess_read", "declared_of", "intake_of", "read"]

#: the project of a round that has no folder
NOWHERE: Final = Path("nowhere")


class Options(TypedDict, total=False):
    """What `assess` may leave out."""

    upto: str
    with_lineage: bool
    told: bool
    draws: int


def declared_of(
    settings: RoundSettings,
    rulebook: Rulebook | None = None,
    published: Published | None = None,
    bulletin: Bulletin | None = None,
    measures: tuple[Measure, ...] = (),
) -> Declared:
    """Return what is declared of a round that has no folder.

    Measures of its own must have been declared (`catalogue.declare`) before a rule set that reads them was made.
    """
    folder = NOWHERE / "data" / "raw" / settings.round
    return Declared(Round(settings, folder, NOWHERE), rulebook, published, bulletin, measures=measures)


@looked_for_seldom()
def assess(
    declared: Declared,
    arrived: intake.Intake,
    language: str = "",
    *,
    statements: StatementFile | None = None,
    previous: Mapping[str, str] | None = None,
    earlier: pd.DataFrame | None = None,
    upto: str = STAGES[-1],
    with_lineage: bool = True,
    told: bool = True,
    draws: int = DRAWS,
) -> Assessment:
    """Return a round computed to the end, kept in the memory only.

    Args:
        declared: what the office declared (`declared_of`, or `read(...).declared`).
        arrived: what arrived (`intake_of`, or `read(...).arrived`); its faults become the frame `issues`.
        language: of the words; left out, the round's own.
        statements: what the office states of the units itself; left out, nothing.
        previous: grade of the round before by unit; None where there is none.
        earlier: its problems (`a.problems`), with present codes of units; None where there are none.
        upto: the last stage needed, one of `STAGES`; scores and grades are there from `indicators` on.
        with_lineage: whether every value is led back to its cells; without it `lineage` is empty, and pages at the
            internal level cannot say where a figure comes from.
        told: whether the scores have their derivation as a sentence.
        draws: how often counts and weights are drawn for the firmness; 0 leaves out all rows on firmness, and pages
            say nothing about it.

    Raises:
        ValueError: no such stage.
    """
    wanted = STAGES[: STAGES.index(upto) + 1]
    catalogue.declare(declared.measures)
    frames = Memory()
    whole = Assessment(declared, language or declared.round.settings.language, "", frames)
    frames.write("data_issues", intake.issues_frame(arrived.faults, whole.words))

    def keep(stage: str, made: computing.Made) -> Assessment:
        for name, frame in made.items():
            frames.write(name, frame)
        frames.mark_done(stage, whole.stamp)
        return Assessment(declared, whole.words.language, whole.stamp, frames)

    a = keep("intake", computing.of_intake(arrived, declared.round.settings.money))
    if "indicators" in wanted:
        counted = computing.of_indicators(
            declared,
            arrived,
            a.words,
            statements=statements or StatementFile(),
            previous=previous,
            earlier=earlier,
            with_lineage=with_lineage,
            told=told,
        )
        a = keep("indicators", counted)
    if "trends" in wanted:
        a = keep("trends", computing.of_trends(a, with_lineage=with_lineage))
    if "comparison" in wanted:
        compared = computing.of_comparison(a, previous=previous, with_lineage=with_lineage, draws=draws)
        a = keep("comparison", compared)
    if with_lineage and "indicators" in wanted:
        frames.write(DOUBTFUL, doubtful_rows(a))
    return a


def assess_read(checked: Checked, language: str = "", **options: Unpack[Options]) -> Assessment:
    """Return a round computed to the end from what `read` read; `options` are the last four arguments of `assess`.

    Raises:
        FaultsFoundError: the settings or the data do not allow it.
        ValueError: no such stage.
    """
    if checked.declared is None or checked.arrived is None or checked.blocked:
        raise FaultsFoundError(checked.faults)
    of, roll = checked.declared.round, checked.arrived.roll
    previous = previous_grades(of, roll)
    a = assess(
        checked.declared,
        checked.arrived,
        language,
        statements=checked.statements,
        previous=previous,
        earlier=previous_problems(of, roll),
        **options,
    )
    if previous is not None:
        a.store.write(BEFORE, before_frame(of, roll))
    return a
