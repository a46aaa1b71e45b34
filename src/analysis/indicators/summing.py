"""Which rows of the value table may be added up: the last columns of `values.csv`, and of the sheet to pivot.

The table has years, months and longer spans, units and the city, counts and rates side by side. Whoever adds up one
measure of one kind of period, one level, and `additive` rows gets what the whole is: 451 cases, not four times as many.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from analysis.indicators import catalogue
from analysis.rounds.periods import parse_period

#: the columns, in order: year, month or span; unit or city; yes or no
SUMMING_COLUMNS: Final = {"period_kind": "str", "level": "str", "additive": "str"}
_KINDS: Final = {1: "month", 12: "year"}


def with_summing(values: pd.DataFrame, city: str, year_starts: int = 1) -> pd.DataFrame:
    """Return value rows with the columns that say what may be added up.

    Args:
        values: the value table.
        city: code of the city.
        year_starts: the month in which a fiscal year begins.
    """
    kinds = {text: period_kind(text, year_starts) for text in values["period"].unique()}
    sums = {code: "yes" if is_additive(code) else "no" for code in values["measure"].unique()}
    return values.assign(
        period_kind=values["period"].map(kinds),
        level=values["unit"].eq(city).map({True: "city", False: "unit"}),
        additive=values["measure"].map(sums),
    ).astype(SUMMING_COLUMNS)


def period_kind(text: str, year_starts: int = 1) -> str:
    """Return whether a period is a `year`, a `month`, or a `span` of another length."""
    return _KINDS.get(parse_period(text, year_starts).months, "span")


def is_additive(code: str) -> bool:
    """Return whether the units' values of a measure add up to the city's, and those of its months to the year's.

    Counts and sums of a period do. Rates, changes and marks do not, nor what a value would be if empty cells were
    filled, nor what is counted of all periods before: it would be counted in each of them.
    """
    asked = catalogue.of(code)
    if asked.record is None or asked.compared or asked.filling or asked.record.kind not in ("count", "sum"):
        return False
    return asked.record.source != "clues before"
