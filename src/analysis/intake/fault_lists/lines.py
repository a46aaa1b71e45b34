"""Faults as people read them: a line of text, and the frame of data issues.

The sentences stand in the catalogue under `faults.<check>`: `sentence`, `expected` and `remedy`. Their places are
filled with what the fault knows: `found`, `file`, `unit`, and its details by name. A detail that is an id is
translated by `fault_term.<detail>.<id>`, or by the label `<detail>.<id>` of another room (`ledger.clues`). A detail
with a clause of its own, `fault_part.<detail>`, is put into that clause, which is left out when there is no detail.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from string import Formatter
from typing import Any, Final

import pandas as pd

from analysis.intake.fault_lists.effects import OF_MARKS
from analysis.rounds.faults import ALIKE, LIST_SIGN, OF_SOURCE, Fault
from analysis.rounds.frames import frame_of
from analysis.rounds.periods import name_of_period
from analysis.words import Words
from analysis.words.formats import percent

#: a reader needs the beginning of a long cell to find it, not all of it
_LONGEST: Final = 60
#: details that name a measure
_OF_MEASURES: Final = frozenset({"quantity", "whole", "asked"})
#: details that list several things
_LISTS: Final = frozenset(
    {
        "allowed",
        "cells",
        "codes",
        "differing",
        "encodings",
        "known",
        "lacking",
        "marked",
        "numbers",
        "of_class",
        "of_rows",
        "periods",
        "posts",
        "several",
        "sheets",
        "unclaimed",
    }
)

#: contract 2: the list of everything doubtful
ISSUE_COLUMNS: Final = {
    "check": "str", "severity": "str", "unit": "str", "file": "str", "sheet": "str", "cell": "str", "found": "str",
    "expected": "str", "remedy": "str", "effect": "str",
}  # fmt: skip


def fault_line(fault: Fault, words: Words) -> str:
    """Return a fault as one line: where it is (file › sheet › cell), what it is, how to mend it.

    Raises:
        KeyError: the catalogue has no sentence for the check.
    """
    place = place_of(fault, words)
    said = sentence_of(fault, words) + remedy_of(fault, words)
    return words("fault.line", place=place, said=said).plain if place else said


def sentence_of(fault: Fault, words: Words) -> str:
    """Return what is wrong, in which source of a ledger, in how many cells, and how much of a total rests on it."""
    said, source = _fill(fault, "sentence", words), fault.details.get(OF_SOURCE)
    said += effect_of(fault, words)
    return words("fault.of_source", source=source, said=said).plain if source else said


def effect_of(fault: Fault, words: Words) -> str:
    """Return in how many cells the same stands, and how much of a total or of a unit's marks rests on them."""
    cells = fault.details.get(ALIKE, "")
    said = words("fault.alike", count=cells).plain if cells else ""
    if fault.effect is not None and fault.effect.of:
        share, of, period, number = fault.effect
        kind, places = "mark", {"share": percent(share)}
        if of != OF_MARKS:
            kind, what = "row", words.label(f"fault.effect_of.{of}")
            places |= {"period": name_of_period(period, words), "what": what}
        said += words(f"fault.effect.{kind}{'s' if number > 1 else ''}", **places).plain
    return said


def expected_of(fault: Fault, words: Words) -> str:
    """Return what was expected."""
    return _fill(fault, "expected", words)


def remedy_of(fault: Fault, words: Words) -> str:
    """Return how to mend it; of a warning the office accepted, who said so and why."""
    if "accepted" in fault.details:
        places = {name: fault.details[name] for name in ("post", "date")}
        return words("fault.accepted", reason=fault.details["accepted"], **places).plain
    return _fill(fault, "remedy", words)


def check_name(check: str, words: Words) -> str:
    """Return the name of a check; one without a name (of settings) by its id."""
    key = f"check.{check}"
    return words.label(key) if key in words else check


def spot_of(fault: Fault, words: Words) -> str:
    """Return the cell, or the line of a settings file as the language writes it; empty where there is neither."""
    if fault.cell:
        return fault.cell.replace(LIST_SIGN, words.label("punctuation.list"))
    return words("fault.line_number", line=str(fault.line)).plain if fault.line else ""


def place_of(fault: Fault, words: Words) -> str:
    """Return file › sheet › cell."""
    return " › ".join(part for part in (fault.file, fault.sheet, spot_of(fault, words)) if part)


def place_corrected(row: Mapping[str, Any], words: Words) -> str:
    """Return the place of a row of the corrections: file › sheet › cells, a whole row as the language writes it."""
    spot = str(row["cells"])
    first, _, last = spot.partition(":")
    if first == last and first.isdecimal():
        spot = words("fault.line_number", line=first).plain
    return " › ".join(part for part in (str(row["file"]), str(row["sheet"]), spot) if part)


def issues_frame(faults: Iterable[Fault], words: Words) -> pd.DataFrame:
    """Return the faults as the frame `data_issues` (contract 2), one row per fault, in their order."""
    return frame_of(
        (
            {
                "check": fault.check,
                "severity": fault.severity,
                "unit": fault.unit,
                "file": fault.file,
                "sheet": fault.sheet,
                "cell": spot_of(fault, words),
                "found": fault.found,
                "expected": expected_of(fault, words),
                "remedy": remedy_of(fault, words),
                "effect": effect_of(fault, words).strip(),
            }
            for fault in faults
        ),
        ISSUE_COLUMNS,
    )


def _fill(fault: Fault, part: str, words: Words) -> str:
    """Return one sentence of a fault; a detail the fault does not have leaves its place empty."""
    key = f"faults.{fault.check}.{part}"
    found = fault.found if len(fault.found) <= _LONGEST else fault.found[: _LONGEST - 1] + "…"
    details = {**fault.details, "found": found, "file": fault.file, "unit": fault.unit}
    places = [place for _text, place, _spec, _conversion in Formatter().parse(words.label(key)) if place]
    return words(key, **{place: _detail(place, details.get(place, ""), words) for place in places}).plain


def _detail(name: str, value: str, words: Words) -> str:
    clause = f"fault_part.{name}"
    measure = (f"measure.{value}",) if name in _OF_MEASURES else ()
    for term in (f"fault_term.{name}.{value}", f"{name}.{value}", *measure):
        if value and term in words:
            value = words.label(term)
            break
    if name in _LISTS:
        value = value.replace(LIST_SIGN, words.label("punctuation.list"))
    return words(clause, **{name: value}).plain if value and clause in words else value
