"""Marks: self-reported ones against verified ones, and those that others were given and a unit was not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from analysis.intake.checks.base import Check, Context
from analysis.quantities import plain_text
from analysis.rounds.faults import LIST_SIGN, Fault
from analysis.rounds.periods import parse_period


def _apart(context: Context) -> Iterator[Fault]:
    """Yield marks a unit gave itself that lie far from those of the field team, as a share of the full marks."""
    own, checking = context.readings.get("self_marks"), context.readings.get("field_marks")
    if own is None or checking is None:
        return
    threshold = context.threshold("self_far_from_field")
    entries = checking.entries
    verified = {
        (unit, item): (entry, mark, full)
        for entry, (unit, item, mark, full) in enumerate(
            zip(entries.units, entries.of("item"), entries.of("mark"), entries.of("full"), strict=True)
        )
        if unit and mark is not None
    }
    entries = own.entries
    said = zip(entries.units, entries.of("item"), entries.of("mark"), entries.of("full"), strict=True)
    for entry, (unit, item, mark, own_full) in enumerate(said):
        if mark is None or (unit, item) not in verified:
            continue
        other, checked, full = verified[unit, item]
        most = full or own_full
        if most and abs(mark - checked) > threshold * most:
            at, place = own.place(entry, "mark"), checking.place(other, "mark")
            yield own.fault(
                "self_far_from_field", entry, "mark", found=mark, item=item, verified=plain_text(checked),
                full=plain_text(most), first=place.from_table(at.table),
            )  # fmt: skip


#: the ledgers of marks, with what parts their sheets (whose marks, of when), and what a mark in them is for
_SHEETS: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "self_marks": ((), "item"),
    "field_marks": ((), "item"),
    "department_marks": ((), "department"),
    "marks": (("source", "period"), "item"),
}


@dataclass
class _Given:
    """The marks of one source and period: the units by what they were given for, and where the first stands."""

    first: int
    units: dict[str, set[str]] = field(default_factory=dict)


def _missing(context: Context) -> Iterator[Fault]:
    """Yield what others of a unit's kind were given a mark for, and the unit was not.

    A unit of which a ledger that is expected of all says nothing at all is told as one that has not reported.
    """
    if context.roll is None:
        return
    kinds = {unit.code: unit.kind for unit in context.roll}
    for name, (parts, what) in _SHEETS.items():
        reading = context.readings.get(name)
        if reading is None or not all(reading.entries.units):
            continue
        entries, there = reading.entries, set(reading.entries.units)
        found: dict[tuple[str, ...], _Given] = {}
        for entry, (unit, of, mark, *about) in enumerate(
            zip(entries.units, *(entries.of(column) for column in (what, "mark", *parts)), strict=True)
        ):
            given = found.setdefault(tuple(text or "" for text in about), _Given(entry))
            if mark is not None:
                given.units.setdefault(of or "", set()).add(unit)
        for place, given in found.items():
            sheet = reading.tables[entries.tables[given.first]].sheet
            told = dict(zip(("composed", "periods"), place, strict=False))
            # the year's mark stands for its months, and they for it
            alike = [other for beside, other in found.items() if _overlap(beside, place, context)]
            asked = {of: {kinds[unit] for unit in units} for of, units in given.units.items()}
            for unit in context.roll:
                lacking = [
                    of
                    for of in given.units
                    if unit.kind in asked[of]
                    and not any(unit.code in other.units.get(of, ()) for other in alike)
                ]
                if lacking and not (reading.ledger.expected and unit.code not in there):
                    yield Fault(
                        "mark_missing",
                        file=sheet.file,
                        sheet=sheet.name,
                        unit=unit.code,
                        found=unit.name,
                        details={"ledger": name, "marked": LIST_SIGN.join(filter(None, lacking)), **told},
                    )


def _overlap(one: tuple[str, ...], other: tuple[str, ...], context: Context) -> bool:
    """Return whether the marks of two places (source, period) are those of one source for the same time."""
    if one == other or one[:1] != other[:1]:
        return one == other
    starts = context.round.settings.year_starts
    spans = [parse_period(text, starts) if text else context.round.period for text in (one[1], other[1])]
    return spans[0].holds(spans[1]) or spans[1].holds(spans[0])


CHECKS: Final = (
    Check("self_far_from_field", "warns", threshold=0.5, run=_apart, of_value=True),
    Check("mark_missing", "warns", run=_missing),
)
