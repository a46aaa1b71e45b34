"""What arrived for a round: every ledger read, and everything that is wrong with the files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pandas as pd

from analysis.intake import checks
from analysis.intake.correcting import Decided, accept, corrections_frame, decide
from analysis.intake.declared.corrections import CORRECTIONS_FILE, load_corrections
from analysis.intake.declared.ledgers import BY_PERIOD, LEDGERS
from analysis.intake.declared.maps import LedgerMap, Maps
from analysis.intake.declared.maps_file import MAPS_FILE, load_maps
from analysis.intake.fault_lists.effects import by_effect, weighed
from analysis.intake.fault_lists.reconciling import RECONCILIATION_COLUMNS, reconcile
from analysis.intake.files import Shelf, matches
from analysis.intake.masking import (
    learn_names,
    mask_entries,
    mask_faults,
    mask_frame,
    numbers_in_settings,
    own_numbers,
    persons_in_places,
)
from analysis.intake.persons.person_names import PersonNames
from analysis.intake.persons.person_numbers import nobodys
from analysis.intake.sheet_tables.joining import merge_entries, take_latest
from analysis.intake.sheet_tables.ledger_tables import Table
from analysis.intake.sheet_tables.reading import Reading, to_frame
from analysis.intake.sheet_tables.sheet_layout import lay_out
from analysis.intake.sheet_tables.sources import find_sources, natural
from analysis.intake.sheet_tables.stated_periods import settle_periods
from analysis.intake.sheet_tables.table_reading import read_ledger
from analysis.intake.sheet_tables.unread_parts import unread
from analysis.intake.template_workbooks.filled_templates import (
    find_templates,
    map_of,
    marker_of,
    with_templates,
)
from analysis.intake.template_workbooks.nil_returns import (
    NIL_COLUMNS,
    NIL_SHEET,
    filed,
    nil_frame,
    read_nil_returns,
)
from analysis.quantities import is_not_reported
from analysis.rounds.faults import LIST_SIGN, Fault
from analysis.rounds.frames import frame_of
from analysis.rounds.rounds import ROUND_FILE, Round
from analysis.rounds.settings_files import Document, read_document, suggestion
from analysis.rounds.units import Unit, UnitRoll, normal_name

COLUMN_COLUMNS: Final = {
    "ledger": "str", "file": "str", "sheet": "str", "field": "str", "column": "str", "header": "str",
    "title": "str",
}  # fmt: skip
FILE_COLUMNS: Final = {"file": "str", "ledger": "str", "sheet": "str", "rows": "int64", "sha256": "str"}
_CELL: Final = re.compile(r"([A-Z]+)(\d+)")


@dataclass
class Intake:
    """The ledgers of a round.

    Attributes:
        roll: the units assessed; empty if it could not be read.
        ledgers: one frame per ledger of the maps, by name: `file, sheet, row` (spreadsheet row, from 1), `unit`, the
            fields; ledgers of marks have `column`, the letter of the cell an entry stands in.
        columns: which column is which field (ledger, file, sheet, field, column, header).
        files: what was read (file, ledger, sheet, rows, sha256).
        faults: everything found wrong, by file, sheet, row and column.
        corrections: what the office corrected, one row each (`correcting.CORRECTION_COLUMNS`).
        reconciliation: what became of the rows of every sheet (`reconciling.RECONCILIATION_COLUMNS`).
        names: what the columns about persons hold; it stays in the memory.
        nobodys: numbers that look like those of persons and are nobody's: the ledgers' own, and what is public.
        by_city: the ledgers that the city and its departments fill in; the others are the units'.
        nil_returns: what units say they have nothing of in the sheets of their templates (`nil_returns.NIL_COLUMNS`).
        set_aside: (ledger, file, sheet, header) of the columns that the maps leave unread.
    """

    roll: UnitRoll
    ledgers: dict[str, pd.DataFrame]
    columns: pd.DataFrame
    files: pd.DataFrame
    faults: list[Fault]
    corrections: pd.DataFrame = field(default_factory=lambda: corrections_frame([], None))
    reconciliation: pd.DataFrame = field(default_factory=lambda: frame_of([], RECONCILIATION_COLUMNS))
    names: PersonNames = field(default_factory=PersonNames)
    nobodys: frozenset[str] = frozenset()
    by_city: frozenset[str] = frozenset(
        name for name, ledger in LEDGERS.items() if ledger.filled_by == "city"
    )
    nil_returns: pd.DataFrame = field(default_factory=lambda: frame_of([], NIL_COLUMNS))
    set_aside: frozenset[tuple[str, str, str, str]] = frozenset()

    def settled(self, round: Round) -> Round:
        """Return the round with the nil returns of the templates beside those of its settings."""
        return round.with_nil_returns(filed(self.nil_returns))


def read_roll(round: Round) -> UnitRoll | None:
    """Return the units of a round, read without any other ledger; None where they cannot be read."""
    found = read_round(round, only=frozenset({"units"})).roll
    return found if len(found) else None


def _maps(round: Round, only: Set[str] | None) -> tuple[Maps, list[Fault]]:
    """Return the maps of a round, of some ledgers only where they are named, and what is wrong with them."""
    loaded, faults = load_maps(round.folder)
    maps = loaded or Maps(ledgers={})
    if only is None:
        return maps, faults
    asked = {name: sources for name, sources in maps.ledgers.items() if name in only}
    return maps.model_copy(update={"ledgers": asked}), faults


def read_round(
    round: Round,
    also: Callable[[Intake], Iterable[Fault]] | None = None,
    earlier: Set[str] = frozenset(),
    only: Set[str] | None = None,
) -> Intake:
    """Read every file of a round.

    Nothing raises for what is wrong with the files: each fault is collected with its place, and one never hides
    another. Ledgers that `maps.yaml` does not name are absent.

    Args:
        round: the round.
        also: finds what can be seen only in whole ledgers (what a summary states against what a ledger gives); asked
            where nothing blocks.
        earlier: what a ledger may call the problems of the round before: their ids and numbers.
        only: the ledgers that are read; all where it is left out.
    """
    maps, faults = _maps(round, only)
    sound = not faults
    shelf = _shelf(round, maps)
    city = round.settings.city
    readings: dict[str, Reading] = {}
    roll: UnitRoll | None = None
    laid, wrong, unmet = _laid_out(maps, shelf)
    faults += wrong
    corrections, decisions, wrong = load_corrections(round.folder)
    decided = decide(corrections, decisions, laid)
    faults += [*wrong, *decided.faults]
    nil_tables = [_answered(_corrected(table, decided)) for table in laid.pop(NIL_SHEET.name, [])]
    for name, found in laid.items():
        tables = [_corrected(table, decided) for table in found]
        reading = read_ledger(
            LEDGERS[name],
            tables,
            with_templates(maps.codes) if any(marker_of(table.sheet) for table in tables) else maps.codes,
            roll,
            shown=_shown(maps.ledgers.get(name, []), tables),
            currency=round.settings.currency,
            policy=maps.values,
        )
        if name in BY_PERIOD:
            reading.faults += settle_periods(reading, round.settings.calendar)
        take_latest(reading)
        merge_entries(reading)
        readings[name] = reading
        if name == "units":
            reading.faults += checks.check_roll(reading)
            reading.faults += _strange_aliases(reading, maps, round)
            # a roll with faults would make every row of the other ledgers look wrong
            if not any(fault.severity == "blocks" for fault in reading.faults):
                roll = UnitRoll(_units(reading, maps.aliases), city.code, city.short, city.name)
    told_nil = read_nil_returns(nil_tables, roll)
    faults += told_nil.faults
    nil = nil_frame(told_nil)
    unclaimed = _unclaimed(maps, shelf, laid)
    faults += [
        *_naming(_missing(unmet, laid, nil), unclaimed),
        # a file may be the missing one; of a source with faults nobody knows which files it would have claimed
        *_unused(shelf, unclaimed if sound and not unmet else []),
        *(Fault("file_linked", file=name, found=name, severity="warns") for name in shelf.linked_out()),
    ]
    units = roll or UnitRoll([], city.code, city.short, city.name)
    known = own_numbers(
        readings.values(), nobodys(round.settings.public_numbers) | {*units.codes, units.city_code, *earlier}
    )
    every_table = [table for found in laid.values() for table in found]
    names = learn_names(every_table, units)
    faults += persons_in_places(every_table, known, names)
    faults += numbers_in_settings(round.folder, known)
    faults += [fault for reading in readings.values() for fault in mask_entries(reading, known, names)]
    faults += [fault for reading in readings.values() for fault in reading.faults]
    faults += _unread(shelf, readings)
    faults += unread(table for reading in readings.values() for table in reading.tables)
    faults += checks.check_ledgers(readings, roll, round.with_nil_returns(filed(nil)), earlier)
    document, _told_before = read_document(round.folder / ROUND_FILE, ROUND_FILE)
    faults += _check_settings(round, document, roll)
    arrived = replace(_intake(readings, units, shelf, round, nil), by_city=_by_city(maps))
    if also and not any(fault.severity == "blocks" for fault in faults):
        faults += also(arrived)
    faults = checks.tuned(accept(faults, decided, decisions), round, document)
    corrected = corrections_frame(decided.applied, roll)
    in_order = by_effect(weighed(_ordered(_of_units(faults, readings), maps), readings, round))
    told = mask_faults(in_order, known, names)
    return replace(
        arrived,
        faults=told,
        corrections=mask_frame(corrected, known, names),
        reconciliation=reconcile({**readings, NIL_SHEET.name: told_nil}, told, round.settings),
        names=names,
        nobodys=known,
    )


def _intake(
    readings: Mapping[str, Reading], roll: UnitRoll, shelf: Shelf, round: Round, nil: pd.DataFrame
) -> Intake:
    """Return the ledgers as frames, without what is wrong with them."""
    order = {code: place for place, code in enumerate(roll.codes)}
    columns = (row for reading in readings.values() for table in reading.tables for row in table.columns())
    return Intake(
        roll=roll,
        ledgers={name: to_frame(reading, order) for name, reading in readings.items()},
        columns=frame_of(columns, COLUMN_COLUMNS),
        files=_files(readings, shelf, round, nil),
        faults=[],
        nil_returns=nil,
        set_aside=frozenset(
            (name, table.sheet.file, table.sheet.name, normal_name(header))
            for name, reading in readings.items()
            for table in reading.tables
            for header in table.mapped.ignored
        ),
    )


def filled_by_city(round: Round) -> frozenset[str]:
    """Return the ledgers of a round that the city fills in; maps that cannot be read say nothing."""
    maps, _told_before = load_maps(round.folder)
    return _by_city(maps or Maps(ledgers={}))


def _by_city(maps: Maps) -> frozenset[str]:
    """Return the ledgers that the city fills in: as the maps say, else as usual."""
    said = {name: sources[0].filled_by for name, sources in maps.ledgers.items()}
    return frozenset(name for name, of in LEDGERS.items() if (said.get(name) or of.filled_by) == "city")


def _laid_out(maps: Maps, shelf: Shelf) -> tuple[dict[str, list[Table]], list[Fault], dict[str, list[Fault]]]:
    """Return the tables of each ledger in the order in which they are read, and what keeps others from being found.

    Returns:
        Tables by ledger; faults; and the missing files by ledger.
    """
    laid: dict[str, list[Table]] = {}
    faults: list[Fault] = []
    unmet: dict[str, list[Fault]] = {}
    for name, ledger in LEDGERS.items():
        listed = maps.ledgers.get(name, [])
        for mapped in listed:
            named = {file for other in listed if other is not mapped for file in other.file}
            sources, wrong = find_sources(mapped, shelf, named)
            for fault in wrong:
                to = unmet.setdefault(name, []) if fault.check == "file_missing" else faults
                to += [fault] if fault not in to else []
            if sources:
                laid.setdefault(name, []).extend(lay_out(ledger, mapped, source) for source in sources)
    return _with_templates(laid, maps, shelf, faults), faults, unmet


def _missing(
    unmet: Mapping[str, list[Fault]], laid: Mapping[str, list[Table]], nil: pd.DataFrame
) -> list[Fault]:
    """Return the files that are not there; where templates were handed in instead, their want is only noted.

    The maps of the round before may name a file that nobody hands in any more.
    """
    by_nil, found = set(nil["ledger"]), []
    for name, faults in unmet.items():
        filled = any(table.rows and marker_of(table.sheet) for table in laid.get(name, []))
        for missing in faults:
            fault = missing
            if filled or name in by_nil:
                told = {**fault.details, "ledger": name}
                fault = replace(fault, check="source_superseded", severity="notes", details=told)
            # several ledgers may stand in one missing file, which is told once
            found += [fault] if fault not in found else []
    return found


def _unclaimed(maps: Maps, shelf: Shelf, laid: Mapping[str, Iterable[Table]]) -> list[str]:
    """Return the files that somebody handed in and no source or template claims."""
    patterns = [pattern for mapped in maps.sources for pattern in mapped.file]
    read = {table.sheet.file for tables in laid.values() for table in tables}
    return [
        name
        for name in shelf.received()
        if name not in read and not any(matches(pattern, name) for pattern in patterns)
    ]


def _naming(faults: list[Fault], unclaimed: list[str]) -> list[Fault]:
    """Return the faults; the first of a missing file names the files that nothing claims, among which it may be."""
    place = next((place for place, fault in enumerate(faults) if fault.check == "file_missing"), None)
    if place is None or not unclaimed:
        return faults
    details = {**faults[place].details, "unclaimed": LIST_SIGN.join(unclaimed)}
    return [*faults[:place], replace(faults[place], details=details), *faults[place + 1 :]]


def _unused(shelf: Shelf, unclaimed: list[str]) -> Iterator[Fault]:
    """Yield the files that lie in the folder for nothing, or why they could not even be read."""
    for name in unclaimed:
        book, unused = shelf.book(name), Fault("file_unused", file=name, found=name, severity="warns")
        yield replace(book, severity="warns") if isinstance(book, Fault) else unused


def _with_templates(
    laid: dict[str, list[Table]], maps: Maps, shelf: Shelf, faults: list[Fault]
) -> dict[str, list[Table]]:
    """Return the tables with those of filled-in templates behind them, which need no map."""
    patterns = [pattern for mapped in maps.sources for pattern in mapped.file]
    taken = {(table.sheet.file, table.sheet.name) for tables in laid.values() for table in tables}
    opened = {book.file for book in shelf.opened()}
    free = [
        name
        for name in shelf.names()
        if name in opened or not any(matches(pattern, name) for pattern in patterns)
    ]
    filled, unknown = find_templates(shelf, free, taken)
    faults += unknown
    of_templates = {**LEDGERS, NIL_SHEET.name: NIL_SHEET}
    for name, sources in filled.items():
        ledger = of_templates[name]
        tables = [lay_out(ledger, map_of(ledger, source.sheet), source) for source in sources]
        for table in tables:
            # every template has its example
            table.faults = [fault for fault in table.faults if fault.check != "example_row"]
            _without_unfilled(table)
        laid[name] = [*laid.get(name, []), *tables]
    return {name: laid[name] for name in of_templates if name in laid}


def _without_unfilled(table: Table) -> None:
    """Drop the rows of a wide sheet in which the unit was written beforehand and nobody gave a mark."""
    if table.items and not table.totals:
        columns = [item.header.column for item in table.items]
        table.rows[:] = [
            row for row in table.rows if any(table.sheet.value(row, column) is not None for column in columns)
        ]


def _answered(table: Table) -> Table:
    """Return a sheet of nil returns without the rows, written beforehand, that nobody answered."""
    header = table.headers.get("nil")
    if header is not None:
        table.rows[:] = [
            row for row in table.rows if not is_not_reported(table.sheet.value(row, header.column))
        ]
    return table


def _corrected(table: Table, decided: Decided) -> Table:
    """Return a table with the corrected cells of its sheet, laid out anew; one without corrections stays as it is."""
    sheet = decided.sheets.get((table.sheet.file, table.sheet.name))
    if sheet is None:
        return table
    corrected = lay_out(table.ledger, table.mapped, replace(table.source, sheet=sheet))
    dropped = (each.row for each in decided.applied if each.table is table and each.correction.kind == "drop")
    corrected.dropped += dropped
    return corrected


def _shelf(round: Round, maps: Maps) -> Shelf:
    """Return the files of the round; text files are read by the headers and encodings of their ledgers."""
    headers: dict[str, list[str]] = {}
    encodings: dict[str, str] = {}
    for mapped in maps.sources:
        for pattern in mapped.file:
            headers.setdefault(pattern, []).extend(mapped.headers())
            if mapped.encoding:
                encodings[pattern] = mapped.encoding
    return Shelf(round.folder, headers, encodings)


def _shown(sources: list[LedgerMap], tables: list[Table]) -> str:
    """Return how the files of a ledger are called together."""
    files = list(dict.fromkeys(table.sheet.file for table in tables))
    named = [pattern for mapped in sources for pattern in mapped.file]
    return files[0] if len(files) == 1 else LIST_SIGN.join(dict.fromkeys(named or files))


def _of_units(faults: Iterable[Fault], readings: Mapping[str, Reading]) -> Iterator[Fault]:
    """Yield the faults; one of a sheet or file in which a single unit of several reports is that unit's."""
    units: dict[tuple[str, str], set[str]] = {}
    for reading in readings.values():
        if not reading.ledger.has_unit:
            continue
        for number, unit in zip(reading.entries.tables, reading.entries.units, strict=True):
            sheet = reading.tables[number].sheet
            for place in ((sheet.file, sheet.name), (sheet.file, "")):
                units.setdefault(place, set()).add(unit)
    several = len(set().union(*units.values()) - {""}) > 1
    for fault in faults:
        of_place = units.get((fault.file, fault.sheet), set())
        if several and not fault.unit and len(of_place) == 1:
            yield replace(fault, unit=next(iter(of_place)))
        else:
            yield fault


def _unread(shelf: Shelf, readings: Mapping[str, Reading]) -> list[Fault]:
    """Note sheets with something in them that stand beside those that were read, and that no ledger claims."""
    read = {(table.sheet.file, table.sheet.name) for reading in readings.values() for table in reading.tables}
    files = {file for file, _sheet in read}
    return [
        Fault("sheet_unread", file=book.file, sheet=name, found=name, severity="notes")
        for book in shelf.opened()
        for name, sheet in book.sheets.items()
        if book.file in files and (book.file, name) not in read and sheet.rows and marker_of(sheet) is None
    ]


def _units(reading: Reading, more: Mapping[str, Sequence[str]]) -> Iterable[Unit]:
    names = ("code", "name", "short", "aliases", "order", "kind", "former_codes")
    columns = (reading.entries.of(name) for name in names)
    for code, name, short, aliases, order, kind, former in zip(*columns, strict=True):
        yield Unit(
            code=code,
            name=name,
            short=short,
            aliases=(*_parts(aliases), *more.get(code, ()), *more.get(name, ())),
            order=order,
            kind=kind or "",
            former_codes=_parts(former),
        )


def _strange_aliases(reading: Reading, maps: Maps, round: Round) -> Iterator[Fault]:
    """Yield the spellings that the maps give to units which are not on the roll."""
    known = [*reading.entries.of("code"), *reading.entries.of("name")]
    document, _told_before = read_document(round.folder / MAPS_FILE, MAPS_FILE)
    for name in maps.aliases:
        if document is not None and name not in known:
            near, listed = suggestion(name, filter(None, known)), LIST_SIGN.join(filter(None, known))
            fault = document.fault("alias_of_nobody", "aliases", name, suggestion=near, known=listed)
            yield replace(fault, found=name)


def _parts(joined: str | None) -> tuple[str, ...]:
    return tuple(part for part in (joined or "").split(";") if part)


def _files(readings: Mapping[str, Reading], shelf: Shelf, round: Round, nil: pd.DataFrame) -> pd.DataFrame:
    rows = [
        {
            "file": table.sheet.file,
            "ledger": name,
            "sheet": table.place,
            "rows": rows,
            "sha256": shelf.digest(table.sheet.file),
        }
        for name, reading in readings.items()
        for table, rows in zip(reading.tables, reading.rows_of_tables(), strict=True)
    ]
    for (file, sheet), told in nil.groupby(["file", "sheet"]):
        place = {"file": file, "ledger": NIL_SHEET.name, "sheet": sheet}
        rows.append({**place, "rows": len(told), "sha256": shelf.digest(str(file))})
    if round.settings.nil_returns:
        # a zero that was reported rests on the settings, so its lineage leads there
        content = (round.folder / ROUND_FILE).read_bytes()
        rows.append(
            {
                "file": ROUND_FILE,
                "ledger": NIL_SHEET.name,
                "sheet": "",
                "rows": len(round.settings.nil_returns),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        )
    return frame_of(rows, FILE_COLUMNS)


def _check_settings(round: Round, document: Document | None, roll: UnitRoll | None) -> list[Fault]:
    """Find names in the round's settings that are no field, no ledger, no unit and no check."""
    if document is None:
        return []
    days = [name for name, field in LEDGERS["clues"].fields.items() if field.kind == "day"]
    ledgers = [name for name, ledger in LEDGERS.items() if ledger.has_unit]
    named: list[tuple[tuple[str | int, ...], str, list[str]]] = [
        (("date_field",), round.settings.date_field, days)
    ]
    for place, entry in enumerate(round.settings.nil_returns):
        named.append((("nil_returns", place, "ledger"), entry.ledger, ledgers))
        if roll is not None:
            named.append((("nil_returns", place, "unit"), entry.unit, list(roll.codes)))
    for place, new in enumerate(round.settings.new_units):
        if roll is not None:
            named.append((("new_units", place, "unit"), new.unit, list(roll.codes)))
    for place, core in enumerate(round.settings.core_ledgers or []):
        named.append((("core_ledgers", place), core, [name for name in ledgers if name not in BY_PERIOD]))
    unknown = [
        document.fault("settings_bad_value", *location, kind="literal_error", allowed=LIST_SIGN.join(known))
        for location, written, known in named
        if written not in known
    ]
    return [*unknown, *checks.check_settings(document, round, checks.CHECKS)]


def _ordered(faults: Iterable[Fault], maps: Maps) -> list[Fault]:
    """Return the faults by file (settings first, then in the order of the ledgers), sheet, row and column."""
    patterns = [
        pattern for name in LEDGERS for mapped in maps.ledgers.get(name, []) for pattern in mapped.file
    ]

    def place(file: str) -> int:
        settings = [ROUND_FILE, MAPS_FILE, CORRECTIONS_FILE]
        if file in settings:
            return settings.index(file)
        fits = (number for number, pattern in enumerate(patterns, len(settings)) if matches(pattern, file))
        return next(fits, len(settings) + len(patterns))

    def key(fault: Fault) -> tuple[Any, ...]:
        cell = _CELL.fullmatch(fault.cell)
        row, column = (int(cell[2]), cell[1].rjust(3)) if cell else (fault.line, "")
        at = place(fault.file), natural(fault.file), natural(fault.sheet)
        return *at, row, len(column.strip()), column

    return sorted(faults, key=key)
