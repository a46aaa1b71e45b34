"""Writes a sheet the way an office keeps it: title, unit line, grouped header, rows, footer with totals.

The same rows give the same bytes: the time stamps that openpyxl and the zip container take from the clock are
replaced by a fixed one.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

Cell = str | int | float | dt.date | None

STAMP = dt.datetime(2022, 3, 28, 9, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
_THIN = Side(style="thin", color="FFBFC5CA")
_BORDER = Border(top=_THIN, bottom=_THIN, left=_THIN, right=_THIN)
_HEAD = PatternFill("solid", fgColor="FFE8EDF2")


@dataclass(frozen=True)
class Column:
    """One column: header, width in characters, number format, and the merged header above it if any."""

    header: str
    width: float = 12
    number_format: str = ""
    group: str = ""


@dataclass(frozen=True)
class Sheet:
    """One sheet: name, the lines above the table, columns, rows, and the footer row if any."""

    name: str
    lines: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    footer: tuple[Cell, ...] = ()


def _write_header(sheet: Worksheet, columns: Sequence[Column], row: int) -> int:
    """Write one or two header rows from `row` on, merging equal neighbouring groups; return the next free row."""
    grouped = any(column.group for column in columns)
    last = row + 1 if grouped else row
    for number, column in enumerate(columns, start=1):
        for line in range(row, last + 1):
            cell = sheet.cell(line, number)
            cell.font, cell.fill, cell.border = Font(bold=True), _HEAD, _BORDER
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        sheet.cell(last, number).value = column.header
    first = 1
    while grouped and first <= len(columns):
        group = columns[first - 1].group
        end = first
        while end < len(columns) and columns[end].group == group:
            end += 1
        sheet.cell(row, first).value = group
        if end > first:
            sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=end)
        first = end + 1
    return last + 1


def _write_sheet(sheet: Worksheet, content: Sheet) -> None:
    width = len(content.columns)
    for row, line in enumerate(content.lines, start=1):
        cell = sheet.cell(row, 1, line)
        if row == 1:
            cell.font = Font(bold=True, size=14)
            cell.alignment = Alignment(horizontal="center")
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=width)
    first = _write_header(sheet, content.columns, len(content.lines) + 1)
    sheet.freeze_panes = sheet.cell(first, 1)
    for row, values in enumerate(
        (*content.rows, *((content.footer,) if content.footer else ())), start=first
    ):
        for number, (column, value) in enumerate(zip(content.columns, values, strict=True), start=1):
            if value is None:
                continue
            cell = sheet.cell(row, number, value)
            if column.number_format and not isinstance(value, str):
                cell.number_format = column.number_format
    for number, column in enumerate(content.columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width


def _with_fixed_times(content: bytes) -> bytes:
    """Return the xlsx container with every time stamp set to `STAMP`."""
    fixed = io.BytesIO()
    stamp = STAMP.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(fixed, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", part)
            entry = zipfile.ZipInfo(name, STAMP.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            new.writestr(entry, part)
    return fixed.getvalue()


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write sheets as one .xlsx whose bytes depend on nothing but the sheets."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.creator = "示例数据（合成）"
    book.properties.title = path.stem
    book.properties.created = STAMP
    for content in sheets:
        _write_sheet(book.create_sheet(content.name), content)
    buffer = io.BytesIO()
    book.save(buffer)
    path.write_bytes(_with_fixed_times(buffer.getvalue()))


def write_csv(path: Path, content: Sheet, encoding: str) -> None:
    """Write one sheet as CSV with its lines above the header, in the encoding an office program would choose."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerows([line] for line in content.lines)
    writer.writerow([column.header for column in content.columns])
    writer.writerows(["" if value is None else value for value in row] for row in content.rows)
    path.write_bytes(buffer.getvalue().encode(encoding))
