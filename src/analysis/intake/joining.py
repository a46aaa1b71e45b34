"""Entries that stand more than once: in one sheet, in several files, or in one snapshot after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analysis.intake.reading import Entries, Reading


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
    keys = list(_keys(entries, reading.ledger.key))
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
    reading.history, reading.entries = entries.chosen(before), entries.chosen(kept)


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
    """Keep one of the entries that are the same in every field; two different entries with one key are a fault.

    The first of several equal entries stays, by the natural order of files, sheets and rows.
    """
    ledger, entries = reading.ledger, reading.entries
    first: dict[tuple[Any, ...], int] = {}
    repeats: set[int] = set()
    for entry, key in enumerate(_keys(entries, ledger.key)):
        # an entry without its key is a fault already
        before = first.setdefault(key, entry) if key else entry
        if before == entry:
            continue
        same = _content(entries, before) == _content(entries, entry)
        if same:
            repeats.add(entry)
        named = ledger.key[-1]
        at, earlier = reading.place(entry, named), reading.place(before, named)
        elsewhere = at.table is not earlier.table
        check = "number_twice" if ledger.key == ("no",) else "entry_twice"
        if same:
            check = "entry_in_two_files" if elsewhere else "number_twice_same"
        severity = ("notes" if elsewhere else "warns") if same else "blocks"
        details = {"first": earlier.from_table(at.table), "key": " ".join(str(part) for part in key)}
        reading.faults.append(reading.fault(check, entry, named, severity=severity, **details))
    if repeats:
        reading.entries = entries.chosen(entry for entry in range(len(entries)) if entry not in repeats)


def _keys(entries: Entries, key: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    """Yield the key of each entry; an empty tuple where a part of it is missing."""
    for parts in zip(*(entries.of(name) for name in key), strict=True):
        yield () if any(part in (None, "") for part in parts) else parts


def _content(entries: Entries, entry: int) -> tuple[str, Mapping[str, Any]]:
    """Return what an entry says, and nothing of where it stands."""
    return entries.units[entry], {
        name: cells[entry] for name, cells in entries.values.items() if cells[entry] is not None
    }
