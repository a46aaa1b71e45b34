"""Reading `rulebook.yaml`: held against its model, then as a whole set; every fault at once, with its line."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from analysis.rounds.faults import Fault
from analysis.rounds.rounds import RULEBOOK_FILE
from analysis.rounds.settings_files import Document, read_document, validate
from analysis.rounds.units import UnitRoll
from analysis.rulebook.checks import Known, indicators, whole_set
from analysis.rulebook.indicator import Indicator, Scoring
from analysis.rulebook.model import Deduction, Rulebook
from analysis.rulebook.written import Entry, entries

#: how many rule sets are remembered as held against their model: those of a few rounds, and what is supposed of them
_KEPT: Final = 8


def load(
    path: Path,
    known: Callable[[str], bool] | None = None,
    units: int | None = None,
    measures: Iterable[str] = (),
    roll: UnitRoll | None = None,
) -> tuple[Rulebook | None, list[Fault]]:
    """Read the rule set of a round.

    Args:
        path: the file `rulebook.yaml`.
        known: whether a measure is computed; without it measures are not checked.
        units: how many units are assessed; without it the places of the grades are not checked.
        measures: names to suggest for a measure nobody computes.
        roll: the units assessed, instead of their number; with it also the classes of units are checked.

    Returns:
        The rulebook, or None if anything blocks; and every fault in the order of the file: those of
        `settings.read_settings`, those of single rules (`Scoring.faults`) and those of the set as a whole
        (`analysis.rulebook.checks`), all with checks `rulebook_*`.
    """
    document, faults = read_document(path, path.name, RULEBOOK_FILE)
    if document is None:
        return None, faults
    rulebook, wrong = _of_itself(document)
    faults += wrong
    faults += whole_set(document, Known(known, tuple(measures), units, roll))
    blocked = any(fault.severity == "blocks" for fault in faults)
    return (None if blocked else rulebook), sorted(faults, key=lambda fault: fault.line)


@lru_cache(maxsize=_KEPT)
def _of_itself(document: Document) -> tuple[Rulebook | None, tuple[Fault, ...]]:
    """Return a rule set and what is wrong with it whatever it is held against: of its form and of its single rules."""
    rulebook, wrong = validate(document, Rulebook)
    # the rules are looked at one by one, so that they are also where the model does not fit
    return rulebook, (*wrong, *_rules(document))


def _rules(document: Document) -> Iterator[Fault]:
    """Find what is wrong with single rules, in every indicator and deduction that fits its model by itself."""
    holders: list[tuple[type[Scoring], Iterable[Entry]]] = [
        (Indicator, indicators(document)),
        (Deduction, entries(document.data, (), "deductions")),
    ]
    for model, written in holders:
        for at, part in written:
            try:
                found = model.model_validate(part)
            except ValidationError:
                # told by the model, with the place in it
                continue
            for place, check, details in found.faults():
                fault = document.fault(check, *at, *place)
                yield dataclasses.replace(fault, details={**fault.details, **details})
