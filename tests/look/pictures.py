"""`make pictures`: the pictures of the READMEs and the runbook, taken from the example round, small enough to keep."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from PIL import Image, ImageOps
from playwright.sync_api import Browser, sync_playwright
from rich.console import Console

from . import editions, pages, programs, sheets
from .results import Results

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "build" / "look" / "project"
TARGET = ROOT / "docs" / "pictures"
#: of a palette picture; text on white needs few
COLOURS = 63
#: px of white around what is cut out of a page
MARGIN = 20
#: bytes of one picture and of all
LIMIT, LIMIT_OF_ALL = 150_000, 800_000


def main() -> int:
    """Compute the example round, take the pictures and return the exit status."""
    arguments = editions.parser("make pictures", __doc__ or "").parse_args()
    console = Console(highlight=False, soft_wrap=True)
    wanted = ("browser", "pdftoppm")
    try:
        found = programs.find({role: programs.PROGRAMS[role] for role in wanted})
    except programs.MissingProgramsError as missing:
        console.print(str(missing), style="bold red")
        return 2
    results = Results(console)
    # all of them, for the picture of the index
    made = editions.expected(PROJECT)
    if not arguments.reuse:
        editions.copy_project(ROOT, PROJECT)
        for edition in made:
            results.add(edition.name, "build", editions.build(PROJECT, edition))
    if all(result.passed for result in results.rows):
        TARGET.mkdir(parents=True, exist_ok=True)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=found["browser"])
            for name, picture in chain(taken(browser, made, PROJECT), sheets.taken(browser)):
                data = small(picture)
                (TARGET / name).write_bytes(data)
                results.add(name, "picture", too_large(len(data), LIMIT), f"{len(data) / 1000:.0f} kB")
            browser.close()
        whole = sum(path.stat().st_size for path in TARGET.glob("*.png"))
        results.add("all", "pictures", too_large(whole, LIMIT_OF_ALL), f"{whole / 1000:.0f} kB")
    console.print(results.table(), soft_wrap=False)
    return results.status


def taken(browser: Browser, made: list[editions.Edition], project: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the pictures with their names: per language the report, a chart, a card, the bulletin; the index."""
    for edition in made:
        if edition.level != "internal":
            continue
        report, language = edition.folder / "report.html", edition.language
        yield f"report.{language}.png", first(browser, report)
        yield f"declines.{language}.png", element(browser, report, "#fig-declines")
        yield f"card.{language}.png", window(browser, edition.cards[0], 1000, 1000)
        if language == "zh":
            yield f"phone.{language}.png", window(browser, report, 390, 844)
            yield f"bulletin.{language}.png", sheet(edition.folder / "bulletin.pdf")
    yield "index.png", window(browser, project / "reports" / "index.html", 1000, 1000)


def first(browser: Browser, path: Path) -> bytes:
    """Return a picture of a report from its top to the end of the board of grades."""
    with pages.opened(browser, path, 1280, 900) as it:
        end = it.page.locator("table.board").first.evaluate("t => t.getBoundingClientRect().bottom")
        clip = {"x": 0, "y": 0, "width": 1280, "height": max(900, end + 6)}
        return it.page.screenshot(full_page=True, clip=clip)  # type: ignore[arg-type]


def window(browser: Browser, path: Path, width: int, height: int) -> bytes:
    """Return a picture of the first screen of a page."""
    with pages.opened(browser, path, width, height) as it:
        return it.page.screenshot()


def element(browser: Browser, path: Path, selector: str) -> bytes:
    """Return a picture of one element of a page with some white around it."""
    with pages.opened(browser, path, 1280, 900) as it:
        found = it.page.locator(selector).first
        found.evaluate("(e, white) => { e.style.padding = white + 'px'; }", MARGIN)
        return found.screenshot()


def sheet(pdf: Path) -> bytes:
    """Return a picture of the first sheet of a PDF."""
    ran = subprocess.run(
        ["pdftoppm", "-r", "80", "-png", "-f", "1", "-singlefile", str(pdf)], capture_output=True, check=True
    )
    return ran.stdout


def small(picture: bytes) -> bytes:
    """Return a picture with a palette and a thin frame, so that its white does not run into the page's."""
    with Image.open(io.BytesIO(picture)) as image:
        framed = ImageOps.expand(image.convert("RGB"), border=1, fill=(217, 222, 227))
    # the method that keeps rare colours: the red of a mark is a few dots in a page of white
    palette = framed.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    out = io.BytesIO()
    palette.save(out, "PNG", optimize=True)
    return out.getvalue()


def too_large(size: int, limit: int) -> list[str]:
    """Return what is wrong with a size in bytes, if anything."""
    return [f"{size / 1000:.0f} kB, more than {limit / 1000:.0f}"] if size > limit else []


if __name__ == "__main__":
    sys.exit(main())
