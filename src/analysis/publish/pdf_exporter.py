"""`assess-pdf`: a tagged PDF (PDF/A-2a and PDF/UA-1) from an executed notebook, set by typst."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import typst

from analysis.publish.executed_notebook import Document, Page, find_fonts, read_document
from analysis.publish.html_exporter import asset
from analysis.publish.paper_exporter import PaperExporter
from analysis.render import fonts
from analysis.render.blocks import Heading, Table
from analysis.render.typst_blocks import escape
from analysis.render.typst_blocks import typst as shown
from analysis.words import language_of, words

STANDARDS: Final = ("a-2a", "ua-1")
#: a board of more rows than these leaves no room on one page for anything else
BOARD_ROWS: Final = 20
#: an object in use in the cross-reference table, and the stated length of a stream
_ENTRY: Final = re.compile(rb"(\d{10}) 00000 n\r\n")
_LENGTH: Final = re.compile(rb"/Length (\d+)")


class TypesettingError(Exception):
    """Typst refused the document; carries its first message and hint, not the trace."""


class AssessPDFExporter(PaperExporter):
    """Exports an executed notebook as a PDF with contents, bookmarks, tags and embedded fonts."""

    export_from_notebook = "Assessment report (PDF)"
    output_mimetype = "application/pdf"
    ending = ".pdf"

    def made_from(self, notebook: Any, folder: str | None) -> bytes:
        """Return the PDF.

        Raises:
            TypesettingError: typst refuses the document.
        """
        return pdf_of(read_document(notebook), folder)


def pdf_of(document: Document, folder: str | Path | None) -> bytes:
    """Return the PDF of a document, whose extra fonts are found from a folder upwards.

    Raises:
        TypesettingError: typst refuses the document.
    """
    extra = find_fonts(document.page, folder)
    return compile_pdf(typst_source(document, extra), document.page.date(), extra)


def one_page_of(document: Document, folder: str | Path | None) -> bytes:
    """Return the first screen of a document as a PDF of exactly one page, whose extra fonts are found as above.

    Raises:
        TypesettingError: typst refuses the document.
    """
    extra = find_fonts(document.page, folder)
    return compile_pdf(one_page_source(document, extra), document.page.date(), extra)


def compile_pdf(source: str, day: dt.date, extra: Sequence[Path] = ()) -> bytes:
    """Return the PDF of a typst source; the same source and day give the same bytes.

    A character no font has is printed as its code point, also inside a drawing, where typst would leave it out.

    Raises:
        TypesettingError: typst refuses the source, or warns of a font it does not have.
    """
    timestamp = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
    try:
        data, warned = typst.compile_with_warnings(
            fonts.drawable(source, extra).encode("utf-8"),
            format="pdf",
            font_paths=fonts.typst_fonts(tuple(extra)),
            ignore_system_fonts=True,
            pdf_standards=list(STANDARDS),
            timestamp=timestamp,
        )
    except typst.TypstError as error:
        raise TypesettingError(_one_line(error)) from error
    if warned:
        raise TypesettingError(_one_line(warned[0]))
    return clear_stream_ends(bytes(data))


def clear_stream_ends(pdf: bytes) -> bytes:
    """Return a PDF in which no stream ends with a carriage return.

    Compressed data may end with that byte by chance. Before the line feed of `endstream` it reads as half a line
    end, and the stated length as wrong, which PDF/A forbids. One zero byte behind the data, which a decompressor
    does not read, says where they end. The file must have a plain cross-reference table, as typst writes it.
    """
    start = int(pdf[pdf.rindex(b"startxref") :].split()[1])
    entries = [int(entry[1]) for entry in _ENTRY.finditer(pdf, start)]
    bounds = sorted({*entries, start})
    changes: list[tuple[int, int, bytes]] = []
    for offset, following in itertools.pairwise(bounds):
        head_end = pdf.find(b"\nstream\n", offset, following)
        length = _LENGTH.search(pdf, offset, head_end) if head_end >= 0 else None
        if length is None:
            continue
        data_end = head_end + len(b"\nstream\n") + int(length[1])
        if pdf[data_end - 1 : data_end] == b"\r":
            changes.append((*length.span(1), str(int(length[1]) + 1).encode()))
            changes.append((data_end, data_end, b"\0"))
    if not changes:
        return pdf
    moved = {
        offset: offset + sum(len(new) - (b - a) for a, b, new in changes if a < offset) for offset in bounds
    }
    parts, at = [], 0
    for a, b, new in changes:
        parts += [pdf[at:a], new]
        at = b
    table = _ENTRY.sub(lambda entry: b"%010d 00000 n\r\n" % moved[int(entry[1])], pdf[start:])
    tail = table.replace(b"startxref\n%d" % start, b"startxref\n%d" % moved[start])
    return b"".join([*parts, pdf[at:start], tail])


def _one_line(trouble: Any) -> str:
    hints = "; ".join(trouble.hints)
    return f"{trouble.message} ({hints})" if hints else str(trouble.message)


def typst_source(document: Document, extra: Sequence[Path] = ()) -> str:
    """Return the typst source of a document: preamble, first screen, contents, sections, foot."""
    page = document.page
    catalogue = words(page.language)
    parts = [_head(page, extra), *map(shown, (document.masthead, *document.first.blocks))]
    if page.kind != "card" and len(document.rest) > 1:
        parts.append(f"#contents([{escape(catalogue.label('publish.contents'))}])")
    for section in document.rest:
        parts += map(shown, (Heading(section.id, section.heading, 2), *section.blocks))
    parts.append(_closing(document))
    return "\n\n".join(part for part in parts if part) + "\n"


def one_page_source(document: Document, extra: Sequence[Path] = ()) -> str:
    """Return the typst source of the first screen on one sheet: head, findings, grades, board, decisions, foot.

    A board that would take the sheet for itself is left out; the grades are told by name above it.
    """
    first = [
        block
        for block in document.first.blocks
        if not (isinstance(block, Table) and len(block.rows) > BOARD_ROWS)
    ]
    body = [*map(shown, (document.masthead, *first)), _closing(document)]
    return (
        f"{_head(document.page, extra, sheet=True)}\n\n#one-sheet[\n"
        + "\n\n".join(filter(None, body))
        + "\n]\n"
    )


def _closing(document: Document) -> str:
    """Return the foot of the document; empty where it has nothing to say."""
    mark = document.page.mark
    if not (document.footer or mark):
        return ""
    lines = "".join(f"[{escape(line)}], " for line in document.footer)
    return f"#closing({_content_or_none(mark)}, ({lines}))"


def _head(page: Page, extra: Sequence[Path], *, sheet: bool = False) -> str:
    """Return fonts, preamble, document data and page set-up, `sheet` that of one sheet that holds everything."""
    more = "".join(f", {_string(fonts.family_of(path))}" for path in extra)
    # the Kai face has quotation marks of half the width: they come from the serif
    quotes = '(name: "Report Serif SC", covers: regex("[“”‘’]")), "Report Kai SC"'
    families = (("sans", '"Report Sans SC"'), ("serif", '"Report Serif SC"'), ("kai", quotes))
    faces = "\n".join(f'#let {name} = ({family}, "Report Sans SC"{more})' for name, family in families)
    day = page.date()
    title = page.title.replace("\u200b", "") or page.short_title or page.round or "—"
    habits = language_of(page.language)
    before, after = words(page.language).label("publish.page_number").split("{page}")
    return (
        f"{faces}\n#let dense = {str(page.kind == 'card').lower()}\n#let sheet = {str(sheet).lower()}\n"
        f"{asset('preamble.typ')}\n"
        f"#set document(title: {_string(title)}, author: {_string(page.issuer)}, "
        f"keywords: {_string(page.mark)}, date: datetime(year: {day.year}, month: {day.month}, day: {day.day}))\n"
        f"#show: report.with(short-title: [{escape(page.short_title)}], "
        f"mark: {_content_or_none(page.mark)}, language: {_string(page.language)}, "
        f"region: {_string(habits.region.lower())}, han: {str(habits.han).lower()}, "
        f"number-words: n => [{escape(before)}#n;{escape(after)}])"
    )


def _content_or_none(text: str) -> str:
    return f"[{escape(text)}]" if text else "none"


def _string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'
