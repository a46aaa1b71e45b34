"""The list of everything doubtful as files: a workbook of the round, one per unit to send back, marked copies.

`data_issues.xlsx` stands beside `data_issues.csv`. What is made to be sent back goes only into a folder the user names,
never among the reports, the processed data or the office's files. Everything is written as text: nothing in it runs.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from analysis.intake import check_name, expected_of, remedy_of, sentence_of, spot_of
from analysis.intake.checks import CHECKS
from analysis.intake.persons.person_numbers import MASK
from analysis.render import palette
from analysis.render.office_package import repack
from analysis.render.spreadsheet import Book
from analysis.rounds.faults import Fault, Severity, together
from analysis.rounds.rounds import Round
from analysis.rounds.units import UnitRoll
from analysis.words import Words

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

#: name of the workbook beside `data_issues.csv`
LIST_FILE: Final = "data_issues.xlsx"
_COLUMNS: Final = (
    "severity", "check", "unit", "file", "sheet", "cell", "found", "what", "expected", "remedy",
)  # fmt: skip
#: what a unit gets, with a column for its answer
_SENT_BACK: Final = ("severity", "file", "sheet", "cell", "found", "what", "expected", "remedy", "handling")
_WIDTHS: Final = {
    "what": 48,
    "expected": 28,
    "remedy": 48,
    "file": 22,
    "found": 18,
    "handling": 24,
    "check": 18,
}
_GRAVE: Final[tuple[Severity, ...]] = ("blocks", "warns", "notes")
_CELL: Final = {"valign": "top", "text_wrap": True}
_NOTE: Final = {"font_color": palette.SECONDARY}
#: a worksheet has room for so many rows below title and heads
_MOST_ROWS: Final = 1_000_000
_HEAD_ROW: Final = 2
#: what a copy of a workbook without a date says of when it was saved
_NO_DAY: Final = dt.datetime(1980, 1, 1)
#: a comment grows with its text up to this height, in points
_COMMENT_WIDTH, _COMMENT_LINE, _COMMENT_MOST = 320, 18, 360


class ForbiddenFolderError(Exception):
    """What is to be sent back must not lie among the reports, the processed data or the office's files.

    Attributes:
        folder: the folder that was named.
        inside: the one it lies in, relative to the project.
    """

    def __init__(self, folder: Path, inside: str) -> None:
        self.folder, self.inside = folder, inside
        super().__init__(f"{folder} is inside {inside}")


def check_folder(folder: Path, project: Path) -> None:
    """Refuse a folder among the project's own data and reports; links are followed.

    Raises:
        ForbiddenFolderError: it is one.
    """
    for inside in ("reports", "data/raw", "data/processed"):
        if folder.resolve().is_relative_to((project / inside).resolve()):
            raise ForbiddenFolderError(folder, inside)


# --------------------------------------------------------------------------------------------------- lists


@dataclass(frozen=True)
class Office:
    """What every list says of its round: settings, units, the language, and the files that the city itself fills in."""

    round: Round
    roll: UnitRoll | None
    words: Words
    of_city: frozenset[str] = frozenset()

    def short(self, code: str) -> str:
        """Return the short name of a unit; its code where the roll does not know it."""
        known = self.roll is not None and self.roll.by_code(code) is not None
        return self.roll.short(code) if self.roll is not None and known else code

    @property
    def mark(self) -> str:
        """The example mark, empty for real data."""
        return self.words.label("report.mark") if self.round.settings.synthetic else ""


def list_of(faults: Sequence[Fault], office: Office) -> bytes:
    """Return the workbook of all faults of a round."""
    title = office.words("issues.title", title=_title(office)).plain
    return _workbook(title, faults, _COLUMNS, office)


def write_per_unit(faults: Iterable[Fault], office: Office, folder: Path) -> list[tuple[Path, int]]:
    """Write one workbook per unit with what it can mend, and one for the city with what is left to the office.

    A unit can mend its cells in the files it fills in; neither settings nor what the city fills in about it.

    Args:
        faults: of the round; warnings that were accepted, and what only tells how something was read, are nothing to
            send back.
        office: round, units and language.
        folder: where to.

    Returns:
        The files with the number of their faults.

    Raises:
        ForbiddenFolderError: the folder is among the project's own.
        OSError: a file cannot be written.
    """
    check_folder(folder, office.round.project)
    by_unit: dict[str, list[Fault]] = {}
    for fault in faults:
        mended_by = CHECKS[fault.check].mended_by if fault.check in CHECKS else "office"
        if "accepted" not in fault.details and mended_by != "nobody":
            its_own = mended_by == "unit" and fault.file not in office.of_city
            by_unit.setdefault(fault.unit if its_own else "", []).append(fault)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for unit in (*(office.roll.codes if office.roll else ()), ""):
        own = by_unit.pop(unit, [])
        if own:
            name = office.short(unit) if unit else office.round.settings.city.short
            title = office.words("issues.title_unit", title=_title(office), unit=name).plain
            code = unit or office.round.settings.city.code
            path = folder / f"{code}_{_file_name(name)}.xlsx"
            path.write_bytes(_workbook(title, own, _SENT_BACK, office))
            written.append((path, len(own)))
    return written


def _title(office: Office) -> str:
    return office.round.settings.title_in(office.words.language)


def _file_name(name: str) -> str:
    return re.sub(r'[\\/:*?"<>|\s]+', "_", name)


def _cells(fault: Fault, office: Office) -> dict[str, str]:
    words = office.words
    return {
        "severity": words.label(f"issues.severity.{fault.severity}"),
        "check": check_name(fault.check, words),
        "unit": office.short(fault.unit) if fault.unit else "",
        "file": fault.file,
        "sheet": fault.sheet,
        "cell": spot_of(fault, words),
        "found": fault.found,
        "what": sentence_of(fault, words).strip(),
        "expected": expected_of(fault, words).strip(),
        "remedy": remedy_of(fault, words).strip(),
        "handling": "",
    }


def _workbook(title: str, faults: Sequence[Fault], columns: Sequence[str], office: Office) -> bytes:
    """Return a workbook with one row per fault (those of which the same is to be said are one), every cell a text."""
    words = office.words
    book = Book(office.round.as_of, title=title, keywords=office.mark)
    page = book.page(words.label("issues.sheet"))
    page.text(0, 0, title, bold=True, font_size=12)
    kinds = {grave: str(sum(fault.severity == grave for fault in faults)) for grave in _GRAVE}
    counts = words("issues.counts", **kinds).plain
    page.text(1, 0, " ".join(part for part in (counts, office.mark) if part), **_NOTE)
    heads = [words.label(f"issues.column.{column}") for column in columns]
    page.heads(_HEAD_ROW, heads, **_CELL, bold=True, bottom=1)
    page.widths(*(_WIDTHS.get(column, 12) for column in columns))
    listed = together(faults)
    for row, fault in enumerate(listed[:_MOST_ROWS], _HEAD_ROW + 1):
        cells = _cells(fault, office)
        for place, column in enumerate(columns):
            shade = {"bg_color": palette.SEVERITIES[fault.severity]} if column == "severity" else {}
            if cells[column] or column == "handling":
                page.text(row, place, cells[column], **_CELL, **shade)
    if len(listed) > _MOST_ROWS:
        more = words("issues.more", count=str(len(listed) - _MOST_ROWS)).plain
        page.text(_HEAD_ROW + 1 + _MOST_ROWS, 0, more, **_NOTE)
    page.sheet.freeze_panes(_HEAD_ROW + 1, 0)
    last = _HEAD_ROW + max(min(len(listed), _MOST_ROWS), 1)
    page.sheet.autofilter(_HEAD_ROW, 0, last, len(columns) - 1)
    page.printed(_HEAD_ROW, "&C— &P —")
    return book.content()


# ------------------------------------------------------------------------------------------- marked copies


@dataclass(frozen=True)
class Marked:
    """What marking wrote.

    Attributes:
        copies: the marked copies with the number of their marked cells.
        beside: the list of what could not be marked in a cell; None if there is nothing of that kind.
        unmarked: how many faults are only in that list.
    """

    copies: tuple[tuple[Path, int], ...]
    beside: Path | None
    unmarked: int


def write_marked(faults: Iterable[Fault], office: Office, folder: Path) -> Marked:
    """Write a copy of every .xlsx workbook with its doubtful cells coloured and commented.

    Files of other formats, and faults that are about no single cell, are listed in a workbook beside the copies.
    Values, formulas, formats, merged cells, validations and comments of a copy are those of the file; what openpyxl
    does not know (shapes, form fields, some newer features of charts and formats) is lost, and so are the stored
    results of formulas, which a spreadsheet program computes anew when it opens the copy.

    Raises:
        ForbiddenFolderError: the folder is among the project's own.
        OSError: a file cannot be written.
    """
    check_folder(folder, office.round.project)
    by_file: dict[str, list[Fault]] = {}
    rest: list[Fault] = []
    for fault in faults:
        # a file or sheet that is called by a person is not named
        if fault.cell and fault.file.lower().endswith(".xlsx") and MASK not in fault.place():
            by_file.setdefault(fault.file, []).append(fault)
        else:
            rest.append(fault)
    folder.mkdir(parents=True, exist_ok=True)
    copies = []
    for file, found in by_file.items():
        content, cells = _marked(office.round.folder / file, found, office)
        (folder / file).write_bytes(content)
        copies.append((folder / file, cells))
    beside = None
    if rest:
        beside = folder / f"{office.words.label('issues.beside')}.xlsx"
        title = office.words("issues.title_beside", title=_title(office)).plain
        beside.write_bytes(_workbook(title, rest, _COLUMNS, office))
    return Marked(tuple(copies), beside, len(rest))


def _marked(path: Path, faults: Sequence[Fault], office: Office) -> tuple[bytes, int]:
    """Return a workbook with its doubtful cells marked, and how many they are."""
    from openpyxl import load_workbook  # noqa: PLC0415 — few ask for copies, and the rest need not wait for it

    book = load_workbook(path, rich_text=True)
    of_cell: dict[tuple[str, str], list[Fault]] = {}
    for fault in faults:
        cell = _first_of_merged(book[fault.sheet], fault.cell)
        of_cell.setdefault((fault.sheet, cell.coordinate), []).append(fault)
    for (sheet, place), found in of_cell.items():
        _mark(book[sheet][place], found, office)
    out = io.BytesIO()
    book.save(out)
    # the moment of writing would make every copy of the same file another one
    day = book.properties.created
    return repack(out.getvalue(), day if isinstance(day, dt.datetime) else _NO_DAY), len(of_cell)


def _first_of_merged(sheet: Worksheet, cell: str) -> Cell:
    """Return a cell, or the first one of the merged range it is in: only that one can be marked."""
    for merged in sheet.merged_cells.ranges:
        if cell in merged:
            return sheet.cell(merged.min_row, merged.min_col)
    found: Cell = sheet[cell]
    return found


def _mark(cell: Cell, faults: Sequence[Fault], office: Office) -> None:
    """Colour a cell by the gravest of its faults and say what they are; an earlier comment stays below."""
    from openpyxl.comments import Comment  # noqa: PLC0415
    from openpyxl.styles import PatternFill  # noqa: PLC0415

    words = office.words
    grave = min((fault.severity for fault in faults), key=_GRAVE.index)
    colour = palette.SEVERITIES[grave].removeprefix("#").upper()
    cell.fill = PatternFill("solid", start_color=colour, end_color=colour)
    lines = []
    for fault in faults:
        said = _cells(fault, office)
        lines += [
            words.labelled(said["severity"], said["what"]).plain,
            words.labelled(words.label("issues.column.expected"), said["expected"]).plain,
            words.labelled(words.label("issues.column.remedy"), said["remedy"]).plain,
        ]
    if cell.comment is not None:
        lines.append(words.labelled(words.label("issues.earlier_comment"), cell.comment.text).plain)
    height = min(_COMMENT_LINE * 2 * (len(lines) + 1), _COMMENT_MOST)
    cell.comment = Comment(
        "\n".join(lines), words.label("issues.author"), width=_COMMENT_WIDTH, height=height
    )
