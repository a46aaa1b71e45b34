"""The tables of an executed report as sheets: what is printed as a figure becomes a number again, with its format.

A printed figure stands for a value that may have another scale: a fraction printed in percent or percentage points,
money printed in 万元. The scale is found from the two, so that the sheet shows what the page shows and holds every
digit of the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

import pandas as pd

from analysis.publish.executed_notebook import read_document
from analysis.render.blocks import Beside, Content, Display, Graphic, Lines, Link, Muted, Table, Trend
from analysis.render.plain_blocks import plain
from analysis.words import Text, Words
from analysis.words.formats import DASH, MINUS

#: a figure as it is printed: sign, digits with thousands commas, decimals, per cent
_PRINTED: Final = re.compile(rf"([+{MINUS}]?)(\d{{1,3}}(?:,\d{{3}})*|\d+)(?:\.(\d+))?(%?)")
#: what a value is multiplied with to be what is printed: itself, percentage points, thousands, 万元, millions
_SCALES: Final = tuple(map(Decimal, ("1", "100", "0.001", "0.0001", "0.000001")))
#: one sheet of the contract tables holds them all
_ELSEWHERE: Final = "derivations-"
_LONGEST_NAME: Final = 31


@dataclass(frozen=True)
class Published:
    """A table of the report.

    Attributes:
        name: name of the sheet.
        title: number and title.
        notes: the subtitle.
        frame: numbers as numbers, everything else as text; missing where the page has a dash.
        formats: the spreadsheet format of every cell, "" where there is none; same shape as the frame.
        headings: the printed heads by column.
    """

    name: str
    title: str
    notes: str
    frame: pd.DataFrame
    formats: pd.DataFrame
    headings: Mapping[str, str]


def published(notebook: Any, words: Words) -> list[Published]:
    """Return the tables of an executed notebook in reading order.

    Args:
        notebook: an executed notebook (nbformat 4).
        words: catalogue of labels.
    """
    tables = [table for block in read_document(notebook).leaves() if (table := _table(block))]
    return [_sheet(table, words) for table in tables if not table.id.startswith(_ELSEWHERE)]


def _table(block: Display) -> Table | None:
    """Return a table as it is, the data of a figure under the number and the words of the figure."""
    if isinstance(block, Graphic) and block.data:
        return replace(
            block.data, id=block.id, number=block.number, caption=block.title, subtitle=block.subtitle
        )
    return block if isinstance(block, Table) else None


def _sheet(table: Table, words: Words) -> Published:
    key = f"workbook.table.{table.id}"
    name = words.label(key) if key in words else table.id
    columns: dict[str, list[Any]] = {}
    formats: dict[str, list[str]] = {}
    headings: dict[str, str] = {}
    rows = [row.complete() for row in table.rows]
    for place, column in enumerate(table.columns):
        cells = [parts_of(row[place].content) for row in rows]
        parts = max((len(cell) for cell in cells), default=1)
        for part in range(parts):
            ident = f"{place}.{part}"
            texts = [cell[part] if part < len(cell) else {"text": ""} for cell in cells]
            columns[ident], formats[ident] = typed(texts, figures=column.align == "right")
            headings[ident] = words("workbook.continued", name=column.label).plain if part else column.label
    return Published(
        name=f"{table.number} {name}".strip()[:_LONGEST_NAME],
        title=f"{table.number} {plain(table.caption)}".strip(),
        notes=plain(table.subtitle),
        frame=pd.DataFrame(columns, dtype=object),
        formats=pd.DataFrame(formats, dtype=object),
        headings=headings,
    )


def parts_of(content: Content) -> list[dict[str, str]]:
    """Return the parts of a cell as printed; a part that is one figure and nothing else has its whole value too."""
    match content:
        case Lines():
            return [part for line in content.lines for part in parts_of(line)]
        case Beside():
            return [part for piece in content.parts for part in parts_of(piece)]
        case Muted() | Trend() | Link():
            return parts_of(content.content)
        case Text():
            text = content.plain
            figures = list(content.figures())
            alone = len(figures) == 1 and figures[0].text == text
            return [{"text": text, "value": figures[0].value} if alone else {"text": text}]
        case _:
            return [{"text": plain(content)}]


def typed(cells: Sequence[Mapping[str, str]], *, figures: bool) -> tuple[list[Any], list[str]]:
    """Return the cells of a column with the figures as numbers, and the format of every cell.

    Args:
        cells: `text` as printed and, where the text is one figure, its `value`.
        figures: whether texts without a value that look like numbers are numbers too (codes are not).
    """
    printed = [_read(cell, figures) for cell in cells]
    known = [one for one in printed if one is not None]
    words = sum(cell["text"] not in ("", DASH) for cell in cells) - len(known)
    if words > len(known):
        # a column of spans in which some are a single number stays a column of texts
        printed, known = [None] * len(cells), []
    fitting = [scale for scale in _SCALES if all(one.fits(scale) for one in known)]
    signed, comma = any(one.signed for one in known), any(one.comma for one in known)
    values: list[Any] = []
    formats: list[str] = []
    for cell, one in zip(cells, printed, strict=True):
        scale = None if one is None else next((s for s in (*fitting, *_SCALES) if one.fits(s)), None)
        if one is None or scale is None:
            values.append(None if cell["text"] in ("", DASH) else cell["text"])
            formats.append("")
        else:
            values.append(float(one.value * scale))
            formats.append(one.format(signed=signed, comma=comma))
    return values, formats


@dataclass(frozen=True)
class _Printed:
    """A figure as printed, and the value it stands for."""

    shown: Decimal
    places: int
    percent: bool
    signed: bool
    comma: bool
    value: Decimal

    def fits(self, scale: Decimal) -> bool:
        """Return whether the value on this scale is printed like this."""
        if self.percent and scale != 1:
            return False
        size = self.value * scale * (100 if self.percent else 1)
        # a size printed without its sign is not the value
        return abs(size - self.shown) <= Decimal("0.5000001").scaleb(-self.places)

    def format(self, *, signed: bool, comma: bool) -> str:
        """Return the spreadsheet format that prints it the same way, in a column with signs or with commas."""
        whole = "#,##0" if comma or not (self.percent or self.places) else "0"
        body = whole + ("." + "0" * self.places if self.places else "") + ("%" if self.percent else "")
        return f"+{body};-{body};{body}" if signed else body


def _read(cell: Mapping[str, str], figures: bool) -> _Printed | None:
    match = _PRINTED.fullmatch(cell["text"])
    if match is None or not (figures or cell.get("value")):
        return None
    sign, whole, decimals, percent = match.groups(default="")
    shown = Decimal(whole.replace(",", "") + (f".{decimals}" if decimals else ""))
    shown = -shown if sign == MINUS else shown
    value = _decimal(cell["value"]) if cell.get("value") else shown / (100 if percent else 1)
    if value is None:
        return None
    return _Printed(shown, len(decimals), bool(percent), sign == "+", "," in whole, value)


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except ArithmeticError:
        return None
    return value if value.is_finite() else None


def unlike(names: Iterable[str]) -> list[str]:
    """Return names of sheets made different: a spreadsheet tells them apart without regard to case."""
    seen: set[str] = set()
    out = []
    for name in names:
        shown, count = name, 2
        while shown.casefold() in seen:
            tail = f" ({count})"
            shown, count = name[: _LONGEST_NAME - len(tail)] + tail, count + 1
        seen.add(shown.casefold())
        out.append(shown)
    return out
