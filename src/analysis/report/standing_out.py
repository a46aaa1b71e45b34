"""Which units of many a chart draws: those that stand out, and the ends of its order; the rest stand in its table."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from analysis.indicators.verdicts import CLEAR

#: a chart with a row per unit draws no more units than can be read
MOST: Final = 40


@dataclass(frozen=True)
class StandsOut:
    """What makes a unit stand out in a chart.

    Attributes:
        column: a number (the farthest from zero stands out), a yes, or a verdict (a clear one); empty where only the
            ends of the order do.
        least: whether it is the number nearest to zero, or a no.
    """

    column: str = ""
    least: bool = False

    def weight(self, frame: pd.DataFrame) -> pd.Series:
        """Return how much each unit of the frame stands out, the more the larger, by name."""
        cells = frame[self.column] if self.column else pd.Series(0.0, index=frame.index)
        sizes = pd.Series([_size(cell) for cell in cells], index=frame.index)
        found = sizes.groupby(frame["unit_name"]).agg("min" if self.least else "max")
        # what has no number stands out least, however it is judged
        return (-found if self.least else found).fillna(float("-inf"))


def _size(cell: Any) -> float:
    """Return how far a number is from zero, 1 for a yes or a clear verdict; missing where nothing stands there."""
    if isinstance(cell, str):
        return float(cell in CLEAR)
    return math.nan if pd.isna(cell) else abs(float(cell))


#: nothing but the ends of the order stands out
ENDS: Final = StandsOut()


def drawn_units(frame: pd.DataFrame, units: Collection[str], by: StandsOut) -> pd.DataFrame:
    """Return the rows of the units a chart draws, in their order, and those that belong to no unit.

    Args:
        frame: the plotted rows; those of units have a `unit_name`.
        units: the names of the units.
        by: what makes one stand out; among equals the ends of the order come first.
    """
    if "unit_name" not in frame:
        return frame
    names = [name for name in frame["unit_name"].drop_duplicates() if name in units]
    if len(names) <= MOST:
        return frame
    weights = by.weight(frame)
    ends = {name: min(place, len(names) - 1 - place) for place, name in enumerate(names)}
    chosen = set(sorted(names, key=lambda name: (-weights[name], ends[name]))[:MOST])
    left_out = set(names) - chosen
    return frame[~frame["unit_name"].isin(left_out)].reset_index(drop=True)
