"""The office's files as sheets of cells: what stands in which row and column, and nothing of what it means."""

from __future__ import annotations

import csv
import hashlib
import io
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from analysis.faults import Fault
from analysis.quantities import Cell

#: what a damaged or foreign file makes openpyxl and its parsers raise
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    ElementTree.ParseError,
    InvalidFileException,
    EOFError,
    KeyError,
    TypeError,
    ValueError,
)
_ENCODINGS: Final[tuple[str, ...]] = ("utf-8", "gb18030")
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[\s>/]")
_MERGED: Final = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def address(row: int, column: int) -> str:
    """Return the spreadsheet address of row and column, both from 1."""
    return f"{get_column_letter(column)}{row}"


@dataclass(frozen=True)
class Range:
    """A merged range; rows and columns from 1, ends included."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


@dataclass(frozen=True)
class Sheet:
    """The cells of one sheet, or of one CSV file.

    Attributes:
        file: name of the file.
        name: name of the sheet; empty for CSV.
        rows: the rows from the first one, each as long as its last filled cell.
        merged: the merged ranges.
        unfinished: addresses of formulas whose value was never computed.
    """

    file: str
    name: str
    rows: list[tuple[Cell, ...]] = field(repr=False)
    merged: tuple[Range, ...] = ()
    unfinished: frozenset[str] = frozenset()

    def value(self, row: int, column: int) -> Cell:
        """Return what stands in a cell, both numbers from 1; None outside the sheet."""
        if row > len(self.rows):
            return None
        cells = self.rows[row - 1]
        return cells[column - 1] if column <= len(cells) else None

    @property
    def width(self) -> int:
        """The number of columns in use."""
        return max((len(row) for row in self.rows), default=0)


class Shelf:
    """The files of a round's folder, each read once however many ledgers stand in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files: dict[str, dict[str, Sheet] | Fault] = {}
        self._digests: dict[str, str] = {}

    def sheet(self, file: str, name: str) -> Sheet | Fault:
        """Return a sheet, or the fault that keeps it from being read.

        Args:
            file: name of the file in the folder.
            name: name of the sheet; empty for CSV and for the only sheet of a workbook.
        """
        if file not in self._files:
            self._files[file] = self._read(file)
        sheets = self._files[file]
        if isinstance(sheets, Fault):
            return sheets
        if not name and len(sheets) == 1:
            return next(iter(sheets.values()))
        if name not in sheets:
            return Fault("sheet_missing", file=file, found=name, details={"known": "、".join(sheets)})
        return sheets[name]

    def digest(self, file: str) -> str:
        """Return the SHA-256 of a file that was read."""
        return self._digests[file]

    def _read(self, file: str) -> dict[str, Sheet] | Fault:
        try:
            content = (self.folder / file).read_bytes()
        except FileNotFoundError:
            there = (path.name for path in self.folder.iterdir() if not path.name.startswith((".", "~$")))
            known = "、".join(
                sorted(name for name in there if name.lower().endswith((".xlsx", ".csv", ".xls")))
            )
            return Fault("file_missing", file=file, found=file, details={"known": known})
        except OSError as error:
            return Fault("file_unreadable", file=file, found=file, details={"reason": error.strerror or ""})
        self._digests[file] = hashlib.sha256(content).hexdigest()
        if file.lower().endswith(".csv"):
            return _read_csv(content, file)
        return _read_workbook(content, file)


def _read_csv(content: bytes, file: str) -> dict[str, Sheet] | Fault:
    text = _decode(content)
    if text is None:
        return Fault("encoding_unknown", file=file)
    try:
        rows = [tuple(cell or None for cell in row) for row in csv.reader(io.StringIO(text, newline=""))]
    except csv.Error as error:
        return Fault("not_a_csv", file=file, details={"reason": str(error)})
    return {"": Sheet(file, "", list(rows))}


def _decode(content: bytes) -> str | None:
    """Return the text: by its BOM, else strictly UTF-8, else strictly GB18030 (which would read UTF-8 as nonsense)."""
    if content.startswith(b"\xef\xbb\xbf"):
        content, encodings = content[3:], _ENCODINGS[:1]
    else:
        encodings = _ENCODINGS
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _read_workbook(content: bytes, file: str) -> dict[str, Sheet] | Fault:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            parts = {name: container.read(part) for name, part in _sheet_parts(container).items()}
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheets = {}
        for sheet in book.worksheets:
            # the size a program noted in the file may be wrong; the rows themselves are not
            sheet.reset_dimensions()
            part = parts[sheet.title]
            rows = [tuple(row) for row in sheet.iter_rows(values_only=True)]
            sheets[sheet.title] = Sheet(file, sheet.title, rows, _merged(part), _unfinished(part))
        book.close()
    except _DAMAGED:
        return Fault("not_an_xlsx", file=file, found=file)
    return sheets


def _sheet_parts(container: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of the container that holds each sheet, by the sheet's name."""
    book = ElementTree.fromstring(container.read("xl/workbook.xml"))
    relations = ElementTree.fromstring(container.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.attrib["Id"]: relation.attrib["Target"] for relation in relations}
    return {
        sheet.attrib["name"]: posixpath.normpath(
            posixpath.join("/xl", targets[sheet.attrib[_RELATION]])
        ).lstrip("/")
        for sheet in book.iter(f"{_MAIN}sheet")
    }


def _merged(part: bytes) -> tuple[Range, ...]:
    ranges = []
    for found in _MERGED.finditer(part):
        first_column, first_row, last_column, last_row = range_boundaries(found[1].decode("ascii"))
        ranges.append(Range(first_row, last_row, first_column, last_column))
    return tuple(ranges)


def _unfinished(part: bytes) -> frozenset[str]:
    """Return the addresses of formulas without a stored value (a stored empty text is a value)."""
    if not _FORMULA.search(part):
        return frozenset()
    return frozenset(
        cell.attrib["r"]
        for cell in ElementTree.fromstring(part).iter(f"{_MAIN}c")
        if cell.find(f"{_MAIN}f") is not None
        and cell.attrib.get("t") != "str"
        and not cell.findtext(f"{_MAIN}v")
    )
