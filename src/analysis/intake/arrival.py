"""What arrived for a round: every ledger read, and everything that is wrong with the files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from analysis.faults import Fault
from analysis.intake import checks
from analysis.intake.ledgers import LEDGERS
from analysis.intake.maps import MAPS_FILE, Maps, load_maps
from analysis.intake.reading import Reading, read_ledger, to_frame
from analysis.intake.sheets import Sheet, Shelf
from analysis.rounds import ROUND_FILE, Round
from analysis.settings import read_document
from analysis.units import Unit, UnitRoll
from analysis.values import frame_of

COLUMN_COLUMNS: Final = {
    "ledger": "str", "file": "str", "sheet": "str", "field": "str", "column": "str", "header": "str",
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
    """

    roll: UnitRoll
    ledgers: dict[str, pd.DataFrame]
    columns: pd.DataFrame
    files: pd.DataFrame
    faults: list[Fault]


def read_round(round: Round) -> Intake:
    """Read every file of a round.

    Nothing raises for what is wrong with the files: each fault is collected with its place, and one never hides
    another. Ledgers that `maps.yaml` does not name are absent.
    """
    maps, faults = load_maps(round.folder)
    if maps is None:
        maps = Maps(ledgers={})
    shelf = Shelf(round.folder)
    city = round.settings.city
    readings: dict[str, Reading] = {}
    roll: UnitRoll | None = None
    for name, ledger in LEDGERS.items():
        mapped = maps.ledgers.get(name)
        if mapped is None:
            continue
        sheet = shelf.sheet(mapped.file, mapped.sheet)
        if not isinstance(sheet, Sheet):
            # several ledgers may stand in one missing file, which is told once
            faults += [sheet] if sheet not in faults else []
            continue
        reading = read_ledger(ledger, mapped, maps.codes, sheet, roll)
        reading.faults += checks.merge_entries(reading)
        readings[name] = reading
        if name == "units":
            reading.faults += checks.check_roll(reading)
            # a roll with faults would make every row of the other ledgers look wrong
            if not any(fault.severity == "blocks" for fault in reading.faults):
                roll = UnitRoll(_units(reading), city.code, city.short, city.name)
    faults += [fault for reading in readings.values() for fault in reading.faults]
    faults += checks.check_references(readings)
    faults += checks.check_plausible(readings, round.history, round.settings.date_field)
    if roll is not None:
        faults += checks.check_reported(readings, roll, round)
        faults += _check_settings(round, roll)
    roll = roll or UnitRoll([], city.code, city.short, city.name)
    order = {code: place for place, code in enumerate(roll.codes)}
    return Intake(
        roll=roll,
        ledgers={name: to_frame(reading, order) for name, reading in readings.items()},
        columns=frame_of((row for reading in readings.values() for row in reading.columns()), COLUMN_COLUMNS),
        files=_files(readings, shelf, round),
        faults=_ordered(faults, maps),
    )


def _units(reading: Reading) -> Iterable[Unit]:
    for row in reading.rows:
        yield Unit(
            code=row["code"],
            name=row["name"],
            short=row["short"],
            aliases=_parts(row.get("aliases")),
            order=row["order"],
            kind=row.get("kind") or "",
            former_codes=_parts(row.get("former_codes")),
        )


def _parts(joined: str | None) -> tuple[str, ...]:
    return tuple(part for part in (joined or "").split(";") if part)


def _files(readings: Mapping[str, Reading], shelf: Shelf, round: Round) -> pd.DataFrame:
    rows = [
        {
            "file": reading.sheet.file,
            "ledger": name,
            "sheet": reading.sheet.name,
            "rows": len(reading.rows),
            "sha256": shelf.digest(reading.sheet.file),
        }
        for name, reading in readings.items()
    ]
    if round.settings.nil_returns:
        # a zero that was reported rests on the settings, so its lineage leads there
        content = (round.folder / ROUND_FILE).read_bytes()
        rows.append(
            {
                "file": ROUND_FILE,
                "ledger": "nil_returns",
                "sheet": "",
                "rows": len(round.settings.nil_returns),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        )
    return frame_of(rows, FILE_COLUMNS)


def _check_settings(round: Round, roll: UnitRoll) -> list[Fault]:
    """Find names in the round's settings that are no field, no ledger and no unit."""
    document, faults = read_document(round.folder / ROUND_FILE, ROUND_FILE)
    if document is None:
        return faults
    days = [name for name, field in LEDGERS["clues"].fields.items() if field.kind == "day"]
    ledgers = [name for name, ledger in LEDGERS.items() if ledger.has_unit]
    named: list[tuple[tuple[str | int, ...], str, list[str]]] = [
        (("date_field",), round.settings.date_field, days)
    ]
    for place, entry in enumerate(round.settings.nil_returns):
        named.append((("nil_returns", place, "ledger"), entry.ledger, ledgers))
        named.append((("nil_returns", place, "unit"), entry.unit, list(roll.codes)))
    return [
        document.fault("settings_bad_value", *location, kind="literal_error", allowed="、".join(known))
        for location, written, known in named
        if written not in known
    ]


def _ordered(faults: Iterable[Fault], maps: Maps) -> list[Fault]:
    """Return the faults by file (settings first, then in the order of the ledgers), sheet, row and column."""
    files = [ROUND_FILE, MAPS_FILE, *(maps.ledgers[name].file for name in LEDGERS if name in maps.ledgers)]
    place = {file: number for number, file in reversed(list(enumerate(files)))}

    def key(fault: Fault) -> tuple[int, str, int, int, str]:
        cell = _CELL.fullmatch(fault.cell)
        row, column = (int(cell[2]), cell[1].rjust(3)) if cell else (fault.line, "")
        return place.get(fault.file, len(place)), fault.sheet, row, len(column.strip()), column

    return sorted(faults, key=key)
