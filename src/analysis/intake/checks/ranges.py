"""What a number can be at all: people of a case, money of a person, marks of their full marks, years.

What is usual is another matter (`amounts`); here stands what nobody can have meant, in one cell or in a whole file.
A file in 万元 that is read as 元, or the other way round, agrees with itself and its own total, and shows only here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median_high, median_low
from typing import Any, Final

from analysis.intake.checks.base import Check, Context
from analysis.intake.checks.days import is_default
from analysis.intake.declared.ledgers import SUMMARY_AMOUNTS, YEAR
from analysis.intake.sheet_tables.reading import Reading
from analysis.quantities import CURRENCIES, Currency
from analysis.rounds.faults import Fault

_PEOPLE: Final = (("clues", "workers"), ("clues", "workers_paid"), ("events", "people"))
#: amounts of a case with the people they are for
_AMOUNTS: Final = (("amount", "workers"), ("amount_paid", "workers"))
#: where nobody is counted, a case is taken for that of so many
_USUAL_PEOPLE: Final = 10
#: one of a currency without a minor unit (yen, won) buys about a hundredth to a thousandth of one with
_SMALL_MONEY: Final = 1000
#: fewer rows say nothing of a whole sheet
_FEWEST: Final = 4
#: so small a part of what is owed nobody pays
_LEAST_PART: Final = 0.001
#: full marks of a member department's mark
_FULL_MARKS: Final = 100.0

_PEOPLE_MOST: Final = "people_implausible"
_COUNT_MOST: Final = "count_implausible"
_AMOUNT_MOST: Final = "amount_implausible"
_EACH_MOST: Final = "amount_per_person_implausible"
_FILE_LEAST: Final = "file_amounts_too_small"
_FILE_MOST: Final = "file_amounts_too_large"
_FILE_PEOPLE: Final = "file_people_too_many"
_SHARES: Final = "marks_like_shares"
_YEARS: Final = "year_implausible"


def _people(context: Context) -> Iterator[Fault]:
    """Yield cases and events of more people than one can have, where not all of the sheet is in the wrong unit."""
    most = context.threshold(_PEOPLE_MOST)
    for name, field in _PEOPLE:
        if (reading := context.readings.get(name)) is None:
            continue
        crowded = {column.table for column in _crowded(context, reading)}
        for entry, number in enumerate(reading.entries.of(field)):
            if number is not None and number > most and reading.entries.tables[entry] not in crowded:
                yield _above(reading, _PEOPLE_MOST, entry, field, most)


def _counts(context: Context) -> Iterator[Fault]:
    """Yield counts beyond any city's, in the roll and in summaries."""
    most = context.threshold(_COUNT_MOST)
    for name, field in (("units", "migrant_workers"), ("summary", "value")):
        if (reading := context.readings.get(name)) is None:
            continue
        measures = reading.entries.of("measure")
        for entry, number in enumerate(reading.entries.of(field)):
            if number is not None and number > most and measures[entry] not in SUMMARY_AMOUNTS:
                yield _above(reading, _COUNT_MOST, entry, field, most)


def _amounts(context: Context) -> Iterator[Fault]:
    """Yield amounts beyond any city's."""
    currency = _currency(context)
    most = context.threshold(_AMOUNT_MOST) * _scale(currency)
    for reading in context.readings.values():
        measures = reading.entries.of("measure")
        names = [name for name, wanted in reading.ledger.fields.items() if wanted.kind == "money"]
        for field in ["value"] if reading.ledger.measures else names:
            for entry, number in enumerate(reading.entries.of(field)):
                if number is None or number <= most * currency.minor:
                    continue
                if field != "value" or measures[entry] in SUMMARY_AMOUNTS:
                    yield _above(reading, _AMOUNT_MOST, entry, field, most)


def _above(reading: Reading, check: str, entry: int, field: str, most: float) -> Fault:
    """Return the fault of an entry that states more than can be."""
    return reading.fault(check, entry, field, field=reading.header(entry, field), most=f"{most:,.0f}")


def _each(context: Context) -> Iterator[Fault]:
    """Yield amounts of a case beyond what its people can be owed, where not all of its sheet is in the wrong unit."""
    reading = context.readings.get("clues")
    if reading is None:
        return
    currency, entries = _currency(context), reading.entries
    most = context.threshold(_EACH_MOST) * _scale(currency)
    beyond = context.threshold(_AMOUNT_MOST) * _scale(currency) * currency.minor
    for field, beside in _AMOUNTS:
        sheets = {column.table for column in _wrong_sheets(context, reading, field, beside)}
        both = zip(entries.of(field), entries.of(beside), strict=True)
        for entry, (amount, people) in enumerate(both):
            if not (amount and people) or amount > beyond or entries.tables[entry] in sheets:
                continue
            if amount / people > most * currency.minor:
                said = {"each": f"{amount / people / currency.minor:,.0f}", "most": f"{most:,.0f}"}
                header = reading.header(entry, field)
                yield reading.fault(_EACH_MOST, entry, field, field=header, money=currency.unit, **said)


@dataclass(frozen=True)
class _Column:
    """What a field of one sheet is like: the sheet's first entry that counts, and what is stated in the middle of them.

    Of an even number of entries there are two middles: only where more than half lie beyond a bound both of them do.
    """

    table: int
    first: int
    lower: float
    upper: float

    @classmethod
    def of(cls, table: int, stated: list[tuple[int, float]]) -> _Column:
        numbers = [number for _entry, number in stated]
        return cls(table, stated[0][0], median_low(numbers), median_high(numbers))


def _middles(reading: Reading, field: str, beside: str = "") -> Iterator[_Column]:
    """Yield what a field states, sheet by sheet, for each of what stands beside it where that is asked for.

    A row that does not say for how many is taken for a usual case, where no row of the sheet says; 0 states nothing.
    """
    each: dict[int, list[tuple[int, float]]] = {}
    alone: dict[int, list[tuple[int, float]]] = {}
    entries = reading.entries
    of_each = entries.of(beside) if beside else [1] * len(entries)
    for entry, (table, number, of) in enumerate(zip(entries.tables, entries.of(field), of_each, strict=True)):
        if number and of:
            each.setdefault(table, []).append((entry, number / of))
        elif number:
            alone.setdefault(table, []).append((entry, number / _USUAL_PEOPLE))
    for table in sorted(each.keys() | alone.keys()):
        if len(each.get(table) or alone[table]) < _FEWEST:
            continue
        yield _Column.of(table, each.get(table) or alone[table])


def _wrong_sheets(context: Context, reading: Reading, field: str, beside: str) -> Iterator[_Column]:
    """Yield what a field is like in the sheets where it can only be in another unit of measure."""
    currency = _currency(context)
    least = context.threshold(_FILE_LEAST) * currency.minor
    most = context.threshold(_FILE_MOST) * _scale(currency) * currency.minor
    # of what is owed a small part may have been paid, but not a thousandth
    owed = _middles(reading, field, "amount") if field == "amount_paid" else ()
    partly = {column.table for column in owed if column.upper >= _LEAST_PART}
    for column in _middles(reading, field, beside):
        if (column.upper < least and column.table not in partly) or column.lower > most:
            yield column


def _files(context: Context) -> Iterator[Fault]:
    """Yield the sheets of which the amounts, taken together, can only be in another unit of measure."""
    reading = context.readings.get("clues")
    if reading is None:
        return
    currency = _currency(context)
    for field, beside in _AMOUNTS:
        for column in _wrong_sheets(context, reading, field, beside):
            each = column.upper / currency.minor
            check = _FILE_LEAST if each < context.threshold(_FILE_LEAST) else _FILE_MOST
            said = {"each": f"{each:,.2f}", "money": currency.unit}
            yield _of_sheet(reading, check, column.first, field, **said)


def _crowded(context: Context, reading: Reading) -> list[_Column]:
    """Return what the people are like in the sheets where they can only be counted in another unit of measure."""
    most = context.threshold(_FILE_PEOPLE)
    return [column for column in _middles(reading, "workers") if column.lower > most]


def _crowds(context: Context) -> Iterator[Fault]:
    """Yield the sheets of which the people, taken together, can only be counted in another unit of measure."""
    if (reading := context.readings.get("clues")) is not None:
        for column in _crowded(context, reading):
            yield _of_sheet(reading, _FILE_PEOPLE, column.first, "workers", each=f"{column.upper:,.0f}")


def _shares(context: Context) -> Iterator[Fault]:
    """Yield the sheets of marks that look like shares of the full marks: 0.83 for 83 of 100."""
    threshold = context.threshold(_SHARES)
    for reading in context.readings.values():
        if "mark" not in reading.ledger.fields:
            continue
        entries = reading.entries
        fulls = entries.of("full") if "full" in reading.ledger.fields else [_FULL_MARKS] * len(entries)
        of_table: dict[int, list[tuple[int, float]]] = {}
        for entry, (mark, full) in enumerate(zip(entries.of("mark"), fulls, strict=True)):
            if mark and full:
                of_table.setdefault(entries.tables[entry], []).append((entry, mark / full))
        for stated in of_table.values():
            if max(share for _entry, share in stated) < threshold:
                yield _of_sheet(reading, _SHARES, stated[0][0], "mark")


def _of_sheet(reading: Reading, check: str, entry: int, field: str, **details: Any) -> Fault:
    """Return a fault of a whole column, told in the first cell that counts; of no unit, for it may be all of theirs."""
    measure = reading.tables[reading.entries.tables[entry]].measures.get(field, "")
    header = reading.header(entry, field)
    return reading.fault(check, entry, field, field=header, measure=measure, unit="", **details)


def _years(context: Context) -> Iterator[Fault]:
    """Yield days and years so far from the cut-off that they can only be slips of the pen."""
    here, far = context.round.as_of.year, context.threshold(_YEARS)
    for reading in context.readings.values():
        days = [name for name, wanted in reading.ledger.fields.items() if wanted.kind == "day"]
        for name in (*days, YEAR):
            said = reading.entries.values.get(name, [])
            wrong = {
                day
                for day in set(said)
                if day is not None and abs(_year(day) - here) > far and not _none(day)
            }
            for entry, day in enumerate(said if wrong else ()):
                if day in wrong:
                    header = reading.header(entry, name)
                    details = {"field": header, "as_of": context.round.as_of.isoformat(), "years": f"{far:g}"}
                    yield reading.fault(_YEARS, entry, name, **details)


def _year(day: dt.date | int) -> int:
    return day.year if isinstance(day, dt.date) else day


def _none(day: dt.date | int) -> bool:
    return isinstance(day, dt.date) and is_default(day)


def _currency(context: Context) -> Currency:
    return CURRENCIES[context.round.settings.currency]


def _scale(currency: Currency) -> int:
    return 1 if currency.minor > 1 else _SMALL_MONEY


CHECKS: Final = (
    Check(_PEOPLE_MOST, "blocks", threshold=100_000, run=_people),
    Check(_COUNT_MOST, "blocks", threshold=100_000_000, run=_counts),
    Check(_AMOUNT_MOST, "blocks", threshold=1e12, run=_amounts),
    Check(_EACH_MOST, "blocks", threshold=50_000_000, run=_each),
    # one run for both ends: which of the two it is, the fault says
    Check(_FILE_LEAST, "blocks", threshold=50, run=_files),
    Check(_FILE_MOST, "blocks", threshold=2_000_000),
    Check(_FILE_PEOPLE, "blocks", threshold=10_000, run=_crowds),
    Check(_SHARES, "blocks", threshold=0.02, run=_shares),
    Check(_YEARS, "blocks", threshold=50, run=_years),
)
