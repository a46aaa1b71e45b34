"""A map proposed for an unknown sheet: header found, ledger and fields guessed, each guess with its reason.

What is proposed is for a person to read and accept. Nothing here is used by a run.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from analysis.intake.files import Sheet, Shelf
from analysis.intake.filled_templates import code_lists, field_key
from analysis.intake.header_columns import headers_of, measures_of, narrow_header
from analysis.intake.ledger_tables import Header
from analysis.intake.ledgers import LEDGERS, UNIT_FIELDS, YEAR, Field, Ledger
from analysis.intake.maps import Maps
from analysis.intake.maps_file import known_fields, load_maps
from analysis.intake.person_columns import is_about_persons, person_numbers
from analysis.intake.row_kinds import is_total_word
from analysis.quantities import (
    MONEY,
    Cell,
    QuantityError,
    is_not_reported,
    parse_date,
    parse_number,
    plain_text,
)
from analysis.rounds.faults import Fault
from analysis.rounds.units import UnitRoll, normal_name
from analysis.words import LANGUAGES, OFFICE, Words, words

Confidence = Literal["high", "medium", "low"]
#: the header stands among the first rows
_FIRST_ROWS: Final = 20
_SAMPLE: Final = 200
_LONGEST_HEADER: Final = 30
#: share of the cells of a column that must be of a kind
_MOST: Final = 0.8
_SEVERAL: Final = re.compile(r"[、,;，；]\s*")
_ITEM: Final = r"^(\d+\.\d+)"
_FULL: Final = r"（([\d.]+)分）"
_PERIOD: Final = r"((?:19|20)\d{2}年?)"
_LEAST_ITEMS: Final = 2
#: words of a name that tell score sheets apart, which have the same columns
_NAMED: Final = {
    "self_marks": ("自查", "自评", "self"),
    "field_marks": ("核查", "实地", "field"),
    "department_marks": ("成员单位", "部门", "department"),
    "summary": ("汇总", "统计", "summary"),
}
_POINTS: Final[dict[Confidence, int]] = {"high": 4, "medium": 2, "low": 1}


@dataclass(frozen=True)
class Guess:
    """What one column is taken for.

    Attributes:
        header: its header.
        field: the field; `persons` or `ignored`.
        reason: key of the sentence that says why (`mapping.reason.<reason>`).
        confidence: how sure.
    """

    header: Header
    field: str
    reason: str
    confidence: Confidence


@dataclass(frozen=True)
class Proposal:
    """A map for one sheet.

    Attributes:
        sheet: the sheet.
        ledger: the ledger it is taken for.
        runner_up: the ledger that fits next best; empty if none does.
        header_rows: rows of the header.
        footer: text with which the row of totals begins; empty if there is none.
        guesses: one per column with a header, in their order.
        wide: pattern of the item headers of a wide sheet, and of the full marks.
        unit_of_measure: what the amounts are taken to be told in where neither header nor preamble says it.
        codes: code list → as written → what it means; None for what is not known.
    """

    sheet: Sheet
    ledger: Ledger
    runner_up: str
    header_rows: tuple[int, ...]
    footer: str = ""
    guesses: tuple[Guess, ...] = ()
    wide: tuple[str, str] = ("", "")
    unit_of_measure: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)

    def of(self, name: str) -> list[Guess]:
        """Return the columns taken for a field, for persons, or for nothing."""
        return [guess for guess in self.guesses if guess.field == name]

    @property
    def missing(self) -> list[str]:
        """The required fields no column was found for."""
        given = {guess.field for guess in self.guesses}
        elsewhere = {self.ledger.wide_key, "mark"} if self.wide[0] else set()
        wanted = [name for name, one in self.ledger.fields.items() if one.required and name not in elsewhere]
        if self.ledger.has_unit and given.isdisjoint(UNIT_FIELDS):
            wanted.append(UNIT_FIELDS[0])
        return [name for name in wanted if name not in given]


def propose(
    sheet: Sheet, *, roll: UnitRoll | None = None, maps: Maps | None = None, ledger: str = ""
) -> Proposal | None:
    """Return a map for a sheet; None if no row of it looks like a header.

    Args:
        sheet: the sheet.
        roll: the units of the round, whose names tell the column of the unit.
        maps: of the round; the headers it names count as known.
        ledger: what the sheet is, if that is known.
    """
    names = _names(maps)
    rows = _header_rows(sheet, {name for known in names.values() for of in known.values() for name in of})
    if not rows:
        return None
    headers = headers_of(sheet, rows)
    tried = [LEDGERS[ledger]] if ledger else list(LEDGERS.values())
    fits = sorted(
        (_Fit(sheet, headers, rows, each, names=names[each.name], roll=roll) for each in tried),
        key=_Fit.order,
    )
    best = fits[0]
    return Proposal(
        sheet=sheet,
        ledger=best.ledger,
        runner_up=fits[1].ledger.name if len(fits) > 1 and fits[1].points > 0 else "",
        header_rows=rows,
        footer=_footer(sheet, rows[-1]),
        guesses=tuple(best.guesses),
        wide=best.wide,
        unit_of_measure=best.measures(),
        codes=best.codes(maps),
    )


def sheets_of(path: Path) -> list[Sheet] | Fault:
    """Return the sheets of a file that hold anything, or the fault that keeps it from being read."""
    book = Shelf(path.parent).book(path.name)
    return book if isinstance(book, Fault) else [sheet for sheet in book.sheets.values() if sheet.rows]


def known_maps(folder: Path) -> Maps | None:
    """Return the maps of a round as far as they are sound, for the names they know."""
    maps, _faults = load_maps(folder)
    return maps


# -------------------------------------------------------------------------------------------------- names


def _names(maps: Maps | None) -> dict[str, dict[str, set[str]]]:
    """Return the names each field of each ledger is known by, narrowed: of the templates, of the maps."""
    found: dict[str, dict[str, set[str]]] = {}
    for name, ledger in LEDGERS.items():
        sources = maps.ledgers.get(name, []) if maps else []
        for one in known_fields(ledger):
            key = field_key(ledger, one)
            said = [words(language) for language in LANGUAGES]
            written = [each.label(f"{key}.header") for each in said]
            written += [other for each in said for other in _SEVERAL.split(each.label(f"{key}.also"))]
            written += [other for mapped in sources for other in mapped.fields.get(one, [])]
            found.setdefault(name, {})[one] = {_key(other) for other in written} - {""}
    return found


def _key(text: str) -> str:
    return normal_name(narrow_header(text)).lower()


# -------------------------------------------------------------------------------------------------- header


def _header_rows(sheet: Sheet, known: set[str]) -> tuple[int, ...]:
    """Return the rows of the header: the row with most known and different names, and one that groups them."""
    scores = {row: _score(sheet, row, known) for row in range(1, min(len(sheet.rows), _FIRST_ROWS) + 1)}
    best = max(scores, key=lambda row: (scores[row], -row), default=0)
    if not best or scores[best] <= 0:
        return ()
    rows = {best}
    for merged in sheet.merged:
        wide = merged.last_column > merged.first_column
        if wide and merged.first_row == merged.last_row == best - 1 and _count(sheet, best - 1) > 1:
            rows.add(best - 1)
        if merged.first_row <= best <= merged.last_row:
            rows |= set(range(merged.first_row, merged.last_row + 1))
        if wide and merged.first_row == merged.last_row == best and _texts(sheet, best + 1):
            rows.add(best + 1)
    return tuple(sorted(rows))


def _score(sheet: Sheet, row: int, known: set[str]) -> float:
    """Return how much a row looks like a header: known names, different texts, and no numbers."""
    texts, cells = _texts(sheet, row), _count(sheet, row)
    if len(set(texts)) < _LEAST_ITEMS or len(texts) < cells:
        return 0.0
    named = sum(_key(text) in known for text in texts)
    below = sum(not isinstance(cell, str) for cell in _cells(sheet, row + 1))
    return 3.0 * named + len(set(texts)) + 0.5 * below - 2.0 * (len(texts) - len(set(texts)))


def _cells(sheet: Sheet, row: int) -> list[Cell]:
    return [cell for cell in sheet.rows[row - 1] if cell is not None] if row <= len(sheet.rows) else []


def _count(sheet: Sheet, row: int) -> int:
    return len(_cells(sheet, row))


def _texts(sheet: Sheet, row: int) -> list[str]:
    """Return the short texts of a row that are no number and no date."""
    cells = [cell for cell in _cells(sheet, row) if isinstance(cell, str) and len(cell) <= _LONGEST_HEADER]
    return [cell for cell in cells if not _reads(parse_number, cell) and not _reads(parse_date, cell)]


def _footer(sheet: Sheet, header_row: int) -> str:
    """Return the text of the last row that begins with a word for a total; empty if none does."""
    for row in range(len(sheet.rows), header_row, -1):
        cells = _cells(sheet, row)
        text = "".join(cells[0].split()) if cells and isinstance(cells[0], str) else ""
        if text and is_total_word(text):
            return text
    return ""


# -------------------------------------------------------------------------------------------------- fields


class _Fit:
    """A sheet taken for one ledger: what its columns would be."""

    def __init__(
        self, sheet: Sheet, headers: Sequence[Header], rows: tuple[int, ...], ledger: Ledger,
        *, names: Mapping[str, set[str]], roll: UnitRoll | None,
    ) -> None:  # fmt: skip
        self.sheet, self.ledger, self.names, self.roll = sheet, ledger, names, roll
        self.header_row = rows[-1]
        self.columns = {header.column: _sample(sheet, rows[-1], header.column) for header in headers}
        self.wide = ("", "")
        self.guesses: list[Guess] = []
        self.points = 0.0
        self._guess(headers)

    def order(self) -> tuple[float, int]:
        """Return the best first."""
        return -self.points, list(LEDGERS).index(self.ledger.name)

    def _guess(self, headers: Sequence[Header]) -> None:
        persons = [header for header in headers if self._is_about_persons(header)]
        free = [header for header in headers if header not in persons]
        found = {header.column: Guess(header, "persons", "persons", "high") for header in persons}
        for exact in (True, False):
            for header in free:
                taken = {guess.field for guess in found.values()}
                if header.column not in found and (name := self._named(header, taken, exact=exact)):
                    reason, sure = ("name", "high") if exact else ("like", "medium")
                    found[header.column] = Guess(header, name, reason, sure)  # type: ignore[arg-type]
        found |= self._wide([header for header in free if header.column not in found])
        found |= self._by_content([header for header in free if header.column not in found], found)
        self.guesses = [
            found.get(header.column) or Guess(header, "ignored", self._why_ignored(header), "low")
            for header in headers
        ]
        self._rate()

    def _rate(self) -> None:
        named = [guess for guess in self.guesses if guess.field in known_fields(self.ledger)]
        required = {name for name, one in self.ledger.fields.items() if one.required}
        if self.wide[0]:
            required -= {self.ledger.wide_key, "mark"}
            self.points += 6
        given = {guess.field for guess in named}
        own = [guess for guess in named if guess.field not in (*UNIT_FIELDS, YEAR)]
        self.points += sum(_POINTS[guess.confidence] for guess in own)
        self.points += 3 * len(required & given) - 6 * len(required - given)
        self.points -= 1.5 * sum(guess.field == "ignored" for guess in self.guesses)
        place = f"{self.sheet.file} {self.sheet.name}"
        label = words(OFFICE).label(f"ledger.{self.ledger.name}")
        said = (*_NAMED.get(self.ledger.name, ()), label, label.removesuffix("台账"))
        self.points += 6 * any(word in place for word in said)

    def _named(self, header: Header, taken: set[str], *, exact: bool) -> str:
        keys = {_key(header.last), _key(header.full)}
        for name, known in self.names.items():
            if name in taken:
                continue
            if exact and keys & known:
                return name
            last = _key(header.last)
            near = any(len(each) > 1 and len(last) > 1 and (each in last or last in each) for each in known)
            if not exact and near and self._suits(name, header):
                return name
        return ""

    def _suits(self, name: str, header: Header) -> bool:
        """Return whether what stands under a header can be what the field holds."""
        one = self.ledger.fields.get(name)
        kinds = {"day": parse_date, "count": parse_number, "money": parse_number, "mark": parse_number}
        cells = self.columns[header.column]
        if one is None or one.kind not in kinds:
            return True
        read = kinds[one.kind]
        return bool(cells) and _share(_reads(read, cell) for cell in cells) >= _MOST / 2

    def _wide(self, headers: Sequence[Header]) -> dict[int, Guess]:
        """Find the item columns of a wide sheet."""
        if not self.ledger.wide_key or "mark" in {guess.field for guess in self.guesses}:
            return {}
        pattern = _PERIOD if self.ledger.measures else _ITEM
        if self.ledger.wide_key == "department":
            return {}
        items = [header for header in headers if any(re.search(pattern, level) for level in header.levels)]
        if len(items) < _LEAST_ITEMS:
            return {}
        full = (
            _FULL
            if any(re.search(_FULL, header.full) for header in items) and not self.ledger.measures
            else ""
        )
        self.wide = pattern, full
        return {
            header.column: Guess(header, f"item:{self.ledger.wide_key}", "item", "high") for header in items
        }

    def _by_content(self, headers: Sequence[Header], found: Mapping[int, Guess]) -> dict[int, Guess]:
        """Find the unit and the required fields by what stands in the columns."""
        taken = {guess.field for guess in found.values()}
        guessed: dict[int, Guess] = {}
        for header in headers:
            cells = self.columns[header.column]
            name, reason = "", ""
            if self._are_units(cells) and self.ledger.has_unit and taken.isdisjoint(UNIT_FIELDS):
                name, reason = "unit_name", "units"
            elif cells:
                name, reason = self._required(cells, taken)
            if name:
                taken.add(name)
                guessed[header.column] = Guess(header, name, reason, "medium" if reason == "units" else "low")
        return guessed

    def _are_units(self, cells: Sequence[Cell]) -> bool:
        roll = self.roll
        known = (
            [roll.by_name(plain_text(cell)) or roll.by_code(plain_text(cell)) for cell in cells]
            if roll
            else []
        )
        return bool(known) and _share(unit is not None for unit in known) >= _MOST

    def _required(self, cells: Sequence[Cell], taken: set[str]) -> tuple[str, str]:
        for name, one in self.ledger.fields.items():
            if not one.required or name in taken:
                continue
            if one.kind == "day" and _share(_reads(parse_date, cell) for cell in cells) >= _MOST:
                return name, "days"
            if name == "no" and len(set(map(plain_text, cells))) == len(cells) > 1:
                return name, "unique"
        return "", ""

    def _is_about_persons(self, header: Header) -> bool:
        texts = (cell for cell in self.columns[header.column] if isinstance(cell, str))
        return is_about_persons(*header.levels) or any(person_numbers(text) for text in texts)

    def _why_ignored(self, header: Header) -> str:
        return "nobody" if self.columns[header.column] else "empty"

    # ---------------------------------------------------------------------------------------------- more

    def measures(self) -> dict[str, str]:
        """Return a unit of measure for each amount of which neither the header nor a line above says one."""
        above = (cell for row in self.sheet.rows[: self.header_row - 1] for cell in row)
        said = any(measure in MONEY for cell in above for measure in measures_of(cell))
        found = {}
        for guess in self.guesses:
            one = self.ledger.fields.get(guess.field)
            if (
                one is None
                or one.kind != "money"
                or said
                or narrow_header(guess.header.last) != guess.header.last
            ):
                continue
            found[guess.field] = "元"
        return found

    def codes(self, maps: Maps | None) -> dict[str, dict[str, str | None]]:
        """Return what is written in the columns of code lists; None where its meaning is not known."""
        own = code_lists()
        lists: dict[str, dict[str, str | None]] = {}
        for guess in self.guesses:
            one: Field | None = self.ledger.fields.get(guess.field)
            if one is None or not one.code_list:
                continue
            known = {**own[one.code_list], **(maps.codes.get(one.code_list, {}) if maps else {})}
            column = guess.header.column
            cells = (
                self.sheet.value(row, column) for row in range(self.header_row + 1, len(self.sheet.rows) + 1)
            )
            for text in dict.fromkeys(plain_text(cell) for cell in cells if cell is not None):
                # 不详 may be an entry of the list, and only else means that nothing is reported
                if text in known or not is_not_reported(text):
                    lists.setdefault(one.code_list, {})[text] = known.get(text)
        return lists


def _sample(sheet: Sheet, header_row: int, column: int) -> list[Cell]:
    """Return the first cells of a column that say something."""
    cells = (sheet.value(row, column) for row in range(header_row + 1, len(sheet.rows) + 1))
    return [
        cell
        for _number, cell in zip(range(_SAMPLE), (c for c in cells if not is_not_reported(c)), strict=False)
    ]


def _share(held: Iterable[bool]) -> float:
    found = list(held)
    return sum(found) / len(found) if found else 0.0


def _reads(read: object, cell: Cell) -> bool:
    if isinstance(cell, dt.date):
        return read is parse_date
    try:
        read(cell)  # type: ignore[operator]
    except QuantityError:
        return False
    return True


# -------------------------------------------------------------------------------------------------- as YAML


def written(proposal: Proposal, said: Words) -> str:
    """Return a proposal as a part of `maps.yaml`, each guess with its reason as a comment."""
    return "\n".join(_lines(proposal, said)) + "\n"


def _lines(p: Proposal, said: Words) -> Iterator[str]:
    yield f"# {said.label('mapping.head')}"
    second = said("mapping.runner_up", ledger=p.runner_up).plain if p.runner_up else ""
    yield f"# {said('mapping.ledger', ledger=p.ledger.name, name=said.label(f'ledger.{p.ledger.name}')).plain}{second}"
    if p.missing:
        yield f"# {said('mapping.missing', fields=said.label('punctuation.list').join(p.missing)).plain}"
    if p.codes:
        yield "codes:"
        for name, answers in p.codes.items():
            yield f"  {name}:"
            yield from (_answer_line(written, answer, said) for written, answer in answers.items())
    yield "ledgers:"
    yield f"  {p.ledger.name}:"
    yield f"    file: {_quoted(p.sheet.file)}"
    if p.sheet.name:
        yield f"    sheet: {_quoted(p.sheet.name)}"
    yield f"    header_rows: [{', '.join(map(str, p.header_rows))}]   # {said.label('mapping.header_rows')}"
    if p.footer:
        yield f"    footer: {_quoted(p.footer)}   # {said.label('mapping.footer')}"
    if p.unit_of_measure:
        yield "    unit_of_measure:"
        for name, measure in p.unit_of_measure.items():
            yield f"      {name}: {measure}   # {said.label('mapping.unit_of_measure')}"
    yield from _field_lines(p, said)


def _field_lines(p: Proposal, said: Words) -> Iterator[str]:
    named = [guess for guess in p.guesses if guess.field in known_fields(p.ledger)]
    yield "    fields:" if named else "    fields: {}"
    twice = Counter(normal_name(guess.header.last) for guess in p.guesses)
    for guess in named:
        one = p.ledger.measures and p.wide[0] and guess.field in p.ledger.measures
        header = guess.header.last if twice[normal_name(guess.header.last)] == 1 or one else guess.header.full
        yield f"      {guess.field}: [{_quoted(header)}]   # {_reason(guess, said)}"
    if p.wide[0]:
        yield f"    wide:   # {said.label('mapping.reason.item')}"
        yield f"      item: '{p.wide[0]}'"
        if p.wide[1]:
            yield f"      full: '{p.wide[1]}'"
    for name in ("persons", "ignored"):
        if found := p.of(name):
            yield f"    {name}:"
            yield from (f"      - {_quoted(guess.header.last)}   # {_reason(guess, said)}" for guess in found)


def _answer_line(written: str, answer: str | None, said: Words) -> str:
    if answer is None:
        return f"    # {_quoted(written)}: ?   # {said.label('mapping.unknown_code')}"
    return f'    {_quoted(written)}: "{answer}"'


def _reason(guess: Guess, said: Words) -> str:
    sure = said.label(f"mapping.confidence.{guess.confidence}")
    return said("mapping.guess", confidence=sure, reason=said.label(f"mapping.reason.{guess.reason}")).plain


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
