"""Reading the frames that charts are drawn from."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd


def records(frame: pd.DataFrame, *columns: str) -> list[dict[str, Any]]:
    """Return the rows of a frame that has at least `columns`, in their order.

    A frame with a column `place` says itself in which order its rows are meant, however they lie.

    Raises:
        KeyError: a column is missing; all missing ones are named.
        ValueError: there is no row, and so nothing to draw.
    """
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise KeyError(
            f"a chart needs the columns {', '.join(missing)}; there are {', '.join(frame.columns)}"
        )
    if frame.empty:
        raise ValueError("a chart of no rows")
    ordered = frame.sort_values("place", kind="stable") if "place" in frame.columns else frame
    return [{str(name): value for name, value in row.items()} for row in ordered.to_dict("records")]


def number(value: Any) -> float:
    """Return a cell as a float, missing ones of any kind as NaN."""
    return math.nan if pd.isna(value) else float(value)


def first_by(rows: list[dict[str, Any]], column: str) -> dict[str, dict[str, Any]]:
    """Return the first row of every value of `column`, in the order in which the values come."""
    first: dict[str, dict[str, Any]] = {}
    for row in rows:
        first.setdefault(str(row[column]), row)
    return first
