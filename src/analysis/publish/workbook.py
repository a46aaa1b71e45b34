"""The workbook: every published table as a sheet, nothing in it that a spreadsheet would run.

Strings are written as strings whatever they look like; dates in the file are fixed, so that the same tables give
the same bytes. The first sheet says what the others hold, and every sheet carries the example mark.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from analysis.publish.displays import em_width
from analysis.stages import Assessment
from analysis.words import Words

#: a spreadsheet runs none of it: strings stay strings
_OPTIONS: Final = {
    "constant_memory": False,
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "nan_inf_to_errors": False,
}
_FONT: Final = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
_WIDEST: Final = 60
#: the longest text a cell may hold in the file format
_LONGEST: Final = 32767
#: row of the column heads (from 0): title, note and mark stand above
_HEAD_ROW: Final = 3


@dataclass(frozen=True)
class Sheet:
    """A table of the workbook.

    Attributes:
        name: name of the worksheet, at most 31 signs.
        title: what it holds.
        frame: the table.
        notes: units of measure and the like, one line.
        number_formats: spreadsheet formats by column (`0.0`, `#,##0`); text in these columns is read as a number.
        headings: printed heads by column; a column without one keeps its name.
    """

    name: str
    title: str
    frame: pd.DataFrame
    notes: str = ""
    number_formats: Mapping[str, str] = field(default_factory=dict)
    headings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Workbook:
    """All sheets with what the first one says.

    Attributes:
        title: the title of the report.
        mark: the example mark, empty for real data.
        as_of: the cut-off, which is also the file's date.
        notes: lines of the first sheet.
        notes_name: name of the first sheet.
        headings: heads of the list of sheets on it: sheet, content.
        sheets: the tables in order.
    """

    title: str
    mark: str
    as_of: dt.date
    notes: tuple[str, ...]
    notes_name: str
    headings: tuple[str, str]
    sheets: tuple[Sheet, ...]


def write(tables: Workbook, path: Path) -> None:
    """Write the workbook; the folder is made if it is not there.

    Raises:
        ValueError: a sheet's name is not allowed or stands twice (from xlsxwriter).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path), _OPTIONS)
    try:
        created = dt.datetime.combine(tables.as_of, dt.time())
        book.set_properties({"title": tables.title, "keywords": tables.mark, "created": created})
        book.set_size(2400, 1400)
        _write_notes(book, tables)
        for sheet in tables.sheets:
            _write_sheet(book, sheet, tables)
    finally:
        book.close()


def _write_notes(book: Any, tables: Workbook) -> None:
    page = book.add_worksheet(tables.notes_name)
    plain, bold = book.add_format(_FONT), book.add_format({**_FONT, "bold": True})
    page.hide_gridlines(2)
    page.set_column(0, 0, 24, plain)
    page.set_column(1, 1, 72, book.add_format({**_FONT, "text_wrap": True}))
    page.write_string(0, 0, tables.title, book.add_format({**_FONT, "bold": True, "font_size": 14}))
    row = 1
    if tables.mark:
        page.write_string(row, 0, tables.mark, _mark_format(book))
        row += 1
    for note in tables.notes:
        page.write_string(row, 0, note, plain)
        row += 1
    row += 1
    for column, heading in enumerate(tables.headings):
        page.write_string(row, column, heading, bold)
    for place, sheet in enumerate(tables.sheets, row + 1):
        page.write_string(place, 0, sheet.name, plain)
        page.write_string(place, 1, " · ".join(part for part in (sheet.title, sheet.notes) if part), plain)
    _print_setup(page, tables.mark)


def _write_sheet(book: Any, sheet: Sheet, tables: Workbook) -> None:
    page = book.add_worksheet(sheet.name)
    page.write_string(0, 0, sheet.title, book.add_format({**_FONT, "bold": True, "font_size": 12}))
    page.write_string(1, 0, sheet.notes, book.add_format({**_FONT, "font_color": "#5b6770"}))
    page.write_string(2, 0, tables.mark, _mark_format(book))
    head = book.add_format({**_FONT, "bold": True, "bottom": 1, "text_wrap": True})
    rows, columns = sheet.frame.shape
    for place, column in enumerate(sheet.frame.columns):
        heading = sheet.headings.get(column, str(column))
        page.write_string(_HEAD_ROW, place, heading, head)
        number_format = sheet.number_formats.get(column)
        form = book.add_format({**_FONT, **({"num_format": number_format} if number_format else {})})
        cells = list(sheet.frame[column])
        if number_format:
            cells = list(pd.to_numeric(sheet.frame[column], errors="coerce"))
        for row, value in enumerate(cells, _HEAD_ROW + 1):
            _write_cell(page, row, place, value, form)
        shown = [str(value) for value in sheet.frame[column].head(200)]
        page.set_column(
            place, place, min(_WIDEST, max(em_width(text) for text in (*shown, heading)) * 1.9 + 2)
        )
    page.freeze_panes(_HEAD_ROW + 1, 1)
    if rows and columns:
        page.autofilter(_HEAD_ROW, 0, _HEAD_ROW + rows, columns - 1)
        last = f"{xl_col_to_name(columns - 1)}{_HEAD_ROW + rows + 1}"
        page.ignore_errors({"number_stored_as_text": f"A1:{last}"})
    page.repeat_rows(_HEAD_ROW)
    _print_setup(page, tables.mark)


def _write_cell(page: Any, row: int, column: int, value: Any, form: Any) -> None:
    """Write a value by its own type; a missing value leaves the cell empty."""
    if pd.isna(value) or value == "":
        return
    if isinstance(value, bool) or type(value).__name__ == "bool_":
        page.write_boolean(row, column, bool(value), form)
    elif isinstance(value, dt.date | dt.datetime):
        page.write_string(row, column, f"{value:%Y-%m-%d}", form)
    elif isinstance(value, str):
        # a longer text would be left out without a word
        shown = value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"
        page.write_string(row, column, shown, form)
    else:
        page.write_number(row, column, float(value), form)


def _mark_format(book: Any) -> Any:
    return book.add_format({**_FONT, "bold": True, "font_color": "#c8452d"})


def _print_setup(page: Any, mark: str) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_footer(f"&L{mark.replace('&', '&&')}&C— &P —")


# ------------------------------------------------------------------------------------- the round's workbook

#: frame of the assessment, number formats by column
_TABLES: Final[tuple[tuple[str, Mapping[str, str]], ...]] = (
    ("grades", {"score": "0.00", "rank": "0"}),
    ("scores", {"points_possible": "0.00", "points": "0.00"}),
    ("findings", {"findings": "0"}),
    ("values", {}),
    ("lineage", {"rows": "0"}),
    ("issues", {}),
    ("compare", {}),
)


def of(assessment: Assessment) -> Workbook:
    """Return the workbook of a round: every table of the contracts, units and measures also by name."""
    catalogue = assessment.words
    names = {unit.code: unit.short for unit in assessment.roll.units}
    names[assessment.roll.city_code] = assessment.roll.city_short
    sheets = []
    for name, formats in _TABLES:
        frame = _with_names(getattr(assessment, name), names, catalogue)
        headings = {column: _heading(catalogue, str(column)) for column in frame.columns}
        sheets.append(
            Sheet(
                catalogue.label(f"publish.sheet.{name}.name"),
                catalogue.label(f"publish.sheet.{name}.title"),
                frame,
                catalogue.label(f"publish.sheet.{name}.notes"),
                formats,
                headings,
            )
        )
    settings = assessment.round.settings
    return Workbook(
        title=settings.title,
        mark=catalogue.label("report.mark") if settings.synthetic else "",
        as_of=settings.as_of,
        notes=(
            catalogue("publish.workbook_as_of", date=catalogue.date(settings.as_of)).plain,
            catalogue.label("publish.workbook_empty"),
        ),
        notes_name=catalogue.label("publish.workbook_notes"),
        headings=(catalogue.label("publish.workbook_sheet"), catalogue.label("publish.workbook_content")),
        sheets=tuple(sheets),
    )


def _with_names(frame: pd.DataFrame, names: Mapping[str, str], catalogue: Words) -> pd.DataFrame:
    """Return the frame with the name of the unit after its code, and the name of the measure after its id."""
    shown = frame.copy()
    if "unit" in shown and "unit_name" not in shown:
        shown.insert(list(shown.columns).index("unit") + 1, "unit_name", shown["unit"].map(names).fillna(""))
    if "measure" in shown:
        labels = {
            measure: catalogue.label(f"measure.{measure}") if f"measure.{measure}" in catalogue else ""
            for measure in shown["measure"].unique()
        }
        shown.insert(list(shown.columns).index("measure") + 1, "measure_name", shown["measure"].map(labels))
    return shown


def _heading(catalogue: Words, column: str) -> str:
    key = f"publish.column.{column}"
    return catalogue.label(key) if key in catalogue else column
