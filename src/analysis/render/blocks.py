"""What a notebook cell shows: the same content as HTML, as typst and as plain text.

Every display is a frozen value without a language of its own: all words come in as `Text` or `str`. The HTML
is bare and semantic, its look stands in `templates/assess/style.css`; the typst calls the functions of
`templates/assess/preamble.typ`. The exporters read both from the executed notebook and compute nothing.
"""

from __future__ import annotations

import html
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Literal, TypeAlias

from analysis.words.text import Text, typst_escape

FIGURE_MIME: Final = "application/vnd.assess.figure+json"
TABLE_MIME: Final = "application/vnd.assess.table+json"
PAGE_MIME: Final = "application/vnd.assess.page+json"
ORIGIN_MIME: Final = "application/vnd.assess.origin+json"
TYPST_MIME: Final = "text/vnd.typst"

#: verdicts drawn as a full bar, as an outline, as a dashed line; every other verdict draws no bar
SOLID: Final = frozenset({"clear_fall", "clear_rise"})
HOLLOW: Final = frozenset({"not_clear"})
DASHED: Final = frozenset({"too_few"})

#: type sizes of PDF tables in pt, the usual one first
PDF_SIZES: Final = (9.0, 8.5, 8.0, 7.5)
#: width of the type area in pt, the gap between two columns of a PDF table in em
_PDF_LINE_PT: Final = 493.0
_PDF_GAP_EM: Final = 1.3
#: width of the column of the page in em of its tables
_PAGE_EM: Final = 58.0
#: a PDF column wider than this may be broken into lines when the table is too wide
_PDF_BREAKABLE_EM: Final = 9.0


class Inline(ABC):
    """A mark inside a line or a table cell."""

    @abstractmethod
    def html(self) -> str:
        """Return the mark as HTML."""

    @abstractmethod
    def typst(self) -> str:
        """Return the mark as typst markup."""

    @abstractmethod
    def plain(self) -> str:
        """Return what a reader hears."""


Content: TypeAlias = str | Text | Inline


def content_html(content: Content) -> str:
    """Return content as HTML; plain strings are escaped."""
    if isinstance(content, Inline):
        return content.html()
    return content.html if isinstance(content, Text) else html.escape(content)


def content_typst(content: Content) -> str:
    """Return content as typst markup; plain strings are escaped."""
    if isinstance(content, Inline):
        return content.typst()
    return content.typst if isinstance(content, Text) else typst_escape(content)


def content_plain(content: Content) -> str:
    """Return content as plain text."""
    if isinstance(content, Inline):
        return content.plain()
    return content.plain if isinstance(content, Text) else content


def _attribute(text: str) -> str:
    return html.escape(text, quote=True)


def _block(content: Content) -> str:
    """Return content as a typst content block: `[…]`."""
    return f"[{content_typst(content)}]"


def _string(text: str) -> str:
    """Return text as a typst string literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "")
    return f'"{escaped}"'


def _array(items: Sequence[str]) -> str:
    """Return typst expressions as a typst array (a trailing comma makes one item an array too)."""
    return "(" + "".join(f"{item}, " for item in items) + ")"


def _of_unit(code: str) -> str:
    return f' data-unit="{_attribute(code)}"' if code else ""


def _classes(*names: str) -> str:
    joined = " ".join(name for name in names if name)
    return f' class="{_attribute(joined)}"' if joined else ""


# ------------------------------------------------------------------------------------------ inline marks


@dataclass(frozen=True)
class Chip(Inline):
    """The grade as a letter in a chip (A, B, C)."""

    grade: str

    def html(self) -> str:
        """Return the chip as HTML."""
        return f'<span class="chip {_attribute(self.grade)}">{html.escape(self.grade)}</span>'

    def typst(self) -> str:
        """Return the chip as typst markup."""
        return f"#chip({_string(self.grade)});"

    def plain(self) -> str:
        """Return the letter."""
        return self.grade


@dataclass(frozen=True)
class ChangeBar(Inline):
    """A small signed bar; its fill says how well the change is supported.

    Attributes:
        change: the change as a fraction (−0.399); None draws no bar.
        verdict: `clear_fall`, `clear_rise` solid; `not_clear` hollow; `too_few` dashed; others no bar.
        limit: the change drawn over the half width, as a fraction; a longer bar ends in a point.
        word: the verdict in words, for those who do not see the bar.
    """

    change: float | None
    verdict: str
    limit: float
    word: str = ""

    WIDTH: ClassVar[int] = 96
    HEIGHT: ClassVar[int] = 16

    def _share(self) -> float:
        """Return the bar's length as a signed share of the half width, cut at ±1."""
        if self.change is None or math.isnan(self.change) or self.limit <= 0:
            return 0.0
        return max(-1.0, min(1.0, self.change / self.limit))

    def _kind(self) -> str:
        if self.change is None or math.isnan(self.change):
            return "none"
        kinds = (("solid", SOLID), ("hollow", HOLLOW), ("dashed", DASHED))
        return next((kind for kind, verdicts in kinds if self.verdict in verdicts), "none")

    def _cut(self) -> bool:
        return self.change is not None and abs(self.change) > self.limit * 1.0001

    def html(self) -> str:
        """Return the bar as a decorative SVG and the verdict as hidden words."""
        zero, kind, share = self.WIDTH / 2, self._kind(), self._share()
        end = zero + share * (zero - 2)
        hue = "fall" if share < 0 else "rise"
        drawing = ""
        if kind == "dashed":
            drawing = f'<path class="dash" d="M{zero:.1f} 8H{end:.1f}"/>'
        elif kind != "none":
            shoulder = end - math.copysign(5, share) if self._cut() else end
            inset = 0.6 if kind == "hollow" else 0.0
            top, bottom = 3 + inset, 13 - inset
            drawing = (
                f'<path class="{kind} {hue}" d="M{zero:.1f} {top}H{shoulder:.1f}L{end:.1f} 8'
                f'L{shoulder:.1f} {bottom}H{zero:.1f}Z"/>'
                if self._cut()
                else f'<path class="{kind} {hue}" d="M{zero:.1f} {top}H{end:.1f}V{bottom}H{zero:.1f}Z"/>'
            )
        axis = "" if kind == "none" else f'<path class="zero" d="M{zero:.1f} 0V{self.HEIGHT}"/>'
        hidden = f'<span class="vh">{html.escape(self.word)}</span>' if self.word else ""
        return (
            f'<svg class="bar" viewBox="0 0 {self.WIDTH} {self.HEIGHT}" width="{self.WIDTH}" '
            f'height="{self.HEIGHT}" aria-hidden="true" focusable="false">{drawing}{axis}</svg>{hidden}'
        )

    def typst(self) -> str:
        """Return the bar as typst markup (decorative)."""
        pointed = "true" if self._cut() else "false"
        return f"#changebar({self._share():.4f}, {_string(self._kind())}, pointed: {pointed});"

    def plain(self) -> str:
        """Return the verdict in words."""
        return self.word


@dataclass(frozen=True)
class Status(Inline):
    """How far a problem is: a mark and its word."""

    kind: Literal["done", "open", "late", "again"]
    word: str

    def html(self) -> str:
        """Return the status as HTML."""
        return f'<span class="st {self.kind}">{html.escape(self.word)}</span>'

    def typst(self) -> str:
        """Return the status as typst markup."""
        return f"#status({_string(self.kind)}, {_block(self.word)});"

    def plain(self) -> str:
        """Return the word."""
        return self.word


@dataclass(frozen=True)
class Dot(Inline):
    """A mark of a matrix: a dot or nothing much, with its word for those who do not see it."""

    on: bool
    word: str

    def html(self) -> str:
        """Return the mark with its hidden word."""
        kind = "on" if self.on else "off"
        return (
            f'<span class="{kind}" aria-hidden="true"></span><span class="vh">{html.escape(self.word)}</span>'
        )

    def typst(self) -> str:
        """Return the mark as typst markup."""
        return f"#dot({'true' if self.on else 'false'});"

    def plain(self) -> str:
        """Return the word."""
        return self.word


@dataclass(frozen=True)
class Lines(Inline):
    """Several lines in one cell."""

    lines: tuple[Content, ...]

    def html(self) -> str:
        """Return every line on its own."""
        return "".join(f'<span class="line">{content_html(line)}</span>' for line in self.lines)

    def typst(self) -> str:
        """Return the lines with line breaks between them."""
        return " \\ ".join(content_typst(line) for line in self.lines)

    def plain(self) -> str:
        """Return the lines with newlines between them."""
        return "\n".join(content_plain(line) for line in self.lines)


@dataclass(frozen=True)
class Beside(Inline):
    """Contents beside each other in one cell; in a column of class `dec` the figure and its bar."""

    parts: tuple[Content, ...]

    def html(self) -> str:
        """Return every part in its own span."""
        return "".join(f'<span class="part">{content_html(part)}</span>' for part in self.parts)

    def typst(self) -> str:
        """Return the parts on one line."""
        call = "with-bar" if any(isinstance(part, ChangeBar) for part in self.parts) else "beside"
        return f"#{call}({''.join(_block(part) + ', ' for part in self.parts)});"

    def plain(self) -> str:
        """Return the parts with a space between them."""
        return " ".join(text for text in map(content_plain, self.parts) if text)


@dataclass(frozen=True)
class Muted(Inline):
    """Content of second rank: an interval, a base, a note."""

    content: Content

    def html(self) -> str:
        """Return the content in the secondary colour."""
        return f'<span class="sec">{content_html(self.content)}</span>'

    def typst(self) -> str:
        """Return the content in the secondary colour."""
        return f"#muted{_block(self.content)};"

    def plain(self) -> str:
        """Return the content."""
        return content_plain(self.content)


@dataclass(frozen=True)
class Trend(Inline):
    """A change of place, better or worse, by sign and colour (↑2, ↓1)."""

    content: Content
    better: bool

    def html(self) -> str:
        """Return the content in the colour of better or worse."""
        return f'<span class="{"better" if self.better else "worse"}">{content_html(self.content)}</span>'

    def typst(self) -> str:
        """Return the content in the colour of better or worse."""
        return f"#{'better' if self.better else 'worse'}{_block(self.content)};"

    def plain(self) -> str:
        """Return the content."""
        return content_plain(self.content)


@dataclass(frozen=True)
class Link(Inline):
    """A link inside the page, to the id of a section, figure, table or heading."""

    target: str
    content: Content

    def html(self) -> str:
        """Return the link as HTML."""
        return f'<a href="#{_attribute(self.target)}">{content_html(self.content)}</a>'

    def typst(self) -> str:
        """Return the link as typst markup; where the target is not in the PDF, plain content."""
        return f"#into({_string(self.target)}, {_block(self.content)});"

    def plain(self) -> str:
        """Return the content."""
        return content_plain(self.content)


# ------------------------------------------------------------------------------------------ displays


class Display(ABC):
    """Something a cell shows. Subclasses say what it is in HTML, in typst and in plain text."""

    @abstractmethod
    def html(self) -> str:
        """Return bare semantic HTML."""

    @abstractmethod
    def typst(self) -> str:
        """Return typst markup that calls the functions of the preamble."""

    @abstractmethod
    def plain(self) -> str:
        """Return a short plain text."""

    def graphics(self) -> tuple[Graphic, ...]:
        """Return the graphics in it, in reading order."""
        return ()

    def tables(self) -> tuple[dict[str, Any], ...]:
        """Return the tables in it and the data of its graphics, in reading order, as records for the workbook."""
        return ()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Return every representation at once, as IPython asks for it."""
        bundle: dict[str, Any] = {
            "text/html": self.html(),
            TYPST_MIME: self.typst(),
            "text/plain": self.plain(),
        }
        graphics = self.graphics()
        if graphics:
            bundle[FIGURE_MIME] = [graphic.record() for graphic in graphics]
        tables = self.tables()
        if tables:
            bundle[TABLE_MIME] = list(tables)
        return bundle


@dataclass(frozen=True)
class Prose(Display):
    """Paragraphs.

    Attributes:
        texts: one text per paragraph.
        kind: `body`, `note` (small, secondary), `quote` (the office's words, in Kai), `key` (key of a table).
    """

    texts: tuple[Text | str, ...]
    kind: Literal["body", "note", "quote", "key"] = "body"

    def html(self) -> str:
        """Return the paragraphs."""
        if self.kind == "quote":
            inner = "".join(f"<p>{content_html(text)}</p>" for text in self.texts)
            return f'<blockquote class="kai">{inner}</blockquote>'
        mark = "" if self.kind == "body" else f' class="{self.kind}"'
        return "".join(f"<p{mark}>{content_html(text)}</p>" for text in self.texts)

    def typst(self) -> str:
        """Return the paragraphs."""
        return f"#prose({_string(self.kind)}, {_array([_block(text) for text in self.texts])})"

    def plain(self) -> str:
        """Return the paragraphs, one per line."""
        return "\n".join(content_plain(text) for text in self.texts)


@dataclass(frozen=True)
class Key(Display):
    """The key of the board: what solid, hollow and dashed bars mean.

    Attributes:
        items: (kind, words) with kind `solid`, `hollow`, `dashed`, or "" for words without a mark.
    """

    items: tuple[tuple[str, Content], ...]

    def html(self) -> str:
        """Return the key on one line."""
        spans = []
        for kind, words in self.items:
            mark = f'<i class="{_attribute(kind)}"></i>' if kind else ""
            spans.append(f"<span>{mark}{content_html(words)}</span>")
        return f'<p class="key">{"".join(spans)}</p>'

    def typst(self) -> str:
        """Return the key on one line."""
        items = [f"({_string(kind)}, {_block(words)})" for kind, words in self.items]
        return f"#key({_array(items)})"

    def plain(self) -> str:
        """Return the words."""
        return " · ".join(content_plain(words) for _kind, words in self.items)


@dataclass(frozen=True)
class Findings(Display):
    """Numbered findings: a bold sentence and its evidence on its own line."""

    items: tuple[tuple[Text, Text], ...]
    id: str = ""

    def html(self) -> str:
        """Return an ordered list."""
        ident = f' id="{_attribute(self.id)}"' if self.id else ""
        items = "".join(
            f"<li><b>{finding.html}</b>"
            + (f'<span class="e">{evidence.html}</span>' if evidence else "")
            + "</li>"
            for finding, evidence in self.items
        )
        return f'<ol class="find"{ident}>{items}</ol>'

    def typst(self) -> str:
        """Return an ordered list."""
        items = [
            f"({_block(finding)}, {_block(evidence) if evidence else 'none'})"
            for finding, evidence in self.items
        ]
        return f"#findings({_array(items)})"

    def plain(self) -> str:
        """Return the findings, one per line."""
        return "\n".join(f"{place}. {finding.plain}" for place, (finding, _) in enumerate(self.items, 1))


@dataclass(frozen=True)
class Heading(Display):
    """A heading inside a section (level 3 below the section's level 2)."""

    id: str
    content: Text | str
    level: int = 3

    def html(self) -> str:
        """Return the heading with its id."""
        ident = f' id="{_attribute(self.id)}"' if self.id else ""
        return f"<h{self.level}{ident}>{content_html(self.content)}</h{self.level}>"

    def typst(self) -> str:
        """Return the heading, one level up: the page's title is no heading in a PDF."""
        return f"#section({self.level - 1}, {_string(self.id)}, {_block(self.content)})"

    def plain(self) -> str:
        """Return the heading."""
        return content_plain(self.content)


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        key: name of the column in the data.
        label: the words in the head.
        align: `right` for figures, `center` for marks.
        sortable: whether the reader may sort by it.
        width: typst track (`1fr`, `auto`, `4em`); empty = found from the content.
        cls: style classes: `nw` (never broken), `g` (grade), `sc` (score), `dec` (figure and bar), `rk` (rank
            change), `long` (text that takes a line of its own on a phone), `quiet` (no label on a phone).
    """

    key: str
    label: str
    align: Literal["left", "right", "center"] = "left"
    sortable: bool = True
    width: str = ""
    cls: str = ""

    def classes(self) -> str:
        """Return the style classes of the column's cells."""
        align = {"left": "", "right": "num", "center": "ctr"}[self.align]
        return " ".join(name for name in (align, self.cls) if name)


@dataclass(frozen=True)
class Cell:
    """A cell with its own key for sorting; in a column with numeric keys a cell without one sorts last."""

    content: Content
    sort: float | str | None = None
    cls: str = ""


@dataclass(frozen=True)
class Row:
    """A row; class `cut` draws the ink rule below it, class `total` stays at the end.

    Attributes:
        cells: one per column.
        cls: style classes.
        unit: code of the unit the row tells of, so that the page can be narrowed to one unit; empty for the others.
    """

    cells: tuple[Cell | Content, ...]
    cls: str = ""
    unit: str = ""

    def complete(self) -> tuple[Cell, ...]:
        """Return every cell as a `Cell`."""
        return tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in self.cells)


@dataclass(frozen=True)
class Table(Display):
    """A table with a caption that says its finding; the first column is the row's header.

    Attributes:
        id: id of the element, unique on the page.
        caption: the title (a sentence).
        columns: the columns, in order.
        rows: the rows; every row has as many cells as there are columns.
        subtitle: what is shown, units of measure.
        source: the source line as printed.
        number: `表1`; empty for tables that are not counted.
        mark: the example mark, empty for real data.
        cls: style classes: `board`, `matrix`, `ledger`, `clause`, `losses`, `small`.
        phone: `stack` makes a block of every row on a phone, `scroll` lets the table scroll sideways.
        caption_hidden: the caption is there for those who do not see the table.
        foldable: closed in HTML, its caption opens it.
        in_pdf: whether a foldable table is printed in the PDF.
    """

    id: str
    caption: Text | str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    subtitle: Text | str = ""
    source: str = ""
    number: str = ""
    mark: str = ""
    cls: str = ""
    phone: Literal["stack", "scroll"] = "scroll"
    caption_hidden: bool = False
    foldable: bool = False
    in_pdf: bool = True

    def __post_init__(self) -> None:
        """Refuse a row with too many or too few cells."""
        for place, row in enumerate(self.rows, 1):
            if len(row.cells) != len(self.columns):
                raise ValueError(
                    f"table {self.id!r}: row {place} has {len(row.cells)} cells for {len(self.columns)} columns"
                )

    # -- HTML

    def html(self) -> str:
        """Return the table in its wrapper with source line; folded if it is foldable."""
        body = self.table_html(caption_hidden=self.caption_hidden or self.foldable) + _source_html(
            self.source, self.mark
        )
        ident = f' id="{_attribute(self.id)}"' if self.id else ""
        if self.foldable:
            number = f'<span class="no">{html.escape(self.number)}</span>' if self.number else ""
            summary = f"<summary>{number}{content_html(self.caption)}</summary>"
            return f'<details class="fold"{ident}>{summary}{body}</details>'
        return f"<div{_classes('tbl', self._kind())}{ident}>{body}</div>"

    def table_html(self, caption_hidden: bool) -> str:
        """Return the bare table."""
        sortable = len(self.rows) > 2 and any(column.sortable for column in self.columns)
        dense = sum(self._need(place) + _PDF_GAP_EM for place in range(len(self.columns))) > _PAGE_EM
        names = _classes(
            self.cls,
            "dense" if dense and not any(self._long()) else "",
            "sort" if sortable else "",
            self.phone,
        )
        head = "".join(self._head_cell(column, sortable) for column in self.columns)
        numeric = [self._numeric(place) for place in range(len(self.columns))]
        body = "".join(self._body_row(row, numeric) for row in self.rows)
        table = (
            f'<table{names} role="table">{self._caption(caption_hidden)}'
            f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>'
            f'<tbody role="rowgroup">{body}</tbody></table>'
        )
        return f'<div class="scroll">{table}</div>' if self.phone == "scroll" else table

    def _caption(self, hidden: bool) -> str:
        number = f'<span class="no">{html.escape(self.number)}</span> ' if self.number and not hidden else ""
        sub = f'<span class="sub">{content_html(self.subtitle)}</span>' if self.subtitle else ""
        shown = number + content_html(self.caption)
        if hidden:
            below = (
                f'<p class="sub">{content_html(self.subtitle)}</p>' if self.subtitle and self.foldable else ""
            )
            return f'<caption>{below}<span class="vh">{shown}</span></caption>'
        return f"<caption>{shown}{sub}</caption>"

    def _head_cell(self, column: Column, sortable: bool) -> str:
        fixed = " data-nosort" if sortable and not (column.sortable and column.label) else ""
        label = html.escape(column.label)
        return f'<th role="columnheader" scope="col"{_classes(column.classes())}{fixed}>{label}</th>'

    def _numeric(self, place: int) -> bool:
        """Return whether a column is sorted by numbers: then a cell without a number sorts last."""
        return any(isinstance(row.complete()[place].sort, int | float) for row in self.rows)

    def _body_row(self, row: Row, numeric: Sequence[bool]) -> str:
        cells = []
        for place, (column, cell) in enumerate(zip(self.columns, row.complete(), strict=True)):
            names = _classes(column.classes(), cell.cls)
            key = _sort_attribute(cell.sort, numeric[place])
            shown = content_html(cell.content)
            if place == 0:
                cells.append(f'<th role="rowheader" scope="row"{names}{key}>{shown}</th>')
            else:
                label = f' data-l="{_attribute(column.label)}"' if column.label else ""
                cells.append(f'<td role="cell"{names}{label}{key}>{shown}</td>')
        return f'<tr role="row"{_classes(row.cls)}{_of_unit(row.unit)}>{"".join(cells)}</tr>'

    # -- typst

    def typst(self) -> str:
        """Return the table for the PDF; nothing for a folded table that is not printed."""
        if self.foldable and not self.in_pdf:
            return ""
        rows = [_array([_block(cell.content) for cell in row.complete()]) for row in self.rows]
        cut = [str(place) for place, row in enumerate(self.rows) if "cut" in row.cls.split()]
        total = [str(place) for place, row in enumerate(self.rows) if "total" in row.cls.split()]
        tracks, size = self.tracks()
        parts = {
            "id": _string(self.id),
            "kind": _string(self._kind()),
            "number": _block(self.number) if self.number else "none",
            "title": "none" if self.caption_hidden else _block(self.caption),
            "summary": _string(content_plain(self.caption)),
            "subtitle": _block(self.subtitle) if self.subtitle else "none",
            "source": _block(self.source) if self.source else "none",
            "mark": _block(self.mark) if self.mark else "none",
            "tracks": _array(tracks),
            "size": f"{size:g}pt",
            "aligns": _array([column.align for column in self.columns]),
            "head": _array([_block(column.label) for column in self.columns]),
            "cut": _array(cut),
            "total": _array(total),
            "chips": "true"
            if any(isinstance(c.content, Chip) for r in self.rows for c in r.complete())
            else "false",
            "rows": "(\n" + "".join(f"  {row},\n" for row in rows) + ")",
        }
        return "#data-table(" + "".join(f"\n {name}: {value}," for name, value in parts.items()) + "\n)"

    def tracks(self) -> tuple[list[str], float]:
        """Return a typst track per column, in proportion to what the column holds, and the type size in pt.

        A table that fits on the line gets all columns in proportion to their content, so none is broken. In a
        table that is too wide the heads and the long columns are broken into lines; only where that is not enough
        the type gets smaller.
        """
        whole = [self._need(place) for place in range(len(self.columns))]
        sizes = PDF_SIZES[-2:] if self._kind() == "small" else PDF_SIZES
        for size in sizes[:2]:
            if sum(whole) + _PDF_GAP_EM * len(whole) <= _line_em(size):
                return self._told([f"{need + _PDF_GAP_EM:.1f}fr" for need in whole]), size
        broken = [self._broken_need(place) for place in range(len(self.columns))]
        total = sum(broken) + _PDF_GAP_EM * len(broken)
        size = next((size for size in sizes if total <= _line_em(size)), sizes[-1])
        long = self._long()
        if not any(long) or total > _line_em(size):
            return self._told([f"{need + _PDF_GAP_EM:.1f}fr" for need in broken]), size
        tracks = [
            f"{math.sqrt(self._body_need(place)):.2f}fr" if breaks else f"{need + _PDF_GAP_EM:.1f}em"
            for place, (need, breaks) in enumerate(zip(broken, long, strict=True))
        ]
        return self._told(tracks), size

    def _long(self) -> list[bool]:
        """Return which columns hold text long enough to be broken into lines: those of class `long`, if there are."""
        wide = [self._body_need(place) > _PDF_BREAKABLE_EM for place in range(len(self.columns))]
        told = [
            breaks and "long" in column.cls.split() for breaks, column in zip(wide, self.columns, strict=True)
        ]
        if any(told):
            return told
        words = [column.align == "left" and "nw" not in column.cls.split() for column in self.columns]
        return [breaks and text for breaks, text in zip(wide, words, strict=True)]

    def _told(self, tracks: list[str]) -> list[str]:
        return [column.width or track for column, track in zip(self.columns, tracks, strict=True)]

    def _need(self, place: int) -> float:
        """Return how wide a column is, in em, if nothing in it is broken."""
        return max(em_width(self.columns[place].label) * 0.95, self._body_need(place))

    def _body_need(self, place: int) -> float:
        return max([_content_width(row.complete()[place].content) for row in self.rows], default=1.0)

    def _broken_need(self, place: int) -> float:
        """Return how narrow a column may be, in em: its head on two lines, long text on several."""
        head = em_width(self.columns[place].label)
        body = self._body_need(place)
        return max(
            head if head <= 2 else head / 2 + 0.5,
            _longest_word(self.columns[place].label),
            min(body, _PDF_BREAKABLE_EM) if self._long()[place] else body,
        )

    def _kind(self) -> str:
        return self.cls.split()[0] if self.cls else ""

    # -- workbook

    def record(self) -> dict[str, Any]:
        """Return what the workbook needs: the words around the table, its heads, and every cell part by part."""
        return {
            "id": self.id,
            "number": self.number,
            "title": content_plain(self.caption),
            "subtitle": content_plain(self.subtitle),
            "columns": [{"label": column.label, "align": column.align} for column in self.columns],
            "rows": [[_cell_record(cell.content) for cell in row.complete()] for row in self.rows],
        }

    def tables(self) -> tuple[dict[str, Any], ...]:
        """Return itself."""
        return (self.record(),)

    # -- plain

    def plain(self) -> str:
        """Return the caption and the size."""
        return f"{content_plain(self.caption)} [{len(self.rows)} × {len(self.columns)}]"


def _cell_record(content: Content) -> list[dict[str, str]]:
    """Return the parts of a cell as printed; a part that is one figure and nothing else has its whole value too."""
    match content:
        case Lines():
            return [part for line in content.lines for part in _cell_record(line)]
        case Beside():
            return [part for piece in content.parts for part in _cell_record(piece)]
        case Muted() | Trend() | Link():
            return _cell_record(content.content)
        case Text():
            text = content.plain
            figures = list(content.figures())
            alone = len(figures) == 1 and figures[0].text == text
            return [{"text": text, "value": figures[0].value} if alone else {"text": text}]
        case _:
            return [{"text": content_plain(content)}]


def _sort_attribute(key: float | str | None, numeric: bool) -> str:
    if isinstance(key, int | float):
        return ' data-v=""' if math.isnan(key) else f' data-v="{key:.10g}"'
    if isinstance(key, str):
        return f' data-v="{_attribute(key)}"'
    return ' data-v=""' if numeric else ""


def _line_em(size: float) -> float:
    """Return how many em of a type size the line of the PDF has."""
    return _PDF_LINE_PT / size


def em_width(text: str) -> float:
    """Return roughly how wide a text is set, in em, its widest line.

    Han characters are one em wide, the rest a bit over a half; a quarter stands between Han and a digit or letter.
    """
    return max((_line_width(line) for line in text.split("\n")), default=0.0)


def _longest_word(text: str) -> float:
    """Return how wide, in em, the longest word of a head of a column is; Chinese may be parted anywhere."""
    return max((em_width(word) for word in re.split(r"[\s-]", text) if word.isascii()), default=0.0) * 0.95


def _line_width(line: str) -> float:
    wide = [sign > "\u2e7f" for sign in line]
    signs = sum(1.0 if han else 0.57 for han in wide)
    gaps = sum(
        wide[place] != wide[place + 1] and line[place].isalnum() and line[place + 1].isalnum()
        for place in range(len(line) - 1)
    )
    return signs + 0.25 * gaps


def _content_width(content: Content) -> float:
    """Return roughly how wide content is set in a PDF table, in em."""
    match content:
        case ChangeBar():
            width = 5.6
        case Chip() | Dot():
            width = 2.0
        case Status():
            width = em_width(content.word) + 1.6
        case Beside() if any(isinstance(part, ChangeBar) for part in content.parts):
            width = 12.2
        case Beside():
            width = sum(_content_width(part) + 0.6 for part in content.parts)
        case Lines():
            width = max((_content_width(line) for line in content.lines), default=0.0)
        case Muted() | Trend() | Link():
            width = _content_width(content.content)
        case _:
            width = em_width(content_plain(content))
    return width


def _source_html(source: str, mark: str) -> str:
    if not source and not mark:
        return ""
    alone = "" if source else " alone"
    marked = f'<span class="mk{alone}">{html.escape(mark)}</span>' if mark else ""
    return f'<p class="src">{html.escape(source)}{marked}</p>'


_ROOT: Final = re.compile(r"<svg\b([^>]*)>", re.DOTALL)
_SPOKEN: Final = re.compile(r'\s(?:role|aria-[a-z]+|class|focusable)="[^"]*"')


def labelled_svg(svg: str, label: str, cls: str) -> str:
    """Return an SVG as it stands in the page: root element first, an image named by the element `label`.

    Raises:
        ValueError: there is no `<svg>` element.
    """
    root = _ROOT.search(svg)
    if root is None:
        raise ValueError("the drawing has no <svg> element")
    attributes = _SPOKEN.sub("", root.group(1))
    opened = (
        f'<svg class="{cls}" role="img" aria-labelledby="{_attribute(label)}" focusable="false"{attributes}>'
    )
    return opened + svg[root.end() :].strip()


@dataclass(frozen=True)
class Graphic(Display):
    """A chart with its finding as title, its alt text, source, mark and the data below it.

    Attributes:
        id: `fig-…`.
        number: `图1`.
        title: the finding.
        subtitle: what is drawn, unit and period.
        alt: the finding and the figures, for those who do not see the chart.
        wide: the SVG at 840 px.
        slim: the SVG at 358 px, shown on phones.
        source: the source line as printed.
        mark: the example mark, empty for real data.
        data: the plotted rows; its caption opens it.
        data_in_pdf: whether the data are printed below the figure in the PDF.
        key: what the marks mean, where direct labels do not fit.
    """

    id: str
    number: str
    title: Text | str
    subtitle: Text | str
    alt: Text
    wide: str
    slim: str
    source: str
    mark: str
    data: Table | None = None
    key: Content | None = None
    data_in_pdf: bool = False

    def html(self) -> str:
        """Return the figure with caption, both drawings, source and data."""
        label = f"{self.id}-alt"
        number = f'<span class="no">{html.escape(self.number)}</span> ' if self.number else ""
        sub = f'<span class="sub">{content_html(self.subtitle)}</span>' if self.subtitle else ""
        key = f'<p class="key">{content_html(self.key)}</p>' if self.key else ""
        slim = labelled_svg(self.slim, label, "slim") if self.slim else ""
        wide = labelled_svg(self.wide, label, "wide" if self.slim else "only")
        return (
            f'<figure id="{_attribute(self.id)}"><figcaption>{number}<strong>{content_html(self.title)}</strong>'
            f'{sub}</figcaption>{key}<p id="{_attribute(label)}" hidden>{self.alt.html}</p>{wide}{slim}'
            f"{_source_html(self.source, self.mark)}{self._data_html()}</figure>"
        )

    def _data_html(self) -> str:
        if self.data is None:
            return ""
        summary = f"<summary>{content_html(self.data.caption)}</summary>"
        return f'<details class="data">{summary}{self.data.table_html(caption_hidden=True)}</details>'

    def typst(self) -> str:
        """Return the figure for the PDF: the wide drawing with caption, source and mark."""
        parts = {
            "id": _string(self.id),
            "number": _block(self.number) if self.number else "none",
            "title": _block(self.title),
            "subtitle": _block(self.subtitle) if self.subtitle else "none",
            "alt": _string(self.alt.plain),
            "source": _block(self.source) if self.source else "none",
            "mark": _block(self.mark) if self.mark else "none",
            "key": _block(self.key) if self.key else "none",
            "svg": _string(self.wide),
        }
        drawn = "#graphic(" + "".join(f"\n {name}: {value}," for name, value in parts.items()) + "\n)"
        return drawn + "\n" + self.data.typst() if self.data and self.data_in_pdf else drawn

    def plain(self) -> str:
        """Return the number and the title."""
        return f"{self.number} {content_plain(self.title)}".strip()

    def graphics(self) -> tuple[Graphic, ...]:
        """Return itself."""
        return (self,)

    def tables(self) -> tuple[dict[str, Any], ...]:
        """Return its data under its own number and words."""
        if self.data is None:
            return ()
        words = {"title": content_plain(self.title), "subtitle": content_plain(self.subtitle)}
        return ({**self.data.record(), **words, "id": self.id, "number": self.number},)

    def record(self) -> dict[str, str]:
        """Return what `publish.figures` needs to write the chart as a file of its own."""
        return {
            "id": self.id,
            "number": self.number,
            "title": content_plain(self.title),
            "subtitle": content_plain(self.subtitle),
            "source": self.source,
            "mark": self.mark,
            "svg": self.wide,
        }


@dataclass(frozen=True)
class Masthead(Display):
    """The head of the page.

    Attributes:
        title: the title; U+200B marks where it may be broken.
        issuer: who issues it.
        meta: round, dates, disclosure level, one item each.
        mark: the example mark, empty for real data.
    """

    title: str
    issuer: str
    meta: tuple[str | Text, ...]
    mark: str

    def html(self) -> str:
        """Return the head (the template has the `<header>` around it)."""
        mark = f'<span class="mark">{html.escape(self.mark)}</span>' if self.mark else ""
        title = html.escape(self.title).replace("\u200b", "<wbr>")
        meta = "".join(f"<span>{content_html(item)}</span>" for item in self.meta)
        return (
            f'<header><div class="mast"><span>{html.escape(self.issuer)}</span>{mark}</div>'
            f'<h1>{title}</h1><p class="meta">{meta}</p></header>'
        )

    def typst(self) -> str:
        """Return the head of the first page."""
        mark = _block(self.mark) if self.mark else "none"
        meta = _array([_block(item) for item in self.meta])
        return f"#masthead(heading: {_block(self.title)}, issuer: {_block(self.issuer)}, mark: {mark}, meta: {meta})"

    def plain(self) -> str:
        """Return the title."""
        return self.title.replace("\u200b", "")


@dataclass(frozen=True)
class Stages(Display):
    """The stages of the assessment side by side: name, dates, what arrived."""

    items: tuple[tuple[str, str, tuple[Content, ...]], ...]

    def html(self) -> str:
        """Return an ordered list."""
        items = "".join(
            f'<li><b>{html.escape(name)}</b><span class="t">{html.escape(dates)}</span>'
            + "".join(f'<span class="line">{content_html(line)}</span>' for line in lines)
            + "</li>"
            for name, dates, lines in self.items
        )
        return f'<ol class="stages">{items}</ol>'

    def typst(self) -> str:
        """Return columns."""
        items = [
            f"({_block(name)}, {_block(dates)}, {_array([_block(line) for line in lines])})"
            for name, dates, lines in self.items
        ]
        return f"#stages({_array(items)})"

    def plain(self) -> str:
        """Return names and dates."""
        return "\n".join(f"{name} {dates}" for name, dates, _lines in self.items)


@dataclass(frozen=True)
class Facts(Display):
    """A few big figures, each with its label above and a note below."""

    items: tuple[tuple[str, Content, Content], ...]

    def html(self) -> str:
        """Return a description list."""
        items = "".join(
            f"<div><dt>{html.escape(label)}</dt><dd>{content_html(figure)}"
            + (f"<small>{content_html(note)}</small>" if note else "")
            + "</dd></div>"
            for label, figure, note in self.items
        )
        return f'<dl class="facts">{items}</dl>'

    def typst(self) -> str:
        """Return columns."""
        items = [
            f"({_block(label)}, {_block(figure)}, {_block(note) if note else 'none'})"
            for label, figure, note in self.items
        ]
        return f"#facts({_array(items)})"

    def plain(self) -> str:
        """Return labels and figures."""
        return " · ".join(f"{label} {content_plain(figure)}" for label, figure, _note in self.items)


@dataclass(frozen=True)
class Steps(Display):
    """The arithmetic of one score, step by step; the last step is the result."""

    id: str
    title: Content
    items: tuple[tuple[str, Content], ...]

    def html(self) -> str:
        """Return a description list under its title."""
        last = len(self.items) - 1
        items = "".join(
            f"<dt{_classes('res' if place == last else '')}>{html.escape(label)}</dt>"
            f"<dd{_classes('res' if place == last else '')}>{content_html(content)}</dd>"
            for place, (label, content) in enumerate(self.items)
        )
        ident = f' id="{_attribute(self.id)}"' if self.id else ""
        title = f'<p class="title">{content_html(self.title)}</p>'
        return f'<div class="steps"{ident}>{title}<dl class="calc">{items}</dl></div>'

    def typst(self) -> str:
        """Return rows of label and content."""
        items = [f"({_block(label)}, {_block(content)})" for label, content in self.items]
        return f"#steps({_block(self.title)}, {_array(items)})"

    def plain(self) -> str:
        """Return the title and the result."""
        result = content_plain(self.items[-1][1]) if self.items else ""
        return f"{content_plain(self.title)} {result}".strip()


@dataclass(frozen=True)
class Details(Display):
    """A display folded in HTML and printed plainly in the PDF.

    Attributes:
        summary: what opens it.
        body: what is folded.
        unit: code of the unit all of it tells of; empty where it is not about one unit.
    """

    summary: str
    body: Display
    unit: str = ""

    def html(self) -> str:
        """Return the body behind its summary."""
        summary = f"<summary>{html.escape(self.summary)}</summary>"
        return f'<details class="fold"{_of_unit(self.unit)}>{summary}{self.body.html()}</details>'

    def typst(self) -> str:
        """Return the body under its summary."""
        return f"#folded{_block(self.summary)}\n\n{self.body.typst()}"

    def plain(self) -> str:
        """Return the summary."""
        return self.summary

    def graphics(self) -> tuple[Graphic, ...]:
        """Return the graphics of the body."""
        return self.body.graphics()

    def tables(self) -> tuple[dict[str, Any], ...]:
        """Return the tables of the body."""
        return self.body.tables()


@dataclass(frozen=True)
class Group(Display):
    """Displays one after the other."""

    items: tuple[Display, ...] = field(default=())

    def html(self) -> str:
        """Return the displays in order."""
        return "".join(item.html() for item in self.items)

    def typst(self) -> str:
        """Return the displays in order."""
        return "\n\n".join(text for text in (item.typst() for item in self.items) if text)

    def plain(self) -> str:
        """Return the displays in order, one per line."""
        return "\n".join(text for text in (item.plain() for item in self.items) if text)

    def graphics(self) -> tuple[Graphic, ...]:
        """Return the graphics of all items."""
        return tuple(graphic for item in self.items for graphic in item.graphics())

    def tables(self) -> tuple[dict[str, Any], ...]:
        """Return the tables of all items."""
        return tuple(table for item in self.items for table in item.tables())


@dataclass(frozen=True)
class Traced(Display):
    """A display together with where its figures come from (see `render.origins`)."""

    body: Display
    origins: Mapping[str, Any]

    def html(self) -> str:
        """Return the body."""
        return self.body.html()

    def typst(self) -> str:
        """Return the body."""
        return self.body.typst()

    def plain(self) -> str:
        """Return the body."""
        return self.body.plain()

    def graphics(self) -> tuple[Graphic, ...]:
        """Return the graphics of the body."""
        return self.body.graphics()

    def tables(self) -> tuple[dict[str, Any], ...]:
        """Return the tables of the body."""
        return self.body.tables()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Return every representation of the body, and the origins beside them."""
        return {**super()._repr_mimebundle_(include, exclude), ORIGIN_MIME: self.origins}
