"""What each row of a table is: an entry, a total, a repeated header, an example, a remark, or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final, Literal

from analysis.intake.declared.maps import Footer, LedgerMap
from analysis.intake.sheet_tables.header_columns import measures_of
from analysis.intake.sheet_tables.ledger_tables import LIKE_A_ROW, Header, Table, Total
from analysis.quantities import (
    MONEY,
    Cell,
    QuantityError,
    is_not_reported,
    parse_date,
    parse_number,
    plain_text,
)
from analysis.rounds.faults import LIST_SIGN
from analysis.rounds.units import normal_name

_TOTAL_WORDS: Final = ("小计", "合计", "总计", "共计", "累计", "总和")
_TOTAL: Final = re.compile(rf".{{0,20}}?({'|'.join(_TOTAL_WORDS)})[：:]?")
#: a number of records, as a control total states it: 合计12件, 共 1,234 条, 12 records
_RECORDS: Final = re.compile(
    rf"(.{{0,20}}?(?:{'|'.join(_TOTAL_WORDS)})|共有?|计|total)?[：:]?(\d[\d,，]*)"
    r"(?:件|条|笔|起|宗|records?|rows?|entries|cases?)(?:线索|案件|记录|数据|信息)?[。.]?",
    re.IGNORECASE,
)
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
#: what only a row of these kinds begins with, ends with or holds, to pass by all others quickly
_TOTAL_ENDS: Final = (*_TOTAL_WORDS, "：", ":")
_REMARKS: Final = ("其中", "续表", "附表", "附件", "第")
_COLONS: Final = frozenset("：:")
#: a word for a total stands among the first cells, and a text that ends with one is short
_FIRST_CELLS: Final = 5
_LONG: Final = 25


def _first(cells: tuple[Cell, ...]) -> int:
    """Return the column of the first filled cell."""
    return next(column for column, cell in enumerate(cells, 1) if cell is not None)


def _reads(told: tuple[Callable[[Cell], object], Cell]) -> bool:
    """Return whether a cell is what a reader reads, or says that there is nothing to report."""
    read, cell = told
    try:
        read(cell)
    except QuantityError:
        return is_not_reported(cell)
    return True


class Rows:
    """Sorts the rows of a sheet out: entries, totals, repeated headers, remarks and blank rows."""

    def __init__(self, table: Table, mapped: LedgerMap, headers: list[Header]) -> None:
        self.table, self.footer = table, mapped.footer
        self.first = mapped.first_row + table.source.shift if mapped.first_row else table.header_row + 1
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
                table.totals.append(self._total(row, "footer", text))
                if self._is_repeated_below(row):
                    # a table of the same form follows, whose footer is its own
                    continue
                self._look_below(row)
                return
            if text.lower() in EXAMPLES:
                table.note("example_row", row, _first(cells), text)
                continue
            if (
                self._is_repeated(row, cells)
                or self._is_total(row, cells, text)
                or self._is_title(row, cells)
            ):
                continue
            if text and self._is_remark(row, cells, text):
                continue
            if row in self.unfinished or self._is_filled(cells):
                table.rows.append(row)
            elif (stray := self._strays(cells)) and len(stray) >= LIKE_A_ROW:
                table.unread.setdefault("rows_unread", []).append((row, stray[0]))
        if self.footer and not any(total.kind == "footer" for total in table.totals):
            table.note("footer_missing", 0, 0, self.footer.shown, severity="warns")

    def look_above(self) -> None:
        """Keep the rows above the first one that look like entries."""
        for row, cells in enumerate(self.table.sheet.rows[: self.first - 1], 1):
            if row not in self.table.header_rows and self._reads_as_entry(cells):
                self.table.unread.setdefault("rows_unread", []).append((row, _first(cells)))

    def _reads_as_entry(self, cells: tuple[Cell, ...]) -> bool:
        """Return whether a row where no entry is expected has what one holds: enough cells, and days or numbers."""
        filled = [
            column for column in self.table.read if column <= len(cells) and cells[column - 1] is not None
        ]
        if len(filled) < min(LIKE_A_ROW, len(self.places)):
            return False
        readers = {"day": parse_date, "count": parse_number, "money": parse_number, "mark": parse_number}
        kinds = {column: self.table.kind(self.table.read[column]) for column in filled}
        told = [(readers[kind], cells[column - 1]) for column, kind in kinds.items() if kind in readers]
        # 1, 2, 3 … under a header number its columns
        numbered = [str(cell) for cell in cells if cell is not None] == [
            str(number) for number in range(1, len(filled) + 1)
        ]
        return bool(told) and not numbered and all(map(_reads, told))

    def _is_filled(self, cells: tuple[Cell, ...]) -> bool:
        """Return whether a row has anything in a column that is read."""
        width = len(cells)
        return any(place < width and cells[place] is not None for place in self.places)

    def _strays(self, cells: tuple[Cell, ...]) -> list[int]:
        """Return the columns in which a row has something and that no declaration leaves aside."""
        return [
            column
            for column, cell in enumerate(cells, 1)
            if cell is not None and column not in self.table.aside
        ]

    def _is_repeated(self, row: int, cells: tuple[Cell, ...]) -> bool:
        """Return whether a row is a row of the header or above it once more, as on every printed page; note it."""
        alike = self._is_alike(cells)
        if alike:
            self.table.note(
                "header_repeated", row, _first(cells), "".join(str(cells[_first(cells) - 1]).split())
            )
        return alike

    def _is_repeated_below(self, row: int) -> bool:
        """Return whether the last row of the header stands once more below a row."""
        last = self.above[-1] if self.above else []
        return len(last) > 1 and any(self._dense(cells) == last for cells in self.table.sheet.rows[row:])

    def _is_title(self, row: int, cells: tuple[Cell, ...]) -> bool:
        """Return whether a row is the title of a table of the same form: a text alone, and the header below it."""
        filled = [cell for cell in cells if cell is not None]
        if len(filled) != 1 or not isinstance(filled[0], str):
            return False
        below = next(
            (other for other in self.table.sheet.rows[row:] if any(c is not None for c in other)), ()
        )
        if len(self._dense(below)) < LIKE_A_ROW or not self._is_alike(below):
            return False
        if measures := list(measures_of(filled[0])):
            self._compare_measures(row, _first(cells), measures)
        else:
            self.table.note("header_repeated", row, _first(cells), filled[0])
        return True

    def _is_alike(self, cells: tuple[Cell, ...]) -> bool:
        first = next((cell for cell in cells if cell is not None), None)
        if not isinstance(first, str) or "".join(first.split()) not in self.begins:
            return False
        dense = self._dense(cells)
        # a header that was merged on the first page may not be on the next
        alike = len(dense) > 1 and all(name in self.names.get(place, ()) for place, name in dense)
        return dense in self.above or alike

    def _is_total(self, row: int, cells: tuple[Cell, ...], text: str) -> bool:
        """Return whether a row adds up others: it begins with a word for it, or has one among its first cells."""
        column, word = 0, ""
        if not _SPACED_TOTALS.isdisjoint(cells[:_FIRST_CELLS]):
            spaced = next(cell for cell in cells[:_FIRST_CELLS] if cell in _SPACED_TOTALS)
            column, word = cells.index(spaced) + 1, "".join(str(spaced).split())
        elif text.endswith(_TOTAL_ENDS) and len(text) < _LONG and not self._is_whole(cells):
            found = _TOTAL.fullmatch(text)
            column, word = (_first(cells), found[1]) if found else (0, "")
        elif (counted := _RECORDS.fullmatch(text)) and counted[1] and not self._is_whole(cells):
            column, word = _first(cells), counted[1]
        if not word:
            return False
        self.table.totals.append(self._total(row, "total", word))
        self.table.note("subtotal_row", row, column, word)
        return True

    def _total(self, row: int, kind: Literal["footer", "total"], word: str) -> Total:
        """Return a row of totals, with the number of records it states in a cell that holds no sum of a field."""
        for column, cell in enumerate(self.table.sheet.rows[row - 1], 1):
            summed = self.table.kind(self.table.read.get(column, "")) in ("count", "money", "mark")
            if isinstance(cell, str) and not summed and (said := _RECORDS.fullmatch("".join(cell.split()))):
                records = int(re.sub("[,，]", "", said[2]))
                return Total(row, kind, word, len(self.table.rows), (records, column))
        return Total(row, kind, word, len(self.table.rows))

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
        """Keep the rows below the control total that look like entries: the total may be that of a part."""
        below = []
        least = min(LIKE_A_ROW, len(self.places))
        for row in range(footer + 1, len(self.table.sheet.rows) + 1):
            cells = self.table.sheet.rows[row - 1]
            stray = self._strays(cells)
            if len(stray) >= least and not (is_beside_entries(cells) or self._dense(cells) in self.above):
                below.append((row, stray[0]))
        if below:
            self.table.unread["rows_below_footer"] = below


def is_beside_entries(cells: Iterable[Cell]) -> bool:
    """Return whether a row begins as totals, a note or a line for signatures do."""
    text = "".join(plain_text(next((cell for cell in cells if cell is not None), None)).split())
    counted = _RECORDS.fullmatch(text)
    return is_total_word(text) or _NOTE.fullmatch(text) is not None or bool(counted and counted[1])


def is_total_word(text: str) -> bool:
    """Return whether a text without spaces is a word for a row of totals, as 全市合计 is."""
    return _TOTAL.fullmatch(text) is not None


def is_footer(text: str, footer: Footer) -> bool:
    """Return whether the first text of a row, without spaces, is that of the row of control totals."""
    if footer.pattern:
        return re.search(footer.pattern, text) is not None
    counted = _RECORDS.fullmatch(text)
    return normal_name(footer.text) in (normal_name(text), normal_name(counted[1] or "") if counted else "")
