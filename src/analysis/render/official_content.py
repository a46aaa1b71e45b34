"""What a bulletin consists of, between the page that composes it and the exporters that lay it out.

The notebook's cells show the parts as blocks like any other, so that an executed notebook is all an exporter needs.
On paper a figure is plain text: a bulletin there knows no rows.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from analysis.render.blocks import Display, Part
from analysis.words import Text

#: plain text, the bold lead of a paragraph, a gap the office must fill
Kind = Literal["plain", "lead", "gap"]
Seal = Literal["space", "guide"]


@dataclass(frozen=True)
class Run(Part):
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
        """The words, a figure among them as it is printed."""
        return self.text.marked


Line = tuple[Run, ...]


def plain_of(line: Iterable[Run]) -> str:
    """Return the words of a line."""
    return "".join(run.plain for run in line)


@dataclass(frozen=True)
class Block(Part):
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


@dataclass(frozen=True)
class OfficialPart(Display, abstract=True):
    """A part of the bulletin; the notebook shows it as paragraphs.

    Attributes:
        language: `zh` or `en`.
    """

    language: str

    @abstractmethod
    def lines(self) -> tuple[Line, ...]:
        """Return the lines in reading order."""


@dataclass(frozen=True)
class Head(OfficialPart):
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

    @property
    def mark(self) -> Line:
        """The issuer's mark: its name and what follows it."""
        return (*self.issuer, Run(Text(self.suffix), office=True)) if self.suffix else self.issuer

    def lines(self) -> tuple[Line, ...]:
        """Return mark, number, title, addressees, opening."""
        return (self.mark, self.number, *self.title, self.addressees, self.opening)


@dataclass(frozen=True)
class Blocks(OfficialPart):
    """A stretch of the text."""

    blocks: tuple[Block, ...]

    def lines(self) -> tuple[Line, ...]:
        """Return heading and paragraph of every block, run in where they are."""
        return tuple((*block.heading, *block.body) for block in self.blocks)


@dataclass(frozen=True)
class Closing(OfficialPart):
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

    def lines(self) -> tuple[Line, ...]:
        """Return signature, date, copies, printing."""
        printed = (*self.printed_by, Run(Text(" ")), *self.printed_on)
        return tuple(line for line in (*self.signature, self.date, self.copies_to, printed) if line)
