"""Days: in order, of this round, and not what a computer writes where nobody gave one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Final

from analysis.intake.checks.base import Check, Context
from analysis.intake.checks.pairs import compare
from analysis.intake.sheet_tables.reading import Reading
from analysis.rounds.faults import Fault

#: fields by ledger
Named = Mapping[str, tuple[str, ...]]
#: pairs of days of which the second cannot come before the first
_ORDERS: Final = (
    ("clues", "received_on", "resolved_on"),
    ("clues", "received_on", "closed_on"),
    ("clues", "resolved_on", "closed_on"),
    ("findings", "found_on", "deadline"),
    ("findings", "found_on", "closed_on"),
)
#: days on which something began, by ledger: after the cut-off there is nothing to report yet
_BEGINNINGS: Final[Named] = {"clues": ("received_on",), "events": ("occurred_on",), "findings": ("found_on",)}
#: days on which something ended: the file may be younger than the cut-off
_ENDS: Final[Named] = {"clues": ("resolved_on", "closed_on"), "findings": ("closed_on",)}
#: what programs show for the number 0, and for no time at all
_FIRST_YEAR: Final = 1900
_EPOCH: Final = dt.date(1970, 1, 1)


def is_default(day: dt.date) -> bool:
    """Return whether a day is what a program writes where there is none: in or before 1900, or 1970-01-01."""
    return day.year <= _FIRST_YEAR or day == _EPOCH


def _out_of_order(context: Context) -> Iterator[Fault]:
    """Yield days before the day they must follow; a day that is none has its own check."""
    yield from compare(
        context.readings,
        _ORDERS,
        "dates_out_of_order",
        lambda first, second: second < first and not is_default(second),
    )


def _defaults(context: Context) -> Iterator[Fault]:
    """Yield days that are only the default of a program."""
    for reading in context.readings.values():
        for name, field in reading.ledger.fields.items():
            if field.kind != "day":
                continue
            for entry, day in enumerate(reading.entries.of(name)):
                if day is not None and is_default(day):
                    yield reading.fault(
                        "day_is_default", entry, name, found=day, field=reading.header(entry, name)
                    )


def _in_future(context: Context) -> Iterator[Fault]:
    """Yield beginnings after the cut-off, and ends so long after it that they can only be slips of the pen."""
    as_of = context.round.as_of
    latest = as_of + dt.timedelta(days=int(context.threshold("day_in_future")))
    spans = [(period.start, period.end) for period in context.round.history]
    for fields, limit in ((_BEGINNINGS, as_of), (_ENDS, latest)):
        for reading, name in _fields(context, fields):
            dated = name == context.date_field(reading.ledger.name) and reading.ledger.name == "clues"
            for entry, day in enumerate(reading.entries.of(name)):
                if day is None or day <= limit:
                    continue
                # a clue of a year outside the history is told with that year
                if not dated or any(start <= day <= end for start, end in spans):
                    yield reading.fault(
                        "day_in_future", entry, name, found=day, field=reading.header(entry, name),
                        as_of=as_of.isoformat(),
                    )  # fmt: skip


def _after_cut_off(context: Context) -> Iterator[Fault]:
    """Yield one note per column whose ends lie after the cut-off, where they do not count."""
    as_of = context.round.as_of
    latest = as_of + dt.timedelta(days=int(context.threshold("day_in_future")))
    for reading, name in _fields(context, _ENDS):
        late = [
            entry
            for entry, day in enumerate(reading.entries.of(name))
            if day is not None and as_of < day <= latest
        ]
        if late:
            first = min(late, key=lambda entry: (reading.entries.tables[entry], reading.entries.rows[entry]))
            unit = reading.entries.units[first] if len(late) == 1 else ""
            details = {"field": reading.header(first, name), "rows": str(len(late))}
            yield reading.fault(
                "day_after_cut_off", first, name, unit=unit, as_of=as_of.isoformat(), **details
            )


def _fields(context: Context, named: Named) -> Iterator[tuple[Reading, str]]:
    for ledger, fields in named.items():
        reading = context.readings.get(ledger)
        if reading is not None:
            yield from ((reading, name) for name in fields)


def _outside_history(context: Context) -> Iterator[Fault]:
    """Yield one fault per year outside the history: a cumulative ledger has a thousand rows of the years before."""
    reading = context.readings.get("clues")
    if reading is None:
        return
    date_field = context.round.settings.date_field
    spans = [(period.start, period.end) for period in context.round.history]
    days = reading.entries.of(date_field)
    known = {day: any(start <= day <= end for start, end in spans) for day in set(days) if day is not None}
    years: dict[int, list[int]] = {}
    for entry, day in enumerate(days):
        if day is not None and not known[day] and not is_default(day):
            years.setdefault(day.year, []).append(entry)
    for year, entries in sorted(years.items()):
        first = entries[0]
        yield reading.fault(
            "received_outside_history",
            first,
            date_field,
            found=days[first],
            unit=reading.entries.units[first] if len(entries) == 1 else "",
            year=str(year),
            rows=str(len(entries)),
        )


CHECKS: Final = (
    Check("dates_out_of_order", "warns", run=_out_of_order, of_value=True),
    Check("day_is_default", "warns", run=_defaults, of_value=True),
    Check("day_in_future", "warns", threshold=366, run=_in_future, of_value=True),
    Check("day_after_cut_off", "notes", run=_after_cut_off, mended_by="nobody"),
    Check("received_outside_history", "warns", run=_outside_history),
)
