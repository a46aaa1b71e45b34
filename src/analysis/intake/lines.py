"""Faults as people read them: a line of text, and the frame of data issues.

The sentences stand in the catalogue under `faults.<check>`: `sentence`, `expected` and `remedy`. Their places are
filled with what the fault knows: `found`, `file`, `unit`, and its details by name. A detail that is an id is
translated by `fault_term.<detail>.<id>`, or by the label `<detail>.<id>` of another room (`ledger.clues`). A detail
with a clause of its own, `fault_part.<detail>`, is put into that clause, which is left out when there is no detail.
"""

from __future__ import annotations

from collections.abc import Iterable
from string import Formatter
from typing import Final

import pandas as pd

from analysis.faults import Fault
from analysis.values import ISSUE_COLUMNS, frame_of
from analysis.words import Words

#: a reader needs the beginning of a long cell to find it, not all of it
_LONGEST: Final = 60


def fault_line(fault: Fault, words: Words) -> str:
    """Return a fault as one line: where it is (file › sheet › cell), what it is, how to mend it.

    Raises:
        KeyError: the catalogue has no sentence for the check.
    """
    place = place_of(fault, words)
    said = _fill(fault, "sentence", words) + _fill(fault, "remedy", words)
    return words("fault.line", place=place, said=said).plain if place else said


def place_of(fault: Fault, words: Words) -> str:
    """Return file › sheet › cell, a line of a settings file as the language writes it."""
    line = words("fault.line_number", line=str(fault.line)).plain if fault.line and not fault.cell else ""
    return " › ".join(part for part in (fault.file, fault.sheet, fault.cell or line) if part)


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
                "cell": fault.cell
                or (words("fault.line_number", line=str(fault.line)).plain if fault.line else ""),
                "found": fault.found,
                "expected": _fill(fault, "expected", words),
                "remedy": _fill(fault, "remedy", words),
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
    for term in (f"fault_term.{name}.{value}", f"{name}.{value}"):
        if value and term in words:
            value = words.label(term)
            break
    return words(clause, **{name: value}).plain if value and clause in words else value
