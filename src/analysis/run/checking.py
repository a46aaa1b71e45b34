"""A round before anything is computed: what the office declared, what arrived, and everything wrong with either."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analysis import intake
from analysis import rulebook as rulebooks
from analysis.indicators import catalogue, measures
from analysis.indicators.own_measures import MEASURES_FILE, absent_texts, causes, declare_beside
from analysis.indicators.unanswered import unanswered
from analysis.intake.declared.problem_progress import load_progress
from analysis.intake.fault_lists import issue_lists
from analysis.intake.persons.person_names import PersonNames
from analysis.results.assessment import LEDGERS, Declared
from analysis.results.previous import given_by_round_before, previous_problems, stored_problems
from analysis.results.store import Store, fingerprint
from analysis.rounds.bulletin_texts import BULLETIN_FILE, read_bulletin
from analysis.rounds.faults import LIST_SIGN, Fault, FaultsFoundError
from analysis.rounds.published import PUBLISHED_FILE, Published
from analysis.rounds.rounds import ROUND_FILE, RULEBOOK_FILE, Round, load_round
from analysis.rounds.settings_files import read_document, read_settings
from analysis.rounds.units import UnitRoll
from analysis.rulebook import Rulebook
from analysis.rulebook.stated_facts import STATEMENTS_FILE, StatementFile, read_statements
from analysis.scoring import problem_faults, problem_record
from analysis.scoring.idle_lines import idle_lines
from analysis.scoring.unfed import unfed
from analysis.words import words


def read_round_settings(project: Path, round_id: str) -> Declared:
    """Read every settings file of a round.

    Raises:
        FaultsFoundError: anything wrong in any of them, all at once.
    """
    found = load_round(project, round_id)
    own, faults = declare_beside(found.folder, found.settings.money)
    rules: Rulebook | None = None
    if (found.folder / RULEBOOK_FILE).exists():
        rules, wrong = _rules(found)
        wrong = causes(wrong, found.folder) if faults else wrong
        faults += [*wrong, *_without_base(found, rules), *_not_counted(found, rules)]
    facts = found.folder / PUBLISHED_FILE
    published, wrong = _published(facts)
    faults += wrong
    groups = [group.code for group in rules.problem_groups] if rules else None
    bulletin, wrong = read_bulletin(found.folder / BULLETIN_FILE, groups)
    faults += wrong
    # what only warns is told with the faults of the files
    if any(fault.severity == "blocks" for fault in faults):
        raise FaultsFoundError(faults)
    return Declared(
        found,
        rules,
        published,
        bulletin,
        measures=own,
        published_sha256=hashlib.sha256(facts.read_bytes()).hexdigest() if published else "",
    )


def _rules(of: Round, roll: UnitRoll | None = None) -> tuple[Rulebook | None, list[Fault]]:
    """Read the rule set of a round and hold it against what is measured, and against the units where they are known."""
    names = sorted(catalogue.known_measures())
    return rulebooks.load(of.folder / RULEBOOK_FILE, known=catalogue.is_known, measures=names, roll=roll)


def _without_base(of: Round, rules: Rulebook | None) -> Iterator[Fault]:
    """Yield what a rule set scores by a change, where the round is compared with no period."""
    if rules is None or of.base:
        return
    codes = [
        indicator.code
        for indicator in rules.indicators()
        if any(catalogue.of(measure).compared for measure in indicator.measures)
    ]
    if codes:
        yield Fault("rulebook_without_base", file=RULEBOOK_FILE, found=LIST_SIGN.join(codes))


def _new_units(of: Round, rules: Rulebook) -> Iterator[Fault]:
    """Yield the units without a base period, and that the rule set has to say how they are scored."""
    base = of.settings.calendar.base_period
    if base is None:
        return
    compared = [
        item
        for item in rules.indicators()
        if any(catalogue.of(measure).compared for measure in item.measures)
    ]
    new = [each for each in of.settings.new_units if each.since > base.start] if compared else []
    open_ones = [item.code for item in compared if rules.declared(item).new_unit is None]
    for each in new:
        since = each.since.isoformat()
        yield Fault("unit_new", file=ROUND_FILE, found=each.unit, severity="notes", details={"since": since})
    if new and open_ones:
        yield Fault("rulebook_new_unit_open", file=RULEBOOK_FILE, found=LIST_SIGN.join(open_ones))


def _not_counted(of: Round, rules: Rulebook | None) -> Iterator[Fault]:
    """Yield the periods a rule set scores that the round does not count: nothing would be found for them."""
    if rules is None or rules.periods is None:
        return
    known = [period.text for period in of.settings.calendar.listed]
    asked = [
        text
        for part in rules.periods.parts
        for text in (*part.periods, part.base_period)
        if text is not None and text not in known
    ]
    for text in dict.fromkeys(asked):
        yield Fault(
            "rulebook_period_not_counted",
            file=RULEBOOK_FILE,
            found=text,
            details={"known": LIST_SIGN.join(known)},
        )


def statements_of(declared: Declared, roll: UnitRoll) -> tuple[StatementFile, list[Fault]]:
    """Return what the office states of the units itself, and what is wrong with it.

    Without a rule set there is nothing to state it for.
    """
    if declared.rulebook is None:
        return StatementFile(), []
    found, wrong = read_statements(declared.round.folder / STATEMENTS_FILE, declared.rulebook, roll)
    return found or StatementFile(), wrong


def stamp_of(of: Round) -> str:
    """Return the fingerprint of all a round's result depends on, grades and problems of the round before it included.

    It is the same for every language: each has a store of its own with its own note of what was done.

    Raises:
        FaultsFoundError: the last final edition of the round before cannot be read.
    """
    return fingerprint(of, given_by_round_before(of))


def _published(path: Path) -> tuple[Published | None, list[Fault]]:
    return read_settings(path, Published, path.name) if path.exists() else (None, [])


@dataclass(frozen=True)
class Checked:
    """The state of a round before anything is computed.

    Attributes:
        faults: everything found, blocking or not, settings first.
        declared: what the office declared; None where its settings have faults.
        arrived: what its files hold; None where they were not read.
        statements: what the office states of the units itself.
        stamp: the fingerprint of all this, taken before the files were read.
    """

    faults: tuple[Fault, ...]
    declared: Declared | None = None
    arrived: intake.Intake | None = None
    statements: StatementFile = field(default_factory=StatementFile)
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
    def files_of_city(self) -> frozenset[str]:
        """The files that only the city and its departments fill in."""
        if self.arrived is None:
            return frozenset()
        files = self.arrived.files
        of_city = files["ledger"].isin(self.arrived.by_city)
        return frozenset(files["file"][of_city]) - frozenset(files["file"][~of_city])

    @property
    def names(self) -> PersonNames:
        """The names of persons learnt from the files; they stay in the memory."""
        return self.arrived.names if self.arrived else PersonNames()

    @property
    def nobodys(self) -> frozenset[str]:
        """Numbers that look like those of persons and are nobody's."""
        return self.arrived.nobodys if self.arrived else frozenset()

    @property
    def blocked(self) -> bool:
        """Whether a fault forbids computing."""
        return any(fault.severity == "blocks" for fault in self.faults)


def check(project: Path, round_id: str) -> Checked:
    """Read settings, rulebook and files of a round and collect everything wrong with them."""
    try:
        declared = read_round_settings(project, round_id)
        stamp = stamp_of(declared.round)
    except FaultsFoundError as found:
        return Checked(found.faults)
    return read_files(declared, stamp)


def read_files(declared: Declared, stamp: str) -> Checked:
    """Read the files of a round, and find what only the measures can: cells they ask in vain, summaries that differ.

    And what only the last run can tell: rows that are gone since.
    """
    of = declared.round
    kept = Store(of.processed_in(of.settings.language))

    def measured(found: intake.Intake) -> Iterator[Fault]:
        earlier = previous_problems(of, found.roll)
        said, document, wrong = load_progress(of.folder)
        yield from wrong
        if said:
            findings, feedback = (
                found.ledgers.get(name, intake.empty_ledger(name)) for name in ("findings", "feedback")
            )
            found.ledgers["findings"], unknown = problem_record.recorded(
                findings, feedback, (said, document), of, earlier
            )
            yield from unknown
        if kept.intact():
            last = {name: kept.read(LEDGERS + name) for name in found.ledgers if kept.has(LEDGERS + name)}
            yield from intake.rows_lost(last, found.ledgers)
        yield from problem_faults.found(found, of, declared.rulebook, earlier)
        yield from absent_texts(found.ledgers, of.folder / MEASURES_FILE)
        settings = found.settled(of).settings
        yield from unanswered(found, settings, found.by_city, found.set_aside)
        yield from measures.differing(found, settings)

    arrived = intake.read_round(of, measured, problem_faults.names(stored_problems(of)))
    statements, of_units = StatementFile(), []
    # places and classes of the rule set can be checked only against the units
    if declared.rulebook and len(arrived.roll):
        statements, wrong = statements_of(declared, arrived.roll)
        of_units = [*_rules(of, arrived.roll)[1], *wrong, *_new_units(of, declared.rulebook)]
        if not any(fault.severity == "blocks" for fault in (*of_units, *arrived.faults)):
            of_units += _unfed(declared, arrived, statements)
            if not any(fault.severity == "blocks" for fault in of_units):
                of_units += _idle(declared, arrived)
    return Checked((*of_units, *arrived.faults), declared, arrived, statements, stamp)


def _unfed(declared: Declared, arrived: intake.Intake, statements: StatementFile) -> Iterator[Fault]:
    """Yield the items of the rule set that nothing feeds, with the lines they stand in."""
    path = declared.round.folder / RULEBOOK_FILE
    document, _told_before = read_document(path, RULEBOOK_FILE)
    if document is not None and declared.rulebook is not None:
        settings = arrived.settled(declared.round).settings
        yield from unfed(document, declared.rulebook, arrived, settings, statements)


def _idle(declared: Declared, arrived: intake.Intake) -> Iterator[Fault]:
    """Yield the lines of the rule set that part no units, with their places."""
    document, _told_before = read_document(declared.round.folder / RULEBOOK_FILE, RULEBOOK_FILE)
    if document is not None and declared.rulebook is not None:
        settings = arrived.settled(declared.round).settings
        yield from idle_lines(document, declared.rulebook, arrived, settings)


def write_reconciliation(checked: Checked, language: str) -> None:
    """Write what became of the rows of the files, whether or not anything can be computed from them.

    Raises:
        OSError: it cannot be written.
    """
    if checked.round is not None and checked.arrived is not None:
        store = Store(checked.round.processed_in(language))
        store.write("reconciliation", checked.arrived.reconciliation)


def write_issues(of: Round, faults: Sequence[Fault], roll: UnitRoll | None, language: str) -> Path:
    """Write the list of data issues, as a frame and as a workbook beside it, and return the workbook.

    Raises:
        OSError: it cannot be written.
    """
    store, said = Store(of.processed_in(language)), words(language)
    store.write("data_issues", intake.issues_frame(faults, said))
    store.write_file(issue_lists.LIST_FILE, issue_lists.list_of(faults, issue_lists.Office(of, roll, said)))
    return store.folder / issue_lists.LIST_FILE
