"""No measure says more of a unit whose cells, whole columns, or pairs of columns are gone: tried over the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ledger_examples import EAST, WEST, Ledgers, arrived, settings, with_own_files

from analysis.indicators import measures
from analysis.indicators.catalogue import BOUNDS, MEASURES
from analysis.indicators.values import ValueIndex
from analysis.intake.declared.ledgers import LEDGERS

ROUND = settings(history=["2019", "2020"])
#: every column of yes and no, of a number or of a day that a measure asks for and a row may leave empty; the
#: institutions are all asked alike
COLUMNS = {
    "clues": (
        "checked", "confirmed", "resolved_on", "closed_on", "workers", "amount", "amount_paid",
        "file_due", "filed", "list_due", "listed", "publish_due", "published",
    ),
    "events": ("people", "government_funded", "serious", "verified"),
    "projects": ("account", "deposit", "sampled"),
    "funds": ("established",),
}  # fmt: skip
#: where an empty cell is itself an answer, which can only cost points; a sheet without the column gives none
ANSWERED_BY_EMPTINESS = ("resolved_on", "closed_on")
#: what the other columns of the clues hang on
PAIRED = ("checked", "confirmed", "amount", "file_due")
PLACES = [(ledger, column) for ledger, columns in COLUMNS.items() for column in columns]


def said(ledger: str, number: int, year: int) -> dict[str, Any]:
    """Return what the row of a number says: every yes, no and number comes beside every other."""
    yes = [bool(number >> bit & 1) for bit in range(4)]
    if ledger == "clues":
        # what is confirmed has been checked
        confirmed, day = yes[0] or number % 3 == 0, pd.Timestamp(year, 2 + number % 9, 3)
        due = {name: (number + place) % 3 > 0 for place, name in enumerate(("file", "list", "publish"))}
        return {
            "received_on": day,
            "checked": confirmed or yes[1],
            "confirmed": confirmed,
            "resolved_on": day + pd.Timedelta(days=20) if confirmed and (yes[1] or yes[2]) else pd.NaT,
            "closed_on": day + pd.Timedelta(days=25) if yes[2] else pd.NaT,
            "workers": 30 if number == 0 else 2 + number,
            "amount": 900_00 if number == 0 else (10 + number) * 10_00,
            "amount_paid": 900_00 if number == 0 else 5 * number * 100,
            **{f"{name}_due": owed for name, owed in due.items()},
            "filed": yes[1],
            "listed": yes[2],
            "published": yes[3],
        }
    if ledger == "events":
        kinds = ("mass", "extreme", "beijing", "mass", "province")
        return {
            "occurred_on": pd.Timestamp(year, 5, 1 + number),
            "kind": kinds[number % 5],
            "people": 40 + 5 * number,
            "government_funded": "yes" if yes[1] else "no",
            "serious": yes[2],
            "verified": yes[0] or number < 6,
        }
    if ledger == "projects":
        words = ("yes", "no", "exempt", "yes")
        return {"account": words[number % 4], "deposit": words[number // 4], "sampled": yes[0]}
    return {"established": True}


@cache
def whole(only: str) -> Ledgers:
    """Return a ledger of two years and two units that leaves nothing open; each unit has a file of its own."""
    years = (2019, 2020) if only in ("clues", "events") else (2020,)
    rows = [
        {"no": str(number), "unit": unit, **said(only, number, year)}
        for unit, year, number in product((EAST, WEST), years, range(1 if only == "funds" else 16))
    ]
    return with_own_files(arrived((EAST, WEST), **{only: rows}))


def blanked(ledgers: Ledgers, ledger: str, column: str, rows: Any = slice(None)) -> Ledgers:
    """Return ledgers with the cells of a column empty in rows of EAST."""
    frame = ledgers.ledgers[ledger].copy()
    own = np.flatnonzero(frame["unit"] == EAST)[rows]
    empty = "" if LEDGERS[ledger].fields[column].kind == "choice" else pd.NA
    frame.iloc[own, frame.columns.get_loc(column)] = empty
    return replace(ledgers, ledgers={**ledgers.ledgers, ledger: frame})


def without(ledgers: Ledgers, ledger: str, column: str, everywhere: bool) -> Ledgers:
    """Return ledgers without a column in the sheet of EAST, or in any."""
    changed, known = blanked(ledgers, ledger, column), ledgers.columns
    gone = (known["ledger"] == ledger) & (known["field"] == column)
    if everywhere:
        frame = changed.ledgers[ledger].drop(columns=column)
        changed = replace(changed, ledgers={**changed.ledgers, ledger: frame})
    else:
        gone &= known["file"] == f"{EAST}.xlsx"
    return replace(changed, columns=known[~gone])


@cache
def said_of_all(ledger: str) -> ValueIndex:
    return values_of(whole(ledger))


def values_of(ledgers: Ledgers) -> ValueIndex:
    return ValueIndex(measures.compute(ledgers, ROUND, Fraction(1), with_lineage=False).values)


def better_told(ledgers: Ledgers, ledger: str) -> Iterator[str]:
    """Yield the measures of EAST that look complete and are not as they were, or that no filling leads back to."""
    found, true = values_of(ledgers), said_of_all(ledger)
    for code in MEASURES:
        if code.startswith("unstated_"):
            # the empty cells are what it counts
            continue
        row, before = found.get(EAST, "2020", code), true.get(EAST, "2020", code)
        if row is None or before is None:
            continue
        if row["status"] == "reported" and (before["status"], before["value"]) != ("reported", row["value"]):
            yield f"{code}: {before['value']} -> {row['value']}"
        if row["status"] == "not_applicable" != before["status"]:
            yield f"{code}: nothing to assess"
        ends = [found.get(EAST, "2020", f"{bound}_{code}") for bound in BOUNDS]
        if row["status"] == "partial" and all(ends):
            low, high = (float(end["value"]) for end in ends if end is not None)
            if not low - 1e-9 <= before["value"] <= high + 1e-9:
                yield f"{code}: {before['value']} not within {low} and {high}"


@pytest.mark.parametrize(
    ("ledger", "code"),
    [
        ("clues", "cases"),
        ("clues", "rate_paid"),
        ("clues", "rate_published"),
        ("events", "events_mass_government"),
        ("projects", "deficient_deposit"),
        ("funds", "emergency_fund"),
    ],
)
def test_the_whole_leaves_nothing_open(ledger: str, code: str) -> None:
    row = said_of_all(ledger).row(EAST, "2020", code)
    assert row["status"] == "reported"
    assert row["value"] > 0


@pytest.mark.parametrize(("ledger", "column"), PLACES)
def test_a_cell_left_empty_leaves_the_truth_within_the_fillings(ledger: str, column: str) -> None:
    """One cell after the other; the largest headcount and amount, in the first row, stay (docs/checks.md)."""
    rows = int((whole(ledger).ledgers[ledger]["unit"] == EAST).sum())
    for row in range(min(1, rows - 1), rows, 5):
        if column not in ANSWERED_BY_EMPTINESS:
            assert list(better_told(blanked(whole(ledger), ledger, column, [row]), ledger)) == [], row


@pytest.mark.parametrize(("ledger", "column"), PLACES)
@pytest.mark.parametrize("everywhere", [False, True], ids=["of its own sheet", "anywhere"])
def test_a_column_that_is_missing_and_another_that_is_empty_report_nothing(
    ledger: str, column: str, everywhere: bool
) -> None:
    lacking = without(whole(ledger), ledger, column, everywhere)
    assert list(better_told(lacking, ledger)) == []
    for other in PAIRED if ledger == "clues" and not everywhere else COLUMNS[ledger][:2]:
        if other != column:
            assert list(better_told(blanked(lacking, ledger, other), ledger)) == [], other


def test_a_ledger_that_does_not_say_what_was_checked_or_confirmed_has_no_cases() -> None:
    """Without the column 是否核查, and with 是否查实 left empty in every row, each row is open: that is not no case."""
    silent = blanked(without(whole("clues"), "clues", "checked", everywhere=True), "clues", "confirmed")
    assert values_of(silent).row(EAST, "2020", "cases")["status"] == "not_reported"
