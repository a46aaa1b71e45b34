"""One run of a round, from the office's files to an edition of it: check, notebooks, cards, export, publish.

Everything is built in a folder beside the report and takes its place only when it is whole. Whatever happens
before that, the last good report stays as it was.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

import nbformat
from rich.console import Console

from analysis.intake.declared.corrections import CORRECTIONS_FILE
from analysis.intake.declared.maps_file import MAPS_FILE
from analysis.publish import card_zips, figure_files, index, manifest, workbook
from analysis.publish.disclosure import disclosed
from analysis.publish.executed_notebook import read_document
from analysis.publish.html_exporter import AssessHTMLExporter, Prepared, prepared
from analysis.publish.official.official_docx import BulletinDocxExporter
from analysis.publish.official.official_pdf import BulletinPDFExporter
from analysis.publish.papers import PAPERS
from analysis.publish.pdf_exporter import pdf_of
from analysis.publish.person_gate import Gate, Leak
from analysis.render import fonts
from analysis.results.assessment import SEPARATE_SETTINGS, Assessment
from analysis.rounds.faults import Fault, FaultsFoundError
from analysis.rounds.levels import Level
from analysis.rounds.rounds import Round, load_round
from analysis.rounds.units import UnitRoll
from analysis.run import checking, garbage, stages, unchanged
from analysis.run.engine import Job, NotebookFailedError
from analysis.run.executors import EXECUTORS
from analysis.run.fingerprints import digest_of, digest_of_file, libraries, program
from analysis.run.interruptible import interruptibly
from analysis.run.kept_steps import Steps, noting
from analysis.run.machine import NotReadyError, ready, trouble_of
from analysis.run.orders import AT_EVERY_LEVEL, BULLETIN, CARD, REPORT, Edition, Order, notebooks_folder
from analysis.run.progress import RunConsole, shown
from analysis.run.report_folder import (
    EditionFolder,
    RefusedError,
    ReportInUseError,
    RoundBusyError,
    RunFailedError,
    one_run_at_a_time,
)
from analysis.run.resting import made_by
from analysis.words import LANGUAGES, OFFICE, note_sentences, noting_sentences, words

#: settings that quote cells of the office's files
OF_CELLS: Final = frozenset({CORRECTIONS_FILE, MAPS_FILE})

DONE: Final = 0
DATA_BLOCK: Final = 1
WRONG_USAGE: Final = 2
FAILED: Final = 3


class UnknownUnitError(RefusedError):
    """A card was asked for a unit the round does not have.

    Attributes:
        unit: what was asked for.
        known: the short names of the units there are.
    """

    def __init__(self, unit: str, known: Sequence[str]) -> None:
        self.unit = unit
        self.known = tuple(known)
        super().__init__(unit)


class NothingToMakeError(RefusedError):
    """No format asked for exists at the disclosure level.

    Attributes:
        level: the level.
        known: the formats it has.
    """

    def __init__(self, level: Level) -> None:
        self.level = level
        self.known = level.formats
        super().__init__(level.name)


def run(order: Order, console: Console) -> int:
    """Compute a round, publish its report and tell the result.

    Returns:
        The exit status: `DONE`, `DATA_BLOCK`, `WRONG_USAGE` or `FAILED`.
    """
    edition = Edition.of(order)
    tell = RunConsole(console, words(edition.language))
    processed = order.project / "data" / "processed"
    try:
        ready((processed, order.reports), edition.place.below(order.reports))
        with (
            one_run_at_a_time(processed, order.round_id),
            EditionFolder(order.reports, edition.place) as building,
            garbage.looked_for_seldom(),
        ):
            return build(order, edition, building, tell)
    except (RefusedError, RunFailedError, OSError, MemoryError) as ended:
        return _say_why(ended, order, edition, tell)


def _say_why(ended: Exception, order: Order, edition: Edition, tell: RunConsole) -> int:
    """Say why a run has not come to its end and return its exit status."""
    place = edition.place.below(order.reports)
    status = FAILED
    match ended:
        case UnknownUnitError():
            tell.usage("unknown_unit", unit=ended.unit, known=ended.known)
            status = WRONG_USAGE
        case NothingToMakeError():
            tell.usage("formats_of_level", level=tell.level(ended.level.name), known=ended.known)
            status = WRONG_USAGE
        case RoundBusyError():
            key, places = ended.told(order.round_id)
            tell.usage(key, **places)
            status = WRONG_USAGE
        case ReportInUseError():
            tell.say("failed.in_use", folder=shown(place))
        case NotReadyError():
            tell.refused(ended.trouble)
        case RunFailedError():
            if trouble := trouble_of(ended.__cause__):
                tell.refused(trouble, place if ended.published else None)
            else:
                tell.failed(*_where_and_what(ended.__cause__, tell.now), place if ended.published else None)
            if ended.folder:
                tell.kept_in(ended.folder, published=ended.published)
        case _:
            trouble = trouble_of(ended)
            if trouble is None:
                raise ended
            tell.refused(trouble)
    return status


def build(order: Order, edition: Edition, building: EditionFolder, tell: RunConsole) -> int:
    """Go the road: check, notebooks, cards, export, publish.

    Returns:
        `DONE`, or `DATA_BLOCK` where the data or settings do not allow it.

    Raises:
        UnknownUnitError: a card was asked for a unit the round does not have.
        NothingToMakeError: no format asked for exists at the disclosure level.
        ReportInUseError: the finished report cannot take its place.
        NotebookFailedError: a cell raised.
    """
    level, formats = edition.level, edition.formats
    if not formats:
        raise NothingToMakeError(level)
    with tell.stage("check"):
        faults = _of_the_round_before(order)
        # of the files as they are before anything is read
        resting = unchanged.rests_on(order, edition)
        checked = checking.Checked(faults) if faults else checking.check(order.project, order.round_id)
    if checked.round is None or checked.blocked:
        listed = (
            checking.write_issues(checked.round, checked.data, checked.roll, edition.language)
            if checked.round
            else None
        )
        tell.blocked(checked.faults, listed)
        return DATA_BLOCK
    wanted = units_wanted(checked.roll, order.units)
    with tell.stage("compute"):
        assessment = stages.compute(checked, edition.language)

    rests_on = {"program": program(), "libraries": libraries(), "settings": settings_of(assessment.round)}
    with Steps(assessment.round, edition.place.name, building.folder, rests_on, force=order.force) as steps:
        make_files(order, edition, assessment, wanted, building, Making(steps, tell))
        with tell.stage("publish"):
            if leaks := leaks_of(order, edition, building, assessment, checked, resting):
                tell.blocked([*persons_published(leaks)])
                return DATA_BLOCK
            building.publish()
            steps.keep()
            index.write(order.reports)
    told = tell.result(assessment, checked.faults, first_file(building.final, formats), level.name)
    unchanged.note(order, edition, resting, told)
    return DONE


def _of_the_round_before(order: Order) -> tuple[Fault, ...]:
    """Compute the round this one is compared with; return what forbids it."""
    try:
        of = load_round(order.project, order.round_id)
    except FaultsFoundError:
        # the check tells everything that is wrong with the settings
        return ()
    try:
        stages.compute_before(of)
    except FaultsFoundError as found:
        return found.faults
    return ()


def leaks_of(  # noqa: PLR0917 - all that an edition is made of
    order: Order,
    edition: Edition,
    building: EditionFolder,
    assessment: Assessment,
    checked: checking.Checked,
    resting: Mapping[str, str],
) -> list[Leak]:
    """Make the edition whole and return the files of it, and of the frames, that hold a name or number of a person."""
    level = edition.level
    if level.zips:
        card_zips.pack_cards(building.folder / "units", building.folder)
    gate = Gate(checked.names, texts_of_ours(assessment), checked.nobodys)
    # the PDFs are looked through in the notebooks they were set from
    leaks = gate.leaks(building.notebooks, "notebooks")
    if not level.inputs:
        building.without_notebooks()
    asked = {**edition.parameters, "disclosure": level.name, "formats": list(edition.formats)}
    manifest.write(
        building.folder,
        assessment.round,
        asked,
        language=edition.language,
        level=level,
        draft=bool(assessment.draft),
        made_by=made_by(assessment.round, resting),
    )
    leaks += gate.leaks(building.folder)
    page = index.text_with(order.reports, building.folder, building.final)
    leaks += gate.leaks_in(index.FILE, page)
    frames = assessment.round.processed_in(edition.language)
    return leaks + gate.leaks(frames, frames.relative_to(assessment.round.project).as_posix(), but=LANGUAGES)


def settings_of(of: Round) -> str:
    """Return the hash of the settings any page may rest on, the round's own fonts among them.

    Left out is what is told by the frames alone, and what a page notes when it asks for it.
    """
    separate = {*OF_CELLS, *SEPARATE_SETTINGS.values()}
    files = {path.name: path for path in of.folder.glob("*.yaml") if path.name not in separate}
    own_fonts = {name: of.project / name for name in of.settings.extra_fonts}
    return digest_of({name: digest_of_file(path) for name, path in {**files, **own_fonts}.items()})


@dataclass(frozen=True)
class Making:
    """How the steps of an edition are made: those that need it, telling what runs and what does not, and why."""

    steps: Steps
    tell: RunConsole

    def make(
        self,
        name: str,
        given: Mapping[str, str],
        outputs: Sequence[Path],
        make: Callable[[], object],
        *,
        noted: bool = True,
    ) -> None:
        """Make a step, or take over what it made last time where nothing it rests on has changed.

        Args:
            name: of the step, and of its stage.
            given: what it is made from.
            outputs: the files and folders it makes.
            make: makes them.
            noted: whether all it reads is read in this process; else it is made again next time.
        """
        why = self.steps.reason(name, given)
        if why is None:
            self.tell.kept(name)
            return
        with self.tell.stage(name, why), noting() as reads:
            make()
        if noted:
            self.steps.made(name, given, reads, outputs)


def make_files(  # noqa: PLR0917 - what a run knows
    order: Order,
    edition: Edition,
    assessment: Assessment,
    wanted: Container[str],
    building: EditionFolder,
    making: Making,
) -> None:
    """Execute the notebooks of an edition and make its files from them, the cards while the report's are made.

    Raises:
        NotebookFailedError: a cell raised.
    """
    level, formats, steps, tell = edition.level, edition.formats, making.steps, making.tell
    road = Road(notebooks_folder(order.project), building.notebooks, edition.parameters, level.name)
    codes = [code for code in assessment.roll.codes if not wanted or code in wanted]
    cards = codes if level.cards and {"html", "pdf"} & {*formats} else []
    with EXECUTORS[order.engine](order.project) as executor:
        for name in edition.notebooks:
            job = road.job(name)
            making.make(name, given_of(job), [job.output], partial(executor.run, job), noted=executor.noted)
        reasons = {code: steps.reason(f"card {code}", given_of(road.card(code))) for code in cards}
        jobs = {code: road.card(code) for code, why in reasons.items() if why is not None}
        with executor.running(list(jobs.values()), order.jobs) as finish:
            # while the cards are executed
            if level.report:
                export_report(road.executed(REPORT), building.folder, edition, assessment, making)
            if level.bulletin:
                export_bulletin(road.executed(BULLETIN), building.folder, formats, making)
            if len(jobs) < len(cards):
                tell.kept("cards", len(cards) - len(jobs))
            if jobs:
                with tell.stage("cards", next(filter(None, reasons.values()))):
                    for (code, job), reads in zip(jobs.items(), finish(), strict=True):
                        if reads is not None:
                            steps.made(f"card {code}", given_of(job), reads, [job.output])
    if cards:
        executed = {code: road.card(code).output for code in cards}
        export_cards(executed, building.folder / "units", formats, order.jobs, making)


def given_of(job: Job) -> dict[str, str]:
    """Return what an executed notebook is made from: its source and its parameters."""
    return {"notebook": digest_of_file(job.notebook), "parameters": json.dumps(dict(job.parameters))}


@dataclass(frozen=True)
class Road:
    """The notebooks of an edition: where they stand, where the executed ones go, and their parameters."""

    source: Path
    target: Path
    parameters: Mapping[str, str]
    disclosure: str

    def job(self, name: str) -> Job:
        """Return the execution of a notebook."""
        own = {"disclosure": self.disclosure} if name in AT_EVERY_LEVEL else {}
        return Job(self.source / f"{name}.ipynb", self.executed(name), {**self.parameters, **own})

    def card(self, code: str) -> Job:
        """Return the execution of the card of a unit."""
        executed = self.executed(f"{CARD}-{code}")
        own = {"unit": code, "disclosure": self.disclosure}
        return Job(self.source / f"{CARD}.ipynb", executed, {**self.parameters, **own})

    def executed(self, name: str) -> Path:
        """Return where an executed notebook stands."""
        return self.target / f"{name}.ipynb"


def export_report(
    executed: Path, folder: Path, edition: Edition, assessment: Assessment, making: Making
) -> None:
    """Make the report from its executed notebook in every format asked for.

    Args:
        executed: the notebook.
        folder: of the edition.
        edition: its formats, of which others than the report's are ignored, and its disclosure level.
        assessment: the round.
        making: makes the steps.
    """

    def write_workbook() -> None:
        # read anew, so that all it rests on is noted
        whole = Assessment(assessment.settings, edition.language, assessment.stamp)
        seen = disclosed(whole, edition.level)
        workbook.write(workbook.of(seen, read_executed(executed), edition.level), folder / "workbook.xlsx")

    def write_papers() -> None:
        document = read_prepared(executed).document
        for name, paper in PAPERS.items():
            (folder / name).write_bytes(paper(document, executed.parent))

    steps: dict[str, tuple[Sequence[str], Callable[[], object]]] = {
        "html": (["report.html"], lambda: write_page(executed, folder / "report.html", AssessHTMLExporter())),  # type: ignore[no-untyped-call]
        "pdf": ([*PAPERS], write_papers),
        "figures": (["figures"], lambda: figure_files.write(read_executed(executed), folder / "figures")),
        "xlsx": (["workbook.xlsx"], write_workbook),
    }
    given = {"executed": digest_of_file(executed)}
    for form, (names, make) in steps.items():
        if form in edition.formats:
            making.make(form, given, [folder / name for name in names], partial(interruptibly, make))


def export_bulletin(executed: Path, folder: Path, formats: Sequence[str], making: Making) -> None:
    """Make the bulletin from its executed notebook, as PDF and as Word file."""
    exporters = {"pdf": BulletinPDFExporter, "docx": BulletinDocxExporter}
    wanted = {folder / f"bulletin.{form}": kind for form, kind in exporters.items() if form in formats}

    def make() -> None:
        notebook, where = read_executed(executed), {"metadata": {"path": str(executed.parent)}}
        for file, kind in wanted.items():
            exporter = kind()  # type: ignore[no-untyped-call]
            file.write_bytes(exporter.from_notebook_node(notebook, where)[0])

    if wanted:
        given = {"executed": digest_of_file(executed), "formats": " ".join(file.suffix for file in wanted)}
        making.make("bulletin", given, list(wanted), partial(interruptibly, make))


def export_cards(
    executed: Mapping[str, Path], folder: Path, formats: Sequence[str], jobs: int, making: Making
) -> None:
    """Make page and PDF of every executed card.

    All pages embed the same subset of the fonts, which is made once. The PDFs are set side by side: typst works
    outside the interpreter's lock. It must not be called in a forked process, where its threads are missing.

    Args:
        executed: the executed notebook per code.
        folder: where the cards go.
        formats: `html`, `pdf` or both; others are ignored.
        jobs: how many PDFs are set at once.
        making: makes the steps.
    """
    steps, tell = making.steps, making.tell
    folder.mkdir(parents=True, exist_ok=True)
    given = {code: {"executed": digest_of_file(path)} for code, path in executed.items()}
    characters: Mapping[str, Any] = {}
    if "html" in formats:
        characters = fonts.merge_texts(
            steps.value(f"characters {code}", given[code], partial(_characters_in, path))
            for code, path in executed.items()
        )
    on_page = {code: {**made_from, "characters": digest_of(characters)} for code, made_from in given.items()}
    wanted = {"html": on_page, "pdf": given}
    reasons = {
        (form, code): steps.reason(f"{form} {code}", made_from)
        for form, of_form in wanted.items()
        if form in formats
        for code, made_from in of_form.items()
    }
    todo = [each for each, why in reasons.items() if why is not None]
    if len(todo) < len(reasons):
        tell.kept("card_files", len(reasons) - len(todo))
    if not todo:
        return
    why = next(filter(None, reasons.values()))
    with tell.stage("card_files", why), noting() as reads, _setting(jobs) as setters:
        setting = [
            setters.submit(write_pdf, executed[code], folder / f"{code}.pdf")
            for form, code in todo
            if form == "pdf"
        ]
        exporter = AssessHTMLExporter(shared_characters=characters)  # type: ignore[no-untyped-call]
        for form, code in todo:
            if form == "html":
                interruptibly(partial(write_page, executed[code], folder / f"{code}.html", exporter))
        for each in setting:
            interruptibly(each.result)
    for form, code in todo:
        steps.made(f"{form} {code}", wanted[form][code], reads, [folder / f"{code}.{form}"])


@contextmanager
def _setting(jobs: int) -> Iterator[ThreadPoolExecutor]:
    """Give threads for the setting of PDFs; left by an error or Ctrl-C, nothing more is begun or waited for."""
    setters = ThreadPoolExecutor(max_workers=jobs)
    try:
        yield setters
    except BaseException:
        setters.shutdown(wait=False, cancel_futures=True)
        raise
    setters.shutdown()


def _characters_in(executed: Path) -> dict[str, str]:
    return read_prepared(executed).characters


def write_pdf(executed: Path, target: Path) -> None:
    """Write an executed notebook as a PDF."""
    target.write_bytes(pdf_of(read_prepared(executed).document, executed.parent))


def write_page(executed: Path, page: Path, exporter: AssessHTMLExporter) -> None:
    """Write an executed notebook as one self-contained page."""
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(exporter.page(read_prepared(executed)), encoding="utf-8", newline="\n")


def read_executed(path: Path) -> Any:
    """Return an executed notebook."""
    return nbformat.v4.reads(path.read_text(encoding="utf-8"))  # type: ignore[no-untyped-call]


def read_prepared(executed: Path) -> Prepared:
    """Return an executed notebook as the parts of a page, read once for page and PDF."""
    content, said = _prepared(executed, digest_of_file(executed))
    # who gets what was prepared for another rests on the same sentences
    note_sentences(said)
    return content


@lru_cache(maxsize=32)
def _prepared(executed: Path, _digest: str) -> tuple[Prepared, frozenset[tuple[str, str]]]:
    with noting_sentences() as said:
        # the folder leads to the round's extra fonts
        content = prepared(read_document(read_executed(executed)), executed.parent)
    return content, frozenset(said)


def first_file(report: Path, formats: Iterable[str]) -> Path:
    """Return what to open first in the folder of a report."""
    pages = [report / f"report.{form}" for form in ("html", "pdf") if form in formats]
    return next((page for page in pages if page.is_file()), report)


def texts_of_ours(assessment: Assessment) -> list[str]:
    """Return every text of an edition that came from no cell: catalogue, settings and rule set, names of units."""
    round_, roll = assessment.round, assessment.roll
    catalogues = [
        text for language in {OFFICE, assessment.words.language} for text in words(language).texts()
    ]
    # what the office corrected or mapped quotes its cells
    settings = [path for path in round_.folder.glob("*.yaml") if path.name not in OF_CELLS]
    places = [name for unit in roll for name in unit.spellings()]
    return [
        *catalogues,
        *(path.read_text(encoding="utf-8") for path in sorted(settings)),
        *places,
        roll.city_short,
        roll.city_name,
    ]


def persons_published(leaks: Iterable[Leak]) -> Iterator[Fault]:
    """Yield a fault for names and for every kind of number that would be published: the first file, and how many."""
    by_kind: dict[str, list[Leak]] = {}
    for leak in leaks:
        by_kind.setdefault(leak.what, []).append(leak)
    for what, alike in by_kind.items():
        details = {"near": alike[0].section, "files": str(len({leak.file for leak in alike}))}
        if what == "name":
            yield Fault("person_name_published", file=alike[0].file, details=details)
        else:
            yield Fault("person_number_published", file=alike[0].file, details={**details, "number_of": what})


def units_wanted(roll: UnitRoll | None, asked: Iterable[str]) -> frozenset[str]:
    """Return the codes of the units asked for by code or name; none where none was.

    Raises:
        UnknownUnitError: the round has no such unit.
    """
    codes = set()
    for text in asked:
        unit = (roll.by_code(text) or roll.by_name(text)) if roll else None
        if unit is None:
            raise UnknownUnitError(text, [known.short for known in roll or ()])
        codes.add(unit.code)
    return frozenset(codes)


def _where_and_what(error: BaseException | None, stage: str) -> tuple[str, str]:
    """Return the place of a failure, notebook and section or else the stage, and the error in one line."""
    if isinstance(error, NotebookFailedError):
        place = " › ".join(part for part in (error.notebook, error.section) if part)
        return place, " ".join(error.error.split())
    return stage, " ".join(f"{type(error).__name__}: {error}".split())
