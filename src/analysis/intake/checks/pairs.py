"""Two fields of one row held against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from analysis.intake.sheet_tables.reading import Reading
from analysis.rounds.faults import Fault


def compare(
    readings: Mapping[str, Reading],
    pairs: Iterable[tuple[str, str, str]],
    check: str,
    wrong: Callable[[Any, Any], bool],
) -> Iterator[Fault]:
    """Yield a fault in the second field wherever the two, both stated, do not go together.

    Args:
        readings: the ledgers that could be read.
        pairs: (ledger, first field, second field).
        check: id of the fault.
        wrong: tells from both values whether they do not go together.
    """
    for name, first, second in pairs:
        reading = readings.get(name)
        if reading is None:
            continue
        both = zip(reading.entries.of(first), reading.entries.of(second), strict=True)
        for entry, (one, other) in enumerate(both):
            if one is not None and other is not None and wrong(one, other):
                yield beside(reading, check, entry, first, second)


def beside(reading: Reading, check: str, entry: int, first: str, second: str, **details: str) -> Fault:
    """Return a fault in the second of two fields of an entry, which names the first and its cell."""
    at, before = reading.place(entry, second), reading.place(entry, first)
    return reading.fault(
        check,
        entry,
        second,
        field=reading.header(entry, second),
        other=reading.header(entry, first),
        first=before.from_table(at.table),
        **details,
    )
