"""The periods a summary states, as the round counts them; what fits none of its periods would vanish without a word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from analysis.intake.sheet_tables.reading import Reading
from analysis.quantities import plain_text
from analysis.rounds.faults import Fault
from analysis.rounds.periods import Calendar, NoPeriodError, Period, declared_period

#: a fiscal year called by one number: some mean the calendar year it begins in, some the one it ends in
_BY_ONE_NUMBER: Final = re.compile(r"FY\s*\d{4}(?![\d/])|(?<![\d/])\d{4}\s*(?:财年|财政年度)", re.IGNORECASE)


def settle_periods(reading: Reading, calendar: Calendar) -> Iterator[Fault]:
    """Write the periods of a summary as the round has them, and yield those that fit none of its periods.

    A period fits where it lies in one that is counted: the cells of its months add up to the number of a year. One
    before or after all of them is a note on the side; one that overlaps them and fits none is counted nowhere, and
    most likely meant otherwise.

    Args:
        reading: of the ledger of summaries.
        calendar: of the round.
    """
    entries = reading.entries
    stated = entries.values.get("period", [])
    known: dict[str, Period | None] = {}
    rows: dict[str, list[int]] = {}
    for entry, text in enumerate(stated):
        if text is None:
            continue
        written = plain_text(reading.raw(entry, _field(reading, entry)))
        period = known.setdefault(text, _declared(text, written, calendar.year_starts))
        if period is not None:
            stated[entry] = period.text
        if period is None or not any(whole.holds(period) for whole in calendar.listed):
            rows.setdefault(text, []).append(entry)
    for text, of_text in rows.items():
        first, period = of_text[0], known[text]
        listed = calendar.listed
        outside = period is not None and (
            period.end < listed[0].start or period.start > max(each.end for each in listed)
        )
        yield reading.fault(
            "period_outside_history" if outside else "period_of_no_kind",
            first,
            _field(reading, first),
            unit="",
            severity="warns" if outside else "blocks",
            cells=str(len(of_text)),
            known="、".join(each.text for each in listed),
        )


def _field(reading: Reading, entry: int) -> str:
    """Return the field in whose cell an entry states its period: a column of its own, else that of the number."""
    table = reading.tables[reading.entries.tables[entry]]
    return next((name for name in ("period", "year") if name in table.headers), "value")


def _declared(text: str, written: str, year_starts: int) -> Period | None:
    """Return the period of a text; None where the round's years begin in a month that leaves open what it means."""
    if year_starts > 1 and _BY_ONE_NUMBER.search(written):
        return None
    try:
        return declared_period(text, year_starts)
    except NoPeriodError:
        return None
