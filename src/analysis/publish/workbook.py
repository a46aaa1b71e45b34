"""The workbook: every published table as a sheet, nothing in it that a spreadsheet would run.

Strings are written as strings whatever they look like; dates in the file are fixed, so that the same tables give
the same bytes. The first sheet says what the others hold, and every sheet carries the example mark.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd

from analysis.indicators.filter_words import FilterWords
from analysis.indicators.naming import MeasureNames
from analysis.publish import table_sheets
from analysis.quantities import MONEY_UNITS
from analysis.questions.explain import item_names
from analysis.render import palette
from analysis.render.column_widths import WIDEST_SIGN_EM, em_width
from analysis.render.spreadsheet import Book, Page, column_name
from analysis.report.page import withheld_note
from analysis.report.published_items import published_item
from analysis.results.assessment import Assessment
from analysis.rounds.levels import Level
from analysis.words import Words

_MARK: Final = {"bold": True, "font_color": palette.VERMILION}
_WIDEST: Final = 60
#: width of the column of meanings on the first sheet
_MEANINGS: Final = 84
#: height of a line, and the most a row may have, in points
_LINE, _TALLEST = 15.0, 400.0
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
        cell_formats: a format per cell, of the shape of the frame; "" leaves the format of the column.
        table: name of the table as which a spreadsheet knows it, for pivot tables; empty for none.
    """

    name: str
    title: str
    frame: pd.DataFrame
    notes: str = ""
    number_formats: Mapping[str, str] = field(default_factory=dict)
    headings: Mapping[str, str] = field(default_factory=dict)
    cell_formats: pd.DataFrame | None = None
    table: str = ""


@dataclass(frozen=True)
class Glossary:
    """What words or codes of the sheets mean: a head and (word, meaning)."""

    head: str
    entries: tuple[tuple[str, str], ...]


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
        glossaries: what the words of the sheets mean, below the list.
    """

    title: str
    mark: str
    as_of: dt.date
    notes: tuple[str, ...]
    notes_name: str
    headings: tuple[str, str]
    sheets: tuple[Sheet, ...]
    glossaries: tuple[Glossary, ...] = ()


def write(tables: Workbook, path: Path) -> None:
    """Write the workbook; the folder is made if it is not there.

    Raises:
        ValueError: a sheet's name is not allowed or stands twice (from xlsxwriter).
    """
    book = Book(tables.as_of, title=tables.title, keywords=tables.mark, valign="top")
    book.window(2400, 1400)
    _write_notes(book.page(tables.notes_name), tables)
    for sheet in tables.sheets:
        _write_sheet(book.page(sheet.name), sheet, tables.mark)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(book.content())


def _write_notes(page: Page, tables: Workbook) -> None:
    page.sheet.hide_gridlines(2)
    page.column(0, 28)
    page.column(1, _MEANINGS, text_wrap=True)
    page.text(0, 0, tables.title, bold=True, font_size=14)
    row = 1
    if tables.mark:
        page.text(row, 0, tables.mark, **_MARK)
        row += 1
    for note in tables.notes:
        page.text(row, 0, note)
        row += 1
    lists = [
        Glossary("", tuple((sheet.name, _both(sheet)) for sheet in tables.sheets)),
        *tables.glossaries,
    ]
    for number, part in enumerate(lists):
        row += 1
        page.heads(row, (part.head, "") if number else tables.headings, bold=True, bottom=1)
        row += 1
        for term, meaning in part.entries:
            page.text(row, 0, term)
            page.text(row, 1, meaning, text_wrap=True)
            page.row(row, _height(meaning, _MEANINGS))
            row += 1
    _printed(page, tables.mark)


def _both(sheet: Sheet) -> str:
    return " · ".join(part for part in (sheet.title, sheet.notes) if part)


def _write_sheet(page: Page, sheet: Sheet, mark: str) -> None:
    page.text(0, 0, sheet.title, bold=True, font_size=12)
    page.text(1, 0, sheet.notes, font_color=palette.SECONDARY)
    page.text(2, 0, mark, **_MARK)
    rows, columns = sheet.frame.shape
    headings = [sheet.headings.get(column, str(column)) for column in sheet.frame.columns]
    heights, widths = [_LINE] * rows, []
    for place, (column, heading) in enumerate(zip(sheet.frame.columns, headings, strict=True)):
        number_format = sheet.number_formats.get(column, "")
        cells = list(sheet.frame[column])
        if number_format:
            cells = list(pd.to_numeric(sheet.frame[column], errors="coerce"))
        own_formats = [""] * rows if sheet.cell_formats is None else sheet.cell_formats[column]
        formats = [each or number_format for each in own_formats]
        width = max((em_width(_shown(value)) for value in cells[:200]), default=0.0) * 1.9 + 2
        look: dict[str, Any] = {"text_wrap": True} if width > _WIDEST else {}
        figures = any(isinstance(value, int | float) and not pd.isna(value) for value in cells)
        # a text beside a number, which ends at the right edge of its column, needs a space before it
        side: dict[str, Any] = (
            {"align": "right"} if figures else {"align": "left", "indent": 1} if place else {}
        )
        page.text(_HEAD_ROW, place, heading, bold=True, bottom=1, text_wrap=True, **side)
        page.cells(_HEAD_ROW + 1, place, cells, formats, **side, **look)
        if look:
            own = (_height(value, _WIDEST) if isinstance(value, str) else _LINE for value in cells)
            heights = list(map(max, heights, own))
        # a head takes two lines before it widens its column; the button of the filter needs room too
        head = em_width(heading) * 1.9 / 2 + 5
        widths.append(min(_WIDEST, max(width, head, 8)))
    page.widths(*widths)
    for row, height in enumerate(heights, _HEAD_ROW + 1):
        if height > _LINE:
            page.row(row, height)
    page.sheet.freeze_panes(_HEAD_ROW + 1, 1)
    if rows and columns:
        last = f"{column_name(columns - 1)}{_HEAD_ROW + rows + 1}"
        page.sheet.ignore_errors({"number_stored_as_text": f"A1:{last}"})
        area = (_HEAD_ROW, 0, _HEAD_ROW + rows, columns - 1)
        if sheet.table:
            page.table(
                area, sheet.table, headings, bold=True, bottom=1, text_wrap=True, align="left", indent=1
            )
        else:
            page.sheet.autofilter(*area)
    _printed(page, mark, heads=_HEAD_ROW)


def _height(text: str, width: float) -> float:
    """Return the height of a row in points in which a wrapped text has room; programs do not all find it themselves."""
    if len(text) * WIDEST_SIGN_EM * 1.9 < width - 3:
        return _LINE
    lines = math.ceil(em_width(text) * 1.9 / (width - 3))
    return min(_LINE * max(lines, 1), _TALLEST)


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}"
    return "" if pd.isna(value) else str(value)


def _printed(page: Page, mark: str, heads: int | None = None) -> None:
    margins = {"left": 0.5, "right": 0.5, "top": 0.6, "bottom": 0.7}
    page.printed(heads, f"&L{mark.replace('&', '&&')}&C— &P —", margins)


# ------------------------------------------------------------------------------------- the round's workbook

#: frame of the assessment, what its columns hold that are numbers without being values
_TABLES: Final[Mapping[str, Mapping[str, str]]] = {
    "grades": {"score": "point", "rank": "rank"},
    "scores": {"points_possible": "point", "points": "point"},
    "findings": {"findings": "rank"},
    "values": {},
    "lineage": {"rows": "rank"},
    "issues": {},
    "compare": {},
}
#: frames that tell files, cells and rows of the inputs
_OF_INPUTS: Final = frozenset({"lineage", "issues"})
_COUNT, _PART_OF_COUNT = "#,##0", "#,##0.00"
#: columns of a value row that are in its unit of measure, and those that are counts or money
_IN_UNIT: Final = ("value", "lower", "upper")
_SIDES: Final = ("numerator", "denominator")
#: columns that hold codes, by frame, and where their words stand
_CODES: Final[Mapping[str, Mapping[str, str]]] = {
    "scores": {"kind": "workbook.kind", "source": "page.origin.source_of", "status": "status"},
    "findings": {"group": "report.problems"},
    "values": {
        "unit_of_measure": "unit_of_measure",
        "method": "page.origin.method_of",
        "status": "status",
        "period_kind": "workbook.period_kind",
        "level": "workbook.level",
        "additive": "workbook.additive",
    },
    "issues": {"check": "check", "severity": "issues.severity"},
    "compare": {"published": "report", "computed": "report", "verdict": "report.annex"},
}
#: columns of the pivot sheet, in order
_PIVOT: Final = (
    "unit", "unit_name", "period", "measure", "measure_name", "numerator", "denominator", "value",
    "unit_of_measure", "status", "period_kind", "level", "additive",
)  # fmt: skip
_STATUSES: Final = (
    "reported", "partial", "not_reported", "withheld", "not_applicable", "zero_base", "small_base",
    "not_comparable", "new_unit",
)  # fmt: skip


def of(assessment: Assessment, report: Any, level: Level) -> Workbook:
    """Return the workbook of a round: the tables of its report, the values for pivot tables, and the contract tables.

    Args:
        assessment: the round as the disclosure level allows it to be seen (`publish.disclosure`).
        report: its executed report notebook, made at the same level.
        level: the disclosure level.
    """
    catalogue = assessment.words
    units = {unit.code: unit.short for unit in assessment.roll.units}
    units[assessment.roll.city_code] = assessment.roll.city_short
    rules = assessment.settings.rulebook
    names = MeasureNames(catalogue, item_names(rules, catalogue) if rules else {}, units)
    tables = [_published(table) for table in table_sheets.published(report, catalogue)]
    kinds = _kinds(assessment)
    tables.append(_pivot(_with_names(assessment.values_told, names), catalogue, kinds))
    tables += [
        _contract(assessment, name, names, kinds)
        for name in _TABLES
        if level.inputs or name not in _OF_INPUTS
    ]
    settings = assessment.round.settings
    return Workbook(
        title=settings.title,
        mark=assessment.mark(),
        as_of=settings.as_of,
        notes=(
            catalogue("publish.workbook_as_of", date=catalogue.date(settings.as_of)).plain,
            catalogue.label("workbook.empty"),
            catalogue.label("workbook.formats"),
            *([withheld_note(assessment)] if level.withheld else ()),
        ),
        notes_name=catalogue.label("publish.workbook_notes"),
        headings=(catalogue.label("publish.workbook_sheet"), catalogue.label("publish.workbook_content")),
        sheets=_told_apart(tables),
        glossaries=(
            Glossary(
                catalogue.label("workbook.status_head"),
                tuple(
                    (catalogue.label(f"status.{status}"), catalogue.label(f"workbook.status.{status}"))
                    for status in _STATUSES
                ),
            ),
            Glossary(
                catalogue.label("workbook.units_head"), _units(assessment.values, assessment.words_on_pages)
            ),
        ),
    )


def _kinds(assessment: Assessment) -> dict[str, str]:
    """Return spreadsheet formats by unit of measure; every other unit counts things."""
    return {
        "rank": "0",
        "ratio": "0.0%",
        "point": _decimals("0", assessment.words.places),
        **dict.fromkeys(MONEY_UNITS, _decimals(_COUNT, assessment.round.settings.money.places)),
    }


def _decimals(whole: str, places: int) -> str:
    return f"{whole}.{'0' * places}" if places else whole


def _told_apart(tables: Sequence[Sheet]) -> tuple[Sheet, ...]:
    names = table_sheets.unlike(sheet.name for sheet in tables)
    return tuple(replace(sheet, name=name) for sheet, name in zip(tables, names, strict=True))


def _units(values: pd.DataFrame, catalogue: Words) -> tuple[tuple[str, str], ...]:
    """Return every unit of measure of the values with the way it is written in the workbook."""
    entries = []
    for unit in dict.fromkeys(values["unit_of_measure"]):
        key = f"workbook.units.{unit}"
        meaning = catalogue.label(key if key in catalogue else "workbook.units.count")
        entries.append((_word(catalogue, "unit_of_measure", unit), meaning))
    return tuple(entries)


def _word(catalogue: Words, kind: str, code: str) -> str:
    """Return the word for a code; what has none (an A, a round's own check) stands for itself."""
    key = f"{kind}.{code}"
    return catalogue.label(key) if key in catalogue else code


def _worded(frame: pd.DataFrame, name: str, catalogue: Words) -> pd.DataFrame:
    """Return a frame with words in the place of its codes, in the language of the edition."""
    return frame.assign(
        **{
            column: frame[column].map({code: _word(catalogue, kind, code) for code in frame[column].unique()})
            for column, kind in _CODES.get(name, {}).items()
            if column in frame
        }
    )


def _published(table: table_sheets.Published) -> Sheet:
    return Sheet(
        table.name,
        table.title,
        table.frame,
        table.notes,
        headings=table.headings,
        cell_formats=table.formats,
    )


def _pivot(values: pd.DataFrame, catalogue: Words, kinds: Mapping[str, str]) -> Sheet:
    """Return the values with one row per unit, period and measure, everything named in words.

    Where a measure has several rows for a unit and period (other methods), the first one stands.
    """
    rows = values.drop_duplicates(["unit", "period", "measure"])
    formats = _value_formats(rows, kinds)[list(set(_PIVOT) & set(values.columns))]
    return Sheet(
        catalogue.label("workbook.pivot.name"),
        catalogue.label("workbook.pivot.title"),
        _worded(rows, "values", catalogue)[list(_PIVOT)],
        catalogue.label("workbook.pivot.notes"),
        headings={column: _heading(catalogue, column) for column in _PIVOT},
        cell_formats=formats,
        table="UnitPeriodMeasure",
    )


def _contract(assessment: Assessment, name: str, names: MeasureNames, kinds: Mapping[str, str]) -> Sheet:
    catalogue = assessment.words
    frame = _with_names(getattr(assessment, name), names)
    shown = _worded(frame, name, catalogue)
    if name == "lineage":
        told = FilterWords(catalogue, names.items, names.units)
        shown["filter"] = shown["filter"].map({text: told(text) for text in shown["filter"].unique()})
    if name == "compare":
        shown["figure"] = [published_item(figure, catalogue, names.units) for figure in shown["figure"]]
    return Sheet(
        catalogue.label(f"publish.sheet.{name}.name"),
        catalogue.label(f"publish.sheet.{name}.title"),
        shown,
        catalogue.label(f"publish.sheet.{name}.notes"),
        {column: kinds[kind] for column, kind in _TABLES[name].items()},
        {column: _heading(catalogue, str(column)) for column in frame.columns},
        _value_formats(frame, kinds) if name == "values" else None,
    )


def _value_formats(rows: pd.DataFrame, kinds: Mapping[str, str]) -> pd.DataFrame:
    """Return the format of every cell of value rows: by unit of measure, whole counts without decimals."""
    formats = pd.DataFrame("", index=rows.index, columns=rows.columns)
    for column in _IN_UNIT:
        formats[column] = [
            kinds.get(unit) or _counted(value)
            for unit, value in zip(rows["unit_of_measure"], rows[column], strict=True)
        ]
    for column in _SIDES:
        formats[column] = [_counted(value) for value in rows[column]]
    return formats


def _counted(value: float) -> str:
    return _COUNT if pd.isna(value) or float(value).is_integer() else _PART_OF_COUNT


def _with_names(frame: pd.DataFrame, names: MeasureNames) -> pd.DataFrame:
    """Return the frame with the name of the unit after its code, and the name of the measure after its id."""
    shown = frame.copy()
    if "unit" in shown and "unit_name" not in shown:
        shown.insert(
            list(shown.columns).index("unit") + 1, "unit_name", shown["unit"].map(names.units).fillna("")
        )
    if "measure" in shown:
        labels = {measure: names(measure) for measure in shown["measure"].unique()}
        shown.insert(list(shown.columns).index("measure") + 1, "measure_name", shown["measure"].map(labels))
    return shown


def _heading(catalogue: Words, column: str) -> str:
    """Return the printed head of a column, with its unit of measure where all of it has one."""
    key = f"publish.column.{column}"
    head = catalogue.label(key) if key in catalogue else column
    unit = f"workbook.column_unit.{column}"
    return catalogue.noted(head, catalogue.label(unit)).plain if unit in catalogue else head
