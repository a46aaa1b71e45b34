"""Rows that stood in the ledgers when the round was last computed, and are gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import pandas as pd

from analysis.intake.declared.ledgers import LEDGERS
from analysis.rounds.faults import LIST_SIGN, Fault

#: so many of the lost numbers are named
_NAMED: Final = 5


def rows_lost(before: Mapping[str, pd.DataFrame], now: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    """Yield, for every unit and sheet, the numbers of rows that an earlier edition of the same ledger had.

    Args:
        before: the ledgers as they were when the round was last computed, by name; none where it was not.
        now: the ledgers as they are.
    """
    for name, frame in now.items():
        if name not in before or "no" not in LEDGERS[name].fields:
            continue
        kept = before[name]
        lost = kept[kept["no"].ne("") & ~kept["no"].isin(frame["no"])]
        for (file, sheet, unit), rows in lost.groupby(["file", "sheet", "unit"], sort=True):
            numbers = rows["no"].tolist()
            told = LIST_SIGN.join(numbers[:_NAMED]) + ("…" if len(numbers) > _NAMED else "")
            yield Fault(
                "rows_lost",
                file=str(file),
                sheet=str(sheet),
                unit=str(unit),
                severity="warns",
                details={"numbers": told, "rows": str(len(numbers))},
            )
