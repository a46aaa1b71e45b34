"""Ledgers that are frames already → what the intake hands over, as if they had been read from files.

The frames look as `open_round(...).ledger(name)` gives them: money in the round's currency, days as days, truth values
with a third one for what is not stated. Places are made up where they are not given: the file is called as the ledger,
a row is numbered as it stands in the frame, from 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pandas as pd
from pandas.api.types import pandas_dtype

from analysis.intake.arrival import COLUMN_COLUMNS, FILE_COLUMNS, Intake
from analysis.intake.cell_reading.ledger_money import in_minor_units
from analysis.intake.declared.ledgers import LEDGERS, YEAR, Ledger
from analysis.intake.files import letters
from analysis.intake.sheet_tables.reading import APPROXIMATE, UNDATED, empty_ledger, frame_columns
from analysis.intake.sheet_tables.sources import natural
from analysis.rounds.frames import frame_of
from analysis.rounds.rounds import RoundSettings
from analysis.rounds.settings_files import suggestion
from analysis.rounds.units import UnitRoll

#: the columns that say where a row stands
_PLACE: Final = ("file", "sheet", "row", "column")


class UnusableFramesError(ValueError):
    """Frames are no ledgers; the message has one line for everything wrong with them."""


def intake_of(settings: RoundSettings, roll: UnitRoll, frames: Mapping[str, pd.DataFrame]) -> Intake:
    """Return frames of ledgers as the intake hands them over.

    A ledger without a frame has not arrived. A field without a column counts as one the office's sheet has no column
    for; a column without a number or an answer is one in which nothing is stated.

    Args:
        settings: of the round, for its currency.
        roll: the units assessed.
        frames: ledger → one row per entry with `unit` (a code of the roll), its fields, and where it is known `file`,
            `sheet` and `row`.

    Raises:
        UnusableFramesError: a name is no ledger or field, a value is not of its kind, a unit is not assessed, a field
            that must be stated is not, or two rows have one key.
    """
    wrong = [_unknown(name, LEDGERS) for name in frames if name not in LEDGERS]
    ledgers: dict[str, pd.DataFrame] = {}
    columns: list[dict[str, str]] = []
    files: list[dict[str, object]] = []
    for name, given in frames.items():
        if name in LEDGERS:
            try:
                ledger = _typed(LEDGERS[name], given, roll)
            except UnusableFramesError as unusable:
                wrong.append(str(unusable))
                continue
            ledgers[name] = in_minor_units(name, _ordered(LEDGERS[name], ledger, roll), settings.money)
            for (file, sheet), rows in _sheets(name, ledger).items():
                place = {"ledger": name, "file": file, "sheet": sheet}
                files.append({**place, "rows": rows, "sha256": ""})
                columns += [
                    {**place, "field": str(field), "column": letters(number), "header": str(field)}
                    for number, field in enumerate(given.columns, 1)
                    if field not in _PLACE
                ]
    if wrong:
        raise UnusableFramesError("\n".join(wrong))
    return Intake(
        roll=roll,
        ledgers={name: ledgers[name] for name in LEDGERS if name in ledgers},
        columns=frame_of(columns, COLUMN_COLUMNS),
        files=frame_of(files, FILE_COLUMNS),
        faults=[],
    )


def _typed(ledger: Ledger, given: pd.DataFrame, roll: UnitRoll) -> pd.DataFrame:
    """Return a frame with every column of its ledger, in its type; money stays in the currency.

    Raises:
        UnusableFramesError: as `intake_of`, all of this ledger at once.
    """
    money = (
        ["value"] if ledger.measures else [name for name, of in ledger.fields.items() if of.kind == "money"]
    )
    kinds = frame_columns(ledger, given) | dict.fromkeys(money, "float64")
    kinds |= {
        column: kind
        for column, kind in ((YEAR, "Int64"), (APPROXIMATE, "str"), (UNDATED, "str"))
        if column in given
    }
    wrong = [f"column {_unknown(str(column), kinds)}" for column in given.columns if column not in kinds]
    filled = given.reset_index(drop=True)
    made_up: dict[str, Any] = {"file": ledger.name, "sheet": "", "row": range(1, len(given) + 1)}
    if not ledger.has_unit and "code" in given:
        made_up["unit"] = filled["code"]
    filled = filled.assign(**{column: value for column, value in made_up.items() if column not in given})
    whole = empty_ledger(ledger.name).reindex(filled.index)
    for column, kind in kinds.items():
        if column in filled:
            try:
                whole[column] = _as(filled[column], kind)
            except (TypeError, ValueError) as unfit:
                wrong.append(f"column {column}: {unfit}")
        elif kind == "str":
            whole[column] = ""
    wrong += [] if wrong else _doubted(ledger, whole, roll)
    if wrong:
        raise UnusableFramesError("\n".join(f"{ledger.name}: {each}" for each in wrong))
    return whole[list(kinds)].astype(kinds)


def _as(column: pd.Series, kind: str) -> pd.Series:
    """Return a column in the type of its field.

    Raises:
        TypeError: text is expected, and something else stands there.
        ValueError: a value is none of the type.
    """
    if kind == "str":
        stated = column[column.notna()]
        stranger = next((value for value in stated if not isinstance(value, str)), None)
        if stranger is not None:
            raise TypeError(f"{stranger!r} is no text")
        return column.astype(object).where(column.notna(), "").astype("str")
    if kind == "float64":
        return column.astype("Float64").astype("float64")
    return (pd.to_datetime(column) if kind.startswith("datetime64") else column).astype(pandas_dtype(kind))


def _doubted(ledger: Ledger, frame: pd.DataFrame, roll: UnitRoll) -> Iterator[str]:
    """Yield what is wrong with the values of a frame, each with the row it stands in."""

    def rows(where: pd.Series[bool]) -> str:
        return ", ".join(str(row) for row in frame.loc[where, "row"].head(5))

    strangers = ~frame["unit"].isin(roll.codes)
    if strangers.any():
        yield f"unit: no unit of the roll in row {rows(strangers)}"
    for name, field in ledger.fields.items():
        if name in ledger.measures or name not in frame:
            continue
        empty = frame[name].isna() | (frame[name].astype("str") == "")
        if field.required and empty.any() and YEAR not in frame:
            yield f"{name}: must be stated in row {rows(empty)}"
        unlisted = ~empty & ~frame[name].isin(field.choices) if field.kind == "choice" else ~empty & False
        if unlisted.any():
            yield f"{name}: none of {', '.join(field.choices)} in row {rows(unlisted)}"
    stated = (frame[list(ledger.key)].astype("str") != "").all(axis=1)
    twice = stated & frame.duplicated(list(ledger.key))
    if twice.any():
        yield f"{', '.join(ledger.key)}: the same as another row's in row {rows(twice)}"


def _ordered(ledger: Ledger, frame: pd.DataFrame, roll: UnitRoll) -> pd.DataFrame:
    """Return the entries by unit and key, so that their order in the frame changes nothing."""
    order = {code: place for place, code in enumerate(roll.codes)}
    keys = [[natural(text) for text in frame[name].astype("str")] for name in ledger.key]
    places = sorted(zip(frame["unit"].map(order), *keys, range(len(frame)), strict=True))
    return frame.iloc[[place for *_key, place in places]].reset_index(drop=True)


def _sheets(name: str, ledger: pd.DataFrame) -> Mapping[tuple[str, str], int]:
    """Return how many rows each sheet has; a ledger without a row is one sheet that is empty."""
    counted = Counter(zip(ledger["file"], ledger["sheet"], strict=True))
    return counted or {(name, ""): 0}


def _unknown(name: str, known: Mapping[str, object]) -> str:
    near = suggestion(name, list(known))
    return f"{name}: there is none of this name" + (f", is it {near}?" if near else "")
