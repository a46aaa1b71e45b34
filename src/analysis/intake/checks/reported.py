"""Who reported: units without rows where rows are expected, and nil returns that a ledger contradicts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from analysis.intake.checks.base import Check, Context
from analysis.intake.declared.ledgers import LEDGERS, YEAR
from analysis.intake.sheet_tables.reading import Reading
from analysis.rounds.faults import Fault


def _not_reported(context: Context) -> Iterator[Fault]:
    yield from _contradictions(context, "unit_not_reported", there=False)


def _contradicted(context: Context) -> Iterator[Fault]:
    yield from _contradictions(context, "nil_return_contradicted", there=True)


def _contradictions(context: Context, check: str, *, there: bool) -> Iterator[Fault]:
    """Yield the units that have rows and a nil return (`there`), or neither.

    A dated ledger is expected for every year of the history, another one for the round as a whole. Where a row's
    unit or day could not be read, nothing is said about who did not report: that row may be the report.
    """
    if context.roll is None:
        return
    nil = {(entry.ledger, entry.unit, entry.year) for entry in context.round.settings.nil_returns}
    history = sorted({year for period in context.round.history for year in period.years()})
    for name, reading in context.readings.items():
        if not LEDGERS[name].expected or not all(reading.entries.units):
            continue
        date_field = context.date_field(name)
        spans = [(year,) for year in history] if date_field else [context.round.period.years()]
        written: dict[str, set[int | None]] = {}
        for code, year in zip(reading.entries.units, _years(reading, date_field), strict=True):
            written.setdefault(code, set()).add(year)
        for unit in context.roll:
            own = written.get(unit.code, set())
            if date_field and None in own:
                continue
            for years in spans:
                has_rows = bool(own) if not date_field else not own.isdisjoint(years)
                said_nil = any((name, unit.code, year) in nil for year in years)
                if has_rows == said_nil == there:
                    yield reading.fault_of_all(
                        check,
                        unit=unit.code,
                        found=unit.name,
                        ledger=name,
                        year=str(years[0]) if date_field else "",
                    )


def _years(reading: Reading, date_field: str) -> Iterator[int | None]:
    """Yield the year of each entry: that of its day, else the one it states; None if it has neither."""
    days, years = reading.entries.of(date_field), reading.entries.of(YEAR)
    for day, year in zip(days, years, strict=True):
        yield day.year if isinstance(day, dt.date) else year


CHECKS: Final = (
    Check("unit_not_reported", "warns", run=_not_reported),
    Check("nil_return_contradicted", "warns", run=_contradicted, mended_by="office"),
)
