"""A summary held against itself: no step of the clues has more than the one before, and no more is paid than owed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from analysis.intake.checks.base import Check, Context
from analysis.rounds.faults import Fault

#: a part and the whole it is counted in
_STEPS: Final = (
    ("clues_checked", "clues_received"),
    ("clues_closed", "clues_received"),
    ("clues_confirmed", "clues_checked"),
    ("cases", "clues_checked"),
    ("clues_resolved", "clues_confirmed"),
    ("clues_resolved", "cases"),
)
_MONEY: Final = (("amount_paid", "amount_owed"), ("amount_owed", "amount"))


def _exceeds(context: Context) -> Iterator[Fault]:
    """Yield counts that make a rate pass 100 %, which nothing can be computed from."""
    yield from _more(context, "summary_step_exceeds", _STEPS)


def _paid(context: Context) -> Iterator[Fault]:
    yield from _more(context, "summary_paid_exceeds_owed", _MONEY)


def _more(context: Context, check: str, pairs: Sequence[tuple[str, str]]) -> Iterator[Fault]:
    """Yield the cells that state more than the whole they are a part of, of one unit and period."""
    reading = context.readings.get("summary")
    if reading is None:
        return
    entries = reading.entries
    keys = zip(entries.units, entries.of("period"), entries.of("measure"), strict=True)
    place = {key: entry for entry, key in enumerate(keys) if entries.of("value")[entry] is not None}
    for (unit, period, measure), entry in place.items():
        for part, whole in pairs:
            other = place.get((unit, period, whole))
            if measure != part or other is None:
                continue
            if entries.of("value")[entry] > entries.of("value")[other]:
                first = reading.place(other, "value")
                limit = str(reading.raw(other, "value"))
                details = {"period": period or "", "quantity": part, "whole": whole, "limit": limit}
                at = reading.place(entry, "value").table
                yield reading.fault(check, entry, "value", first=first.from_table(at), **details)


CHECKS: Final = (
    Check("summary_step_exceeds", "blocks", run=_exceeds),
    Check("summary_paid_exceeds_owed", "warns", run=_paid, of_value=True),
    # found while measuring, where what the ledgers give is known
    Check("summary_differs", "warns"),
)
