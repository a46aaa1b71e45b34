"""The units side by side: where the comparisons find their values, and which of them may be compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.indicators.changes import is_broken
from analysis.indicators.values import USABLE, ValueIndex
from analysis.indicators.verdicts import verdict
from analysis.rounds.periods import Period
from analysis.rounds.rounds import RoundSettings
from analysis.rounds.units import UnitRoll

Row = Mapping[str, Any]

CONFIDENCE: Final = 0.95
#: at most so many periods are taken together
POOLED_PERIODS: Final = 3
#: with fewer units there is nobody to be compared with
FEWEST: Final = 2


@dataclass(frozen=True)
class Peers:
    """The units of a round and their values.

    Attributes:
        index: the values of the stages before.
        roll: the units.
        settings: of the round.
        periods: every period with values, oldest first.
        now: the round's own period.
        base: the text of its base period; empty where there is none.
    """

    index: ValueIndex
    roll: UnitRoll
    settings: RoundSettings
    periods: tuple[Period, ...]
    now: Period
    base: str

    @classmethod
    def of(cls, index: ValueIndex, roll: UnitRoll, settings: RoundSettings) -> Peers:
        """Return the units of a round side by side."""
        calendar = settings.calendar
        return cls(index, roll, settings, calendar.listed, calendar.period, calendar.base)

    def row(self, unit: str, measure: str, base: str = "") -> dict[str, Any]:
        """Return the row of a unit in the round's period."""
        return self.index.row(unit, self.now.text, measure, base)

    def rows(self, measure: str, base: str = "") -> list[dict[str, Any]]:
        """Return the rows of all units in the round's period, in roll order."""
        return [self.row(code, measure, base) for code in self.roll.codes]

    def pool(self, measure: str) -> tuple[Period, ...]:
        """Return the periods of a measure that may be taken together, oldest first, the round's own among them.

        They follow each other, are equally long, and no break in the series lies between them; at most
        `POOLED_PERIODS`.
        """
        pool = [self.now]
        while len(pool) < POOLED_PERIODS:
            before = [period for period in self.periods if pool[0].follows(period)]
            if not before or is_broken(measure, self.now, before[0], self.settings):
                break
            pool.insert(0, before[0])
        return tuple(pool)


def pooled_period(pool: Sequence[Period]) -> str:
    """Return the text of periods taken together: `2018-2020`; that of the last where they are not whole years."""
    first, last = pool[0], pool[-1]
    years = (first.start.month, first.start.day, last.end.month, last.end.day) == (1, 1, 12, 31)
    return f"{first.start.year}-{last.end.year}" if years and len(pool) > 1 else last.text


def is_sound(row: Row) -> bool:
    """Return whether a rate can be held against others: it is known, has a base, and lies between 0 and 100 %.

    A rate above 100 %, as summary tables may hold, is no proportion: nothing is said of it, and nothing by it.
    """
    if row["status"] not in USABLE or pd.isna(row["numerator"]) or pd.isna(row["denominator"]):
        return False
    return bool(row["denominator"] > 0) and bool(0 <= row["numerator"] <= row["denominator"])


def is_judged(change: Row) -> bool:
    """Return whether enough is stated of a change to hold it against others (填报不全，不作判断)."""
    return verdict(change, None) != "incomplete"


def unsound_status(row: Row) -> str:
    """Return the status of what cannot be computed from a row: its own, or not applicable if the row has a value."""
    return "not_applicable" if row["status"] in USABLE else str(row["status"])


def joint_status(statuses: Iterable[str]) -> str:
    """Return the status of what is computed from several values."""
    found = list(statuses)
    order = (
        "withheld",
        "not_reported",
        "not_comparable",
        "new_unit",
        "not_applicable",
        "partial",
        "small_base",
    )
    return next((status for status in order if status in found), "reported")


def sorted_by_counts(top: np.ndarray, base: np.ndarray) -> np.ndarray:
    """Return an order of units by their counts alone: sums in it do not depend on the order of the roll."""
    return np.lexsort((top, base))
