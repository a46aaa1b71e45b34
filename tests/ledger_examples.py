"""Small ledgers made by hand: what the intake would hand over for three invented units and a city."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from analysis.intake.arrival import Intake
from analysis.rounds.rounds import City, NilReturn, RoundSettings
from analysis.rounds.units import Unit, UnitRoll

EAST, WEST, SOUTH, CITY = "990001", "990002", "990003", "990000"
_BOOLEANS = (
    "checked", "confirmed", "file_due", "filed", "moved", "list_due", "listed", "publish_due", "published",
    "serious", "verified", "sampled", "established",
)  # fmt: skip
_COUNTS = ("workers", "amount", "workers_paid", "amount_paid", "people", "migrant_workers")
_DATES = ("received_on", "resolved_on", "closed_on", "occurred_on")
_FIELDS = {
    "clues": (
        "no", "received_on", "checked", "confirmed", "resolved_on", "closed_on", "workers", "amount", "amount_paid",
        "duplicate_of", "file_due", "filed", "list_due", "listed", "publish_due", "published",
    ),
    "events": ("no", "occurred_on", "people", "kind", "government_funded", "serious", "verified"),
    "projects": (
        "no", "account", "realname", "bankpay", "deposit", "guarantee", "labour_cost", "settlement", "notice",
        "contract", "attendance", "sampled",
    ),
    "units": ("code", "migrant_workers"),
    "funds": ("established", "amount"),
    "innovation": ("no", "title", "level"),
    "self_marks": ("item", "mark", "full"),
    "field_marks": ("item", "mark", "full"),
    "department_marks": ("department", "mark"),
    "feedback": ("no", "group", "finding_no"),
    "findings": ("no", "group", "closed_on"),
}  # fmt: skip


@dataclass
class Ledgers:
    """What `measures.compute` takes."""

    roll: UnitRoll
    ledgers: dict[str, pd.DataFrame]
    columns: pd.DataFrame
    files: pd.DataFrame
    by_city: frozenset[str] = Intake.by_city


def roll(*codes: str) -> UnitRoll:
    """Return a roll of units, in the order given."""
    units = [
        Unit(code, f"甲{code[-1]}县", f"甲{code[-1]}县", order=place) for place, code in enumerate(codes, 1)
    ]
    return UnitRoll(units, CITY, "全市")


def settings(**changed: Any) -> RoundSettings:
    """Return the settings of a round 2020 with a history from 2018 and a cut-off at the end of 2021."""
    usual: dict[str, Any] = {
        "round": "2020",
        "title": "考核",
        "city": City(code=CITY, name="示例市", short="全市"),
        "issuer": "示例办公室",
        "periods": ["2020"],
        "base_period": "2019",
        "history": ["2018", "2019", "2020"],
        "as_of": dt.date(2021, 12, 31),
        "synthetic": True,
    }
    return RoundSettings(**(usual | changed))


def nil(ledger: str, unit: str, *years: int) -> list[NilReturn]:
    """Return nil returns of a unit."""
    return [NilReturn(ledger=ledger, unit=unit, year=year) for year in years]


def ledger(name: str, rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return a ledger frame as the intake types it, one spreadsheet row after another from row 6."""
    rows = [
        {"file": f"{name}.xlsx", "sheet": "台账", "row": place, **row} for place, row in enumerate(rows, 6)
    ]
    stated = ["year"] if any("year" in row for row in rows) else []
    frame = pd.DataFrame(rows, columns=["file", "sheet", "row", "unit", *_FIELDS[name], *stated])
    for field in stated:
        frame[field] = frame[field].astype("Int64")
    for field in _FIELDS[name]:
        if field in _BOOLEANS:
            frame[field] = frame[field].astype("boolean")
        elif field in _COUNTS:
            frame[field] = frame[field].astype("Int64")
        elif field in _DATES:
            frame[field] = pd.to_datetime(frame[field])
        elif field in ("mark", "full"):
            frame[field] = frame[field].astype("float64")
        else:
            frame[field] = frame[field].astype(object).fillna("").astype(str)
    return frame


def clue(unit: str, received_on: str = "2020-05-01", **said: Any) -> dict[str, Any]:
    """Return a clue that was checked and found true; amounts in fen."""
    return {
        "unit": unit, "received_on": received_on, "checked": True, "confirmed": True, "workers": 10,
        "amount": 100_000_00, **said,
    }  # fmt: skip


def letter(name: str, field: str) -> str:
    """Return the column letter of a field in the examples."""
    return chr(ord("C") + _FIELDS[name].index(field))


def arrived(units: Iterable[str] = (EAST, WEST, SOUTH), **rows: Iterable[Mapping[str, Any]]) -> Ledgers:
    """Return ledgers with the rows given, by ledger; ledgers without rows are empty."""
    frames = {name: ledger(name, rows.get(name, ())) for name in _FIELDS}
    columns = [
        {
            "ledger": name,
            "file": f"{name}.xlsx",
            "sheet": "台账",
            "field": field,
            "column": letter(name, field),
            "header": field,
        }
        for name, fields in _FIELDS.items()
        for field in fields
    ]
    files = [
        {"file": file, "ledger": name, "sheet": "台账", "rows": 0, "sha256": f"hash of {file}"}
        for name, file in [*((name, f"{name}.xlsx") for name in _FIELDS), ("", "round.yaml")]
    ]
    return Ledgers(roll(*units), frames, pd.DataFrame(columns), pd.DataFrame(files))


def with_own_files(ledgers: Ledgers) -> Ledgers:
    """Return ledgers of which every unit handed in a file of its own, with all columns."""
    known = ledgers.columns
    frames = {
        name: frame.assign(file=frame["unit"] + ".xlsx") if len(frame) else frame
        for name, frame in ledgers.ledgers.items()
    }
    columns = pd.concat([known.assign(file=f"{code}.xlsx") for code in ledgers.roll.codes], ignore_index=True)
    return replace(ledgers, ledgers=frames, columns=columns)
