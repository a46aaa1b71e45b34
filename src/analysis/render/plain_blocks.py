"""Blocks as plain text: short, as a notebook keeps them beside the HTML, and written out, as `print` shows them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from rich.cells import cell_len

from analysis.render.blocks import (
    Beside,
    ChangeBar,
    Chip,
    Column,
    Details,
    Display,
    Dot,
    Facts,
    Findings,
    Foreign,
    Graphic,
    Group,
    Heading,
    Key,
    Lines,
    Link,
    Masthead,
    Muted,
    Prose,
    Stages,
    Status,
    Table,
    Traced,
    Trend,
    Verbatim,
    in_words,
)
from analysis.render.official_content import Blocks, Closing, Head, plain_of
from analysis.render.renderer import Renderer
from analysis.words.text import Text


class PlainText(Renderer):
    """Turns blocks into plain text."""

    def words(self, words: str) -> str:
        """Return them as they are."""
        return words

    def text(self, text: Text) -> str:
        """Return the text with its figures as printed."""
        return text.marked

    # -- marks

    def chip(self, chip: Chip) -> str:
        """Return the letter."""
        return chip.grade

    def change_bar(self, bar: ChangeBar) -> str:
        """Return the verdict in words."""
        return bar.word

    def status(self, status: Status) -> str:
        """Return the word."""
        return status.word

    def dot(self, dot: Dot) -> str:
        """Return the word."""
        return dot.word

    def lines(self, lines: Lines) -> str:
        """Return the lines with newlines between them."""
        return "\n".join(self(line) for line in lines.lines)

    def beside(self, beside: Beside) -> str:
        """Return the parts with a space between them."""
        return " ".join(text for text in map(self, beside.parts) if text)

    def muted(self, muted: Muted) -> str:
        """Return the content."""
        return self(muted.content)

    def trend(self, trend: Trend) -> str:
        """Return the content."""
        return self(trend.content)

    def link(self, link: Link) -> str:
        """Return the content."""
        return self(link.content)

    # -- blocks

    def prose(self, prose: Prose) -> str:
        """Return the paragraphs, one per line."""
        return "\n".join(self(text) for text in prose.texts)

    def key(self, key: Key) -> str:
        """Return the words."""
        return " · ".join(self(words) for _kind, words in key.items)

    def findings(self, findings: Findings) -> str:
        """Return the findings, one per line."""
        return "\n".join(f"{place}. {self(finding)}" for place, (finding, _) in enumerate(findings.items, 1))

    def heading(self, heading: Heading) -> str:
        """Return the heading."""
        return self(heading.content)

    def table(self, table: Table) -> str:
        """Return the caption and the size."""
        return f"{self(table.caption)} [{len(table.rows)} × {len(table.columns)}]"

    def graphic(self, graphic: Graphic) -> str:
        """Return the number and the title."""
        return f"{graphic.number} {self(graphic.title)}".strip()

    def masthead(self, masthead: Masthead) -> str:
        """Return the title."""
        return masthead.title.replace("\u200b", "")

    def stages(self, stages: Stages) -> str:
        """Return names and dates."""
        return "\n".join(f"{name} {dates}" for name, dates, _lines in stages.items)

    def facts(self, facts: Facts) -> str:
        """Return labels and figures."""
        return " · ".join(f"{label} {self(figure)}" for label, figure, _note in facts.items)

    def details(self, details: Details) -> str:
        """Return the summary."""
        return details.summary

    def group(self, group: Group) -> str:
        """Return the blocks in order, one per line."""
        return "\n".join(text for text in map(self, group.items) if text)

    def traced(self, traced: Traced) -> str:
        """Return the body."""
        return self(traced.body)

    def verbatim(self, verbatim: Verbatim) -> str:
        """Return the text."""
        return verbatim.text

    def foreign(self, foreign: Foreign) -> str:
        """Return what stands for it."""
        return self(foreign.otherwise)

    # -- the bulletin

    def head(self, head: Head) -> str:
        """Return the lines."""
        return _lines(head)

    def blocks(self, blocks: Blocks) -> str:
        """Return the lines."""
        return _lines(blocks)

    def closing(self, closing: Closing) -> str:
        """Return the lines."""
        return _lines(closing)


def _lines(part: Head | Blocks | Closing) -> str:
    return "\n".join(plain_of(line) for line in part.lines())


plain = PlainText()


class WrittenOut(PlainText):
    """Plain text for a reader who sees nothing else: tables with all their cells, and what is folded."""

    def table(self, table: Table) -> str:
        """Return caption and subtitle, then the cells under their heads; a cell of several lines keeps them."""
        head = [self(column.label) for column in table.columns]
        grid = [head, *([self(cell.content) for cell in row.complete()] for row in table.rows)]
        rows = [[cell.splitlines() or [""] for cell in row] for row in grid]
        widths = [max(cell_len(line) for row in rows for line in row[place]) for place in range(len(head))]
        above = (self(table.caption), self(table.subtitle))
        lines = (
            "  ".join(line).rstrip() for row in rows for line in self._lines_of(row, widths, table.columns)
        )
        return "\n".join([*filter(None, above), *lines])

    @staticmethod
    def _lines_of(
        row: list[list[str]], widths: list[int], columns: tuple[Column, ...]
    ) -> Iterator[list[str]]:
        for lines in zip_longest(*row, fillvalue=""):
            placed = zip(lines, widths, columns, strict=True)
            # a Chinese sign is two columns wide
            gaps = [(line, " " * (width - cell_len(line)), column.align) for line, width, column in placed]
            yield [gap + line if align == "right" else line + gap for line, gap, align in gaps]

    def details(self, details: Details) -> str:
        """Return the summary and what is folded under it."""
        return f"{details.summary}\n{self(details.body)}"


_written_out = WrittenOut()


@in_words.register
def written_out(block: Display) -> str:
    """Return a block as it is printed."""
    return _written_out(block)
