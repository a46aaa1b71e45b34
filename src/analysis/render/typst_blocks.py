"""Blocks as typst markup that calls the functions of `templates/assess/preamble.typ`, where their look stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from analysis.render.blocks import (
    Beside,
    ChangeBar,
    Chip,
    Content,
    Details,
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
)
from analysis.render.column_widths import tracks
from analysis.render.official_content import Blocks, Closing, Head, OfficialPart, plain_of
from analysis.render.plain_blocks import plain
from analysis.render.renderer import Renderer
from analysis.words.text import Figure, Strong, Text

_SIGNS: Final = re.compile(r"([\\#$*_`<>@\[\]~/='\"+\-.])")


def escape(text: str) -> str:
    """Return `text` so that typst markup prints it as it stands."""
    return _SIGNS.sub(r"\\\1", text)


class Typst(Renderer):
    """Turns blocks into typst markup."""

    def words(self, words: str) -> str:
        """Return plain words, escaped."""
        return escape(words)

    def text(self, text: Text) -> str:
        """Return a text; on paper a figure is its words."""
        return "".join(self._span(span) for span in text.parts)

    def _span(self, span: str | Figure | Strong) -> str:
        match span:
            case Figure():
                return self(span.plain) + (f"#marks[{span.marks}];" if span.marks else "")
            case Strong():
                return f"#strong{self._body(span.text)};"
            case _:
                return self(span)

    def _body(self, content: Content) -> str:
        """Return content as a typst content block: `[…]`."""
        return f"[{self(content)}]"

    def _body_or_none(self, content: Content | None) -> str:
        return self._body(content) if content else "none"

    # -- marks

    def chip(self, chip: Chip) -> str:
        """Return the grade in its chip."""
        tier = f", tier: {string(chip.tier)}" if chip.tier else ""
        return f"#chip({string(chip.grade)}{tier});"

    def change_bar(self, bar: ChangeBar) -> str:
        """Return the bar (decorative)."""
        return f"#changebar({bar.share:.4f}, {string(bar.fill)}, pointed: {_truth(bar.cut)});"

    def status(self, status: Status) -> str:
        """Return the mark and its word."""
        return f"#status({string(status.kind)}, {self._body(status.word)});"

    def dot(self, dot: Dot) -> str:
        """Return the mark."""
        return f"#dot({_truth(dot.on)});"

    def lines(self, lines: Lines) -> str:
        """Return the lines with line breaks between them."""
        return " \\ ".join(map(self, lines.lines))

    def beside(self, beside: Beside) -> str:
        """Return the parts on one line."""
        call = "with-bar" if any(isinstance(part, ChangeBar) for part in beside.parts) else "beside"
        return f"#{call}({''.join(self._body(part) + ', ' for part in beside.parts)});"

    def muted(self, muted: Muted) -> str:
        """Return the content in the secondary colour."""
        return f"#muted{self._body(muted.content)};"

    def trend(self, trend: Trend) -> str:
        """Return the content in the colour of better or worse."""
        return f"#{'better' if trend.better else 'worse'}{self._body(trend.content)};"

    def link(self, link: Link) -> str:
        """Return the link; where the target is not in the PDF, plain content."""
        return f"#into({string(link.target)}, {self._body(link.content)});"

    # -- text

    def prose(self, prose: Prose) -> str:
        """Return the paragraphs."""
        return f"#prose({string(prose.kind)}, {array(map(self._body, prose.texts))})"

    def key(self, key: Key) -> str:
        """Return the key on one line."""
        return f"#key({array(f'({string(kind)}, {self._body(words)})' for kind, words in key.items)})"

    def findings(self, findings: Findings) -> str:
        """Return an ordered list."""
        items = (
            f"({self._body(finding)}, {self._body_or_none(evidence)})" for finding, evidence in findings.items
        )
        return f"#findings({array(items)})"

    def heading(self, heading: Heading) -> str:
        """Return the heading, one level up: the page's title is no heading in a PDF."""
        return f"#section({heading.level - 1}, {string(heading.id)}, {self._body(heading.content)})"

    def masthead(self, masthead: Masthead) -> str:
        """Return the head of the first page."""
        parts = {
            "heading": self._body(masthead.title),
            "issuer": self._body(masthead.issuer),
            "mark": self._body_or_none(masthead.mark),
            "meta": array(map(self._body, masthead.meta)),
        }
        return f"#masthead({', '.join(f'{name}: {value}' for name, value in parts.items())})"

    def stages(self, stages: Stages) -> str:
        """Return columns."""
        items = (
            f"({self._body(name)}, {self._body(dates)}, {array(map(self._body, lines))})"
            for name, dates, lines in stages.items
        )
        return f"#stages({array(items)})"

    def facts(self, facts: Facts) -> str:
        """Return columns."""
        items = (
            f"({self._body(label)}, {self._body(figure)}, {self._body_or_none(note)})"
            for label, figure, note in facts.items
        )
        return f"#facts({array(items)})"

    def details(self, details: Details) -> str:
        """Return the body under its summary: paper does not fold."""
        return f"#folded{self._body(details.summary)}\n\n{self(details.body)}"

    def group(self, group: Group) -> str:
        """Return the blocks in order."""
        return "\n\n".join(text for text in map(self, group.items) if text)

    def traced(self, traced: Traced) -> str:
        """Return the body."""
        return self(traced.body)

    def verbatim(self, verbatim: Verbatim) -> str:
        """Return the text line by line."""
        return f"#plain[{self(Lines(tuple(verbatim.text.split(chr(10)))))}]" if verbatim.text else ""

    def foreign(self, foreign: Foreign) -> str:
        """Return what stands for it."""
        return self(foreign.otherwise)

    # -- tables and figures

    def table(self, table: Table) -> str:
        """Return the table; nothing for a folded one that is not printed."""
        if table.foldable and not table.in_pdf:
            return ""
        rows = [row.complete() for row in table.rows]
        widths, size = tracks(table)
        parts = {
            "id": string(table.id),
            "kind": string(table.kind),
            "number": self._body_or_none(table.number),
            "title": "none" if table.caption_hidden else self._body(table.caption),
            "summary": string(plain(table.caption)),
            "subtitle": self._body_or_none(table.subtitle),
            "source": self._body_or_none(table.source),
            "mark": self._body_or_none(table.mark),
            "tracks": array(widths),
            "size": f"{size:g}pt",
            "aligns": array(column.align for column in table.columns),
            "head": array(self._body(column.label) for column in table.columns),
            "cut": array(_places_of(table, "cut")),
            "total": array(_places_of(table, "total")),
            "chips": _truth(any(isinstance(cell.content, Chip) for row in rows for cell in row)),
            "rows": "(\n"
            + "".join(f"  {array(self._body(cell.content) for cell in row)},\n" for row in rows)
            + ")",
        }
        return f"#data-table({_arguments(parts)}\n)"

    def graphic(self, graphic: Graphic) -> str:
        """Return the wide drawing with caption, source and mark, and its data where they are printed."""
        parts = {
            "id": string(graphic.id),
            "number": self._body_or_none(graphic.number),
            "title": self._body(graphic.title),
            "subtitle": self._body_or_none(graphic.subtitle),
            "alt": string(plain(graphic.alt)),
            "source": self._body_or_none(graphic.source),
            "mark": self._body_or_none(graphic.mark),
            "key": self._body_or_none(graphic.key),
            "svg": string(graphic.wide.svg()),
        }
        drawn = f"#graphic({_arguments(parts)}\n)"
        return f"{drawn}\n{self(graphic.data)}" if graphic.data and graphic.data_in_pdf else drawn

    # -- the bulletin, as paragraphs of a working paper; the official layout is its exporter's

    def head(self, head: Head) -> str:
        """Return the lines as paragraphs."""
        return self._lines(head)

    def blocks(self, blocks: Blocks) -> str:
        """Return the lines as paragraphs."""
        return self._lines(blocks)

    def closing(self, closing: Closing) -> str:
        """Return the lines as paragraphs."""
        return self._lines(closing)

    def _lines(self, part: OfficialPart) -> str:
        return self(Prose(tuple(map(plain_of, part.lines()))))


def string(text: str) -> str:
    """Return text as a typst string literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "")
    return f'"{escaped}"'


def array(items: Iterable[str]) -> str:
    """Return typst expressions as a typst array (a trailing comma makes one item an array too)."""
    return "(" + "".join(f"{item}, " for item in items) + ")"


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _places_of(table: Table, cls: str) -> list[str]:
    return [str(place) for place, row in enumerate(table.rows) if cls in row.cls.split()]


def _arguments(parts: Mapping[str, str]) -> str:
    return "".join(f"\n {name}: {value}," for name, value in parts.items())


typst = Typst()
