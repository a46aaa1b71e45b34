"""`maps.yaml`: which files and sheets of the office are which ledger, and how their headers call the fields.

A ledger stands in one source, or in a list of them: each with its own files, layout, columns, units and codes.
What one source has no column for is not reported for its units, and the others' stays reported. A source is a mapping:

What it is called in faults and in the reconciliation
    name; where it has none, its file.
Where a ledger stands
    file: a name, a pattern (`线索*.xlsx`) or a list of them; sheet: the same (empty for text files, or where the
    workbook has one visible sheet); encoding: of text files, where nothing else can tell.
Where in the sheet
    range (`A3:K40`, `A:K`; several are so many tables beside one another), table (the name of a table or range of the
    workbook), block (how the title of a table begins or reads, with `*`: one table from each such title to the next),
    left_out (ranges that are not wanted). Of a block or named table the rows of the header count from its first row.
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
    year_from, unit_from (`file`, `sheet`, `block`, or one of them with a `pattern` of one group; without a pattern the
    text that the first `*` stands for), unit (of a source that is one unit's and says so nowhere), snapshot (how often
    the whole ledger is handed in anew).

What is done with doubtful cells
    values (of all ledgers; a source's own `values` take their place).

The shared code lists stand under `codes`; those of a source come before them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from analysis.intake.files import Range
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


def _range(value: str) -> str:
    try:
        Range.parse(value)
    except ValueError:
        raise bad_value("not_a_range") from None
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
RangeText = Annotated[str, AfterValidator(_range)]
RowNumber = Annotated[int, Field(ge=1)]
Names = Annotated[list[str], BeforeValidator(_one_or_more)]
CodeLists = dict[str, dict[str, Answer]]


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
    """What the name of a file or sheet or a title says: the group of the pattern, else the text of the first `*`."""

    name: Literal["file", "sheet", "block"]
    pattern: Pattern | None = None


class LedgerMap(Settings):
    """One source of a ledger: where it stands and how its columns are called."""

    name: str = ""
    file: Names
    sheet: Names = Field(default_factory=lambda: [""])
    range: Annotated[list[RangeText], BeforeValidator(_one_or_more)] = Field(default_factory=list)
    table: Names = Field(default_factory=list)
    block: Names = Field(default_factory=list)
    left_out: Annotated[list[RangeText], BeforeValidator(_one_or_more)] = Field(default_factory=list)
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
    unit: str = ""
    snapshot: Literal["", "monthly", "quarterly", "yearly"] = ""
    values: ValuePolicy | None = None
    codes: CodeLists = Field(default_factory=dict)
    filled_by: Literal["", "unit", "city"] = ""
    year: Annotated[int | None, Field(ge=1900, le=2999)] = None
    history: bool = False

    def headers(self) -> list[str]:
        """Return every name by which a column may be called."""
        return [*(name for names in self.fields.values() for name in names), *self.persons, *self.ignored]


class Maps(Settings):
    """What `maps.yaml` says."""

    codes: CodeLists = Field(default_factory=dict)
    values: ValuePolicy = Field(default_factory=ValuePolicy)
    ledgers: dict[str, Annotated[list[LedgerMap], BeforeValidator(_one_or_more), Field(min_length=1)]]

    @property
    def sources(self) -> list[LedgerMap]:
        """The sources of every ledger."""
        return [mapped for sources in self.ledgers.values() for mapped in sources]


def load_maps(folder: Path) -> tuple[Maps | None, list[Fault]]:
    """Read the maps of a round's folder and hold them against the ledgers' definitions.

    Returns:
        The maps (None if they cannot be used at all; else without the sources that have faults, which are then not
        read) and every fault, with its line.
    """
    document, faults = read_document(folder / MAPS_FILE, MAPS_FILE)
    if document is None:
        return None, faults
    maps, wrong = validate(document, Maps)
    faults += wrong
    if maps is None:
        return None, sorted(faults, key=lambda fault: fault.line)
    sound: dict[str, list[LedgerMap]] = {}
    for name, sources in maps.ledgers.items():
        if name not in LEDGERS:
            faults.append(_unknown(document, name, [*LEDGERS], "ledgers", name))
            continue
        faults += _check_together(document, name, sources)
        for place, mapped in enumerate(sources):
            listed = isinstance(document.data["ledgers"][name], list)
            at = ("ledgers", name, place) if listed else ("ledgers", name)
            misfits = _check_source(document, LEDGERS[name], mapped, maps, *at)
            faults += misfits
            if not misfits:
                sound.setdefault(name, []).append(mapped)
    if "units" not in maps.ledgers:
        faults.append(document.fault("settings_missing_key", "ledgers", "units"))
    # several fields share a code list, whose faults are told once
    told = {(fault.check, fault.line, fault.found): fault for fault in faults}.values()
    return maps.model_copy(update={"ledgers": sound}), sorted(told, key=lambda fault: fault.line)


def known_fields(ledger: Ledger) -> list[str]:
    """Return the names that `fields` may have: those of the unit, of the year, and of the ledger."""
    unit = UNIT_FIELDS if ledger.has_unit else ()
    return [*unit, *((YEAR,) if ledger.by_year else ()), *ledger.fields]


def _check_together(document: Document, name: str, sources: list[LedgerMap]) -> Iterator[Fault]:
    """Yield what the sources of one ledger may not say apart: names that are the same, who answers for empty cells."""
    first: dict[str, int] = {}
    for place, mapped in enumerate(sources):
        if mapped.name and first.setdefault(mapped.name, place) != place:
            at = ("ledgers", name, place, "name")
            yield document.fault("source_named_twice", *at, first=str(first[mapped.name] + 1))
        if mapped.filled_by != sources[0].filled_by:
            allowed = sources[0].filled_by
            at = ("ledgers", name, place, "filled_by")
            yield document.fault("settings_bad_value", *at, kind="literal_error", allowed=allowed)


def _check_source(
    document: Document, ledger: Ledger, mapped: LedgerMap, maps: Maps, *at: str | int
) -> list[Fault]:
    known = known_fields(ledger)
    faults = [_unknown(document, key, known, *at, "fields", key) for key in mapped.fields if key not in known]
    faults += [
        document.fault("settings_missing_key", *at, "fields", key)
        for key in _must_be_mapped(ledger, mapped)
        if key not in mapped.fields
    ]
    says_unit = mapped.unit_from or mapped.unit
    if ledger.has_unit and not says_unit and not set(UNIT_FIELDS) & set(mapped.fields):
        faults.append(document.fault("settings_missing_key", *at, "fields", "unit_code"))
    if mapped.wide and not ledger.wide_key:
        faults.append(document.fault("ledger_not_wide", *at, "wide"))
    faults += _check_constants(document, ledger, mapped, *at)
    faults += _check_stated(document, ledger, mapped, *at)
    for key in mapped.fields:
        field = ledger.fields.get(key)
        if field is None:
            continue
        if field.code_list and field.code_list not in {**maps.codes, **mapped.codes}:
            faults.append(document.fault("code_list_missing", *at, "fields", key, list=field.code_list))
        for above, codes in (((), maps.codes), (at, mapped.codes)):
            faults += [
                document.fault(
                    "settings_bad_value",
                    *(*above, "codes", field.code_list, written),
                    kind="literal_error",
                    allowed=LIST_SIGN.join(field.choices),
                )
                for written, answer in codes.get(field.code_list, {}).items()
                if answer not in field.choices
            ]
    return [*faults, *_check_measures(document, ledger, mapped, *at), *_check_names(document, mapped, *at)]


def _check_constants(document: Document, ledger: Ledger, mapped: LedgerMap, *at: str | int) -> list[Fault]:
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


def _check_stated(document: Document, ledger: Ledger, mapped: LedgerMap, *at: str | int) -> list[Fault]:
    """Find a summary that states nothing, and a measure of a wide one that is none."""
    stated = {*mapped.fields, *([mapped.wide.measure] if mapped.wide and mapped.wide.measure else [])}
    if mapped.wide and mapped.wide.measure and mapped.wide.measure not in ledger.measures:
        place = (*at, "wide", "measure")
        return [_unknown(document, mapped.wide.measure, [*ledger.measures], *place)]
    if ledger.measures and stated.isdisjoint(ledger.measures):
        return [document.fault("settings_missing_key", *at, "fields", ledger.measures[0])]
    return []


def _check_measures(document: Document, ledger: Ledger, mapped: LedgerMap, *at: str | int) -> list[Fault]:
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


def _check_names(document: Document, mapped: LedgerMap, *at: str | int) -> list[Fault]:
    """Find names that are to say something and have no part that could."""
    faults = []
    for key, said in (("year_from", mapped.year_from), ("unit_from", mapped.unit_from)):
        if said is None or said.pattern:
            continue
        patterns: list[str] = getattr(mapped, said.name)
        if not patterns or not all("*" in pattern for pattern in patterns):
            faults.append(document.fault("name_says_nothing", *at, key))
    if mapped.table and (mapped.range or mapped.block):
        faults.append(document.fault("source_parts_fight", *at, "table"))
    return faults


def _must_be_mapped(ledger: Ledger, mapped: LedgerMap) -> list[str]:
    """Return the fields that need a column: the required ones, but for what headers or names of files say instead."""
    elsewhere = {ledger.wide_key, "mark"} if mapped.wide else set()
    if mapped.year_from or YEAR in mapped.fields:
        elsewhere |= {ledger.by_year, *([ledger.wide_key] if ledger.measures else [])}
    elsewhere |= mapped.constants.keys()
    return [key for key, field in ledger.fields.items() if field.required and key not in elsewhere]


def _unknown(document: Document, name: str, known: list[str], *location: str | int) -> Fault:
    fault = document.fault(
        "settings_unknown_key", *location, suggestion=suggestion(name, known), known=LIST_SIGN.join(known)
    )
    return Fault(fault.check, file=fault.file, line=fault.line, found=name, details=fault.details)
