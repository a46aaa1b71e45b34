"""Reading an executed notebook: the page's data and its sections, shared by the HTML and the PDF exporter.

A Markdown cell with one `##` heading opens a section, its cell id is the section's id. Outputs of the code cells
below it are the section's content; code is never exported, nor are cells tagged `parameters`,
`injected-parameters` or `setup`. The set-up cell's output carries the page's data (`PAGE_MIME`), the output of a
section its block (`BLOCK_MIME`); what others show (text, HTML, Markdown) becomes a block here.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from nbconvert.filters.markdown_mistune import markdown2html_mistune

from analysis.render import origins as origin
from analysis.render.block_json import BLOCK_MIME, from_json
from analysis.render.blocks import (
    PAGE_MIME,
    Display,
    Foreign,
    Group,
    Heading,
    Masthead,
    Prose,
    Traced,
    Verbatim,
    figures,
    flat,
    leaves,
)
from analysis.report.sections import PRODUCTS, Product
from analysis.rounds import notebook_guard
from analysis.rounds.levels import INTERNAL, level_of
from analysis.rounds.refusals import QuestionError
from analysis.words import LANGUAGES, OFFICE, Text, Words, words
from analysis.words.text import MARKS, Figure

#: cells that belong to the run and not to the reader
HIDDEN_TAGS: Final = frozenset({"parameters", "injected-parameters", "setup"})
#: cells that show nothing
ASSIGNING_TAGS: Final = frozenset({"parameters", "injected-parameters"})
#: errors whose message is a sentence, by the name the notebook keeps of them
_SENTENCES: Final = frozenset({QuestionError.__name__, notebook_guard.NotebookRefusedError.__name__})
#: the section that is the first screen
FIRST: Final = "summary"


@dataclass(frozen=True)
class Page:
    """What the set-up cell says about the page; the defaults serve any other notebook.

    Attributes:
        kind: `report`, `card` or `working`.
        language: `zh` or `en`.
        title: the title of the document.
        round: id of the round.
        synthetic: whether the data are made up.
        mark: the example mark, empty for real data.
        issuer: who issues it.
        short_title: the running head.
        as_of: the cut-off, ISO; the date of the document.
        footer: lines of the foot of the page.
        extra_fonts: font files of the round, relative to the project folder.
        disclosure: how much the page discloses, a level of `analysis.rounds.levels`.
        units: (code, name) of the units a reader may narrow the page to.
    """

    kind: str = "working"
    language: str = OFFICE
    title: str = ""
    round: str = ""
    synthetic: bool = False
    mark: str = ""
    issuer: str = ""
    short_title: str = ""
    as_of: str = ""
    footer: tuple[str, ...] = ()
    extra_fonts: tuple[str, ...] = ()
    disclosure: str = INTERNAL
    units: tuple[tuple[str, str], ...] = ()

    def date(self) -> dt.date:
        """Return the date of the document; notebooks without a cut-off get a fixed one, never today's."""
        return dt.date.fromisoformat(self.as_of) if self.as_of else dt.date(2000, 1, 1)


@dataclass(frozen=True)
class Section:
    """A section: its id, its heading and what it shows."""

    id: str
    heading: str
    blocks: tuple[Display, ...]


@dataclass(frozen=True)
class Document:
    """A notebook as its readers see it.

    Attributes:
        page: what the set-up cell says.
        sections: in order.
        origins: where the figures come from, as `origin.pack` writes it; empty where no inputs may be named.
    """

    page: Page
    sections: tuple[Section, ...]
    origins: Mapping[str, Any] = field(default_factory=dict)

    @property
    def masthead(self) -> Masthead:
        """The head of the page; a plain one for a page that shows none."""
        shown = (block for block in self._opening if isinstance(block, Masthead))
        return next(shown, Masthead(self.page.title, self.page.issuer, (), self.page.mark))

    @property
    def first(self) -> Section:
        """The section that is the first screen, without the head of the page; empty where there is none."""
        heading = next((section.heading for section in self.sections if section.id == FIRST), "")
        return Section(
            FIRST, heading, tuple(block for block in self._opening if not isinstance(block, Masthead))
        )

    @property
    def rest(self) -> tuple[Section, ...]:
        """The other sections."""
        return tuple(section for section in self.sections if section.id != FIRST)

    @property
    def footer(self) -> tuple[str, ...]:
        """The lines of the foot of the page; where figures are marked, what the marks mean."""
        shown = (figure for section in self.sections for figure in figures(section.blocks))
        return (*self.page.footer, *legends(shown, words(self.page.language)))

    @property
    def _opening(self) -> list[Display]:
        return [
            each
            for section in self.sections
            if section.id == FIRST
            for block in section.blocks
            for each in flat(block)
        ]

    def leaves(self) -> Iterator[Display]:
        """Yield every block that holds no others, in the order of reading."""
        for section in self.sections:
            for block in section.blocks:
                yield from leaves(block)


def legends(shown: Iterable[Figure], catalogue: Words) -> list[str]:
    """Return what the marks of some figures mean, each once."""
    used = {sign for figure in shown for sign in figure.marks}
    return [
        catalogue(f"publish.{kind}_mark", mark=sign, meaning=catalogue.label(f"publish.{kind}")).plain
        for sign, kind in MARKS.items()
        if sign in used
    ]


class NotExportableError(Exception, SystemExit):
    """A notebook that cannot be exported so; the message is the sentence to be read.

    `jupyter nbconvert` lets it end the program, which prints the sentence alone and exits with 1; for every other
    caller it is an exception like any other.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.code = sentence


class NotExecutedError(NotExportableError):
    """A notebook without its results."""


def require_executed(notebook: Any) -> None:
    """Refuse a notebook that was not executed, or not to its end.

    Raises:
        NotExecutedError: a cell failed, or has neither a number nor a result.
    """
    heading = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            heading = _title(cell.source, "#+") or heading
        elif cell.cell_type == "code" and cell.source.strip():
            wrong = [output for output in cell.get("outputs", ()) if output.output_type == "error"]
            tags = set(cell.get("metadata", {}).get("tags", ()))
            shows_nothing = cell.get("execution_count") is None and not cell.get("outputs")
            if not wrong and (not shows_nothing or tags & ASSIGNING_TAGS):
                continue
            said = notebook_guard.said_in(
                [each.source for each in notebook.cells if each.cell_type == "code"]
            )
            places = {"section": heading or said.label("notebook.beginning")}
            if wrong:
                places["error"] = _told(wrong[0], said)
            raise NotExecutedError(
                said("notebook.failed" if wrong else "notebook.not_executed", **places).plain
            )


def _told(error: Any, said: Words) -> str:
    """Return an error in one line; a sentence that was made to be read stands alone."""
    sentence = " ".join(str(error.evalue).split())
    return (
        said.without_stop(Text(sentence)).plain if error.ename in _SENTENCES else f"{error.ename}: {sentence}"
    )


def read_document(notebook: Any) -> Document:
    """Return the document in an executed notebook (an nbformat 4 node).

    Text above the first heading belongs to a section `summary` of its own. A section of a product whose cells show
    nothing has no place in it, its heading and what stands under that neither.
    """
    page = _page_of(notebook)
    catalogue = words(page.language)
    opened: list[tuple[str, str, list[Display]]] = []
    shown: dict[str, bool] = {}
    for cell in notebook.cells:
        if HIDDEN_TAGS & set(cell.get("metadata", {}).get("tags", ())):
            continue
        if cell.cell_type == "markdown":
            heading, rest = _split_heading(cell.source)
            if heading:
                ident = str(cell.get("id", "")) or f"section-{len(opened) + 1}"
                opened.append((ident, heading, []))
            if rest:
                _last(opened)[2].append(_markdown(rest))
        elif cell.cell_type == "code":
            blocks = tuple(_outputs(cell))
            if blocks:
                ident, _, kept = _last(opened)
                shown[ident] = shown.get(ident, False) or any(leaves(Group(blocks)))
                kept.extend(blocks)
    products = {ident: _product(ident, page.kind) for ident, _, _ in opened}
    hollow = {ident for ident, product in products.items() if product and not shown.get(ident, True)}
    sections = tuple(
        Section(ident, product.heading(ident, catalogue, hollow) if product else heading, tuple(blocks))
        for ident, heading, blocks in opened
        if ident not in hollow
        for product in (products[ident],)
    )
    return Document(page, sections, _origins(sections) if level_of(page.disclosure).inputs else {})


def _product(ident: str, kind: str) -> Product | None:
    """Return the product that lists a section of pages of a kind; None where the notebook's author added it."""
    return next((each for each in PRODUCTS.values() if each.kind == kind and each.has(ident)), None)


def find_fonts(page: Page, folder: str | Path | None) -> tuple[Path, ...]:
    """Return the page's extra font files, looked for from the notebook's folder upwards.

    Raises:
        FileNotFoundError: a declared font is not there.
    """
    start = Path(folder or ".").resolve()
    found = []
    for name in page.extra_fonts:
        path = next((above / name for above in (start, *start.parents) if (above / name).is_file()), None)
        if path is None:
            raise FileNotFoundError(name)
        found.append(path)
    return tuple(found)


def _origins(sections: Iterable[Section]) -> Mapping[str, Any]:
    found = [block.origins for section in sections for block in section.blocks if isinstance(block, Traced)]
    return origin.merge(found) if found else {}


def _last(opened: list[tuple[str, str, list[Display]]]) -> tuple[str, str, list[Display]]:
    if not opened:
        opened.append((FIRST, "", []))
    return opened[-1]


def _page_of(notebook: Any) -> Page:
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {}).get(PAGE_MIME)
            if data is not None:
                return _page_from(data)
    titles = (_title(cell.source) for cell in notebook.cells if cell.cell_type == "markdown")
    return Page(title=str(notebook.metadata.get("title", "")) or next(filter(None, titles), ""))


def _page_from(data: Mapping[str, Any]) -> Page:
    known = {field.name for field in fields(Page)}
    given = {key: value for key, value in data.items() if key in known and value is not None}
    for name in ("footer", "extra_fonts"):
        given[name] = tuple(given.get(name, ()))
    given["units"] = tuple((str(code), str(name)) for code, name in given.get("units", ()))
    if given.get("language", OFFICE) not in LANGUAGES:
        given["language"] = OFFICE
    return Page(**given)


def _title(source: str, level: str = "#") -> str:
    """Return the heading a Markdown cell begins with, of the level written as its signs; empty where there is none."""
    title = re.match(rf"{level}\s+(.+)", source)
    return title.group(1).strip() if title else ""


def _split_heading(source: str) -> tuple[str, str]:
    """Return the `##` heading of a Markdown cell and the text after it; a `#` title is left out."""
    source = re.sub(r"\A#\s+.+\n?", "", source.strip())
    heading = re.match(r"##\s+(.+?)\s*#*\s*(?:\n|\Z)", source)
    return (heading.group(1), source[heading.end() :].strip()) if heading else ("", source.strip())


def _markdown(source: str) -> Display:
    paragraphs = re.split(r"\n\s*\n", source)
    return Foreign(str(markdown2html_mistune(source)), Group(tuple(map(_markdown_part, paragraphs))))


def _markdown_part(paragraph: str) -> Display:
    heading = re.match(r"#{3,6}\s+(.+)", paragraph)
    return Heading("", heading.group(1)) if heading else Prose((paragraph,))


def _outputs(cell: Any) -> Iterator[Display]:
    for output in cell.get("outputs", ()):
        if output.output_type in {"display_data", "execute_result"}:
            if PAGE_MIME not in output.data:
                yield _shown(output.data)
        elif output.output_type == "stream" and output.name == "stdout":
            yield _verbatim(output.text)


def _shown(data: Mapping[str, Any]) -> Display:
    if BLOCK_MIME in data:
        return from_json(data[BLOCK_MIME])
    plain = _verbatim(data.get("text/plain", ""))
    return Foreign(_joined(data["text/html"]), plain) if "text/html" in data else plain


def _verbatim(text: str | Iterable[str]) -> Verbatim:
    return Verbatim(_joined(text).rstrip())


def _joined(value: str | Iterable[str]) -> str:
    return value if isinstance(value, str) else "".join(value)
