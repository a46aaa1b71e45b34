"""`assess-bulletin-pdf`: the bulletin as an official document, PDF/A-2a and PDF/UA-1, set by typst."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Final

import typst

from analysis.publish.executed_notebook import find_fonts
from analysis.publish.official import gbt9704 as m
from analysis.publish.official.official_document import OfficialDocument, read_official
from analysis.publish.paper_exporter import PaperExporter
from analysis.publish.pdf_exporter import TypesettingError, compile_pdf
from analysis.render import fonts
from analysis.render.official_content import Block, Line, Run, plain_of
from analysis.render.typst_blocks import escape
from analysis.words import Text, language_of, words

#: quotation marks, dots and dashes, which the Kai face has in half the width: the serif sets them
_FACES: Final = """#let faces = (
  song: ("Report Serif SC",{extra}), fang: ("Report Serif SC",{extra}), hei: ("Report Sans SC",{extra}),
  kai: ((name: "Report Serif SC", covers: regex("[“”‘’…—]")), "Report Kai SC", "Report Serif SC",{extra}))"""
#: how many characters of the last paragraph stand behind the mark that tells where the text ends
_ENDING: Final = 3


class BulletinPDFExporter(PaperExporter):
    """Exports the executed notebook of a bulletin as a PDF laid out as an official document."""

    export_from_notebook = "Bulletin (PDF)"
    output_mimetype = "application/pdf"
    ending = ".pdf"

    def made_from(self, notebook: Any, folder: str | None) -> bytes:
        """Return the PDF.

        Raises:
            NotABulletinError: the notebook shows no bulletin.
            TypesettingError: typst refuses the document.
        """
        document = read_official(notebook)
        return typeset(document, find_fonts(document.page, folder))


def typeset(document: OfficialDocument, extra: Sequence[Path] = ()) -> bytes:
    """Return the PDF of a bulletin; the same document gives the same bytes.

    Neither the signature nor the closing block stands on a page without text: where one would, the last paragraph
    goes with it.

    Raises:
        TypesettingError: typst refuses the document.
    """
    source = typst_source(document, extra)
    if not ends_together(source, extra):
        source = typst_source(document, extra, keep_last=True)
    return compile_pdf(source, document.day, extra)


def ends_together(source: str, extra: Sequence[Path] = ()) -> bool:
    """Return whether the text, the signature and the closing block end on one page.

    Raises:
        TypesettingError: typst refuses the source.
    """
    try:
        found = typst.query(
            fonts.drawable(source, extra).encode("utf-8"),
            "<pages>",
            field="value",
            font_paths=fonts.typst_fonts(tuple(extra)),
            ignore_system_fonts=True,
        )
    except RuntimeError as error:
        raise TypesettingError(str(error).splitlines()[0]) from error
    (pages,) = json.loads(found)
    return len(set(pages)) == 1


def typst_source(document: OfficialDocument, extra: Sequence[Path] = (), *, keep_last: bool = False) -> str:
    """Return the typst source of a bulletin: faces, measures, words, and the layout that sets them.

    Args:
        document: the bulletin.
        extra: the round's own fonts.
        keep_last: the last paragraph begins the last page, with the headings right above it.
    """
    more = "".join(f' "{fonts.family_of(path)}",' for path in extra)
    return "\n".join(
        (
            _FACES.replace("{extra}", more),
            f"#let m = {_dictionary(_measures())}",
            f"#let language = {_string(document.page.language)}",
            _template("grid.typ"),
            f"#let it = {_dictionary(_words(document, keep_last=keep_last))}",
            _template("bulletin.typ"),
        )
    )


def _template(name: str) -> str:
    return resources.files("analysis.publish").joinpath("templates", "bulletin", name).read_text("utf-8")


def _measures() -> dict[str, str]:
    """Return the measures by their names in the template, as typst writes them."""
    lengths = {"top": m.TOP, "bottom": m.BOTTOM, "left": m.LEFT, "right": m.RIGHT}
    return {
        "width": f"{m.BLOCK[0]}mm",
        "height": f"{m.BLOCK[1]}mm",
        "margins": _dictionary({side: f"{length}mm" for side, length in lengths.items()}),
        "lines": str(m.LINES),
        "characters": str(m.CHARACTERS),
        "size2": f"{m.SIZE_2}pt",
        "size3": f"{m.SIZE_3}pt",
        "size4": f"{m.SIZE_4}pt",
        "size-sign": f"{m.SIZE_SIGN}pt",
        "mark-top": f"{m.MARK_TOP}mm",
        "mark-size": f"{m.MARK_SIZE}pt",
        "mark-narrowest": str(m.MARK_NARROWEST),
        "red": f'rgb("#{m.MARK_RED}")',
        "sign-red": f'rgb("#{m.SIGN_RED}")',
        "gap": f'rgb("#{m.GAP_YELLOW}")',
        "rule-below-number": f"{m.RULE_BELOW_NUMBER}mm",
        "red-rule": f"{m.RED_RULE}pt",
        "title-line": f"{m.TITLE_LINE}pt",
        "date-from-edge": str(m.DATE_FROM_EDGE),
        "outer-rule": f"{m.OUTER_RULE}mm",
        "inner-rule": f"{m.INNER_RULE}mm",
        "squeezed": str(m.SQUEEZED),
        "folio-below": f"{m.FOLIO_BELOW}mm",
    }


def _words(document: OfficialDocument, *, keep_last: bool) -> dict[str, str]:
    """Return the words by their names in the template, as typst writes them."""
    page, head, closing = document.page, document.head, document.closing
    catalogue, day = words(page.language), document.day
    kind = catalogue.label("bulletin.kind")
    keywords = (kind, plain_of(head.number), page.mark)
    last = len(document.blocks) - 1
    return {
        "region": _string(language_of(page.language).region.lower()),
        "plain-title": _string(document.title),
        "author": _string(document.issuer),
        "keywords": _array([_string(word) for word in keywords if word]),
        "day": f"datetime(year: {day.year}, month: {day.month}, day: {day.day})",
        "sign": _content((Run(Text(page.mark)),)),
        "note": _content((Run(Text(catalogue.label("bulletin.mark_note") if page.mark else "")),)),
        "mark": _string(document.mark),
        "mark-shown": _content(head.mark),
        "number": _content(head.number),
        "title": _array([_content(line) for line in head.title]),
        "addressees": _content(head.addressees),
        "blocks": _array([_block(block, last=place == last) for place, block in enumerate(document.blocks)]),
        "break-before": str(_last_page(document.blocks)) if keep_last else "none",
        "signature": _array([_content(line) for line in closing.signature]),
        "date": _content(closing.date),
        "seal-guide": _truth(closing.seal == "guide"),
        "copies": _content(closing.copies_to) if closing.copies_to else "none",
        "copies-count": str(len(plain_of(closing.copies_to))),
        "printed-by": _content(closing.printed_by),
        "printed-on": _content(closing.printed_on),
        "printed-count": str(len(plain_of((*closing.printed_by, *closing.printed_on)))),
    }


def _block(block: Block, *, last: bool) -> str:
    body, ending = _split(block.body) if last else (block.body, ())
    return _dictionary(
        {
            "level": str(block.level),
            "bare": _truth(not block.body),
            "heading": _content(block.heading),
            "body": _content(body),
            "ending": _content(ending),
        }
    )


def _last_page(blocks: Sequence[Block]) -> int:
    """Return the place of the last paragraph, or of the first of the headings right above it."""
    place = len(blocks) - 1
    while place > 0 and not blocks[place - 1].body:
        place -= 1
    return place


def _split(line: Line) -> tuple[Line, Line]:
    """Return a line in two: a mark at its very end would be found on the page of what follows."""
    if not line or len(line[-1].plain) <= _ENDING:
        return line, ()
    run, cut = line[-1], len(line[-1].plain) - _ENDING
    first, rest = (Run(Text(part), run.kind, run.office) for part in (run.plain[:cut], run.plain[cut:]))
    return (*line[:-1], first), (rest,)


def _content(line: Line) -> str:
    return f"[{''.join(_run(run) for run in line)}]"


def _run(run: Run) -> str:
    markup = escape(run.plain)
    if run.kind == "gap":
        return f"#gap[{markup}];"
    markup = f"#strong[{markup}];" if run.kind == "lead" else markup
    return f"#office[{markup}];" if run.office else markup


def _dictionary(entries: Mapping[str, str]) -> str:
    return "(" + ", ".join(f'"{name}": {value}' for name, value in entries.items()) + ",)"


def _array(items: Sequence[str]) -> str:
    return "(" + "".join(f"{item}, " for item in items) + ")"


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'
