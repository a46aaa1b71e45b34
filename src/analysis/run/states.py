"""A state of a round by its name: a round (computed now where it is not), a final edition, or the folder of one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.indicators import catalogue
from analysis.indicators.catalogue import Measure
from analysis.publish import manifest
from analysis.publish.printed_sentences import printed_sentences
from analysis.questions.explain import item_names
from analysis.results.assessment import STAGES
from analysis.results.edition import (
    FINAL,
    Edition,
    computed_edition,
    last_final,
    read_edition,
    with_sentences,
)
from analysis.rounds.levels import INTERNAL
from analysis.rounds.rounds import Round, list_rounds, load_round
from analysis.run import orders, stages, unchanged
from analysis.run.published_files import touched
from analysis.run.resting import causes, made_by


class UnknownStateError(Exception):
    """There is no round and no final edition of a name.

    Attributes:
        name: it.
        known: the rounds and the final editions there are.
    """

    def __init__(self, name: str, known: list[str]) -> None:
        self.name, self.known = name, known
        super().__init__(name)


@dataclass(frozen=True)
class Named:
    """A state with what only the settings of its round know.

    Attributes:
        edition: the state.
        items: names of the items of its rule set by code; empty of a final edition.
        measures: those its office declares; empty of a final edition.
    """

    edition: Edition
    items: dict[str, str]
    measures: tuple[Measure, ...]


def state_called(project: Path, name: str, language: str) -> Named:
    """Return the state a person names. A round is preferred to an edition that is called alike.

    Args:
        project: the project folder.
        name: of a round, of a final edition (`2020-1`), or the path of a folder that holds one.
        language: in which a round is computed.

    Raises:
        UnknownStateError: there is none.
        NoEditionError: the folder holds no edition that can be read.
        FaultsFoundError: the round cannot be computed.
    """
    if name in list_rounds(project):
        assessment = stages.open_assessment(name, STAGES[-1], language, project)
        rules = assessment.settings.rulebook
        items = {} if rules is None else item_names(rules, assessment.words)
        edition = computed_edition(assessment)
        sentences = _printed(assessment.round)
        if sentences is not None:
            edition = with_sentences(edition, sentences)
        return Named(edition, items, assessment.settings.measures)
    for folder in (project / FINAL / name, Path(name)):
        if name and folder.is_dir():
            return Named(read_edition(folder), {}, ())
    editions = sorted(folder.name for folder in (project / FINAL).glob("*") if folder.is_dir())
    raise UnknownStateError(name, [*list_rounds(project), *editions])


def _printed(of: Round) -> pd.DataFrame | None:
    """Return what the pages of a round say; None where its internal edition does not stand or is out of date."""
    told = manifest.read(of.reports)
    if told is None or told["level"] != INTERNAL or told["language"] != of.settings.language:
        return None
    order = orders.Order(of.project, of.id, disclosure=INTERNAL)
    now = made_by(of, unchanged.rests_on(order, orders.Edition.of(order)))
    if touched(of.reports, told) or causes(told, of, now):
        return None
    return printed_sentences(of.reports / "notebooks")


def last_states(project: Path, language: str) -> list[Edition]:
    """Return the last state of every round, by period: its last final edition, or the round as computed now.

    Raises:
        NoEditionError: an edition cannot be read.
        FaultsFoundError: a round without one cannot be computed.
    """
    rounds = sorted(
        (load_round(project, name) for name in list_rounds(project)), key=lambda of: of.period.start
    )
    with catalogue.others_declared():
        return [
            last_final(project, of.id)
            or computed_edition(stages.open_assessment(of.id, "indicators", language, project))
            for of in rounds
        ]
