"""The checks of the office's data: one module per idea, all faults collected, none stopping another.

Each check has an id, a default severity and, where it has one, a threshold; a round may set others. `CHECKS` holds
all of them, those made while files and cells are read included; `docs/checks.md` is printed from it
(`python -m analysis.intake.checks > docs/checks.md`).
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace
from typing import Final

from analysis.intake.checks import (
    amounts,
    blanks,
    days,
    duplicates,
    found,
    gaps_in_numbers,
    glyphs,
    holes,
    marks,
    ranges,
    references,
    reported,
    roll,
    stale,
    steps,
    summary,
)
from analysis.intake.checks.base import Check, Context
from analysis.intake.checks.roll import check_roll
from analysis.intake.checks.tuning import check_settings, tuned
from analysis.intake.sheet_tables.reading import Reading
from analysis.rounds.faults import Fault
from analysis.rounds.rounds import Round
from analysis.rounds.units import UnitRoll

_ROOMS: Final = (
    found,
    roll,
    references,
    days,
    steps,
    amounts,
    ranges,
    duplicates,
    marks,
    reported,
    stale,
    holes,
    summary,
    glyphs,
    blanks,
    gaps_in_numbers,
)
#: every check of the office's data by id, in the order of the documentation
CHECKS: Final[Mapping[str, Check]] = {check.id: check for room in _ROOMS for check in room.CHECKS}


def check_ledgers(
    readings: Mapping[str, Reading], roll: UnitRoll | None, round: Round, earlier: Set[str] = frozenset()
) -> list[Fault]:
    """Run every check over the ledgers that could be read; each fault as grave as its check.

    Args:
        readings: the ledgers.
        roll: the units; None if they could not be read.
        round: the round, for its periods and thresholds.
        earlier: what a ledger may call the problems of the round before.
    """
    defaults = {check.id: check.threshold for check in CHECKS.values() if check.threshold is not None}
    context = Context(readings, round, roll, defaults, earlier)
    return [
        replace(fault, severity=check.severity)
        for check in CHECKS.values()
        if check.run is not None
        for fault in check.run(context)
    ]


__all__ = ["CHECKS", "Check", "check_ledgers", "check_roll", "check_settings", "tuned"]
