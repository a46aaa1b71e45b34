"""The door: numbers of persons are taken out of the texts of ledgers and faults before anything else sees them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace
from typing import Final

import pandas as pd

from analysis.intake.persons import identity_number, mask
from analysis.intake.reading import Reading
from analysis.rounds.faults import Fault

#: kinds of fields whose text is free
_TEXTS: Final = frozenset({"text", "names"})
#: kinds of fields that hold numbers of the office's own
_CODES: Final = frozenset({"code", "codes"})


def own_numbers(readings: Iterable[Reading]) -> frozenset[str]:
    """Return the numbers by which the ledgers name their entries; one may look like a telephone number and is none."""
    return frozenset(
        value
        for reading in readings
        for name in reading.ledger.key
        if name in reading.ledger.fields and reading.ledger.fields[name].kind in _CODES
        for value in reading.entries.of(name)
        if value and not identity_number(value)
    )


def mask_entries(reading: Reading, known: Set[str]) -> Iterator[Fault]:
    """Mask the numbers of persons in the texts of a ledger, and yield a fault for each cell that had any.

    An identity number that serves as the number of an entry stops the run: masked, it would name nothing.

    Args:
        reading: the ledger; its texts are changed.
        known: numbers that are nobody's.
    """
    for name, field in reading.ledger.fields.items():
        values = reading.entries.values.get(name)
        if values is None:
            continue
        if field.kind in _CODES:
            yield from _keys_of_persons(reading, name, values)
        elif field.kind in _TEXTS:
            yield from _masked(reading, name, values, known)


def _masked(reading: Reading, name: str, values: list[str | None], known: Set[str]) -> Iterator[Fault]:
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


def _keys_of_persons(reading: Reading, name: str, values: list[str | None]) -> Iterator[Fault]:
    for entry, text in enumerate(values):
        if text and any(identity_number(part) for part in text.split(";")):
            details = {"field": reading.header(entry, name), "number_of": "identity"}
            yield reading.fault("person_number_as_key", entry, name, found=mask(text).text, **details)


def mask_faults(faults: Iterable[Fault], known: Set[str]) -> list[Fault]:
    """Return faults without the numbers of persons in what they quote.

    Args:
        faults: the faults.
        known: numbers that are nobody's.
    """
    return [
        replace(fault, found=mask(fault.found, known).text, details=_clean(fault.details, known))
        for fault in faults
    ]


def _clean(details: Mapping[str, str], known: Set[str]) -> dict[str, str]:
    return {name: mask(said, known).text for name, said in details.items()}


def mask_frame(frame: pd.DataFrame, known: Set[str]) -> pd.DataFrame:
    """Return a frame without the numbers of persons in its texts.

    Args:
        frame: the frame; left as it is.
        known: numbers that are nobody's.
    """
    texts = [str(name) for name in frame if pd.api.types.is_string_dtype(frame[name])]
    return frame.assign(**{name: frame[name].map(lambda text: mask(text, known).text) for name in texts})
