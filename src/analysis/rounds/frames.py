"""Frames with declared columns: rows become one, and a frame its rows again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import pandas_dtype


def frame_of(rows: Iterable[Mapping[str, Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    """Return rows as a frame with exactly `columns` in their order and types; no rows give an empty frame.

    Raises:
        KeyError: a row has a key that is no column.
    """
    rows = list(rows)
    strangers = set().union(*rows) - columns.keys()
    if strangers:
        raise KeyError(f"no such column: {', '.join(sorted(strangers))}")
    return pd.DataFrame(
        {
            column: pd.Series(
                [_stated(row.get(column)) for row in rows]
                if dtype == "str"
                else [row.get(column) for row in rows],
                dtype=pandas_dtype(dtype),
            )
            for column, dtype in columns.items()
        }
    )


def _stated(text: Any) -> Any:
    """Return a text, and for what is missing an empty one."""
    return text if isinstance(text, str) or not pd.isna(text) else ""


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as dictionaries by column name, with values of Python's own types.

    What is missing is None where the column has a sign for it (`Int64`, `boolean`), else NaN.
    """
    columns = columns_of(frame)
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def columns_of(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """Return the columns of a frame by name, with values as `rows_of` has them."""
    return {str(name): _cells_of(column) for name, column in frame.items()}


def _cells_of(column: pd.Series[Any]) -> list[Any]:
    # the list of a column of another type than numpy's asks for every cell by itself, an array gives all at once
    cells = column if isinstance(column.dtype, np.dtype) else column.to_numpy(dtype=object)
    nothing = pd.NA
    return [None if cell is nothing else cell for cell in cells.tolist()]
