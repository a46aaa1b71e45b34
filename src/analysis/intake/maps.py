"""`maps.yaml`: which file and sheet of the office is which ledger, and how its headers call the fields.

Keys of a ledger: `file`, `sheet` (empty for CSV, or where the workbook has one sheet), `header_rows`, `first_row` (the
first data row, if it is not the row after the header), `footer`, `unit_of_measure`, `fields`, `persons`, `ignored`
and `wide`. The shared code lists stand under `codes`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from analysis.faults import Fault
from analysis.intake.ledgers import LEDGERS, UNIT_FIELDS, Ledger
from analysis.settings import Document, Settings, bad_value, read_document, suggestion, validate

#: name of the file in the round's folder
MAPS_FILE: Final = "maps.yaml"


def _answer(value: object) -> object:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def _pattern(value: str) -> str:
    try:
        groups = re.compile(value).groups
    except re.error as error:
        raise bad_value("not_a_pattern", reason=str(error)) from None
    if groups != 1:
        raise bad_value("not_one_group")
    return value


Answer = Annotated[str, BeforeValidator(_answer)]
Pattern = Annotated[str, AfterValidator(_pattern)]
MoneyUnit = Literal["元", "万元", "亿元"]
RowNumber = Annotated[int, Field(ge=1)]


class Wide(Settings):
    """How the headers of a wide sheet name their item: patterns with one group each."""

    item: Pattern
    full: Pattern | None = None


class LedgerMap(Settings):
    """Where one ledger stands and how its columns are called."""

    file: str
    sheet: str = ""
    header_rows: list[RowNumber] = Field(min_length=1)
    first_row: RowNumber | None = None
    footer: str = ""
    unit_of_measure: dict[str, MoneyUnit] = Field(default_factory=dict)
    fields: dict[str, list[str]]
    persons: list[str] = Field(default_factory=list)
    ignored: list[str] = Field(default_factory=list)
    wide: Wide | None = None


class Maps(Settings):
    """What `maps.yaml` says."""

    codes: dict[str, dict[str, Answer]] = Field(default_factory=dict)
    ledgers: dict[str, LedgerMap]


def load_maps(folder: Path) -> tuple[Maps | None, list[Fault]]:
    """Read the maps of a round's folder and hold them against the ledgers' definitions.

    Returns:
        The maps (None if they cannot be used at all; else without the ledgers that have faults, which are then not
        read) and every fault, with its line.
    """
    document, faults = read_document(folder / MAPS_FILE, MAPS_FILE)
    if document is None:
        return None, faults
    maps, wrong = validate(document, Maps)
    faults += wrong
    if maps is None:
        return None, sorted(faults, key=lambda fault: fault.line)
    sound = {}
    for name, mapped in maps.ledgers.items():
        misfits = _check_ledger(document, name, mapped, maps)
        faults += misfits
        if not misfits:
            sound[name] = mapped
    if "units" not in maps.ledgers:
        faults.append(document.fault("settings_missing_key", "ledgers", "units"))
    # several fields share a code list, whose faults are told once
    told = {(fault.check, fault.line, fault.found): fault for fault in faults}.values()
    return maps.model_copy(update={"ledgers": sound}), sorted(told, key=lambda fault: fault.line)


def _check_ledger(document: Document, name: str, mapped: LedgerMap, maps: Maps) -> list[Fault]:
    ledger = LEDGERS.get(name)
    at = ("ledgers", name)
    if ledger is None:
        return [_unknown(document, name, [*LEDGERS], *at)]
    known = [*(UNIT_FIELDS if ledger.has_unit else ()), *ledger.fields]
    faults = [_unknown(document, key, known, *at, "fields", key) for key in mapped.fields if key not in known]
    faults += [
        document.fault("settings_missing_key", *at, "fields", key)
        for key in _must_be_mapped(ledger, mapped)
        if key not in mapped.fields
    ]
    if ledger.has_unit and not set(UNIT_FIELDS) & set(mapped.fields):
        faults.append(document.fault("settings_missing_key", *at, "fields", "unit_code"))
    if mapped.wide and not ledger.wide_key:
        faults.append(document.fault("ledger_not_wide", *at, "wide"))
    for key in mapped.fields:
        field = ledger.fields.get(key)
        if field is None:
            continue
        if field.kind == "money" and key not in mapped.unit_of_measure:
            faults.append(document.fault("settings_missing_key", *at, "unit_of_measure", key))
        if field.code_list and field.code_list not in maps.codes:
            faults.append(document.fault("code_list_missing", *at, "fields", key, list=field.code_list))
        for written, answer in maps.codes.get(field.code_list, {}).items():
            if answer not in field.choices:
                place = ("codes", field.code_list, written)
                faults.append(
                    document.fault(
                        "settings_bad_value", *place, kind="literal_error", allowed="、".join(field.choices)
                    )
                )
    moneys = [key for key, field in ledger.fields.items() if field.kind == "money"]
    faults += [
        _unknown(document, key, moneys, *at, "unit_of_measure", key)
        for key in mapped.unit_of_measure
        if key not in moneys
    ]
    return faults


def _must_be_mapped(ledger: Ledger, mapped: LedgerMap) -> list[str]:
    """Return the fields that need a column: the required ones, without those a wide sheet takes from its headers."""
    from_headers = {ledger.wide_key, "mark"} if mapped.wide else set()
    return [key for key, field in ledger.fields.items() if field.required and key not in from_headers]


def _unknown(document: Document, name: str, known: list[str], *location: str) -> Fault:
    fault = document.fault(
        "settings_unknown_key", *location, suggestion=suggestion(name, known), known="、".join(known)
    )
    return Fault(fault.check, file=fault.file, line=fault.line, found=name, details=fault.details)
