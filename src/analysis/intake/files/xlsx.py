"""Excel workbooks (.xlsx, .xlsm): the values by calamine, what lies beside the values from the XML.

calamine is fast and knows the date formats of Chinese Excel, but shows a failed formula and one that was never computed
as empty cells. Both are looked up in the XML, which is scanned as bytes: only the tags in question are taken apart.
"""

from __future__ import annotations

import datetime as dt
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from typing import Any, Final
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from analysis.intake.files.sheets import (
    COLUMNS_MOST,
    Position,
    Range,
    Sheet,
    UnusableFileError,
    column_of,
    position,
    put_in,
    trimmed,
)
from analysis.intake.files.xlsx_styles import Styles, read_styles
from analysis.quantities import Cell

#: what a damaged file makes the parsers raise
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    ElementTree.ParseError,
    CalamineError,
    EOFError,
    KeyError,
    OSError,
    TypeError,
    ValueError,
)
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT: Final = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_RELATIONS: Final = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
_MERGED: Final = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[\s>/]")
_FAILED: Final = re.compile(rb'<(?:\w+:)?c\s[^>]*?\bt="e"')
_VALUE: Final = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)<")
_CELL_BEGIN: Final = re.compile(rb"<(?:\w+:)?c\s[^>]*>")
_CELL_END: Final = re.compile(rb"</(?:\w+:)?c>")
_ADDRESS: Final = re.compile(rb'\br="([A-Z]+[0-9]+)"')
_HIDDEN: Final = rb'\b(?:hidden="(?:1|true)"|%s="0(?:\.0+)?")'
_ROW: Final = re.compile(rb"<(?:\w+:)?row\s[^>]*?" + _HIDDEN % b"ht" + rb"[^>]*>")
_COLUMN: Final = re.compile(rb"<(?:\w+:)?col\s[^>]*?" + _HIDDEN % b"width" + rb"[^>]*>")
_NUMBER: Final = rb'\b%s="([0-9]+)"'
_COMMENT: Final = re.compile(rb'<(?:\w+:)?comment\s[^>]*?\bref="([A-Z]+[0-9]+)"')
_LAST_ROW: Final = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br="([0-9]+)"')
_FAR_COLUMN: Final = re.compile(rb'\br="([A-Z]{2,3})[0-9]')
_DEFINED: Final = re.compile(r'<(?:\w+:)?definedName\s[^>]*?name="([^"]+)"[^>]*>([^<]+)<')
_CELLS: Final = re.compile(r"\$?[A-Z]+\$?\d+:\$?[A-Z]+\$?\d+")
#: a sheet may span this many cells for each one that is filled before it is read cell by cell
_SPARSE: Final = 100
_SMALL: Final = 2_000_000


def read_xlsx(content: bytes, file: str) -> dict[str, Sheet]:
    """Read a workbook.

    Raises:
        UnusableFileError: `file_encrypted`, `file_damaged`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            parts, styles = _sheet_parts(container), read_styles(container)
            if "xl/sharedStrings.xml" in container.namelist():
                # reading it whole compares its checksum
                container.read("xl/sharedStrings.xml")
            book = CalamineWorkbook.from_object(io.BytesIO(content))
            sheets = {}
            for sheet in book.sheets_metadata:
                if sheet.typ is SheetTypeEnum.WorkSheet:
                    part = container.read(parts[sheet.name])
                    hidden = sheet.visible is not SheetVisibleEnum.Visible
                    far = _is_sparse(part)
                    rows = _cell_by_cell(content, sheet.name) if far else _values(book, sheet.name)
                    named = _named(container, parts[sheet.name], sheet.name)
                    read = _sheet(Sheet(file, sheet.name, rows, hidden=hidden, named=named), part)
                    comments = frozenset(_comments(container, parts[sheet.name]))
                    sheets[sheet.name] = replace(_as_shown(read, part, styles), comments=comments)
    except PasswordError:
        raise UnusableFileError("file_encrypted") from None
    except _DAMAGED:
        raise UnusableFileError("file_damaged") from None
    return sheets


def _sheet_parts(container: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of the container that holds each sheet, by the sheet's name."""
    book = ElementTree.fromstring(container.read("xl/workbook.xml"))
    relations = ElementTree.fromstring(container.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.attrib["Id"]: relation.attrib["Target"] for relation in relations}
    parts = {}
    for space in (_MAIN, _STRICT):
        for sheet in book.iter(f"{space}sheet"):
            key = next(sheet.attrib[name] for name in _RELATIONS if name in sheet.attrib)
            parts[sheet.attrib["name"]] = posixpath.normpath(posixpath.join("/xl", targets[key])).lstrip("/")
    return parts


def _named(container: zipfile.ZipFile, part: str, name: str) -> dict[str, Range]:
    """Return the named ranges of a sheet: its tables, and the workbook's names that are a range of it."""
    found: dict[str, Range] = {}
    relations = posixpath.join(posixpath.dirname(part), "_rels", f"{posixpath.basename(part)}.rels")
    if relations in container.namelist():
        for relation in ElementTree.fromstring(container.read(relations)):
            if relation.attrib["Type"].endswith("/table"):
                target = posixpath.join("/", posixpath.dirname(part), relation.attrib["Target"])
                table = ElementTree.fromstring(container.read(posixpath.normpath(target).lstrip("/")))
                found[table.attrib["displayName"]] = Range.parse(table.attrib["ref"])
    for defined in _DEFINED.finditer(container.read("xl/workbook.xml").decode("utf-8")):
        sheet, _, cells = unescape(defined[2]).rpartition("!")
        if sheet.strip("'").replace("''", "'") == name and _CELLS.fullmatch(cells):
            found[unescape(defined[1])] = Range.parse(cells)
    return found


def _sheet(sheet: Sheet, part: bytes) -> Sheet:
    """Return a sheet with what its XML says beside the values."""
    if not part.rstrip().endswith(b"worksheet>"):
        raise UnusableFileError("file_damaged")
    failed = dict(_failed(part))
    whole = replace(
        sheet,
        merged=tuple(_merged(part)),
        hidden_rows=frozenset(
            int(number[1]) for tag in _ROW.finditer(part) if (number := re.search(_NUMBER % b"r", tag[0]))
        ),
        hidden_columns=frozenset(_hidden_columns(part)),
        unfinished=frozenset(_unfinished(part)),
    )
    return whole.with_cells(failed) if failed else whole


def _as_shown(sheet: Sheet, part: bytes, styles: Styles) -> Sheet:
    """Return a sheet in which cells know what their formats show, and which of them are struck through."""
    cells: dict[Position, Cell] = {}
    struck = set()
    for place, style in styles.cells(part):
        value = sheet.value(*place)
        if value is None:
            continue
        if style in styles.struck:
            struck.add(place)
        made = styles.formats.get(style)
        if made is None or isinstance(value, bool) or not isinstance(value, int | float | dt.date):
            continue
        if (shown := made.shown(value)) is not None:
            cells[place] = shown
    put_in(sheet.rows, cells)
    return replace(sheet, struck=frozenset(struck))


def _comments(container: zipfile.ZipFile, part: str) -> Iterator[Position]:
    """Yield the cells of a sheet that have comments, which stand in parts of their own."""
    folder, name = posixpath.split(part)
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in container.namelist():
        return
    for relation in ElementTree.fromstring(container.read(relations)):
        target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")
        if relation.get("Type", "").endswith("/comments") and target in container.namelist():
            for found in _COMMENT.finditer(container.read(target)):
                yield position(found[1].decode("ascii"))


def _values(book: CalamineWorkbook, name: str) -> list[tuple[Cell, ...]]:
    rows: list[Any] = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    # row by row in the same list, so that the cells are never in the memory twice
    for number, cells in enumerate(rows):
        rows[number] = trimmed(cells)
    return rows


def _is_sparse(part: bytes) -> bool:
    """Return whether a forgotten cell far away makes the sheet so large that its empty cells would fill the memory."""
    row = part.rfind(b"<row ")
    last = _LAST_ROW.match(part, row) if row >= 0 else None
    if last is None:
        return False
    wide = {found[1] for found in _FAR_COLUMN.finditer(part)}
    columns = max((column_of(name.decode("ascii")) for name in wide), default=26)
    area = int(last[1]) * columns
    return area > _SMALL and area > _SPARSE * part.count(b"<v>") + _SPARSE * part.count(b"<is>")


def _cell_by_cell(content: bytes, name: str) -> list[tuple[Cell, ...]]:
    from openpyxl import load_workbook  # noqa: PLC0415 — takes longer to come than most files to be read

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    sheet = book[name]
    # the size a program noted in the file may be wrong; the rows themselves are not
    sheet.reset_dimensions()
    rows = [trimmed(row) for row in sheet.iter_rows(values_only=True)]
    book.close()
    return rows


def _merged(part: bytes) -> Iterator[Range]:
    # to find nothing by the expression takes longer than to read the sheet
    if b"mergeCell" not in part:
        return
    for found in _MERGED.finditer(part):
        (first_row, first_column), (last_row, last_column) = map(
            position, found[1].decode("ascii").split(":")
        )
        yield Range(first_row, last_row, first_column, last_column)


def _hidden_columns(part: bytes) -> Iterator[int]:
    # columns are described before the rows
    head = part[: max(part.find(b"sheetData"), 0)]
    for tag in _COLUMN.finditer(head):
        first, last = re.search(_NUMBER % b"min", tag[0]), re.search(_NUMBER % b"max", tag[0])
        if first and last:
            yield from range(int(first[1]), min(int(last[1]), COLUMNS_MOST) + 1)


def _unfinished(part: bytes) -> Iterator[Position]:
    """Yield the places of formulas without a stored value (a stored empty text is a value)."""
    for found in _FORMULA.finditer(part):
        begin = part.rfind(b"<", 0, found.start())
        opening = _CELL_BEGIN.match(part, begin)
        if opening is None:
            continue
        end = _CELL_END.search(part, found.end())
        value = _VALUE.search(part, found.end(), end.start() if end else found.end())
        if b't="str"' not in opening[0] and not (value and value[1]):
            yield _position(opening[0])


def _failed(part: bytes) -> Iterator[tuple[Position, str]]:
    """Yield the cells that show an error, with what they show."""
    if b't="e"' not in part:
        return
    for found in _FAILED.finditer(part):
        end = _CELL_END.search(part, found.end())
        value = _VALUE.search(part, found.end(), end.start() if end else found.end())
        # the address may stand after the type
        yield (
            _position(part[found.start() : part.index(b">", found.start())]),
            unescape(value[1].decode("utf-8") if value else "#VALUE!"),
        )


def _position(tag: bytes) -> Position:
    found = _ADDRESS.search(tag)
    if found is None:
        # without an address there is no place to name
        raise UnusableFileError("file_damaged")
    return position(found[1].decode("ascii"))
