"""Amounts: paid against owed, and amounts per worker so far from the usual that a decimal point may have slipped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from analysis.intake.checks.base import Check, Context
from analysis.intake.checks.pairs import beside, compare
from analysis.intake.sheet_tables.reading import Reading
from analysis.quantities import CURRENCIES
from analysis.rounds.faults import Fault

#: pairs of which the second cannot be more than the first
_LIMITS: Final = (("clues", "amount", "amount_paid"), ("clues", "workers", "workers_paid"))
_FAR: Final = "paid_far_exceeds_owed"
#: a unit with fewer rows is held against the whole city
_ENOUGH: Final = 30
#: of a normal distribution the standard deviation is so many times the median absolute deviation
_NORMAL: Final = 1.4826
#: rows that are all but equal would make every other one an outlier; e^0.25 is a difference of a quarter
_LEAST_SPREAD: Final = 0.25


def _exceeds(context: Context) -> Iterator[Fault]:
    """Yield what was paid beyond what is owed; sums that are many times as much have their own check."""
    far = context.threshold(_FAR) if context.is_on(_FAR) else float("inf")

    def wrong(owed: Any, paid: Any) -> bool:
        return bool(owed < paid < far * owed or (paid and not owed))

    yield from compare(context.readings, _LIMITS, "paid_exceeds_owed", wrong)


def _far_exceeds(context: Context) -> Iterator[Fault]:
    """Yield what was paid many times over: 2,019.15 owed and 2,019,015.00 paid."""
    far = context.threshold(_FAR)
    for name, first, second in _LIMITS:
        reading = context.readings.get(name)
        if reading is None:
            continue
        both = zip(reading.entries.of(first), reading.entries.of(second), strict=True)
        for entry, (owed, paid) in enumerate(both):
            if owed and paid and paid >= far * owed:
                times = f"{paid / owed:,.0f}"
                yield beside(reading, _FAR, entry, first, second, times=times)


@dataclass(frozen=True)
class Usual:
    """What amounts per worker usually are: the middle of their logarithms and how far they stray."""

    middle: float
    spread: float

    @classmethod
    def of(cls, logs: np.ndarray) -> Usual:
        """Return the median and the spread (from the median absolute deviation) of some logarithms."""
        middle = float(np.median(logs))
        return cls(middle, max(_NORMAL * float(np.median(np.abs(logs - middle))), _LEAST_SPREAD))

    def distance(self, log: float) -> float:
        """Return how many spreads a logarithm lies from the middle."""
        return abs(log - self.middle) / self.spread


def _outliers(context: Context) -> Iterator[Fault]:
    """Yield amounts per worker far from those of the unit, or of the city where the unit has few rows."""
    reading = context.readings.get("clues")
    if reading is None:
        return
    entries = reading.entries
    both = [
        (entry, amount / workers)
        for entry, (amount, workers) in enumerate(
            zip(entries.of("amount"), entries.of("workers"), strict=True)
        )
        if amount and workers
    ]
    if len(both) < _ENOUGH:
        return
    logs = np.log(np.array([each for _entry, each in both]))
    of_unit: dict[str, list[int]] = {}
    for place, (entry, _each) in enumerate(both):
        of_unit.setdefault(entries.units[entry], []).append(place)
    city = Usual.of(logs)
    threshold = context.threshold("amount_outlier")
    for places in of_unit.values():
        usual = Usual.of(logs[places]) if len(places) >= _ENOUGH else city
        for place in places:
            if usual.distance(float(logs[place])) > threshold:
                entry, each = both[place]
                yield _outlier(reading, entry, each, float(np.exp(usual.middle)), context)


def _outlier(reading: Reading, entry: int, each: float, usual: float, context: Context) -> Fault:
    currency = CURRENCIES[context.round.settings.currency]
    times = max(each, usual) / min(each, usual)
    return beside(
        reading, "amount_outlier", entry, "workers", "amount", each=f"{each / currency.minor:,.2f}",
        usual=f"{usual / currency.minor:,.0f}", times=f"{times:,.0f}", money=currency.unit,
    )  # fmt: skip


CHECKS: Final = (
    Check("paid_exceeds_owed", "warns", run=_exceeds, of_value=True),
    Check(_FAR, "warns", threshold=10, run=_far_exceeds, of_value=True),
    Check("amount_outlier", "warns", threshold=6, run=_outliers, of_value=True),
)
