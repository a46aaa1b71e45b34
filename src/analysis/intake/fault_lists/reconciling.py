"""What became of every row of the office's files: an account per sheet that always adds up.

    rows read = used + merged + duplicates + outside the periods + left out by declaration + refused

Each row that is no header, total or remark stands in exactly one of the columns, the first that fits of

    left_out    the maps or a correction leave it out
    refused     something in it blocks the run
    merged      it is a part of the case above it, in merged cells, or names the case it repeats
    duplicates  it stands a second time, or a later snapshot shows it anew
    outside     it lies in none of the periods that are counted
    used        all others
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

import pandas as pd

from analysis.intake.declared.ledgers import YEAR
from analysis.intake.files import position
from analysis.intake.sheet_tables.ledger_tables import Table
from analysis.intake.sheet_tables.reading import Entries, Reading
from analysis.rounds.faults import Fault
from analysis.rounds.frames import frame_of
from analysis.rounds.periods import Calendar, NoPeriodError, parse_period
from analysis.rounds.rounds import RoundSettings

#: what becomes of a row, in the order in which it is told
FATES: Final = ("used", "merged", "duplicates", "outside", "left_out", "refused")
RECONCILIATION_COLUMNS: Final = {
    "ledger": "str", "source": "str", "file": "str", "sheet": "str", "rows": "int64",
    **dict.fromkeys(FATES, "int64"),
}  # fmt: skip
_CELL: Final = re.compile(r"[A-Z]+\d+")


def reconcile(
    readings: Mapping[str, Reading], faults: Iterable[Fault], settings: RoundSettings
) -> pd.DataFrame:
    """Return what became of the rows of every sheet, one row per sheet of a ledger (`RECONCILIATION_COLUMNS`).

    Args:
        readings: the ledgers as read, and the sheets of nil returns.
        faults: everything found wrong, as grave as the round has it.
        settings: of the round, for its periods and what dates a clue.
    """
    refused: dict[tuple[str, str], set[tuple[int, int]]] = defaultdict(set)
    for fault in faults:
        if fault.severity == "blocks" and _CELL.fullmatch(fault.cell):
            refused[fault.file, fault.sheet].add(position(fault.cell))
    rows = []
    for name, reading in readings.items():
        fates = _fates(reading, settings)
        for number, table in enumerate(reading.tables):
            blocked = {
                row for row, column in refused[table.sheet.file, table.sheet.name] if table.has(row, column)
            }
            counted = _counted(table, fates[number], blocked)
            place = {"file": table.sheet.file, "sheet": table.place}
            source = table.mapped.name or "、".join(table.mapped.file)
            rows.append({"ledger": name, "source": source, **place, "rows": counted.total(), **counted})
    return frame_of((dict.fromkeys(FATES, 0) | row for row in rows), RECONCILIATION_COLUMNS)


def _counted(table: Table, fates: dict[int, str], blocked: set[int]) -> Counter[str]:
    """Return how many rows of a table have each fate."""
    told = dict.fromkeys(table.rows, "duplicates") | fates | dict.fromkeys(table.folded, "merged")
    told |= dict.fromkeys(blocked & told.keys(), "refused") | dict.fromkeys(
        (*table.left_out, *table.dropped), "left_out"
    )
    return Counter(told.values())


def _fates(reading: Reading, settings: RoundSettings) -> list[dict[int, str]]:
    """Return what became of the rows that have entries which count, by table: used, merged or outside.

    A row with several entries (one per item of a wide sheet) is used if one of them is.
    """
    entries = reading.entries
    fates: list[dict[int, str]] = [{} for _table in reading.tables]
    merged = entries.of("duplicate_of")
    outside = _outside(reading, entries, settings)
    for table, row, repeats, away in zip(entries.tables, entries.rows, merged, outside, strict=True):
        fate = "merged" if repeats else "outside" if away else "used"
        if fates[table].get(row) != "used":
            fates[table][row] = fate
    return fates


def _outside(reading: Reading, entries: Entries, settings: RoundSettings) -> list[bool]:
    """Return which entries lie in none of the periods that are counted; one without a day or year may lie in any."""
    calendar = settings.calendar
    name = reading.ledger.name
    dated_by = settings.date_field if name == "clues" else reading.ledger.by_year
    if reading.ledger.measures:
        known: dict[str | None, bool] = {None: False}
        for text in entries.of("period"):
            if text not in known:
                known[text] = not _is_counted(text, calendar)
        return [known[text] for text in entries.of("period")]
    spans = [(period.start, period.end) for period in calendar.listed]
    years = {year for period in calendar.listed for year in period.years()}
    days = entries.of(dated_by) if dated_by else [None] * len(entries)
    return [
        (year is not None and year not in years)
        if day is None
        else not any(start <= day <= end for start, end in spans)
        for day, year in zip(days, entries.of(YEAR), strict=True)
    ]


def _is_counted(text: str, calendar: Calendar) -> bool:
    try:
        period = parse_period(text, calendar.year_starts)
    except NoPeriodError:
        return False
    return any(whole.holds(period) for whole in calendar.listed)
