"""The workbook of a rule set: the table to sign and to edit, its parameters, and what may be written into it.

Sheets to read: the table, a row per item, with empty rows to add some; the parameters of the set, a row each; the
scoring shapes with the parameters each needs; the measures. A hidden sheet keeps every text as it was written out, so
that what was edited is told from what changed in `rulebook.yaml` meanwhile, and holds the lists of the drop-downs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from analysis.indicators import catalogue
from analysis.indicators.cohorts import ledger_of
from analysis.indicators.naming import definition_of
from analysis.indicators.own_measures import COUNTED
from analysis.render import palette
from analysis.render.spreadsheet import Book, Page, column_name, signs_wide
from analysis.rounds.faults import LIST_SIGN
from analysis.rulebook.edit.listsheet import PATH, SAID, Entry, ListColumn, ListTable
from analysis.rulebook.edit.owncell import OwnCell
from analysis.rulebook.edit.replacing import replaced
from analysis.rulebook.edit.rulecell import RuleCell, completed, number
from analysis.rulebook.edit.ruletable import (
    COLUMNS,
    EDITABLE,
    FOOTERS,
    PARAMETERS,
    RULED,
    Line,
    Parameter,
    RuleTable,
    columns_of,
    footers,
    kept_of,
    sentence_of,
)
from analysis.rulebook.edit.ruleterms import Field, RuleTerms
from analysis.rulebook.indicator import Indicator
from analysis.rulebook.rule import SHAPES
from analysis.words import Words

#: columns of the sheet of the table
SHEET_COLUMNS: Final = (*COLUMNS, *RULED)
LISTED: Final = ("own_measures", "grades", "facts", "statements", "problem_groups", "classes")
SHEETS: Final = ("table", "parameters", *LISTED, "shapes", "measures", "fields", "kept")
#: row of the heads, from 0: title, note and hint stand above
HEAD: Final = 3

_CELL: Final = {"border": 1}
_HEAD_CELL: Final = {**_CELL, "bold": True, "bg_color": palette.HEAD}
_EDIT: Final = {"bg_color": palette.EDITABLE, "locked": False}
_WIDTHS: Final = {
    "group": 12, "code": 6, "name": 15, "points": 6, "definition": 30, "rule": 44, "department": 14,
    "data_source": 13, "measure": 20, "shape": 22, "cell": 44,
}  # fmt: skip
_PARAMETER_WIDTHS: Final = {
    "item": 9, "item_name": 20, "label": 30, "value": 22, "choices": 46, "path": 34,
}  # fmt: skip
_SHAPE_WIDTHS: Final = {"shape": 26, "label": 20, "meaning": 50, "written": 40, "needed": 6}
_FIELD_WIDTHS: Final = {"ledger": 18, "own_field": 26, "field_kind": 10, "choices": 30, "written": 44}
_MEASURE_WIDTHS: Final = {"measure": 34, "definition": 60, "ledger": 16, "unit_of_measure": 8}
#: the date of the file: a rule set has none, and the same set is to give the same bytes
_DAY: Final = dt.date(1980, 1, 1)
#: height of a line of text in points
_LINE: Final = 15.0
#: the longest list of choices a cell may carry (limit of the file format)
_LONGEST_LIST: Final = 255
#: so many empty rows stand below the items of a set, and of one that is only begun
_ROWS_TO_ADD, _ROWS_TO_BEGIN = 10, 40
#: so many empty rows stand below a list
_ROWS_TO_LIST: Final = 8
#: column of the hidden sheet for the one list of choices that no cell may carry: the units
_KEPT_LONG: Final = 8
#: how far down the pickers of the table reach
_PICKED: Final = 400


@dataclass(frozen=True)
class _Lists:
    """Where the entries of the drop-downs stand."""

    group: str
    measure: str
    shape: str


def write(table: RuleTable, parameters: Sequence[Parameter], path: Path, terms: RuleTerms) -> None:
    """Write the table as a workbook for signature and for editing.

    Args:
        table: the table.
        parameters: the parameters beside it.
        path: the .xlsx file; its folder must be there.
        terms: the words for what may be written.

    Raises:
        OSError: the file cannot be written (it is open in another program).
    """
    book = Book(_DAY, title=table.title)
    add_pages(book, table, parameters, terms)
    replaced({path: book.content()})


def add_pages(book: Book, table: RuleTable, parameters: Sequence[Parameter], terms: RuleTerms) -> None:
    """Add the sheets of a rule set to a workbook."""
    words, look = terms.words, {"valign": "vcenter", "text_wrap": True}
    pages = {name: book.page(words.label(f"ruletable.sheet.{name}"), **look) for name in SHEETS}
    lists = _lists(pages["kept"], table, terms)
    _write_table(pages["table"], table, lists, words)
    _write_parameters(pages["parameters"], table, parameters, words)
    for listed in table.lists:
        _write_list(pages, table, listed, words)
    _write_shapes(pages["shapes"], terms)
    _write_measures(pages["measures"], terms)
    _write_fields_of_ledgers(pages["fields"], words)
    heads = (words.label("ruletable.kept.path"), words.label("ruletable.kept.value"))
    for row, entry in enumerate([heads, *kept_of(table, parameters, words).items()]):
        pages["kept"].heads(row, entry, text_wrap=False)
    pages["kept"].sheet.hide()


def _lists(page: Page, table: RuleTable, terms: RuleTerms) -> _Lists:
    """Write the entries of the drop-downs beside what is kept, and return where they stand."""
    words = terms.words
    lists = [
        words.label(f"ruletable.list.{name}") for name in ("bonuses", "deductions", "falsification", "vetoes")
    ]
    groups = list(dict.fromkeys([*(line.group for line in table.lines), *lists]))
    name = words.label("ruletable.sheet.kept")
    found = []
    for column, entries in enumerate(
        (groups, list(terms.names), [terms.shape(shape) for shape in SHAPES]), 3
    ):
        for row, entry in enumerate(entries):
            page.text(row, column, entry, text_wrap=False)
        letters = column_name(column)
        found.append(f"='{name}'!${letters}$1:${letters}${len(entries)}")
    return _Lists(*found)


def _write_table(page: Page, table: RuleTable, lists: _Lists, words: Words) -> None:
    printed = len(COLUMNS) - 1
    page.widths(*(_WIDTHS[column] for column in SHEET_COLUMNS))
    page.across(0, (0, printed), table.title, 30, bold=True, font_size=16, align="center")
    page.across(1, (0, printed), table.note, 18)
    page.across(2, (0, printed), words.label("ruletable.hint.table"), 34)
    heads = [words.label(f"ruletable.column.{column}") for column in SHEET_COLUMNS]
    page.heads(HEAD, heads, **_HEAD_CELL, align="center")
    row = HEAD + 1
    for line in table.lines:
        _write_line(page, row, line, words)
        row += 1
    added = _ROWS_TO_ADD if table.lines else _ROWS_TO_BEGIN
    for _ in range(added):
        for place, column in enumerate(SHEET_COLUMNS):
            # a code is a text: 1.10 is not 1.1
            page.blank(row, place, **_CELL, **_EDIT, **({"num_format": "@"} if column == "code" else {}))
        row += 1
    for column, source in (("group", lists.group), ("measure", lists.measure), ("shape", lists.shape)):
        place = SHEET_COLUMNS.index(column)
        rules = {
            "validate": "list",
            "source": source,
            "show_error": column != "group",
            "error_type": "warning",
        }
        page.sheet.data_validation(HEAD + 1, place, row - 1, place, rules)
    # a dimension reads as if it were named once; every row of it may still be moved by itself
    area = (HEAD + 2, 0, max(row - 1, HEAD + 2), 0)
    page.repeats_pale(area, f"=$A{HEAD + 3}=$A{HEAD + 2}", palette.EDITABLE)
    told = footers(table, words)
    width = sum(_WIDTHS[column] for column in COLUMNS[1:])
    for heading in FOOTERS:
        page.text(row, 0, words.label(f"ruletable.column.{heading}"), **_CELL, align="center")
        height = _LINE * (sum(_lines(part, width) for part in told[heading].split("\n")) + 0.6)
        page.across(row, (1, printed), told[heading], height, **_CELL)
        row += 1
    for columns, key in (((0, 3), "made"), ((4, 4), "checked"), ((5, printed), "approved")):
        page.across(row, columns, words.label(f"ruletable.signature.{key}"), 42, valign="bottom")
    page.sheet.freeze_panes(HEAD + 1, 3)
    page.sheet.print_area(0, 0, row, printed)
    _printed(page, words)


def _write_line(page: Page, row: int, line: Line, words: Words) -> None:
    told = columns_of(line, words)
    for place, column in enumerate(SHEET_COLUMNS):
        text = told[column]
        look = {**_CELL, **({} if column in ("rule", "code") else _EDIT)}
        if column in ("code", "points"):
            look["align"] = "center"
        if not text:
            # a veto has no points, a bonus no department: nothing to fill in
            page.blank(row, place, **(_CELL if column in EDITABLE else look))
        elif column in ("name", "code", "cell"):
            page.text(row, place, text, **look)
        else:
            _write_value(page, row, place, text, **look)
    page.row(row, _LINE * max(_lines(told[column], _WIDTHS[column]) for column in SHEET_COLUMNS[1:]) + 4)


def _write_parameters(page: Page, table: RuleTable, parameters: Sequence[Parameter], words: Words) -> None:
    last = len(PARAMETERS) - 1
    page.widths(*(_PARAMETER_WIDTHS[column] for column in PARAMETERS))
    page.across(0, (0, last), table.title, 24, bold=True, font_size=14)
    page.across(1, (0, last), words.label("ruletable.hint.parameters"), 18)
    page.across(2, (0, last), words.label("ruletable.hint.path"), 18)
    page.heads(HEAD, [words.label(f"ruletable.column.{column}") for column in PARAMETERS], **_HEAD_CELL)
    for row, parameter in enumerate(parameters, HEAD + 1):
        leaf = parameter.leaf
        listed = [said for _, said in parameter.choices]
        told = {
            "item": leaf.owner,
            "item_name": parameter.item_name,
            "label": parameter.label,
            "choices": parameter.allowed,
            "path": leaf.path,
        }
        for column, text in told.items():
            page.text(row, PARAMETERS.index(column), text, **_CELL)
        place = PARAMETERS.index("value")
        look = {"num_format": "@"} if number(parameter.value) is None else {"align": "left"}
        _write_value(page, row, place, parameter.value, **_CELL, **_EDIT, **look)
        if listed and len(",".join(listed)) <= _LONGEST_LIST:
            page.sheet.data_validation(row, place, row, place, {"validate": "list", "source": listed})
    page.sheet.freeze_panes(HEAD + 1, 3)
    page.sheet.autofilter(HEAD, 0, HEAD + len(parameters), last)
    _printed(page, words)
    page.locked("format_columns", "format_rows", "autofilter")


def _write_list(pages: Mapping[str, Page], table: RuleTable, listed: ListTable, words: Words) -> None:
    """Write a list: its columns, the sentence made of each row, and in a column nobody sees what the row is."""
    page, columns = pages[listed.name], listed.columns
    last = len(columns)
    page.widths(*(column.width for column in columns), _WIDTHS["rule"])
    page.sheet.set_column(last + 1, last + 1, 12, None, {"hidden": True})
    page.across(0, (0, last), table.title, 24, bold=True, font_size=14)
    hint = words.label(f"ruletable.hint.{listed.name}")
    width = sum(column.width for column in columns) + _WIDTHS["rule"]
    page.across(1, (0, last), hint, _LINE * (_lines(hint, width) + 0.6))
    heads = [column.head for column in columns]
    heads += [words.label(f"ruletable.column.{key}") for key in (SAID, PATH)]
    page.heads(HEAD, heads, **_HEAD_CELL)
    empty = Entry("", (), {})
    rows = [*listed.entries, *[empty] * _ROWS_TO_LIST]
    for row, entry in enumerate(rows, HEAD + 1):
        for place, column in enumerate(columns):
            text = entry.texts.get(column.key, "")
            if text:
                page.text(row, place, text, **_CELL, **_EDIT)
            else:
                page.blank(row, place, **_CELL, **_EDIT, num_format="@")
        page.text(row, last, entry.said, **_CELL)
        page.text(row, last + 1, entry.path)
        widths = [(entry.texts.get(column.key, ""), column.width) for column in columns]
        lines = [_lines(text, wide) for text, wide in (*widths, (entry.said, _WIDTHS["rule"]))]
        page.row(row, _LINE * max(lines) + 4)
    for place, column in enumerate(columns):
        source = _source(column, table, pages["kept"], words)
        if source:
            # an entry that is none of them is told when the workbook is read, with what there is instead
            choices = {"validate": "list", "source": source, "error_type": "warning"}
            page.sheet.data_validation(HEAD + 1, place, HEAD + len(rows), place, choices)
    page.sheet.freeze_panes(HEAD + 1, 1)
    _printed(page, words)


def _source(column: ListColumn, table: RuleTable, kept: Page, words: Words) -> str | list[str]:
    """Return where the entries of a drop-down stand; those of another list, with what is added to it, in its column."""
    if column.chosen_from is not None:
        name, key = column.chosen_from
        of = next(listed for listed in table.lists if listed.name == name)
        letters = column_name([each.key for each in of.columns].index(key))
        last = HEAD + 1 + len(of.entries) + _ROWS_TO_LIST
        return f"='{words.label(f'ruletable.sheet.{name}')}'!${letters}${HEAD + 2}:${letters}${last}"
    if len(",".join(column.choices)) <= _LONGEST_LIST:
        return [*column.choices]
    for row, entry in enumerate(column.choices):
        kept.text(row, _KEPT_LONG, entry, text_wrap=False)
    letters = column_name(_KEPT_LONG)
    return f"='{words.label('ruletable.sheet.kept')}'!${letters}$1:${letters}${len(column.choices)}"


def _write_shapes(page: Page, terms: RuleTerms) -> None:
    """Write every shape with an example and its sentence, and the parameters it takes."""
    words, last = terms.words, len(_SHAPE_WIDTHS) - 1
    page.widths(*_SHAPE_WIDTHS.values())
    page.across(0, (0, last), words.label("ruletable.hint.shapes"), 34)
    page.heads(1, [words.label(f"ruletable.column.{column}") for column in _SHAPE_WIDTHS], **_HEAD_CELL)
    cell = RuleCell(Indicator, terms)
    common = [part for part in cell.fields("") if part.path[0] != "rule"]
    row = 2
    for shape in SHAPES:
        fields = [part for part in cell.fields(shape) if part.path[0] == "rule"]
        page.text(row, 0, terms.shape(shape), **_CELL, bold=True)
        example, sentence = example_of(shape, terms)
        told = words.labelled(words.label("ruletable.column.example"), example).plain
        said = words.labelled(words.label("ruletable.column.sentence"), sentence).plain
        height = _LINE * max(2, _lines(told, 116), _lines(said, 116))
        page.across(row, (1, last), f"{told}\n{said}" if sentence else told, 2 * height, **_CELL)
        row = _write_fields(page, row + 1, fields, shape, terms)
    page.text(row, 0, words.label("ruletable.for_all"), **_CELL, bold=True)
    page.across(row, (1, last), "", **_CELL)
    _write_fields(page, row + 1, common, "", terms)
    page.sheet.freeze_panes(2, 1)
    page.printed(1, f"&C{words.label('ruletable.page')}")
    page.locked("format_columns", "format_rows")


def _write_fields(page: Page, row: int, fields: Iterable[Field], shape: str, terms: RuleTerms) -> int:
    words = terms.words
    for part in fields:
        keys = (f"ruletable.meaning.{shape}_{part.key}", f"ruletable.meaning.{part.key}")
        meaning = next((words.label(key) for key in keys if key in words), "")
        told = (
            terms.shape(shape) if shape else "",
            part.label,
            meaning,
            _written(part, terms),
            words.label("ruletable.choice.true") if part.required and not part.within_choice else "",
        )
        for column, text in enumerate(told):
            page.text(row, column, text, **_CELL)
        page.row(
            row,
            _LINE
            * max(_lines(text, width) for text, width in zip(told, _SHAPE_WIDTHS.values(), strict=True)),
        )
        row += 1
    return row


def _written(part: Field, terms: RuleTerms) -> str:
    """Return how a parameter is written: its choices, or that it is a number, or the parts of a group."""
    words = terms.words
    if part.models:
        inner = [each.label for each in terms.fields(part.models, "", 1) if not each.models]
        number = "1" if part.listed else ""
        return words(
            "ruletable.written.group", label=f"{part.label}{number}", parts=words.list(inner).plain
        ).plain
    if part.allowed and not part.numeric:
        return terms.choices(part)
    if part.numeric:
        return words.label("ruletable.written.numbers" if part.listed else "ruletable.written.number")
    return words.label("ruletable.written.text")


def example_of(shape: str, terms: RuleTerms) -> tuple[str, str]:
    """Return an example of a shape as a cell writes it, and its official sentence; both empty without one."""
    words = terms.words
    if f"ruletable.example.{shape}" not in words:
        return "", ""
    example = words.label(f"ruletable.example.{shape}")
    measure = words.label(f"ruletable.example_measure.{shape}")
    read = RuleCell(Indicator, terms).read(example, shape)
    name = words.label("ruletable.column.name")
    data = {"code": "0", "name": name, "name_en": name, "points": "10", "measure": measure, **read.data}
    return example, sentence_of(completed(data, Indicator), words)


def _write_measures(page: Page, terms: RuleTerms) -> None:
    words, last = terms.words, len(_MEASURE_WIDTHS) - 1
    page.widths(*_MEASURE_WIDTHS.values())
    page.across(0, (0, last), words.label("ruletable.hint.measures"), 18)
    page.heads(1, [words.label(f"ruletable.column.{column}") for column in _MEASURE_WIDTHS], **_HEAD_CELL)
    rows = [(terms.own_mark(sheet), "", "", "") for sheet in catalogue.MARK_SHEETS]
    for code in terms.measures():
        record = catalogue.of(code).record
        told = (
            ("", "", "")
            if record is None
            else (
                definition_of(code, words),
                words.label(f"ledger.{ledger_of(record.source)}"),
                words.label(f"unit_of_measure.{record.unit_of_measure}"),
            )
        )
        rows.append((terms.measure(code), *told))
    for row, entry in enumerate(rows, 2):
        for column, text in enumerate(entry):
            page.text(row, column, text, **_CELL)
    page.sheet.freeze_panes(2, 1)
    page.printed(1, f"&C{words.label('ruletable.page')}")
    page.locked("format_columns", "format_rows")


def _write_fields_of_ledgers(page: Page, words: Words) -> None:
    """Write what a measure of the office may ask: the conditions and fields of every ledger, with phrases on them."""
    last = len(_FIELD_WIDTHS) - 1
    page.widths(*_FIELD_WIDTHS.values())
    page.across(0, (0, last), words.label("ruletable.hint.fields"), 34)
    page.heads(1, [words.label(f"ruletable.column.{column}") for column in _FIELD_WIDTHS], **_HEAD_CELL)
    row = 2
    for ledger in COUNTED:
        cell, name = OwnCell(ledger, words), words.label(f"ledger.{ledger}")
        kind = words.label("ruletable.own.field_kind.condition")
        told = [(name, said, kind, "", said) for said in cell.conditions.values()]
        for field, head in cell.heads.items():
            phrases = words.label("ruletable.sign.parts").join(cell.examples_of(field))
            told.append(
                (name, head, cell.kind_said(field), LIST_SIGN.join(cell.choices(field).values()), phrases)
            )
        for entry in told:
            for column, text in enumerate(entry):
                page.text(row, column, text, **_CELL)
            row += 1
    page.sheet.autofilter(1, 0, row - 1, last)
    page.sheet.freeze_panes(2, 1)
    page.printed(1, f"&C{words.label('ruletable.page')}")
    page.locked("format_columns", "format_rows", "autofilter")


def _write_value(page: Page, row: int, column: int, text: str, **look: Any) -> None:
    found = number(text)
    if found is None:
        page.text(row, column, text, **look)
    else:
        page.value(row, column, float(found), **look)


def _printed(page: Page, words: Words) -> None:
    margins = {"left": 0.4, "right": 0.4, "top": 0.5, "bottom": 0.6}
    page.printed(HEAD, f"&C{words.label('ruletable.page')}", margins)


def _lines(text: str, width: float) -> int:
    """Return how many lines a text takes in a column; Chinese signs are two wide."""
    return max(1, -(-signs_wide(text) // int(width - 1)))
