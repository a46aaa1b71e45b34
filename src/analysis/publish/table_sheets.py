"""The tables of an executed report as sheets: what is printed as a figure is a number there, with its format.

A printed figure may have another scale than its value: percentage points, 万元. The sheet shows what the page shows and
holds every digit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

import pandas as pd

from analysis.publish.executed_notebook import legends, read_document
from analysis.render.blocks import (
    Beside,
    Content,
    Display,
    Graphic,
    Lines,
    Link,
    Muted,
    Table,
    Trend,
    figures,
)
from analysis.render.plain_blocks import plain
from analysis.words import Text, Words
from analysis.words.formats import DASH, Form

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
    """Return a table as it is, the data of a figure under the number and the words of the figure.

    Where the data are another thing than what is drawn (points and not their share), they say so themselves.
    """
    if isinstance(block, Graphic) and block.data:
        subtitle = block.data.subtitle or block.subtitle
        return replace(block.data, id=block.id, number=block.number, caption=block.title, subtitle=subtitle)
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
            columns[ident], formats[ident] = typed(
                [cell[part] if part < len(cell) else Printed("") for cell in cells]
            )
            headings[ident] = words("workbook.continued", name=column.label).plain if part else column.label
    notes = [plain(table.subtitle)]
    notes += legends(figures(table), words)
    return Published(
        name=f"{table.number} {name}".strip()[:_LONGEST_NAME],
        title=f"{table.number} {plain(table.caption)}".strip(),
        notes=" ".join(filter(None, notes)),
        frame=pd.DataFrame(columns, dtype=object),
        formats=pd.DataFrame(formats, dtype=object),
        headings=headings,
    )


@dataclass(frozen=True)
class Number:
    """A number as it is printed.

    Attributes:
        value: what is printed, with all its digits; per cent as a fraction.
        form: how.
        marks: the signs behind it.
    """

    value: Decimal
    form: Form
    marks: str = ""

    @property
    def shown(self) -> Decimal:
        """The number that a reader sees."""
        whole = self.value * (100 if self.form.percent else 1)
        return whole.quantize(Decimal(1).scaleb(-self.form.places))

    def number_format(self, *, signs: bool, commas: bool) -> str:
        """Return the spreadsheet format that prints it the same way, in a column with signs or with commas."""
        form = self.form
        whole = "#,##0" if commas or not (form.percent or form.places) else "0"
        body = whole + ("." + "0" * form.places if form.places else "") + ("%" if form.percent else "")
        body += f'"{self.marks}"' if self.marks else ""
        return f"+{body};-{body};{body}" if signs else body


@dataclass(frozen=True)
class Printed:
    """A part of a cell: its words, and the number where it is one and nothing else."""

    text: str
    number: Number | None = None


def parts_of(content: Content) -> list[Printed]:
    """Return the parts of a cell; a part that is one figure and nothing else is a number."""
    match content:
        case Lines():
            return [part for line in content.lines for part in parts_of(line)]
        case Beside():
            return [part for piece in content.parts for part in parts_of(piece)]
        case Muted() | Trend() | Link():
            return parts_of(content.content)
        case Text():
            return [_printed(content)]
        case _:
            return [Printed(plain(content))]


def _printed(text: Text) -> Printed:
    shown = list(text.figures())
    form = shown[0].form if len(shown) == 1 and shown[0].text == text.plain else None
    value = form.scaled(shown[0].value) if form else None
    number = Number(value, form, shown[0].marks) if form and value is not None else None
    return Printed(text.marked, number)


def typed(cells: Sequence[Printed]) -> tuple[list[Any], list[str]]:
    """Return the cells of a column with the figures as numbers, and the format of every cell."""
    numbers = [cell.number for cell in cells if cell.number]
    words = [cell.text for cell in cells if not cell.number and cell.text not in ("", DASH)]
    # a column of spans in which some are a single number stays a column of texts
    counted = len(numbers) >= len(words)
    signs = any(number.form.sign and number.shown > 0 for number in numbers)
    commas = any(abs(number.shown) >= 1000 for number in numbers)
    values: list[Any] = []
    formats: list[str] = []
    for cell in cells:
        if counted and cell.number:
            values.append(float(cell.number.value))
            formats.append(cell.number.number_format(signs=signs, commas=commas))
        else:
            values.append(None if cell.text in ("", DASH) else cell.text)
            formats.append("")
    return values, formats


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
