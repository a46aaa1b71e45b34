"""One run of a round, from the office's files to an edition of it: check, notebooks, cards, export, publish.

Everything is built in a folder beside the report and takes its place only when it is whole. Whatever happens
before that, the last good report stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import nbformat
from rich.console import Console

from analysis.intake.corrections import CORRECTIONS_FILE
from analysis.intake.maps import MAPS_FILE
from analysis.publish import card_zips, figure_files, index, manifest, workbook
from analysis.publish.disclosure import disclosed
from analysis.publish.html_exporter import AssessHTMLExporter, characters_of
from analysis.publish.official.official_docx import BulletinDocxExporter
from analysis.publish.official.official_pdf import BulletinPDFExporter
from analysis.publish.pdf_exporter import AssessPDFExporter
from analysis.publish.person_gate import Gate, Leak
from analysis.render import fonts
from analysis.report.sections import PRODUCTS
from analysis.results.assessment import Assessment
from analysis.rounds.faults import Fault, FaultsFoundError
from analysis.rounds.levels import FORMATS, INTERNAL, Level, level_of
from analysis.rounds.rounds import RoundSettings, load_round
from analysis.rounds.units import UnitRoll
from analysis.run import checking, stages
from analysis.run.engine import Job, KernelPool, NotebookFailedError
from analysis.run.progress import RunConsole, shown
from analysis.run.report_folder import (
    EditionFolder,
    Place,
    RefusedError,
    ReportInUseError,
    RoundBusyError,
    RunFailedError,
    one_run_at_a_time,
    place_of,
)
from analysis.words import LANGUAGES, OFFICE, words

REPORT, BULLETIN, CARD = (PRODUCTS[name].notebook for name in ("report", "bulletin", "card"))
#: those executed once, in order; the cards' apart
NOTEBOOKS: Final = tuple(product.notebook for product in PRODUCTS.values() if product.notebook != CARD)
#: notebooks with the parameter `disclosure`
AT_EVERY_LEVEL: Final = frozenset(
    product.notebook for product in PRODUCTS.values() if len(product.levels) > 1
)
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


@dataclass(frozen=True)
class Order:
    """What is to be made.

    Attributes:
        project: the folder with `data/raw`.
        round_id: the round's name.
        formats: of `html`, `pdf`, `docx`, `xlsx` and `figures`; those a disclosure level has not are left out.
        units: codes or names of the units whose cards are made; none means all. Nothing else depends on it.
        language: of the edition; the round's if None.
        jobs: how many kernels execute cards at once.
        out: folder of the reports, `reports` of the project if None; the round gets its own folder in it.
        disclosure: level of the edition; the round's if None.
    """

    project: Path
    round_id: str
    formats: tuple[str, ...] = FORMATS
    units: tuple[str, ...] = ()
    language: str | None = None
    jobs: int = 2
    out: Path | None = None
    disclosure: str | None = None

    @property
    def reports(self) -> Path:
        """Where the report's folder stands."""
        return (self.out or self.project / "reports").resolve()


@dataclass(frozen=True)
class Edition:
    """Which edition of a round is made.

    Attributes:
        language: of the edition.
        level: its disclosure level.
        place: where it stands among the reports.
        formats: the formats it comes in.
    """

    language: str
    level: Level
    place: Place
    formats: tuple[str, ...]

    @classmethod
    def of(cls, order: Order) -> Edition:
        """Return the edition an order asks for; what it leaves open the round's settings say.

        Raises:
            UnknownLevelError: there is no such disclosure level.
            ValueError: there is no such language.
        """
        settings = _settings(order)
        level = level_of(order.disclosure or (settings.disclosure if settings else INTERNAL))
        of_round = settings.language if settings else OFFICE
        language = order.language or of_round
        return cls(
            language,
            level,
            place_of(order.round_id, language, level.name, of_round=of_round),
            tuple(form for form in order.formats if form in level.formats),
        )

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of the notebooks that make no difference between levels."""
        return {"round_id": self.place.round_id, "language": self.language}

    @property
    def notebooks(self) -> tuple[str, ...]:
        """The notebooks to be executed, the cards' apart."""
        if self.level.inputs:
            return NOTEBOOKS
        made = ((REPORT, self.level.report), (BULLETIN, self.level.bulletin))
        return tuple(name for name, wanted in made if wanted)


def _settings(order: Order) -> RoundSettings | None:
    """Return the settings of the round; None where they have faults, which the check will tell."""
    try:
        return load_round(order.project, order.round_id).settings
    except FaultsFoundError:
        return None


def run(order: Order, console: Console) -> int:
    """Compute a round, publish its report and tell the result.

    Returns:
        The exit status: `DONE`, `DATA_BLOCK`, `WRONG_USAGE` or `FAILED`.
    """
    edition = Edition.of(order)
    tell = RunConsole(console, words(edition.language))
    processed = order.project / "data" / "processed"
    try:
        with (
            one_run_at_a_time(processed, order.round_id),
            EditionFolder(order.reports, edition.place) as building,
        ):
            return build(order, edition, building, tell)
    except UnknownUnitError as unknown:
        tell.usage("unknown_unit", unit=unknown.unit, known=unknown.known)
        return WRONG_USAGE
    except NothingToMakeError as nothing:
        tell.usage("formats_of_level", level=tell.level(nothing.level.name), known=nothing.known)
        return WRONG_USAGE
    except RoundBusyError:
        tell.usage("busy", round=order.round_id)
        return WRONG_USAGE
    except ReportInUseError:
        tell.say("failed.in_use", folder=shown(edition.place.below(order.reports)))
        return FAILED
    except RunFailedError as failed:
        place, error = _where_and_what(failed.__cause__, tell.now)
        tell.failed(place, error, failed.folder)
        return FAILED


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
        checked = checking.check(order.project, order.round_id)
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

    road = Road(notebooks_folder(order.project), building.notebooks, edition.parameters, level.name)
    with KernelPool(order.project) as kernels:
        for name in edition.notebooks:
            with tell.stage(name):
                kernels.run(road.job(name))

        codes = [code for code in assessment.roll.codes if not wanted or code in wanted]
        cards = codes if level.cards and {"html", "pdf"} & {*formats} else []
        kernels.grow_to(min(order.jobs, len(cards)))
        waiting = [kernels.submit(road.card(code)) for code in cards]

        # while the cards are executed
        if level.report:
            seen = disclosed(assessment, level)
            export_report(road.executed(REPORT), building.folder, edition, seen, tell)
        if level.bulletin and {"pdf", "docx"} & {*formats}:
            with tell.stage("bulletin"):
                export_bulletin(road.executed(BULLETIN), building.folder, formats)
        if waiting:
            with tell.stage("cards"):
                kernels.wait_for(waiting)
                executed = {code: road.card(code).output for code in cards}
                export_cards(executed, building.folder / "units", formats, order.jobs)

    with tell.stage("publish"):
        if level.zips:
            card_zips.pack_cards(building.folder / "units", building.folder)
        gate = Gate(checked.names, texts_of_ours(assessment))
        # the PDFs are looked through in the notebooks they were set from
        leaks = gate.leaks(building.notebooks, "notebooks")
        if not level.inputs:
            building.without_notebooks()
        asked = {**edition.parameters, "disclosure": level.name, "formats": list(formats)}
        manifest.write(building.folder, assessment.round, asked, language=edition.language, level=level)
        leaks += gate.leaks(building.folder)
        frames = assessment.round.processed_in(edition.language)
        leaks += gate.leaks(frames, frames.relative_to(assessment.round.project).as_posix(), but=LANGUAGES)
        if leaks:
            tell.blocked([name_published(leaks)])
            return DATA_BLOCK
        building.publish()
        index.write(order.reports)
    tell.result(assessment, checked.faults, first_file(building.final, formats), level.name)
    return DONE


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


def export_report(executed: Path, folder: Path, edition: Edition, seen: Assessment, tell: RunConsole) -> None:
    """Make the report from its executed notebook in every format asked for.

    Args:
        executed: the notebook.
        folder: of the edition.
        edition: its formats, of which others than the report's are ignored, and its disclosure level.
        seen: the round as the level allows it to be seen.
        tell: says what is made.
    """
    formats = edition.formats
    if "html" in formats:
        with tell.stage("html"):
            write_page(executed, folder / "report.html", AssessHTMLExporter())  # type: ignore[no-untyped-call]
    if "pdf" in formats:
        with tell.stage("pdf"):
            write_pdf(executed, folder / "report.pdf")
    if "figures" in formats:
        with tell.stage("figures"):
            figure_files.write(read_executed(executed), folder / "figures")
    if "xlsx" in formats:
        with tell.stage("xlsx"):
            workbook.write(
                workbook.of(seen, read_executed(executed), edition.level), folder / "workbook.xlsx"
            )


def export_bulletin(executed: Path, folder: Path, formats: Sequence[str]) -> None:
    """Make the bulletin from its executed notebook, as PDF and as Word file."""
    notebook, where = read_executed(executed), {"metadata": {"path": str(executed.parent)}}
    if "pdf" in formats:
        exporter = BulletinPDFExporter()  # type: ignore[no-untyped-call]
        (folder / "bulletin.pdf").write_bytes(exporter.from_notebook_node(notebook, where)[0])
    if "docx" in formats:
        writer = BulletinDocxExporter()  # type: ignore[no-untyped-call]
        (folder / "bulletin.docx").write_bytes(writer.from_notebook_node(notebook, where)[0])


def export_cards(executed: Mapping[str, Path], folder: Path, formats: Sequence[str], jobs: int = 1) -> None:
    """Make page and PDF of every executed card.

    All pages embed the same subset of the fonts, which is made once. The PDFs are set side by side: typst works
    outside the interpreter's lock.

    Args:
        executed: the executed notebook per code.
        folder: where the cards go.
        formats: `html`, `pdf` or both; others are ignored.
        jobs: how many PDFs are set at once.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(max_workers=jobs) as setters:
        setting = [
            setters.submit(write_pdf, path, folder / f"{code}.pdf")
            for code, path in executed.items()
            if "pdf" in formats
        ]
        if "html" in formats:
            characters = fonts.merge_texts(characters_of(read_executed(path)) for path in executed.values())
            exporter = AssessHTMLExporter(shared_characters=characters)  # type: ignore[no-untyped-call]
            for code, path in executed.items():
                write_page(path, folder / f"{code}.html", exporter)
        for each in setting:
            each.result()


def write_pdf(executed: Path, target: Path) -> None:
    """Write an executed notebook as a PDF."""
    exporter = AssessPDFExporter()  # type: ignore[no-untyped-call]
    # the folder leads to the round's extra fonts
    where = {"metadata": {"path": str(executed.parent)}}
    pdf, _ = exporter.from_notebook_node(read_executed(executed), where)
    target.write_bytes(pdf)


def write_page(executed: Path, page: Path, exporter: AssessHTMLExporter) -> None:
    """Write an executed notebook as one self-contained page."""
    html, _ = exporter.from_filename(str(executed))
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(html, encoding="utf-8", newline="\n")


def read_executed(path: Path) -> Any:
    """Return an executed notebook."""
    return nbformat.v4.reads(path.read_text(encoding="utf-8"))  # type: ignore[no-untyped-call]


def first_file(report: Path, formats: Iterable[str]) -> Path:
    """Return what to open first in the folder of a report."""
    pages = [report / f"report.{form}" for form in ("html", "pdf") if form in formats]
    return next((page for page in pages if page.is_file()), report)


def notebooks_folder(project: Path) -> Path:
    """Return the notebooks of the project, else those that come with the package."""
    package = Path(__file__).resolve().parents[1]
    # an editable install has no copy in the package; there they stand in the checkout
    folders = (project / "notebooks", package / "notebooks", package.parents[1] / "notebooks")
    return next((folder for folder in folders if (folder / f"{REPORT}.ipynb").is_file()), folders[0])


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


def name_published(leaks: Sequence[Leak]) -> Fault:
    """Return the one fault of a run that would publish the name of a person: the first file, and how many there are."""
    files = {leak.file for leak in leaks}
    details = {"near": leaks[0].section, "files": str(len(files))}
    return Fault("person_name_published", file=leaks[0].file, details=details)


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
