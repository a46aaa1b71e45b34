"""What the office states of the units itself: `statements.yaml`, one line per unit and fact, with its basis.

Where every event has its own deduction at discretion there is a line per event, and what is read is their sum.

The facts are declared in the rule set (`facts`). A statement becomes a row of the value table, measure
`stated_<code>`, so that gates, vetoes and tie-breaks read it like any other measure. What is not stated is missing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Final, Self

import pandas as pd
from pydantic import Field, model_validator

from analysis.indicators.filters import Filter
from analysis.indicators.values import LINEAGE_COLUMNS, value_id, value_rows
from analysis.rounds.faults import Fault
from analysis.rounds.frames import frame_of
from analysis.rounds.settings_files import Code, Settings, bad_value, read_document, suggestion, validate
from analysis.rounds.units import UnitRoll
from analysis.rulebook.exact_numbers import Points
from analysis.rulebook.indicator import Scoring
from analysis.rulebook.model import Rulebook
from analysis.rulebook.predicates import STATED

#: name of the file in the folder of a round; a round without statements has none
STATEMENTS_FILE: Final = "statements.yaml"


class Statement(Settings):
    """One fact stated of one unit.

    Attributes:
        unit: code of the unit.
        fact: code of the fact, as the rule set declares it.
        holds: whether it holds; left out for a fact that is counted.
        count: how often it happened, for a fact that is counted.
        off: points taken off for it at discretion, within the range of the rule set.
        basis: what the statement rests on: minutes, a document number.
    """

    unit: Code
    fact: str
    holds: bool | None = None
    count: Annotated[int, Field(ge=0)] | None = None
    off: Annotated[Points, Field(ge=0)] | None = None
    basis: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _one_answer(self) -> Self:
        if [self.holds, self.count, self.off].count(None) != 2:
            raise bad_value("statement_empty")
        return self

    @property
    def measure(self) -> str:
        """Its measure in the value table."""
        return STATED + self.fact

    @property
    def value(self) -> Decimal:
        """The count or the points off; 1 for what holds and 0 for what does not."""
        number = self.off if self.off is not None else self.count
        return Decimal(bool(self.holds) if number is None else number)

    @property
    def unit_of_measure(self) -> str:
        """What its value counts."""
        return "point" if self.off is not None else "unit" if self.count is None else "event"


class Statements(Settings):
    """The content of `statements.yaml`."""

    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class StatementFile:
    """The statements of a round.

    Attributes:
        statements: in the order of the file.
        lines: line of each.
        file: name of the file, empty without one.
        sha256: of the file.
    """

    statements: tuple[Statement, ...] = ()
    lines: tuple[int, ...] = ()
    file: str = ""
    sha256: str = ""

    def values(self, round_id: str, period: str) -> pd.DataFrame:
        """Return the statements as rows of the value table (contract 1); of several events one row, their sum."""
        sums: dict[tuple[str, str, str], Decimal] = {}
        for each in self.statements:
            key = each.unit, each.measure, each.unit_of_measure
            sums[key] = sums.get(key, Decimal(0)) + each.value
        rows = [
            {
                "unit": unit,
                "period": period,
                "measure": measure,
                "value": float(value),
                "unit_of_measure": unit_of_measure,
                "method": "stated",
                "status": "reported",
            }
            for (unit, measure, unit_of_measure), value in sums.items()
        ]
        return value_rows(rows, round_id)

    def lineage(self, period: str) -> pd.DataFrame:
        """Return the lineage of these rows: the line of the file, and what the statement rests on."""
        rows = [
            {
                "source": value_id(each.unit, period, "", each.measure, "stated"),
                "file": self.file,
                "sheet": "",
                "cells": "",
                "filter": str(Filter("statement", period=period, line=str(line), note=each.basis)),
                "rows": 1,
                "sha256": self.sha256,
            }
            for each, line in zip(self.statements, self.lines, strict=True)
        ]
        return frame_of(rows, LINEAGE_COLUMNS)


def read_statements(
    path: Path, rulebook: Rulebook, roll: UnitRoll | None
) -> tuple[StatementFile | None, list[Fault]]:
    """Read the statements of a round.

    Args:
        path: the file `statements.yaml`; a round without statements has none.
        rulebook: the rule set, which declares the facts.
        roll: the units; None where none have arrived, whose codes are not asked then.

    Returns:
        The statements (empty without a file), or None if anything is wrong; and every fault: those of
        `settings.read_settings`, `statement_unit_unknown`, `statement_fact_unknown`, `statement_twice`,
        `statement_outside_discretion`, `statement_no_points`.
    """
    if not path.exists():
        return StatementFile(), []
    document, faults = read_document(path, path.name)
    if document is None:
        return None, faults
    found, wrong = validate(document, Statements)
    faults += wrong
    statements = found.statements if found else ()
    lines = tuple(document.line("statements", place) for place in range(len(statements)))
    facts = [fact.code for fact in rulebook.facts]
    ranges, by_event = _ranges(rulebook)
    first: dict[tuple[str, str], int] = {}
    unstated = {(each.unit, each.fact) for each in statements if not each.off}
    for place, (each, line) in enumerate(zip(statements, lines, strict=True)):
        at = ("statements", place)
        if roll is not None and each.unit not in roll.codes:
            faults.append(document.fault("statement_unit_unknown", *at, "unit"))
        if each.fact not in facts:
            hint = suggestion(each.fact, facts)
            faults.append(document.fault("statement_fact_unknown", *at, "fact", suggestion=hint))
        again = first.setdefault((each.unit, each.fact), line) != line
        # of several events every one takes something off
        if again and (each.measure not in by_event or (each.unit, each.fact) in unstated):
            first_line = str(first[each.unit, each.fact])
            faults.append(document.fault("statement_twice", *at, "fact", first=first_line))
        within = ranges.get(each.measure)
        if within is not None and each.off is None:
            faults.append(document.fault("statement_no_points", *at, "fact"))
        elif within is not None and each.off and not within[0] <= Fraction(each.off) <= within[1]:
            least, most = (f"{Decimal(end.numerator) / end.denominator:f}" for end in within)
            faults.append(document.fault("statement_outside_discretion", *at, "off", least=least, most=most))
    if faults:
        return None, sorted(faults, key=lambda fault: fault.line)
    return StatementFile(statements, lines, path.name, hashlib.sha256(path.read_bytes()).hexdigest()), []


def _ranges(rulebook: Rulebook) -> tuple[dict[str, tuple[Fraction, Fraction]], frozenset[str]]:
    """Return the range of every deduction at discretion, by the measure that states it, and which hold by event."""
    waiting: list[Scoring] = [*rulebook.indicators(), *rulebook.deductions]
    found: dict[str, tuple[Fraction, Fraction]] = {}
    by_event: set[str] = set()
    while waiting:
        item = waiting.pop()
        waiting += item.rule.scored_parts()
        if item.rule.discretion is not None:
            found[item.measure] = item.rule.discretion
            by_event |= {item.measure} if item.rule.by_event else set()
    return found, frozenset(by_event)
