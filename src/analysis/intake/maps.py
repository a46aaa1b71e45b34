"""`maps.yaml`: which files and sheets of the office are which ledger, and how their headers call the fields.

Where a ledger stands
    file: a name, a pattern (`线索*.xlsx`) or a list of them; sheet: the same (empty for text files, or where the
    workbook has one visible sheet); encoding: of text files, where nothing else can tell.
How its table is laid out
    header_rows, first_row (the first data row, if it is not the row after the header), footer (a text, or a `pattern`).
What its columns are
    fields (field ← headers), unit_of_measure (needless where the header or the line above the table says it), persons,
    ignored, wide, constants (what holds for every row and has no column: a list of nothing but confirmed cases).
Who answers for what is left empty
    filled_by (`unit`: it counts against the unit; `city`: it blocks until it is answered; left out, as usual for the
    ledger).
Of which time it is
    year (of sheets that say it neither in a title nor in their name), history (true: it serves earlier periods only, so
    the same file may stand in another round).
What the names of files and sheets say
    year_from, unit_from (`file`, `sheet`, or one of them with a `pattern` of one group; without a pattern the text that
    the first `*` stands for), snapshot (how often the whole ledger is handed in anew).

What is done with doubtful cells
    values (of all ledgers; a ledger's own `values` take their place).

The shared code lists stand under `codes`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from analysis.intake.ledgers import LEDGERS, UNIT_FIELDS, YEAR, Ledger
from analysis.intake.policies import ValuePolicy
from analysis.quantities import MONEY, PEOPLE
from analysis.rounds.faults import LIST_SIGN, Fault
from analysis.rounds.settings_files import Document, Settings, bad_value, read_document, suggestion, validate

#: name of the file in the round's folder
MAPS_FILE: Final = "maps.yaml"


def _answer(value: object) -> object:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def _regular(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise bad_value("not_a_pattern", reason=str(error)) from None
    return value


def _pattern(value: str) -> str:
    if re.compile(_regular(value)).groups != 1:
        raise bad_value("not_one_group")
    return value


def _one_or_more(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _named(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


def _footer(value: object) -> object:
    return {"text": value} if isinstance(value, str) else value


def _measure(value: str) -> str:
    if value not in MONEY and value not in PEOPLE:
        raise bad_value("not_a_measure")
    return value


Answer = Annotated[str, BeforeValidator(_answer)]
#: a regular expression with one group
Pattern = Annotated[str, AfterValidator(_pattern)]
Regular = Annotated[str, AfterValidator(_regular)]
MeasureUnit = Annotated[str, AfterValidator(_measure)]
RowNumber = Annotated[int, Field(ge=1)]
Names = Annotated[list[str], BeforeValidator(_one_or_more)]


class Wide(Settings):
    """How the headers of a wide sheet name their item: patterns with one group each.

    In a summary the item is the period. Which measure a column states is said by its other header, after `fields`, or,
    where the headers name periods only, by `measure`.
    """

    item: Pattern
    full: Pattern | None = None
    measure: str = ""


class Footer(Settings):
    """How the row with the control totals begins: with a text, or with something that fits a pattern."""

    text: str = ""
    pattern: Regular = ""

    def __bool__(self) -> bool:
        return bool(self.text or self.pattern)

    @property
    def shown(self) -> str:
        """The rule as the maps write it."""
        return self.text or self.pattern


class FromName(Settings):
    """What the name of a file or sheet says: the group of the pattern, else the text of the first `*`."""

    name: Literal["file", "sheet"]
    pattern: Pattern | None = None


class LedgerMap(Settings):
    """Where one ledger stands and how its columns are called."""

    file: Names
    sheet: Names = Field(default_factory=lambda: [""])
    encoding: Literal["", "utf-8", "gb18030", "big5", "utf-16"] = ""
    header_rows: list[RowNumber] = Field(min_length=1)
    first_row: RowNumber | None = None
    footer: Annotated[Footer, BeforeValidator(_footer)] = Footer()
    unit_of_measure: dict[str, MeasureUnit] = Field(default_factory=dict)
    fields: dict[str, list[str]]
    persons: list[str] = Field(default_factory=list)
    ignored: list[str] = Field(default_factory=list)
    wide: Wide | None = None
    constants: dict[str, Answer] = Field(default_factory=dict)
    year_from: Annotated[FromName | None, BeforeValidator(_named)] = None
    unit_from: Annotated[FromName | None, BeforeValidator(_named)] = None
    snapshot: Literal["", "monthly", "quarterly", "yearly"] = ""
    values: ValuePolicy | None = None
    filled_by: Literal["", "unit", "city"] = ""
    year: Annotated[int | None, Field(ge=1900, le=2999)] = None
    history: bool = False

    def headers(self) -> list[str]:
        """Return every name by which a column may be called."""
        return [*(name for names in self.fields.values() for name in names), *self.persons, *self.ignored]


class Maps(Settings):
    """What `maps.yaml` says."""

    codes: dict[str, dict[str, Answer]] = Field(default_factory=dict)
    values: ValuePolicy = Field(default_factory=ValuePolicy)
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


def known_fields(ledger: Ledger) -> list[str]:
    """Return the names that `fields` may have: those of the unit, of the year, and of the ledger."""
    unit = UNIT_FIELDS if ledger.has_unit else ()
    return [*unit, *((YEAR,) if ledger.by_year else ()), *ledger.fields]


def _check_ledger(document: Document, name: str, mapped: LedgerMap, maps: Maps) -> list[Fault]:
    ledger = LEDGERS.get(name)
    at = ("ledgers", name)
    if ledger is None:
        return [_unknown(document, name, [*LEDGERS], *at)]
    known = known_fields(ledger)
    faults = [_unknown(document, key, known, *at, "fields", key) for key in mapped.fields if key not in known]
    faults += [
        document.fault("settings_missing_key", *at, "fields", key)
        for key in _must_be_mapped(ledger, mapped)
        if key not in mapped.fields
    ]
    if ledger.has_unit and not mapped.unit_from and not set(UNIT_FIELDS) & set(mapped.fields):
        faults.append(document.fault("settings_missing_key", *at, "fields", "unit_code"))
    if mapped.wide and not ledger.wide_key:
        faults.append(document.fault("ledger_not_wide", *at, "wide"))
    faults += _check_constants(document, ledger, mapped, *at)
    faults += _check_stated(document, ledger, mapped, *at)
    for key in mapped.fields:
        field = ledger.fields.get(key)
        if field is None:
            continue
        if field.code_list and field.code_list not in maps.codes:
            faults.append(document.fault("code_list_missing", *at, "fields", key, list=field.code_list))
        for written, answer in maps.codes.get(field.code_list, {}).items():
            if answer not in field.choices:
                place = ("codes", field.code_list, written)
                faults.append(
                    document.fault(
                        "settings_bad_value",
                        *place,
                        kind="literal_error",
                        allowed=LIST_SIGN.join(field.choices),
                    )
                )
    return [*faults, *_check_measures(document, ledger, mapped, *at), *_check_names(document, mapped, *at)]


def _check_constants(document: Document, ledger: Ledger, mapped: LedgerMap, *at: str) -> list[Fault]:
    """Find constants of fields that cannot have one, or that have a column as well."""
    kinds = {
        key: field for key, field in ledger.fields.items() if field.kind in ("text", "code", "yes", "choice")
    }
    faults = []
    for key, answer in mapped.constants.items():
        place = (*at, "constants", key)
        if key not in kinds:
            faults.append(_unknown(document, key, [*kinds], *place))
        elif key in mapped.fields:
            faults.append(document.fault("constant_has_column", *place))
        elif kinds[key].choices and answer not in kinds[key].choices:
            allowed = LIST_SIGN.join(kinds[key].choices)
            faults.append(document.fault("settings_bad_value", *place, kind="literal_error", allowed=allowed))
    return faults


def _check_stated(document: Document, ledger: Ledger, mapped: LedgerMap, *at: str) -> list[Fault]:
    """Find a summary that states nothing, and a measure of a wide one that is none."""
    stated = {*mapped.fields, *([mapped.wide.measure] if mapped.wide and mapped.wide.measure else [])}
    if mapped.wide and mapped.wide.measure and mapped.wide.measure not in ledger.measures:
        place = (*at, "wide", "measure")
        return [_unknown(document, mapped.wide.measure, [*ledger.measures], *place)]
    if ledger.measures and stated.isdisjoint(ledger.measures):
        return [document.fault("settings_missing_key", *at, "fields", ledger.measures[0])]
    return []


def _check_measures(document: Document, ledger: Ledger, mapped: LedgerMap, *at: str) -> list[Fault]:
    kinds = {key: field.kind for key, field in ledger.fields.items() if field.kind in ("money", "count")}
    faults = []
    for key, measure in mapped.unit_of_measure.items():
        place = (*at, "unit_of_measure", key)
        if key not in kinds:
            faults.append(_unknown(document, key, [*kinds], *place))
        elif (kinds[key] == "money") != (measure in MONEY):
            allowed = LIST_SIGN.join(MONEY if kinds[key] == "money" else PEOPLE)
            faults.append(document.fault("settings_bad_value", *place, kind="literal_error", allowed=allowed))
    return faults


def _check_names(document: Document, mapped: LedgerMap, *at: str) -> list[Fault]:
    """Find names that are to say something and have no part that could."""
    faults = []
    for key, said in (("year_from", mapped.year_from), ("unit_from", mapped.unit_from)):
        if said is None or said.pattern:
            continue
        patterns: list[Any] = mapped.file if said.name == "file" else mapped.sheet
        if not all("*" in pattern for pattern in patterns):
            faults.append(document.fault("name_says_nothing", *at, key))
    return faults


def _must_be_mapped(ledger: Ledger, mapped: LedgerMap) -> list[str]:
    """Return the fields that need a column: the required ones, but for what headers or names of files say instead."""
    elsewhere = {ledger.wide_key, "mark"} if mapped.wide else set()
    if mapped.year_from or YEAR in mapped.fields:
        elsewhere |= {ledger.by_year, *([ledger.wide_key] if ledger.measures else [])}
    elsewhere |= mapped.constants.keys()
    return [key for key, field in ledger.fields.items() if field.required and key not in elsewhere]


def _unknown(document: Document, name: str, known: list[str], *location: str) -> Fault:
    fault = document.fault(
        "settings_unknown_key", *location, suggestion=suggestion(name, known), known=LIST_SIGN.join(known)
    )
    return Fault(fault.check, file=fault.file, line=fault.line, found=name, details=fault.details)
