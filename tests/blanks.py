"""Cells left empty at random in one unit's rows, and what must never come of it: good news for that unit.

A case empties some cells of one field, or all of them, in the rows of one unit, takes the column out of its sheet, or
takes out all its rows of a ledger that it fills in itself; the round is then computed again in the memory and held
against what it was. `make fuzz ROUNDS=50` tries so many made-up rounds more, from the seed at which it
stopped, and keeps the tally in `blanks_tally.json`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import ledger_examples as small
import numpy as np
import pandas as pd
from rule_examples import rules_2020

from analysis.indicators import measures
from analysis.indicators.catalogue import QUANTITIES
from analysis.indicators.values import ValueIndex
from analysis.indicators.verdicts import CLEAR, verdict
from analysis.intake.declared.ledgers import INSTITUTIONS, LEDGERS
from analysis.results.assessment import Declared
from analysis.rounds.frames import rows_of
from analysis.rulebook import Rulebook
from analysis.run import in_memory
from analysis.scoring import grading, problems, scoring
from analysis.words import words

#: cells whose emptiness is itself an answer, or that no measure asks for (docs/checks.md)
ANSWERS_BY_EMPTINESS = frozenset(
    {"duplicate_of", "resolved_on", "closed_on", "same_as", "finding_no", "deadline", "found_on", "year"}
)
#: fields of numbers of which the one largest of a unit is exempt
LARGEST_EXEMPT = frozenset({"workers", "amount"})
_GRADES = {"A": 3, "B": 2, "C": 1}
_LOWEST = "C"


#: what arrived of a round: an `Intake`, or the small ledgers of `ledger_examples`
Arrived = Any


@dataclass(frozen=True)
class Case:
    """Cells to empty: the field of a ledger in some rows (places in its frame) of one unit.

    Without a field the rows themselves are taken out. `lacking`: the column is missing from the unit's sheet.
    """

    unit: str
    ledger: str
    field: str
    rows: tuple[int, ...]
    lacking: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a round comes to for its units.

    Attributes:
        scores: total by unit; a unit without one has none.
        ranks: rank by unit.
        grades: grade by unit, empty where none is given.
        named: (unit, problem group) of the lists.
        vetoes: (unit, veto) of those taken.
        open: (unit, veto) of those neither taken nor cleared, which the clause of the grade names.
        pending: units whose grade hangs on open facts, vetoes or others.
        clear: (unit, quantity) of the changes that are called clear.
        dispersion: φ of the cases.
    """

    scores: Mapping[str, Decimal]
    ranks: Mapping[str, int]
    grades: Mapping[str, str]
    named: frozenset[tuple[str, str]]
    vetoes: frozenset[tuple[str, str]]
    open: frozenset[tuple[str, str]]
    pending: frozenset[str]
    clear: frozenset[tuple[str, str]]
    dispersion: Fraction

    @classmethod
    def of(cls, declared: Declared, arrived: Arrived, dispersion: Fraction | None = None) -> Outcome:
        """Compute a round, without lineage and sentences, with the dispersion of its cases or a given one."""
        of, rules, roll = declared.round, declared.rulebook, arrived.roll
        assert rules is not None
        values = measures.compute(arrived, of.settings, dispersion, with_lineage=False).values
        scores = scoring.official(
            scoring.score(values, rules, roll, of.settings, sentences=False, catalogue=words("zh"))
        )
        differences = scoring.differences(values, rules, roll, of.settings)
        graded = grading.graded_units(
            grading.evidence_as_read(scores, values, rules, roll, of.settings, differences=differences),
            rules,
            roll,
        )
        nothing = pd.DataFrame({"unit": [], "group": []})
        found, _ = problems.count(
            arrived.ledgers.get("findings", nothing), arrived.ledgers.get("feedback", nothing), rules, roll, of,
            arrived=arrived,
        )  # fmt: skip
        index = ValueIndex(values)
        quantities = [(unit, f"change_{name}") for unit in roll.codes for name in QUANTITIES]
        read = values[values["period"] == of.period.text].set_index(["unit", "measure"])["value"]
        return cls(
            {unit.unit: unit.score for unit in graded},
            {unit.unit: unit.rank for unit in graded if not unit.few},
            {unit.unit: unit.grade or "" for unit in graded},
            frozenset((row["unit"], row["group"]) for row in rows_of(found) if row["named"]),
            frozenset(
                (unit, veto.code)
                for unit in roll.codes
                for veto in rules.vetoes
                if read.get((unit, veto.measure), np.nan) >= veto.at_least
            ),
            frozenset(
                (unit.unit, veto.code)
                for unit in graded
                for veto in rules.vetoes
                if veto.measure in unit.undecided
            ),
            frozenset(unit.unit for unit in graded if unit.grade is None and unit.undecided),
            frozenset(
                (unit, measure)
                for unit, measure in quantities
                if verdict(
                    index.row(unit, of.period.text, measure, of.base),
                    index.get(unit, of.period.text, f"q_{measure}", of.base),
                )
                in CLEAR
            ),
            Fraction(index.row(roll.city_code, of.period.text, "dispersion_cases")["value"]),
        )


def good_news(unit: str, before: Outcome, after: Outcome) -> list[str]:
    """Return what became better for a unit, or unclear against it, of what must not."""
    found = []
    if after.scores.get(unit, Decimal(-1000)) > before.scores.get(unit, Decimal(-1000)):
        found.append(f"score {before.scores.get(unit)} -> {after.scores.get(unit)}")
    if after.ranks.get(unit, 10**6) < before.ranks.get(unit, 10**6):
        found.append(f"rank {before.ranks.get(unit)} -> {after.ranks.get(unit)}")
    # an open fact may cost a pending unit its grade; once it has the lowest whatever the fact, it is pending no longer
    settled = unit in before.pending and after.grades.get(unit) == _LOWEST
    if not settled and _GRADES.get(after.grades.get(unit, ""), 0) > _GRADES.get(
        before.grades.get(unit, ""), 0
    ):
        found.append(f"grade {before.grades.get(unit)} -> {after.grades.get(unit)}")
    dropped = {group for one, group in before.named if one == unit} - {
        group for one, group in after.named if one == unit
    }
    found += [f"no longer named for {group}" for group in sorted(dropped)]
    cleared = {veto for one, veto in before.vetoes if one == unit} - {
        veto for one, veto in after.vetoes if one == unit
    }
    # who has no score has no grade either; of all others an open veto is named as such
    still = {veto for one, veto in after.open if one == unit}
    found += [f"veto {veto} cleared" for veto in sorted(cleared - still) if unit in after.scores]
    clear = {what for one, what in after.clear if one == unit} - {
        what for one, what in before.clear if one == unit
    }
    found += [f"{what} now clear" for what in sorted(clear)]
    return found


@dataclass(frozen=True)
class Trial:
    """A round of which cells are emptied."""

    declared: Declared
    arrived: Arrived

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
            if name not in self.arrived.by_city and generator.random() < 0.04:
                yield Case(unit, name, "", tuple(np.flatnonzero(frame["unit"] == unit).tolist()))
                continue
            size = int(generator.choice([1, 1, max(1, len(own) // 2), len(own)]))
            lacking = size == len(own) and bool(generator.random() < 0.5)
            rows = tuple(sorted(generator.choice(own, size, replace=False).tolist()))
            yield Case(unit, name, field, rows, lacking)

    def emptied(self, case: Case) -> Arrived:
        """Return what arrived with the cells emptied, or the rows taken out."""
        frame, columns = self.arrived.ledgers[case.ledger].copy(), self.arrived.columns
        if not case.field:
            frame = frame.drop(index=frame.index[list(case.rows)]).reset_index(drop=True)
        else:
            empty = "" if LEDGERS[case.ledger].fields[case.field].kind == "choice" else pd.NA
            frame.iloc[list(case.rows), frame.columns.get_loc(case.field)] = empty
        if case.lacking:
            sheet = frame["file"].iloc[case.rows[0]]
            columns = columns[~((columns["file"] == sheet) & (columns["field"] == case.field))]
        ledgers = {**self.arrived.ledgers, case.ledger: frame}
        return replace(self.arrived, ledgers=ledgers, columns=columns)

    def after(self, case: Case) -> Outcome:
        """Return what the round comes to then."""
        # what others may have left empty moves how much counts vary; the property is about one unit's own cells
        return Outcome.of(self.declared, self.emptied(case), self.before.dispersion)

    def excused(self, case: Case) -> bool:
        """Whether a case empties the largest headcount or amount of a unit, which blanks are measured by.

        Or the contradiction of a clue that is said to be true, and not to have been looked into.
        """
        frame = self.arrived.ledgers[case.ledger]
        if case.field == "confirmed":
            return bool(
                (frame[["checked", "confirmed"]].iloc[list(case.rows)] == [False, True]).all(axis=1).any()
            )
        if case.field not in LARGEST_EXEMPT:
            return False
        own = frame.loc[frame["unit"] == case.unit, case.field]
        return bool(frame[case.field].iloc[list(case.rows)].max() >= own.max())


def _stated(column: pd.Series) -> pd.Series:
    return column.notna() & column.astype(object).ne("")


# ── rounds made up ───────────────────────────────────────────────────────────────────────────────────────────────────

_UNITS = (small.EAST, small.WEST, small.SOUTH)


def made_up(seed: int, book: Rulebook | None = None) -> Trial:
    """Return a small round of three units and two years, some cells of which are empty already.

    In every second one the units list their incidents themselves. Without a rule set it has that of 2020.
    """
    generator = np.random.default_rng(seed)
    rows: dict[str, list[dict[str, Any]]] = {"clues": [], "events": [], "projects": [], "funds": []}
    for unit in _UNITS:
        for year in (2019, 2020):
            rows["clues"] += [_clue(unit, year, generator) for _ in range(int(generator.integers(6, 45)))]
            rows["events"] += [_event(unit, year, generator) for _ in range(int(generator.integers(1, 5)))]
        rows["projects"] += [_project(unit, generator) for _ in range(int(generator.integers(2, 9)))]
        rows["funds"].append({"unit": unit, "established": _yes(generator, 0.8)})
    for name, of in rows.items():
        if name != "funds":
            rows[name] = [{"no": str(number), **row} for number, row in enumerate(of, 1)]
    declared = in_memory.declared_of(small.settings(history=["2019", "2020"]), book or rules_2020())
    found = small.arrived(_UNITS, **rows)
    if seed % 2:
        found = replace(found, by_city=found.by_city - {"events"})
    return Trial(declared, small.with_own_files(found))


def _yes(generator: np.random.Generator, share: float, empty: float = 0.02) -> Any:
    return pd.NA if generator.random() < empty else bool(generator.random() < share)


def _clue(unit: str, year: int, generator: np.random.Generator) -> dict[str, Any]:
    day = pd.Timestamp(year, 1, 1) + pd.Timedelta(days=int(generator.integers(0, 360)))
    owed = int(generator.integers(1, 300)) * 100_00
    said: dict[str, Any] = {
        "unit": unit,
        "received_on": day,
        "checked": _yes(generator, 0.97),
        "confirmed": _yes(generator, 0.7),
        "workers": int(generator.geometric(0.1)),
        "amount": owed,
        "amount_paid": owed if generator.random() < 0.8 else int(owed * generator.random()),
        "resolved_on": day + pd.Timedelta(days=30) if generator.random() < 0.85 else pd.NaT,
        "closed_on": day + pd.Timedelta(days=40) if generator.random() < 0.9 else pd.NaT,
    }
    for due, done in (("file_due", "filed"), ("list_due", "listed"), ("publish_due", "published")):
        said |= {due: _yes(generator, 0.3), done: _yes(generator, 0.6)}
    for field in ("workers", "amount", "amount_paid"):
        if generator.random() < 0.02:
            said[field] = pd.NA
    return said


def _event(unit: str, year: int, generator: np.random.Generator) -> dict[str, Any]:
    kind = str(generator.choice(["mass", "extreme", "beijing", "province", "city"]))
    return {
        "unit": unit,
        "occurred_on": pd.Timestamp(year, int(generator.integers(1, 13)), 10),
        "kind": kind,
        "people": int(generator.integers(1, 120)),
        "government_funded": str(generator.choice(["yes", "no", "unknown"])),
        "serious": _yes(generator, 0.4),
        "verified": _yes(generator, 0.7),
    }


def _project(unit: str, generator: np.random.Generator) -> dict[str, Any]:
    said = {name: str(generator.choice(["yes", "yes", "yes", "no", "exempt", ""])) for name in INSTITUTIONS}
    return {"unit": unit, **said, "sampled": _yes(generator, 0.4)}


# ── as many as wanted ────────────────────────────────────────────────────────────────────────────────────────────────

#: how many cases were tried, and how many were good news; committed
TALLY = Path(__file__).with_name("blanks_tally.json")
#: cases of one made-up round
EACH = 20


def main() -> None:
    """Try the cases of so many more rounds, from the first seed that was not tried yet, and keep the tally.

    Raises:
        SystemExit: a case was good news; it is printed.
    """
    tally = json.loads(TALLY.read_text(encoding="utf-8"))
    for seed in range(tally["next_seed"], tally["next_seed"] + int(sys.argv[1])):
        trial, generator = made_up(seed), np.random.default_rng(seed)
        for case, _ in zip(trial.cases(generator), range(EACH), strict=False):
            news = [] if trial.excused(case) else good_news(case.unit, trial.before, trial.after(case))
            if news:
                raise SystemExit(f"round {seed}: {case}: {'; '.join(news)}")
            tally["cases"] += 1
        tally["next_seed"] = seed + 1
        TALLY.write_text(json.dumps(tally) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
