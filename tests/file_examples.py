"""The same small tables written in every format an office has, with the oddities each format can hold."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import xlwt
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter, range_boundaries

WORKBOOKS = ("xlsx", "xlsm", "xls", "ods")
TEXTS = ("csv", "tsv")
FORMATS = (*WORKBOOKS, *TEXTS)


@dataclass(frozen=True)
class Formula:
    """A formula with the value the program stored; None if it never computed it."""

    text: str
    value: Any = None


@dataclass(frozen=True)
class Error:
    """A cell that shows an error."""

    text: str


@dataclass(frozen=True)
class Seen:
    """A cell whose number format shows something else than its value."""

    value: Any
    code: str
    text: str


@dataclass(frozen=True)
class Struck:
    """A cell struck through."""

    value: Any


@dataclass(frozen=True)
class Commented:
    """A cell with a comment."""

    value: Any


@dataclass
class Table:
    """A sheet to be written: its name, rows from the first one, merged ranges, and what is hidden."""

    name: str
    rows: list[list[Any]]
    merged: tuple[str, ...] = ()
    hidden: bool = False
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[int] = ()


def write(path: Path, tables: list[Table], encoding: str = "utf-8") -> None:
    """Write tables in the format of the file's ending; a text file has the first one only."""
    kind = path.suffix.lower().removeprefix(".")
    if kind in TEXTS:
        path.write_bytes(text(tables[0].rows, "\t" if kind == "tsv" else ",").encode(encoding))
    else:
        writers = {"xlsx": _xlsx, "xlsm": _xlsx, "xls": _xls, "ods": _ods}
        path.write_bytes(writers[kind](tables))


def text(rows: list[list[Any]], separator: str = ",") -> str:
    """Return rows as a text table, as a spreadsheet program exports it: each row as long as the longest."""
    width = max(map(len, rows), default=0)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    for row in rows:
        cells = [_shown(cell) for cell in row]
        writer.writerow(cells + [""] * (width - len(cells)))
    return out.getvalue()


def utf16(rows: list[list[Any]], separator: str = "\t") -> bytes:
    """Return rows as Excel saves "Unicode text": UTF-16 with its byte order mark, separated by tabs."""
    return codecs.BOM_UTF16_LE + text(rows, separator).encode("utf-16-le")


def _shown(cell: Any) -> str:
    if cell is None or (isinstance(cell, Formula) and cell.value is None):
        return ""
    if isinstance(cell, Formula):
        return str(cell.value)
    if isinstance(cell, Struck | Commented):
        return _shown(cell.value)
    if isinstance(cell, Seen):
        return cell.text
    return cell.text if isinstance(cell, Error) else str(cell)


def _xlsx(tables: list[Table]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    computed: dict[str, list[tuple[str, Any]]] = {}
    for number, table in enumerate(tables, 1):
        sheet = book.create_sheet(table.name)
        for row, cells in enumerate(table.rows, 1):
            for column, cell in enumerate(cells, 1):
                place = sheet.cell(row, column)
                if isinstance(cell, Formula):
                    place.value = f"={cell.text}"
                    stored = computed.setdefault(f"xl/worksheets/sheet{number}.xml", [])
                    stored.append((place.coordinate, cell.value))
                elif isinstance(cell, Seen):
                    place.value, place.number_format = cell.value, cell.code
                elif isinstance(cell, Struck):
                    place.value, place.font = cell.value, Font(strike=True)
                elif isinstance(cell, Commented):
                    place.value, place.comment = cell.value, Comment("核对过", "某人")
                else:
                    place.value = cell.text if isinstance(cell, Error) else cell
        for merged in table.merged:
            sheet.merge_cells(merged)
        for row in table.hidden_rows:
            sheet.row_dimensions[row].hidden = True
        for column in table.hidden_columns:
            sheet.column_dimensions[get_column_letter(column)].hidden = True
        sheet.sheet_state = "hidden" if table.hidden else "visible"
    out = io.BytesIO()
    book.save(out)
    return _with_results(out.getvalue(), computed) if computed else out.getvalue()


def _with_results(content: bytes, computed: dict[str, list[tuple[str, Any]]]) -> bytes:
    """Put the results of formulas into a workbook, which openpyxl leaves empty."""
    with zipfile.ZipFile(io.BytesIO(content)) as container:
        parts = {name: container.read(name) for name in container.namelist()}
    for part, cells in computed.items():
        for place, value in cells:
            if value is not None:
                kind = ' t="str"' if isinstance(value, str) else ""
                pattern = rf'<c r="{place}"([^>]*)>(<f>[^<]*</f>)<v ?/?>(?:</v>)?'
                parts[part], found = re.subn(
                    pattern.encode(),
                    rf'<c r="{place}"\1{kind}>\2<v>{value}</v>'.encode(),
                    parts[part],
                )
                assert found == 1, place
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as container:
        for name, data in parts.items():
            container.writestr(name, data)
    return out.getvalue()


def _xls(tables: list[Table]) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for table in tables:
        sheet = book.add_sheet(table.name, cell_overwrite_ok=True)
        for merged in table.merged:
            left, top, right, bottom = range_boundaries(merged)
            sheet.merge(top - 1, bottom - 1, left - 1, right - 1)
        for row, cells in enumerate(table.rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, Error):
                    sheet.row(row).set_cell_error(column, cell.text)
                elif isinstance(cell, Formula):
                    assert cell.value in (None, ""), "xlwt stores no results"
                    sheet.write(row, column, xlwt.Formula(cell.text))
                elif isinstance(cell, Seen):
                    sheet.write(row, column, cell.value, xlwt.easyxf(num_format_str=cell.code))
                elif isinstance(cell, Struck):
                    sheet.write(row, column, cell.value, xlwt.easyxf("font: struck_out on"))
                elif isinstance(cell, dt.date):
                    sheet.write(row, column, cell, day)
                elif cell is not None:
                    sheet.write(row, column, cell)
        for row in table.hidden_rows:
            sheet.row(row - 1).hidden = True
        for column in table.hidden_columns:
            sheet.col(column - 1).hidden = True
        sheet.visibility = 1 if table.hidden else 0
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_ODS_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "style")
)


def _ods(tables: list[Table]) -> bytes:
    sheets = "".join(_ods_sheet(table) for table in tables)
    content = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document-content {_ODS_SPACES}
 xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">
<office:automatic-styles><style:style style:name="shown" style:family="table"/>
<style:style style:name="gone" style:family="table"><style:table-properties table:display="false"/></style:style>
<style:style style:name="struck" style:family="table-cell"><style:text-properties
 style:text-line-through-style="solid"/></style:style></office:automatic-styles><office:body><office:spreadsheet>{sheets}</office:spreadsheet></office:body>
</office:document-content>"""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as container:
        container.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        container.writestr("content.xml", content)
    return out.getvalue()


def _ods_sheet(table: Table) -> str:
    spans, covered = {}, set()
    for merged in table.merged:
        left, top, right, bottom = range_boundaries(merged)
        spans[top, left] = (bottom - top + 1, right - left + 1)
        covered |= {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)} - {(top, left)}
    width = max(map(len, table.rows), default=1)
    columns = "".join(
        f"<table:table-column{_collapsed(column in table.hidden_columns)}/>" for column in range(1, width + 1)
    )
    rows = []
    for row, cells in enumerate(table.rows, 1):
        written = "".join(
            _ods_cell(cell, spans.get((row, column)), (row, column) in covered)
            for column, cell in enumerate([*cells, *[None] * (width - len(cells))], 1)
        )
        # programs fill the sheet up to its edge with repeated empty cells
        edge = f'<table:table-cell table:number-columns-repeated="{16384 - width}"/>'
        rows.append(
            f"<table:table-row{_collapsed(row in table.hidden_rows)}>{written}{edge}</table:table-row>"
        )
    rest = f'<table:table-row table:number-rows-repeated="{1048576 - len(rows)}"><table:table-cell/></table:table-row>'
    style = "gone" if table.hidden else "shown"
    name = quoteattr(table.name)
    return f'<table:table table:name={name} table:style-name="{style}">{columns}{"".join(rows)}{rest}</table:table>'


def _collapsed(hidden: bool) -> str:
    return ' table:visibility="collapse"' if hidden else ""


def _ods_cell(cell: Any, span: tuple[int, int] | None, covered: bool) -> str:
    tag = "table:covered-table-cell" if covered else "table:table-cell"
    said = f' table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"' if span else ""
    if isinstance(cell, Formula):
        said += f" table:formula={quoteattr('of:=' + cell.text)}"
        cell = cell.value
    note, seen = "", None
    if isinstance(cell, Struck):
        said += ' table:style-name="struck"'
        cell = cell.value
    elif isinstance(cell, Commented):
        note = "<office:annotation><text:p>核对过</text:p></office:annotation>"
        cell = cell.value
    elif isinstance(cell, Seen):
        seen, cell = cell.text, cell.value
    if cell is None:
        return f"<{tag}{said}/>"
    kind, shown = "string", cell.text if isinstance(cell, Error) else str(cell)
    if isinstance(cell, Error):
        said += ' calcext:value-type="error" office:string-value=""'
    elif isinstance(cell, bool):
        kind, shown = "boolean", str(cell).lower()
        said += f' office:boolean-value="{shown}"'
    elif isinstance(cell, int | float):
        kind = "float"
        said += f' office:value="{cell}"'
    elif isinstance(cell, dt.date):
        kind = "date"
        said += f' office:date-value="{cell.isoformat()}"'
    shown = shown if seen is None else seen
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in shown.split("\n"))
    return f'<{tag}{said} office:value-type="{kind}">{note}{lines}</{tag}>'
