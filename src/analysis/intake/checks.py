"""Checks on whole ledgers: entries that stand twice, references that lead nowhere, days and sums that cannot be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from analysis.faults import Fault
from analysis.intake.ledgers import LEDGERS
from analysis.intake.reading import Reading
from analysis.intake.sheets import address
from analysis.periods import Period
from analysis.rounds import Round
from analysis.units import UnitRoll

Row = Mapping[str, Any]
#: what says where an entry stands, and so is no part of what it says
_PLACE: Final = frozenset({"row", "column"})
#: references from a field of a ledger to the numbers of a ledger
_REFERENCES: Final = (
    ("clues", "duplicate_of", "clues", "duplicate_unknown"),
    ("findings", "same_as", "findings", "reference_unknown"),
    ("feedback", "finding_no", "findings", "reference_unknown"),
)
#: pairs of days of which the second cannot come before the first
_ORDERS: Final = (
    ("clues", "received_on", "resolved_on"),
    ("clues", "received_on", "closed_on"),
    ("findings", "found_on", "closed_on"),
)
#: pairs of which the second cannot be more than the first
_LIMITS: Final = (("clues", "amount", "amount_paid"), ("clues", "workers", "workers_paid"))


def merge_entries(reading: Reading) -> list[Fault]:
    """Keep one of the entries that are the same in every field; two different entries with one key are a fault.

    The reading's rows are changed; the first of several equal entries stays.
    """
    ledger = reading.ledger
    faults: list[Fault] = []
    kept: dict[tuple[Any, ...], Row] = {}
    rows = []
    for row in reading.rows:
        key = tuple(row.get(name) for name in ledger.key)
        # an entry without its key is a fault already
        if any(part in (None, "") for part in key):
            rows.append(row)
            continue
        first = kept.setdefault(key, row)
        if first is row:
            rows.append(row)
            continue
        same = _content(first) == _content(row)
        if not same:
            rows.append(row)
        named = ledger.key[-1]
        check = "number_twice_same" if same else "number_twice" if ledger.key == ("no",) else "entry_twice"
        at, before = reading.cell_of(row, named), reading.cell_of(first, named)
        faults.append(
            reading.fault(
                check,
                *at,
                reading.sheet.value(*at),
                unit=str(row["unit"]),
                severity="warns" if same else "blocks",
                first=address(*before),
                key=" ".join(str(part) for part in key),
            )
        )
    reading.rows = rows
    return faults


def _content(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in _PLACE}


def check_roll(reading: Reading) -> list[Fault]:
    """Find names and former codes that two units claim."""
    faults = []
    for fields, check in (
        (("name", "short", "aliases"), "alias_twice"),
        (("code", "former_codes"), "code_twice"),
    ):
        owners: dict[str, str] = {}
        for row in reading.rows:
            for name in fields:
                for written in filter(None, str(row.get(name) or "").split(";")):
                    owner = owners.setdefault(written, str(row["unit"]))
                    if owner != row["unit"]:
                        at = reading.cell_of(row, name)
                        faults.append(reading.fault(check, *at, written, unit=str(row["unit"]), first=owner))
    return faults


def check_references(readings: Mapping[str, Reading]) -> list[Fault]:
    """Find references to numbers that do not exist, and rows that are repeats of each other in a circle."""
    faults = []
    for name, field, target, check in _REFERENCES:
        if name not in readings or target not in readings or field not in readings[name].headers:
            continue
        reading = readings[name]
        numbers = {row.get("no") for row in readings[target].rows}
        links = {row.get("no"): row.get(field) for row in reading.rows} if name == target else {}
        for row in reading.rows:
            to = row.get(field)
            if to and (to not in numbers or _leads_back(links, row.get("no"))):
                at = reading.cell_of(row, field)
                faults.append(
                    reading.fault(check, *at, to, unit=str(row["unit"]), file_of=readings[target].sheet.file)
                )
    return faults


def _leads_back(links: Mapping[Any, Any], start: object) -> bool:
    """Return whether following the links from a row leads to that row again."""
    seen: set[object] = set()
    here = links.get(start)
    while here and here not in seen:
        if here == start:
            return True
        seen.add(here)
        here = links.get(here)
    return False


def check_plausible(
    readings: Mapping[str, Reading], history: Sequence[Period], date_field: str
) -> list[Fault]:
    """Find what can hardly be: an end before its beginning, more paid than owed, clues from outside the history.

    Args:
        readings: the ledgers that could be read.
        history: the periods with ledgers.
        date_field: the field that dates a clue.
    """
    faults = [
        *_compare(readings, _ORDERS, "dates_out_of_order", lambda first, second: second < first),
        *_compare(readings, _LIMITS, "paid_exceeds_owed", lambda first, second: second > first),
    ]
    clues = readings.get("clues")
    return [*faults, *_outside_history(clues, history, date_field)] if clues else faults


def _outside_history(reading: Reading, history: Iterable[Period], date_field: str) -> Iterator[Fault]:
    """Yield one warning per year outside the history: a cumulative ledger has a thousand rows of the years before."""
    spans = list(history)
    years: dict[int, list[Mapping[str, Any]]] = {}
    for row in reading.rows:
        day = row.get(date_field)
        if day is not None and not any(period.start <= day <= period.end for period in spans):
            years.setdefault(day.year, []).append(row)
    for year, rows in sorted(years.items()):
        first = min(rows, key=lambda row: int(row["row"]))
        yield reading.fault(
            "received_outside_history",
            *reading.cell_of(first, date_field),
            first[date_field],
            unit=str(first["unit"]) if len(rows) == 1 else "",
            severity="warns",
            year=str(year),
            rows=str(len(rows)),
        )


def _compare(
    readings: Mapping[str, Reading],
    pairs: Iterable[tuple[str, str, str]],
    check: str,
    wrong: Callable[[Any, Any], bool],
) -> Iterator[Fault]:
    for name, first, second in pairs:
        reading = readings.get(name)
        for row in reading.rows if reading else ():
            one, other = row.get(first), row.get(second)
            if reading and one is not None and other is not None and wrong(one, other):
                at, before = reading.cell_of(row, second), reading.cell_of(row, first)
                yield reading.fault(
                    check,
                    *at,
                    reading.sheet.value(*at),
                    unit=str(row["unit"]),
                    severity="warns",
                    field=reading.headers[second].last,
                    other=reading.headers[first].last,
                    first=address(*before),
                )


def check_reported(readings: Mapping[str, Reading], roll: UnitRoll, round: Round) -> list[Fault]:
    """Find units without rows where rows are expected, and nil returns that a ledger contradicts.

    A dated ledger is expected for every year of the history, another one for the round as a whole. Where a row's
    unit or day could not be read, nothing is said about who did not report: that row may be the report.
    """
    faults = []
    nil = {(entry.ledger, entry.unit, entry.year) for entry in round.settings.nil_returns}
    history = sorted({year for period in round.history for year in period.years()})
    for name, reading in readings.items():
        ledger = LEDGERS[name]
        if not ledger.expected:
            continue
        if any(not row["unit"] for row in reading.rows):
            continue
        date_field = date_field_of(name, round)
        spans = [(year,) for year in history] if date_field else [round.period.years()]
        for unit in roll:
            rows = [row for row in reading.rows if row["unit"] == unit.code]
            if date_field and any(row.get(date_field) is None for row in rows):
                continue
            for years in spans:
                there = any(not date_field or _year(row.get(date_field)) in years for row in rows)
                said_nil = any((name, unit.code, year) in nil for year in years)
                if there == said_nil:
                    faults.append(
                        Fault(
                            "nil_return_contradicted" if there else "unit_not_reported",
                            file=reading.sheet.file,
                            sheet=reading.sheet.name,
                            unit=unit.code,
                            found=unit.name,
                            severity="warns",
                            details={"ledger": name, "year": str(years[0]) if date_field else ""},
                        )
                    )
    return faults


def date_field_of(ledger: str, round: Round) -> str:
    """Return the field that dates the rows of a ledger: for clues the round's own choice; empty if none does."""
    return round.settings.date_field if ledger == "clues" else LEDGERS[ledger].by_year


def _year(day: object) -> int | None:
    return day.year if isinstance(day, dt.date) else None
