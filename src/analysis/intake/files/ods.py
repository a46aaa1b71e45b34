"""OpenDocument spreadsheets (.ods): one pass over the XML gives values, merged and hidden cells and formulas alike."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from analysis.intake.files.sheets import (
    COLUMNS_MOST,
    Position,
    Range,
    Sheet,
    UnusableFileError,
    trimmed,
)
from analysis.quantities import Cell
from analysis.quantities.seen_texts import shown_beside

_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, ElementTree.ParseError, EOFError, KeyError, ValueError)
_SPACE: Final = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_OFFICE, _TABLE, _TEXT, _STYLE = (_SPACE % name for name in ("office", "table", "text", "style"))
_ERROR_TYPE: Final = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
_DURATION: Final = re.compile(r"(-?)PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?")
_CELLS: Final = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
#: a comment is no part of the cell's text, nor is the reading beside a Chinese character
_BESIDE: Final = frozenset({f"{_OFFICE}annotation", f"{_TEXT}ruby-text"})


def read_ods(content: bytes, file: str) -> dict[str, Sheet]:
    """Read a spreadsheet.

    Raises:
        UnusableFileError: `file_damaged`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container, container.open("content.xml") as stream:
            return {
                sheet.name: sheet for sheet in _sheets(ElementTree.iterparse(stream, ("start", "end")), file)
            }
    except _DAMAGED:
        raise UnusableFileError("file_damaged") from None


@dataclass
class _Draft:
    """A sheet while it is read."""

    name: str
    style: str
    rows: list[tuple[Cell, ...]] = field(default_factory=list)
    merged: list[Range] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    unfinished: set[Position] = field(default_factory=set)
    struck: set[Position] = field(default_factory=set)
    comments: set[Position] = field(default_factory=set)
    #: names of the styles that strike their text through
    struck_styles: set[str] = field(default_factory=set)
    #: rows and columns so far, empty ones at the end included
    height: int = 0
    width: int = 0


def _sheets(events: Iterator[tuple[str, Element]], file: str) -> Iterator[Sheet]:
    hidden_styles: set[str] = set()
    struck_styles: set[str] = set()
    draft: _Draft | None = None
    for event, element in events:
        if event == "start":
            if element.tag == f"{_TABLE}table":
                draft = _Draft(element.get(f"{_TABLE}name", ""), element.get(f"{_TABLE}style-name", ""))
                draft.struck_styles = struck_styles
        elif element.tag == f"{_STYLE}style":
            if _strikes(element):
                struck_styles.add(element.get(f"{_STYLE}name", ""))
            properties = element.find(f"{_STYLE}table-properties")
            if properties is not None and properties.get(f"{_TABLE}display") == "false":
                hidden_styles.add(element.get(f"{_STYLE}name", ""))
        elif draft is None:
            continue
        elif element.tag == f"{_TABLE}table-column":
            _column(draft, element)
        elif element.tag == f"{_TABLE}table-row":
            _row(draft, element)
            element.clear()
        elif element.tag == f"{_TABLE}table":
            yield Sheet(
                file,
                draft.name,
                draft.rows,
                merged=tuple(draft.merged),
                hidden=draft.style in hidden_styles,
                hidden_rows=frozenset(draft.hidden_rows),
                hidden_columns=frozenset(draft.hidden_columns),
                unfinished=frozenset(draft.unfinished),
                struck=frozenset(draft.struck),
                comments=frozenset(draft.comments),
            )
            element.clear()
            draft = None


def _repeated(element: Element, what: str) -> int:
    return int(element.get(f"{_TABLE}number-{what}-repeated", "1"))


def _is_hidden(element: Element) -> bool:
    return element.get(f"{_TABLE}visibility", "visible") != "visible"


def _column(draft: _Draft, element: Element) -> None:
    first = draft.width + 1
    draft.width += _repeated(element, "columns")
    if _is_hidden(element):
        draft.hidden_columns.update(range(first, min(draft.width, COLUMNS_MOST) + 1))


def _row(draft: _Draft, element: Element) -> None:
    first, times = draft.height + 1, _repeated(element, "rows")
    draft.height += times
    cells: list[Cell] = []
    unfinished: list[int] = []
    # how often the last empty cells repeat to the edge of the sheet is of no interest
    gap = 0
    for cell in element:
        if cell.tag not in _CELLS:
            continue
        column, wide = len(cells) + gap + 1, _repeated(cell, "columns")
        down, across = (int(cell.get(f"{_TABLE}number-{what}-spanned", "1")) for what in ("rows", "columns"))
        if down > 1 or across > 1:
            draft.merged.append(Range(first, first + down - 1, column, column + across - 1))
        value = _value(cell) if cell.tag == _CELLS[0] else None
        if cell.get(f"{_TABLE}formula") is not None and cell.get(f"{_OFFICE}value-type") is None:
            unfinished.extend(range(column, column + wide))
        if cell.find(f"{_OFFICE}annotation") is not None:
            draft.comments.add((first, column))
        if value in (None, ""):
            gap += wide
        else:
            if cell.get(f"{_TABLE}style-name") in draft.struck_styles:
                draft.struck.update(
                    (first + down, column + at) for down in range(times) for at in range(wide)
                )
            cells += [None] * gap + [value] * wide
            gap = 0
    if cells or unfinished:
        draft.rows += [()] * (first - 1 - len(draft.rows))
        draft.rows += [trimmed(cells)] * times
        draft.unfinished.update((row, at) for row in range(first, first + times) for at in unfinished)
    if _is_hidden(element) and times < 100_000:
        draft.hidden_rows.update(range(first, first + times))


def _strikes(style: Element) -> bool:
    text = style.find(f"{_STYLE}text-properties")
    lines = ("style", "type")
    return text is not None and any(
        text.get(f"{_STYLE}text-line-through-{line}", "none") != "none" for line in lines
    )


def _value(cell: Element) -> Cell:
    """Return what a cell holds, with what it shows where that is something else."""
    kind = cell.get(f"{_OFFICE}value-type", "")
    if cell.get(_ERROR_TYPE) == "error":
        return _text(cell) or "#VALUE!"
    if kind in ("float", "currency", "percentage"):
        number = float(cell.attrib[f"{_OFFICE}value"])
        return shown_beside(number, _text(cell)) or number
    if kind == "date":
        day = dt.datetime.fromisoformat(cell.attrib[f"{_OFFICE}date-value"])
        return shown_beside(day, _text(cell)) or day
    if kind == "boolean":
        return cell.attrib[f"{_OFFICE}boolean-value"] == "true"
    if kind == "time":
        found = _DURATION.match(cell.attrib[f"{_OFFICE}time-value"])
        hours, minutes, seconds = (int(part or 0) for part in (found.groups()[1:] if found else (0, 0, 0)))
        return dt.timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return cell.get(f"{_OFFICE}string-value") or _text(cell)


def _text(cell: Element) -> str:
    return "\n".join("".join(_pieces(line)) for line in cell if line.tag == f"{_TEXT}p")


def _pieces(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag == f"{_TEXT}s":
            yield " " * int(child.get(f"{_TEXT}c", "1"))
        elif child.tag == f"{_TEXT}tab":
            yield "\t"
        elif child.tag == f"{_TEXT}line-break":
            yield "\n"
        elif child.tag not in _BESIDE:
            yield from _pieces(child)
        yield child.tail or ""
