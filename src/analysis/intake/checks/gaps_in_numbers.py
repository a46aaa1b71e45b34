"""Numbers that are missing in a row of numbers: a row that was taken out leaves nothing else behind."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from analysis.intake.checks.base import Check, Context
from analysis.intake.declared.ledgers import LEDGERS
from analysis.rounds.faults import LIST_SIGN, Fault

#: a text before a whole number
_NUMBERED: Final = re.compile(r"(.*?)(\d+)")
#: with fewer numbers of one kind a gap says nothing
_FEWEST: Final = 20
#: so many of the missing numbers are named
_NAMED: Final = 5


def _gaps(context: Context) -> Iterator[Fault]:
    """Yield the gaps in numbers that are counted through but for a few."""
    missing_at_most = context.threshold("number_gap")
    for name, reading in context.readings.items():
        if "no" not in LEDGERS[name].fields:
            continue
        counted: dict[tuple[str, int], dict[int, int]] = defaultdict(dict)
        for entry, written in enumerate(reading.entries.of("no")):
            found = _NUMBERED.fullmatch(written or "")
            if found:
                counted[found[1], len(found[2])].setdefault(int(found[2]), entry)
        for (prefix, digits), entries in counted.items():
            numbers = sorted(entries)
            span = numbers[-1] - numbers[0] + 1
            if len(numbers) < _FEWEST or span - len(numbers) > missing_at_most * span:
                continue
            for before, after in pairwise(numbers):
                gone = [f"{prefix}{number:0{digits}}" for number in range(before + 1, after)]
                if gone:
                    told = LIST_SIGN.join(gone[:_NAMED]) + ("…" if len(gone) > _NAMED else "")
                    details = {"numbers": told, "rows": str(len(gone))}
                    yield reading.fault("number_gap", entries[after], "no", unit="", **details)


CHECKS: Final = (Check("number_gap", "warns", threshold=0.05, run=_gaps),)
