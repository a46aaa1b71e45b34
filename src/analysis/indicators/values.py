"""The value table: every published number is one row of it (contract 1), and the frames beside it.

Columns, in order: `id, round, unit, period, base_period, measure, numerator, denominator, value,
unit_of_measure, lower, upper, confidence, method, status, source`. One row per (unit, period, base_period,
measure, method). Rates and changes are fractions; money is in the round's currency (yuan).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal, get_args

import pandas as pd

from analysis.rounds.frames import columns_of, frame_of

Status = Literal[
    "reported",
    "partial",
    "not_reported",
    "withheld",
    "not_applicable",
    "zero_base",
    "small_base",
    "not_comparable",
    "new_unit",
]
STATUSES: Final = frozenset(get_args(Status))
#: statuses under which `value` holds a number that may be printed or scored
USABLE: Final = frozenset({"reported", "partial", "small_base"})

VALUE_COLUMNS: Final = {
    "id": "str", "round": "str", "unit": "str", "period": "str", "base_period": "str", "measure": "str",
    "numerator": "float64", "denominator": "float64", "value": "float64", "unit_of_measure": "str",
    "lower": "float64", "upper": "float64", "confidence": "float64", "method": "str", "status": "str",
    "source": "str",
}  # fmt: skip
LINEAGE_COLUMNS: Final = {
    "source": "str", "file": "str", "sheet": "str", "cells": "str", "filter": "str", "rows": "int64", "sha256": "str",
}  # fmt: skip
#: how many rows of a ledger ought to state a value, and how many do; missing where they are not known
STATED_COLUMNS: Final = {"id": "str", "due": "Int64", "stated": "Int64"}
#: who still waits after each day on which a case was resolved: how many had waited so long, how many were resolved that
#: day, and the share that waits on; `id` is that of the median's row
WAITS_COLUMNS: Final = {
    "id": "str", "unit": "str", "period": "str", "day": "float64", "at_risk": "int64", "happened": "int64",
    "value": "float64",
}  # fmt: skip
SCORE_COLUMNS: Final = {
    "id": "str", "round": "str", "unit": "str", "indicator": "str", "kind": "str", "source": "str",
    "points_possible": "str", "points": "str", "status": "str", "derivation": "str",
}  # fmt: skip
GRADE_COLUMNS: Final = {
    "id": "str", "round": "str", "unit": "str", "unit_name": "str", "score": "str", "rank": "Int64", "grade": "str",
    "clause": "str", "nearest_clause": "str",
}  # fmt: skip
FINDING_COLUMNS: Final = {
    "id": "str", "round": "str", "unit": "str", "group": "str", "findings": "int64", "named": "bool",
}  # fmt: skip
#: one problem: `round` is the round that found it, `also` the other rows that state it in its round, `repeats` the id
#: of an earlier problem, `repeats_known` how this is known (declared, proposed), `counted_by` the measure behind it,
#: `figure` the id of its value in this round
PROBLEM_COLUMNS: Final = {
    "id": "str", "round": "str", "unit": "str", "group": "str", "number": "str", "also": "str", "wording": "str",
    "measure": "str", "post": "str", "deadline": "datetime64[s]", "evidence": "str", "verified_by": "str",
    "closed_on": "datetime64[s]", "status": "str", "repeats": "str", "repeats_known": "str", "counted_by": "str",
    "figure": "str",
}  # fmt: skip
#: `verdict` is agrees, rounding (the same but for the decimals printed), revised or acknowledged (not the same, for the
#: `reason` that the post `by` gives), or differs (not the same, and nobody says why)
COMPARE_COLUMNS: Final = {
    "figure": "str", "place": "str", "published": "str", "computed": "str", "verdict": "str", "reason": "str",
    "by": "str",
}  # fmt: skip


def value_id(unit: str, period: str, base_period: str, measure: str, method: str) -> str:
    """Return the id of a value row: its key, joined by dots (`130302.2020.2019.change_cases.exact`)."""
    return ".".join(part for part in (unit, period, base_period, measure, method) if part)


def row_id(row: Mapping[str, Any]) -> str:
    """Return the id of a value row from its key, parts that are missing left out."""
    return value_id(row["unit"], row["period"], row.get("base_period", ""), row["measure"], row["method"])


def value_rows(rows: Iterable[Mapping[str, Any]], round_id: str) -> pd.DataFrame:
    """Return value rows as the value table, with `id`, `round` and, where missing, `source` filled in.

    Raises:
        ValueError: an unknown status, or two rows with one key.
    """
    complete = []
    for row in rows:
        ident = row_id(row)
        complete.append({**row, "id": ident, "round": round_id, "source": row.get("source") or ident})
    frame = frame_of(complete, VALUE_COLUMNS)
    check_values(frame)
    return frame


def check_values(values: pd.DataFrame) -> None:
    """Hold the value table to its contract.

    Raises:
        ValueError: wrong columns, an unknown status, two rows with one id, or a number under a status that has none.
    """
    if list(values.columns) != list(VALUE_COLUMNS):
        raise ValueError(f"columns of the value table: {list(values.columns)}")
    unknown = set(values["status"]) - STATUSES
    if unknown:
        raise ValueError(f"unknown status: {sorted(unknown)}")
    twice = values.loc[values["id"].duplicated(), "id"]
    if len(twice):
        raise ValueError(f"two value rows with one key: {', '.join(twice.head(5))}")
    hollow = values[~values["status"].isin(USABLE) & values["value"].notna()]
    if len(hollow):
        raise ValueError(f"a value under a status that has none: {', '.join(hollow['id'].head(5))}")


class ValueIndex:
    """The value rows by key, for picking single ones.

    Where several methods answer one question, the row that stands first in the table is the one meant when no
    method is named.
    """

    def __init__(self, values: pd.DataFrame) -> None:
        self._columns = columns = columns_of(values)
        keys = list(
            zip(*(columns[name] for name in ("unit", "period", "base_period", "measure")), strict=True)
        )
        places = range(len(keys))
        self._places = dict(zip(zip(keys, columns["method"], strict=True), places, strict=True))
        # of several the last one put in stays
        self._first = dict(zip(reversed(keys), reversed(places), strict=True))
        # most questions ask for few of thousands of rows
        self._rows: dict[int, dict[str, Any]] = {}
        #: every measure there is a row of, and every (measure, period, base period)
        self.measures = frozenset(columns["measure"])
        self.counted = frozenset((measure, period, base) for _, period, base, measure in keys)

    def get(
        self, unit: str, period: str, measure: str, base_period: str = "", method: str = ""
    ) -> dict[str, Any] | None:
        """Return the row of a key, or None."""
        key = (unit, period, base_period, measure)
        place = self._places.get((key, method)) if method else self._first.get(key)
        if place is None:
            return None
        if place not in self._rows:
            self._rows[place] = {name: column[place] for name, column in self._columns.items()}
        return self._rows[place]

    def row(
        self, unit: str, period: str, measure: str, base_period: str = "", method: str = ""
    ) -> dict[str, Any]:
        """Return the row of a key.

        Raises:
            KeyError: there is none.
        """
        found = self.get(unit, period, measure, base_period, method)
        if found is None:
            raise KeyError(
                f"no value {measure} of {unit} in {period}"
                + (f" against {base_period}" if base_period else "")
            )
        return found
