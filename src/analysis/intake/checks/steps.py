"""The steps of a clue: what is confirmed was checked, what is resolved was confirmed; none has more than the last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from analysis.intake.checks.base import Check, Context
from analysis.intake.checks.pairs import beside
from analysis.rounds.faults import Fault

#: the fields that state the steps after the receipt
_STATED: Final = ("checked", "confirmed", "resolved_on")
STEPS: Final = ("received", "checked", "confirmed", "resolved")


def _skipped(context: Context) -> Iterator[Fault]:
    """Yield clues that are at a step although the row denies the one before."""
    reading = context.readings.get("clues")
    if reading is None:
        return
    checked, confirmed, resolved_on = (reading.entries.of(name) for name in _STATED)
    for entry, denied in enumerate(zip(checked, confirmed, strict=True)):
        if False not in denied:
            continue
        for place in _denies(*denied, resolved_on[entry]):
            yield beside(reading, "step_skipped", entry, _STATED[place], _STATED[place + 1])


def _denies(checked: bool | None, confirmed: bool | None, resolved_on: object) -> list[int]:
    """Return the steps a row denies although it states the one after: 0 the check, 1 the confirmation."""
    denied = [(checked is False, bool(confirmed)), (confirmed is False, resolved_on is not None)]
    return [place for place, (no, after) in enumerate(denied) if no and after]


def exceeded(counts: Sequence[int]) -> Iterator[int]:
    """Yield the places of counts that are more than the one before: of 40, 38, 39, 12 the third, 2."""
    yield from (place for place in range(1, len(counts)) if counts[place] > counts[place - 1])


def _exceeded(context: Context) -> Iterator[Fault]:
    """Yield units and years in which more clues are stated at a step than at the one before.

    A row that denies the step before is told on its own, and not again here.
    """
    reading = context.readings.get("clues")
    if reading is None or not all(reading.has(name) for name in _STATED):
        return
    told = context.is_on("step_skipped")
    days = reading.entries.of(context.date_field("clues"))
    checked, confirmed, resolved_on = (reading.entries.of(name) for name in _STATED)
    resolved = (day is not None for day in resolved_on)
    # few rows differ in these
    alike = Counter(zip(reading.entries.units, days, checked, confirmed, resolved, strict=True))
    counts: dict[tuple[str, int], list[int]] = {}
    for (unit, day, was_checked, was_confirmed, ended), rows in alike.items():
        if unit and day is not None and not (told and _denies(was_checked, was_confirmed, ended or None)):
            found = counts.setdefault((unit, day.year), [0] * len(STEPS))
            for place, at in enumerate((True, was_checked, was_confirmed, ended)):
                found[place] += rows if at else 0
    for (unit, year), numbers in sorted(counts.items()):
        for place in exceeded(numbers):
            details = {"step": STEPS[place], "before": STEPS[place - 1], "limit": str(numbers[place - 1])}
            yield reading.fault_of_all(
                "step_exceeds", unit=unit, found=str(numbers[place]), year=str(year), **details
            )


CHECKS: Final = (
    Check("step_skipped", "warns", run=_skipped, of_value=True),
    Check("step_exceeds", "warns", run=_exceeded),
)
