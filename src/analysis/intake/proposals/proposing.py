"""A map proposed for an unknown sheet: header found, ledger and fields guessed, each guess with its reason.

Headers propose and the cells decide: a column whose cells cannot be what its header promises, an amount paid above the
amount owed, a day of closing before that of receipt are never called sure.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Final

from analysis.intake.declared.ledgers import LEDGERS, UNDATED_FIELDS, UNIT_FIELDS, YEAR, YES_NO, Field, Ledger
from analysis.intake.declared.maps import Maps
from analysis.intake.declared.maps_file import known_fields
from analysis.intake.files import Sheet, Shelf
from analysis.intake.persons.person_columns import is_about_persons
from analysis.intake.persons.person_numbers import person_numbers
from analysis.intake.proposals.block_search import blocks_of
from analysis.intake.proposals.column_contents import MOST, Contents, compared
from analysis.intake.proposals.header_search import Body, body_of, header_rows
from analysis.intake.proposals.known_names import (
    Names,
    Nearness,
    is_general,
    is_named,
    key_of,
    names_a_code,
    names_of_fields,
    nearest,
    spelled,
)
from analysis.intake.proposals.name_patterns import unit_within
from analysis.intake.proposals.neighbouring_tables import ranges_of
from analysis.intake.proposals.proposal import IGNORED, PERSONS, Confidence, Guess, Place, Proposal, Reading
from analysis.intake.proposals.usual_answers import usual_answer
from analysis.intake.sheet_tables.header_columns import (
    headers_of,
    measures_in_header,
    measures_of,
    narrow_header,
)
from analysis.intake.sheet_tables.ledger_tables import Header
from analysis.intake.template_workbooks.filled_templates import code_lists
from analysis.quantities import MONEY, PEOPLE, is_not_reported, plain_text
from analysis.rounds.faults import Fault
from analysis.rounds.units import UnitRoll

#: so many entries are looked at
_SAMPLE: Final = 500
_ITEM: Final = r"^(\d+\.\d+)"
_DEPARTMENT: Final = r"^(.+(?:局|委|委员会|办|办公室|中心|支队|大队|银行|工会|法院|检察院))$"
_FULL: Final = r"（([\d.]+)分）"
_PERIOD: Final = r"((?:19|20)\d{2}年?)"
_LEAST_ITEMS: Final = 2
#: of the texts of a column so many with a number of a person make it a column about persons
_NUMBERS: Final = 0.2
#: in which amounts are most likely told that do not say it
_USUAL: Final = "元"
_POINTS: Final[dict[Confidence, int]] = {"high": 4, "medium": 2, "low": 1}
_SURE: Final[dict[Nearness, Confidence]] = {"name": "high", "like": "medium", "part": "low"}
#: the field that says whether what was reported is so, and how its answers read
_CONFIRMED: Final = "confirmed"
_FOUND_SO: Final = re.compile(r"属实|查实")
#: what is paid is never more than what is owed
_NEVER_MORE: Final = (("amount_paid", "amount"), ("amount_paid", "amount_owed"), ("workers_paid", "workers"))
#: days in the order in which they come
_IN_ORDER: Final = ("received_on", "resolved_on", "closed_on")
#: a header that speaks of money, where no name of a field does
_MONEY: Final = re.compile(r"工资|薪|金额|款|额|\b(?:wages?|amounts?|pay|sum|money|restitution|claims?)\b")


def propose(
    sheet: Sheet,
    *,
    roll: UnitRoll | None = None,
    maps: Maps | None = None,
    ledger: str = "",
    encoding: str = "",
) -> Proposal | None:
    """Return a map for a sheet; None if no row of it looks like a header.

    Args:
        sheet: the sheet.
        roll: the units of the round, whose names tell the column of the unit.
        maps: of the round; the headers it names count as known.
        ledger: what the sheet is, if that is known.
        encoding: of a text file, where a person named it.
    """
    names = names_of_fields(maps)
    known = {name for fields in names.values() for of in fields.values() for name in of}
    rows = header_rows(sheet, lambda text: key_of(text) in known)
    if not rows:
        return None
    ranges = ranges_of(sheet, rows)
    # the tables beside are called as the first one is
    sheet = sheet.part(ranges[0]) if ranges else sheet
    headers = headers_of(sheet, rows)
    body = body_of(sheet, rows, len(headers))
    tried = [LEDGERS[ledger]] if ledger else list(LEDGERS.values())
    fits = sorted(
        (_Fit(sheet, headers, rows, body, each, names=names, roll=roll) for each in tried), key=_Fit.order
    )
    best = fits[0]
    blocks = None if best.says_unit or ranges else blocks_of(sheet, rows, len(headers), roll)
    if blocks is not None:
        best = _Fit(sheet, headers, rows, blocks.body, best.ledger, names=names, roll=roll)
        body = blocks.body
    return Proposal(
        sheet=sheet,
        ranges=tuple(map(str, ranges)),
        ledger=best.ledger,
        runner_up=fits[1].ledger.name if len(fits) > 1 and fits[1].points > 0 else "",
        header_rows=blocks.header_rows if blocks else rows,
        body=body,
        guesses=tuple(best.guesses),
        wide=best.wide,
        unit_of_measure=best.measures(blocks.titles if blocks else ()),
        codes=best.codes(maps),
        usual=frozenset(best.usual),
        without_day=tuple(best.undated),
        aliases=best.aliases(),
        units_across=sum(roll.by_name(header.last) is not None for header in headers) if roll else 0,
        readings=tuple(best.readings),
        orders=best.orders(),
        encoding=encoding,
        place=Place.of(sheet),
        blocks=blocks,
    )


def sheets_of(path: Path, encoding: str = "") -> list[Sheet] | Fault:
    """Return the sheets of a file that hold anything, or the fault that keeps it from being read.

    Args:
        path: the file.
        encoding: of a text file, where it is known.
    """
    book = Shelf(path.parent, encodings={path.name: encoding} if encoding else None).book(path.name)
    return book if isinstance(book, Fault) else [sheet for sheet in book.sheets.values() if sheet.rows]


class _Fit:
    """A sheet taken for one ledger: what its columns would be."""

    def __init__(
        self, sheet: Sheet, headers: Sequence[Header], rows: tuple[int, ...], body: Body, ledger: Ledger,
        *, names: Names, roll: UnitRoll | None,
    ) -> None:  # fmt: skip
        self.sheet, self.ledger, self.names, self.roll = sheet, ledger, names[ledger.name], roll
        self.header_row, self.body, self.headers = rows[-1], body, headers
        sample = body.rows[:_SAMPLE]
        self.columns = {
            header.column: Contents(tuple(sheet.value(row, header.column) for row in sample))
            for header in headers
        }
        self.spelled = spelled(headers)
        self.wide = ("", "")
        self.readings: list[Reading] = []
        self.usual: set[tuple[str, str]] = set()
        self.undated: list[str] = []
        self.found: dict[int, Guess] = {}
        self.points = 0.0
        self._guess()
        self._rate()

    def order(self) -> tuple[float, int]:
        """Return the best first."""
        return -self.points, list(LEDGERS).index(self.ledger.name)

    @property
    def guesses(self) -> list[Guess]:
        """One per column, in their order."""
        return [self.found[header.column] for header in self.headers]

    @property
    def says_unit(self) -> bool:
        """Whether a column says the unit, or none is needed."""
        return not self.ledger.has_unit or not self._taken().isdisjoint(UNIT_FIELDS)

    def _guess(self) -> None:
        self.found = {
            header.column: Guess(header, PERSONS, "persons", "high")
            for header in self.headers
            if self._is_about_persons(header)
        }
        near = {header.column: self._near(header) for header in self._free()}
        for nearness in ("name", "like", "part"):
            for header in self._free():
                self._name(header, nearness, near)
        self.found |= self._wide(self._free())
        self._take_undated(near)
        self._by_content()
        if (year := self._column(YEAR)) and self._column(self.ledger.by_year):
            # a year is stated instead of days, not beside them
            del self.found[year]
        for header in self._free():
            why = "nobody" if self.columns[header.column].said else "empty"
            self.found[header.column] = Guess(header, IGNORED, why, "low")
        self._doubt()

    def _free(self) -> list[Header]:
        return [header for header in self.headers if header.column not in self.found]

    def _taken(self) -> set[str]:
        return {guess.field for guess in self.found.values()}

    def _column(self, name: str) -> int:
        """Return the column taken for a field; 0 if there is none."""
        return next((column for column, guess in self.found.items() if guess.field == name), 0)

    # ------------------------------------------------------------------------------------------ by name

    def _near(self, header: Header) -> dict[str, Nearness]:
        return nearest(self.spelled[header.column], self.names, self.ledger)

    def _name(self, header: Header, nearness: Nearness, near: Mapping[int, Mapping[str, Nearness]]) -> None:
        """Take a column for the field its header names, if its cells can be that; a name outweighs them."""
        taken, contents = self._taken(), self.columns[header.column]
        meant = [
            name
            for name, one in near[header.column].items()
            if one == nearness and name not in taken and self._is_measured_so(header, name)
        ]
        if nearness == "part" and len(meant) > 1:
            # wages may be owed and paid: a name that says less than two fields says nothing
            return
        for name in meant:
            suits = contents.suit(self.ledger.fields.get(name)) and self._may_be_unit(name, contents)
            if nearness == "name" or (suits and contents.said):
                reason = nearness if suits else "unlike"
                sure = _SURE[nearness] if contents.said else "medium"
                self.found[header.column] = Guess(header, name, reason, sure if suits else "low")
                return

    def _is_measured_so(self, header: Header, name: str) -> bool:
        """Return whether the unit of measure in a header, if it has one, is one of what a field holds."""
        one, said = (
            self.ledger.fields.get(name),
            {each for each in measures_in_header(header) if each in MONEY or each in PEOPLE},
        )
        return one is None or not said or (one.kind == "money") != said.isdisjoint(MONEY)

    def _take_undated(self, near: Mapping[int, Mapping[str, Nearness]]) -> None:
        """Take columns that say only whether something happened for the day on which it did."""
        for name in UNDATED_FIELDS.get(self.ledger.name, ()):
            for header in self._free():
                if name in self._taken() or name not in near[header.column]:
                    continue
                said = {plain_text(cell) for cell in self.columns[header.column].said}
                if said and all(usual_answer(text, YES_NO.choices) for text in said):
                    self.found[header.column] = Guess(header, name, "undated", "low")
                    self.undated.append(name)

    def _may_be_unit(self, name: str, contents: Contents) -> bool:
        if name not in UNIT_FIELDS or self.roll is None or not contents.said or self._are_units(contents):
            return True
        speak = sum(unit_within(plain_text(cell), self.roll) is not None for cell in contents.said)
        return name == UNIT_FIELDS[1] and speak >= MOST * len(contents.said)

    def _wide(self, headers: Sequence[Header]) -> dict[int, Guess]:
        """Find the item columns of a wide sheet."""
        if not self.ledger.wide_key:
            return {}
        by_department = self.ledger.wide_key == "department"
        pattern = _PERIOD if self.ledger.measures else _DEPARTMENT if by_department else _ITEM
        items = [header for header in headers if any(re.search(pattern, level) for level in header.levels)]
        if by_department:
            items = [
                header for header in items if self.columns[header.column].suit(self.ledger.fields["mark"])
            ]
        if len(items) < _LEAST_ITEMS:
            return {}
        full = pattern == _ITEM and any(re.search(_FULL, header.full) for header in items)
        self.wide = pattern, _FULL if full else ""
        field = f"item:{self.ledger.wide_key}"
        return {header.column: Guess(header, field, "item", "high") for header in items}

    # ------------------------------------------------------------------------------------- by the cells

    def _by_content(self) -> None:
        """Find the unit and the required fields by what stands in the columns."""
        if self.ledger.has_unit and self._taken().isdisjoint(UNIT_FIELDS):
            units = [header for header in self._free() if self._are_units(self.columns[header.column])]
            for header in units[:1]:
                self.found[header.column] = Guess(header, UNIT_FIELDS[1], "units", "medium")
        found_so = self.ledger.fields.get(_CONFIRMED)
        if found_so is not None and _CONFIRMED not in self._taken():
            told = [header for header in self._free() if self._says_what_was_found(header)]
            for header in told[:1]:
                self.found[header.column] = Guess(header, _CONFIRMED, "found", "low")
        for name, one in self.ledger.fields.items():
            if not one.required or name in self._taken():
                continue
            free = [(header, self.columns[header.column]) for header in self._free()]
            if one.kind == "day":
                days = [(header, cells) for header, cells in free if cells.are_days]
                # what is required of a case is the day of its beginning: in its row no other day comes before it
                for header, _cells in sorted(days, key=lambda pair: _lateness(pair[1], days))[:1]:
                    self.found[header.column] = Guess(header, name, "days", "low")
            elif name == "no":
                unique = [
                    header
                    for header, cells in free
                    if cells.are_numbering and not cells.are_days and not self._speaks_of_money(header.column)
                ]
                for header in unique[:1]:
                    self.found[header.column] = Guess(header, name, "unique", "low")

    def _says_what_was_found(self, header: Header) -> bool:
        """Return whether the answers of a column are 属实 and 不属实, whatever it is called."""
        cells = self.columns[header.column]
        said = [_FOUND_SO.search(plain_text(cell)) is not None for cell in cells.said]
        return cells.are_answers and sum(said) >= MOST * len(said)

    def _are_units(self, contents: Contents) -> bool:
        roll = self.roll
        if roll is None or not contents.said:
            return False
        texts = [plain_text(cell) for cell in contents.said]
        return sum((roll.by_name(text) or roll.by_code(text)) is not None for text in texts) >= MOST * len(
            texts
        )

    def _is_about_persons(self, header: Header) -> bool:
        if is_about_persons(*header.levels):
            return True
        texts = [cell for cell in self.columns[header.column].said if isinstance(cell, str)]
        with_numbers = sum(bool(person_numbers(text)) for text in texts)
        return 0 < with_numbers >= _NUMBERS * len(texts)

    # ------------------------------------------------------------------------- what the cells contradict

    def _doubt(self) -> None:
        """Call nothing sure that the cells of two columns contradict, and turn round what they show to be reversed."""
        for less, more in _NEVER_MORE:
            if column := self._column(more):
                self._compare(less, more, column)
        days = [column for name in _IN_ORDER if (column := self._column(name))]
        for before, after in pairwise(days):
            later, earlier = compared(self.columns[before].days, self.columns[after].days)
            if later > earlier:
                self._weaken(before, after, reason="order")

    def _compare(self, less: str, more: str, column: int) -> None:
        paid = self._column(less)
        others = [paid] if paid else self._rivals(column, more)
        for other in others:
            above, below = compared(self.columns[other].numbers, self.columns[column].numbers)
            if above <= below:
                continue
            clear = (
                not is_general(self.spelled[each]) and self.found[each].reason == "name"
                for each in (column, other)
            )
            if paid and all(clear):
                # two clear names against the numbers: a person has to look
                self._weaken(column, other, reason="against")
            else:
                owed, swapped = self.found[column].header, self.found[other].header
                self.found[column] = Guess(owed, less, "smaller", "low")
                self.found[other] = Guess(swapped, more, "greater", "low")
            self.readings += [Reading(self._read(less, more)), Reading(self._read(less, more, turned=True))]
            return

    def _rivals(self, column: int, more: str) -> list[int]:
        """Return the columns nobody took that speak of money, where the one that was taken has a general name."""
        if self.ledger.fields[more].kind != "money" or not is_general(self.spelled[column]):
            return []
        return [
            other
            for other, guess in self.found.items()
            if guess.field == IGNORED
            and self._speaks_of_money(other)
            and self.columns[other].suit(self.ledger.fields[more])
            and self.columns[other].said
        ]

    def _speaks_of_money(self, column: int) -> bool:
        text = key_of(self.spelled[column].text)
        # a claim is money, and its number is none
        return _MONEY.search(text) is not None and not names_a_code(text)

    def _weaken(self, *columns: int, reason: str) -> None:
        for column in columns:
            self.found[column] = replace(self.found[column], reason=reason, confidence="low")

    def _read(self, *fields: str, turned: bool = False) -> dict[str, tuple[str, str]]:
        columns = [self._column(field) for field in fields]
        if turned:
            columns.reverse()
        return {
            field: (self.found[column].header.last, f"{self.columns[column].total:,f}")
            for field, column in zip(fields, columns, strict=True)
        }

    # ---------------------------------------------------------------------------------------------- more

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
        self.points -= 1.5 * sum(guess.field == IGNORED for guess in self.guesses)
        place = f"{self.sheet.file} {self.sheet.name}"
        self.points += 6 * is_named(self.ledger, place)

    def measures(self, titles: Sequence[int] = ()) -> dict[str, str]:
        """Return a unit of measure for each amount of which neither the header nor a line above says one.

        Of blocks each has to say it in its title; where only some do, theirs is proposed for all.
        """
        places = [self.sheet.rows[row - 1 : row] for row in titles] or [
            self.sheet.rows[: self.header_row - 1]
        ]
        said = [
            {measure for row in above for cell in row for measure in measures_of(cell) if measure in MONEY}
            for above in places
        ]
        if all(said):
            return {}
        known = set().union(*said)
        measure = known.pop() if len(known) == 1 else _USUAL
        amounts = {
            guess.field: guess.header.last
            for guess in self.guesses
            if (one := self.ledger.fields.get(guess.field)) and one.kind == "money"
        }
        return {field: measure for field, header in amounts.items() if narrow_header(header) == header}

    def orders(self) -> tuple[str, ...]:
        """Return the orders of day, month and year by which all columns of days can be read that need one."""
        days = {name for name, one in self.ledger.fields.items() if one.kind == "day"}
        columns = [self.columns[column] for column, guess in self.found.items() if guess.field in days]
        needed = [contents.orders for contents in columns if contents.orders]
        return tuple(sorted(frozenset.intersection(*needed))) if needed else ()

    def aliases(self) -> dict[str, tuple[str, ...]]:
        """Return, by unit, what its column says that is no spelling of the roll and speaks of that unit alone."""
        column, found = self._column(UNIT_FIELDS[1]), dict[str, tuple[str, ...]]()
        if self.roll is None or not column:
            return found
        cells = (self.sheet.value(row, column) for row in self.body.rows)
        for text in dict.fromkeys(plain_text(cell) for cell in cells if not is_not_reported(cell)):
            unit = unit_within(text, self.roll)
            if unit is not None and (self.roll.by_name(text) or self.roll.by_code(text)) is None:
                found[unit.name] = (*found.get(unit.name, ()), text)
        return found

    def codes(self, maps: Maps | None) -> dict[str, dict[str, str | None]]:
        """Return what is written in the columns of code lists; None where its meaning is not known.

        What no list has and usually means one thing is taken for that, and noted.
        """
        own = code_lists()
        lists: dict[str, dict[str, str | None]] = {}
        for guess in self.guesses:
            one: Field | None = YES_NO if guess.field in self.undated else self.ledger.fields.get(guess.field)
            if one is None or not one.code_list:
                continue
            known = {**own[one.code_list], **(maps.codes.get(one.code_list, {}) if maps else {})}
            column = guess.header.column
            cells = (self.sheet.value(row, column) for row in self.body.rows)
            for text in dict.fromkeys(plain_text(cell) for cell in cells if cell is not None):
                # 不详 may be an entry of the list, and only else means that nothing is reported
                answer = known.get(text) or usual_answer(text, one.choices)
                if answer or not is_not_reported(text):
                    lists.setdefault(one.code_list, {})[text] = answer
                if answer and text not in known:
                    self.usual.add((one.code_list, text))
        return lists


def _lateness(cells: Contents, of_all: Sequence[tuple[Header, Contents]]) -> tuple[int, dt.date]:
    """Return in how many rows a column of days lies behind another one, and its middle day."""
    behind = sum(compared(cells.days, other.days)[0] for _header, other in of_all if other is not cells)
    return behind, cells.middle_day
