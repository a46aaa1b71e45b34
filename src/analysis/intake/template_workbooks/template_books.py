"""The workbooks the districts fill in: one per unit with a sheet per ledger, made from the definitions of the ledgers.

How they are known and read again stands in `intake.templates`; headers, hints and examples in `words/*/fields.yaml`.
The same round gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple

from analysis.intake import LEDGERS
from analysis.intake.declared.ledgers import UNIT_FIELDS, YEAR, Field, Ledger
from analysis.intake.template_workbooks.filled_templates import (
    HEADER_ROW,
    OF_DISTRICTS,
    VERSION,
    Marker,
    field_key,
    header,
    item_header,
)
from analysis.intake.template_workbooks.nil_returns import MAY_BE_NIL, NIL_SHEET
from analysis.quantities import PEOPLE
from analysis.render import palette
from analysis.render.spreadsheet import Book, Page, column_name, signs_wide
from analysis.rounds.rounds import RoundSettings
from analysis.rounds.units import Unit, UnitRoll
from analysis.words import OFFICE, Words, words

#: what the city and its departments fill in, for all units in one workbook
OF_OFFICE: Final = tuple(
    name
    for name, ledger in LEDGERS.items()
    if ledger.filled_by == "city" and ledger.has_unit and not ledger.of_districts
)
#: rows to be filled in per sheet, below the example
ROWS: Final = 500
_FIRST, _LAST = HEADER_ROW + 1, HEADER_ROW + ROWS
#: heads are told in persons
_PEOPLE: Final = frozenset({"workers", "workers_paid", "people", "migrant_workers"})
_GRID: Final = {"border": 1, "border_color": palette.CELL_BORDER}
_HEAD: Final = {
    "bold": True, "border": 1, "border_color": palette.HEAD_BORDER, "text_wrap": True, "align": "center",
}  # fmt: skip
_LOOKS: Final[dict[str, dict[str, Any]]] = {
    "mark": {"font_color": palette.WHITE},
    "title": {"bold": True, "font_size": 14},
    "note": {"font_color": palette.SECONDARY},
    "hint": {"font_color": palette.SECONDARY, "font_size": 9, "text_wrap": True, "valign": "bottom"},
    "header": {**_HEAD, "bg_color": palette.FORM_HEAD},
    "required": {**_HEAD, "bg_color": palette.REQUIRED, "font_color": palette.WHITE},
    "text": {**_GRID, "locked": False, "num_format": "@"},
    "day": {**_GRID, "locked": False, "num_format": "yyyy-mm-dd"},
    "count": {**_GRID, "locked": False, "num_format": "#,##0"},
    "money": {**_GRID, "locked": False, "num_format": "#,##0.00"},
    "example": {**_GRID, "italic": True, "bg_color": palette.EXAMPLE, "font_color": palette.SECONDARY},
    "about": {"text_wrap": True, "valign": "top", "font_size": 11},
}
_LOOK_OF_KIND: Final = {"day": "day", "count": "count", "money": "money", "mark": "money"}
_ABOUT_WIDTH: Final = 96
_NARROWEST, _WIDEST = 10, 26
_TITLE_LENGTH, _MESSAGE_LENGTH = 32, 255


class SheetItem(NamedTuple):
    """An item of a sheet of marks: its number, its name, its full mark."""

    code: str
    name: str
    full: Decimal


@dataclass(frozen=True)
class Order:
    """What is to be written.

    Attributes:
        settings: of the round.
        roll: the units.
        ledgers: the sheets: those of the units stand in one workbook per unit, those of the office in one for all.
        blank: one workbook for any unit instead.
        items: of a ledger of marks, for a unit or for all: its items, a column each; without them each row names one.
    """

    settings: RoundSettings
    roll: UnitRoll
    ledgers: tuple[str, ...] = OF_DISTRICTS
    blank: bool = False
    items: Callable[[str, Unit | None], Sequence[SheetItem]] = lambda _ledger, _unit: ()

    @property
    def period(self) -> str:
        """The period of the round, by which file and titles say of which year they are."""
        return self.settings.calendar.period.text


def write(order: Order, folder: Path, words: Words) -> list[Path]:
    """Write the templates of a round and return the files.

    Args:
        order: what is wanted.
        folder: made if it is not there.
        words: the language of headers and drop-downs.

    Raises:
        OSError: a file cannot be written.
        KeyError: no such ledger.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for book in _books(order, words):
        (folder / book.name).write_bytes(book.content())
        paths.append(folder / book.name)
    return paths


def _books(order: Order, said: Words) -> Iterator[_Workbook]:
    period = order.period
    if order.blank:
        yield _Workbook(order, None, said, said("template.blank_file", period=period).plain, order.ledgers)
        return
    of_units, of_office = (
        [name for name in order.ledgers if (name in OF_OFFICE) == office] for office in (False, True)
    )
    for unit in order.roll if of_units else ():
        name = said("template.file", code=unit.code, unit=unit.short, period=period).plain
        yield _Workbook(order, unit, said, name, of_units)
    if of_office:
        yield _Workbook(order, None, said, said("template.office_file", period=period).plain, of_office)


@dataclass(frozen=True)
class _Column:
    """A column of a sheet: its field, header, hint and example, and the most a mark in it can be."""

    name: str
    field: Field
    header: str
    hint: str
    example: str
    full: Decimal | None = None


class _Workbook:
    """One template."""

    def __init__(
        self, order: Order, unit: Unit | None, words: Words, name: str, ledgers: Sequence[str]
    ) -> None:
        self.order, self.unit, self.words, self.name = order, unit, words, name
        self.ledgers = [LEDGERS[each] for each in ledgers]
        #: those of which the unit may say that there is nothing to list
        self.may_be_nil = [each for each in ledgers if each in MAY_BE_NIL and each not in OF_OFFICE]

    def content(self) -> bytes:
        """Return the file."""
        book = Book(self.order.settings.as_of, valign="vcenter")
        self._about(book)
        for ledger in [*self.ledgers, *([NIL_SHEET] if self.may_be_nil else [])]:
            self._sheet(book, ledger)
        self._lists(book)
        return book.content()

    def _about(self, book: Book) -> None:
        label = self.words
        page = book.page(label.label("template.about_sheet"))
        self._marked(page, "about")
        code = self.unit.code if self.unit else self.order.roll.codes[0]
        page.text(1, 0, label("template.about.title", period=self.order.period).plain, **_LOOKS["title"])
        of_office = all(ledger.name in OF_OFFICE for ledger in self.ledgers)
        who = "who" if self.unit else "who_office" if of_office else "who_any"
        nil = ["nil"] if self.may_be_nil else []
        parts = [who, "rows", "missing", *nil, "numbers", "choices", "persons", "protected", "version"]
        places = {
            "who": {"unit": self.unit.name if self.unit else ""},
            "numbers": {"example": f"{code}-001"},
            "version": {"version": str(VERSION)},
        }
        for row, part in enumerate(parts, 3):
            said = label(f"template.about.{part}", **places.get(part, {})).plain
            page.text(row, 0, f"{row - 2}. {said}", **_LOOKS["about"])
            page.row(row, 18 * (1 + signs_wide(said) // _ABOUT_WIDTH))
        page.widths(_ABOUT_WIDTH)
        page.locked()
        page.sheet.hide_gridlines(2)

    def _sheet(self, book: Book, ledger: Ledger) -> None:
        words = self.words
        page = book.page(words.label(f"ledger.{ledger.name}"))
        self._marked(page, ledger.name)
        columns = list(self._columns(ledger))
        title = words("template.title", period=self.order.period, ledger=words.label(f"ledger.{ledger.name}"))
        page.text(1, 0, title.plain, **_LOOKS["title"])
        page.text(2, 0, self._preamble(ledger), **_LOOKS["note"])
        page.text(HEADER_ROW - 1, 0, words.label("template.row_number"), **_LOOKS["header"])
        page.text(HEADER_ROW, 0, words.label("template.example"), **_LOOKS["example"])
        for place, column in enumerate(columns, 1):
            required = column.field.required or column.name in UNIT_FIELDS
            page.text(HEADER_ROW - 2, place, column.hint, **_LOOKS["hint"])
            page.text(HEADER_ROW - 1, place, column.header, **_LOOKS["required" if required else "header"])
            page.text(HEADER_ROW, place, column.example, **_LOOKS["example"])
            width = min(max(1.2 * signs_wide(column.header), _NARROWEST), _WIDEST)
            page.column(place, width, **_LOOKS[_LOOK_OF_KIND.get(column.field.kind, "text")])
            if rule := self._rule(column, place):
                page.sheet.data_validation(_FIRST, place, _LAST, place, rule)
        self._write_beforehand(page, ledger)
        page.column(0, 7, **_LOOKS["text"])
        # columns have the borders of the cells to be filled in; the rows above the header have none
        page.row(1, 24, **_LOOKS["title"])
        page.row(2, 20, **_LOOKS["note"])
        page.row(HEADER_ROW - 2, 42, **_LOOKS["hint"])
        page.row(HEADER_ROW - 1, 32)
        page.sheet.freeze_panes(HEADER_ROW, 2)
        page.locked("format_columns", "format_rows", "sort", "autofilter")
        page.printed(HEADER_ROW - 1)

    def _write_beforehand(self, page: Page, ledger: Ledger) -> None:
        """Write what is known: the units of a sheet with a column per item, the ledgers of one of nil returns."""
        rows: list[list[str]] = []
        if self.unit is None and self._items(ledger):
            rows = [[unit.short] for unit in self.order.roll]
        elif self.unit is not None and ledger is NIL_SHEET:
            years = sorted(set(self.order.settings.calendar.period.years()))
            rows = [
                [self.words.label(f"ledger.{name}"), str(year)] for name in self.may_be_nil for year in years
            ]
        for row, texts in enumerate(rows, _FIRST):
            for column, text in enumerate(texts, 1):
                page.text(row, column, text, **_LOOKS["text"])

    def _items(self, ledger: Ledger) -> Sequence[SheetItem]:
        return self.order.items(ledger.name, self.unit) if ledger.wide_key == "item" else ()

    def _lists(self, book: Book) -> None:
        """Write the entries of the drop-down of units, which may be too long to stand in a rule."""
        page = book.page(self.words.label("template.lists_sheet"))
        self._marked(page, "lists")
        for row, unit in enumerate(self.order.roll, 1):
            page.text(row, 0, unit.short)
        for row, name in enumerate(self.may_be_nil, 1):
            page.text(row, 1, self.words.label(f"ledger.{name}"))
        page.locked()
        page.sheet.hide()

    def _marked(self, page: Page, name: str) -> None:
        page.text(0, 0, str(Marker(name, self.unit.code if self.unit else "")), **_LOOKS["mark"])
        page.sheet.set_row(0, None, None, {"hidden": True})

    def _preamble(self, ledger: Ledger) -> str:
        words = self.words
        unit_header = words.label("field.of_all.unit_name.header")
        of_any = words("template.of_any_unit", header=unit_header).plain
        parts = [words("template.of_unit", unit=self.unit.name).plain if self.unit else of_any]
        if any(field.kind == "money" for field in ledger.fields.values()):
            parts.append(words("template.money", base=self._base).plain)
        return "    ".join([*parts, words.label("template.legend")])

    @property
    def _base(self) -> str:
        return words(self.words.language, self.order.settings.currency).money_unit

    def _columns(self, ledger: Ledger) -> Iterator[_Column]:
        items = self._items(ledger)
        units = () if self.unit else UNIT_FIELDS[1:]
        fields = {**{name: Field("text") for name in units}, **({} if items else ledger.fields)}
        for name, field in fields.items():
            key, said = field_key(ledger, name), header(ledger, name, self.words)
            if field.kind == "money":
                said = self.words.noted(said, self._base).plain
            elif name in _PEOPLE and self.words.language == OFFICE:
                said = self.words.noted(said, next(iter(PEOPLE))).plain
            yield _Column(name, field, said, self.words.label(f"{key}.hint"), self._example(name, key))
        for item in items:
            full = f"{item.full.normalize():f}"
            said = item_header(item.code, full, self.words)
            yield _Column(item.code, Field("mark"), said, item.name, full, item.full)

    def _example(self, name: str, key: str) -> str:
        unit = self.unit or next(iter(self.order.roll))
        if name == "no":
            return f"{unit.code}-001"
        if name == YEAR:
            return str(self.order.settings.calendar.period.start.year)
        return unit.short if name == "unit_name" else self.words.label(f"{key}.example")

    def _rule(self, column: _Column, place: int) -> dict[str, Any] | None:
        """Return what may be entered in a column, with the message for what may not."""
        words, field = self.words, column.field
        letter = column_name(place)
        rules: dict[str, tuple[str, dict[str, Any]]] = {
            "count": ("whole", {"validate": "integer", "criteria": ">=", "value": 0}),
            "money": ("number", {"validate": "decimal", "criteria": ">=", "value": 0}),
            "mark": ("number", {"validate": "decimal", "criteria": ">=", "value": 0}),
            "day": ("day", {"validate": "date", "criteria": "between", "minimum": dt.date(1990, 1, 1),
                            "maximum": dt.date(2099, 12, 31)}),
        }  # fmt: skip
        if column.full is not None:
            least_and_most = {"criteria": "between", "minimum": 0, "maximum": float(column.full)}
            said, rule = "mark", {"validate": "decimal", **least_and_most}
        elif field.code_list == "ledger":
            lists = words.label("template.lists_sheet")
            source = f"='{lists}'!$B$2:$B${len(self.may_be_nil) + 1}"
            said, rule = "choice", {"validate": "list", "source": source}
        elif field.choices:
            answers = [words.label(f"choice.{field.code_list}.{code}") for code in field.choices]
            said, rule = "choice", {"validate": "list", "source": answers}
        elif column.name == "unit_name":
            lists = words.label("template.lists_sheet")
            source = f"='{lists}'!$A$2:$A${len(self.order.roll) + 1}"
            said, rule = "choice", {"validate": "list", "source": source}
        elif column.name == "no":
            formula = f"=COUNTIF(${letter}${_FIRST + 1}:${letter}${_LAST + 1},{letter}{_FIRST + 1})=1"
            said, rule = "once", {"validate": "custom", "value": formula}
        elif field.kind in rules:
            said, rule = rules[field.kind]
        else:
            return None
        message = words.label(f"template.check.{said}")[:_MESSAGE_LENGTH]
        title = column.header[:_TITLE_LENGTH]
        return {**rule, "error_title": title, "error_message": message, "input_title": title,
                "input_message": column.hint[:_MESSAGE_LENGTH] or message}  # fmt: skip


def known() -> list[str]:
    """Return the ledgers a template can be made of: all but the roll of units."""
    return [name for name, ledger in LEDGERS.items() if ledger.has_unit]


def unknown(names: Sequence[str]) -> list[str]:
    """Return the names that are no ledger a template can be made of."""
    return [name for name in names if name not in known()]
