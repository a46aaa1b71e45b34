"""What belongs to another round: copied files, ledgers of other years, sheets that do not say their year.

A new round begins as a copy of the last one. What is not replaced looks like a report and is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from analysis.intake.checks.base import Check, Context
from analysis.intake.declared.ledgers import MARK_LEDGERS
from analysis.intake.files import address
from analysis.intake.sheet_tables.ledger_tables import Table
from analysis.intake.sheet_tables.reading import Reading
from analysis.quantities import plain_text
from analysis.rounds.faults import Fault, FaultsFoundError
from analysis.rounds.rounds import list_rounds, load_round

#: ledgers whose rows are counted by the day something happened
_BY_DAY: Final = ("clues", "events")
_YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_YEAR_IN_SIGNS: Final = re.compile("[一二][〇○零0-9一二三四五六七八九]{3}(?=年)")
_SIGNS: Final = str.maketrans("〇○零一二三四五六七八九", "000123456789")


def _copied(context: Context) -> Iterator[Fault]:
    """Yield the files that are, byte for byte, a file of a round with other periods, and count for the whole round.

    The roll may stay as it is. A ledger with days tells by them what it holds: it may serve several rounds.
    """
    undated = {
        table.sheet.file: table
        for name, reading in context.readings.items()
        if name != "units" and not context.date_field(name)
        for table in reading.tables
        if not table.mapped.history
    }
    others = [path for folder in _folders_of_others(context) for path in sorted(folder.rglob("*"))]
    for file, table in undated.items():
        own = context.round.folder / file
        # the namesake first: it is the file that was not replaced
        for path in sorted(others, key=lambda path: path.name != own.name):
            if path.is_file() and _same(own, path):
                place = path.relative_to(context.round.folder.parent).as_posix()
                yield table.fault("file_of_other_round", 0, 0, file, other=place)
                break


def _folders_of_others(context: Context) -> Iterator[Path]:
    """Yield the folders of the rounds whose own periods lie apart from this one's."""
    own = context.round.period
    for name in list_rounds(context.round.project):
        try:
            other = load_round(context.round.project, name)
        except FaultsFoundError:
            # of which periods it is cannot be said; its own check tells what is wrong with it
            continue
        if other.period.end < own.start or own.end < other.period.start:
            yield other.folder


def _same(one: Path, other: Path) -> bool:
    return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()


def _of_other_years(context: Context) -> Iterator[Fault]:
    """Yield the ledgers dated by day of which no row lies in a period, in the base period or in the history."""
    spans = [(period.start, period.end) for period in context.round.settings.calendar.listed]
    for name in _BY_DAY:
        reading = context.readings.get(name)
        if reading is None:
            continue
        days = {day for day in reading.entries.of(context.date_field(name)) if day is not None}
        years = reading.entries.of("year")
        if not days or any(year is not None for year in years):
            continue
        if not any(start <= day <= end for day in days for start, end in spans):
            yield reading.fault_of_all(
                "ledger_of_other_years",
                found=f"{min(days).isoformat()}–{max(days).isoformat()}",
                known="、".join(period.text for period in context.round.settings.calendar.listed),
            )


def _without_year(context: Context) -> Iterator[Fault]:
    """Yield the mark sheets that do not say of which year they are."""
    for table in _mark_sheets(context):
        if table.mapped.year is None and not _years_named(table):
            yield _of_sheet("marks_without_year", table, "", context)


def _of_other_year(context: Context) -> Iterator[Fault]:
    """Yield the mark sheets that name other years and not the round's own."""
    own = set(_own_years(context))
    for table in _mark_sheets(context):
        years = _years_named(table) if table.mapped.year is None else {table.mapped.year}
        if years and not years & own:
            yield _of_sheet("marks_of_other_year", table, "、".join(map(str, sorted(years))), context)


def _mark_sheets(context: Context) -> Iterator[Table]:
    readings: list[Reading] = [context.readings[name] for name in MARK_LEDGERS if name in context.readings]
    for reading in readings:
        yield from (table for table in reading.tables if not table.mapped.history)


def _own_years(context: Context) -> range:
    """Return the calendar years the round's period touches, by any of which a sheet may be called."""
    period = context.round.period
    return range(period.start.year, period.end.year + 1)


def _years_named(table: Table) -> set[int]:
    """Return the years that file, sheet and the lines above the header name."""
    above = table.sheet.rows[: table.header_row - 1]
    texts = [table.sheet.file, table.sheet.name, *(plain_text(cell) for row in above for cell in row)]
    found = {int(year) for text in texts for year in _YEAR.findall(text)}
    in_signs = (year.translate(_SIGNS) for text in texts for year in _YEAR_IN_SIGNS.findall(text))
    return found | {int(year) for year in in_signs}


def _of_sheet(check: str, table: Table, found: str, context: Context) -> Fault:
    return Fault(
        check,
        file=table.sheet.file,
        sheet=table.sheet.name,
        cell=address(1, 1),
        found=found,
        details={"years": "、".join(map(str, _own_years(context))), "ledger": table.ledger.name},
    )


CHECKS: Final = (
    Check("file_of_other_round", "blocks", run=_copied, mended_by="office"),
    Check("ledger_of_other_years", "blocks", run=_of_other_years, mended_by="office"),
    Check("marks_without_year", "blocks", run=_without_year, mended_by="office"),
    Check("marks_of_other_year", "blocks", run=_of_other_year, mended_by="office"),
)
