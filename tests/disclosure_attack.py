"""An attack on what goes outside the office: every withheld count of made-up rounds full of small cells is solved for.

    python -m tests.disclosure_attack 200     goes on from the tally in tests/disclosure_attack.json

The attacker has the rows of one level's edition, as `publish.disclosure` shows them, and for cards everything of the
unit, or of the units that pool theirs. What it knows of the rules of counting it knows by itself: a part is no larger
than its whole, months add up to years, a rate has two ends, a change ties two years, and what is withheld is no zero.
Whole numbers that agree with all of this are searched for the least and the most (`scipy.optimize.milp`). A count that
can have one value only is found out.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis.indicators.catalogue import MEASURES
from analysis.indicators.values import USABLE
from analysis.publish.disclosure import disclosed
from analysis.results.assessment import Assessment
from analysis.rounds.frames import rows_of
from analysis.rounds.levels import level_of
from analysis.rounds.periods import parse_period
from analysis.rounds.rounds import RoundSettings
from analysis.rounds.units import Unit, UnitRoll
from analysis.run import in_memory

TALLY: Final = Path(__file__).parent / "disclosure_attack.json"
CITY: Final = "990000"
#: what the attacker counts: rows that are there or not
COUNTED: Final = tuple(m.code for m in MEASURES.values() if m.kind == "count" and m.code in m.cells)
#: half of the last place in which changes and rates are printed
PRINTED: Final = 0.0005

Cell = tuple[str, str]


@dataclass(frozen=True)
class Secret:
    """A small count that an edition withholds, and what the attacker found.

    Attributes:
        cell: measure and period.
        count: what it is: of the city, or of the city without the units that pool their cards.
        least: the least it can be.
        most: the most it can be.
        threshold: counts from 1 to below it are small.
    """

    cell: Cell
    count: int
    least: int
    most: float
    threshold: int

    @property
    def narrowed(self) -> bool:
        """Whether fewer values are left than the rule itself tells, from 1 to below the threshold."""
        return self.most - self.least + 1 < self.threshold - 1

    @property
    def found(self) -> bool:
        """Whether it can have one value only."""
        return self.least == self.most


def made_round(number: int) -> Assessment:
    """Return a round of three to seven units with few cases each, made from its number alone."""
    rng = random.Random(number)
    codes = [f"99000{place}" for place in range(1, rng.randint(3, 7) + 1)]
    settings = RoundSettings(
        round="2020", title="考核", city={"code": CITY, "name": "示例市", "short": "全市"}, issuer="示例办公室",
        periods=["2020"], base_period="2019", history=["2018", "2019", "2020"], as_of="2021-12-31",
        synthetic=True, small_cells=rng.choice([3, 3, 5]),
    )  # fmt: skip
    roll = UnitRoll([Unit(code, f"{code}县", code) for code in codes], CITY, "全市")
    rows = [
        _clue(rng, code, dt.date(year, 1, 1) + dt.timedelta(days=rng.randrange(365)))
        for code in codes
        for year in (2018, 2019, 2020)
        for _ in range(rng.choice([0, 1, 1, 2, 3, 5, 9]))
    ]
    clues = pd.DataFrame(rows).assign(no=[str(place) for place in range(len(rows))])
    for name in ("received_on", "resolved_on", "closed_on"):
        clues[name] = pd.to_datetime(clues[name])
    arrived = in_memory.intake_of(settings, roll, {"clues": clues})
    return in_memory.assess(in_memory.declared_of(settings), arrived, with_lineage=False, draws=0)


def _clue(rng: random.Random, code: str, day: dt.date) -> dict[str, Any]:
    done = day + dt.timedelta(days=rng.randint(0, 60)) if rng.random() < 0.9 else None
    workers = rng.randint(1, 4)
    return {
        "unit": code, "received_on": day, "checked": rng.random() < 0.95, "confirmed": rng.random() < 0.8,
        "resolved_on": done, "closed_on": done, "workers": workers, "amount": workers * 9000.0,
    }  # fmt: skip


def secrets(a: Assessment, units: Sequence[str]) -> list[Secret]:
    """Return what an attacker finds out of the small counts of the city, or of the units beside its own.

    Args:
        a: the round.
        units: the units that pool their cards; none for a reader of the report of letters.
    """
    view = disclosed(a, level_of("own"), units[0]) if units else disclosed(a, level_of("grades"))
    truth = _with_left_out(a)
    shown = view.values[(view.values["unit"] == CITY) & view.values["status"].isin(USABLE)]
    of_own = {cell: _own(a, cell, units) for cell in truth}
    system = _System(truth, shown, of_own)
    threshold = a.round.settings.small_cells
    told = {(row["measure"], row["period"]) for row in rows_of(shown)}
    found = []
    for cell, count in truth.items():
        rest = count - of_own[cell]
        if not 0 < rest < threshold or (cell in told and not units):
            continue
        least, most = system.range_of(cell)
        found.append(Secret(cell, rest, least - of_own[cell], most - of_own[cell], threshold))
    return found


class _System:
    """What an attacker knows of the counts of a city, as equations and bounds over whole numbers."""

    def __init__(self, truth: Mapping[Cell, int], shown: pd.DataFrame, own: Mapping[Cell, int]) -> None:
        self._place = {cell: number for number, cell in enumerate(truth)}
        self._own = own
        self._rows: list[tuple[dict[Cell, float], float, float]] = [*self._structure()]
        told = {(row["measure"], row["period"]) for row in rows_of(shown)}
        for row in rows_of(shown):
            self._rows += self._from(row)
        # what is not told is no zero: zeros are printed
        self._least = np.array([max(own[cell], 0 if cell in told else 1) for cell in truth], dtype=float)

    def _structure(self) -> Iterator[tuple[dict[Cell, float], float, float]]:
        for name, period in self._place:
            if name not in MEASURES:
                continue
            whole = MEASURES[name].within
            if (whole, period) in self._place:
                cell, within = (name, period), (whole, period)
                yield {within: 1, cell: -1}, self._own[within] - self._own[cell], np.inf
            within_year = [
                other
                for of, other in self._place
                if of == name and parse_period(other).months == 1 and other.startswith(f"{period}-")
            ]
            # what is left open at the end of a year is no sum of what is left at the end of its months
            if name != "backlog" and len(within_year) == len("123456789abc"):
                yield {(name, period): 1, **{(name, month): -1 for month in within_year}}, 0, 0

    def _from(self, row: Mapping[str, Any]) -> Iterator[tuple[dict[Cell, float], float, float]]:
        """Yield what a row that is shown says of the counts."""
        measure, period, value = row["measure"], row["period"], float(row["value"])
        if (measure, period) in self._place:
            yield {(measure, period): 1}, value, value
        rate = MEASURES.get(measure)
        if rate is not None and rate.kind == "rate" and rate.parts:
            ends = zip(rate.parts, ("numerator", "denominator"), strict=True)
            yield from (
                ({(part, period): 1}, row[end], row[end])
                for part, end in ends
                if (part, period) in self._place
            )
        of = measure.removeprefix("change_")
        cell, base = (of, period), (of, row["base_period"])
        if of != measure and {cell, base} <= self._place.keys():
            # printed to a tenth of a per cent: after − (1 + change) · before lies within half of that. Both are of the
            # units that report both periods; what the others have is a count of its own
            for change, low, high in ((value + PRINTED, -np.inf, 0), (value - PRINTED, 0, np.inf)):
                factors = {
                    cell: 1,
                    left_out(cell, base[1]): -1,
                    base: -(1 + change),
                    left_out(base, cell[1]): 1 + change,
                }
                yield {part: factor for part, factor in factors.items() if part in self._place}, low, high

    def range_of(self, cell: Cell) -> tuple[int, float]:
        """Return the least and the most a count can be."""
        matrix = np.zeros((len(self._rows), len(self._place)))
        for line, (parts, _, _) in zip(matrix, self._rows, strict=True):
            for part, factor in parts.items():
                line[self._place[part]] += factor
        low, high = ([row[side] for row in self._rows] for side in (1, 2))
        goal = np.zeros(len(self._place))
        goal[self._place[cell]] = 1
        ends = []
        for sign in (1, -1):
            solved = milp(
                sign * goal,
                integrality=np.ones(len(goal)),
                bounds=Bounds(self._least, np.full(len(goal), 1e4)),
                constraints=LinearConstraint(matrix, low, high),
            )
            if not solved.success:
                raise AssertionError(f"what is shown contradicts itself: {cell}: {solved.message}")
            ends.append(round(sign * solved.fun))
        return ends[0], ends[1]


def left_out(cell: Cell, other: str) -> Cell:
    """Return the count of the units that report a period but not the one it is compared with."""
    return (f"{cell[0]} without {other}", cell[1])


def _with_left_out(a: Assessment) -> dict[Cell, int]:
    """Return the city's counts, and those of the units that report one of two compared periods only."""
    counts = _counts(a.values, CITY)
    rows = a.values[(a.values["unit"] == CITY) & a.values["measure"].str.startswith("change_")]
    found = dict(counts)
    for row in rows_of(
        rows[rows["status"].isin(USABLE) & rows["numerator"].notna() & rows["denominator"].notna()]
    ):
        of = row["measure"].removeprefix("change_")
        ends = ((of, row["period"], row["numerator"]), (of, row["base_period"], row["denominator"]))
        for (name, period, end), other in zip(ends, (row["base_period"], row["period"]), strict=True):
            rest = counts.get((name, period), 0) - round(end)
            if rest > 0:
                found[left_out((name, period), other)] = rest
    return found


def _own(a: Assessment, cell: Cell, units: Sequence[str]) -> int:
    """Return what some units add to a count of the city."""
    name, _, other = cell[0].partition(" without ")
    of_units = [_counts(a.values, unit) for unit in units]
    return sum(own.get((name, cell[1]), 0) for own in of_units if not other or (name, other) not in own)


def _counts(values: pd.DataFrame, unit: str) -> dict[Cell, int]:
    own = values[(values["unit"] == unit) & values["measure"].isin(COUNTED) & values["status"].isin(USABLE)]
    return {(row["measure"], row["period"]): round(row["value"]) for row in rows_of(own)}


def tally() -> dict[str, Any]:
    """Return what was tried so far: rounds, and per reader the small counts, those found out and those narrowed."""
    return dict(json.loads(TALLY.read_text("utf-8"))) if TALLY.exists() else {"rounds": 0}


def main(until: int) -> int:
    """Attack rounds up to a number, from where the tally stopped; exit status 1 if a small count was found out."""
    known = tally()
    for number in range(known["rounds"], until):
        a = made_round(number)
        codes = list(a.roll.codes)
        for name, units in (("letters", []), *(("card", [code]) for code in codes), ("two cards", codes[:2])):
            found = secrets(a, units)
            of = known.setdefault(name, {"secrets": 0, "found": 0, "narrowed": 0})
            of["secrets"] += len(found)
            for how in ("found", "narrowed"):
                of[how] += sum(getattr(secret, how) for secret in found)
            for secret in found:
                if secret.narrowed and len(units) < len(codes[:2]):
                    print(number, name, units, secret)
        known["rounds"] = number + 1
        TALLY.write_text(json.dumps(known, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return int(any(known.get(name, {}).get("narrowed") for name in ("letters", "card")))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
