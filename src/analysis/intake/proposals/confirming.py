"""A workbook in which a person confirms what was proposed, by drop-down, and what it says when it comes back.

Of each column it shows some of what stands in it, numbers of persons masked; of a column taken for persons nothing.
What the program needs to make maps of the answers stands on a hidden sheet.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from analysis.intake.files import Sheet, address, letters
from analysis.intake.filled_templates import field_key
from analysis.intake.ledgers import LEDGERS, Ledger
from analysis.intake.maps_file import known_fields
from analysis.intake.person_columns import mask
from analysis.intake.proposals.proposal import IGNORED, PERSONS, Guess, Proposal
from analysis.intake.proposals.proposal_text import called, source_of
from analysis.intake.proposals.proposing import sheets_of
from analysis.quantities import MONEY, is_not_reported, plain_text
from analysis.render import palette
from analysis.render.spreadsheet import Book, Page, column_name
from analysis.rounds.faults import Fault
from analysis.words import LANGUAGES, Words, words

#: the same proposals give the same bytes
_DAY: Final = dt.date(2020, 1, 1)
_SHEETS: Final = ("columns", "codes", "lists", "kept")
_COLUMNS: Final = (
    "source", "file", "sheet", "ledger", "column", "header", "samples", "field", "measure", "sure", "why",
)  # fmt: skip
_CODES: Final = ("source", "list", "written", "answer")
_WIDTHS: Final = (6, 24, 14, 14, 6, 24, 32, 30, 9, 10, 36)
_SAMPLES: Final = 3
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


def workbook(proposals: Sequence[Proposal], said: Words) -> bytes:
    """Return the workbook in which a person confirms some proposals."""
    book = Book(_DAY, valign="vcenter")
    pages = {name: book.page(said.label(f"mapping.book.{name}")) for name in _SHEETS}
    _write_heads(pages["columns"], _COLUMNS, said)
    _write_heads(pages["codes"], _CODES, said)
    ledgers = list(dict.fromkeys(one.ledger.name for one in proposals))
    for place, name in enumerate(ledgers):
        for row, text in enumerate(_field_choices(LEDGERS[name], said)):
            pages["lists"].text(row, place, text)
    row = code_row = 1
    for number, one in enumerate(proposals, 1):
        pages["kept"].text(number - 1, 0, json.dumps(_kept(one), ensure_ascii=False))
        choices = len(_field_choices(one.ledger, said))
        letter = column_name(ledgers.index(one.ledger.name))
        source = f"='{said.label('mapping.book.lists')}'!${letter}$1:${letter}${choices}"
        for guess in one.guesses:
            _write_column(pages["columns"], (row, number), (one, guess), source, said)
            row += 1
        for name, written, answer in _codes(one):
            _write_code(pages["codes"], code_row, number, (name, written, answer), said)
            code_row += 1
    for page, widths in ((pages["columns"], _WIDTHS), (pages["codes"], (6, 18, 30, 30))):
        page.widths(*widths)
        page.sheet.freeze_panes(1, 0)
        page.locked("format_columns", "format_rows", "sort", "autofilter")
    pages["lists"].sheet.hide()
    pages["kept"].sheet.hide()
    return book.content()


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
    files, sheets = (
        said.label("punctuation.list").join(names) for names in (one.place.files, one.place.sheets)
    )
    texts = {
        "source": str(number), "file": files, "sheet": sheets,
        "ledger": said.label(f"ledger.{one.ledger.name}"), "column": letters(guess.header.column),
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


def _write_code(page: Page, row: int, number: int, code: tuple[str, str, str | None], said: Words) -> None:
    name, written, answer = code
    choices = {one: f"{said.label(f'choice.{name}.{one}')}〔{one}〕" for one in _answers(name)}
    texts = (str(number), name, written, choices.get(answer or "", ""))
    looks = ("cell", "cell", "cell", "answer" if answer else "doubt")
    for place, (text, look) in enumerate(zip(texts, looks, strict=True)):
        page.text(row, place, text, **_LOOKS[look])
    page.sheet.data_validation(row, 3, row, 3, {"validate": "list", "source": list(choices.values())})


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
    return {"ledgers": {one.ledger.name: source_of(one)}, "codes": {}, "columns": columns}


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
    if code in _answers(name):
        part["codes"].setdefault(name, {})[written] = code
    else:
        faults.append(
            Fault(
                "confirmation_choice_unknown", sheet.file, sheet.name, address(row, len(_CODES)), found=answer
            )
        )


def _part(number: str, kept: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the part of the maps a row belongs to; None if the workbook has no such part."""
    return kept[int(number) - 1] if number.isdecimal() and 0 < int(number) <= len(kept) else None
