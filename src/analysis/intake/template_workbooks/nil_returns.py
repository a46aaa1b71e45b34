"""Nil returns 零报告 that units state in the sheet of their templates, beside those of `round.yaml`.

A unit without a row in a ledger has not reported. Where it says that nothing has happened, it has, and is counted as 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import pandas as pd

from analysis.intake.declared.ledgers import LEDGERS, YEAR, YES_NO, Field, Ledger
from analysis.intake.files import address
from analysis.intake.sheet_tables.ledger_tables import Table
from analysis.intake.sheet_tables.reading import Reading
from analysis.intake.sheet_tables.table_reading import read_ledger
from analysis.rounds.frames import frame_of
from analysis.rounds.rounds import FiledNilReturn
from analysis.rounds.units import UnitRoll
from analysis.words import LANGUAGES, words

#: the ledgers of which a unit may say that there is nothing to list: those whose entries are counted
MAY_BE_NIL: Final = tuple(
    name for name, ledger in LEDGERS.items() if ledger.has_unit and "no" in ledger.fields
)
#: the sheet of a template in which units say so; it is no ledger, for it lists what is not there
NIL_SHEET: Final = Ledger(
    "nil_returns",
    {
        "ledger": Field("choice", required=True, code_list="ledger", choices=MAY_BE_NIL),
        YEAR: Field("count", required=True),
        "nil": YES_NO,
    },
    key=("unit", "ledger", YEAR),
    expected=False,
)
NIL_COLUMNS: Final = {
    "ledger": "str", "unit": "str", "year": "int64", "file": "str", "sheet": "str", "cell": "str",
}  # fmt: skip


def read_nil_returns(tables: Sequence[Table], roll: UnitRoll | None) -> Reading:
    """Return what the sheets say, with every answer that is none."""
    said = [words(language) for language in LANGUAGES]
    codes = {
        "ledger": {each.label(f"ledger.{name}"): name for each in said for name in MAY_BE_NIL},
        "yes_no": {each.label(f"choice.yes_no.{code}"): code for each in said for code in YES_NO.choices},
    }
    return read_ledger(NIL_SHEET, list(tables), codes, roll, shown=said[0].label("ledger.nil_returns"))


def nil_frame(reading: Reading) -> pd.DataFrame:
    """Return the nil returns, one row each, with the cell that says so (`NIL_COLUMNS`)."""
    return frame_of(_rows(reading), NIL_COLUMNS)


def _rows(reading: Reading) -> Iterator[dict[str, object]]:
    entries = reading.entries
    answers = (entries.units, *(entries.of(name) for name in ("ledger", YEAR, "nil")))
    for entry, (unit, ledger, year, nil) in enumerate(zip(*answers, strict=True)):
        if unit and ledger and year is not None and nil:
            table = reading.tables[entries.tables[entry]]
            cell = address(entries.rows[entry], table.headers["nil"].column)
            place = {"file": table.sheet.file, "sheet": table.sheet.name, "cell": cell}
            yield {"ledger": ledger, "unit": unit, "year": year, **place}


def filed(frame: pd.DataFrame) -> list[FiledNilReturn]:
    """Return the nil returns of a frame as the settings of a round have them."""
    return [FiledNilReturn.model_validate(row) for row in frame.to_dict("records")]
