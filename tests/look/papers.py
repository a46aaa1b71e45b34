"""Looks at sheets of paper: PDFs as pictures and as text, and the Word file as an office program lays it out."""

from __future__ import annotations

import os
import re
import subprocess
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import docx
import numpy as np
from PIL import Image
from pypdf import PdfReader

from .results import Results

A4_MM = (210.0, 297.0)
POINTS_PER_MM = 72 / 25.4
DOTS = 70
#: no ink comes nearer to the edge of a sheet
EDGE_MM = 6
#: share of dark dots under which a sheet counts as empty
EMPTY = 0.0005

#: the bulletin's text block: margins in mm and its lines (laid out after GB/T 9704-2012)
TOP, BOTTOM, LEFT, RIGHT = 37.0, 35.0, 28.0, 26.0
LINES = 22
#: above this a line is the running head, which is the mark of example data
HEAD = 30.0
#: LibreOffice lets a full stop hang over the right margin where Word does not
HANGING = 5.7
BASELINES_MM = 225 / LINES
BLOCK_TOLERANCE = 2.0

#: official faces, which no machine may ship, and those of the package that stand in for them
STAND_INS: Mapping[str, str] = {
    "方正小标宋简体": "Report Serif SC",
    "方正小标宋_GBK": "Report Serif SC",
    "仿宋_GB2312": "Report Serif SC",
    "仿宋": "Report Serif SC",
    "楷体_GB2312": "Report Kai SC",
    "楷体": "Report Kai SC",
    "黑体": "Report Sans SC",
    "宋体": "Report Serif SC",
    "SimSun": "Report Serif SC",
}


def look_at_pdf(name: str, path: Path, pictures: Path, results: Results) -> None:
    """A PDF of ours: A4, no empty sheet, nothing at the edge, text on every page that a reader can search."""
    if not path.is_file():
        results.add(name, "PDF", [f"{path.name} is missing"])
        return
    pages, faults = sheets(path, pictures, path.stem)
    silent = [
        number
        for number, page in enumerate(PdfReader(path).pages, start=1)
        if not page.extract_text().strip()
    ]
    faults += [f"page {number} has no text" for number in silent]
    results.add(name, "PDF", faults, f"{pages} pages A4")


def sheets(path: Path, pictures: Path, stem: str) -> tuple[int, list[str]]:
    """Turn the pages of a PDF into pictures; return their number and what is wrong with them."""
    pictures.mkdir(parents=True, exist_ok=True)
    for old in pictures.glob(f"{stem}-*.png"):
        old.unlink()
    subprocess.run(["pdftoppm", "-r", str(DOTS), "-png", str(path), str(pictures / stem)], check=True)
    faults: list[str] = []
    for number, page in enumerate(PdfReader(path).pages, start=1):
        size = [float(side) / POINTS_PER_MM for side in (page.mediabox.width, page.mediabox.height)]
        if any(abs(mine - wanted) > 0.5 for mine, wanted in zip(size, A4_MM, strict=True)):
            faults.append(f"page {number} is {size[0]:.0f} × {size[1]:.0f} mm")
    found = sorted(pictures.glob(f"{stem}-*.png"))
    for number, picture in enumerate(found, start=1):
        with Image.open(picture) as image:
            faults += [f"page {number} {fault}" for fault in sheet_faults(image)]
    return len(found), faults


def sheet_faults(image: Image.Image) -> list[str]:
    """Return what is wrong with the picture of a sheet: empty, or ink at an edge where no printer reaches."""
    dark = np.asarray(image.convert("L")) < 160
    if dark.mean() < EMPTY:
        return ["is empty"]
    edge = round(EDGE_MM / 25.4 * DOTS)
    edges = {
        "left": dark[:, :edge],
        "right": dark[:, -edge:],
        "top": dark[:edge],
        "bottom": dark[-edge:],
    }
    return [f"has ink at the {side} edge" for side, strip in edges.items() if strip.any()]


def absent(path: Path, wanted: Iterable[str], *, letters: bool = False) -> list[str]:
    """Return the texts a PDF does not have; a text may be broken once, where a page ends.

    Args:
        path: the PDF.
        wanted: the texts.
        letters: compare letters and figures only; LibreOffice loses a full stop that hangs over the margin.
    """
    raw = subprocess.run(
        ["pdftotext", "-raw", "-enc", "UTF-8", str(path), "-"], capture_output=True, check=True
    ).stdout.decode("utf-8")
    form = only_letters if letters else squeezed
    said = form(raw)
    return [text for text in wanted if not is_said(form(text), said)]


def squeezed(text: str) -> str:
    """Return a text without white space, in the form in which PDF readers and browsers agree."""
    return re.sub(r"[\s\u00ad\u200b-]+", "", unicodedata.normalize("NFKC", text))


def only_letters(text: str) -> str:
    """Return the letters and figures of a text."""
    return re.sub(r"[\W_]+", "", squeezed(text))


def is_said(text: str, said: str) -> bool:
    """Return whether a text stands in another one, whole or broken once; both without white space."""
    if text in said:
        return True
    # broken at the end of a page, where the page's number stands between
    return any(text[:place] in said and text[place:] in said for place in range(4, len(text) - 3))


# ------------------------------------------------------------------------------------------ the Word file


@dataclass(frozen=True)
class Office:
    """An office program with a folder for what it writes and the fonts that stand in for the official ones."""

    program: str
    work: Path
    fonts: Path


def look_at_word(name: str, path: Path, office: Office, results: Results) -> None:
    """The bulletin's Word file keeps its layout: page, text block, lines, distance of the lines, every word."""
    if not path.is_file():
        results.add(name, "Word → PDF", [f"{path.name} is missing"])
        return
    pdf = to_pdf(path, office)
    pages, faults = sheets(pdf, office.work, "word")
    texts = [paragraph.text for paragraph in docx.Document(str(path)).paragraphs if paragraph.text.strip()]
    faults += [f"lost: {text[:40]}" for text in absent(pdf, texts, letters=True)]
    results.add(name, "Word → PDF: pages and text", faults, f"{pages} pages A4")
    layout = lines_of(pdf)
    results.add(name, "Word → PDF: layout", block_faults(layout), block_seen(layout))
    beside = path.with_suffix(".pdf")
    if beside.is_file():
        other = len(PdfReader(beside).pages)
        faults = [f"{pages} pages from Word, {other} in the PDF"] if abs(pages - other) > 1 else []
        results.add(name, "Word and PDF agree", faults, f"{pages} and {other} pages")


def to_pdf(path: Path, office: Office) -> Path:
    """Return the PDF an office program makes of a Word file.

    Raises:
        FileNotFoundError: the program made none.
    """
    work = office.work
    work.mkdir(parents=True, exist_ok=True)
    settings = work / "fonts.conf"
    settings.write_text(font_settings(office.fonts, work / "fontcache"), encoding="utf-8")
    command = [office.program, f"-env:UserInstallation={(work / 'profile').resolve().as_uri()}", "--headless"]
    command += ["--convert-to", "pdf", "--outdir", str(work), str(path)]
    ran = subprocess.run(
        command,
        env={**os.environ, "FONTCONFIG_FILE": str(settings.resolve())},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    pdf = work / f"{path.stem}.pdf"
    if not pdf.is_file():
        raise FileNotFoundError(
            f"{office.program} made no PDF of {path.name}: {(ran.stdout + ran.stderr).strip()}"
        )
    return pdf


def font_settings(fonts: Path, cache: Path) -> str:
    """Return settings with which every machine lays the file out with the package's fonts."""
    aliases = "".join(
        f"<match target='pattern'><test name='family'><string>{official}</string></test>"
        f"<edit name='family' mode='assign' binding='strong'><string>{ours}</string></edit></match>"
        for official, ours in STAND_INS.items()
    )
    return (
        "<?xml version='1.0'?><!DOCTYPE fontconfig SYSTEM 'urn:fontconfig:fonts.dtd'><fontconfig>"
        f"<dir>{fonts.resolve()}</dir><cachedir>{cache.resolve()}</cachedir>{aliases}</fontconfig>"
    )


#: a line of text on a page: left, right, top and bottom in mm
Line = tuple[float, float, float, float]


def lines_of(pdf: Path) -> list[list[Line]]:
    """Return the lines of every page of a PDF in mm, from top to bottom."""
    ran = subprocess.run(["pdftotext", "-bbox-layout", str(pdf), "-"], capture_output=True, check=True)
    return parse_lines(ran.stdout.decode("utf-8"))


def parse_lines(xhtml: str) -> list[list[Line]]:
    """Return the lines of every page from what `pdftotext -bbox-layout` says; stretches of one line are joined."""
    space = "{http://www.w3.org/1999/xhtml}"
    pages = []
    for page in ElementTree.fromstring(xhtml).iter(f"{space}page"):
        rows: list[Line] = []
        stretches = [
            tuple(float(line.attrib[key]) / POINTS_PER_MM for key in ("xMin", "xMax", "yMin", "yMax"))
            for line in page.iter(f"{space}line")
        ]
        for left, right, top, bottom in sorted(stretches, key=lambda line: (line[2] + line[3]) / 2):
            if rows and (top + bottom) / 2 - (rows[-1][2] + rows[-1][3]) / 2 < 3:
                last = rows.pop()
                rows.append(
                    (min(left, last[0]), max(right, last[1]), min(top, last[2]), max(bottom, last[3]))
                )
            else:
                rows.append((left, right, top, bottom))
        pages.append(rows)
    return pages


def inside(rows: Iterable[Line]) -> list[Line]:
    """Return the lines of the text block, without the running head above and the page number under it."""
    return [row for row in rows if HEAD < (row[2] + row[3]) / 2 < A4_MM[1] - BOTTOM]


def block_faults(pages: list[list[Line]]) -> list[str]:
    """Return where the lines leave the text block, are too many or too near to each other."""
    faults: list[str] = []
    for number, rows in enumerate(pages, start=1):
        block = inside(rows)
        if not any((row[2] + row[3]) / 2 > A4_MM[1] - BOTTOM for row in rows):
            faults.append(f"page {number}: no page number under the text block")
        if not block:
            continue
        left, right = min(row[0] for row in block), max(row[1] for row in block)
        top = min(row[2] for row in block)
        if left < LEFT - BLOCK_TOLERANCE:
            faults.append(f"page {number}: text begins {left:.1f} mm from the left, not {LEFT:.0f}")
        if right > A4_MM[0] - RIGHT + HANGING:
            faults.append(
                f"page {number}: text ends {A4_MM[0] - right:.1f} mm from the right, not {RIGHT:.0f}"
            )
        if top < TOP - BLOCK_TOLERANCE:
            faults.append(f"page {number}: text begins {top:.1f} mm from the top, not {TOP:.0f}")
        if len(block) > LINES:
            faults.append(f"page {number}: {len(block)} lines, not {LINES}")
    step = line_step(pages)
    if not abs(step - BASELINES_MM) < 0.15:
        faults.append(f"lines are {step:.2f} mm apart, not {BASELINES_MM:.2f}")
    return faults


def line_step(pages: list[list[Line]]) -> float:
    """Return the usual distance between two lines of the text block in mm, not a number without two lines."""
    steps = [
        (below[2] + below[3] - above[2] - above[3]) / 2
        for rows in pages
        for above, below in zip(inside(rows), inside(rows)[1:], strict=False)
    ]
    return float(np.median(steps)) if steps else float("nan")


def block_seen(pages: list[list[Line]]) -> str:
    """Return the measures of the text block in words."""
    blocks = [block for block in map(inside, pages) if block]
    if not blocks:
        return "no text"
    left = min(row[0] for block in blocks for row in block)
    right = max(row[1] for block in blocks for row in block)
    most = max(len(block) for block in blocks)
    return f"x {left:.1f}–{right:.1f} mm, at most {most} lines, {line_step(pages):.2f} mm apart"
