"""The rule set as the table people sign (考核细则), as a workbook, and back from the edited workbook.

The workbook has two sheets to read and to edit: the table itself (name, points, definition, department and data
source of every item; the rule as its official sentence) and the parameters (thresholds, steps, conventions, grade
rule: one row each). A third, hidden one keeps every value as it was written out, so that what was edited is told from
what changed in `rulebook.yaml` meanwhile. Whoever reads back gets every change with its cell, and the file as it
would be; nothing is written before the whole of it was checked.
"""

from __future__ import annotations

import datetime as dt
import functools
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin
from xml.etree import ElementTree

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from analysis.indicators.naming import MeasureNames
from analysis.render import palette
from analysis.render.spreadsheet import Book, Page, signs_wide
from analysis.rounds.faults import Fault
from analysis.rounds.settings_files import Location, Settings
from analysis.rounds.versions import FORMAT
from analysis.rulebook import (
    Bonus,
    Indicator,
    Rulebook,
    Veto,
    bonus_sentence,
    general_sentence,
    grade_sentences,
    rule_sentence,
    veto_sentence,
)
from analysis.rulebook.composition import Falsification
from analysis.rulebook.edit.rulefile import TEXTS, Leaf, RuleFile, UnwritableError
from analysis.rulebook.grades import slots_sentence, ties_sentence
from analysis.rulebook.model import Deduction
from analysis.rulebook.sentences import deduction_sentence, falsification_sentence, name_of, whole_sentences
from analysis.words import LANGUAGES, OFFICE, Text, Words
from analysis.words import words as words_in

#: columns of the table, in order
COLUMNS: Final = (
    "group", "code", "name", "points", "definition", "rule", "department", "data_source",
)  # fmt: skip
#: those of them that are parameters of the item and may be edited
EDITABLE: Final = ("name", "points", "definition", "department", "data_source")
#: columns of the sheet of parameters
PARAMETERS: Final = ("item", "item_name", "label", "value", "choices", "path")
#: keys that say what a part or the file is: to change them is to write another rule, which is done in the file
_FIXED: Final = frozenset(
    {"code", "shape", "kind", "measure", "measures", "read", "direction", "source", "against", "fact", FORMAT}
)
#: lists of the file whose items are lines of the table
_LISTS: Final = ("dimensions", "bonuses", "deductions", "falsification", "vetoes")
#: top-level keys that are no conventions
_NO_CONVENTION: Final = frozenset(
    {"name", "name_en", "note", "note_en", "ours", "base_points", "grades", "basis"}
)
#: what follows the code of an item in the hidden sheet for its sentence
_SENTENCE: Final = "#rule"
_DAMAGED: Final = (
    zipfile.BadZipFile,
    ElementTree.ParseError,
    InvalidFileException,
    KeyError,
    ValueError,
)
#: how a person writes a yes or no into a cell
_YES: Final = {"是": "true", "否": "false", "yes": "true", "no": "false"}
_SHEETS: Final = ("table", "parameters", "kept")


@dataclass(frozen=True)
class Line:
    """One line of the table.

    Attributes:
        group: dimension with its points, or what else the item is (bonus, veto).
        code: code of the item.
        name: its name.
        points: full points; for a bonus its cap; empty for a veto.
        definition: what is counted (口径).
        rule: the rule as its official sentence.
        department: who is responsible.
        data_source: where the data come from.
        name_key: the key of the file the name comes from: `name`, or in an English table `name_en`.
    """

    group: str
    code: str
    name: str
    points: str
    definition: str
    rule: str
    department: str
    data_source: str
    name_key: str = "name"


@dataclass(frozen=True)
class RuleTable:
    """The rule set as it is printed.

    Attributes:
        title: name of the set.
        note: where the points come from.
        lines: items in the order of the file.
        grades: the grade rule as sentences.
        general: what holds for all indicators, as sentences.
        conventions: what the set declares beside its items: label and value.
    """

    title: str
    note: str
    lines: tuple[Line, ...]
    grades: tuple[str, ...]
    general: str
    conventions: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Parameter:
    """One parameter as the workbook shows it.

    Attributes:
        leaf: where it stands in the file.
        item_name: name of the item it belongs to.
        label: what it is, in words.
        choices: what may be written, where that is a list; with their meaning.
    """

    leaf: Leaf
    item_name: str
    label: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Change:
    """One edit found in a workbook.

    Attributes:
        path: the parameter.
        label: what it is, in words.
        old: as it stands in the file.
        new: as it stands in the workbook.
        sheet: where in the workbook.
        cell: where in the sheet.
        line: its line in the file.
    """

    path: str
    label: str
    old: str
    new: str
    sheet: str
    cell: str
    line: int


@dataclass(frozen=True)
class ReadBack:
    """What an edited workbook says.

    Attributes:
        changes: every edit.
        faults: what is wrong with the workbook, or with the rule set as it would be.
        cells: for faults of the rule set, by their place in `faults`: sheet and cell the fault comes from.
        file: the rule set as it would be; None if the workbook itself cannot be read back.
    """

    changes: tuple[Change, ...]
    faults: tuple[Fault, ...]
    cells: Mapping[int, tuple[str, str]]
    file: RuleFile | None


def table_of(rulebook: Rulebook, file: RuleFile, words: Words) -> RuleTable:
    """Return a rule set as the familiar table.

    Args:
        rulebook: the rule set.
        file: the file it was read from, in whose order the lines come.
        words: the catalogue.
    """
    texts = {leaf.location: leaf.text for leaf in file.leaves()}
    lines = []
    for at in _items(texts):
        code = texts[*at, "code"]
        columns = {column: texts.get((*at, _key(column, at, texts, words)), "") for column in EDITABLE}
        rule = item_rule(code, rulebook, words)
        name_key = _key("name", at, texts, words)
        lines.append(Line(group=_group(at, texts, words), code=code, rule=rule, name_key=name_key, **columns))
    conventions = [
        (_label(leaf, words), meaning(leaf.text, words)) for leaf in file.leaves() if _is_convention(leaf)
    ]
    return RuleTable(
        title=name_of(rulebook, words),
        note=rulebook.note_in(words),
        lines=tuple(lines),
        grades=tuple(text.plain for text in _on_grades(rulebook, words)),
        general=words.paragraph([general_sentence(rulebook, words), *whole_sentences(rulebook, words)]).plain,
        conventions=tuple(conventions),
    )


def _on_grades(rulebook: Rulebook, words: Words) -> tuple[Text, ...]:
    """Return the grade rules, what becomes of slots that cannot be taken, and how equal scores are told apart."""
    rest = (slots_sentence(rulebook.grades, rulebook, words), ties_sentence(rulebook.ties, rulebook, words))
    return (*grade_sentences(rulebook.grades, rulebook, words), *(text for text in rest if text))


def parameters_of(file: RuleFile, words: Words) -> tuple[Parameter, ...]:
    """Return the parameters that do not stand in the table itself, in the order of the file."""
    texts = {leaf.location: leaf.text for leaf in file.leaves()}
    in_table = {(*at, _key(column, at, texts, words)) for at in _items(texts) for column in EDITABLE}
    names = _names(texts, words)
    return tuple(
        Parameter(
            leaf,
            names.get(leaf.owner, "") or _part_name(leaf.location, texts, words),
            _label(leaf, words),
            _choices(leaf.location, leaf.text, words),
        )
        for leaf in file.leaves()
        if leaf.location not in in_table and leaf.key not in _FIXED
    )


def parameter_name(leaf: Leaf, file: RuleFile, words: Words) -> str:
    """Return what a parameter is called, its item first: 5.2 核处化解率 · 满分线."""
    names = _names({each.location: each.text for each in file.leaves()}, words)
    owner = f"{leaf.owner} {names.get(leaf.owner, '')}".strip()
    return " · ".join(part for part in (owner, _label(leaf, words)) if part)


def _names(texts: Mapping[Location, str], words: Words) -> dict[str, str]:
    """Return the names of what has a code, by code."""
    return {
        texts[*at, "code"]: texts.get((*at, _key("name", at, texts, words)), "")
        for *above, key in texts
        if key == "code" and (at := tuple(above))
    }


def _key(column: str, at: Location, texts: Mapping[Location, str], words: Words) -> str:
    """Return which key of an item a column of the table shows: in English the English name, where there is one."""
    english = column == "name" and words.language != OFFICE and texts.get((*at, "name_en"))
    return "name_en" if english else column


def _part_name(location: Location, texts: Mapping[Location, str], words: Words) -> str:
    """Return what a part without a code is, such as a condition of a grade: its kind and its measure."""
    kind, measure = texts.get((*location[:-1], "kind"), ""), texts.get((*location[:-1], "measure"), "")
    key = f"ruletable.kind.{kind}"
    named = words.label(key) if key in words else kind
    return " ".join(part for part in (named, MeasureNames(words)(measure)) if part)


def _items(texts: Mapping[Location, str]) -> list[Location]:
    """Return where the items stand that are lines of the table: with a code and, below dimensions, a rule."""
    ruled = {location[: location.index("rule")] for location in texts if "rule" in location}
    return [
        at
        for *above, key in texts
        if key == "code"
        and (at := tuple(above))
        and at[0] in _LISTS
        and (at[0] != "dimensions" or at in ruled)
    ]


def _group(at: Location, texts: Mapping[Location, str], words: Words) -> str:
    if at[0] != "dimensions":
        return words.label(f"ruletable.list.{at[0]}")
    # a dimension may have groups between it and its indicators
    names = [
        words(
            "ruletable.group",
            name=texts.get((*at[:depth], _key("name", at[:depth], texts, words)), ""),
            points=texts.get((*at[:depth], "points"), ""),
        ).plain
        for depth in range(2, len(at), 2)
    ]
    return " › ".join(names)


def items_of(rulebook: Rulebook) -> tuple[Indicator | Deduction | Bonus | Veto | Falsification, ...]:
    """Return everything with a code that has a row of scores beside the totals, in the order of the table."""
    bonuses, deductions = rulebook.bonuses, rulebook.deductions
    return (*rulebook.indicators(), *bonuses, *deductions, *rulebook.falsification, *rulebook.vetoes)


def item_rule(code: str, rulebook: Rulebook, words: Words) -> str:
    """Return the rule of an item as its official sentence.

    Raises:
        KeyError: no such item.
    """
    for item in items_of(rulebook):
        if item.code == code:
            match item:
                case Indicator():
                    return rule_sentence(item, rulebook, words).plain
                case Deduction():
                    return deduction_sentence(item, rulebook, words).plain
                case Bonus():
                    return bonus_sentence(item, words).plain
                case Veto():
                    return veto_sentence(item, rulebook, words).plain
                case Falsification():
                    return falsification_sentence(item, rulebook, words).plain
    raise KeyError(f"no item {code!r} in the rulebook")


def _is_convention(leaf: Leaf) -> bool:
    return not leaf.owner and leaf.location[0] not in _NO_CONVENTION and leaf.key not in _FIXED


def _label(leaf: Leaf, words: Words) -> str:
    """Return what a parameter is, in words: its keys below the item, places in lists as 第1项."""
    own = leaf.path.removeprefix(f"{leaf.owner}.") if leaf.owner else leaf.path
    parts, above = [], ""
    for part in own.split("."):
        if part.isdigit():
            parts.append(words("ruletable.place", place=part).plain)
        elif part != "rule":
            # a key that means different things says so with the one above it
            keys = (f"ruletable.key.{above}_{part}", f"ruletable.key.{part}")
            parts.append(next((words.label(key) for key in keys if key in words), part))
        above = part
    return " · ".join(parts)


def meaning(value: str, words: Words) -> str:
    """Return a value of a choice in words, any other as it is written."""
    key = f"ruletable.choice.{value}"
    return words.label(key) if key in words else value


def _choices(location: Location, present: str, words: Words) -> tuple[tuple[str, str], ...]:
    """Return what may be written at a location, where the model lists it; the present value alone is no choice."""
    if present in ("true", "false"):
        allowed = ["true", "false"]
    else:
        allowed = [str(value) for kind in _kinds_at(location) for value in get_args(kind)]
    named = tuple((value, meaning(value, words)) for value in dict.fromkeys(allowed))
    return named if len(named) > 1 and present in allowed else ()


def _kinds_at(location: Location) -> list[Any]:
    """Return the literals the model allows at a location."""
    kinds: list[Any] = [Rulebook]
    for part in location:
        if isinstance(part, str):
            kinds = [
                kind
                for model in kinds
                if get_origin(model) is not Literal and part in model.model_fields
                for kind in _kinds(model.model_fields[part].annotation)
            ]
    return [kind for kind in kinds if get_origin(kind) is Literal]


def _kinds(annotation: Any) -> Iterator[Any]:
    """Yield the models and literals an annotation is made of."""
    if get_origin(annotation) is Literal:
        yield annotation
    elif isinstance(annotation, type) and not get_origin(annotation) and issubclass(annotation, Settings):
        yield from annotation.variants()
    for part in get_args(annotation):
        yield from _kinds(part)


# ------------------------------------------------------------------------------------------ to a workbook

_CELL: Final = {"border": 1}
_HEAD_CELL: Final = {**_CELL, "bold": True, "bg_color": palette.HEAD}
_EDIT: Final = {"bg_color": palette.EDITABLE, "locked": False}
_WIDTHS: Final = {
    "group": 11, "code": 6, "name": 15, "points": 6, "definition": 30, "rule": 44, "department": 14,
    "data_source": 13,
}  # fmt: skip
_PARAMETER_WIDTHS: Final = {
    "item": 9, "item_name": 20, "label": 30, "value": 22, "choices": 46, "path": 34,
}  # fmt: skip
#: the date of the file: a rule set has none, and the same set is to give the same bytes
_DAY: Final = dt.date(1980, 1, 1)
#: row of the heads, from 0: title, note and hint stand above
_HEAD: Final = 3
#: height of a line of text in points
_LINE: Final = 15.0
#: the longest list of choices a cell may carry (limit of the file format)
_LONGEST_LIST: Final = 255


def write(table: RuleTable, parameters: Sequence[Parameter], path: Path, words: Words) -> None:
    """Write the table as a workbook for signature and for editing.

    Args:
        table: the table.
        parameters: the parameters beside it.
        path: the .xlsx file; its folder must be there.
        words: the catalogue.

    Raises:
        OSError: the file cannot be written (it is open in another program).
    """
    book = Book(_DAY, title=table.title, valign="vcenter", text_wrap=True)
    kept = [*_write_table(book, table, words), *_write_parameters(book, table, parameters, words)]
    page = book.page(words.label("ruletable.sheet.kept"))
    heads = (words.label("ruletable.kept.path"), words.label("ruletable.kept.value"))
    for row, entry in enumerate([heads, *kept]):
        page.heads(row, entry, text_wrap=False)
    page.sheet.hide()
    _replace(path, book.content())


def _write_table(book: Book, table: RuleTable, words: Words) -> Iterator[tuple[str, str]]:
    page = book.page(words.label("ruletable.sheet.table"))
    last = len(COLUMNS) - 1
    page.widths(*(_WIDTHS[column] for column in COLUMNS))
    page.across(0, (0, last), table.title, 30, bold=True, font_size=16, align="center")
    page.across(1, (0, last), table.note, 18)
    page.across(2, (0, last), words.label("ruletable.hint.table"), 18)
    page.heads(
        _HEAD, [words.label(f"ruletable.column.{column}") for column in COLUMNS], **_HEAD_CELL, align="center"
    )
    row = _HEAD + 1
    for group, lines in _grouped(table.lines):
        page.down((row, row + len(lines) - 1), 0, group, **_CELL, align="center")
        for line in lines:
            page.text(row, 1, line.code, **_CELL, align="center")
            page.text(row, COLUMNS.index("rule"), line.rule, **_CELL)
            yield f"{line.code}{_SENTENCE}", line.rule
            for column in EDITABLE:
                text, place = getattr(line, column), COLUMNS.index(column)
                if not text:
                    # a veto has no points, a bonus no department: nothing to fill in
                    page.blank(row, place, **_CELL)
                    continue
                centred = {"align": "center"} if column == "points" else {}
                _write_value(page, row, place, text, **_CELL, **_EDIT, **centred)
                yield f"{line.code}.{line.name_key if column == 'name' else column}", text
            page.row(row, _height(line))
            row += 1
    for heading, texts in (
        ("grades", table.grades),
        ("general", (table.general,)),
        ("conventions", tuple(words.labelled(label, value).plain for label, value in table.conventions)),
    ):
        page.text(row, 0, words.label(f"ruletable.column.{heading}"), **_CELL, align="center")
        text = "\n".join(texts) if heading != "conventions" else words.series(texts).plain
        width = sum(_WIDTHS[column] for column in COLUMNS[1:])
        height = _LINE * (sum(_lines(part, width) for part in text.split("\n")) + 0.6)
        page.across(row, (1, last), text, height, **_CELL)
        row += 1
    for columns, key in (((0, 3), "made"), ((4, 4), "checked"), ((5, last), "approved")):
        page.across(row, columns, words.label(f"ruletable.signature.{key}"), 42, valign="bottom")
    page.sheet.freeze_panes(_HEAD + 1, 3)
    _printed(page, words)


def _write_parameters(
    book: Book, table: RuleTable, parameters: Sequence[Parameter], words: Words
) -> Iterator[tuple[str, str]]:
    page = book.page(words.label("ruletable.sheet.parameters"))
    last = len(PARAMETERS) - 1
    page.widths(*(_PARAMETER_WIDTHS[column] for column in PARAMETERS))
    page.across(0, (0, last), table.title, 24, bold=True, font_size=14)
    page.across(1, (0, last), words.label("ruletable.hint.parameters"), 18)
    page.across(2, (0, last), words.label("ruletable.hint.path"), 18)
    page.heads(_HEAD, [words.label(f"ruletable.column.{column}") for column in PARAMETERS], **_HEAD_CELL)
    for row, parameter in enumerate(parameters, _HEAD + 1):
        leaf = parameter.leaf
        shown = words.series(
            value if value == said else words("ruletable.allowed", value=value, meaning=said)
            for value, said in parameter.choices
        ).plain
        for column, text in (
            ("item", leaf.owner),
            ("item_name", parameter.item_name),
            ("label", parameter.label),
            ("choices", shown),
            ("path", leaf.path),
        ):
            page.text(row, PARAMETERS.index(column), text, **_CELL)
        place = PARAMETERS.index("value")
        look = {"num_format": "@"} if _number(leaf.text) is None else {"align": "left"}
        _write_value(page, row, place, leaf.text, **_CELL, **_EDIT, **look)
        listed = [value for value, _ in parameter.choices]
        if listed and len(",".join(listed)) <= _LONGEST_LIST:
            page.sheet.data_validation(row, place, row, place, {"validate": "list", "source": listed})
        yield leaf.path, leaf.text
    page.sheet.freeze_panes(_HEAD + 1, 3)
    page.sheet.autofilter(_HEAD, 0, _HEAD + len(parameters), last)
    _printed(page, words)


def _write_value(page: Page, row: int, column: int, text: str, **look: Any) -> None:
    number = _number(text)
    if number is None:
        page.text(row, column, text, **look)
    else:
        page.value(row, column, float(number), **look)


def _printed(page: Page, words: Words) -> None:
    margins = {"left": 0.4, "right": 0.4, "top": 0.5, "bottom": 0.6}
    page.printed(_HEAD, f"&C{words.label('ruletable.page')}", margins)
    page.locked("format_columns", "format_rows", "autofilter")


def _grouped(lines: Iterable[Line]) -> Iterator[tuple[str, list[Line]]]:
    group: list[Line] = []
    for line in lines:
        if group and group[0].group != line.group:
            yield group[0].group, group
            group = []
        group.append(line)
    if group:
        yield group[0].group, group


def _height(line: Line) -> float:
    lines = max(
        _lines(getattr(line, column), _WIDTHS[column]) for column in COLUMNS if column not in ("group",)
    )
    return _LINE * lines + 4


def _lines(text: str, width: float) -> int:
    """Return how many lines a text takes in a column; Chinese signs are two wide."""
    return max(1, -(-signs_wide(text) // int(width - 1)))


# ------------------------------------------------------------------------------------- back from a workbook


def read_back(
    workbook: Path,
    rulebook: Path,
    words: Words,
    known: Callable[[str], bool] | None = None,
    measures: Iterable[str] = (),
) -> ReadBack:
    """Return what an edited workbook changes in a rule set, checked as a whole; nothing is written.

    Args:
        workbook: the workbook that `write` made and somebody edited.
        rulebook: the file `rulebook.yaml`.
        words: the catalogue of what is told; the workbook may have been written in another language.
        known: whether a measure is computed.
        measures: names to suggest for a measure nobody computes.

    Raises:
        FileNotFoundError: there is no such workbook or no rulebook.
        YAMLError: the rulebook is no YAML.
    """
    file = RuleFile.read(rulebook)
    cells, faults = _cells(workbook, file, words)
    if faults:
        return ReadBack((), tuple(faults), {}, None)
    changes, faults = _compared(workbook.name, cells, file, words)
    if faults:
        return ReadBack(tuple(changes), tuple(faults), {}, None)
    try:
        edited = file.edited({change.path: change.new for change in changes})
    except UnwritableError as refused:
        place = next(change for change in changes if change.path == refused.path)
        fault = Fault("ruletable_unwritable", workbook.name, place.sheet, place.cell, found=place.new)
        return ReadBack(tuple(changes), (fault,), {}, None)
    _, wrong = edited.loaded(known, measures)
    where = {entry.path: (entry.sheet, entry.address) for entry in cells}
    found = {
        number: cell
        for number, fault in enumerate(wrong)
        if (cell := _cell_of(fault, edited, changes, where)) is not None
    }
    return ReadBack(tuple(changes), tuple(wrong), found, edited)


def save(file: RuleFile, path: Path) -> None:
    """Replace a rulebook by an edited one, at once or not at all."""
    _replace(path, file.text.encode("utf-8"))


def _replace(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there, so that a failure leaves an older one as it was."""
    building = path.with_name(f".{path.name}.building")
    try:
        building.write_bytes(content)
        building.replace(path)
    finally:
        building.unlink(missing_ok=True)


@dataclass(frozen=True)
class _Cell:
    """A value of the workbook: its parameter, what stands there, and what stood there when it was written."""

    path: str
    text: str
    before: str | None
    sheet: str
    address: str


#: what a sheet gives: its values, and what is wrong with it
_Found = tuple[list[_Cell], list[Fault]]


def _cells(workbook: Path, file: RuleFile, words: Words) -> tuple[list[_Cell], list[Fault]]:
    """Return every value of a workbook, or why it cannot be read."""
    shown = workbook.name
    try:
        with workbook.open("rb") as stream:
            book = load_workbook(stream, data_only=True)
    except _DAMAGED:
        return [], [Fault("not_an_xlsx", shown, found=shown)]
    cells: list[_Cell] = []
    faults: list[Fault] = []
    written_in = _words_of(book, words)
    kept = _kept(book, written_in)
    readers: dict[str, Callable[[str, Worksheet, Mapping[str, str], Words], _Found]] = {
        "table": functools.partial(_table_cells, file=file),
        "parameters": _parameter_cells,
    }
    for sheet, reader in readers.items():
        name = written_in.label(f"ruletable.sheet.{sheet}")
        if name not in book.sheetnames:
            faults.append(Fault("ruletable_sheet_missing", shown, found=name))
            continue
        found, wrong = reader(shown, book[name], kept, written_in)
        cells += found
        faults += wrong
    first: dict[str, _Cell] = {}
    for cell in cells:
        if cell.path in first:
            place = f"{first[cell.path].sheet} › {first[cell.path].address}"
            fault = Fault("ruletable_row_twice", shown, cell.sheet, cell.address, found=cell.path)
            faults.append(replace(fault, details={"first": place}))
        first.setdefault(cell.path, cell)
    if not faults:
        faults += [
            Fault("ruletable_row_missing", shown, found=path, details={"before": before})
            for path, before in kept.items()
            if path not in first
        ]
    return cells, faults


def _words_of(book: Any, default: Words) -> Words:
    """Return the words a workbook was written in, by the names of its sheets."""
    for language in LANGUAGES:
        catalogue = words_in(language)
        if {catalogue.label(f"ruletable.sheet.{sheet}") for sheet in _SHEETS} & set(book.sheetnames):
            return catalogue
    return default


def _kept(book: Any, words: Words) -> dict[str, str]:
    """Return every value as it was written out; empty if somebody removed the hidden sheet."""
    name = words.label("ruletable.sheet.kept")
    if name not in book.sheetnames:
        return {}
    rows = book[name].iter_rows(min_row=2, max_col=2, values_only=True)
    return {str(path): "" if text is None else str(text) for path, text in rows if path is not None}


def _heads(sheet: Worksheet, wanted: Sequence[str], words: Words) -> tuple[int, dict[str, int]]:
    """Return the row of the heads and the column of each, wherever somebody moved them; row 0 if there are none."""
    labels = {words.label(f"ruletable.column.{column}"): column for column in wanted}
    for row in sheet.iter_rows(max_row=20):
        found = {
            labels[str(cell.value).strip()]: cell.column for cell in row if str(cell.value).strip() in labels
        }
        if len(found) > 1:
            return row[0].row, found
    return 0, {}


def _lacking(
    shown: str, sheet: Worksheet, heads: Mapping[str, int], wanted: Sequence[str], words: Words
) -> list[Fault]:
    return [
        Fault("ruletable_column_missing", shown, sheet.title, found=words.label(f"ruletable.column.{column}"))
        for column in wanted
        if column not in heads
    ]


def _table_cells(
    shown: str, sheet: Worksheet, kept: Mapping[str, str], words: Words, file: RuleFile
) -> tuple[list[_Cell], list[Fault]]:
    needed = ("code", "rule", *EDITABLE)
    top, heads = _heads(sheet, COLUMNS, words)
    faults = _lacking(shown, sheet, heads, needed, words)
    cells: list[_Cell] = []
    if faults:
        return cells, faults
    for row in range(top + 1, (sheet.max_row or top) + 1):
        code = _text(sheet.cell(row, heads["code"]))
        listed = f"{code}{_SENTENCE}" in kept or not kept
        # below the items stand grade rule, conventions and signatures, merged over the columns
        if not code or (not listed and not _text(sheet.cell(row, heads["rule"]))):
            continue
        for column in ("rule", *EDITABLE):
            path = f"{code}{_SENTENCE}" if column == "rule" else _shown_at(code, column, kept, file, words)
            cell = sheet.cell(row, heads[column])
            if _text(cell) or path in kept:
                before = kept.get(path)
                cells.append(_Cell(path, _text(cell), before, sheet.title, cell.coordinate))
    return cells, faults


def _shown_at(code: str, column: str, kept: Mapping[str, str], file: RuleFile, words: Words) -> str:
    """Return the parameter a column of the table shows; an English table shows the English name where there is one."""
    english = f"{code}.name_en"
    if column == "name" and words.language != OFFICE and (english in kept if kept else file.leaf(english)):
        return english
    return f"{code}.{column}"


def _parameter_cells(
    shown: str, sheet: Worksheet, kept: Mapping[str, str], words: Words
) -> tuple[list[_Cell], list[Fault]]:
    top, heads = _heads(sheet, PARAMETERS, words)
    faults = _lacking(shown, sheet, heads, ("value", "path"), words)
    cells: list[_Cell] = []
    if faults:
        return cells, faults
    for row in range(top + 1, (sheet.max_row or top) + 1):
        path, cell = _text(sheet.cell(row, heads["path"])), sheet.cell(row, heads["value"])
        if path:
            cells.append(_Cell(path, _text(cell), kept.get(path), sheet.title, cell.coordinate))
    return cells, faults


def _compared(
    shown: str, cells: Iterable[_Cell], file: RuleFile, words: Words
) -> tuple[list[Change], list[Fault]]:
    """Return what was edited, and the edits that cannot be carried over."""
    changes: list[Change] = []
    faults: list[Fault] = []
    labels = {parameter.leaf.path: parameter for parameter in parameters_of(file, words)}
    for cell in cells:

        def fault(check: str, cell: _Cell = cell, **details: str) -> Fault:
            known = {"path": cell.path, **details}
            return Fault(check, shown, cell.sheet, cell.address, found=cell.text, details=known)

        if cell.path.endswith(_SENTENCE):
            if cell.before is not None and cell.text != cell.before.strip():
                faults.append(fault("ruletable_sentence_edited"))
            continue
        leaf = file.leaf(cell.path)
        if leaf is None:
            faults.append(fault("ruletable_row_unknown"))
            continue
        new = cell.text if leaf.key in TEXTS else _tidy(cell.text)
        before = leaf.text if cell.before is None else cell.before
        if _same(new, before) or _same(new, leaf.text):
            continue
        if not new:
            faults.append(fault("ruletable_empty", before=before))
        elif not _same(before, leaf.text):
            faults.append(fault("ruletable_changed_since", before=before, now=leaf.text))
        else:
            parameter = labels.get(cell.path)
            column = "key.name_en" if leaf.key == "name_en" else f"column.{leaf.key}"
            label = parameter.label if parameter else words.label(f"ruletable.{column}")
            changes.append(Change(cell.path, label, leaf.text, new, cell.sheet, cell.address, leaf.line))
    return changes, faults


def _text(cell: Any) -> str:
    """Return what stands in a cell as it would be written in the file: 0.95 shown as 95% is 95%."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        number = Decimal(repr(value))
        if str(cell.number_format).rstrip().endswith("%"):
            return _written(number * 100) + "%"
        return _written(number)
    return str(value).strip()


def _tidy(text: str) -> str:
    """Return a value with full-width signs narrowed (９５％ → 95%) and 是/否 as the file says it."""
    narrow = unicodedata.normalize("NFKC", text).strip()
    return _YES.get(narrow.lower(), narrow)


def _written(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _number(text: str) -> Decimal | None:
    """Return the number a text is, or None; only what a spreadsheet gives back unchanged counts."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and len(number.as_tuple().digits) <= 15 else None


def _same(one: str, other: str) -> bool:
    """Return whether two values mean the same: 7 and 7.0, 98% and 98.0%."""
    if one.strip() == other.strip():
        return True
    if one.endswith("%") and other.endswith("%"):
        one, other = one[:-1], other[:-1]
    numbers = _number(one.strip()), _number(other.strip())
    return None not in numbers and numbers[0] == numbers[1]


def _cell_of(
    fault: Fault, edited: RuleFile, changes: Iterable[Change], where: Mapping[str, tuple[str, str]]
) -> tuple[str, str] | None:
    """Return the cell a fault of the rule set comes from: an edited one on its line, else the one it names."""
    on_line = [leaf for leaf in edited.leaves() if leaf.line == fault.line]
    changed = {change.path for change in changes}
    named = fault.details.get("key", "").rsplit(".", 1)[-1]
    ordered = sorted(on_line, key=lambda leaf: (leaf.key != named, leaf.path not in changed))
    return next((where[leaf.path] for leaf in ordered if leaf.path in where), None)
