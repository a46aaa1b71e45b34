"""References from one row to another: they must lead somewhere, and not in a circle."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from analysis.intake.checks.base import Check, Context
from analysis.rounds.faults import Fault

#: check → (ledger, field that names a number, ledger of the number)
_REFERENCES: Final = {
    "duplicate_unknown": (("clues", "duplicate_of", "clues"),),
    "reference_unknown": (("findings", "same_as", "findings"), ("feedback", "finding_no", "findings")),
}


def _unknown(check: str) -> Callable[[Context], Iterator[Fault]]:
    """Return the check that finds numbers that do not exist, and rows that are repeats of each other in a circle."""

    def find(context: Context) -> Iterator[Fault]:
        readings = context.readings
        for name, field, target in _REFERENCES[check]:
            if name not in readings or target not in readings or not readings[name].has(field):
                continue
            reading = readings[name]
            numbers = set(readings[target].entries.of("no"))
            known = numbers | context.earlier if target == "findings" else numbers
            own, named = reading.entries.of("no"), reading.entries.of(field)
            links = dict(zip(own, named, strict=True)) if name == target else {}
            for entry, (number, to) in enumerate(zip(own, named, strict=True)):
                if to and (to not in known or _leads_back(links, number)):
                    yield reading.fault(check, entry, field, found=to, file_of=readings[target].shown)

    return find


def _leads_back(links: Mapping[Any, Any], start: object) -> bool:
    """Return whether following the links from a row leads to that row again."""
    seen: set[object] = set()
    here = links.get(start)
    while here and here not in seen:
        if here == start:
            return True
        seen.add(here)
        here = links.get(here)
    return False


CHECKS: Final = tuple(Check(name, "blocks", run=_unknown(name)) for name in _REFERENCES)
