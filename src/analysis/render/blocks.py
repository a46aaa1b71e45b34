"""What a notebook cell shows, as frozen values that say what they are: a heading, findings, a table, a figure.

A block has no language of its own: all words come in as `Text` or `str`, and every figure in a `Text` knows its row.
What a block looks like, its renderers say: `html_blocks`, `typst_blocks`, `plain_blocks`, `jupyter`; how it travels in
the executed notebook, `block_json`.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Final, Literal, TypeAlias

from analysis.render.palette import Tier
from analysis.words.text import Figure, Text

PAGE_MIME: Final = "application/vnd.assess.page+json"

#: verdicts drawn as a full bar, as an outline, as a dashed line; every other verdict draws no bar
SOLID: Final = frozenset({"clear_fall", "clear_rise"})
HOLLOW: Final = frozenset({"not_clear"})
DASHED: Final = frozenset({"too_few"})


class Part:
    """Anything a page consists of. Every class is known by its name (`ChangeBar` is `change_bar`)."""

    #: the classes by name
    kinds: ClassVar[dict[str, type[Part]]] = {}
    kind_name: ClassVar[str]
    #: fields that are read as text, in the order of reading; none named means all, as they are declared
    read: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, *, abstract: bool = False) -> None:
        """Note the class under its name."""
        super().__init_subclass__()
        if not abstract:
            cls.kind_name = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
            Part.kinds[cls.kind_name] = cls

    def contents(self) -> Iterator[Any]:
        """Yield the values of the fields that are read, in the order of reading."""
        for name in self.read or (field.name for field in fields(self)):  # type: ignore[arg-type]  # all are dataclasses
            yield getattr(self, name)


class Inline(Part, abstract=True):
    """A mark inside a line or a table cell."""


Content: TypeAlias = str | Text | Inline


class Display(Part, abstract=True):
    """Something a cell shows."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Return every representation at once, as IPython asks for it."""
        return in_notebook(self)

    def __str__(self) -> str:
        """Return all of it in words, tables with their cells."""
        return in_words(self)


@functools.singledispatch
def in_notebook(shown: Display) -> dict[str, Any]:
    """Return what an executed notebook keeps of a block, by MIME type; `render.jupyter` says what that is.

    Raises:
        TypeError: `shown` is no block.
    """
    raise TypeError(f"{type(shown).__name__} is no block")


@functools.singledispatch
def in_words(shown: Display) -> str:
    """Return a block as text for a reader who sees nothing else; `render.plain_blocks` says how.

    Raises:
        TypeError: `shown` is no block.
    """
    raise TypeError(f"{type(shown).__name__} is no block")


def figures(part: object) -> Iterator[Figure]:
    """Yield every figure a reader meets in a block or in contents, in the order of reading."""
    if isinstance(part, Text):
        yield from part.figures()
    elif isinstance(part, tuple):
        for each in part:
            yield from figures(each)
    elif isinstance(part, Part):
        for each in part.contents():
            yield from figures(each)


def flat(block: Display) -> Iterator[Display]:
    """Yield the blocks that stand one after the other in a block."""
    match block:
        case Group():
            for item in block.items:
                yield from flat(item)
        case Traced():
            yield from flat(block.body)
        case _:
            yield block


def leaves(block: Display) -> Iterator[Display]:
    """Yield the blocks in a block that hold no others, those that are folded too, in the order of reading."""
    for each in flat(block):
        if isinstance(each, Details):
            yield from leaves(each.body)
        else:
            yield each


# ------------------------------------------------------------------------------------------ inline marks


@dataclass(frozen=True)
class Chip(Inline):
    """A grade in a chip.

    Attributes:
        grade: its name, a letter or a word.
        tier: whether it is the best or the lowest of its rule set, which are filled.
    """

    grade: str
    tier: Tier = ""


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

    @property
    def share(self) -> float:
        """The bar's length as a signed share of the half width, cut at ±1."""
        if self.change is None or math.isnan(self.change) or self.limit <= 0:
            return 0.0
        return max(-1.0, min(1.0, self.change / self.limit))

    @property
    def fill(self) -> str:
        """How the bar is drawn: `solid`, `hollow`, `dashed`, or `none`."""
        if self.change is None or math.isnan(self.change):
            return "none"
        kinds = (("solid", SOLID), ("hollow", HOLLOW), ("dashed", DASHED))
        return next((kind for kind, verdicts in kinds if self.verdict in verdicts), "none")

    @property
    def cut(self) -> bool:
        """Whether the change is larger than what is drawn."""
        return self.change is not None and abs(self.change) > self.limit * 1.0001


@dataclass(frozen=True)
class Status(Inline):
    """How far a problem is: a mark and its word."""

    kind: Literal["done", "open", "late", "again"]
    word: str


@dataclass(frozen=True)
class Dot(Inline):
    """A mark of a matrix: a dot or nothing much, with its word for those who do not see it."""

    on: bool
    word: str


@dataclass(frozen=True)
class Lines(Inline):
    """Several lines in one cell."""

    lines: tuple[Content, ...]


@dataclass(frozen=True)
class Beside(Inline):
    """Contents beside each other in one cell; in a column of class `dec` the figure and its bar."""

    parts: tuple[Content, ...]


@dataclass(frozen=True)
class Muted(Inline):
    """Content of second rank: an interval, a base, a note."""

    content: Content


@dataclass(frozen=True)
class Trend(Inline):
    """A change of place, better or worse, by sign and colour (↑2, ↓1)."""

    content: Content
    better: bool


@dataclass(frozen=True)
class Link(Inline):
    """A link inside the page, to the id of a section, figure, table or heading."""

    target: str
    content: Content


# ------------------------------------------------------------------------------------------ blocks


@dataclass(frozen=True)
class Prose(Display):
    """Paragraphs.

    Attributes:
        texts: one text per paragraph.
        kind: `body`, `note` (small, secondary), `quote` (the office's words, in Kai), `key` (key of a table).
    """

    texts: tuple[Text | str, ...]
    kind: Literal["body", "note", "quote", "key"] = "body"


@dataclass(frozen=True)
class Key(Display):
    """The key of the board: what solid, hollow and dashed bars mean.

    Attributes:
        items: (kind, words) with kind `solid`, `hollow`, `dashed`, or "" for words without a mark.
    """

    items: tuple[tuple[str, Content], ...]


@dataclass(frozen=True)
class Findings(Display):
    """Numbered findings: a bold sentence and its evidence on its own line."""

    items: tuple[tuple[Text, Text], ...]
    id: str = ""


@dataclass(frozen=True)
class Heading(Display):
    """A heading inside a section (level 3 below the section's level 2)."""

    id: str
    content: Text | str
    level: int = 3


@dataclass(frozen=True)
class Column(Part):
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
class Cell(Part):
    """A cell with its own key for sorting; in a column with numeric keys a cell without one sorts last."""

    content: Content
    sort: float | str | None = None
    cls: str = ""


@dataclass(frozen=True)
class Row(Part):
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

    read: ClassVar[tuple[str, ...]] = ("caption", "subtitle", "columns", "rows")

    @property
    def kind(self) -> str:
        """The first of its classes, which says what sort of table it is; empty for a plain one."""
        return self.cls.split()[0] if self.cls else ""

    def __post_init__(self) -> None:
        """Refuse a row with too many or too few cells."""
        for place, row in enumerate(self.rows, 1):
            if len(row.cells) != len(self.columns):
                raise ValueError(
                    f"table {self.id!r}: row {place} has {len(row.cells)} cells for {len(self.columns)} columns"
                )


@dataclass(frozen=True)
class Picture(Part):
    """A drawing as what it consists of, so that nobody takes SVG apart to set it into something.

    Attributes:
        width, height: of the sheet in px; its upper left corner is at 0, 0.
        look: attributes that hold for all elements, as SVG writes them, each after a space.
        elements: what is drawn, as SVG.
    """

    width: float
    height: float
    look: str
    elements: str

    def svg(self, placed: str = "") -> str:
        """Return the drawing as SVG, its root with further attributes that say how it stands in something."""
        sheet = f"0 0 {self.width:.10g} {self.height:.10g}"
        root = f'<svg{placed} xmlns="http://www.w3.org/2000/svg" viewBox="{sheet}"{self.look}>'
        return f"{root}{self.elements}</svg>"


@dataclass(frozen=True)
class Graphic(Display):
    """A chart with its finding as title, its alt text, source, mark and the data below it.

    Attributes:
        id: `fig-…`.
        number: `图1`.
        title: the finding.
        subtitle: what is drawn, unit and period.
        alt: the finding and the figures, for those who do not see the chart.
        wide: the drawing at 840 px.
        slim: the drawing at 358 px, shown on phones.
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
    wide: Picture
    slim: Picture
    source: str
    mark: str
    data: Table | None = None
    key: Content | None = None
    data_in_pdf: bool = False

    read: ClassVar[tuple[str, ...]] = ("title", "subtitle", "key", "alt", "data")


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


@dataclass(frozen=True)
class Stages(Display):
    """The stages of the assessment side by side: name, dates, what arrived."""

    items: tuple[tuple[str, str, tuple[Content, ...]], ...]


@dataclass(frozen=True)
class Facts(Display):
    """A few big figures, each with its label above and a note below."""

    items: tuple[tuple[str, Content, Content], ...]


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


@dataclass(frozen=True)
class Group(Display):
    """Displays one after the other."""

    items: tuple[Display, ...] = ()


@dataclass(frozen=True)
class Traced(Display):
    """A display together with where its figures come from (see `render.origins`)."""

    body: Display
    origins: Mapping[str, Any]


@dataclass(frozen=True)
class Verbatim(Display):
    """Plain text as a program printed it, line by line."""

    text: str


@dataclass(frozen=True)
class Foreign(Display):
    """HTML made elsewhere (a Markdown cell, a table of pandas), and the block that stands for it in other forms."""

    markup: str
    otherwise: Display
