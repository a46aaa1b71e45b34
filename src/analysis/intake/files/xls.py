"""Workbooks of Excel 97 to 2003 (.xls), by xlrd."""

from __future__ import annotations

import datetime as dt
import io
import struct
from typing import Any, Final, NamedTuple

import xlrd
from xlrd.biffh import error_text_from_code
from xlrd.compdoc import CompDocError
from xlrd.xldate import XLDateError, xldate_as_datetime

from analysis.intake.files.sheets import Range, Sheet, UnusableFileError, put_in, trimmed
from analysis.quantities import Cell
from analysis.quantities.number_formats import BUILT_IN, NumberFormat, format_of

#: formats of the workbook's own have numbers from here on
_OWN_FORMATS: Final = 164
#: what a damaged file makes xlrd raise
_DAMAGED: Final = (
    xlrd.XLRDError, CompDocError, struct.error, AssertionError, IndexError, KeyError, TypeError, ValueError, OSError,
)  # fmt: skip


def read_xls(content: bytes, file: str) -> dict[str, Sheet]:
    """Read a workbook.

    Raises:
        UnusableFileError: `file_encrypted`, `file_damaged`.
    """
    try:
        with xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=io.StringIO()) as book:
            styles = _styles(book)
            return {sheet.name: _read_sheet(sheet, file, book.datemode, styles) for sheet in book.sheets()}
    except xlrd.XLRDError as error:
        raise UnusableFileError("file_encrypted" if "encrypt" in str(error) else "file_damaged") from None
    except _DAMAGED:
        raise UnusableFileError("file_damaged") from None


class _Styles(NamedTuple):
    """The styles of a workbook that matter: formats that show something else than the value, and struck text."""

    formats: dict[int, NumberFormat]
    struck: set[int]


def _styles(book: xlrd.book.Book) -> _Styles:
    formats, struck = {}, set()
    for number, style in enumerate(book.xf_list):
        # what the numbers below stand for depends on the country, currencies above all
        own = style.format_key >= _OWN_FORMATS and style.format_key in book.format_map
        code = book.format_map[style.format_key].format_str if own else BUILT_IN.get(style.format_key, "")
        made = format_of(code)
        if made is not None:
            formats[number] = made
        if book.font_list[style.font_index].struck_out:
            struck.add(number)
    return _Styles(formats, struck)


def _read_sheet(sheet: xlrd.sheet.Sheet, file: str, datemode: int, styles: _Styles) -> Sheet:
    rows = [
        trimmed(
            _cell(kind, value, datemode)
            for kind, value in zip(sheet.row_types(row), sheet.row_values(row), strict=True)
        )
        for row in range(sheet.nrows)
    ]
    blank = {
        (row + 1, column + 1)
        for row in range(sheet.nrows)
        for column, (kind, value) in enumerate(zip(sheet.row_types(row), sheet.row_values(row), strict=True))
        # only the result of a formula is a text of no length
        if kind == xlrd.XL_CELL_TEXT and value == ""
    }
    shown, struck = {}, set()
    for row, cells in enumerate(rows if styles.formats or styles.struck else ()):
        for column, value in enumerate(cells):
            style = -1 if value is None else sheet.cell_xf_index(row, column)
            if style in styles.struck:
                struck.add((row + 1, column + 1))
            made = styles.formats.get(style)
            if made and not isinstance(value, bool) and isinstance(value, int | float | dt.date):
                shown[row + 1, column + 1] = made.shown(value)
    put_in(rows, {place: cell for place, cell in shown.items() if cell is not None})
    return Sheet(
        file,
        sheet.name,
        rows,
        merged=tuple(
            Range(top + 1, bottom, left + 1, right) for top, bottom, left, right in sheet.merged_cells
        ),
        hidden=sheet.visibility != 0,
        hidden_rows=frozenset(
            row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden or info.height == 0
        ),
        hidden_columns=frozenset(
            column + 1 for column, info in sheet.colinfo_map.items() if info.hidden or info.width == 0
        ),
        blank_formulas=frozenset(blank),
        struck=frozenset(struck),
        comments=frozenset((row + 1, column + 1) for row, column in sheet.cell_note_map),
    )


def _cell(kind: int, value: Any, datemode: int) -> Cell:
    if kind == xlrd.XL_CELL_DATE:
        try:
            day: dt.datetime = xldate_as_datetime(value, datemode)
        except (XLDateError, OverflowError):
            return float(value)
        return day
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if kind == xlrd.XL_CELL_ERROR:
        return str(error_text_from_code.get(value, "#VALUE!"))
    if kind == xlrd.XL_CELL_NUMBER:
        return float(value)
    return str(value) if kind == xlrd.XL_CELL_TEXT else None
