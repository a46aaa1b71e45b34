"""From a value back to the cells it was counted from: file, sheet, cells, and what was counted there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.indicators.cohorts import Cohort
from analysis.indicators.filters import Reader, read_for
from analysis.indicators.values import LINEAGE_COLUMNS
from analysis.rounds.rounds import FiledNilReturn, NilReturn

#: the settings file a nil return stands in
NIL_FILE = "round.yaml"


@dataclass(frozen=True)
class Register:
    """Where the fields of the ledgers stand, and what the files are.

    Attributes:
        letters: (ledger, file, sheet, field) → column letter.
        hashes: file → sha256.
        sheets: ledger → (file, sheet) of its sheets.
    """

    letters: Mapping[tuple[str, str, str, str], str]
    hashes: Mapping[str, str]
    sheets: Mapping[str, tuple[tuple[str, str], ...]]

    @classmethod
    def of(cls, columns: pd.DataFrame, files: pd.DataFrame) -> Register:
        """Return the register of the frames the intake hands over."""
        keys = list(zip(columns["ledger"], columns["file"], columns["sheet"], columns["field"], strict=True))
        sheets: dict[str, dict[tuple[str, str], None]] = {}
        for ledger, file, sheet, _ in keys:
            sheets.setdefault(ledger, {})[file, sheet] = None
        return cls(
            letters=dict(zip(keys, columns["column"], strict=True)),
            hashes=dict(zip(files["file"], files["sha256"], strict=True)),
            sheets={ledger: tuple(found) for ledger, found in sheets.items()},
        )


def ranges(letter: str, rows: np.ndarray) -> str:
    """Return spreadsheet rows of one column, sorted, as A1 ranges: L, [6, 7, 8, 20] → `L6:L8,L20`.

    A column the sheet does not have gives whole rows (`6:8,20:20`).
    """
    first, last = _runs(rows, np.diff(rows, prepend=-1) != 1)
    return _joined(letter, rows[first].tolist(), rows[last].tolist())


def _joined(letter: str, first: list[int], last: list[int]) -> str:
    runs = zip(first, last, strict=True)
    if not letter:
        return ",".join([f"{a}:{b}" for a, b in runs])
    return ",".join([f"{letter}{a}" if a == b else f"{letter}{a}:{letter}{b}" for a, b in runs])


def _runs(rows: np.ndarray, begins: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of the first and the last of every run of rows, told where one begins."""
    first = np.flatnonzero(begins)
    return first, np.append(first[1:], len(rows)) - 1


class Citation(NamedTuple):
    """The cells of one sheet that a value of a unit (place in the roll, or the city's number) and period rests on."""

    unit: int
    period: int
    file: str
    sheet: str
    cells: str
    rows: int


def cells(
    counted: Cohort,
    mask: np.ndarray,
    wanted: np.ndarray,
    ledger: str,
    field: str,
    *,
    register: Register,
    item: str = "",
) -> list[Citation]:
    """Return the cells of `field` in the entries of `mask`, for every unit and for the city over all of them.

    Args:
        counted: the rows of a ledger by unit and period.
        mask: truth per entry.
        wanted: whose cells, shape (units + 1, periods), the last row the city's.
        ledger: its name.
        field: the field whose cells decide.
        register: letters and hashes.
        item: of a mark, which stands in a column of its own where the sheet has one per item.
    """
    of_units = counted.entries[mask]
    of_city = counted.entries[counted.by_city][mask[counted.by_city]]
    of_city[:, 0] = len(wanted) - 1
    found = []
    for every in (of_units, of_city):
        part = every[wanted[every[:, 0], every[:, 1]]]
        if not len(part):
            continue
        group = np.any(np.diff(part[:, :3], axis=0, prepend=-1) != 0, axis=1)
        rows = part[:, 3]
        first, last = _runs(rows, group | (np.diff(rows, prepend=-1) != 1))
        starts = np.flatnonzero(group)
        # the runs of a group stand from the one at its first row to the one before the next group's
        ends, bounds = (
            [*starts[1:].tolist(), len(part)],
            [*np.searchsorted(first, starts).tolist(), len(first)],
        )
        begin, end = rows[first].tolist(), rows[last].tolist()
        for number, (unit, period, place) in enumerate(part[starts, :3].tolist()):
            file, sheet = counted.places[place]
            fields = (field, f"mark:{item}")
            letter = next(
                filter(None, (register.letters.get((ledger, file, sheet, one)) for one in fields)), ""
            )
            runs = slice(bounds[number], bounds[number + 1])
            text = _joined(letter, begin[runs], end[runs])
            found.append(Citation(unit, period, file, sheet, text, ends[number] - int(starts[number])))
    return found


def nil_cells(counted: Cohort, city: int) -> list[Citation]:
    """Return the nil returns of units, and of the city where a unit has one."""
    told = [
        Citation(unit, period, *_place(each)) for (unit, period), of in counted.nil.items() for each in of
    ]
    of_city = dict.fromkeys(each._replace(unit=city) for each in told)
    return [*told, *sorted(of_city, key=lambda each: each.period)]


def _place(told: NilReturn) -> tuple[str, str, str, int]:
    """Return file, sheet, cells and rows of a nil return."""
    if isinstance(told, FiledNilReturn):
        return told.file, told.sheet, told.cell, 1
    return NIL_FILE, "", "", 0


def sheets_without(ledger: str, register: Register, keys: Iterable[tuple[int, int]]) -> list[Citation]:
    """Return the sheets of a ledger in which units have no row at all.

    Args:
        ledger: its name.
        register: where its sheets are.
        keys: (unit, period) of the values that say so.
    """
    return [
        Citation(unit, period, file, sheet, "", 0)
        for unit, period in sorted(keys)
        for file, sheet in register.sheets.get(ledger, ())
    ]


def of_members(members: pd.DataFrame, lineage: pd.DataFrame, reader: Reader = "part") -> pd.DataFrame:
    """Return the lineage of what is computed from values: that of the values it is computed from.

    Args:
        members: `source` (id of the result), `side` (what the value is to it: current, previous, the code of an
            indicator, a part), `member` (source of the value).
        lineage: of the values.
        reader: which of these the sides are.

    Returns:
        Lineage rows whose filters say what they were read for.
    """
    joined = members.merge(lineage, left_on="member", right_on="source", suffixes=("", "_of_member"))
    joined["filter"] = [
        read_for(reader, side, text) for side, text in zip(joined["side"], joined["filter"], strict=True)
    ]
    # of no rows at all the columns would lose their types
    return joined[list(LINEAGE_COLUMNS)].reset_index(drop=True).astype(LINEAGE_COLUMNS)
