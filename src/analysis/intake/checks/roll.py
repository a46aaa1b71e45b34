"""The roll of units: every name and code belongs to one unit only."""

from __future__ import annotations

from typing import Final

from analysis.intake.checks.base import Check
from analysis.intake.sheet_tables.reading import Reading
from analysis.rounds.faults import Fault

#: fields whose entries only one unit may claim, by check
_CLAIMED: Final = (
    (("name", "short", "aliases"), "alias_twice"),
    (("code", "former_codes"), "code_twice"),
)


def check_roll(reading: Reading) -> list[Fault]:
    """Find names and former codes that two units claim."""
    faults = []
    entries = reading.entries
    for fields, check in _CLAIMED:
        owners: dict[str, str] = {}
        for entry, unit in enumerate(entries.units):
            for name in fields:
                for written in filter(None, str(entries.of(name)[entry] or "").split(";")):
                    owner = owners.setdefault(written, unit)
                    if owner != unit:
                        faults.append(reading.fault(check, entry, name, found=written, first=owner))
    return faults


# the roll is checked before there are units to check anything else against
CHECKS: Final = (
    Check("alias_twice", "blocks", mended_by="office"),
    Check("code_twice", "blocks", mended_by="office"),
)
