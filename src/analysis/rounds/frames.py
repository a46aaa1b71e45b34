"""Frames with declared columns: rows become one, and a frame its rows again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd


def frame_of(rows: Iterable[Mapping[str, Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    """Return rows as a frame with exactly `columns` in their order and types; no rows give an empty frame.

    Raises:
        KeyError: a row has a key that is no column.
    """
    rows = list(rows)
    strangers = {key for row in rows for key in row} - set(columns)
    if strangers:
        raise KeyError(f"no such column: {', '.join(sorted(strangers))}")
    frame = pd.DataFrame.from_records(rows, columns=list(columns))
    for column, dtype in columns.items():
        if dtype == "str":
            frame[column] = frame[column].astype(object).fillna("")
    return frame.astype(dict(columns))


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as dictionaries by column name, with values of Python's own types.

    What is missing is None where the column has a sign for it (`Int64`, `boolean`), else NaN.
    """
    names = [str(column) for column in frame.columns]
    columns = [
        [None if value is pd.NA else value for value in column.tolist()] for _, column in frame.items()
    ]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
