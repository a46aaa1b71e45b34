"""What a check is: an id, how grave its faults are, and a pure function over what was read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Literal

from analysis.intake.declared.ledgers import LEDGERS
from analysis.intake.sheet_tables.reading import Reading
from analysis.rounds.faults import Fault, Severity
from analysis.rounds.rounds import CheckSetting, Round
from analysis.rounds.units import UnitRoll

#: who can mend what a check finds: the unit whose cell it is, the office (settings, the roll, the shape of files), or
#: nobody has to, because it only tells how something was read
MendedBy = Literal["unit", "office", "nobody"]


@dataclass(frozen=True)
class Check:
    """One check.

    Attributes:
        id: key of its sentences (`faults.<id>`), of its name (`check.<id>`) and of its setting in `round.yaml`.
        severity: how grave its faults are where the round does not say otherwise.
        threshold: the number beyond which it tells, where it has one; a round may set another.
        run: finds its faults; None for a check made while files and cells are read.
        mended_by: who can mend them.
        of_value: whether its warnings say that the content of a cell may be wrong, so that what rests on the cell is in
            doubt; others are about files, layout, or what is empty.
    """

    id: str
    severity: Severity
    threshold: float | None = None
    run: Callable[[Context], Iterable[Fault]] | None = None
    mended_by: MendedBy = "unit"
    of_value: bool = False


@dataclass(frozen=True)
class Context:
    """What a check may look at.

    Attributes:
        readings: the ledgers that could be read.
        round: the round, for its periods and settings.
        roll: the units; None if they could not be read.
        defaults: the thresholds where the round does not set others, by check.
        earlier: what a ledger may call the problems of the round before: ids, and numbers.
    """

    readings: Mapping[str, Reading]
    round: Round
    roll: UnitRoll | None
    defaults: Mapping[str, float]
    earlier: Set[str] = frozenset()

    def _setting(self, check: str) -> CheckSetting:
        return self.round.settings.checks.get(check, CheckSetting())

    def threshold(self, check: str) -> float:
        """Return the number beyond which a check tells.

        Raises:
            KeyError: the check has none.
        """
        said = self._setting(check).threshold
        return self.defaults[check] if said is None else said

    def is_on(self, check: str) -> bool:
        """Return whether the round wants the check."""
        return self._setting(check).severity != "off"

    def date_field(self, ledger: str) -> str:
        """Return the field that dates the rows of a ledger: for clues the round's own choice; empty if none does."""
        return self.round.settings.date_field if ledger == "clues" else LEDGERS[ledger].by_year
