"""The cells of an edited workbook as its author meant them: heads wherever they stand, numbers as the file has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from openpyxl.worksheet.worksheet import Worksheet

from analysis.rulebook.edit.rulesheets import HEAD, SHEETS
from analysis.words import LANGUAGES, Words
from analysis.words import words as words_in


def words_of(book: Any, default: Words) -> Words:
    """Return the words a workbook was written in, by the names of its sheets."""
    for language in LANGUAGES:
        catalogue = words_in(language)
        if {catalogue.label(f"ruletable.sheet.{sheet}") for sheet in SHEETS} & set(book.sheetnames):
            return catalogue
    return default


def kept_in(book: Any, words: Words) -> dict[str, str]:
    """Return every value as it was written out; empty if somebody removed the hidden sheet."""
    name = words.label("ruletable.sheet.kept")
    if name not in book.sheetnames:
        return {}
    rows = book[name].iter_rows(min_row=2, max_col=2, values_only=True)
    return {str(path): "" if text is None else str(text) for path, text in rows if path is not None}


def heads_of(sheet: Worksheet, wanted: Sequence[str], words: Words) -> tuple[int, dict[str, int]]:
    """Return the row of the heads and the column of each, wherever somebody moved them; row 0 if there are none."""
    return heads_among(sheet, {words.label(f"ruletable.column.{column}"): column for column in wanted})


def heads_among(sheet: Worksheet, labels: Mapping[str, str]) -> tuple[int, dict[str, int]]:
    """Return the row of the heads and the column of each, by the key that `labels` gives its head."""
    for row in sheet.iter_rows(max_row=HEAD + 20):
        found = {
            labels[str(cell.value).strip()]: cell.column for cell in row if str(cell.value).strip() in labels
        }
        if len(found) > 1:
            return row[0].row, found
    return 0, {}


def text_in(cell: Any) -> str:
    """Return what stands in a cell as it would be written in the file: 0.95 shown as 95% is 95%."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        found = Decimal(repr(value))
        if str(cell.number_format).rstrip().endswith("%"):
            return _shortly(found * 100) + "%"
        return _shortly(found)
    return str(value).strip()


def plainly(text: str) -> str:
    """Return a text without the differences a spreadsheet makes: line ends and blanks at its ends."""
    return "\n".join(line.strip() for line in text.strip().splitlines())


def _shortly(found: Decimal) -> str:
    text = f"{found:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
