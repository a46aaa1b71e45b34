"""The papers of the report: one page for the leader, the body for the leading group, the annex for the analyst.

The page holds all of it; on paper each reader gets a document that can be read to its end. Figures and tables keep the
numbers they have on the page. A section the author of a notebook added belongs to the body.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from analysis.publish.executed_notebook import FIRST, Document, Section
from analysis.publish.pdf_exporter import one_page_of, pdf_of
from analysis.render.blocks import Display, flat
from analysis.report import sections
from analysis.words import words

_LISTED: Final = {section.id: section for section in sections.PRODUCTS["report"].sections}


def body_of(document: Document) -> Document:
    """Return the body of a report: its sections without what is printed in the annex, and without annexes."""
    return replace(document, sections=tuple(_sections(document, "body")))


def annex_of(document: Document) -> Document:
    """Return the annex of a report under its own title: what the body leaves out of its sections, and the annexes."""
    title = words(document.page.language).label("publish.annex")
    page = replace(document.page, title=f"{document.page.title} {title}", short_title=title)
    return replace(document, page=page, sections=tuple(_sections(document, "annex")))


def _sections(document: Document, paper: str) -> Iterator[Section]:
    for section in document.sections:
        listed = _LISTED.get(section.id, sections.Section(section.id))
        blocks = [block for each in section.blocks for block in flat(each)]
        if listed.paper == "body" and section.id != FIRST:
            blocks = [*_kept(blocks, listed.annexed, annexed=paper == "annex")]
        elif listed.paper != paper:
            blocks = []
        if blocks:
            yield replace(section, blocks=tuple(blocks))


def _kept(blocks: Iterable[Display], ids: frozenset[str], *, annexed: bool) -> Iterator[Display]:
    return (block for block in blocks if (getattr(block, "id", "") in ids) is annexed)


#: the papers by the names of their files: each makes its PDF of a document, its fonts found from a folder upwards
PAPERS: Final[Mapping[str, Callable[[Document, Path], bytes]]] = {
    "onepage.pdf": one_page_of,
    "report.pdf": lambda document, folder: pdf_of(body_of(document), folder),
    "annex.pdf": lambda document, folder: pdf_of(annex_of(document), folder),
}
