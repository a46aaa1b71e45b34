"""The templates the districts fill in: how a sheet of one is known, and how it is read without a map.

A sheet says in its first cell what it is (`assess-template 1 clues 130302`): version, ledger, and the unit it was made
for (`-` if the unit is a column). That cell goes with the sheet into every format a program may save it in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from analysis.intake.declared.ledgers import LEDGERS, UNIT_FIELDS, Ledger
from analysis.intake.declared.maps import LedgerMap, Wide
from analysis.intake.files import WORKBOOKS, Sheet, Shelf
from analysis.intake.sheet_tables.ledger_tables import Source
from analysis.intake.template_workbooks.nil_returns import NIL_SHEET
from analysis.rounds.faults import Fault
from analysis.words import LANGUAGES, Words, words

MARK: Final = "assess-template"
VERSION: Final = 1
#: the pages of a template that hold no entries: instructions, and the entries of the drop-downs
PAGES: Final = ("about", "lists")
#: a template for any unit has a column for it
ANY_UNIT: Final = "-"
HEADER_ROW: Final = 5
#: the header of an item with its full mark, in any language
_ITEM: Final = r"^([0-9A-Za-z]+(?:\.[0-9A-Za-z]+)*)\s*[（(][\d.]+"
_FULL: Final = r"[（(]([\d.]+)"
#: what the districts keep; the other ledgers are the office's own
OF_DISTRICTS: Final = tuple(name for name, ledger in LEDGERS.items() if ledger.of_districts)


@dataclass(frozen=True)
class Marker:
    """What the first cell of a template's sheet says: its ledger (or page) and its unit, empty for any."""

    page: str
    unit: str = ""

    def __str__(self) -> str:
        return f"{MARK} {VERSION} {self.page} {self.unit or ANY_UNIT}"


def marker_of(sheet: Sheet) -> Marker | Fault | None:
    """Return what a sheet says it is; None if it is no template, a fault if it is one nobody knows any more."""
    cell = sheet.value(1, 1)
    if not isinstance(cell, str) or not cell.startswith(MARK):
        return None
    parts = cell.split()
    known = len(parts) == 4 and parts[1] == str(VERSION) and parts[2] in {*PAGES, *LEDGERS, NIL_SHEET.name}
    if not known:
        details = {"version": str(VERSION)}
        return Fault("template_unknown", sheet.file, sheet.name, "A1", found=cell, details=details)
    return Marker(parts[2], "" if parts[3] == ANY_UNIT else parts[3])


def find_templates(
    shelf: Shelf, files: Collection[str], taken: Collection[tuple[str, str]]
) -> tuple[dict[str, list[Source]], list[Fault]]:
    """Return the sheets of filled-in templates by ledger, and those of versions that cannot be read.

    Args:
        shelf: the files.
        files: names of those that may be templates.
        taken: (file, sheet) of those that a map reads.
    """
    found: dict[str, list[Source]] = {}
    faults: list[Fault] = []
    for file in files:
        book = shelf.book(file) if file.lower().endswith(WORKBOOKS) else None
        if book is None or isinstance(book, Fault):
            continue
        for sheet in book.sheets.values():
            marker = marker_of(sheet)
            if isinstance(marker, Fault):
                faults.append(marker)
            elif marker and marker.page not in PAGES and (file, sheet.name) not in taken:
                found.setdefault(marker.page, []).append(
                    Source(sheet, unit=marker.unit, titles_row=HEADER_ROW - 1)
                )
    return found, faults


def map_of(ledger: Ledger, sheet: Sheet) -> LedgerMap:
    """Return the map of a template's sheet: its headers as this version writes them, in any language."""
    marker = marker_of(sheet)
    of_unit = isinstance(marker, Marker) and bool(marker.unit)
    names = [*(() if of_unit or not ledger.has_unit else UNIT_FIELDS[1:]), *ledger.fields]
    said = [words(language) for language in LANGUAGES]
    fields = {name: list(dict.fromkeys(header(ledger, name, each) for each in said)) for name in names}
    heads = sheet.rows[HEADER_ROW - 1] if len(sheet.rows) >= HEADER_ROW else ()
    # a sheet of marks has a column per item, or a row
    items = ledger.wide_key == "item" and any(
        isinstance(cell, str) and re.match(_ITEM, cell) for cell in heads
    )
    if items:
        fields = {name: of for name, of in fields.items() if name in UNIT_FIELDS}
    return LedgerMap(
        file=[sheet.file],
        sheet=[sheet.name],
        header_rows=[HEADER_ROW],
        fields=fields,
        wide=Wide(item=_ITEM, full=_FULL) if items else None,
        ignored=[each.label("template.row_number") for each in said],
    )


def item_header(code: str, full: str, said: Words) -> str:
    """Return the header of an item of a rule set in a sheet of marks: its number and full mark.

    Its name stands above it: there it may be long, and speak of persons.
    """
    return said("template.item", code=code, full=full).plain


def header(ledger: Ledger, name: str, said: Words) -> str:
    """Return the header of a field without its unit of measure.

    Raises:
        KeyError: there are no words for the field.
    """
    return said.label(f"{field_key(ledger, name)}.header")


def field_key(ledger: Ledger, name: str) -> str:
    """Return the key under which the words of a field stand."""
    return f"field.{ledger.name if name in ledger.fields else 'of_all'}.{name}"


def code_lists() -> dict[str, dict[str, str]]:
    """Return what the drop-downs offer in any language, by code list: as written → what it means."""
    lists: dict[str, dict[str, str]] = {}
    for name, answers in _lists().items():
        for language in LANGUAGES:
            said = words(language)
            lists.setdefault(name, {}).update({said.label(f"choice.{name}.{code}"): code for code in answers})
    return lists


def with_templates(codes: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    """Return the code lists of a round with those of the templates under them; what the round says comes first."""
    own = code_lists()
    return {name: {**own.get(name, {}), **codes.get(name, {})} for name in {**own, **codes}}


def _lists() -> dict[str, Iterable[str]]:
    fields = (field for ledger in LEDGERS.values() for field in ledger.fields.values())
    return {field.code_list: field.choices for field in fields if field.code_list}
