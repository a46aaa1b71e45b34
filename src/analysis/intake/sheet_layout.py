"""The layout of one sheet: which column is which field, which rows are entries, and what every other row is.

Nothing is read here yet; a `Table` says where the entries of a ledger stand in a sheet. A correction of the source may
be put between: `table.sheet = table.sheet.with_cells(…)` changes cells before they are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Final, Literal

from analysis.intake.files import Range, Sheet, address, letters
from analysis.intake.ledgers import UNIT_FIELDS, Ledger
from analysis.intake.maps import Footer, LedgerMap, Wide
from analysis.intake.person_columns import is_about_persons
from analysis.quantities import MONEY, PEOPLE, Cell, QuantityError, parse_number, plain_text
from analysis.rounds.faults import LIST_SIGN, Fault
from analysis.rounds.periods import written_period
from analysis.rounds.units import normal_name

_MEASURES: Final = "|".join(sorted((*MONEY, *PEOPLE), key=len, reverse=True))
_IN_BRACKETS: Final = re.compile(rf"[（(\[]\s*(?:单位\s*[：:]\s*)?({_MEASURES})\s*[）)\]]")
_PREAMBLE: Final = re.compile(r"(?:计量|金额)?单位\s*[：:]\s*([^\s）)]+)")
_SEVERAL: Final = re.compile(r"[、,，/／;；]")
_TOTAL_WORDS: Final = ("小计", "合计", "总计", "共计", "累计", "总和")
_TOTAL: Final = re.compile(rf".{{0,20}}?({'|'.join(_TOTAL_WORDS)})[：:]?")
#: a total's word anywhere among the first cells, as people space it out
_SPACED_TOTALS: Final = frozenset(
    gap.join(word) for word in _TOTAL_WORDS for gap in ("", " ", "  ", "   ", "    ", "　", "　　")
)
#: a row that begins so shows how to fill in the others
EXAMPLES: Final = frozenset({"示例", "例", "例如", "填写示例", "example"})
_OF_WHICH: Final = re.compile(r"(其中)[：:]?.*")
_NOTE: Final = re.compile(
    r"((?:附|备)?注(?:释)?\d*|(?:填表|填报)?说明|(?:填表|制表|填报|审核|复核|经办|负责|联系)人?|单位负责人|分管领导|主要领导|"
    r"联系电话|电话|(?:填报|填表|报送|制表|主管)单位|(?:填报|填表|制表|报送|截止)?(?:日期|时间)|数据来源|资料来源)\s*[：:].*"
    r"|(续表|附表|附件)\d*|第\d+页.*",
    re.DOTALL,
)
#: a filter leaves hundreds of runs of hidden rows, of which a reader needs the first
_RUNS: Final = 10
#: what only a row of these kinds begins with, ends with or holds, to pass by all others quickly
_TOTAL_ENDS: Final = (*_TOTAL_WORDS, "：", ":")
_REMARKS: Final = ("其中", "续表", "附表", "附件", "第")
_COLONS: Final = frozenset("：:")
#: kinds of fields whose amount belongs to one row, however many rows a merged cell covers
ADDED: Final = frozenset({"count", "money", "mark"})
#: a row under the total is a row of data, and no remark, if it fills at least so many columns
_LIKE_AN_ENTRY: Final = 3
#: a word for a total stands among the first cells, and a text that ends with one is short
_FIRST_CELLS: Final = 5
_LONG: Final = 25


@dataclass(frozen=True)
class Header:
    """The header of one column: its number from 1, and its names from the top row down."""

    column: int
    levels: tuple[str, ...]

    @property
    def full(self) -> str:
        """All levels, joined by `/`."""
        return "/".join(self.levels)

    @property
    def last(self) -> str:
        """The lowest level, by which people call the column."""
        return self.levels[-1]


@dataclass(frozen=True)
class Item:
    """A column of a wide sheet: whose marks it holds, and the full marks its header names.

    In a summary it holds numbers: `name` is their period and `measure` what they state.
    """

    header: Header
    name: str
    full: float | None = None
    measure: str = "mark"


@dataclass(frozen=True)
class Total:
    """A row that adds up others.

    Attributes:
        row: its number.
        kind: footer (the declared control total), total (recognised in the table).
        word: 小计, 合计 …
        end: how many entries stand above it.
    """

    row: int
    kind: Literal["footer", "total"]
    word: str
    end: int


@dataclass(frozen=True)
class Source:
    """A sheet that holds a ledger or a part of it, and what its names say.

    Attributes:
        sheet: the cells.
        year: the year its name states.
        unit: the unit its name states, as written.
        snapshot: year and month of the state it shows; None where the ledger has no snapshots.
    """

    sheet: Sheet
    year: int | None = None
    unit: str = ""
    snapshot: tuple[int, int] | None = None


@dataclass
class Table:
    """Where the entries of a ledger stand in one sheet.

    Attributes:
        ledger: the ledger's definition.
        mapped: how its headers call the fields.
        source: the sheet and what its names say.
        sheet: the cells; may be replaced by one with corrected cells before they are read.
        header_row: the last row of the header.
        headers: the header of each field that has a column.
        items: the item columns of a wide sheet.
        persons: the columns about persons, which are no part of the table.
        measures: unit of measure of each amount, and of counts that have one.
        constants: what holds for every entry and has no column.
        rows: numbers of the rows that are entries.
        totals: the rows that add up others.
        stands_in: cell → the row in which its value stands, for cells under the first of a merged range.
        faults: what was found on the way.
    """

    ledger: Ledger
    mapped: LedgerMap
    source: Source
    sheet: Sheet
    header_row: int
    headers: dict[str, Header] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    persons: list[Header] = field(default_factory=list)
    measures: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)
    stands_in: dict[tuple[int, int], int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def cells(self, column: int) -> list[Cell]:
        """Return the cells of a column, one per entry; one in a merged cell has what stands in the merged cell."""
        place, rows = column - 1, self.sheet.rows
        lines = [rows[row - 1] for row in self.rows]
        try:
            found = list(map(itemgetter(place), lines))
        except IndexError:
            # empty cells at the end of a row may be left out
            found = [cells[place] if len(cells) > place else None for cells in lines]
        if self.stands_in:
            for number, row in enumerate(self.rows):
                if (above := self.stands_in.get((row, column))) is not None:
                    found[number] = self.sheet.value(above, column)
        return found

    def fault(self, check: str, row: int, column: int, found: Cell, **details: Any) -> Fault:
        """Return a fault in a cell of this sheet; `severity` and `unit` may be among the details."""
        return Fault(
            check,
            file=self.sheet.file,
            sheet=self.sheet.name,
            cell=address(row, column) if row else "",
            found=plain_text(found),
            severity=details.pop("severity", "blocks"),
            unit=details.pop("unit", ""),
            details=details,
        )

    def note(self, check: str, row: int, column: int, found: Cell = None, **details: Any) -> None:
        """Keep a fault of this sheet; one that does not stop the run if `severity` does not say more."""
        details.setdefault("severity", "notes")
        self.faults.append(self.fault(check, row, column, found, **details))

    @property
    def read(self) -> dict[int, str]:
        """The columns that are read, with the name of their field (`mark` for the items of a score sheet)."""
        fields = {header.column: name for name, header in self.headers.items()}
        return fields | {item.header.column: item.measure for item in self.items}

    @property
    def measured(self) -> list[tuple[str, Header]]:
        """The columns that may have a unit of measure, by the name of their field."""
        return [*self.headers.items(), *((item.measure, item.header) for item in self.items)]

    def kind(self, name: str) -> str:
        """Return the kind of a field; those of the unit are names."""
        found = self.ledger.fields.get(name)
        return found.kind if found else "text"

    def columns(self) -> list[dict[str, str]]:
        """Return the rows of the frame of columns."""
        place = {"ledger": self.ledger.name, "file": self.sheet.file, "sheet": self.sheet.name}
        named = [(name, header) for name, header in self.headers.items()]
        named += [(f"{item.measure}:{item.name}", item.header) for item in self.items]
        constants = [{**place, "field": name, "column": "", "header": ""} for name in self.constants]
        return [
            {**place, "field": name, "column": letters(header.column), "header": header.full}
            for name, header in sorted(named, key=lambda pair: pair[1].column)
        ] + constants


def lay_out(ledger: Ledger, mapped: LedgerMap, source: Source) -> Table:
    """Return where the entries of a ledger stand in a sheet, with everything doubtful about its layout.

    Columns of persons and columns that no field claims are no part of the table.
    """
    header_row, constants = max(mapped.header_rows), dict(mapped.constants)
    table = Table(ledger, mapped, source, source.sheet, header_row, constants=constants)
    headers = headers_of(table.sheet, mapped.header_rows)
    _find_columns(table, mapped, headers)
    _find_measures(table, mapped)
    if table.read:
        rows = _Rows(table, mapped, headers)
        rows.sort_out()
        rows.read_merges()
        _note_hidden(table)
        _note_ragged(table, mapped)
        _note_nameless(table, headers)
    return table


# -------------------------------------------------------------------------------------------------- headers


def headers_of(sheet: Sheet, rows: list[int]) -> list[Header]:
    """Return the header of every column that has one; a merged header stands over all its columns."""
    over: dict[tuple[int, int], Cell] = {}
    for merged in sheet.merged:
        if merged.first_row <= max(rows) and merged.last_row >= min(rows):
            value = sheet.value(merged.first_row, merged.first_column)
            for row in range(merged.first_row, min(merged.last_row, max(rows)) + 1):
                for column in range(merged.first_column, merged.last_column + 1):
                    over[row, column] = value
    width = max((len(sheet.rows[row - 1]) for row in rows if row <= len(sheet.rows)), default=0)
    headers = []
    for column in range(1, max([width, *(column for _row, column in over)]) + 1):
        levels: list[str] = []
        for row in sorted(rows):
            name = " ".join(plain_text(over.get((row, column), sheet.value(row, column))).split())
            if name and (not levels or levels[-1] != name):
                levels.append(name)
        if levels:
            headers.append(Header(column, tuple(levels)))
    return headers


def _find_columns(table: Table, mapped: LedgerMap, headers: list[Header]) -> None:
    """Find the column of every mapped field and of every item, and note what is missing, doubtful or unclaimed."""
    sheet, row = table.sheet, table.header_row
    # what is about persons is left at the door, whatever else the maps say about the column
    declared = {header.column for name in mapped.persons for header in matching(headers, [name])}
    table.persons = [header for header in headers if header.column in declared]
    headers = [header for header in headers if header.column not in declared]
    # also where the maps forget it
    about = [header for header in headers if is_about_persons(*header.levels)]
    table.persons += about
    headers = [header for header in headers if header not in about]
    known = LIST_SIGN.join(header.last for header in headers)
    for name, accepted in mapped.fields.items():
        if mapped.wide and name in table.ledger.measures:
            # its columns, one per period, are the items
            continue
        found = matching(headers, accepted)
        if len(found) == 1:
            table.headers[name] = found[0]
        elif not found and (wrong := matching(about, accepted)):
            details = {"field": name, "severity": "blocks"}
            table.note("persons_column_mapped", row, wrong[0].column, wrong[0].last, **details)
            about = [header for header in about if header not in wrong]
        elif found:
            cells = LIST_SIGN.join(address(row, header.column) for header in found)
            table.faults.append(
                Fault("column_twice", sheet.file, sheet.name, found=found[0].last, details={"cells": cells})
            )
        elif name not in table.ledger.fields or not table.ledger.fields[name].optional:
            missing = accepted[0] if accepted else name
            table.faults.append(
                Fault("column_missing", sheet.file, sheet.name, found=missing, details={"known": known})
            )
    claimed = {header.column for header in table.headers.values()}
    if mapped.wide:
        free = [header for header in headers if header.column not in claimed]
        if table.ledger.measures:
            _find_stated(table, mapped, mapped.wide, free)
        else:
            _find_items(table, mapped.wide, free)
        claimed |= {item.header.column for item in table.items}
        if not table.items:
            missing = mapped.wide.item
            table.faults.append(
                Fault("column_missing", sheet.file, sheet.name, found=missing, details={"known": known})
            )
    claimed |= {header.column for name in mapped.ignored for header in matching(headers + about, [name])}
    for header in (*headers, *about):
        if header.column not in claimed:
            check = "persons_column_dropped" if header in about else "column_unknown"
            table.note(check, row, header.column, header.last, severity="warns")


def narrow_header(text: str) -> str:
    """Return the name of a column without its unit of measure: 欠薪金额（万元） → 欠薪金额."""
    return _IN_BRACKETS.sub("", text)


def is_total_word(text: str) -> bool:
    """Return whether a text without spaces is a word for a row of totals, as 全市合计 is."""
    return _TOTAL.fullmatch(text) is not None


def matching(headers: list[Header], accepted: list[str]) -> list[Header]:
    """Return the headers called by one of the names: by all levels, else the last one, else without its （万元）."""
    names = {normal_name(name) for name in accepted}
    return (
        [header for header in headers if normal_name(header.full) in names]
        or [header for header in headers if normal_name(header.last) in names]
        or [header for header in headers if normal_name(_IN_BRACKETS.sub("", header.last)) in names]
    )


def _find_items(table: Table, wide: Wide, headers: list[Header]) -> None:
    """Find the item columns of a wide sheet, and the full marks their headers name."""
    for header in headers:
        found = [match[1] for level in header.levels if (match := re.search(wide.item, level))]
        if not found:
            continue
        marks = re.search(wide.full, header.full) if wide.full else None
        full = None
        if marks:
            try:
                full = float(parse_number(marks[1]))
            except QuantityError as error:
                details = {"field": header.last, "measure": "", "severity": "blocks"}
                table.note(error.check, table.header_row, header.column, marks[1], **details)
        # the lowest level names the item, the ones above it groups of items
        table.items.append(Item(header, normal_name(found[-1]), full))


def _find_stated(table: Table, mapped: LedgerMap, wide: Wide, headers: list[Header]) -> None:
    """Find the columns of a summary whose headers name periods: which period, and which measure."""
    for header in headers:
        period = ""
        for level in header.levels:
            if match := re.search(wide.item, "".join(level.split())):
                try:
                    period = written_period(match[1])
                except ValueError:
                    continue
        levels = {
            normal_name(name) for level in header.levels for name in (level, _IN_BRACKETS.sub("", level))
        }
        named = [
            name
            for name, accepted in mapped.fields.items()
            if name in table.ledger.measures and levels & {normal_name(each) for each in accepted}
        ]
        measure = wide.measure or (named[0] if len(named) == 1 else "")
        if period and measure:
            table.items.append(Item(header, period, measure=measure))


def _find_measures(table: Table, mapped: LedgerMap) -> None:
    """Find the unit of measure of each amount: the header says it, else the line above the table, else the maps."""
    above = table.sheet.rows[: min(mapped.header_rows) - 1]
    said = [measure for row in above for cell in row for measure in measures_of(cell)]
    for name, header in table.measured:
        kind = table.kind(name)
        if kind not in ("money", "count"):
            continue
        choice = MONEY if kind == "money" else PEOPLE
        own = [measure for measure in _IN_BRACKETS.findall(header.full) if measure in choice]
        # a line that names two units for money says nothing about either column
        general = {measure for measure in said if measure in choice}
        written = own[-1] if own else next(iter(general)) if len(general) == 1 else ""
        declared = mapped.unit_of_measure.get(name, "")
        if written and declared and written != declared:
            details = {"field": header.last, "declared": declared, "severity": "blocks"}
            table.note("unit_of_measure_differs", table.header_row, header.column, written, **details)
        if kind == "money" and not written and not declared:
            details = {"field": header.last, "several": LIST_SIGN.join(sorted(general)), "severity": "blocks"}
            table.note("unit_of_measure_missing", table.header_row, header.column, header.last, **details)
        measure = declared or written
        if table.measures.get(name, measure) != measure:
            # the columns of one measure are told in one unit
            table.note("unit_of_measure_changes", table.header_row, header.column, measure, severity="blocks")
        elif measure:
            table.measures[name] = measure


def measures_of(cell: Cell) -> Iterator[str]:
    """Yield the units of measure a line such as 单位：人、万元 names."""
    if isinstance(cell, str):
        for found in _PREAMBLE.finditer(cell):
            yield from (part for part in _SEVERAL.split(found[1]) if part in MONEY or part in PEOPLE)


# -------------------------------------------------------------------------------------------------- rows


def _first(cells: tuple[Cell, ...]) -> int:
    """Return the column of the first filled cell."""
    return next(column for column, cell in enumerate(cells, 1) if cell is not None)


class _Rows:
    """Sorts the rows of a sheet out: entries, totals, repeated headers, remarks and blank rows."""

    def __init__(self, table: Table, mapped: LedgerMap, headers: list[Header]) -> None:
        self.table, self.footer = table, mapped.footer
        self.first = mapped.first_row or table.header_row + 1
        self.places = [column - 1 for column in table.read]
        self.unfinished = {row for row, column in table.sheet.unfinished if column in table.read}
        self.above = [self._dense(cells) for cells in table.sheet.rows[: table.header_row]]
        self.names = {
            header.column - 1: {"".join(level.split()) for level in header.levels} for header in headers
        }
        self.begins = {cells[0][1] for cells in self.above if cells}.union(*self.names.values())
        self.required = [
            header.column - 1
            for name, header in table.headers.items()
            if name in table.ledger.fields and table.ledger.fields[name].required
        ]

    @staticmethod
    def _dense(cells: Iterable[Cell]) -> list[tuple[int, str]]:
        """Return the filled cells of a row with their places, without spaces."""
        return [
            (place, "".join(plain_text(cell).split())) for place, cell in enumerate(cells) if cell is not None
        ]

    def sort_out(self) -> None:
        """Find the entries and totals; note every row that is neither."""
        table, rows = self.table, self.table.sheet.rows
        for row in range(self.first, len(rows) + 1):
            cells = rows[row - 1]
            first = next((cell for cell in cells if cell is not None), None)
            if first is None and row not in self.unfinished:
                continue
            text = "".join(first.split()) if isinstance(first, str) else ""
            if text and self.footer and is_footer(text, self.footer):
                table.totals.append(Total(row, "footer", text, len(table.rows)))
                self._look_below(row)
                return
            if text.lower() in EXAMPLES:
                table.note("example_row", row, _first(cells), text)
                continue
            if self._is_repeated(row, cells, text) or self._is_total(row, cells, text):
                continue
            if text and self._is_remark(row, cells, text):
                continue
            if row in self.unfinished or self._is_filled(cells):
                table.rows.append(row)
        if self.footer:
            sheet = table.sheet
            missing = Fault(
                "footer_missing", sheet.file, sheet.name, found=self.footer.shown, severity="warns"
            )
            table.faults.append(missing)

    def _is_filled(self, cells: tuple[Cell, ...]) -> bool:
        """Return whether a row has anything in a column that is read."""
        width = len(cells)
        return any(place < width and cells[place] is not None for place in self.places)

    def _is_repeated(self, row: int, cells: tuple[Cell, ...], text: str) -> bool:
        """Return whether a row is a row of the header or above it once more, as on every printed page."""
        if text not in self.begins:
            return False
        dense = self._dense(cells)
        # a header that was merged on the first page may not be on the next
        alike = len(dense) > 1 and all(name in self.names.get(place, ()) for place, name in dense)
        if dense not in self.above and not alike:
            return False
        self.table.note("header_repeated", row, _first(cells), text)
        return True

    def _is_total(self, row: int, cells: tuple[Cell, ...], text: str) -> bool:
        """Return whether a row adds up others: it begins with a word for it, or has one among its first cells."""
        column, word = 0, ""
        if not _SPACED_TOTALS.isdisjoint(cells[:_FIRST_CELLS]):
            spaced = next(cell for cell in cells[:_FIRST_CELLS] if cell in _SPACED_TOTALS)
            column, word = cells.index(spaced) + 1, "".join(str(spaced).split())
        elif text.endswith(_TOTAL_ENDS) and len(text) < _LONG and not self._is_whole(cells):
            found = _TOTAL.fullmatch(text)
            column, word = (_first(cells), found[1]) if found else (0, "")
        if not word:
            return False
        self.table.totals.append(Total(row, "total", word, len(self.table.rows)))
        self.table.note("subtotal_row", row, column, word)
        return True

    def _is_remark(self, row: int, cells: tuple[Cell, ...], text: str) -> bool:
        """Return whether a row that begins with a text is a part of the rows above, a unit of measure, or a remark."""
        if not text.startswith(_REMARKS) and _COLONS.isdisjoint(text):
            return False
        table, column = self.table, _first(cells)
        if found := _OF_WHICH.fullmatch(text):
            table.note("of_which_row", row, column, found[1], severity="warns")
            return True
        if self._is_whole(cells):
            return False
        if measures := list(measures_of(cells[column - 1])):
            self._compare_measures(row, column, measures)
            return True
        if found := _NOTE.fullmatch(text):
            # the rest of the line may name a person
            table.note("note_row", row, column, found[1] or found[2] or text[:4])
            return True
        return False

    def _is_whole(self, cells: tuple[Cell, ...]) -> bool:
        """Return whether a row has all that an entry must have, and so is one whatever its first cell looks like."""
        filled = [place < len(cells) and cells[place] is not None for place in self.required]
        return len(filled) > 1 and all(filled)

    def _compare_measures(self, row: int, column: int, measures: list[str]) -> None:
        """Note a line 单位：… inside the table; below another unit than before, amounts would be wrong."""
        used = {measure for measure in self.table.measures.values() if measure in MONEY}
        if any(measure in MONEY and measure not in used for measure in measures):
            found = LIST_SIGN.join(measures)
            self.table.note("unit_of_measure_changes", row, column, found, severity="blocks")
        else:
            self.table.note("header_repeated", row, column, LIST_SIGN.join(measures))

    def _look_below(self, footer: int) -> None:
        """Note rows below the control total that look like entries: the total may be that of a part."""
        below = []
        for row in range(footer + 1, len(self.table.sheet.rows) + 1):
            cells = self.table.sheet.rows[row - 1]
            filled = sum(place < len(cells) and cells[place] is not None for place in self.places)
            text = "".join(plain_text(next((cell for cell in cells if cell is not None), None)).split())
            remark = _NOTE.fullmatch(text) or _TOTAL.fullmatch(text) or self._dense(cells) in self.above
            if filled >= min(_LIKE_AN_ENTRY, len(self.places)) and not remark:
                below.append(row)
        if below:
            self.table.note(
                "rows_below_footer", below[0], min(self.places) + 1, severity="warns", rows=str(len(below))
            )

    # ---------------------------------------------------------------------------------------------- merges

    def read_merges(self) -> None:
        """Fold the rows of one case into its first row, and let a merged cell speak for all its rows.

        An amount in a merged cell belongs to one entry and would otherwise count twice.
        """
        table, last = self.table, self.table.sheet.rows
        merges = [
            merged
            for merged in table.sheet.merged
            if merged.first_row >= self.first and merged.last_row <= len(last) and self._is_of_entries(merged)
        ]
        tall = [merged for merged in merges if merged.last_row > merged.first_row]
        self._fold(tall)
        entries = set(table.rows)
        for merged in tall:
            self._fill_down(merged, entries)
        for merged in merges:
            self._note_across(merged, entries)

    def _is_of_entries(self, merged: Range) -> bool:
        return (
            any(merged.first_column <= place + 1 <= merged.last_column for place in self.places)
            and merged.first_row in self._entry_rows
        )

    @property
    def _entry_rows(self) -> frozenset[int]:
        if not hasattr(self, "_entries"):
            self._entries = frozenset(self.table.rows)
        return self._entries

    def _fold(self, merges: list[Range]) -> None:
        """Take the lower rows of a case out of the entries: those under its number, or under its amount."""
        table = self.table
        if table.ledger.key != ("no",) or "no" not in table.headers:
            return
        key = table.headers["no"].column
        heads: dict[int, int] = {}
        for merged in sorted(merges, key=lambda merged: merged.first_row):
            names = [
                name
                for column, name in table.read.items()
                if merged.first_column <= column <= merged.last_column
            ]
            for row in range(merged.first_row + 1, merged.last_row + 1):
                under_amount = any(table.kind(name) in ADDED for name in names)
                if "no" in names or (under_amount and table.sheet.value(row, key) is None):
                    heads[row] = heads.get(merged.first_row, merged.first_row)
        if not heads:
            return
        table.rows = [row for row in table.rows if row not in heads]
        covered = {
            (row, column)
            for merged in merges
            for row in range(merged.first_row + 1, merged.last_row + 1)
            for column in range(merged.first_column, merged.last_column + 1)
        }
        for row, head in sorted(heads.items()):
            self._compare_folded(row, head, covered)
        first, cases = min(heads.values()), len(set(heads.values()))
        details = {"cases": str(cases), "rows": str(len(heads) + cases)}
        table.note("rows_folded", first, key, table.sheet.value(first, key), **details)

    def _compare_folded(self, row: int, head: int, covered: set[tuple[int, int]]) -> None:
        """Find what a lower row says beside its case: a number of its own, or something else than the first row."""
        table = self.table
        for column, name in table.read.items():
            own = table.sheet.value(row, column)
            if (row, column) in covered or (own is None and (row, column) not in table.sheet.unfinished):
                continue
            above = table.sheet.value(head, column)
            alike = normal_name(plain_text(own)) == normal_name(plain_text(above))
            if table.kind(name) in ADDED or not alike:
                header = next((h.last for h in table.headers.values() if h.column == column), name)
                details = {"field": header, "first": address(head, column), "severity": "blocks"}
                table.note("merged_row_says_more", row, column, own, **details)

    def _fill_down(self, merged: Range, entries: set[int]) -> None:
        table, column = self.table, merged.first_column
        name = table.read.get(column)
        below = [row for row in range(merged.first_row + 1, merged.last_row + 1) if row in entries]
        if name is None or not below:
            return
        value = table.sheet.value(merged.first_row, column)
        if table.kind(name) in ADDED:
            if value is not None:
                table.note(
                    "merged_number", merged.first_row, column, value, severity="warns", cells=str(merged)
                )
            return
        table.stands_in.update({(row, column): merged.first_row for row in below})
        # units are merged as a matter of course
        if name not in UNIT_FIELDS:
            table.note("merged_filled", merged.first_row, column, value, cells=str(merged))

    def _note_across(self, merged: Range, entries: set[int]) -> None:
        """Note a cell merged over several columns of an entry: it fills the first column only."""
        table = self.table
        columns = [c for c in table.read if merged.first_column <= c <= merged.last_column]
        if merged.last_column > merged.first_column and columns and merged.first_row in entries:
            value = table.sheet.value(merged.first_row, merged.first_column)
            table.note(
                "merged_across",
                merged.first_row,
                merged.first_column,
                value,
                severity="warns",
                cells=str(merged),
            )


def is_footer(text: str, footer: Footer) -> bool:
    """Return whether the first text of a row, without spaces, is that of the row of control totals."""
    if footer.pattern:
        return re.search(footer.pattern, text) is not None
    return normal_name(text) == normal_name(footer.text)


# -------------------------------------------------------------------------------------------------- doubts


def runs(numbers: Iterable[int]) -> str:
    """Return numbers as they are said: 3, 4, 5, 9 → `3–5、9`; after many runs only that there are more."""
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and number == parts[-1][-1] + 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    shown = LIST_SIGN.join("–".join(map(str, part)) for part in parts[:_RUNS])
    return f"{shown}…" if len(parts) > _RUNS else shown


def _note_hidden(table: Table) -> None:
    """Note what is read although nobody sees it."""
    sheet, read = table.sheet, table.read
    if sheet.hidden:
        table.note("sheet_hidden", 0, 0, sheet.name, severity="warns")
    rows = sheet.hidden_rows.intersection(table.rows)
    if rows:
        table.note(
            "rows_hidden", min(rows), min(read), severity="warns", rows=str(len(rows)), numbers=runs(rows)
        )
    for column in sorted(sheet.hidden_columns & read.keys()):
        header = sheet.value(table.header_row, column)
        name = next((h.last for h in table.headers.values() if h.column == column), plain_text(header))
        table.note("column_hidden", table.header_row, column, name, severity="warns")


def _note_ragged(table: Table, mapped: LedgerMap) -> None:
    """Find rows of a text file that have more or fewer fields than the header: their cells may have slipped."""
    sheet = table.sheet
    if not sheet.ragged:
        return
    width = max(len(sheet.rows[row - 1]) for row in mapped.header_rows if row <= len(sheet.rows))
    short = []
    for row in table.rows:
        cells = sheet.rows[row - 1]
        if len(cells) < width:
            short.append(row)
        elif len(cells) > width and any(cell is not None for cell in cells[width:]):
            extra = next(place for place, cell in enumerate(cells[width:], width + 1) if cell is not None)
            details = {"fields": str(len(cells)), "width": str(width), "severity": "blocks"}
            table.note("row_too_long", row, extra, None, **details)
    if short:
        fields = str(len(sheet.rows[short[0] - 1]))
        details = {"fields": fields, "width": str(width), "rows": str(len(short)), "severity": "warns"}
        table.note("row_too_short", short[0], min(table.read), None, **details)


def _note_nameless(table: Table, headers: list[Header]) -> None:
    """Note columns that hold something in the entries and have no header."""
    sheet = table.sheet
    width = max((len(sheet.rows[row - 1]) for row in table.rows), default=0)
    if sheet.ragged:
        # what stands beyond the header of a text file has been told row by row
        width = min(width, max((header.column for header in headers), default=0))
    for column in sorted(set(range(1, width + 1)) - {header.column for header in headers}):
        filled = (row for row in table.rows if sheet.value(row, column) is not None)
        if row := next(filled, 0):
            table.note("column_without_header", row, column, None, severity="warns")


def unit_columns(table: Table) -> Mapping[str, int]:
    """Return the columns by which a row names its unit."""
    return {name: table.headers[name].column for name in UNIT_FIELDS if name in table.headers}
