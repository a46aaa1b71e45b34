"""Workbooks for spreadsheet programs: one writer for all of them, and nothing in what it writes that would run.

Texts are written as texts whatever they look like, and the day in the file is given: the same content gives the same
bytes. Rows and columns are counted from 0. A `look` is what xlsxwriter calls the properties of a format.
"""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

#: strings stay strings
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_FONT: Final = {"font_name": "Microsoft YaHei", "font_size": 10}
#: with these a text begins that a spreadsheet would take for a formula once somebody edits its cell
_FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")
#: the longest text a cell may hold in the file format
_LONGEST: Final = 32767
_A4: Final = 9


class Book:
    """A workbook in the making; `content` ends it."""

    def __init__(self, day: dt.date, *, title: str = "", keywords: str = "", **common: Any) -> None:
        """Begin a workbook.

        Args:
            day: the file's date.
            title: its title, as an office program shows it among the properties.
            keywords: likewise.
            common: the look of every cell that does not say otherwise.
        """
        self._out = io.BytesIO()
        self._book: Any = xlsxwriter.Workbook(self._out, _OPTIONS)
        said = {name: text for name, text in (("title", title), ("keywords", keywords)) if text}
        self._book.set_properties({**said, "created": dt.datetime.combine(day, dt.time())})
        self._common = {**_FONT, **common}
        self._looks: dict[tuple[tuple[str, Any], ...], Any] = {}

    def window(self, width: int, height: int) -> None:
        """Set the size of the window in which it opens, in px."""
        self._book.set_size(width, height)

    def page(self, name: str, **common: Any) -> Page:
        """Return a new worksheet.

        Args:
            name: of its tab.
            common: the look of its cells that do not say otherwise, where not that of the workbook.

        Raises:
            ValueError: the name is not allowed or stands twice (from xlsxwriter).
        """
        return Page(self, self._book.add_worksheet(name), common)

    def look(self, **look: Any) -> Any:
        """Return a format, each made once."""
        key = tuple(sorted(look.items()))
        if key not in self._looks:
            self._looks[key] = self._book.add_format({**self._common, **look})
        return self._looks[key]

    def content(self) -> bytes:
        """End the workbook and return the file."""
        self._book.close()
        return self._out.getvalue()


class Page:
    """A worksheet in the making.

    Attributes:
        sheet: the worksheet of xlsxwriter, for what only one workbook needs.
    """

    def __init__(self, book: Book, sheet: Any, common: Mapping[str, Any]) -> None:
        self.sheet, self._look = sheet, partial(book.look, **common)

    def text(self, row: int, column: int, text: str, **look: Any) -> None:
        """Write a text as a text, whatever it looks like; one too long for a cell ends in an ellipsis."""
        self.sheet.write_string(row, column, _cut(text), self._text_look(text, look))

    def across(
        self, row: int, columns: tuple[int, int], text: str, height: float | None = None, **look: Any
    ) -> None:
        """Write a text over some columns of a row, from the first to the last; a height in points if it needs one."""
        first, last = columns
        if first < last:
            self.sheet.merge_range(row, first, row, last, text, self._text_look(text, look))
        else:
            self.text(row, first, text, **look)
        if height is not None:
            self.sheet.set_row(row, height)

    def down(self, rows: tuple[int, int], column: int, text: str, **look: Any) -> None:
        """Write a text over some rows of a column, from the first to the last."""
        first, last = rows
        if first < last:
            self.sheet.merge_range(first, column, last, column, text, self._text_look(text, look))
        else:
            self.text(first, column, text, **look)

    def value(self, row: int, column: int, value: Any, **look: Any) -> None:
        """Write a number, a truth value or a day; a missing value leaves the cell empty."""
        if pd.isna(value):
            return
        form = self._look(**look)
        if isinstance(value, bool) or type(value).__name__ == "bool_":
            self.sheet.write_boolean(row, column, bool(value), form)
        elif isinstance(value, dt.date | dt.datetime):
            self.sheet.write_string(row, column, f"{value:%Y-%m-%d}", form)
        else:
            self.sheet.write_number(row, column, float(value), form)

    def cells(
        self, first: int, column: int, values: Sequence[Any], formats: Sequence[str], **of_texts: Any
    ) -> None:
        """Write values down a column from a row on: texts with their look, all else as its number format shows it.

        What is missing, and an empty text, leaves its cell empty. Of a hundred thousand cells few look different.
        """
        write, looks = self.sheet.write_string, {False: None, True: None}
        for row, (value, shown_as) in enumerate(zip(values, formats, strict=True), first):
            if not isinstance(value, str):
                self.value(row, column, value, **({"num_format": shown_as} if shown_as else {}))
            elif value:
                quoted = value.startswith(_FORMULA_SIGNS)
                looks[quoted] = looks[quoted] or self._text_look(value, of_texts)
                write(row, column, _cut(value), looks[quoted])

    def blank(self, row: int, column: int, **look: Any) -> None:
        """Give an empty cell its look."""
        self.sheet.write_blank(row, column, None, self._look(**look))

    def heads(self, row: int, heads: Sequence[str], **look: Any) -> None:
        """Write the heads of the columns."""
        for column, head in enumerate(heads):
            self.text(row, column, head, **look)

    def widths(self, *widths: float) -> None:
        """Set the widths of the columns in signs, from the first on."""
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)

    def column(self, column: int, width: float, **look: Any) -> None:
        """Set the width of a column in signs, and the look of its cells that have none of their own."""
        self.sheet.set_column(column, column, width, self._look(**look))

    def row(self, row: int, height: float, **look: Any) -> None:
        """Set the height of a row in points, and the look of its cells that have none of their own."""
        self.sheet.set_row(row, height, self._look(**look) if look else None)

    def table(self, area: tuple[int, int, int, int], name: str, heads: Sequence[str], **look: Any) -> None:
        """Make an area (first row, first column, last row, last column) a named table, for pivot tables."""
        columns = [{"header": head, "header_format": self._look(**look)} for head in heads]
        self.sheet.add_table(*area, {"name": name, "style": None, "columns": columns})

    def repeats_pale(self, area: tuple[int, int, int, int], formula: str, colour: str) -> None:
        """Write the texts of an area in the colour of its ground where a formula holds: they repeat what is above."""
        look = self._look(font_color=colour)
        self.sheet.conditional_format(*area, {"type": "formula", "criteria": formula, "format": look})

    def printed(
        self, heads: int | None = None, footer: str = "", margins: Mapping[str, float] | None = None
    ) -> None:
        """Print it on A4 across, as wide as the paper.

        Args:
            heads: the row repeated on every page.
            footer: in the notation of spreadsheets: `&C` centred, `&P` the number of the page.
            margins: in inches: left, right, top, bottom; left out, those of the program.
        """
        self.sheet.set_landscape()
        self.sheet.set_paper(_A4)
        self.sheet.fit_to_pages(1, 0)
        if margins is not None:
            self.sheet.set_margins(**margins)
        if heads is not None:
            self.sheet.repeat_rows(heads)
        if footer:
            self.sheet.set_footer(footer)

    def locked(self, *allowed: str) -> None:
        """Lock what is not unlocked by its look, so that nobody overwrites it by accident; there is no password."""
        self.sheet.protect("", dict.fromkeys(allowed, True))

    def _text_look(self, text: str, look: Mapping[str, Any]) -> Any:
        # one that looks like a formula is marked as text for good
        return self._look(**look, **({"quote_prefix": True} if text.startswith(_FORMULA_SIGNS) else {}))


def _cut(text: str) -> str:
    """Return a text as a cell can hold it: xlsxwriter leaves a longer one out without a word."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def column_name(column: int) -> str:
    """Return the letters of a column."""
    return str(xl_col_to_name(column))


def signs_wide(text: str) -> int:
    """Return how wide a text is in a cell, in signs of Latin script: a Chinese sign takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
