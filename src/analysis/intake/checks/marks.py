"""Self-reported marks against verified ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.intake.checks.base import Check, Context
from analysis.quantities import plain_text
from analysis.rounds.faults import Fault


def _apart(context: Context) -> Iterator[Fault]:
    """Yield marks a unit gave itself that lie far from those of the field team, as a share of the full marks."""
    own, field = context.readings.get("self_marks"), context.readings.get("field_marks")
    if own is None or field is None:
        return
    threshold = context.threshold("self_far_from_field")
    entries = field.entries
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
            at, place = own.place(entry, "mark"), field.place(other, "mark")
            yield own.fault(
                "self_far_from_field", entry, "mark", found=mark, item=item, verified=plain_text(checked),
                full=plain_text(most), first=place.from_table(at.table),
            )  # fmt: skip


CHECKS: Final = (Check("self_far_from_field", "warns", threshold=0.5, run=_apart),)
