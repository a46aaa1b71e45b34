"""Workbooks of Excel 97 to 2003 (.xls), by xlrd."""

from __future__ import annotations

import datetime as dt
import io
import struct
from typing import Any, Final

import xlrd
from xlrd.biffh import error_text_from_code
from xlrd.compdoc import CompDocError
from xlrd.xldate import XLDateError, xldate_as_datetime

from analysis.intake.files.sheets import Range, Sheet, UnusableFileError, trimmed
from analysis.quantities import Cell

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
            return {sheet.name: _read_sheet(sheet, file, book.datemode) for sheet in book.sheets()}
    except xlrd.XLRDError as error:
        raise UnusableFileError("file_encrypted" if "encrypt" in str(error) else "file_damaged") from None
    except _DAMAGED:
        raise UnusableFileError("file_damaged") from None


def _read_sheet(sheet: xlrd.sheet.Sheet, file: str, datemode: int) -> Sheet:
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
