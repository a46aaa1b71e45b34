"""What each stage computes, from what, and into which files of `data/processed/<round>`, other languages beside it.

    intake      the office's files          → ledgers, units, files, data_issues, corrections
    indicators  ledgers, marks, rulebook    → values, lineage, scores, grades, findings
    trends      values of several periods   → more values (each unit against its own past)
    comparison  values, scores, grades      → more values (the units against each other, firmness), compare

A run checks a round and computes it from what the check read (`check`, `compute`), so that every file is read once.
A notebook opens an `Assessment` up to the stage it shows (`open_assessment`): a stage whose result is missing or stale
(files, settings or program have changed since) is computed then, by the same functions, whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from analysis import intake
from analysis import rulebook as rulebooks
from analysis.comparison import comparison
from analysis.indicators import catalogue, measures
from analysis.indicators.lineage import Register, of_members
from analysis.intake import issue_lists
from analysis.intake.person_names import PersonNames
from analysis.results.assessment import STAGES, VALUES, Assessment, Declared
from analysis.results.previous import previous_grades, stored_grades
from analysis.results.store import Store, fingerprint, one_at_a_time
from analysis.rounds.bulletin_texts import BULLETIN_FILE, read_bulletin
from analysis.rounds.faults import Fault, FaultsFoundError
from analysis.rounds.published import Published
from analysis.rounds.rounds import RULEBOOK_FILE, Round, find_project, load_round, round_id_of
from analysis.rounds.settings_files import read_settings
from analysis.rounds.units import UnitRoll
from analysis.rulebook import Rulebook
from analysis.rulebook.stated_facts import STATEMENTS_FILE, StatementFile, read_statements
from analysis.scoring import firmness, grading, score_lineage, scoring
from analysis.scoring import problems as findings
from analysis.trends import series, trends
from analysis.words import words


def read_round_settings(project: Path, round_id: str) -> Declared:
    """Read every settings file of a round.

    Raises:
        FaultsFoundError: anything wrong in any of them, all at once.
    """
    found = load_round(project, round_id)
    faults: list[Fault] = []
    rules: Rulebook | None = None
    if (found.folder / RULEBOOK_FILE).exists():
        rules, wrong = _rules(found)
        faults += wrong
    published, wrong = _published(found.folder / "published.yaml")
    faults += wrong
    groups = [group.code for group in rules.problem_groups] if rules else None
    bulletin, wrong = read_bulletin(found.folder / BULLETIN_FILE, groups)
    faults += wrong
    if faults:
        raise FaultsFoundError(faults)
    return Declared(found, rules, published, bulletin)


def _rules(of: Round, roll: UnitRoll | None = None) -> tuple[Rulebook | None, list[Fault]]:
    """Read the rule set of a round and hold it against what is measured, and against the units where they are known."""
    names = sorted(catalogue.known_measures())
    return rulebooks.load(of.folder / RULEBOOK_FILE, known=catalogue.is_known, measures=names, roll=roll)


def _statements(
    of: Round, rules: Rulebook | None, roll: UnitRoll
) -> tuple[StatementFile | None, list[Fault]]:
    """Read what the office states of the units itself; without a rule set there is nothing to state it for."""
    return read_statements(of.folder / STATEMENTS_FILE, rules, roll) if rules else (None, [])


def _faults_of_units(settings: Declared, roll: UnitRoll) -> list[Fault]:
    """Return what is wrong in the rule set and the statements once it is known which units there are."""
    if settings.rulebook is None:
        return []
    return [*_rules(settings.round, roll)[1], *_statements(settings.round, settings.rulebook, roll)[1]]


def _stamp(of: Round) -> str:
    """Return the fingerprint of all a round's result depends on, the grades of the round before it included.

    It is the same for every language: each has a store of its own with its own note of what was done.
    """
    before = stored_grades(of)
    return fingerprint(of, [] if before is None else [f"{unit} {grade}" for unit, grade in before.items()])


def _published(path: Path) -> tuple[Published | None, list[Fault]]:
    return read_settings(path, Published, path.name) if path.exists() else (None, [])


@dataclass(frozen=True)
class Checked:
    """The state of a round before anything is computed.

    Attributes:
        faults: everything found, blocking or not, settings first.
        declared: what the office declared; None where its settings have faults.
        arrived: what its files hold; None where they were not read.
        stamp: the fingerprint of all this, taken before the files were read.
    """

    faults: tuple[Fault, ...]
    declared: Declared | None = None
    arrived: intake.Intake | None = None
    stamp: str = ""

    @property
    def round(self) -> Round | None:
        """The round, if its settings could be read."""
        return self.declared.round if self.declared else None

    @property
    def roll(self) -> UnitRoll | None:
        """The units assessed, if their file could be read."""
        return self.arrived.roll if self.arrived and len(self.arrived.roll) else None

    @property
    def data(self) -> tuple[Fault, ...]:
        """Those of the faults that are about the office's files."""
        return tuple(self.arrived.faults) if self.arrived else ()

    @property
    def names(self) -> PersonNames:
        """The names of persons learnt from the files; they stay in the memory."""
        return self.arrived.names if self.arrived else PersonNames()

    @property
    def blocked(self) -> bool:
        """Whether a fault forbids computing."""
        return any(fault.severity == "blocks" for fault in self.faults)


def check(project: Path, round_id: str) -> Checked:
    """Read settings, rulebook and files of a round and collect everything wrong with them."""
    try:
        declared = read_round_settings(project, round_id)
    except FaultsFoundError as found:
        return Checked(found.faults)
    return _checked(declared, _stamp(declared.round))


def _checked(declared: Declared, stamp: str) -> Checked:
    """Read the files of a round, and hold what a summary states against what the ledgers give."""
    of = declared.round
    arrived = intake.read_round(of, lambda found: measures.differing(found, of.settings))
    # places and classes of the rule set can be checked only against the units
    of_units = _faults_of_units(declared, arrived.roll) if len(arrived.roll) else []
    return Checked((*of_units, *arrived.faults), declared, arrived, stamp)


def write_issues(of: Round, faults: Sequence[Fault], roll: UnitRoll | None, language: str) -> Path:
    """Write the list of data issues, as a frame and as a workbook beside it, and return the workbook.

    Raises:
        OSError: it cannot be written.
    """
    store, said = Store(of.processed_in(language)), words(language)
    store.write("data_issues", intake.issues_frame(faults, said))
    store.write_file(issue_lists.LIST_FILE, issue_lists.list_of(faults, issue_lists.Office(of, roll, said)))
    return store.folder / issue_lists.LIST_FILE


def open_assessment(
    round_id: str | int, upto: str, language: str = "zh", project: Path | None = None
) -> Assessment:
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
    return _computed(declared, _stamp(declared.round), language, upto)


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
    if not all(store.is_fresh(stage, stamp) for stage in wanted):
        # two sessions that compute at once would write over what the other has just read
        with one_at_a_time(store.folder):
            _compute_stages(declared, stamp, language, wanted, checked)
    return Assessment(declared, language, stamp)


def _compute_stages(
    declared: Declared, stamp: str, language: str, wanted: Sequence[str], checked: Checked | None
) -> None:
    for stage in wanted:
        # every stage gets its own: what one read before it ran must not hide what it wrote
        assessment = Assessment(declared, language, stamp)
        if assessment.store.is_fresh(stage, stamp):
            continue
        # what this stage and those behind it wrote before is about to be another's
        assessment.store.forget(STAGES[STAGES.index(stage) :])
        if stage == "intake":
            _keep_intake(assessment, checked or _checked(declared, stamp))
        else:
            _COMPUTE[stage](assessment)
        assessment.store.mark_done(stage, stamp)
        if stage != "intake":
            # the one file others read holds the rows of every stage done so far
            assessment.store.write("values", Assessment(declared, language, stamp).values)


def freshness(of: Round, language: str) -> dict[str, bool]:
    """Return for every stage whether its result is that of the files, settings and program as they are now."""
    stamp, store = _stamp(of), Store(of.processed_in(language))
    return {stage: store.is_fresh(stage, stamp) for stage in STAGES}


def _keep_intake(a: Assessment, checked: Checked) -> None:
    arrived = checked.arrived
    write_issues(a.round, checked.data, checked.roll, a.words.language)
    if arrived is None or checked.blocked:
        raise FaultsFoundError(checked.faults)
    for name, ledger in arrived.ledgers.items():
        a.write_ledger(name, ledger)
    a.store.write("corrections", arrived.corrections)
    a.store.write("columns", arrived.columns)
    a.store.write("files", arrived.files)
    a.store.write("units", arrived.roll.to_frame())


def _stored_intake(a: Assessment) -> intake.Intake:
    return intake.Intake(
        roll=a.roll,
        ledgers={
            name: intake.in_minor_units(name, a.ledger(name), a.round.settings.money)
            for name in intake.LEDGERS
        },
        columns=a.store.read("columns"),
        files=a.files,
        faults=[],
    )


def _compute_indicators(a: Assessment) -> None:
    arrived = _stored_intake(a)
    measured = measures.compute(arrived, a.round.settings)
    rules, roll = a.settings.rulebook, a.roll
    values, cells = measured.values, measured.lineage
    stated, _ = _statements(a.round, rules, roll)
    if stated and stated.statements:
        values = pd.concat([values, stated.values(a.round.id, a.round.period.text)], ignore_index=True)
        cells = pd.concat([cells, stated.lineage(a.round.period.text)], ignore_index=True)
    scores = scoring.score(values, rules, roll, a.round, catalogue=a.words)
    differences = scoring.differences(values, rules, roll, a.round)
    previous = previous_grades(a.round, roll)
    counted = scoring.official(scores)
    grades = grading.grade(
        counted,
        values,
        rules,
        roll,
        a.round,
        previous=previous,
        differences=differences,
        catalogue=a.words,
    )
    problems, feedback = arrived.ledgers["findings"], arrived.ledgers["feedback"]
    named, named_lineage = findings.count(problems, feedback, rules, roll, a.round, arrived=arrived)
    register = Register.of(arrived.columns, arrived.files)
    derived = [score_lineage.of_problems(problems, roll, register, a.round.as_of.isoformat())]
    if rules:
        derived.append(score_lineage.of_scores(rules, values, cells, roll, a.round))
    a.store.write(VALUES + "indicators", values)
    a.store.write("lineage", pd.concat([cells, named_lineage, *derived], ignore_index=True))
    a.store.write("stated", measured.stated)
    a.store.write("scores", scores)
    a.store.write("grades", grades)
    a.store.write("findings", named)


def _compute_trends(a: Assessment) -> None:
    cells = a.lineage[~a.lineage["source"].str.startswith(f"{series.SOURCE}.")]
    trail = series.trail(a.values, cells, a.roll, a.round.settings)
    a.store.write("lineage", pd.concat([cells, trail], ignore_index=True))
    a.store.write(VALUES + "trends", trends.compute(a.values, a.roll, a.round.settings))


def _compute_comparison(a: Assessment) -> None:
    compare = comparison.compare_published(a.settings.published, a.grades, a.findings, a.roll)
    values = comparison.compute(
        a.values,
        a.scores,
        a.grades,
        a.findings,
        a.roll,
        a.round.settings,
        # without a ledger of problems there are not none: nothing is known of them
        problems=findings.status(a.ledger("findings"), a.round.as_of) if a.keeps("findings") else None,
        published=compare if a.settings.published else None,
    )
    rules, previous = a.settings.rulebook, previous_grades(a.round, a.roll)
    firm = firmness.compute(a.values, a.scores, a.grades, rules, a.roll, a.round, previous=previous)
    facts = score_lineage.of_published(a.round.folder / "published.yaml", len(compare))
    members = comparison.members(values, a.values, a.roll, a.round.settings)
    made_here = {score_lineage.PUBLISHED, *members["source"]}
    lineage = a.lineage[~a.lineage["source"].isin(made_here)]
    trails = [lineage, facts, of_members(members, lineage)]
    a.store.write("lineage", pd.concat(trails, ignore_index=True))
    a.store.write("compare", compare)
    a.store.write(VALUES + "comparison", pd.concat([values, firm], ignore_index=True))


_COMPUTE: Final[dict[str, Callable[[Assessment], None]]] = {
    "indicators": _compute_indicators,
    "trends": _compute_trends,
    "comparison": _compute_comparison,
}
