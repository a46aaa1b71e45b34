"""One run of a round, from the office's files to the report: check, notebooks, cards, export, publish.

Everything is built in a folder beside the report and takes its place only when it is whole. Whatever happens
before that, the last good report stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import nbformat
from rich.console import Console

from analysis import intake, stages
from analysis.building import (
    Building,
    RefusedError,
    ReportInUseError,
    RoundBusyError,
    RunFailedError,
    one_run_at_a_time,
)
from analysis.engine import Job, KernelPool, NotebookFailedError
from analysis.publish import figures, fonts, index, manifest, workbook
from analysis.publish.html import AssessHTMLExporter, characters_of
from analysis.publish.pdf import AssessPDFExporter
from analysis.rounds import Round
from analysis.stages import Assessment
from analysis.teller import Teller, shown
from analysis.words import words

NOTEBOOKS: Final = ("1_intake", "2_indicators", "3_trends", "4_comparison", "5_report")
REPORT: Final = NOTEBOOKS[-1]
CARD: Final = "unit"

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


@dataclass(frozen=True)
class Order:
    """What is to be made.

    Attributes:
        project: the folder with `data/raw`.
        round_id: the round's name.
        formats: of `html`, `pdf`, `xlsx` and `figures`.
        units: codes or names of the units whose cards are made; none means all. Nothing else depends on it.
        language: of the report.
        jobs: how many kernels execute cards at once.
        out: folder of the reports, `reports` of the project if None; the round gets its own folder in it.
    """

    project: Path
    round_id: str
    formats: tuple[str, ...] = ("html", "pdf", "xlsx", "figures")
    units: tuple[str, ...] = ()
    language: str = "zh"
    jobs: int = 2
    out: Path | None = None

    @property
    def reports(self) -> Path:
        """Where the report's folder stands."""
        return (self.out or self.project / "reports").resolve()

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of the notebooks."""
        return {"round_id": self.round_id, "language": self.language}


def run(order: Order, console: Console) -> int:
    """Compute a round, publish its report and tell the result.

    Returns:
        The exit status: `DONE`, `DATA_BLOCK`, `WRONG_USAGE` or `FAILED`.
    """
    tell = Teller(console, words(order.language))
    processed = order.project / "data" / "processed"
    try:
        with (
            one_run_at_a_time(processed, order.round_id),
            Building(order.reports, order.round_id) as building,
        ):
            return build(order, building, tell)
    except UnknownUnitError as unknown:
        tell.usage("unknown_unit", unit=unknown.unit, known=unknown.known)
        return WRONG_USAGE
    except RoundBusyError:
        tell.usage("busy", round=order.round_id)
        return WRONG_USAGE
    except ReportInUseError:
        tell.say("failed.in_use", folder=shown(order.reports / order.round_id))
        return FAILED
    except RunFailedError as failed:
        place, error = _where_and_what(failed.__cause__, tell.now)
        tell.failed(place, error, failed.folder)
        return FAILED


def build(order: Order, building: Building, tell: Teller) -> int:
    """Go the road: check, notebooks, cards, export, publish.

    Returns:
        `DONE`, or `DATA_BLOCK` where the data or settings do not allow it.

    Raises:
        UnknownUnitError: a card was asked for a unit the round does not have.
        ReportInUseError: the finished report cannot take its place.
        NotebookFailedError: a cell raised.
    """
    with tell.stage("check"):
        checked = stages.check(order.project, order.round_id)
    if checked.round is None or checked.blocked:
        tell.blocked(checked.faults)
        return DATA_BLOCK
    wanted = units_wanted(checked.round, order.units)

    road = Road(notebooks_folder(order.project), building.notebooks, order.parameters)
    with KernelPool(order.project) as kernels:
        for name in NOTEBOOKS:
            with tell.stage(name):
                kernels.run(road.job(name))

        assessment = stages.open_assessment(order.round_id, stages.STAGES[-1], order.language, order.project)
        codes = [code for code in assessment.roll.codes if not wanted or code in wanted]
        cards = codes if "html" in order.formats else []
        kernels.grow_to(min(order.jobs, len(cards)))
        waiting = [kernels.submit(road.card(code)) for code in cards]

        # while the cards are executed
        export_report(road.executed(REPORT), building.folder, order.formats, assessment, tell)
        if waiting:
            with tell.stage("cards"):
                kernels.wait_for(waiting)
                export_cards({code: road.card(code).output for code in cards}, building.folder / "units")

    with tell.stage("publish"):
        manifest.write(
            building.folder, assessment.round, {**order.parameters, "formats": list(order.formats)}
        )
        building.publish()
        index.write(order.reports)
    tell.result(assessment, checked.faults, first_file(building.final, order.formats))
    return DONE


@dataclass(frozen=True)
class Road:
    """The notebooks of a round: where they stand, where the executed ones go, and their parameters."""

    source: Path
    target: Path
    parameters: Mapping[str, str]

    def job(self, name: str) -> Job:
        """Return the execution of a notebook."""
        return Job(self.source / f"{name}.ipynb", self.executed(name), self.parameters)

    def card(self, code: str) -> Job:
        """Return the execution of the card of a unit."""
        executed = self.executed(f"{CARD}-{code}")
        return Job(self.source / f"{CARD}.ipynb", executed, {**self.parameters, "unit": code})

    def executed(self, name: str) -> Path:
        """Return where an executed notebook stands."""
        return self.target / f"{name}.ipynb"


def export_report(
    executed: Path, folder: Path, formats: Sequence[str], assessment: Assessment, tell: Teller
) -> None:
    """Make the report from its executed notebook in every format asked for."""
    if "html" in formats:
        with tell.stage("html"):
            write_page(executed, folder / "report.html", AssessHTMLExporter())  # type: ignore[no-untyped-call]
    if "pdf" in formats:
        with tell.stage("pdf"):
            exporter = AssessPDFExporter()  # type: ignore[no-untyped-call]
            # the folder leads to the round's extra fonts
            where = {"metadata": {"path": str(executed.parent)}}
            pdf, _ = exporter.from_notebook_node(read_executed(executed), where)
            (folder / "report.pdf").write_bytes(pdf)
    if "figures" in formats:
        with tell.stage("figures"):
            figures.write(read_executed(executed), folder / "figures")
    if "xlsx" in formats:
        with tell.stage("xlsx"):
            workbook.write(workbook.of(assessment), folder / "workbook.xlsx")


def export_cards(executed: Mapping[str, Path], folder: Path) -> None:
    """Make the page of every executed card; all embed the same subset of the fonts, which is made once."""
    characters = fonts.merge_texts(characters_of(read_executed(path)) for path in executed.values())
    exporter = AssessHTMLExporter(shared_characters=characters)  # type: ignore[no-untyped-call]
    for code, path in executed.items():
        write_page(path, folder / f"{code}.html", exporter)


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
    return pages[0] if pages else report


def notebooks_folder(project: Path) -> Path:
    """Return the notebooks of the project, else those that come with the package."""
    package = Path(__file__).resolve().parent
    # an editable install has no copy in the package; there they stand in the checkout
    folders = (project / "notebooks", package / "notebooks", package.parents[1] / "notebooks")
    return next((folder for folder in folders if (folder / f"{REPORT}.ipynb").is_file()), folders[0])


def units_wanted(round_: Round, asked: Iterable[str]) -> frozenset[str]:
    """Return the codes of the units asked for by code or name; none where none was.

    Raises:
        UnknownUnitError: the round has no such unit.
    """
    asked = tuple(asked)
    if not asked:
        return frozenset()
    roll = intake.read_round(round_).roll
    codes = set()
    for text in asked:
        unit = roll.by_code(text) or roll.by_name(text)
        if unit is None:
            raise UnknownUnitError(text, [known.short for known in roll])
        codes.add(unit.code)
    return frozenset(codes)


def _where_and_what(error: BaseException | None, stage: str) -> tuple[str, str]:
    """Return the place of a failure, notebook and section or else the stage, and the error in one line."""
    if isinstance(error, NotebookFailedError):
        place = " › ".join(part for part in (error.notebook, error.section) if part)
        return place, " ".join(error.error.split())
    return stage, " ".join(f"{type(error).__name__}: {error}".split())
