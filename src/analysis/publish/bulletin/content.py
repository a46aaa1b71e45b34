"""What a bulletin consists of, between the page that composes it and the exporters that lay it out.

The notebook's cells show the parts; each output carries its part as data (`BULLETIN_MIME`), so that an executed
notebook is all an exporter needs. In the data a figure is plain text: a bulletin on paper knows no rows.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from analysis.publish.displays import Display, Prose
from analysis.publish.document import Page, read_document
from analysis.words import Figure, Strong, Text

BULLETIN_MIME: Final = "application/vnd.assess.bulletin+json"
HAN: Final = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")

#: plain text, the bold lead of a paragraph, a gap the office must fill
Kind = Literal["plain", "lead", "gap"]
Seal = Literal["space", "guide"]


class NotABulletinError(Exception):
    """The notebook shows no bulletin, or only parts of one: it was not executed to its end."""


@dataclass(frozen=True)
class Run:
    """A stretch of one kind.

    Attributes:
        text: the words.
        kind: plain, lead or gap.
        office: the office's own words, which stay Chinese in any language.
    """

    text: Text
    kind: Kind = "plain"
    office: bool = False

    @property
    def plain(self) -> str:
        """The words without figures."""
        return self.text.plain

    def record(self) -> dict[str, Any]:
        """Return the stretch as data."""
        return {"text": self.plain, "kind": self.kind, "office": self.office}

    def html(self, language: str) -> str:
        """Return the stretch as HTML, figures with their rows, Chinese marked as such in another language."""
        inner = "".join(_part_html(part, language, self.office) for part in self.text.parts)
        foreign = ' lang="zh"' if self.office and language != "zh" else ""
        if self.kind == "gap":
            return f"<mark>{inner}</mark>"
        inner = f"<b>{inner}</b>" if self.kind == "lead" else inner
        return f'<span class="kai"{foreign}>{inner}</span>' if self.office else inner


Line = tuple[Run, ...]


def _part_html(part: str | Figure | Strong, language: str, office: bool) -> str:
    markup = Text(part).html
    named = isinstance(part, Figure) and HAN.search(part.text)
    return f'<span lang="zh">{markup}</span>' if named and language != "zh" and not office else markup


def plain_of(line: Iterable[Run]) -> str:
    """Return the words of a line."""
    return "".join(run.plain for run in line)


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph, or a heading that runs into its paragraph.

    Attributes:
        body: the paragraph; empty for a heading on its own line.
        heading: the heading; empty for a plain paragraph.
        level: of the heading, 1 (一、) to 4; 0 without one.
    """

    body: Line = ()
    heading: Line = ()
    level: int = 0

    @property
    def plain(self) -> str:
        """The words."""
        return plain_of((*self.heading, *self.body))

    def record(self) -> dict[str, Any]:
        """Return the block as data."""
        return {"body": _records(self.body), "heading": _records(self.heading), "level": self.level}


def _records(line: Line) -> list[dict[str, Any]]:
    return [run.record() for run in line]


def _line(records: Sequence[Mapping[str, Any]]) -> Line:
    return tuple(Run(Text(run["text"]), run["kind"], run["office"]) for run in records)


def _lines(many: Sequence[Sequence[Mapping[str, Any]]]) -> tuple[Line, ...]:
    return tuple(_line(records) for records in many)


def _paragraph_html(line: Line, language: str) -> str:
    return f"<p>{''.join(run.html(language) for run in line)}</p>" if line else ""


@dataclass(frozen=True)
class _Part(Display):
    """A part of the bulletin, shown in the notebook as paragraphs and carried on as data."""

    language: str

    @abstractmethod
    def record(self) -> dict[str, Any]:
        """Return the part as data."""

    @abstractmethod
    def lines(self) -> tuple[Line, ...]:
        """Return the lines in reading order."""

    def html(self) -> str:
        """Return the lines as paragraphs."""
        return "".join(_paragraph_html(line, self.language) for line in self.lines())

    def typst(self) -> str:
        """Return the lines as paragraphs of a working paper; the official layout is the exporter's."""
        return Prose(tuple(Text(plain_of(line)) for line in self.lines())).typst()

    def plain(self) -> str:
        """Return the lines."""
        return "\n".join(plain_of(line) for line in self.lines())

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {**super()._repr_mimebundle_(include, exclude), BULLETIN_MIME: self.record()}


@dataclass(frozen=True)
class Head(_Part):
    """Everything above the first heading: mark, number, title, addressees, opening paragraph.

    Attributes:
        note: what the reader of the notebook must know; no part of the bulletin.
    """

    issuer: Line
    suffix: str
    number: Line
    title: tuple[Line, ...]
    addressees: Line
    opening: Line
    note: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """Return the head as data."""
        return {
            "part": "head",
            "issuer": _records(self.issuer),
            "suffix": self.suffix,
            "number": _records(self.number),
            "title": [_records(line) for line in self.title],
            "addressees": _records(self.addressees),
            "opening": _records(self.opening),
        }

    @property
    def mark(self) -> Line:
        """The issuer's mark: its name and what follows it."""
        return (*self.issuer, Run(Text(self.suffix), office=True)) if self.suffix else self.issuer

    def lines(self) -> tuple[Line, ...]:
        """Return mark, number, title, addressees, opening."""
        return (self.mark, self.number, *self.title, self.addressees, self.opening)

    def html(self) -> str:
        """Return the note and the lines."""
        notes = "".join(f'<p class="note">{html.escape(text)}</p>' for text in self.note)
        return notes + super().html()


@dataclass(frozen=True)
class Blocks(_Part):
    """A stretch of the text."""

    blocks: tuple[Block, ...]

    def record(self) -> dict[str, Any]:
        """Return the blocks as data."""
        return {"part": "text", "blocks": [block.record() for block in self.blocks]}

    def lines(self) -> tuple[Line, ...]:
        """Return heading and paragraph of every block, run in where they are."""
        return tuple((*block.heading, *block.body) for block in self.blocks)

    def html(self) -> str:
        """Return headings below the first level as headings; that of the first level heads the section itself."""
        out = []
        for block in self.blocks:
            heading = "".join(run.html(self.language) for run in block.heading)
            if block.heading and not block.body:
                out.append("" if block.level == 1 else f"<h3>{heading}</h3>")
            else:
                out.append(_paragraph_html((*block.heading, *block.body), self.language))
        return "".join(out)


@dataclass(frozen=True)
class Closing(_Part):
    """Everything below the text: signature, date, and the block with the copies and the printing.

    Attributes:
        day: the document's date, ISO, empty if the office has not set it.
        copies_to: who receives a copy, empty for nobody; with its label and full stop.
        printed_by: who printed it.
        printed_on: when, with its label.
        seal: space for it, or a circle where it goes.
    """

    signature: tuple[Line, ...]
    date: Line
    day: str
    copies_to: Line
    printed_by: Line
    printed_on: Line
    seal: Seal

    def record(self) -> dict[str, Any]:
        """Return the closing as data."""
        return {
            "part": "closing",
            "signature": [_records(line) for line in self.signature],
            "date": _records(self.date),
            "day": self.day,
            "copies_to": _records(self.copies_to),
            "printed_by": _records(self.printed_by),
            "printed_on": _records(self.printed_on),
            "seal": self.seal,
        }

    def lines(self) -> tuple[Line, ...]:
        """Return signature, date, copies, printing."""
        printed = (*self.printed_by, Run(Text(" ")), *self.printed_on)
        return tuple(line for line in (*self.signature, self.date, self.copies_to, printed) if line)


@dataclass(frozen=True)
class OfficialDocument:
    """A whole bulletin as the exporters see it: words and kinds, nothing left to compute.

    Attributes:
        page: what the set-up cell says.
        head: everything above the first heading.
        blocks: the text, headings and paragraphs in order, the opening paragraph first.
        closing: everything below it.
    """

    page: Page
    head: Head
    blocks: tuple[Block, ...]
    closing: Closing

    @property
    def title(self) -> str:
        """The title in one line."""
        joined = "" if self.page.language == "zh" else " "
        return joined.join(plain_of(line) for line in self.head.title)

    @property
    def issuer(self) -> str:
        """The issuer, the author of the file."""
        return plain_of(self.head.issuer)

    @property
    def mark(self) -> str:
        """The issuer's mark as printed."""
        return plain_of(self.head.mark)

    @property
    def day(self) -> dt.date:
        """The document's date; the cut-off where the office has not set it, never today."""
        return dt.date.fromisoformat(self.closing.day) if self.closing.day else self.page.date()


def read_official(notebook: Any) -> OfficialDocument:
    """Return the bulletin in an executed notebook (an nbformat 4 node).

    Raises:
        NotABulletinError: head or closing is not there.
    """
    page = read_document(notebook).page
    parts: dict[str, list[Mapping[str, Any]]] = {"head": [], "text": [], "closing": []}
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            record = output.get("data", {}).get(BULLETIN_MIME)
            if record is not None:
                parts[record["part"]].append(record)
    if len(parts["head"]) != 1 or len(parts["closing"]) != 1:
        raise NotABulletinError(page.title or "no bulletin in this notebook")
    head = _head(page.language, parts["head"][0])
    records = [block for text in parts["text"] for block in text["blocks"]]
    blocks = (Block(_line(b["body"]), _line(b["heading"]), b["level"]) for b in records)
    return OfficialDocument(
        page,
        head,
        (Block(head.opening), *blocks),
        _closing(page.language, parts["closing"][0]),
    )


def _head(language: str, record: Mapping[str, Any]) -> Head:
    return Head(
        language,
        _line(record["issuer"]),
        record["suffix"],
        _line(record["number"]),
        _lines(record["title"]),
        _line(record["addressees"]),
        _line(record["opening"]),
    )


def _closing(language: str, record: Mapping[str, Any]) -> Closing:
    return Closing(
        language,
        _lines(record["signature"]),
        _line(record["date"]),
        record["day"],
        _line(record["copies_to"]),
        _line(record["printed_by"]),
        _line(record["printed_on"]),
        record["seal"],
    )
