"""The same case under another number: same unit, day, workers, amount and project."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from analysis.intake.checks.base import Check, Context
from analysis.intake.sheet_tables.reading import Reading
from analysis.rounds.faults import Fault

#: all of them must be stated and equal; the project counts where the ledger has one
_STATED: Final = ("received_on", "workers", "amount")


def _alike(context: Context) -> Iterator[Fault]:
    """Yield the later of two rows that say the same and that the ledger does not call repeats of each other."""
    reading = context.readings.get("clues")
    if reading is None or not all(reading.has(name) for name in _STATED):
        return
    entries = reading.entries
    linked = {number for number in entries.of("duplicate_of") if number}
    fields = [entries.of(name) for name in (*_STATED, "project")]
    of_project = reading.has("project")
    numbers, named = entries.of("no"), entries.of("duplicate_of")
    first: dict[tuple[Any, ...], int] = {}
    for entry, (unit, *said) in enumerate(zip(entries.units, *fields, strict=True)):
        if not unit or any(part is None for part in (said if of_project else said[:-1])) or named[entry]:
            continue
        # a row that others name as the one to keep is the first of its kind, wherever it stands
        before = first.setdefault((unit, *said), entry)
        if before == entry or (numbers[entry] in linked and numbers[before] in linked):
            continue
        # without two numbers it is not the same case under another one; that has been told
        if None in (numbers[entry], numbers[before]) or numbers[entry] == numbers[before]:
            continue
        yield _repeat(reading, entry, before)


def _repeat(reading: Reading, entry: int, before: int) -> Fault:
    at, earlier = reading.place(entry, "no"), reading.place(before, "no")
    number = str(reading.entries.of("no")[before])
    return reading.fault("duplicates_alike", entry, "no", first=earlier.from_table(at.table), key=number)


CHECKS: Final = (Check("duplicates_alike", "warns", run=_alike, of_value=True),)
