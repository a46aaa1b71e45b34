"""Cells left empty at random in one unit's rows, and what must never come of it: good news for that unit.

A case empties some cells of one field, or all of them, in the rows of one unit; the round is then computed again in the
memory and held against what it was. `python -m tests.blanks` (`make fuzz`) tries as many cases as wanted, from a seed,
and goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.indicators import measures
from analysis.intake import Intake
from analysis.intake.ledgers import LEDGERS
from analysis.results.assessment import Declared
from analysis.rounds.frames import rows_of
from analysis.scoring import grading, problems, scoring
from analysis.trends.trends import verdict

#: cells whose emptiness is itself an answer, or that no measure asks for (docs/checks.md)
ANSWERS_BY_EMPTINESS = frozenset(
    {"duplicate_of", "resolved_on", "closed_on", "same_as", "finding_no", "deadline", "found_on", "year"}
)
#: fields of numbers of which the one largest of a unit is exempt
LARGEST_EXEMPT = frozenset({"workers", "amount"})
_GRADES = {"A": 3, "B": 2, "C": 1}


@dataclass(frozen=True)
class Case:
    """Cells to empty: the field of a ledger in some rows (places in its frame) of one unit."""

    unit: str
    ledger: str
    field: str
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Outcome:
    """What a round comes to for its units.

    Attributes:
        scores: total by unit; a unit without one has none.
        ranks: rank by unit.
        grades: grade by unit, empty where none is given.
        named: (unit, problem group) of the lists.
        vetoes: (unit, veto) of those taken.
        clear: (unit, quantity) of the changes that are called clear.
    """

    scores: Mapping[str, Decimal]
    ranks: Mapping[str, int]
    grades: Mapping[str, str]
    named: frozenset[tuple[str, str]]
    vetoes: frozenset[tuple[str, str]]
    clear: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, declared: Declared, arrived: Intake) -> Outcome:
        """Compute a round, without lineage and sentences."""
        of, rules, roll = declared.round, declared.rulebook, arrived.roll
        assert rules is not None
        values = measures.compute(arrived, of.settings, with_lineage=False).values
        scores = scoring.official(scoring.score(values, rules, roll, of, sentences=False))
        differences = scoring.differences(values, rules, roll, of)
        grades = rows_of(grading.grade(scores, values, rules, roll, of, differences=differences))
        nothing = pd.DataFrame({"unit": [], "group": []})
        found, _ = problems.count(
            arrived.ledgers.get("findings", nothing), arrived.ledgers.get("feedback", nothing), rules, roll, of,
            arrived=arrived,
        )  # fmt: skip
        changed = values[values["measure"].str.startswith("change_") & (values["period"] == of.period.text)]
        changed = changed[changed["base_period"] == of.settings.calendar.base]
        read = values[values["period"] == of.period.text].set_index(["unit", "measure"])["value"]
        return cls(
            {row["unit"]: Decimal(row["score"]) for row in grades if row["score"]},
            {row["unit"]: int(row["rank"]) for row in grades if pd.notna(row["rank"])},
            {row["unit"]: str(row["grade"]) for row in grades},
            frozenset((row["unit"], row["group"]) for row in rows_of(found) if row["named"]),
            frozenset(
                (unit, veto.code)
                for unit in roll.codes
                for veto in rules.vetoes
                if read.get((unit, veto.measure), np.nan) >= veto.at_least
            ),
            frozenset(
                (row["unit"], row["measure"]) for row in rows_of(changed) if verdict(row).startswith("clear")
            ),
        )


def good_news(unit: str, before: Outcome, after: Outcome) -> list[str]:
    """Return what became better for a unit, or unclear against it, of what must not."""
    found = []
    if after.scores.get(unit, Decimal(-1000)) > before.scores.get(unit, Decimal(-1000)):
        found.append(f"score {before.scores.get(unit)} -> {after.scores.get(unit)}")
    if after.ranks.get(unit, 10**6) < before.ranks.get(unit, 10**6):
        found.append(f"rank {before.ranks.get(unit)} -> {after.ranks.get(unit)}")
    if _GRADES.get(after.grades.get(unit, ""), 0) > _GRADES.get(before.grades.get(unit, ""), 0):
        found.append(f"grade {before.grades.get(unit)} -> {after.grades.get(unit)}")
    dropped = {group for one, group in before.named if one == unit} - {
        group for one, group in after.named if one == unit
    }
    found += [f"no longer named for {group}" for group in sorted(dropped)]
    cleared = {veto for one, veto in before.vetoes if one == unit} - {
        veto for one, veto in after.vetoes if one == unit
    }
    # a veto that is neither taken nor cleared leaves the unit without a grade
    found += [f"veto {veto} cleared" for veto in sorted(cleared) if after.grades.get(unit)]
    clear = {what for one, what in after.clear if one == unit} - {
        what for one, what in before.clear if one == unit
    }
    found += [f"{what} now clear" for what in sorted(clear)]
    return found


@dataclass(frozen=True)
class Trial:
    """A round of which cells are emptied."""

    declared: Declared
    arrived: Intake

    @cached_property
    def before(self) -> Outcome:
        """What it comes to as it is."""
        return Outcome.of(self.declared, self.arrived)

    def cases(self, generator: np.random.Generator) -> Iterator[Case]:
        """Yield random cases without end: a unit, a field, and one cell, several, or all."""
        wanted = [
            (name, field)
            for name, frame in self.arrived.ledgers.items()
            if len(frame) and LEDGERS[name].has_unit
            for field, of in LEDGERS[name].fields.items()
            if field in frame and not of.required and field not in ANSWERS_BY_EMPTINESS
            and of.kind != "text"
        ]  # fmt: skip
        while True:
            name, field = wanted[generator.integers(len(wanted))]
            unit = str(generator.choice(self.arrived.roll.codes))
            frame = self.arrived.ledgers[name]
            own = np.flatnonzero((frame["unit"] == unit) & _stated(frame[field]))
            if not len(own):
                continue
            size = int(generator.choice([1, 1, max(1, len(own) // 2), len(own)]))
            yield Case(unit, name, field, tuple(sorted(generator.choice(own, size, replace=False).tolist())))

    def after(self, case: Case) -> Outcome:
        """Return what the round comes to with the cells emptied."""
        frame = self.arrived.ledgers[case.ledger].copy()
        empty = "" if LEDGERS[case.ledger].fields[case.field].kind == "choice" else pd.NA
        frame.iloc[list(case.rows), frame.columns.get_loc(case.field)] = empty
        return Outcome.of(
            self.declared, replace(self.arrived, ledgers={**self.arrived.ledgers, case.ledger: frame})
        )

    def excused(self, case: Case) -> bool:
        """Whether a case empties the largest headcount or amount of a unit, which blanks are measured by."""
        if case.field not in LARGEST_EXEMPT:
            return False
        frame = self.arrived.ledgers[case.ledger]
        own = frame.loc[frame["unit"] == case.unit, case.field]
        return bool(frame[case.field].iloc[list(case.rows)].max() >= own.max())


def _stated(column: pd.Series) -> pd.Series:
    return column.notna() & column.astype(object).ne("")
