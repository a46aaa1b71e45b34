"""The door: numbers and names of persons are taken out of the texts of ledgers and faults before anything sees them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import replace
from pathlib import Path
from typing import Final

import pandas as pd

from analysis.intake.declared.corrections import CORRECTIONS_FILE
from analysis.intake.persons.person_names import PersonNames, is_word, names_in, teaches_names
from analysis.intake.persons.person_numbers import mask, person_numbers
from analysis.intake.sheet_tables.ledger_tables import Table
from analysis.intake.sheet_tables.reading import Reading
from analysis.quantities import plain_text
from analysis.rounds.faults import LIST_SIGN, Fault
from analysis.rounds.units import UnitRoll

#: kinds of fields whose text is free
_TEXTS: Final = frozenset({"text", "names"})
#: kinds of fields that hold numbers of the office's own
_CODES: Final = frozenset({"code", "codes"})
#: fields whose words recur from row to row: one that is also a name is no person's there
_CLASSES: Final = frozenset({"source", "sector", "conclusion", "kind", "department"})


def own_numbers(readings: Iterable[Reading], known: Set[str]) -> frozenset[str]:
    """Return the numbers by which the ledgers name their entries, those of persons left out, and what is known before.

    Args:
        readings: the ledgers.
        known: codes of units, and numbers the office makes public itself.
    """
    return frozenset(known) | {
        value
        for reading in readings
        for name in reading.ledger.key
        if name in reading.ledger.fields and reading.ledger.fields[name].kind in _CODES
        for value in reading.entries.of(name)
        if value and not person_numbers(value, known, of_office=True)
    }


def learn_names(tables: Iterable[Table], roll: UnitRoll) -> PersonNames:
    """Return the names in the columns about persons, declared or not.

    Args:
        tables: every table of the round as its file has it.
        roll: the units and their city; a name that is also theirs is doubtful.
    """
    learnt: dict[str, str] = {}
    for table in tables:
        for header in table.persons:
            if teaches_names(*header.levels):
                for cell in {plain_text(cell) for cell in table.cells(header.column)}:
                    learnt |= dict.fromkeys(names_in(cell), header.last)
    places = {place for unit in roll for place in unit.spellings()} | {roll.city_short, roll.city_name}
    return PersonNames(learnt, lambda name: is_word(name, places))


def persons_in_places(tables: Iterable[Table], known: Set[str], names: PersonNames) -> Iterator[Fault]:
    """Yield a fault for each name of a file, of a sheet or of a column that holds the name or number of a person.

    By these the office finds a cell, so they stand beside every figure and cannot be masked there.

    Args:
        tables: those of the round.
        known: numbers that are nobody's.
        names: of persons.
    """
    for table in tables:
        sheet = table.sheet
        headers = [*table.headers.values(), *(item.header for item in table.items)]
        places = [(sheet.file, 0, 0), (sheet.name, 0, 0)]
        places += [(header.full, table.header_row, header.column) for header in headers]
        for place, row, column in dict.fromkeys(places):
            if posts := names.mask(place).posts:
                yield table.fault("person_name_in_place", row, column, place, posts=LIST_SIGN.join(posts))
            for kind in dict.fromkeys(number.kind for number in person_numbers(place, known, of_office=True)):
                yield table.fault("person_number_in_place", row, column, place, number_of=kind)


def numbers_in_settings(folder: Path, known: Set[str]) -> Iterator[Fault]:
    """Yield a fault for each line of the settings of a round that holds the number of a person.

    What the office corrected quotes its cells, whose numbers are masked wherever the correction is told.

    Args:
        folder: of the round.
        known: numbers that are nobody's.
    """
    for file in sorted(folder.glob("*.yaml")):
        if file.name == CORRECTIONS_FILE:
            continue
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        for number, line in enumerate(lines, start=1):
            for kind in dict.fromkeys(found.kind for found in person_numbers(line, known, of_office=True)):
                details = {"number_of": kind}
                said = line.strip()
                yield Fault("person_number_in_settings", file.name, line=number, found=said, details=details)


def mask_entries(reading: Reading, known: Set[str], names: PersonNames) -> Iterator[Fault]:
    """Mask the numbers and names of persons in the texts of a ledger, and yield a fault for each cell that had any.

    One that serves as the number of an entry stops the run: masked, it would name nothing.

    Args:
        reading: the ledger; its texts are changed.
        known: numbers that are nobody's.
        names: of persons; in the roll of units, whose own names are places, none is looked for.
    """
    for name, field in reading.ledger.fields.items():
        values = reading.entries.values.get(name)
        if values is None:
            continue
        if field.kind in _CODES:
            yield from _keys_of_persons(reading, name, values, known, names)
        elif field.kind in _TEXTS:
            yield from _numbers_masked(reading, name, values, known)
            if names and reading.ledger.has_unit:
                yield from _names_masked(reading, name, values, names)


def _numbers_masked(
    reading: Reading, name: str, values: list[str | None], known: Set[str]
) -> Iterator[Fault]:
    once = {text: mask(text, known) for text in set(values) if text}
    found = {text: masked for text, masked in once.items() if masked.kinds}
    if not found:
        return
    for entry, text in enumerate(values):
        if text in found:
            masked = found[text]
            values[entry] = masked.text
            for kind in dict.fromkeys(masked.kinds):
                details = {"field": reading.header(entry, name), "number_of": kind, "severity": "warns"}
                yield reading.fault("person_number_masked", entry, name, found=masked.text, **details)


def _names_masked(
    reading: Reading, name: str, values: list[str | None], names: PersonNames
) -> Iterator[Fault]:
    once = {text: names.mask(text, whole=name not in _CLASSES) for text in set(values) if text}
    found = {text: masked for text, masked in once.items() if masked.posts}
    if not found:
        return
    for entry, text in enumerate(values):
        if text in found:
            masked = found[text]
            values[entry] = masked.text
            details = {"field": reading.header(entry, name), "posts": LIST_SIGN.join(masked.posts)}
            yield reading.fault(
                "person_name_masked", entry, name, found=masked.text, severity="warns", **details
            )


def _keys_of_persons(
    reading: Reading, name: str, values: list[str | None], known: Set[str], names: PersonNames
) -> Iterator[Fault]:
    for entry, text in enumerate(values):
        if not text:
            continue
        numbers = person_numbers(text, known, of_office=True)
        kind = numbers[0].kind if numbers else "name" if names and names.mask(text).posts else ""
        if kind:
            details = {"field": reading.header(entry, name), "number_of": kind}
            found = names.mask(mask(text, known).text).text
            yield reading.fault("person_number_as_key", entry, name, found=found, **details)


def mask_faults(faults: Iterable[Fault], known: Set[str], names: PersonNames) -> list[Fault]:
    """Return faults without the numbers and names of persons in what they quote and in their places.

    Args:
        faults: the faults.
        known: numbers that are nobody's.
        names: of persons.
    """

    def clean(text: str) -> str:
        return names.mask(mask(text, known).text).text

    return [
        replace(
            fault,
            file=clean(fault.file),
            sheet=clean(fault.sheet),
            found=clean(fault.found),
            details={name: clean(said) for name, said in fault.details.items()},
        )
        for fault in faults
    ]


def mask_frame(frame: pd.DataFrame, known: Set[str], names: PersonNames) -> pd.DataFrame:
    """Return a frame without the numbers and names of persons in its texts.

    Args:
        frame: the frame; left as it is.
        known: numbers that are nobody's.
        names: of persons.
    """
    texts = [str(name) for name in frame if pd.api.types.is_string_dtype(frame[name])]
    return frame.assign(
        **{name: frame[name].map(lambda text: names.mask(mask(text, known).text).text) for name in texts}
    )
