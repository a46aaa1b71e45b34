"""Entries that stand more than once: in one sheet, in several files, or in one snapshot after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from analysis.intake.cell_reading.cell_values import written
from analysis.intake.declared.ledgers import Ledger
from analysis.intake.sheet_tables.header_columns import headers_of
from analysis.intake.sheet_tables.ledger_tables import Table
from analysis.intake.sheet_tables.reading import Entries, Reading
from analysis.quantities import Cell
from analysis.rounds.faults import LIST_SIGN
from analysis.rounds.units import normal_name

#: so many of the columns in which two rows differ are named
_SAID: Final = 3
#: columns that number the rows of a sheet, and so differ in every row
_COUNTERS: Final = frozenset({"序号", "顺序号", "行号", "行次", "项次", "no.", "#"})


def take_latest(reading: Reading) -> None:
    """Keep the latest snapshot of each entry; earlier states become the reading's history.

    An entry that no later snapshot shows counts as it stood; how many of them a snapshot has is noted. Nothing changes
    for a ledger without snapshots.
    """
    snapshots = [table.source.snapshot for table in reading.tables]
    if not any(snapshots):
        return
    entries = reading.entries
    latest: dict[tuple[Any, ...], tuple[int, int]] = {}
    keys = list(_keys(entries, reading.ledger))
    for key, table in zip(keys, entries.tables, strict=True):
        shown = snapshots[table]
        if key and shown and shown > latest.get(key, (0, 0)):
            latest[key] = shown
    of_last = [
        not key or snapshots[table] is None or snapshots[table] == latest[key]
        for key, table in zip(keys, entries.tables, strict=True)
    ]
    before = [entry for entry, last in enumerate(of_last) if not last]
    kept = [entry for entry, last in enumerate(of_last) if last]
    if before:
        details = {"earlier": str(len(before)), "entries": str(len({keys[entry] for entry in before}))}
        reading.faults.append(reading.fault_of_all("snapshot_history", severity="notes", **details))
    _note_left_out(reading, kept)
    _tell_others(reading, before, dict(zip((keys[entry] for entry in kept), kept, strict=True)), keys)
    reading.history, reading.entries = entries.chosen(before), entries.chosen(kept)


def _tell_others(
    reading: Reading, before: list[int], last: Mapping[tuple[Any, ...], int], keys: list[tuple[Any, ...]]
) -> None:
    """Tell entries that begin on another day than the one that counts in their place: not its state, but another case.

    Where every month numbers its cases from 1, sheets of months are no snapshots, and most cases would be lost.
    """
    dated_by = reading.ledger.by_year
    if dated_by not in reading.ledger.fields:
        return
    days = reading.entries.of(dated_by)
    begun = {entry: (days[entry], days[last[keys[entry]]]) for entry in before}
    others = [entry for entry, pair in begun.items() if None not in pair and pair[0] != pair[1]]
    if others:
        first, kept = others[0], last[keys[others[0]]]
        details = {
            "entries": str(len(others)),
            "field": reading.header(first, dated_by),
            "key": " ".join(map(str, keys[first])),
            "other": reading.place(kept, dated_by).from_table(reading.place(first, dated_by).table),
        }
        reading.faults.append(
            reading.fault("snapshot_other_entry", first, dated_by, severity="blocks", **details)
        )


def _note_left_out(reading: Reading, kept: list[int]) -> None:
    """Note the entries a later snapshot of the same unit leaves out: closed and dropped, or forgotten."""
    entries = reading.entries
    newest: dict[str, tuple[int, int]] = {}
    for table, unit in zip(entries.tables, entries.units, strict=True):
        newest[unit] = max(newest.get(unit, (0, 0)), reading.tables[table].source.snapshot or (0, 0))
    left: dict[int, list[int]] = {}
    for entry in kept:
        table, unit = entries.tables[entry], entries.units[entry]
        if (reading.tables[table].source.snapshot or (0, 0)) < newest[unit]:
            left.setdefault(table, []).append(entry)
    for numbers in left.values():
        name = reading.ledger.key[-1]
        reading.faults.append(
            reading.fault(
                "snapshot_left_out", numbers[0], name, severity="warns", unit="", entries=str(len(numbers))
            )
        )


def merge_entries(reading: Reading) -> None:
    """Keep one of the entries that are the same in every column; two different entries with one key are a fault.

    A row says the same as another only where all columns of the files agree, those that no field reads as well: what
    tells two cases apart may stand there. The first of several equal entries stays, by the natural order of files,
    sheets and rows.
    """
    ledger, entries = reading.ledger, reading.entries
    first: dict[tuple[Any, ...], int] = {}
    repeats: set[int] = set()
    beside = _Beside(reading)
    for entry, key in enumerate(_keys(entries, ledger)):
        # an entry without its key is a fault already
        before = first.setdefault(key, entry) if key else entry
        if before == entry:
            continue
        differ = _differing(reading, before, entry) or beside.differing(before, entry)
        if not differ:
            repeats.add(entry)
        named = ledger.key[-1]
        at, earlier = reading.place(entry, named), reading.place(before, named)
        elsewhere = at.table is not earlier.table
        check = "number_twice" if ledger.key == ("no",) else "entry_twice"
        if not differ:
            check = "entry_in_two_files" if elsewhere else "number_twice_same"
        severity = "blocks" if differ else "notes" if elsewhere else "warns"
        details = {
            "first": earlier.from_table(at.table),
            "key": " ".join(str(part) for part in key),
            "differing": LIST_SIGN.join(differ[:_SAID]),
        }
        reading.faults.append(reading.fault(check, entry, named, severity=severity, **details))
    if repeats:
        reading.entries = entries.chosen(entry for entry in range(len(entries)) if entry not in repeats)


def _differing(reading: Reading, before: int, entry: int) -> list[str]:
    """Return the headers of the fields in which two entries differ, the unit's first."""
    entries = reading.entries
    of_unit = [] if entries.units[before] == entries.units[entry] else ["unit_name"]
    names = [name for name, cells in entries.values.items() if cells[before] != cells[entry]]
    return list(dict.fromkeys(reading.header(entry, name) for name in (*of_unit, *names)))


class _Beside:
    """The columns of the files that no field reads, by header: remarks, persons, whatever the maps pass over.

    A column that numbers the rows says nothing of a row. A cell of a score sheet or a summary is an entry of its own,
    and what stands beside it in the row is told with the other entries.
    """

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self._columns: dict[int, dict[str, int]] = {}

    def differing(self, before: int, entry: int) -> list[str]:
        """Return the headers, common to both sheets, under which two entries say different things."""
        entries = self.reading.entries
        if entries.columns[entry] or entries.columns[before]:
            return []
        (table, columns), (earlier, others) = self._of(entry), self._of(before)
        row, other = entries.rows[entry], entries.rows[before]
        return [
            header
            for header, column in columns.items()
            if header in others
            and _said(table.sheet.value(row, column)) != _said(earlier.sheet.value(other, others[header]))
        ]

    def _of(self, entry: int) -> tuple[Table, dict[str, int]]:
        number = self.reading.entries.tables[entry]
        table = self.reading.tables[number]
        if number not in self._columns:
            headers = headers_of(table.sheet, table.mapped.header_rows)
            self._columns[number] = {
                header.full: header.column
                for header in headers
                if header.column not in table.read and normal_name(header.last).lower() not in _COUNTERS
            }
        return table, self._columns[number]


def _said(cell: Cell) -> str:
    return normal_name(written(cell))


def _keys(entries: Entries, ledger: Ledger) -> Iterator[tuple[Any, ...]]:
    """Yield the key of each entry; an empty tuple where a part is missing that every entry must have."""
    must = [ledger.fields[name].required if name in ledger.fields else True for name in ledger.key]
    # one column of a key that has but one has to be there, whatever the field says
    must = must if len(must) > 1 else [True]
    for parts in zip(*(entries.of(name) for name in ledger.key), strict=True):
        lacking = any(asked and part in (None, "") for asked, part in zip(must, parts, strict=True))
        yield () if lacking else tuple("" if part is None else part for part in parts)
