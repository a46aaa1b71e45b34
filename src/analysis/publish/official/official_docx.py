"""`assess-docx`: the bulletin as an editable Word file, laid out as an official document, the same bytes every time."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable
from typing import Any, Final

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.shared import Twips

from analysis.publish.official import docx_styles
from analysis.publish.official import gbt9704 as m
from analysis.publish.official.official_document import OfficialDocument, read_official
from analysis.publish.official.ooxml import (
    Element,
    as_part,
    element,
    line_break,
    page_number,
    paragraph,
    refill,
    run,
    tab,
    twips,
)
from analysis.publish.paper_exporter import PaperExporter
from analysis.render.office_package import repack
from analysis.render.official_content import Block, Closing, Line, plain_of
from analysis.words import language_of, words

_STYLE_OF: Final = {"plain": "", "lead": "Strong", "gap": "Gap"}
#: from the sheet's top to the head of the first page
_HEAD: Final = 15.0
#: from the top of the foot's line to the dash of the page number, in twips
_DASH: Final = 164


class BulletinDocxExporter(PaperExporter):
    """Exports the executed notebook of a bulletin as a Word file for the approval flow."""

    export_from_notebook = "Bulletin (Word)"
    output_mimetype = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    ending = ".docx"

    def made_from(self, notebook: Any, folder: str | None) -> bytes:
        """Return the Word file, which names its fonts and embeds none.

        Raises:
            NotABulletinError: the notebook shows no bulletin.
        """
        return write_docx(read_official(notebook))


def write_docx(document: OfficialDocument) -> bytes:
    """Return the Word file of a bulletin; the same document gives the same bytes."""
    file = Document()
    refill(file.styles.element, *docx_styles.style_sheet(document))
    refill(file.settings.element, *docx_styles.settings())
    _clear_template(file)
    _set_page(file.sections[0], document)
    body = file.element.body
    section = body.sectPr
    refill(body, *_content(document), section)
    _set_properties(file.core_properties, document)
    written = io.BytesIO()
    file.save(written)
    return repack(written.getvalue())


def _clear_template(file: Any) -> None:
    """Put in the font table and drop what python-docx's template brings along and a bulletin does not need."""
    kept = (RELATIONSHIP_TYPE.STYLES, RELATIONSHIP_TYPE.SETTINGS, RELATIONSHIP_TYPE.THEME)
    for ident, relation in list(file.part.rels.items()):
        if relation.reltype == RELATIONSHIP_TYPE.FONT_TABLE:
            # python-docx keeps this part as bytes
            relation.target_part._blob = as_part(docx_styles.font_table())
        elif relation.reltype not in kept:
            del file.part.rels[ident]
    for ident, relation in list(file.part.package.rels.items()):
        # a picture of the template, and who made it with which program
        if relation.reltype.endswith(("/thumbnail", "/extended-properties")):
            del file.part.package.rels[ident]


def _set_page(section: Any, document: OfficialDocument) -> None:
    section.page_width, section.page_height = (Twips(side) for side in docx_styles.PAGE)
    section.top_margin, section.bottom_margin = Twips(docx_styles.TOP), Twips(docx_styles.BOTTOM)
    section.left_margin, section.right_margin = Twips(docx_styles.LEFT), Twips(docx_styles.RIGHT)
    section.gutter, section.header_distance = Twips(0), Twips(twips(_HEAD))
    section.footer_distance = Twips(docx_styles.BOTTOM - twips(m.FOLIO_BELOW) - _DASH)
    properties = section._sectPr
    for grid in properties.findall(element("docGrid").tag):
        properties.remove(grid)
    sign = document.page.mark
    _fill(section.footer, paragraph("Footer", *_sign(sign), tab(), *_numbered()))
    _fill(section.even_page_footer, paragraph("FooterEven", *_numbered(), tab(), *_sign(sign)))
    if sign:
        note = words(document.page.language).label("bulletin.mark_note")
        section.different_first_page_header_footer = True
        _fill(section.first_page_header, paragraph("Header", run(note)))
        _fill(section.first_page_footer, paragraph("Footer", *_sign(sign), tab(), *_numbered()))
    properties.append(
        element(
            "docGrid",
            type="linesAndChars",
            linePitch=docx_styles.PITCH,
            charSpace=docx_styles.CHARACTER_SPACE,
        )
    )


def _numbered() -> tuple[Element, ...]:
    return (run("— "), *page_number(), run(" —"))


def _sign(sign: str) -> tuple[Element, ...]:
    return (run(sign, "Sign"),) if sign else ()


def _fill(story: Any, content: Element) -> None:
    story.is_linked_to_previous = False
    refill(story._element, content)


def _content(document: OfficialDocument) -> Iterable[Element]:
    """Yield the paragraphs of a bulletin and its closing block."""
    head, closing = document.head, document.closing
    yield paragraph("IssuerMark", *_runs(head.mark))
    yield paragraph("DocumentNumber", *_runs(head.number))
    yield paragraph("Title", *_broken(head.title))
    yield paragraph("Salutation", *_runs(head.addressees))
    for place, block in enumerate(document.blocks):
        yield _block(block, last=place == len(document.blocks) - 1)
    yield paragraph("Signature", *_broken(closing.signature))
    yield paragraph("Date", *_runs(closing.date))
    yield _closing(closing, document.page.language)
    yield paragraph("EndOfText")


def _block(block: Block, *, last: bool) -> Element:
    """Return a block; the last paragraph goes with the signature, which never stands on a page alone."""
    if block.heading and not block.body:
        return paragraph(f"Heading{block.level}", *_runs(block.heading))
    heading = [run(plain_of(block.heading), f"Heading{block.level}Char")] if block.heading else []
    return paragraph("BodyTextLast" if last else "BodyText", *heading, *_runs(block.body))


def _closing(closing: Closing, language: str) -> Element:
    """Return the closing block: a table that stands at the foot of the last page."""
    catalogue = words(language)
    rows = [paragraph("CopyTo", *_runs(closing.copies_to))] if closing.copies_to else []
    rows.append(paragraph("PrintedBy", *_runs(closing.printed_by), tab(), *_runs(closing.printed_on)))
    place = element(
        "tblpPr",
        leftFromText="0",
        rightFromText="0",
        topFromText="0",
        bottomFromText="0",
        vertAnchor="margin",
        # from the sheet: a table as wide as the text is no longer floating in LibreOffice otherwise
        horzAnchor="page",
        tblpX=docx_styles.LEFT,
        tblpYSpec="bottom",
    )
    properties = element(
        "tblPr",
        element("tblStyle", val="ClosingTable"),
        place,
        element("tblOverlap", val="never"),
        element("tblW", w=docx_styles.WIDTH, type="dxa"),
        element("tblLayout", type="fixed"),
        element("tblCaption", val=catalogue.label("bulletin.closing_caption")),
        element("tblDescription", val=catalogue.label("bulletin.closing_description")),
    )
    return element(
        "tbl",
        properties,
        element("tblGrid", element("gridCol", w=docx_styles.WIDTH)),
        *(
            element(
                "tr",
                element("trPr", element("cantSplit")),
                element("tc", element("tcPr", element("tcW", w=docx_styles.WIDTH, type="dxa")), row),
            )
            for row in rows
        ),
    )


def _runs(line: Line) -> list[Element]:
    return [run(part.plain, _STYLE_OF[part.kind]) for part in line]


def _broken(lines: tuple[Line, ...]) -> list[Element]:
    """Return lines as one paragraph with breaks."""
    runs: list[Element] = []
    for line in lines:
        runs += [*([line_break()] if runs else []), *_runs(line)]
    return runs


def _set_properties(properties: Any, document: OfficialDocument) -> None:
    """Fill the file's properties: the issuer stands for everybody, the document's date for every time."""
    day = dt.datetime.combine(document.day, dt.time())
    kind = words(document.page.language).label("bulletin.kind")
    facts = (kind, plain_of(document.head.number), document.page.mark)
    properties.title, properties.subject = document.title, kind
    properties.author = properties.last_modified_by = document.issuer
    properties.keywords = "; ".join(fact for fact in facts if fact)
    properties.language = language_of(document.page.language).office_tag
    properties.created = properties.modified = properties.last_printed = day
    properties.revision = 1
    properties.comments = properties.category = properties.identifier = properties.version = ""
