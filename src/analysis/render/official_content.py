"""What a bulletin consists of, between the page that composes it and the exporters that lay it out.

The notebook's cells show the parts; each output carries its part as data (`BULLETIN_MIME`), so that an executed
notebook is all an exporter needs. In the data a figure is plain text: a bulletin on paper knows no rows.
"""

from __future__ import annotations

import html
import re
from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

from analysis.render.blocks import Display, Prose
from analysis.words import OFFICE, Figure, Strong, Text

BULLETIN_MIME: Final = "application/vnd.assess.bulletin+json"
HAN: Final = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")

#: plain text, the bold lead of a paragraph, a gap the office must fill
Kind = Literal["plain", "lead", "gap"]
Seal = Literal["space", "guide"]


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
        foreign = ' lang="zh"' if self.office and language != OFFICE else ""
        if self.kind == "gap":
            return f"<mark>{inner}</mark>"
        inner = f"<b>{inner}</b>" if self.kind == "lead" else inner
        return f'<span class="kai"{foreign}>{inner}</span>' if self.office else inner


Line = tuple[Run, ...]


def _part_html(part: str | Figure | Strong, language: str, office: bool) -> str:
    markup = Text(part).html
    named = isinstance(part, Figure) and HAN.search(part.text)
    return f'<span lang="zh">{markup}</span>' if named and language != OFFICE and not office else markup


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
