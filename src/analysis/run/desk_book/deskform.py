"""Sheets to fill in: texts nobody edits, and cells that each answer one question; what comes back is held against both.

A hidden sheet keeps every cell as it was written, so that an answer is told from a text that was edited by mistake, and
from what changed in the settings meanwhile. The sheets are locked but for the answers, so a cell is where it was.
"""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from analysis.intake.files import address
from analysis.render import palette
from analysis.render.spreadsheet import Book, Page, column_name, signs_wide
from analysis.rounds.faults import LIST_SIGN, Fault
from analysis.rulebook.edit.editedcells import plainly, text_in
from analysis.words import LANGUAGES, Words, words

#: the same sheets give the same bytes
DAY: Final = dt.date(2020, 1, 1)
_DAMAGED: Final = (
    zipfile.BadZipFile,
    ElementTree.ParseError,
    InvalidFileException,
    KeyError,
    ValueError,
)
_HEAD_ROW: Final = 1
_LINE: Final = 15.0
_TALLEST: Final = 400.0
_GRID: Final[dict[str, Any]] = {
    "border": 1, "border_color": palette.CELL_BORDER, "text_wrap": True, "valign": "top",
}  # fmt: skip
_HEAD: Final[dict[str, Any]] = {**_GRID, "bold": True, "bg_color": palette.FORM_HEAD, "align": "center"}
_ANSWER: Final[dict[str, Any]] = {
    **_GRID, "bg_color": palette.EDITABLE, "locked": False, "num_format": "@",
}  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """A cell in which a person answers.

    Attributes:
        key: what it answers; no other cell of the workbook has the same.
        value: the answer as it stands now; empty for none.
        choices: what may be written, where that is a list; nothing may always be written.
    """

    key: str
    value: str = ""
    choices: tuple[str, ...] = ()


Cell = str | Answer


@dataclass(frozen=True)
class DeskSheet:
    """A sheet to fill in.

    Attributes:
        name: key of its title (`desk.sheet.<name>`) and of what is said above it (`desk.hint.<name>`).
        columns: keys of the heads (`desk.column.<column>`), each with the width of its column.
        rows: of every row a cell per column.
    """

    name: str
    columns: Mapping[str, float]
    rows: Sequence[Sequence[Cell]]

    def title(self, said: Words) -> str:
        """Return the name of the worksheet."""
        return said.label(f"desk.sheet.{self.name}")

    def cells(self, said: Words) -> Iterator[tuple[int, int, Cell]]:
        """Yield row, column and content of every cell, from 0."""
        yield 0, 0, said.label(f"desk.hint.{self.name}")
        for column, key in enumerate(self.columns):
            yield _HEAD_ROW, column, said.label(f"desk.column.{key}")
        if not self.rows:
            yield _HEAD_ROW + 1, 0, said.label("desk.nothing")
        for row, cells in enumerate(self.rows, _HEAD_ROW + 1):
            for column, cell in enumerate(cells):
                yield row, column, cell


@dataclass(frozen=True)
class Edit:
    """An answer that is not what it was: to what question, what it was and is, and where it stands."""

    key: str
    old: str
    new: str
    sheet: str
    cell: str

    def fault(self, check: str, shown: str, **details: str) -> Fault:
        """Return a fault in this cell of the workbook `shown`."""
        return Fault(check, shown, self.sheet, self.cell, found=self.new, details=details)


@dataclass(frozen=True)
class Returned:
    """A workbook that came back: the answers that are new, by key, and everything that is wrong with it."""

    edits: Mapping[str, Edit]
    faults: tuple[Fault, ...]


def add_pages(book: Book, sheets: Sequence[DeskSheet], said: Words) -> None:
    """Add sheets to fill in to a workbook, and the hidden one that keeps them."""
    pages = [book.page(sheet.title(said)) for sheet in sheets]
    kept = book.page(said.label("desk.sheet.kept"))
    lists: dict[tuple[str, ...], str] = {}
    number = 0
    for page, sheet in zip(pages, sheets, strict=True):
        page.widths(*sheet.columns.values())
        heights = dict[int, float]()
        for row, column, cell in sheet.cells(said):
            text = cell.value if isinstance(cell, Answer) else cell
            _write(page, (row, column), cell, sheet)
            if isinstance(cell, Answer) and cell.choices:
                source = _listed(kept, cell.choices, lists, said)
                page.sheet.data_validation(row, column, row, column, {"validate": "list", "source": source})
            key = cell.key if isinstance(cell, Answer) else ""
            for place, part in enumerate((sheet.title(said), address(row + 1, column + 1), key, text)):
                kept.text(number, place, part)
            number += 1
            wide = sum(sheet.columns.values()) if row == 0 else [*sheet.columns.values()][column]
            lines = sum(max(1, -(-signs_wide(part) // int(wide))) for part in text.split("\n"))
            heights[row] = max(heights.get(row, 0.0), min(_TALLEST, _LINE * lines + 4))
        for row, height in heights.items():
            page.row(row, height)
        page.sheet.freeze_panes(_HEAD_ROW + 1, 1)
        page.printed(_HEAD_ROW)
        page.locked("format_columns", "format_rows")
    kept.sheet.hide()


def _write(page: Page, place: tuple[int, int], cell: Cell, sheet: DeskSheet) -> None:
    row, column = place
    if isinstance(cell, Answer):
        page.text(row, column, cell.value, **_ANSWER)
    elif row == 0:
        page.across(row, (0, len(sheet.columns) - 1), cell, text_wrap=True, valign="top")
    else:
        page.text(row, column, cell, **(_HEAD if row == _HEAD_ROW else _GRID))


def _listed(page: Page, choices: tuple[str, ...], lists: dict[tuple[str, ...], str], said: Words) -> str:
    """Return where the entries of a drop-down stand: beside what is kept, written there once."""
    if choices not in lists:
        place = 5 + len(lists)
        for row, text in enumerate(choices):
            page.text(row, place, text)
        letters = column_name(place)
        lists[choices] = f"='{said.label('desk.sheet.kept')}'!${letters}$1:${letters}${len(choices)}"
    return lists[choices]


def language_of(path: Path) -> Words | None:
    """Return the words in which a workbook of such sheets was written; None if it is none.

    Raises:
        FileNotFoundError: there is no such file.
    """
    try:
        names = load_workbook(path, read_only=True).sheetnames
    except _DAMAGED:
        return None
    found = (words(language) for language in LANGUAGES)
    return next((said for said in found if said.label("desk.sheet.kept") in names), None)


def read_back(path: Path, sheets: Sequence[DeskSheet], said: Words) -> Returned:
    """Return the new answers of a workbook and everything wrong with it.

    Args:
        path: the workbook that `add_pages` made and somebody filled in.
        sheets: the sheets as they would be written now.
        said: the words in which it was written (`language_of`).
    """
    book = load_workbook(path, data_only=True)
    now = {
        cell.key: cell
        for sheet in sheets
        for _row, _column, cell in sheet.cells(said)
        if isinstance(cell, Answer)
    }
    titles = {sheet.title(said) for sheet in sheets}
    faults = [Fault("desk_sheet_missing", path.name, found=name) for name in titles - {*book.sheetnames}]
    edits: dict[str, Edit] = {}
    kept: set[tuple[str, str]] = set()
    for row in book[said.label("desk.sheet.kept")].iter_rows(max_col=4, values_only=True):
        title, cell, key, before = (str(part) if part is not None else "" for part in row)
        kept.add((title, cell))
        if title not in titles or title not in book.sheetnames:
            continue
        edit = Edit(key, before, _text(book[title][cell]), title, cell)
        stands = now[key].value if key in now else before
        if plainly(edit.new) in (plainly(before), plainly(stands)):
            # what the workbook says may have been read back before
            continue
        wrong = _wrong(edit, now, path.name)
        if wrong is None:
            edits[key] = edit
        else:
            faults.append(wrong)
    for title in sorted(titles & {*book.sheetnames}):
        for cells in book[title].iter_rows():
            for one in cells:
                if one.value is not None and (title, one.coordinate) not in kept:
                    edit = Edit("", "", _text(one), title, one.coordinate)
                    faults.append(edit.fault("desk_text_edited", path.name, before=""))
    return Returned(edits, tuple(faults))


def _wrong(edit: Edit, now: Mapping[str, Answer], shown: str) -> Fault | None:
    """Return what is wrong with a cell that is not what it was; None for a new answer."""
    if not edit.key:
        return edit.fault("desk_text_edited", shown, before=edit.old)
    asked = now.get(edit.key)
    if asked is None or plainly(asked.value) != plainly(edit.old):
        stands = "" if asked is None else asked.value
        return edit.fault("desk_changed_since", shown, before=edit.old, now=stands)
    if asked.choices and edit.new and edit.new not in asked.choices:
        return edit.fault("desk_not_a_choice", shown, allowed=LIST_SIGN.join(asked.choices))
    return None


def _text(cell: Any) -> str:
    """Return what a person wrote: a day that the program took for one as the settings write it."""
    if isinstance(cell.value, dt.datetime):
        return cell.value.date().isoformat()
    if isinstance(cell.value, dt.date):
        return cell.value.isoformat()
    return text_in(cell)
