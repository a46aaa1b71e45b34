"""`python -m tests.look`: build the editions, look at everything, end with a table and a status."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright
from rich.console import Console

from analysis.publish.papers import PAPERS

from . import editions, notebooks, pages, papers, programs
from .results import Results

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "look"
FONTS = ROOT / "src" / "analysis" / "fonts"
#: what the pages must offer
REPORT = frozenset({"contents", "filter", "provenance", "save", "sort", "folded"})
INTERNAL_ONLY = frozenset({"filter", "provenance"})
CARD = frozenset({"sort"})


def main() -> int:
    """Run the command and return its exit status: 0 all is well, 1 something is not, 2 a program is missing."""
    arguments = editions.parser("make look", __doc__ or "").parse_args()
    console = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 150)
    try:
        found = programs.find()
    except programs.MissingProgramsError as missing:
        console.print(str(missing), style="bold red")
        return 2
    results = Results(console)
    project = BUILD / "project"
    if not arguments.reuse:
        editions.copy_project(ROOT, project)
    made = editions.expected(project)
    for edition in made:
        if not arguments.reuse:
            faults = editions.build(project, edition)
            results.add(edition.name, "build", faults, edition.folder.relative_to(project).as_posix())
    look(made, project, found, results)
    console.print(results.table(), soft_wrap=False)
    console.print(f"pictures: {BUILD.relative_to(ROOT).as_posix()}")
    return results.status


def look(made: list[editions.Edition], project: Path, found: dict[str, str], results: Results) -> None:
    """Look at every page and every sheet of the editions, at the index, and at notebooks in JupyterLab."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found["browser"])
        for subject in subjects(made, project):
            if subject.path.is_file():
                pages.look(browser, subject, results)
            else:
                results.add(subject.name, "page", [f"{subject.path.name} is missing"])
        browser.close()
        desk = notebooks.Desk(project, BUILD / "jupyter", FONTS, BUILD / "notebooks")
        notebooks.look(playwright, found["browser"], desk, results)
    for edition in made:
        shots = BUILD / edition.name.replace(" ", "-")
        if edition.level in {"internal", "grades"}:
            for name in PAPERS:
                if edition.level == "internal" or (edition.folder / name).is_file():
                    called = f"{edition.name} {name.removesuffix('.pdf')}"
                    papers.look_at_pdf(called, edition.folder / name, shots, results)
            papers.look_at_pdf(f"{edition.name} bulletin", edition.folder / "bulletin.pdf", shots, results)
            papers.look_at_word(
                f"{edition.name} bulletin",
                edition.folder / "bulletin.docx",
                papers.Office(found["office"], shots / "word", FONTS),
                results,
            )
        cards = sorted(edition.folder.glob("units/*.pdf"))
        if edition.level == "own":
            papers.look_at_pdf(f"{edition.name} card", next(iter(cards), Path("units/*.pdf")), shots, results)


def subjects(made: list[editions.Edition], project: Path) -> list[pages.Subject]:
    """Return the pages to look at: report and one card of every edition that has them, and the index."""
    found = []
    for edition in made:
        shots = BUILD / edition.name.replace(" ", "-")
        if edition.level != "own":
            found.append(
                pages.Subject(
                    f"{edition.name} report",
                    edition.folder / "report.html",
                    shots / "report",
                    REPORT if edition.level == "internal" else REPORT - INTERNAL_ONLY,
                )
            )
        if edition.level != "grades":
            card = next(iter(edition.cards), edition.folder / "units" / "….html")
            found.append(pages.Subject(f"{edition.name} card", card, shots / "card", CARD))
    index = project / "reports" / "index.html"
    return [*found, pages.Subject("index", index, BUILD / "index", frozenset({"folded"}))]


if __name__ == "__main__":
    sys.exit(main())
