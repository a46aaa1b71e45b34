"""A workbook in which a person confirms what was proposed, by drop-down, and what it says when it comes back.

Of each column it shows some of what stands in it, numbers of persons masked; of a column taken for persons nothing.
How each source is read beside that (`confirmed_readings`) stands on a sheet of its own, with what is open.
What the program needs to make maps of the answers stands on a hidden sheet.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from analysis.intake.declared.ledgers import LEDGERS, UNIT_FIELDS, Ledger
from analysis.intake.declared.maps_file import known_fields
from analysis.intake.files import Sheet, address, letters
from analysis.intake.persons.person_numbers import mask
from analysis.intake.proposals.confirmed_readings import CHOICES, NoReadingError, in_short, readings_of, state
from analysis.intake.proposals.proposal import IGNORED, PERSONS, Guess, Proposal
from analysis.intake.proposals.proposal_text import called, questions, source_of
from analysis.intake.proposals.proposing import sheets_of
from analysis.intake.template_workbooks.filled_templates import field_key
from analysis.quantities import MONEY, is_not_reported, plain_text
from analysis.render import palette
from analysis.render.spreadsheet import Book, Page, column_name
from analysis.rounds.faults import Fault
from analysis.rounds.units import UnitRoll
from analysis.words import LANGUAGES, Words, words

#: the same proposals give the same bytes
_DAY: Final = dt.date(2020, 1, 1)
_SHEETS: Final = ("columns", "codes", "readings", "lists", "kept")
_COLUMNS: Final = (
    "source", "file", "sheet", "ledger", "column", "header", "samples", "field", "measure", "sure", "why",
)  # fmt: skip
_CODES: Final = ("source", "list", "written", "answer")
_READINGS: Final = ("source", "file", "sheet", "ledger", "key", "value", "about")
_WIDTHS: Final = (6, 24, 14, 14, 6, 24, 32, 30, 9, 10, 36)
_SAMPLES: Final = 3
#: in the place of a code list, for other spellings of units
ALIASES: Final = "aliases"
_LONGEST: Final = 24
_LOOKS: Final[dict[str, dict[str, Any]]] = {
    "head": {"bold": True, "border": 1, "border_color": palette.HEAD_BORDER, "bg_color": palette.FORM_HEAD,
             "text_wrap": True, "align": "center"},
    "cell": {"border": 1, "border_color": palette.CELL_BORDER, "text_wrap": True, "valign": "top"},
    "answer": {"border": 1, "border_color": palette.CELL_BORDER, "valign": "top", "locked": False},
    "doubt": {"border": 1, "border_color": palette.CELL_BORDER, "valign": "top", "locked": False,
              "bg_color": palette.EXAMPLE, "bold": True},
}  # fmt: skip
#: the code stands at the end of what a drop-down shows: 受理日期〔received_on〕
_CODE: Final = re.compile(r".*〔([^〕]+)〕\s*")


def workbook(proposals: Sequence[Proposal], said: Words, roll: UnitRoll | None = None) -> bytes:
    """Return the workbook in which a person confirms some proposals; units are chosen from the roll."""
    book = Book(_DAY)
    add_pages(book, proposals, said, roll)
    return book.content()


def add_pages(book: Book, proposals: Sequence[Proposal], said: Words, roll: UnitRoll | None = None) -> None:
    """Add the sheets in which a person confirms some proposals to a workbook."""
    pages = {name: book.page(said.label(f"mapping.book.{name}"), valign="vcenter") for name in _SHEETS}
    _write_heads(pages["columns"], _COLUMNS, said)
    _write_heads(pages["codes"], _CODES, said)
    _write_heads(pages["readings"], _READINGS, said)
    ledgers = list(dict.fromkeys(one.ledger.name for one in proposals))
    for place, name in enumerate(ledgers):
        for row, text in enumerate(_field_choices(LEDGERS[name], said)):
            pages["lists"].text(row, place, text)
    units = [f"{unit.name}〔{unit.code}〕" for unit in roll or ()]
    for row, text in enumerate(units):
        pages["lists"].text(row, len(ledgers), text)
    of_roll = _listed(len(ledgers), len(units), said) if units else ""
    row = code_row = reading_row = 1
    for number, one in enumerate(proposals, 1):
        pages["kept"].text(number - 1, 0, json.dumps(_kept(one), ensure_ascii=False))
        source = _listed(ledgers.index(one.ledger.name), len(_field_choices(one.ledger, said)), said)
        for guess in one.guesses:
            _write_column(pages["columns"], (row, number), (one, guess), source, said)
            row += 1
        for name, written, answer in _codes(one):
            doubtful = answer is None or (name, written) in one.usual
            _write_code(pages["codes"], code_row, (number, name, written, answer), said, doubtful=doubtful)
            code_row += 1
        for unit, text in ((unit, text) for unit, texts in one.aliases.items() for text in texts):
            cells = (str(number), ALIASES, text, next(each for each in units if each.startswith(f"{unit}〔")))
            _write_row(pages["codes"], code_row, cells, of_roll, doubtful=True)
            code_row += 1
        for key, text in readings_of(source_of(one), one.ledger):
            _write_reading(pages["readings"], reading_row, (number, one), (key, text, of_roll), said)
            reading_row += 1
        for question in questions(one, said):
            _write_place(pages["readings"], reading_row, (number, one), said)
            pages["readings"].text(reading_row, 4, said.label("mapping.book.open"), **_LOOKS["cell"])
            pages["readings"].text(reading_row, 5, "", **_LOOKS["cell"])
            pages["readings"].text(reading_row, 6, question, **_LOOKS["cell"])
            reading_row += 1
    widths_of = {"columns": _WIDTHS, "codes": (6, 18, 30, 30), "readings": (6, 24, 14, 14, 26, 32, 60)}
    for page, widths in ((pages[name], widths) for name, widths in widths_of.items()):
        page.widths(*widths)
        page.sheet.freeze_panes(1, 0)
        page.locked("format_columns", "format_rows", "sort", "autofilter")
    pages["lists"].sheet.hide()
    pages["kept"].sheet.hide()


def read_back(path: Path, said: Words) -> tuple[list[dict[str, Any]], list[Fault]]:
    """Return the parts of maps a confirmed workbook stands for, and every answer that is none, with its cell."""
    read = sheets_of(path)
    if isinstance(read, Fault):
        return [], [read]
    sheets = _by_part(read, path)
    if isinstance(sheets, Fault):
        return [], [sheets]
    kept = [json.loads(plain_text(row[0])) for row in sheets["kept"].rows]
    faults: list[Fault] = []
    for row in range(2, len(sheets["columns"].rows) + 1):
        _take_column(sheets["columns"], row, kept, faults)
    for row in range(2, len(sheets["codes"].rows) + 1) if "codes" in sheets else ():
        _take_code(sheets["codes"], row, kept, faults)
    if "readings" in sheets:
        _take_readings(sheets["readings"], kept, faults)
    return [part for part in kept if any(part["ledgers"].values())], faults


# ----------------------------------------------------------------------------------------------- writing


def _write_heads(page: Page, names: Sequence[str], said: Words) -> None:
    for place, name in enumerate(names):
        page.text(0, place, said.label(f"mapping.book.head.{name}"), **_LOOKS["head"])


def _write_column(
    page: Page, place: tuple[int, int], of: tuple[Proposal, Guess], choices: str, said: Words
) -> None:
    (row, number), (one, guess) = place, of
    sure = said.label(f"mapping.confidence.{guess.confidence}")
    texts = {
        **_place_texts(number, one, said), "column": letters(guess.header.column),
        "header": guess.header.full, "samples": _samples(one, guess), "field": _choice(one.ledger, guess.field, said),
        "measure": one.unit_of_measure.get(guess.field, ""), "sure": sure,
        "why": said.label(f"mapping.reason.{guess.reason}"),
    }  # fmt: skip
    for column, name in enumerate(_COLUMNS):
        answer = "doubt" if guess.confidence == "low" and guess.field != IGNORED else "answer"
        page.text(row, column, texts[name], **_LOOKS[answer if name in ("field", "measure") else "cell"])
    if not guess.field.startswith("item:"):
        page.sheet.data_validation(row, _COLUMNS.index("field"), row, _COLUMNS.index("field"),
                                   {"validate": "list", "source": choices})  # fmt: skip
    page.sheet.data_validation(row, _COLUMNS.index("measure"), row, _COLUMNS.index("measure"),
                               {"validate": "list", "source": list(MONEY)[:4]})  # fmt: skip


def _place_texts(number: int, one: Proposal, said: Words) -> dict[str, str]:
    files, sheets = (
        said.label("punctuation.list").join(names) for names in (one.place.files, one.place.sheets)
    )
    ledger = said.label(f"ledger.{one.ledger.name}")
    return {"source": str(number), "file": files, "sheet": sheets, "ledger": ledger}


def _write_place(page: Page, row: int, of: tuple[int, Proposal], said: Words) -> None:
    for column, text in enumerate(_place_texts(*of, said).values()):
        page.text(row, column, text, **_LOOKS["cell"])


def _write_reading(
    page: Page, row: int, of: tuple[int, Proposal], reading: tuple[str, str, str], said: Words
) -> None:
    """Write how one source is read in one respect, with what it may be instead."""
    key, text, of_roll = reading
    _write_place(page, row, of, said)
    labels = {one: _coded(said, f"mapping.book.{key}.{one}", one) for one in CHOICES.get(key, ())}
    unsaid = key in ("unit", "unit_from") and set(UNIT_FIELDS) & set(of[1].missing)
    page.text(row, 4, _coded(said, f"mapping.book.key.{key}", key), **_LOOKS["cell"])
    page.text(row, 5, labels.get(text, text), **_LOOKS["doubt" if unsaid else "answer"], text_wrap=True)
    page.text(row, 6, said.label(f"mapping.book.about.{key}"), **_LOOKS["cell"])
    source: str | list[str] = of_roll if key == "unit" else list(labels.values())
    if source:
        page.sheet.data_validation(
            row, 5, row, 5, {"validate": "list", "source": source, "ignore_blank": True}
        )


def _coded(said: Words, key: str, code: str) -> str:
    return f"{said.label(key) if key in said else code}〔{code}〕"


def _listed(column: int, number: int, said: Words) -> str:
    """Return the entries of a drop-down: so many rows of a column of the hidden lists."""
    letter = column_name(column)
    return f"='{said.label('mapping.book.lists')}'!${letter}$1:${letter}${number}"


def _write_code(
    page: Page, row: int, code: tuple[int, str, str, str | None], said: Words, *, doubtful: bool
) -> None:
    number, name, written, answer = code
    choices = {one: f"{said.label(f'choice.{name}.{one}')}〔{one}〕" for one in _answers(name)}
    cells = (str(number), name, written, choices.get(answer or "", ""))
    _write_row(page, row, cells, list(choices.values()), doubtful=doubtful)


def _write_row(
    page: Page, row: int, cells: Sequence[str], choices: str | list[str], *, doubtful: bool
) -> None:
    """Write a row of which the last cell is to be confirmed."""
    *told, answer = cells
    for place, text in enumerate(told):
        page.text(row, place, text, **_LOOKS["cell"])
    page.text(row, len(told), answer, **_LOOKS["doubt" if doubtful else "answer"])
    page.sheet.data_validation(row, len(told), row, len(told), {"validate": "list", "source": choices})


def _samples(one: Proposal, guess: Guess) -> str:
    """Return some of what stands in a column: nothing where it is about persons, their numbers masked elsewhere."""
    if guess.field == PERSONS:
        return ""
    cells = (one.sheet.value(row, guess.header.column) for row in one.body.rows)
    texts = dict.fromkeys(plain_text(cell) for cell in cells if not is_not_reported(cell))
    shown = [mask(text).text for text in list(texts)[:_SAMPLES]]
    return " ｜ ".join(text if len(text) <= _LONGEST else text[:_LONGEST] + "…" for text in shown)


def _field_choices(ledger: Ledger, said: Words) -> list[str]:
    return [_choice(ledger, name, said) for name in (*known_fields(ledger), IGNORED, PERSONS)]


def _choice(ledger: Ledger, name: str, said: Words) -> str:
    own = name in known_fields(ledger)
    label = said.label(
        f"{field_key(ledger, name)}.header" if own else f"mapping.book.choice.{name.partition(':')[0]}"
    )
    return f"{label}〔{name}〕"


def _codes(one: Proposal) -> Iterator[tuple[str, str, str | None]]:
    for name, answers in one.codes.items():
        for written, answer in answers.items():
            yield name, written, answer


def _answers(code_list: str) -> tuple[str, ...]:
    """Return what a code list may lead to."""
    return next(
        one.choices
        for ledger in LEDGERS.values()
        for one in ledger.fields.values()
        if one.code_list == code_list
    )


def _kept(one: Proposal) -> dict[str, Any]:
    """Return what becomes a part of the maps, without the answers of a person."""
    columns = {letters(guess.header.column): called(one, guess) for guess in one.guesses}
    return {"ledgers": {one.ledger.name: source_of(one)}, "codes": {}, "aliases": {}, "columns": columns}


# ------------------------------------------------------------------------------------------- reading back


def _by_part(read: Sequence[Sheet], path: Path) -> dict[str, Sheet] | Fault:
    """Return the sheets by what they are, in whatever language the workbook was written."""
    named = {sheet.name: sheet for sheet in read}
    for language in LANGUAGES:
        labels = {name: words(language).label(f"mapping.book.{name}") for name in _SHEETS}
        found = {name: named[label] for name, label in labels.items() if label in named}
        if {"columns", "kept"} <= found.keys():
            return found
    return Fault("confirmation_unreadable", file=path.name, found=path.name)


def _cell(sheet: Sheet, row: int, names: Sequence[str], name: str) -> str:
    return plain_text(sheet.value(row, names.index(name) + 1)).strip()


def _take_column(sheet: Sheet, row: int, kept: list[dict[str, Any]], faults: list[Fault]) -> None:
    """Put the answer for one column into its source."""
    number, letter = (_cell(sheet, row, _COLUMNS, name) for name in ("source", "column"))
    answer, measure = (_cell(sheet, row, _COLUMNS, name) for name in ("field", "measure"))
    if not number:
        return
    part = _part(number, kept)
    if part is None or letter not in part["columns"]:
        faults.append(Fault("confirmation_unreadable", sheet.file, sheet.name, address(row, 1), found=number))
        return
    ((name, source),) = part["ledgers"].items()
    ledger, header = LEDGERS[name], part["columns"][letter]
    found = _CODE.fullmatch(answer)
    field = found[1] if found else answer
    place = address(row, _COLUMNS.index("field") + 1)
    if field in (PERSONS, IGNORED):
        source.setdefault(field, []).append(header)
    elif field in known_fields(ledger):
        if field in source["fields"] and header not in source["fields"][field]:
            faults.append(Fault("confirmation_field_twice", sheet.file, sheet.name, place, found=answer))
        source["fields"][field] = [header]
        if measure and field in ledger.fields and ledger.fields[field].kind == "money":
            source.setdefault("unit_of_measure", {})[field] = measure
    elif not field.startswith("item:"):
        faults.append(Fault("confirmation_choice_unknown", sheet.file, sheet.name, place, found=answer))


def _take_code(sheet: Sheet, row: int, kept: list[dict[str, Any]], faults: list[Fault]) -> None:
    """Put the meaning of one entry of a code list into its part; one without an answer is left to its check."""
    number, name, written, answer = (_cell(sheet, row, _CODES, one) for one in _CODES)
    if not number or not answer:
        return
    part = _part(number, kept)
    if part is None:
        faults.append(Fault("confirmation_unreadable", sheet.file, sheet.name, address(row, 1), found=number))
        return
    found = _CODE.fullmatch(answer)
    code = found[1] if found else answer
    if name == ALIASES:
        part["aliases"].setdefault(answer.partition("〔")[0].strip(), []).append(written)
    elif code in _answers(name):
        part["codes"].setdefault(name, {})[written] = code
    else:
        faults.append(
            Fault(
                "confirmation_choice_unknown", sheet.file, sheet.name, address(row, len(_CODES)), found=answer
            )
        )


def _take_readings(sheet: Sheet, kept: list[dict[str, Any]], faults: list[Fault]) -> None:
    """Put how the sources are read into them; one whose unit is stated is not to read it from a name as well."""
    units: dict[str, str] = {}
    for row in range(2, len(sheet.rows) + 1):
        number, named, text = (_cell(sheet, row, _READINGS, name) for name in ("source", "key", "value"))
        coded, part = _CODE.fullmatch(named), _part(number, kept)
        if not number or coded is None:
            continue
        if part is None:
            faults.append(
                Fault("confirmation_unreadable", sheet.file, sheet.name, address(row, 1), found=number)
            )
            continue
        key, ((_name, source),) = coded[1], part["ledgers"].items()
        place, chosen = address(row, _READINGS.index("value") + 1), _CODE.fullmatch(text)
        if key == "unit" and text:
            # people know their units by name
            text, units[number] = text.partition("〔")[0].strip(), place
        elif key in CHOICES and chosen:
            text = chosen[1]
        try:
            state(source, key, text)
        except NoReadingError:
            faults.append(Fault("confirmation_choice_unknown", sheet.file, sheet.name, place, found=text))
    for count, each in enumerate(kept, 1):
        for source in each["ledgers"].values():
            in_short(source)
            if source.get("unit_from") and str(count) in units:
                place = units[str(count)]
                faults.append(
                    Fault("confirmation_unit_twice", sheet.file, sheet.name, place, found=source["unit"])
                )


def _part(number: str, kept: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the part of the maps a row belongs to; None if the workbook has no such part."""
    return kept[int(number) - 1] if number.isdecimal() and 0 < int(number) <= len(kept) else None
