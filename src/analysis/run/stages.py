"""The stages of a round, each kept in `data/processed/<round>` (other languages beside it), in the order of the road.

A run checks a round and computes it from what the check read (`checking.check`, `compute`), so that every file is read
once. A notebook opens an `Assessment` up to the stage it shows (`open_assessment`): a stage whose result is missing or
stale (files, settings or program have changed since) is computed then, by the same functions, whoever asks. What each
stage makes, from what, stands in `computing`.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis import intake
from analysis.indicators import catalogue
from analysis.questions.since_last import since_last
from analysis.results.assessment import BEFORE, DOUBTFUL, LEDGERS, SINCE, STAGES, Assessment, Declared
from analysis.results.doubtful import doubtful_rows
from analysis.results.edition import Edition, computed_edition, file_hashes, has_final, last_final
from analysis.results.previous import (
    Before,
    before_frame,
    previous_grades,
    previous_problems,
    round_before,
)
from analysis.results.store import Store, one_at_a_time
from analysis.rounds.faults import Fault, FaultsFoundError
from analysis.rounds.rounds import ROUND_FILE, Round, find_project, list_rounds, load_round, round_id_of
from analysis.run import computing
from analysis.run.checking import (
    Checked,
    read_files,
    read_round_settings,
    stamp_of,
    statements_of,
    write_issues,
)
from analysis.words import EVERY_SENTENCE, OFFICE, noting_sentences


def open_assessment(round_id: str | int, upto: str, language: str, project: Path | None = None) -> Assessment:
    """Return a round computed up to and including the stage `upto`; what is missing or stale is computed now.

    Args:
        round_id: the round.
        upto: the last stage needed, one of `STAGES`.
        language: of the texts; values, ids and points are the same in every language.
        project: the project folder; left out, the one around the working directory.

    Raises:
        FaultsFoundError: the settings or the data do not allow it.
        ValueError: no such stage.
    """
    declared = read_round_settings(project or find_project(), round_id_of(round_id))
    compute_before(declared.round)
    return _computed(declared, stamp_of(declared.round), language, upto)


def compute_before(of: Round) -> None:
    """Compute the earlier round that one is compared with, where no final edition of it is filed.

    Grades of the round before are facts of this one: without them a clause on them would hold for nobody.

    Raises:
        FaultsFoundError: that round cannot be computed.
    """
    before = of.settings.compared_with
    if before is None or before not in list_rounds(of.project) or has_final(of.project, before):
        return
    try:
        earlier = load_round(of.project, before)
        if earlier.period.start < of.period.start:
            with catalogue.others_declared():
                open_assessment(before, "indicators", earlier.settings.language, of.project)
    except FaultsFoundError as found:
        raise FaultsFoundError([Fault("compared_round_blocked", file=ROUND_FILE, found=before)]) from found


def state_before(of: Round) -> tuple[Before, Edition, Assessment | None] | None:
    """Return the round that one is compared with: its grades, its tables, and it computed where its files are the same.

    None where there is none, or where nothing but its tables was kept.

    Raises:
        FaultsFoundError: its last final edition cannot be read.
    """
    before = round_before(of)
    if before is None:
        return None
    filed = last_final(of.project, before.round)
    folder = of.folder.with_name(before.round)
    as_filed = filed is None or (filed.basis is not None and filed.basis["files"] == file_hashes(folder))
    earlier: Assessment | None = None
    if as_filed and before.round in list_rounds(of.project):
        try:
            its = load_round(of.project, before.round)
            if its.period.start < of.period.start:
                with catalogue.others_declared():
                    earlier = open_assessment(before.round, "indicators", its.settings.language, of.project)
        except FaultsFoundError:
            # filed, it stands by its tables; computed, `compute_before` has told why it cannot be
            earlier = None
    edition = filed or (None if earlier is None else computed_edition(earlier))
    return None if edition is None else (before, edition, earlier)


def compute(checked: Checked, language: str) -> Assessment:
    """Return a round computed to the end from what its check read.

    Args:
        checked: the state of the round.
        language: of the texts.

    Raises:
        FaultsFoundError: the settings or the data do not allow it.
    """
    if checked.declared is None:
        raise FaultsFoundError(checked.faults)
    return _computed(checked.declared, checked.stamp, language, STAGES[-1], checked)


def _computed(
    declared: Declared, stamp: str, language: str, upto: str, checked: Checked | None = None
) -> Assessment:
    """Return a round with all its stages up to one; the files are read only where nobody has read them yet."""
    wanted = STAGES[: STAGES.index(upto) + 1]
    store = Store(declared.round.processed_in(language))
    if not store.intact():
        store.forget(STAGES)
    if not all(store.is_fresh(stage, stamp) for stage in wanted):
        # two sessions that compute at once would write over what the other has just read
        with one_at_a_time(store.folder):
            for stage in wanted:
                if not store.is_fresh(stage, stamp):
                    _compute_stage(stage, declared, stamp, language, store, checked)
    return Assessment(declared, language, stamp)


def _compute_stage(  # noqa: PLR0917 - what a round is computed from
    stage: str, declared: Declared, stamp: str, language: str, store: Store, checked: Checked | None
) -> None:
    # what this stage and those behind it wrote before is about to be another's
    forgotten, frames = store.forget(STAGES[STAGES.index(stage) :]), store.written()
    # every stage gets its own: what one read before it ran must not hide what it wrote
    before = Assessment(declared, language, stamp, store)
    written: dict[str, dict[str, pd.Series[str]]] = {}
    with noting_sentences() as said:
        if stage == "intake":
            made, written = _intake(before, checked or read_files(declared, stamp))
            # what is a name and what a word is told by all of the office's sentences
            said.add((OFFICE, EVERY_SENTENCE))
        else:
            made = _made(stage, before)
    for name, frame in made.items():
        store.write(name, frame, written=written.get(name))
    store.mark_done(stage, stamp, said)
    if stage == "intake":
        if all(store.written()[name] == frames.get(name) for name in made):
            # other sentences, and nothing in the frames: the stages behind rest on what they rested on
            store.restore({behind: note for behind, note in forgotten.items() if behind != stage})
    else:
        # the one file others read holds the rows of every stage done so far
        after = Assessment(declared, language, stamp, store)
        store.write("values", after.values_told)
        if stage == "indicators" and (held := state_before(declared.round)) is not None:
            store.write(SINCE, since_last(after, *held))
        store.write(DOUBTFUL, doubtful_rows(after))


def freshness(of: Round, language: str) -> dict[str, bool]:
    """Return for every stage whether its result is that of the files, settings and program as they are now."""
    stamp, store = stamp_of(of), Store(of.processed_in(language))
    return {stage: store.is_fresh(stage, stamp) for stage in STAGES}


def _intake(
    before: Assessment, checked: Checked
) -> tuple[computing.Made, dict[str, dict[str, pd.Series[str]]]]:
    """Return what arrived, and how the money of its ledgers stands in their files.

    Raises:
        FaultsFoundError: a fault forbids computing; the list of faults is there all the same.
    """
    write_issues(before.round, checked.data, checked.roll, before.words.language)
    if checked.arrived is None or checked.blocked:
        raise FaultsFoundError(checked.faults)
    money = before.round.settings.money
    made = computing.of_intake(checked.arrived, money)
    ledgers = {LEDGERS + name: name for name in checked.arrived.ledgers}
    return made, {kept: intake.as_written(name, made[kept], money) for kept, name in ledgers.items()}


def _made(stage: str, before: Assessment) -> computing.Made:
    """Return what a stage behind the intake makes from what the stages before it have kept."""
    if stage == "trends":
        return computing.of_trends(before)
    previous = previous_grades(before.round, before.roll)
    if stage == "comparison":
        return computing.of_comparison(before, previous=previous)
    money = before.round.settings.money
    arrived = intake.Intake(
        roll=before.roll,
        ledgers={name: intake.in_minor_units(name, before.ledger(name), money) for name in intake.LEDGERS},
        columns=before.store.read("columns"),
        files=before.files,
        faults=[],
        by_city=intake.filled_by_city(before.round),
        nil_returns=before.store.read("nil_returns"),
    )
    statements, _told_before = statements_of(before.settings, before.roll)
    made = computing.of_indicators(
        before.settings,
        arrived,
        before.words,
        statements=statements,
        previous=previous,
        earlier=previous_problems(before.round, before.roll),
    )
    # a round that is compared with none has no such frame
    return made | ({BEFORE: before_frame(before.round, before.roll)} if previous is not None else {})
