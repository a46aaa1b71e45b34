"""`maps.yaml` read and held against the ledgers: what is wrong with it is told with its line, source by source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from analysis.intake.declared.ledgers import LEDGERS, UNDATED_FIELDS, UNIT_FIELDS, YEAR, YES_NO, Field, Ledger
from analysis.intake.declared.maps import ROW, LedgerMap, Maps
from analysis.quantities import (
    CURRENCY_OF,
    MONEY,
    PEOPLE,
    Cell,
    QuantityError,
    parse_count,
    parse_date,
    parse_number,
)
from analysis.rounds.faults import LIST_SIGN, Fault
from analysis.rounds.settings_files import Document, read_document, suggestion, validate
from analysis.rounds.units import normal_name

#: the way to a key within a source
Key = tuple[str | int, ...]
#: name of the file in the round's folder
MAPS_FILE: Final = "maps.yaml"
#: kinds of fields that can be summed up: one of their cells never stands for several rows
_ADDED: Final = frozenset({"count", "money", "mark"})
#: the units of measure of money that are named where another was written: 元, 千元, 万元, 百万元, 亿元
_OF_MONEY: Final = tuple(name for name in MONEY if CURRENCY_OF[name] == "CNY")[:5]
#: how a constant of a kind is read, and what it is called where it cannot be
_CONSTANT: Final[Mapping[str, Callable[[Cell], object]]] = {
    **dict.fromkeys(("text", "code", "yes", "choice"), str),
    "count": parse_count,
    "money": parse_number,
    "day": parse_date,
}
_TYPES: Final = {"count": "int", "money": "decimal", "day": "date"}


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
                # what a source says of values comes before what holds for all of them, key by key
                own = (
                    mapped.values.model_dump(include=mapped.values.model_fields_set) if mapped.values else {}
                )
                policy = maps.values.model_copy(update=own)
                sound.setdefault(name, []).append(mapped.model_copy(update={"values": policy}))
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
    faults += [
        document.fault(
            check, *at, *key, other=".".join(map(str, other)), other_line=_line(document, *at, *other)
        )
        for check, key, other in [*_said_twice(ledger, mapped), *_at_odds(mapped)]
    ]
    if mapped.wide and not ledger.wide_key:
        faults.append(document.fault("ledger_not_wide", *at, "wide"))
    faults += _check_constants(document, ledger, mapped, maps, *at)
    faults += _check_prepared(document, ledger, mapped, maps, *at)
    faults += _check_stated(document, ledger, mapped, *at)
    for key in mapped.fields:
        field = ledger.fields.get(key)
        if field is None:
            continue
        if field.code_list and field.code_list not in {**maps.codes, **mapped.codes}:
            faults.append(document.fault("code_list_missing", *at, "fields", key, list=field.code_list))
        for above, codes in (((), maps.codes), (at, mapped.codes)):
            faults += _answered_twice(
                document, codes.get(field.code_list, {}), *above, "codes", field.code_list
            )
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


def _answered_twice(document: Document, codes: Mapping[str, str], *at: str | int) -> Iterator[Fault]:
    """Yield what a code list has twice, as Y and Ｙ, with two meanings: one alone would count."""
    first: dict[str, str] = {}
    for written, answer in codes.items():
        before = first.setdefault(normal_name(written), written)
        if codes[before] != answer:
            first_at = (*at, before)
            other, line = ".".join(map(str, first_at)), _line(document, *first_at)
            yield document.fault("settings_said_twice", *at, written, other=other, other_line=line)


def _line(document: Document, *location: str | int) -> str:
    return str(document.fault("settings_said_twice", *location).line)


def _said_twice(ledger: Ledger, mapped: LedgerMap) -> Iterator[tuple[str, Key, Key]]:
    """Yield the pairs of keys that say the same thing of a source, of which one alone would count."""
    pairs: list[tuple[Key, Key]] = [
        ((key,), (other,))
        for key, other in (("unit", "unit_from"), ("year", "year_from"))
        if getattr(mapped, key) and getattr(mapped, other)
    ]
    if mapped.footer.text and mapped.footer.pattern:
        pairs.append((("footer", "text"), ("footer", "pattern")))
    for kind, filters in (("keep", mapped.keep), ("skip", mapped.skip)):
        for name, rule in filters.items():
            if rule.values and rule.pattern:
                pairs.append(((kind, name, "values"), (kind, name, "pattern")))
    # how a column or something else states a field
    stated: dict[str, Key] = {name: ("days", name) for name in mapped.days}
    if mapped.number_from:
        stated["no"] = ("number_from",)
    if mapped.wide and ledger.wide_key:
        stated[ledger.wide_key] = ("wide", "item")
        if not ledger.measures:
            stated["mark"] = ("wide", "item")
        if mapped.wide.full:
            stated["full"] = ("wide", "full")
            pairs += [(("fields", "full"), stated["full"])] if "full" in mapped.fields else []
        of_headers = {ledger.wide_key, "mark"} & mapped.fields.keys() - set(ledger.measures)
        pairs += [(("fields", name), stated[name]) for name in sorted(of_headers) if name in stated]
    pairs += [(("constants", name), key) for name, key in stated.items() if name in mapped.constants]
    if mapped.wide and mapped.wide.measure:
        stated_too = [name for name in mapped.fields if name in ledger.measures]
        pairs += [(("wide", "measure"), ("fields", name)) for name in stated_too]
    pairs += [
        (("without_day", place), ("days", name))
        for place, name in enumerate(mapped.without_day)
        if name in mapped.days
    ]
    for pair in (*pairs, *_read_and_left(mapped), *_figures_of_one_column(ledger, mapped)):
        yield "settings_said_twice", *pair


def _read_and_left(mapped: LedgerMap) -> Iterator[tuple[Key, Key]]:
    """Yield the headers that are to be left unread and that a field, the number or a day is read from."""
    dropped = {normal_name(name): place for place, name in enumerate(mapped.persons)}
    numbering = [] if mapped.number_from in (None, [ROW]) else mapped.number_from
    used: list[tuple[str, Key]] = [(name, ("number_from", place)) for place, name in enumerate(numbering)]
    used += [
        (name, ("days", field, place)) for field, of in mapped.days.items() for place, name in enumerate(of)
    ]
    for name, at in used:
        if normal_name(name) in dropped:
            yield ("persons", dropped[normal_name(name)]), at
    for key in ("ignored", "persons"):
        listed = {normal_name(name): place for place, name in enumerate(getattr(mapped, key))}
        for field, names in mapped.fields.items():
            for place, name in enumerate(names):
                if normal_name(name) in listed:
                    yield (key, listed[normal_name(name)]), ("fields", field, place)


def _figures_of_one_column(ledger: Ledger, mapped: LedgerMap) -> Iterator[tuple[Key, Key]]:
    """Yield the headers under which two figures are read: what is owed and what is paid is not one number."""
    first: dict[str, tuple[str, Key]] = {}
    for name, headers in mapped.fields.items():
        kind = ledger.fields[name].kind if name in ledger.fields else ""
        for place, header in enumerate(headers if kind in _ADDED else ()):
            key: Key = ("fields", name, place)
            other, at = first.setdefault(normal_name(header), (name, key))
            if other != name:
                yield key, at


def _at_odds(mapped: LedgerMap) -> Iterator[tuple[str, Key, Key]]:
    """Yield the pairs of keys that cannot both hold: one would undo the other without a word."""
    if mapped.snapshot and mapped.number_from == [ROW]:
        yield "snapshot_without_numbers", ("number_from",), ("snapshot",)
    if mapped.first_row and mapped.first_row <= max(mapped.header_rows):
        yield "first_row_in_header", ("first_row",), ("header_rows",)
    for name in mapped.keep.keys() & mapped.skip.keys():
        kept = {normal_name(value) for value in mapped.keep[name].values}
        if kept & {normal_name(value) for value in mapped.skip[name].values}:
            yield "kept_and_skipped", ("keep", name), ("skip", name)
    stated = {*mapped.fields, *mapped.days, *(["mark"] if mapped.wide else [])}
    for key in ("fill_down", "empty_is_zero", "without_day"):
        constants = mapped.constants if key == "without_day" else {}
        for place, name in enumerate(getattr(mapped, key)):
            if name not in {*stated, *constants}:
                yield "prepared_without_column", (key, place), ("fields",)


def _check_constants(
    document: Document, ledger: Ledger, mapped: LedgerMap, maps: Maps, *at: str | int
) -> list[Fault]:
    """Find constants of fields that cannot have one, that have a column as well, or that their field cannot read."""
    kinds = {key: field for key, field in ledger.fields.items() if field.kind in _CONSTANT}
    faults = []
    for key, said in mapped.constants.items():
        place = (*at, "constants", key)
        if key not in kinds:
            faults.append(_unknown(document, key, [*kinds], *place))
        elif key in mapped.fields:
            faults.append(document.fault("constant_has_column", *place))
        elif kinds[key].kind == "money" and key not in mapped.unit_of_measure:
            faults.append(document.fault("settings_missing_key", *at, "unit_of_measure", key))
        elif kinds[key].choices or key in mapped.without_day:
            field = YES_NO if key in mapped.without_day else kinds[key]
            codes = {**maps.codes, **mapped.codes}.get(field.code_list, {})
            if said not in (*field.choices, *codes):
                allowed = LIST_SIGN.join((*field.choices, *codes))
                faults.append(
                    document.fault("settings_bad_value", *place, kind="literal_error", allowed=allowed)
                )
        elif not _is_readable(kinds[key], said):
            faults.append(document.fault("settings_wrong_type", *place, kind=_TYPES[kinds[key].kind]))
    return faults


def _is_readable(field: Field, said: str) -> bool:
    try:
        _CONSTANT[field.kind](said)
    except QuantityError:
        return False
    return True


def _check_prepared(
    document: Document, ledger: Ledger, mapped: LedgerMap, maps: Maps, *at: str | int
) -> Iterator[Fault]:
    """Yield fields that cannot be prepared as the maps have it."""
    added = [name for name, field in ledger.fields.items() if field.kind in _ADDED]
    repeated = [name for name in known_fields(ledger) if name not in (*added, *ledger.key)]
    days = [name for name, field in ledger.fields.items() if field.kind == "day"]
    for key, names, known in (
        ("fill_down", mapped.fill_down, repeated),
        ("empty_is_zero", mapped.empty_is_zero, added),
        ("days", mapped.days, days),
        ("without_day", mapped.without_day, UNDATED_FIELDS.get(ledger.name, ())),
    ):
        for place, name in enumerate(names):
            if name not in known:
                where = name if key == "days" else place
                fault = document.fault(
                    "settings_bad_value", *at, key, where, kind="literal_error", allowed=LIST_SIGN.join(known)
                )
                yield replace(fault, found=name)
    elsewhere = dict.fromkeys(mapped.days, "days") | ({"no": "number_from"} if mapped.number_from else {})
    for name, key in elsewhere.items():
        if name in mapped.fields:
            yield document.fault("stated_twice", *at, key, field=name)
    if mapped.number_from and ledger.key != ("no",):
        yield document.fault("ledger_without_number", *at, "number_from")
    if mapped.without_day and YES_NO.code_list not in {**maps.codes, **mapped.codes}:
        yield document.fault("code_list_missing", *at, "without_day", list=YES_NO.code_list)


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
            allowed = LIST_SIGN.join(_OF_MONEY if kinds[key] == "money" else PEOPLE)
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
    elsewhere |= mapped.constants.keys() | mapped.days.keys() | ({"no"} if mapped.number_from else set())
    return [key for key, field in ledger.fields.items() if field.required and key not in elsewhere]


def _unknown(document: Document, name: str, known: list[str], *location: str | int) -> Fault:
    fault = document.fault(
        "settings_unknown_key", *location, suggestion=suggestion(name, known), known=LIST_SIGN.join(known)
    )
    return Fault(fault.check, file=fault.file, line=fault.line, found=name, details=fault.details)
